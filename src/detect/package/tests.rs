// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

use super::{Structured, read};

/// What a manifest declares: `meaning at line`, `-` for no meaning.
fn shown(path: &str, text: &str) -> String {
    match read(&path.parse().unwrap(), text.as_bytes()) {
        Some(Structured::Package(Some(declared))) => {
            let expr = declared.expr.map_or("-".to_owned(), |expr| expr.to_string());
            format!("{} at {}", expr, declared.line)
        }
        Some(Structured::BrokenPackage(broken)) => {
            format!("broken{}", broken.line.map_or(String::new(), |line| format!(" at {line}")))
        }
        _ => "nothing".to_owned(),
    }
}

#[test]
fn debian_has_short_names_of_its_own() {
    let format = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n";
    for (written, meant) in [
        ("Expat", "MIT"),
        ("GPL-2+", "GPL-2.0-or-later"),
        ("LGPL-2.1", "LGPL-2.1-only"),
        ("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"),
        ("Perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
        ("BSD-4-clause", "BSD-4-Clause"),
        ("CC-BY-SA-4", "CC-BY-SA-4.0"),
        ("Apache-2", "Apache-2.0"),
        ("MPL-1.1 or GPL-2 or LGPL-2.1", "GPL-2.0-only OR LGPL-2.1-only OR MPL-1.1"),
        ("GPL-2+ or Artistic-2, and BSD-3-clause", "BSD-3-Clause AND (Artistic-2.0 OR GPL-2.0-or-later)"),
        // Which version is not said.
        ("Artistic", "-"),
        ("GPL", "-"),
        ("GPL-2+ with OpenSSL exception", "-"),
    ] {
        let text = format!("{format}License: {written}\n");
        assert_eq!(shown("debian/copyright", &text), format!("{meant} at 4"), "{written}");
    }
}

#[test]
fn each_manifest_is_read_as_its_format_says() {
    let dep5 = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n";
    let pom = |licenses: &str| {
        format!(
            "<project>\n<name>x</name>\n<licenses>{licenses}</licenses>\n<dependencies><license><name>no</name></license></dependencies></project>"
        )
    };
    let apache = "<license><name>Apache License, Version 2.0</name></license>";
    let rows = [
        (
            "composer.json",
            "{\n \"license\": [\"MIT\", \"GPL-2.0-or-later\"]}",
            "GPL-2.0-or-later OR MIT at 2",
        ),
        (
            "composer.json",
            "{\"license\": \"(LGPL-2.1-only or GPL-3.0-or-later)\"}",
            "GPL-3.0-or-later OR LGPL-2.1-only at 1",
        ),
        ("codemeta.json", "{\"license\": \"https://spdx.org/licenses/MIT\"}", "MIT at 1"),
        (
            "codemeta.json",
            "{\"license\": [{\"@id\": \"https://spdx.org/licenses/ISC.html\"}, \"MIT\"]}",
            "ISC AND MIT at 1",
        ),
        ("CITATION.cff", "cff-version: 1.2.0\nlicense: Apache-2.0\n", "Apache-2.0 at 2"),
        ("CITATION.cff", "license:\n  - MIT\n  - ISC\n", "ISC OR MIT at 1"),
        ("pom.xml", &pom(apache), "Apache-2.0 at 3"),
        (
            "pom.xml",
            &pom(&[apache, "<license><name>MIT</name></license>"].concat()),
            "Apache-2.0 OR MIT at 3",
        ),
        ("pom.xml", &pom(""), "nothing"),
        ("pom.xml", "<project>\n<licenses>", "broken at 2"),
        ("pom.xml", &pom("<license><name>GPL-2.0&#45;only</name></license>"), "GPL-2.0-only at 3"),
        ("pom.xml", &pom("<license><name><![CDATA[MIT]]></name></license>"), "MIT at 3"),
        ("pom.xml", &pom("<license><name>Apache 2.0, non-commercial only</name></license>"), "- at 3"),
        ("a.gemspec", "# s.license = 'X'\n  s.license = 'MIT'\n", "MIT at 2"),
        ("a.gemspec", "s.license = 'GPL-3.0-only' # was \"MIT\" once\n", "GPL-3.0-only at 1"),
        ("a.gemspec", "s.license = ENV['MIT'] || 'GPL-3.0-only'\n", "- at 1"),
        ("a.gemspec", "s.licenses = [\"Ruby\", 'BSD-2-Clause']\n", "BSD-2-Clause AND Ruby at 1"),
        ("a.gemspec", "\ns.licenses = [\n  'MIT'.freeze,\n  'ISC',\n]\n", "ISC AND MIT at 2"),
        ("a.gemspec", "s.licenses = %w[MIT ISC]\n", "ISC AND MIT at 1"),
        ("a.gemspec", "s.licenses = ['MIT'\n", "- at 1"),
        ("DESCRIPTION", "Package: a\nLicense: GPL (>= 2)\n", "GPL-2.0-or-later at 2"),
        ("DESCRIPTION", "Package: a\nLicense: MIT + file LICENSE\n", "MIT at 2"),
        ("DESCRIPTION", "Package: a\nLicense: GPL-2 | GPL-3\n", "GPL-2.0-only OR GPL-3.0-only at 2"),
        ("DESCRIPTION", "Package: a\nLicense: LGPL (>= 2.1)\n", "LGPL-2.1-or-later at 2"),
        ("DESCRIPTION", "Package: a\nLicense: BSD_3_clause + file LICENSE\n", "BSD-3-Clause at 2"),
        ("DESCRIPTION", "Package: a\nLicense: file LICENSE\n", "nothing"),
        ("DESCRIPTION", "Package: a\nLicense: GPL-3 + file LICENSE\n", "- at 2"),
        ("DESCRIPTION", "Package: a\nno field\nLicense: GPL-3\n", "- at 2"),
        ("pom.xml", &pom("<license><name>BSD License</name></license>"), "- at 3"),
        ("DESCRIPTION", "What this is about.\n", "nothing"),
        ("a.cabal", "name: a\nLicense:  BSD3\n", "BSD-3-Clause at 2"),
        ("a.cabal", "license: GPL-3\n", "- at 1"),
        ("a.cabal", "license:\n    MIT\n", "MIT at 2"),
        (
            "debian/copyright",
            &format!("{dep5}Files: *\nCopyright: A\nLicense: GPL-2+ or Expat\n"),
            "GPL-2.0-or-later OR MIT at 5",
        ),
        (
            "debian/copyright",
            &format!("{dep5}Files: *\nCopyright: A\nLicense: GPL-2+ or Artistic-2.0, and BSD-3-clause\n"),
            "BSD-3-Clause AND (Artistic-2.0 OR GPL-2.0-or-later) at 5",
        ),
        ("debian/copyright", "It is free.\n", "nothing"),
        ("setup.cfg", "[bdist]\nlicense = ISC\n[metadata]\nname = a\nlicense = MIT\n", "MIT at 5"),
        ("setup.cfg", "[flake8]\nignore = E501\n", "nothing"),
        ("setup.py", "setup(\n    name='a',\n    license=\"GPL-3.0-only\",\n)\n", "GPL-3.0-only at 3"),
        ("setup.py", "license_files = ['x']\nlicense = read('LICENSE')\n", "nothing"),
        ("package.json", "{\"license\":\"GPL-3.0-only\",\n}", "broken at 2"),
        ("package.json", "{\"a\":{\"license\":1},\n\"license\": \"MIT\"}", "MIT at 2"),
        ("package.json", "{\"license\":[\"GPL-3.0-only\"]}", "- at 1"),
        ("package.json", "{\"license\":\"MIT License (non-commercial)\"}", "- at 1"),
        ("package.json", "{\"license\":\"Modified MIT License\"}", "- at 1"),
        ("package.json", "{\"license\":\"Commercial license, Apache License 2.0 for the rest\"}", "- at 1"),
        ("package.json", "{\"license\":\"The Apache Software License, Version 2.0\"}", "Apache-2.0 at 1"),
        ("Cargo.toml", "[package]\nlicense = 5\n", "- at 2"),
        ("Cargo.toml", "[package]\nlicense = 'MIT'\nx =\n", "broken at 3"),
        ("CITATION.cff", "license: [MIT\nb: {\n", "broken at 2"),
        ("codemeta.json", "{\"license\": \"https://www.gnu.org/licenses/gpl-3.0.html\"}", "- at 1"),
        ("METADATA", "Name: a\nLicense-Expression: MIT AND ISC\n\nLicense: X\n", "ISC AND MIT at 2"),
        ("PKG-INFO", "License: MIT\nClassifier: License :: OSI Approved :: MIT License\n", "MIT at 1"),
        ("PKG-INFO", "License: MIT License\n  with words\n", "nothing"),
        (
            "METADATA",
            "License: GPL-3.0-only\nClassifier: License :: OSI Approved :: MIT License\n",
            "GPL-3.0-only at 1",
        ),
        ("PKG-INFO", "license-expression: MIT\n", "MIT at 1"),
    ];
    let wrong = rows.into_iter().filter(|(path, text, expected)| shown(path, text) != *expected);
    let wrong: Vec<_> =
        wrong.map(|(path, text, _)| format!("{path}: {text}: {}", shown(path, text))).collect();
    assert!(wrong.is_empty(), "read otherwise:\n{}", wrong.join("\n"));
}
