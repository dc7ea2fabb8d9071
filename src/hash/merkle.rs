// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The Merkle tree of RFC 9162, section 2.1, with SHA-256.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::{Digest, MerkleRoot};

type Hash = [u8; 32];

/// A Merkle tree over entries in order. Keeps only their hashes.
#[derive(Debug, Clone)]
pub struct MerkleTree {
    leaves: Vec<Hash>,
}

/// What shows that one entry is in a tree (RFC 9162, section 2.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Where the entry stands, from 0.
    pub index: u64,
    /// How many entries the tree has.
    pub size: u64,
    /// The hashes of the subtrees beside the way from the entry to the root, lowest first.
    pub path: Vec<Digest>,
}

/// Why a proof shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofError {
    /// Index, size and path do not belong together.
    Shape,
    /// The hashes lead to another root.
    Root,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "the proof's index, size and path do not belong together",
            Self::Root => "the proof leads to another tree",
        })
    }
}

impl std::error::Error for ProofError {}

/// `MTH({d}) = HASH(0x00 || d)`.
fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into()
}

/// `HASH(0x01 || left || right)`.
fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// `MTH(D[n])`: split at the largest power of two smaller than n.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

impl MerkleTree {
    /// Hashes `entries`, in their order.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self { leaves: entries.into_iter().map(leaf).collect() }
    }

    /// Returns how many entries there are.
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// Returns the tree's root. A tree without entries has none.
    pub fn root(&self) -> Option<MerkleRoot> {
        (!self.leaves.is_empty()).then(|| MerkleRoot::from_bytes(root(&self.leaves)))
    }

    /// Returns the proof that the entry at `index` is in the tree, where there is one.
    pub fn prove(&self, index: usize) -> Option<Proof> {
        if index >= self.leaves.len() {
            return None;
        }
        let mut path = Vec::new();
        let (mut leaves, mut at) = (&self.leaves[..], index);
        while leaves.len() > 1 {
            let (left, right) = leaves.split_at(split(leaves.len()));
            if at < left.len() {
                path.push(root(right));
                leaves = left;
            } else {
                path.push(root(left));
                at -= left.len();
                leaves = right;
            }
        }
        path.reverse();
        let path = path.into_iter().map(Digest::from_bytes).collect();
        Some(Proof { index: index as u64, size: self.size(), path })
    }
}

impl Proof {
    /// Checks that `entry` is in the tree with this root (RFC 9162, section 2.1.3.2).
    pub fn check(&self, entry: &[u8], expected: &MerkleRoot) -> Result<(), ProofError> {
        if self.index >= self.size {
            return Err(ProofError::Shape);
        }
        let (mut at, mut last) = (self.index, self.size - 1);
        let mut hash = leaf(entry);
        for sibling in &self.path {
            if last == 0 {
                return Err(ProofError::Shape);
            }
            if at & 1 == 1 || at == last {
                hash = node(sibling.as_bytes(), &hash);
                while at & 1 == 0 && at != 0 {
                    at >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node(&hash, sibling.as_bytes());
            }
            at >>= 1;
            last >>= 1;
        }
        if last != 0 {
            return Err(ProofError::Shape);
        }
        if &hash == expected.as_bytes() { Ok(()) } else { Err(ProofError::Root) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test entries of Certificate Transparency's reference implementation, and its roots.
    const ENTRIES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];

    #[test]
    fn roots_of_the_reference_implementation() {
        for (size, expected) in [
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            let tree = MerkleTree::new(ENTRIES[..size].iter().copied());
            assert_eq!(tree.root().unwrap().to_string(), expected);
        }
        assert_eq!(MerkleTree::new([]).root(), None);
    }

    #[test]
    fn every_entry_of_every_size_is_proved_and_nothing_else() {
        for size in 1..=33usize {
            let entries: Vec<Vec<u8>> = (0..size).map(|i| vec![u8::try_from(i).unwrap(); i]).collect();
            let tree = MerkleTree::new(entries.iter().map(Vec::as_slice));
            let root = tree.root().unwrap();
            for (index, entry) in entries.iter().enumerate() {
                let proof = tree.prove(index).unwrap();
                assert_eq!(proof.check(entry, &root), Ok(()));
                assert_eq!(proof.check(b"another", &root), Err(ProofError::Root));
                for (other_index, other_size) in [(index + 1, size), (index, size + 40), (index + size, size)]
                {
                    let moved = Proof {
                        index: other_index as u64,
                        size: other_size as u64,
                        path: proof.path.clone(),
                    };
                    assert!(moved.check(entry, &root).is_err(), "{index} of {size}");
                }
            }
            assert_eq!(tree.prove(size), None);
        }
    }
}
