// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! License texts known word for word.
//!
//! A text is a sequence of words, normalised after the SPDX matching guidelines (SPDX 3.0.1 annex C):
//! case, blanks, punctuation, comment marks, bullets, copyright lines, `licence` for `license` and the
//! replaceable names of the BSD and MIT families make no difference. The table, made from the texts of
//! the `spdx` crate, holds for each text its first words' hash, its length and digests of all of it.
//! A file is searched for the first words; what follows must then agree in every word. So titles,
//! several texts in one file and texts inside larger files are found, and a changed text is not.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use sha2::{Digest as _, Sha256};

use crate::domain::{LicenseName, WorkPath};

use super::encoding::lossy;
use super::texts_table::TEXTS;

/// A license text that stands in a file word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullText {
    /// Every id of the SPDX list that has this text, sorted; a GNU text fits `-only` and `-or-later`.
    pub ids: Vec<LicenseName>,
    /// The line with its first word, from 1.
    pub first_line: u32,
    /// The line with its last word.
    pub last_line: u32,
    /// How many words the file has beside known texts, their titles and appendices left in. Many of
    /// them in a license file may change what it says.
    pub words_beside: u32,
}

/// One row of the table.
pub(super) struct Known {
    /// Rolling hash of the first [`ANCHOR`] words. The table is sorted by it.
    anchor: u64,
    /// Rolling hash of all words.
    rolling: u64,
    /// First bytes of the SHA-256 over all words, a blank behind each.
    digest: u64,
    /// Number of words.
    words: u32,
    /// How many words of an appendix may follow.
    appendix: u32,
    /// The ids, separated by blanks.
    ids: &'static str,
}

pub(super) const fn known(
    anchor: u64,
    rolling: u64,
    digest: u64,
    words: u32,
    appendix: u32,
    ids: &'static str,
) -> Known {
    Known { anchor, rolling, digest, words, appendix, ids }
}

/// What Creative Commons says first of itself before the terms of its licenses.
pub(super) const CC_PREFACE: &str = "is not a law firm and does not provide legal services";

/// Where the terms follow.
pub(super) const CC_TERMS: [&str; 3] = [
    "statement of purpose the laws of most jurisdictions",
    "by exercising the licensed rights",
    "license the work as defined below is provided",
];

/// Words in an anchor.
const ANCHOR: usize = 5;

/// How much is read of a file named like a license text, of one that starts like a whole text, and of
/// any other that has words of a short one near its head.
const MAX_NAMED_BYTES: usize = 1 << 20;
const MAX_TEXT_BYTES: usize = 64 << 10;
const MAX_HEADER_BYTES: usize = 16 << 10;

/// Returns the known texts in a file, in order.
pub(super) fn find(path: &WorkPath, text: &[u8]) -> Vec<FullText> {
    let window = window(path, text);
    if window == 0 {
        return Vec::new();
    }
    let words = Words::read(&lossy(&text[..window]));
    let mut found = Vec::new();
    let mut matched = 0;
    let mut at = 0;
    while at + ANCHOR <= words.len() {
        let Some(known) = words.known_at(at) else {
            at += 1;
            continue;
        };
        let len = known.words as usize;
        // The text of X11 is that of MIT and goes on.
        if words.text[words.starts[at + len]..].starts_with("except as contained in this notice ") {
            at += 1;
            continue;
        }
        found.push(FullText {
            ids: known.ids.split(' ').filter_map(|id| id.parse().ok()).collect(),
            first_line: words.lines[at],
            last_line: words.lines[at + len - 1],
            words_beside: 0,
        });
        matched += len + (known.appendix as usize).min(words.len() - at - len) + words.preface(at);
        at += len;
    }
    let beside = u32::try_from(words.len().saturating_sub(matched)).unwrap_or(u32::MAX);
    for text in &mut found {
        text.words_beside = beside;
    }
    found
}

/// Returns whether a file of this name is expected to hold a license text: `LICENSE-MIT`,
/// `COPYING.LESSER`, `License.txt`, `LICENSES/GPL-3.0`, but not `license.rs`.
pub fn is_license_file(path: &WorkPath) -> bool {
    let mut folders = path.as_str().rsplit('/').skip(1);
    let mut in_folder = || folders.any(|folder| folder.eq_ignore_ascii_case("LICENSES"));
    is_prose(path.file_name()) && (is_named(path, &LICENSE_NAMES) || in_folder())
}

/// Returns whether a file declares something about its folder: it is named for a license text, or for
/// a copyright and says something of a license.
pub(super) fn is_license_document(path: &WorkPath, text: &[u8]) -> bool {
    /// What a mere notice has none of, in lowercase.
    const WORDS: [&str; 7] =
        ["licen", "permission", "permitted", "redistribut", "warrant", "public domain", "copyleft"];
    if !is_prose(path.file_name()) {
        return false;
    }
    if is_named(path, &LICENSE_NAMES) {
        return true;
    }
    let says_something = || {
        let text = lossy(&text[..text.len().min(MAX_NAMED_BYTES)]).to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    is_named(path, &COPYRIGHT_NAMES) && says_something()
}

const LICENSE_NAMES: [&str; 4] = ["LICENSE", "LICENCE", "COPYING", "UNLICENSE"];
const COPYRIGHT_NAMES: [&str; 1] = ["COPYRIGHT"];

/// Returns whether the file's name begins with one of these, in any case, as a word of its own.
fn is_named(path: &WorkPath, starts: &[&str]) -> bool {
    let upper = path.file_name().to_ascii_uppercase();
    starts.iter().any(|start| {
        upper.strip_prefix(start).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit() || "-._ ".contains(c))
        })
    })
}

/// Returns whether a file's extension is one of prose, or none: `COPYING.LESSER`, `LICENSE-2.0`.
fn is_prose(name: &str) -> bool {
    const PROSE: [&str; 9] = ["txt", "text", "md", "markdown", "rst", "adoc", "html", "htm", "tex"];
    name.rsplit_once('.').is_none_or(|(_, extension)| {
        PROSE.contains(&extension.to_ascii_lowercase().as_str())
            || !extension.contains(|c: char| c.is_ascii_lowercase())
    })
}

/// Words near the head of a file that is a whole text, and of one with a short text.
static WHOLE_TEXT: LazyLock<[Finder<'static>; 5]> = LazyLock::new(|| {
    ["verbatim copies", "ERMS AND CONDITIONS", "Public License", "PUBLIC LICENSE", "Legal Code"]
        .map(Finder::new)
});
static SHORT_TEXT: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| ["ermission", "edistribution"].map(Finder::new));

/// Returns how much of the file is worth reading word by word.
fn window(path: &WorkPath, text: &[u8]) -> usize {
    let head = &text[..text.len().min(2048)];
    let has = |words: &[Finder<'_>]| words.iter().any(|word| word.find(head).is_some());
    let is_named = is_named(path, &COPYRIGHT_NAMES) && is_prose(path.file_name());
    if is_license_file(path) || is_named || path.file_name().to_ascii_uppercase().starts_with("NOTICE") {
        text.len().min(MAX_NAMED_BYTES)
    } else if text.len() > MAX_TEXT_BYTES {
        0
    } else if has(&*WHOLE_TEXT) {
        text.len()
    } else if has(&*SHORT_TEXT) {
        text.len().min(MAX_HEADER_BYTES)
    } else {
        0
    }
}

/// The words of a text, normalised.
struct Words {
    /// All words, a blank behind each.
    text: String,
    /// Where each word starts in `text`, and the end of the last.
    starts: Vec<usize>,
    /// The line of each word.
    lines: Vec<u32>,
    /// Rolling hash of the words before each, and of all.
    rolling: Vec<u64>,
}

impl Words {
    fn read(text: &str) -> Self {
        let mut words = Pieces { text: String::with_capacity(text.len()), words: Vec::new() };
        for (line, number) in lines_of(text).zip(1u32..) {
            if !is_copyright_line(line) {
                words.read_line(line, number);
            }
        }
        let mut read = Self { text: String::new(), starts: vec![0], lines: Vec::new(), rolling: vec![0] };
        let mut at = 0;
        while at < words.words.len() {
            let dropped = replaceable(&words, at);
            let skip_from = dropped.map_or(at + 1, |(keep, _)| at + keep);
            for at in at..skip_from {
                read.push(words.at(at), words.words[at].1);
            }
            at = dropped.map_or(at + 1, |(keep, skip)| at + keep + skip);
        }
        read
    }

    fn push(&mut self, word: &str, line: u32) {
        self.text.push_str(word);
        self.text.push(' ');
        self.starts.push(self.text.len());
        self.lines.push(line);
        let last = self.rolling.last().copied().unwrap_or_default();
        self.rolling.push(last.wrapping_mul(BASE).wrapping_add(word_hash(word)));
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns the rolling hash of the words in a range, in constant time.
    fn hash(&self, at: usize, len: usize) -> u64 {
        let power = BASE.wrapping_pow(u32::try_from(len).unwrap_or(u32::MAX));
        self.rolling[at + len].wrapping_sub(self.rolling[at].wrapping_mul(power))
    }

    fn digest(&self, at: usize, len: usize) -> u64 {
        let digest = Sha256::digest(&self.text[self.starts[at]..self.starts[at + len]]);
        digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// Returns how many words before a text tell what it is and "do not form part" of it, as Creative
    /// Commons says of them.
    fn preface(&self, at: usize) -> usize {
        /// The longest one, in words.
        const LONGEST: usize = 480;
        let from = self.starts[at.saturating_sub(LONGEST)];
        let Some(start) = self.text[from..self.starts[at]].find(CC_PREFACE) else { return 0 };
        at - self.starts.partition_point(|known| *known < from + start)
    }

    /// Returns the longest known text that starts at a word.
    fn known_at(&self, at: usize) -> Option<&'static Known> {
        let anchor = self.hash(at, ANCHOR);
        let first = TEXTS.partition_point(|known| known.anchor < anchor);
        TEXTS[first..]
            .iter()
            .take_while(|known| known.anchor == anchor)
            .filter(|known| {
                let len = known.words as usize;
                at + len <= self.len()
                    && self.hash(at, len) == known.rolling
                    && self.digest(at, len) == known.digest
            })
            .max_by_key(|known| known.words)
    }
}

/// An odd number without pattern (the golden ratio's fraction), so that every word counts.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// FNV-1a. Only finds candidates: the SHA-256 decides.
fn word_hash(word: &str) -> u64 {
    word.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Splits at `\n`, `\r\n` and `\r`.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Guideline B.11: copyright notices are no part of a text. A line of prose may begin with the word,
/// too (`Copyright Holder means …`), so something of a notice must follow it.
pub(super) fn is_copyright_line(line: &str) -> bool {
    const PROSE: [&str; 9] =
        ["holder", "holders", "owner", "owners", "notice", "notices", "law", "laws", "license"];
    if line.len() > 200 {
        return false;
    }
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '\u{a9}'));
    if !line.starts_with(['c', 'C', '(', '\u{a9}']) {
        return false;
    }
    let lower = line.to_lowercase();
    // `(c)` alone may be the third item of a list.
    let signed = ["(c)", "\u{a9}"].iter().find_map(|sign| lower.strip_prefix(sign));
    if let Some(rest) = signed {
        return rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
    }
    let Some(rest) = lower.strip_prefix("copyright") else { return false };
    let next = rest.trim_start();
    let word = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_sign = next.starts_with(|c: char| c.is_ascii_digit() || "(\u{a9}<[{".contains(c));
    let is_name = line.starts_with("Copyright ")
        && line["Copyright ".len()..].trim_start().starts_with(char::is_uppercase)
        && !PROSE.contains(&word);
    is_sign || is_name
}

/// Words in small letters, one behind the other.
struct Pieces {
    text: String,
    /// Where each begins, and its line.
    words: Vec<(usize, u32)>,
}

impl Pieces {
    fn at(&self, at: usize) -> &str {
        let end = self.words.get(at + 1).map_or(self.text.len(), |(start, _)| *start);
        &self.text[self.words[at].0..end]
    }

    /// Appends the words of a line.
    fn read_line(&mut self, line: &str, number: u32) {
        /// The GNU texts have moved on their site.
        const MOVED: &str = "gnu.org/copyleft";
        for piece in line.split_whitespace() {
            if is_bullet(piece) {
                continue;
            }
            if piece.is_ascii() && piece.len() < MOVED.len() && !piece.contains('\'') {
                self.read_piece(piece, number);
            } else {
                let lower = piece.to_lowercase().replace(['\'', '\u{2019}', '\u{2018}'], "");
                self.read_piece(&lower.replace(MOVED, "gnu.org/licenses"), number);
            }
        }
    }

    fn read_piece(&mut self, piece: &str, number: u32) {
        for word in piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            // Guideline on equivalent words; `non` and `sub` stand alone, joined or hyphenated.
            let is_joined =
                self.words.len().checked_sub(1).is_some_and(|last| matches!(self.at(last), "non" | "sub"));
            let start = self.text.len();
            self.text.push_str(word);
            self.text[start..].make_ascii_lowercase();
            let other = match &self.text[start..] {
                "licence" => "license",
                "licences" => "licenses",
                "licenced" => "licensed",
                "https" => "http",
                _ => "",
            };
            if !other.is_empty() {
                self.text.replace_range(start.., other);
            }
            if !is_joined {
                self.words.push((start, number));
            }
        }
    }
}

/// Guideline B.7: bullets and numbers of clauses are no part of a text.
fn is_bullet(piece: &str) -> bool {
    let Some(inner) = piece.strip_suffix(['.', ')']) else { return false };
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let is_number = inner.len() <= 2 && inner.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = inner.len() == 1 && inner.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_roman = inner.len() <= 4 && inner.bytes().all(|byte| b"ivx".contains(&byte));
    !inner.is_empty() && (is_number || is_letter || is_roman)
}

/// Returns how many words here are kept and how many behind them are another's to choose: the names in
/// the BSD and MIT families, and `all rights reserved`.
fn replaceable(words: &Pieces, at: usize) -> Option<(usize, usize)> {
    /// The longest name passed over, in words.
    const MAX_NAME: usize = 16;
    let is = |from: usize, phrase: &[&str]| {
        let from = at + from;
        from + phrase.len() <= words.words.len()
            && phrase.iter().enumerate().all(|(i, word)| words.at(from + i) == *word)
    };
    let frames: [(&[&str], &[&str]); 5] = [
        // The GPL 2 repeats its title here; the SPDX list leaves it out.
        (&["modification", "follow"], &["terms", "and", "conditions"]),
        (&["neither", "the", "name", "of"], &["nor"]),
        (&["neither", "the", "names", "of"], &["nor"]),
        (&["is", "provided", "by"], &["as", "is"]),
        (&["in", "no", "event", "shall"], &["be", "liable"]),
    ];
    if is(0, &["all", "rights", "reserved"]) {
        return Some((0, 3));
    }
    let (open, close) = frames.into_iter().find(|(open, _)| is(0, open))?;
    let name = (1..=MAX_NAME).find(|len| is(open.len() + len, close))?;
    Some((open.len(), name))
}

#[cfg(test)]
mod tests;
