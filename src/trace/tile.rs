// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Two texts side by side: which lines of one are lines of the other.
//!
//! Both are read as words and signs, so that line breaks and blanks make no difference. The longest
//! common runs are taken in the order of the derivative, first of the same words, then, where enough
//! of the shape of a program is left over, of the same shape under other names; what lies between two
//! runs that follow each other is compared line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::filter::Filter;
use super::gram::{Grams, to_u32};
use super::{lex, lines};

/// A run of the same words is at least so long.
const MIN_RUN: usize = 10;

/// A run of the same shape is at least so long.
const MIN_SHAPE_RUN: usize = 40;

/// And has so many different shapes.
const MIN_KINDS: usize = 7;

/// How many places of a seed are tried.
const MAX_PLACES: usize = 16;

/// How many lines between two runs are compared one by one.
const MAX_GAP: u32 = 80;

/// A text as words and signs.
pub struct Text {
    tokens: Vec<Token>,
    /// For each line its first token, and the end.
    starts: Vec<u32>,
    /// Lines that are not of the body.
    weak: Vec<bool>,
    /// Whether numbers are as good as words: elsewhere they make tables.
    is_prose: bool,
    /// Where runs of the same words, and of the same shape, may begin; made when it is a source.
    places: [OnceLock<Places>; 2],
}

/// The seeds of a text with their places, sorted.
struct Places {
    sorted: Vec<(u64, u32)>,
    filter: Filter,
}

impl Places {
    fn new(seeds: Vec<u64>) -> Self {
        let filter = Filter::new(seeds.len(), seeds.iter().map(|seed| upper(*seed)));
        let mut sorted: Vec<(u64, u32)> = seeds.into_iter().zip(0..).collect();
        sorted.sort_unstable();
        Self { sorted, filter }
    }

    fn find(&self, seed: u64) -> &[(u64, u32)] {
        if !self.filter.may_have(upper(seed)) {
            return &[];
        }
        let from = self.sorted.partition_point(|(other, _)| *other < seed);
        let count = self.sorted[from..].partition_point(|(other, _)| *other == seed);
        &self.sorted[from..from + count]
    }
}

#[derive(Clone, Copy)]
struct Token {
    exact: u32,
    shape: lex::Shape,
    line: u32,
}

/// The upper bits of a seed are its best.
fn upper(seed: u64) -> u32 {
    (seed >> 32) as u32
}

/// Lines of one text that are lines of the other: first and last, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// In the derivative.
    pub lines: [u32; 2],
    /// In the source.
    pub source: [u32; 2],
}

/// What two texts have in common.
#[derive(Debug, Clone, Default)]
pub struct Tiling {
    /// The lines, in the order of the derivative.
    pub ranges: Vec<Range>,
    /// Different words and signs in the richest run, those of license blocks not counted.
    pub words: u32,
    /// The same in the richest run of the same shape.
    pub shapes: u32,
    /// Whether any run says more than a table.
    pub is_telling: bool,
    /// Lines of the derivative that are the source's, of those that are not blank.
    pub matched: u32,
    /// Lines of the derivative that are not blank.
    pub all: u32,
    /// Lines of the source that are in the derivative.
    pub source_matched: u32,
    /// Lines of the source that are not blank.
    pub source_all: u32,
}

impl Text {
    /// Reads a text.
    pub fn new(bytes: &[u8]) -> Self {
        let split = lines(bytes);
        let mut weak = vec![true; split.len()];
        let grams = Grams::of(bytes);
        for number in grams.numbers() {
            if let Some(line) = weak.get_mut(number as usize - 1) {
                *line = false;
            }
        }
        let mut tokens = Vec::with_capacity(bytes.len() / 4);
        let mut starts = Vec::with_capacity(split.len() + 1);
        for (number, line) in (1..).zip(split) {
            starts.push(to_u32(tokens.len()));
            lex::line_tokens(line, |exact, shape| tokens.push(Token { exact, shape, line: number }));
        }
        starts.push(to_u32(tokens.len()));
        Self { tokens, starts, weak, is_prose: grams.is_prose(), places: Default::default() }
    }

    fn of_line(&self, line: u32) -> &[Token] {
        let at = line as usize;
        &self.tokens[self.starts[at - 1] as usize..self.starts[at] as usize]
    }

    fn line_count(&self) -> u32 {
        to_u32(self.starts.len()) - 1
    }

    /// Returns the hash of every run of `length` tokens.
    fn seeds(&self, length: usize, value: impl Fn(&Token) -> u64) -> Vec<u64> {
        const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
        let out = (0..length).fold(1u64, |power, _| power.wrapping_mul(BASE));
        let mut sum = 0u64;
        let mut seeds = Vec::with_capacity(self.tokens.len());
        for at in 0..self.tokens.len() {
            sum = sum.wrapping_mul(BASE).wrapping_add(value(&self.tokens[at]));
            if at >= length {
                sum = sum.wrapping_sub(value(&self.tokens[at - length]).wrapping_mul(out));
            }
            if at + 1 >= length {
                seeds.push(sum);
            }
        }
        seeds
    }
}

fn exact_value(token: &Token) -> u64 {
    (u64::from(token.exact) + 1).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

fn shape_value(token: &Token) -> u64 {
    (u64::from(token.shape) + 1).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

/// Lays the derivative over its source.
pub fn tile(text: &Text, source: &Text, with_shapes: bool) -> Tiling {
    let mut tiling = Tiling::default();
    // For each token of the derivative, the source's token after it is matched to; 0 for none.
    let mut matched = vec![0u32; text.tokens.len()];
    runs(text, source, &mut matched, &mut tiling, MIN_RUN, false);
    if with_shapes {
        runs(text, source, &mut matched, &mut tiling, MIN_SHAPE_RUN, true);
    }
    lay_lines(text, source, &matched, &mut tiling);
    tiling
}

/// Takes the longest run at each place, from the first token on.
fn runs(text: &Text, source: &Text, matched: &mut [u32], tiling: &mut Tiling, least: usize, by_shape: bool) {
    let seed_length = if by_shape { 20 } else { MIN_RUN };
    let value = if by_shape { shape_value } else { exact_value };
    let places =
        source.places[usize::from(by_shape)].get_or_init(|| Places::new(source.seeds(seed_length, value)));
    let seeds = text.seeds(seed_length, value);
    let same = |a: &Token, b: &Token| if by_shape { a.shape == b.shape } else { a.exact == b.exact };
    let mut at = 0;
    let mut expected = 0usize;
    while at < seeds.len() {
        if matched[at] != 0 {
            expected = matched[at] as usize;
            at += 1;
            continue;
        }
        let found = places.find(seeds[at]);
        if found.is_empty() {
            at += 1;
            continue;
        }
        // Of many places the ones behind the last run are the likeliest.
        let behind = found.partition_point(|(_, place)| (*place as usize) < expected);
        let skip = behind.min(found.len().saturating_sub(MAX_PLACES));
        let mut best: Option<(usize, usize)> = None;
        for (_, place) in found.iter().skip(skip).take(MAX_PLACES) {
            let place = *place as usize;
            let length = text.tokens[at..]
                .iter()
                .zip(&source.tokens[place..])
                .zip(&matched[at..])
                .take_while(|((a, b), matched)| **matched == 0 && same(a, b))
                .count();
            let better = best.is_none_or(|(longest, other)| {
                length > longest || (length == longest && place.abs_diff(expected) < other.abs_diff(expected))
            });
            if length >= seed_length && better {
                best = Some((length, place));
            }
        }
        let Some((mut length, mut place)) = best else {
            at += 1;
            continue;
        };
        let mut start = at;
        while start > 0
            && place > 0
            && matched[start - 1] == 0
            && same(&text.tokens[start - 1], &source.tokens[place - 1])
        {
            start -= 1;
            place -= 1;
            length += 1;
        }
        let run = &text.tokens[start..start + length];
        let is_strong = run.iter().any(|token| !text.weak[token.line as usize - 1]);
        if length >= least && is_strong && (!by_shape || kinds(run) >= MIN_KINDS) {
            for (offset, token) in matched[start..start + length].iter_mut().enumerate() {
                *token = to_u32(place + offset + 1);
            }
            let rich = if by_shape { &mut tiling.shapes } else { &mut tiling.words };
            let (words, is_telling) = different(text, run);
            *rich = (*rich).max(words);
            tiling.is_telling |= is_telling;
            expected = place + length;
            at = start + length;
        } else {
            // What begins inside of it has no more to it.
            at = (start + length).saturating_sub(seed_length).max(at + 1);
        }
    }
}

/// Returns how many different words and signs a run has outside of license blocks, and whether there are
/// enough of them that are no numbers, or it is prose; of a long run the first thousand tokens are enough.
fn different(text: &Text, run: &[Token]) -> (u32, bool) {
    let strong = run.iter().filter(|token| !text.weak[token.line as usize - 1]).take(1000);
    let words: BTreeSet<(u32, bool)> =
        strong.map(|token| (token.exact, text.is_prose || token.shape != lex::NUMBER)).collect();
    (to_u32(words.len()), words.iter().filter(|(_, is_telling)| *is_telling).count() >= MIN_RUN)
}

fn kinds(run: &[Token]) -> usize {
    let mut seen = [false; 256];
    run.iter().take(200).filter(|token| !std::mem::replace(&mut seen[usize::from(token.shape)], true)).count()
}

/// Goes from tokens to lines.
fn lay_lines(text: &Text, source: &Text, matched: &[u32], tiling: &mut Tiling) {
    let count = text.line_count();
    let mut to = vec![0u32; count as usize + 2];
    for line in 1..=count {
        let (from, end) = (text.starts[line as usize - 1] as usize, text.starts[line as usize] as usize);
        let here = &matched[from..end];
        let found = here.iter().filter(|token| **token != 0).count();
        if found * 2 > here.len() {
            let first = here.iter().find(|token| **token != 0).map_or(0, |token| *token as usize - 1);
            to[line as usize] = source.tokens[first].line;
        }
    }
    fill(text, source, &mut to);

    let mut source_lines = vec![false; source.line_count() as usize + 2];
    let mut line = 1;
    while line <= count {
        if to[line as usize] == 0 {
            line += 1;
            continue;
        }
        let (first, source_first) = (line, to[line as usize]);
        let (mut last, mut source_last) = (line, source_first);
        line += 1;
        while line <= count {
            let here = to[line as usize];
            let is_blank = text.of_line(line).is_empty();
            if here == 0 && !is_blank {
                break;
            }
            if here != 0 {
                if here < source_last || here > source_last + 3 {
                    break;
                }
                (last, source_last) = (line, here);
            }
            line += 1;
        }
        tiling.ranges.push(Range { lines: [first, last], source: [source_first, source_last] });
        for line in source_first..=source_last {
            source_lines[line as usize] = true;
        }
        line = last + 1;
    }
    for line in 1..=count {
        if !text.of_line(line).is_empty() && !text.weak[line as usize - 1] {
            tiling.all += 1;
            tiling.matched += u32::from(to[line as usize] != 0);
        }
    }
    for line in 1..=source.line_count() {
        if !source.of_line(line).is_empty() && !source.weak[line as usize - 1] {
            tiling.source_all += 1;
            tiling.source_matched += u32::from(source_lines[line as usize]);
        }
    }
}

/// Compares what lies between two lines that follow each other in both texts.
fn fill(text: &Text, source: &Text, to: &mut [u32]) {
    let count = text.line_count();
    let mut last: Option<(u32, u32)> = None;
    for line in 1..=count {
        let here = to[line as usize];
        if here == 0 {
            continue;
        }
        if let Some((from, source_from)) = last
            && line - from > 1
            && here > source_from
            && line - from <= MAX_GAP
            && here - source_from <= MAX_GAP
        {
            let mut next = source_from + 1;
            for between in from + 1..line {
                let words = text.of_line(between);
                if words.is_empty() {
                    continue;
                }
                let found = (next..here).find(|other| is_like(words, source.of_line(*other)));
                if let Some(found) = found {
                    to[between as usize] = found;
                    next = found + 1;
                }
            }
        }
        last = Some((line, here));
    }
}

/// Returns whether two lines share at least half of their words and signs.
fn is_like(a: &[Token], b: &[Token]) -> bool {
    if b.is_empty() || a.len() > 3 * b.len() || b.len() > 3 * a.len() || a.len() > 200 {
        return false;
    }
    let mut counts: BTreeMap<u32, i32> = BTreeMap::new();
    for token in b {
        *counts.entry(token.exact).or_default() += 1;
    }
    let mut shared = 0;
    for token in a {
        if let Some(left) = counts.get_mut(&token.exact).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1;
        }
    }
    4 * shared >= a.len() + b.len() + 2 || (a.len() == b.len() && shared == a.len())
}
