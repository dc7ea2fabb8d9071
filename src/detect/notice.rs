// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a file says of licenses in words: texts that nearly agree, notices, names, links.
//!
//! Few places of a file have a word that a license needs. Only the lines around these are read, and
//! what was read once is remembered, as most files of a project say the same.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex};

use aho_corasick::AhoCorasick;
use sha2::{Digest as _, Sha256};

use crate::domain::{LicenseExpr, LicenseName};

use super::creative;
use super::encoding::lossy;
use super::gnu;
use super::near;
use super::phrases;
use super::text::FullText;
use super::words::{NextTo, Words};

mod changed;
mod join;
mod meant;

use meant::{change, is_declared, is_granted, is_meant, is_nickname, lacking};

/// How a license is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// By its text.
    Text,
    /// By words that grant it.
    Grant,
    /// By a field at the beginning of a line: `License: GPLv2+`.
    Field,
    /// By an address.
    Link,
    /// By its name or id.
    Name,
    /// By pointing to another file or work.
    Refer,
    /// By a word that may mean something else.
    Word,
}

/// What words in a file say of licenses.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The license; nothing where the words only resemble one.
    pub expr: Option<LicenseExpr>,
    /// How it is named.
    pub how: How,
    /// The line it begins on, from 1.
    pub first_line: u32,
    /// The line it ends on.
    pub last_line: u32,
    /// From 0 to 1: how sure it is.
    pub score: f64,
    /// Whether the words mean the license for certain: a text that was changed does not.
    pub is_clear: bool,
    /// What a reader should know.
    pub note: Option<String>,
    /// How many of the words that were read are in no text found.
    pub words_beside: u32,
}

/// A license named between two words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raw {
    /// The ids; several are a choice.
    pub(super) ids: Vec<String>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) how: How,
    pub(super) score: f64,
    pub(super) note: Option<String>,
}

/// At most so much of a file is read word by word.
const MAX_BYTES: usize = 1 << 20;

/// How many lines and bytes around a hit are read.
const LINES_BEFORE: usize = 6;
const LINES_BEHIND: usize = 20;
const BYTES_BEFORE: usize = 1500;
const BYTES_BEHIND: usize = 2000;

/// So few words are no notice of their own.
const MIN_NOTICE: usize = 7;

/// Who names more licenses than this lists them.
const LIST: usize = 9;

/// The score of a name that several licenses go by.
const NICKNAME: f64 = 0.8;

/// The score of a license whose text was ported to the law of a country.
const PORTED: f64 = 0.8;

/// The score of a name that lacks a version, and what is said of it.
const VAGUE: f64 = 0.5;
const NO_VERSION: &str = "no version is named";

/// The score of a license that the words next to its name change.
const CHANGED: f64 = 0.49;

/// What `phrases.tsv` calls the clause that takes a right from the license it is attached to.
const COMMONS_CLAUSE: &str = "-commons-clause";

/// Pieces as near to each other, in bytes, are one.
const MERGED: usize = 600;

/// So many different pieces are remembered.
const MAX_REMEMBERED: usize = 1 << 14;

/// What a license needs one of.
static NEEDLES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build([
            "licen",
            "lisence",
            "lizenz",
            "лиценз",
            "copyleft",
            "permission",
            "permitted",
            "redistribut",
            "warrant",
            "public domain",
            "gpl",
            "creativecommons",
            "creative commons",
            "same terms",
            "general public",
            "copying",
            "opensource.org",
            "gnu.org",
            "free software",
            "wtfpl",
            "bsd-",
            "bsd style",
            "apache.org",
            "free to use",
            "freely",
            "of distribution",
            "for any purpose",
            "cc by",
            "cc-by",
            "cc0",
            "cc%20by",
            "sharealike",
            "odbl",
            "asl 2",
            "mpl v",
            "mpl 1",
            "mpl 2",
            "mpl-",
            "ohl-",
            "mulan",
            "eupl",
            "cecill",
            "cddl",
            "apache 2",
            "apache-2",
            "released under",
            "distributed under",
            "available under",
            "whatever way",
            "whatever you want",
            "remains intact",
            "grants reproduction",
            "use this code",
            "may be copied",
            "may be used",
        ])
        .expect("a list of words")
});

/// Returns what the text says, except where known texts stand.
pub(super) fn find(text: &[u8], known: &[FullText]) -> Vec<Notice> {
    let pieces = pieces(text);
    if pieces.is_empty() {
        return Vec::new();
    }
    let mut words = Words::default();
    let (mut at, mut line) = (0, 1u32);
    for piece in pieces {
        line = line.saturating_add(u32::try_from(line_ends(&text[at..piece.start])).unwrap_or(u32::MAX));
        at = piece.start;
        words.append(&lossy(&text[piece]), line);
    }
    let covers: Vec<Range<u32>> = known.iter().map(|text| lines_covered(text, &words)).collect();
    let is_covered = |at| covers.iter().any(|lines| lines.contains(&words.line(at)));
    let mut covered: Vec<bool> = (0..words.len()).map(is_covered).collect();
    let ends: Vec<usize> = (1..words.len()).filter(|at| covered[at - 1] && !covered[*at]).collect();
    for end in ends {
        cover_appendix(end, &words, &mut covered);
    }
    let raws = remembered(&words, &covered);
    let in_texts =
        raws.iter().filter(|raw| raw.how == How::Text).map(|raw| raw.end - raw.start).sum::<usize>();
    let in_known = covered.iter().filter(|is| **is).count();
    let beside = u32::try_from(words.len().saturating_sub(in_texts + in_known)).unwrap_or(u32::MAX);
    let is_new = |notice: &Notice| {
        let is_it =
            |text: &&FullText| text.first_line <= notice.last_line && notice.first_line <= text.last_line;
        notice.how != How::Text || !known.iter().filter(is_it).any(|text| has(text, notice))
    };
    raws.iter().filter_map(|raw| notice(raw, &words, known, beside)).filter(is_new).collect()
}

/// Returns the lines on which nothing but the text stands; what is written in one line may have more.
fn lines_covered(text: &FullText, words: &Words) -> Range<u32> {
    /// The longest paragraph of a text that is not wrapped.
    const LONG: usize = 300;
    if text.first_line == text.last_line {
        return 0..0;
    }
    let is_long = |line| words.count_on(line) > LONG;
    let first = text.first_line + u32::from(is_long(text.first_line));
    let end = text.last_line + u32::from(!is_long(text.last_line));
    first..end
}

/// Whether the notice is of the text.
fn has(text: &FullText, notice: &Notice) -> bool {
    let names = notice.expr.as_ref().map(LicenseExpr::names).unwrap_or_default();
    names.iter().any(|name| text.ids.contains(name))
}

fn notice(raw: &Raw, words: &Words, known: &[FullText], words_beside: u32) -> Option<Notice> {
    let text = join::text_of_choice(raw, words, known).map(LicenseName::as_str);
    // `X11 license` is what people call the text of MIT, too.
    let is_mit = |text: &FullText| text.ids.iter().any(|id| id.as_str() == "MIT");
    let is_called_x11 = raw.how != How::Text && known.iter().any(is_mit);
    let named = raw.ids.iter().map(|id| if is_called_x11 && id == "X11" { "MIT" } else { id });
    let ids = named.chain(text);
    let exprs: Option<Vec<LicenseExpr>> = ids.map(|id| id.parse().ok()).collect();
    Some(Notice {
        expr: LicenseExpr::any_of(exprs?),
        how: raw.how,
        first_line: words.line(raw.start),
        last_line: words.line(raw.end.saturating_sub(1)),
        score: raw.score,
        is_clear: raw.score > 0.5,
        note: raw.note.clone(),
        words_beside,
    })
}

fn line_ends(text: &[u8]) -> usize {
    let ends = memchr::memchr_iter(b'\n', text).count();
    if ends > 0 { ends } else { memchr::memchr_iter(b'\r', text).count() }
}

/// Returns the pieces of a text that are worth reading, in order.
fn pieces(text: &[u8]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut total = 0;
    for hit in NEEDLES.find_iter(text) {
        let start = hit.start();
        if pieces.last().is_some_and(|last| last.end > start + BYTES_BEHIND) || is_noise(text, start) {
            continue;
        }
        let from = before(text, start);
        let to = behind(text, hit.end());
        match pieces.last_mut() {
            Some(last) if last.end + MERGED >= from => {
                total += to.saturating_sub(last.end);
                last.end = last.end.max(to);
            }
            _ => {
                total += to - from;
                pieces.push(from..to);
            }
        }
        if total > MAX_BYTES {
            break;
        }
    }
    // Where most of it is about licenses, all of it is.
    if total * 3 > text.len() && text.len() <= MAX_BYTES {
        let whole = 0..text.len();
        return Vec::from([whole]);
    }
    pieces
}

/// Tags are read elsewhere, and `EXPORT_SYMBOL_GPL` says nothing of a file.
fn is_noise(text: &[u8], start: usize) -> bool {
    let before = &text[..start];
    before.ends_with(b"SPDX-") || (before.ends_with(b"SYMBOL_"))
}

fn before(text: &[u8], at: usize) -> usize {
    let least = at.saturating_sub(BYTES_BEFORE);
    let ends = memchr::memrchr_iter(b'\n', &text[least..at]).nth(LINES_BEFORE);
    ends.map_or(least, |end| least + end + 1)
}

fn behind(text: &[u8], at: usize) -> usize {
    let most = text.len().min(at + BYTES_BEHIND);
    let ends = memchr::memchr_iter(b'\n', &text[at..most]).nth(LINES_BEHIND);
    ends.map_or(most, |end| at + end + 1)
}

type Memo = HashMap<[u8; 32], Arc<Vec<Raw>>>;

static MEMO: LazyLock<Mutex<Memo>> = LazyLock::new(Mutex::default);

/// What the same words said before, they say again.
fn remembered(words: &Words, covered: &[bool]) -> Arc<Vec<Raw>> {
    let mut digest = Sha256::new();
    digest.update(words.text());
    let about = |(at, is_covered): (usize, &bool)| {
        let flags = words.next_to(at).bits() << 1 | u8::from(*is_covered);
        [u8::try_from(words.at(at).len()).unwrap_or(u8::MAX), flags]
    };
    digest.update(covered.iter().enumerate().flat_map(about).collect::<Vec<u8>>());
    let key: [u8; 32] = digest.finalize().into();
    let memo = || MEMO.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = memo().get(&key) {
        return known.clone();
    }
    let found = Arc::new(read(words, covered.to_vec()));
    let mut memo = memo();
    if memo.len() < MAX_REMEMBERED {
        memo.insert(key, found.clone());
    }
    found
}

/// Reads words that were not seen before.
fn read(words: &Words, mut covered: Vec<bool>) -> Vec<Raw> {
    let mut found = Vec::new();
    for text in near::find(words, &covered) {
        covered[text.start..text.end].fill(true);
        // What was put into a text may be a notice of its own.
        for gap in text.gaps.iter().filter(|gap| gap.adds.1 - gap.adds.0 >= MIN_NOTICE) {
            covered[gap.adds.0..gap.adds.1].fill(false);
        }
        cover_appendix(text.end, words, &mut covered);
        found.push(changed::read(&text, words));
    }
    let is_identifier = |start: usize| {
        let next_to = words.next_to(start);
        next_to.is(NextTo::GLUED) || next_to.is(NextTo::CODE)
    };
    let mut phrases = phrases::find(words, &covered);
    phrases.retain(|phrase| phrase.how < How::Name || !is_identifier(phrase.start));
    let mut named = Vec::new();
    for phrase in phrases {
        if phrase.target == COMMONS_CLAUSE {
            let note = "the Commons Clause is attached, which takes the right to sell".to_owned();
            let (start, end) = (phrase.start, phrase.end);
            named.push(Raw { ids: Vec::new(), start, end, how: How::Text, score: 0.0, note: Some(note) });
        } else if let Some(note) = phrases::unclear(&phrase.target) {
            if is_meant(words, &phrase) {
                let (start, end, how) = (phrase.start, phrase.end, phrase.how);
                named.push(Raw { ids: Vec::new(), start, end, how, score: 0.0, note: Some(note) });
            }
        } else if phrase.target != "-" {
            if !is_meant(words, &phrase) {
                continue;
            }
            let score = match phrase.how {
                _ if phrase.is_vague => VAGUE,
                _ if creative::is_ported(words, &phrase) => PORTED,
                How::Link if phrase.target.ends_with("-only") => 0.9,
                How::Text | How::Grant | How::Field | How::Link => 1.0,
                How::Name if is_nickname(words, &phrase) => NICKNAME,
                How::Name => 0.9,
                How::Refer | How::Word => 0.8,
            };
            let how = if is_granted(words, &phrase) { How::Grant } else { phrase.how };
            named.push(Raw {
                ids: phrase.target.split(" OR ").map(str::to_owned).collect(),
                start: phrase.start,
                end: phrase.end,
                how,
                score,
                note: lacking(words, &phrase).map(str::to_owned),
            });
        }
        covered[phrase.start..phrase.end].fill(true);
    }
    found.extend(gnu::find(words, &covered).into_iter().filter(|raw| !is_identifier(raw.start)));
    found.extend(named);
    for raw in found.iter_mut().filter(|raw| raw.how > How::Field && is_declared(words, raw.start)) {
        raw.how = How::Field;
    }
    for raw in found.iter_mut().filter(|raw| raw.how != How::Text && raw.how < How::Refer) {
        if let Some(change) = change(words, raw.end) {
            raw.score = raw.score.min(CHANGED);
            raw.note = Some(format!("with a change: `{change}`"));
        }
    }
    found.sort_by_key(|raw| (raw.start, raw.how));
    let is_mere_name = |raw: &Raw| raw.how >= How::Link || raw.score < 1.0;
    let listed: BTreeSet<&String> = found
        .iter()
        .filter(|raw| raw.how != How::Text && is_mere_name(raw))
        .flat_map(|raw| &raw.ids)
        .collect();
    if listed.len() > LIST {
        found.retain(|raw| raw.how == How::Text || !is_mere_name(raw));
    }
    let found = join::with_exceptions(join::without_repeats(words, &found));
    join::without_repeats(words, &join::choices(words, found))
}

/// Returns the license that a short text names, where it says nothing else.
pub(super) fn only_named(text: &str) -> Option<LicenseExpr> {
    const BESIDE: [&str; 14] = [
        "the", "a", "license", "licenses", "licensed", "under", "terms", "of", "version", "software", "open",
        "source", "osi", "approved",
    ];
    let words = Words::read(text, 1);
    let raws = read(&words, vec![false; words.len()]);
    let [raw] = raws.as_slice() else { return None };
    let is_named = matches!(raw.how, How::Grant | How::Field | How::Name | How::Link);
    // What is told once may stand there twice: by its name and its address.
    let mut covered = vec![false; words.len()];
    covered[raw.start..raw.end].fill(true);
    for phrase in phrases::find(&words, &covered).iter().filter(|phrase| raw.ids == [phrase.target.as_str()])
    {
        covered[phrase.start..phrase.end].fill(true);
    }
    let is_all =
        (0..words.len()).all(|at| covered[at] || BESIDE.contains(&words.at(at)) || is_address(words.at(at)));
    notice(raw, &words, &[], 0)
        .filter(|notice| is_all && is_named && notice.is_clear && notice.note.is_none())
        .and_then(|notice| notice.expr)
}

/// Whether a word belongs to an address.
fn is_address(word: &str) -> bool {
    matches!(word, "http" | "https" | "www" | "html" | "txt" | "php")
}

/// What tells how to apply a license does not apply it.
fn cover_appendix(end: usize, words: &Words, covered: &mut [bool]) {
    /// How far behind a text its appendix begins, and how long it is, in words.
    const FAR: usize = 60;
    const LONG: usize = 420;
    let is_title = |at: &usize| {
        words.at(*at) == "how" && words.at(at + 1) == "to" && matches!(words.at(at + 2), "apply" | "use")
    };
    if let Some(start) = (end..end + FAR).find(is_title) {
        let end = (start + LONG).min(words.len());
        covered[start..end].fill(true);
    }
}

#[cfg(test)]
mod tests;
