// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Who may decide for a project: the root document, its thresholds, and the chain from one root to
//! the next.
//!
//! A project is named by the digest of its first root. Each further root is signed by enough people
//! of the root before *and* of its own (TUF 1.0.34, section 5.3), versions grow by exactly one, and
//! each names the digest of its predecessor. Thresholds count people, not keys.

mod root;
mod wire;

use std::collections::BTreeSet;
use std::fmt;

use crate::domain::{Digest, KeyId, PublicKey};
use crate::sign::{Envelope, Namespace, OpenError, ParseEnvelopeError, PayloadType, Verified};

pub use root::{Root, RootError, Shortfall};
pub use wire::{
    ForkOf, ManifestRef, Previous, Principal, ROLES, Reason, Revocation, Role, RoleName, Scope, WireRoot,
};

/// The most roots a chain may have.
pub const MAX_ROOTS: usize = 1024;

/// The largest root document, in bytes.
pub const MAX_ROOT_BYTES: usize = 256 << 10;

/// A project's roots, first to last, each shown to follow from the one before.
#[derive(Debug, Clone)]
pub struct RootChain {
    roots: Vec<(Digest, Root)>,
}

/// Why a chain of roots does not hold.
#[derive(Debug)]
pub struct ChainError {
    /// The version of the root it is about, from 1.
    pub version: u64,
    /// What is wrong with it.
    pub kind: ChainErrorKind,
}

/// What is wrong with a root in its chain.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChainErrorKind {
    /// There is no root at all.
    Empty,
    /// There are more than [`MAX_ROOTS`].
    TooMany,
    /// It is larger than [`MAX_ROOT_BYTES`].
    TooLarge,
    /// It is no envelope.
    Envelope(ParseEnvelopeError),
    /// Its signatures do not hold.
    Open(OpenError),
    /// It is no root document.
    Root(RootError),
    /// It has another version than its place in the chain, or names another predecessor.
    Order,
    /// A revocation of the root before is gone or weaker, or it names an older manifest.
    TakenBack,
    /// Somebody signed it who is neither in it nor in the root before, so nothing shows whether that holds.
    Stranger(KeyId),
    /// Too few people signed it, by its own word or by that of the root before.
    Threshold(Shortfall),
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version;
        match &self.kind {
            ChainErrorKind::Empty => f.write_str("there is no root document"),
            ChainErrorKind::TooMany => write!(f, "there are more than {MAX_ROOTS} roots"),
            ChainErrorKind::TooLarge => write!(f, "root {version} is larger than {MAX_ROOT_BYTES} bytes"),
            ChainErrorKind::Envelope(error) => write!(f, "root {version}: {error}"),
            ChainErrorKind::Open(error) => write!(f, "root {version}: {error}"),
            ChainErrorKind::Root(error) => write!(f, "root {version}: {error}"),
            ChainErrorKind::Order => write!(f, "root {version} does not follow from the root before it"),
            ChainErrorKind::TakenBack => {
                write!(f, "root {version} takes back a revocation, or steps back behind a manifest")
            }
            ChainErrorKind::Stranger(key) => {
                write!(
                    f,
                    "root {version} is also signed by key {key}, which is neither in it nor in the one before"
                )
            }
            ChainErrorKind::Threshold(shortfall) => write!(f, "root {version}: {shortfall}"),
        }
    }
}

impl std::error::Error for ChainError {}

impl RootChain {
    /// Checks a chain of root envelopes, first to last.
    pub fn check<'a>(envelopes: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, ChainError> {
        let mut roots: Vec<(Digest, Root)> = Vec::new();
        for (bytes, version) in envelopes.into_iter().zip(1..) {
            let fail = |kind| ChainError { version, kind };
            if roots.len() == MAX_ROOTS {
                return Err(fail(ChainErrorKind::TooMany));
            }
            if bytes.len() > MAX_ROOT_BYTES {
                return Err(fail(ChainErrorKind::TooLarge));
            }
            let envelope = Envelope::parse_filed(bytes).map_err(|e| fail(ChainErrorKind::Envelope(e)))?;
            let verified = open_root(&envelope, roots.last().map(|(_, root)| root)).map_err(fail)?;
            if let Some(stranger) = verified.unknown().first() {
                return Err(fail(ChainErrorKind::Stranger(stranger.clone())));
            }
            let (digest, signers) = (verified.payload_digest(), verified.signers().clone());
            let root = verified.into_inner();
            let follows = match roots.last() {
                None => root.version() == 1 && root.previous().is_none(),
                Some((previous, _)) => root.version() == version && root.previous() == Some(*previous),
            };
            if !follows {
                return Err(fail(ChainErrorKind::Order));
            }
            let before = roots.last().map(|(_, root)| root);
            if before.is_some_and(|before| takes_back(before, &root)) {
                return Err(fail(ChainErrorKind::TakenBack));
            }
            for judge in before.into_iter().chain([&root]) {
                let enough = judge.quorum(RoleName::Root, &signers);
                enough.map_err(|shortfall| fail(ChainErrorKind::Threshold(shortfall)))?;
            }
            roots.push((digest, root));
        }
        if roots.is_empty() {
            return Err(ChainError { version: 1, kind: ChainErrorKind::Empty });
        }
        Ok(Self { roots })
    }

    /// Returns the digest of the first root: what the project is known by.
    pub fn fingerprint(&self) -> Digest {
        self.roots[0].0
    }

    /// Returns the newest root.
    pub fn latest(&self) -> &Root {
        &self.roots[self.roots.len() - 1].1
    }

    /// Returns the root of a version, where there is one, with its digest.
    pub fn version(&self, version: u64) -> Option<(&Digest, &Root)> {
        let index = usize::try_from(version.checked_sub(1)?).ok()?;
        self.roots.get(index).map(|(digest, root)| (digest, root))
    }

    /// Returns every root with its digest, first to last.
    pub fn iter(&self) -> impl Iterator<Item = (&Digest, &Root)> {
        self.roots.iter().map(|(digest, root)| (digest, root))
    }

    /// Returns those of `signers` whose word counts in manifest `version`: by the newest root's
    /// revocations, whatever the root was then.
    pub fn good_at(&self, signers: &BTreeSet<PublicKey>, version: u64) -> BTreeSet<PublicKey> {
        signers.iter().filter(|key| self.is_good_at(key, version)).cloned().collect()
    }

    /// Returns whether what a key says is good where manifest `version` was the first to hold it.
    pub fn is_good_at(&self, key: &PublicKey, version: u64) -> bool {
        self.latest().revocation(key).is_none_or(|revocation| version <= revocation.last_good_manifest)
    }

    /// Returns whether a statement made for the project with this first root may be in this one's record:
    /// it is the project, or one it was forked from, or had no root yet.
    pub fn is_home(&self, root: Option<Digest>) -> bool {
        let forks = self.roots.iter().filter_map(|(_, root)| root.wire().fork_of.as_ref());
        root.is_none_or(|root| {
            root == self.fingerprint() || forks.into_iter().any(|fork| fork.root_sha256 == root)
        })
    }

    /// Returns every key of every root.
    pub fn keys(&self) -> BTreeSet<&PublicKey> {
        self.roots.iter().flat_map(|(_, root)| root.keys()).collect()
    }
}

/// What is revoked stays so, and no more of it becomes good again; nor does a root go back behind the
/// manifest the one before had seen.
fn takes_back(before: &Root, root: &Root) -> bool {
    let (before, after) = (before.wire(), root.wire());
    let is_kept = |old: &Revocation| {
        let new = after.revocations.iter().find(|new| new.keyid == old.keyid);
        new.is_some_and(|new| new.last_good_manifest <= old.last_good_manifest && new.reason >= old.reason)
    };
    let seen = |wire: &WireRoot| wire.after_manifest.as_ref().map_or(0, |manifest| manifest.version);
    !before.revocations.iter().all(is_kept) || seen(after) < seen(before)
}

/// Opens a root with its own keys and those of the root before. It names its own keys, so they are
/// read first: what is read can only fail to be signed by them.
fn open_root(envelope: &Envelope, before: Option<&Root>) -> Result<Verified<Root>, ChainErrorKind> {
    let mut no_root = None;
    let opened = envelope.open_naming_keys(PayloadType::Root, Namespace::Root, |payload| {
        let root = Root::read(payload).map_err(|error| no_root = Some(error)).ok()?;
        let mut keys: Vec<PublicKey> = root.keys().cloned().collect();
        keys.extend(before.into_iter().flat_map(Root::keys).cloned());
        Some(keys)
    });
    opened
        .map_err(|error| no_root.map_or(ChainErrorKind::Open(error), ChainErrorKind::Root))?
        .try_map(|payload| Root::read(&payload))
        .map_err(ChainErrorKind::Root)
}
