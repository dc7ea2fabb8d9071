// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The main stories: signing, recording, verifying a derivative, pull requests, chains of upstreams.

use std::fs;
use std::path::Path;

use super::common::{MOON, Place, Project, TIDE, head, key_id};

/// A published project with two works of Ann's; returns it with its bundle and its fingerprint.
fn upstream<'a>(place: &'a Place, name: &str, license: &str) -> (Project<'a>, String, String) {
    let project = place.project(name);
    project.write("moon.py", head("2023 Ann Ito", license) + MOON);
    let bundle = project.begin(license).publish();
    let pin = project.fingerprint();
    (project, bundle, pin)
}

/// Verifies a tree against a pinned bundle.
fn verify<'a>(bundle: &'a str, pin: &'a str) -> [&'a str; 8] {
    ["verify", ".", "--upstream", bundle, "--pin", pin, "--format", "json"]
}

#[test]
fn a_fork_that_relicenses_one_work_and_strips_the_head_of_another_is_told_both() {
    let place = Place::new();
    let (_, bundle, pin) = upstream(&place, "tides", "GPL-3.0-or-later");
    let fork = place.project("fork");
    fork.write("src/high.py", head("2024 Ann Ito", "MIT") + TIDE).license("GPL-3.0-or-later");
    fork.license("MIT").write("moon.py", MOON);
    fork.run(&verify(&bundle, &pin)).exits(1).finds(&[
        ("CH501", "src/high.py"),
        ("CH502", "moon.py"),
        ("CH503", "moon.py"),
    ]);
    let text = fork.run(&["verify", ".", "--upstream", &bundle, "--pin", &pin]).exits(1);
    text.says("tides: signed, record intact").says("tides is pinned by --pin");
}

#[test]
fn a_fork_that_keeps_what_is_asked_for_passes() {
    let place = Place::new();
    let (project, bundle, pin) = upstream(&place, "tides", "GPL-3.0-or-later");
    let fork = place.project("fork");
    fork.write("tide.py", project.read("tide.py")).license("GPL-3.0-or-later");
    fork.write("lib/moon.py", head("2023 Ann Ito\n# (c) 2025 Bob Roe", "GPL-3.0-or-later") + MOON);
    let run = fork.run(&verify(&bundle, &pin)).exits(0).finds(&[]);
    let relations: Vec<_> = run.json()["derivations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| format!("{} {} {}", d["path"], d["relation"], d["source"]).replace('"', ""))
        .collect();
    assert_eq!(relations, ["lib/moon.py descendantOf moon.py", "tide.py copyOf tide.py"]);
}

#[test]
fn a_permissive_work_goes_into_a_copyleft_project_with_its_notice_and_text() {
    let place = Place::new();
    let (_, bundle, pin) = upstream(&place, "tides", "MIT");
    let taker = place.project("taker");
    taker.write("tide.py", head("2024 Ann Ito", "GPL-3.0-only") + TIDE);
    taker.license("MIT").license("GPL-3.0-only");
    taker.run(&verify(&bundle, &pin)).exits(0).finds(&[]);
    taker.remove("LICENSES/MIT.txt");
    taker.run(&verify(&bundle, &pin)).exits(1).finds(&[("CH504", "")]);
}

#[test]
fn or_later_may_become_a_later_version_and_only_may_not() {
    for (license, findings) in [("GPL-2.0-or-later", &[][..]), ("GPL-2.0-only", &[("CH501", "tide.py")][..])]
    {
        let place = Place::new();
        let (_, bundle, pin) = upstream(&place, "tides", license);
        let taker = place.project("taker");
        taker.write("tide.py", head("2024 Ann Ito", "GPL-3.0-only") + TIDE);
        taker.license(license).license("GPL-3.0-only");
        taker.run(&verify(&bundle, &pin)).exits(i32::from(!findings.is_empty())).finds(findings);
    }
}

#[test]
fn an_unchanged_copy_keeps_its_license_whatever_that_license_says_of_changes() {
    for license in ["CC-BY-ND-4.0", "Glulxe"] {
        let place = Place::new();
        let (project, bundle, pin) = upstream(&place, "tides", license);
        let copy = place.project("copy");
        copy.write("tide.py", project.read("tide.py")).license(license);
        copy.run(&verify(&bundle, &pin)).exits(0).finds(&[]);
    }
}

#[test]
fn saying_that_an_edited_work_is_a_copy_does_not_make_it_one() {
    let place = Place::new();
    let (_, bundle, pin) = upstream(&place, "tides", "CC-BY-ND-4.0");
    let fork = place.project("fork");
    let edited = TIDE.replace("12.42", "12.4206");
    fork.write("tide.py", head("2024 Ann Ito", "CC-BY-ND-4.0") + &edited).license("CC-BY-ND-4.0");
    fork.ok(&["init", "--name", "fork", "--license", "CC-BY-ND-4.0", "--person", "Ann"]);
    fork.ok(&["upstream", "add", &bundle, "--pin", &pin]);
    let from = ["--from", "tides:tide.py", "--relation", "copyOf"];
    fork.ok(&[&["sign", "tide.py", "--person", "Ann"], &from[..]].concat());
    fork.ok(&["manifest"]);
    fork.run(&verify(&bundle, &pin)).exits(1).finds(&[
        ("CH501", "tide.py"),
        ("CH512", "tide.py"),
        ("CH532", "tide.py"),
    ]);
}

#[test]
fn two_contributors_at_once_are_accepted_by_one_manifest() {
    let place = Place::new();
    let (project, _, _) = upstream(&place, "tides", "MIT");
    let forks = ["Bob", "Eve"].map(|person| {
        let fork = project.fork(person);
        let path = format!("{}.py", person.to_lowercase());
        let work = head(&format!("2026 {person}"), "MIT") + TIDE + "\n\nNAME = '" + person + "'\n";
        fork.write(&path, work);
        fork.run_as(person, &["sign", &path, "--person", person, "--dco", "a"]).exits(0);
        (fork, path)
    });
    for (fork, path) in &forks {
        project.write(path, fork.read(path));
        project.merge(fork, ".copyhold/statements");
    }
    assert_eq!(project.record_files("statements").len(), 3, "no statement stands in another's way");
    let audit = ["audit", ".", "--format", "json"];
    project.run(&audit).exits(0).finds(&[("CH308", "")]);
    assert_eq!(project.run(&audit).json()["summary"]["codes"]["CH308"], 2);

    let (bob, eve) = (key_id("Bob"), key_id("Eve"));
    let left_out = project.ok(&["manifest"]).says("whose key is not enrolled, and was left out");
    let left_out = left_out.says(&format!("--accept-key '{bob}=Bob'"));
    left_out.says(&format!("--accept-key '{eve}=Eve'"));
    project.ok(&["manifest", "show"]).says_not("Bob").says_not("Eve");

    let accepts = [format!("{bob}=Bob"), format!("{eve}=Eve")];
    project
        .ok(&["manifest", "--accept-key", &accepts[0], "--accept-key", &accepts[1]])
        .says("3 statements, 3 contributors");
    project.ok(&["manifest", "show"]).says("Bob").says("Eve");
    project.run(&audit).exits(0).finds(&[]);
    project.run(&["verify", ".", "--format", "json"]).exits(0).finds(&[]);
    project.ok(&["manifest"]).says("nothing changed since manifest 3");
}

#[test]
fn a_contributor_once_accepted_is_pending_afterwards_and_needs_no_new_word() {
    let place = Place::new();
    let (project, _, _) = upstream(&place, "tides", "MIT");
    for (version, body) in [TIDE, MOON].into_iter().enumerate() {
        project.write("bob.py", head("2026 Bob", "MIT") + body + "\nBOB = True\n");
        project.run_as("Bob", &["sign", "bob.py", "--person", "Bob"]).exits(0);
        if version == 0 {
            project.ok(&["manifest", "--accept-key", &format!("{}=Bob", key_id("Bob"))]);
        }
    }
    let run = project.run(&["audit", ".", "--format", "json"]).exits(0);
    assert!(run.findings().contains(&("CH305".to_owned(), String::new())), "{run:?}");
    project.ok(&["manifest"]).says_not("left out");
    project.run(&["audit", ".", "--format", "json"]).exits(0).finds(&[]);
}

/// lib1 takes a work of lib0's, says so, and hands on both records in one bundle.
fn two_levels(place: &Place) -> (Project<'_>, String, String) {
    let (lib0, bundle0, pin0) = upstream(place, "lib0", "MIT");
    let lib1 = place.project("lib1");
    lib1.write("tables/tide.py", lib0.read("tide.py")).license("MIT");
    lib1.write("own.py", head("2025 Bob Roe", "GPL-3.0-or-later") + MOON).license("GPL-3.0-or-later");
    lib1.ok(&["init", "--name", "lib1", "--license", "GPL-3.0-or-later", "--person", "Ann"]);
    lib1.ok(&["upstream", "add", &bundle0, "--pin", &pin0]);
    lib1.ok(&["upstream", "check"]).says("ok      lib0, manifest 1");
    lib1.ok(&["sign", "tables/tide.py", "--from", "lib0:tide.py", "--person", "Ann"]);
    let bundle = lib1.publish();
    let pin = lib1.fingerprint();
    (lib1, bundle, pin)
}

#[test]
fn a_chain_of_two_upstreams_is_checked_offline() {
    let place = Place::new();
    let (lib1, bundle, pin) = two_levels(&place);
    fs::remove_dir_all(place.path("lib0")).unwrap();
    fs::remove_file(place.path("lib0.copyhold")).unwrap();
    let taker = place.project("taker");
    taker.write("tide.py", lib1.read("tables/tide.py")).license("MIT");
    let run = taker.run(&verify(&bundle, &pin)).exits(0).finds(&[]);
    let chain = run.json()["chain"].clone();
    assert_eq!(chain[0]["upstream"], "lib1");
    assert_eq!(chain[1]["upstream"], "lib1 > lib0");
    assert_eq!((&chain[1]["evidence"], &chain[1]["state"]), (&"signed".into(), &"verified".into()));

    // What lib0 asks for holds through lib1.
    taker.write("tide.py", head("2026 Carl", "MIT") + TIDE).remove("LICENSES/MIT.txt");
    let run = taker.run(&verify(&bundle, &pin)).exits(1);
    let run = run.finds(&[("CH503", "tide.py"), ("CH504", "")]);
    let told = run.out.matches("lib1 > lib0:tide.py").count();
    assert!(told > 0, "the upstream's upstream is named: {run:?}");
}

#[test]
fn a_link_that_is_withheld_or_tampered_with_is_told() {
    let place = Place::new();
    let (lib1, bundle, pin) = two_levels(&place);
    let taker = place.project("taker");
    taker.write("tide.py", lib1.read("tables/tide.py")).license("MIT");
    let nested = lib1.record_files("upstream")[0].clone();
    let whole = lib1.read(&nested);

    let mut tampered = whole.clone();
    let at = whole.len() / 2;
    tampered[at] ^= 4;
    lib1.write(&nested, tampered).bundle();
    taker.run(&verify(&bundle, &pin)).exits(1).finds(&[("CH508", "")]);
    lib1.run(&["upstream", "check"]).exits(1).says("broken  lib0");

    lib1.remove(&nested).bundle();
    taker.run(&verify(&bundle, &pin)).exits(1).finds(&[("CH509", "")]);
}

#[test]
fn a_statement_takes_a_second_signature() {
    let place = Place::new();
    let (project, _, _) = upstream(&place, "tides", "MIT");
    project.write("pair.py", head("2026 Bob and Eve", "MIT") + TIDE + "\nPAIR = 2\n");
    let signed = project.run_as("Bob", &["sign", "pair.py", "--person", "Bob"]).exits(0);
    let path = signed.out.trim().trim_start_matches("./").to_owned();
    let id = Path::new(&path).file_name().unwrap().to_str().unwrap()[..12].to_owned();
    project.run_as("Eve", &["sign", "--cosign", &id]).exits(0).says("2 signatures on it now");
    project.run_as("Eve", &["sign", "--cosign", "ffffffffffff"]).refuses("0 statements have an id");
    // Whose the second signature is can be told once its key is known by a statement of its own.
    project.write("eve.py", head("2026 Eve", "MIT") + TIDE + "\nEVE = 1\n");
    project.run_as("Eve", &["sign", "eve.py", "--person", "Eve"]).exits(0);
    let (bob, eve) = (format!("{}=Bob", key_id("Bob")), format!("{}=Eve", key_id("Eve")));
    project.run(&["manifest", "--accept-key", &bob]).refuses("which is not enrolled");
    project.ok(&["manifest", "--accept-key", &bob, "--accept-key", &eve]).says("3 contributors");
    let leaves = String::from_utf8(project.read(".copyhold/manifest/2.leaves.jsonl")).unwrap();
    let pair = leaves.lines().find(|leaf| leaf.starts_with(&format!("{{\"at\":\"statement {id}"))).unwrap();
    assert_eq!(pair.matches("did:key:").count(), 2, "{pair}");
    project.run(&["audit", ".", "--format", "json"]).exits(0).finds(&[]);
}

#[test]
fn an_upstream_nobody_vouched_for_is_not_added() {
    let place = Place::new();
    let (project, bundle, pin) = upstream(&place, "tides", "MIT");
    let taker = place.project("taker");
    let wrong = "1".repeat(64);
    taker.run(&["upstream", "add", &bundle]).refuses(&pin).says("--trust");
    taker.run(&["upstream", "add", &bundle, "--pin", &wrong]).refuses("not the one tides is pinned by");
    taker.run(&["upstream", "add", &bundle, "--pin", &wrong, "--trust"]).refuses(&pin);
    taker.run(&["upstream", "add", "../tides"]).refuses("is a folder, not a bundle");
    assert!(!taker.root.join("copyhold.lock").exists() && !taker.root.join(".copyhold").exists());

    taker.ok(&["upstream", "add", &bundle, "--pin", &pin]);
    let lock = taker.read("copyhold.lock");
    let old = place.path("old.copyhold");
    fs::copy(&bundle, &old).unwrap();
    project.write("more.py", head("2026 Ann Ito", "MIT") + MOON + "\nMORE = 1\n").publish();
    taker.ok(&["upstream", "add", &bundle]).says("manifest 2");
    let newer = taker.read("copyhold.lock");
    assert_ne!(lock, newer);
    taker.run(&["upstream", "add", old.to_str().unwrap()]).refuses("manifest 2 was seen before");
    assert_eq!(taker.read("copyhold.lock"), newer, "a refused bundle leaves the lock alone");

    // Another project by the same name is another project.
    let other = place.project("other");
    other.write("tide.py", head("2024 Bob", "MIT") + TIDE).license("MIT");
    for args in [
        &["init", "--name", "tides", "--person", "Bob"][..],
        &["manifest"],
        &["manifest", "bundle", "--output", "../other.copyhold"],
    ] {
        other.run_as("Bob", args).exits(0);
    }
    taker.run(&["upstream", "add", "../other.copyhold", "--trust"]).refuses("not the one tides is pinned by");
    taker.ok(&["upstream", "list"]).says(&format!("tides  manifest 2  {pin}"));
}

#[test]
fn the_anchor_is_a_pin_or_a_lock_and_never_in_the_target() {
    let place = Place::new();
    let (project, bundle, pin) = upstream(&place, "tides", "MIT");
    let consumer = place.project("consumer");
    let target = place.project("target");
    target.write("tide.py", project.read("tide.py")).license("MIT");
    // The target pins whatever it likes.
    target.ok(&["upstream", "add", &bundle, "--trust"]);
    fs::remove_dir_all(target.root.join(".copyhold")).unwrap();

    let verify = ["verify", "../target", "--upstream", &bundle];
    let none = consumer.run(&verify).exits(1).says("CH301");
    none.says(&format!("--pin {pin}"));
    consumer.run(&[&verify[..], &["--pin", &pin]].concat()).exits(0).says("tides is pinned by --pin");
    consumer.run(&[&verify[..], &["--pin", &"1".repeat(64)]].concat()).exits(1).says("CH302");
    consumer.run(&[&verify[..], &["--lock", "nothing"]].concat()).refuses("there is no lock at nothing");

    consumer.ok(&["upstream", "add", &bundle, "--pin", &pin]);
    consumer.run(&verify).exits(0).says("tides is pinned by copyhold.lock");
    fs::rename(consumer.root.join("copyhold.lock"), consumer.root.join("pins")).unwrap();
    consumer.run(&verify).exits(1).says("CH301");
    consumer.run(&[&verify[..], &["--lock", "pins"]].concat()).exits(0).says("tides is pinned by");
}

#[test]
fn an_upstream_without_a_record_is_labelled_unsigned() {
    let place = Place::new();
    let plain = place.project("plain");
    plain.write("tide.py", head("2024 Ann Ito", "MIT") + TIDE).license("MIT");
    let taker = plain.fork("taker");
    taker.write("tide.py", head("2026 Carl", "MIT") + TIDE);
    let text = taker.run(&["verify", ".", "--upstream", "../plain"]).exits(1);
    text.says("CH309").says("plain: unsigned upstream").says_not("plain: signed");
    let json = taker.run(&["verify", ".", "--upstream", "../plain", "--format", "json"]).exits(1);
    let document = json.finds(&[("CH503", "tide.py")]).json();
    assert_eq!(document["chain"][0]["evidence"], "unsigned");
    assert_eq!(document["derivations"][0]["evidence"], "unsigned");

    // The same by a record somebody made of the tree.
    taker.ok(&["manifest", "for", "../plain", "--output", "../plain.copyhold"]).says("unsigned record");
    taker.run(&["verify", ".", "--upstream", "../plain.copyhold"]).exits(1).says("plain: unsigned upstream");
    taker.ok(&["manifest", "show", "../plain.copyhold"]).says("nobody: integrity only");
}

#[test]
fn what_a_pinned_project_signed_cannot_be_passed_off_unsigned() {
    let place = Place::new();
    let (project, bundle, pin) = upstream(&place, "tides", "MIT");
    let consumer = place.project("consumer");
    consumer.write("tide.py", project.read("tide.py")).license("MIT");
    consumer.ok(&["upstream", "add", &bundle, "--pin", &pin]);
    consumer.ok(&["manifest", "for", "../tides", "--name", "tides", "--output", "../bare.copyhold"]);
    consumer.run(&["verify", ".", "--upstream", "../bare.copyhold"]).exits(1).says("CH303");
    consumer.run(&["upstream", "add", "../bare.copyhold"]).refuses("known as a signed project");
}

#[test]
fn a_record_is_shown_compared_and_proved() {
    let place = Place::new();
    let (project, bundle, pin) = upstream(&place, "tides", "MIT");
    let shown = project.ok(&["manifest", "show", &bundle]).says("tides").says(&pin);
    shown.says("signed by").says("Ann").says("worksDirHash");
    let first = place.path("first.copyhold");
    fs::copy(&bundle, &first).unwrap();
    let first = first.to_str().unwrap();

    project.ok(&["manifest", "prove", "tide.py", "--output", "../proof.json"]);
    let check = ["manifest", "prove", "--check", "../proof.json"];
    project.ok(&check).says("in the record").says("tide.py");
    project.run(&["manifest", "prove", "nothing.py"]).refuses("the record has no work nothing.py");
    let proof = fs::read_to_string(place.path("proof.json")).unwrap();
    fs::write(place.path("proof.json"), proof.replace("tide.py", "wave.py")).unwrap();
    project.run(&check).exits(1).says("not in the record");
    fs::write(place.path("proof.json"), &proof).unwrap();

    project.write("wave.py", head("2026 Ann Ito", "MIT") + TIDE + "\nWAVE = 1\n").remove("moon.py");
    project.write("tide.py", head("2024 Ann Ito", "0BSD") + TIDE).license("0BSD").publish();
    let diff = project.ok(&["manifest", "diff", first, &bundle]).says("- moon.py").says("+ wave.py");
    diff.says("~ tide.py  MIT -> 0BSD").says("2 added, 1 removed, 1 changed");
    let json = project.ok(&["manifest", "diff", first, &bundle, "--format", "json"]).json();
    assert_eq!(json["removed"], serde_json::json!(["moon.py"]));
    project.ok(&["manifest", "diff", "1", "2"]).says("+ wave.py");
    project.run(&check).refuses("another manifest");
    project.ok(&[&check[..], &["--record", first]].concat()).says("in the record");
}

#[test]
fn a_record_is_exported_in_the_forms_of_others() {
    let place = Place::new();
    let (project, bundle, _) = upstream(&place, "tides", "MIT");
    let id = key_id("Ann");
    let keys = project.ok(&["export", "pem"]).out;
    assert!(keys.starts_with(&format!("Ann {id}\n-----BEGIN PUBLIC KEY-----\n")), "{keys}");
    project.run(&["export", "allowed-signers"]).refuses("no OpenSSH key").says("export pem");

    let document = project.ok(&["manifest", "show", "--format", "json"]).json();
    let sums = project.ok(&["export", "sha256sums", "--record", &bundle]).out;
    let of_sums = copyhold::hash::sha256(sums.as_bytes()).to_string();
    assert_eq!(document["manifest"]["worksDirHash"], of_sums.as_str());

    let [manifest] = &project.record_files("manifest")[1..2] else { panic!("one manifest and its leaves") };
    let statements = project.record_files("statements");
    let lines = project.ok(&["export", "intoto-jsonl"]).out;
    let envelopes: Vec<u8> =
        [manifest].into_iter().chain(&statements).flat_map(|path| project.read(path)).collect();
    assert_eq!(lines.as_bytes(), envelopes);

    let statement =
        statements[0].trim_start_matches(".copyhold/statements/").trim_end_matches(".intoto.json");
    for args in [&["export", "sigstore-bundle"][..], &["export", "sigstore-bundle", statement]] {
        let sigstore = project.ok(args).json();
        assert_eq!(sigstore["verificationMaterial"]["publicKey"]["hint"], id.as_str());
        assert_eq!(sigstore["dsseEnvelope"]["signatures"].as_array().unwrap().len(), 1);
    }
    let nobody = "0".repeat(64);
    project.run(&["export", "sigstore-bundle", &nobody]).refuses("no statement 0000");

    project.ok(&["manifest", "for", ".", "--name", "tides", "--output", "../plain.copyhold"]);
    let plain = ["--record", "../plain.copyhold"];
    project.run(&[&["export", "pem"][..], &plain].concat()).refuses("signed by nobody");
    project.ok(&[&["export", "sha256sums"][..], &plain].concat()).says("  tide.py");
}

#[test]
fn a_verification_is_told_to_other_policy_engines() {
    let place = Place::new();
    let (_, bundle, pin) = upstream(&place, "tides", "MIT");
    let fork = place.project("fork");
    fork.write("tide.py", head("2024 Ann Ito", "MIT") + TIDE).license("MIT");
    let properties = |args: &[&str]| {
        let verify = ["verify", ".", "--upstream", &bundle, "--svr", "../svr.json"];
        fork.run(&[&verify[..], args].concat());
        let result: serde_json::Value =
            serde_json::from_slice(&fs::read(place.path("svr.json")).unwrap()).unwrap();
        assert_eq!(result["predicateType"], "https://in-toto.io/attestation/svr/v0.2");
        let sums = fork.ok(&["hash", "--tree", "."]).out;
        assert!(sums.starts_with(result["subject"][0]["digest"]["sha256"].as_str().unwrap()));
        result["predicate"]["properties"].to_string()
    };
    let all = ["PASSED", "CHAIN_SIGNED", "INTEGRITY", "AUTHORITY", "DUTIES"];
    let named = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| format!("\"COPYHOLD_{name}\"")).collect();
        format!("[{}]", names.join(","))
    };
    assert_eq!(properties(&["--pin", &pin]), named(&all));
    assert_eq!(properties(&[]), named(&["INTEGRITY", "DUTIES"]), "nobody vouches for it");
    fork.write("tide.py", head("2026 Eve", "MIT") + TIDE);
    assert_eq!(properties(&["--pin", &pin]), named(&["CHAIN_SIGNED", "INTEGRITY", "AUTHORITY"]));
    fs::write(&bundle, "no bundle").unwrap();
    assert_eq!(properties(&["--pin", &pin]), "[]", "what could not be decided did not hold");
    let signed = ["--svr", "../svr.json", "--key", "default"];
    fork.run(&[&["verify", ".", "--upstream", &bundle][..], &signed].concat()).exits(2);
    assert!(fs::read_to_string(place.path("svr.json")).unwrap().contains("payloadType"));
}

#[test]
fn who_is_said_to_have_had_a_part_is_recorded_as_that() {
    let place = Place::new();
    let project = place.project("tides");
    project.run(&["import", "people"]).refuses("no copyhold project yet");
    project.begin("MIT").write("AUTHORS", "# Authors\n\n* Zoë Dam <zoe@example.org>\n* Bob\n");
    project.write("CITATION.cff", "authors:\n  - given-names: Ann\n    family-names: Ito\n");
    project.write("broken/CITATION.cff", "authors: [\n");
    project.write("moon.py", format!("# SPDX-FileContributor: Eve\n{}{MOON}", head("2024 Ann Ito", "MIT")));
    project.ok(&["import", "people"]).says("4 names asserted").says("broken/CITATION.cff cannot be read");
    project.run(&["import", "git"]).refuses("in no git repository");

    project.publish();
    project.ok(&["manifest", "show"]).says("4 names by people, never verified");
    let shown = project.ok(&["manifest", "show", "--format", "json"]).json();
    let leaves = shown["leaves"].as_array().unwrap().iter();
    let asserted: Vec<_> = leaves.filter(|leaf| leaf["kind"] == "asserted").collect();
    let names: Vec<_> = asserted.iter().map(|leaf| leaf["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ann Ito", "Bob", "Eve", "Zoë Dam"]);
    assert_eq!(asserted[2]["works"], serde_json::json!(["moon.py"]));
    assert!(!shown.to_string().contains("example.org"), "no address enters a record");

    project.write(".copyhold/asserted/people.jsonl", "{\"by\":\"git\",\"name\":\"Eve\",\"parts\":{}}\n");
    project.run(&["manifest"]).refuses("is of another source");
    project.write(".copyhold/asserted/people.jsonl", "{\"name\": \"Eve\"}\n");
    project.run(&["manifest"]).refuses("import it again: `copyhold import people`");
}

#[test]
fn nothing_is_signed_or_recorded_twice() {
    let place = Place::new();
    let (project, bundle, _) = upstream(&place, "tides", "MIT");
    project.ok(&["sign", "--person", "Ann"]).says("nothing to sign");
    project.ok(&["manifest"]).says("nothing changed since manifest 1");
    let before = fs::read(&bundle).unwrap();
    project.bundle();
    assert_eq!(fs::read(&bundle).unwrap(), before, "equal records are equal bundles");
    project.run(&["init", "--name", "tides"]).refuses("is there already");
}

#[test]
fn the_look_of_reports_stays() {
    let place = Place::new();
    let mixed = place.fixture("works/mixed/tree", "mixed");
    look("mixed", &[&mixed], &["audit", "."]);
    let upstream = place.fixture("works/fork/upstream", "tides");
    let fork = place.fixture("works/fork/derivative", "fork");
    let bundle = upstream_of_fixture(&upstream);
    let pin = upstream.fingerprint();
    look("fork", &[&fork], &["verify", ".", "--upstream", &bundle, "--pin", &pin]);
    let (_, bundle, pin) = two_levels(&place);
    let taker = place.project("taker");
    taker.write("tide.py", head("2026 Carl", "GPL-3.0-or-later") + TIDE).license("GPL-3.0-or-later");
    look("chain", &[&taker], &["verify", ".", "--upstream", &bundle, "--pin", &pin]);
}

fn upstream_of_fixture(project: &Project<'_>) -> String {
    project.ok(&["init", "--name", "tides", "--license", "MPL-2.0", "--person", "Ann"]);
    project.publish()
}

/// Holds a report against fixtures/works/STORY/expected.*; UPDATE=1 writes them.
#[track_caller]
pub fn look(story: &str, trees: &[&Project<'_>], args: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/works").join(story);
    for (format, name) in [("text", "expected.txt"), ("json", "expected.json")] {
        let actual = trees[0].run(&[args, &["--format", format]].concat()).out;
        let path = folder.join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &actual).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(actual, expected, "{} differs; UPDATE=1 takes it over", path.display());
    }
}
