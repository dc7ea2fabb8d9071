// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

// REUSE-IgnoreStart

use super::*;

fn facts(bytes: &[u8]) -> FileFacts {
    in_bytes(&"src/file.x".parse().unwrap(), bytes)
}

/// Checks the lines, texts and meanings of all tags; `!` stands for an invalid expression.
#[track_caller]
fn tags(bytes: impl AsRef<[u8]>, expected: &[(u32, &str)]) {
    let found = facts(bytes.as_ref()).statements;
    let found: Vec<_> = found
        .iter()
        .map(|s| (s.line, s.expr.as_ref().map_or_else(|_| format!("! {}", s.text), ToString::to_string)))
        .collect();
    let found: Vec<_> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn notices_in(bytes: impl AsRef<[u8]>, expected: &[(u32, &str)]) {
    let found = facts(bytes.as_ref()).copyright;
    let found: Vec<_> = found.iter().map(|c| (c.line, c.text.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_tag_in_any_comment_style() {
    for line in [
        "SPDX-License-Identifier: MIT",
        "SPDX-License-Identifier:MIT",
        "// SPDX-License-Identifier:\tMIT  ",
        "/* SPDX-License-Identifier: MIT */",
        "/* SPDX-License-Identifier: MIT */ int x;",
        "<!-- SPDX-License-Identifier: MIT -->",
        "<%-- SPDX-License-Identifier: MIT --%>",
        "{# SPDX-License-Identifier: MIT #}",
        "{{!-- SPDX-License-Identifier: MIT --}}",
        "#= SPDX-License-Identifier: MIT =#",
        "(* SPDX-License-Identifier: MIT *)",
        "<meta name='license' value=\"SPDX-License-Identifier: MIT\" />",
        "<meta value='SPDX-License-Identifier: MIT'>",
        "[SPDX-License-Identifier: MIT] ::",
        "##** SPDX-License-Identifier: MIT **##",
        "| SPDX-License-Identifier: MIT |",
        "c SPDX-License-Identifier: MIT c",
        "@Comment{SPDX-License-Identifier: MIT}",
    ] {
        tags(line, &[(1, "MIT")]);
    }
}

#[test]
fn expressions_are_read_to_the_end_of_the_line() {
    tags("// SPDX-License-Identifier: mit or (ISC and Zlib)", &[(1, "MIT OR ISC AND Zlib")]);
    tags("// SPDX-License-Identifier: MIT OR", &[(1, "! MIT OR")]);
    tags("x = \"SPDX-License-Identifier: MIT\")", &[(1, "! MIT\")")]);
    tags("SPDX-License-Identifier:", &[(1, "! ")]);
    tags("spdx-license-identifier: MIT", &[]);
    tags(
        "SPDX-License-Identifier: MIT\nSPDX-License-Identifier: MIT\nSPDX-License-Identifier: ISC",
        &[(1, "MIT"), (3, "ISC")],
    );
}

#[test]
fn lines_end_in_three_ways() {
    tags("a\nb\n# SPDX-License-Identifier: MIT\n", &[(3, "MIT")]);
    tags("a\r\nb\r\n# SPDX-License-Identifier: MIT\r\n", &[(3, "MIT")]);
    tags("a\rb\r# SPDX-License-Identifier: MIT\rc", &[(3, "MIT")]);
}

#[test]
fn encodings() {
    let text = "caf\u{e9}\n\u{a9} 2020 Ren\u{e9}e\n# SPDX-License-Identifier: MIT\n";
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let le: Vec<u8> = [0xfeff].iter().chain(&utf16).flat_map(|c: &u16| c.to_le_bytes()).collect();
    let be: Vec<u8> = [0xfeff].iter().chain(&utf16).flat_map(|c: &u16| c.to_be_bytes()).collect();
    let utf32: Vec<u8> =
        "\u{feff}".chars().chain(text.chars()).flat_map(|c| (c as u32).to_le_bytes()).collect();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
    for bytes in [text.as_bytes(), format!("\u{feff}{text}").as_bytes(), &le, &be, &utf32, &latin] {
        tags(bytes, &[(3, "MIT")]);
        notices_in(bytes, &[(2, "\u{a9} 2020 Ren\u{e9}e")]);
    }
    let binary = facts(b"\0 SPDX-License-Identifier: MIT");
    assert_eq!(binary, FileFacts { is_binary: true, ..FileFacts::default() });
}

#[test]
fn notices_with_and_without_a_tag() {
    notices_in("# SPDX-FileCopyrightText: 2020 Jane <j@x.org>", &[(1, "2020 Jane <j@x.org>")]);
    notices_in("# SPDX-FileCopyrightText: \u{a9} 2020 Jane", &[(1, "\u{a9} 2020 Jane")]);
    notices_in("# SPDX-SnippetCopyrightText: 2020 Jane #", &[(1, "2020 Jane")]);
    notices_in("/* Copyright (c) 2020 Jane */", &[(1, "Copyright (c) 2020 Jane")]);
    notices_in("Copyright(C) Jane\n\u{a9} Joe", &[(1, "Copyright(C) Jane"), (2, "\u{a9} Joe")]);
    notices_in("The Copyright holder is unclear\nCopyrights\nCOPYRIGHT X", &[]);
    notices_in("(c) 2020 Jane\ncopyright 2020 Joe", &[(1, "(c) 2020 Jane"), (2, "copyright 2020 Joe")]);
    notices_in("Copyright 2020 A\nCopyright 2020 A", &[(1, "Copyright 2020 A")]);
    assert_eq!(facts(b"# SPDX-FileContributor: Jane").contributors, ["Jane"]);
}

/// Puts the marks in for `<<` and `>>`: written out, they would open and close blocks in this file.
fn hidden(text: &str) -> String {
    text.replace("<<", concat!("REUSE-Ignore", "Start")).replace(">>", concat!("REUSE-Ignore", "End"))
}

#[test]
fn what_is_hidden_is_not_seen() {
    tags(hidden("<<\nSPDX-License-Identifier: MIT\n>>\n"), &[]);
    tags(hidden("<<\n\nSPDX-License-Identifier: MIT\n>>\nSPDX-License-Identifier: ISC"), &[(5, "ISC")]);
    tags(hidden(">>\nSPDX-License-Identifier: ISC << x >>"), &[(2, "ISC")]);
    let open = facts(hidden("\n<<\nSPDX-License-Identifier: MIT").as_bytes());
    assert_eq!((open.statements, open.notes), (vec![], vec![Note::UnclosedIgnoreBlock(2)]));
}

#[test]
fn snippets_are_told_apart() {
    let text = "# SPDX-License-Identifier: MIT\n# SPDX-SnippetBegin\n# SPDX-License-Identifier: ISC\n";
    let open = facts(text.as_bytes());
    let kinds: Vec<_> = open.statements.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [StatementKind::File, StatementKind::Snippet]);
    assert_eq!(open.notes, [Note::UnclosedSnippet(2)]);
    assert_eq!(facts(format!("{text}# SPDX-SnippetEnd\n").as_bytes()).notes, []);
}

#[test]
fn much_is_bounded() {
    let many: Vec<String> =
        (0..5000).map(|i| format!("Copyright 2020 X{i}\nSPDX-License-Identifier: L{i}\n")).collect();
    let many = many.concat();
    let found = facts(many.as_bytes());
    assert_eq!((found.copyright.len(), found.statements.len()), (1000, 1000));
    assert_eq!(found.notes, [Note::TooMany]);

    // One line of megabytes: read once, whatever it has.
    for long in [
        "Copyright SPDX- ",
        "Copyright 2020 Foo ",
        "/*(c) 2020 Foo*/",
        "(c) SPDX-",
        "SPDX-License-Identifier:",
    ] {
        let found = facts(long.repeat(1 << 16).as_bytes());
        assert!(found.copyright.len() <= 1000 && found.statements.len() <= 1000, "{long}");
        assert!(found.copyright.iter().all(|notice| notice.text.len() <= 4096), "{long}");
    }
}

#[test]
fn copyright_compared_by_what_it_says() {
    for same in [
        "SPDX-FileCopyrightText: 2019-2020 Jane Doe <jane@x.org>",
        "Copyright (c) 2019-2020 Jane Doe <jane@x.org>",
        "\u{a9} 2019-2020, Jane Doe <jane@x.org>",
        "Copyright (C) 2019-2020 by Jane Doe <jane@x.org>. All rights reserved.",
        "  COPYRIGHT  2019\u{2013}2020  JANE DOE <jane@x.org>",
    ] {
        assert_eq!(normalised_copyright(same), "2019-2020 jane doe", "{same}");
    }
    let line = |text: &str| CopyrightLine { text: text.into(), line: 1 };
    for (text, years, holder) in [
        ("Copyright (c) 2019, 2021-2023 Jane Doe", "2019, 2021-2023", "Jane Doe"),
        ("2020 3Com", "2020", "3Com"),
        ("\u{a9} The authors", "", "The authors"),
        ("2020", "2020", ""),
        ("", "", ""),
    ] {
        assert_eq!((line(text).years(), line(text).holder()), (years, holder), "{text}");
    }
}

#[test]
fn notice_files_keep_their_lines() {
    let path = |p: &str| p.parse::<WorkPath>().unwrap();
    assert_eq!(notices(&path("a/NOTICE"), b"\nX\r\n\r\nY \n\n").unwrap(), ["X", "", "Y"]);
    assert_eq!(notices(&path("NOTICES"), b"X"), None);
}

#[track_caller]
fn package(path: &str, text: &str, expected: Option<(u32, &str, Option<&str>)>) {
    let Some(Structured::Package(found)) = in_bytes(&path.parse().unwrap(), text.as_bytes()).structured
    else {
        panic!("{path} is no manifest");
    };
    let found = found.map(|d| (d.line, d.text, d.expr.map(|e| e.to_string())));
    let found = found.as_ref().map(|(line, text, expr)| (*line, text.as_str(), expr.as_deref()));
    assert_eq!(found, expected, "{text}");
}

#[test]
fn manifests() {
    let cargo = |license: &str, meaning: Option<&str>| {
        package("Cargo.toml", &format!("[package]\nlicense = \"{license}\"\n"), Some((2, license, meaning)));
    };
    cargo("MIT/Apache-2.0", Some("Apache-2.0 OR MIT"));
    cargo("Apache 2.0", Some("Apache-2.0"));
    cargo("GNU General Public License v3.0 or later", Some("GPL-3.0-or-later"));
    cargo("GPLv3", None);
    cargo("BSD", None);
    package("Cargo.toml", "[package]\nlicense.workspace = true", None);
    package("Cargo.toml", "[workspace.package]\nlicense = 'MIT'", Some((2, "MIT", Some("MIT"))));
    let broken = in_bytes(&"Cargo.toml".parse().unwrap(), b"not toml").structured;
    assert!(matches!(broken, Some(Structured::BrokenPackage(_))), "{broken:?}");
    package("a/package.json", "{\n\"license\": \"ISC\"}", Some((2, "ISC", Some("ISC"))));
    package("package.json", "{\"license\": \"UNLICENSED\"}", Some((1, "UNLICENSED", None)));
    package("package.json", "{\"license\": {\"type\": \"MIT\"}}", Some((1, "MIT", Some("MIT"))));
    package(
        "package.json",
        "{\"licenses\": [{\"type\": \"MIT\"}, \"ISC\"]}",
        Some((1, "MIT OR ISC", Some("ISC OR MIT"))),
    );
    package("package.json", "[]", None);
    package("pyproject.toml", "[project]\nlicense = 'MIT'", Some((2, "MIT", Some("MIT"))));
    package(
        "pyproject.toml",
        "[project]\nlicense = {text = 'MIT License'}",
        Some((2, "MIT License", Some("MIT"))),
    );
    package("pyproject.toml", "[project]\nlicense = {file = 'LICENSE'}", None);
    let classifier = |names: &str| format!("[project]\nclassifiers = [{names}]");
    let later = "'License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)'";
    package(
        "pyproject.toml",
        &classifier(later),
        Some((2, "GNU General Public License v3 or later (GPLv3+)", Some("GPL-3.0-or-later"))),
    );
    package(
        "pyproject.toml",
        &classifier(&format!("{later}, 'License :: OSI Approved :: MIT License'")),
        None,
    );
}

#[test]
fn a_long_line_of_latin_1_is_read_to_its_end() {
    // A sign, and the notice so far behind it that it is read with it, in a line that goes on.
    let mut bytes = [&[0xa9], [0xe9; 4000].as_slice()].concat();
    bytes.extend(b" Copyright (c) 2020 Ann Ito. ");
    bytes.extend([0xe9; 300]);
    let facts = in_bytes(&"a.miff".parse().unwrap(), &bytes);
    assert_eq!(facts.copyright.len(), 1);
}

proptest::proptest! {
    #[test]
    fn any_bytes_around_a_notice_are_read(
        before in proptest::collection::vec(0x80u8.., 0..6000),
        after in proptest::collection::vec(1u8.., 0..600),
        mark in proptest::sample::select(vec!["(c) 2020 ", "Copyright ", "\u{a9} 2020 ", "SPDX-FileCopyrightText: ", "Written by "]),
    ) {
        let bytes = [before.as_slice(), mark.as_bytes(), &after].concat();
        in_bytes(&"a".parse().unwrap(), &bytes);
    }

    #[test]
    fn never_panics(bytes: Vec<u8>, name in "LICENSE|REUSE[.]toml|package[.]json|pyproject[.]toml|a[.]c") {
        let path: WorkPath = name.parse().unwrap();
        let _ = in_bytes(&path, &bytes);
        let _ = notices(&path, &bytes);
    }

    #[test]
    fn never_panics_on_what_looks_like_tags(
        text in "(SPDX-License-Identifier:|SPDX-FileCopyrightText:|Copyright|\u{a9}|<<|>>|SPDX-SnippetBegin|\\(c\\)|\r|\n|\\*/|>|\"| |MIT|\u{e9}){0,20}"
    ) {
        let found = facts(hidden(&text).as_bytes());
        for line in &found.copyright {
            let _ = (line.years(), line.holder(), normalised_copyright(&line.text));
        }
    }

    #[test]
    fn a_tag_is_found_wherever_it_stands(before in "[a-z \r\n\u{e9}]{0,300}", after in "[a-z \r\n]{0,300}") {
        let found = facts(format!("{before}\n# SPDX-License-Identifier: MIT\n{after}").as_bytes());
        proptest::prop_assert_eq!(found.statements.len(), 1);
        let unified = format!("{before}\n").replace("\r\n", "\n").replace('\r', "\n");
        proptest::prop_assert_eq!(found.statements[0].line as usize, unified.matches('\n').count() + 1);
    }
}

// REUSE-IgnoreEnd
