// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What git knows of a tree, read in process. Only the repository's own configuration is read, and
//! nothing it names is ever run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice as _;
use gix::index::entry::Mode as IndexMode;

use super::TreeProblem;
use crate::domain::{GitOid, WorkPath};

/// A git repository with a work tree.
pub struct Repository {
    pub(super) inner: gix::Repository,
    work_tree: PathBuf,
}

/// Why history could not be read.
#[derive(Debug)]
pub struct GitError(pub(super) String);

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read git history: {}", self.0)
    }
}

impl std::error::Error for GitError {}

/// What git tracks below a folder, with paths relative to that folder.
pub(super) struct Tracked {
    pub(super) files: BTreeSet<WorkPath>,
    pub(super) submodules: BTreeMap<WorkPath, GitOid>,
    /// Every folder on the way to a tracked file.
    pub(super) folders: BTreeSet<String>,
    pub(super) problems: Vec<TreeProblem>,
}

/// Where a branch left the line it will be merged into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The commit.
    pub commit: GitOid,
    /// What it was computed against, as in `origin/main`.
    pub against: String,
}

impl Repository {
    /// Finds the repository whose work tree holds `folder`.
    pub fn containing(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let options = gix::open::Options::isolated();
        let inner = gix::discover_opts(&folder, gix::discover::upwards::Options::default(), options).ok()?;
        let work_tree = inner.workdir()?.canonicalize().ok()?;
        folder.starts_with(&work_tree).then_some(Self { inner, work_tree })
    }

    /// Returns the root of the work tree.
    pub fn work_tree(&self) -> &Path {
        &self.work_tree
    }

    /// Returns the commit that is checked out, where there is one.
    pub fn head(&self) -> Option<GitOid> {
        oid(self.inner.head_id().ok()?.as_ref())
    }

    /// Returns the name the repository's own configuration has for its user.
    pub fn user_name(&self) -> Option<String> {
        self.inner.config_snapshot().string("user.name").map(|name| name.to_string())
    }

    /// Returns the path of `folder` inside the work tree, `/` at its end, empty for the root.
    pub(super) fn prefix(&self, folder: &Path) -> Option<String> {
        let folder = folder.canonicalize().ok()?;
        let inside = folder.strip_prefix(&self.work_tree).ok()?.to_str()?;
        Some(if inside.is_empty() { String::new() } else { format!("{inside}/") })
    }

    pub(super) fn tracked_below(&self, folder: &Path) -> Option<Tracked> {
        let prefix = self.prefix(folder)?;
        let index = self.inner.index_or_empty().ok()?;
        let mut tracked = Tracked {
            files: BTreeSet::new(),
            submodules: BTreeMap::new(),
            folders: BTreeSet::new(),
            problems: Vec::new(),
        };
        for entry in index.entries() {
            let Some(path) = entry.path(&index).strip_prefix(prefix.as_bytes()) else { continue };
            // A name that is not UTF-8 is met and told of when the folder is walked.
            let Ok(text) = path.to_str() else { continue };
            let path: WorkPath = match text.trim_end_matches('/').parse() {
                Ok(path) => path,
                Err(why) => {
                    tracked.problems.push(TreeProblem::Refused(PathBuf::from(text), why));
                    continue;
                }
            };
            if path.is_record() {
                continue;
            }
            let mut folder = path.parent();
            while let Some(at) = folder {
                if !tracked.folders.insert(at.as_str().to_owned()) {
                    break;
                }
                folder = at.parent();
            }
            match entry.mode {
                IndexMode::COMMIT => {
                    if let Some(commit) = oid(&entry.id) {
                        tracked.submodules.insert(path, commit);
                    }
                }
                // A folder in a sparse index stands for files that are not checked out.
                IndexMode::DIR => tracked.problems.push(TreeProblem::Missing(path.as_path().to_owned())),
                _ => {
                    tracked.files.insert(path);
                }
            }
        }
        Some(tracked)
    }

    pub(super) fn ignores(&self, folder: &Path) -> Option<Ignores<'_>> {
        let prefix = self.prefix(folder)?;
        let index = self.inner.index_or_empty().ok()?;
        let source = gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped;
        let stack = self.inner.excludes(&index, None, source).ok()?;
        Some(Ignores { stack, prefix })
    }

    /// Returns where the checked-out branch left `against`, or, where that is not given, its
    /// upstream branch, `origin/HEAD`, `main` or `master`. None where there is no such commit.
    pub fn merge_base(&self, against: Option<&str>) -> Result<Option<Base>, GitError> {
        let Ok(head) = self.inner.head_id() else { return Ok(None) };
        let head = head.detach();
        let candidates = match against {
            Some(rev) => vec![rev.to_owned()],
            None => self.likely_targets(),
        };
        for candidate in candidates {
            let Ok(target) = self.inner.rev_parse_single(candidate.as_str()) else {
                if against.is_some() {
                    return Err(GitError(format!("there is no revision {candidate}")));
                }
                continue;
            };
            let target =
                target.object().and_then(gix::Object::peel_to_commit).map_err(|e| GitError(e.to_string()))?;
            let base = self.inner.merge_base(head, target.id).map_err(|e| GitError(e.to_string()))?;
            if let Some(commit) = base.and_then(|base| oid(base.as_ref())) {
                return Ok(Some(Base { commit, against: candidate }));
            }
        }
        Ok(None)
    }

    fn likely_targets(&self) -> Vec<String> {
        let current = self.inner.head_name().ok().flatten().map(|name| name.shorten().to_string());
        let mut targets = Vec::new();
        if let Some(branch) = &current {
            let config = self.inner.config_snapshot();
            let remote = config.string(format!("branch.{branch}.remote").as_str());
            let merge = config.string(format!("branch.{branch}.merge").as_str());
            if let (Some(remote), Some(merge)) = (remote, merge) {
                let merge = merge.to_string();
                let short = merge.strip_prefix("refs/heads/").unwrap_or(&merge).to_owned();
                targets.push(if remote == "." { short } else { format!("{remote}/{short}") });
            }
        }
        targets.push("origin/HEAD".into());
        targets.extend(["main", "master"].map(String::from));
        // A branch's own line has no base in itself.
        targets.retain(|target| Some(target) != current.as_ref());
        targets
    }

    /// Returns every file of `commit` below `folder` with its blob id.
    pub fn files_at(&self, commit: GitOid, folder: &Path) -> Result<BTreeMap<WorkPath, GitOid>, GitError> {
        let fail = |e: &dyn fmt::Display| GitError(e.to_string());
        let Some(prefix) = self.prefix(folder) else { return Ok(BTreeMap::new()) };
        let id = gix::ObjectId::from_bytes_or_panic(commit.as_bytes());
        let commit = self.inner.find_commit(id).map_err(|e| fail(&e))?;
        let tree = commit.tree().map_err(|e| fail(&e))?;
        let files = tree.traverse().breadthfirst.files().map_err(|e| fail(&e))?;
        Ok(files
            .iter()
            .filter(|file| file.mode.is_blob_or_symlink())
            .filter_map(|file| {
                let path = file.filepath.strip_prefix(prefix.as_bytes())?;
                Some((path.to_str().ok()?.parse().ok()?, oid(&file.oid)?))
            })
            .collect())
    }
}

/// SHA-256 repositories have no SHA-1 ids to tell.
pub(super) fn oid(id: &gix::oid) -> Option<GitOid> {
    id.as_bytes().try_into().ok().map(GitOid::from_bytes)
}

/// Answers whether git ignores a path.
pub(super) struct Ignores<'repo> {
    stack: gix::AttributeStack<'repo>,
    prefix: String,
}

impl Ignores<'_> {
    /// Takes a path relative to the folder that is listed.
    pub(super) fn excludes(&mut self, path: &Path, is_folder: bool) -> bool {
        let mode = if is_folder { IndexMode::DIR } else { IndexMode::FILE };
        let path = Path::new(&self.prefix).join(path);
        self.stack.at_path(path, Some(mode)).is_ok_and(|platform| platform.is_excluded())
    }

    /// Returns whether git ignores the listed folder itself.
    pub(super) fn excludes_root(&mut self) -> bool {
        let root = self.prefix.trim_end_matches('/');
        !root.is_empty()
            && self.stack.at_path(root, Some(IndexMode::DIR)).is_ok_and(|platform| platform.is_excluded())
    }
}
