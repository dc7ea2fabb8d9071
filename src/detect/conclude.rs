// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! From the facts of a tree's files to each work's license, with the evidence.
//!
//! What a work states of itself comes first: tags, its sidecar, `REUSE.toml` (REUSE 3.3, with its
//! precedence), then a license text in it. A work that states nothing takes what the nearest folder
//! above it declares in a manifest or a license file, and is marked as having inherited it. Where that
//! folder's license file does not say one known thing, nothing is concluded: what lies further above
//! is not meant for what came with a license of its own.

mod licenses;
mod project;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::domain::{ExprError, LicenseExpr, LicenseName, Mode, WorkPath};

use super::reuse::{self, Precedence, ReuseError};
use super::tables::{Given, Tables, folder, folders};
use super::text::is_license_file;
use super::{FileFacts, Note, Statement, Structured, nature, why_unclear};
use project::Declarations;

/// One file of a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct FileInput {
    /// What its bytes say.
    pub facts: FileFacts,
    /// Its size in bytes.
    pub size: u64,
    /// What it is in the tree.
    pub mode: Mode,
}

/// Why a license was concluded.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// The expression as it is understood; as written where it is not.
    pub expression: String,
    /// The line of `source` it stands on, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The line it ends on, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// From 0, not understood, to 1, beyond doubt.
    pub score: f64,
    /// The file that says so.
    pub source: WorkPath,
    /// What a reader should know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// An SPDX tag in the work.
    Tag,
    /// An SPDX tag in the work's `.license` file.
    Sidecar,
    /// Words in the work that grant a license.
    Header,
    /// A license named in the work, by its name, an address or where it is to be found, without a grant.
    Name,
    /// A license text, word for word.
    Text,
    /// Metadata inside a media file.
    Metadata,
    /// A package manifest.
    Package,
    /// A file that speaks for the work by its path, as `REUSE.toml` does.
    Declared,
    /// What another tool found, taken over with `import facts`.
    Imported,
    /// What the project declares for all that states nothing.
    Inherited,
}

/// What one work is licensed under, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// The license. Nothing where none is known, or where none of the statements can be read.
    pub license: Option<LicenseExpr>,
    /// The evidence, most decisive first.
    pub evidence: Vec<Evidence>,
    /// Copyright notices as written.
    pub copyright: Vec<String>,
    /// Who its words say made it or a part of it, as written.
    pub attribution: Vec<String>,
    /// Whether REUSE asks for a statement about it.
    pub covered: bool,
}

impl Evidence {
    /// Sets the lines it stands on.
    fn on_lines(mut self, first: u32, last: u32) -> Self {
        self.line = Some(first);
        self.end_line = Some(last).filter(|last| *last > first);
        self
    }
}

impl Conclusion {
    /// Returns whether the license comes from the project and nothing states it for the work itself.
    pub fn is_inherited(&self) -> bool {
        self.evidence.first().is_some_and(|evidence| evidence.kind == EvidenceKind::Inherited)
    }
}

/// What a tree's files say together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conclusions {
    /// Each work.
    pub works: BTreeMap<WorkPath, Conclusion>,
    /// What the tree's root declares for the whole, by manifest or license file.
    pub license: Option<LicenseExpr>,
    /// Why: manifests first, then license files.
    pub declared: Vec<Evidence>,
    /// The texts below `LICENSES/`, by the license they are named for.
    pub present: BTreeMap<LicenseName, WorkPath>,
    /// The licenses and exceptions that covered works state, with those works.
    pub used: BTreeMap<LicenseName, BTreeSet<WorkPath>>,
    /// Used without a text below `LICENSES/`.
    pub missing: BTreeSet<LicenseName>,
    /// Present without being used.
    pub unused: BTreeSet<LicenseName>,
    /// What could not be read or has a name that REUSE does not take, by path and line.
    pub problems: Vec<Problem>,
}

/// Something in the tree's statements that is wrong or could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: WorkPath,
    /// The line, from 1, where there is one.
    pub line: Option<u32>,
    /// What it is.
    pub kind: ProblemKind,
}

/// What is wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// An expression that is none: as written, and why.
    InvalidExpression(String, ExprError),
    /// An id neither on the SPDX list nor a usable `LicenseRef-`.
    UnknownName(LicenseName),
    /// An id the SPDX list advises against.
    DeprecatedName(LicenseName),
    /// A file below `LICENSES/` whose name is no id.
    BadLicenseFile(String),
    /// A file below `LICENSES/` without an extension.
    LicenseFileWithoutExtension(LicenseName),
    /// A second file below `LICENSES/` for one id; the first is named.
    DuplicateLicenseFile(LicenseName, WorkPath),
    /// A `REUSE.toml` that cannot be used.
    ReuseToml(ReuseError),
    /// A manifest that declares something without one meaning.
    UnclearPackage(String),
    /// A manifest that cannot be read.
    BrokenPackage(String),
    /// A manifest declares another license than the texts beside it: what it declares, what they are.
    OtherText(LicenseExpr, LicenseExpr),
    /// A license document that does not say one known thing, so nothing below it is concluded.
    UnclearLicenseFile(UnclearLicense),
    /// The words of a file say another license than is stated about it: what is stated, what they say.
    Conflict(LicenseExpr, LicenseExpr),
    /// Something left open.
    Open(Note),
}

/// Why a license document does not say one known thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnclearLicense {
    /// It holds no text known word for word.
    Unknown,
    /// It holds a known text with changes: how it differs.
    Differs(String),
    /// It holds several known texts and does not say, in a way read here, how they relate.
    Several(Vec<String>),
    /// It says more than the text it holds: so many words beside it.
    MoreThanText(String, u32),
    /// A line beside the text it holds takes something back: the text, the line, what it says.
    AddsTerms(String, u32, String),
    /// It holds the text of the first, and names the second on this line.
    AlsoNames(String, String, u32),
}

impl fmt::Display for UnclearLicense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("what this license file means is not known here"),
            Self::Differs(how) => write!(f, "this license file holds {how}"),
            Self::Several(names) => write!(f, "this license file holds several texts: {}", names.join(", ")),
            Self::MoreThanText(name, words) => {
                write!(f, "this license file has {words} words beside the text of {name}")
            }
            Self::AlsoNames(text, name, line) => {
                write!(f, "line {line} names {name} beside the text of {text}")
            }
            Self::AddsTerms(name, line, text) => {
                write!(f, "line {line} adds to the text of {name}: \u{201c}{text}\u{201d}")
            }
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidExpression(text, error) => {
                write!(f, "`{text}` is no SPDX license expression: {error}")
            }
            Self::UnknownName(name) => write!(f, "`{name}` is not on the SPDX license list"),
            Self::DeprecatedName(name) => write!(f, "`{name}` is deprecated on the SPDX license list"),
            Self::BadLicenseFile(name) => write!(f, "`{name}` below LICENSES/ is no license id"),
            Self::LicenseFileWithoutExtension(name) => {
                write!(f, "the text of {name} below LICENSES/ has no extension")
            }
            Self::DuplicateLicenseFile(name, first) => {
                write!(f, "a second text of {name}; the first is {first}")
            }
            Self::ReuseToml(error) => f.write_str(&error.problem),
            Self::UnclearPackage(text) => {
                write!(f, "`{text}` has no one meaning as a license: {}", why_unclear(text))
            }
            Self::BrokenPackage(reason) => write!(f, "this package manifest cannot be read: {reason}"),
            Self::OtherText(declared, text) => {
                write!(f, "the manifest says {declared}, the license file beside it {text}")
            }
            Self::UnclearLicenseFile(why) => why.fmt(f),
            Self::Conflict(tag, words) => write!(f, "stated is {tag}, the words of the file say {words}"),
            Self::Open(Note::UnclosedIgnoreBlock(_)) => {
                f.write_str("a block that hides tags runs to the end of the file")
            }
            Self::Open(Note::UnclosedSnippet(_)) => f.write_str("a snippet has no end"),
            Self::Open(Note::HeadOnly) => {
                f.write_str("behind its first MiB, as it is larger than 64 MiB and says nothing before")
            }
            Self::Open(Note::TooMany) => f.write_str("more statements than are looked at"),
        }
    }
}

/// Returns what the files of one tree say together.
pub fn conclude(files: &BTreeMap<WorkPath, FileInput>) -> Conclusions {
    let mut all = Conclusions::default();
    let tables = Tables::new(files.iter().filter_map(|(path, file)| match &file.facts.structured {
        Some(Structured::ReuseToml(Ok(toml))) => Some((path, toml)),
        _ => None,
    }));
    let declarations = Declarations::read(files);
    for (path, file) in files {
        let stated = Stated::read(path, file, files, &tables);
        let covered = reuse::is_covered(path, file.size, file.mode);
        let conclusion = stated.conclude(path, file, covered, &declarations);
        if covered {
            for name in stated.names() {
                all.used.entry(name).or_default().insert(path.clone());
            }
        }
        // A sidecar is read for the file it speaks for.
        let of_sidecar = path.as_str().strip_suffix(reuse::SIDECAR).and_then(|of| of.parse().ok());
        let reads_content = match of_sidecar {
            Some(of) => !tables.of(&of).overrides(),
            None => stated.reads_content,
        };
        all.read_problems(path, file, covered, reads_content);
        if covered && !file.facts.is_license_document {
            all.problems.extend(stated.conflicts(path, file));
        }
        all.works.insert(path.clone(), conclusion);
    }
    if let Some(root) = declarations.at("") {
        all.license.clone_from(&root.license);
        all.declared.clone_from(&root.evidence);
    }
    all.problems.extend(declarations.problems);
    licenses::check(files, &mut all);
    all.problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    all
}

/// What is stated about one work, from where.
struct Stated<'t> {
    parts: Vec<Part<'t>>,
    /// Whether the file's own content counts.
    reads_content: bool,
    /// Whether a table says that nothing else counts.
    overridden: bool,
}

/// What one source states.
struct Part<'t> {
    kind: EvidenceKind,
    source: &'t WorkPath,
    statements: &'t [Statement],
    copyright: Vec<&'t str>,
}

impl<'t> Stated<'t> {
    /// REUSE 3.3, order of precedence.
    fn read(
        path: &'t WorkPath,
        file: &'t FileInput,
        files: &'t BTreeMap<WorkPath, FileInput>,
        tables: &Tables<'t>,
    ) -> Self {
        let sidecar = path.with_suffix(reuse::SIDECAR).ok().and_then(|path| files.get_key_value(&path));
        let (kind, source, facts) = match sidecar {
            Some((source, sidecar)) => (EvidenceKind::Sidecar, source, &sidecar.facts),
            None => (EvidenceKind::Tag, path, &file.facts),
        };
        let copyright = facts.copyright.iter().map(|line| line.text.as_str()).collect();
        let own = Part { kind, source, statements: &facts.statements, copyright };

        let tables = tables.of(path);
        let overridden = tables.overrides();
        let mut parts: Vec<_> = tables.with(Precedence::Override).map(part).collect();
        if !overridden {
            let lacks = (own.statements.is_empty(), own.copyright.is_empty());
            parts.push(own);
            parts.extend(tables.closest(lacks.0, lacks.1).map(part));
        }
        parts.extend(tables.with(Precedence::Aggregate).map(part));
        Self { parts, reads_content: !overridden && sidecar.is_none(), overridden }
    }

    /// Returns what the words of the file say against what is stated about it.
    fn conflicts(&self, path: &WorkPath, file: &FileInput) -> Vec<Problem> {
        let exprs = self.parts.iter().flat_map(|part| part.statements).map(|s| s.expr.as_ref().ok().cloned());
        let exprs: Option<Vec<LicenseExpr>> = exprs.collect();
        let is_decided = self.overridden || (file.facts.statements.is_empty() && is_document(path));
        let Some(stated) = exprs.and_then(LicenseExpr::all_of).filter(|_| !is_decided) else {
            return Vec::new();
        };
        let conflicts = words::conflicts(&stated, &file.facts).into_iter();
        let problem = |(line, said)| Problem {
            path: path.clone(),
            line: Some(line),
            kind: ProblemKind::Conflict(stated.clone(), said),
        };
        conflicts.map(problem).collect()
    }

    fn names(&self) -> BTreeSet<LicenseName> {
        let exprs = self.parts.iter().flat_map(|part| part.statements).filter_map(|s| s.expr.as_ref().ok());
        exprs.flat_map(LicenseExpr::names).cloned().collect()
    }

    fn conclude(
        &self,
        path: &WorkPath,
        file: &FileInput,
        covered: bool,
        declarations: &Declarations,
    ) -> Conclusion {
        let mut license = reuse::all_of(self.parts.iter().flat_map(|part| part.statements));
        let mut evidence: Vec<Evidence> = self.parts.iter().flat_map(Part::evidence).collect();
        let mut is_silent = evidence.is_empty();

        // A mere name does not keep a work from inheriting.
        let mut names = Vec::new();
        if self.reads_content {
            let said = words::said(path, &file.facts);
            let is_clear = !file.facts.is_license_document || project::unclear(&file.facts).is_none();
            let is_granted = said.iter().any(|said| said.grants);
            let meant = words::meant(&said, &file.facts).filter(|_| is_silent && is_clear);
            let said = said.into_iter().map(|said| said.evidence);
            if is_granted || file.facts.is_license_document {
                if is_silent {
                    license = meant;
                }
                evidence.extend(said);
            } else {
                names.extend(said.map(|evidence| (evidence, meant.clone())));
            }
            if let Some(Structured::Package(Some(declared))) = &file.facts.structured {
                names.clear();
                if evidence.is_empty() {
                    license.clone_from(&declared.expr);
                }
                evidence.push(project::package_evidence(declared));
            }
            is_silent = evidence.is_empty();
        }
        let applied = license.as_ref().filter(|_| self.reads_content);
        if let Some((applied, why)) = applied.and_then(|license| words::exhibited(path, &file.facts, license))
        {
            evidence.insert(0, why);
            license = Some(applied);
        }
        let inherits = file.mode.is_file()
            && !file.facts.is_license_document
            && !is_license_file(path)
            && !path.as_str().ends_with(reuse::SIDECAR);
        let mut copyright: Vec<String> = Vec::new();
        for notice in self.parts.iter().flat_map(|part| &part.copyright) {
            if !copyright.iter().any(|known| known == notice) {
                copyright.push((*notice).to_owned());
            }
        }
        let mut inherited = false;
        if is_silent
            && inherits
            && let Some(declared) = nearest(path, declarations)
        {
            (license, evidence) = declared.inherited(path);
            inherited = true;
            // The notice in the license file is that of all which states none.
            if copyright.is_empty() {
                copyright.clone_from(&declared.notices);
            }
        }
        for (name, meant) in names {
            if is_silent && !inherited {
                license = meant;
            }
            evidence.push(name);
        }
        let attributions = file.facts.attributions.iter().filter(|_| self.reads_content);
        let attribution = attributions.map(|one| one.text.clone()).collect();
        Conclusion { license, evidence, copyright, attribution, covered }
    }
}

/// Returns whether a file holds prose, whose words speak of the project and not of themselves.
fn is_document(path: &WorkPath) -> bool {
    let end = path.file_name().rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    matches!(end.as_deref(), None | Some("md" | "markdown" | "rst" | "adoc" | "org" | "txt" | "html" | "htm"))
}

/// Returns what the nearest folder above a work declares. What was brought along from others is not under
/// the project's license for lying there.
fn nearest<'d>(path: &WorkPath, declarations: &'d Declarations) -> Option<&'d project::Declaration> {
    let least = nature::vendored_folder(path).map_or(0, str::len);
    let mut above = folders(path).rev().take_while(|folder| folder.len() >= least);
    above.find_map(|folder| declarations.at(folder))
}

fn part(given: Given<'_>) -> Part<'_> {
    let Given { source, table, license, copyright } = given;
    Part {
        kind: EvidenceKind::Declared,
        source,
        statements: if license { &table.statements } else { &[] },
        copyright: table.copyright.iter().filter(|_| copyright).map(String::as_str).collect(),
    }
}

impl Part<'_> {
    fn evidence(&self) -> impl Iterator<Item = Evidence> {
        self.statements.iter().map(|statement| Evidence {
            kind: self.kind,
            expression: match &statement.expr {
                Ok(expr) => expr.current().to_string(),
                Err(_) => statement.text.clone(),
            },
            line: Some(statement.line),
            end_line: None,
            score: if statement.expr.is_ok() { 1.0 } else { 0.0 },
            source: self.source.clone(),
            note: match &statement.expr {
                Ok(expr) if expr.current() == *expr => None,
                Ok(expr) => Some(format!("written with an id that is deprecated: {expr}")),
                Err(error) => Some(error.to_string()),
            },
        })
    }
}

impl Conclusions {
    /// Notes what is wrong inside one file. Where its content does not count, only what it says of
    /// others does.
    fn read_problems(&mut self, path: &WorkPath, file: &FileInput, covered: bool, reads_content: bool) {
        let mut push = |line, kind| self.problems.push(Problem { path: path.clone(), line, kind });
        let mut read = |statements: &[Statement]| {
            for statement in statements {
                match &statement.expr {
                    Err(error) => push(
                        Some(statement.line),
                        ProblemKind::InvalidExpression(statement.text.clone(), error.clone()),
                    ),
                    Ok(expr) => {
                        for name in expr.names() {
                            if !reuse::is_usable(name) {
                                push(Some(statement.line), ProblemKind::UnknownName(name.clone()));
                            } else if name.is_deprecated() {
                                push(Some(statement.line), ProblemKind::DeprecatedName(name.clone()));
                            }
                        }
                    }
                }
            }
        };
        if reads_content && (covered || path.as_str().ends_with(reuse::SIDECAR)) {
            read(&file.facts.statements);
        }
        match &file.facts.structured {
            Some(Structured::ReuseToml(Ok(toml))) => {
                for table in &toml.annotations {
                    read(&table.statements);
                }
            }
            Some(Structured::ReuseToml(Err(error))) => {
                push(error.line, ProblemKind::ReuseToml(error.clone()));
            }
            Some(Structured::Package(Some(declared))) if reads_content && declared.expr.is_none() => {
                push(Some(declared.line), ProblemKind::UnclearPackage(declared.text.clone()));
            }
            Some(Structured::BrokenPackage(broken)) if reads_content => {
                push(broken.line, ProblemKind::BrokenPackage(broken.reason.clone()));
            }
            _ => {}
        }
        let mut push = |line, kind| self.problems.push(Problem { path: path.clone(), line, kind });
        for note in file.facts.notes.iter().filter(|_| reads_content) {
            let line = match note {
                Note::UnclosedIgnoreBlock(line) | Note::UnclosedSnippet(line) => Some(*line),
                Note::TooMany | Note::HeadOnly => None,
            };
            push(line, ProblemKind::Open(*note));
        }
    }
}

#[cfg(test)]
mod tests;
