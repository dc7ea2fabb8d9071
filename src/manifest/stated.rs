// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A contribution in a record, or on its way into one.

use std::collections::BTreeSet;

use super::RecordError;
use crate::domain::{Digest, PersonId, PublicKey};
use crate::govern::RootChain;
use crate::sign::statement::Contribution;
use crate::sign::{Envelope, Namespace, PayloadType, Statement, Verified};

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
        let envelope = Envelope::parse_filed(bytes).map_err(|error| RecordError::broken(&name, error))?;
        let opened = envelope
            .open(PayloadType::InToto, Namespace::Statement, keys)
            .map_err(|error| RecordError::signature(&name, error))?;
        Self::read(opened, id)
    }

    /// Opens a contribution by a key that is not enrolled, with the key it names itself.
    pub fn open_self_asserted(bytes: &[u8], id: Digest) -> Result<Self, RecordError> {
        let name = format!("statement {id}");
        let envelope = Envelope::parse_filed(bytes).map_err(|error| RecordError::broken(&name, error))?;
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

    /// Checks that it was made for the project of these roots. One for another project is no word in
    /// this one, though its path and bytes are here too.
    pub fn check_project(&self, id: Digest, roots: &RootChain) -> Result<(), RecordError> {
        if roots.is_home(self.statement.predicate().project.root_sha256) {
            Ok(())
        } else {
            Err(RecordError::broken(format!("statement {id}"), "it was made for another project"))
        }
    }

    /// Returns who signed, sorted.
    pub fn people(&self) -> BTreeSet<PersonId> {
        self.signers.iter().map(PublicKey::person).collect()
    }
}
