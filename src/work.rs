// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Trees of works: which files there are, and their bytes, once.
//!
//! In a git work tree the works are what git tracks and what it neither tracks nor ignores;
//! elsewhere they are every file. `.git` is never a work, nor is the record: the `.copyhold` folder
//! and `NAME.copyhold` bundles at the root.
//! Symbolic links are never followed, special files never opened, and a file is opened only below
//! the tree's root, whatever happens to the tree meanwhile. git is never started: its index and
//! history are read in process, since a repository's configuration can name commands to run.

mod git;
mod history;
mod read;
mod walk;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::{GitOid, ParsePathError, WorkPath, shown};
use crate::store::PathError;

pub use git::{Base, GitError, Repository};
pub use history::{Commit, Past};
pub use read::{Content, WHOLE_LIMIT, look_file};

/// The folder that holds a project's own record, at the root of its tree.
pub const RECORD_FOLDER: &str = ".copyhold";

/// A tree of works, listed but not read.
pub struct Tree {
    root: PathBuf,
    entries: Vec<Entry>,
    problems: Vec<TreeProblem>,
    repository: Option<Repository>,
}

/// What a listing takes in beside the works of a tree.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extent {
    /// What is otherwise no work of the tree: its record, `.copyhold` and bundles at the root, and git
    /// repositories inside of it that are no submodules, whole.
    pub others: bool,
    /// Submodules, whole.
    pub submodules: bool,
    /// What git ignores in a folder it tracks nothing of, unless it ignores all of the folder: the
    /// answer of `git ls-files --ignored --others --directory`, which other tools rely on.
    pub untracked_whole: bool,
}

/// One work of a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Where it is.
    pub path: WorkPath,
    /// What it is, as far as a listing tells.
    pub kind: Kind,
    /// Whether git tracks it. True outside of git.
    pub tracked: bool,
}

/// What a listing tells of a work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A regular file.
    File,
    /// A symbolic link.
    Symlink,
    /// A git submodule at this commit.
    Submodule(GitOid),
}

/// Something in a tree that is no work, or could not be looked at.
#[derive(Debug)]
pub enum TreeProblem {
    /// A name that is not UTF-8. It cannot be recorded.
    NotUtf8(PathBuf),
    /// A path that cannot be recorded for another reason.
    Refused(PathBuf, ParsePathError),
    /// A FIFO, socket or device.
    Special(PathBuf),
    /// A file or folder that could not be read.
    Unreadable(PathBuf, io::Error),
    /// A file that changed while it was read.
    Changed(PathBuf),
    /// A git repository inside the tree that is no submodule of it. Not looked into.
    NestedRepository(PathBuf),
    /// A file git tracks that is not in the work tree.
    Missing(PathBuf),
}

impl TreeProblem {
    /// Returns the path it is about, relative to the tree's root.
    pub fn path(&self) -> &Path {
        match self {
            Self::NotUtf8(path)
            | Self::Refused(path, _)
            | Self::Special(path)
            | Self::Unreadable(path, _)
            | Self::Changed(path)
            | Self::NestedRepository(path)
            | Self::Missing(path) => path,
        }
    }

    /// Returns whether a decision about the tree is impossible without what is behind it.
    pub fn hides_works(&self) -> bool {
        !matches!(self, Self::NestedRepository(_) | Self::Missing(_))
    }

    /// Returns what is wrong, without the path.
    pub fn reason(&self) -> String {
        match self {
            Self::NotUtf8(_) => "its name is not UTF-8, so it cannot be recorded".into(),
            Self::Refused(_, why) => why.to_string(),
            Self::Special(_) => "a FIFO, socket or device; only files and links are works".into(),
            Self::Unreadable(_, error) => format!("cannot be read: {error}"),
            Self::Changed(_) => "changed while it was read".into(),
            Self::NestedRepository(_) => "another git repository, not looked into".into(),
            Self::Missing(_) => "tracked by git but not in the work tree".into(),
        }
    }
}

impl fmt::Display for TreeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", shown(&self.path().to_string_lossy()), self.reason())
    }
}

impl Tree {
    /// Lists the works below the folder `root`. What could not be looked at is a problem of the
    /// tree; only a root that cannot be listed at all is an error.
    pub fn open(root: &Path) -> Result<Self, PathError> {
        Self::open_to(root, Extent::default())
    }

    /// Lists the works below the folder `root`, and what `extent` says beside them.
    pub fn open_to(root: &Path, extent: Extent) -> Result<Self, PathError> {
        let fail = |source| PathError::new("read", root, source);
        if !std::fs::metadata(root).map_err(fail)?.is_dir() {
            return Err(fail(io::Error::from(io::ErrorKind::NotADirectory)));
        }
        // A root that cannot be listed would look like an empty tree.
        std::fs::read_dir(root).map_err(fail)?;
        let repository = Repository::containing(root);
        let (mut entries, mut problems) = match &repository {
            Some(repository) => walk::git_tree(root, repository, extent),
            None => walk::plain(root, extent),
        };
        entries.sort_unstable();
        problems.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(Self { root: root.to_owned(), entries, problems, repository })
    }

    /// Takes one file for a tree with nothing else in it. Links on the way to it are followed.
    pub fn of_file(path: &Path) -> Result<Self, PathError> {
        let fail = |source| PathError::new("read", path, source);
        let whole = path.canonicalize().map_err(fail)?;
        let name = whole.file_name().and_then(|name| name.to_str()?.parse().ok());
        let (Some(root), Some(path)) = (whole.parent(), name) else {
            return Err(fail(io::Error::new(io::ErrorKind::InvalidFilename, "its name cannot be recorded")));
        };
        let entries = vec![Entry { path, kind: Kind::File, tracked: true }];
        Ok(Self { root: root.to_owned(), entries, problems: Vec::new(), repository: None })
    }

    /// Returns the tree's root as it was given.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the works, sorted by the bytes of their paths.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the work at `path`, where there is one.
    pub fn entry(&self, path: &WorkPath) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        self.entries.get(at)
    }

    /// Returns what is no work or could not be looked at, sorted by path.
    pub fn problems(&self) -> &[TreeProblem] {
        &self.problems
    }

    /// Returns the git repository whose work tree this is in.
    pub fn repository(&self) -> Option<&Repository> {
        self.repository.as_ref()
    }

    /// Reads every work once, on all cores, and returns what `look` makes of each, in the order of
    /// [`Tree::entries`].
    pub fn map<T: Send>(
        &self,
        look: impl Fn(&Entry, Result<Content<'_>, TreeProblem>) -> T + Sync,
    ) -> Vec<T> {
        read::map(&self.root, &self.entries, look)
    }

    /// Reads one work and returns what `look` makes of it.
    pub fn look<T>(&self, entry: &Entry, look: impl FnOnce(Result<Content<'_>, TreeProblem>) -> T) -> T {
        read::one(&self.root, entry, look)
    }

    /// Returns what any thread can read single works with.
    pub fn reader(&self) -> Reader<'_> {
        Reader { root: &self.root, entries: &self.entries }
    }

    /// Reads a file whose name is not UTF-8 (see [`TreeProblem::NotUtf8`]).
    pub fn look_unnamed<T>(
        &self,
        path: &Path,
        look: impl FnOnce(Result<Content<'_>, TreeProblem>) -> T,
    ) -> T {
        read::unnamed(&self.root, path, look)
    }
}

/// Reads single works of a tree.
#[derive(Clone, Copy)]
pub struct Reader<'t> {
    root: &'t Path,
    entries: &'t [Entry],
}

impl Reader<'_> {
    /// Reads the work at `path` and returns what `look` makes of it. None where there is none or it
    /// cannot be read.
    pub fn look<T>(&self, path: &WorkPath, look: impl FnOnce(Content<'_>) -> T) -> Option<T> {
        let at = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        read::one(self.root, &self.entries[at], |content| content.ok().map(look))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;
    use crate::domain::{Digest, Mode};
    use crate::hash::sha256;

    type Seen = (String, Result<(Mode, Digest), String>);

    fn listing(root: &Path) -> Vec<Seen> {
        let tree = Tree::open(root).unwrap();
        tree.map(|entry, content| {
            let seen = content.map(|c| (c.mode(), c.sha256())).map_err(|p| p.to_string());
            (entry.path.to_string(), seen)
        })
    }

    #[test]
    fn a_plain_tree_is_read_in_the_order_of_its_paths() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("a")).unwrap();
        fs::create_dir_all(at(".copyhold/manifest")).unwrap();
        fs::create_dir_all(at("sub/.copyhold")).unwrap();
        for (path, text) in [
            ("a/b.txt", "b"),
            ("a.txt", "a"),
            ("run.sh", "#!"),
            (".copyhold/manifest/1", "x"),
            ("kit.copyhold", "a bundle"),
            ("sub/.copyhold/kept", "k"),
        ] {
            fs::write(at(path), text).unwrap();
        }
        fs::set_permissions(at("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("/etc/passwd", at("link")).unwrap();
        symlink("self", at("self")).unwrap();
        assert_eq!(
            listing(root.path()),
            [
                ("a.txt".into(), Ok((Mode::File, sha256(b"a")))),
                ("a/b.txt".into(), Ok((Mode::File, sha256(b"b")))),
                ("link".into(), Ok((Mode::Symlink, sha256(b"/etc/passwd")))),
                ("run.sh".into(), Ok((Mode::Executable, sha256(b"#!")))),
                ("self".into(), Ok((Mode::Symlink, sha256(b"self")))),
                ("sub/.copyhold/kept".into(), Ok((Mode::File, sha256(b"k")))),
            ]
        );
    }

    #[test]
    fn what_is_no_work_is_told_and_never_opened() {
        let root = tempfile::tempdir().unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, root.path().join("pipe"), rustix::fs::Mode::RUSR).unwrap();
        let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"caf\xe9");
        fs::write(root.path().join(name), "x").unwrap();
        let tree = Tree::open(root.path()).unwrap();
        assert!(tree.entries().is_empty());
        let told: Vec<_> = tree.problems().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "caf\u{fffd}: its name is not UTF-8, so it cannot be recorded",
                "pipe: a FIFO, socket or device; only files and links are works"
            ]
        );
        let digest = tree.look_unnamed(Path::new(name), |content| content.map(|c| c.sha256()).ok());
        assert_eq!(digest, Some(sha256(b"x")));
    }

    #[test]
    fn a_large_work_is_hashed_as_a_stream() {
        let root = tempfile::tempdir().unwrap();
        let file = fs::File::create(root.path().join("large")).unwrap();
        file.set_len(WHOLE_LIMIT + 1).unwrap();
        let tree = Tree::open(root.path()).unwrap();
        let seen = tree.map(|_, content| content.map(|c| (c.size(), c.is_whole(), c.bytes().len())).unwrap());
        assert_eq!(seen, [(WHOLE_LIMIT + 1, false, 1 << 20)]);
    }
}
