// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `N.leaves.jsonl`: one line a leaf, each in canonical form (RFC 8785), sorted by its bytes and
//! unique, so that `LC_ALL=C sort -cu` passes. The first key of each line, `at`, is its kind and its
//! path or id: that groups the file and makes a difference readable.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::AssertedLeaf;

use crate::domain::{
    Digest, GitOid, LicenseExpr, LicenseName, MerkleRoot, Mode, PersonId, Relation, WorkPath, shown,
};
use crate::sign::canonical::{JcsError, from_jcs, to_jcs};
use crate::sign::statement::WireKey;

/// The longest line, in bytes.
pub const MAX_LINE_BYTES: usize = 64 << 10;

/// The most lines.
pub const MAX_LEAVES: usize = 1_000_000;

/// One line of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Leaf {
    /// Somebody who is said to have had a part.
    Asserted(AssertedLeaf),
    /// Somebody whose statements are accepted.
    Contributor(ContributorLeaf),
    /// A license text.
    License(LicenseLeaf),
    /// A notice that travels with works.
    Notice(NoticeLeaf),
    /// The root in force.
    Root(RootLeaf),
    /// An accepted statement.
    Statement(StatementLeaf),
    /// A project that works derive from.
    Upstream(UpstreamLeaf),
    /// A work.
    Work(Box<WorkLeaf>),
}

/// Somebody whose statements are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ContributorLeaf {
    /// Who: derived from the key.
    pub id: PersonId,
    /// The keys the contributor signs with.
    pub keys: Vec<WireKey>,
    /// What the contributor wants to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version of the first manifest with this leaf.
    pub since: u64,
}

/// A license text of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LicenseLeaf {
    /// The license or exception.
    pub id: LicenseName,
    /// Where its text is.
    pub path: WorkPath,
    /// The digest of the text.
    pub sha256: Digest,
}

/// A notice that travels with works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NoticeLeaf {
    /// Where it is.
    pub path: WorkPath,
    /// The digest of the notice.
    pub sha256: Digest,
}

/// The root in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RootLeaf {
    /// The digest of its payload.
    pub sha256: Digest,
    /// Its version.
    pub version: u64,
}

/// An accepted statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StatementLeaf {
    /// Who signed it, sorted.
    pub by: Vec<PersonId>,
    /// What kind of thing it says.
    pub predicate_type: String,
    /// The digest of its payload.
    pub sha256: Digest,
    /// The version of the first manifest with it: it is as old as that. Absent where that is this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
}

/// How far an upstream's record can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// It is signed by the project.
    Signed,
    /// Nobody signed it.
    Unsigned,
}

/// A project that works derive from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpstreamLeaf {
    /// What it is called here.
    pub id: String,
    /// How far its record can be believed.
    pub evidence: Evidence,
    /// What it is offered under as a whole; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<LicenseExpr>,
    /// Its manifest.
    pub manifest: UpstreamManifest,
    /// The digest of its first root; absent for an unsigned record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_sha256: Option<Digest>,
    /// The version of its root in force; absent for an unsigned record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_version: Option<u64>,
}

/// A manifest of an upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpstreamManifest {
    /// The digest of its payload.
    pub sha256: Digest,
    /// The Merkle root over its leaves.
    pub tree_root: MerkleRoot,
    /// Its version.
    pub version: u64,
}

/// A work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WorkLeaf {
    /// What was changed in it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<String>,
    /// Its copyright notices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copyright: Vec<String>,
    /// Who is to be named as its creators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub creators: Vec<String>,
    /// The works it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Origin>,
    /// Further names of its bytes.
    #[serde(default, skip_serializing_if = "WorkIds::is_empty")]
    pub ids: WorkIds,
    /// What it is under; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<LicenseExpr>,
    /// What it is in the tree, in git's spelling.
    pub mode: Mode,
    /// Where it is.
    pub path: WorkPath,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Where it is to be found, as a URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The accepted statements on it, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Digest>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Further names of a work's bytes. None of them is evidence of the bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkIds {
    /// The digest of its normalised lines without license comments, by which copies are found that
    /// were re-indented or got another header; absent for short and for binary works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Digest>,
    /// Its git blob id, from which its SWHID follows: `swh:1:cnt:` and this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_blob: Option<GitOid>,
}

impl WorkIds {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A work that another one comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Origin {
    /// Its path there; absent where only its digest is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<WorkPath>,
    /// How this work relates to it.
    pub relation: Relation,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// The upstream leaf it belongs to; absent where it is none of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
}

/// A line: a leaf, and where it stands.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Leaf"))]
pub(crate) struct Line {
    /// The leaf's kind, a space, and its path or id.
    at: String,
    #[serde(flatten)]
    leaf: Leaf,
}

/// Why bytes are no leaves file.
#[derive(Debug)]
#[non_exhaustive]
pub enum LeafError {
    /// The file does not end with a line feed, is empty, or has too many or too long lines.
    Form(&'static str),
    /// A line cannot be read; lines count from 1.
    Line(usize, JcsError),
    /// A line stands under another name than its own.
    At(usize),
    /// A line is not behind the one before.
    Order(usize),
    /// Two leaves are about the same thing.
    Twice(usize),
}

impl fmt::Display for LeafError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(what) => f.write_str(what),
            // serde quotes what it found, which is anybody's.
            Self::Line(line, JcsError::Json(error)) => {
                write!(f, "line {line}: {}", shown(&error.to_string()))
            }
            Self::Line(line, error) => write!(f, "line {line}: {error}"),
            Self::At(line) => write!(f, "line {line}: `at` is not the leaf's kind and path or id"),
            Self::Order(line) => write!(f, "line {line} is not sorted behind the line before"),
            Self::Twice(line) => write!(f, "line {line} repeats an earlier `at`"),
        }
    }
}

impl std::error::Error for LeafError {}

impl Leaf {
    /// Returns the leaf's name in its file: kind, and path or id.
    pub fn at(&self) -> String {
        match self {
            Self::Asserted(leaf) => format!("asserted {} {}", leaf.by.as_str(), leaf.name),
            Self::Contributor(leaf) => format!("contributor {}", leaf.id),
            Self::License(leaf) => format!("license {} {}", leaf.id, leaf.path),
            Self::Notice(leaf) => format!("notice {}", leaf.path),
            Self::Root(leaf) => format!("root {}", leaf.version),
            Self::Statement(leaf) => format!("statement {}", leaf.sha256),
            Self::Upstream(leaf) => format!("upstream {}", leaf.id),
            Self::Work(leaf) => format!("work {}", leaf.path),
        }
    }

    /// Returns the leaf's kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Asserted(_) => "asserted",
            Self::Contributor(_) => "contributor",
            Self::License(_) => "license",
            Self::Notice(_) => "notice",
            Self::Root(_) => "root",
            Self::Statement(_) => "statement",
            Self::Upstream(_) => "upstream",
            Self::Work(_) => "work",
        }
    }

    /// Returns the leaf's line, without its line feed.
    pub(super) fn to_line(&self) -> Result<Vec<u8>, JcsError> {
        to_jcs(&Line { at: self.at(), leaf: self.clone() })
    }
}

/// Writes leaves as their file, in its order.
pub fn write_leaves(leaves: &[Leaf]) -> Result<Vec<u8>, JcsError> {
    let lines: BTreeSet<Vec<u8>> = leaves.iter().map(Leaf::to_line).collect::<Result<_, _>>()?;
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend_from_slice(&line);
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Returns the lines of a leaves file, without their line feeds.
pub fn lines(bytes: &[u8]) -> Result<Vec<&[u8]>, LeafError> {
    let Some(body) = bytes.strip_suffix(b"\n") else {
        return Err(LeafError::Form("the leaves file is empty or does not end with a line feed"));
    };
    let lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').collect();
    if lines.len() > MAX_LEAVES {
        return Err(LeafError::Form("the leaves file has more than 1000000 lines"));
    }
    if lines.iter().any(|line| line.len() > MAX_LINE_BYTES) {
        return Err(LeafError::Form("the leaves file has a line longer than 65536 bytes"));
    }
    Ok(lines)
}

/// Reads a leaves file: each line in canonical form, sorted, unique, and under its own name.
pub fn parse_leaves(bytes: &[u8]) -> Result<Vec<Leaf>, LeafError> {
    use rayon::prelude::*;

    let lines = lines(bytes)?;
    if let Some(at) = lines.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(LeafError::Order(at + 2));
    }
    let leaves: Vec<Leaf> = lines
        .par_iter()
        .enumerate()
        .map(|(index, line)| {
            let line: Line = from_jcs(line).map_err(|error| LeafError::Line(index + 1, error))?;
            if line.at == line.leaf.at() { Ok(line.leaf) } else { Err(LeafError::At(index + 1)) }
        })
        .collect::<Result<_, _>>()?;
    let mut names = BTreeSet::new();
    match leaves.iter().position(|leaf| !names.insert(leaf.at())) {
        Some(at) => Err(LeafError::Twice(at + 1)),
        None => Ok(leaves),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(path: &str) -> Leaf {
        Leaf::Notice(NoticeLeaf { path: path.parse().unwrap(), sha256: Digest::from_bytes([7; 32]) })
    }

    #[test]
    fn leaves_are_read_back_in_order() {
        let bytes = write_leaves(&[notice("b"), notice("a")]).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.starts_with(r#"{"at":"notice a","kind":"notice","path":"a","sha256":"0707"#), "{text}");
        assert_eq!(parse_leaves(&bytes).unwrap(), [notice("a"), notice("b")]);
    }

    #[test]
    fn what_is_out_of_order_or_form_is_refused() {
        let good = String::from_utf8(write_leaves(&[notice("a"), notice("b")]).unwrap()).unwrap();
        let (first, second) = good.trim_end().split_once('\n').unwrap();
        for (text, message) in [
            (String::new(), "the leaves file is empty or does not end with a line feed"),
            (good.trim_end().to_owned(), "the leaves file is empty or does not end with a line feed"),
            (format!("{second}\n{first}\n"), "line 2 is not sorted behind the line before"),
            (format!("{first}\n{first}\n"), "line 2 is not sorted behind the line before"),
            (good.replace("notice b", "notice c"), "line 2: `at` is not the leaf's kind and path or id"),
            (good.replace("\"path\"", " \"path\""), "line 1: the document is not in canonical form"),
            (good.replace("\"b\"", "\"../b\""), "line 2: a path may not have"),
        ] {
            let error = parse_leaves(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
