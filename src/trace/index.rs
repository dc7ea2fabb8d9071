// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Which works a text has grams in common with, among the works of one or many upstreams.
//!
//! Evidence counts different grams, each for less the more works have it (`ln(N/n) / ln N`), and none
//! that is in more than 50: idioms and generated tables are everywhere. Lines count by how
//! much is written in them, shapes by their variety.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::filter::Filter;
use super::gram::{Feature, Gram, Grams, to_u32};
use super::tile::Range;
use super::{Level, Marks};

/// A hash that is in more works than this says nothing.
const MAX_WORKS: usize = 50;

/// As many places of one hash are looked at; a crafted upstream cannot make it more.
const MAX_PLACES: usize = 4 * MAX_WORKS;

/// As many hits of one text are kept.
const MAX_HITS: usize = 1 << 20;

/// Of a smaller text all grams of letters are looked up.
const SMALL: usize = 4096;

/// Lines that weigh less are those of tables.
const TELLING: u32 = 40;

/// Where a hash is: in which work, and in which line.
type Posting = (u32, u32, u32);

/// The hashes of one feature, sorted; `starts` says where those with the same upper bits begin.
struct Table {
    postings: Vec<Posting>,
    starts: Vec<u32>,
    shift: u32,
    filter: Filter,
}

impl Table {
    fn new(mut postings: Vec<Posting>) -> Self {
        postings.par_sort_unstable();
        let bits = (usize::BITS - postings.len().leading_zeros()).clamp(8, 24);
        let shift = 32 - bits;
        let mut starts = vec![0; (1 << bits) + 1];
        for (hash, ..) in &postings {
            starts[(hash >> shift) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let filter = Filter::new(postings.len(), postings.iter().map(|(hash, ..)| *hash));
        Self { postings, starts, shift, filter }
    }

    fn find(&self, hash: u32) -> &[Posting] {
        let bucket = (hash >> self.shift) as usize;
        let all = &self.postings[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let from = all.partition_point(|(other, ..)| *other < hash);
        let count = all[from..].iter().take(MAX_PLACES + 1).take_while(|(other, ..)| *other == hash).count();
        &all[from..from + count]
    }
}

/// Works by their grams.
pub struct Index {
    tables: [Table; 4],
    works: Vec<Indexed>,
}

struct Indexed {
    level: Level,
    size: u32,
    marks: [u32; 4],
}

/// A gram of a text that a work has, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    work: u32,
    feature: Feature,
    hash: u32,
    /// In the text.
    lines: [u32; 2],
    /// In the work; 0 where that is not known.
    source: u32,
    /// In thousandths.
    weight: u32,
    /// Whether it says what no table does.
    is_telling: bool,
}

/// A work a text may derive from.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The work, by its place in the index.
    pub work: u32,
    /// How its marks were kept.
    pub level: Level,
    /// The weight of the grams in common, of lines, shapes, words and letters.
    pub evidence: [f64; 4],
    /// How many different marks they have in common.
    pub marks: u32,
    /// How many works have a mark of the text by chance, as a hash has 32 bits; 0 where several marks
    /// agree.
    pub chance: f64,
    /// Whether any of them says more than the shape of a program or a table, which may be generated.
    pub is_telling: bool,
    /// How much of the work's marks were found, from 0 to 1; little where it has few.
    pub of_source: f64,
    /// How much of the text they stand for, from 0 to 1.
    pub of_text: f64,
    /// The share of the text's lines that are in `ranges`.
    pub in_ranges: f64,
    /// Where they are, as far as their lines are known.
    pub ranges: Vec<Range>,
}

impl Candidate {
    /// All evidence in one number; what it must come to is said by the level.
    pub fn evidence(&self) -> f64 {
        let [lines, shapes, words, letters] = self.evidence;
        let f = if self.level == Level::Compact { 1.0 } else { 2.0 };
        lines + 0.3 * shapes.min(8.0) + 0.5 * words + 0.4 * letters + f * self.of_source + 2.0 * self.of_text
    }
}

impl Index {
    /// Takes in the marks of works; what it returns names them by their place.
    pub fn new(works: impl IntoIterator<Item = Marks>) -> Self {
        let mut postings: [Vec<Posting>; 4] = Default::default();
        let mut indexed = Vec::new();
        for (work, marks) in (0..).zip(works) {
            for (into, from) in postings.iter_mut().zip(&marks.of) {
                into.extend(from.iter().map(|mark| (mark.hash, work, mark.line)));
            }
            let counts = marks.of.each_ref().map(|kind| to_u32(kind.len()));
            indexed.push(Indexed { level: marks.level, size: marks.size, marks: counts });
        }
        Self { tables: postings.map(Table::new), works: indexed }
    }

    /// Returns whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.postings.is_empty())
    }

    /// Returns the works a text has grams in common with, those with most evidence first.
    pub fn find(&self, grams: &Grams<'_>) -> Vec<Candidate> {
        let mut search = Search::new(self, grams.is_prose());
        search.of(Feature::Lines, |search| grams.lines(|gram| search.add(gram)));
        search.of(Feature::Shapes, |search| grams.shapes(|gram| search.add(gram)));
        search.of(Feature::Words, |search| grams.words(|gram| search.add(gram)));
        search.of(Feature::Letters, |search| {
            if grams.length() < SMALL {
                grams.all_letters(|gram| search.add(gram));
            } else {
                grams.letters(|gram| search.add(gram));
            }
        });
        let Search { hits, chance, .. } = search;
        let mut by_work: BTreeMap<u32, Vec<Hit>> = BTreeMap::new();
        for hit in hits {
            by_work.entry(hit.work).or_default().push(hit);
        }
        let size = grams.size();
        let mut found: Vec<Candidate> =
            by_work.into_iter().map(|(work, hits)| self.candidate(work, hits, size, chance)).collect();
        found.sort_by(|a, b| b.evidence().total_cmp(&a.evidence()).then(a.work.cmp(&b.work)));
        found
    }

    /// Returns where a text stands in a work with the same body, as far as the work's lines are known:
    /// from the body's first line to its last, counted on from the first and the last hit.
    pub fn whole(&self, bytes: &[u8], work: u32) -> Option<Range> {
        let grams = Grams::of(bytes);
        let found = self.find(&grams);
        let found = found.into_iter().find(|candidate| candidate.work == work)?;
        let (first, last) = (found.ranges.first()?, found.ranges.iter().max_by_key(|range| range.lines[1])?);
        let (begin, end) = (grams.numbers().min()?, grams.numbers().max()?);
        let source = [
            first.source[0].checked_sub(first.lines[0].saturating_sub(begin)).filter(|line| *line > 0)?,
            last.source[1].saturating_add(end.saturating_sub(last.lines[1])),
        ];
        (source[0] <= source[1]).then_some(Range { lines: [begin, end], source })
    }

    fn candidate(&self, work: u32, mut hits: Vec<Hit>, size: u32, chance: [f64; 4]) -> Candidate {
        hits.sort_unstable();
        let source = &self.works[work as usize];
        let mut evidence = [0.0; 4];
        let mut counts = [0u32; 4];
        for same in hits.chunk_by(|a, b| (a.feature, a.hash) == (b.feature, b.hash)) {
            evidence[same[0].feature as usize] += f64::from(same[0].weight) / 1000.0;
            counts[same[0].feature as usize] += 1;
        }
        // Of three marks at least; one of one says little.
        let share = |of: usize| f64::from(counts[of]) / f64::from(source.marks[of].max(1));
        let is_enough = |of: usize| (f64::from(source.marks[of]) / 3.0).min(1.0);
        let of_source = (0..3).map(|of| share(of) * is_enough(of)).fold(0.0, f64::max).min(1.0);
        let of_text = (of_source * f64::from(source.size) / f64::from(size.max(1))).min(1.0);
        let ranges = if source.level == Level::Full { ranges(&hits) } else { Vec::new() };
        let marks = counts.iter().sum();
        let chance = if marks == 1 { chance[hits[0].feature as usize] } else { 0.0 };
        let is_telling = hits.iter().any(|hit| hit.is_telling);
        let in_ranges = (covered(&ranges) / f64::from(size.max(1))).min(1.0);
        Candidate {
            work,
            level: source.level,
            evidence,
            marks,
            of_source,
            of_text,
            in_ranges,
            ranges,
            is_telling,
            chance,
        }
    }
}

/// A text whose grams are looked up.
struct Search<'i> {
    index: &'i Index,
    is_prose: bool,
    feature: Feature,
    /// Looked up together: then most waits for memory are one.
    batch: Vec<Gram>,
    hits: Vec<Hit>,
    /// How many marks of each feature are hit by chance.
    chance: [f64; 4],
}

impl<'i> Search<'i> {
    /// So many grams are looked up together.
    const BATCH: usize = 512;

    fn new(index: &'i Index, is_prose: bool) -> Self {
        let batch = Vec::with_capacity(Self::BATCH);
        Self { index, is_prose, feature: Feature::Lines, batch, hits: Vec::new(), chance: [0.0; 4] }
    }

    fn table(&self) -> &'i Table {
        &self.index.tables[self.feature as usize]
    }

    /// Looks up all that `tell` adds, unless there is nothing to find.
    fn of(&mut self, feature: Feature, tell: impl FnOnce(&mut Self)) {
        self.feature = feature;
        if !self.table().postings.is_empty() {
            tell(self);
            self.look();
        }
    }

    fn add(&mut self, gram: Gram) {
        self.batch.push(gram);
        if self.batch.len() == Self::BATCH {
            self.look();
        }
    }

    fn look(&mut self) {
        let table = self.table();
        let mut batch = std::mem::take(&mut self.batch);
        self.chance[self.feature as usize] +=
            as_f64(batch.len()) * as_f64(table.postings.len()) / f64::from(u32::MAX);
        for gram in batch.iter().filter(|gram| table.filter.may_have(gram.hash)) {
            self.hit(gram, table.find(gram.hash));
        }
        batch.clear();
        self.batch = batch;
    }

    /// Keeps where a gram was found.
    fn hit(&mut self, gram: &Gram, found: &[Posting]) {
        if found.is_empty() || found.len() > MAX_PLACES || self.hits.len() + found.len() > MAX_HITS {
            return;
        }
        let works = found.chunk_by(|a, b| a.1 == b.1).count();
        if works > MAX_WORKS {
            return;
        }
        let all = as_f64(self.index.works.len().max(2)).ln();
        let rarity = (all - as_f64(works).ln()) / all;
        let richness = match self.feature {
            Feature::Lines => (f64::from(gram.weight) / 70.0).clamp(0.7, 1.2),
            Feature::Shapes => (f64::from(gram.weight) / 14.0).clamp(0.8, 1.2),
            Feature::Words | Feature::Letters => 1.0,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1,600")]
        let weight = (1000.0 * richness * rarity).max(0.0) as u32;
        let is_telling = match self.feature {
            Feature::Lines => gram.weight >= TELLING,
            Feature::Words => self.is_prose,
            Feature::Shapes | Feature::Letters => false,
        };
        self.hits.extend(found.iter().map(|(hash, work, source)| Hit {
            work: *work,
            feature: self.feature,
            hash: *hash,
            lines: gram.lines,
            source: *source,
            weight,
            is_telling,
        }));
    }
}

/// As many lines may lie between two hits of one range: marks are 3 lines apart, but some lines have
/// changed and some say nothing.
const MAX_GAP: u32 = 48;

/// As many where both texts have the same number of lines between.
const MAX_EVEN_GAP: u32 = 144;

/// By so many lines the gaps in the two texts may differ, beside half of them.
const MAX_SLIP: u32 = 3;

/// Joins hits that follow each other in both texts.
fn ranges(hits: &[Hit]) -> Vec<Range> {
    let mut hits: Vec<&Hit> = hits.iter().filter(|hit| hit.source > 0).collect();
    hits.sort_unstable_by_key(|hit| (hit.lines, hit.source));
    let mut ranges: Vec<Range> = Vec::new();
    for hit in hits {
        let source = [hit.source, hit.source.saturating_add(hit.lines[1] - hit.lines[0])];
        let next = Range { lines: hit.lines, source };
        // The last few: a gram may be in several places of the source.
        let open = (0..ranges.len()).rev().take(4).find(|at| follows(&ranges[*at], &next));
        if let Some(at) = open {
            let range = &mut ranges[at];
            range.lines[1] = range.lines[1].max(next.lines[1]);
            range.source[1] = range.source[1].max(next.source[1]);
        } else if ranges.last().is_none_or(|last| next.lines[0] > last.lines[1]) {
            ranges.push(next);
        }
    }
    ranges
}

/// Returns how many lines of the text are in ranges, which are in their order.
fn covered(ranges: &[Range]) -> f64 {
    let mut next = 0;
    let mut lines = 0;
    for range in ranges {
        let from = range.lines[0].max(next);
        next = next.max(range.lines[1] + 1);
        lines += next.saturating_sub(from);
    }
    f64::from(lines)
}

fn follows(range: &Range, next: &Range) -> bool {
    let gap = next.lines[0].saturating_sub(range.lines[1]);
    let source_gap = next.source[0].saturating_sub(range.source[1]);
    let slip = gap.abs_diff(source_gap);
    let most = if slip < 2 { MAX_EVEN_GAP } else { MAX_GAP };
    next.source[0] >= range.source[0]
        && gap.max(source_gap) <= most
        && slip <= MAX_SLIP + gap.max(source_gap) / 2
}

#[expect(clippy::cast_precision_loss, reason = "counts of works")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
