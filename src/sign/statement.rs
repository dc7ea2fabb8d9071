// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What is said about works: in-toto statements
//! (<https://github.com/in-toto/attestation>, spec/v1/statement.md).
//!
//! in-toto matches subjects by digest alone. Our predicates bind a subject's name and digest
//! together, since an empty file or a license text has the same digest everywhere.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::canonical::{JcsError, from_jcs, to_jcs};
use super::envelope::Verified;
use crate::domain::{Digest, KeyError, PersonId, PublicKey, Scheme, WorkPath, shown};

mod consent;
mod contribution;
mod key_link;

pub use consent::Consent;
pub use contribution::{
    Act, Assistance, AssistanceExtent, AssistanceKind, Attestation, Clause, Contribution, Declaration,
    DeclarationText, Item, Source, without_addresses,
};
pub use key_link::KeyLink;

/// The type every in-toto statement has.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The most subjects a statement may have; other verifiers stop there too.
pub const MAX_SUBJECTS: usize = 1024;

/// What a statement says of its subjects.
pub trait Predicate: Serialize + DeserializeOwned {
    /// The type URI, whose last segment is the version.
    const TYPE: &'static str;

    /// Returns what does not fit: inside the predicate, or between it and the subjects.
    fn check(&self, _subjects: &[Subject]) -> Result<(), StatementError> {
        Ok(())
    }
}

/// An in-toto statement: works, and what is said about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Statement<P> {
    /// Always `https://in-toto.io/Statement/v1`.
    #[serde(rename = "_type")]
    kind: String,
    /// The works, each by name and digest.
    #[cfg_attr(test, schemars(length(min = 1, max = 1024)))]
    subject: Vec<Subject>,
    /// What kind of thing is said.
    predicate_type: String,
    /// What is said.
    predicate: P,
}

/// A work by its path and its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Subject {
    /// The work's path in its project.
    pub name: WorkPath,
    /// The digest of the work's bytes.
    pub digest: DigestSet,
}

/// The digest of some bytes. There is only one kind: with several, the weakest would decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DigestSet {
    /// SHA-256.
    pub sha256: Digest,
}

/// The project a statement is made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProjectRef {
    /// The project's name.
    pub name: String,
    /// The digest of the project's first root; absent where it has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_sha256: Option<Digest>,
}

/// The person who makes a statement. Nothing here is proved but the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Contributor {
    /// The person's id, derived from the key.
    pub id: PersonId,
    /// What the person wants to be called; a pseudonym is fine, an address is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the person is to be found; an address is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// The key the statement is signed with.
    pub key: WireKey,
}

/// A public key and how it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WireKey {
    /// How the key signs.
    pub scheme: Scheme,
    /// For `ed25519` the base64 of the SubjectPublicKeyInfo, else the OpenSSH line without comment.
    pub public: String,
}

impl WireKey {
    /// Reads the key.
    pub fn read(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_text(self.scheme, &self.public)
    }
}

impl From<&PublicKey> for WireKey {
    fn from(key: &PublicKey) -> Self {
        Self { scheme: key.scheme(), public: key.to_text() }
    }
}

impl Contributor {
    /// Names the person who holds `key`.
    pub fn new(key: &PublicKey, name: Option<String>, links: Vec<String>) -> Self {
        Self { id: key.person(), name, links, key: key.into() }
    }

    /// Returns what is wrong: an id that is not the key's, or an address.
    pub fn check(&self) -> Result<(), StatementError> {
        if self.key.read().ok().is_none_or(|key| key.person() != self.id) {
            return Err(StatementError::ContributorKey);
        }
        match self.name.iter().chain(&self.links).find(|text| text.contains('@')) {
            Some(text) => Err(StatementError::Address(text.clone())),
            None => Ok(()),
        }
    }
}

/// Why a document is no statement of the kind asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum StatementError {
    /// It cannot be read, or is not in canonical form.
    Document(JcsError),
    /// It is no in-toto statement, but what it says here.
    OtherType(String),
    /// It says another kind of thing, so it was not looked at.
    OtherPredicate(String),
    /// It has no subject, or more than [`MAX_SUBJECTS`].
    SubjectCount(usize),
    /// Two subjects have this name.
    DuplicateSubject(WorkPath),
    /// An item speaks of a subject there is not.
    NoSuchSubject(u32),
    /// A subject has no item, or more than one.
    ItemCount(WorkPath),
    /// The contributor's id is not that of the key beside it, or that key is none.
    ContributorKey,
    /// A key link's subjects are not its two keys.
    LinkedKeys,
    /// An e-mail address, or something written like one, stands where everybody would read it.
    Address(String),
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(error) => error.fmt(f),
            Self::OtherType(found) => write!(f, "`{}` is no in-toto statement (v1)", shown(found)),
            Self::OtherPredicate(found) => write!(f, "a statement of type `{}`", shown(found)),
            Self::SubjectCount(count) => {
                write!(f, "a statement has 1 to {MAX_SUBJECTS} subjects, this one has {count}")
            }
            Self::DuplicateSubject(path) => write!(f, "two subjects are named `{}`", shown(path.as_str())),
            Self::NoSuchSubject(index) => write!(f, "an item names subject {index}, which there is not"),
            Self::ItemCount(path) => {
                write!(f, "the subject `{}` has not exactly one item", shown(path.as_str()))
            }
            Self::ContributorKey => f.write_str("the contributor's id is not that of the key beside it"),
            Self::LinkedKeys => f.write_str("the subjects are not the two keys that are linked"),
            Self::Address(text) => write!(
                f,
                "`{}` looks like an e-mail address; a signed statement is public for ever and holds none",
                shown(text)
            ),
        }
    }
}

impl std::error::Error for StatementError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Document(error) => error.source(),
            _ => None,
        }
    }
}

/// Returns what kind of thing a verified payload says: its `predicateType`.
pub fn predicate_type(payload: &Verified<Vec<u8>>) -> Result<String, StatementError> {
    let head: Head = from_jcs(payload.get()).map_err(StatementError::Document)?;
    if head.kind == STATEMENT_TYPE {
        Ok(head.predicate_type)
    } else {
        Err(StatementError::OtherType(head.kind))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(rename = "_type")]
    kind: String,
    predicate_type: String,
}

impl<P: Predicate> Statement<P> {
    /// States `predicate` about `subject`, if the two fit.
    pub fn new(subject: Vec<Subject>, predicate: P) -> Result<Self, StatementError> {
        let kind = STATEMENT_TYPE.to_owned();
        Self { kind, subject, predicate_type: P::TYPE.to_owned(), predicate }.checked()
    }

    /// Reads a statement from a payload that was verified. Fields that are not known are ignored.
    pub fn read(payload: Verified<Vec<u8>>) -> Result<Verified<Self>, StatementError> {
        let found = predicate_type(&payload)?;
        if found != P::TYPE {
            return Err(StatementError::OtherPredicate(found));
        }
        payload.try_map(|bytes| from_jcs::<Self>(&bytes).map_err(StatementError::Document)?.checked())
    }

    /// Reads a statement that nobody signed. What it says, nobody said.
    pub fn read_unsigned(bytes: &[u8]) -> Result<Self, StatementError> {
        let head: Head = from_jcs(bytes).map_err(StatementError::Document)?;
        if head.kind != STATEMENT_TYPE {
            return Err(StatementError::OtherType(head.kind));
        }
        if head.predicate_type != P::TYPE {
            return Err(StatementError::OtherPredicate(head.predicate_type));
        }
        from_jcs::<Self>(bytes).map_err(StatementError::Document)?.checked()
    }

    /// Writes the payload to be signed.
    pub fn to_payload(&self) -> Result<Vec<u8>, StatementError> {
        to_jcs(self).map_err(StatementError::Document)
    }

    /// Returns the works, at least one, no name twice.
    pub fn subjects(&self) -> &[Subject] {
        &self.subject
    }

    /// Returns what is said about them.
    pub fn predicate(&self) -> &P {
        &self.predicate
    }

    fn checked(self) -> Result<Self, StatementError> {
        if self.subject.is_empty() || self.subject.len() > MAX_SUBJECTS {
            return Err(StatementError::SubjectCount(self.subject.len()));
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = self.subject.iter().find(|subject| !names.insert(&subject.name)) {
            return Err(StatementError::DuplicateSubject(twice.name.clone()));
        }
        self.predicate.check(&self.subject)?;
        Ok(self)
    }
}

impl Subject {
    /// Names the work at `name` with these bytes.
    pub fn new(name: WorkPath, sha256: Digest) -> Self {
        Self { name, digest: DigestSet { sha256 } }
    }
}
