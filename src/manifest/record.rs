// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A record as it is read: every digest and signature in it is checked before anything is believed.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{self, Unagreed};
use super::leaf::lines;
use super::{
    ContributorLeaf, Deeds, Evidence, Files, Leaf, Manifest, RecordError, Stated, StatementLeaf,
    UpstreamLeaf, WorkLeaf, parse_leaves,
};
use crate::domain::{Digest, KeyId, MerkleRoot, PublicKey, WorkPath};
use crate::govern::{RootChain, Shortfall};
use crate::hash::{MerkleTree, Proof, sha256, works_dir_hash};
use crate::sign::Statement;
use crate::sign::statement::{Contribution, Predicate as _, Subject};
use crate::trace::{self, Marks};

/// A record whose digests and signatures hold.
#[derive(Debug, Clone)]
pub struct Record {
    files: Files,
    digest: Digest,
    manifest: Manifest,
    signed: Option<Signed>,
    leaves: Vec<Leaf>,
    statements: BTreeMap<Digest, Stated>,
    deeds: Deeds,
    revoked: BTreeMap<Digest, KeyId>,
    unagreed: Vec<Unagreed>,
    has_traces: bool,
}

/// By whose authority a record is.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The project's roots.
    pub roots: RootChain,
    /// The people who signed the manifest, by the names the root gives them.
    pub people: BTreeSet<String>,
    /// Who would still have to sign it, where one of those keys was revoked since.
    pub revoked: Option<Shortfall>,
}

impl Record {
    /// Reads a record and checks all of it: root chain, manifest, leaves, statements, notices.
    pub fn load(files: Files) -> Result<Self, RecordError> {
        let version = files.manifest_version().ok_or_else(|| RecordError::missing("manifest"))?;
        let document = format!("manifest {version}");
        let roots = files.roots()?;
        let chain = match &roots {
            Some(roots) => history::open(&files, version, roots)?,
            None => Vec::new(),
        };
        let (digest, manifest_statement) = if let Some(newest) = chain.last() {
            (newest.digest, newest.statement.clone())
        } else {
            let name = format!("manifest/{version}.manifest.json");
            let bytes = files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
            let statement = Statement::<Manifest>::read_unsigned(bytes)
                .map_err(|error| RecordError::broken(&document, error))?;
            (sha256(bytes), statement)
        };
        let manifest = manifest_statement.predicate().clone();
        let wrong = |reason: &str| RecordError::broken(&document, reason);
        if manifest.version != version {
            return Err(wrong("it is filed under another version than its own"));
        }

        let leaves_name = format!("{version}.leaves.jsonl");
        let leaves_bytes = files
            .get(&format!("manifest/{leaves_name}"))
            .ok_or_else(|| RecordError::missing(&leaves_name))?;
        let first = &manifest_statement.subjects()[0];
        if first.name.as_str() != leaves_name || first.digest.sha256 != sha256(leaves_bytes) {
            return Err(wrong("its leaves file is not the one it was made over"));
        }
        let leaves = parse_leaves(leaves_bytes).map_err(|error| RecordError::broken(&leaves_name, error))?;
        let lines = lines(leaves_bytes).map_err(|error| RecordError::broken(&leaves_name, error))?;
        let tree = MerkleTree::new(lines);
        if tree.root() != Some(manifest.tree.root) || tree.size() != manifest.tree.size {
            return Err(wrong("its Merkle root is not that of its leaves"));
        }

        let mut revocations = Vec::new();
        let signed = match roots {
            None if manifest.previous.is_some() => return Err(wrong("an unsigned record has no past")),
            None => None,
            Some(roots) => {
                revocations = history::authority(&chain, &roots)?;
                let root = manifest.project.root_version.and_then(|version| roots.version(version));
                let (Some((_, root)), Some(newest)) = (root, chain.last()) else {
                    return Err(wrong("it names a root that is not in the record"));
                };
                let scopes = history::scope_digests(&root.wire().scopes, &leaves);
                if scopes.map_err(|error| RecordError::broken(&document, error))? != manifest.scopes {
                    return Err(wrong("the digests of its scopes are not those of its works"));
                }
                let people =
                    newest.signers.iter().filter_map(|key| root.holder(key)).map(str::to_owned).collect();
                Some(Signed { roots, people, revoked: revocations.last().cloned().flatten() })
            }
        };
        let mut record = Self {
            files,
            digest,
            manifest,
            signed,
            leaves,
            statements: BTreeMap::new(),
            has_traces: false,
            deeds: Deeds::default(),
            revoked: BTreeMap::new(),
            unagreed: Vec::new(),
        };
        record.check_leaves(&document)?;
        record.check_traces(manifest_statement.subjects())?;
        record.has_traces =
            manifest_statement.subjects().iter().any(|s| s.name.as_str() == record.traces_name());
        record.deeds = Deeds::named(&record.files, &record.statement_leaves().collect::<Vec<_>>())?;
        record.statements = record.open_statements()?;
        record.check_works()?;
        if let Some(signed) = &record.signed {
            let since: BTreeMap<Digest, u64> = record.since();
            if let Some((id, _)) = since.iter().find(|(_, since)| **since == 0 || **since > version) {
                let reason = "it is said to be in the record since a manifest there is not";
                return Err(RecordError::broken(format!("statement {id}"), reason));
            }
            record.unagreed = history::check_leaves(&record.files, &chain, &signed.roots, &since)?;
            record.revoke(&revocations);
        }
        Ok(record)
    }

    /// Takes out what keys said that were revoked before any manifest held it.
    fn revoke(&mut self, revocations: &[Option<Shortfall>]) {
        let Some(signed) = &self.signed else { return };
        let (roots, newest, since) = (signed.roots.clone(), self.manifest.version, self.since());
        let is_good = |id: &Digest, key: &PublicKey| {
            let since = since.get(id).copied().unwrap_or(newest);
            roots.is_good_at(key, history::anchored(since, revocations))
        };
        self.deeds.retain(|id, signers| signers.iter().all(|key| is_good(id, key)));
        let mut revoked = BTreeMap::new();
        self.statements.retain(|id, stated| {
            let person = &stated.statement.predicate().contributor.id;
            let mut own = stated.signers.iter().filter(|key| key.person() == *person);
            let Some(bad) = own.find(|key| !is_good(id, key)) else { return true };
            revoked.insert(*id, bad.id());
            false
        });
        self.revoked = revoked;
    }

    fn check_leaves(&self, document: &str) -> Result<(), RecordError> {
        let wrong = |reason: &str| Err(RecordError::broken(document, reason));
        let files = self.works().filter(|work| work.mode.is_file()).map(|work| (&work.path, &work.sha256));
        if works_dir_hash(files) != self.manifest.works_dir_hash {
            return wrong("its worksDirHash is not that of its works");
        }
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for leaf in &self.leaves {
            *counts.entry(leaf.kind()).or_default() += 1;
        }
        if !counts.iter().map(|(k, n)| (*k, *n)).eq(self
            .manifest
            .counts
            .iter()
            .map(|(k, n)| (k.as_str(), *n)))
        {
            return wrong("its counts are not those of its leaves");
        }
        for leaf in &self.leaves {
            let (Leaf::License(super::LicenseLeaf { sha256: digest, .. })
            | Leaf::Notice(super::NoticeLeaf { sha256: digest, .. })) = leaf
            else {
                continue;
            };
            let name = format!("notices/{digest}");
            match self.files.get(&name) {
                None => return Err(RecordError::missing(&name)),
                Some(bytes) if sha256(bytes) != *digest => {
                    return Err(RecordError::broken(name, "it is not the text of this digest"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Checks the traces, a further subject of the manifest, where there are any.
    fn check_traces(&self, subjects: &[Subject]) -> Result<(), RecordError> {
        let name = self.traces_name();
        let Some(subject) = subjects.iter().find(|subject| subject.name.as_str() == name) else {
            return Ok(());
        };
        let bytes = self.traces_bytes().ok_or_else(|| RecordError::missing(&name))?;
        if subject.digest.sha256 != sha256(bytes) {
            return Err(RecordError::broken(name, "they are not the ones the manifest was made over"));
        }
        trace::format::read(bytes, self.works().count(), |_, _| {})
            .map_err(|error| RecordError::broken(name, error))
    }

    fn traces_name(&self) -> String {
        format!("{}.traces", self.manifest.version)
    }

    fn traces_bytes(&self) -> Option<&[u8]> {
        self.files.get(&format!("manifest/{}", self.traces_name()))
    }

    fn open_statements(&self) -> Result<BTreeMap<Digest, Stated>, RecordError> {
        use rayon::prelude::*;

        let mut keys = BTreeSet::new();
        for contributor in self.contributors() {
            for key in &contributor.keys {
                let key = key.read().map_err(|error| RecordError::broken(contributor.id.as_str(), error))?;
                if key.person() != contributor.id {
                    return Err(RecordError::broken(
                        contributor.id.as_str(),
                        "a key under another id than its own",
                    ));
                }
                keys.insert(key);
            }
        }
        let leaves: Vec<_> = self
            .leaves
            .iter()
            .filter_map(|leaf| match leaf {
                Leaf::Statement(leaf) if leaf.predicate_type == Contribution::TYPE => Some(leaf),
                _ => None,
            })
            .collect();
        leaves
            .par_iter()
            .map(|leaf| {
                let name = format!("statements/{}.intoto.json", leaf.sha256);
                let bytes = self.files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
                let stated = Stated::open(bytes, leaf.sha256, &keys)?;
                if let Some(signed) = &self.signed {
                    stated.check_project(leaf.sha256, &signed.roots)?;
                }
                if !leaf.by.iter().all(|person| stated.people().contains(person)) {
                    return Err(RecordError::signature(
                        name,
                        "somebody who is said to have signed it did not",
                    ));
                }
                Ok((leaf.sha256, stated))
            })
            .collect()
    }

    /// Checks that each statement a work leaf names is about that work and those bytes.
    fn check_works(&self) -> Result<(), RecordError> {
        for work in self.works() {
            for id in &work.statements {
                let about = self.statements.get(id).is_some_and(|stated| {
                    let mut subjects = stated.statement.subjects().iter();
                    subjects.any(|s| s.name == work.path && s.digest.sha256 == work.sha256)
                });
                if !about {
                    return Err(RecordError::broken(
                        format!("statement {id}"),
                        format!("it is not about {}", work.path),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Returns the record's files.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Returns the digest of the manifest's payload.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns what the manifest states.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns by whose authority the record is; none for an unsigned one.
    pub fn signed(&self) -> Option<&Signed> {
        self.signed.as_ref()
    }

    /// Returns how far the record can be believed.
    pub fn evidence(&self) -> Evidence {
        if self.signed.is_some() { Evidence::Signed } else { Evidence::Unsigned }
    }

    /// Returns the digest of the project's first root; none for an unsigned record.
    pub fn fingerprint(&self) -> Option<Digest> {
        self.signed.as_ref().map(|signed| signed.roots.fingerprint())
    }

    /// Returns the leaves, in the order of their file.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Returns the accepted contributions, by id.
    pub fn statements(&self) -> &BTreeMap<Digest, Stated> {
        &self.statements
    }

    /// Returns the accepted consents and key links.
    pub fn deeds(&self) -> &Deeds {
        &self.deeds
    }

    /// Returns the statements that do not count, as the key that signed them was revoked before any
    /// manifest held them.
    pub fn revoked(&self) -> &BTreeMap<Digest, KeyId> {
        &self.revoked
    }

    /// Returns the licenses that became weaker without what that takes, as far as earlier leaves are at
    /// hand.
    pub fn unagreed(&self) -> &[Unagreed] {
        &self.unagreed
    }

    /// Returns since which manifest each statement is in the record.
    pub fn since(&self) -> BTreeMap<Digest, u64> {
        let version = self.manifest.version;
        self.statement_leaves().map(|leaf| (leaf.sha256, leaf.since.unwrap_or(version))).collect()
    }

    fn statement_leaves(&self) -> impl Iterator<Item = &StatementLeaf> {
        self.leaves.iter().filter_map(|leaf| match leaf {
            Leaf::Statement(statement) => Some(statement),
            _ => None,
        })
    }

    /// Returns who would have to sign the manifest besides, by the revocations of a newer root of the same
    /// project; none where it stands.
    pub fn revoked_by(&self, newer: &RootChain) -> Option<Shortfall> {
        let signed = self.signed.as_ref()?;
        let chain = history::open(&self.files, self.manifest.version, &signed.roots).ok()?;
        history::newest_revoked(&chain, &signed.roots, newer)
    }

    /// Returns the works.
    pub fn works(&self) -> impl Iterator<Item = &WorkLeaf> {
        self.leaves.iter().filter_map(|leaf| match leaf {
            Leaf::Work(work) => Some(&**work),
            _ => None,
        })
    }

    /// Returns where the license texts are.
    pub fn license_paths(&self) -> BTreeSet<&WorkPath> {
        let paths = self.leaves.iter().filter_map(|leaf| match leaf {
            Leaf::License(leaf) => Some(&leaf.path),
            _ => None,
        });
        paths.collect()
    }

    /// Returns whether the manifest was made with traces.
    pub fn has_traces(&self) -> bool {
        self.has_traces
    }

    /// Tells `each` traced work's path and marks.
    pub fn traces<'a>(&'a self, mut each: impl FnMut(&'a WorkPath, Marks)) {
        let Some(bytes) = self.traces_bytes().filter(|_| self.has_traces) else { return };
        let mut paths: Vec<&WorkPath> = self.works().map(|work| &work.path).collect();
        paths.sort_unstable();
        trace::format::read(bytes, paths.len(), |place, marks| each(paths[place as usize], marks))
            .expect("they were read when the record was loaded");
    }

    /// Returns the people whose statements are accepted.
    pub fn contributors(&self) -> impl Iterator<Item = &ContributorLeaf> {
        self.leaves.iter().filter_map(|leaf| match leaf {
            Leaf::Contributor(contributor) => Some(contributor),
            _ => None,
        })
    }

    /// Returns the projects the works derive from.
    pub fn upstreams(&self) -> impl Iterator<Item = &UpstreamLeaf> {
        self.leaves.iter().filter_map(|leaf| match leaf {
            Leaf::Upstream(upstream) => Some(upstream),
            _ => None,
        })
    }

    /// Returns the text of a notice or license leaf.
    pub fn notice(&self, digest: &Digest) -> Option<&[u8]> {
        self.files.get(&format!("notices/{digest}"))
    }

    /// Returns the names of the files that hold its notices and license texts.
    pub fn notice_files(&self) -> impl Iterator<Item = String> {
        self.leaves.iter().filter_map(|leaf| match leaf {
            Leaf::License(leaf) => Some(format!("notices/{}", leaf.sha256)),
            Leaf::Notice(leaf) => Some(format!("notices/{}", leaf.sha256)),
            _ => None,
        })
    }

    /// Proves that the work at `path` is in the record: the leaf's line, the proof, the root.
    pub fn prove(&self, path: &WorkPath) -> Option<(String, Proof, MerkleRoot)> {
        let bytes = self.files.get(&format!("manifest/{}.leaves.jsonl", self.manifest.version))?;
        let index =
            self.leaves.iter().position(|leaf| matches!(leaf, Leaf::Work(work) if work.path == *path))?;
        let lines = lines(bytes).ok()?;
        let line = String::from_utf8(lines.get(index)?.to_vec()).ok()?;
        let proof = MerkleTree::new(lines).prove(index)?;
        Some((line, proof, self.manifest.tree.root))
    }
}
