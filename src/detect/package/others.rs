// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The licenses manifests of more communities declare, each as its format says.

use quick_xml::Reader;
use quick_xml::events::Event;
use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::Value;

use super::super::dep5;
use super::super::encoding::lossy;
use super::super::reuse::line_at;
use super::{Declared, declared, meaning};
use crate::domain::{LicenseExpr, WorkPath};

/// At most so many licenses of one manifest are read.
const MAX_LICENSES: usize = 64;

fn line_of(bytes: &[u8], what: &str) -> u32 {
    memchr::memmem::find(bytes, what.as_bytes()).map_or(1, |at| line_at(bytes, at))
}

/// Several names, of which any may be chosen, or which all apply.
fn several(path: &WorkPath, line: u32, names: &[&str], choice: bool) -> Option<Declared> {
    let meanings: Option<Vec<_>> = names.iter().take(MAX_LICENSES).map(|name| meaning(name)).collect();
    let join = if choice { LicenseExpr::any_of } else { LicenseExpr::all_of };
    let expr = meanings.and_then(join);
    let text = names.join(if choice { " OR " } else { " AND " });
    (!names.is_empty()).then(|| Declared { path: path.clone(), line, text, expr })
}

/// `composer.json`: a list is a choice (getcomposer.org, schema, license).
pub(super) fn composer(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let manifest: Value = serde_json::from_slice(bytes).ok()?;
    let line = line_of(bytes, "\"license\"");
    let license = manifest.get("license")?;
    if let Some(text) = license.as_str() {
        // Composer spells the operators in lower case too.
        return Some(declared(path, line, &text.replace(" or ", " OR ").replace(" and ", " AND ")));
    }
    let names: Vec<&str> = license.as_array()?.iter().filter_map(Value::as_str).collect();
    several(path, line, &names, true)
}

/// `codemeta.json`: an address of the SPDX list, a name, or an object with either; several all apply.
pub(super) fn codemeta(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    fn name(value: &Value) -> Option<&str> {
        let text = value
            .as_str()
            .or_else(|| ["url", "@id", "name"].iter().find_map(|key| value.get(key)?.as_str()))?;
        let text = text.trim_end_matches('/').trim_end_matches(".html").trim_end_matches(".txt");
        let id = text.split_once("spdx.org/licenses/").map(|(_, id)| id);
        Some(id.unwrap_or(text))
    }
    let manifest: Value = serde_json::from_slice(bytes).ok()?;
    let license = manifest.get("license")?;
    let names: Vec<&str> = match license.as_array() {
        Some(list) => list.iter().filter_map(name).collect(),
        None => name(license).into_iter().collect(),
    };
    several(path, line_of(bytes, "\"license\""), &names, false)
}

/// `CITATION.cff`: a list is a choice (CFF 1.2, license).
pub(super) fn citation(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let line = text.lines().zip(1..).find(|(line, _)| line.starts_with("license:"))?.1;
    let documents = Yaml::load_from_str(&text).ok()?;
    let license = documents.first()?.as_mapping_get("license")?;
    if let Some(one) = license.as_str() {
        return Some(declared(path, line, one));
    }
    let names: Vec<&str> = license.as_vec()?.iter().filter_map(Yaml::as_str).collect();
    several(path, line, &names, true)
}

/// `pom.xml`: the names in `<licenses>`; several are a choice (maven.apache.org, POM, licenses).
pub(super) fn maven(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut line = 1;
    let is_name = |open: &[String]| open == ["project", "licenses", "license", "name"];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if open.len() > MAX_LICENSES {
                    return None;
                }
                open.push(start.local_name().as_ref().to_owned());
                if is_name(&open) {
                    if names.is_empty() {
                        line = line_at(bytes, usize::try_from(reader.buffer_position()).unwrap_or(0));
                    }
                    names.push(String::new());
                }
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) if is_name(&open) => {
                names.last_mut()?.push_str(text.trim());
            }
            Event::Eof => break,
            _ => {}
        }
        if names.len() > MAX_LICENSES {
            return None;
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    several(path, line, &names, true)
}

/// `*.gemspec`: `license = "…"`, or `licenses = ["…", …]`, of which any may be chosen (guides.rubygems.org,
/// specification reference).
pub(super) fn gemspec(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim();
        if line.starts_with('#') || !(name.ends_with(".license") || name.ends_with(".licenses")) {
            continue;
        }
        let names: Vec<&str> = value.split(['"', '\'']).skip(1).step_by(2).collect();
        let is_words = value.trim_start().strip_prefix("%w");
        let words = is_words.map(|list| list.trim_matches(['[', ']', '(', ')']).split_whitespace().collect());
        return several(path, number, &words.unwrap_or(names), true);
    }
    None
}

/// R's `DESCRIPTION` (Writing R Extensions, 1.1.2): `GPL (>= 2) | MIT + file LICENSE`.
pub(super) fn cran(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let paragraphs = dep5::paragraphs(&text).ok()?;
    let description = paragraphs.first()?;
    dep5::field(description, "Package")?;
    let license = dep5::field(description, "License")?;
    let written = license.text();
    let choices: Option<Vec<_>> = written
        .split('|')
        .map(|choice| r_license(choice.split("+ file").next().unwrap_or_default().trim()))
        .collect();
    let is_elsewhere = written.trim().starts_with("file ");
    let expr = choices.and_then(LicenseExpr::any_of);
    (!is_elsewhere).then(|| Declared { path: path.clone(), line: license.line, text: written, expr })
}

/// Reads one license of R's list: a name, and versions as `(>= 2)` or `-2`.
fn r_license(text: &str) -> Option<LicenseExpr> {
    let (name, version, later) = match text.split_once('(') {
        Some((name, range)) => {
            let range = range.strip_suffix(')')?.trim();
            let version = range.strip_prefix(">=").map(|v| (v, true));
            let (version, later) = version.or_else(|| range.strip_prefix("==").map(|v| (v, false)))?;
            (name.trim(), version.trim(), later)
        }
        None => match text.rsplit_once('-') {
            Some((name @ ("GPL" | "LGPL" | "AGPL"), version)) => (name, version, false),
            // The names of R's own list, share/licenses.
            _ => {
                return match text {
                    "MIT" => "MIT".parse().ok(),
                    "BSD_2_clause" => "BSD-2-Clause".parse().ok(),
                    "BSD_3_clause" => "BSD-3-Clause".parse().ok(),
                    _ => meaning(text),
                };
            }
        },
    };
    let version = if version.contains('.') { version.to_owned() } else { format!("{version}.0") };
    let end = if later { "or-later" } else { "only" };
    let id = match name {
        "GPL" | "GNU General Public License" => format!("GPL-{version}-{end}"),
        "LGPL" | "GNU Lesser General Public License" => format!("LGPL-{version}-{end}"),
        "AGPL" | "GNU Affero General Public License" => format!("AGPL-{version}-{end}"),
        "Apache License" => format!("Apache-{version}{}", if later { "+" } else { "" }),
        "Mozilla Public License" => format!("MPL-{version}{}", if later { "+" } else { "" }),
        _ => return None,
    };
    meaning(&id)
}

/// `*.cabal`: SPDX since Cabal 2.2, its own names before.
pub(super) fn cabal(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let (value, line) = text.lines().zip(1..).find_map(|(line, number)| {
        let (name, value) = line.split_once(':')?;
        name.trim_end().eq_ignore_ascii_case("license").then_some((value.trim(), number))
    })?;
    // Cabal 1: `GPL-3` says no more than that; `BSD3` and its like have one meaning.
    let old =
        [("BSD2", "BSD-2-Clause"), ("BSD3", "BSD-3-Clause"), ("PublicDomain", "LicenseRef-PublicDomain")];
    let known = old.iter().find(|(name, _)| *name == value).map_or(value, |(_, id)| id);
    (!value.is_empty()).then(|| Declared { text: value.to_owned(), ..declared(path, line, known) })
}

/// `debian/copyright`: the license of `Files: *`, in Debian's short names.
pub(super) fn debian(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let paragraphs = dep5::paragraphs(&text).ok()?;
    if !dep5::is_head(paragraphs.first()?) {
        return None;
    }
    let whole =
        paragraphs.iter().find(|p| dep5::field(p, "Files").is_some_and(|files| files.text() == "*"))?;
    let license = dep5::field(whole, "License")?;
    let written = license.lines.first().filter(|name| !name.is_empty())?;
    let words = written.replace(',', "").replace(" or ", " OR ").replace(" and ", " AND ");
    let spdx: Vec<String> = words.split_whitespace().map(debian_name).collect();
    Some(Declared { text: (*written).to_owned(), ..declared(path, license.line, &spdx.join(" ")) })
}

/// Debian's short names (copyright format 1.0, license specification) that SPDX spells otherwise.
fn debian_name(word: &str) -> String {
    let known = match word {
        "Expat" => "MIT",
        "Apache-2" => "Apache-2.0",
        "BSD-2-clause" => "BSD-2-Clause",
        "BSD-3-clause" => "BSD-3-Clause",
        "zlib" => "Zlib",
        "CC0" => "CC0-1.0",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let gnu = ["GPL", "LGPL", "AGPL", "GFDL"]
        .iter()
        .find_map(|name| Some((*name, word.strip_prefix(name)?.strip_prefix('-')?)));
    let Some((name, version)) = gnu else { return word.to_owned() };
    let (version, end) = match version.strip_suffix('+') {
        Some(version) => (version, "or-later"),
        None => (version, "only"),
    };
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return word.to_owned();
    }
    let dot = if version.contains('.') { "" } else { ".0" };
    format!("{name}-{version}{dot}-{end}")
}

/// The metadata of an installed Python package, `METADATA` or `PKG-INFO`: `License-Expression` (PEP 639),
/// else the one license classifier, else `License` where it is one line.
pub(super) fn python_metadata(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let head = || text.lines().zip(1u32..).take_while(|(line, _)| !line.is_empty());
    let field =
        |name: &str| head().find_map(|(line, at)| Some((line.strip_prefix(name)?.trim().to_owned(), at)));
    if let Some((expression, line)) = field("License-Expression:") {
        return Some(declared(path, line, &expression));
    }
    // A classifier often lacks the version that the free text has.
    let mut stated = Vec::new();
    let mut classifiers = head().filter(|(line, _)| line.starts_with("Classifier: License :: "));
    if let (Some((only, line)), None) = (classifiers.next(), classifiers.next()) {
        let name = only.rsplit(" :: ").next().filter(|name| *name != "OSI Approved");
        stated.extend(name.map(|name| declared(path, line, name)));
    }
    if let Some((license, line)) = field("License:") {
        let continues = text.lines().nth(line as usize).is_some_and(|next| next.starts_with([' ', '\t']));
        if !continues && !license.is_empty() && license != "UNKNOWN" {
            stated.push(declared(path, line, &license));
        }
    }
    let clear = stated.iter().position(|declared| declared.expr.is_some()).unwrap_or(0);
    stated.into_iter().nth(clear)
}

#[cfg(test)]
mod tests {
    use super::super::{Structured, read};

    /// What a manifest declares: `text = meaning at line`, `-` for no meaning.
    #[track_caller]
    fn check(path: &str, text: &str, expected: &str) {
        let declared = match read(&path.parse().unwrap(), text.as_bytes()) {
            Some(Structured::Package(declared)) => declared,
            _ => None,
        };
        let shown = declared.map_or("nothing".to_owned(), |declared| {
            let expr = declared.expr.map_or("-".to_owned(), |expr| expr.to_string());
            format!("{} at {}", expr, declared.line)
        });
        assert_eq!(shown, expected, "{path}: {text}");
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
        for (path, text, expected) in [
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
            ("pom.xml", "<project><licenses>", "nothing"),
            ("a.gemspec", "# s.license = 'X'\n  s.license = 'MIT'\n", "MIT at 2"),
            ("a.gemspec", "s.licenses = [\"Ruby\", 'BSD-2-Clause']\n", "BSD-2-Clause OR Ruby at 1"),
            ("a.gemspec", "s.licenses = %w[MIT ISC]\n", "ISC OR MIT at 1"),
            ("DESCRIPTION", "Package: a\nLicense: GPL (>= 2)\n", "GPL-2.0-or-later at 2"),
            ("DESCRIPTION", "Package: a\nLicense: MIT + file LICENSE\n", "MIT at 2"),
            ("DESCRIPTION", "Package: a\nLicense: GPL-2 | GPL-3\n", "GPL-2.0-only OR GPL-3.0-only at 2"),
            ("DESCRIPTION", "Package: a\nLicense: LGPL (>= 2.1)\n", "LGPL-2.1-or-later at 2"),
            ("DESCRIPTION", "Package: a\nLicense: BSD_3_clause + file LICENSE\n", "BSD-3-Clause at 2"),
            ("DESCRIPTION", "Package: a\nLicense: file LICENSE\n", "nothing"),
            ("pom.xml", &pom("<license><name>BSD License</name></license>"), "- at 3"),
            ("DESCRIPTION", "What this is about.\n", "nothing"),
            ("a.cabal", "name: a\nLicense:  BSD3\n", "BSD-3-Clause at 2"),
            ("a.cabal", "license: GPL-3\n", "- at 1"),
            (
                "debian/copyright",
                &format!("{dep5}Files: *\nCopyright: A\nLicense: GPL-2+ or Expat\n"),
                "GPL-2.0-or-later OR MIT at 5",
            ),
            ("debian/copyright", "It is free.\n", "nothing"),
            ("METADATA", "Name: a\nLicense-Expression: MIT AND ISC\n\nLicense: X\n", "ISC AND MIT at 2"),
            ("PKG-INFO", "License: MIT\nClassifier: License :: OSI Approved :: MIT License\n", "MIT at 2"),
            ("PKG-INFO", "License: MIT License\n  with words\n", "nothing"),
        ] {
            check(path, text, expected);
        }
    }
}
