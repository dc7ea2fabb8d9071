// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! REUSE 3.3: `REUSE.toml`, sidecars, the names in `LICENSES/` and the files that need no statement.

use std::fmt;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use crate::domain::{LicenseExpr, LicenseName, Mode, WorkPath};

use super::encoding::lossy;
use super::{Statement, StatementKind, dep5};

/// A `REUSE.toml`: statements about files of its directory and below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toml {
    /// The version of its format; 1 is the only one there is.
    pub version: i64,
    /// Its `[[annotations]]`, in order.
    pub annotations: Vec<Annotation>,
}

/// One `[[annotations]]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    globs: Vec<Glob>,
    /// How it joins with what a file says of itself.
    pub precedence: Precedence,
    /// Copyright notices as written.
    pub copyright: Vec<String>,
    /// License expressions.
    pub statements: Vec<Statement>,
    /// The line the table begins on, from 1.
    pub line: u32,
}

/// How a table joins with what a file or its sidecar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precedence {
    /// It fills what the file leaves out, copyright and license each for itself.
    #[default]
    Closest,
    /// It is added to what the file says.
    Aggregate,
    /// It stands alone.
    Override,
}

/// Why a `REUSE.toml` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReuseError {
    /// The file.
    pub path: WorkPath,
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// What is wrong.
    pub problem: String,
}

impl ReuseError {
    /// The error for a file that is too large to be read.
    pub(super) fn too_large(path: &WorkPath) -> Self {
        Self { path: path.clone(), line: None, problem: "is larger than 4 MiB".to_owned() }
    }
}

impl fmt::Display for ReuseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.problem),
            None => write!(f, "{}: {}", self.path, self.problem),
        }
    }
}

impl std::error::Error for ReuseError {}

#[derive(Deserialize)]
struct RawToml {
    version: i64,
    #[serde(default)]
    annotations: Vec<Spanned<RawAnnotation>>,
}

#[derive(Deserialize)]
struct RawAnnotation {
    path: OneOrMany,
    #[serde(default)]
    precedence: Precedence,
    #[serde(rename = "SPDX-FileCopyrightText", default)]
    copyright: OneOrMany,
    #[serde(rename = "SPDX-License-Identifier", default)]
    license: OneOrMany,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl Toml {
    /// Reads the `REUSE.toml` at `path`.
    pub fn parse(path: &WorkPath, bytes: &[u8]) -> Result<Self, ReuseError> {
        let error = |line, problem| ReuseError { path: path.clone(), line, problem };
        let text = lossy(bytes);
        let raw: RawToml = toml::from_str(&text).map_err(|e| {
            error(e.span().map(|span| line_at(bytes, span.start)), e.message().trim().to_owned())
        })?;
        let mut annotations = Vec::with_capacity(raw.annotations.len());
        for table in raw.annotations {
            let line = line_at(bytes, table.span().start);
            let raw = table.into_inner();
            let globs = raw.path.into_vec();
            if globs.is_empty() {
                return Err(error(Some(line), "an annotation needs at least one path".into()));
            }
            let globs = globs.iter().map(|glob| Glob::parse(glob)).collect::<Result<_, _>>();
            let statement =
                |text: String| Statement { expr: text.parse(), text, line, kind: StatementKind::File };
            annotations.push(Annotation {
                globs: globs.map_err(|problem| error(Some(line), problem))?,
                precedence: raw.precedence,
                copyright: raw.copyright.into_vec(),
                statements: raw.license.into_vec().into_iter().map(statement).collect(),
                line,
            });
        }
        Ok(Self { version: raw.version, annotations })
    }

    /// Reads `.reuse/dep5`, which says the same in Debian's copyright format: its tables are all added to
    /// what a file says, and the last that matches counts.
    pub fn parse_dep5(path: &WorkPath, bytes: &[u8]) -> Result<Self, ReuseError> {
        let error = |line, problem| ReuseError { path: path.clone(), line: Some(line), problem };
        let text = lossy(bytes);
        let paragraphs = dep5::paragraphs(&text).map_err(|(line, problem)| error(line, problem))?;
        if !paragraphs.first().is_some_and(dep5::is_head) {
            return Err(error(1, "does not begin with the `Format` of Debian's copyright files 1.0".into()));
        }
        let mut annotations = Vec::new();
        for paragraph in &paragraphs[1..] {
            let wanted = |name| dep5::field(paragraph, name);
            let first = paragraph.first().map_or(1, |field| field.line);
            let (Some(files), copyright, license) = (wanted("Files"), wanted("Copyright"), wanted("License"))
            else {
                // The text of a license on its own.
                if wanted("License").is_some() {
                    continue;
                }
                return Err(error(first, "a paragraph with neither `Files` nor `License`".into()));
            };
            let (Some(copyright), Some(license)) = (copyright, license) else {
                return Err(error(first, "files without `Copyright` or `License`".into()));
            };
            let globs = files.lines.iter().flat_map(|line| line.split_whitespace());
            let globs = globs.map(Glob::parse_debian).collect::<Result<Vec<_>, _>>();
            let statement = license.lines[0].to_owned();
            annotations.push(Annotation {
                globs: globs.map_err(|problem| error(files.line, problem))?,
                precedence: Precedence::Aggregate,
                copyright: copyright.lines.iter().filter(|l| !l.is_empty()).map(|&l| l.to_owned()).collect(),
                statements: vec![Statement {
                    expr: statement.parse(),
                    text: statement,
                    line: license.line,
                    kind: StatementKind::File,
                }],
                line: first,
            });
        }
        Ok(Self { version: 1, annotations })
    }

    /// Returns the annotation for a path relative to the file's directory. Where several match, the
    /// last one counts alone.
    pub fn annotation(&self, relative: &str) -> Option<&Annotation> {
        self.annotations.iter().rev().find(|table| table.globs.iter().any(|glob| glob.matches(relative)))
    }
}

/// Returns the line, from 1, that holds the byte at `offset`.
pub(super) fn line_at(bytes: &[u8], offset: usize) -> u32 {
    let ends = memchr::memchr_iter(b'\n', &bytes[..offset.min(bytes.len())]).count();
    u32::try_from(ends + 1).unwrap_or(u32::MAX)
}

/// A path pattern: `*` is everything but `/`, `**` everything, `\*` and `\\` themselves.
#[derive(Debug, Clone)]
pub(super) struct Glob {
    pattern: String,
    regex: Regex,
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl Eq for Glob {}

impl Glob {
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let mut regex = String::from("(?s)\\A");
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("**") {
                // `**/` matches nothing, too, so `**/a` matches `a`.
                let after = after.trim_start_matches('*');
                rest = after.strip_prefix('/').unwrap_or(after);
                regex.push_str(".*");
                continue;
            }
            rest = &rest[c.len_utf8()..];
            match c {
                '*' => regex.push_str("[^/]*"),
                '\\' => {
                    if let Some(escaped) = rest.chars().next() {
                        regex.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4])));
                        rest = &rest[escaped.len_utf8()..];
                    }
                }
                c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        regex.push_str("\\z");
        let regex = Regex::new(&regex).map_err(|_| format!("the path `{pattern}` is too large"))?;
        Ok(Self { pattern: pattern.to_owned(), regex })
    }

    /// Debian's patterns: `*` is anything, `?` one character; `\\` stands before either, or itself.
    pub(super) fn parse_debian(pattern: &str) -> Result<Self, String> {
        let mut regex = String::from("(?s)\\A");
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '*' => regex.push_str(".*"),
                '?' => regex.push('.'),
                '\\' => match chars.next() {
                    Some(escaped @ ('*' | '?' | '\\')) => {
                        regex.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4])));
                    }
                    _ => return Err(format!("`{pattern}` has a backslash before no `*`, `?` or backslash")),
                },
                c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        regex.push_str("\\z");
        let regex = Regex::new(&regex).map_err(|_| format!("the path `{pattern}` is too large"))?;
        Ok(Self { pattern: pattern.to_owned(), regex })
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.regex.is_match(path)
    }
}

/// Returns whether the file needs a license and a copyright notice (REUSE 3.3, covered files). Files
/// that version control ignores and submodules are for the caller to leave out.
pub fn is_covered(path: &WorkPath, size: u64, mode: Mode) -> bool {
    mode.is_file() && size > 0 && may_be_covered(path, false)
}

/// The same as far as a path tells; `meson` says whether Meson's subprojects belong to the project.
pub fn may_be_covered(path: &WorkPath, meson: bool) -> bool {
    !is_in_own_folder(path) && (meson || !is_in_meson_subproject(path)) && !is_ignored_name(path.file_name())
}

/// Version control, license texts, REUSE's own, and Meson's subprojects, which are other projects.
pub(super) fn is_in_ignored_folder(path: &WorkPath) -> bool {
    is_in_own_folder(path) || is_in_meson_subproject(path)
}

fn is_in_own_folder(path: &WorkPath) -> bool {
    let (folders, _) = path.as_str().rsplit_once('/').unwrap_or_default();
    folders.split('/').any(|folder| matches!(folder, ".hg" | ".sl" | "LICENSES" | ".reuse"))
}

/// Returns whether the path is inside of a folder directly below one named `subprojects`.
pub fn is_in_meson_subproject(path: &WorkPath) -> bool {
    let (folders, _) = path.as_str().rsplit_once('/').unwrap_or_default();
    let mut parents = folders.split('/').peekable();
    while let Some(parent) = parents.next() {
        if parent == "subprojects" && parents.peek().is_some() {
            return true;
        }
    }
    false
}

fn is_ignored_name(name: &str) -> bool {
    let alone_or_before = |start: &str, marks: &[char]| {
        name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(marks))
    };
    ["LICENSE", "LICENCE", "COPYING"].iter().any(|start| alone_or_before(start, &['-', '.']))
        || matches!(name, "REUSE.toml" | ".hgtags")
        || name.ends_with(SIDECAR)
        || [".spdx", ".spdx.rdf", ".spdx.json", ".spdx.xml", ".spdx.yml", ".spdx.yaml"]
            .iter()
            .any(|end| name.ends_with(end))
        // Their texts hold tags of their own.
        || ["CAL-1.0", "CAL-1.0-Combined-Work-Exception", "SHL-2.1"]
            .iter()
            .any(|start| alone_or_before(start, &['.']))
}

/// Returns whether a file of this name speaks for another one.
fn is_sidecar(name: &str) -> bool {
    name.len() > SIDECAR.len() && name.ends_with(SIDECAR)
}

/// The older file that speaks for others, at the root.
pub const DEP5: &str = ".reuse/dep5";

/// What a sidecar's name has behind the name of the file it speaks for.
pub const SIDECAR: &str = ".license";

/// What the name of a file below `LICENSES/` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseFile {
    /// The license or exception whose text it should be.
    pub name: LicenseName,
    /// Whether the name lacks an extension, which REUSE asks for.
    pub without_extension: bool,
}

/// Returns which license's text a file below the root's `LICENSES/` should hold. Nothing where it
/// lies elsewhere or is a sidecar; the name itself where it is no id.
pub fn license_file(path: &WorkPath) -> Option<Result<LicenseFile, String>> {
    let name = path.file_name();
    if !path.is_under("LICENSES") || path.as_str() == "LICENSES" || is_sidecar(name) {
        return None;
    }
    let known = |text: &str| text.parse::<LicenseName>().ok().filter(is_usable);
    let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
    Some(match (known(stem), known(name)) {
        (Some(name), _) => Ok(LicenseFile { name, without_extension: false }),
        // A reference may do without.
        (None, Some(name)) => Ok(LicenseFile { without_extension: !name.is_ref(), name }),
        (None, None) => Err(if stem.is_empty() { name } else { stem }.to_owned()),
    })
}

/// Returns whether REUSE takes the name: on the SPDX list, or a `LicenseRef-` that says what it is.
pub(super) fn is_usable(name: &LicenseName) -> bool {
    name.is_listed() || (name.as_str().starts_with("LicenseRef-") && !name.as_str().contains("Unknown"))
}

/// Returns the conjunction of the statements that can be read.
pub(super) fn all_of<'s>(statements: impl IntoIterator<Item = &'s Statement>) -> Option<LicenseExpr> {
    LicenseExpr::all_of(statements.into_iter().filter_map(|statement| statement.expr.clone().ok()))
}
