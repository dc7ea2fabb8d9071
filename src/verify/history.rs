// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Where the derivative grew out of the upstream's repository, its history tells which work was which:
//! beside what the bytes show, and where they show nothing any more. It is never needed, and it only
//! adds: who rewrites history hides nothing that the bytes show.

use std::collections::BTreeMap;

use serde::Serialize;

use super::chain::{Graph, Node};
use super::matching::Match;
use super::resemblance::{candidates, is_candidate};
use super::{Confidence, Derivation, Target};
use crate::domain::{GitOid, Relation, WorkPath};
use crate::work::Past;

/// What history told of one upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Followed {
    /// The upstream.
    pub upstream: String,
    /// The commit its record was made at; null where it names none.
    pub commit: Option<GitOid>,
    /// What came of it.
    pub state: FollowedState,
    /// How many works were followed to works of the upstream.
    pub works: usize,
    /// Why history could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What came of following history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FollowedState {
    /// The commit is an ancestor, and works were followed from there.
    Followed,
    /// The record names no commit.
    NoCommit,
    /// The tree is in no git repository.
    NoRepository,
    /// What is checked out does not descend from the commit.
    NotAnAncestor,
    /// History could not be read.
    Unreadable,
}

/// What history says of one derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Since {
    /// The upstream's commit.
    pub commit: GitOid,
    /// How many commits since changed or moved the work.
    pub edits: u32,
}

/// What history told.
pub(super) struct History {
    pub(super) upstreams: Vec<Followed>,
    works: BTreeMap<(WorkPath, String, WorkPath), Since>,
}

impl History {
    pub(super) fn of(&self, derivation: &Derivation) -> Option<Since> {
        let Derivation { path, upstream, source, .. } = derivation;
        self.works.get(&(path.clone(), upstream.clone(), source.clone())).cloned()
    }
}

/// Follows each work to what it was at the commits the upstreams' records were made at. What was a work
/// of the upstream derives from it, whatever else was found.
pub(super) fn follow<'a>(target: &Target<'a>, graph: &'a Graph, matches: &mut Vec<Match<'a>>) -> History {
    let mut history = History { upstreams: Vec::new(), works: BTreeMap::new() };
    let direct = graph.nodes.iter().enumerate().filter(|(_, node)| node.is_direct && target.with_history);
    for (at, node) in direct {
        let commit = node.record.manifest().source_revision.as_ref().map(|revision| revision.git_commit);
        let (state, past, reason) = read(target, commit);
        let found = add(target, (at, node), &past, matches);
        let upstream = node.name.clone();
        history.upstreams.push(Followed { upstream, commit, state, works: found.len(), reason });
        for (path, source, edits) in found {
            let Some(commit) = commit else { continue };
            history.works.insert((path, node.name.clone(), source), Since { commit, edits });
        }
    }
    history
}

type Pasts = BTreeMap<WorkPath, Past>;

fn read(target: &Target<'_>, commit: Option<GitOid>) -> (FollowedState, Pasts, Option<String>) {
    let nothing = |state| (state, Pasts::new(), None);
    let Some(commit) = commit else { return nothing(FollowedState::NoCommit) };
    let Some(repository) = target.tree.repository() else { return nothing(FollowedState::NoRepository) };
    match repository.followed(commit, target.tree.root()) {
        Ok(Some(past)) => (FollowedState::Followed, past, None),
        Ok(None) => nothing(FollowedState::NotAnAncestor),
        Err(error) => (FollowedState::Unreadable, Pasts::new(), Some(error.to_string())),
    }
}

/// Adds what history alone shows, and makes certain what it bears out.
fn add<'a>(
    target: &Target<'a>,
    (at, node): (usize, &'a Node),
    past: &Pasts,
    matches: &mut Vec<Match<'a>>,
) -> Vec<(WorkPath, WorkPath, u32)> {
    let sources = candidates(&node.record);
    let mut found = Vec::new();
    for (path, past) in past {
        let Some(work) = target.scan.work(path).filter(|work| is_candidate(work)) else { continue };
        let Some(source) = sources.get(&past.path) else { continue };
        let mut known = matches.iter_mut().filter(|found| found.node == at && found.work.path == *path);
        if let Some(known) = known.find(|found| found.source.sha256 == source.sha256) {
            known.confidence = Confidence::Derived;
            found.push((path.clone(), known.source.path.clone(), past.edits));
            continue;
        }
        matches.push(Match {
            work,
            node: at,
            source,
            relation: Relation::DescendantOf,
            confidence: Confidence::Derived,
            similarity: 0.0,
            ranges: Vec::new(),
            declared: false,
            compared: false,
        });
        found.push((path.clone(), source.path.clone(), past.edits));
    }
    found
}
