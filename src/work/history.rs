// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A repository's history: who made each commit, what it touched, and which file became which.
//!
//! Commits are compared with their first parent. Nothing here is evidence of authorship: anybody can
//! write any name into a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use gix::bstr::ByteSlice as _;
use gix::diff::tree::recorder::Change;

use super::git::{GitError, Repository};
use crate::domain::{GitOid, WorkPath};

/// The most commits that are walked.
const MAX_COMMITS: usize = 1_000_000;

/// The largest file that is compared for a rename, in bytes.
const MAX_COMPARED_BYTES: u64 = 1 << 20;

/// The most files that one commit removes, and that it adds, which are all compared with each other. Of
/// more, those with one name are.
const MAX_COMPARED_FILES: usize = 64;

/// A commit, as it tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The author's name, without the address.
    pub author: String,
    /// The trailers of its message, as in `Co-authored-by`, with their values.
    pub trailers: Vec<(String, String)>,
    /// Whether it carries a signature. That is not checked.
    pub is_signed: bool,
    /// The files it added or changed below the folder.
    pub touched: Vec<WorkPath>,
}

/// What a file was at a commit it is followed back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Where it was, from the root of the work tree.
    pub path: WorkPath,
    /// How many commits since changed or moved it.
    pub edits: u32,
}

impl Repository {
    /// Calls `each` with every commit that is reached from the one checked out and not from `since`,
    /// newest first.
    pub fn history(
        &self,
        since: Option<&str>,
        folder: &Path,
        mut each: impl FnMut(Commit),
    ) -> Result<(), GitError> {
        let hidden = since.map(|rev| {
            let id = self.inner.rev_parse_single(rev);
            id.map(gix::Id::detach).map_err(|_| GitError(format!("there is no revision {rev}")))
        });
        let prefix = self.prefix(folder).unwrap_or_default();
        self.walk(hidden.transpose()?, |commit, changes| {
            let message = commit.message_raw().map_err(fail)?;
            let author = commit.author().map_err(fail)?;
            each(Commit {
                author: author.name.to_str_lossy().trim().to_owned(),
                trailers: trailers(&message.to_str_lossy()),
                is_signed: commit.decode().map_err(fail)?.extra_headers().pgp_signature().is_some(),
                touched: changes.iter().filter_map(|change| touched(change, &prefix)).collect(),
            });
            Ok(())
        })
    }

    /// Returns which file at `base` each file of the commit checked out was, through renames; files that
    /// came later are left out, also where they have the name of one that went. None where `base` is no
    /// commit that it descends from.
    pub fn followed(
        &self,
        base: GitOid,
        folder: &Path,
    ) -> Result<Option<BTreeMap<WorkPath, Past>>, GitError> {
        let base_id = gix::ObjectId::from_bytes_or_panic(base.as_bytes());
        let Some(head) = self.head() else { return Ok(None) };
        let descends = self.inner.find_commit(base_id).is_ok()
            && self
                .inner
                .merge_base(self.inner.head_id().map_err(fail)?, base_id)
                .is_ok_and(|id| id.is_some_and(|id| id == base_id));
        if !descends {
            return Ok(None);
        }
        // Both ways: a path is followed from its name today to its name at the base.
        let root = self.work_tree().to_owned();
        let mut now_at: BTreeMap<WorkPath, BTreeSet<WorkPath>> = BTreeMap::new();
        for path in self.files_at(head, &root)?.into_keys() {
            now_at.entry(path.clone()).or_default().insert(path);
        }
        let mut edits: BTreeMap<WorkPath, u32> = BTreeMap::new();
        self.walk(Some(base_id), |commit, changes| {
            let is_merge = commit.parent_ids().nth(1).is_some();
            let renames = self.renames(changes)?;
            let is_new = |path: &WorkPath| !renames.iter().any(|(_, after)| after == path);
            for change in changes {
                let (is_added, path) = match change {
                    Change::Addition { path, .. } => (true, path),
                    Change::Modification { path, .. } => (false, path),
                    Change::Deletion { .. } => continue,
                };
                // What a merge adds has a past on the other side.
                let Some(path) = work_path(path).filter(|_| !is_merge) else { continue };
                if is_added && is_new(&path) {
                    now_at.remove(&path);
                } else {
                    for now in now_at.get(&path).into_iter().flatten() {
                        *edits.entry(now.clone()).or_default() += 1;
                    }
                }
            }
            for (before, after) in renames {
                if let Some(paths) = now_at.remove(&after) {
                    now_at.entry(before).or_default().extend(paths);
                }
            }
            Ok(())
        })?;
        let at_base = self.files_at(base, &root)?;
        let prefix = self.prefix(folder).unwrap_or_default();
        let inside = |path: &WorkPath| path.as_str().strip_prefix(prefix.as_str())?.parse::<WorkPath>().ok();
        let followed = now_at.into_iter().filter(|(before, _)| at_base.contains_key(before));
        let pairs =
            followed.flat_map(|(before, paths)| paths.into_iter().map(move |path| (path, before.clone())));
        let past = |path: WorkPath, before| {
            let edits = edits.get(&path).copied().unwrap_or(0);
            Some((inside(&path)?, Past { path: before, edits }))
        };
        Ok(Some(pairs.filter_map(|(path, before)| past(path, before)).collect()))
    }

    fn walk(
        &self,
        hidden: Option<gix::ObjectId>,
        mut each: impl FnMut(&gix::Commit<'_>, &[Change]) -> Result<(), GitError>,
    ) -> Result<(), GitError> {
        let Ok(head) = self.inner.head_id() else { return Ok(()) };
        let mut repository = self.inner.clone();
        repository.object_cache_size_if_unset(32 << 20);
        let order = gix::revision::walk::Sorting::ByCommitTime(
            gix::traverse::commit::simple::CommitTimeOrder::NewestFirst,
        );
        let walk =
            repository.rev_walk([head.detach()]).with_hidden(hidden).sorting(order).all().map_err(fail)?;
        let mut state = gix::diff::tree::State::default();
        for (count, info) in walk.enumerate() {
            if count == MAX_COMMITS {
                return Err(GitError(format!("there are more than {MAX_COMMITS} commits")));
            }
            let info = info.map_err(fail)?;
            let commit = info.object().map_err(fail)?;
            let tree = commit.tree().map_err(fail)?;
            let parent = match info.parent_ids().next() {
                Some(parent) => match parent.object() {
                    Ok(object) => object.try_into_commit().map_err(fail)?.tree().map_err(fail)?.data.clone(),
                    // A shallow clone ends here; what its last commits changed is not known.
                    Err(_) => tree.data.clone(),
                },
                None => Vec::new(),
            };
            let mut recorder = gix::diff::tree::Recorder::default();
            gix::diff::tree(
                gix::objs::TreeRefIter::from_bytes(&parent, repository.object_hash()),
                gix::objs::TreeRefIter::from_bytes(&tree.data, repository.object_hash()),
                &mut state,
                &repository.objects,
                &mut recorder,
            )
            .map_err(fail)?;
            each(&commit, &recorder.records)?;
        }
        Ok(())
    }

    /// Which removed file became which added one: the same bytes, or half of all lines or more.
    fn renames(&self, changes: &[Change]) -> Result<Vec<(WorkPath, WorkPath)>, GitError> {
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for change in changes {
            let (list, mode, id, path) = match change {
                Change::Deletion { entry_mode, oid, path, .. } => (&mut removed, entry_mode, oid, path),
                Change::Addition { entry_mode, oid, path, .. } => (&mut added, entry_mode, oid, path),
                Change::Modification { .. } => continue,
            };
            if let (true, Some(path)) = (mode.is_blob(), work_path(path)) {
                list.push((path, *id));
            }
        }
        let mut renames = Vec::new();
        let mut take = |removed: &mut Vec<(WorkPath, gix::ObjectId)>, at: usize, after: &WorkPath| {
            renames.push((removed.swap_remove(at).0, after.clone()));
        };
        added.retain(|(path, id)| {
            let same = removed.iter().enumerate().filter(|(_, (_, before))| before == id);
            let nearest = same.max_by_key(|(_, (before, _))| shared_end(before, path)).map(|(at, _)| at);
            nearest.inspect(|at| take(&mut removed, *at, path)).is_none()
        });
        let few = removed.len() <= MAX_COMPARED_FILES && added.len() <= MAX_COMPARED_FILES;
        let mut lines = BTreeMap::new();
        for (path, id) in &added {
            let after = self.lines(*id)?;
            let mut best = (0.5, None);
            for (at, (before, id)) in removed.iter().enumerate() {
                if !few && before.file_name() != path.file_name() {
                    continue;
                }
                if !lines.contains_key(id) {
                    lines.insert(*id, self.lines(*id)?);
                }
                let shared = shared(&lines[id], &after);
                if shared >= best.0 {
                    best = (shared, Some(at));
                }
            }
            if let (_, Some(at)) = best {
                take(&mut removed, at, path);
            }
        }
        Ok(renames)
    }

    /// A text's lines with how often each stands there; none for what is large.
    fn lines(&self, id: gix::ObjectId) -> Result<BTreeMap<Vec<u8>, usize>, GitError> {
        let mut lines = BTreeMap::new();
        if self.inner.find_header(id).map_err(fail)?.size() > MAX_COMPARED_BYTES {
            return Ok(lines);
        }
        let blob = self.inner.find_object(id).map_err(fail)?;
        for line in blob.data.lines().map(<[u8]>::trim).filter(|line| !line.is_empty()) {
            *lines.entry(line.to_vec()).or_default() += 1;
        }
        Ok(lines)
    }
}

/// How many bytes two paths have in common at their ends.
fn shared_end(before: &WorkPath, after: &WorkPath) -> usize {
    before.as_str().bytes().rev().zip(after.as_str().bytes().rev()).take_while(|(a, b)| a == b).count()
}

/// How much of the larger text stands in the other one, by the bytes of its lines, from 0 to 1.
fn shared(before: &BTreeMap<Vec<u8>, usize>, after: &BTreeMap<Vec<u8>, usize>) -> f64 {
    let size = |lines: &BTreeMap<Vec<u8>, usize>| -> usize { lines.iter().map(|(l, n)| l.len() * n).sum() };
    let both: usize = after.iter().map(|(line, n)| line.len() * n.min(before.get(line).unwrap_or(&0))).sum();
    let larger = size(before).max(size(after));
    #[expect(clippy::cast_precision_loss, reason = "files are far smaller than 2^52 bytes")]
    if larger == 0 { 0.0 } else { both as f64 / larger as f64 }
}

fn touched(change: &Change, prefix: &str) -> Option<WorkPath> {
    let (Change::Addition { entry_mode, path, .. } | Change::Modification { entry_mode, path, .. }) = change
    else {
        return None;
    };
    let path = work_path(path).filter(|path| entry_mode.is_blob() && !path.is_record())?;
    path.as_str().strip_prefix(prefix)?.parse().ok()
}

fn work_path(path: &gix::bstr::BString) -> Option<WorkPath> {
    path.to_str().ok()?.parse().ok()
}

/// Returns the trailers at the end of a commit's message (git-interpret-trailers(1)): lines of the last
/// paragraph of the form `Key: value`.
fn trailers(message: &str) -> Vec<(String, String)> {
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    last.lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(key, _)| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
        .collect()
}

fn fail(error: impl fmt::Display) -> GitError {
    GitError(error.to_string())
}

#[cfg(test)]
mod tests {
    use gix::objs::tree::EntryKind;

    use super::*;

    /// A commit with these files over the one before.
    fn commit(repository: &gix::Repository, author: &str, message: &str, files: &[(&str, &str)]) -> GitOid {
        let mut tree = gix::objs::Tree::empty();
        for (name, text) in files {
            let oid = repository.write_blob(text).unwrap().detach();
            let mode = EntryKind::Blob.into();
            tree.entries.push(gix::objs::tree::Entry { mode, filename: (*name).into(), oid });
        }
        tree.entries.sort();
        let tree = repository.write_object(&tree).unwrap().detach();
        let who = gix::actor::Signature {
            name: author.into(),
            email: "nobody@example.org".into(),
            time: gix::date::Time { seconds: 0, offset: 0 },
        };
        let mut buffer = gix::date::parse::TimeBuf::default();
        let who = who.to_ref(&mut buffer);
        let parents: Vec<_> = repository.head_id().ok().map(gix::Id::detach).into_iter().collect();
        let id = repository.commit_as(who, who, "HEAD", message, tree, parents).unwrap();
        super::super::git::oid(id.as_ref()).unwrap()
    }

    #[test]
    fn commits_tell_who_and_files_are_followed_through_renames() {
        let root = tempfile::tempdir().unwrap();
        let inner = gix::init(root.path()).unwrap();
        let text = "one\ntwo\nthree\nfour\n";
        let base = commit(&inner, "Ann", "Begin", &[("a.c", text), ("b.c", "other\n")]);
        commit(
            &inner,
            "Bob",
            "Move\n\nCo-authored-by: Eve <eve@example.org>",
            &[("b.c", "other\n"), ("m.c", text)],
        );
        let edited = "one\ntwo\nthree\n4\n";
        let files = [("b.c", "other\n"), ("n.c", edited), ("new.c", "new\n")];
        commit(&inner, "Ann", "Edit: and move\n\nBody: text\nmore of it", &files);

        let repository = Repository::containing(root.path()).unwrap();
        let path = |name: &str| name.parse::<WorkPath>().unwrap();
        let followed = repository.followed(base, root.path()).unwrap().unwrap();
        assert_eq!(
            followed,
            BTreeMap::from([
                (path("b.c"), Past { path: path("b.c"), edits: 0 }),
                (path("n.c"), Past { path: path("a.c"), edits: 2 })
            ]),
            "what came later came from nowhere"
        );
        assert_eq!(repository.followed(GitOid::from_bytes([7; 20]), root.path()).unwrap(), None);

        let mut told = Vec::new();
        repository.history(None, root.path(), |commit| told.push(commit)).unwrap();
        told.sort_by(|a, b| a.touched.cmp(&b.touched));
        let names: Vec<_> =
            told.iter().map(|commit| (commit.author.as_str(), commit.touched.len())).collect();
        assert_eq!(names, [("Ann", 2), ("Bob", 1), ("Ann", 2)]);
        assert_eq!(told[1].trailers, [("Co-authored-by".to_owned(), "Eve <eve@example.org>".to_owned())]);
        assert_eq!(told[2].trailers, [("Body".to_owned(), "text".to_owned())]);
        assert!(repository.history(Some("no-such"), root.path(), |_| ()).is_err());

        let again = [("b.c", "other\n"), ("n.c", edited), ("new.c", "new\n"), ("a.c", "its name again\n")];
        commit(&inner, "Ann", "Another by an old name", &again);
        assert_eq!(repository.followed(base, root.path()).unwrap(), Some(followed));
    }
}
