// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Bytes and trees to digests. This page is normative: another program can be written from it.
//!
//! **A work** is named by the SHA-256 of its bytes as they lie in the work tree. A symbolic link's
//! bytes are its target. A submodule has no bytes: its digest is that of its commit id in lowercase
//! hexadecimal.
//!
//! **A tree** has two digests, each with what it does not see:
//! - `worksDirHash` ([`works_dir_hash`]) is in-toto's `dirHash`, which is Go's `h1:`: the SHA-256 of
//!   the lines `<hexadecimal digest>  <path>\n` of its regular files, sorted by the bytes of the
//!   path. That is what `sha256sum` prints, so `sha256sum $(files) | sha256sum` computes it. As
//!   there, `\`, LF and CR in a name are escaped (`\\`, `\n`, `\r`) and such a line starts with `\`.
//!   It does not see symbolic links, submodules, modes or empty directories.
//! - The Merkle root ([`MerkleTree`]) is RFC 9162, section 2.1.1, over the lines of a leaves file
//!   (without their LF), with SHA-256: it sees all that a leaf holds, and one line can be proved
//!   without the others. An empty tree has none.
//!
//! Locators, never evidence: the git blob id ([`git_blob`]) is the SHA-1 of `blob <size>\0` and the
//! bytes; the SWHID (ISO/IEC 18670) of a content is `swh:1:cnt:` and that id.

mod document;
mod merkle;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::domain::{Digest, DirHash, GitOid, WorkPath};

pub use document::{HASH_SCHEMA, HashDocument, HashProblem, HashedTree, HashedWork};
pub use merkle::{MerkleTree, Proof, ProofError};

/// Returns the SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

/// A SHA-256 over bytes that arrive in pieces.
#[derive(Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the digest of all pieces.
    pub fn finish(self) -> Digest {
        Digest::from_bytes(self.0.finalize().into())
    }
}

/// The git blob id of bytes that arrive in pieces. SHA-1 with collision detection, as git's own.
pub struct GitHasher(gix::hash::Hasher);

impl GitHasher {
    /// Starts a blob of `size` bytes, which must all be given.
    pub fn blob(size: u64) -> Self {
        let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
        hasher.update(format!("blob {size}\0").as_bytes());
        Self(hasher)
    }

    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the id, unless the bytes are one half of a known SHA-1 collision.
    pub fn finish(self) -> Option<GitOid> {
        let id = self.0.try_finalize().ok()?;
        Some(GitOid::from_bytes(id.as_slice().try_into().ok()?))
    }
}

/// Returns the git blob id of `bytes`, unless they are one half of a known SHA-1 collision.
pub fn git_blob(bytes: &[u8]) -> Option<GitOid> {
    let mut hasher = GitHasher::blob(bytes.len() as u64);
    hasher.update(bytes);
    hasher.finish()
}

/// Returns the SHA-1 of `bytes` in hexadecimal, unless they are one half of a known collision. It only
/// tells whether a report of others is about these bytes.
pub fn sha1(bytes: &[u8]) -> Option<String> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    Some(hasher.try_finalize().ok()?.to_hex().to_string())
}

/// Returns the `worksDirHash` of regular files. Takes them in any order.
pub fn works_dir_hash<'a>(files: impl IntoIterator<Item = (&'a WorkPath, &'a Digest)>) -> DirHash {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_unstable_by(|a, b| a.0.cmp(b.0));
    let mut hasher = Sha256::new();
    let mut line = String::new();
    for (path, digest) in files {
        line.clear();
        write_checksum_line(&mut line, path.as_str(), digest);
        hasher.update(line.as_bytes());
    }
    DirHash::from_bytes(hasher.finalize().into())
}

/// Appends the line `sha256sum` prints for a file, LF included.
pub fn write_checksum_line(line: &mut String, name: &str, digest: &Digest) {
    if name.contains(['\\', '\n', '\r']) {
        line.push('\\');
        let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        let _ = writeln!(line, "{digest}  {name}");
    } else {
        let _ = writeln!(line, "{digest}  {name}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        // FIPS 180-2, appendix B.1; git hash-object; Go's dirhash over the two files.
        assert_eq!(
            sha256(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(git_blob(b"").unwrap().to_string(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    }

    #[test]
    fn the_dir_hash_is_that_of_sha256sums_output() {
        let files = [("b", "2"), ("a/x", "1"), ("a\\\nb", "3")]
            .map(|(path, text)| (path.parse::<WorkPath>().unwrap(), sha256(text.as_bytes())));
        let by_hand = format!("{}  a/x\n\\{}  a\\\\\\nb\n{}  b\n", sha256(b"1"), sha256(b"3"), sha256(b"2"));
        assert_eq!(
            works_dir_hash(files.iter().map(|(p, d)| (p, d))).as_bytes(),
            sha256(by_hand.as_bytes()).as_bytes()
        );
    }
}
