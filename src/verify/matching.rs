// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Which works of the derivative come from which works of an upstream: by the same bytes, by the same
//! body under another header or layout, by what they have in common, or because the derivative says
//! so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chain::Graph;
use super::resemblance::{self, Candidates, Reading, Sources};
use super::{ByPath, Confidence, LineRange, Target};
use crate::domain::{Digest, Relation, WorkPath};
use crate::finding::Finding;
use crate::manifest::{Origin, WorkLeaf};
use crate::rule::Problem;
use crate::scan::Seen;

/// A work of the derivative and the upstream's work it comes from.
pub(super) struct Match<'a> {
    pub(super) work: &'a Seen,
    /// The record, by its place in the graph.
    pub(super) node: usize,
    pub(super) source: &'a WorkLeaf,
    pub(super) relation: Relation,
    pub(super) confidence: Confidence,
    /// How much of the work is the source's, from 0 to 1.
    pub(super) similarity: f64,
    /// Which lines come from which, as far as that is known.
    pub(super) ranges: Vec<LineRange>,
    pub(super) declared: bool,
    /// Whether the source could be compared, which not every declared one can.
    pub(super) compared: bool,
}

/// What was found.
pub(super) struct Found<'a> {
    pub(super) matches: Vec<Match<'a>>,
    /// The digests of the bodies of the derivative's works.
    pub(super) bodies: ByPath<'a, Digest>,
}

/// Finds the sources of every work: for each upstream those that are the same, else those that
/// resemble it, and those the derivative names.
pub(super) fn find<'a>(target: &Target<'a>, graph: &'a Graph, findings: &mut Vec<Finding>) -> Found<'a> {
    let declared = declared(target);
    let sources = Sources::new(graph);
    let Reading { bodies, candidates } = sources.read(target);
    let mut matches = Vec::new();
    for (node, upstream) in graph.nodes.iter().enumerate().filter(|(_, node)| node.is_direct) {
        let index = Index::of(&upstream.record);
        for work in &target.scan.works {
            let found = index.find(work, bodies.get(&work.path));
            let same = found.map(|(source, relation)| (source, relation, 1.0));
            let origins = declared.get(&work.path).copied().unwrap_or_default();
            let said: Vec<_> = origins
                .iter()
                .filter(|origin| origin.relation != Relation::Contains)
                .filter_map(|origin| {
                    let works = index.by_digest.get(&origin.sha256)?;
                    let named = works.iter().find(|work| origin.path.as_ref() == Some(&work.path));
                    Some((*named.or(works.first())?, origin.relation, 0.0))
                })
                .collect();
            let mut add = |(source, relation, similarity): (&'a WorkLeaf, Relation, f64), declared| {
                let confidence = Confidence::Derived;
                let (ranges, compared) = (Vec::new(), similarity > 0.0);
                let one = Match {
                    work,
                    node,
                    source,
                    relation,
                    confidence,
                    similarity,
                    ranges,
                    declared,
                    compared,
                };
                matches.push(one);
            };
            if let Some(same) = same {
                add(same, !said.is_empty());
            }
            for said in
                said.iter().filter(|(source, ..)| same.is_none_or(|same| same.0.sha256 != source.sha256))
            {
                add(*said, true);
            }
        }
    }
    resembling(target, &sources, candidates, &mut matches);
    check_declared(target, graph, findings);
    Found { matches, bodies }
}

/// Adds what only resembles, and says of what was declared how far it does.
fn resembling<'a>(
    target: &Target<'a>,
    sources: &Sources<'a>,
    candidates: Candidates<'a>,
    matches: &mut Vec<Match<'a>>,
) {
    sources.lay_same(target, matches);
    let same = matches.iter().filter(|found| found.similarity >= 1.0);
    let known: BTreeSet<(&WorkPath, usize)> = same.map(|found| (&found.work.path, found.node)).collect();
    for found in matches.iter_mut().filter(|found| resemblance::is_candidate(found.work)) {
        found.compared |= sources.has(found.node, &found.source.path);
    }
    for (path, sources) in sources.find(target, candidates, &known) {
        let Some(work) = target.scan.work(path) else { continue };
        for found in sources {
            let known = matches.iter_mut().find(|known| {
                known.declared
                    && known.node == found.node
                    && known.work.path == *path
                    && known.source.sha256 == found.source.sha256
            });
            if let Some(known) = known {
                (known.similarity, known.ranges) = (found.similarity, found.ranges);
                continue;
            }
            matches.push(Match {
                work,
                node: found.node,
                source: found.source,
                relation: found.relation,
                confidence: found.confidence,
                similarity: found.similarity,
                ranges: found.ranges,
                declared: false,
                compared: true,
            });
        }
    }
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

/// Tells of what is likely, of what was found but not said, and of what was said but is not so.
pub(super) fn tell(target: &Target<'_>, graph: &Graph, matches: &[Match<'_>], findings: &mut Vec<Finding>) {
    for found in matches {
        let upstream = graph.nodes[found.node].name.clone();
        let source = found.source.path.clone();
        let is_copy = found.work.sha256 == found.source.sha256;
        let is_unlike = found.compared && found.similarity <= 0.0
            || found.relation == Relation::CopyOf
                && !is_copy
                && found.work.with_lf != Some(found.source.sha256);
        let problem = match found.confidence {
            Confidence::Likely => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
                let percent = (found.similarity * 100.0).round() as u32;
                Problem::LikelyDerived { upstream, source, percent }
            }
            Confidence::Derived if found.declared && is_unlike && found.relation != Relation::VariantOf => {
                Problem::UnlikeItsSource { upstream, source, relation: found.relation }
            }
            Confidence::Derived if !found.declared && target.record.is_some() => {
                Problem::UndeclaredDerivation { upstream, source }
            }
            _ => continue,
        };
        let mut finding = Finding::on(&found.work.path, problem);
        finding.line = found.ranges.first().map(|range| range.lines[0]);
        findings.push(finding);
    }
    for node in graph.nodes.iter().filter(|node| node.is_direct && node.tree.is_none()) {
        if !node.record.has_traces() {
            findings.push(Finding::whole(Problem::NoTraces { upstream: node.name.clone() }));
        }
    }
}

/// An upstream's works, by what finds them.
struct Index<'a> {
    by_digest: HashMap<Digest, Vec<&'a WorkLeaf>>,
    by_body: HashMap<Digest, Vec<&'a WorkLeaf>>,
}

impl<'a> Index<'a> {
    fn of(record: &'a crate::manifest::Record) -> Self {
        let mut index = Self { by_digest: HashMap::new(), by_body: HashMap::new() };
        let texts = record.license_paths();
        let works = record.works().filter(|work| work.mode.is_file() && !texts.contains(&work.path));
        for work in works {
            index.by_digest.entry(work.sha256).or_default().push(work);
            if let Some(body) = work.ids.body {
                index.by_body.entry(body).or_default().push(work);
            }
        }
        index
    }

    fn find(&self, work: &Seen, body: Option<&Digest>) -> Option<(&'a WorkLeaf, Relation)> {
        if !resemblance::is_candidate(work) {
            return None;
        }
        if let Some(same) = self.by_digest.get(&work.sha256) {
            return nearest(same, &work.path).map(|source| (source, Relation::CopyOf));
        }
        let same = self.by_body.get(body?)?;
        nearest(same, &work.path).map(|source| (source, Relation::DescendantOf))
    }
}

/// Of several works with the same content, the one at the same path, else of the same name, else the
/// first.
fn nearest<'a>(works: &[&'a WorkLeaf], path: &WorkPath) -> Option<&'a WorkLeaf> {
    let score = |work: &WorkLeaf| (work.path == *path, work.path.file_name() == path.file_name());
    works.iter().copied().rev().max_by_key(|work| score(work))
}
