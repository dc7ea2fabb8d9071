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
    for (text, expected) in [
        ("licensed under the terms of the GNU GPL, version 2 or later", "GPL-2.0-or-later"),
        ("under the GNU General Public License, version 3 only", "GPL-3.0-only"),
        ("released under version 2 of the GNU Lesser General Public License", "LGPL-2.0-only"),
        ("Licensed under the GPL", "GPL-1.0-or-later"),
        ("License: GPLv2+", "GPL-2.0-or-later"),
        ("License: GPL-3", "GPL-3.0-only"),
        ("under the GNU GPL v2 or (at your option) any later version", "GPL-2.0-or-later"),
        ("licensed under the GNU Affero General Public License v3.0 or later", "AGPL-3.0-or-later"),
        ("the GNU Free Documentation License, Version 1.2 or any later version", "GFDL-1.2-or-later"),
        ("You may use it under the same terms as Perl itself.", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
        ("Licensed under the Apache License, Version 2.0", "Apache-2.0"),
        ("released under the MIT license", "MIT"),
        ("subject to the Mozilla Public License Version 1.1", "MPL-1.1"),
        ("licensed under the 3-clause BSD license", "BSD-3-Clause"),
        ("<a rel=\"license\" href=\"https://creativecommons.org/licenses/by-sa/4.0/\">", "CC-BY-SA-4.0"),
        ("https://www.gnu.org/licenses/gpl-3.0.html", "GPL-3.0-only"),
        ("either the MIT License or the Apache License, Version 2.0", "Apache-2.0 OR MIT"),
    ] {
        assert_eq!(said(text), [format!("1: {expected}")], "{text}");
    }
}

#[test]
fn what_is_not_explicit_is_no_choice() {
    assert_eq!(said("MIT/GPL2 Licensed"), ["1: MIT", "1: GPL-2.0-only"]);
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
