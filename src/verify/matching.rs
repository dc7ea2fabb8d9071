// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Which works of the derivative come from which works of an upstream: by the same bytes, by the same
//! body under another header or layout, or because the derivative says so.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Graph;
use super::{ByPath, Confidence, Target};
use crate::domain::{Digest, Relation, WorkPath};
use crate::finding::Finding;
use crate::manifest::{Leaf, Origin, WorkLeaf};
use crate::rule::Problem;
use crate::scan::Seen;

/// A work smaller than this says too little to come from anywhere: an empty file, a one-line stub.
const MIN_BYTES: u64 = 64;

/// A work of the derivative and the upstream's work it comes from.
pub(super) struct Match<'a> {
    pub(super) work: &'a Seen,
    /// The record, by its place in the graph.
    pub(super) node: usize,
    pub(super) source: &'a WorkLeaf,
    pub(super) relation: Relation,
    pub(super) confidence: Confidence,
    pub(super) declared: bool,
}

pub(super) fn find<'a>(target: &Target<'a>, graph: &'a Graph, findings: &mut Vec<Finding>) -> Vec<Match<'a>> {
    let declared = declared(target);
    let mut matches = Vec::new();
    for (node, upstream) in graph.nodes.iter().enumerate().filter(|(_, node)| node.is_direct) {
        let index = Index::of(&upstream.record);
        for work in &target.scan.works {
            let found = index.find(work);
            let origins = declared.get(&work.path).copied().unwrap_or_default();
            let said = origins.iter().find_map(|origin| {
                index
                    .by_digest
                    .get(&origin.sha256)
                    .and_then(|works| works.first())
                    .map(|source| (*source, origin))
            });
            let Some((source, relation)) =
                found.or_else(|| said.map(|(source, origin)| (source, origin.relation)))
            else {
                continue;
            };
            if relation == Relation::Contains {
                continue;
            }
            matches.push(Match {
                work,
                node,
                source,
                relation,
                confidence: Confidence::Derived,
                declared: said.is_some(),
            });
        }
    }
    check_declared(target, graph, findings);
    matches
}

/// What the derivative's own record says its works come from.
fn declared<'a>(target: &Target<'a>) -> ByPath<'a, &'a [Origin]> {
    let works = target.record.into_iter().flat_map(crate::manifest::Record::works);
    works.filter(|work| !work.from.is_empty()).map(|work| (&work.path, work.from.as_slice())).collect()
}

/// Each derivation the derivative's record names is borne out by the upstream's record.
fn check_declared(target: &Target<'_>, graph: &Graph, findings: &mut Vec<Finding>) {
    let Some(record) = target.record else { return };
    let digests: BTreeMap<&str, BTreeSet<Digest>> = record
        .upstreams()
        .filter_map(|leaf| {
            let node = graph.nodes.iter().find(|node| node.record.digest() == leaf.manifest.sha256)?;
            Some((leaf.id.as_str(), node.record.works().map(|work| work.sha256).collect()))
        })
        .collect();
    for work in record.works() {
        for origin in &work.from {
            let Some(upstream) = &origin.upstream else { continue };
            let known = digests.get(upstream.as_str()).is_some_and(|known| known.contains(&origin.sha256));
            // A record that is not at hand is told of as a missing link.
            if known || !digests.contains_key(upstream.as_str()) {
                continue;
            }
            let problem = Problem::FalseDerivation {
                upstream: upstream.clone(),
                source: origin.path.clone().unwrap_or_else(|| work.path.clone()),
                sha256: origin.sha256,
            };
            findings.push(Finding::on(&work.path, problem));
        }
    }
}

/// An upstream's works, by what finds them.
struct Index<'a> {
    by_digest: BTreeMap<Digest, Vec<&'a WorkLeaf>>,
    by_body: BTreeMap<Digest, Vec<&'a WorkLeaf>>,
}

impl<'a> Index<'a> {
    fn of(record: &'a crate::manifest::Record) -> Self {
        // A license text is everywhere and derives from nobody's project.
        let texts: BTreeSet<&WorkPath> = record
            .leaves()
            .iter()
            .filter_map(|leaf| match leaf {
                Leaf::License(leaf) => Some(&leaf.path),
                _ => None,
            })
            .collect();
        let mut index = Self { by_digest: BTreeMap::new(), by_body: BTreeMap::new() };
        let works = record.works().filter(|work| work.mode.is_file() && !texts.contains(&work.path));
        for work in works {
            index.by_digest.entry(work.sha256).or_default().push(work);
            if let Some(body) = work.ids.body {
                index.by_body.entry(body).or_default().push(work);
            }
        }
        index
    }

    fn find(&self, work: &Seen) -> Option<(&'a WorkLeaf, Relation)> {
        if !work.mode.is_file() || work.size < MIN_BYTES || work.is_license_text {
            return None;
        }
        if let Some(same) = self.by_digest.get(&work.sha256) {
            return nearest(same, &work.path).map(|source| (source, Relation::CopyOf));
        }
        let same = self.by_body.get(&work.body?)?;
        nearest(same, &work.path).map(|source| (source, Relation::DescendantOf))
    }
}

/// Of several works with the same content, the one at the same path, else of the same name, else the
/// first.
fn nearest<'a>(works: &[&'a WorkLeaf], path: &WorkPath) -> Option<&'a WorkLeaf> {
    let score = |work: &WorkLeaf| (work.path == *path, work.path.file_name() == path.file_name());
    works.iter().copied().rev().max_by_key(|work| score(work))
}
