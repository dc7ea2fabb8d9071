// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! License texts that stand in a file with some words changed.
//!
//! An index made beforehand holds some runs of [`RUN`] words of each text of the SPDX list. The runs of
//! a file choose a few candidates; each is laid beside the file word by word, and what it lacks and what
//! the file has more is told. The text that explains most words of a place is meant there.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use super::text::{CC_PREFACE, CC_TERMS};
use super::words::Words;

mod align;

use align::align;

/// Words in a run of the index.
const RUN: usize = 6;

/// Words in a run that aligns a text with a file.
const STITCH: usize = 3;

/// So many candidates are laid beside a file at once.
const MAX_CANDIDATES: usize = 16;

/// So many texts are found in one piece.
const MAX_FOUND: usize = 64;

/// Below this share of words that agree, it is another text.
const LEAST: f64 = 0.72;

/// A text found in words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Near {
    /// The place in [`texts`].
    pub(super) text: usize,
    pub(super) start: usize,
    /// Behind the last word.
    pub(super) end: usize,
    /// The share of words that agree, 1 where all do.
    pub(super) score: f64,
    /// What the file has instead: places in the text, places in the words.
    pub(super) gaps: Vec<Gap>,
}

/// Where a file and a text differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) lacks: (usize, usize),
    pub(super) adds: (usize, usize),
}

impl Gap {
    /// How many words count as lacking, and how many as added, behind the gaps `before`.
    fn differs(&self, known: &Words, before: &[Gap]) -> (usize, usize) {
        let (lacks, adds) = (self.lacks.1 - self.lacks.0, self.adds.1 - self.adds.0);
        let is_short = (1..=MAX_NAME).contains(&adds);
        if is_short && self.is_name(known) {
            return (1, 1);
        }
        // Another name stands wherever the first one stood.
        let words = |gap: &Gap| &known.hashes()[gap.lacks.0..gap.lacks.1];
        if is_short && lacks > 0 && before.iter().any(|gap| words(gap) == words(self)) {
            return (1, 1);
        }
        if self.lacks.0 == 0 && lacks <= MAX_TITLE && is_title(known, lacks) {
            return (0, 0);
        }
        if self.lacks.1 <= preface(known) {
            return (0, adds.min(60));
        }
        // A long text may come without its title or its appendix.
        let is_edge = self.lacks.0 == 0 || self.lacks.1 == known.len();
        let lacked = if is_edge && known.len() > 600 && lacks * 4 < known.len() { lacks / 4 } else { lacks };
        // A long piece in one place is one change.
        (lacked, adds.min(60))
    }

    /// Whether the words of the text stand for a name (guideline C.3, replaceable text).
    fn is_name(&self, known: &Words) -> bool {
        let stands_for_one = |at: usize| {
            matches!(
                known.at(at),
                "author"
                    | "authors"
                    | "contributor"
                    | "contributors"
                    | "copyright"
                    | "holder"
                    | "holders"
                    | "organization"
                    | "owner"
                    | "owners"
                    | "trademarkedname"
                    | "the"
                    | "and"
                    | "or"
                    | "its"
            )
        };
        self.lacks.0 < self.lacks.1 && (self.lacks.0..self.lacks.1).all(stands_for_one)
    }
}

/// Texts of more words may be made of others.
const LONG: usize = 250;

/// The longest name, and the longest title, in words.
const MAX_NAME: usize = 20;
const MAX_TITLE: usize = 24;

/// Whether a text's first words are its title and whose it is.
fn is_title(known: &Words, first: usize) -> bool {
    let grants = |at: usize| {
        let stems = ["grant", "hereby", "permit", "redistribut", "agree", "warrant"];
        stems.iter().any(|stem| known.at(at).starts_with(stem))
    };
    !(0..first).any(grants)
        && (0..first).any(|at| matches!(known.at(at), "license" | "copyright" | "notice" | "reserved"))
}

/// Returns how many words of a text of Creative Commons stand before its terms and are no part of them.
pub(super) fn preface(known: &Words) -> usize {
    let is_at =
        |at: usize, words: &str| words.split(' ').enumerate().all(|(next, word)| known.at(at + next) == word);
    if !(0..MAX_TITLE).any(|at| is_at(at, CC_PREFACE)) {
        return 0;
    }
    (0..known.len()).find(|at| CC_TERMS.iter().any(|terms| is_at(*at, terms))).unwrap_or_default()
}

/// How many words count as lacking in all, and as added.
fn differing(known: &Words, gaps: &[Gap]) -> Vec<(usize, usize)> {
    gaps.iter().enumerate().map(|(at, gap)| gap.differs(known, &gaps[..at])).collect()
}

/// A text of the SPDX list.
pub(super) struct Text {
    /// The first id that has it; of the GNU family the one that says `-only`.
    pub(super) id: &'static str,
    body: Cow<'static, str>,
    words: OnceLock<Words>,
}

impl Text {
    pub(super) fn words(&self) -> &Words {
        self.words.get_or_init(|| Words::read(&self.body, 1))
    }
}

/// Other wordings of a part that the matching guidelines and long use take for the same: the id, where the
/// part begins and ends, the other wording.
const VARIANTS: [(&str, (&str, &str), &str); 21] = [
    ("AFL-2.1", ("END OF ACADEMIC FREE LICENSE", ""), ""),
    // The list has the GPL behind it.
    ("LGPL-3.0-only", ("GNU GENERAL PUBLIC LICENSE\nVersion 3", ""), ""),
    ("Sleepycat", ("Copyright (c) 1990, 1993", ""), ""),
    ("GPL-1.0-only", ("Appendix: How to Apply", ""), ""),
    ("GPL-2.0-only", ("How to Apply", ""), ""),
    ("GPL-3.0-only", ("How to Apply", ""), ""),
    ("AGPL-3.0-only", ("How to Apply", ""), ""),
    ("LGPL-2.0-only", ("How to Apply", ""), ""),
    ("LGPL-2.1-only", ("How to Apply", ""), ""),
    (
        "BSD-3-Clause",
        ("Neither the name", "permission."),
        "The name of the author may not be used to endorse or promote products derived from this software without specific prior written permission.",
    ),
    (
        "BSD-3-Clause",
        ("Neither the name", "permission."),
        "The names of its contributors may not be used to endorse or promote products derived from this software without specific prior written permission.",
    ),
    (
        "BSD-4-Clause",
        ("Neither the name", "permission."),
        "The name of the author may not be used to endorse or promote products derived from this software without specific prior written permission.",
    ),
    ("ISC", ("and/or", "distribute"), "and distribute"),
    ("HPND", ("<copyright holder> makes no", "warranty."), ""),
    (
        "X11",
        ("X CONSORTIUM BE LIABLE", ""),
        "authors or copyright holders be liable for any claim, damages or other liability, whether in an action of contract, tort or otherwise, arising from, out of or in connection with the software or the use or other dealings in the software. Except as contained in this notice, the name of the copyright holder shall not be used in advertising or otherwise to promote the sale, use or other dealings in this Software without prior written authorization from the copyright holder.",
    ),
    ("PostgreSQL", ("PostgreSQL Database", "Regents of the University of California"), ""),
    (
        "PostgreSQL",
        ("PostgreSQL Database", ""),
        "Permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee, and without a written agreement is hereby granted, provided that the above copyright notice and this paragraph and the following two paragraphs appear in all copies. in no event shall the author be liable to any party for direct, indirect, special, incidental, or consequential damages, including lost profits, arising out of the use of this software and its documentation, even if the author has been advised of the possibility of such damage. the author specifically disclaims any warranties, including, but not limited to, the implied warranties of merchantability and fitness for a particular purpose. the software provided hereunder is on an as is basis, and the author has no obligations to provide maintenance, support, updates, enhancements, or modifications.",
    ),
    // Older works of X have no disclaimer.
    ("HPND-sell-variant", ("OPENVISION DISCLAIMS", ""), ""),
    // What others than Ruby have no such file for, and the wording before 1.8.
    ("Ruby", ("But some files", "LEGAL."), ""),
    (
        "Ruby",
        ("c) give non-standard binaries", "distribution."),
        "rename any non-standard executables so the names do not conflict with standard executables, which must also be provided.",
    ),
    (
        "NTP",
        ("makes no representations", "warranty."),
        "makes no representations about the suitability of this software for any purpose. It is provided as is without express or implied warranty.",
    ),
];

static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| {
    let mut texts: Vec<Text> = Vec::new();
    let licenses = spdx::identifiers::LICENSES.iter().filter_map(|known| {
        let id = spdx::license_id(known.name)?;
        // The deprecated ids have the texts of their successors; what is said of a work is in no text.
        let is_said = known.name.ends_with("-or-later") || known.name.contains("-invariants");
        (!id.is_deprecated() && !is_said).then(|| (id.name, id.text()))
    });
    let exceptions = spdx::identifiers::EXCEPTIONS.iter().filter_map(|known| {
        let id = spdx::exception_id(known.name)?;
        (!id.is_deprecated()).then(|| (id.name, id.text()))
    });
    for (id, body) in licenses.chain(exceptions) {
        if !texts.iter().rev().take(6).any(|known| known.body == body) {
            texts.push(Text { id, body: Cow::Borrowed(body), words: OnceLock::new() });
        }
        for (_, from, to) in VARIANTS.iter().filter(|variant| variant.0 == id) {
            let Some(start) = body.find(from.0) else { continue };
            let end = if from.1.is_empty() { Some(body.len() - start) } else { body[start..].find(from.1) };
            let Some(end) = end.map(|at| start + at + from.1.len()) else { continue };
            let body = Cow::Owned(format!("{}{to}{}", &body[..start], &body[end..]));
            texts.push(Text { id, body, words: OnceLock::new() });
        }
    }
    texts
});

/// Returns the known texts, in the order of their ids, licenses first.
pub(super) fn texts() -> &'static [Text] {
    &TEXTS
}

/// The index: `RUN` hashes in order, and for each the number of its text. Made by a test.
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::read(include_bytes!("near_index.bin")));

struct Index {
    runs: Vec<u32>,
    texts: Vec<u16>,
    /// How many runs of each text are kept.
    kept: Vec<u16>,
    /// Which of the 2^18 first parts of a hash occur.
    occurs: Vec<u64>,
}

impl Index {
    fn read(bytes: &[u8]) -> Self {
        let mut runs = Vec::with_capacity(bytes.len() / 6);
        let mut texts = Vec::with_capacity(bytes.len() / 6);
        let mut kept = vec![0u16; TEXTS.len()];
        let mut occurs = vec![0u64; 1 << 12];
        for entry in bytes.chunks_exact(6) {
            let run = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
            let text = u16::from_le_bytes([entry[4], entry[5]]);
            if let Some(kept) = kept.get_mut(usize::from(text)) {
                *kept = kept.saturating_add(1);
            }
            occurs[(run >> 20) as usize] |= 1 << ((run >> 14) & 63);
            runs.push(run);
            texts.push(text);
        }
        Self { runs, texts, kept, occurs }
    }

    fn may_have(&self, run: u32) -> bool {
        self.occurs[(run >> 20) as usize] & 1 << ((run >> 14) & 63) != 0
    }

    fn of(&self, run: u32) -> &[u16] {
        let first = self.runs.partition_point(|known| *known < run);
        let len = self.runs[first..].iter().take_while(|known| **known == run).count();
        &self.texts[first..first + len]
    }
}

fn run_hash(words: &[u32]) -> u32 {
    let sum = words
        .iter()
        .fold(0u64, |sum, word| (sum.rotate_left(7) ^ u64::from(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    u32::try_from(sum >> 32).unwrap_or_default()
}

/// Returns the texts found in words, by their place, none over another and none where it is `covered`.
pub(super) fn find(words: &Words, covered: &[bool]) -> Vec<Near> {
    let mut found: Vec<Near> = Vec::new();
    let mut free: Vec<(usize, usize)> = Vec::new();
    for (at, _) in covered.iter().enumerate().filter(|(_, is_covered)| !**is_covered) {
        match free.last_mut() {
            Some(last) if last.1 == at => last.1 = at + 1,
            _ => free.push((at, at + 1)),
        }
    }
    while let Some((from, to)) = free.pop() {
        if found.len() >= MAX_FOUND {
            break;
        }
        let Some(best) = best_in(words, from, to) else { continue };
        if best.end < to {
            free.push((best.end, to));
        }
        // What is before it comes next: where there are too many, the first are told.
        if best.start > from {
            free.push((from, best.start));
        }
        found.push(best);
    }
    found.sort_by_key(|near| near.start);
    found
}

fn best_in(words: &Words, from: usize, to: usize) -> Option<Near> {
    let hashes = &words.hashes()[from..to];
    let mut hits: HashMap<u16, u32> = HashMap::new();
    // Each once: a text that stands there twice is not two thirds of another.
    let mut runs: Vec<u32> = hashes.windows(RUN).map(run_hash).filter(|run| INDEX.may_have(*run)).collect();
    runs.sort_unstable();
    runs.dedup();
    for run in runs {
        for text in INDEX.of(run) {
            *hits.entry(*text).or_default() += 1;
        }
    }
    let mut candidates: Vec<(u64, u32, u16)> = hits
        .into_iter()
        .map(|(text, hits)| {
            let kept = u32::from(INDEX.kept[usize::from(text)]).max(1);
            let share = hits.min(kept) * 1000 / kept;
            let words = TEXTS[usize::from(text)].words().len() as u64;
            (u64::from(share).pow(3) * words, share, text)
        })
        .filter(|(_, share, _)| *share >= 180)
        .collect();
    // Those that explain most of the file with most of their text.
    candidates.sort_unstable_by(|a, b| b.cmp(a));
    let mut chosen: Vec<u16> = candidates.iter().take(MAX_CANDIDATES).map(|c| c.2).collect();
    candidates.sort_unstable_by_key(|c| std::cmp::Reverse((c.1, c.2)));
    chosen.extend(candidates.iter().take(4).map(|c| c.2));
    chosen.sort_unstable();
    chosen.dedup();
    let near = chosen.into_iter().filter_map(|text| align(words, from, to, usize::from(text)));
    let mut near: Vec<(f64, Near)> = near.map(|near| (weight(&near), near)).collect();
    near.sort_by(|(a, first), (b, other)| b.total_cmp(a).then(first.text.cmp(&other.text)));
    // A text that is made of others resembles where they stand: those that do agree are meant.
    let (most, top) = near.first()?;
    let is_part = |(weight, part): &&(f64, Near)| part.score >= 0.95 && *weight >= 0.3 * most;
    let is_long = TEXTS[top.text].words().len() > LONG;
    let part = if top.score < 0.9 && is_long { near.iter().find(is_part) } else { None };
    Some(part.map_or(top, |(_, part)| part).clone())
}

/// A count of words, which is never large.
fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How much a text explains: many words, and nearly all of them.
fn weight(near: &Near) -> f64 {
    let known = TEXTS[near.text].words();
    let differs = differing(known, &near.gaps).into_iter();
    // However much is lacking in one place, it is one part.
    let differs: usize = differs.map(|(lacks, adds)| lacks.min(80) + adds).sum();
    let lacks: usize = near.gaps.iter().map(|gap| gap.lacks.1 - gap.lacks.0).sum();
    let agrees = real(known.len() - lacks);
    let is_common = matches!(
        TEXTS[near.text].id,
        "MIT"
            | "BSD-2-Clause"
            | "BSD-3-Clause"
            | "ISC"
            | "X11"
            | "Zlib"
            | "Plexus"
            | "PostgreSQL"
            | "Apache-2.0"
            | "Classpath-exception-2.0"
    );
    // Where little tells them apart, the common one is meant.
    agrees - 1.5 * real(differs) + if is_common { 12.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// About so many runs of a long text are kept; of a short one, all.
    const RUNS_KEPT: usize = 120;

    fn index() -> Vec<u8> {
        let mut entries: Vec<(u32, u16)> = Vec::new();
        for (number, text) in TEXTS.iter().enumerate() {
            let words = text.words().hashes();
            let step = (words.len() / RUNS_KEPT).max(1);
            let runs = words.windows(RUN).step_by(step).map(run_hash);
            let number = u16::try_from(number).unwrap();
            entries.extend(runs.map(|run| (run, number)));
        }
        entries.sort_unstable();
        entries.dedup();
        let bytes = |(run, text): (u32, u16)| run.to_le_bytes().into_iter().chain(text.to_le_bytes());
        entries.into_iter().flat_map(bytes).collect()
    }

    #[test]
    fn the_index_is_of_the_texts() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/detect/near_index.bin");
        let made = index();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &made).unwrap();
        } else {
            assert!(made == include_bytes!("near_index.bin"), "run it with UPDATE=1");
        }
    }
}
