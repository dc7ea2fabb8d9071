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
use super::notice::{self, How};
use super::reuse::line_at;

mod others;
mod unclear;

pub use unclear::{may_mean, why_unclear};

/// Reads a package manifest; nothing where the file is none. A file with a name that others have too is one
/// only if it declares something.
pub(super) fn read(path: &WorkPath, bytes: &[u8]) -> Option<Structured> {
    let declared = reader(path)?(path, bytes);
    let is_common = matches!(path.file_name(), "METADATA" | "PKG-INFO" | "DESCRIPTION" | "copyright");
    (declared.is_some() || !is_common).then_some(Structured::Package(declared))
}

/// How a manifest is read.
type Read = fn(&WorkPath, &[u8]) -> Option<Declared>;

/// Returns what reads a file of this name, where it may be a package manifest.
pub(super) fn reader(path: &WorkPath) -> Option<Read> {
    let name = path.file_name();
    Some(match name {
        "Cargo.toml" => cargo,
        "package.json" => npm,
        "pyproject.toml" => python,
        "METADATA" | "PKG-INFO" => others::python_metadata,
        "composer.json" => others::composer,
        "codemeta.json" => others::codemeta,
        "CITATION.cff" => others::citation,
        "pom.xml" => others::maven,
        "DESCRIPTION" => others::cran,
        "copyright" if path.as_str().ends_with("debian/copyright") => others::debian,
        _ => match name.rsplit_once('.')?.1 {
            "gemspec" => others::gemspec,
            "cabal" => others::cabal,
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
        .or_else(|| {
            // Words that name one license and leave nothing open, as in Maven's manifests.
            let notices = notice::find(text.as_bytes(), &[]);
            let [notice] = notices.as_slice() else { return None };
            let is_name = matches!(notice.how, How::Grant | How::Field | How::Name | How::Link);
            notice.expr.clone().filter(|_| is_name && notice.is_clear && notice.note.is_none())
        })
}

fn declared(path: &WorkPath, line: u32, text: &str) -> Declared {
    Declared { path: path.clone(), line, text: text.to_owned(), expr: meaning(text) }
}

/// Reads `package.license` of a `Cargo.toml`. What it inherits from a workspace stays unread.
fn cargo(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    #[derive(Deserialize)]
    struct Manifest {
        package: Option<Package>,
        workspace: Option<Workspace>,
    }
    #[derive(Deserialize)]
    struct Workspace {
        package: Option<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        license: Option<Spanned<toml::Value>>,
    }
    let manifest: Manifest = toml::from_str(&lossy(bytes)).ok()?;
    let shared = manifest.workspace.and_then(|workspace| workspace.package);
    [manifest.package, shared].into_iter().flatten().filter_map(|package| package.license).find_map(
        |license| {
            let line = line_at(bytes, license.span().start);
            Some(declared(path, line, license.get_ref().as_str()?))
        },
    )
}

/// Reads `license` of a `package.json`, or the older `licenses`, which offered a choice.
fn npm(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
    fn name(value: &Value) -> Option<&str> {
        value.as_str().or_else(|| value.get("type")?.as_str())
    }
    let manifest: Value = serde_json::from_slice(bytes).ok()?;
    let line_of = |key: &str| memchr::memmem::find(bytes, key.as_bytes()).map_or(1, |at| line_at(bytes, at));
    if let Some(license) = manifest.get("license").and_then(name) {
        return Some(declared(path, line_of("\"license\""), license));
    }
    // npm's documentation of package.json: `{"licenses": [MIT, Apache-2.0]}` is now `(MIT OR Apache-2.0)`.
    let names: Vec<&str> = manifest.get("licenses")?.as_array()?.iter().filter_map(name).collect();
    let meanings: Option<Vec<_>> = names.iter().map(|name| meaning(name)).collect();
    (!names.is_empty()).then(|| Declared {
        path: path.clone(),
        line: line_of("\"licenses\""),
        text: names.join(" OR "),
        expr: meanings.and_then(LicenseExpr::any_of),
    })
}

/// Reads `project.license` of a `pyproject.toml` (PEP 639, or PEP 621's `text`), Poetry's, or the one
/// license classifier where there is exactly one.
fn python(path: &WorkPath, bytes: &[u8]) -> Option<Declared> {
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
    let manifest: Manifest = toml::from_str(&lossy(bytes)).ok()?;
    let projects = [manifest.project, manifest.tool.and_then(|tool| tool.poetry)];
    projects.into_iter().flatten().find_map(|project| {
        let stated = project.license.as_ref().and_then(|license| {
            let value = license.get_ref();
            let text = value.as_str().or_else(|| value.get("text")?.as_str())?.trim();
            // Several lines are a license text, not a name.
            (!text.contains('\n')).then(|| declared(path, line_at(bytes, license.span().start), text))
        });
        stated.or_else(|| {
            let mut licenses = project
                .classifiers
                .iter()
                .filter(|classifier| classifier.get_ref().starts_with("License :: "));
            let (Some(only), None) = (licenses.next(), licenses.next()) else { return None };
            let name = only.get_ref().rsplit(" :: ").next()?;
            Some(declared(path, line_at(bytes, only.span().start), name))
        })
    })
}
