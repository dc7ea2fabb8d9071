// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Works that went under another license, lost whose they are, or were taken without what must come
//! with them; and changes that look like it and are lawful.

use super::common::{MOON, Place, Project, TIDE, head};
use super::duties::{PICTURE, sidecar};

const ANN: &str = "2024 Ann Ito";

fn py(holder: &str, license: &str) -> String {
    head(holder, license) + TIDE
}

/// Verifies a tree with the license texts `texts` against an upstream's tree, and compares the codes and
/// places that are told. That nobody signed the upstream is not what the stories are about, nor what
/// no file shows.
#[track_caller]
fn told(upstream: &[(&str, &str)], fork: &[(&str, &str)], texts: &[&str], expected: &[(&str, &str)]) {
    let place = Place::new();
    let write = |name: &str, files: &[(&str, &str)]| {
        let project = place.project(name);
        for (path, text) in files {
            project.write(path, text);
        }
        project.root
    };
    write("upstream", upstream);
    let project = Project { place: &place, root: write("fork", fork) };
    for text in texts {
        project.license(text);
    }
    let run = project.run(&["verify", ".", "--upstream", "../upstream", "--format", "json"]);
    let mut found = run.findings();
    found.retain(|(code, _)| code.as_str() > "CH500" && code != "CH514");
    let found: Vec<_> = found.iter().map(|(code, path)| (code.as_str(), path.as_str())).collect();
    assert_eq!(found, expected, "{}", run.out);
}

/// The same of one work of Ann's under `license`, which is `fork` in the derivative.
#[track_caller]
fn becomes(license: &str, fork: &str, texts: &[&str], expected: &[(&str, &str)]) {
    told(&[("tide.py", &py(ANN, license))], &[("tide.py", fork)], texts, expected);
}

#[test]
fn a_copyleft_file_put_under_mit_is_told() {
    let (fork, texts) = (py(ANN, "MIT"), ["MIT", "GPL-3.0-or-later"]);
    becomes("GPL-3.0-or-later", &fork, &texts, &[("CH501", "tide.py")]);
    becomes("MPL-2.0", &fork, &["MIT", "MPL-2.0"], &[("CH501", "tide.py")]);
}

#[test]
fn a_swapped_header_is_told() {
    let texts = ["Apache-2.0", "GPL-3.0-or-later"];
    let both = [("CH501", "tide.py"), ("CH503", "tide.py")];
    becomes("GPL-3.0-or-later", &py("2026 Bob Roe", "Apache-2.0"), &texts, &both);
}

#[test]
fn a_replaced_holder_is_told() {
    becomes("MIT", &py("2024 Bob Roe", "MIT"), &["MIT"], &[("CH503", "tide.py")]);
    becomes("MIT", &py("2024 Ann Ito\n# Copyright 2026 Bob Roe", "MIT"), &["MIT"], &[]);
}

#[test]
fn all_rights_reserved_over_a_licensed_work_is_told() {
    let fork = py("2024 Ann Ito\n# Copyright 2026 Bob Roe, all rights reserved", "MIT");
    becomes("MIT", &fork, &["MIT"], &[("CH521", "tide.py")]);
}

#[test]
fn a_share_alike_folder_under_a_non_commercial_site_license_is_told() {
    let site = "version = 1\n\n[[annotations]]\npath = \"**\"\nSPDX-FileCopyrightText = \"2024 Ann Ito\"\n"
        .to_owned()
        + concat!("SPDX-License-", "Identifier = \"CC-BY-NC-4.0\"\n");
    let beside = sidecar("CC-BY-SA-4.0");
    told(
        &[("art/cat.svg", PICTURE), ("art/cat.svg.license", &beside)],
        &[("art/cat.svg", PICTURE), ("REUSE.toml", &site)],
        &["CC-BY-NC-4.0", "CC-BY-SA-4.0"],
        &[("CH501", "art/cat.svg")],
    );
}

#[test]
fn or_later_may_be_dropped_and_not_added() {
    becomes("GPL-2.0-or-later", &py(ANN, "GPL-2.0-only"), &["GPL-2.0-only"], &[]);
    let added = py(ANN, "GPL-2.0-or-later");
    becomes("GPL-2.0-only", &added, &["GPL-2.0-or-later"], &[("CH501", "tide.py")]);
}

/// LGPL-2.1, section 3: "you must alter all the notices that refer to this License, so that they refer to
/// the ordinary GNU General Public License"; from then on that applies, and its text is passed on.
#[test]
fn the_lesser_license_may_become_the_general_one_with_its_notices_altered() {
    for texts in [&["LGPL-2.1-only", "GPL-2.0-or-later"][..], &["GPL-2.0-or-later"]] {
        becomes("LGPL-2.1-only", &py(ANN, "GPL-2.0-or-later"), texts, &[]);
    }
    becomes("LGPL-2.1-only", &py(ANN, "GPL-2.0-or-later"), &["LGPL-2.1-only"], &[("CH504", "")]);
    becomes("GPL-2.0-only", &py(ANN, "LGPL-2.1-only"), &["GPL-2.0-only"], &[("CH501", "tide.py")]);
}

#[test]
fn of_a_choice_one_arm_is_enough_and_no_other_license() {
    becomes("MIT OR GPL-2.0-only", &py(ANN, "MIT"), &["MIT"], &[]);
    becomes("MIT OR GPL-2.0-only", &py(ANN, "GPL-2.0-only"), &["GPL-2.0-only"], &[]);
    let texts = ["GPL-2.0-only", "MPL-2.0", "Apache-2.0"];
    becomes("GPL-2.0-only OR MPL-2.0", &py(ANN, "Apache-2.0"), &texts, &[("CH501", "tide.py")]);
}

#[test]
fn a_vendored_copy_without_its_license_text_is_told() {
    becomes("MIT", &py(ANN, "MIT"), &[], &[("CH504", "")]);
    // CC BY 4.0, section 3(a)(1)(C): the text, or a link to it.
    let (work, beside) = (("cat.svg", PICTURE), sidecar("CC-BY-4.0"));
    let credit = "cat.svg by Ann Ito: https://creativecommons.org/licenses/by/4.0/\n";
    let tree = [work, ("cat.svg.license", &beside)];
    told(&tree, &tree, &[], &[("CH504", "")]);
    told(&tree, &[tree[0], tree[1], ("CREDITS.md", credit)], &[], &[]);
}

#[test]
fn a_dropped_notice_file_is_told_as_far_as_it_pertains() {
    let (work, moved) = (py(ANN, "Apache-2.0"), "vendor/tide.py");
    let texts = ["Apache-2.0"];
    let upstream =
        |path, notice| [("tide.py", work.as_str()), ("charts/port.md", "Ports.\n"), (path, notice)];
    let fork = [(moved, work.as_str())];
    told(&upstream("NOTICE", "Tides, by Ann Ito.\n"), &fork, &texts, &[("CH507", "")]);
    // Section 4(d): "excluding those notices that do not pertain to any part of the Derivative Works".
    told(&upstream("charts/NOTICE", "Charts of the harbour office.\n"), &fork, &texts, &[]);
    told(&upstream("NOTICE", "What lies in charts/ is of the harbour office.\n"), &fork, &texts, &[]);
    let both = "Tides, by Ann Ito.\n\nWhat lies in charts/ is of the harbour office.\n";
    let kept = [fork[0], ("NOTICE", "Tides, by Ann Ito.\n")];
    told(&upstream("NOTICE", both), &kept, &texts, &[]);
}

/// Bob's fork of Ann's work, which keeps her notice or does not, and Carl's fork of Bob's.
#[test]
fn a_fork_of_a_fork_that_lost_the_first_author_is_told() {
    for (bobs, carls, expected) in [
        ("2025 Bob Roe\n# Copyright 2024 Ann Ito", "2025 Bob Roe", &[("CH503", "tide.py")][..]),
        ("2025 Bob Roe", "2025 Bob Roe", &[("CH503", "tide.py")]),
        ("2025 Bob Roe", "2025 Bob Roe\n# Copyright 2024 Ann Ito", &[]),
    ] {
        let place = Place::new();
        let ann = place.project("tides");
        let bundle = ann.begin("MIT").publish();
        let bob = place.project("ebb");
        bob.write("src/tide.py", py(bobs, "MIT")).license("MIT");
        bob.ok(&["init", "--name", "ebb", "--license", "MIT", "--person", "Ann"]);
        bob.ok(&["upstream", "add", &bundle, "--trust"]);
        bob.ok(&["sign", "src/tide.py", "--from", "tides:tide.py", "--person", "Ann"]);
        let bundle = bob.publish();
        let carl = place.project("carl");
        carl.write("tide.py", py(carls, "MIT")).license("MIT");
        let verify = ["verify", ".", "--upstream", &bundle, "--pin", &bob.fingerprint(), "--format", "json"];
        let run = carl.run(&verify).exits(i32::from(!expected.is_empty())).finds(expected);
        if let [_, ..] = expected {
            run.says("2024 Ann Ito");
        }
    }
}

/// A read-me may tell of restrictions without putting them on what was taken.
#[test]
fn a_restriction_counts_where_it_is_meant_for_what_was_taken() {
    let (work, texts) = (py(ANN, "GPL-3.0-or-later"), ["GPL-3.0-or-later"]);
    let readme = |text: &str, expected: &[(&str, &str)]| {
        let fork = [("src/tide.py", work.as_str()), ("fonts/a.txt", "a font"), ("README.md", text)];
        told(&[("tide.py", &work)], &fork, &texts, expected);
    };
    let is_told = [("CH517", "README.md")];
    readme("All of this is for personal use only.\n", &is_told);
    readme("What is in src/ is for personal use only.\n", &is_told);
    readme("The fonts in fonts/ are for personal use only.\n", &[]);
    readme("Fonts that say \"for personal use only\" are left out.\n", &[]);
    readme("It is not for personal use only.\n", &[]);
}

/// Marks of change: in each file for GPL-2.0, once for the whole for GPL-3.0, and never by what the
/// upstream's own change log said before.
#[test]
fn a_change_is_marked_where_the_license_wants_it() {
    let edited = |license: &str| head(ANN, license) + &TIDE.replace("12.42", "12.4206") + MOON;
    let marked = "# Ebb\n\nModified by Bob Roe, 2026-03-01: all of it.\n";
    let log = "2023-01-02  Ann Ito\n\n\t* tide.py: finer.\n";
    let bad = [("CH512", "tide.py")];
    for (license, beside, expected) in [
        ("GPL-3.0-or-later", ("README.md", marked), &[][..]),
        ("GPL-2.0-only", ("README.md", marked), &bad),
        ("GPL-2.0-only", ("ChangeLog", log), &bad),
        ("GPL-2.0-only", ("ChangeLog", "2026-03-01  Bob Roe\n\n\t* tide.py: finer.\n"), &[]),
    ] {
        let work = py(ANN, license) + MOON;
        let upstream = [("tide.py", work.as_str()), ("ChangeLog", log)];
        told(&upstream, &[("tide.py", &edited(license)), beside], &[license], expected);
    }
}

/// A pull request that breaks much is told in one screen of 80 columns and 24 rows: each kind with its
/// clause, a place and what mends it, the license first.
#[test]
fn what_a_fork_broke_fits_one_screen() {
    let place = Place::new();
    let (upstream, fork) = (place.project("upstream"), place.project("fork"));
    for at in 0..40 {
        let (path, body) = (format!("src/part{at}/tide.py"), format!("{TIDE}\n\ndef port_{at}(): pass\n"));
        let license = if at % 3 == 0 { "Apache-2.0" } else { "GPL-2.0-only" };
        upstream.write(&path, head(ANN, license) + &body);
        fork.write(
            &path,
            match at % 4 {
                0 => head(ANN, "MIT") + &body,
                1 => body,
                2 => head("2026 Bob Roe. All rights reserved.", license) + &body,
                _ => head(ANN, license) + &body.replace("12.42", "12.4206"),
            },
        );
    }
    upstream.write("NOTICE", "Tides, by Ann Ito.\n").license("Apache-2.0").license("GPL-2.0-only");
    fork.write("README.md", "For evaluation purposes only.\n").license("MIT");
    let verify = ["verify", ".", "--upstream", "../upstream"];
    let run = fork.run(&verify).exits(1);
    let rows: usize = run.out.lines().map(|line| line.chars().count().div_ceil(80).max(1)).sum();
    assert!((18..=23).contains(&rows), "{rows} rows:\n{}", run.out);
    let first: Vec<&str> = run.out.lines().take(3).collect();
    assert!(first[0].starts_with("error CH501 license changed (6)  GPL-2.0 2(b) keeps"), "{}", run.out);
    assert_eq!(first[1], "  GPL-2.0-only to MIT: src/part16/tide.py:2, src/part20/tide.py:2, and 4 more");
    assert_eq!(first[2], "  mend: put it back under GPL-2.0-only");
    for kind in ["CH502", "CH503", "CH504", "CH507", "-v shows all", "fail: "] {
        assert!(run.out.contains(kind), "{kind} in\n{}", run.out);
    }
    let all = fork.run(&[&verify[..], &["-v"]].concat()).exits(1);
    assert!(all.out.lines().count() > 200, "-v holds nothing back");
    let document = fork.run(&[&verify[..], &["--format", "json"]].concat()).exits(1).json();
    assert!(document["findings"].as_array().unwrap().len() > 30);
}

#[test]
fn what_tools_write_alike_is_no_derivation() {
    let edited = format!("{TIDE}{MOON}").replace("6.21", "6.2");
    let upstream_of = |text: &str| head(ANN, "GPL-3.0-or-later") + TIDE + text;
    let texts = ["MIT", "GPL-3.0-or-later"];
    told(&[("Cargo.lock", &upstream_of(MOON))], &[("Cargo.lock", &edited)], &["MIT"], &[]);
    let changed = format!("{}# Modified by Bob Roe, 2026-01-01: a name.\n{edited}", head(ANN, "MIT"));
    let generated = format!("# Code generated by tides; DO NOT EDIT.\n{changed}");
    let source = upstream_of(MOON);
    told(&[("tide.py", &source)], &[("tide.py", &changed)], &texts, &[("CH501", "tide.py")]);
    told(&[("tide.py", &source)], &[("tide.py", &generated)], &texts, &[("CH530", "tide.py")]);
}
