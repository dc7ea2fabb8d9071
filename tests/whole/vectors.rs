// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The cases of fixtures/vectors, whose name says which of them hold; and those that do, with any byte
//! changed. What other verifiers say of them is held in `.ci/foreign`.

use std::fs;
use std::path::{Path, PathBuf};

use copyhold::manifest::{Record, bundle};

use super::common::{Place, Run};

fn cases() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("expect").exists())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    cases.sort();
    cases
}

#[test]
fn every_case_is_accepted_or_refused_as_its_name_says() {
    let place = Place::new();
    let cases = cases();
    assert!(cases.len() > 140, "{}", cases.len());
    for (name, folder) in &cases {
        let expect = fs::read_to_string(folder.join("expect")).unwrap();
        let more = expect.lines().filter_map(|line| line.strip_prefix("args: "));
        let args: Vec<&str> = ["verify", ".", "--upstream", "record.copyhold", "--format", "json"]
            .into_iter()
            .chain(more)
            .collect();
        let run = Run::of(place.command("Ann", folder, &args).output().unwrap(), &args);
        let is_bad = name.ends_with("_fail");
        assert_eq!(run.code != 0, is_bad, "{name}: {run:?}");
        assert!(
            expect.contains(if is_bad { "\ncopyhold: reject\n" } else { "\ncopyhold: accept\n" }),
            "{name}"
        );
        if is_bad {
            let codes: Vec<String> = run.findings().into_iter().map(|(code, _)| code).collect();
            assert!(codes.iter().any(|code| code.starts_with("CH3")), "{name}: {run:?}");
        }
    }
}

#[test]
fn no_byte_of_what_holds_can_be_changed() {
    let loads = |bytes: &[u8]| bundle::read(bytes).is_ok_and(|files| Record::load(files).is_ok());
    for (name, folder) in cases().iter().filter(|(name, _)| !name.ends_with("_fail")) {
        let whole = fs::read(folder.join("record.copyhold")).unwrap();
        assert!(loads(&whole), "{name}");
        // Every byte of the one with everything in it, and some of each of the others: all of them take
        // minutes, and are tried with EVERY_BYTE=1 in a release build.
        let is_whole = name == "plain_full" || std::env::var_os("EVERY_BYTE").is_some();
        let step = if is_whole { 1 } else { 131 };
        for at in (0..whole.len()).step_by(step) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(!loads(&flipped), "{name}: byte {at} of {}", whole.len());
        }
    }
}
