// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The chain of manifests, and by whose authority each of them stands.
//!
//! The chain is the project's clock. A manifest stands under the root it names; which manifests stand
//! under which root, the roots themselves say (`afterManifest`), so that nobody who was replaced can
//! add to the time before. A statement is as old as the first manifest that holds it.

use std::collections::{BTreeMap, BTreeSet};

use super::leaf::lines;
use super::{Deeds, Leaf, Manifest, Stated, StatementLeaf, WorkLeaf, agreement};
use super::{Files, RecordError};
use crate::domain::{Digest, PublicKey};
use crate::govern::{RoleName, RootChain, Scope, Shortfall};
use crate::hash::sha256;
use crate::sign::canonical::{JcsError, from_jcs};
use crate::sign::statement::{Contribution, Predicate as _};
use crate::sign::{Envelope, Namespace, PayloadType, Statement};

/// One manifest of the chain, with signatures that hold.
#[derive(Debug, Clone)]
pub(super) struct Past {
    pub(super) digest: Digest,
    pub(super) statement: Statement<Manifest>,
    pub(super) signers: BTreeSet<PublicKey>,
}

impl Past {
    fn manifest(&self) -> &Manifest {
        self.statement.predicate()
    }

    /// Returns the leaves file where it is at hand, checked against the manifest.
    fn leaves<'a>(&self, files: &'a Files) -> Result<Option<Vec<&'a [u8]>>, RecordError> {
        let name = format!("{}.leaves.jsonl", self.manifest().version);
        let Some(bytes) = files.get(&format!("manifest/{name}")) else { return Ok(None) };
        let first = &self.statement.subjects()[0];
        if first.name.as_str() != name || first.digest.sha256 != sha256(bytes) {
            return Err(RecordError::broken(name, "it is not the leaves file its manifest was made over"));
        }
        lines(bytes).map(Some).map_err(|error| RecordError::broken(name, error))
    }
}

/// A weaker license without what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unagreed {
    /// The manifest that did it.
    pub version: u64,
    /// What it did.
    pub weakening: agreement::Weakening,
    /// The quorum `licenseChange`, where it is not met.
    pub quorum: Option<Shortfall>,
    /// Whose consent is not in the record.
    pub missing: BTreeSet<agreement::Ask>,
}

/// Opens the manifests of a chain, first to last: each names the digest of the one before.
pub(super) fn open(files: &Files, newest: u64, roots: &RootChain) -> Result<Vec<Past>, RecordError> {
    let mut chain: Vec<Past> = Vec::new();
    let mut expected: Option<Digest> = None;
    for version in (1..=newest).rev() {
        let name = format!("manifest/{version}.manifest.intoto.json");
        let document = format!("manifest {version}");
        let bytes = files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
        let envelope = Envelope::parse_filed(bytes).map_err(|error| RecordError::broken(&document, error))?;
        let opened = envelope
            .open(PayloadType::InToto, Namespace::Manifest, roots.keys())
            .map_err(|error| RecordError::signature(&document, error))?;
        if let Some(stranger) = opened.unknown().first() {
            return Err(RecordError::signature(
                &document,
                format!("it is also signed by key {stranger}, which is in no root"),
            ));
        }
        let digest = opened.payload_digest();
        if expected.is_some_and(|expected| expected != digest) {
            return Err(RecordError::broken(name, "it is not the manifest the next one names"));
        }
        let statement =
            Statement::<Manifest>::read(opened).map_err(|error| RecordError::broken(&document, error))?;
        let signers = statement.signers().clone();
        let statement = statement.into_inner();
        let manifest = statement.predicate();
        if manifest.version != version {
            return Err(RecordError::broken(document, "it is filed under another version than its own"));
        }
        expected = manifest.previous.as_ref().map(|previous| previous.sha256);
        if expected.is_none() != (version == 1) {
            return Err(RecordError::broken(
                document,
                "the chain of manifests does not begin with version 1",
            ));
        }
        chain.push(Past { digest, statement, signers });
    }
    chain.reverse();
    Ok(chain)
}

/// Checks by whose authority each manifest of a chain stands. Returns, for each, why it no longer does
/// where that is because of a revoked key.
pub(super) fn authority(chain: &[Past], roots: &RootChain) -> Result<Vec<Option<Shortfall>>, RecordError> {
    check_clock(chain, roots)?;
    let mut revoked = Vec::new();
    let mut before: Option<&Manifest> = None;
    for past in chain {
        let manifest = past.manifest();
        let document = format!("manifest {}", manifest.version);
        let wrong = |reason: &str| RecordError::broken(&document, reason);
        if manifest.project.root_sha256 != Some(roots.fingerprint()) {
            return Err(wrong("it was made for another project's root"));
        }
        let named = manifest.project.root_version.and_then(|version| roots.version(version));
        let Some((_, root)) = named else { return Err(wrong("it names a root that is not in the record")) };
        if !root.wire().scopes.keys().eq(manifest.scopes.keys()) {
            return Err(wrong("its scopes are not those of its root"));
        }
        let changed: Vec<&String> = manifest
            .scopes
            .iter()
            .filter(|(name, digest)| before.and_then(|before| before.scopes.get(*name)) != Some(*digest))
            .map(|(name, _)| name)
            .collect();
        let check = |signers: &BTreeSet<PublicKey>| {
            root.quorum(RoleName::Manifest, signers)?;
            changed.iter().try_for_each(|scope| root.scope_quorum(scope, signers))
        };
        check(&past.signers).map_err(|shortfall| RecordError::threshold(&document, shortfall))?;
        revoked.push(check(&roots.good_at(&past.signers, manifest.version)).err());
        before = Some(manifest);
    }
    Ok(revoked)
}

/// Returns who would have to sign the newest manifest besides, by the revocations of a newer root.
pub(super) fn newest_revoked(chain: &[Past], roots: &RootChain, newer: &RootChain) -> Option<Shortfall> {
    let newest = chain.last()?;
    let version = newest.manifest().version;
    let (_, root) = roots.version(newest.manifest().project.root_version?)?;
    root.quorum(RoleName::Manifest, &newer.good_at(&newest.signers, version)).err()
}

/// Checks that each manifest stands under the root that was in force by then.
fn check_clock(chain: &[Past], roots: &RootChain) -> Result<(), RecordError> {
    let newest = chain.len() as u64;
    for (_, root) in roots.iter().skip(1) {
        let Some(seen) = &root.wire().after_manifest else { continue };
        let at = usize::try_from(seen.version).ok().and_then(|version| chain.get(version.checked_sub(1)?));
        if at.is_none_or(|past| past.digest != seen.sha256) {
            let why =
                if seen.version > newest { "which is withheld here" } else { "and this is another one" };
            return Err(RecordError::signature(
                format!("root {}", root.version()),
                format!("it was made after manifest {} (sha256:{}), {why}", seen.version, seen.sha256),
            ));
        }
    }
    for past in chain {
        let manifest = past.manifest();
        let in_force = roots
            .iter()
            .filter(|(_, root)| {
                let seen = root.wire().after_manifest.as_ref().map_or(0, |seen| seen.version);
                root.version() == 1 || seen < manifest.version
            })
            .map(|(_, root)| root.version())
            .last();
        if manifest.project.root_version != in_force {
            let named = manifest.project.root_version.unwrap_or(0);
            return Err(RecordError::signature(
                format!("manifest {}", manifest.version),
                format!(
                    "it was signed under root {named}, but root {} was in force by then",
                    in_force.unwrap_or(0)
                ),
            ));
        }
    }
    Ok(())
}

/// Digests the lines of the works in each scope.
pub(super) fn scope_digests(
    scopes: &BTreeMap<String, Scope>,
    leaves: &[Leaf],
) -> Result<BTreeMap<String, Digest>, JcsError> {
    let mut digests = BTreeMap::new();
    for (name, scope) in scopes {
        let mut lines = BTreeSet::new();
        for leaf in leaves {
            if let Leaf::Work(work) = leaf
                && scope.paths.iter().any(|glob| glob.matches(&work.path))
            {
                lines.insert(leaf.to_line()?);
            }
        }
        let text: Vec<u8> = lines.into_iter().flat_map(|line| [line, b"\n".to_vec()].concat()).collect();
        digests.insert(name.clone(), sha256(&text));
    }
    Ok(digests)
}

/// Returns the first manifest from `since` on that stands by keys that are still good: what it holds is
/// as old as that.
pub(super) fn anchored(since: u64, revoked: &[Option<Shortfall>]) -> u64 {
    let mut versions =
        revoked.iter().zip(1..).filter(|(shortfall, version)| *version >= since && shortfall.is_none());
    versions.next().map_or(u64::MAX, |(_, version)| version)
}

/// Goes through the leaves files at hand, each against the one before it: statements stand where they
/// are said to stand since, and no license became weaker without what that takes.
pub(super) fn check_leaves(
    files: &Files,
    chain: &[Past],
    roots: &RootChain,
    since: &BTreeMap<Digest, u64>,
) -> Result<Vec<Unagreed>, RecordError> {
    let mut owed: Vec<(Unagreed, Vec<&[u8]>)> = Vec::new();
    let mut before: Option<Vec<&[u8]>> = None;
    // What was taken out, or no longer said its license, until it comes back.
    let mut gone: BTreeMap<_, WorkLeaf> = BTreeMap::new();
    for past in chain {
        let Some(now) = past.leaves(files)? else { continue };
        let version = past.manifest().version;
        check_since(&now, version, since)?;
        if let Some(before) = &before {
            let (removed, added) = difference(before, &now);
            let old = works(&removed, version)?;
            let new = works(&added, version)?;
            let stayed: BTreeSet<_> = new.iter().map(|leaf| leaf.path.clone()).collect();
            for weakening in agreement::weakenings(old.iter().chain(gone.values()), &new) {
                if let Some(found) = judge(weakening, files, past, roots, before, &now)? {
                    owed.push((found, before.clone()));
                }
            }
            gone.retain(|path, _| !stayed.contains(path));
            gone.extend(
                old.into_iter()
                    .filter(|leaf| !stayed.contains(&leaf.path))
                    .map(|leaf| (leaf.path.clone(), leaf)),
            );
        }
        before = Some(now);
    }
    still_owed(owed, files, chain, roots, &before.unwrap_or_default())
}

/// What was missing then may have been made good since: the license is back, the work is gone, or those
/// who were not asked have consented and a later quorum has signed.
fn still_owed(
    owed: Vec<(Unagreed, Vec<&[u8]>)>,
    files: &Files,
    chain: &[Past],
    roots: &RootChain,
    newest: &[&[u8]],
) -> Result<Vec<Unagreed>, RecordError> {
    let Some(last) = chain.last().filter(|_| !owed.is_empty()) else { return Ok(Vec::new()) };
    let works = works(newest, last.manifest().version)?;
    let mut unagreed = Vec::new();
    for (found, before) in owed {
        let now = works.iter().find(|work| work.path == found.weakening.path);
        let Some(weakening) = now.and_then(|work| found.weakening.at(work)) else { continue };
        if found.version == last.manifest().version
            || judge(weakening, files, last, roots, &before, newest)?.is_some()
        {
            unagreed.push(found);
        }
    }
    Ok(unagreed)
}

/// A statement that is said to be in the record since an earlier manifest is in its leaves.
fn check_since(now: &[&[u8]], version: u64, since: &BTreeMap<Digest, u64>) -> Result<(), RecordError> {
    for (id, _) in since.iter().filter(|(_, since)| **since <= version) {
        let at = format!("{{\"at\":\"statement {id}\"");
        let found = now.partition_point(|line| *line < at.as_bytes());
        if !now.get(found).is_some_and(|line| line.starts_with(at.as_bytes())) {
            return Err(RecordError::broken(
                format!("statement {id}"),
                format!("it is said to be in the record since before manifest {version}, and is not in that"),
            ));
        }
    }
    Ok(())
}

/// What it takes to weaken a license: the quorum `licenseChange`, and everybody's consent.
fn judge(
    weakening: agreement::Weakening,
    files: &Files,
    past: &Past,
    roots: &RootChain,
    before: &[&[u8]],
    now: &[&[u8]],
) -> Result<Option<Unagreed>, RecordError> {
    let version = past.manifest().version;
    let root = past.manifest().project.root_version.and_then(|version| roots.version(version));
    let quorum = root.and_then(|(_, root)| {
        root.quorum(RoleName::LicenseChange, &roots.good_at(&past.signers, version)).err()
    });
    let mut leaves = statements(before, version)?;
    let mut statements_now = statements(now, version)?;
    let mut deeds = Deeds::named(files, &statements_now.iter().collect::<Vec<_>>())?;
    deeds.retain(|id, signers| {
        let since = statements_now.iter().find(|leaf| leaf.sha256 == *id).and_then(|leaf| leaf.since);
        signers.iter().all(|key| roots.is_good_at(key, since.unwrap_or(version)))
    });
    leaves.append(&mut statements_now);
    let mut contributions = BTreeMap::new();
    for leaf in leaves.iter().filter(|leaf| leaf.predicate_type == Contribution::TYPE) {
        let name = format!("statements/{}.intoto.json", leaf.sha256);
        let bytes = files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
        contributions.insert(leaf.sha256, Stated::open_self_asserted(bytes, leaf.sha256)?);
    }
    let missing = agreement::unanswered(&weakening, &contributions, &deeds, Some(roots.fingerprint()));
    let is_agreed = quorum.is_none() && missing.is_empty() && weakening.to.is_some();
    Ok((!is_agreed).then_some(Unagreed { version, weakening, quorum, missing }))
}

/// Returns the lines only the first has, and those only the second has. Both are sorted.
fn difference<'a>(before: &[&'a [u8]], after: &[&'a [u8]]) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    loop {
        match (old.peek(), new.peek()) {
            (Some(a), Some(b)) if a == b => drop((old.next(), new.next())),
            (Some(a), b) if b.is_none_or(|b| a < b) => removed.extend(old.next()),
            (_, Some(_)) => added.extend(new.next()),
            (_, None) => return (removed, added),
        }
    }
}

fn works(lines: &[&[u8]], version: u64) -> Result<Vec<WorkLeaf>, RecordError> {
    let works = lines.iter().filter(|line| line.starts_with(b"{\"at\":\"work "));
    works
        .map(|line| from_jcs::<WorkLeaf>(line))
        .collect::<Result<_, _>>()
        .map_err(|error| unread(version, error))
}

fn statements(lines: &[&[u8]], version: u64) -> Result<Vec<StatementLeaf>, RecordError> {
    let found = lines.iter().filter(|line| line.starts_with(b"{\"at\":\"statement "));
    found
        .map(|line| from_jcs::<StatementLeaf>(line))
        .collect::<Result<_, _>>()
        .map_err(|error| unread(version, error))
}

fn unread(version: u64, error: JcsError) -> RecordError {
    RecordError::broken(format!("the leaves up to manifest {version}"), error)
}
