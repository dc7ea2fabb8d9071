// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::*;

/// Where the terms begin behind a title or a preface that copies leave out or change.
const BEGINNINGS: [&str; 8] = [
    "everyone is permitted to copy and distribute",
    "permission is hereby granted",
    "permission to use copy modify",
    "redistribution and use in source and binary forms",
    "this software is provided as is without",
    "this is free and unencumbered software",
    "terms and conditions for use reproduction and distribution",
    "preamble the goals of the open font license",
];

/// Where the terms end before an appendix or a notice that copies leave out or change.
const ENDINGS: [&str; 5] = [
    "end of terms and conditions",
    "creative commons is not a party to its public licenses",
    "end of academic free license",
    "addendum how to use this license for your documents",
    // The LGPL 3 of the list has the GPL 3 behind it.
    "gnu general public license version 3 29 june 2007 everyone",
];

/// Shorter pieces say too little to name a license.
const MIN_WORDS: usize = 20;

/// Anchor, number of words, rolling hash, digest.
type Row = (u64, usize, u64, u64);

fn row(words: &Words, start: usize, len: usize) -> Row {
    (words.hash(start, ANCHOR), len, words.hash(start, len), words.digest(start, len))
}

/// Texts in other languages, of equal weight, that the `spdx` crate does not have: each row and its id.
fn translations() -> impl Iterator<Item = (Row, &'static str)> {
    let rows = include_str!("translations.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut fields = line.split('\t');
        let (id, _language, len) = (fields.next()?, fields.next()?, fields.next()?.parse().ok()?);
        let mut hash = || u64::from_str_radix(fields.next()?, 16).ok();
        Some(((hash()?, len, hash()?, hash()?), id))
    })
}

/// With `TEXT=file` it prints the row of a text for `translations.tsv`, from the words `FROM` on.
#[test]
fn a_row_is_what_its_text_gives() {
    let print = |text: &str, from: &str| {
        let words = Words::read(text);
        let at = words.text.find(from).unwrap();
        let start = words.starts.binary_search(&at).unwrap();
        row(&words, start, words.len() - start)
    };
    if let (Ok(file), Ok(from)) = (std::env::var("TEXT"), std::env::var("FROM")) {
        let (anchor, len, rolling, digest) = print(&lossy(&std::fs::read(file).unwrap()), &from);
        println!("{len}\t{anchor:x}\t{rolling:x}\t{digest:x}");
    }
    let mit = print(&text_of("MIT"), "permission is hereby granted");
    assert!(TEXTS.iter().any(|known| (known.anchor, known.digest) == (mit.0, mit.3) && known.ids == "MIT"));
    assert_eq!(translations().count(), 4);
}

/// Returns the table as source, made from every text of the `spdx` crate that is not deprecated.
fn table() -> String {
    let mut rows: BTreeMap<Row, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let listed = spdx::text::LICENSE_TEXTS
        .iter()
        .filter(|(id, _)| spdx::license_id(id).is_some_and(|id| !id.is_deprecated()));
    for (id, text) in listed {
        let words = Words::read(text);
        let find = |phrase: &str| {
            let at = words.text.find(&format!("{phrase} "))?;
            words.starts.binary_search(&at).ok()
        };
        let starts = BEGINNINGS
            .iter()
            .chain(&CC_TERMS)
            .filter_map(|p| find(p))
            .filter(|at| *at <= words.len() / 3)
            .chain([0]);
        let starts: BTreeSet<usize> = starts.collect();
        let ends: BTreeSet<usize> = ENDINGS.iter().filter_map(|p| find(p)).chain([words.len()]).collect();
        for (start, end) in starts.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end))) {
            if end < start + MIN_WORDS {
                continue;
            }
            let len = end - start;
            let row = row(&words, start, len);
            let appendix = words.len() - end;
            let (known, ids) = rows.entry(row).or_default();
            *known = appendix.max(*known);
            ids.insert(id);
        }
    }
    for (row, id) in translations() {
        rows.entry(row).or_default().1.insert(id);
    }
    // REUSE-IgnoreStart
    let mut source = format!(
        "// SPDX-FileCopyrightText: 2026 The copyhold authors\n\
         // SPDX-License-Identifier: CC0-1.0\n\n\
         //! The known license texts of SPDX list {}, made by a test in `text.rs` with `UPDATE=1`.\n\n\
         use super::text::{{Known, known}};\n\n\
         /// Sorted by the hash of the first words.\n\
         pub(super) static TEXTS: &[Known] = &[\n",
        spdx::identifiers::VERSION
    );
    // REUSE-IgnoreEnd
    for ((anchor, len, rolling, digest), (appendix, ids)) in rows {
        let ids = ids.into_iter().collect::<Vec<_>>().join(" ");
        writeln!(
            source,
            "    known({anchor:#018x}, {rolling:#018x}, {digest:#018x}, {len}, {appendix}, \"{ids}\"),"
        )
        .unwrap();
    }
    source.push_str("];\n");
    source
}

#[test]
fn the_table_is_what_the_texts_give() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/detect/texts_table.rs");
    let table = table();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap() == table, "run `UPDATE=1 cargo test the_table_is`");
}

fn text_of(id: &str) -> String {
    spdx::license_id(id).unwrap().text().to_owned()
}

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) -> Vec<FullText> {
    let found = find(&path.parse().unwrap(), text.as_bytes());
    let ids: Vec<_> = found
        .iter()
        .map(|text| text.ids.iter().map(LicenseName::as_str).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(ids, expected);
    found
}

/// Wraps at 60 characters behind a comment mark, as sources do.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut column = 0;
        out.push_str("\n * ");
        for word in line.split_whitespace() {
            if column + word.len() > 60 {
                out.push_str("\n * ");
                column = 0;
            }
            write!(out, "{word} ").unwrap();
            column += word.len() + 1;
        }
    }
    format!("/*{out}\n */\n")
}

#[test]
fn every_text_is_found_as_itself() {
    for (id, text) in spdx::text::LICENSE_TEXTS {
        let is_current = spdx::license_id(id).is_some_and(|id| !id.is_deprecated());
        if is_current && Words::read(text).len() >= MIN_WORDS {
            let found = find(&"LICENSE".parse().unwrap(), text.as_bytes());
            let has = found.iter().any(|text| text.ids.iter().any(|found| found.as_str() == *id));
            assert!(has, "{id}: {found:?}");
            assert!(found.iter().all(|text| text.words_beside < 60), "{id}: {found:?}");
        }
    }
}

#[test]
fn layout_and_names_make_no_difference() {
    let mit = text_of("MIT");
    let named = mit.replace("<year> <copyright holders>", "2020 Jane Doe, Joe Public");
    check("LICENSE", &named, &["MIT"]);
    check("src/a.c", &wrapped(&named), &["MIT"]);
    check("LICENSE", &named.replace("MIT License", "The MIT License (MIT)"), &["MIT"]);
    check("LICENSE", &named.replace('"', "\u{201d}").replace('\n', "\r\n"), &["MIT"]);
    check("LICENSE", &named.to_uppercase(), &["MIT"]);
    let bsd = text_of("BSD-3-Clause")
        .replace("the copyright holder nor", "Foo, Inc. nor")
        .replace("THE COPYRIGHT HOLDERS AND CONTRIBUTORS", "FOO AND ITS FRIENDS")
        .replace("1. ", " * ");
    check("LICENSE", &bsd, &["BSD-3-Clause"]);
    check("src/a.c", &wrapped(&bsd), &["BSD-3-Clause"]);
}

#[test]
fn several_texts_and_texts_inside_files() {
    let both = format!("Either of these.\n\n{}\n-----\n{}", text_of("MIT"), text_of("Apache-2.0"));
    let found = check("COPYING", &both, &["MIT", "Apache-2.0"]);
    assert!(found[0].last_line < found[1].first_line);
    check("src/a.c", &format!("int x;\n{}int y;\n", wrapped(&text_of("ISC"))), &["ISC"]);
    check("COPYING", &text_of("GPL-3.0"), &["GPL-3.0-only GPL-3.0-or-later"]);
    check("src/a.c", "int permission; /* redistribution */", &[]);
    let twice = "modification follow.\n\nGNU GENERAL PUBLIC LICENSE\nTERMS AND CONDITIONS";
    let gpl2 = text_of("GPL-2.0").replace("modification follow.\n\nTERMS AND CONDITIONS", twice);
    assert!(gpl2.contains(twice));
    check("COPYING", &gpl2, &["GPL-2.0-only GPL-2.0-or-later"]);
    check("src/a.c", &wrapped(&text_of("Apache-2.0")), &["Apache-2.0"]);
}

#[test]
fn a_changed_text_is_not_the_license() {
    let mit = text_of("MIT");
    check("LICENSE", &mit.replace("is hereby granted", "is not hereby granted"), &[]);
    check("LICENSE", &mit.replace("WITHOUT WARRANTY", "WITH WARRANTY"), &[]);
    check("LICENSE", &text_of("GPL-2.0").replace("at no charge to all third parties", "to all"), &[]);
    let clause = format!("Commons Clause License Condition\n{}\n{mit}", "No right to sell it. ".repeat(30));
    assert!(check("LICENSE", &clause, &["MIT"])[0].words_beside > 100);
}

#[test]
fn what_creative_commons_says_of_its_licenses_is_no_part_of_them() {
    for (id, licensed) in [("CC-BY-4.0", "By exercising the Licensed"), ("CC0-1.0", "Statement of Purpose")] {
        let text = text_of(id);
        let terms = &text[text.find(licensed).unwrap()..];
        assert_eq!(check("LICENSE", terms, &[id])[0].words_beside, 0);
        let other = text.replacen("Distribution of", "The distribution of", 1);
        let other = other.replacen("DISTRIBUTION OF", "THE DISTRIBUTION OF", 1);
        assert_ne!(other, text);
        assert!(check("LICENSE", &other, &[id])[0].words_beside < 20, "{id}");
        let mine = format!("{}\n\n{terms}", "What we say here is no preface. ".repeat(30));
        assert!(check("LICENSE", &mine, &[id])[0].words_beside > 100, "{id}");
    }
}

#[test]
fn a_text_that_goes_on_is_another() {
    let mit = text_of("MIT");
    let more = "Except as contained in this notice, the name of Ann Ito shall not be used in advertising.";
    check("LICENSE", &mit, &["MIT"]);
    check("LICENSE", &format!("{mit}\n{more}\n"), &[]);
}

#[test]
fn names_of_license_files() {
    for (path, expected) in [
        ("LICENSE", true),
        ("LICENSE-MIT", true),
        ("d/COPYING.LESSER", true),
        ("COPYING3", true),
        ("License.txt", true),
        ("LICENSES/GPL-3.0", true),
        ("LICENSE-MPL-2.0", true),
        ("src/license.rs", false),
        ("license_expr.rs", false),
        ("src/licenses/mod.rs", false),
        ("licensed", false),
    ] {
        assert_eq!(is_license_file(&path.parse().unwrap()), expected, "{path}");
    }
}

#[test]
fn names_of_license_documents() {
    for (path, text, expected) in [
        ("d/license.txt", "x", true),
        ("License.md", "", true),
        ("COPYING", "x", true),
        ("UNLICENSE", "x", true),
        ("LICENCE.rst", "x", true),
        ("license.rs", "x", false),
        ("LICENSE.license", "x", false),
        ("LICENSES/MIT.txt", "x", false),
        ("d/licenses/index.html", "x", false),
        ("COPYRIGHT", "Copyright 2020 Jane", false),
        ("COPYRIGHT", "Copyright 2020 Jane\nAll Rights Reserved\nLicensed to all", true),
        ("copyright.txt", "in the Public Domain", true),
        ("copyright.c", "license", false),
    ] {
        assert_eq!(is_license_document(&path.parse().unwrap(), text.as_bytes()), expected, "{path}");
    }
}
