// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Lists a tree: what is a work, and what is only told of.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::git::{Ignores, Tracked};
use super::{Entry, Extent, Kind, Repository, TreeProblem};
use crate::domain::{ParsePathError, WorkPath};

/// Lists every file below `root`.
pub(super) fn plain(root: &Path, extent: Extent) -> (Vec<Entry>, Vec<TreeProblem>) {
    let mut listing = Listing::default();
    walk(root, extent, &mut listing, |_, _| Descend::Yes, |_, _| Some(true));
    listing.done()
}

/// Lists what git tracks below `root`, and what it neither tracks nor ignores. A root that git
/// ignores was asked for by name, so it is listed whole.
pub(super) fn git_tree(
    root: &Path,
    repository: &Repository,
    extent: Extent,
) -> (Vec<Entry>, Vec<TreeProblem>) {
    let Some(Tracked { files, submodules, folders, problems }) = repository.tracked_below(root) else {
        return plain(root, extent);
    };
    let Some(mut ignores) = repository.ignores(root) else {
        return plain(root, extent);
    };
    if ignores.excludes_root() {
        return plain(root, extent);
    }
    let mut listing = Listing { problems, ..Listing::default() };
    for (path, commit) in &submodules {
        listing.entries.push(Entry { path: path.clone(), kind: Kind::Submodule(*commit), tracked: true });
    }
    let ignores = std::cell::RefCell::new(ignores);
    let mut seen = BTreeSet::new();
    // Folders listed whole, with whether anything in them is not ignored.
    let whole: std::cell::RefCell<BTreeMap<PathBuf, bool>> = std::cell::RefCell::default();
    let excluded = |path: &Path, is_folder| {
        let ignores: &mut Ignores<'_> = &mut ignores.borrow_mut();
        ignores.excludes(path, is_folder)
    };
    walk(
        root,
        extent,
        &mut listing,
        |path, folder| {
            let Some(text) = path.to_str() else { return Descend::Yes };
            let open = |is_there| {
                whole.borrow_mut().insert(path.to_owned(), is_there);
                Descend::Yes
            };
            if within(&whole.borrow(), path).is_some() {
                Descend::Yes
            } else if submodules.keys().any(|at| at.as_str() == text) {
                if extent.submodules { open(true) } else { Descend::No }
            } else if folder.path().join(".git").symlink_metadata().is_ok() && !folders.contains(text) {
                if extent.others { open(true) } else { Descend::Nested }
            } else if folders.contains(text) {
                Descend::Yes
            } else if excluded(path, true) {
                Descend::No
            } else if extent.untracked_whole {
                open(false)
            } else {
                Descend::Yes
            }
        },
        |path, work_path| {
            if files.contains(work_path) {
                seen.insert(work_path.clone());
                return Some(true);
            }
            let is_left_out = || excluded(path, false);
            let mut whole = whole.borrow_mut();
            match within(&whole, path) {
                Some(top) => {
                    if !whole[&top] && !is_left_out() {
                        whole.insert(top, true);
                    }
                    Some(false)
                }
                None => (!is_left_out()).then_some(false),
            }
        },
    );
    let whole = whole.into_inner();
    listing.entries.retain(|entry| within(&whole, entry.path.as_path()).is_none_or(|top| whole[&top]));
    for path in files.difference(&seen) {
        listing.problems.push(TreeProblem::Missing(path.as_path().to_owned()));
    }
    listing.done()
}

/// Returns the folder listed whole that holds `path`.
fn within(whole: &BTreeMap<PathBuf, bool>, path: &Path) -> Option<PathBuf> {
    if whole.is_empty() {
        return None;
    }
    path.ancestors().skip(1).find(|folder| whole.contains_key(*folder)).map(Path::to_owned)
}

#[derive(Default)]
struct Listing {
    entries: Vec<Entry>,
    problems: Vec<TreeProblem>,
}

impl Listing {
    fn done(self) -> (Vec<Entry>, Vec<TreeProblem>) {
        (self.entries, self.problems)
    }
}

/// Whether to look into a folder.
enum Descend {
    Yes,
    No,
    Nested,
}

/// Walks `root`; `descend` decides about folders, `tracked` about files (none: leave it out).
fn walk(
    root: &Path,
    extent: Extent,
    listing: &mut Listing,
    descend: impl Fn(&Path, &DirEntry) -> Descend,
    mut tracked: impl FnMut(&Path, &WorkPath) -> Option<bool>,
) {
    let nested = std::cell::RefCell::new(Vec::new());
    let below = |entry: &DirEntry| entry.path().strip_prefix(root).unwrap_or(entry.path()).to_owned();
    let walk = WalkDir::new(root).follow_links(false).into_iter().filter_entry(|entry| {
        if entry.depth() == 0 {
            return true;
        }
        let is_record = |name: &str| name.parse::<WorkPath>().is_ok_and(|path| path.is_record());
        if entry.file_name() == OsStr::new(".git")
            || (!extent.others && entry.depth() == 1 && entry.file_name().to_str().is_some_and(is_record))
        {
            return false;
        }
        if !entry.file_type().is_dir() {
            return true;
        }
        match descend(&below(entry), entry) {
            Descend::Yes => true,
            Descend::No => false,
            Descend::Nested => {
                nested.borrow_mut().push(below(entry));
                false
            }
        }
    });
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().and_then(|p| p.strip_prefix(root).ok());
                let path = path.unwrap_or_else(|| Path::new(".")).to_owned();
                let error = error.into_io_error().unwrap_or_else(|| io::Error::other("unreadable"));
                listing.problems.push(TreeProblem::Unreadable(path, error));
                continue;
            }
        };
        let kind = entry.file_type();
        if entry.depth() == 0 || kind.is_dir() {
            continue;
        }
        let path = below(&entry);
        let work_path = match to_work_path(&path) {
            Ok(work_path) => work_path,
            Err(problem) => {
                listing.problems.push(problem);
                continue;
            }
        };
        let Some(tracked) = tracked(&path, &work_path) else { continue };
        let kind = if kind.is_file() {
            Kind::File
        } else if kind.is_symlink() {
            Kind::Symlink
        } else {
            listing.problems.push(TreeProblem::Special(path));
            continue;
        };
        listing.entries.push(Entry { path: work_path, kind, tracked });
    }
    listing.problems.extend(nested.into_inner().into_iter().map(TreeProblem::NestedRepository));
}

fn to_work_path(path: &Path) -> Result<WorkPath, TreeProblem> {
    let Some(text) = path.to_str() else { return Err(TreeProblem::NotUtf8(path.to_owned())) };
    text.parse().map_err(|why: ParsePathError| TreeProblem::Refused(PathBuf::from(path), why))
}
