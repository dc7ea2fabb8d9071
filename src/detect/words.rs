// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A piece of text as words, for phrases and for texts that nearly agree.
//!
//! What SPDX 3.0.1 annex C calls insignificant is gone: case, blanks, punctuation, comment marks,
//! numbers of clauses, copyright lines. Beyond it, markup is passed over: names of HTML elements,
//! entities, escapes in strings, commands of TeX and RTF. Numbers keep their dots (`2.1`), a `+` behind
//! a word is a word.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::text::is_copyright_line;

/// Words with the lines they stand on.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    /// Where each word ends in `text`.
    ends: Vec<u32>,
    hashes: Vec<u32>,
    /// What stands next to each.
    next_to: Vec<NextTo>,
    /// The line of each word, from 1.
    lines: Vec<u32>,
}

/// What stands next to a word and makes it something else than a word of a sentence.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct NextTo(u8);

impl NextTo {
    /// It is the end of an identifier: `bundle_gplv3`.
    pub(super) const GLUED: Self = Self(1);
    /// It is the label of a field: `License:`.
    pub(super) const LABEL: Self = Self(2);
    /// It is a name in a program: `mpl::bind`, `json["License"]`.
    pub(super) const CODE: Self = Self(4);
    /// It is a part of a path, behind a `/`.
    pub(super) const PATH: Self = Self(8);
    /// It is in capitals.
    pub(super) const CAPITALS: Self = Self(16);

    /// Whether this stands next to it.
    pub(super) fn is(self, what: Self) -> bool {
        self.0 & what.0 != 0
    }

    /// All of it as bits, fewer than eight.
    pub(super) fn bits(self) -> u8 {
        self.0
    }
}

/// The word that stands for `>=`.
pub(super) const AT_LEAST: &str = "atleast";

/// More words of one piece are not read.
const MAX_WORDS: usize = 1 << 18;

/// Longer words are cut: nothing known is as long.
const MAX_WORD_BYTES: usize = 40;

impl Words {
    /// Reads a text whose first line has the number `line`.
    pub(super) fn read(text: &str, line: u32) -> Self {
        let mut words = Self::default();
        words.append(text, line);
        words
    }

    /// Reads a further piece.
    pub(super) fn append(&mut self, text: &str, first_line: u32) {
        let mut number = first_line;
        let is_rtf = text.starts_with("{\\rtf");
        let text = &*unstyled(text);
        let has_margin = has_margin(text);
        for piece in text.split_inclusive(['\n', '\r']) {
            let mut line = piece.trim_end_matches(['\n', '\r']);
            if is_copyright_line(line) {
                line = behind_notice(line);
            }
            if has_margin {
                line = margin(line).unwrap_or(line);
            }
            self.read_line(&unescaped(line), number, is_rtf);
            if piece.ends_with('\n') || (piece.ends_with('\r') && !text.contains('\n')) {
                number = number.saturating_add(1);
            }
            if self.len() >= MAX_WORDS {
                break;
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// Returns the word at a place, empty behind the last.
    pub(super) fn at(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start as usize..end as usize]
    }

    /// Returns what stands next to a word.
    pub(super) fn next_to(&self, index: usize) -> NextTo {
        self.next_to.get(index).copied().unwrap_or_default()
    }

    /// Returns the line of a word; of the last behind it.
    pub(super) fn line(&self, index: usize) -> u32 {
        self.lines.get(index).or(self.lines.last()).copied().unwrap_or(1)
    }

    /// Returns how many words stand on a line.
    pub(super) fn count_on(&self, line: u32) -> usize {
        let first = self.lines.partition_point(|known| *known < line);
        self.lines[first..].iter().take_while(|known| **known == line).count()
    }

    /// Returns some words as one text, at most `most` of them.
    pub(super) fn joined(&self, from: usize, to: usize, most: usize) -> String {
        let end = to.min(from.saturating_add(most)).min(self.len());
        let mut joined = (from..end).map(|i| self.at(i)).collect::<Vec<_>>().join(" ");
        if end < to {
            joined.push_str(" …");
        }
        joined
    }

    fn read_line(&mut self, line: &str, number: u32, is_rtf: bool) {
        let bytes = line.as_bytes();
        let mut at = 0;
        let mut is_first = true;
        while at < bytes.len() && self.len() < MAX_WORDS {
            let byte = bytes[at];
            match byte {
                b'\\' => {
                    let len = escape(&bytes[at..], is_rtf);
                    is_first |= len == 2 && bytes[at + 1] == b'n';
                    at += len;
                }
                b'&' => at += entity(&bytes[at..]),
                b'%' if bytes[at..].starts_with(b"%20") => at += 3,
                b'<' => at += element(&bytes[at..]),
                // `GPL (>= 2)`, as R and others write it.
                b'>' if bytes.get(at + 1) == Some(&b'=') => {
                    self.push(AT_LEAST, number);
                    at += 2;
                }
                0xe2 if line[at..].starts_with('\u{2265}') => {
                    self.push(AT_LEAST, number);
                    at += '\u{2265}'.len_utf8();
                }
                _ if byte.is_ascii_alphanumeric() || byte >= 0x80 => {
                    let end = word_end(line, at);
                    if end == at {
                        // A sign outside of ASCII that is no letter.
                        at += line[at..].chars().next().map_or(1, char::len_utf8);
                        continue;
                    }
                    let word = &line[at..end];
                    let next = bytes.get(end).copied();
                    let is_mark = is_first
                        && (matches!(word, "dnl" | "rem" | "REM")
                            || is_bullet(word, next, bytes.get(end + 1).copied(), self.last()));
                    if !is_mark {
                        let first = self.len();
                        self.push(word, number);
                        if let Some(next_to) = self.next_to.get_mut(first) {
                            *next_to = stands_next_to(line, at, end);
                        }
                        if next == Some(b'+') && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric) {
                            self.push("+", number);
                        }
                    }
                    is_first = false;
                    at = end;
                }
                _ => at += 1,
            }
        }
    }

    fn last(&self) -> &str {
        self.len().checked_sub(1).map_or("", |at| self.at(at))
    }

    fn push(&mut self, word: &str, line: u32) {
        let start = self.text.len();
        let mut cut = word.len().min(MAX_WORD_BYTES);
        while !word.is_char_boundary(cut) {
            cut -= 1;
        }
        for c in word[..cut].chars().filter(|c| !matches!(c, '\'' | '\u{2019}' | '\u{2018}')) {
            if c.is_ascii() {
                self.text.push(c.to_ascii_lowercase());
            } else {
                // Accents are left out as often as they are written.
                for c in c.to_lowercase() {
                    decompose_canonical(c, |part| {
                        if !is_combining_mark(part) {
                            self.text.push(part);
                        }
                    });
                }
            }
        }
        let same = match &self.text[start..] {
            // Guideline C.9: equivalent words.
            "licences" => "licenses",
            "licenced" | "lizenziert" => "licensed",
            // What others than English call it, without accents.
            "licence" | "lizenz" | "licencia" | "licenca" | "licenza" | "licentie" | "licens"
            | "licencja" | "lisens" | "лицензия" | "лицензии" | "лицензиеи" | "лицензию" => {
                "license"
            }
            "versao" | "versione" | "versie" | "wersja" => "version",
            "sublicence" => "sublicense",
            "https" => "http",
            "noncommercial" => "non commercial",
            "noninfringement" => "non infringement",
            "" => return,
            _ => "",
        };
        if same.is_empty() {
            self.end(start, line);
        } else {
            self.text.truncate(start);
            for part in same.split(' ') {
                let start = self.text.len();
                self.text.push_str(part);
                self.end(start, line);
            }
        }
    }

    fn end(&mut self, start: usize, line: u32) {
        self.hashes.push(hash(&self.text[start..]));
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.next_to.push(NextTo::default());
        self.lines.push(line);
    }
}

/// Returns what stands next to the word between two places of a line.
fn stands_next_to(line: &str, at: usize, end: usize) -> NextTo {
    let bytes = line.as_bytes();
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let next = bytes.get(end).copied();
    // `x.gpl` is a palette of GIMP.
    let is_glued = at > 1
        && (before == Some(b'_') || before == Some(b'.') && &line[at..end] == "gpl")
        && bytes[at - 2].is_ascii_alphanumeric();
    let is_label = next == Some(b':') && bytes.get(end + 1) != Some(&b'/');
    let is_code = matches!(next, Some(b':' | b'[' | b'-'))
        && ["::", "[\"", "['", "->"].iter().any(|sign| line[end..].starts_with(sign));
    let all = [
        (is_glued, NextTo::GLUED),
        (is_label, NextTo::LABEL),
        (is_code, NextTo::CODE),
        (before == Some(b'/'), NextTo::PATH),
        (line[at..end].bytes().all(|byte| byte.is_ascii_uppercase()), NextTo::CAPITALS),
    ];
    NextTo(all.iter().filter(|(is, _)| *is).fold(0, |sum, (_, what)| sum | what.0))
}

/// Returns what a line says of a license behind its copyright notice: `(c) 2020 X. Licensed under …`.
fn behind_notice(line: &str) -> &str {
    const WORDS: [&str; 11] = [
        "licen",
        "released ",
        "distributed ",
        "published ",
        "under the",
        "public domain",
        "gpl",
        "cc by",
        "cc-by",
        "cc0",
        "creative commons",
    ];
    let lower = line.to_ascii_lowercase();
    let starts_word = |at: &usize| !lower[..*at].ends_with(|c: char| c.is_alphanumeric());
    let at = WORDS.iter().filter_map(|word| lower.find(word).filter(starts_word)).min();
    at.map_or("", |at| &line[at..])
}

/// Whether each line begins with a `C` as in old Fortran; other marks are no letters.
fn has_margin(text: &str) -> bool {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let marked = lines().filter(|line| margin(line).is_some()).count();
    marked > 2 && marked * 2 > lines().count()
}

/// Returns what stands behind such a mark.
fn margin(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(['_', ' ', '*']).strip_prefix(['c', 'C'])?;
    rest.starts_with([' ', '\t', '_']).then_some(rest).or_else(|| rest.is_empty().then_some(rest))
}

/// FNV-1a over the bytes of a word.
pub(super) fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Returns where the word that begins at `at` ends. A dot between digits belongs to it, and an
/// apostrophe between letters.
fn word_end(line: &str, at: usize) -> usize {
    let bytes = line.as_bytes();
    let mut end = at;
    while end < bytes.len() {
        let byte = bytes[end];
        let next = bytes.get(end + 1);
        if byte.is_ascii_alphanumeric() {
            end += 1;
        } else if byte >= 0x80 {
            let Some(c) = line[end..].chars().next() else { break };
            if !c.is_alphanumeric() && c != '\u{2019}' && !is_combining_mark(c) {
                break;
            }
            end += c.len_utf8();
        } else if (byte == b'.'
            && end > at
            && bytes[end - 1].is_ascii_digit()
            && next.is_some_and(u8::is_ascii_digit))
            || (byte == b'\'' && end > at && next.is_some_and(u8::is_ascii_alphabetic))
        {
            end += 1;
        } else if byte == b'\'' && end > at && next == Some(&b'\'') && is_contraction(&bytes[end + 2..]) {
            // Doubled, as in a string of SQL.
            end += 2;
        } else {
            break;
        }
    }
    end
}

/// What follows an apostrophe: `'s`, `'t`, `'re`.
fn is_contraction(bytes: &[u8]) -> bool {
    let len = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    matches!(&bytes[..len], b"s" | b"t" | b"re" | b"ve" | b"ll" | b"d")
}

/// Guideline C.7: numbers and letters of clauses, at the start of a line.
fn is_bullet(word: &str, next: Option<u8>, after: Option<u8>, last: &str) -> bool {
    let closes = matches!(next, Some(b'.' | b')'))
        && after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'*' | b'_'));
    let is_number = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = word.len() == 1 && word.is_ascii();
    let is_roman = word.len() <= 4 && word.bytes().all(|byte| b"ivx".contains(&byte));
    closes && (is_number || is_letter || is_roman) && !matches!(last, "version" | "v" | "license")
}

/// Returns the line with its letters where JSON and others write `\\u00e9` (RFC 8259, section 7).
fn unescaped(line: &str) -> Cow<'_, str> {
    static ESCAPED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\\u([0-9A-Fa-f]{4})").expect("a constant pattern"));
    if memchr::memmem::find(line.as_bytes(), b"\\u").is_none() {
        return Cow::Borrowed(line);
    }
    ESCAPED.replace_all(line, |escape: &Captures<'_>| {
        let number = u32::from_str_radix(&escape[1], 16).ok();
        number.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
    })
}

/// Returns a document without what tells how it looks, in its own lines; a comment there may be a notice.
fn unstyled(text: &str) -> Cow<'_, str> {
    static STYLE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?is)(<style\b[^>]*>)(.*?)</style>").expect("a constant pattern"));
    if memchr::memmem::find(text.as_bytes(), b"</style>").is_none() {
        return Cow::Borrowed(text);
    }
    STYLE.replace_all(text, |style: &Captures<'_>| {
        if style[2].contains("/*") {
            style[2].to_owned()
        } else {
            "\n".repeat(style[0].matches('\n').count())
        }
    })
}

/// Returns how many bytes an escape takes that stands here.
fn escape(bytes: &[u8], is_rtf: bool) -> usize {
    let letters = bytes[1..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    match bytes.get(1) {
        Some(b'n' | b't' | b'r') if !is_rtf => 2,
        Some(b'\'') if is_rtf => 4.min(bytes.len()),
        _ if letters > 1 => {
            let digits =
                bytes[1 + letters..].iter().take_while(|b| b.is_ascii_digit() || **b == b'-').count();
            1 + letters + if is_rtf { digits } else { 0 }
        }
        _ => 1,
    }
}

/// Returns how many bytes an entity takes, or 1.
fn entity(bytes: &[u8]) -> usize {
    let name = bytes[1..].iter().take(8).take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
    if name > 1 && bytes.get(1 + name) == Some(&b';') { name + 2 } else { 1 }
}

/// Returns how many bytes the start of an element takes, its attributes left in where one is an address,
/// or 1.
fn element(bytes: &[u8]) -> usize {
    const NAMES: [&str; 38] = [
        "html",
        "head",
        "body",
        "title",
        "a",
        "b",
        "i",
        "p",
        "u",
        "br",
        "em",
        "li",
        "ul",
        "ol",
        "td",
        "tr",
        "th",
        "tt",
        "dd",
        "dt",
        "dl",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "div",
        "pre",
        "sup",
        "sub",
        "span",
        "code",
        "font",
        "strong",
        "table",
        "center",
        "blockquote",
    ];
    const DECLARES: [&[u8]; 3] = [b"!doctype", b"?xml", b"meta http-equiv"];
    let starts =
        |start: &&[u8]| bytes[1..].get(..start.len()).is_some_and(|name| name.eq_ignore_ascii_case(start));
    if DECLARES.iter().any(starts) {
        return memchr::memchr(b'>', bytes).map_or(1, |end| end + 1);
    }
    let slash = usize::from(bytes.get(1) == Some(&b'/'));
    let name = &bytes[1 + slash..];
    let len = name.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let is_name = NAMES.iter().any(|known| name[..len].eq_ignore_ascii_case(known.as_bytes()));
    let ends = matches!(name.get(len), None | Some(b'>' | b' ' | b'/' | b'\n'));
    if !is_name || !ends {
        return 1;
    }
    let attributes = &name[len..];
    match memchr::memchr(b'>', attributes) {
        // How it looks is no text; an address may be of a license.
        Some(end) if memchr::memmem::find(&attributes[..end], b"href").is_none() => 1 + slash + len + end + 1,
        _ => 1 + slash + len,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_word() {
        for (text, words) in [
            ("/* The MIT License */", "the mit license"),
            ("GPL-2.0+, LGPLv2.1.", "gpl 2.0 + lgplv2.1"),
            (" * 1. You may\n * (a) not", "you may not"),
            ("either version\n2. of", "either version 2 of"),
            ("Copyright (c) 2020 X\nthe Licence's", "the licenses"),
            ("// Copyright (C) 2020 X. Licensed under MIT", "licensed under mit"),
            ("C  This is\nC\nC  a text\n_C_ of x", "this is a text of x"),
            ("the author''s doesn''t", "the authors doesnt"),
            ("an ''MIT'' one", "an mit one"),
            ("GPL (>= 2)", "gpl atleast 2"),
            ("<p>a <a href=\"http://x.org/\">b</a>&nbsp;c", "a href http x org b c"),
            ("\"of\\n\" \"THE\\nSOFTWARE\"", "of the software"),
            ("<p class=\"x y\">a <b>c</b> <i d", "a c d"),
            ("may.\\n1. You\\n  2.1 of", "may you 2.1 of"),
            ("\\u00e9t\\u00E9 GPL\\u00a0v2 \\user \\ud800", "ete gpl v2"),
            ("<!DOCTYPE html>\n<html lang=\"en\"><head><meta http-equiv=\"x\" content=\"y\" />a", "a"),
            ("a<style type=\"x\">\nb {}\n</style> c<style>/* d */</style>", "a c d"),
            ("\u{ab}\u{c9}t\u{e9}\u{bb} \u{2014} x", "ete x"),
            ("Lizenz GPL, versi\u{f3}n 2; versio\u{301}n 3", "license gpl version 2 version 3"),
        ] {
            let read = Words::read(text, 1);
            assert_eq!(read.joined(0, read.len(), 99), words, "{text}");
        }
    }
}
