// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a license text means of which some words were changed: it is told how it differs, and where a
//! word of weight or a clause was put in or left out, it is not taken for the license.

use std::ops::Range;

use super::super::near::{self, Gap, Near};
use super::super::words::Words;
use super::{How, Raw};

/// Words that turn a text around where they are put in or left out.
const WEIGHTY: [&str; 23] = [
    "with",
    "not",
    "no",
    "never",
    "without",
    "except",
    "unless",
    "only",
    "non",
    "commercial",
    "noncommercial",
    "sell",
    "fee",
    "prohibited",
    "forbidden",
    "must",
    "however",
    "provided",
    "exclusive",
    "evil",
    "academic",
    "research",
    "royalty",
];

/// A text of which less agrees is another one: where a word of weight differs, and elsewhere.
const OTHER: f64 = 0.9;
const FAR_OTHER: f64 = 0.84;

/// So many words in one place are a clause.
const CLAUSE: usize = 25;

/// A text that lacks more words at an end is a part of one; fewer behind it are told where more than
/// these.
const END: usize = 24;
const LAST: usize = 4;

/// So many changes are told.
const TOLD: usize = 4;

/// Returns what the text means.
pub(super) fn read(near: &Near, words: &Words) -> Raw {
    let text = &near::texts()[near.text];
    let known = text.words();
    let mut changes = Vec::new();
    let mut is_weighty = false;
    let mut lost = 0;
    // What stands around a text is no change of it: a title, a preface, an appendix.
    let terms = near::preface(known).max(1);
    let is_inside = |gap: &&Gap| gap.lacks.0 > 0 && gap.lacks.1 >= terms && gap.lacks.1 < known.len();
    for gap in near.gaps.iter().filter(is_inside) {
        let (lacks, adds) = (gap.lacks.0..gap.lacks.1, own(gap.adds, words));
        if lacks.is_empty() && adds.is_empty() {
            continue;
        }
        let offers_choice = adds.clone().any(|at| matches!(words.at(at), "alternatively" | "alternately"));
        let has_weight = !offers_choice
            && (adds.clone().any(|at| WEIGHTY.contains(&words.at(at)))
                || lacks.clone().any(|at| WEIGHTY.contains(&known.at(at))));
        let length = if offers_choice { 0 } else { lacks.len().max(adds.len()) };
        is_weighty |= has_weight;
        lost = lost.max(length);
        changes.push((!has_weight, length <= CLAUSE, lacks, adds));
    }
    // What weighs most is told first.
    changes.sort_by_key(|(is_light, is_short, ..)| (*is_light, *is_short));
    let changes: Vec<String> = changes
        .into_iter()
        .take(TOLD)
        .map(|(_, _, lacks, adds)| {
            let lacks = known.joined(lacks.start, lacks.end, 8);
            let adds = words.joined(adds.start, adds.end, 8);
            match (lacks.is_empty(), adds.is_empty()) {
                (true, _) => format!("adds `{adds}`"),
                (_, true) => format!("lacks `{lacks}`"),
                _ => format!("`{adds}` for `{lacks}`"),
            }
        })
        .collect();
    let is_kept = !is_weighty && lost <= CLAUSE;
    let is_far = near.score < if is_weighty { OTHER } else { FAR_OTHER };
    let lacking = lacking_ends(near, known, END);
    let differs = |what: &str| (!changes.is_empty()).then(|| format!("{what}: {}", changes.join("; ")));
    let (meant, score, note) = if is_kept && near.score >= 0.85 {
        let ends = lacking_ends(near, known, LAST);
        let part = (!ends.is_empty()).then(|| format!("differs from the text: lacks {}", ends.join(" and ")));
        (true, near.score, differs("differs from the text").or(part))
    } else if is_kept && !lacking.is_empty() {
        let part = format!("only a part of the text: lacks {}", lacking.join(" and "));
        (true, 0.5, Some(differs(&part).unwrap_or(part)))
    } else if is_far {
        let other = format!("a text like that of {}, which differs", text.id);
        (false, 0.0, Some(differs(&other).unwrap_or(other)))
    } else {
        (true, near.score / 2.0, differs("differs from the text"))
    };
    let ids = if meant { vec![text.id.to_owned()] } else { Vec::new() };
    Raw { ids, start: near.start, end: near.end, how: How::Text, score, note }
}

/// Returns the words of a gap without a sentence at its beginning that Creative Commons itself has put
/// into later copies of its licenses.
fn own((start, end): (usize, usize), words: &Words) -> Range<usize> {
    const SENTENCE: &str = "the text of the creative commons public licenses is dedicated to the public \
                            domain under the cc0 public domain dedication";
    let len = SENTENCE.split(' ').count();
    if start + len <= end && words.joined(start, start + len, len) == SENTENCE {
        start + len..end
    } else {
        start..end
    }
}

/// Returns what the file lacks of the text before it, which is more than a title, and behind it, where
/// that is more words than `most`.
fn lacking_ends(near: &Near, known: &Words, most: usize) -> Vec<String> {
    let is_told = |lacks: (usize, usize)| match lacks {
        (0, end) => end > END,
        (start, end) => end == known.len() && end - start > most,
    };
    let ends = near.gaps.iter().map(|gap| gap.lacks).filter(|lacks| is_told(*lacks));
    ends.map(|(start, end)| format!("`{}`", known.joined(start, end, 8))).collect()
}
