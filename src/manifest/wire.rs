// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a manifest states, as it is signed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Digest, DirHash, GitOid, Instant, LicenseExpr, MerkleRoot};
use crate::sign::statement::{Predicate, StatementError, Subject};

/// What a manifest states about its leaves file, which is its first subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The project, and the root in force.
    pub project: ProjectState,
    /// 1 for the first manifest, then one more each.
    pub version: u64,
    /// The manifest before; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousManifest>,
    /// The Merkle tree over the lines of the leaves file.
    pub tree: TreeHead,
    /// in-toto's dirHash over the regular files among the works.
    pub works_dir_hash: DirHash,
    /// Where the works' bytes were read.
    pub tree_source: TreeSource,
    /// The commit that was checked out; absent outside of git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_revision: Option<SourceRevision>,
    /// How many leaves of each kind there are.
    pub counts: BTreeMap<String, u64>,
    /// For each scope of the root in force, the digest of the lines of its works in the leaves file, in
    /// order and with their line feeds. Where one differs from that of the manifest before, the scope's
    /// people must have signed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scopes: BTreeMap<String, Digest>,
    /// What the project as a whole is offered under; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<LicenseExpr>,
    /// When the maintainer says this was stated. Nothing is decided by it.
    pub stated_at: Instant,
}

/// The project a manifest is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProjectState {
    /// The project's name.
    pub name: String,
    /// The digest of its first root; absent in an unsigned record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_sha256: Option<Digest>,
    /// The version of the root in force; absent in an unsigned record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_version: Option<u64>,
}

/// The manifest before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PreviousManifest {
    /// The digest of its payload.
    pub sha256: Digest,
}

/// A Merkle tree's root and size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TreeHead {
    /// How the tree is hashed.
    pub alg: TreeAlgorithm,
    /// Its root.
    pub root: MerkleRoot,
    /// How many lines it has.
    pub size: u64,
}

/// How a Merkle tree is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum TreeAlgorithm {
    /// RFC 9162, section 2.1.1, with SHA-256.
    #[serde(rename = "rfc9162-sha256")]
    Rfc9162Sha256,
}

/// Where works' bytes were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TreeSource {
    /// In the work tree, as they lie there.
    WorkTree,
}

/// The commit that was checked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourceRevision {
    /// The commit's id. A locator, never evidence.
    pub git_commit: GitOid,
}

impl Predicate for Manifest {
    const TYPE: &'static str = "https://w3id.org/copyhold/manifest/v0.1";

    fn check(&self, _subjects: &[Subject]) -> Result<(), StatementError> {
        Ok(())
    }
}
