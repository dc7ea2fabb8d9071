// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A record as it is read: every digest and signature in it is checked before anything is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::leaf::lines;
use super::{ContributorLeaf, Evidence, Leaf, Manifest, UpstreamLeaf, WorkLeaf, parse_leaves};
use crate::domain::{Digest, MerkleRoot, PersonId, PublicKey, WorkPath};
use crate::govern::{RoleName, RootChain};
use crate::hash::{MerkleTree, Proof, sha256, works_dir_hash};
use crate::sign::statement::{Contribution, Predicate as _, Subject};
use crate::sign::{Envelope, Namespace, PayloadType, Statement, Verified};
use crate::trace::{self, Marks};

/// The files of a record, by the path they have in `.copyhold`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Takes files that were read below a `.copyhold` folder; those no record has are left out.
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self(files.into_iter().filter(|(name, _)| Self::is_known(name)).collect())
    }

    /// Returns whether a record can have a file of this name.
    pub fn is_known(name: &str) -> bool {
        let Some((folder, file)) = name.split_once('/') else { return false };
        let digest = |text: &str| text.parse::<Digest>().is_ok();
        match folder {
            "root" => numbered(file, ".root.dsse.json").is_some(),
            "manifest" => [".manifest.intoto.json", ".leaves.jsonl", ".traces", ".manifest.json"]
                .iter()
                .any(|suffix| numbered(file, suffix).is_some()),
            "statements" => file.strip_suffix(".intoto.json").is_some_and(digest),
            "notices" => digest(file),
            "upstream" => file.strip_suffix(".copyhold").is_some_and(digest),
            _ => false,
        }
    }

    /// Returns a file's bytes.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Adds a file; false where there is one of that name already.
    pub fn insert(&mut self, name: &str, bytes: Vec<u8>) -> bool {
        self.0.insert(name.to_owned(), bytes).is_none()
    }

    /// Returns every file, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Returns whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the project's roots. None where there are no roots at all.
    pub fn roots(&self) -> Result<Option<RootChain>, RecordError> {
        let count = self.0.keys().filter(|name| name.starts_with("root/")).count() as u64;
        if count == 0 {
            return Ok(None);
        }
        let mut envelopes = Vec::new();
        for version in 1..=count {
            let name = format!("root/{version}.root.dsse.json");
            envelopes.push(self.get(&name).ok_or_else(|| RecordError::missing(&name))?);
        }
        RootChain::check(envelopes).map(Some).map_err(|error| match error.kind {
            crate::govern::ChainErrorKind::Open(_) | crate::govern::ChainErrorKind::Threshold { .. } => {
                RecordError::signature("the root chain", error)
            }
            _ => RecordError::broken("the root chain", error),
        })
    }

    /// Returns the version of the newest manifest, signed or not.
    pub fn manifest_version(&self) -> Option<u64> {
        self.0
            .keys()
            .filter_map(|name| name.strip_prefix("manifest/"))
            .filter_map(|file| {
                numbered(file, ".manifest.intoto.json").or_else(|| numbered(file, ".manifest.json"))
            })
            .max()
    }

    /// Returns the statements in the record, accepted or not, each by the digest it is filed under.
    pub fn statements(&self) -> impl Iterator<Item = (Digest, &[u8])> {
        self.iter().filter_map(|(name, bytes)| {
            let id = name.strip_prefix("statements/")?.strip_suffix(".intoto.json")?;
            Some((id.parse().ok()?, bytes))
        })
    }
}

fn numbered(file: &str, suffix: &str) -> Option<u64> {
    let number = file.strip_suffix(suffix)?;
    let version: u64 = number.parse().ok()?;
    // One spelling: no sign, no leading zero.
    (version > 0 && version.to_string() == number).then_some(version)
}

/// Why a record does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// What it is about, as in `manifest 3`.
    pub document: String,
    /// What is wrong with it.
    pub reason: String,
    /// Whether a signature, or the lack of one, is what is wrong.
    pub is_signature: bool,
}

impl RecordError {
    fn missing(name: &str) -> Self {
        Self { document: name.to_owned(), reason: "it is missing".into(), is_signature: false }
    }

    fn broken(document: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { document: document.into(), reason: reason.to_string(), is_signature: false }
    }

    fn signature(document: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { document: document.into(), reason: reason.to_string(), is_signature: true }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.document, self.reason)
    }
}

impl std::error::Error for RecordError {}

/// A record whose digests and signatures hold.
#[derive(Debug, Clone)]
pub struct Record {
    files: Files,
    digest: Digest,
    manifest: Manifest,
    signed: Option<Signed>,
    leaves: Vec<Leaf>,
    statements: BTreeMap<Digest, Stated>,
    has_traces: bool,
}

/// By whose authority a record is.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The project's roots.
    pub roots: RootChain,
    /// The people who signed the manifest, by the names the root gives them.
    pub people: BTreeSet<String>,
}

/// A contribution whose signatures hold.
#[derive(Debug, Clone)]
pub struct Stated {
    /// What was stated.
    pub statement: Statement<Contribution>,
    /// The keys that signed it.
    pub signers: BTreeSet<PublicKey>,
}

impl Stated {
    /// Opens a contribution with the keys that are enrolled.
    pub fn open(bytes: &[u8], id: Digest, keys: &BTreeSet<PublicKey>) -> Result<Self, RecordError> {
        let name = format!("statement {id}");
        let envelope = Envelope::parse(bytes).map_err(|error| RecordError::broken(&name, error))?;
        let opened = envelope
            .open(PayloadType::InToto, Namespace::Statement, keys)
            .map_err(|error| RecordError::signature(&name, error))?;
        Self::read(opened, id)
    }

    /// Opens a contribution by a key that is not enrolled, with the key it names itself.
    pub fn open_self_asserted(bytes: &[u8], id: Digest) -> Result<Self, RecordError> {
        let name = format!("statement {id}");
        let envelope = Envelope::parse(bytes).map_err(|error| RecordError::broken(&name, error))?;
        let opened = envelope.self_asserted().map_err(|error| RecordError::signature(&name, error))?;
        Self::read(opened, id)
    }

    fn read(opened: Verified<Vec<u8>>, id: Digest) -> Result<Self, RecordError> {
        let name = format!("statement {id}");
        if opened.payload_digest() != id {
            return Err(RecordError::broken(&name, "it is filed under another digest than its own"));
        }
        let statement =
            Statement::<Contribution>::read(opened).map_err(|error| RecordError::broken(&name, error))?;
        let signers = statement.signers().clone();
        let person = &statement.get().predicate().contributor.id;
        if !signers.iter().any(|key| key.person() == *person) {
            return Err(RecordError::signature(&name, "its contributor did not sign it"));
        }
        Ok(Self { statement: statement.into_inner(), signers })
    }

    /// Returns who signed, sorted.
    pub fn people(&self) -> BTreeSet<PersonId> {
        self.signers.iter().map(PublicKey::person).collect()
    }
}

impl Record {
    /// Reads a record and checks all of it: root chain, manifest, leaves, statements, notices.
    pub fn load(files: Files) -> Result<Self, RecordError> {
        let version = files.manifest_version().ok_or_else(|| RecordError::missing("manifest"))?;
        let document = format!("manifest {version}");
        let roots = files.roots()?;
        let (digest, manifest_statement, signers) = if let Some(roots) = &roots {
            open_signed(&files, version, roots)?
        } else {
            let name = format!("manifest/{version}.manifest.json");
            let bytes = files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
            let statement = Statement::<Manifest>::read_unsigned(bytes)
                .map_err(|error| RecordError::broken(&document, error))?;
            (sha256(bytes), statement, BTreeSet::new())
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

        let signed = match roots {
            None => None,
            Some(roots) => Some(authority(roots, &manifest, &signers, &document)?),
        };
        let mut record =
            Self { files, digest, manifest, signed, leaves, statements: BTreeMap::new(), has_traces: false };
        record.check_leaves(&document)?;
        record.check_traces(manifest_statement.subjects())?;
        record.has_traces =
            manifest_statement.subjects().iter().any(|s| s.name.as_str() == record.traces_name());
        record.check_history(version)?;
        record.statements = record.open_statements()?;
        record.check_works()?;
        Ok(record)
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

    /// Checks that the manifests form a chain: each names the digest of the one before.
    fn check_history(&self, version: u64) -> Result<(), RecordError> {
        let mut previous = self.manifest.previous.as_ref().map(|p| p.sha256);
        let mut version = version;
        while let Some(expected) = previous {
            version -= 1;
            let name = format!("manifest/{version}.manifest.intoto.json");
            let bytes = self.files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
            let roots = self.signed.as_ref().map(|signed| &signed.roots);
            let Some(roots) = roots else {
                return Err(RecordError::broken(name, "an unsigned record has no past"));
            };
            let envelope = Envelope::parse(bytes).map_err(|error| RecordError::broken(&name, error))?;
            let opened = envelope
                .open(PayloadType::InToto, Namespace::Manifest, roots.keys())
                .map_err(|error| RecordError::signature(&name, error))?;
            if opened.payload_digest() != expected {
                return Err(RecordError::broken(name, "it is not the manifest the next one names"));
            }
            let statement =
                Statement::<Manifest>::read(opened).map_err(|error| RecordError::broken(&name, error))?;
            let manifest = statement.get().predicate();
            if manifest.version != version {
                return Err(RecordError::broken(name, "it is filed under another version than its own"));
            }
            previous = manifest.previous.as_ref().map(|p| p.sha256);
            if previous.is_none() != (version == 1) {
                return Err(RecordError::broken(
                    name,
                    "the chain of manifests does not begin with version 1",
                ));
            }
        }
        if self.signed.is_some() && self.manifest.previous.is_none() && self.manifest.version != 1 {
            return Err(RecordError::broken(
                "the manifest",
                "it names no manifest before it, but is not the first",
            ));
        }
        Ok(())
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

type Opened = (Digest, Statement<Manifest>, BTreeSet<PublicKey>);

fn open_signed(files: &Files, version: u64, roots: &RootChain) -> Result<Opened, RecordError> {
    let document = format!("manifest {version}");
    let name = format!("manifest/{version}.manifest.intoto.json");
    let bytes = files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
    let envelope = Envelope::parse(bytes).map_err(|error| RecordError::broken(&document, error))?;
    let opened = envelope
        .open(PayloadType::InToto, Namespace::Manifest, roots.keys())
        .map_err(|error| RecordError::signature(&document, error))?;
    let (digest, signers) = (opened.payload_digest(), opened.signers().clone());
    let statement =
        Statement::<Manifest>::read(opened).map_err(|error| RecordError::broken(&document, error))?;
    Ok((digest, statement.into_inner(), signers))
}

/// Checks that enough of the people in the role `manifest` of the root in force signed.
fn authority(
    roots: RootChain,
    manifest: &Manifest,
    signers: &BTreeSet<PublicKey>,
    document: &str,
) -> Result<Signed, RecordError> {
    let project = &manifest.project;
    if project.root_sha256 != Some(roots.fingerprint()) {
        return Err(RecordError::broken(document, "it was made for another project's root"));
    }
    let Some((_, root)) = project.root_version.and_then(|version| roots.version(version)) else {
        return Err(RecordError::broken(document, "it names a root that is not in the record"));
    };
    // A manifest under an older root could be signed by people who were removed since.
    if root.version() != roots.latest().version() {
        return Err(RecordError::signature(
            document,
            "it was signed under a root that is no longer in force",
        ));
    }
    root.quorum(RoleName::Manifest, signers).map_err(|(needed, found)| {
        let reason = format!("it needs {needed} signatures of the role `manifest` and has {found}");
        RecordError::signature(document, reason)
    })?;
    let people = signers.iter().filter_map(|key| root.holder(key)).map(str::to_owned).collect();
    Ok(Signed { roots, people })
}
