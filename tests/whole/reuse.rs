// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `audit --reuse` on the small projects of fixtures/reuse/cases.txt. `.ci/foreign` runs `reuse lint` on
//! the same.

use std::os::unix::fs::symlink;

use serde_json::Value;

use super::common::{Place, Project, Run};
use super::rules::git;

const CASES: &str = include_str!("../../fixtures/reuse/cases.txt");

/// Returns what a run found, as a line of a case: the exit code and every list that is not empty.
fn found(run: &Run, wants_files: bool) -> String {
    let mut line = run.code.to_string();
    if run.code == 2 {
        return line;
    }
    let json = run.json();
    let mut push = |name: &str, items: Vec<&str>| line += &[" ", name, "=", &items.join(",")].concat();
    if wants_files {
        let files = json["files"].as_array().unwrap();
        push("files", files.iter().map(|file| file["path"].as_str().unwrap()).collect());
    }
    let lists = json["non_compliant"].as_object().unwrap();
    let mut lists: Vec<(&String, &Value)> = lists.iter().collect();
    lists.sort_by_key(|(name, _)| *name);
    for (name, items) in lists {
        let items: Vec<&str> = items.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect();
        if !items.is_empty() {
            push(name, items);
        }
    }
    assert_eq!(json["summary"]["compliant"], run.code == 0);
    line
}

fn lint(project: &Project<'_>, how: &str) -> Run {
    project.run(&["audit", ".", how, "--format", "json"])
}

#[test]
fn small_projects_are_judged_as_the_specification_and_as_reuse_judge_them() {
    let mut cases = CASES.split("\n=== ");
    cases.next().expect("what the file is");
    let mut count = 0;
    for case in cases {
        count += 1;
        let (head, files) = case.split_once("\n--- ").unwrap_or((case, ""));
        let mut lines = head.lines();
        let name = lines.next().unwrap();
        let expected = |mark| head.lines().find_map(|line| line.strip_prefix(mark));
        let by_rule = expected("=> ").unwrap_or_else(|| panic!("{name} says what is expected"));
        let place = Place::new();
        let project = place.project("tree");
        for file in files.split("\n--- ").filter(|file| !file.is_empty()) {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            match path.split_once(" -> ") {
                Some((link, target)) => symlink(target, project.root.join(link)).unwrap(),
                None => drop(project.write(path, text)),
            }
        }
        let has_files = by_rule.contains("files=");
        assert_eq!(found(&lint(&project, "--reuse"), has_files), by_rule, "{name}");
        // What reuse fails for without naming it is in no list.
        let lists = ["invalid_spdx_expressions", "duplicate_licenses", "unclosed_snippets"];
        let unnamed = |word: &&str| !lists.iter().any(|list| word.starts_with(list));
        let by_tool = expected("=>6.2 ").unwrap_or(by_rule);
        let by_tool = by_tool.split(' ').filter(unnamed).collect::<Vec<_>>().join(" ");
        assert_eq!(found(&lint(&project, "--reuse-compat"), has_files), by_tool, "{name} by reuse 6.2");
    }
    assert!(count > 50, "{count} cases");
}

#[test]
fn the_verdict_is_told_in_words() {
    let place = Place::new();
    let project = place.project("tree");
    project.write("a.c", "int a;\n");
    let run = project.run(&["audit", "--reuse", "."]).exits(1);
    assert_eq!(
        run.out,
        "no license information (1)\n  a.c\n  help: state it: a tag in the file, a `.license` file beside it, \
         or a table in REUSE.toml\n\nno copyright notice (1)\n  a.c\n  help: state it: a tag in the file, a \
         `.license` file beside it, or a table in REUSE.toml\n\ncovered files: 1, with a license: 0, with a \
         copyright notice: 0\nREUSE 3.3: not met\n"
    );
    project.write("REUSE.toml", "version = 1\n[[annotations]]\npath = \"\"\nprecedence = 1\n");
    let run = project.run(&["audit", "--reuse", "."]).exits(2);
    assert!(run.err.contains("REUSE.toml:4"), "{}", run.err);
}

#[test]
fn git_says_which_files_are_covered() {
    let place = Place::new();
    let project = place.project("tree");
    git(&project, &["one"]);
    for file in ["kept.o", "new/x.c", "new/y.o", "out/y.o", "one/a.c", "other/.git/HEAD", "other/a.o"] {
        project.write(file, "text\n");
    }
    project.write(".gitignore", "*.o\n");
    // git lists a folder it tracks nothing of as one, so reuse covers what is ignored in it, too.
    let tool = " files=.gitignore,new/x.c,new/y.o,other/a.o";
    let rule = " files=.gitignore,new/x.c,other/a.o";
    for (how, expected) in [("--reuse", rule), ("--reuse-compat", tool)] {
        assert!(found(&lint(&project, how), true).contains(&[expected, " "].concat()), "{how}");
    }
    let whole = project.run(&["audit", ".", "--reuse", "--include-submodules", "--format", "json"]);
    assert!(found(&whole, true).contains("one/a.c"));
}

#[test]
fn the_record_is_covered_as_any_other_file() {
    let place = Place::new();
    let project = place.project("tree");
    project.write(".copyhold/root/1.json", "{}");
    let run = lint(&project, "--reuse");
    assert_eq!(found(&run, true).split(' ').nth(1), Some("files=.copyhold/root/1.json"));
}
