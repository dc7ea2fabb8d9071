// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Which works resemble which, by their traces, or by their bytes where an upstream's tree is at
//! hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::chain::Graph;
use super::matching::Match;
use super::{ByPath, Confidence, LineRange, MIN_BYTES, Target};
use crate::config::{CONFIG_FILE, LOCK_FILE};
use crate::detect::{Nature, is_lock_file};
use crate::domain::{Digest, Relation, WorkPath};
use crate::manifest::{Record, WorkLeaf};
use crate::scan::Seen;
use crate::trace::index::{Candidate, Index};
use crate::trace::tile::{Range, Text, Tiling, tile};
use crate::trace::{Grams, Level, Marks, is_binary};
use crate::work::{Reader, Tree};

/// So many sources of one work are looked at, those with most evidence first.
const MAX_SOURCES: usize = 8;

/// Lines a further source must add to those of the ones before it.
const MIN_NEW_LINES: usize = 4;

/// A source of a work, as it was found.
pub(super) struct Resemblance<'a> {
    pub(super) node: usize,
    pub(super) source: &'a WorkLeaf,
    pub(super) relation: Relation,
    pub(super) confidence: Confidence,
    pub(super) similarity: f64,
    pub(super) ranges: Vec<LineRange>,
}

/// The works of all upstreams that were named, by their traces.
pub(super) struct Sources<'a> {
    index: Index,
    works: Vec<Source<'a>>,
    /// The trees at hand, by node.
    trees: Vec<Option<Reader<'a>>>,
}

struct Source<'a> {
    node: usize,
    work: &'a WorkLeaf,
    /// What stands in it, once it was read; not where there would be too much to keep.
    text: Option<OnceLock<Option<Text>>>,
}

/// What each work has in common with works of the upstreams, most first.
pub(super) type Candidates<'t> = Vec<(&'t Seen, Vec<Candidate>)>;

/// The works of a tree, read.
pub(super) struct Reading<'t> {
    /// The digests of their bodies.
    pub(super) bodies: ByPath<'t, Digest>,
    pub(super) candidates: Candidates<'t>,
}

/// So many bytes of sources are kept once they were read.
const MAX_KEPT: u64 = 16 << 20;

impl<'a> Sources<'a> {
    pub(super) fn new(graph: &'a Graph) -> Self {
        let mut works = Vec::new();
        let mut marks = Vec::new();
        let mut kept = 0;
        for (node, upstream) in graph.nodes.iter().enumerate().filter(|(_, node)| node.is_direct) {
            let mut leaves = candidates(&upstream.record);
            leaves.retain(|path, _| !is_lock_file(path));
            let mut found = upstream.tree.as_ref().map(|tree| of_tree(tree, &leaves)).unwrap_or_default();
            upstream.record.traces(|path, stored| {
                if leaves.contains_key(path) {
                    found.entry(path).or_insert(stored);
                }
            });
            for (path, stored) in found {
                let work = leaves[path];
                kept += work.size;
                works.push(Source { node, work, text: (kept <= MAX_KEPT).then(OnceLock::new) });
                marks.push(stored);
            }
        }
        let trees = graph.nodes.iter().map(|node| node.tree.as_ref().map(Tree::reader)).collect();
        Self { index: Index::new(marks), works, trees }
    }

    /// Returns whether a work can be compared with.
    pub(super) fn has(&self, node: usize, path: &WorkPath) -> bool {
        self.place(node, path).is_some()
    }

    /// Lays works over the sources they are the same as, or over what their traces tell of these, to tell
    /// their lines.
    pub(super) fn lay_same(&self, target: &Target<'_>, matches: &mut [Match<'_>]) {
        let reader = target.tree.reader();
        matches.par_iter_mut().filter(|found| found.similarity >= 1.0).for_each(|found| {
            let ranges = if found.work.sha256 == found.source.sha256 {
                let lines = reader.look(&found.work.path, |content| {
                    let text = Some(content.bytes()).filter(|bytes| !is_binary(bytes));
                    text.map(|bytes| bytes.split_inclusive(|byte| *byte == b'\n').count())
                });
                let last = lines.flatten().and_then(|lines| u32::try_from(lines).ok()).filter(|n| *n > 0);
                last.map(|last| vec![LineRange { lines: [1, last], source_lines: [1, last] }])
            } else if let Some(tree) = self.trees[found.node] {
                let other = read(tree, &found.source.path);
                let text = read(reader, &found.work.path);
                text.zip(other).map(|(text, other)| shown(&tile(&text, &other, false).ranges))
            } else {
                let work = self.place(found.node, &found.source.path).and_then(|at| u32::try_from(at).ok());
                let whole = |bytes: &[u8]| work.and_then(|work| self.index.whole(bytes, work));
                let range = reader.look(&found.work.path, |content| whole(content.bytes()));
                range.flatten().map(|range| shown(&[range]))
            };
            found.ranges = ranges.unwrap_or_default();
        });
    }

    /// Returns the place of a work in the index.
    fn place(&self, node: usize, path: &WorkPath) -> Option<usize> {
        self.works.binary_search_by(|source| (source.node, &source.work.path).cmp(&(node, path))).ok()
    }

    /// Reads every work of the tree.
    pub(super) fn read<'t>(&self, target: &Target<'t>) -> Reading<'t> {
        let scan = target.scan;
        let looked = target.tree.map(|entry, content| {
            let work = scan.work(&entry.path)?;
            let content = content.ok().filter(|content| work.mode.is_file() && content.is_whole())?;
            let (grams, body) = Grams::with_body(content.bytes());
            let is_looked_for = is_candidate(work) && !is_lock_file(&entry.path);
            let mut found = if is_looked_for { self.index.find(&grams) } else { Vec::new() };
            found.retain(|candidate| verdict(candidate) > 0.4);
            Some((work, body, found))
        });
        let mut reading = Reading { bodies: BTreeMap::new(), candidates: Vec::new() };
        for (work, body, found) in looked.into_iter().flatten() {
            reading.bodies.extend(body.map(|body| (&work.path, body)));
            if !found.is_empty() {
                reading.candidates.push((work, found));
            }
        }
        reading
    }

    /// Returns what each work of the tree resembles, most first. Works of `known` are looked for only in
    /// nodes that do not have them already.
    pub(super) fn find<'t>(
        &self,
        target: &Target<'t>,
        mut candidates: Candidates<'t>,
        known: &BTreeSet<(&WorkPath, usize)>,
    ) -> BTreeMap<&'t WorkPath, Vec<Resemblance<'a>>> {
        for (work, found) in &mut candidates {
            found
                .retain(|candidate| !known.contains(&(&work.path, self.works[candidate.work as usize].node)));
        }
        drop_idioms(&mut candidates);
        let reader = target.tree.reader();
        candidates
            .into_par_iter()
            .filter(|(_, found)| !found.is_empty())
            .map(|(work, found)| (&work.path, self.settle(reader, work, found)))
            .collect()
    }

    /// Looks at what stands in a source whose tree is at hand.
    fn with_text<T>(&self, source: &Source<'_>, look: impl FnOnce(&Text) -> T) -> Option<T> {
        let tree = self.trees[source.node]?;
        let text = || read(tree, &source.work.path);
        match &source.text {
            Some(kept) => kept.get_or_init(text).as_ref().map(look),
            None => text().as_ref().map(look),
        }
    }

    /// Chooses among the candidates of one work, for each upstream.
    fn settle(&self, tree: Reader<'_>, work: &Seen, found: Vec<Candidate>) -> Vec<Resemblance<'a>> {
        let is_laid = found.iter().any(|candidate| candidate.level == Level::Whole);
        let text = if is_laid { read(tree, &work.path) } else { None };
        let mut by_node: BTreeMap<usize, Vec<Scored<'a>>> = BTreeMap::new();
        for candidate in found {
            let source = &self.works[candidate.work as usize];
            let scored = by_node.entry(source.node).or_default();
            if scored.len() >= MAX_SOURCES {
                continue;
            }
            let with_shapes = candidate.evidence[1] >= 3.0;
            let tiling = text
                .as_ref()
                .filter(|_| candidate.level == Level::Whole)
                .and_then(|text| self.with_text(source, |other| tile(text, other, with_shapes)));
            scored.push(match tiling {
                Some(tiling) => Scored::by_tiling(source.work, &candidate, tiling),
                None => Scored::by_traces(source.work, candidate),
            });
        }
        let mut all = Vec::new();
        // What a tool writes is alike wherever it was used for the same.
        let is_generated = work.natures.contains(&Nature::Generated);
        for (node, mut scored) in by_node {
            for one in scored.iter_mut().filter(|_| is_generated) {
                one.score = one.score.min(BELOW_DERIVED);
            }
            scored
                .sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.source.path.cmp(&b.source.path)));
            all.extend(disjoint(node, scored));
        }
        all
    }
}

/// What many works have in common with one source, and nothing else with it, is an idiom.
fn drop_idioms<T>(looked: &mut [(T, Vec<Candidate>)]) {
    /// As many works may share a mark or two that tell nothing.
    const MAX_ALIKE: usize = 4;
    let is_weak = |candidate: &Candidate| !candidate.is_telling && candidate.marks < 3;
    let mut alike: BTreeMap<u32, usize> = BTreeMap::new();
    for candidate in looked.iter().flat_map(|(_, found)| found).filter(|candidate| is_weak(candidate)) {
        *alike.entry(candidate.work).or_default() += 1;
    }
    for (_, found) in looked {
        found.retain(|candidate| !is_weak(candidate) || alike[&candidate.work] <= MAX_ALIKE);
    }
}

/// Takes the best source, and of the others those that stand for other lines.
fn disjoint(node: usize, scored: Vec<Scored<'_>>) -> impl Iterator<Item = Resemblance<'_>> {
    let mut covered: BTreeSet<u32> = BTreeSet::new();
    scored.into_iter().enumerate().filter_map(move |(place, mut one)| {
        if place > 0 {
            if one.confidence() == Confidence::Possible {
                return None;
            }
            one.ranges.retain(|range| {
                let lines = range.lines[0]..=range.lines[1];
                let new = lines.clone().filter(|line| !covered.contains(line)).count();
                new >= MIN_NEW_LINES && 10 * new >= 9 * lines.count()
            });
            if one.ranges.is_empty() {
                return None;
            }
        }
        // A single line says nothing where there are more.
        if one.ranges.iter().any(|range| range.lines[0] < range.lines[1]) {
            one.ranges.retain(|range| range.lines[0] < range.lines[1]);
        }
        covered.extend(one.ranges.iter().flat_map(|range| range.lines[0]..=range.lines[1]));
        Some(Resemblance {
            node,
            source: one.source,
            relation: one.relation,
            confidence: one.confidence(),
            similarity: one.similarity,
            ranges: shown(&one.ranges),
        })
    })
}

/// A source with its score: from 1 on it is likely, from [`DERIVED`] on the work derives from it.
struct Scored<'a> {
    source: &'a WorkLeaf,
    score: f64,
    relation: Relation,
    similarity: f64,
    ranges: Vec<Range>,
}

/// Measured: the highest score of an unrelated work was 1.9.
const DERIVED: f64 = 2.2;
const BELOW_DERIVED: f64 = 2.19;
const BELOW_LIKELY: f64 = 0.99;

/// So many works may have a mark in common with a text by chance before one mark says nothing.
const MAX_CHANCE: f64 = 0.01;

/// Of full traces, where more is found by chance, so much evidence is sure; measured as [`DERIVED`] was.
const SURE_BY_FULL: f64 = 3.0;

/// Brings evidence of stored traces to one scale: the shape of a program, or a table, may be anybody's.
fn verdict(candidate: &Candidate) -> f64 {
    candidate.evidence() / if candidate.is_telling { 1.1 } else { 1.35 }
}

impl<'a> Scored<'a> {
    fn by_traces(source: &'a WorkLeaf, candidate: Candidate) -> Self {
        // A mark or two may be chance.
        let is_sure = candidate.is_telling
            && candidate.marks > 2
            && (candidate.level == Level::Compact || candidate.evidence() >= SURE_BY_FULL);
        let most = match candidate.chance > MAX_CHANCE {
            true => BELOW_LIKELY,
            false if is_sure => f64::MAX,
            false => BELOW_DERIVED,
        };
        let is_lined = !candidate.ranges.is_empty();
        let similarity = if is_lined { candidate.in_ranges } else { candidate.of_text };
        Self {
            source,
            score: verdict(&candidate).min(most),
            relation: relation(candidate.of_source),
            similarity: rounded(similarity.clamp(0.01, 0.99)),
            ranges: candidate.ranges,
        }
    }

    fn by_tiling(source: &'a WorkLeaf, candidate: &Candidate, tiling: Tiling) -> Self {
        let share = |part: u32, all: u32| f64::from(part) / f64::from(all.max(1));
        let of_text = share(tiling.matched, tiling.all);
        let [lines, _, words, letters] = candidate.evidence;
        let shapes = if tiling.shapes >= 12 { f64::from(tiling.shapes.min(30)) / 24.0 } else { 0.0 };
        let small = f64::from(tiling.all.min(20) + 5) / 25.0;
        // Words in common that make up no run are what any two texts on one thing have in common.
        let is_run = tiling.words >= 10 || shapes > 0.0 || of_text >= 0.3;
        let score = lines / 2.6
            + letters / 3.2
            + words / 4.5
            + f64::from(tiling.words) / 24.0
            + shapes
            + 4.0 * of_text * small;
        let most = if candidate.is_telling || tiling.is_telling { f64::MAX } else { BELOW_DERIVED };
        Self {
            source,
            score: if is_run { (score / 1.95).min(most) } else { 0.0 },
            relation: relation(share(tiling.source_matched, tiling.source_all)),
            similarity: rounded(of_text.clamp(0.01, 1.0)),
            ranges: tiling.ranges,
        }
    }

    fn confidence(&self) -> Confidence {
        match self.score {
            score if score >= DERIVED => Confidence::Derived,
            score if score >= 1.0 => Confidence::Likely,
            _ => Confidence::Possible,
        }
    }
}

fn shown(ranges: &[Range]) -> Vec<LineRange> {
    ranges.iter().map(|range| LineRange { lines: range.lines, source_lines: range.source }).collect()
}

/// A work of which less than half was taken is excerpted.
fn relation(of_source: f64) -> Relation {
    if of_source < 0.5 { Relation::ExcerptOf } else { Relation::DescendantOf }
}

fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

/// A license text is everywhere and derives from nobody's project; what is very small says nothing.
pub(super) fn is_candidate(work: &Seen) -> bool {
    work.mode.is_file() && work.size >= MIN_BYTES && !work.is_license_text && !is_own(&work.path)
}

/// What copyhold writes is alike everywhere.
fn is_own(path: &WorkPath) -> bool {
    [CONFIG_FILE, LOCK_FILE].contains(&path.as_str())
}

/// The works of a record that something may derive from.
pub(super) fn candidates(record: &Record) -> BTreeMap<&WorkPath, &WorkLeaf> {
    let texts = record.license_paths();
    record
        .works()
        .filter(|work| work.mode.is_file() && work.size >= MIN_BYTES)
        .filter(|work| !texts.contains(&work.path) && !is_own(&work.path))
        .map(|work| (&work.path, work))
        .collect()
}

/// Takes the marks of the works that lie in the tree as they are recorded.
fn of_tree<'a>(tree: &Tree, leaves: &BTreeMap<&'a WorkPath, &'a WorkLeaf>) -> BTreeMap<&'a WorkPath, Marks> {
    let found = tree.map(|entry, content| {
        let leaf = leaves.get(&entry.path)?;
        let content = content.ok().filter(|content| content.is_whole() && !is_binary(content.bytes()))?;
        (content.sha256() == leaf.sha256).then(|| (&leaf.path, Marks::of(content.bytes(), Level::Whole)))
    });
    found.into_iter().flatten().filter(|(_, marks)| !marks.is_empty()).collect()
}

fn read(tree: Reader<'_>, path: &WorkPath) -> Option<Text> {
    tree.look(path, |content| Text::new(content.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `split-index.h` has in common with every header that declares a type and two functions.
    #[test]
    fn what_many_works_have_in_common_with_one_is_an_idiom() {
        let shape = Candidate {
            work: 7,
            level: Level::Compact,
            evidence: [0.0, 1.0, 0.0, 0.0],
            marks: 1,
            chance: 0.0,
            is_telling: false,
            of_source: 0.3,
            of_text: 0.99,
            in_ranges: 0.0,
            ranges: Vec::new(),
        };
        let left = |candidate: &Candidate, count: usize| {
            let mut looked = vec![("", vec![candidate.clone()]); count];
            drop_idioms(&mut looked);
            looked.iter().filter(|(_, found)| !found.is_empty()).count()
        };
        assert_eq!([left(&shape, 4), left(&shape, 5)], [4, 0]);
        assert_eq!(left(&Candidate { marks: 3, ..shape.clone() }, 5), 5);
        assert_eq!(left(&Candidate { is_telling: true, ..shape }, 5), 5);
    }
}
