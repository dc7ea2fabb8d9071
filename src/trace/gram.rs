// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The grams of a text: what two texts have in common if one was taken from the other.
//!
//! This page is normative: who follows it gets the same hashes. All arithmetic is modulo 2^64.
//!
//! 1. *Body.* The lines that `body_lines` leaves, without license blocks, each with its number. Where
//!    it drops lines that follow each other, lines that end with `;`, `{` or `}` and do not begin with
//!    one of `*/#-;%."` are code; three of them or more, with at most two other lines between one and
//!    the next, are put back with what is between, normalised like the rest. The body is without the
//!    common lines of `common`, and without *boilerplate*: paragraphs (lines of it that follow each other,
//!    at most 60) of which less than a quarter of the lines end with `;`, `{`, `}` or `:` or have a `=`,
//!    and that hold two different license words, `as is` not counted; or one, or one of `keep a
//!    changelog`, `semantic versioning`, `code of conduct`, `unless you explicitly state`, if they have at
//!    most 6 lines. If of the first 2,000 lines of the body that are longer than 3 bytes fewer than 35 of
//!    100 end with one of `;{}()[],:=\` or have a `=`, the text is *prose*.
//! 2. *Values.* `fnv` is FNV-1a with 64 bits. `mix` is the finaliser of MurmurHash3 with 64 bits.
//! 3. *Gram.* The hash of the values `v1 … vk` is the upper 32 bits of `mix(v1·B^(k-1) + … + vk)`, with
//!    `B = 0x9e3779b97f4a7c15`.
//! 4. *Lines.* A gram of 3 lines of the body longer than 3 bytes; the value of a line is its `fnv`.
//!    Its place is the first line's place among these lines. Together they have at least 40 bytes. Its
//!    weight is the sum of these, 40 for each line at most; 5 at most for a line of a *table*: in what is
//!    not prose, one without a letter but a–f, l, u and x.
//! 5. *Shapes.* A gram of 32 tokens with at least 8 different values, of which fewer than 16 are numbers,
//!    texts or commas: tables are all alike. The value of a token is
//!    `mix(s + 1)`: `s` is 1 for a name, 2 for a number, 3 for a text, 128 and the keyword's place for
//!    a keyword, and the byte of any other sign. Comments, license blocks or not, have no tokens, and
//!    neither has a drawing (`common`). Its place is the first token's place, its weight the number of
//!    different values.
//! 6. *Words.* A gram of 8 words of the body, together at least 40 bytes. A word is a run of ASCII
//!    letters, digits, `_` and bytes above ASCII; `'`, U+2018 and U+2019 are passed over; its value is
//!    the `fnv` of its bytes, A–Z made lowercase. Its place is the first word's place.
//! 7. *Letters.* A gram of 30 ASCII letters and digits of the body; the value of a byte is its `mix`.
//!    Fewer than 15 of them are the next one of the alphabet. Of each 64 that follow each other the least
//!    hash counts, of equal ones the last. These are made where the tree is at hand, and never stored.

use std::collections::VecDeque;
use std::sync::LazyLock;

use super::{common, lex};
use super::{digest_of, kept, license_words, push_line, text_lines, words_of};
use crate::domain::Digest;

/// Rule 4: lines in a gram.
const LINES: usize = 3;
/// Rule 5: tokens in a gram.
const SHAPES: usize = 32;
/// Rule 5: different tokens in a gram.
const MIN_KINDS: usize = 8;
/// Rule 6: words in a gram.
const WORDS: usize = 8;
/// Rule 7: letters in a gram.
const LETTERS: usize = 30;
/// Rule 7: the window.
const WINDOW: usize = 64;
/// Rules 4 and 6: fewer bytes could be guessed from their hash.
const MIN_BYTES: usize = 40;
/// Rule 1: the MIT license has 20 lines, a notice of the GPL 15.
const MAX_PARAGRAPH: usize = 60;
/// Rule 3.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The four kinds of grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Rule 4.
    Lines,
    /// Rule 5.
    Shapes,
    /// Rule 6.
    Words,
    /// Rule 7.
    Letters,
}

/// One gram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gram {
    /// Its hash.
    pub hash: u32,
    /// The lines it begins and ends in, from 1.
    pub lines: [u32; 2],
    /// Its place among the lines, tokens or words.
    pub place: u32,
    /// How much there is to it.
    pub weight: u32,
}

/// A text that grams are taken of.
pub struct Grams<'b> {
    length: usize,
    /// What has tokens.
    tokens: &'b [u8],
    lines: Vec<&'b [u8]>,
    body: Body,
    is_prose: bool,
}

/// The normalised lines of a body, each with an `LF` behind it.
struct Body {
    text: Vec<u8>,
    lines: Vec<BodyLine>,
}

struct BodyLine {
    number: u32,
    from: u32,
    to: u32,
}

impl Body {
    /// Takes in a line; an empty one is none.
    fn push(&mut self, number: u32, line: &[u8]) {
        if let Some(at) = push_line(line, &mut self.text) {
            self.lines.push(BodyLine { number, from: to_u32(at.start), to: to_u32(at.end) });
        }
    }

    fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.lines.iter().map(|line| (line.number, &self.text[line.from as usize..line.to as usize]))
    }
}

impl<'b> Grams<'b> {
    /// Reads a text; a binary file has no grams.
    pub fn of(bytes: &'b [u8]) -> Self {
        Self::and_body(bytes, |_, _| ()).0
    }

    /// The same, with the [digest of its body](super::body_digest).
    pub fn with_body(bytes: &'b [u8]) -> (Self, Option<Digest>) {
        Self::and_body(bytes, digest_of)
    }

    fn and_body<T>(bytes: &'b [u8], look: impl FnOnce(&[u8], usize) -> T) -> (Self, T) {
        let lines = text_lines(bytes);
        let text = Vec::with_capacity(bytes.len() + 1);
        let mut body = Body { text, lines: Vec::with_capacity(lines.len()) };
        kept(&lines, |number, line| body.push(number, line));
        let seen = look(&body.text, body.lines.len());
        put_back(&lines, &mut body);
        let is_drawing = common::is_drawing(&lines);
        let mut dropped = common::find(&lines, is_drawing);
        for (first, last) in boilerplate(&lines, &body) {
            dropped[first as usize - 1..last as usize].fill(true);
        }
        body.lines.retain(|line| !dropped[line.number as usize - 1]);
        let is_prose = is_prose(&body);
        let has_tokens = !body.lines.is_empty() && !is_drawing;
        let tokens = if has_tokens { bytes } else { &[] };
        (Self { length: bytes.len(), tokens, lines, body, is_prose }, seen)
    }

    /// Returns how many bytes the text has.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Returns whether it is prose.
    pub fn is_prose(&self) -> bool {
        self.is_prose
    }

    /// Returns the numbers of the lines of the body.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.body.lines.iter().map(|line| line.number)
    }

    /// Returns how many lines count.
    pub fn size(&self) -> u32 {
        to_u32(self.body.lines.iter().filter(|line| line.to - line.from > 3).count())
    }

    /// Tells each gram of lines.
    pub fn lines(&self, mut each: impl FnMut(Gram)) {
        let mut roll = Roll::<LINES>::new();
        let mut recent: [(u32, &[u8]); LINES] = [(0, &[]); LINES];
        for (place, (number, line)) in (0..).zip(self.body.iter().filter(|(_, line)| line.len() > 3)) {
            recent.rotate_left(1);
            recent[LINES - 1] = (number, line);
            let Some(hash) = roll.push(fnv(line)) else { continue };
            if recent.iter().map(|(_, line)| line.len()).sum::<usize>() >= MIN_BYTES {
                let most = |line: &[u8]| if self.is_prose || has_words(line) { 40 } else { 5 };
                let weight = recent.iter().map(|(_, line)| line.len().min(most(line))).sum();
                let lines = [recent[0].0, number];
                each(Gram { hash, lines, place: place + 1 - to_u32(LINES), weight: to_u32(weight) });
            }
        }
    }

    /// Tells each gram of shapes.
    pub fn shapes(&self, mut each: impl FnMut(Gram)) {
        let mut roll = Roll::<SHAPES>::new();
        let mut recent = [(0, 0); SHAPES];
        let mut seen = [0u8; 256];
        let mut kinds = 0;
        let mut values = 0;
        let mut count = 0;
        let is_value = |shape: u8| usize::from(matches!(shape, 2 | 3 | b','));
        lex::tokens(self.tokens, |shape, line| {
            let oldest = &mut recent[count % SHAPES];
            if count >= SHAPES {
                let old = &mut seen[usize::from(oldest.0)];
                *old -= 1;
                kinds -= usize::from(*old == 0);
                values -= is_value(oldest.0);
            }
            values += is_value(shape);
            *oldest = (shape, line);
            let new = &mut seen[usize::from(shape)];
            kinds += usize::from(*new == 0);
            *new += 1;
            count += 1;
            let hash = roll.push(SHAPE_VALUES[usize::from(shape)]);
            if let Some(hash) = hash.filter(|_| kinds >= MIN_KINDS && 2 * values < SHAPES) {
                let lines = [recent[count % SHAPES].1, line];
                each(Gram { hash, lines, place: to_u32(count - SHAPES), weight: to_u32(kinds) });
            }
        });
    }

    /// Tells each gram of words.
    pub fn words(&self, mut each: impl FnMut(Gram)) {
        let mut roll = Roll::<WORDS>::new();
        let mut recent = [(0, 0); WORDS];
        let mut bytes = 0;
        let mut count = 0;
        let mut body = self.numbers().peekable();
        for (number, line) in (1..).zip(&self.lines) {
            if body.next_if_eq(&number).is_none() {
                continue;
            }
            words(line, |value, length| {
                let oldest = &mut recent[count % WORDS];
                bytes = bytes + length - oldest.0;
                *oldest = (length, number);
                count += 1;
                if let Some(hash) = roll.push(value).filter(|_| bytes >= MIN_BYTES) {
                    let lines = [recent[count % WORDS].1, number];
                    each(Gram { hash, lines, place: to_u32(count - WORDS), weight: to_u32(bytes) });
                }
            });
        }
    }

    /// Tells every gram of letters.
    pub fn all_letters(&self, mut each: impl FnMut(Gram)) {
        let mut roll = Roll::<LETTERS>::new();
        let mut recent = [(0, 0u8); LETTERS];
        let mut count = 0;
        // How many letters of the last are behind the one before in the alphabet.
        let mut steps = 0;
        for (number, line) in self.body.iter() {
            for byte in line.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
                let at = |back: usize| recent[(count + LETTERS - back) % LETTERS].1;
                steps += usize::from(*byte == at(1).wrapping_add(1));
                steps -= usize::from(count > LETTERS && at(LETTERS - 1) == at(LETTERS).wrapping_add(1));
                recent[count % LETTERS] = (number, *byte);
                count += 1;
                if let Some(hash) = roll.push(BYTE_VALUES[usize::from(*byte)])
                    && 2 * steps < LETTERS
                {
                    let lines = [recent[count % LETTERS].0, number];
                    each(Gram { hash, lines, place: to_u32(count - LETTERS), weight: to_u32(LETTERS) });
                }
            }
        }
    }

    /// Tells each gram of letters that counts.
    pub fn letters(&self, mut each: impl FnMut(Gram)) {
        let mut queue: VecDeque<Gram> = VecDeque::new();
        let mut told = None;
        self.all_letters(|gram| {
            while queue.back().is_some_and(|other| other.hash >= gram.hash) {
                queue.pop_back();
            }
            queue.push_back(gram);
            while queue.front().is_some_and(|first| first.place as usize + WINDOW <= gram.place as usize) {
                queue.pop_front();
            }
            if gram.place as usize + 1 >= WINDOW
                && let Some(least) = queue.front().filter(|least| told != Some(least.place))
            {
                told = Some(least.place);
                each(*least);
            }
        });
        if told.is_none()
            && let Some(least) = queue.front()
        {
            each(*least);
        }
    }
}

/// A count within one file, which is at most 64 MiB.
pub(super) fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Rule 3, for the last `K` values.
struct Roll<const K: usize> {
    values: [u64; K],
    count: usize,
    sum: u64,
    /// `B^K`.
    power: u64,
}

impl<const K: usize> Roll<K> {
    fn new() -> Self {
        Self { values: [0; K], count: 0, sum: 0, power: BASE.wrapping_pow(to_u32(K)) }
    }

    fn push(&mut self, value: u64) -> Option<u32> {
        let old = std::mem::replace(&mut self.values[self.count % K], value);
        let sum = self.sum.wrapping_mul(BASE).wrapping_add(value);
        self.sum = sum.wrapping_sub(old.wrapping_mul(self.power));
        self.count += 1;
        (self.count >= K).then(|| (mix(self.sum) >> 32) as u32)
    }
}

const SHAPE_VALUES: [u64; 256] = values(1);
const BYTE_VALUES: [u64; 256] = values(0);

#[expect(clippy::cast_possible_truncation, reason = "there are 256")]
const fn values(more: u64) -> [u64; 256] {
    let mut values = [0; 256];
    let mut at = 0;
    while at < 256 {
        values[at as usize] = mix(at + more);
        at += 1;
    }
    values
}

/// Rule 2.
const fn mix(mut value: u64) -> u64 {
    value ^= value >> 33;
    value = value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    value ^= value >> 33;
    value = value.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ (value >> 33)
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Rule 2: one step of FNV-1a.
fn fnv_step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(FNV_START, |hash, byte| fnv_step(hash, *byte))
}

/// Rule 6: what a byte is to a word: itself in lowercase, or one of these.
const WORD_BYTES: [u8; 256] = {
    let mut bytes = [PARTS; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "there are 256")]
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 {
            bytes[at] = byte.to_ascii_lowercase();
        }
        at += 1;
    }
    bytes[b'\'' as usize] = PASSED_OVER;
    bytes
};
const PARTS: u8 = 0;
const PASSED_OVER: u8 = 1;

/// Rule 6.
fn words(line: &[u8], mut each: impl FnMut(u64, usize)) {
    let (mut hash, mut length) = (FNV_START, 0);
    let mut at = 0;
    while let Some(byte) = line.get(at).map(|byte| WORD_BYTES[usize::from(*byte)]) {
        at += 1;
        match byte {
            PARTS if length > 0 => {
                each(hash, length);
                (hash, length) = (FNV_START, 0);
            }
            PARTS | PASSED_OVER => {}
            0xe2 if matches!(line.get(at..at + 2), Some([0x80, 0x98 | 0x99])) => at += 2,
            _ => {
                hash = fnv_step(hash, byte);
                length += 1;
            }
        }
    }
    if length > 0 {
        each(hash, length);
    }
}

/// Rule 1.
fn is_prose(body: &Body) -> bool {
    let ends = |line: &[u8]| line.last().is_some_and(|last| b";{}()[],:=\\".contains(last));
    let lines = body.iter().filter(|(_, line)| line.len() > 3).take(2000);
    let (mut code, mut all) = (0, 0);
    for (_, line) in lines {
        all += 1;
        code += usize::from(ends(line) || memchr::memchr(b'=', line).is_some());
    }
    code * 100 < all * 35
}

/// Rule 4: whether a line is of more than numbers.
fn has_words(line: &[u8]) -> bool {
    line.iter().any(|byte| !byte.is_ascii() || byte.is_ascii_alphabetic() && !b"abcdeflux".contains(byte))
}

/// Rule 1: code in a license block may be anybody's; who hides a part of a work there still has it.
fn put_back(lines: &[&[u8]], body: &mut Body) {
    /// So many other lines may lie between two lines of code.
    const MAX_BETWEEN: usize = 2;
    /// So many lines of code make a part.
    const MIN_CODE: usize = 3;
    let is_statement = |line: &[u8]| {
        let line = line.trim_ascii();
        line.last().is_some_and(|last| b";{}".contains(last))
            && line.first().is_some_and(|first| !b"*/#-;%.\"".contains(first))
    };
    let mut found: Vec<usize> = Vec::new();
    let mut next = 0;
    let kept = body.lines.iter().map(|line| line.number as usize - 1).chain([lines.len()]);
    for end in kept {
        let dropped = &lines[next.min(end)..end];
        let code: Vec<usize> = (0..dropped.len()).filter(|at| is_statement(dropped[*at])).collect();
        for part in code.chunk_by(|a, b| b - a <= MAX_BETWEEN + 1).filter(|part| part.len() >= MIN_CODE) {
            found.extend((part[0]..=part[part.len() - 1]).map(|at| next + at));
        }
        next = end + 1;
    }
    if !found.is_empty() {
        for at in found {
            body.push(to_u32(at + 1), lines[at]);
        }
        body.lines.sort_unstable_by_key(|line| line.number);
    }
}

/// Rule 1: one of these is in every such paragraph; looking for them first is cheaper.
static HINT: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
    let words = "(?i-u)licen[sc]e|copyright|warrant|redistribut|hereby|spdx|merchantab|changelog|versioning|conduct|explicitly";
    regex::bytes::Regex::new(words).expect("it is well formed")
});

/// Rule 1: the first and last lines of paragraphs that everybody has.
fn boilerplate(lines: &[&[u8]], body: &Body) -> Vec<(u32, u32)> {
    const PHRASES: [&[u8]; 4] = [
        b" keep a changelog ",
        b" semantic versioning ",
        b" code of conduct ",
        b" unless you explicitly state ",
    ];
    let mut found = Vec::new();
    let mut text = Vec::new();
    for paragraph in body.lines.chunk_by(|a, b| a.number + 1 == b.number) {
        let (first, last) = (paragraph[0].number, paragraph[paragraph.len() - 1].number);
        let paragraph = &lines[first as usize - 1..last as usize];
        let is_code = || paragraph.iter().filter(|line| is_code(line)).count() * 4 >= paragraph.len();
        if paragraph.len() > MAX_PARAGRAPH || is_code() || !paragraph.iter().any(|line| HINT.is_match(line)) {
            continue;
        }
        words_of(paragraph, &mut text);
        let words = license_words(&text);
        let is_phrase = || PHRASES.iter().any(|phrase| memchr::memmem::find(&text, phrase).is_some());
        if words > 1 || (paragraph.len() <= 6 && (words == 1 || is_phrase())) {
            found.push((first, last));
        }
    }
    found
}

/// Rule 1.
fn is_code(line: &[u8]) -> bool {
    line.trim_ascii().last().is_some_and(|last| b";{}:".contains(last))
        || memchr::memchr(b'=', line).is_some()
}
