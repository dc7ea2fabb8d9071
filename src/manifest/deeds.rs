// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What people state besides contributions: which keys are theirs, and to what they consent.

use std::collections::{BTreeMap, BTreeSet};

use super::{Files, RecordError, StatementLeaf};
use crate::domain::{Digest, PersonId, PublicKey};
use crate::sign::statement::{Consent, KeyLink, Predicate};
use crate::sign::{Envelope, Statement};

/// Consents and key links whose signatures hold, by id. Whether they count is for a manifest to say.
#[derive(Debug, Clone, Default)]
pub struct Deeds {
    /// The consents.
    pub consents: BTreeMap<Digest, Deed<Consent>>,
    /// The key links.
    pub links: BTreeMap<Digest, Deed<KeyLink>>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Deed<P> {
    /// What was stated.
    pub statement: Statement<P>,
    /// The keys that signed it.
    pub signers: BTreeSet<PublicKey>,
}

impl Deeds {
    /// Opens those among the statements of a record. What is none of them, or does not hold, is left
    /// for whoever reads contributions.
    pub fn open(files: &Files) -> Self {
        let mut deeds = Self::default();
        for (id, bytes) in files.statements() {
            // A failed one is told of where it is taken for a contribution.
            let _ = deeds.add(id, bytes);
        }
        deeds
    }

    /// Opens one. False where it is another kind of statement.
    fn add(&mut self, id: Digest, bytes: &[u8]) -> Result<bool, RecordError> {
        let name = format!("statement {id}");
        let envelope = Envelope::parse_filed(bytes).map_err(|error| RecordError::broken(&name, error))?;
        if envelope.payload_digest() != id {
            return Err(RecordError::broken(&name, "it is filed under another digest than its own"));
        }
        if let Ok(link) = KeyLink::open(&envelope) {
            let signers = link.signers().clone();
            self.links.insert(id, Deed { statement: link.into_inner(), signers });
            return Ok(true);
        }
        let opened = envelope.self_asserted().map_err(|error| RecordError::signature(&name, error))?;
        let Ok(consent) = Statement::<Consent>::read(opened) else { return Ok(false) };
        let signers = consent.signers().clone();
        self.consents.insert(id, Deed { statement: consent.into_inner(), signers });
        Ok(true)
    }

    /// Opens those a record's leaves name; each must hold.
    pub(super) fn named(files: &Files, leaves: &[&StatementLeaf]) -> Result<Self, RecordError> {
        let mut deeds = Self::default();
        let is_deed =
            |leaf: &&&StatementLeaf| [Consent::TYPE, KeyLink::TYPE].contains(&&*leaf.predicate_type);
        for leaf in leaves.iter().filter(is_deed) {
            let name = format!("statements/{}.intoto.json", leaf.sha256);
            let bytes = files.get(&name).ok_or_else(|| RecordError::missing(&name))?;
            deeds.add(leaf.sha256, bytes)?;
        }
        match leaves
            .iter()
            .filter(is_deed)
            .find(|leaf| !deeds.leaves().any(|own| own == StatementLeaf { since: None, ..(**leaf).clone() }))
        {
            Some(leaf) => Err(RecordError::broken(
                format!("statement {}", leaf.sha256),
                "it is not what its leaf says: another kind, or by others",
            )),
            None => Ok(deeds),
        }
    }

    /// Returns whether there is one of this id.
    pub fn has(&self, id: &Digest) -> bool {
        self.consents.contains_key(id) || self.links.contains_key(id)
    }

    /// Keeps those all of whose signers `is_good` accepts.
    pub fn retain(&mut self, is_good: impl Fn(&Digest, &BTreeSet<PublicKey>) -> bool) {
        self.consents.retain(|id, deed| is_good(id, &deed.signers));
        self.links.retain(|id, deed| is_good(id, &deed.signers));
    }

    /// Returns the leaves that put them into a record.
    pub fn leaves(&self) -> impl Iterator<Item = StatementLeaf> {
        fn leaf<P: Predicate>((id, deed): (&Digest, &Deed<P>)) -> StatementLeaf {
            let by: BTreeSet<PersonId> = deed.signers.iter().map(PublicKey::person).collect();
            let predicate_type = P::TYPE.to_owned();
            StatementLeaf { by: by.into_iter().collect(), predicate_type, sha256: *id, since: None }
        }
        self.consents.iter().map(leaf).chain(self.links.iter().map(leaf))
    }

    /// Returns which ids are one person's.
    pub fn people(&self) -> People {
        let mut people = People::default();
        for deed in self.links.values() {
            let mut ids = deed.signers.iter().map(PublicKey::person);
            if let (Some(one), Some(other)) = (ids.next(), ids.next()) {
                people.unite(&one, &other);
            }
        }
        people
    }
}

/// Ids that are one person's, as key links say.
#[derive(Debug, Clone, Default)]
pub struct People(BTreeMap<PersonId, PersonId>);

impl People {
    /// Returns the one id that stands for a person.
    pub fn of(&self, id: &PersonId) -> PersonId {
        self.0.get(id).unwrap_or(id).clone()
    }

    /// Returns whether two ids are one person's.
    pub fn same(&self, one: &PersonId, other: &PersonId) -> bool {
        self.of(one) == self.of(other)
    }

    fn unite(&mut self, one: &PersonId, other: &PersonId) {
        let (one_is, other_is) = (self.of(one), self.of(other));
        let (kept, gone) = if one_is < other_is { (one_is, other_is) } else { (other_is, one_is) };
        for id in self.0.values_mut().filter(|id| **id == gone) {
            *id = kept.clone();
        }
        for id in [one, other] {
            self.0.insert(id.clone(), kept.clone());
        }
        self.0.insert(gone, kept);
    }
}
