// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

// REUSE-IgnoreStart

use super::*;

/// Returns what a text says: each license with its line, `?` for one that is not clear.
fn said(text: &str) -> Vec<String> {
    let show = |notice: Notice| match (&notice.expr, notice.is_clear) {
        (Some(expr), true) => format!("{}: {expr}", notice.first_line),
        (Some(expr), false) => format!("{}: {expr}?", notice.first_line),
        (None, _) => format!("{}: ?", notice.first_line),
    };
    find(text.as_bytes(), &[]).into_iter().map(show).collect()
}

#[test]
fn what_people_write() {
    let rows = include_str!("names.tsv").lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<String> = rows
        .filter_map(|row| {
            let (text, expected) = row.split_once('\t')?;
            let said: Vec<String> = said(text).iter().map(|said| said["1: ".len()..].to_owned()).collect();
            (said.join("; ") != expected).then(|| format!("{text}\t{}", said.join("; ")))
        })
        .collect();
    assert!(wrong.is_empty(), "read otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn what_is_not_explicit_is_no_choice() {
    assert_eq!(said("MIT/GPL2 Licensed"), ["1: MIT", "1: GPL-2.0-only"]);
}

#[test]
fn a_grant_counts_more_than_the_name_before_it() {
    let text = "as defined by the MPL 2.0.\nThis is subject to the terms of the MPL 2.0.";
    assert_eq!(said(text), ["2: MPL-2.0"]);
}

#[test]
fn what_is_no_grant() {
    for text in [
        "EXPORT_SYMBOL_GPL(f);",
        "This library is GPL compatible.",
        "It contains no GPL code.",
        "permission denied: copying failed",
        "the general public uses it freely",
        "import golang.org/x/net/context // license",
    ] {
        assert_eq!(said(text), [""; 0], "{text}");
    }
}

fn text(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

#[test]
fn a_changed_text_is_told() {
    let mit = text("MIT");
    assert_eq!(said(mit), ["1: MIT"]);
    let named = mit.replace("COPYRIGHT HOLDERS", "MOON TEAM");
    assert_eq!(said(&named), ["1: MIT"]);
    let turned = mit.replace("Permission is hereby granted", "Permission is not hereby granted");
    let found = find(turned.as_bytes(), &[]);
    assert!(!found[0].is_clear && found[0].note.as_ref().unwrap().contains("adds `not`"), "{found:?}");
    let gpl = text("GPL-2.0-only");
    let (from, to) = (gpl.find("2. You may modify").unwrap(), gpl.find("3. You may copy").unwrap());
    let shorter = format!("{}{}", &gpl[..from], &gpl[to..]);
    let found = find(shorter.as_bytes(), &[]);
    assert!(found.iter().all(|notice| notice.how != How::Text || !notice.is_clear), "{found:?}");
    let clause = format!("\"Commons Clause\" License Condition v1.0\n\n{}", text("Apache-2.0"));
    assert!(said(&clause).contains(&"1: ?".to_owned()));
}

#[test]
fn much_of_it_is_bounded() {
    let mit = text("MIT");
    assert!(find(mit.repeat(2000).as_bytes(), &[]).len() <= 64);
    let line = format!("{}{}", mit.replace('\n', " "), "x=1;".repeat(1 << 19));
    assert_eq!(said(&line), ["1: MIT"]);
}

proptest::proptest! {
    #[test]
    fn any_words_are_read(
        text in "(GNU |GPL |Lesser |version |2 |3\\.0 |or |later |\\+|License |\n|not |only |MIT |<a |&amp;|\\\\n|\u{e9}|permission |of |the ){0,60}"
    ) {
        for notice in find(text.as_bytes(), &[]) {
            proptest::prop_assert!(notice.first_line <= notice.last_line);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let _ = find(&[b"licen ".as_slice(), &bytes].concat(), &[]);
    }
}

// REUSE-IgnoreEnd
