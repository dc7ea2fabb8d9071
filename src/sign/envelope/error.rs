// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Why an envelope is not read, or stays closed.

use std::collections::BTreeSet;
use std::fmt;

use super::{MAX_ENVELOPE_BYTES, MAX_SIGNATURES};
use crate::domain::{KeyId, shown};
use crate::sign::canonical::JcsError;
use crate::sign::pae::BadSignature;

/// Why bytes are no [`Envelope`](super::Envelope).
#[derive(Debug)]
#[non_exhaustive]
pub enum ParseEnvelopeError {
    /// It is larger than [`MAX_ENVELOPE_BYTES`].
    TooLarge,
    /// It is no JSON of this form; says what and where.
    Json(serde_json::Error),
    /// A field that is not base64 in its one spelling.
    Base64(&'static str),
    /// It has no signature.
    Unsigned,
    /// It has more than [`MAX_SIGNATURES`].
    TooManySignatures,
    /// Two signatures name the same key.
    DuplicateKey(KeyId),
    /// It is read, but not spelled as [`Envelope::to_bytes`](super::Envelope::to_bytes) spells it.
    Spelling,
}

impl fmt::Display for ParseEnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the envelope is larger than {MAX_ENVELOPE_BYTES} bytes"),
            Self::Json(_) => f.write_str("not a DSSE envelope"),
            Self::Base64(field) => write!(f, "the envelope's `{field}` is not canonical base64"),
            Self::Unsigned => f.write_str("the envelope has no signature"),
            Self::TooManySignatures => {
                write!(f, "the envelope has more than {MAX_SIGNATURES} signatures")
            }
            Self::DuplicateKey(key) => write!(f, "the envelope has two signatures by key {key}"),
            Self::Spelling => f.write_str(
                "the envelope is not in the one spelling a record has: RFC 8785, signatures by key id, a line feed",
            ),
        }
    }
}

impl std::error::Error for ParseEnvelopeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            _ => None,
        }
    }
}

/// Why an [`Envelope`](super::Envelope) stays closed.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// It holds another kind of document than was asked for.
    PayloadType {
        /// The media type that was asked for.
        expected: &'static str,
        /// The media type the envelope names.
        found: String,
    },
    /// A signature by a key that is known does not hold.
    Bad {
        /// The key.
        key: KeyId,
        /// Why it does not hold.
        why: BadSignature,
    },
    /// No key that is known has signed; these others say they have.
    NoKnownKey(BTreeSet<KeyId>),
    /// The document does not say, in canonical form, which key its contributor signs with.
    NoContributor(JcsError),
    /// The document's contributor id is not that of the key it names, or that key is none.
    ContributorKey,
    /// A key link is not signed by two different keys, the ones it names.
    OneKey,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PayloadType { expected, found } => {
                write!(f, "the envelope holds `{}`, not `{expected}`", shown(found))
            }
            Self::Bad { key, why } => write!(f, "the signature by key {key} does not hold: {why}"),
            Self::NoKnownKey(unknown) => {
                f.write_str("no key that is known has signed; signatures name")?;
                for (index, key) in unknown.iter().enumerate() {
                    write!(f, "{} {key}", if index == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Self::NoContributor(_) => f.write_str("the statement names no contributor's key"),
            Self::ContributorKey => f.write_str("the contributor's id is not that of the key beside it"),
            Self::OneKey => f.write_str("a key link takes the signatures of the two keys it names"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoContributor(error) => Some(error),
            _ => None,
        }
    }
}
