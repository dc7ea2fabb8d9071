// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The root document as it is signed: keys, the people who hold them, and what each role takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use crate::domain::{Digest, Instant, KeyId, PathGlob};
use crate::sign::statement::WireKey;

/// What every root document is.
pub const ROOT_TYPE: &str = "https://w3id.org/copyhold/root/v0.1";

/// A root document as it is signed. Unknown fields are refused: what a verifier does not know, it
/// must not pass over here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct WireRoot {
    /// Always `https://w3id.org/copyhold/root/v0.1`.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The project's name.
    pub name: String,
    /// 1 for the first root, then one more each.
    pub version: u64,
    /// The root before; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// When it was made, as its maker says.
    pub issued_at: Instant,
    /// Until when it is fresh; absent where it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Instant>,
    /// The keys, by id.
    pub keys: BTreeMap<KeyId, WireKey>,
    /// The people, by name, and which keys are theirs.
    pub principals: BTreeMap<String, Principal>,
    /// Who may do what.
    pub roles: BTreeMap<RoleName, Role>,
    /// Teams that must sign, besides the role `manifest`, what changes among their works; by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scopes: BTreeMap<String, Scope>,
    /// Keys that are no longer good, sorted by id. None is ever taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocations: Vec<Revocation>,
    /// The newest manifest when this root was made; absent where there was none. Manifests up to it
    /// stand under the roots before, later ones under this root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_manifest: Option<ManifestRef>,
    /// The project this one was forked from; absent where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork_of: Option<ForkOf>,
}

/// A document that came before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Previous {
    /// The digest of its payload.
    pub sha256: Digest,
}

/// A person who decides, with one key or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// The ids of the person's keys. They count once together.
    pub keys: BTreeSet<KeyId>,
}

/// What people decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum RoleName {
    /// The next root.
    Root,
    /// The next manifest.
    Manifest,
    /// A weaker license on a work that stays.
    LicenseChange,
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "root",
            Self::Manifest => "manifest",
            Self::LicenseChange => "licenseChange",
        })
    }
}

/// Who is in a role, and how many of them must sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The people, by name.
    pub principals: BTreeSet<String>,
    /// How many of them must sign.
    pub threshold: NonZeroU8,
}

/// A team and the works it must sign for. It adds to what the whole asks, and never takes from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Which works, as patterns for paths.
    pub paths: Vec<PathGlob>,
    /// The people, by name.
    pub principals: BTreeSet<String>,
    /// How many of them must sign.
    pub threshold: NonZeroU8,
}

/// A key that is no longer good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Revocation {
    /// The key, of a principal or of a contributor.
    pub keyid: KeyId,
    /// Why.
    pub reason: Reason,
    /// What the key signed up to this manifest stays good, and nothing after it; 0 for nothing.
    pub last_good_manifest: u64,
}

/// Why a key is no longer good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Its holder has stopped.
    Retired,
    /// Its holder has another.
    Superseded,
    /// Somebody else may have it.
    Compromised,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Retired => "retired",
            Self::Superseded => "superseded",
            Self::Compromised => "compromised",
        })
    }
}

/// A manifest, as a root names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ManifestRef {
    /// The digest of its payload.
    pub sha256: Digest,
    /// Its version.
    pub version: u64,
}

/// The most keys, people, scopes, patterns of a scope, and revocations a root may have, each.
pub const MAX_ENTRIES: usize = 1024;

/// The longest name of a project, person or scope, in bytes.
pub const MAX_NAME_BYTES: usize = 256;

/// The project another one was forked from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ForkOf {
    /// The digest of its first root.
    pub root_sha256: Digest,
    /// Its root's version at the fork.
    pub root_version: u64,
}

/// The roles every root has.
pub const ROLES: [RoleName; 3] = [RoleName::Root, RoleName::Manifest, RoleName::LicenseChange];
