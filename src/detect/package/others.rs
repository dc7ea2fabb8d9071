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
use super::{Broken, Declared, Found, declared, json, line_of_key, meaning, misplaced, several};
use crate::domain::{LicenseExpr, WorkPath};

/// `composer.json`: a list is a choice (getcomposer.org, schema, license).
pub(super) fn composer(path: &WorkPath, bytes: &[u8]) -> Found {
    let manifest = json(bytes)?;
    let Some(license) = manifest.get("license").filter(|license| !license.is_null()) else { return Ok(None) };
    let line = line_of_key(bytes, "license", license);
    if let Some(text) = license.as_str() {
        // Composer spells the operators in lower case too.
        return Ok(Some(declared(path, line, &text.replace(" or ", " OR ").replace(" and ", " AND "))));
    }
    let names: Option<Vec<&str>> =
        license.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
    Ok(match names {
        Some(names) => several(path, line, &names, true),
        None => Some(misplaced(path, line, license.to_string())),
    })
}

/// `codemeta.json`: an address of the SPDX list, a name, or an object with either; several all apply.
pub(super) fn codemeta(path: &WorkPath, bytes: &[u8]) -> Found {
    fn name(value: &Value) -> Option<&str> {
        let text = value
            .as_str()
            .or_else(|| ["url", "@id", "name"].iter().find_map(|key| value.get(key)?.as_str()))?;
        let short = text.trim_end_matches('/').trim_end_matches(".html").trim_end_matches(".txt");
        let id = short.split_once("spdx.org/licenses/").map(|(_, id)| id);
        Some(id.unwrap_or(text))
    }
    let manifest = json(bytes)?;
    let Some(license) = manifest.get("license").filter(|license| !license.is_null()) else { return Ok(None) };
    let line = line_of_key(bytes, "license", license);
    let names: Option<Vec<&str>> = match license.as_array() {
        Some(list) => list.iter().map(name).collect(),
        None => name(license).map(|name| vec![name]),
    };
    Ok(match names {
        Some(names) => several(path, line, &names, false),
        None => Some(misplaced(path, line, license.to_string())),
    })
}

/// `CITATION.cff`: a list is a choice (CFF 1.2, license).
pub(super) fn citation(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    let documents = Yaml::load_from_str(&text).map_err(|error| Broken {
        line: u32::try_from(error.marker().line()).ok(),
        reason: error.info().to_owned(),
    })?;
    let Some(license) = documents.first().and_then(|document| document.as_mapping_get("license")) else {
        return Ok(None);
    };
    let line = text.lines().zip(1..).find(|(line, _)| line.starts_with("license")).map_or(1, |(_, at)| at);
    if let Some(one) = license.as_str() {
        return Ok(Some(declared(path, line, one)));
    }
    let names: Option<Vec<&str>> = license.as_vec().and_then(|list| list.iter().map(Yaml::as_str).collect());
    Ok(match names {
        Some(names) => several(path, line, &names, true),
        None => Some(misplaced(path, line, "what is no name".to_owned())),
    })
}

/// `pom.xml`: the names in `<licenses>`; several are a choice (maven.apache.org, POM, licenses).
pub(super) fn maven(path: &WorkPath, bytes: &[u8]) -> Found {
    /// Deeper elements are none of a project's.
    const DEEPEST: usize = 64;
    let text = lossy(bytes);
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut line = 1;
    let is_name = |open: &[String]| open == ["project", "licenses", "license", "name"];
    loop {
        let at = |place: u64| line_at(text.as_bytes(), usize::try_from(place).unwrap_or(0));
        let broken = |place: u64, reason: String| Broken { line: Some(at(place)), reason };
        let event =
            reader.read_event().map_err(|error| broken(reader.error_position(), error.to_string()))?;
        let place = reader.buffer_position();
        match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(broken(place, "elements lie too deep in each other".to_owned()));
                }
                open.push(start.local_name().as_ref().to_owned());
                if is_name(&open) {
                    if names.is_empty() {
                        line = at(place);
                    }
                    names.push(String::new());
                }
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) if is_name(&open) => push(&mut names, text.as_ref()),
            Event::CData(text) if is_name(&open) => push(&mut names, text.as_ref()),
            Event::GeneralRef(entity) if is_name(&open) => {
                let character = match entity.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&entity).map(str::to_owned),
                };
                // What a document defines for itself is not followed.
                push(&mut names, character.as_deref().unwrap_or("\u{fffd}"));
            }
            Event::Eof if open.is_empty() => break,
            Event::Eof => return Err(broken(place, format!("`<{}>` is not closed", open.join("><")))),
            _ => {}
        }
    }
    let names: Vec<String> =
        names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    Ok(several(path, line, &names, true))
}

fn push(names: &mut [String], text: &str) {
    if let Some(name) = names.last_mut() {
        name.push_str(text);
    }
}

/// `*.gemspec`: `license = "…"`, or `licenses = ["…", …]`. RubyGems' specification reference does not say that
/// several are a choice, so all of them count. What is more than names is code, and not read.
pub(super) fn gemspec(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    let mut at = 0;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let start = at;
        at += line.len();
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim();
        if name.starts_with('#') || !(name.ends_with(".license") || name.ends_with(".licenses")) {
            continue;
        }
        // A list may go on over lines.
        let from = start + (line.len() - value.len());
        let names = ruby_names(&text[from..]);
        return Ok(match names {
            Some(names) => several(path, number, &names, false),
            None => Some(misplaced(path, number, value.trim().to_owned())),
        });
    }
    Ok(None)
}

/// Returns the names in one word of Ruby: a string, a list of strings, `%w[…]`.
fn ruby_names(value: &str) -> Option<Vec<&str>> {
    let string = |text: &'_ str| -> Option<usize> {
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        text[1..].find(quote).map(|end| end + 2)
    };
    let is_end = |rest: &str| {
        let rest = rest.strip_prefix(".freeze").unwrap_or(rest);
        let rest = rest.lines().next().unwrap_or_default().trim();
        rest.is_empty() || rest.starts_with('#')
    };
    let value = value.trim_start_matches([' ', '\t']);
    if let Some(list) = value.strip_prefix("%w") {
        let close = match list.chars().next()? {
            '[' => ']',
            '(' => ')',
            '{' => '}',
            other => other,
        };
        let end = list[1..].find(close)? + 1;
        return is_end(&list[end + 1..]).then(|| list[1..end].split_whitespace().collect());
    }
    let Some(mut list) = value.strip_prefix('[') else {
        let end = string(value)?;
        return is_end(&value[end..]).then(|| vec![&value[1..end - 1]]);
    };
    let mut names = Vec::new();
    loop {
        list = list.trim_start_matches([' ', '\t', '\n', '\r', ',']);
        if let Some(rest) = list.strip_prefix(']') {
            return is_end(rest).then_some(names);
        }
        let end = string(list)?;
        names.push(&list[1..end - 1]);
        list = &list[end..];
        list = list.strip_prefix(".freeze").unwrap_or(list);
    }
}

/// `DESCRIPTION` of R: `GPL (>= 2) | MIT + file LICENSE` (Writing R Extensions 1.1.2).
pub(super) fn cran(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    let is_package = text.lines().any(|line| line.starts_with("Package:"));
    let paragraphs = match dep5::paragraphs(&text) {
        Ok(paragraphs) => paragraphs,
        // Others have files of this name.
        Err((line, reason)) if is_package => {
            return Ok(Some(misplaced(path, line, format!("a line that is no field: {reason}"))));
        }
        Err(_) => return Ok(None),
    };
    let Some(license) = paragraphs.first().and_then(|fields| {
        dep5::field(fields, "Package")?;
        dep5::field(fields, "License")
    }) else {
        return Ok(None);
    };
    let written = license.text();
    let choices: Option<Vec<_>> = written.split('|').map(r_choice).collect();
    let is_elsewhere = written.trim().starts_with("file ");
    let expr = choices.and_then(LicenseExpr::any_of);
    let line = license.line;
    Ok((!is_elsewhere).then(|| Declared { path: path.clone(), line, text: written, expr }))
}

/// Returns what one alternative means. A file beside a license adds terms to it, but for the templates whose
/// file has years and names only.
fn r_choice(choice: &str) -> Option<LicenseExpr> {
    let (name, file) = choice.split_once("+ file").map_or((choice, None), |(name, file)| (name, Some(file)));
    let name = name.trim();
    let is_template = matches!(name, "MIT" | "BSD_2_clause" | "BSD_3_clause");
    r_license(name).filter(|_| file.is_none() || is_template)
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
pub(super) fn cabal(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    let mut lines = text.lines().zip(1..);
    let found = lines.find_map(|(line, number)| {
        let (name, value) = line.split_once(':')?;
        name.trim_end().eq_ignore_ascii_case("license").then_some((value.trim(), number))
    });
    let Some((mut value, mut line)) = found else { return Ok(None) };
    // The value of a field may stand below it, indented.
    if value.is_empty()
        && let Some((next, number)) = lines.next()
        && next.starts_with([' ', '\t'])
    {
        (value, line) = (next.trim(), number);
    }
    // Cabal 1: `GPL-3` says no more than that; `BSD3` and its like have one meaning.
    let old =
        [("BSD2", "BSD-2-Clause"), ("BSD3", "BSD-3-Clause"), ("PublicDomain", "LicenseRef-PublicDomain")];
    let known = old.iter().find(|(name, _)| *name == value).map_or(value, |(_, id)| id);
    Ok((!value.is_empty()).then(|| Declared { text: value.to_owned(), ..declared(path, line, known) }))
}

/// `debian/copyright`: the license of `Files: *`, in Debian's short names.
pub(super) fn debian(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    // Files that are not in this format have the name too.
    let Ok(paragraphs) = dep5::paragraphs(&text) else { return Ok(None) };
    if !paragraphs.first().is_some_and(dep5::is_head) {
        return Ok(None);
    }
    let is_whole =
        |p: &&dep5::Paragraph<'_>| dep5::field(p, "Files").is_some_and(|files| files.text() == "*");
    let license = paragraphs.iter().find(is_whole).and_then(|whole| dep5::field(whole, "License"));
    let Some(license) = license else { return Ok(None) };
    let written = license.lines.first().copied().unwrap_or_default();
    Ok((!written.is_empty()).then(|| Declared {
        text: written.to_owned(),
        ..declared(path, license.line, &debian_expression(written))
    }))
}

/// Returns what Debian's license specification says as an SPDX expression. A comma parts what is joined by
/// the words within: `A or B, and C` is `(A or B) and C` (copyright format 1.0, license specification).
fn debian_expression(written: &str) -> String {
    let mut joined = String::new();
    for part in written.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (joint, part) = match part.split_once(' ') {
            Some((word @ ("and" | "or"), rest)) => (word.to_uppercase(), rest),
            _ => ("AND".to_owned(), part),
        };
        let part = part.replace(" or ", " OR ").replace(" and ", " AND ");
        let part: Vec<String> = part.split_whitespace().map(debian_name).collect();
        let part = part.join(" ");
        joined = if joined.is_empty() { part } else { format!("({joined}) {joint} ({part})") };
    }
    joined
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
/// else `License` where it is one line, or the one license classifier, whichever is clear.
pub(super) fn python_metadata(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    let head = || text.lines().zip(1u32..).take_while(|(line, _)| !line.is_empty());
    // The names of fields are equal without case (RFC 5322, 1.2.2).
    let field = |name: &str| {
        head().find_map(|(line, at)| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| (value.trim().to_owned(), at))
        })
    };
    if let Some((expression, line)) = field("License-Expression") {
        return Ok(Some(declared(path, line, &expression)));
    }
    let mut stated = Vec::new();
    if let Some((license, line)) = field("License") {
        let continues = text.lines().nth(line as usize).is_some_and(|next| next.starts_with([' ', '\t']));
        if !continues && !license.is_empty() && license != "UNKNOWN" {
            stated.push(declared(path, line, &license));
        }
    }
    let mut classifiers = head().filter(|(line, _)| line.starts_with("Classifier: License :: "));
    if let (Some((only, line)), None) = (classifiers.next(), classifiers.next()) {
        let name = only.rsplit(" :: ").next().filter(|name| *name != "OSI Approved");
        stated.extend(name.map(|name| declared(path, line, name)));
    }
    // A classifier often lacks the version that the free text has, and the other way round.
    let clear = stated.iter().position(|declared| declared.expr.is_some()).unwrap_or(0);
    Ok(stated.into_iter().nth(clear))
}

/// `setup.cfg`: `license` below `[metadata]` (setuptools, declarative configuration).
pub(super) fn setup_cfg(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    let mut section = "";
    for (line, number) in text.lines().zip(1..) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end().trim_end_matches(']');
        } else if section == "metadata"
            && let Some((key, value)) = line.split_once(['=', ':'])
            && matches!(key.trim_end(), "license" | "license_expression")
        {
            let value = value.trim();
            return Ok((!value.is_empty()).then(|| declared(path, number, value)));
        }
    }
    Ok(None)
}

/// `setup.py`: `license="…"`, where it is a string; the rest is code, and not run.
pub(super) fn setup_py(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    Ok(text.lines().zip(1..).find_map(|(line, number)| {
        let (before, value) = line.split_once("license")?;
        let is_key = before.trim().is_empty() || before.ends_with([' ', ',', '(', '"', '\'']);
        let value = value.trim_start_matches(['"', '\'']).trim_start().strip_prefix(['=', ':'])?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let name = value[1..].split(quote).next()?;
        (is_key && !line.trim_start().starts_with('#') && !name.is_empty())
            .then(|| declared(path, number, name))
    }))
}

#[cfg(test)]
mod tests {
    use super::super::{Structured, read};

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
            (
                "package.json",
                "{\"license\":\"Commercial license, Apache License 2.0 for the rest\"}",
                "- at 1",
            ),
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
}
