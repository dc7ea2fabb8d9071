// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! SPDX tags, copyright notices and attributions in lines of text.
//!
//! A line says one thing: a copyright notice where it has one, else a license, else a contributor, else
//! who made something. Tags count anywhere in the file and in any comment style. Lines end with `\n`,
//! `\r\n` or `\r`. Where a `*/` stands amid a line, the tag ends there, as the comment does. Notices are
//! read more widely than REUSE counts them, and what only speaks of copyright is passed over.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;

use crate::domain::MAX_EXPR_BYTES;

use super::encoding::{bytes_before, lossy};
use super::{Attribution, CopyrightLine, FileFacts, Note, Statement, StatementKind, attribution, copyright};

/// At most so many different tags, notices and contributors are kept of one file, each.
const MAX_HITS: usize = 1000;

/// At most so much of a notice, and of an expression that is none, is kept.
const MAX_NOTICE_BYTES: usize = 2000;

/// A notice goes on over at most so many lines.
const MAX_LINES_BELOW: usize = 8;

/// A longer prefix is no ASCII frame.
const MAX_FRAME_BYTES: usize = 64;

// REUSE-IgnoreStart
const LICENSE: &[u8] = b"SPDX-License-Identifier:";
const FILE_COPYRIGHT: &[u8] = b"SPDX-FileCopyrightText:";
const SNIPPET_COPYRIGHT: &[u8] = b"SPDX-SnippetCopyrightText:";
const CONTRIBUTOR: &[u8] = b"SPDX-FileContributor:";
const SNIPPET_BEGIN: &[u8] = b"SPDX-SnippetBegin";
const SNIPPET_END: &[u8] = b"SPDX-SnippetEnd";
const IGNORE_START: &[u8] = b"REUSE-IgnoreStart";
const IGNORE_END: &[u8] = b"REUSE-IgnoreEnd";
// REUSE-IgnoreEnd

/// What closes a comment at the end of a line: the styles reuse 6.2.0 knows.
const CLOSERS: [&str; 12] = ["*/", "--%>", "-->", "--}}", "#}", "'/", "*#", "*)", "-/", ":)", "=#", "}"];

/// What a line must have to be looked at, beside the copyright sign: in the head of a file, where it tells
/// who made it, and further down.
static NEEDLES: LazyLock<[AhoCorasick; 2]> = LazyLock::new(|| {
    const NOTICES: [&str; 14] = [
        "SPDX-", "opyright", "OPYRIGHT", "opyRight", "Copr.", "opyr.", "(c) ", "(C) ", "(c)19", "(c)20",
        "(C)19", "(C)20", "&copy;", "&#169;",
    ];
    let automaton = |needles: &[&str]| {
        let kind = MatchKind::LeftmostFirst;
        AhoCorasick::builder()
            .match_kind(kind)
            .build(needles)
            .expect("a few constant patterns make an automaton")
    };
    [
        automaton(&[&NOTICES[..], &attribution::NEEDLES].concat()),
        automaton(&[&NOTICES[..], &["MODULE_AUTHOR("]].concat()),
    ]
});

/// No needle is longer, in bytes.
const MAX_NEEDLE: usize = 16;

/// How far the head of a file reaches, in bytes.
const HEAD: usize = 4 << 10;

/// The copyright sign, and in Latin-1, looked for only where the text is no UTF-8.
static SIGNS: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| ["\u{a9}".as_bytes(), b"\xa9"].map(Finder::new));

/// Longer lines are read in pieces, from what was found in them.
const MAX_LINE: usize = 4 << 10;

/// Returns the tags, notices, contributors and attributions in `text`, which has no byte order mark.
pub(super) fn find(text: &[u8]) -> FileFacts {
    let mut facts = FileFacts::default();
    let mut hits = Hits::new(text);
    if hits.peek().is_none() {
        return facts;
    }
    let visible = hide_ignored(text, &mut facts.notes);
    if let Cow::Owned(_) = visible {
        hits = Hits::new(&visible);
    }

    let text: &[u8] = &visible;
    let mut found = Found::default();
    let mut lines = LineCounter { text, at: 0, line: 1, has_cr: memchr::memchr(b'\r', text).is_some() };
    let (mut start, mut end) = (0, 0);
    while let Some(hit) = hits.peek() {
        if hit >= end {
            start = memchr::memrchr2(b'\n', b'\r', &text[end..hit]).map_or(end, |i| end + i + 1);
            end = memchr::memchr2(b'\n', b'\r', &text[hit..]).map_or(text.len(), |i| hit + i);
            lines.advance(start);
        }
        let piece = if end - start <= MAX_LINE {
            start..end
        } else {
            start.max(hit.saturating_sub(MAX_FRAME_BYTES))..end.min(hit + MAX_LINE)
        };
        let line = Line { text, piece, end, first: hit, number: lines.line };
        let read = found.read_line(&line, &mut facts);
        hits.skip_to(if line.is_whole() { end } else { read.max(hit + 1) });
    }
    if let Some(line) = found.snippet_since {
        facts.notes.push(Note::UnclosedSnippet(line));
    }
    if found.too_many {
        facts.notes.push(Note::TooMany);
    }
    facts
}

/// The next place a needle stands at, and a sign; every byte is searched once for each.
struct Hits<'t> {
    text: &'t [u8],
    sign: &'static Finder<'static>,
    next: [Option<usize>; 2],
}

impl<'t> Hits<'t> {
    fn new(text: &'t [u8]) -> Self {
        // In a mixed text the sign's second UTF-8 byte is the Latin-1 sign: one needle is enough.
        let is_latin = SIGNS[1].find(text).is_some() && std::str::from_utf8(text).is_err();
        let mut hits = Self { text, sign: &SIGNS[usize::from(is_latin)], next: [Some(0), Some(0)] };
        hits.next = [hits.needle_from(0), hits.sign.find(text)];
        hits
    }

    fn needle_from(&self, from: usize) -> Option<usize> {
        let head = self.text.len().min(HEAD);
        let find = |needles: &AhoCorasick, from: usize, to: usize| {
            let found = needles.find(aho_corasick::Input::new(self.text).range(from..to));
            found.map(|found| found.start())
        };
        let in_head = if from < head { find(&NEEDLES[0], from, head) } else { None };
        // One that begins in the head may end below it.
        in_head.or_else(|| find(&NEEDLES[1], from.max(head.saturating_sub(MAX_NEEDLE)), self.text.len()))
    }

    fn peek(&self) -> Option<usize> {
        self.next.iter().flatten().min().copied()
    }

    fn skip_to(&mut self, from: usize) {
        let [needle, sign] = self.next;
        if needle.is_some_and(|at| at < from) {
            self.next[0] = self.needle_from(from);
        }
        if sign.is_some_and(|at| at < from) {
            self.next[1] = self.sign.find(&self.text[from..]).map(|at| from + at);
        }
    }
}

/// A line, of which a piece is read where it is long.
struct Line<'t> {
    text: &'t [u8],
    piece: Range<usize>,
    /// Where the line ends.
    end: usize,
    /// Where its first needle stands.
    first: usize,
    number: u32,
}

impl<'t> Line<'t> {
    fn is_whole(&self) -> bool {
        self.piece.end == self.end
    }

    /// Returns what is read, without the end of an ASCII frame.
    fn bytes(&self) -> &'t [u8] {
        let piece = &self.text[self.piece.clone()];
        if self.is_whole() { without_frame(piece, self.first - self.piece.start) } else { piece }
    }

    /// Returns what a tag in the piece says, at most so many bytes of it, where the tag is there.
    fn after(&self, tag: &[u8], max: usize) -> Option<String> {
        let bytes = self.bytes();
        let at = memchr::memmem::find(bytes, tag)? + tag.len();
        let rest = if self.is_whole() { &bytes[at..] } else { &self.text[self.piece.start + at..self.end] };
        Some(value(rest, max))
    }

    /// Returns the lines below, at most so many as a notice may have.
    fn below(&self) -> impl Iterator<Item = Cow<'t, str>> {
        let lines = self.text.get(self.end + 1..).unwrap_or_default().split(|byte| *byte == b'\n');
        lines
            .take(MAX_LINES_BELOW)
            .map(|line| lossy(cut(line.strip_suffix(b"\r").unwrap_or(line), MAX_NOTICE_BYTES)))
    }
}

/// Counts line ends from one place to a later one.
struct LineCounter<'t> {
    text: &'t [u8],
    at: usize,
    line: u32,
    has_cr: bool,
}

impl LineCounter<'_> {
    fn advance(&mut self, to: usize) {
        let passed = &self.text[self.at..to];
        let mut ends = memchr::memchr_iter(b'\n', passed).count();
        if self.has_cr {
            let lone = |&i: &usize| self.text.get(self.at + i + 1) != Some(&b'\n');
            ends += memchr::memchr_iter(b'\r', passed).filter(lone).count();
        }
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.at = to;
    }
}

/// REUSE 3.3: everything between the two marks is hidden; without a second one, to the end of the
/// file. Lines keep their numbers.
fn hide_ignored<'t>(text: &'t [u8], notes: &mut Vec<Note>) -> Cow<'t, [u8]> {
    let starts = Finder::new(IGNORE_START);
    let ends = Finder::new(IGNORE_END);
    let mut visible = Cow::Borrowed(text);
    let mut from = 0;
    while let Some(start) = starts.find(&text[from..]).map(|i| from + i) {
        let end = ends.find(&text[start..]).map(|i| start + i + IGNORE_END.len());
        if end.is_none() {
            let mut lines = LineCounter { text, at: 0, line: 1, has_cr: true };
            lines.advance(start);
            notes.push(Note::UnclosedIgnoreBlock(lines.line));
        }
        from = end.unwrap_or(text.len());
        for byte in &mut visible.to_mut()[start..from] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    visible
}

/// What was found so far, to keep each thing once.
#[derive(Default)]
struct Found {
    statements: BTreeSet<(String, StatementKind)>,
    notices: BTreeSet<String>,
    contributors: BTreeSet<String>,
    attributions: BTreeSet<String>,
    snippet_since: Option<u32>,
    too_many: bool,
}

impl Found {
    /// Reads a line; returns up to where in the text it is read.
    fn read_line(&mut self, line: &Line<'_>, facts: &mut FileFacts) -> usize {
        let number = line.number;
        let mut copyright = [FILE_COPYRIGHT, SNIPPET_COPYRIGHT].into_iter();
        if let Some(text) = copyright.find_map(|tag| line.after(tag, MAX_NOTICE_BYTES)) {
            self.notice(text, number, facts);
        } else if let Some(end) = self.notices(line, facts) {
            return end;
        } else if let Some(text) = line.after(LICENSE, MAX_EXPR_BYTES + 1) {
            let kind = match self.snippet_since {
                Some(_) => StatementKind::Snippet,
                None => StatementKind::File,
            };
            let expr = text.parse();
            let text = cut(text.as_bytes(), MAX_NOTICE_BYTES);
            let text = lossy(text).into_owned();
            if self.keep(facts.statements.len(), |found| found.statements.insert((text.clone(), kind))) {
                facts.statements.push(Statement { text, expr, line: number, kind });
            }
        } else if let Some(text) = line.after(CONTRIBUTOR, MAX_NOTICE_BYTES) {
            if self.keep(facts.contributors.len(), |found| found.contributors.insert(text.clone())) {
                facts.contributors.push(text);
            }
        } else if line.after(SNIPPET_BEGIN, 0).is_some() {
            self.snippet_since = self.snippet_since.or(Some(number));
        } else if line.after(SNIPPET_END, 0).is_some() {
            self.snippet_since = None;
        } else {
            let text = attribution::in_line(&lossy(line.bytes())).filter(|_| line.is_whole());
            if let Some(text) = text
                && self.keep(facts.attributions.len(), |found| found.attributions.insert(text.clone()))
            {
                facts.attributions.push(Attribution { text, line: number });
            }
            return line.piece.end;
        }
        // What a tag says goes to the end of its line.
        line.end
    }

    fn notice(&mut self, text: String, line: u32, facts: &mut FileFacts) {
        if self.keep(facts.copyright.len(), |found| found.notices.insert(text.clone())) {
            facts.copyright.push(CopyrightLine { text, line });
        }
    }

    /// Reads the notice in a line and what the lines below add to it; returns where in the line it ends.
    fn notices(&mut self, line: &Line<'_>, facts: &mut FileFacts) -> Option<usize> {
        let whole = lossy(line.bytes());
        let found = copyright::in_line(&whole)?;
        let mut text = lossy(cut(found.text.as_bytes(), MAX_NOTICE_BYTES)).into_owned();
        let mut is_open = found.is_open;
        let end = line.piece.start + bytes_before(line.bytes(), &whole, found.start + text.len());
        let mut listed = Vec::new();
        for (below, number) in line.below().zip(line.number + 1..).take_while(|_| line.is_whole()) {
            if is_open && let Some(more) = copyright::goes_on(&whole, &below, &text) {
                is_open = more.ends_with([',', '&']) || more.ends_with(" and");
                text = format!("{text} {more}");
            } else if let Some(found) = copyright::listed(&whole, &below) {
                is_open = false;
                listed.push((found.text, number));
            } else {
                break;
            }
        }
        text.truncate(text.trim_end_matches([',', ' ']).len());
        let line = CopyrightLine { text, line: line.number };
        if line.years().is_empty() && line.holder().is_empty() {
            return None;
        }
        self.notice(line.text, line.line, facts);
        for (text, number) in listed {
            self.notice(text, number, facts);
        }
        Some(end)
    }

    fn keep(&mut self, kept: usize, insert: impl FnOnce(&mut Self) -> bool) -> bool {
        self.too_many |= kept >= MAX_HITS;
        kept < MAX_HITS && insert(self)
    }
}

/// Takes off what closes an ASCII frame: the bytes before the needle, backwards, as in `/* … */`. Where
/// these have letters (`c … c`), a blank must part them from the value.
fn without_frame(line: &[u8], first: usize) -> &[u8] {
    let prefix = line[..first].trim_ascii();
    if prefix.is_empty() || prefix.len() > MAX_FRAME_BYTES {
        return line;
    }
    let frame: Vec<u8> = prefix.iter().rev().copied().collect();
    let has_letters = !prefix.iter().all(|byte| byte.is_ascii_punctuation() || *byte == b' ');
    match line[first..].trim_ascii_end().strip_suffix(frame.as_slice()) {
        Some(rest) if !has_letters || rest.ends_with(b" ") => &line[..first + rest.len()],
        _ => line,
    }
}

/// Returns what a tag says: the rest of its line, without what closes the comment.
fn value(rest: &[u8], max: usize) -> String {
    let text = lossy(cut(rest, max));
    let mut text = match text.split_once("*/") {
        Some((before, _)) => before.trim(),
        None => text.trim(),
    };
    while let Some(shorter) = without_closer(text) {
        text = shorter.trim_end();
    }
    text.to_owned()
}

pub(super) fn without_closer(text: &str) -> Option<&str> {
    if let Some(closed) = CLOSERS.iter().find_map(|closer| text.strip_suffix(closer)) {
        return Some(closed);
    }
    // An attribute's end, as in `<tag value="…">` or `'… />`, and reStructuredText's `[…] ::`.
    if let Some(tag) = text.strip_suffix('>') {
        return tag.trim_end_matches('/').trim_end().strip_suffix(['"', '\'']);
    }
    text.strip_suffix("::")?.trim_end().strip_suffix(']')
}

/// Returns the first `max` bytes, or some less so that no UTF-8 character is cut in two.
fn cut(bytes: &[u8], max: usize) -> &[u8] {
    let mut end = bytes.len().min(max);
    if end < bytes.len() {
        while end > max.saturating_sub(3) && bytes[end] & 0xc0 == 0x80 {
            end -= 1;
        }
    }
    &bytes[..end]
}
