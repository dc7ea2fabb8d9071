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

use super::words::Words;

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
    /// How many words count as lacking: a long text may come without its title or its appendix.
    fn lacked(&self, known: usize) -> usize {
        let lacks = self.lacks.1 - self.lacks.0;
        let is_edge = self.lacks.0 == 0 || self.lacks.1 == known;
        if is_edge && known > 600 && lacks * 4 < known { lacks / 4 } else { lacks }
    }

    /// How many words count as added: a long piece in one place is one change.
    fn added(&self) -> usize {
        (self.adds.1 - self.adds.0).min(60)
    }
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
const VARIANTS: [(&str, (&str, &str), &str); 12] = [
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

    fn of(&self, run: u32) -> &[u16] {
        if self.occurs[(run >> 20) as usize] & 1 << ((run >> 14) & 63) == 0 {
            return &[];
        }
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

/// Returns the texts found in words, by their place, none over another.
pub(super) fn find(words: &Words) -> Vec<Near> {
    let mut found: Vec<Near> = Vec::new();
    let mut free = vec![(0, words.len())];
    while let Some((from, to)) = free.pop() {
        if found.len() >= MAX_FOUND {
            break;
        }
        let Some(best) = best_in(words, from, to) else { continue };
        if best.start > from {
            free.push((from, best.start));
        }
        if best.end < to {
            free.push((best.end, to));
        }
        found.push(best);
    }
    found.sort_by_key(|near| near.start);
    found
}

fn best_in(words: &Words, from: usize, to: usize) -> Option<Near> {
    let hashes = &words.hashes()[from..to];
    let mut hits: HashMap<u16, u32> = HashMap::new();
    for run in hashes.windows(RUN) {
        for text in INDEX.of(run_hash(run)) {
            *hits.entry(*text).or_default() += 1;
        }
    }
    let mut candidates: Vec<(u32, u32, u16)> = hits
        .into_iter()
        .map(|(text, hits)| {
            let kept = u32::from(INDEX.kept[usize::from(text)]).max(1);
            let hits = hits.min(kept);
            (hits * hits * 10 / kept, hits * 1000 / kept, text)
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
    near.max_by(|a, b| weight(a).total_cmp(&weight(b)).then(b.text.cmp(&a.text)))
}

/// A count of words, which is never large.
fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How much a text explains: many words, and nearly all of them.
fn weight(near: &Near) -> f64 {
    let known = TEXTS[near.text].words().len();
    let differs: usize = near.gaps.iter().map(|gap| gap.lacked(known) + gap.added()).sum();
    let lacks: usize = near.gaps.iter().map(|gap| gap.lacks.1 - gap.lacks.0).sum();
    let agrees = real(known - lacks);
    let is_common = matches!(
        TEXTS[near.text].id,
        "MIT"
            | "BSD-2-Clause"
            | "BSD-3-Clause"
            | "BSD-4-Clause"
            | "ISC"
            | "X11"
            | "Zlib"
            | "HPND"
            | "Apache-2.0"
            | "Classpath-exception-2.0"
    );
    // Where little tells them apart, the common one is meant.
    agrees - 1.5 * real(differs) + if is_common { 12.0 } else { 0.0 }
}

/// Lays a text beside words. Nothing where too little agrees.
fn align(words: &Words, from: usize, to: usize, text: usize) -> Option<Near> {
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
    let differs = gaps.iter().map(|gap| gap.lacked(known.len()).max(gap.added())).sum::<usize>();
    let share = real(matched) / real(matched + differs);
    let gaps =
        gaps.into_iter().map(|gap| Gap { adds: (gap.adds.0 + from, gap.adds.1 + from), ..gap }).collect();
    (share >= LEAST && matched >= STITCH).then_some(Near {
        text,
        start: first + from,
        end: last + from,
        score: share,
        gaps,
    })
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

/// Walks through both and joins what agrees, in order.
fn stitch(
    known: &[u32],
    file: &[u32],
    low: usize,
    high: usize,
    places: &HashMap<u32, Vec<u32>>,
) -> Option<(usize, Vec<Gap>, usize, usize)> {
    let mut gaps = Vec::new();
    let (mut matched, mut in_text, mut in_file) = (0, 0, low);
    let mut first = None;
    let mut end = low;
    // No further than this is skipped in a text at once.
    let reach = (known.len() / 2).max(40);
    let mut at = low;
    while at + STITCH <= high.min(file.len()) {
        let run = run_hash(&file[at..at + STITCH]);
        let place = places.get(&run).and_then(|places| {
            places.iter().map(|p| *p as usize).find(|p| *p >= in_text && *p < in_text + reach)
        });
        let Some(place) = place else {
            at += 1;
            continue;
        };
        if place > in_text + 12 {
            // A far place for a common run: only where the more of the file agrees there the farther.
            if agreeing(known, place, file, at) < 5 + (place - in_text) / 32 {
                at += 1;
                continue;
            }
        }
        let skipped = at - in_file;
        if first.is_some() && skipped > 15 {
            let agrees = agreeing(known, place, file, at);
            if skipped > 40
                && matched < skipped
                && matched < known.len() / 8
                && agrees >= STITCH
                && place <= in_text + 12
            {
                // What agreed before was by chance: the text begins here.
                let Some(place) = places.get(&run).and_then(|places| places.first()).map(|p| *p as usize)
                else {
                    break;
                };
                gaps.clear();
                matched = 0;
                first = None;
                in_text = place;
                if place > 12 {
                    in_text = 0;
                    in_file = at;
                    at += 1;
                    continue;
                }
            } else if agrees < if skipped > 60 { 10 } else { 5 } {
                at += 1;
                continue;
            }
        }
        let place = place.max(in_text);
        // Single words between the runs that agree.
        if first.is_some() {
            matched += fill(known, in_text, place, file, in_file, at, &mut gaps);
        } else {
            if place > 0 {
                gaps.push(Gap { lacks: (0, place), adds: (at, at) });
            }
            first = Some(at);
        }
        let run = agreeing(known, place, file, at);
        matched += run;
        at += run;
        in_text = place + run;
        in_file = at;
        end = at;
        if in_text >= known.len() {
            break;
        }
    }
    if in_text < known.len() {
        gaps.push(Gap { lacks: (in_text, known.len()), adds: (end, end) });
    }
    first.map(|first| (matched, gaps, first, end))
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
