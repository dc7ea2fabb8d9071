// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What is found in files that are broken, hostile or deceptive, and in those that hold several licenses.

use serde_json::Value;

use super::common::{Place, Project, TIDE, head};

/// A text as a program's comment has it.
fn comment(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!(" * {line}")).collect();
    lines.join("\n")
}

fn text(project: &Project<'_>, id: &str) -> String {
    project.ok(&["license", "text", id]).out
}

/// The text of the MIT license with a holder.
fn mit(project: &Project<'_>) -> String {
    text(project, "MIT").replace("<year> <copyright holders>", "2019 Ann Ito")
}

fn work(project: &Project<'_>, path: &str) -> Value {
    let document = project.ok(&["scan", "--format", "json"]).json();
    document["works"].as_array().unwrap().iter().find(|work| work["path"] == path).unwrap().clone()
}

/// What was concluded, then each piece of evidence with its line: `MIT | text MIT 1`.
fn found(project: &Project<'_>, path: &str) -> String {
    let seen = work(project, path);
    let evidence = seen["evidence"].as_array().unwrap().iter().map(|evidence| {
        let word = |key: &str| evidence[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", word("kind"), word("expression"), evidence["line"])
    });
    let license = seen["license"].as_str().unwrap_or("-").to_owned();
    [vec![license], evidence.collect()].concat().join(" | ")
}

#[test]
fn a_text_is_read_in_any_encoding_and_not_in_what_is_no_text() {
    let place = Place::new();
    let project = place.project("tides");
    let mit = mit(&project);
    let units: Vec<u16> = mit.encode_utf16().collect();
    let le: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let be: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for (bytes, expected) in [
        (mit.as_bytes().to_vec(), "MIT | text MIT 1"),
        ([b"\xef\xbb\xbf", mit.as_bytes()].concat(), "MIT | text MIT 1"),
        ([b"\xff\xfe", le.as_slice()].concat(), "MIT | text MIT 1"),
        ([b"\xfe\xff", be.as_slice()].concat(), "MIT | text MIT 1"),
        (le.clone(), "MIT | text MIT 1"),
        (be, "MIT | text MIT 1"),
        ([b"\0\x01\x02", mit.as_bytes()].concat(), "-"),
        // Numbers of two bytes each are no text.
        ((0u16..2000).flat_map(u16::to_le_bytes).collect(), "-"),
    ] {
        project.write("LICENSE", &bytes);
        assert_eq!(found(&project, "LICENSE"), expected, "{:?}", &bytes[..16]);
        let notice = work(&project, "LICENSE")["copyright"][0].clone();
        assert_eq!(notice.as_str().is_some(), expected != "-");
    }
}

#[test]
fn megabytes_in_one_line_and_a_text_ten_thousand_times_end_soon() {
    let place = Place::new();
    let project = place.project("tides");
    let code = "var a=function(b){return b+1};".repeat(100_000);
    project.write("tide.min.js", format!("/*! Tide (c) 2019 Ann Ito | MIT License */{code}"));
    assert_eq!(found(&project, "tide.min.js"), "MIT | name MIT 1");
    assert_eq!(work(&project, "tide.min.js")["copyright"][0], "(c) 2019 Ann Ito");
    project.remove("tide.min.js").write("LICENSE", format!("{}\n", mit(&project)).repeat(10_000));
    let found = found(&project, "LICENSE");
    // A megabyte of it is read, and its end is within a text.
    assert!(found.starts_with("- | text MIT 1 | text MIT 20 |"), "{}", &found[..60]);
    project.ok(&["audit"]).says("CH112");
}

#[test]
fn a_changed_text_is_never_told_as_the_license_without_how_it_differs() {
    let place = Place::new();
    let project = place.project("tides");
    let (mit, bsd) = (mit(&project), text(&project, "BSD-3-Clause"));
    let (apache, gpl) = (text(&project, "Apache-2.0"), text(&project, "GPL-2.0-only"));
    let clause = |number: &str| {
        gpl.find(&format!("\n  {number}. You may")).or_else(|| gpl.find(&format!("\n{number}. You may")))
    };
    let without_clause_3 = [&gpl[..clause("3").unwrap()], &gpl[clause("4").unwrap()..]].concat();
    let commons = "\u{201c}Commons Clause\u{201d} License Condition v1.0\n\nWithout limiting other conditions in the License, the grant of rights under the License will not include, and the License does not grant to you, the right to Sell the Software.\n";
    for (changed, how) in [
        (mit.replace("is hereby granted", "is not hereby granted"), "adds `not`"),
        (mit.replace("to deal", "for non-commercial purposes to deal"), "adds `for non commercial purposes`"),
        (
            mit.replace("The above copyright", "The Software may not be sold. The above copyright"),
            "may not be sold",
        ),
        (format!("{mit}\nThe Software may not be used by the military.\n"), "line 20 adds"),
        (format!("Free for academic use only.\n\n{mit}"), "line 1 adds"),
        (format!("{mit}\n\n\nThis may be used for research only.\n"), "line 22 adds"),
        (format!("For more than a trial a paid license is needed.\n\n{mit}"), "line 1 adds"),
        (without_clause_3, "differs"),
        (format!("{bsd}\n{commons}"), "Commons Clause"),
        (format!("{commons}\n{bsd}"), "Commons Clause"),
        (bsd.replace("are permitted provided", "are not permitted unless"), "adds `not`"),
        (
            apache.replace(
                "END OF TERMS",
                "10. Field of Use. You may not use the Work\n   for weapons.\n\n   END OF TERMS",
            ),
            "adds: \u{201c}10. Field of Use. You may not use the Work",
        ),
        (format!("{apache}\nThe Work may be used for good only, not for evil.\n"), "not for evil"),
    ] {
        assert!(![&mit, &bsd, &apache, &gpl].contains(&&changed), "the text is not changed: {how}");
        project.write("LICENSE", &changed).write("tide.py", "x = 1\n");
        let work = work(&project, "LICENSE");
        assert_eq!(work["license"], Value::Null, "{how}");
        assert!(work["evidence"].to_string().contains(how), "{how}: {}", work["evidence"]);
        // Nor is it handed down.
        assert!(found(&project, "tide.py").starts_with("- |"), "{how}");
        project.ok(&["audit", "--fail-on", "never"]).says("CH112");
        // In a program's head it is told, too.
        project.write("tide.c", format!("/*\n{}\n */\nint tide;\n", comment(&changed)));
        let evidence = self::work(&project, "tide.c")["evidence"].to_string();
        assert!(
            evidence.contains("differs") || evidence.contains("adds") || evidence.contains("Commons"),
            "{how}: {evidence}"
        );
        project.remove("tide.c");
    }
    // A title, a preface and names are no change.
    project.write("LICENSE", format!("# Tide\n\nTide is free software under the MIT license.\n\n{mit}"));
    assert!(found(&project, "LICENSE").starts_with("MIT | text MIT 5"));
}

#[test]
fn several_texts_are_told_each_with_its_line() {
    let place = Place::new();
    let project = place.project("tides");
    let [mit, bsd, isc] = ["MIT", "BSD-3-Clause", "ISC"].map(|id| text(&project, id));
    let (apache, gpl) = (text(&project, "Apache-2.0"), text(&project, "GPL-3.0-only"));
    let quoted = |name: &str, text: &str| {
        let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
        let lines = lines.join("\n");
        format!("- {name}, located at deps/{name}, is licensed as follows:\n  \"\"\"\n{lines}\n  \"\"\"\n\n")
    };
    let choice =
        "Licensed under either of the Apache License, Version 2.0 or the MIT license, at your option.\n\n";
    for (path, text, expected) in [
        ("LICENSE", format!("{mit}\n----\n\n{apache}"), "- | text MIT 1 | text Apache-2.0 22"),
        (
            "LICENSE",
            format!("{choice}{mit}\n{apache}"),
            "Apache-2.0 OR MIT | text MIT 3 | text Apache-2.0 22 | header Apache-2.0 OR MIT 1",
        ),
        (
            "THIRD-PARTY-NOTICES.txt",
            format!("Libraries used by Tide are:\n\n{}{}", quoted("moon", &bsd), quoted("wave", &isc)),
            "BSD-3-Clause AND ISC | text BSD-3-Clause 7 | text ISC 20",
        ),
        (
            "credits.txt",
            format!("Name: moon\nLicense: BSD-3-Clause\n\n{bsd}\n======\nName: sea\n\n{gpl}"),
            "BSD-3-Clause AND GPL-3.0-only | text BSD-3-Clause 6 | text GPL-3.0-only 19",
        ),
        ("about.py", format!("TEXT = '''\n{gpl}'''\n"), "GPL-3.0-only | text GPL-3.0-only 2"),
        (
            "tide.c",
            format!(
                "{}/*\n{}\n */\nint y;\n/*\n{}\n */\n",
                "int x;\n".repeat(300),
                comment(&bsd),
                comment(&isc)
            ),
            "BSD-3-Clause AND ISC | text BSD-3-Clause 304 | text ISC 316",
        ),
        (
            "about.html",
            format!("<html><pre>{mit}</pre><pre>{bsd}</pre></html>"),
            "BSD-3-Clause AND MIT | text MIT 1 | text BSD-3-Clause 21",
        ),
    ] {
        project.write(path, &text);
        assert_eq!(found(&project, path), expected, "{path}");
        project.remove(path);
    }
}

/// One manifest of each community, in a folder of its own: path, text, what it declares.
const MANIFESTS: [(&str, &str, &str); 14] = [
    (
        "cargo/Cargo.toml",
        "[package]\nname = \"tide\"\nlicense = \"MIT OR Apache-2.0\"\n",
        "Apache-2.0 OR MIT 3",
    ),
    (
        "npm/package.json",
        "{\n  \"name\": \"tide\",\n  \"license\": \"(MIT AND CC-BY-4.0)\"\n}\n",
        "CC-BY-4.0 AND MIT 3",
    ),
    (
        "python/pyproject.toml",
        "[project]\nname = \"tide\"\nlicense = \"LGPL-2.1-or-later\"\n",
        "LGPL-2.1-or-later 3",
    ),
    (
        "wheel/tide-1.0.dist-info/METADATA",
        "Metadata-Version: 2.4\nName: tide\nLicense-Expression: BSD-3-Clause\nLicense-File: LICENSE\n\nTides.\n",
        "BSD-3-Clause 3",
    ),
    (
        "maven/pom.xml",
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  <licenses>\n    <license>\n      <name>Eclipse Public License v2.0</name>\n    </license>\n  </licenses>\n</project>\n",
        "EPL-2.0 4",
    ),
    (
        "composer/composer.json",
        "{\n  \"name\": \"ann/tide\",\n  \"license\": [\"GPL-2.0-or-later\", \"MIT\"]\n}\n",
        "GPL-2.0-or-later OR MIT 3",
    ),
    ("ruby/tide.gemspec", "Gem::Specification.new do |spec|\n  spec.license = \"Ruby\"\nend\n", "Ruby 2"),
    ("r/DESCRIPTION", "Package: tide\nLicense: GPL (>= 2)\n", "GPL-2.0-or-later 2"),
    ("haskell/tide.cabal", "cabal-version: 2.2\nname: tide\nlicense: MPL-2.0\n", "MPL-2.0 3"),
    (
        "debian/copyright",
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: 2019 Ann Ito\nLicense: GPL-3+\n",
        "GPL-3.0-or-later 5",
    ),
    ("cff/CITATION.cff", "cff-version: 1.2.0\ntitle: Tide\nlicense: CC-BY-4.0\n", "CC-BY-4.0 3"),
    (
        "codemeta/codemeta.json",
        "{\n  \"name\": \"tide\",\n  \"license\": \"https://spdx.org/licenses/ISC\"\n}\n",
        "ISC 3",
    ),
    // A Go module declares nothing: its license file does.
    ("go/go.mod", "module example.org/tide\n\ngo 1.24\n", ""),
    ("go/LICENSE", "", "MIT 1"),
];

#[test]
fn what_each_kind_of_package_declares_is_told_and_handed_down() {
    let place = Place::new();
    let project = place.project("tides");
    for (path, text, _) in MANIFESTS {
        let folder = path.split('/').next().unwrap();
        project.write(path, text).write(&format!("{folder}/src/tide.x"), "x\n");
    }
    project.write("go/LICENSE", mit(&project));
    // Debian's manifest speaks for the folder above it, and nearer manifests are nearer.
    project.write("high.x", "x\n");
    for (path, _, declared) in MANIFESTS {
        let kind = if path.ends_with("LICENSE") { "text" } else { "package" };
        let Some((license, _)) = declared.rsplit_once(' ') else { continue };
        assert_eq!(found(&project, path), format!("{license} | {kind} {declared}"));
        let folder = path.rsplit_once('/').unwrap().0;
        let below = format!("{}/src/tide.x", folder.split('/').next().unwrap());
        // What is installed speaks for its own folder, which holds nothing else.
        if !path.starts_with("wheel") && !path.starts_with("debian") {
            assert_eq!(found(&project, &below), format!("{license} | inherited {declared}"));
        }
    }
    assert_eq!(found(&project, "high.x"), "GPL-3.0-or-later | inherited GPL-3.0-or-later 5");
}

#[test]
fn a_name_without_one_meaning_is_told_with_what_to_write_instead() {
    let place = Place::new();
    let project = place.project("tides");
    for (path, text, line, said, open) in [
        (
            "pom.xml",
            "<project>\n<licenses><license><name>BSD</name></license></licenses></project>",
            2,
            "BSD",
            "BSD-2-Clause or BSD-3-Clause",
        ),
        (
            "tide.gemspec",
            "s.name = 'tide'\ns.license = 'GPL'\n",
            2,
            "GPL",
            "GPL-2.0-only, GPL-2.0-or-later, GPL-3.0-only or GPL-3.0-or-later",
        ),
        ("Cargo.toml", "[package]\nlicense = \"GPLv3\"\n", 2, "GPLv3", "GPL-3.0-only or GPL-3.0-or-later"),
        (
            "package.json",
            "{\"license\": \"LGPL-2.1 License\"}",
            1,
            "LGPL-2.1 License",
            "LGPL-2.1-only or LGPL-2.1-or-later",
        ),
        ("tide.cabal", "license: AGPL-3\n", 1, "AGPL-3", "AGPL-3.0-only or AGPL-3.0-or-later"),
        (
            "pyproject.toml",
            "[project]\nlicense = {text = \"BSD License\"}\n",
            2,
            "BSD License",
            "BSD-2-Clause or BSD-3-Clause",
        ),
        ("CITATION.cff", "title: Tide\nlicense: Apache\n", 2, "Apache", "Apache-1.1 or Apache-2.0"),
    ] {
        project.write(path, text).write("x.x", "x\n");
        assert!(found(&project, path).starts_with("- |"), "{path}");
        assert!(found(&project, "x.x").starts_with("- |"), "{path}");
        let run = project.run(&["audit"]).exits(1);
        run.says("CH102")
            .says(&format!("{path}:{line}: `{said}` is no SPDX license expression: it may mean {open}"));
        project.remove(path);
    }
}

/// A free program with files that people did not write, none of which states a license.
fn with_others<'a>(place: &'a Place, policy: &str) -> Project<'a> {
    let project = place.project("tides");
    project
        .write("tide.py", head("2024 Ann Ito", "GPL-2.0-only") + TIDE)
        .license("GPL-2.0-only")
        .license("Apache-2.0")
        .write(
            "copyhold.toml",
            format!(
                "{}[project]\nlicense = \"GPL-2.0-only\"\n{policy}",
                head("2024 Ann Ito", "GPL-2.0-only")
            ),
        )
        .write("vendor/moon/moon.c", "int moon;\n")
        .write("vendor/sea/sea.c", head("2020 Eve Oda", "Apache-2.0") + "int sea;\n")
        .write("tests/fixtures/high.txt", head("2020 Eve Oda", "Apache-2.0") + "high\n")
        .write("src/tide_pb2.py", "# Generated by the protocol buffer compiler.  DO NOT EDIT!\n")
        .write("src/port.png", b"\x89PNG\r\n\0\0");
    project
}

#[test]
fn what_people_did_not_write_is_marked_and_taken_as_the_policy_says() {
    let place = Place::new();
    let project = with_others(&place, "");
    for (path, expected) in [
        ("vendor/moon/moon.c", "[\"vendored\"]"),
        ("tests/fixtures/high.txt", "[\"test-data\"]"),
        ("src/tide_pb2.py", "[\"generated\"]"),
        ("src/port.png", "[\"binary\"]"),
        ("tide.py", "null"),
    ] {
        assert_eq!(work(&project, path)["nature"].to_string(), expected, "{path}");
    }
    project.ok(&["scan"]).says("of these: binary 1, generated 1, test-data 1, vendored 2");
    project.ok(&["scan", "-v"]).says("src/port.png: GPL-2.0-only  [inherited copyhold.toml]  (binary)");
    // What others made is not under the project's license for lying in it.
    assert_eq!(found(&project, "vendor/moon/moon.c"), "-");

    let all = ["CH101 vendor/moon/moon.c", "CH401 tests/fixtures/high.txt", "CH401 vendor/sea/sea.c"];
    let notes = ["CH108 src/port.png", "CH108 src/tide_pb2.py", "CH107 vendor/moon/moon.c"];
    for (policy, gone) in [
        ("", &[][..]),
        ("binary = \"unstated\"", &["CH108 src/port.png"]),
        ("generated = \"unstated\"", &["CH108 src/tide_pb2.py"]),
        ("vendored = \"unstated\"", &["CH101 vendor/moon/moon.c", "CH107 vendor/moon/moon.c"]),
        (
            "vendored = \"aside\"",
            &["CH101 vendor/moon/moon.c", "CH107 vendor/moon/moon.c", "CH401 vendor/sea/sea.c"],
        ),
        ("test-data = \"aside\"", &["CH401 tests/fixtures/high.txt"]),
    ] {
        let project = with_others(&place, &format!("[policy]\n{policy}\n"));
        let run = project.run(&["audit", "--format", "json"]).exits(1);
        let found: Vec<String> = run.findings().iter().map(|(code, path)| format!("{code} {path}")).collect();
        let mut expected: Vec<&str> =
            all.iter().chain(&notes).copied().filter(|f| !gone.contains(f)).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{policy}");
    }
    let project = with_others(&place, "[policy]\ngenerated = \"never\"\n");
    project.run(&["audit"]).refuses("copyhold.toml");
}
