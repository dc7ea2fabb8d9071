// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A tree read once: each work's digests, what its bytes say, and what follows for each work from
//! all of them. Facts without judgement.

mod facts;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::Config;
use crate::detect::{self, Conclusion, Conclusions, Evidence, EvidenceKind, FileInput, Nature};
use crate::domain::{Digest, GitOid, LicenseExpr, LicenseName, Mode, WorkPath};
use crate::hash::{git_blob, sha256};
use crate::trace;
use crate::work::{Content, Tree, TreeProblem};

pub use facts::{FACTS_SCHEMA, Facts, Found, FoundLicense};

/// What to compute beside SHA-256 and statements.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Git blob ids.
    pub git_blobs: bool,
    /// Digests of normalised bodies, by which edited copies are found.
    pub bodies: bool,
    /// What bytes show of duties.
    pub marks: bool,
}

/// A tree as it was read.
pub struct Scan {
    /// The works that could be read, sorted by path.
    pub works: Vec<Seen>,
    /// What follows for each of them.
    pub conclusions: Conclusions,
    /// What is no work or could not be read.
    pub problems: Vec<TreeProblem>,
}

/// One work as it was read.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Where it is.
    pub path: WorkPath,
    /// What it is.
    pub mode: Mode,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// Its git blob id, if asked for.
    pub git_blob: Option<GitOid>,
    /// The digest of its normalised body, if asked for and if there is enough of it.
    pub body: Option<Digest>,
    /// The digest it would have with LF line ends, where it has others.
    pub with_lf: Option<Digest>,
    /// Whether it is a git LFS pointer.
    pub is_lfs_pointer: bool,
    /// A symbolic link's target.
    pub target: Option<String>,
    /// The license texts that stand in it whole.
    pub texts: Vec<LicenseName>,
    /// Whether it is such a text, rather than a work with one in its header.
    pub is_license_text: bool,
    /// What it is where people did not write it.
    pub natures: Vec<Nature>,
    /// Who is named as a contributor in it (`SPDX-FileContributor`).
    pub contributors: Vec<String>,
    /// What its bytes show of duties, if asked for.
    pub marks: detect::Marks,
    /// Its bytes, where it is a file that speaks of others: a license text, a notice, a list of
    /// authors.
    pub kept: Option<Vec<u8>>,
}

/// How the JSON of a scan names itself.
pub const SCAN_SCHEMA: &str = "https://w3id.org/copyhold/scan/v0.1";

/// What `copyhold scan --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScanDocument<'a> {
    /// Names this format and its version.
    pub schema: &'a str,
    /// The works, sorted by path.
    pub works: Vec<ScannedWork<'a>>,
}

/// One work of a scan.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScannedWork<'a> {
    /// Where it is.
    pub path: &'a WorkPath,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// What it is where people did not write it.
    #[serde(skip_serializing_if = "<[Nature]>::is_empty")]
    pub nature: &'a [Nature],
    /// What it is under; null where that is not known.
    pub license: Option<&'a LicenseExpr>,
    /// Why, most decisive first.
    pub evidence: &'a [Evidence],
    /// Copyright notices as written.
    pub copyright: &'a [String],
    /// Who its words say made it or a part of it, as written; in a list of people, each of them.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub attribution: &'a [String],
}

/// The most that is kept of one file that speaks of others, in bytes.
const KEPT_LIMIT: u64 = 1 << 20;

/// How many words may stand beside a license text in a file that is nothing else: a title, a name.
const WORDS_BESIDE: u32 = 20;

/// Reads a tree. `config` may override what was found; it is the reader's own, never the tree's word
/// against a verifier.
pub fn scan(tree: &Tree, config: &Config, wanted: Wanted) -> Scan {
    let mut files = BTreeMap::new();
    let mut works = Vec::new();
    let mut problems = Vec::new();
    let read = tree.map(|entry, content| content.map(|content| look(&entry.path, &content, wanted)));
    for outcome in read {
        match outcome {
            Ok((seen, facts)) => {
                files.insert(seen.path.clone(), FileInput { facts, size: seen.size, mode: seen.mode });
                works.push(seen);
            }
            Err(problem) => problems.push(problem),
        }
    }
    let mut conclusions = detect::conclude(&files);
    apply_project_license(&works, &mut conclusions, config);
    apply_overrides(&works, &mut conclusions, config);
    Scan { works, conclusions, problems }
}

fn look(path: &WorkPath, content: &Content<'_>, wanted: Wanted) -> (Seen, detect::FileFacts) {
    let bytes = content.bytes();
    let is_file = content.mode().is_file();
    let mut facts = if is_file { detect::in_bytes(path, bytes) } else { detect::FileFacts::default() };
    if !content.is_whole() && !facts.is_binary && facts.statements.is_empty() {
        facts.notes.push(detect::Note::HeadOnly);
    }
    let text = is_file && !facts.is_binary && content.is_whole();
    let mut texts: Vec<LicenseName> = facts.full_texts.iter().flat_map(|text| text.ids.clone()).collect();
    texts.sort();
    texts.dedup();
    let is_license_text = detect::is_license_file(path)
        || facts.full_texts.iter().any(|text| text.words_beside <= WORDS_BESIDE);
    let speaks = is_license_text || speaks_of_others(path);
    let seen = Seen {
        path: path.clone(),
        mode: content.mode(),
        size: content.size(),
        sha256: content.sha256(),
        git_blob: if wanted.git_blobs && is_file && content.is_whole() { git_blob(bytes) } else { None },
        body: if wanted.bodies && text { trace::body_digest(bytes) } else { None },
        with_lf: if text { with_lf(bytes) } else { None },
        is_lfs_pointer: is_file && bytes.starts_with(b"version https://git-lfs.github.com/spec/v1\n"),
        target: (content.mode() == Mode::Symlink).then(|| String::from_utf8_lossy(bytes).into_owned()),
        texts,
        is_license_text,
        natures: if is_file { detect::natures(path, bytes, facts.is_binary) } else { Vec::new() },
        contributors: facts.contributors.clone(),
        marks: if wanted.marks && is_file && content.is_whole() {
            detect::marks_in(path, bytes, &facts)
        } else {
            detect::Marks::default()
        },
        kept: (text && speaks && content.size() <= KEPT_LIMIT).then(|| bytes.to_vec()),
    };
    (seen, facts)
}

/// Returns whether a file of this name carries notices for others.
fn speaks_of_others(path: &WorkPath) -> bool {
    const NAMES: [&str; 9] = [
        "notice",
        "copying",
        "license",
        "licence",
        "copyright",
        "authors",
        "credits",
        "third",
        "attribution",
    ];
    let name = path.file_name().to_ascii_lowercase();
    // `copyright.py` is a program.
    let is_prose = name.rsplit_once('.').is_none_or(|(_, extension)| {
        matches!(extension, "txt" | "text" | "md" | "markdown" | "rst" | "adoc" | "html" | "htm")
    });
    is_prose && NAMES.iter().any(|known| name.starts_with(known))
}

fn with_lf(bytes: &[u8]) -> Option<Digest> {
    memchr::memmem::find(bytes, b"\r\n")?;
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for at in memchr::memmem::find_iter(bytes, b"\r\n") {
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
    }
    out.extend_from_slice(&bytes[from..]);
    Some(sha256(&out))
}

/// What the project's own policy says it is offered under is what its works inherit at the root.
fn apply_project_license(works: &[Seen], conclusions: &mut Conclusions, config: &Config) {
    let Some(license) = &config.project.license else { return };
    let is_at_root = |evidence: &Evidence| evidence.source.parent().is_none();
    for work in works.iter().filter(|work| !work.natures.contains(&Nature::Vendored)) {
        let Some(conclusion) = conclusions.works.get_mut(&work.path) else { continue };
        let inherits = conclusion.is_inherited() && conclusion.evidence.iter().all(is_at_root);
        let says_nothing =
            conclusion.license.is_none() && conclusion.evidence.is_empty() && conclusion.covered;
        if inherits || says_nothing {
            conclusion.license = Some(license.clone());
            conclusion.evidence.insert(0, declared(license, EvidenceKind::Inherited, None));
        }
    }
}

fn declared(license: &LicenseExpr, kind: EvidenceKind, note: Option<String>) -> Evidence {
    Evidence {
        kind,
        expression: license.to_string(),
        line: None,
        end_line: None,
        score: 1.0,
        source: crate::config::CONFIG_FILE.parse().expect("a file name is a path"),
        note,
    }
}

fn apply_overrides(works: &[Seen], conclusions: &mut Conclusions, config: &Config) {
    if config.overrides.is_empty() {
        return;
    }
    for work in works {
        let applies = |o: &&crate::config::Override| {
            o.paths.iter().any(|glob| glob.matches(&work.path)) && o.sha256.is_none_or(|d| d == work.sha256)
        };
        let Some(found) = config.overrides.iter().rev().find(applies) else { continue };
        let Some(conclusion) = conclusions.works.get_mut(&work.path) else { continue };
        conclusion.license = Some(found.license.clone());
        let evidence = declared(&found.license, EvidenceKind::Declared, Some(found.reason.clone()));
        conclusion.evidence.insert(0, evidence);
    }
}

impl Scan {
    /// Returns what follows for the work at `path`.
    pub fn conclusion(&self, path: &WorkPath) -> Option<&Conclusion> {
        self.conclusions.works.get(path)
    }

    /// Returns the work at `path`.
    pub fn work(&self, path: &WorkPath) -> Option<&Seen> {
        let at = self.works.binary_search_by(|work| work.path.cmp(path)).ok()?;
        self.works.get(at)
    }

    /// Returns the document that is printed as JSON.
    pub fn document(&self) -> ScanDocument<'_> {
        let works = self.works.iter().map(|work| {
            let conclusion = self.conclusion(&work.path);
            ScannedWork {
                path: &work.path,
                sha256: work.sha256,
                size: work.size,
                nature: &work.natures,
                license: conclusion.and_then(|c| c.license.as_ref()),
                evidence: conclusion.map_or(&[], |c| &c.evidence),
                copyright: conclusion.map_or(&[], |c| &c.copyright),
                attribution: conclusion.map_or(&[], |c| &c.attribution),
            }
        });
        ScanDocument { schema: SCAN_SCHEMA, works: works.collect() }
    }
}
