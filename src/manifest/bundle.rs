// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A bundle: a record and all it refers to, as one file to hand on.
//!
//! It is a ustar archive (POSIX.1-1988) of the record's files under the paths they have in
//! `.copyhold`, sorted, with fixed metadata (mode 0644, owner 0, time 0), so that equal records are
//! equal bundles. It is read in memory and never unpacked.

use std::fmt;
use std::io::{self, Read as _};

use super::Files;

/// The largest bundle, in bytes.
pub const MAX_BUNDLE_BYTES: u64 = 512 << 20;

/// Why bytes are no bundle.
#[derive(Debug)]
#[non_exhaustive]
pub enum BundleError {
    /// It is no archive, or cut off.
    Archive(io::Error),
    /// It holds something a record has not.
    Foreign(String),
    /// It holds a file twice.
    Twice(String),
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(_) => f.write_str("not a bundle, or cut off or changed"),
            Self::Foreign(name) => {
                write!(f, "the bundle holds `{}`, which no record has", crate::domain::shown(name))
            }
            Self::Twice(name) => write!(f, "the bundle holds `{}` twice", crate::domain::shown(name)),
        }
    }
}

impl std::error::Error for BundleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Archive(error) => Some(error),
            _ => None,
        }
    }
}

/// Writes a record's files as a bundle.
pub fn write(files: &Files) -> Result<Vec<u8>, BundleError> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files.iter() {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_entry_type(tar::EntryType::Regular);
        archive.append_data(&mut header, path, bytes).map_err(BundleError::Archive)?;
    }
    archive.into_inner().map_err(BundleError::Archive)
}

/// Reads a bundle. Only regular files under the names a record has are accepted.
pub fn read(bytes: &[u8]) -> Result<Files, BundleError> {
    let mut files = Files::default();
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().map_err(BundleError::Archive)? {
        let mut entry = entry.map_err(BundleError::Archive)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if entry.header().entry_type() != tar::EntryType::Regular || !Files::is_known(&name) {
            return Err(BundleError::Foreign(name));
        }
        let size = entry.size();
        if size > bytes.len() as u64 {
            return Err(BundleError::Archive(io::ErrorKind::UnexpectedEof.into()));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(BundleError::Archive)?;
        if content.len() as u64 != size {
            return Err(BundleError::Archive(io::ErrorKind::UnexpectedEof.into()));
        }
        if !files.insert(&name, content) {
            return Err(BundleError::Twice(name));
        }
    }
    // One spelling: whatever another reader of archives would make of it, it is this record.
    if files.is_empty() || write(&files)? != bytes {
        return Err(BundleError::Archive(io::Error::other(
            "it is cut off, or not in the one form a bundle has",
        )));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        let mut files = Files::default();
        assert!(files.insert("manifest/1.leaves.jsonl", b"x\n".to_vec()));
        assert!(files.insert(&format!("notices/{}", "0".repeat(64)), b"text".to_vec()));
        files
    }

    #[test]
    fn a_bundle_is_read_back_and_always_the_same_bytes() {
        let bytes = write(&files()).unwrap();
        assert_eq!(read(&bytes).unwrap(), files());
        assert_eq!(write(&read(&bytes).unwrap()).unwrap(), bytes);
    }

    #[test]
    fn anything_else_is_no_bundle() {
        let good = write(&files()).unwrap();
        for cut in (0..good.len()).step_by(100) {
            assert!(read(&good[..cut]).is_err(), "{cut}");
        }
        assert!(read(&[&good[..], b"more"].concat()).is_err());
        for at in 0..1024 {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(read(&bad).map_or(true, |read| read != files()), "{at}");
        }
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(1);
        archive.append_data(&mut header, "evil", &b"x"[..]).unwrap();
        let error = read(&archive.into_inner().unwrap()).unwrap_err().to_string();
        assert_eq!(error, "the bundle holds `evil`, which no record has");
    }
}
