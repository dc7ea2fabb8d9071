// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The stories of chains and of licenses that change, as people and as programs read them: each has its
//! reports in fixtures/works.

use std::fs;

use super::common::{MOON, Place, Project, TIDE, head};
use super::govern::{relicensed, revoke, signed_by_bob, with_contributor};
use super::rules::{VERIFY, recorded};
use super::story::look;

/// A project of Ann's that takes each `path` from the project of that name, says so, and is published.
fn taking<'a>(place: &'a Place, name: &str, from: &[(&Project<'_>, &str)]) -> Project<'a> {
    let project = place.project(name);
    project.license("MIT");
    project.ok(&["init", "--name", name, "--license", "MIT", "--person", "Ann"]);
    for (upstream, path) in from {
        let source = upstream.root.file_name().unwrap().to_str().unwrap();
        let bundle = upstream.bundle();
        project.write(path, upstream.read(path));
        project.ok(&["upstream", "add", &bundle, "--pin", &upstream.fingerprint()]);
        project.ok(&["sign", path, "--from", &format!("{source}:{path}"), "--person", "Ann"]);
    }
    project.publish();
    project
}

/// A project of Ann's with these works, published.
fn first<'a>(place: &'a Place, name: &str, works: &[(&str, &str)]) -> Project<'a> {
    let project = place.project(name);
    for (path, text) in works {
        project.write(path, head("2024 Ann Ito", "MIT") + text);
    }
    project.license("MIT");
    project.ok(&["init", "--name", name, "--license", "MIT", "--person", "Ann"]);
    project.publish();
    project
}

/// Somebody has a work of the last project, and looks at all that is behind it.
fn told(place: &Place, story: &str, last: &Project<'_>, works: &[&str], more: &[&str]) {
    let taker = place.project("taker");
    taker.license("MIT");
    for path in works {
        taker.write(path, last.read(path));
    }
    let bundle = format!("{}.copyhold", last.root.display());
    let pin = last.fingerprint();
    look(story, &[&taker], &[&["verify", ".", "--upstream", &bundle, "--pin", &pin], more].concat());
}

#[test]
fn three_tiers() {
    let place = Place::new();
    let tides = first(&place, "tides", &[("tide.py", TIDE)]);
    let ports = taking(&place, "ports", &[(&tides, "tide.py")]);
    let harbour = taking(&place, "harbour", &[(&ports, "tide.py")]);
    told(&place, "three-tiers", &harbour, &["tide.py"], &[]);
}

#[test]
fn diamond() {
    let place = Place::new();
    let tides = first(&place, "tides", &[("tide.py", TIDE), ("moon.py", MOON)]);
    let ports = taking(&place, "ports", &[(&tides, "tide.py")]);
    let skies = taking(&place, "skies", &[(&tides, "moon.py")]);
    let harbour = taking(&place, "harbour", &[(&ports, "tide.py"), (&skies, "moon.py")]);
    told(&place, "diamond", &harbour, &["tide.py", "moon.py"], &[]);
}

#[test]
fn withheld() {
    let place = Place::new();
    let tides = first(&place, "tides", &[("tide.py", TIDE)]);
    let ports = taking(&place, "ports", &[(&tides, "tide.py")]);
    let harbour = taking(&place, "harbour", &[(&ports, "tide.py")]);
    let sizes = |path: &String| fs::metadata(harbour.root.join(path)).unwrap().len();
    // The smaller one is that of the first project, which the other brought along.
    let upstreams = harbour.record_files("upstream");
    assert_eq!(upstreams.len(), 2, "the whole chain travels: {upstreams:?}");
    harbour.remove(upstreams.iter().min_by_key(|path| sizes(path)).unwrap());
    harbour.bundle();
    told(&place, "withheld", &harbour, &["tide.py"], &[]);
}

#[test]
fn revoked_after() {
    let place = Place::new();
    let tides = signed_by_bob(&place);
    tides.bundle();
    let harbour = taking(&place, "harbour", &[(&tides, "tide.py")]);
    revoke(&tides, "Bob", "1");
    tides.ok(&["manifest"]);
    let newer = tides.bundle();
    let pin = tides.fingerprint();
    told(&place, "revoked-after", &harbour, &["tide.py"], &["--upstream", &newer, "--pin", &pin]);
}

#[test]
fn weakened() {
    let place = Place::new();
    let project = relicensed(&place);
    look("weakened-with-consent", &[&project], VERIFY_AS);
    // The consent is by a key that was lost before: it is as if there were none.
    revoke(&project, "Bob", "2");
    look("weakened", &[&project], VERIFY_AS);
}

/// As [`VERIFY`], without a format.
const VERIFY_AS: &[&str] = &["verify", "."];

#[test]
fn a_record_may_say_what_it_was_forked_from_and_keep_what_was_signed_there() {
    let place = Place::new();
    let tides = with_contributor(&place);
    let old = tides.fingerprint();
    let fork = tides.fork("fork");
    // Another project begins with a root of its own; the statements stay.
    for folder in ["root", "manifest"] {
        fs::remove_dir_all(fork.root.join(".copyhold").join(folder)).unwrap();
    }
    fork.remove("copyhold.toml").remove(".copyhold/REUSE.toml");
    fork.ok(&["init", "--name", "shallows", "--license", "GPL-3.0-or-later", "--person", "Ann"]);
    fork.run(&["manifest"]).refuses("it was made for another project");
    fork.root(&["propose", "--fork-of", &format!("{old}@1")], &["Ann"]);
    fork.run(VERIFY).exits(2);
    fork.ok(&["manifest", "--accept-key", &format!("{}=Bob", super::common::key_id("Bob"))]);
    fork.run(VERIFY).exits(0).finds(&[]);
    fork.ok(&["root", "show"]).says(&format!("fork of      {old}, root 1"));
    assert_ne!(fork.fingerprint(), old);
}

#[test]
fn an_archive_is_judged_by_what_was_in_force_and_told_when_that_ended() {
    let place = Place::new();
    let project = recorded(&place);
    project.root(&["propose", "--expires", "2026-11-01T00:00:00Z"], &["Ann"]);
    let run = project.run(&["verify", ".", "--archival"]).exits(0);
    run.says("the newest root here is 2 and expires: 2026-11-01T00:00:00Z").says("was made under root 1");
    project.run(&["verify", ".", "--archival", "--fresh"]).exits(2);
}
