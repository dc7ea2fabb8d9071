// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

// REUSE-IgnoreStart

use super::super::in_bytes;
use super::*;
use crate::detect::reuse::Toml;

fn tree(files: &[(&str, &str)]) -> Conclusions {
    let files = files.iter().map(|(path, text)| {
        let path: WorkPath = path.parse().unwrap();
        let facts = in_bytes(&path, text.as_bytes());
        (path, FileInput { facts, size: text.len() as u64, mode: Mode::File })
    });
    conclude(&files.collect())
}

/// One work as `license | kind expression line source, … | copyright, …`.
fn shown(all: &Conclusions, path: &str) -> String {
    let work = &all.works[&path.parse::<WorkPath>().unwrap()];
    let evidence = work.evidence.iter().map(|e| {
        let line = e.line.map_or_else(String::new, |line| format!(":{line}"));
        format!(
            "{} {} {}{line}",
            serde_json::to_value(e.kind).unwrap().as_str().unwrap(),
            e.expression,
            e.source
        )
    });
    let license = work.license.as_ref().map_or("-".to_owned(), ToString::to_string);
    format!("{license} | {} | {}", evidence.collect::<Vec<_>>().join(", "), work.copyright.join(", "))
}

#[track_caller]
fn check(files: &[(&str, &str)], path: &str, expected: &str) {
    assert_eq!(shown(&tree(files), path), expected);
}

const MIT: &str = "// SPDX-FileCopyrightText: 2020 A\n// SPDX-License-Identifier: MIT\n";

#[test]
fn a_works_own_statements_come_first() {
    check(&[("a.c", MIT)], "a.c", "MIT | tag MIT a.c:2 | 2020 A");
    let two = format!("{MIT}// SPDX-License-Identifier: ISC\n");
    check(&[("a.c", &two)], "a.c", "ISC AND MIT | tag MIT a.c:2, tag ISC a.c:3 | 2020 A");
    let sidecar = "SPDX-License-Identifier: CC0-1.0";
    check(&[("a.c", MIT), ("a.c.license", sidecar)], "a.c", "CC0-1.0 | sidecar CC0-1.0 a.c.license:1 | ");
    let text = spdx::license_id("ISC").unwrap().text();
    check(&[("a.c", text)], "a.c", "ISC | text ISC a.c:1 | ");
    let broken = "// SPDX-License-Identifier: MIT OR\n";
    check(&[("a.c", broken), ("Cargo.toml", "package.license = 'MIT'")], "a.c", "- | tag MIT OR a.c:1 | ");
}

fn toml(precedence: &str, copyright: &str, license: &str) -> String {
    format!(
        "version = 1\n[[annotations]]\npath = '**'\nprecedence = '{precedence}'\n\
         SPDX-FileCopyrightText = [{copyright}]\nSPDX-License-Identifier = [{license}]\n"
    )
}

#[test]
fn precedence_as_reuse_orders_it() {
    let closest = toml("closest", "'B'", "'ISC'");
    check(&[("a.c", MIT), ("REUSE.toml", &closest)], "a.c", "MIT | tag MIT a.c:2 | 2020 A");
    check(&[("a.c", "x"), ("REUSE.toml", &closest)], "a.c", "ISC | declared ISC REUSE.toml:2 | B");
    check(
        &[("a.c", "Copyright A"), ("REUSE.toml", &closest)],
        "a.c",
        "ISC | declared ISC REUSE.toml:2 | Copyright A",
    );

    let aggregate = toml("aggregate", "'B'", "'ISC'");
    let both = "ISC AND MIT | tag MIT a.c:2, declared ISC REUSE.toml:2 | 2020 A, B";
    check(&[("a.c", MIT), ("REUSE.toml", &aggregate)], "a.c", both);

    let overriding = toml("override", "'B'", "'ISC'");
    check(&[("a.c", MIT), ("REUSE.toml", &overriding)], "a.c", "ISC | declared ISC REUSE.toml:2 | B");
    let bare = toml("override", "'B'", "");
    check(&[("a.c", MIT), ("REUSE.toml", &bare)], "a.c", "- |  | B");
}

#[test]
fn what_does_not_count_is_not_wrong_either() {
    let broken = "// SPDX-License-Identifier: MIT OR\n// SPDX-License-Identifier: BSD\n";
    assert_eq!(tree(&[("a.c", broken)]).problems.len(), 2);
    let sidecar = "SPDX-License-Identifier: MIT";
    assert_eq!(tree(&[("a.c", broken), ("a.c.license", sidecar)]).problems, []);
    let overriding = toml("override", "'B'", "'ISC'");
    assert_eq!(tree(&[("a.c", broken), ("REUSE.toml", &overriding)]).problems, []);
}

#[test]
fn nested_tables() {
    let outer = toml("closest", "'Outer'", "'ISC'");
    let inner = toml("closest", "'Inner'", "");
    let filled = "ISC | declared ISC REUSE.toml:2 | Inner";
    check(&[("d/a.c", "x"), ("REUSE.toml", &outer), ("d/REUSE.toml", &inner)], "d/a.c", filled);

    let outer = toml("override", "'Outer'", "'ISC'");
    let inner = toml("override", "'Inner'", "'MIT'");
    let topmost = "ISC | declared ISC REUSE.toml:2 | Outer";
    check(&[("d/a.c", "x"), ("REUSE.toml", &outer), ("d/REUSE.toml", &inner)], "d/a.c", topmost);

    // The specification ignores what is closest where a table overrides; reuse 6.2.0 adds it.
    let outer = toml("closest", "'Outer'", "'ISC'");
    let inner_only = "MIT | declared MIT d/REUSE.toml:2 | Inner";
    check(&[("d/a.c", "x"), ("REUSE.toml", &outer), ("d/REUSE.toml", &inner)], "d/a.c", inner_only);
}

#[test]
fn what_is_not_read_has_no_problems() {
    let broken = "SPDX-License-Identifier: MIT OR\nSPDX-License-Identifier: Bogus\n\
                  SPDX-License-Identifier: GPL-3.0\nSPDX-SnippetBegin\n";
    let problems = |files: &[(&str, &str)]| -> Vec<String> {
        tree(files).problems.iter().map(|p| p.path.to_string()).collect()
    };
    assert_eq!(problems(&[("po/a.po", broken)]), ["po/a.po"; 4]);
    let overriding = toml("override", "'B'", "'ISC'");
    assert_eq!(problems(&[("po/a.po", broken), ("REUSE.toml", &overriding)]), [""; 0]);
    assert_eq!(problems(&[("po/a.po", broken), ("po/REUSE.toml", &overriding)]), [""; 0]);
    let one = overriding.replace("**", "po/a.po");
    assert_eq!(problems(&[("po/a.po", "x"), ("po/a.po.license", broken), ("REUSE.toml", &one)]), [""; 0]);
    assert_eq!(problems(&[("po/b.po", broken), ("REUSE.toml", &one)]), ["po/b.po"; 4]);
    let closest = toml("closest", "'B'", "'ISC'");
    assert_eq!(problems(&[("po/a.po", broken), ("REUSE.toml", &closest)]), ["po/a.po"; 4]);

    let sidecar = "SPDX-License-Identifier: MIT";
    assert_eq!(problems(&[("a.c", broken), ("a.c.license", sidecar)]), [""; 0]);
    assert_eq!(problems(&[("a.c", "x"), ("a.c.license", broken)]), ["a.c.license"; 4]);
    let manifest = "{\"license\": \"UNLICENSED\"}";
    assert_eq!(problems(&[("package.json", manifest), ("package.json.license", sidecar)]), [""; 0]);
}

#[test]
fn what_states_nothing_inherits() {
    let manifest = "[package]\nlicense = 'MIT OR Apache-2.0'\n";
    let inherited = "Apache-2.0 OR MIT | inherited Apache-2.0 OR MIT Cargo.toml:2 | ";
    let files = [
        ("Cargo.toml", manifest),
        ("src/a.rs", "x"),
        ("v/package.json", "{\"license\":\"ISC\"}"),
        ("v/b.js", "x"),
    ];
    check(&files, "src/a.rs", inherited);
    check(&files, "v/b.js", "ISC | inherited ISC v/package.json:1 | ");
    check(&files, "Cargo.toml", "Apache-2.0 OR MIT | package Apache-2.0 OR MIT Cargo.toml:2 | ");
    let all = tree(&files);
    assert!(all.works[&"src/a.rs".parse().unwrap()].is_inherited());
    assert!(!all.works[&"Cargo.toml".parse().unwrap()].is_inherited());
    assert_eq!(all.license.unwrap().to_string(), "Apache-2.0 OR MIT");
    check(&[("a.c", "x")], "a.c", "- |  | ");
    let tagged = [("LICENSE", "SPDX-License-Identifier: MIT"), ("license.rs", "x")];
    check(&tagged, "license.rs", "MIT | inherited MIT LICENSE:1 | ");
}

#[test]
fn a_manifest_without_one_meaning_is_not_overruled_by_a_text() {
    let npm = |license: &str| format!("{{\"license\": \"{license}\"}}");
    let under = |license: &str, text: &str| {
        let manifest = npm(license);
        let all = tree(&[("package.json", &manifest), ("LICENSE", text_of(text)), ("a.js", "x")]);
        all.works[&"a.js".parse().unwrap()].license.as_ref().map(ToString::to_string)
    };
    assert_eq!(under("UNLICENSED", "MIT"), None);
    assert_eq!(under("GPLv3", "MIT"), None);
    assert_eq!(under("GPLv3", "GPL-3.0-only").as_deref(), Some("GPL-3.0-only"));
    assert_eq!(under("BSD", "BSD-3-Clause").as_deref(), Some("BSD-3-Clause"));
    let broken = tree(&[("package.json", "{"), ("LICENSE", text_of("MIT")), ("a.js", "x")]);
    assert_eq!(broken.works[&"a.js".parse().unwrap()].license, None);
    assert!(matches!(broken.problems[0].kind, ProblemKind::BrokenPackage(_)));
}

#[test]
fn debians_copyright_file_speaks_of_each_work() {
    let copyright = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n\
                     Files: *\nCopyright: A\nLicense: Expat\n\n\
                     Files: lib/*\nCopyright: B\nLicense: GPL-3+\n\nLicense: Expat\n The text.\n";
    let files = [("debian/copyright", copyright), ("a.c", "x"), ("lib/b.c", "x")];
    check(&files, "a.c", "MIT | inherited MIT debian/copyright:5 | ");
    check(&files, "lib/b.c", "GPL-3.0-or-later | inherited GPL-3.0-or-later debian/copyright:9 | ");
}

#[test]
fn a_license_file_that_names_another_license_is_not_clear() {
    let unclear = |beside: &str| {
        let license = format!("{beside}\n{}", text_of("ISC"));
        let problems = tree(&[("LICENSE", &license), ("a.c", "x")]).problems.into_iter();
        problems.map(|p| p.kind.to_string()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(unclear("The ISC License"), "");
    assert_eq!(unclear("Media: CC BY-SA 3.0\n"), "line 1 names CC-BY-SA-3.0 beside the text of ISC");
    assert_eq!(unclear("Parts are under the GPL, see there.\n"), "");
}

#[test]
fn a_workspace_speaks_for_its_members() {
    let root = "[package]\nlicense = \"MIT\"\n[workspace]\nmembers = [\"crates/*\"]\n[workspace.package]\n\
                license = \"MPL-2.0\"\n";
    let member = "[package]\nname = \"a\"\nlicense.workspace = true\n";
    let files =
        [("Cargo.toml", root), ("src/lib.rs", "x"), ("crates/a/Cargo.toml", member), ("crates/a/b.rs", "x")];
    check(&files, "src/lib.rs", "MIT | inherited MIT Cargo.toml:2 | ");
    check(&files, "crates/a/b.rs", "MPL-2.0 | inherited MPL-2.0 Cargo.toml:6 | ");
}

#[test]
fn what_a_file_says_is_held_against_what_is_stated_of_it() {
    let conflicts = |files: &[(&str, &str)]| {
        let all = tree(files).problems.into_iter();
        all.filter(|p| matches!(p.kind, ProblemKind::Conflict(..) | ProblemKind::OtherText(..)))
            .map(|p| format!("{}:{} {}", p.path, p.line.unwrap_or(0), p.kind))
            .collect::<Vec<_>>()
    };
    let header = "// Licensed under the GPL, version 3 or later.\n";
    let stated = "stated is MIT, the words of the file say";
    let gpl = [format!("a.c:1 {stated} GPL-3.0-or-later")];
    let text = format!("{MIT}{}", text_of("ISC"));
    assert_eq!(conflicts(&[("a.c", &text)]), [format!("a.c:3 {stated} ISC")]);
    assert_eq!(conflicts(&[("a.c", header), ("a.c.license", "SPDX-License-Identifier: MIT")]), gpl);
    assert_eq!(conflicts(&[("a.c", header), ("REUSE.toml", &toml("closest", "'B'", "'MIT'"))]), gpl);
    assert_eq!(conflicts(&[("a.c", header), ("REUSE.toml", &toml("override", "'B'", "'MIT'"))]), [""; 0]);
    // A page tells of the project.
    assert_eq!(conflicts(&[("a.md", header), ("REUSE.toml", &toml("closest", "'B'", "'MIT'"))]), [""; 0]);
    let manifest = "{\"license\": \"MIT\"}";
    assert_eq!(
        conflicts(&[("package.json", manifest), ("LICENSE", text_of("ISC"))]),
        ["package.json:1 the manifest says MIT, the license file beside it ISC"]
    );
    assert_eq!(conflicts(&[("package.json", manifest), ("LICENSE", text_of("MIT"))]), [""; 0]);
}

fn text_of(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

fn unclear(all: &Conclusions) -> Vec<String> {
    all.problems.iter().map(|p| format!("{}: {}", p.path, p.kind)).collect()
}

#[test]
fn an_unclear_license_file_ends_inheritance() {
    let mit = text_of("MIT");
    let two = format!("{mit}\n{}", text_of("ISC"));
    let long = format!("{}\n{mit}", "No right to sell it. ".repeat(30));
    for (name, text, why) in [
        ("LICENSE", "This package is governed by the MPL.", "what this license file means is not known here"),
        ("license.txt", "Code: MIT, media: CC BY-SA 4.0", "what this license file means is not known here"),
        ("COPYING", &two, "this license file holds several texts: MIT, ISC"),
        ("Copying.md", &long, "this license file has 150 words beside the text of MIT"),
        ("COPYRIGHT", "A license of ours.", "what this license file means is not known here"),
    ] {
        let path = format!("v/lib/{name}");
        let all = tree(&[
            ("LICENSE", mit),
            (&path, text),
            ("v/lib/src/a.c", "x"),
            ("v/b.c", "x"),
            ("v/lib/c.c", MIT),
        ]);
        assert_eq!(unclear(&all), [format!("{path}: {why}")]);
        let below = &all.works[&"v/lib/src/a.c".parse().unwrap()];
        assert_eq!(below.license, None, "{path}");
        assert!(!below.evidence.is_empty(), "{path}");
        for evidence in &below.evidence {
            assert!(evidence.score <= 0.5 && evidence.source.as_str() == path, "{evidence:?}");
            assert!(evidence.note.as_deref().unwrap().starts_with(why), "{evidence:?}");
        }
        assert_eq!(all.works[&path.parse().unwrap()].license, None);
        assert!(shown(&all, "v/b.c").starts_with("MIT | inherited MIT LICENSE"));
        assert!(shown(&all, "v/lib/c.c").starts_with("MIT | tag MIT v/lib/c.c"));
    }
}

#[test]
fn what_makes_a_license_file_clear() {
    let (mit, isc) = (text_of("MIT"), text_of("ISC"));
    let clear = |files: &[(&str, &str)], expected: &str| {
        let all = tree(files);
        assert_eq!(unclear(&all), [""; 0]);
        assert_eq!(all.works[&"v/a.c".parse().unwrap()].license.as_ref().unwrap().to_string(), expected);
    };
    let manifest = ("v/package.json", "{\"license\": \"MIT OR ISC\"}");
    clear(&[("v/a.c", "x"), ("v/LICENSE-MIT", mit), ("v/LICENSE-ISC", isc), manifest], "ISC OR MIT");
    clear(&[("v/a.c", "x"), ("v/LICENSE", "either of two"), manifest], "ISC OR MIT");
    clear(&[("v/a.c", "x"), ("v/LICENSE", &format!("{mit}\n{isc}")), manifest], "ISC OR MIT");
    clear(&[("v/a.c", "x"), ("v/LICENSE", "SPDX-License-Identifier: Zlib\nand some words")], "Zlib");
    clear(&[("v/a.c", "x"), ("v/LICENSE", &format!("{mit}\n{mit}"))], "MIT");
    clear(&[("v/a.c", "x"), ("v/COPYRIGHT", "Copyright 2020 Jane"), ("LICENSE", mit)], "MIT");
    clear(&[("v/a.c", "x"), ("v/license.c", "license"), ("LICENSE", mit)], "MIT");
    let lesser = format!("{}\n{}", text_of("LGPL-3.0-only"), text_of("GPL-3.0-only"));
    clear(&[("v/a.c", "x"), ("v/COPYING", &lesser)], "LGPL-3.0-only");
}

#[test]
fn the_notice_of_a_license_file_is_the_works() {
    let notices = |files: &[(&str, &str)]| tree(files).works[&"a.c".parse().unwrap()].copyright.join(", ");
    let mit = text_of("MIT").replace("<year> <copyright holders>", "2020 Jane Doe");
    let mit = mit.as_str();
    assert!(mit.contains("Jane"));
    assert_eq!(notices(&[("LICENSE", mit), ("a.c", "x")]), "Copyright (c) 2020 Jane Doe");
    let manifest = ("Cargo.toml", "package.license = 'MIT'");
    assert_eq!(notices(&[("LICENSE", mit), manifest, ("a.c", "x")]), "Copyright (c) 2020 Jane Doe");
    assert_eq!(notices(&[("LICENSE", mit), ("a.c", "Copyright 2021 Joe")]), "Copyright 2021 Joe");
    assert_eq!(notices(&[("LICENSE", mit), ("a.c", "// SPDX-License-Identifier: ISC")]), "");
    // A text's own words are no notice.
    for id in [
        "MIT",
        "GPL-2.0-only",
        "GPL-3.0-only",
        "LGPL-2.1-only",
        "AGPL-3.0-only",
        "Apache-2.0",
        "CC0-1.0",
        "CC-BY-SA-4.0",
    ] {
        let all = [("LICENSE", text_of(id)), ("a.c", "x")];
        assert!(tree(&all).license.is_some(), "{id}");
        assert_eq!(notices(&all), "", "{id}");
        let signed = format!("Copyright (C) 2007 Jane Doe\n\n{}", text_of(id));
        assert_eq!(notices(&[("LICENSE", &signed), ("a.c", "x")]), "Copyright (C) 2007 Jane Doe", "{id}");
    }
    let moved = text_of("GPL-3.0-only").replace("http://fsf.org/", "https://fsf.org/");
    assert_eq!(notices(&[("COPYING", &moved), ("a.c", "x")]), "");
    // What an unclear file says is not the works'.
    assert_eq!(notices(&[("LICENSE", "Copyright (c) 2020 Jane Doe, ask her"), ("a.c", "x")]), "");
}

#[test]
fn a_manifest_that_points_elsewhere_is_unclear() {
    let manifest = "{\"license\": \"SEE LICENSE IN terms.md\"}";
    let mit = text_of("MIT");
    let all = tree(&[("LICENSE", mit), ("v/package.json", manifest), ("v/LICENSE", mit), ("v/a.c", "x")]);
    assert_eq!(all.works[&"v/a.c".parse().unwrap()].license, None);
    assert_eq!(
        unclear(&all),
        [
            "v/package.json: `SEE LICENSE IN terms.md` has no one meaning as a license: it points to another file, and only a person can say what that is"
        ]
    );
}

#[test]
fn a_gnu_text_alone_is_not_or_later() {
    let gpl = spdx::license_id("GPL-3.0-only").unwrap().text();
    let all = tree(&[("COPYING", gpl), ("a.c", "x")]);
    assert!(shown(&all, "a.c").starts_with("GPL-3.0-only | inherited GPL-3.0-only COPYING:"));
    assert_eq!(all.declared[0].note.as_deref(), Some("the text does not say `or later`"));
    let later =
        tree(&[("COPYING", gpl), ("Cargo.toml", "package.license = 'GPL-3.0-or-later'"), ("a.c", "x")]);
    assert_eq!(later.license.unwrap().to_string(), "GPL-3.0-or-later");
    let lgpl = spdx::license_id("LGPL-3.0-only").unwrap().text();
    let lesser = tree(&[("COPYING", gpl), ("COPYING.LESSER", lgpl)]);
    assert_eq!(lesser.license.unwrap().to_string(), "LGPL-3.0-only");
}

#[test]
fn texts_against_uses() {
    let all = tree(&[
        ("LICENSES/MIT.txt", "x"),
        ("LICENSES/Zlib", "x"),
        ("LICENSES/Foo.txt", "x"),
        ("LICENSES/LicenseRef-x.txt", "x"),
        ("LICENSES/GPL-3.0.txt", "x"),
        ("a.c", MIT),
        ("b.c", "// SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0\n"),
        ("c.c", "\n// SPDX-License-Identifier: Bogus-1.0\n"),
    ]);
    let names =
        |names: &BTreeSet<LicenseName>| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(names(&all.missing), "Bogus-1.0 Classpath-exception-2.0 GPL-2.0-only");
    assert_eq!(names(&all.unused), "GPL-3.0 LicenseRef-x Zlib");
    let name = |text: &str| text.parse::<LicenseName>().unwrap();
    let problem = |path: &str, line, kind| Problem { path: path.parse().unwrap(), line, kind };
    assert_eq!(
        all.problems,
        [
            problem("LICENSES/Foo.txt", None, ProblemKind::BadLicenseFile("Foo".into())),
            problem("LICENSES/GPL-3.0.txt", None, ProblemKind::DeprecatedName(name("GPL-3.0"))),
            problem("LICENSES/Zlib", None, ProblemKind::LicenseFileWithoutExtension(name("Zlib"))),
            problem("c.c", Some(2), ProblemKind::UnknownName(name("Bogus-1.0"))),
        ]
    );
}

#[test]
fn a_broken_table_is_told_with_its_line() {
    for (text, line, problem) in [
        ("[[annotations]]\npath = '*'", Some(1), "missing field `version`"),
        ("version = 1\n[[annotations]]\nprecedence = 'closest'", Some(2), "missing field `path`"),
        ("version = 1\n[[annotations]]\npath = []", Some(2), "an annotation needs at least one path"),
        ("version = 1\n[[annotations]]\npath = 3", Some(3), "expected a text or a list of texts"),
        ("version = 1\nx = = 2", Some(2), ""),
    ] {
        let all = tree(&[("REUSE.toml", text)]);
        let [Problem { kind: ProblemKind::ReuseToml(error), .. }] = all.problems.as_slice() else {
            panic!("{:?}", all.problems);
        };
        assert_eq!(error.line, line, "{text}");
        assert!(error.problem.contains(problem), "{}", error.problem);
    }
}

#[track_caller]
fn glob(pattern: &str, path: &str, expected: bool) {
    let text = format!("version = 1\n[[annotations]]\npath = '{pattern}'\nSPDX-License-Identifier = 'MIT'");
    let toml = Toml::parse(&"REUSE.toml".parse().unwrap(), text.as_bytes()).unwrap();
    assert_eq!(toml.annotation(path).is_some(), expected, "{pattern} {path}");
}

#[test]
fn globs() {
    glob("*.c", "a.c", true);
    glob("*.c", "d/a.c", false);
    glob("d/*", "d/.hidden", true);
    glob("**/t.dat", "t.dat", true);
    glob("**/t.dat", "a/b/t.dat", true);
    glob("d/**", "d/e/f", true);
    glob(r"\*.c", "*.c", true);
    glob(r"\*.c", "a.c", false);
    glob(r"a\\b", r"a\b", true);
    glob("a?", "ab", false);
    glob("[ab]", "a", false);
    glob("../x", "x", false);
    glob("a", "ab", false);
}

#[test]
fn files_that_need_no_statement() {
    for (path, expected) in [
        ("a.c", true),
        ("LICENSE", false),
        ("d/LICENCE.txt", false),
        ("COPYING-GPL", false),
        ("LICENSE_x", true),
        ("COPYING2", true),
        ("license", true),
        ("x/LICENSES/a", false),
        (".reuse/dep5", false),
        (".svn/x", true),
        ("a.png.license", false),
        (".license", false),
        ("REUSE.toml", false),
        ("subprojects/foo/a.c", false),
        ("subprojects/foo.wrap", true),
        ("a.spdx.yml", false),
        ("a.spdx.txt", true),
        ("CAL-1.0.txt", false),
    ] {
        assert_eq!(reuse::is_covered(&path.parse().unwrap(), 1, Mode::File), expected, "{path}");
    }
    let path: WorkPath = "a.c".parse().unwrap();
    assert!(!reuse::is_covered(&path, 0, Mode::File));
    assert!(!reuse::is_covered(&path, 1, Mode::Symlink));
}

// REUSE-IgnoreEnd
