// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What `copyhold hash --format json` prints.

use serde::Serialize;

use crate::domain::{Digest, DirHash, GitOid, Mode};

/// How the JSON of `copyhold hash` names itself.
pub const HASH_SCHEMA: &str = "https://w3id.org/copyhold/hash/v0.1";

/// The digests of trees and of files outside of them.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Hash"))]
pub struct HashDocument {
    /// Names this format and its version.
    pub schema: &'static str,
    /// The trees, in the order they were given.
    pub trees: Vec<HashedTree>,
    /// Files that were given by name, in the order they were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<HashedWork>,
    /// What was given and could not be hashed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<HashProblem>,
}

/// One tree.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HashedTree {
    /// The tree as it was given.
    pub path: String,
    /// in-toto's dirHash over its regular files; absent where not all of them could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works_dir_hash: Option<DirHash>,
    /// Its works, sorted by path.
    pub works: Vec<HashedWork>,
    /// What is no work, or could not be hashed, sorted by path.
    pub problems: Vec<HashProblem>,
}

/// One work.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HashedWork {
    /// Where it is: inside its tree, or as it was given.
    pub path: String,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    pub mode: Mode,
    /// Whether git tracks it; true outside of git, absent where a file was given by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracked: Option<bool>,
    /// Its git blob id, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_blob: Option<GitOid>,
    /// Its SWHID (ISO/IEC 18670), if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swhid: Option<String>,
}

/// Something that is no work, or could not be hashed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HashProblem {
    /// Where it is; bytes that are not UTF-8 are written as `\xe9`, a backslash then as `\\`.
    pub path: String,
    /// What is wrong.
    pub reason: String,
    /// Whether works may be missing from the list because of it.
    pub hides_works: bool,
    /// The digest of its bytes, where only its name is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}
