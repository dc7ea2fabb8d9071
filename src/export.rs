// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A record in the forms that other people's tools read: keys as PEM or as OpenSSH's allowed signers,
//! digests as `sha256sum -c` takes them, envelopes as Sigstore bundles or as in-toto's JSON Lines.
//!
//! All of it is drawn from a record that holds, and none of it is needed to check one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};

use crate::domain::{Digest, KeyId, PublicKey, Scheme, shown};
use crate::manifest::{Leaf, Record, StatementLeaf};
use crate::sign::Namespace;

/// The media type of a Sigstore bundle (sigstore/protobuf-specs, `sigstore_bundle.proto`).
const SIGSTORE_BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A key of a record, with who holds it and what it may sign.
struct Enrolled {
    key: PublicKey,
    holders: BTreeSet<String>,
    namespaces: BTreeSet<&'static str>,
}

/// Returns the record's `ed25519` keys, each as the PEM block `openssl pkeyutl -verify` takes, below a
/// line that says whose it is (RFC 7468, section 5.2, lets text stand there). OpenSSH keys are left
/// out: what they sign is no bare signature.
pub fn pem(record: &Record) -> String {
    let mut text = String::new();
    for (id, enrolled) in enrolled(record).into_iter().filter(|(_, e)| e.key.scheme() == Scheme::Ed25519) {
        let holders: Vec<_> = enrolled.holders.into_iter().collect();
        let key = Base64::encode_string(&enrolled.key.spki());
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{} {id}", holders.join(", "));
        let _ = writeln!(text, "-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----");
    }
    text
}

/// Returns the record's OpenSSH keys as `ssh-keygen -Y verify -f` takes them, each for the namespaces it
/// may sign in (ssh-keygen(1), ALLOWED SIGNERS). The principal is the key's id: names are anybody's.
pub fn allowed_signers(record: &Record) -> String {
    let mut text = String::new();
    for (id, enrolled) in enrolled(record).into_iter().filter(|(_, e)| e.key.scheme() != Scheme::Ed25519) {
        let holders: Vec<_> = enrolled.holders.into_iter().collect();
        let namespaces: Vec<_> = enrolled.namespaces.into_iter().collect();
        let _ = writeln!(text, "# {}", holders.join(", "));
        let _ = writeln!(text, "{id} namespaces=\"{}\" {}", namespaces.join(","), enrolled.key.to_openssh());
    }
    text
}

/// Returns the digests of the record's regular files as `sha256sum` lists them; the digest of this list
/// is the manifest's worksDirHash.
pub fn sha256sums(record: &Record) -> String {
    let files = record.works().filter(|work| work.mode.is_file());
    let sums: BTreeMap<_, _> = files.map(|work| (&work.path, work.sha256)).collect();
    sums.into_iter().fold(String::new(), |text, (path, digest)| text + &format!("{digest}  {path}\n"))
}

/// Returns the envelopes of the record, a line each: the newest manifest, then every accepted statement
/// (in-toto attestation framework, `bundle.md`).
pub fn in_toto_lines(record: &Record) -> Vec<u8> {
    envelopes(record).into_iter().flat_map(|(_, bytes)| bytes.to_vec()).collect()
}

/// Returns a Sigstore bundle (v0.3) for each `ed25519` signature over the document `id`: a statement's
/// digest, or the newest manifest where there is none. A bundle holds one signature; one by OpenSSH
/// cannot stand in it.
pub fn sigstore_bundles(record: &Record, id: Option<Digest>) -> Option<Vec<Value>> {
    let raw: BTreeSet<KeyId> = enrolled(record)
        .into_iter()
        .filter(|(_, enrolled)| enrolled.key.scheme() == Scheme::Ed25519)
        .map(|(id, _)| id)
        .collect();
    let id = id.unwrap_or(record.digest());
    let (_, bytes) = envelopes(record).into_iter().find(|(digest, _)| *digest == id)?;
    let envelope: Value = serde_json::from_slice(bytes).ok()?;
    let signatures = envelope["signatures"].as_array()?.iter();
    let signatures = signatures.filter(|signature| {
        signature["keyid"].as_str().and_then(|id| id.parse().ok()).is_some_and(|id| raw.contains(&id))
    });
    Some(
        signatures
            .map(|signature| {
                json!({
                    "mediaType": SIGSTORE_BUNDLE,
                    "verificationMaterial": {"publicKey": {"hint": signature["keyid"]}, "tlogEntries": []},
                    "dsseEnvelope": {
                        "payload": envelope["payload"],
                        "payloadType": envelope["payloadType"],
                        "signatures": [signature],
                    },
                })
            })
            .collect(),
    )
}

/// The signed documents of the record: the newest manifest first, then statements by digest.
fn envelopes(record: &Record) -> Vec<(Digest, &[u8])> {
    let manifest = format!("manifest/{}.manifest.intoto.json", record.manifest().version);
    let statements = record.leaves().iter().filter_map(|leaf| match leaf {
        Leaf::Statement(StatementLeaf { sha256, .. }) => {
            Some((*sha256, format!("statements/{sha256}.intoto.json")))
        }
        _ => None,
    });
    std::iter::once((record.digest(), manifest))
        .chain(statements)
        .filter_map(|(digest, name)| Some((digest, record.files().get(&name)?)))
        .collect()
}

/// The keys of the root in force and of the contributors.
fn enrolled(record: &Record) -> BTreeMap<KeyId, Enrolled> {
    let mut keys: BTreeMap<KeyId, Enrolled> = BTreeMap::new();
    let mut add = |key: PublicKey, holder: &str, namespaces: &[Namespace]| {
        let entry = keys.entry(key.id()).or_insert_with(|| Enrolled {
            key,
            holders: BTreeSet::new(),
            namespaces: BTreeSet::new(),
        });
        // A name is anybody's, and must not begin a line of its own.
        entry.holders.insert(shown(holder).to_string());
        entry.namespaces.extend(namespaces.iter().map(|namespace| namespace.as_str()));
    };
    if let Some(signed) = record.signed() {
        let root = signed.roots.latest();
        for key in root.keys() {
            let holder = root.holder(key).unwrap_or_default();
            add(key.clone(), holder, &[Namespace::Root, Namespace::Manifest]);
        }
    }
    for contributor in record.contributors() {
        for key in contributor.keys.iter().filter_map(|key| key.read().ok()) {
            let holder = contributor.name.as_deref().unwrap_or(contributor.id.as_str());
            add(key, holder, &[Namespace::Statement]);
        }
    }
    keys
}
