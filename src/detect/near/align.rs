// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Lays a license text beside the words of a file.

use std::collections::HashMap;

use super::super::words::Words;
use super::{Gap, LEAST, Near, STITCH, TEXTS, differing, real, run_hash};

/// Lays a text beside words. Nothing where too little agrees.
pub(super) fn align(words: &Words, from: usize, to: usize, text: usize) -> Option<Near> {
    let known = TEXTS[text].words().hashes();
    let file = &words.hashes()[from..to];
    if known.len() < STITCH {
        return None;
    }
    let mut places: HashMap<u32, Vec<u32>> = HashMap::with_capacity(known.len());
    for (at, run) in known.windows(STITCH).enumerate() {
        let places = places.entry(run_hash(run)).or_default();
        if places.len() < 8 {
            places.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
    }
    // Where the text begins most likely: the offset that most runs agree on, nearly.
    let bucket = (known.len() / 4).max(16);
    let mut votes: HashMap<usize, u32> = HashMap::new();
    for (at, run) in file.windows(STITCH).enumerate() {
        for place in places.get(&run_hash(run)).into_iter().flatten() {
            let offset = (at + known.len()).saturating_sub(*place as usize);
            *votes.entry(offset / bucket).or_default() += 1;
        }
    }
    let agreed = |at: usize| votes.get(&at).copied().unwrap_or_default();
    let (&peak, _) =
        votes.iter().max_by_key(|(at, _)| (agreed(**at) + agreed(**at + 1), std::cmp::Reverse(**at)))?;
    let low = (peak * bucket).saturating_sub(known.len() + bucket);
    let high = ((peak + 2) * bucket + bucket + known.len() / 8).min(file.len());
    let (matched, gaps, first, last) = stitch(known, file, low, high, &places)?;
    if !is_same(TEXTS[text].words(), words, from, first, &gaps) {
        return None;
    }

    // One word for another differs once.
    let differs = differing(TEXTS[text].words(), &gaps).into_iter();
    let differs: usize = differs.map(|(lacks, adds)| lacks.max(adds)).sum();
    let share = real(matched) / real(matched + differs);
    let gaps: Vec<Gap> =
        gaps.into_iter().map(|gap| Gap { adds: (gap.adds.0 + from, gap.adds.1 + from), ..gap }).collect();
    let is_part = share < LEAST && is_part(TEXTS[text].words(), &gaps, matched);
    (share >= LEAST || is_part).then_some(Near {
        text,
        start: first + from,
        end: last + from,
        score: share,
        gaps,
    })
}

/// Whether what agrees is a part of a text by itself: much of it, with the words that grant something.
fn is_part(known: &Words, gaps: &[Gap], matched: usize) -> bool {
    /// Fewer words are no part.
    const LEAST: usize = 40;
    let grants =
        |at: usize| ["grant", "permi", "redistribut"].iter().any(|stem| known.at(at).starts_with(stem));
    let inner = gaps.iter().filter(|gap| gap.lacks.0 > 0 && gap.lacks.1 < known.len());
    let differs: usize = inner.map(|gap| (gap.lacks.1 - gap.lacks.0).max(gap.adds.1 - gap.adds.0)).sum();
    let is_lacking = |at: usize| gaps.iter().any(|gap| (gap.lacks.0..gap.lacks.1).contains(&at));
    let begins = gaps.first().filter(|gap| gap.lacks.0 == 0).map_or(0, |gap| gap.lacks.1);
    matched >= LEAST
        && matched * 3 >= known.len()
        && differs * 20 <= matched
        && !(0..begins).any(grants)
        && (0..known.len()).any(|at| grants(at) && !is_lacking(at))
}

/// Hashes of words may be made to agree: the words themselves decide.
fn is_same(known: &Words, words: &Words, from: usize, first: usize, gaps: &[Gap]) -> bool {
    let (mut in_text, mut in_file) = (0, first);
    let end = Gap { lacks: (known.len(), known.len()), adds: (usize::MAX, usize::MAX) };
    gaps.iter().chain([&end]).all(|gap| {
        let run = gap.lacks.0 - in_text;
        let agrees = (0..run).all(|i| known.at(in_text + i) == words.at(from + in_file + i));
        (in_text, in_file) = (gap.lacks.1, gap.adds.1);
        agrees
    })
}

/// Lays both beside each other along the longest row of runs that agree, in order.
fn stitch(
    known: &[u32],
    file: &[u32],
    low: usize,
    high: usize,
    places: &HashMap<u32, Vec<u32>>,
) -> Option<(usize, Vec<Gap>, usize, usize)> {
    let row = row(known.len(), file, low, high, places);
    let row = core(&row, known, file);
    let &(first, begin) = row.first()?;
    let mut gaps = Vec::new();
    if begin > 0 {
        gaps.push(Gap { lacks: (0, begin), adds: (first, first) });
    }
    let (mut matched, mut in_text, mut in_file) = (0, begin, first);
    for &(at, place) in row {
        // Two runs that overlap and go on differently: the first has the words.
        if at < in_file || place < in_text {
            continue;
        }
        // Single words between the runs that agree.
        matched += fill(known, in_text, place, file, in_file, at, &mut gaps);
        let run = agreeing(known, place, file, at);
        matched += run;
        in_text = place + run;
        in_file = at + run;
    }
    if in_text < known.len() {
        gaps.push(Gap { lacks: (in_text, known.len()), adds: (in_file, in_file) });
    }
    Some((matched, gaps, first, in_file))
}

/// A place in the file and one in the text where the same run begins.
type Anchor = (usize, usize);

/// A row of anchors, by its last one.
#[derive(Clone, Copy)]
struct Row {
    length: u32,
    last: Option<usize>,
}

/// The longest rows so far by the place in the text where they end: a Fenwick tree of maxima.
struct Longest(Vec<Row>);

impl Longest {
    fn new(places: usize) -> Self {
        Self(vec![Row { length: 0, last: None }; places + 1])
    }

    /// Returns the longest row that ends before a place.
    fn before(&self, place: usize) -> Row {
        let mut longest = Row { length: 0, last: None };
        let mut node = place;
        while node > 0 {
            if self.0[node].length > longest.length {
                longest = self.0[node];
            }
            node &= node - 1;
        }
        longest
    }

    fn put(&mut self, place: usize, row: Row) {
        let mut node = place + 1;
        while node < self.0.len() {
            if self.0[node].length < row.length {
                self.0[node] = row;
            }
            node += node & node.wrapping_neg();
        }
    }
}

/// Returns the longest row of runs that both have in the same order; of two as long, the one with fewer
/// breaks.
fn row(known: usize, file: &[u32], low: usize, high: usize, places: &HashMap<u32, Vec<u32>>) -> Vec<Anchor> {
    let mut anchors: Vec<(Anchor, Option<usize>)> = Vec::new();
    let mut longest = Longest::new(known);
    // The rows that end at the word before, with the place of their last anchor, and at this one.
    let mut last: Vec<(usize, Row)> = Vec::new();
    let mut now: Vec<(usize, Row)> = Vec::new();
    for at in low..(high.min(file.len()) + 1).saturating_sub(STITCH) {
        let run = run_hash(&file[at..at + STITCH]);
        for place in places.get(&run).into_iter().flatten().map(|place| *place as usize) {
            let Row { mut length, last: mut before } = longest.before(place);
            length += 1;
            let unbroken = last.iter().find(|(ended, _)| ended + 1 == place).map(|(_, row)| row);
            if let Some(row) = unbroken.filter(|row| row.length + 2 > length) {
                (length, before) = (row.length + 2, row.last);
            }
            anchors.push(((at, place), before));
            now.push((place, Row { length, last: Some(anchors.len() - 1) }));
        }
        // Not before all runs of this word are placed: no row takes two of them.
        for (place, row) in &now {
            longest.put(*place, *row);
        }
        std::mem::swap(&mut last, &mut now);
        now.clear();
    }
    let mut row = Vec::new();
    let mut next = longest.before(known).last;
    while let Some((anchor, before)) = next.map(|at| anchors[at]) {
        row.push(anchor);
        next = before;
    }
    row.reverse();
    row
}

/// Returns the part of a row that is no chance: parts far from the largest one, in the file, must agree in
/// more words than a common phrase has.
fn core<'a>(row: &'a [Anchor], known: &[u32], file: &[u32]) -> &'a [Anchor] {
    /// Further apart, in words, there are two parts.
    const NEAR: usize = 15;
    /// Further apart it may be another copy of the text.
    const FAR: usize = 60;
    let mut parts: Vec<std::ops::Range<usize>> = Vec::new();
    for at in 0..row.len() {
        match parts.last_mut() {
            Some(part) if row[at].0 - row[at - 1].0 <= NEAR + STITCH => part.end = at + 1,
            _ => parts.push(at..at + 1),
        }
    }
    let Some(largest) = (0..parts.len()).max_by_key(|part| (parts[*part].len(), std::cmp::Reverse(*part)))
    else {
        return &[];
    };
    // What `part` agrees in against the words between it and `other`.
    let belongs = |part: usize, other: usize| {
        let (part, other) = (&parts[part], &parts[other]);
        let between =
            if part.start < other.start { (part.end - 1, other.start) } else { (other.end - 1, part.start) };
        let far = row[between.1].0 - row[between.0].0;
        let runs = row[part.clone()].iter().map(|(at, place)| agreeing(known, *place, file, *at));
        let agrees = runs.max().unwrap_or_default();
        if far > FAR { agrees >= 10 && part.len() * 2 >= far } else { agrees >= 5 }
    };
    let (mut from, mut to) = (largest, largest);
    while from > 0 && belongs(from - 1, from) {
        from -= 1;
    }
    while to + 1 < parts.len() && belongs(to + 1, to) {
        to += 1;
    }
    &row[parts[from].start..parts[to].end]
}

/// How many words agree from two places on.
fn agreeing(known: &[u32], place: usize, file: &[u32], at: usize) -> usize {
    known[place..].iter().zip(&file[at..]).take_while(|(known, file)| known == file).count()
}

/// Agrees single words between two places, and notes the rest as gaps.
fn fill(
    known: &[u32],
    mut in_text: usize,
    to_text: usize,
    file: &[u32],
    mut in_file: usize,
    to_file: usize,
    gaps: &mut Vec<Gap>,
) -> usize {
    /// Longer gaps are not searched.
    const MAX: usize = 40;
    let mut matched = 0;
    let mut open = (in_text, in_file);
    while in_text < to_text && in_file < to_file && to_text - in_text <= MAX && to_file - in_file <= MAX {
        // The nearest pair of equal words.
        let pair = (0..(to_text - in_text) + (to_file - in_file)).find_map(|sum| {
            (0..=sum).find_map(|a| {
                let (t, f) = (in_text + a, in_file + (sum - a));
                (t < to_text && f < to_file && known[t] == file[f]).then_some((t, f))
            })
        });
        let Some((t, f)) = pair else { break };
        if t > open.0 || f > open.1 {
            gaps.push(Gap { lacks: (open.0, t), adds: (open.1, f) });
        }
        matched += 1;
        in_text = t + 1;
        in_file = f + 1;
        open = (in_text, in_file);
    }
    if open.0 < to_text || open.1 < to_file {
        gaps.push(Gap { lacks: (open.0, to_text), adds: (open.1, to_file) });
    }
    matched
}
