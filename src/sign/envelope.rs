// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A signed document: a payload nobody reads before a signature over it was checked.
//!
//! The form is DSSE's (<https://github.com/secure-systems-lab/dsse>, envelope.md and protocol.md),
//! read strictly: no unknown or double fields, a key id with every signature and none twice. It is
//! written in canonical form (RFC 8785) and a newline, signatures in the order of their key ids.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64ct::{Base64, Base64Url, Encoding as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::canonical::{JcsError, from_jcs, to_jcs};
use super::pae::{self, Namespace, PayloadType, pae};
use super::signer::{SignError, Signer};
use crate::domain::{Digest, KeyId, PublicKey};

mod error;

pub use error::{OpenError, ParseEnvelopeError};

/// The largest envelope that is read, in bytes.
pub const MAX_ENVELOPE_BYTES: usize = 16 << 20;

/// The most signatures an envelope may hold.
pub const MAX_SIGNATURES: usize = 64;

/// A payload with signatures over it that may or may not hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: BTreeMap<KeyId, Vec<u8>>,
}

/// A DSSE envelope: a document and the signatures over it.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WireEnvelope {
    /// The document's bytes in base64.
    payload: String,
    /// The document's media type.
    payload_type: String,
    /// One signature for each key, in the order of the key ids.
    #[cfg_attr(test, schemars(length(min = 1, max = 64)))]
    signatures: Vec<WireSignature>,
}

/// One signature over the envelope's pre-authentication encoding.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct WireSignature {
    /// The key that signed.
    keyid: KeyId,
    /// Base64 of the 64 signature bytes, or of an armored OpenSSH signature.
    sig: String,
}

impl Envelope {
    /// Reads an envelope. Nothing in it is trusted yet, nor can its payload be seen.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseEnvelopeError> {
        if bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(ParseEnvelopeError::TooLarge);
        }
        let wire: WireEnvelope = serde_json::from_slice(bytes).map_err(ParseEnvelopeError::Json)?;
        if wire.signatures.len() > MAX_SIGNATURES {
            return Err(ParseEnvelopeError::TooManySignatures);
        }
        let mut signatures = BTreeMap::new();
        for WireSignature { keyid, sig } in wire.signatures {
            let sig = decode(&sig).ok_or(ParseEnvelopeError::Base64("sig"))?;
            if signatures.insert(keyid.clone(), sig).is_some() {
                return Err(ParseEnvelopeError::DuplicateKey(keyid));
            }
        }
        if signatures.is_empty() {
            return Err(ParseEnvelopeError::Unsigned);
        }
        let payload = decode(&wire.payload).ok_or(ParseEnvelopeError::Base64("payload"))?;
        Ok(Self { payload_type: wire.payload_type, payload, signatures })
    }

    /// Reads an envelope that lies in a record, where there is one spelling: no byte of it can change
    /// and nobody notice.
    pub fn parse_filed(bytes: &[u8]) -> Result<Self, ParseEnvelopeError> {
        let envelope = Self::parse(bytes)?;
        if envelope.to_bytes() == bytes { Ok(envelope) } else { Err(ParseEnvelopeError::Spelling) }
    }

    /// Writes the envelope: canonical JSON (RFC 8785) and a newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        let signatures = self.signatures.iter();
        let wire = WireEnvelope {
            payload: Base64::encode_string(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: signatures
                .map(|(keyid, sig)| WireSignature { keyid: keyid.clone(), sig: Base64::encode_string(sig) })
                .collect(),
        };
        let mut bytes = to_jcs(&wire).expect("an envelope holds nothing but texts");
        bytes.push(b'\n');
        bytes
    }

    /// Returns the SHA-256 of the payload: what a statement or a manifest is called. It is no proof
    /// of anything.
    pub fn payload_digest(&self) -> Digest {
        Digest::from_bytes(Sha256::digest(&self.payload).into())
    }

    /// Returns the keys that are said to have signed.
    pub fn key_ids(&self) -> impl Iterator<Item = &KeyId> {
        self.signatures.keys()
    }

    /// Checks every signature by one of `keys` and gives the payload out, with who signed it. A key
    /// is found by its recomputed id and checks by its own scheme. One signature must hold, and none
    /// by a known key may fail; how many are enough is for the caller to say.
    pub fn open<'a>(
        &self,
        payload_type: PayloadType,
        namespace: Namespace,
        keys: impl IntoIterator<Item = &'a PublicKey>,
    ) -> Result<Verified<Vec<u8>>, OpenError> {
        let keys: BTreeMap<KeyId, &PublicKey> = keys.into_iter().map(|key| (key.id(), key)).collect();
        self.open_with(payload_type, namespace, |id, _| keys.get(id).map(|key| (*key).clone()))
    }

    /// Opens a statement by a key that nobody has enrolled: the key is the one its contributor names,
    /// and it must have signed. Further OpenSSH signatures are checked against the key they carry;
    /// further `ed25519` signatures carry none and are listed as unknown.
    ///
    /// This shows *authorship* (that key said so), never *authority*.
    pub fn self_asserted(&self) -> Result<Verified<Vec<u8>>, OpenError> {
        // Read before it is verified, and for nothing but the key: a payload that names its own key
        // can only fail to be signed by it.
        let claim: Claim = from_jcs(&self.payload).map_err(OpenError::NoContributor)?;
        let contributor = claim.predicate.contributor;
        let own = contributor.key.read().map_err(|_| OpenError::ContributorKey)?;
        if own.person() != contributor.id {
            return Err(OpenError::ContributorKey);
        }
        let own_id = own.id();
        let verified = self.open_with(PayloadType::InToto, Namespace::Statement, |id, signature| {
            if *id == own_id {
                return Some(own.clone());
            }
            let carried = pae::embedded_key(&pae::parse_sshsig(signature).ok()?)?;
            (carried.id() == *id).then_some(carried)
        })?;
        if verified.signers.contains(&own) {
            Ok(verified)
        } else {
            Err(OpenError::NoKnownKey(self.signatures.keys().cloned().collect()))
        }
    }

    /// Opens a document that names its own keys, as a root does: `keys` reads them from the payload.
    /// What it reads can only fail to be signed by them; whether they mean anything is for the caller
    /// to say.
    pub fn open_naming_keys(
        &self,
        payload_type: PayloadType,
        namespace: Namespace,
        keys: impl FnOnce(&[u8]) -> Option<Vec<PublicKey>>,
    ) -> Result<Verified<Vec<u8>>, OpenError> {
        let keys = keys(&self.payload).unwrap_or_default();
        self.open(payload_type, namespace, &keys)
    }

    fn open_with(
        &self,
        payload_type: PayloadType,
        namespace: Namespace,
        find: impl Fn(&KeyId, &[u8]) -> Option<PublicKey>,
    ) -> Result<Verified<Vec<u8>>, OpenError> {
        if self.payload_type != payload_type.as_str() {
            return Err(OpenError::PayloadType {
                expected: payload_type.as_str(),
                found: self.payload_type.clone(),
            });
        }
        let message = pae(&self.payload_type, &self.payload);
        let (mut signers, mut unknown) = (BTreeSet::new(), BTreeSet::new());
        for (id, signature) in &self.signatures {
            let Some(key) = find(id, signature) else {
                unknown.insert(id.clone());
                continue;
            };
            pae::check(&key, namespace, &message, signature)
                .map_err(|why| OpenError::Bad { key: id.clone(), why })?;
            signers.insert(key);
        }
        if signers.is_empty() {
            return Err(OpenError::NoKnownKey(unknown));
        }
        let payload_digest = self.payload_digest();
        Ok(Verified { value: self.payload.clone(), payload_digest, namespace, signers, unknown })
    }

    /// Signs `payload` with every one of `signers`, at least one.
    pub fn seal(
        payload_type: PayloadType,
        payload: Vec<u8>,
        namespace: Namespace,
        signers: &[&Signer],
    ) -> Result<Self, SignError> {
        let payload_type = payload_type.as_str().to_owned();
        let mut envelope = Self { payload_type, payload, signatures: BTreeMap::new() };
        for signer in signers {
            envelope.add(namespace, signer)?;
        }
        if envelope.signatures.is_empty() { Err(SignError::NoSigner) } else { Ok(envelope) }
    }

    /// Returns the envelope with one more signature over the same payload. Nobody signs what they
    /// could not read: `read` is this envelope, opened.
    pub fn cosign<T>(&self, read: &Verified<T>, signer: &Signer) -> Result<Self, SignError> {
        if read.payload_digest != self.payload_digest() {
            return Err(SignError::OtherPayload);
        }
        let mut envelope = self.clone();
        envelope.add(read.namespace, signer)?;
        Ok(envelope)
    }

    /// Returns the envelope with the signatures of another one over the same payload. Where both have a
    /// key's, this one's stays. Nothing is checked: that is for [`Envelope::open`].
    pub fn merge(&self, other: &Self) -> Result<Self, SignError> {
        if (&self.payload_type, &self.payload) != (&other.payload_type, &other.payload) {
            return Err(SignError::OtherPayload);
        }
        let mut envelope = self.clone();
        for (id, signature) in &other.signatures {
            envelope.signatures.entry(id.clone()).or_insert_with(|| signature.clone());
        }
        if envelope.signatures.len() > MAX_SIGNATURES {
            Err(SignError::TooManySignatures)
        } else {
            Ok(envelope)
        }
    }

    fn add(&mut self, namespace: Namespace, signer: &Signer) -> Result<(), SignError> {
        let key = signer.public();
        if self.signatures.contains_key(&key.id()) {
            return Err(SignError::AlreadySigned(key.id()));
        }
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(SignError::TooManySignatures);
        }
        let message = pae(&self.payload_type, &self.payload);
        let signature = signer.sign(namespace, &message)?;
        // An agent may hold another key, a file may have been replaced.
        pae::check(key, namespace, &message, &signature).map_err(SignError::Bad)?;
        self.signatures.insert(key.id(), signature);
        Ok(())
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("payload_type", &self.payload_type)
            .field("payload_digest", &self.payload_digest())
            .field("signatures", &self.signatures.keys())
            .finish_non_exhaustive()
    }
}

/// The schema of the form an envelope is written in.
#[cfg(test)]
impl schemars::JsonSchema for Envelope {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Envelope".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        WireEnvelope::json_schema(generator)
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).or_else(|_| Base64Url::decode_vec(text)).ok()
}

/// What a statement says about its contributor, as far as [`Envelope::self_asserted`] looks.
#[derive(Deserialize)]
struct Claim {
    predicate: ClaimPredicate,
}

#[derive(Deserialize)]
struct ClaimPredicate {
    contributor: super::statement::Contributor,
}

/// Something that was signed, with who signed it. There is no other way to make one than to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    payload_digest: Digest,
    namespace: Namespace,
    signers: BTreeSet<PublicKey>,
    unknown: BTreeSet<KeyId>,
}

impl<T> Verified<T> {
    /// Returns what was signed.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// Returns what was signed, and forgets who signed it.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the keys whose signatures hold.
    pub fn signers(&self) -> &BTreeSet<PublicKey> {
        &self.signers
    }

    /// Returns the keys that are said to have signed and were not known, so nothing was checked.
    pub fn unknown(&self) -> &BTreeSet<KeyId> {
        &self.unknown
    }

    /// Returns the SHA-256 of the payload: what a statement or a manifest is called.
    pub fn payload_digest(&self) -> Digest {
        self.payload_digest
    }

    /// Returns what the signatures were made for.
    pub fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// Makes something else of what was signed, which the same keys then have signed.
    pub fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Verified<U>, E> {
        let Self { value, payload_digest, namespace, signers, unknown } = self;
        Ok(Verified { value: f(value)?, payload_digest, namespace, signers, unknown })
    }
}

impl Verified<Vec<u8>> {
    /// Reads the payload as a document in canonical form.
    pub fn read<T: DeserializeOwned>(self) -> Result<Verified<T>, JcsError> {
        self.try_map(|bytes| from_jcs(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::VerifyingKey;

    use super::super::pae::BadSignature;
    use super::super::secret::SecretKey;
    use super::*;
    use crate::domain::Scheme;

    fn signer(seed: u8) -> Signer {
        Signer::Raw(SecretKey::from_seed(&[seed; 32]).unwrap())
    }

    fn sealed(signers: &[&Signer]) -> Envelope {
        let payload = br#"{"a":1}"#.to_vec();
        Envelope::seal(PayloadType::InToto, payload, Namespace::Statement, signers).unwrap()
    }

    fn open(envelope: &Envelope, keys: &[&Signer]) -> Result<Verified<Vec<u8>>, OpenError> {
        let keys = keys.iter().map(|signer| signer.public());
        envelope.open(PayloadType::InToto, Namespace::Statement, keys)
    }

    #[test]
    fn what_was_sealed_opens_and_says_who() {
        let (alice, bob, carol) = (signer(1), signer(2), signer(3));
        let one = sealed(&[&alice]);
        let read = open(&one, &[&alice, &carol]).unwrap();
        assert_eq!(read.get(), br#"{"a":1}"#);
        let two = one.cosign(&read, &bob).unwrap();
        assert_eq!(two, sealed(&[&bob, &alice]), "whoever signs first, the bytes are the same");
        let two = Envelope::parse(&two.to_bytes()).unwrap();
        let read = open(&two, &[&alice, &carol]).unwrap();
        assert_eq!(read.signers(), &BTreeSet::from([alice.public().clone()]));
        assert_eq!(read.unknown(), &BTreeSet::from([bob.public().id()]));
        assert_eq!(read.payload_digest(), two.payload_digest());

        assert!(matches!(two.cosign(&read, &alice), Err(SignError::AlreadySigned(_))));
        assert!(matches!(open(&two, &[&carol]), Err(OpenError::NoKnownKey(ids)) if ids.len() == 2));
        assert!(matches!(open(&two, &[]), Err(OpenError::NoKnownKey(_))));
        let other = Envelope::seal(PayloadType::InToto, vec![b'1'], Namespace::Statement, &[&alice]).unwrap();
        assert!(matches!(other.cosign(&read, &bob), Err(SignError::OtherPayload)));
        let as_root = two.open(PayloadType::Root, Namespace::Root, [alice.public()]);
        assert!(matches!(as_root, Err(OpenError::PayloadType { .. })));
        let nobody = Envelope::seal(PayloadType::InToto, vec![b'1'], Namespace::Statement, &[]);
        assert!(matches!(nobody, Err(SignError::NoSigner)));
    }

    #[test]
    fn one_bad_signature_by_a_known_key_closes_it() {
        let (alice, bob) = (signer(1), signer(2));
        let mut envelope = sealed(&[&alice, &bob]);
        let of_alice = envelope.signatures[&alice.public().id()].clone();
        envelope.signatures.insert(bob.public().id(), of_alice);
        assert!(matches!(
            open(&envelope, &[&alice, &bob]),
            Err(OpenError::Bad { key, why: BadSignature::Mismatch }) if key == bob.public().id()
        ));
        assert!(open(&envelope, &[&alice]).is_ok(), "nothing is known about an unknown key's");
    }

    #[test]
    fn no_changed_bit_verifies() {
        let alice = signer(1);
        let bytes = sealed(&[&alice]).to_bytes();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                // Only the white space behind the document may change.
                let opened =
                    Envelope::parse(&flipped).is_ok_and(|envelope| open(&envelope, &[&alice]).is_ok());
                assert!(!opened || at == bytes.len() - 1, "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn the_identity_point_signs_for_nobody() {
        // S = 1 and R = the base point fit every message under the identity point, in OpenSSL too.
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(PublicKey::ed25519(Scheme::Ed25519, identity).is_err());
        let verified = VerifyingKey::from_bytes(&identity).unwrap();
        let mut forged = [0x66; 64];
        forged[0] = 0x58;
        forged[32..].copy_from_slice(&identity);
        let forged = ed25519_dalek::Signature::from_bytes(&forged);
        assert!(ed25519_dalek::Verifier::verify(&verified, b"anything", &forged).is_ok());
        assert!(verified.verify_strict(b"anything", &forged).is_err());
    }

    #[test]
    fn only_one_form_of_envelope_is_read() {
        let text = String::from_utf8(sealed(&[&signer(1)]).to_bytes()).unwrap();
        let (head, tail) = text.trim_end().split_at(text.find('[').unwrap() + 1);
        let one = tail.strip_suffix("]}").unwrap();
        let id = signer(1).public().id();
        for (bad, expected) in [
            (format!("{head}]}}"), "the envelope has no signature".to_owned()),
            (format!("{head}{one},{one}]}}"), format!("the envelope has two signatures by key {id}")),
            (
                format!("{head}{}{one}]}}", format!("{one},").repeat(64)),
                "the envelope has more than 64 signatures".into(),
            ),
            (format!("{head}{one}],\"x\":1}}"), "not a DSSE envelope".into()),
            (format!("{head}{one}],\"payload\":\"\"}}"), "not a DSSE envelope".into()),
            (format!("{head}{}]}}", one.replace("\"keyid\"", "\"x\"")), "not a DSSE envelope".into()),
            (format!("{text}{text}"), "not a DSSE envelope".into()),
            (format!("\u{feff}{text}"), "not a DSSE envelope".into()),
            (
                text.replace("eyJhIjoxfQ==", "eyJhIjoxfQ"),
                "the envelope's `payload` is not canonical base64".into(),
            ),
            (
                text.replace("eyJhIjoxfQ==", "eyJhIjoxfR=="),
                "the envelope's `payload` is not canonical base64".into(),
            ),
        ] {
            assert_eq!(Envelope::parse(bad.as_bytes()).unwrap_err().to_string(), expected, "{bad}");
        }
        assert!(matches!(
            Envelope::parse(&vec![b' '; MAX_ENVELOPE_BYTES + 1]),
            Err(ParseEnvelopeError::TooLarge)
        ));
        let url_safe = text.replace('+', "-").replace('/', "_").replace("application_", "application/");
        let url_safe = url_safe.replace("vnd.in-toto-json", "vnd.in-toto+json");
        assert_eq!(Envelope::parse(url_safe.as_bytes()).unwrap().to_bytes(), text.as_bytes());
    }
}
