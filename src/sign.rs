// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Signatures: who said what, and the keys they say it with.
//!
//! A document travels in an [`Envelope`] and stays closed until a signature over it was checked;
//! what comes out is [`Verified`] and tells *who* signed. Whether they had the authority to is not
//! decided here. This is the only module that starts a process, and the only one it starts is
//! `ssh-keygen`.

pub mod canonical;
mod envelope;
pub mod keyring;
mod pae;
mod secret;
mod signer;
pub mod statement;

pub use envelope::{Envelope, MAX_ENVELOPE_BYTES, MAX_SIGNATURES, OpenError, ParseEnvelopeError, Verified};
pub use keyring::Keyring;
pub use pae::{BadSignature, Namespace, PayloadType, pae};
pub use secret::{SecretError, SecretKey};
pub use signer::{SignError, Signer, read_openssh_public};
pub use statement::Statement;
