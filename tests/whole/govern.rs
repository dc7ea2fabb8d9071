// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Who may decide: thresholds, rotation, scopes, revoked keys, consent. The rules of all this, both ways,
//! and the stories.

use std::fs;

use serde_json::Value;

use super::common::{MOON, Place, Project, Run, TIDE, head, key_id, key_text};
use super::rules::Kind::{self, Bad, Good};
use super::rules::{AUDIT, VERIFY, recorded};

/// What makes Bob a maintainer beside Ann, with `more`.
#[track_caller]
fn with_bob<'a>(project: &'a Project<'a>, more: &[&str]) -> &'a Project<'a> {
    let key = key_text("Bob");
    let add =
        ["propose", "--add-person", "Bob", "--key", &key, "--grant", "root=Bob", "--grant", "manifest=Bob"];
    project.root(&[&add[..], more].concat(), &["Ann", "Bob"])
}

#[track_caller]
pub fn revoke(project: &Project<'_>, person: &str, last_good: &str) {
    let key = key_id(person).to_string();
    project.root(&["revoke", &key, "--reason", "compromised", "--last-good", last_good], &["Ann"]);
}

/// Ann and Bob must both sign; one signature is taken off again.
pub fn threshold_not_met(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    with_bob(&project, &["--threshold", "manifest=2"]);
    project.ok(&["manifest"]).says("not yet: Bob");
    project.run_as("Bob", &["manifest"]).exits(0).says("manifest 2 of tides");
    if kind == Bad {
        let path = ".copyhold/manifest/2.manifest.intoto.json";
        let mut envelope: Value = serde_json::from_slice(&project.read(path)).unwrap();
        envelope["signatures"].as_array_mut().unwrap().pop();
        project.write(path, format!("{envelope}\n"));
    }
    project.run(VERIFY)
}

/// Bob alone signs a manifest; his key turns out to have been somebody else's by then.
pub fn signed_by_bob(place: &Place) -> Project<'_> {
    let project = recorded(place);
    with_bob(&project, &[]);
    project.write("moon.py", head("2024 Ann Ito", "MIT") + MOON);
    project.run_as("Bob", &["manifest"]).exits(0);
    project
}

pub fn signer_revoked(place: &Place, kind: Kind) -> Run {
    let project = signed_by_bob(place);
    revoke(&project, "Bob", "1");
    if kind == Good {
        project.ok(&["manifest"]);
    }
    project.run(VERIFY)
}

/// Bob contributes, is accepted in manifest 2, and loses his key.
pub fn statement_revoked(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    project.write("moon.py", head("2024 Bob Roe", "MIT") + MOON);
    project.run_as("Bob", &["sign", "moon.py", "--person", "Bob"]).exits(0);
    project.ok(&["manifest", "--accept-key", &format!("{}=Bob", key_id("Bob"))]);
    revoke(&project, "Bob", if kind == Bad { "1" } else { "2" });
    project.run(AUDIT)
}

pub fn root_expired(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    let end = if kind == Bad { "2026-11-01T00:00:00Z" } else { "2027-11-01T00:00:00Z" };
    project.root(&["propose", "--expires", end], &["Ann"]);
    project.run(VERIFY)
}

pub fn not_fresh(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    if kind == Good {
        project.root(&["propose", "--expires", "2027-11-01T00:00:00Z"], &["Ann"]);
    }
    project.run(&[VERIFY, &["--fresh", "--max-age", "1d"]].concat())
}

/// harbour pinned what Bob alone had signed; tides' newest record, also at hand, says what came of it.
pub fn revoked_later(place: &Place, kind: Kind) -> Run {
    let tides = signed_by_bob(place);
    tides.bundle();
    let harbour = place.project("harbour");
    harbour.begin("MIT").write("tide.py", tides.read("tide.py"));
    harbour.ok(&["upstream", "add", "../tides.copyhold", "--trust"]);
    harbour.ok(&["sign", "tide.py", "--from", "tides:tide.py", "--person", "Ann"]);
    harbour.publish();
    revoke(&tides, "Bob", "1");
    tides.ok(&["manifest"]);
    tides.bundle();
    let copy = place.project("copy");
    copy.write("tide.py", tides.read("tide.py")).license("MIT");
    let pins = [harbour.fingerprint(), tides.fingerprint()];
    let mut args = vec!["--upstream", "../harbour.copyhold", "--pin", &pins[0], "--pin", &pins[1]];
    if kind == Bad {
        args.extend(["--upstream", "../tides.copyhold"]);
    }
    let run = copy.run(&[VERIFY, &args].concat());
    let document = run.json();
    let states: Vec<&Value> =
        document["chain"].as_array().unwrap().iter().map(|link| &link["state"]).collect();
    let expected = if kind == Bad { "revoked-later" } else { "verified" };
    assert_eq!(states[1], expected, "{run:?}");
    run
}

/// Bob lets moon.py go under MIT, and it goes; then the key that said so is revoked from before it did.
pub fn weakened_without_consent(place: &Place, kind: Kind) -> Run {
    let project = relicensed(place);
    revoke(&project, "Bob", if kind == Bad { "2" } else { "3" });
    project.run(VERIFY)
}

/// What went from the GPL to MIT, with consent, between the last two manifests.
pub fn weakened(place: &Place, kind: Kind) -> Run {
    let (before, after) = if kind == Bad { ("2", "3") } else { ("1", "2") };
    relicensed(place).run(&["manifest", "diff", before, after, "--format", "json"])
}

/// A project of Ann's with moon.py by Bob under GPL-3.0-or-later; not recorded yet what he signed.
pub fn with_contributor(place: &Place) -> Project<'_> {
    let project = place.project("tides");
    project.begin("GPL-3.0-or-later").publish();
    project.write("moon.py", head("2024 Bob Roe", "GPL-3.0-or-later") + MOON).license("MIT");
    project.run_as("Bob", &["sign", "moon.py", "--person", "Bob"]).exits(0);
    project.ok(&["manifest", "--accept-key", &format!("{}=Bob", key_id("Bob"))]);
    project
}

pub fn relicensed(place: &Place) -> Project<'_> {
    let project = with_contributor(place);
    let request = project.root.with_extension("json");
    let request = request.to_str().unwrap();
    project
        .ok(&["consent", "request", "--to", "MIT", "moon.py", "-o", request])
        .says("1 work from 1 contributor");
    project.run(&["consent", "status", request]).exits(1).says("missing   Bob");
    project.write("moon.py", head("2024 Bob Roe", "MIT") + MOON);
    project.run(&["manifest"]).refuses("not yet: Bob");
    project.run_as("Eve", &["consent", "sign", request]).refuses("asks for nothing");
    project.run_as("Bob", &["consent", "sign", request, "--person", "Bob"]).exits(0);
    project.ok(&["consent", "status", request]).says("consents  Bob");
    project.ok(&["manifest"]);
    project
}

#[test]
fn consent_counts_for_what_was_signed_and_not_for_what_comes_later() {
    let place = Place::new();
    let project = relicensed(&place);
    project.run(VERIFY).exits(0).finds(&[]);
    // Under the old license again, with something new in it, and the old consent does not cover that.
    project.write("moon.py", head("2024 Bob Roe", "GPL-3.0-or-later") + MOON + "\nBOB = True\n");
    project.run_as("Bob", &["sign", "moon.py", "--person", "Bob"]).exits(0);
    project.ok(&["manifest"]);
    project.write("moon.py", head("2024 Bob Roe", "MIT") + MOON + "\nBOB = True\n");
    project.run(&["manifest"]).refuses("not yet: Bob");
}

#[test]
fn a_license_is_not_laundered_by_moving_the_work_or_taking_it_out_for_a_while() {
    let place = Place::new();
    let project = with_contributor(&place);
    let free = head("2024 Bob Roe", "MIT") + MOON;
    project.write("lib/moon.py", &free).remove("moon.py");
    project.run(&["manifest"]).refuses("not yet: Bob");
    project.remove("lib/moon.py").write("other.py", head("2024 Ann Ito", "MIT") + "other = 1\n");
    project.ok(&["manifest"]);
    project.write("moon.py", &free);
    project.run(&["manifest"]).refuses("without everybody's consent");
}

#[test]
fn a_root_takes_both_quorums_and_people_count_not_keys() {
    let place = Place::new();
    let project = recorded(&place);
    with_bob(&project, &["--threshold", "root=2"]);
    project.ok(&["root", "propose", "--add-person", "Bob", "--key", &key_text("Eve")]);
    project.run_as("Bob", &["root", "sign"]).exits(0);
    // Eve's key is Bob's second one here: he has signed once.
    project.run_as("Eve", &["root", "sign"]).exits(0).says("not yet: Ann");
    project.run(&["root", "apply"]).refuses("CH304");
    project.run(&["root", "show"]).exits(0).says("not yet: Ann");
    project.ok(&["root", "sign"]);
    // A proposal that changes after it was signed is another one.
    project.ok(&["root", "propose", "--name", "moons"]);
    project.run(&["root", "apply"]).refuses("not yet: Ann, Bob");
    for person in ["Ann", "Bob"] {
        project.run_as(person, &["root", "sign"]).exits(0);
    }
    project.ok(&["root", "apply"]);
    assert_eq!(project.record_files("root").len(), 3, "what was proposed is tidied away");
    project.run(&["root", "apply"]).refuses("no root is proposed");
    project.ok(&["root", "show"]).says("3 of moons");
    project.run(VERIFY).exits(0).finds(&[]);
}

#[test]
fn what_cannot_be_is_not_proposed() {
    let place = Place::new();
    let project = recorded(&place);
    for (change, told) in [
        (&["--threshold", "root=2"][..], "asks for more people than it has"),
        (&["--remove-person", "Ann"], "asks for more people than it has"),
        (&["--grant", "root=Eve"], "nobody called `Eve`"),
        (&["--scope", "docs=docs/**"], "the scope `docs`"),
        (&["--withdraw", "cook=Ann"], "no role or scope `cook`"),
    ] {
        project.run(&[&["root", "propose"], change].concat()).refuses(told);
    }
    project.run(&["root", "propose", "--threshold", "root=0"]).exits(2);
    assert_eq!(project.record_files("root").len(), 1, "nothing was written");
}

#[test]
fn who_was_taken_out_cannot_add_to_the_time_before() {
    let place = Place::new();
    let project = recorded(&place);
    with_bob(&project, &[]);
    let elsewhere = project.fork("elsewhere");
    project.root(&["propose", "--remove-person", "Bob"], &["Ann"]);
    project.run(VERIFY).exits(0).finds(&[]);
    project.ok(&["manifest"]);
    // Bob goes on under the root in which he still was, and shows only one of the two at a time.
    elsewhere.write("moon.py", head("2026 Bob Roe", "MIT") + MOON);
    elsewhere.run_as("Bob", &["manifest"]).exits(0);
    let chain = ".copyhold/root/3.root.dsse.json";
    elsewhere.write(chain, project.read(chain));
    elsewhere.run(VERIFY).exits(2).finds(&[("CH303", "")]).says("root 3 was in force by then");
    // A root names the newest manifest by then: nobody can take that away either.
    project.root(&["propose", "--name", "moons"], &["Ann"]);
    for file in ["2.manifest.intoto.json", "2.leaves.jsonl"] {
        project.remove(&format!(".copyhold/manifest/{file}"));
    }
    project.run(VERIFY).exits(2).finds(&[("CH303", "")]).says("which is withheld here");
}

#[test]
fn a_scope_asks_for_more_and_never_for_less() {
    let place = Place::new();
    let project = recorded(&place);
    let key = key_text("Bob");
    let docs = ["--scope", "docs=docs/**", "--grant", "docs=Bob"];
    project.root(&[&["propose", "--add-person", "Bob", "--key", &key], &docs[..]].concat(), &["Ann"]);
    // The first manifest under it is signed by its people, whatever lies there.
    project.ok(&["manifest"]).says("of the role `docs` must sign");
    project.run_as("Bob", &["manifest"]).exits(0).says("manifest 2 of tides");
    // What is elsewhere is not theirs, and the whole's quorum is enough.
    project.write("moon.py", head("2024 Ann Ito", "MIT") + MOON);
    project.ok(&["manifest"]).says("manifest 3 of tides");
    // What is theirs takes them, and them alone is not enough: they are not in the role `manifest`.
    project.write("docs/tide.py", head("2024 Ann Ito", "MIT") + TIDE + "\nDOCS = True\n");
    project.run_as("Bob", &["manifest"]).exits(0).says("of the role `manifest` must sign and 0 did");
    project.ok(&["manifest"]).says("manifest 4 of tides");
    // Moving a work out of a scope changes the scope.
    project.write("tide2.py", project.read("docs/tide.py")).remove("docs/tide.py");
    project.ok(&["manifest"]).says("of the role `docs` must sign");
    project.run(VERIFY).exits(1);
}

#[test]
fn a_contributor_with_another_key_is_the_same_one() {
    let place = Place::new();
    let project = with_contributor(&place);
    let key = ["key", "new", "two", "--no-passphrase"];
    project.run_as("Bob", &key).exits(0);
    project.run_as("Bob", &["key", "rotate", "two", "--from", "default", "--person", "Bob"]).exits(0);
    project.run_as("Bob", &["key", "rotate", "default", "--from", "default"]).refuses("both are one key");
    project.write("late.py", head("2026 Bob", "GPL-3.0-or-later") + TIDE + "\nLATE = True\n");
    project.run_as("Bob", &["sign", "late.py", "--person", "Bob", "--key", "two"]).exits(0);
    project.ok(&["manifest"]).says("3 contributors").says_not("left out");
    project.run(AUDIT).exits(0).says_not("CH305").says_not("CH308");
    project.run(VERIFY).exits(0).finds(&[]);
    project.ok(&["manifest"]).says("nothing changed since manifest 3");
}

#[test]
fn a_root_that_was_seen_is_not_withheld_later() {
    let place = Place::new();
    let project = recorded(&place);
    let old = place.path("old.copyhold");
    fs::copy(place.path("tides.copyhold"), &old).unwrap();
    project.root(&["propose", "--expires", "2027-11-01T00:00:00Z"], &["Ann"]);
    project.bundle();
    let copy = place.project("copy");
    copy.write("tide.py", project.read("tide.py")).license("MIT");
    copy.ok(&["upstream", "add", "../tides.copyhold", "--trust"]);
    copy.run(&[VERIFY, &["--upstream", "../tides.copyhold"]].concat()).exits(0).finds(&[]);
    copy.run(&[VERIFY, &["--upstream", "../old.copyhold"]].concat()).exits(1).finds(&[("CH310", "")]);
}
