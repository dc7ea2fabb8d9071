// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A crash, or a write that fails, at any point of what changes a record: the old one stands, the tool
//! says so, and the same command then goes through. A disk that is full is in `.ci/foreign`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::common::{MOON, Place, Project, TIDE, head};
use super::rules::recorded;

/// A command that changes a record, what it says the record stands by where it fails, and where it is
/// still in the old state.
struct Change {
    args: &'static [&'static str],
    stands: &'static str,
}

const CHANGES: [Change; 3] = [
    Change { args: &["sign", "--person", "Ann"], stands: "this statement was not written" },
    Change { args: &["manifest"], stands: "manifest 1 still stands" },
    Change { args: &["root", "apply"], stands: "root 1 is still in force" },
];

/// A recorded project in which every one of the commands has something to do.
fn begun(place: &Place) -> Project<'_> {
    let project = recorded(place);
    project.ok(&["root", "propose", "--expires", "2027-11-01T00:00:00Z"]);
    project.ok(&["root", "sign"]);
    project.write("moon.py", head("2024 Ann Ito", "MIT") + MOON + TIDE);
    let notice = "Tides are made by the moon, and this notice says so.\n";
    project.write("NOTICE", notice).write("NOTICE.license", head("2024 Ann Ito", "MIT"));
    project
}

fn files(project: &Project<'_>) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for folder in ["root", "manifest", "statements", "notices"] {
        let entries = fs::read_dir(project.root.join(".copyhold").join(folder)).unwrap();
        found.extend(
            entries.map(|entry| entry.unwrap().path().strip_prefix(&project.root).unwrap().to_owned()),
        );
    }
    found
}

/// The record holds, and the command goes through now, or has done so.
#[track_caller]
fn recovers(project: &Project<'_>, change: &Change) {
    assert!(project.run(&["verify", "."]).code < 2, "the record holds");
    assert!(project.run(&["root", "show"]).code == 0);
    let again = project.run(change.args);
    assert!(again.code == 0 || change.args == ["root", "apply"] && again.err.contains("no root is proposed"));
    assert!(project.run(&["verify", "."]).code < 2, "the record holds");
}

#[test]
fn a_write_that_fails_leaves_the_old_record_and_says_so() {
    let place = Place::new();
    let project = begun(&place);
    for (index, change) in CHANGES.iter().enumerate() {
        let done = project.fork(&format!("done{index}"));
        done.ok(change.args);
        let new: Vec<_> = files(&done).difference(&files(&project)).cloned().collect();
        assert!(!new.is_empty(), "{:?}", change.args);
        for (number, file) in new.iter().enumerate() {
            let fork = project.fork(&format!("fork{index}-{number}"));
            // Where a folder is, no file can be put.
            fs::create_dir_all(fork.root.join(file).join("in the way")).unwrap();
            fork.run(change.args).refuses(file.to_str().unwrap()).says(change.stands);
            assert!(fork.run(&["verify", "."]).code < 2, "the record holds");
            fs::remove_dir_all(fork.root.join(file)).unwrap();
            recovers(&fork, change);
            assert_eq!(files(&fork), files(&done), "nothing is left behind");
        }
    }
}

#[test]
fn a_crash_anywhere_leaves_the_old_record_or_the_new_one() {
    let place = Place::new();
    let project = begun(&place);
    for (index, change) in CHANGES.iter().enumerate() {
        let whole = project.fork(&format!("whole{index}"));
        let start = Instant::now();
        whole.ok(change.args);
        let took = start.elapsed();
        for round in 0..8_u32 {
            let fork = project.fork(&format!("crash{index}-{round}"));
            let before = files(&fork);
            let mut command = place.command("Ann", &fork.root, change.args);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            if round % 2 == 0 {
                std::thread::sleep(took * round / 8);
            } else {
                // The first file it writes, and a little after.
                while files(&fork) == before && child.try_wait().unwrap().is_none() {}
                std::thread::sleep(Duration::from_micros(u64::from(round) * 150));
            }
            child.kill().unwrap();
            child.wait().unwrap();
            recovers(&fork, change);
        }
    }
}
