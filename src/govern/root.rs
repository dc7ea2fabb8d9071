// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A root that holds together, and whether enough of its people signed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZeroU8;

use super::wire::{
    MAX_ENTRIES, MAX_NAME_BYTES, Principal, ROLES, ROOT_TYPE, Revocation, Role, RoleName, WireRoot,
};
use crate::domain::{Digest, Instant, KeyError, KeyId, PublicKey, Scheme, shown};
use crate::sign::canonical::{JcsError, from_jcs, to_jcs};
use crate::sign::statement::WireKey;

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
    /// A scope names somebody who is not in the document, asks for more people than it has, or has no
    /// pattern.
    Scope(String),
    /// A key is revoked and listed, or revoked twice or out of order.
    Revoked(KeyId),
    /// Something is there more often, or its name longer, than a root may have it.
    TooMuch(&'static str),
    /// It holds something this version does not know.
    Unknown,
}

/// Too few people signed for what a role or a scope takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// The role, or the scope.
    pub role: String,
    /// How many must sign.
    pub needed: usize,
    /// How many did.
    pub found: usize,
    /// Who could and did not, by name.
    pub missing: Vec<String>,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, needed, found, missing } = self;
        let names: Vec<String> = missing.iter().map(|name| shown(name).to_string()).collect();
        write!(f, "{needed} of the role `{}` must sign and {found} did", shown(role))?;
        if names.is_empty() { Ok(()) } else { write!(f, "; not yet: {}", names.join(", ")) }
    }
}

impl std::error::Error for Shortfall {}

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
            Self::Scope(name) => write!(
                f,
                "the scope `{}` has no pattern, names somebody who is not listed, or asks for more people than it has",
                shown(name)
            ),
            Self::Revoked(id) => {
                write!(
                    f,
                    "key {id} is revoked: it can neither be listed nor be revoked twice, and revocations are sorted"
                )
            }
            Self::TooMuch(what) => write!(f, "there are too many {what}, or their names are too long"),
            Self::Unknown => f.write_str("it holds fields this version does not know"),
        }
    }
}

impl std::error::Error for RootError {}

impl Root {
    /// Reads a root from the payload of an envelope.
    pub fn read(payload: &[u8]) -> Result<Self, RootError> {
        let root = Self::new(from_jcs(payload).map_err(RootError::Document)?)?;
        // A field that was passed over, however deep, would be missing when it is written again.
        if root.to_payload().map_err(RootError::Document)? == payload {
            Ok(root)
        } else {
            Err(RootError::Unknown)
        }
    }

    /// Takes a root document if it holds together.
    pub fn new(wire: WireRoot) -> Result<Self, RootError> {
        if wire.kind != ROOT_TYPE {
            return Err(RootError::OtherType(wire.kind));
        }
        check_sizes(&wire)?;
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
        for role in ROLES {
            let Some(found) = wire.roles.get(&role) else { return Err(RootError::NoRole(role)) };
            if let Some(name) = found.principals.iter().find(|name| !wire.principals.contains_key(*name)) {
                return Err(RootError::NoSuchPrincipal(role, name.clone()));
            }
            if usize::from(found.threshold.get()) > found.principals.len() {
                return Err(RootError::Threshold(role));
            }
        }
        for (name, scope) in &wire.scopes {
            let is_known = scope.principals.iter().all(|person| wire.principals.contains_key(person));
            let is_enough = usize::from(scope.threshold.get()) <= scope.principals.len();
            let is_role = ROLES.iter().any(|role| role.to_string() == *name);
            if !is_known || !is_enough || scope.paths.is_empty() || name.is_empty() || is_role {
                return Err(RootError::Scope(name.clone()));
            }
        }
        let mut before: Option<&KeyId> = None;
        for Revocation { keyid, .. } in &wire.revocations {
            let is_listed = keys.values().any(|key| ids(key).any(|id| id == *keyid));
            if is_listed || before.is_some_and(|before| before >= keyid) {
                return Err(RootError::Revoked(keyid.clone()));
            }
            before = Some(keyid);
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
            roles: ROLES.into_iter().map(|name| (name, role.clone())).collect(),
            scopes: BTreeMap::new(),
            revocations: Vec::new(),
            after_manifest: None,
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

    /// Checks that enough people of `role` are among those who signed; otherwise says who is missing.
    pub fn quorum(&self, role: RoleName, signers: &BTreeSet<PublicKey>) -> Result<(), Shortfall> {
        let found = &self.wire.roles[&role];
        self.enough(&role.to_string(), &found.principals, found.threshold, signers)
    }

    /// Checks the same for a scope. One there is not asks for nothing.
    pub fn scope_quorum(&self, scope: &str, signers: &BTreeSet<PublicKey>) -> Result<(), Shortfall> {
        match self.wire.scopes.get(scope) {
            Some(found) => self.enough(scope, &found.principals, found.threshold, signers),
            None => Ok(()),
        }
    }

    /// People count, not keys: two keys of one person are one signature.
    fn enough(
        &self,
        role: &str,
        principals: &BTreeSet<String>,
        threshold: NonZeroU8,
        signers: &BTreeSet<PublicKey>,
    ) -> Result<(), Shortfall> {
        let people: BTreeSet<&str> = signers.iter().filter_map(|key| self.holder(key)).collect();
        let missing: Vec<String> =
            principals.iter().filter(|name| !people.contains(name.as_str())).cloned().collect();
        let (needed, found) = (usize::from(threshold.get()), principals.len() - missing.len());
        if found >= needed {
            return Ok(());
        }
        Err(Shortfall { role: role.to_owned(), needed, found, missing })
    }

    /// Returns why a key is no longer good, if so. A curve point is revoked under either scheme.
    pub fn revocation(&self, key: &PublicKey) -> Option<&Revocation> {
        self.wire.revocations.iter().find(|revocation| ids(key).any(|id| id == revocation.keyid))
    }
}

/// What a key is called, under its own scheme and under the other one its point could sign by.
fn ids(key: &PublicKey) -> impl Iterator<Item = KeyId> {
    let twin = match key.scheme() {
        Scheme::Ed25519 => PublicKey::ed25519(Scheme::SshsigEd25519, *key.point()).ok(),
        Scheme::SshsigEd25519 => PublicKey::ed25519(Scheme::Ed25519, *key.point()).ok(),
        Scheme::SshsigSkEd25519 => None,
    };
    std::iter::once(key.id()).chain(twin.map(|key| key.id()))
}

fn check_sizes(wire: &WireRoot) -> Result<(), RootError> {
    let paths = wire.scopes.values().map(|scope| scope.paths.len()).max().unwrap_or(0);
    for (what, count) in [
        ("keys", wire.keys.len()),
        ("people", wire.principals.len()),
        ("scopes", wire.scopes.len()),
        ("patterns", paths),
        ("revocations", wire.revocations.len()),
    ] {
        if count > MAX_ENTRIES {
            return Err(RootError::TooMuch(what));
        }
    }
    let mut names = wire.principals.keys().chain(wire.scopes.keys()).chain([&wire.name]);
    if names.any(|name| name.len() > MAX_NAME_BYTES) { Err(RootError::TooMuch("names")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn key(seed: u8) -> PublicKey {
        crate::sign::SecretKey::from_seed(&[seed; 32]).unwrap().public().clone()
    }

    fn document() -> Value {
        let issued = "2026-11-22T12:00:00Z".parse().unwrap();
        serde_json::to_value(Root::first("tides", "Ann", &key(1), issued).unwrap().wire()).unwrap()
    }

    #[test]
    fn what_is_not_known_or_does_not_fit_is_refused() {
        let (ann, bob) = (key(1), key(2));
        let twin = PublicKey::ed25519(Scheme::SshsigEd25519, *ann.point()).unwrap();
        let revoked = |id: &KeyId| json!([{"keyid": id, "reason": "retired", "lastGoodManifest": 1}]);
        let scope = |person: &str, threshold: u8| json!({"docs": {"paths": ["docs/**"], "principals": [person], "threshold": threshold}});
        let names: BTreeMap<String, Value> =
            (0..=MAX_ENTRIES).map(|n| (n.to_string(), json!({"keys": [ann.id()]}))).collect();
        assert!(Root::read(&to_jcs(&document()).unwrap()).is_ok());
        for (pointer, value, expected) in [
            ("/mood", json!("good"), "the document cannot be read"),
            (&format!("/keys/{}/mood", ann.id()), json!("good"), "fields this version does not know"),
            ("/roles/cook", json!({"principals": ["Ann"], "threshold": 1}), "the document cannot be read"),
            ("/roles/root/threshold", json!(0), "the document cannot be read"),
            ("/roles/root/threshold", json!(2), "asks for more people than it has"),
            ("/principals/Bob", json!({"keys": [ann.id()]}), "somebody else's"),
            ("/principals/Bob", json!({"keys": [bob.id()]}), "which is missing"),
            ("/principals/Bob", json!({"keys": []}), "has no key"),
            ("/scopes", scope("Bob", 1), "the scope `docs`"),
            ("/scopes", scope("Ann", 2), "the scope `docs`"),
            ("/revocations", revoked(&ann.id()), "is revoked"),
            ("/revocations", revoked(&twin.id()), "is revoked"),
            ("/principals", json!(names), "too many people"),
            ("/name", json!("x".repeat(MAX_NAME_BYTES + 1)), "names are too long"),
        ] {
            let mut changed = document();
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[field] = value;
            let told = Root::read(&to_jcs(&changed).unwrap()).unwrap_err().to_string();
            assert!(told.contains(expected), "{pointer}: {told}");
        }
        let mut fits = document();
        fits["revocations"] = revoked(&bob.id());
        fits["scopes"] = scope("Ann", 1);
        let root = Root::read(&to_jcs(&fits).unwrap()).unwrap();
        assert!(root.revocation(&bob).is_some() && root.revocation(&ann).is_none());
    }
}
