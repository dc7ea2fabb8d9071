// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A key link: two keys are one person's, as both of them say.

use serde::{Deserialize, Serialize};

use super::{Contributor, Predicate, Statement, StatementError, Subject, WireKey};
use crate::domain::{Instant, PublicKey};
use crate::hash::sha256;
use crate::sign::canonical::from_jcs;
use crate::sign::{Envelope, Namespace, OpenError, PayloadType, Verified};

/// That a person signs with another key from now on. Its subjects are the two keys, `old-key` and
/// `new-key`, by the digests of their texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyLink {
    /// The person, with the key so far.
    pub contributor: Contributor,
    /// The key from now on.
    pub new_key: WireKey,
    /// When the person says this was stated. Nothing is decided by it.
    pub stated_at: Instant,
}

impl Predicate for KeyLink {
    const TYPE: &'static str = "https://w3id.org/copyhold/key-link/v0.1";

    fn check(&self, subjects: &[Subject]) -> Result<(), StatementError> {
        self.contributor.check()?;
        if self.new_key.read().is_err() || subjects != self.subjects() {
            return Err(StatementError::LinkedKeys);
        }
        Ok(())
    }
}

impl KeyLink {
    /// States the link of two keys of one person.
    pub fn statement(
        old: &PublicKey,
        new: &PublicKey,
        name: Option<String>,
        stated_at: Instant,
    ) -> Result<Statement<Self>, StatementError> {
        let contributor = Contributor::new(old, name, Vec::new());
        let link = Self { contributor, new_key: new.into(), stated_at };
        Statement::new(link.subjects(), link)
    }

    fn subjects(&self) -> Vec<Subject> {
        [("old-key", &self.contributor.key), ("new-key", &self.new_key)]
            .map(|(name, key)| Subject::new(name.parse().expect("a path"), sha256(key.public.as_bytes())))
            .into()
    }

    /// Opens a link. It names its own keys; both must have signed.
    pub fn open(envelope: &Envelope) -> Result<Verified<Statement<Self>>, OpenError> {
        let mut named = Vec::new();
        let opened = envelope.open_naming_keys(PayloadType::InToto, Namespace::Statement, |payload| {
            // Read for the keys alone, before anything is checked: it can only fail to be signed by them.
            let link: Statement<Self> = from_jcs(payload).ok()?;
            let KeyLink { contributor, new_key, .. } = link.predicate();
            named = vec![contributor.key.read().ok()?, new_key.read().ok()?];
            Some(named.clone())
        })?;
        if named.len() != 2 || named[0] == named[1] || !named.iter().all(|key| opened.signers().contains(key))
        {
            return Err(OpenError::OneKey);
        }
        Statement::read(opened).map_err(|_| OpenError::OneKey)
    }
}
