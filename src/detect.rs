// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! License statements, license texts and copyright notices in bytes.
//!
//! [`in_bytes`] looks at one file and tells facts: SPDX tags (REUSE 3.3), copyright notices, license
//! texts known word for word, what a `REUSE.toml` or a package manifest declares. [`conclude()`] takes
//! the facts of a whole tree and tells each work's license with the evidence, most decisive first.
//!
//! It works on bytes and paths, never on files, and what a text does not say is not guessed: a GNU
//! text alone fits both `-only` and `-or-later`, so both are reported.

mod attribution;
mod beside;
mod conclude;
mod copyright;
mod creative;
mod dep5;
mod encoding;
mod exhibit;
mod gnu;
mod marks;
mod nature;
mod near;
mod notice;
mod package;
mod phrases;
pub mod reuse;
mod tables;
mod tags;
mod text;
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "a generated table of digests")]
mod texts_table;
mod words;

pub use attribution::Attribution;
pub(crate) use attribution::{is_list_of_people, name_on_line};
pub use conclude::{
    Conclusion, Conclusions, Evidence, EvidenceKind, FileInput, Problem, ProblemKind, UnclearLicense,
    conclude,
};
pub use copyright::{CopyrightLine, first_year, normalised_copyright, normalised_holder};
pub(crate) use encoding::decode;
pub use marks::{ChangeMark, Marks, TermsLine};
pub use nature::{Nature, is_lock_file, natures};
pub use notice::{How, Notice};
pub use package::{Broken, Declared, is_proprietary, may_mean, why_unclear};
pub use tables::{Given, Speaking, Tables};
pub use text::{FullText, is_license_file};

use crate::domain::{ExprError, LicenseExpr, WorkPath};
use reuse::ReuseError;

/// What one file says, as far as its bytes and its name tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FileFacts {
    /// SPDX license tags, in the order of their lines, each text once.
    pub statements: Vec<Statement>,
    /// Copyright notices (SPDX tags, `Copyright …`, `© …`, `(c) 2020 …`), each once.
    pub copyright: Vec<CopyrightLine>,
    /// Who is said to have made it or a part of it (`Written by …`), each once.
    pub attributions: Vec<Attribution>,
    /// `SPDX-FileContributor` tags, each once.
    pub contributors: Vec<String>,
    /// License texts that stand in the file word for word, in order.
    pub full_texts: Vec<FullText>,
    /// What stands beside its one license text and adds a term to it.
    pub added: Option<TermsLine>,
    /// What else its words say of licenses, in order.
    pub notices: Vec<Notice>,
    /// What they say of how a license applies to the file.
    pub exhibits: Vec<exhibit::Exhibit>,
    /// Whether it is a license document by its name: it declares something about its folder, even where
    /// what it says is not known.
    pub is_license_document: bool,
    /// Whether the bytes are no text; then nothing else is looked for.
    pub is_binary: bool,
    /// What is left open in the file.
    pub notes: Vec<Note>,
    /// What a file of a known name declares about others.
    pub structured: Option<Structured>,
}

/// One `SPDX-License-Identifier` tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The expression as written, comment closers taken off; long ones are cut.
    pub text: String,
    /// What it means, or why it means nothing.
    pub expr: Result<LicenseExpr, ExprError>,
    /// The line it stands on, from 1.
    pub line: u32,
    /// Whether it is about the file or a part of it.
    pub kind: StatementKind,
}

/// What a tag is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementKind {
    /// The file.
    File,
    /// A snippet in the file (SPDX 3.0.1, annex H).
    Snippet,
}

/// Something a file opens and does not close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// A block that hides tags runs to the end of the file; the line that opens it.
    UnclosedIgnoreBlock(u32),
    /// A snippet has no end; the line that opens it.
    UnclosedSnippet(u32),
    /// There were more tags or notices than are kept.
    TooMany,
    /// Only the head of the file was read, as it is larger than others.
    HeadOnly,
}

/// What a file of a known name declares about others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Structured {
    /// A `REUSE.toml`, or `.reuse/dep5`.
    ReuseToml(Result<reuse::Toml, reuse::ReuseError>),
    /// A package manifest with what it declares, if anything.
    Package(Option<Declared>),
    /// A package manifest that cannot be read, and why.
    BrokenPackage(Broken),
}

/// Files that speak for others are read only up to this size.
const MAX_STRUCTURED_BYTES: usize = 4 << 20;

/// Returns what the file at `path` with these `bytes` says. Pure; near memory speed where there is
/// nothing to find.
pub fn in_bytes(path: &WorkPath, bytes: &[u8]) -> FileFacts {
    let Some(text) = encoding::decode(bytes) else {
        let is_license_document = text::is_license_document(path, &[]);
        return FileFacts { is_binary: true, is_license_document, ..FileFacts::default() };
    };
    let mut facts = tags::find(&text);
    facts.full_texts = text::find(path, &text);
    facts.notices = notice::find(&text, &facts.full_texts);
    facts.exhibits = exhibit::find(&text, &facts.full_texts, &facts.notices);
    facts.is_license_document = text::is_license_document(path, &text);
    facts.added = beside::added(&text, &facts.full_texts, facts.is_license_document);
    if attribution::is_list_of_people(path) {
        facts.attributions = attribution::in_list(&text);
    }
    let is_small = text.len() <= MAX_STRUCTURED_BYTES;
    facts.structured = match path.file_name() {
        "REUSE.toml" if is_small => Some(Structured::ReuseToml(reuse::Toml::parse(path, &text))),
        "dep5" if path.as_str() == reuse::DEP5 && is_small => {
            Some(Structured::ReuseToml(reuse::Toml::parse_dep5(path, &text)))
        }
        "REUSE.toml" => Some(Structured::ReuseToml(Err(ReuseError::too_large(path)))),
        "dep5" if path.as_str() == reuse::DEP5 => {
            Some(Structured::ReuseToml(Err(ReuseError::too_large(path))))
        }
        _ => package::read(path, &text),
    };
    // What such a file names, it declares of others.
    if facts.structured.is_some() || path.file_name() == crate::config::CONFIG_FILE {
        facts.notices.retain(|notice| notice.how <= How::Grant);
    }
    facts
}

/// Returns what the bytes of a work show of the duties of whoever passes it on. `facts` are those of
/// the same bytes.
pub fn marks_in(path: &WorkPath, bytes: &[u8], facts: &FileFacts) -> Marks {
    marks::marks(path, bytes, !facts.is_binary, &facts.copyright)
}

/// Returns whether a file of this name may declare the license of its folder: a package manifest or a
/// license file.
pub fn declares(path: &WorkPath) -> bool {
    package::reader(path).is_some() || is_license_file(path) || text::is_license_document(path, &[])
}

/// Returns the lines of a NOTICE file (Apache-2.0, section 4(d)), blank lines at the ends left out.
/// Nothing where the file has another name or is no text.
pub fn notices(path: &WorkPath, bytes: &[u8]) -> Option<Vec<String>> {
    if !matches!(path.file_name(), "NOTICE" | "NOTICE.txt" | "NOTICE.md") {
        return None;
    }
    let text = encoding::decode(bytes)?;
    let text = encoding::lossy(&text);
    Some(text.trim_matches(['\r', '\n']).lines().map(|line| line.trim_end().to_owned()).collect())
}

#[cfg(test)]
mod tests;
