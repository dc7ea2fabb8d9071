// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Public keys, what they are called, and how each of them signs.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Base64Unpadded, Encoding as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::text_form::text_form;

/// How a key signs. It is an attribute of the key, fixed where the key is enrolled, and never
/// inferred from a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Scheme {
    /// The 64 bytes of RFC 8032 over the DSSE pre-authentication encoding.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// An OpenSSH signature (PROTOCOL.sshsig) over it, by an `ssh-ed25519` key.
    #[serde(rename = "sshsig-ed25519")]
    SshsigEd25519,
    /// The same by a hardware key, `sk-ssh-ed25519@openssh.com`.
    #[serde(rename = "sshsig-sk-ed25519")]
    SshsigSkEd25519,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "ed25519",
            Self::SshsigEd25519 => "sshsig-ed25519",
            Self::SshsigSkEd25519 => "sshsig-sk-ed25519",
        })
    }
}

/// What a key is called: `SHA256:…` as OpenSSH prints it for the `sshsig` schemes, the lowercase
/// hexadecimal SHA-256 of its SubjectPublicKeyInfo for `ed25519`. Always recomputed, never believed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

/// Why a text is no [`KeyId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseKeyIdError;

impl fmt::Display for ParseKeyIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected a key id: `SHA256:` and 43 base64 characters, or 64 lowercase hexadecimal digits",
        )
    }
}

impl std::error::Error for ParseKeyIdError {}

impl KeyId {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyId {
    type Err = ParseKeyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = match text.strip_prefix("SHA256:") {
            Some(base64) => Base64Unpadded::decode_vec(base64).is_ok_and(|bytes| bytes.len() == 32),
            None => text.parse::<super::Digest>().is_ok(),
        };
        if valid { Ok(Self(text.to_owned())) } else { Err(ParseKeyIdError) }
    }
}

text_form!(
    KeyId,
    "^(SHA256:[A-Za-z0-9+/]{43}|[0-9a-f]{64})$",
    "key id: OpenSSH fingerprint, or SHA-256 of the SPKI"
);

/// Who a contributor is to a verifier: nothing but a key. `did:key:z6Mk…` for an ed25519 key,
/// `ssh:SHA256:…` for a hardware key, which did:key cannot express.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(String);

impl PersonId {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PersonId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(base58) = text.strip_prefix("did:key:z") {
            let bytes = if text.len() < 128 {
                bs58::decode(base58).into_vec().unwrap_or_default()
            } else {
                Vec::new()
            };
            if bytes.len() == 34 && bytes[..2] == DID_ED25519 {
                return Ok(Self(text.to_owned()));
            }
        } else if text
            .strip_prefix("ssh:")
            .is_some_and(|id| id.starts_with("SHA256:") && id.parse::<KeyId>().is_ok())
        {
            return Ok(Self(text.to_owned()));
        }
        Err(KeyError::Unreadable)
    }
}

text_form!(
    PersonId,
    "^(did:key:z[1-9A-HJ-NP-Za-km-z]+|ssh:SHA256:[A-Za-z0-9+/]{43})$",
    "contributor id, derived from a key"
);

/// The multicodec prefix of an ed25519 public key (did:key method, section 3.1).
const DID_ED25519: [u8; 2] = [0xed, 0x01];

/// What precedes the 32 key bytes in an ed25519 SubjectPublicKeyInfo (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key with the one way it signs. A weak key (of small order, for which anybody can make
/// signatures) cannot be held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey {
    scheme: Scheme,
    point: [u8; 32],
    /// The application a hardware key is bound to; empty for the others.
    application: String,
}

/// Why something is no key for us.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not a key at all, or damaged.
    Unreadable,
    /// A key of another kind: RSA, ECDSA, DSA.
    Unsupported(String),
    /// A point of small order or in no canonical form: anybody can sign for it.
    Weak,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("not a readable public key"),
            Self::Unsupported(kind) => write!(f, "a key of type {kind}; copyhold takes ed25519 keys"),
            Self::Weak => f.write_str("a weak key: signatures for it can be made by anybody"),
        }
    }
}

impl std::error::Error for KeyError {}

impl PublicKey {
    /// Takes the 32 bytes of an ed25519 key that signs as `scheme`.
    pub fn ed25519(scheme: Scheme, point: [u8; 32]) -> Result<Self, KeyError> {
        Self::new(scheme, point, String::new())
    }

    fn new(scheme: Scheme, point: [u8; 32], application: String) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&point).map_err(|_| KeyError::Unreadable)?;
        // `from_bytes` accepts y >= p, which re-encodes differently.
        if key.is_weak() || key.to_edwards().compress().to_bytes() != point {
            return Err(KeyError::Weak);
        }
        Ok(Self { scheme, point, application })
    }

    /// Reads an OpenSSH public key line (`ssh-ed25519 AAAA… comment`). The comment is dropped: it
    /// often holds an e-mail address.
    pub fn from_openssh(line: &str) -> Result<Self, KeyError> {
        let key = ssh_key::PublicKey::from_openssh(line.trim()).map_err(|_| KeyError::Unreadable)?;
        match key.key_data() {
            ssh_key::public::KeyData::Ed25519(key) => Self::new(Scheme::SshsigEd25519, key.0, String::new()),
            ssh_key::public::KeyData::SkEd25519(key) => {
                Self::new(Scheme::SshsigSkEd25519, key.public_key().0, key.application().to_owned())
            }
            other => Err(KeyError::Unsupported(other.algorithm().to_string())),
        }
    }

    /// Reads the text form a signed document holds for a key of `scheme`: the base64 of its
    /// SubjectPublicKeyInfo for `ed25519`, an OpenSSH line without comment for the others.
    pub fn from_text(scheme: Scheme, text: &str) -> Result<Self, KeyError> {
        let key = if scheme == Scheme::Ed25519 {
            let der = Base64::decode_vec(text).map_err(|_| KeyError::Unreadable)?;
            let point = der.strip_prefix(&SPKI_PREFIX[..]).ok_or(KeyError::Unreadable)?;
            Self::ed25519(scheme, point.try_into().map_err(|_| KeyError::Unreadable)?)?
        } else {
            Self::from_openssh(text)?
        };
        // One spelling per key, and the scheme the document names.
        if key.scheme == scheme && key.to_text() == text { Ok(key) } else { Err(KeyError::Unreadable) }
    }

    /// Returns the text form that [`PublicKey::from_text`] reads.
    pub fn to_text(&self) -> String {
        if self.scheme == Scheme::Ed25519 {
            return Base64::encode_string(&self.spki());
        }
        format!("{} {}", self.openssh_algorithm(), Base64::encode_string(&self.openssh_blob()))
    }

    /// Returns the line `ssh-keygen` reads for this key, whatever its scheme.
    pub fn to_openssh(&self) -> String {
        format!("{} {}", self.openssh_algorithm(), Base64::encode_string(&self.openssh_blob()))
    }

    /// Returns how the key signs.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the 32 bytes of the curve point.
    pub fn point(&self) -> &[u8; 32] {
        &self.point
    }

    /// Returns the application a hardware key is bound to; empty for the others.
    pub fn application(&self) -> &str {
        &self.application
    }

    /// Returns the key's SubjectPublicKeyInfo in DER (RFC 8410).
    pub fn spki(&self) -> Vec<u8> {
        [&SPKI_PREFIX[..], &self.point].concat()
    }

    /// Returns what the key is called under its scheme.
    pub fn id(&self) -> KeyId {
        KeyId(match self.scheme {
            Scheme::Ed25519 => super::Digest::from_bytes(Sha256::digest(self.spki()).into()).to_string(),
            _ => self.fingerprint(),
        })
    }

    /// Returns the fingerprint OpenSSH prints for the key.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", Base64Unpadded::encode_string(&Sha256::digest(self.openssh_blob())))
    }

    /// Returns who a contributor with this key is.
    pub fn person(&self) -> PersonId {
        PersonId(if self.scheme == Scheme::SshsigSkEd25519 {
            format!("ssh:{}", self.fingerprint())
        } else {
            let bytes = [&DID_ED25519[..], &self.point].concat();
            format!("did:key:z{}", bs58::encode(bytes).into_string())
        })
    }

    fn openssh_algorithm(&self) -> &'static str {
        match self.scheme {
            Scheme::SshsigSkEd25519 => "sk-ssh-ed25519@openssh.com",
            _ => "ssh-ed25519",
        }
    }

    /// The SSH wire form (RFC 8709, section 4; PROTOCOL.u2f): length-prefixed strings.
    fn openssh_blob(&self) -> Vec<u8> {
        let mut fields = vec![self.openssh_algorithm().as_bytes(), &self.point];
        if self.scheme == Scheme::SshsigSkEd25519 {
            fields.push(self.application.as_bytes());
        }
        fields
            .into_iter()
            .flat_map(|field| {
                let length = u32::try_from(field.len()).expect("a key's fields are short");
                length.to_be_bytes().into_iter().chain(field.iter().copied())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `ssh-keygen -t ed25519`; the fingerprint is what `ssh-keygen -lf` prints.
    const LINE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEGN4czi4pr1mkgeBxz0+u7o1CcKkc5C5ztYZ8AKuMZ";
    const FINGERPRINT: &str = "SHA256:PZFmXGJNnFDfNEGYNJOqny5ob2wDxH69/fVNWyR+zY8";

    #[test]
    fn a_key_is_read_back_from_its_text() {
        let ssh = PublicKey::from_openssh(&format!("{LINE} someone@example.org")).unwrap();
        assert_eq!(ssh.to_text(), LINE);
        assert_eq!(ssh.id().as_str(), FINGERPRINT);
        assert_eq!(PublicKey::from_text(Scheme::SshsigEd25519, LINE).unwrap(), ssh);
        let raw = PublicKey::ed25519(Scheme::Ed25519, *ssh.point()).unwrap();
        assert_eq!(PublicKey::from_text(Scheme::Ed25519, &raw.to_text()).unwrap(), raw);
        assert_eq!(raw.person(), ssh.person(), "one person, two schemes");
        assert_ne!(raw.id(), ssh.id());
        for id in [raw.id(), ssh.id()] {
            assert_eq!(id.as_str().parse::<KeyId>().unwrap(), id);
        }
        assert_eq!(raw.person().as_str().parse::<PersonId>().unwrap(), raw.person());
    }

    #[test]
    fn weak_and_foreign_keys_cannot_be_held() {
        let mut identity = [0u8; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::ed25519(Scheme::Ed25519, identity), Err(KeyError::Weak));
        assert_eq!(PublicKey::ed25519(Scheme::Ed25519, [0u8; 32]), Err(KeyError::Weak));
        assert!(PublicKey::from_text(Scheme::Ed25519, LINE).is_err(), "the scheme is not inferred");
    }
}
