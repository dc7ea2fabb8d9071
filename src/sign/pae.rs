// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What exactly is signed, and the check of one signature by one key.

use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};
use ssh_key::{LineEnding, SshSig};

use crate::domain::{PublicKey, Scheme};

/// What an OpenSSH signature says it is for (PROTOCOL.sshsig), so that one made for a statement is
/// none for a manifest. It is no part of an `ed25519` signature, where the payload's type and its
/// `predicateType` tell documents apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Namespace {
    /// Contribution and consent statements.
    Statement,
    /// A project's manifest.
    Manifest,
    /// A project's root.
    Root,
}

impl Namespace {
    /// Returns the name as `ssh-keygen -n` takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Statement => "statement@copyhold",
            Self::Manifest => "manifest@copyhold",
            Self::Root => "root@copyhold",
        }
    }
}

/// What a payload is, as DSSE's `payloadType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PayloadType {
    /// An in-toto statement.
    InToto,
    /// A governance root.
    Root,
}

impl PayloadType {
    /// Returns the media type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InToto => "application/vnd.in-toto+json",
            Self::Root => "application/vnd.copyhold.root+json",
        }
    }
}

/// Returns DSSE's pre-authentication encoding, the bytes that are signed
/// (DSSE protocol v1.0.2, "Signature Definition").
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadSignature {
    /// It is not what a key of its scheme makes, or not in the one spelling `ssh-keygen` writes.
    Form,
    /// It was made for another namespace, which it names.
    Namespace(String),
    /// It was made by another key than the one it is filed under.
    OtherKey,
    /// It was made by a hardware key that nobody touched.
    NoPresence,
    /// The bytes or the signature were changed.
    Mismatch,
}

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("it has not the form a key of its scheme makes"),
            Self::Namespace(other) => {
                write!(f, "it was made for `{}`", crate::domain::shown(other))
            }
            Self::OtherKey => f.write_str("it was made by another key than it names"),
            Self::NoPresence => f.write_str("nobody touched the hardware key that made it"),
            Self::Mismatch => f.write_str("it does not fit these bytes"),
        }
    }
}

impl std::error::Error for BadSignature {}

/// Checks that `signature` over `message` was made by `key` for `namespace`. The key's scheme alone
/// says how.
pub(super) fn check(
    key: &PublicKey,
    namespace: Namespace,
    message: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    if key.scheme() == Scheme::Ed25519 {
        let signature = signature.try_into().map_err(|_| BadSignature::Form)?;
        return check_strict(key, message, signature);
    }
    let sshsig = parse_sshsig(signature)?;
    if sshsig.namespace() != namespace.as_str() {
        return Err(BadSignature::Namespace(sshsig.namespace().to_owned()));
    }
    if embedded_key(&sshsig).as_ref() != Some(key) {
        return Err(BadSignature::OtherKey);
    }
    if sshsig.algorithm() != sshsig.public_key().algorithm() {
        return Err(BadSignature::Form);
    }
    // `reserved` is signed as empty, so one that is not never verifies.
    let signed = SshSig::signed_data(sshsig.namespace(), sshsig.hash_alg(), message)
        .map_err(|_| BadSignature::Form)?;
    let (signature, rest) = sshsig.signature_bytes().split_first_chunk().ok_or(BadSignature::Form)?;
    match (key.scheme(), rest) {
        (Scheme::SshsigEd25519, []) => check_strict(key, &signed, signature),
        // PROTOCOL.u2f, "SSH U2F Signatures": bit 0 of the flags is user presence.
        (Scheme::SshsigSkEd25519, [flags, _, _, _, _]) => {
            let mut over = Sha256::digest(key.application()).to_vec();
            over.extend_from_slice(rest);
            over.extend_from_slice(&Sha256::digest(&signed));
            check_strict(key, &over, signature)?;
            if flags & 1 == 1 { Ok(()) } else { Err(BadSignature::NoPresence) }
        }
        _ => Err(BadSignature::Form),
    }
}

/// Reads an armored OpenSSH signature that is spelled as `ssh-keygen` spells it.
pub(super) fn parse_sshsig(armored: &[u8]) -> Result<SshSig, BadSignature> {
    let sshsig = SshSig::from_pem(armored).map_err(|_| BadSignature::Form)?;
    let spelled = sshsig.to_pem(LineEnding::LF).map_err(|_| BadSignature::Form)?;
    if spelled.as_bytes() == armored && sshsig.version() == SshSig::VERSION {
        Ok(sshsig)
    } else {
        Err(BadSignature::Form)
    }
}

/// Returns the key an OpenSSH signature says it was made by, where it is one copyhold takes.
pub(super) fn embedded_key(sshsig: &SshSig) -> Option<PublicKey> {
    let line = ssh_key::PublicKey::from(sshsig.public_key().clone()).to_openssh().ok()?;
    PublicKey::from_openssh(&line).ok()
}

fn check_strict(key: &PublicKey, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
    // Strict: no key and no R of small order. OpenSSL, Node and ssh-keygen accept those, and with
    // them one signature that fits everything.
    VerifyingKey::from_bytes(key.point())
        .and_then(|key| key.verify_strict(message, &Signature::from_bytes(signature)))
        .map_err(|_| BadSignature::Mismatch)
}

#[cfg(test)]
mod vectors;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_dsse_protocol() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pae("é", b""), "DSSEv1 2 é 0 ".as_bytes(), "lengths are in bytes");
    }

    fn unhex<const N: usize>(text: &str) -> [u8; N] {
        std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
    }

    #[test]
    fn rfc_8032_section_7_1_test_3_verifies() {
        let point = unhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
        let key = PublicKey::ed25519(Scheme::Ed25519, point).unwrap();
        let signature: [u8; 64] = unhex(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        );
        assert_eq!(check(&key, Namespace::Root, &[0xaf, 0x82], &signature), Ok(()));
        assert_eq!(check(&key, Namespace::Root, &[0xaf, 0x83], &signature), Err(BadSignature::Mismatch));
        assert_eq!(check(&key, Namespace::Root, &[0xaf, 0x82], &signature[1..]), Err(BadSignature::Form));
    }

    /// Made with `ssh-keygen -t ed25519` and
    /// `printf 'hello sshsig' | ssh-keygen -Y sign -n statement@copyhold -f KEY` (OpenSSH 9.2p1).
    const LINE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM4BhBJtr758UIQjbduhL8if7Cu2HHDFepVcq4Gi+RPs";
    const SSHSIG: &str = "-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgzgGEEm2vvnxQhCNt26EvyJ/sK7
YccMV6lVyrgaL5E+wAAAASc3RhdGVtZW50QGNvcHlob2xkAAAAAAAAAAZzaGE1MTIAAABT
AAAAC3NzaC1lZDI1NTE5AAAAQCl0SSPqgh2nsdrCovXrUPz5hTOwAOw9H3at/5Psz2YMo/
A30/wFCEBee7GslujOxxEt3QN7bcmEliOiLM9goQU=
-----END SSH SIGNATURE-----
";

    #[test]
    fn what_ssh_keygen_signed_verifies_for_its_namespace_and_key_only() {
        let key = PublicKey::from_openssh(LINE).unwrap();
        let sig = SSHSIG.as_bytes();
        assert_eq!(check(&key, Namespace::Statement, b"hello sshsig", sig), Ok(()));
        assert_eq!(
            check(&key, Namespace::Manifest, b"hello sshsig", sig),
            Err(BadSignature::Namespace("statement@copyhold".into()))
        );
        assert_eq!(check(&key, Namespace::Statement, b"hello", sig), Err(BadSignature::Mismatch));
        let raw = PublicKey::ed25519(Scheme::Ed25519, *key.point()).unwrap();
        assert_eq!(check(&raw, Namespace::Statement, b"hello sshsig", sig), Err(BadSignature::Form));
        let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEGN4czi4pr1mkgeBxz0+u7o1CcKkc5C5ztYZ8AKuMZ";
        let other = PublicKey::from_openssh(other).unwrap();
        assert_eq!(check(&other, Namespace::Statement, b"hello sshsig", sig), Err(BadSignature::OtherKey));
        for at in 0..sig.len() {
            for bit in 0..8 {
                let mut flipped = sig.to_vec();
                flipped[at] ^= 1 << bit;
                assert!(check(&key, Namespace::Statement, b"hello sshsig", &flipped).is_err(), "{at} {bit}");
            }
        }
        assert!(check(&key, Namespace::Statement, b"hello sshsig", SSHSIG.trim_end().as_bytes()).is_err());
    }

    /// A hardware key as software, because no test can touch one.
    fn sk_signature(flags: u8, message: &[u8]) -> (PublicKey, Vec<u8>) {
        use ed25519_dalek::Signer as _;
        let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let data = ssh_key::public::KeyData::SkEd25519(ssh_key::public::SkEd25519::new(
            ssh_key::public::Ed25519PublicKey(secret.verifying_key().to_bytes()),
            "ssh:",
        ));
        let signed = SshSig::signed_data("root@copyhold", ssh_key::HashAlg::Sha256, message).unwrap();
        let trailer = [flags, 0, 0, 0, 9];
        let mut over = Sha256::digest("ssh:").to_vec();
        over.extend_from_slice(&trailer);
        over.extend_from_slice(&Sha256::digest(&signed));
        let mut bytes = secret.sign(&over).to_bytes().to_vec();
        bytes.extend_from_slice(&trailer);
        let signature = ssh_key::Signature::new(ssh_key::Algorithm::SkEd25519, bytes).unwrap();
        let sshsig = SshSig::new(data.clone(), "root@copyhold", ssh_key::HashAlg::Sha256, signature).unwrap();
        let line = ssh_key::PublicKey::from(data).to_openssh().unwrap();
        let key = PublicKey::from_openssh(&line).unwrap();
        (key, sshsig.to_pem(LineEnding::LF).unwrap().into_bytes())
    }

    #[test]
    fn a_hardware_key_must_have_been_touched() {
        let (key, touched) = sk_signature(5, b"message");
        assert_eq!(key.scheme(), Scheme::SshsigSkEd25519);
        assert_eq!(check(&key, Namespace::Root, b"message", &touched), Ok(()));
        assert_eq!(check(&key, Namespace::Root, b"massage", &touched), Err(BadSignature::Mismatch));
        let (key, untouched) = sk_signature(4, b"message");
        assert_eq!(check(&key, Namespace::Root, b"message", &untouched), Err(BadSignature::NoPresence));
    }
}
