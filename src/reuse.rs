// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The verdict of REUSE 3.3 on a tree: the files it covers, what each says of its license and its
//! copyright and from where, and what is wrong.
//!
//! `reuse lint` 6.2 departs from its specification in few places. The specification is followed, and the
//! tool where [`Options::compat`] says so: an `override` inside of a folder whose table is `closest`,
//! snippets (that have no end, and whose tags are counted as the file's), a version of `REUSE.toml` other
//! than 1, files that git ignores in a folder it tracks nothing of, and what it fails on: ranges of years
//! with two blanks beside the dash, and expressions in `REUSE.toml` that cannot be read.

mod document;
mod expression;
mod extract;
mod licenses;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use document::{LINT_SCHEMA, LintDocument};

use crate::detect::reuse::{DEP5, Precedence, ReuseError, SIDECAR, Toml, may_be_covered};
use crate::detect::{Given, Tables};
use crate::domain::WorkPath;
use crate::work::{Extent, Kind, Tree, TreeProblem};
use expression::Expression;
use extract::{Extract, Said, extract};

/// What a verdict takes in, and by whose reading.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Follow reuse 6.2 where it departs from the specification.
    pub compat: bool,
    /// Submodules belong to the project.
    pub submodules: bool,
    /// Meson's subprojects belong to the project.
    pub meson_subprojects: bool,
}

impl Options {
    /// Returns what a tree must be listed to.
    pub fn extent(self) -> Extent {
        Extent { others: true, submodules: self.submodules, untracked_whole: self.compat }
    }
}

/// Why there is no verdict.
#[derive(Debug)]
pub enum LintError {
    /// A file that speaks for others cannot be used.
    Table(ReuseError),
    /// There is a `REUSE.toml` beside the older `.reuse/dep5`.
    Both(WorkPath),
}

impl fmt::Display for LintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(error) => error.fmt(f),
            Self::Both(toml) => write!(f, "{toml} and {DEP5} are both there; REUSE takes one or the other"),
        }
    }
}

impl std::error::Error for LintError {}

/// The verdict on a tree. Every list is sorted.
#[derive(Debug, Default)]
pub struct Lint {
    files: Vec<File>,
    /// The files below `LICENSES/` by the ids they name.
    licenses: BTreeMap<String, WorkPath>,
    without_extension: BTreeSet<String>,
    duplicates: BTreeSet<WorkPath>,
    unread: BTreeSet<String>,
    compat: bool,
}

/// A covered file.
#[derive(Debug)]
struct File {
    path: WorkPath,
    stated: Vec<Stated>,
    /// Licenses of its snippets, where these do not count as its own.
    snippets: Vec<Expression>,
    is_snippet_open: bool,
}

/// What one source states of a file.
#[derive(Debug)]
struct Stated {
    source: WorkPath,
    kind: SourceKind,
    copyright: Vec<String>,
    expressions: Vec<Expression>,
}

/// What a source is.
#[derive(Debug, Clone, Copy)]
enum SourceKind {
    FileHeader,
    DotLicense,
    ReuseToml,
    Dep5,
}

/// What was read of one file of the tree.
enum Read {
    Empty,
    Text(Extract),
    Table(Result<Toml, ReuseError>),
    /// A file below `LICENSES/` or another whose content is not asked for.
    Unasked,
    /// A symbolic link to this path, where that is inside of the tree.
    Link(Option<WorkPath>),
    Unreadable,
}

/// Judges a tree that was listed to [`Options::extent`].
pub fn lint(tree: &Tree, options: Options) -> Result<Lint, LintError> {
    let read = tree.map(|entry, content| {
        let Ok(content) = content else { return Read::Unreadable };
        let path = &entry.path;
        match entry.kind {
            Kind::Submodule(_) => return Read::Unasked,
            Kind::Symlink => return Read::Link(resolve(path, content.bytes())),
            Kind::File => {}
        }
        if content.size() == 0 {
            Read::Empty
        } else if path.as_str() == DEP5 {
            Read::Table(Toml::parse_dep5(path, content.bytes()))
        } else if path.file_name() == "REUSE.toml" {
            Read::Table(Toml::parse(path, content.bytes()))
        } else if may_be_covered(path, options.meson_subprojects) || path.as_str().ends_with(SIDECAR) {
            Read::Text(extract(content.bytes()))
        } else {
            Read::Unasked
        }
    });
    let read: BTreeMap<&WorkPath, Read> = tree.entries().iter().map(|entry| &entry.path).zip(read).collect();
    let tables = tables(&read, options)?;

    let mut lint = Lint { compat: options.compat, ..Lint::default() };
    lint.unread.extend(
        tree.problems()
            .iter()
            .filter(|problem| !matches!(problem, TreeProblem::Missing(_)))
            .map(|problem| problem.path().to_string_lossy().into_owned()),
    );
    for (path, content) in &read {
        lint.read_license(path, content, &read);
        if !may_be_covered(path, options.meson_subprojects) {
            continue;
        }
        match content {
            Read::Unreadable => drop(lint.unread.insert(path.to_string())),
            Read::Text(own) => match judge(path, own, &read, &tables, options) {
                Some(file) => lint.files.push(file),
                None => drop(lint.unread.insert(path.to_string())),
            },
            _ => {}
        }
    }
    Ok(lint)
}

/// Returns what a link at `path` leads to, as far as its text tells.
fn resolve(path: &WorkPath, target: &[u8]) -> Option<WorkPath> {
    let target = std::str::from_utf8(target).ok()?;
    let mut parts: Vec<&str> = path.as_str().split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/").parse().ok()
}

/// Returns what speaks for others, where each of it can be used.
fn tables<'t>(read: &'t BTreeMap<&'t WorkPath, Read>, options: Options) -> Result<Tables<'t>, LintError> {
    let mut used = Vec::new();
    for (path, content) in read {
        let is_dep5 = path.as_str() == DEP5;
        let counts = is_dep5 || path.parent().is_none_or(|_| speaks(path, options));
        let Read::Table(table) = content else { continue };
        if !counts {
            continue;
        }
        let table = table.as_ref().map_err(|error| LintError::Table(error.clone()))?;
        if table.version != 1 && !options.compat {
            let problem = format!("version {} of REUSE.toml is not known; there is version 1", table.version);
            let path = (*path).clone();
            return Err(LintError::Table(ReuseError { path, line: None, problem }));
        }
        used.push((*path, table));
    }
    if used.iter().any(|(path, _)| path.as_str() == DEP5)
        && let Some((toml, _)) = used.iter().find(|(path, _)| path.as_str() != DEP5)
    {
        return Err(LintError::Both((*toml).clone()));
    }
    Ok(Tables::new(used))
}

/// Returns whether a `REUSE.toml` lies where it speaks: a file beside it would be covered.
fn speaks(toml: &WorkPath, options: Options) -> bool {
    let beside = toml.as_str().replace("REUSE.toml", "x");
    beside.parse().is_ok_and(|beside: WorkPath| may_be_covered(&beside, options.meson_subprojects))
}

/// Returns what is stated of a covered file; nothing where that cannot be read.
fn judge(
    path: &WorkPath,
    own: &Extract,
    read: &BTreeMap<&WorkPath, Read>,
    tables: &Tables<'_>,
    options: Options,
) -> Option<File> {
    let speaking = tables.of(path);
    let mut file =
        File { path: path.clone(), stated: Vec::new(), snippets: Vec::new(), is_snippet_open: false };
    file.stated.extend(speaking.with(Precedence::Override).map(given));
    file.stated.extend(speaking.with(Precedence::Aggregate).map(given));
    let mut lacks = (true, true);
    if !speaking.overrides() {
        let sidecar = path.with_suffix(SIDECAR).ok().and_then(|sidecar| read.get_key_value(&sidecar));
        let (kind, source, extract) = match sidecar {
            None => (SourceKind::FileHeader, path, own),
            Some((source, content)) => (SourceKind::DotLicense, *source, followed(content, read)?),
        };
        if options.compat && extract.fails_in_reuse() {
            return None;
        }
        file.read(kind, source, extract, options);
        let own = file
            .stated
            .last()
            .filter(|stated| matches!(stated.kind, SourceKind::FileHeader | SourceKind::DotLicense));
        lacks = own.map_or((true, true), |own| (own.expressions.is_empty(), own.copyright.is_empty()));
    } else if !options.compat {
        lacks = (false, false);
    }
    file.stated.extend(speaking.closest(lacks.0, lacks.1).map(given));
    let from_toml = file.stated.iter().filter(|stated| matches!(stated.kind, SourceKind::ReuseToml));
    let is_unread = from_toml.flat_map(|stated| &stated.expressions).any(|expression| !expression.is_valid);
    (!options.compat || !is_unread).then_some(file)
}

/// Returns what a sidecar says, through a link too; nothing where it cannot be read.
fn followed<'r>(content: &'r Read, read: &'r BTreeMap<&WorkPath, Read>) -> Option<&'r Extract> {
    static NOTHING: Extract = Extract {
        file: Said { copyright: BTreeSet::new(), expressions: BTreeSet::new() },
        snippets: Said { copyright: BTreeSet::new(), expressions: BTreeSet::new() },
        is_snippet_open: false,
    };
    match content {
        Read::Text(extract) => Some(extract),
        Read::Link(target) => match read.get(target.as_ref()?)? {
            Read::Text(extract) => Some(extract),
            _ => Some(&NOTHING),
        },
        Read::Unreadable => None,
        _ => Some(&NOTHING),
    }
}

fn given(given: Given<'_>) -> Stated {
    let Given { source, table, license, copyright } = given;
    let notice = |text: &String| {
        // REUSE-IgnoreStart
        let has_prefix =
            ["SPDX-FileCopyrightText:", "SPDX-SnippetCopyrightText:", "Copyright ", "Copyright(", "©"]
                .iter()
                .any(|prefix| text.starts_with(prefix));
        if has_prefix { text.clone() } else { format!("SPDX-FileCopyrightText: {text}") }
        // REUSE-IgnoreEnd
    };
    let statements = table.statements.iter().filter(|_| license);
    Stated {
        source: source.clone(),
        kind: if source.as_str() == DEP5 { SourceKind::Dep5 } else { SourceKind::ReuseToml },
        copyright: table.copyright.iter().filter(|_| copyright).map(notice).collect(),
        expressions: unique(statements.map(|statement| Expression::read(&statement.text))),
    }
}

fn unique(expressions: impl Iterator<Item = Expression>) -> Vec<Expression> {
    expressions.collect::<BTreeSet<_>>().into_iter().collect()
}

impl File {
    /// Adds what the file or its sidecar says.
    fn read(&mut self, kind: SourceKind, source: &WorkPath, extract: &Extract, options: Options) {
        let Extract { file, snippets, is_snippet_open } = extract;
        let mut copyright = file.copyright.clone();
        let mut expressions = file.expressions.clone();
        if options.compat {
            copyright.extend(snippets.copyright.iter().cloned());
            expressions.extend(snippets.expressions.iter().cloned());
        } else {
            self.snippets = unique(snippets.expressions.iter().map(|text| Expression::read(text)));
            self.is_snippet_open = *is_snippet_open;
        }
        if !copyright.is_empty() || !expressions.is_empty() {
            self.stated.push(Stated {
                source: source.clone(),
                kind,
                copyright: copyright.into_iter().collect(),
                expressions: unique(expressions.iter().map(|text| Expression::read(text))),
            });
        }
    }

    /// Returns every expression in it, those of its snippets too.
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.stated.iter().flat_map(|stated| &stated.expressions).chain(&self.snippets)
    }

    /// Returns whether it states a license that can be read.
    fn has_license(&self) -> bool {
        self.stated.iter().flat_map(|stated| &stated.expressions).any(|expression| expression.is_valid)
    }

    fn has_copyright(&self) -> bool {
        self.stated.iter().any(|stated| !stated.copyright.is_empty())
    }
}

impl Lint {
    fn read_license(&mut self, path: &WorkPath, content: &Read, read: &BTreeMap<&WorkPath, Read>) {
        let Some(named) = licenses::named(path) else { return };
        // A link that leads out of the tree is taken to lead somewhere.
        if let Read::Link(Some(target)) = content
            && !read.contains_key(target)
        {
            return;
        }
        if named.without_extension {
            self.without_extension.insert(named.id.clone());
        }
        match self.licenses.entry(named.id) {
            std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(path.clone())),
            std::collections::btree_map::Entry::Occupied(_) => drop(self.duplicates.insert(path.clone())),
        }
    }

    /// Returns whether nothing is wrong.
    pub fn is_compliant(&self) -> bool {
        self.problems().kinds().next().is_none()
    }

    /// Returns how many files are covered.
    pub fn covered(&self) -> usize {
        self.files.len()
    }

    /// Returns what is wrong.
    pub fn problems(&self) -> Problems {
        let paths = |is: fn(&File) -> bool| {
            self.files.iter().filter(|file| is(file)).map(|file| file.path.to_string()).collect()
        };
        let used = self.used();
        let licenses =
            |is: &dyn Fn(&str) -> bool| self.licenses.keys().filter(|id| is(id)).cloned().collect();
        Problems {
            bad_licenses: licenses(&licenses::is_bad),
            deprecated_licenses: licenses(&licenses::is_deprecated),
            licenses_without_extension: self.without_extension.iter().cloned().collect(),
            missing_licenses: used
                .keys()
                .filter(|id| {
                    let base = id.strip_suffix('+').unwrap_or(id);
                    !self.licenses.contains_key(**id) && !self.licenses.contains_key(base)
                })
                .map(|id| (*id).to_owned())
                .collect(),
            unused_licenses: licenses(&|id| {
                !used.contains_key(id) && !used.contains_key(format!("{id}+").as_str())
            }),
            read_errors: self.unread.iter().cloned().collect(),
            missing_copyright_info: paths(|file| !file.has_copyright()),
            missing_licensing_info: paths(|file| !file.has_license()),
            invalid_spdx_expressions: paths(|file| file.expressions().any(|expression| !expression.is_valid)),
            duplicate_licenses: self.duplicates.iter().map(ToString::to_string).collect(),
            unclosed_snippets: paths(|file| file.is_snippet_open),
        }
    }

    /// Returns the licenses in use, with how many files are under each.
    fn used(&self) -> BTreeMap<&str, usize> {
        let mut used = BTreeMap::new();
        for file in &self.files {
            let names: BTreeSet<&str> =
                file.expressions().flat_map(|e| &e.names).map(String::as_str).collect();
            for name in names {
                *used.entry(name).or_default() += 1;
            }
        }
        used
    }
}

/// What is wrong with a tree, by kind.
#[derive(Debug, Default)]
pub struct Problems {
    /// Ids of files below `LICENSES/` that are neither listed nor a project's own.
    pub bad_licenses: Vec<String>,
    /// Ids of files below `LICENSES/` that the SPDX list advises against.
    pub deprecated_licenses: Vec<String>,
    /// Ids of files below `LICENSES/` whose names have no extension.
    pub licenses_without_extension: Vec<String>,
    /// Ids in use without a file below `LICENSES/`.
    pub missing_licenses: Vec<String>,
    /// Ids of files below `LICENSES/` that are not in use.
    pub unused_licenses: Vec<String>,
    /// Files that could not be read.
    pub read_errors: Vec<String>,
    /// Covered files without a copyright notice.
    pub missing_copyright_info: Vec<String>,
    /// Covered files without a license.
    pub missing_licensing_info: Vec<String>,
    /// Covered files with an expression that cannot be read.
    pub invalid_spdx_expressions: Vec<String>,
    /// Files below `LICENSES/` for an id that another one has.
    pub duplicate_licenses: Vec<String>,
    /// Covered files with a snippet that has no end.
    pub unclosed_snippets: Vec<String>,
}

/// One kind of problem in a tree.
#[derive(Debug, Clone, Copy)]
pub struct Kinded<'p> {
    /// What is wrong, in words.
    pub what: &'static str,
    /// What mends it.
    pub help: &'static str,
    /// Where, or of which license.
    pub of: &'p [String],
}

impl Problems {
    /// Returns every kind of problem that is there.
    pub fn kinds(&self) -> impl Iterator<Item = Kinded<'_>> {
        const STATE: &str =
            "state it: a tag in the file, a `.license` file beside it, or a table in REUSE.toml";
        const RENAME: &str = "name it as the SPDX license list does, with an extension: `LICENSES/MIT.txt`";
        [
            ("could not be read", "make it readable, or take it out of the tree", &self.read_errors),
            ("no license information", STATE, &self.missing_licensing_info),
            ("no copyright notice", STATE, &self.missing_copyright_info),
            (
                "a license expression that cannot be read",
                "write an SPDX expression, or put what is meant otherwise between ignore marks",
                &self.invalid_spdx_expressions,
            ),
            ("a snippet without an end", "close it", &self.unclosed_snippets),
            (
                "in use, but its text is not in LICENSES/",
                "put it there: `copyhold license text ID > LICENSES/ID.txt`",
                &self.missing_licenses,
            ),
            (
                "in LICENSES/, but not in use",
                "remove the file, or state the license where it applies",
                &self.unused_licenses,
            ),
            ("in LICENSES/, but no license id", RENAME, &self.bad_licenses),
            (
                "in LICENSES/, but deprecated on the SPDX license list",
                "use its successor",
                &self.deprecated_licenses,
            ),
            ("in LICENSES/ without an extension", RENAME, &self.licenses_without_extension),
            ("a second text of a license", "keep one of them", &self.duplicate_licenses),
        ]
        .into_iter()
        .filter(|(_, _, of)| !of.is_empty())
        .map(|(what, help, of)| Kinded { what, help, of })
    }
}
