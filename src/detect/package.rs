// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What package manifests declare: Cargo, npm, Python, Maven, Composer, RubyGems, CRAN, Hackage, Debian,
//! and the two formats of citation, CITATION.cff and codemeta.
//!
//! A name that is no expression is read only where it has one meaning: the full name on the SPDX
//! list, or one of few spellings below. `GPLv3` does not say `only` or `or later`, so it stays a text.

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use crate::domain::{LicenseExpr, WorkPath};

use super::Structured;
use super::encoding::lossy;
use super::notice;
use super::reuse::{Glob, line_at};

mod documents;
mod lines;
#[cfg(test)]
mod tests;
mod unclear;

pub use unclear::{is_proprietary, may_mean, why_unclear};

/// Reads a package manifest; nothing where the file is none. A file with a name that others have too is one
/// only if it declares something.
pub(super) fn read(path: &WorkPath, bytes: &[u8]) -> Option<Structured> {
    let read = reader(path)?;
    let declared = match read {
        _ if bytes.len() > MAX_MANIFEST_BYTES => {
            Err(Broken { line: None, reason: format!("it is larger than {} MiB", MAX_MANIFEST_BYTES >> 20) })
        }
        Read::Document(read) => read(path, bytes),
        Read::Lines(read) => Ok(read(path, bytes)),
    };
    let is_common = matches!(
        path.file_name(),
        "METADATA" | "PKG-INFO" | "DESCRIPTION" | "copyright" | "setup.cfg" | "setup.py"
    );
    match declared {
        Ok(declared) => (declared.is_some() || !is_common).then_some(Structured::Package(declared)),
        Err(broken) => (!is_common).then_some(Structured::BrokenPackage(broken)),
    }
}

/// A larger manifest is not read.
const MAX_MANIFEST_BYTES: usize = 4 << 20;

/// Why a package manifest cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// What is wrong with it.
    pub reason: String,
}

impl Broken {
    fn json(error: &serde_json::Error) -> Self {
        let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
        // The place is told beside it.
        let text = error.to_string();
        let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self { line, reason }
    }

    fn toml(error: &toml::de::Error, text: &str) -> Self {
        let line = error.span().map(|span| line_at(text.as_bytes(), span.start));
        Self { line, reason: error.message().to_owned() }
    }
}

/// What a manifest declares, if anything; an error where it cannot be read.
type Found = Result<Option<Declared>, Broken>;

/// How a manifest is read.
#[derive(Clone, Copy)]
pub(super) enum Read {
    /// As a document, which may be broken.
    Document(fn(&WorkPath, &[u8]) -> Found),
    /// Line by line.
    Lines(fn(&WorkPath, &[u8]) -> Option<Declared>),
}

/// Returns what reads a file of this name, where it may be a package manifest.
pub(super) fn reader(path: &WorkPath) -> Option<Read> {
    let name = path.file_name();
    Some(match name {
        "Cargo.toml" => Read::Document(cargo),
        "package.json" => Read::Document(npm),
        "pyproject.toml" => Read::Document(python),
        "composer.json" => Read::Document(documents::composer),
        "codemeta.json" => Read::Document(documents::codemeta),
        "CITATION.cff" => Read::Document(documents::citation),
        "pom.xml" => Read::Document(documents::maven),
        "METADATA" | "PKG-INFO" => Read::Lines(lines::python_metadata),
        "DESCRIPTION" => Read::Lines(lines::cran),
        "setup.cfg" => Read::Lines(lines::setup_cfg),
        "setup.py" => Read::Lines(lines::setup_py),
        "copyright" if path.as_str().ends_with("debian/copyright") => Read::Lines(lines::debian),
        _ => match name.rsplit_once('.')?.1 {
            "gemspec" => Read::Lines(lines::gemspec),
            "cabal" => Read::Lines(lines::cabal),
            _ => return None,
        },
    })
}

/// Returns the folder a manifest speaks for: its own, and for `debian/copyright` the one above.
pub(super) fn folder_of(path: &WorkPath) -> &str {
    let folder = path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    match folder.strip_suffix("debian") {
        Some(above) if path.file_name() == "copyright" => above.trim_end_matches('/'),
        _ => folder,
    }
}

/// The license a package manifest declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The manifest.
    pub path: WorkPath,
    /// The line, from 1.
    pub line: u32,
    /// What it says.
    pub text: String,
    /// What that means, where it has one meaning.
    pub expr: Option<LicenseExpr>,
    /// What it declares of some works only; the last that is about a work counts for it.
    pub(super) parts: Vec<Part>,
}

/// What a manifest declares of some of the works below its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) globs: Vec<Glob>,
    pub(super) declared: Declared,
}

impl Declared {
    /// Returns what it declares of the work at a path relative to its folder.
    pub(super) fn of(&self, relative: &str) -> &Self {
        let part = self.parts.iter().rev().find(|part| part.globs.iter().any(|glob| glob.matches(relative)));
        part.map_or(self, |part| &part.declared)
    }
}

/// Spellings with one meaning that are no full name on the SPDX list, in lowercase.
const SPELLINGS: [(&str, &str); 30] = [
    ("agplv3+", "AGPL-3.0-or-later"),
    ("apache 2", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("apache-2", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("boost software license 1.0 (bsl-1.0)", "BSL-1.0"),
    ("boost", "BSL-1.0"),
    ("bsd 2-clause", "BSD-2-Clause"),
    ("bsd 3-clause", "BSD-3-Clause"),
    ("cc0 1.0 universal (cc0 1.0) public domain dedication", "CC0-1.0"),
    ("european union public licence 1.2 (eupl 1.2)", "EUPL-1.2"),
    ("gnu affero general public license v3 or later (agplv3+)", "AGPL-3.0-or-later"),
    ("gnu general public license v2 or later (gplv2+)", "GPL-2.0-or-later"),
    ("gnu general public license v3 or later (gplv3+)", "GPL-3.0-or-later"),
    ("gnu lesser general public license v3 or later (lgplv3+)", "LGPL-3.0-or-later"),
    ("gplv2+", "GPL-2.0-or-later"),
    ("gplv3+", "GPL-3.0-or-later"),
    ("isc license (iscl)", "ISC"),
    ("lgplv3+", "LGPL-3.0-or-later"),
    ("mozilla public license 2.0 (mpl 2.0)", "MPL-2.0"),
    ("mpl 2.0", "MPL-2.0"),
    ("revised bsd", "BSD-3-Clause"),
    ("revised bsd license", "BSD-3-Clause"),
    ("simplified bsd", "BSD-2-Clause"),
    ("simplified bsd license", "BSD-2-Clause"),
    ("the isc license", "ISC"),
    ("the mit license", "MIT"),
    ("the mit license (mit)", "MIT"),
    ("the unlicense (unlicense)", "Unlicense"),
];

/// Names that look like one license and are used for several, in lowercase.
const UNCLEAR: [&str; 2] = ["bsd", "bsd license"];

/// Returns what a declared text means, where it has one meaning.
fn meaning(text: &str) -> Option<LicenseExpr> {
    let is_known = |expr: &LicenseExpr| expr.names().iter().all(|name| name.is_listed() || name.is_ref());
    let parse = |text: &str| text.parse::<LicenseExpr>().ok().filter(is_known);
    let text = text.trim();
    if UNCLEAR.contains(&text.to_lowercase().as_str()) {
        return None;
    }
    parse(text)
        // Cargo once took `/` for `OR`; the Cargo book still tells.
        .or_else(|| parse(&text.replace('/', " OR ")))
        .or_else(|| {
            let name = text.to_lowercase();
            let spelled = SPELLINGS.iter().find(|(spelling, _)| *spelling == name);
            parse(spelled?.1)
        })
        .or_else(|| {
            let named = spdx::identifiers::LICENSES.iter().find(|license| {
                license.full_name.eq_ignore_ascii_case(text)
                    && spdx::license_id(license.name).is_some_and(|id| !id.is_deprecated())
            });
            parse(named?.name)
        })
        // Words that name one license and say no more, as in Maven's manifests.
        .or_else(|| notice::only_named(text))
}

fn declared(path: &WorkPath, line: u32, text: &str) -> Declared {
    Declared { path: path.clone(), line, text: text.to_owned(), expr: meaning(text), parts: Vec::new() }
}

/// What stands where a name is expected and is none: no meaning.
fn misplaced(path: &WorkPath, line: u32, text: String) -> Declared {
    Declared { path: path.clone(), line, text, expr: None, parts: Vec::new() }
}

/// Several names, of which any may be chosen, or which all apply.
fn several(path: &WorkPath, line: u32, names: &[&str], choice: bool) -> Option<Declared> {
    /// Of more licenses nothing is said.
    const MOST: usize = 64;
    let meanings: Option<Vec<_>> = names.iter().take(MOST + 1).map(|name| meaning(name)).collect();
    let join = if choice { LicenseExpr::any_of } else { LicenseExpr::all_of };
    let expr = meanings.filter(|meanings| meanings.len() <= MOST).and_then(join);
    let text = names.join(if choice { " OR " } else { " AND " });
    (!names.is_empty()).then(|| Declared { expr, ..misplaced(path, line, text) })
}

/// Reads `package.license` of a `Cargo.toml`, and what its workspace's members take from
/// `workspace.package.license` (the Cargo book, "The package table").
fn cargo(path: &WorkPath, bytes: &[u8]) -> Found {
    #[derive(Deserialize)]
    struct Manifest {
        package: Option<Package>,
        workspace: Option<Workspace>,
    }
    #[derive(Deserialize)]
    struct Workspace {
        package: Option<Package>,
        #[serde(default)]
        members: Vec<String>,
    }
    #[derive(Deserialize)]
    struct Package {
        license: Option<Spanned<toml::Value>>,
    }
    let text = lossy(bytes);
    let manifest: Manifest = toml::from_str(&text).map_err(|error| Broken::toml(&error, &text))?;
    let stated = |package: Option<Package>| {
        let license = package?.license?;
        let line = line_at(text.as_bytes(), license.span().start);
        match license.get_ref() {
            toml::Value::String(name) => Some(declared(path, line, name)),
            toml::Value::Table(_) => None,
            other => Some(misplaced(path, line, other.to_string())),
        }
    };
    let own = stated(manifest.package);
    let Some(workspace) = manifest.workspace else { return Ok(own) };
    let shared = stated(workspace.package);
    let (Some(own), Some(shared)) = (&own, &shared) else { return Ok(own.or(shared)) };
    let globs =
        workspace.members.iter().map(|member| Glob::parse(&format!("{}/**", member.trim_end_matches('/'))));
    let part = globs.collect::<Result<_, _>>().ok().map(|globs| Part { globs, declared: shared.clone() });
    Ok(Some(Declared { parts: part.into_iter().collect(), ..own.clone() }))
}

/// The manifest in a JSON file.
fn json(bytes: &[u8]) -> Result<Value, Broken> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| Broken::json(&error))
}

/// Returns the line of a key with a value; of the first such key where the value is not found behind one.
fn line_of_key(bytes: &[u8], key: &str, value: &Value) -> u32 {
    let key = format!("\"{key}\"");
    let starts = match value {
        Value::Array(_) => "[".to_owned(),
        Value::Object(_) => "{".to_owned(),
        other => other.to_string(),
    };
    let has_value = |at: &usize| {
        let behind = bytes[at + key.len()..].trim_ascii_start();
        behind.strip_prefix(b":").is_some_and(|value| value.trim_ascii_start().starts_with(starts.as_bytes()))
    };
    let places = || memchr::memmem::find_iter(bytes, key.as_bytes());
    places().find(has_value).or_else(|| places().next()).map_or(1, |at| line_at(bytes, at))
}

/// Reads `license` of a `package.json`, or the older `licenses`, which offered a choice.
fn npm(path: &WorkPath, bytes: &[u8]) -> Found {
    fn name(value: &Value) -> Option<&str> {
        value.as_str().or_else(|| value.get("type")?.as_str())
    }
    let manifest = json(bytes)?;
    if let Some(license) = manifest.get("license").filter(|license| !license.is_null()) {
        let line = line_of_key(bytes, "license", license);
        return Ok(Some(match name(license) {
            Some(name) => declared(path, line, name),
            None => misplaced(path, line, license.to_string()),
        }));
    }
    let Some(licenses) = manifest.get("licenses").filter(|licenses| !licenses.is_null()) else {
        return Ok(None);
    };
    let line = line_of_key(bytes, "licenses", licenses);
    // npm's documentation of package.json: `{"licenses": [MIT, Apache-2.0]}` is now `(MIT OR Apache-2.0)`.
    let names: Option<Vec<&str>> = licenses.as_array().and_then(|list| list.iter().map(name).collect());
    Ok(match names {
        Some(names) => several(path, line, &names, true),
        None => Some(misplaced(path, line, licenses.to_string())),
    })
}

/// Reads `project.license` of a `pyproject.toml` (PEP 639, or PEP 621's `text`), Poetry's, or the one
/// license classifier where there is exactly one.
fn python(path: &WorkPath, bytes: &[u8]) -> Found {
    #[derive(Deserialize)]
    struct Manifest {
        project: Option<Project>,
        tool: Option<Tool>,
    }
    #[derive(Deserialize)]
    struct Tool {
        poetry: Option<Project>,
    }
    #[derive(Deserialize)]
    struct Project {
        license: Option<Spanned<toml::Value>>,
        #[serde(default)]
        classifiers: Vec<Spanned<String>>,
    }
    let text = lossy(bytes);
    let line_at = |at: usize| line_at(text.as_bytes(), at);
    let manifest: Manifest = toml::from_str(&text).map_err(|error| Broken::toml(&error, &text))?;
    let projects = [manifest.project, manifest.tool.and_then(|tool| tool.poetry)];
    Ok(projects.into_iter().flatten().find_map(|project| {
        let stated = project.license.as_ref().and_then(|license| {
            let line = line_at(license.span().start);
            let value = license.get_ref();
            let Some(text) = value.as_str().or_else(|| value.get("text")?.as_str()) else {
                // `{ file = "LICENSE" }` points to what is read for itself.
                return (!value.is_table()).then(|| misplaced(path, line, value.to_string()));
            };
            // Several lines are a license text, not a name.
            let text = text.trim();
            (!text.contains('\n')).then(|| declared(path, line, text))
        });
        stated.or_else(|| {
            let mut licenses = project
                .classifiers
                .iter()
                .filter(|classifier| classifier.get_ref().starts_with("License :: "));
            let (Some(only), None) = (licenses.next(), licenses.next()) else { return None };
            let name = only.get_ref().rsplit(" :: ").next()?;
            Some(declared(path, line_at(only.span().start), name))
        })
    }))
}
