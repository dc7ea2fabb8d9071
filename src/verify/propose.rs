// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Links from works to their sources that were found and that nobody has declared. They are proposals:
//! what somebody stated, of whatever relation, is never proposed again or changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::chain::Graph;
use super::{Confidence, LineRange, Target, Upstream, history, matching};
use crate::domain::{Digest, LicenseExpr, Relation, WorkPath};

/// A work, and a source of it that is not declared.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Proposal {
    /// The work.
    pub path: WorkPath,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// How it relates to its source.
    pub relation: Relation,
    /// The upstream.
    pub upstream: String,
    /// The upstream's work.
    pub source: WorkPath,
    /// The digest of its bytes.
    pub source_sha256: Digest,
    /// What the source is under, by its record; null where that is not known.
    pub license: Option<LicenseExpr>,
    /// How sure the link is.
    pub confidence: Confidence,
    /// How much of the work is the source's, from 0 to 1; 0 where only history shows it.
    pub similarity: f64,
    /// Which lines come from which; empty where that is not known.
    pub ranges: Vec<LineRange>,
}

/// Finds the links between a tree and its upstreams that neither the tree's record nor a statement in
/// it declares, sorted by path.
pub fn propose(target: &Target<'_>, upstreams: Vec<Upstream>) -> Vec<Proposal> {
    // What is wrong with records is for `verify` to tell.
    let findings = &mut Vec::new();
    let graph = Graph::build(upstreams, &BTreeSet::new(), None, findings);
    let mut matches = matching::find(target, &graph, findings).matches;
    history::follow(target, &graph, &mut matches);
    let declared = Declared::of(target);
    let mut proposals: Vec<Proposal> = matches
        .into_iter()
        .filter(|found| !found.declared)
        .map(|found| Proposal {
            path: found.work.path.clone(),
            sha256: found.work.sha256,
            relation: found.relation,
            upstream: graph.nodes[found.node].name.clone(),
            source: found.source.path.clone(),
            source_sha256: found.source.sha256,
            license: found.source.license.clone(),
            confidence: found.confidence,
            similarity: found.similarity,
            ranges: found.ranges,
        })
        .filter(|one| !declared.has((&one.path, one.sha256), (&one.upstream, &one.source, one.source_sha256)))
        .collect();
    proposals.sort_by(|a, b| (&a.path, &a.upstream, &a.source).cmp(&(&b.path, &b.upstream, &b.source)));
    proposals
}

/// What people said works come from: about exactly the bytes a work has, accepted by a manifest or not.
pub struct Declared<'a>(BTreeMap<(&'a WorkPath, Digest), Said<'a>>);

#[derive(Default)]
struct Said<'a> {
    digests: BTreeSet<Digest>,
    places: BTreeSet<(&'a str, &'a WorkPath)>,
}

impl<'a> Declared<'a> {
    /// Gathers it from a tree's record and the statements in it.
    pub fn of(target: &Target<'a>) -> Self {
        let mut all: BTreeMap<_, Said<'a>> = BTreeMap::new();
        for (stated, _) in target.statements.held.values() {
            let subjects = stated.statement.subjects();
            for item in &stated.statement.predicate().items {
                let Some(subject) = subjects.get(item.subject as usize) else { continue };
                let said = all.entry((&subject.name, subject.digest.sha256)).or_default();
                for from in &item.from {
                    said.digests.insert(from.sha256);
                    said.places.extend(from.upstream.as_deref().zip(from.path.as_ref()));
                }
            }
        }
        for work in target.record.into_iter().flat_map(crate::manifest::Record::works) {
            let said = all.entry((&work.path, work.sha256)).or_default();
            said.digests.extend(work.from.iter().map(|origin| origin.sha256));
        }
        Self(all)
    }

    /// Returns whether somebody said that a work comes from a work of an upstream, given by name, path
    /// and digest.
    pub fn has(
        &self,
        work: (&WorkPath, Digest),
        (upstream, path, sha256): (&str, &WorkPath, Digest),
    ) -> bool {
        self.0
            .get(&work)
            .is_some_and(|said| said.digests.contains(&sha256) || said.places.contains(&(upstream, path)))
    }
}
