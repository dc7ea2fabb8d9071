// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Files that are replaced whole or not at all.
//!
//! A write goes to a temporary file beside its target, is flushed to the disk, and is renamed over
//! it; then the directory is flushed too. After a crash the old file or the new one is there, never
//! a mixture.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// An I/O error and the file it happened to.
#[derive(Debug)]
pub struct PathError {
    /// What was being done, as in "read".
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl PathError {
    /// Puts the file an I/O error happened to, and what was being done, beside it.
    pub fn new(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self { action, path: path.into(), source }
    }

    /// Returns the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the kind of the I/O error.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}", self.action, crate::domain::shown(&self.path.to_string_lossy()))
    }
}

impl std::error::Error for PathError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody: 0644.
    Public,
    /// Its owner alone: 0600.
    Private,
}

/// Writes `bytes` to `path`, whole or not at all, over what is there. Makes missing directories.
pub fn write(path: &Path, bytes: &[u8], access: Access) -> Result<(), PathError> {
    persist(path, bytes, access, |temporary| temporary.persist(path).map(drop))
}

/// Writes `bytes` to `path` where nothing is yet; an existing file is an error and stays.
pub fn write_new(path: &Path, bytes: &[u8], access: Access) -> Result<(), PathError> {
    persist(path, bytes, access, |temporary| temporary.persist_noclobber(path).map(drop))
}

/// Writes what a person asked for to where they asked: as [`write()`], through a link, and straight into
/// what is no regular file (`/dev/null`, a pipe), which a rename would replace.
pub fn output(path: &Path, bytes: &[u8]) -> Result<(), PathError> {
    let fail = |source| PathError::new("write", path, source);
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            File::options().write(true).open(path).and_then(|mut file| file.write_all(bytes)).map_err(fail)
        }
        Ok(_) => write(&fs::canonicalize(path).map_err(fail)?, bytes, Access::Public),
        Err(_) => write(path, bytes, Access::Public),
    }
}

fn persist(
    path: &Path,
    bytes: &[u8],
    access: Access,
    rename: impl FnOnce(tempfile::NamedTempFile) -> Result<(), tempfile::PersistError>,
) -> Result<(), PathError> {
    let fail = |source| PathError::new("write", path, source);
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(fail)?;
    let mode = match access {
        Access::Public => 0o644,
        Access::Private => 0o600,
    };
    let mut temporary = tempfile::Builder::new()
        .prefix(".copyhold-")
        .permissions(fs::Permissions::from_mode(mode))
        .tempfile_in(folder)
        .map_err(fail)?;
    temporary.write_all(bytes).map_err(fail)?;
    temporary.as_file().sync_all().map_err(fail)?;
    rename(temporary).map_err(|e| fail(e.error))?;
    // The rename is durable once the directory is.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)
}

/// Removes a file.
pub fn remove(path: &Path) -> Result<(), PathError> {
    fs::remove_file(path).map_err(|source| PathError::new("remove", path, source))
}

/// Reads a file of at most `limit` bytes; a larger one is an error, never a part of it.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, PathError> {
    read_if(path, limit, |_| Ok(()))
}

/// Reads a file as [`read`] does, and refuses it where anybody but its owner may.
pub fn read_private(path: &Path, limit: u64) -> Result<Vec<u8>, PathError> {
    read_if(path, limit, |metadata| {
        let others = metadata.permissions().mode() & 0o077;
        if others == 0 {
            return Ok(());
        }
        let name = path.to_string_lossy();
        let name = crate::domain::shown(&name);
        let why = format!("others may read this secret; `chmod 600 {name}` repairs that");
        Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
    })
}

fn read_if(
    path: &Path,
    limit: u64,
    accept: impl FnOnce(&fs::Metadata) -> io::Result<()>,
) -> Result<Vec<u8>, PathError> {
    let fail = |source| PathError::new("read", path, source);
    // Opening a FIFO would wait for a writer.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path).map_err(fail)?;
    let metadata = file.metadata().map_err(fail)?;
    if !metadata.is_file() {
        return Err(fail(io::Error::other("not a regular file")));
    }
    accept(&metadata).map_err(fail)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > limit {
        return Err(fail(io::Error::other(format!("larger than the limit of {limit} bytes"))));
    }
    Ok(bytes)
}

/// Returns the paths in `folder`, sorted; none where there is no such folder.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, PathError> {
    let fail = |source| PathError::new("read", folder, source);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(error)),
    };
    let paths: io::Result<Vec<_>> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(fail)?;
    paths.sort();
    Ok(paths)
}

/// Reads the files below `folder` whose path inside it `wanted` accepts, each and all together of
/// at most `limit` bytes. A folder that is not there has none. Links are not followed.
pub fn read_below(
    folder: &Path,
    limit: u64,
    wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<u8>>, PathError> {
    let mut files = BTreeMap::new();
    let mut left = limit;
    for entry in walkdir::WalkDir::new(folder).follow_links(false) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 && is_not_found(&error) => return Ok(files),
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let source = error.into_io_error().unwrap_or_else(|| io::Error::other("unreadable"));
                return Err(PathError::new("read", path, source));
            }
        };
        let inside = entry.path().strip_prefix(folder).ok().and_then(Path::to_str);
        let Some(name) = inside.filter(|name| entry.file_type().is_file() && wanted(name)) else { continue };
        let bytes = read(entry.path(), left)?;
        left -= bytes.len() as u64;
        files.insert(name.to_owned(), bytes);
    }
    Ok(files)
}

fn is_not_found(error: &walkdir::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_replaces_whole_and_a_new_one_never_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file");
        write(&path, b"one", Access::Public).unwrap();
        write(&path, b"two", Access::Private).unwrap();
        assert_eq!(read(&path, 3).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let refused = write_new(&path, b"three", Access::Public).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read(&path, 3).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary is left");
        assert!(read(&path, 2).is_err(), "a larger file is no part of it");
    }

    #[test]
    fn an_output_goes_through_a_link_and_never_replaces_a_device() {
        use std::os::unix::fs::FileTypeExt as _;

        let folder = tempfile::tempdir().unwrap();
        let [link, file, pipe] = ["link", "file", "pipe"].map(|name| folder.path().join(name));
        output(&file, b"one").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        output(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&file, 3).unwrap(), b"two");

        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        output(&pipe, b"three").unwrap();
        assert_eq!(reader.join().unwrap(), b"three");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        assert!(output(folder.path(), b"four").is_err());
    }
}
