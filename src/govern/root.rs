// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The root document: keys, the people who hold them, and what each role takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use crate::domain::{Digest, Instant, KeyError, KeyId, PublicKey};
use crate::sign::canonical::{JcsError, from_jcs, to_jcs};
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

/// A root document that holds together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    wire: WireRoot,
    keys: BTreeMap<KeyId, PublicKey>,
}

/// Why a document is no root.
#[derive(Debug)]
#[non_exhaustive]
pub enum RootError {
    /// It cannot be read, or is not in canonical form.
    Document(JcsError),
    /// It is something else.
    OtherType(String),
    /// A key that cannot be used.
    Key(KeyId, KeyError),
    /// A key stands under an id that is not its own.
    KeyId(KeyId),
    /// A person has a key that is not in the document, or that is another person's too.
    PrincipalKey(String, KeyId),
    /// A person without a key.
    NoKeys(String),
    /// A role is missing.
    NoRole(RoleName),
    /// A role names somebody who is not in the document.
    NoSuchPrincipal(RoleName, String),
    /// A role asks for more people than it has.
    Threshold(RoleName),
}

impl fmt::Display for RootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(error) => error.fmt(f),
            Self::OtherType(found) => {
                write!(f, "`{}` is no root document this version knows", crate::domain::shown(found))
            }
            Self::Key(id, error) => write!(f, "key {id}: {error}"),
            Self::KeyId(id) => write!(f, "a key stands under the id {id}, which is not its own"),
            Self::PrincipalKey(name, id) => {
                write!(f, "`{name}` has key {id}, which is missing or somebody else's")
            }
            Self::NoKeys(name) => write!(f, "`{name}` has no key"),
            Self::NoRole(role) => write!(f, "the role `{role}` is missing"),
            Self::NoSuchPrincipal(role, name) => {
                write!(f, "the role `{role}` names `{name}`, who is not listed")
            }
            Self::Threshold(role) => write!(f, "the role `{role}` asks for more people than it has"),
        }
    }
}

impl std::error::Error for RootError {}

impl Root {
    /// Reads a root from the payload of an envelope.
    pub fn read(payload: &[u8]) -> Result<Self, RootError> {
        Self::new(from_jcs(payload).map_err(RootError::Document)?)
    }

    /// Takes a root document if it holds together.
    pub fn new(wire: WireRoot) -> Result<Self, RootError> {
        if wire.kind != ROOT_TYPE {
            return Err(RootError::OtherType(wire.kind));
        }
        let mut keys = BTreeMap::new();
        for (id, key) in &wire.keys {
            let key = key.read().map_err(|error| RootError::Key(id.clone(), error))?;
            if key.id() != *id {
                return Err(RootError::KeyId(id.clone()));
            }
            keys.insert(id.clone(), key);
        }
        // One curve point is one key, whatever the scheme it stands under: two people who share it
        // would be one person twice.
        let mut owners: BTreeMap<[u8; 32], &str> = BTreeMap::new();
        for (name, principal) in &wire.principals {
            if principal.keys.is_empty() {
                return Err(RootError::NoKeys(name.clone()));
            }
            for id in &principal.keys {
                let Some(key) = keys.get(id) else {
                    return Err(RootError::PrincipalKey(name.clone(), id.clone()));
                };
                if owners.insert(*key.point(), name).is_some_and(|owner| owner != name) {
                    return Err(RootError::PrincipalKey(name.clone(), id.clone()));
                }
            }
        }
        for role in [RoleName::Root, RoleName::Manifest, RoleName::LicenseChange] {
            let Some(found) = wire.roles.get(&role) else { return Err(RootError::NoRole(role)) };
            if let Some(name) = found.principals.iter().find(|name| !wire.principals.contains_key(*name)) {
                return Err(RootError::NoSuchPrincipal(role, name.clone()));
            }
            if usize::from(found.threshold.get()) > found.principals.len() {
                return Err(RootError::Threshold(role));
            }
        }
        Ok(Self { wire, keys })
    }

    /// Returns the first root of a project in which one person does everything.
    pub fn first(name: &str, person: &str, key: &PublicKey, issued_at: Instant) -> Result<Self, RootError> {
        let role = Role { principals: [person.to_owned()].into(), threshold: NonZeroU8::MIN };
        Self::new(WireRoot {
            kind: ROOT_TYPE.to_owned(),
            name: name.to_owned(),
            version: 1,
            previous: None,
            issued_at,
            expires: None,
            keys: [(key.id(), WireKey::from(key))].into(),
            principals: [(person.to_owned(), Principal { keys: [key.id()].into() })].into(),
            roles: [RoleName::Root, RoleName::Manifest, RoleName::LicenseChange]
                .into_iter()
                .map(|name| (name, role.clone()))
                .collect(),
            fork_of: None,
        })
    }

    /// Writes the payload to be signed.
    pub fn to_payload(&self) -> Result<Vec<u8>, JcsError> {
        to_jcs(&self.wire)
    }

    /// Returns the project's name.
    pub fn name(&self) -> &str {
        &self.wire.name
    }

    /// Returns the version, from 1.
    pub fn version(&self) -> u64 {
        self.wire.version
    }

    /// Returns the digest of the root before.
    pub fn previous(&self) -> Option<Digest> {
        self.wire.previous.as_ref().map(|previous| previous.sha256)
    }

    /// Returns the document's fields.
    pub fn wire(&self) -> &WireRoot {
        &self.wire
    }

    /// Returns every key.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.values()
    }

    /// Returns who holds a key.
    pub fn holder(&self, key: &PublicKey) -> Option<&str> {
        let id = key.id();
        self.wire.principals.iter().find(|(_, p)| p.keys.contains(&id)).map(|(name, _)| name.as_str())
    }

    /// Checks that enough people of `role` are among those who signed. Otherwise returns how many
    /// are needed and how many there are.
    pub fn quorum(&self, role: RoleName, signers: &BTreeSet<PublicKey>) -> Result<(), (usize, usize)> {
        let Some(role) = self.wire.roles.get(&role) else { return Err((1, 0)) };
        let people: BTreeSet<&str> = signers.iter().filter_map(|key| self.holder(key)).collect();
        let found = role.principals.iter().filter(|name| people.contains(name.as_str())).count();
        let needed = usize::from(role.threshold.get());
        if found >= needed { Ok(()) } else { Err((needed, found)) }
    }
}
