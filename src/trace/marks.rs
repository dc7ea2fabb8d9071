// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Marks: the grams of a work that are kept.
//!
//! Who looks for a work has the bytes of what is looked at, and so all its grams; of the work looked
//! for a few, evenly spread, are enough. This is normative, with the grams of `gram`:
//!
//! 1. Of prose, grams of words are kept, of anything else grams of lines and of shapes.
//! 2. The places of the grams, from the first to the last, are cut into blocks of as many places as
//!    the level says ([`Level`]), but into at least [`LEAST`] blocks if there are as many places. A
//!    block is counted from place 0. Of each block one gram is kept: of the level `compact` the one of
//!    most weight, otherwise any and so the first; of equal weight the first.
//! 3. A text is not traced if more than half of its bytes are in lines of more than 1,024 bytes
//!    (minified), or nothing is kept of it.

use super::gram::{Feature, Gram, Grams, to_u32};
use super::{MAX_COMMENT_LINE, lines};

/// Rule 2: a small work still has so many blocks.
pub const LEAST: u32 = 4;

/// How much of a work is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// One gram of 9 lines, 240 tokens or 48 words; no line numbers.
    Compact,
    /// One gram of 3 lines, 64 tokens or 12 words, with their lines.
    Full,
    /// What a tree at hand is searched by: never stored.
    Whole,
}

impl Level {
    /// Rule 2: the length of a block, of lines, shapes and words.
    fn block(self, feature: Feature) -> u32 {
        let [lines, shapes, words] = match self {
            Self::Compact => [9, 240, 48],
            Self::Full => [3, 64, 12],
            Self::Whole => [1, 8, 4],
        };
        match feature {
            Feature::Lines => lines,
            Feature::Shapes => shapes,
            Feature::Words => words,
            Feature::Letters => 1,
        }
    }
}

/// One gram that is kept: its hash, and the line it begins in, from 1; 0 where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The hash.
    pub hash: u32,
    /// The line.
    pub line: u32,
}

/// What is kept of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// How much.
    pub level: Level,
    /// How many lines count.
    pub size: u32,
    /// Of lines, shapes, words and letters, in the order of the work.
    pub of: [Vec<Mark>; 4],
}

impl Marks {
    /// Keeps grams of a text.
    pub fn of(bytes: &[u8], level: Level) -> Self {
        let grams = Grams::of(bytes);
        let mut marks = Self { level, size: grams.size(), of: Default::default() };
        let is_whole = level == Level::Whole;
        if is_whole || !grams.is_prose() {
            marks.of[0] = spread(level, Feature::Lines, |each| grams.lines(each));
            marks.of[1] = spread(level, Feature::Shapes, |each| grams.shapes(each));
        }
        if is_whole || grams.is_prose() {
            marks.of[2] = spread(level, Feature::Words, |each| grams.words(each));
        }
        if is_whole {
            grams.letters(|gram| marks.of[3].push(Mark { hash: gram.hash, line: gram.lines[0] }));
        }
        marks
    }

    /// Returns how many are kept.
    pub fn len(&self) -> usize {
        self.of.iter().map(Vec::len).sum()
    }

    /// Returns whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Rule 2.
fn spread(level: Level, feature: Feature, grams: impl FnOnce(&mut dyn FnMut(Gram))) -> Vec<Mark> {
    let mut all: Vec<Gram> = Vec::new();
    grams(&mut |gram| all.push(gram));
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return Vec::new() };
    let block = level.block(feature).min((last.place - first.place + 1).div_ceil(LEAST)).max(1);
    let mut kept: Vec<Gram> = Vec::with_capacity(all.len() / block as usize + 1);
    for gram in all {
        match kept.last_mut().filter(|last| last.place / block == gram.place / block) {
            None => kept.push(gram),
            Some(last) if level == Level::Compact && gram.weight > last.weight => *last = gram,
            Some(_) => {}
        }
    }
    kept.into_iter().map(|gram| Mark { hash: gram.hash, line: gram.lines[0] }).collect()
}

/// Rule 3: returns whether a text was written by a program for programs.
pub fn is_minified(bytes: &[u8]) -> bool {
    let long: usize = lines(bytes).iter().map(|line| line.len()).filter(|l| *l > MAX_COMMENT_LINE).sum();
    to_u32(long) > to_u32(bytes.len() / 2)
}
