// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Digests: what they are taken over is part of their type.

use std::fmt;
use std::str::FromStr;

use super::text_form::text_form;

/// Why a text is no digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseDigestError {
    expected_len: usize,
    found_len: usize,
}

impl fmt::Display for ParseDigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = self.expected_len;
        if self.found_len == wanted {
            write!(f, "expected {wanted} lowercase hexadecimal digits")
        } else {
            write!(f, "expected {wanted} lowercase hexadecimal digits, found {} characters", self.found_len)
        }
    }
}

impl std::error::Error for ParseDigestError {}

macro_rules! hex_type {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $pattern:literal, $description:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Wraps bytes that are such a digest.
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// Returns the digest's bytes.
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let mut text = [0u8; $bytes * 2];
                for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
                    pair[0] = HEX[usize::from(byte >> 4)];
                    pair[1] = HEX[usize::from(byte & 15)];
                }
                f.write_str(std::str::from_utf8(&text).expect("hexadecimal digits are ASCII"))
            }
        }

        impl FromStr for $name {
            type Err = ParseDigestError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let refuse = ParseDigestError { expected_len: $bytes * 2, found_len: text.len() };
                if text.len() != $bytes * 2 {
                    return Err(refuse);
                }
                let digit = |c: u8| match c {
                    b'0'..=b'9' => Some(c - b'0'),
                    b'a'..=b'f' => Some(c - b'a' + 10),
                    _ => None,
                };
                let mut bytes = [0u8; $bytes];
                for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
                    match (digit(pair[0]), digit(pair[1])) {
                        (Some(high), Some(low)) => *byte = high << 4 | low,
                        _ => return Err(refuse),
                    }
                }
                Ok(Self(bytes))
            }
        }

        text_form!($name, $pattern, $description);
    };
}

hex_type! {
    /// SHA-256 over bytes as they lie in the work tree: 64 lowercase hexadecimal digits.
    Digest, 32, "^[0-9a-f]{64}$", "SHA-256, lowercase hexadecimal"
}

hex_type! {
    /// `worksDirHash`: in-toto's `dirHash` over a tree's regular files (see [`crate::hash`]).
    DirHash, 32, "^[0-9a-f]{64}$", "in-toto dirHash, lowercase hexadecimal"
}

hex_type! {
    /// The RFC 9162 Merkle root over the lines of a leaves file (see [`crate::hash`]).
    MerkleRoot, 32, "^[0-9a-f]{64}$", "RFC 9162 Merkle tree hash, lowercase hexadecimal"
}

hex_type! {
    /// A git object id (SHA-1). A locator, never evidence.
    GitOid, 20, "^[0-9a-f]{40}$", "git object id (SHA-1), lowercase hexadecimal"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
        for bad in [&text[1..], &text.to_uppercase(), &format!("{text}0"), "", &text.replace('e', "g")] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
        assert_eq!(
            "abc".parse::<Digest>().unwrap_err().to_string(),
            "expected 64 lowercase hexadecimal digits, found 3 characters"
        );
    }
}
