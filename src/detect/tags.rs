// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! SPDX tags and copyright notices in lines of text, as REUSE 3.3 reads them.
//!
//! A line says one thing: a copyright notice where it has one, else a license, else a contributor.
//! Tags count anywhere in the file and in any comment style. Lines end with `\n`, `\r\n` or `\r`.
//! One departure: where a `*/` stands amid a line, the tag ends there, as the comment does.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::domain::MAX_EXPR_BYTES;

use super::encoding::lossy;
use super::{CopyrightLine, FileFacts, Note, Statement, StatementKind};

/// At most so many different tags, notices and contributors are kept of one file, each.
const MAX_HITS: usize = 1000;

/// At most so much of a notice, and of an expression that is none, is kept.
const MAX_NOTICE_BYTES: usize = 2000;

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

static NEEDLES: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| {
    // The last is the copyright sign in Latin-1, looked for only where the text is no UTF-8.
    [b"SPDX-".as_slice(), b"Copyright", "\u{a9}".as_bytes(), b"\xa9"].map(Finder::new)
});

/// Returns the tags, notices and contributors in `text`, which has no byte order mark.
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
    while let Some(hit) = hits.peek() {
        let start =
            memchr::memrchr2(b'\n', b'\r', &text[lines.at..hit]).map_or(lines.at, |i| lines.at + i + 1);
        let end = memchr::memchr2(b'\n', b'\r', &text[hit..]).map_or(text.len(), |i| hit + i);
        lines.advance(start);
        found.read_line(&text[start..end], hit - start, lines.line, &mut facts);
        hits.skip_to(end);
    }
    if let Some(line) = found.snippet_since {
        facts.notes.push(Note::UnclosedSnippet(line));
    }
    if found.too_many {
        facts.notes.push(Note::TooMany);
    }
    facts
}

/// The next place each needle stands at; every byte is searched once per needle.
struct Hits<'t> {
    text: &'t [u8],
    next: [Option<usize>; 4],
}

impl<'t> Hits<'t> {
    fn new(text: &'t [u8]) -> Self {
        let mut next = [0, 1, 2].map(|i: usize| NEEDLES[i].find(text));
        let latin = memchr::memchr(0xa9, text).filter(|_| std::str::from_utf8(text).is_err());
        if latin.is_some() {
            // In a mixed text the sign's second UTF-8 byte is the Latin-1 sign: one needle is enough.
            next[2] = None;
        }
        Self { text, next: [next[0], next[1], next[2], latin] }
    }

    fn peek(&self) -> Option<usize> {
        self.next.iter().flatten().min().copied()
    }

    fn skip_to(&mut self, from: usize) {
        for (next, needle) in self.next.iter_mut().zip(NEEDLES.iter()) {
            if next.is_some_and(|at| at < from) {
                *next = needle.find(&self.text[from..]).map(|i| from + i);
            }
        }
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
    snippet_since: Option<u32>,
    too_many: bool,
}

impl Found {
    /// Reads a line with a needle at `first`.
    fn read_line(&mut self, line: &[u8], first: usize, number: u32, facts: &mut FileFacts) {
        let line = without_frame(line, first);
        if let Some(start) = notice_start(line, first) {
            let text = notice(value(&line[start..], MAX_NOTICE_BYTES).trim());
            if self.keep(facts.copyright.len(), |found| found.notices.insert(text.clone())) {
                facts.copyright.push(CopyrightLine { text, line: number });
            }
        } else if let Some(start) = after(line, LICENSE) {
            let kind = match self.snippet_since {
                Some(_) => StatementKind::Snippet,
                None => StatementKind::File,
            };
            let text = value(&line[start..], MAX_EXPR_BYTES + 1);
            let expr = text.parse();
            let text = cut(text.as_bytes(), MAX_NOTICE_BYTES);
            let text = lossy(text).into_owned();
            if self.keep(facts.statements.len(), |found| found.statements.insert((text.clone(), kind))) {
                facts.statements.push(Statement { text, expr, line: number, kind });
            }
        } else if let Some(start) = after(line, CONTRIBUTOR) {
            let text = value(&line[start..], MAX_NOTICE_BYTES);
            if self.keep(facts.contributors.len(), |found| found.contributors.insert(text.clone())) {
                facts.contributors.push(text);
            }
        } else if after(line, SNIPPET_BEGIN).is_some() {
            self.snippet_since = self.snippet_since.or(Some(number));
        } else if after(line, SNIPPET_END).is_some() {
            self.snippet_since = None;
        }
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

fn after(line: &[u8], tag: &[u8]) -> Option<usize> {
    memchr::memmem::find(line, tag).map(|at| at + tag.len())
}

/// Returns where the line's first copyright notice begins. It may begin with an SPDX tag, with `©`,
/// or with `Copyright` before a blank, `(c)`, `(C)` or `©`.
fn notice_start(line: &[u8], first: usize) -> Option<usize> {
    let bytes = &line[first.min(line.len())..];
    let spdx =
        [FILE_COPYRIGHT, SNIPPET_COPYRIGHT].into_iter().filter_map(|tag| memchr::memmem::find(bytes, tag));
    let word = NEEDLES[1].find_iter(bytes).find(|at| {
        let rest = &bytes[at + b"Copyright".len()..];
        let next = rest.trim_ascii_start();
        rest.first().is_some_and(u8::is_ascii_whitespace)
            || [b"(c)".as_slice(), b"(C)", "\u{a9}".as_bytes(), b"\xa9"]
                .iter()
                .any(|sign| next.starts_with(sign))
    });
    let sign = match std::str::from_utf8(bytes) {
        Ok(_) => NEEDLES[2].find(bytes),
        Err(_) => memchr::memchr(0xa9, bytes),
    };
    spdx.chain(word).chain(sign).min().map(|at| first + at)
}

/// Returns the notice without an SPDX tag in front.
fn notice(text: &str) -> String {
    let tags = [FILE_COPYRIGHT, SNIPPET_COPYRIGHT];
    let tag = tags.into_iter().find(|tag| text.as_bytes().starts_with(tag));
    text[tag.map_or(0, <[u8]>::len)..].trim().to_owned()
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

fn without_closer(text: &str) -> Option<&str> {
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
