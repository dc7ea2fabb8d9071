// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Reads works: opened component-safe, each once, on all cores, into buffers that are used again.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rayon::prelude::*;
use rustix::fs::{CWD, FileType, Mode as Permissions, OFlags};

use super::{Entry, Kind, TreeProblem};
use crate::domain::{Digest, GitOid, Mode};
use crate::hash::{GitHasher, Hasher, git_blob, sha256};

/// A work up to this many bytes is looked at whole; of a larger one the first 1 MiB is looked at,
/// and all of it is hashed. Bounds memory to this much per thread.
pub const WHOLE_LIMIT: u64 = 64 << 20;

/// How much of a work above [`WHOLE_LIMIT`] is looked at.
const HEAD: usize = 1 << 20;

/// The buffer a thread keeps between works.
const KEPT_BUFFER: usize = 4 << 20;

/// What was read of one work.
pub struct Content<'a> {
    bytes: &'a [u8],
    mode: Mode,
    size: u64,
    /// The digest of a work that was not read whole, and the file, to be read again.
    streamed: Option<(Digest, File)>,
}

impl Content<'_> {
    /// Returns the work's bytes: all of them where [`Content::is_whole`], otherwise its first 1 MiB.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// Returns whether [`Content::bytes`] is the whole work.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.size
    }

    /// Returns the work's size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns what the work is.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns the SHA-256 of the whole work.
    pub fn sha256(&self) -> Digest {
        self.streamed.as_ref().map_or_else(|| sha256(self.bytes), |(digest, _)| *digest)
    }

    /// Returns the work's git blob id. None for one half of a known SHA-1 collision, and for a large
    /// work, which is read again for it, that is not what it was.
    pub fn git_blob(&self) -> Option<GitOid> {
        let Some((digest, file)) = &self.streamed else { return git_blob(self.bytes) };
        let mut git = GitHasher::blob(self.size);
        let mut again = Hasher::default();
        let mut chunk = vec![0; HEAD];
        let mut at = 0;
        loop {
            let count = file.read_at(&mut chunk, at).ok()?;
            if count == 0 {
                return if again.finish() == *digest { git.finish() } else { None };
            }
            git.update(&chunk[..count]);
            again.update(&chunk[..count]);
            at += count as u64;
        }
    }
}

/// How a file is opened. NONBLOCK: a FIFO that took its place would wait for a writer.
const READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn map<T: Send>(
    root: &Path,
    entries: &[Entry],
    look: impl Fn(&Entry, Result<Content<'_>, TreeProblem>) -> T + Sync,
) -> Vec<T> {
    let root = open_root(root);
    entries
        .par_iter()
        .map(|entry| with_content(&root, entry.path.as_path(), &entry.kind, |content| look(entry, content)))
        .collect()
}

pub(super) fn one<T>(
    root: &Path,
    entry: &Entry,
    look: impl FnOnce(Result<Content<'_>, TreeProblem>) -> T,
) -> T {
    with_content(&open_root(root), entry.path.as_path(), &entry.kind, look)
}

pub(super) fn unnamed<T>(
    root: &Path,
    path: &Path,
    look: impl FnOnce(Result<Content<'_>, TreeProblem>) -> T,
) -> T {
    with_content(&open_root(root), path, &Kind::File, look)
}

/// Reads a file that was asked for by its path, wherever it is, and returns what `look` makes of it.
/// Links on the way to it are followed.
pub fn look_file<T>(path: &Path, look: impl FnOnce(Result<Content<'_>, TreeProblem>) -> T) -> T {
    with_buffer(|buffer| {
        look(match rustix::fs::openat(CWD, path, READ, Permissions::empty()) {
            Ok(file) => read_open(file, path, buffer),
            Err(error) => Err(TreeProblem::Unreadable(path.to_owned(), error.into())),
        })
    })
}

fn open_root(root: &Path) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(CWD, root, OFlags::DIRECTORY | OFlags::CLOEXEC, Permissions::empty())
}

fn with_content<T>(
    root: &rustix::io::Result<OwnedFd>,
    path: &Path,
    kind: &Kind,
    look: impl FnOnce(Result<Content<'_>, TreeProblem>) -> T,
) -> T {
    let root = match root {
        Ok(root) => root.as_fd(),
        Err(error) => return look(Err(TreeProblem::Unreadable(path.to_owned(), (*error).into()))),
    };
    match kind {
        Kind::Submodule(commit) => {
            let bytes = commit.to_string().into_bytes();
            let size = bytes.len() as u64;
            look(Ok(Content { bytes: &bytes, mode: Mode::Submodule, size, streamed: None }))
        }
        Kind::Symlink => match read_link(root, path) {
            Ok(target) => {
                let size = target.len() as u64;
                look(Ok(Content { bytes: &target, mode: Mode::Symlink, size, streamed: None }))
            }
            Err(error) => look(Err(TreeProblem::Unreadable(path.to_owned(), error))),
        },
        Kind::File => with_buffer(|buffer| look(read_file(root, path, buffer))),
    }
}

fn with_buffer<T>(read: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    BUFFER.with_borrow_mut(|buffer| {
        let done = read(buffer);
        if buffer.capacity() > KEPT_BUFFER {
            *buffer = Vec::new();
        }
        done
    })
}

fn read_file<'a>(root: impl AsFd, path: &Path, buffer: &'a mut Vec<u8>) -> Result<Content<'a>, TreeProblem> {
    let unreadable = |error: io::Error| TreeProblem::Unreadable(path.to_owned(), error);
    let file = open_beneath(root, path, READ | OFlags::NOFOLLOW).map_err(|e| unreadable(e.into()))?;
    read_open(file, path, buffer)
}

fn read_open<'a>(file: OwnedFd, path: &Path, buffer: &'a mut Vec<u8>) -> Result<Content<'a>, TreeProblem> {
    let unreadable = |error: io::Error| TreeProblem::Unreadable(path.to_owned(), error);
    let before = rustix::fs::fstat(&file).map_err(|e| unreadable(e.into()))?;
    if FileType::from_raw_mode(before.st_mode) != FileType::RegularFile {
        return Err(TreeProblem::Special(path.to_owned()));
    }
    let mode = if before.st_mode & 0o100 == 0 { Mode::File } else { Mode::Executable };
    let size = u64::try_from(before.st_size).unwrap_or(0);
    let mut file = File::from(file);

    buffer.clear();
    let mut streamed = None;
    let read = if size <= WHOLE_LIMIT {
        buffer.reserve(usize::try_from(size).unwrap_or(0) + 1);
        (&mut file).take(size + 1).read_to_end(buffer).map_err(unreadable)? as u64
    } else {
        let (total, sum) = read_stream(&mut file, buffer).map_err(unreadable)?;
        streamed = Some(sum);
        total
    };

    let after = rustix::fs::fstat(&file).map_err(|e| unreadable(e.into()))?;
    let unchanged = read == size
        && after.st_size == before.st_size
        && (after.st_mtime, after.st_mtime_nsec) == (before.st_mtime, before.st_mtime_nsec)
        && (after.st_ctime, after.st_ctime_nsec) == (before.st_ctime, before.st_ctime_nsec);
    if !unchanged {
        return Err(TreeProblem::Changed(path.to_owned()));
    }
    let streamed = streamed.map(|digest| (digest, file));
    Ok(Content { bytes: buffer, mode, size, streamed })
}

/// Hashes a whole file and keeps its first [`HEAD`] bytes in `buffer`.
fn read_stream(file: &mut File, buffer: &mut Vec<u8>) -> io::Result<(u64, Digest)> {
    let mut hasher = Hasher::default();
    let mut total = 0;
    buffer.resize(HEAD, 0);
    file.read_exact(buffer)?;
    hasher.update(buffer);
    total += HEAD as u64;
    let mut chunk = vec![0; HEAD];
    loop {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            return Ok((total, hasher.finish()));
        }
        hasher.update(&chunk[..count]);
        total += count as u64;
    }
}

/// Opens a path below `root` without passing through a symbolic link.
#[cfg(target_os = "linux")]
fn open_beneath(root: impl AsFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    use rustix::fs::ResolveFlags;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(&root, path, flags, Permissions::empty(), resolve) {
        // A kernel before 5.6, or a sandbox that does not know the call.
        Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => open_by_component(root, path, flags),
        outcome => outcome,
    }
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(root: impl AsFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    open_by_component(root, path, flags)
}

/// The same where the kernel cannot do it in one call: each folder is opened in the one before.
fn open_by_component(root: impl AsFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let folder = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut at: Option<OwnedFd> = None;
    let mut components = path.components().peekable();
    while let Some(component) = components.next() {
        let std::path::Component::Normal(name) = component else {
            return Err(rustix::io::Errno::XDEV);
        };
        let flags = if components.peek().is_some() { folder } else { flags };
        at = Some(match &at {
            Some(parent) => rustix::fs::openat(parent, name, flags, Permissions::empty())?,
            None => rustix::fs::openat(&root, name, flags, Permissions::empty())?,
        });
    }
    at.ok_or(rustix::io::Errno::NOENT)
}

fn read_link(root: impl AsFd, path: &Path) -> io::Result<Vec<u8>> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let target = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !parent.as_os_str().is_empty() => {
            let parent = open_beneath(root, parent, flags)?;
            rustix::fs::readlinkat(parent, name, Vec::new())
        }
        _ => rustix::fs::readlinkat(root, path, Vec::new()),
    };
    Ok(target?.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_opening_refuse_to_leave_the_tree() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "s").unwrap();
        let tree = tempfile::tempdir().unwrap();
        std::fs::create_dir(tree.path().join("a")).unwrap();
        std::fs::write(tree.path().join("a/file"), "f").unwrap();
        std::os::unix::fs::symlink(outside.path(), tree.path().join("link")).unwrap();
        let root = open_root(tree.path()).unwrap();
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW;
        for (path, opens) in [("a/file", true), ("link/secret", false), ("../secret", false)] {
            assert_eq!(open_beneath(&root, Path::new(path), flags).is_ok(), opens, "{path}");
            assert_eq!(open_by_component(&root, Path::new(path), flags).is_ok(), opens, "{path}");
        }
    }
}
