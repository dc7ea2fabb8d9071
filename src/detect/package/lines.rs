// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Licenses in manifests that are read line by line, as fields of text or words of a program: what is no
//! such field is passed over, so none of them is broken.

use super::super::dep5;
use super::super::encoding::lossy;
use super::super::reuse::Glob;
use super::{Declared, Part, declared, meaning, misplaced, several};
use crate::domain::{LicenseExpr, WorkPath};

/// `*.gemspec`: `license = "…"`, or `licenses = ["…", …]`. RubyGems' specification reference does not say that
/// several are a choice, so all of them count. What is more than names is code, and not read.
pub(super) fn gemspec(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
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
        return match names {
            Some(names) => several(path, number, &names, false),
            None => Some(misplaced(path, number, value.trim().to_owned())),
        };
    }
    None
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
pub(super) fn cran(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let is_package = text.lines().any(|line| line.starts_with("Package:"));
    let paragraphs = match dep5::paragraphs(&text) {
        Ok(paragraphs) => paragraphs,
        // Others have files of this name.
        Err((line, reason)) if is_package => {
            return Some(misplaced(path, line, format!("a line that is no field: {reason}")));
        }
        Err(_) => return None,
    };
    let fields = paragraphs.first()?;
    dep5::field(fields, "Package")?;
    let license = dep5::field(fields, "License")?;
    let written = license.text();
    let choices: Option<Vec<_>> = written.split('|').map(r_choice).collect();
    let is_elsewhere = written.trim().starts_with("file ");
    let expr = choices.and_then(LicenseExpr::any_of);
    let line = license.line;
    (!is_elsewhere).then(|| Declared { expr, ..misplaced(path, line, written) })
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
pub(super) fn cabal(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    let mut lines = text.lines().zip(1..);
    let found = lines.find_map(|(line, number)| {
        let (name, value) = line.split_once(':')?;
        name.trim_end().eq_ignore_ascii_case("license").then_some((value.trim(), number))
    });
    let (mut value, mut line) = found?;
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
    (!value.is_empty()).then(|| Declared { text: value.to_owned(), ..declared(path, line, known) })
}

/// `debian/copyright`: the license of `Files: *`, in Debian's short names, and those of other files; the
/// last paragraph that matches counts (copyright format 1.0, `Files`).
pub(super) fn debian(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    // Files that are not in this format have the name too.
    let Ok(paragraphs) = dep5::paragraphs(&text) else { return None };
    if !paragraphs.first().is_some_and(dep5::is_head) {
        return None;
    }
    let mut whole = None;
    let mut parts = Vec::new();
    for paragraph in &paragraphs[1..] {
        let (Some(files), Some(license)) =
            (dep5::field(paragraph, "Files"), dep5::field(paragraph, "License"))
        else {
            continue;
        };
        let written = license.lines.first().copied().unwrap_or_default();
        if written.is_empty() {
            continue;
        }
        let meant = declared(path, license.line, &debian_expression(written));
        let meant = Declared { text: written.to_owned(), ..meant };
        if files.text() == "*" && whole.is_none() {
            whole = Some(meant.clone());
        }
        let globs = files.lines.iter().flat_map(|line| line.split_whitespace());
        let Ok(globs) = globs.map(Glob::parse_debian).collect() else { continue };
        parts.push(Part { globs, declared: meant });
    }
    whole.map(|whole| Declared { parts, ..whole })
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

/// Debian's short names (copyright format 1.0, license specification) that SPDX spells otherwise. Zeroes
/// behind a dot may be left out of a version.
fn debian_name(word: &str) -> String {
    let known = match word {
        "Expat" => "MIT",
        "CC0" => "CC0-1.0",
        "zlib" | "ZLIB" => "Zlib",
        "Zope-1.1" => "ZPL-1.1",
        "Zope-2.0" | "Zope-2" => "ZPL-2.0",
        "Zope-2.1" => "ZPL-2.1",
        // "Use GPL-1+ or Artistic instead", the specification says.
        "Perl" => "(Artistic-1.0-Perl OR GPL-1.0-or-later)",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let gnu = ["GPL", "LGPL", "AGPL", "GFDL"]
        .iter()
        .find_map(|name| Some((*name, word.strip_prefix(name)?.strip_prefix('-')?)));
    let Some((name, version)) = gnu else {
        let is_it = |known: &&spdx::License| {
            let is = |name: &str| known.name.eq_ignore_ascii_case(name);
            is(word) || is(&format!("{word}.0"))
        };
        let listed = spdx::identifiers::LICENSES.iter().find(is_it);
        return listed.map_or(word, |listed| listed.name).to_owned();
    };
    let (version, parts) = match version.strip_prefix("NIV-") {
        Some(version) => (version, "no-invariants-"),
        None => (version, ""),
    };
    let (version, end) = match version.strip_suffix('+') {
        Some(version) => (version, "or-later"),
        None => (version, "only"),
    };
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return word.to_owned();
    }
    let dot = if version.contains('.') { "" } else { ".0" };
    format!("{name}-{version}{dot}-{parts}{end}")
}

/// The metadata of an installed Python package, `METADATA` or `PKG-INFO`: `License-Expression` (PEP 639),
/// else `License` where it is one line, or the one license classifier, whichever is clear.
pub(super) fn python_metadata(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
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
        return Some(declared(path, line, &expression));
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
    stated.into_iter().nth(clear)
}

/// `setup.cfg`: `license` below `[metadata]` (setuptools, declarative configuration).
pub(super) fn setup_cfg(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
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
            return (!value.is_empty()).then(|| declared(path, number, value));
        }
    }
    None
}

/// `setup.py`: `license="…"`, where it is a string; the rest is code, and not run.
pub(super) fn setup_py(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    let text = lossy(bytes);
    text.lines().zip(1..).find_map(|(line, number)| {
        let (before, value) = line.split_once("license")?;
        let is_key = before.trim().is_empty() || before.ends_with([' ', ',', '(', '"', '\'']);
        let value = value.trim_start_matches(['"', '\'']).trim_start().strip_prefix(['=', ':'])?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let name = value[1..].split(quote).next()?;
        (is_key && !line.trim_start().starts_with('#') && !name.is_empty())
            .then(|| declared(path, number, name))
    })
}
