// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What `reuse lint` reads in a file: copyright notices, expressions, snippets, ignore blocks.
//!
//! [`detect`](crate::detect) reads more forms than REUSE allows, and where a comment ends amid a line it
//! ends the tag; a verdict on REUSE must not be kinder than the rules, so lines are read here as
//! reuse 6.2 reads them, down to its guess of the encoding from the first 2,048 bytes (libmagic's).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use regex::Regex;

/// What a file says, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    /// Copyright notices with what stands in front of them.
    pub(super) copyright: BTreeSet<String>,
    /// Expressions as written.
    pub(super) expressions: BTreeSet<String>,
}

/// What a file says of itself and of its snippets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Extract {
    /// Outside of snippets.
    pub(super) file: Said,
    /// In its snippets.
    pub(super) snippets: Said,
    /// Whether a snippet has no end.
    pub(super) is_snippet_open: bool,
}

/// How much of a file tells its encoding.
const HEAD: usize = 2048;

/// At most so many notices and expressions are kept of one file, each.
const MAX_HITS: usize = 10_000;

/// Longer lines are read up to here.
const MAX_LINE: usize = 64 << 10;

// REUSE-IgnoreStart

/// What may close a comment behind a value: the styles reuse 6.2 knows, ends of attributes, and
/// reStructuredText's `[…] ::`.
const END: &str =
    concat!(r"\s*(?:\*\)|--%>|\}|--\}\}|\*/|-->|#\}|=#|-/|'/|\*#|:\)", r#"|"\s*/*>|'\s*/*>|\]\s*::)*\s*$"#);

static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"Copyright(?:\s*(?:©|\([Cc]\))|\s)";
    let prefix = format!(r"SPDX-(?:File|Snippet)CopyrightText:(?:\s*(?:©|\([Cc]\)|{word}))?|{word}|©");
    pattern(&format!(r"^.*?(?P<value>(?:{prefix})\s*.*?){END}"))
});

static LICENSE: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"^.*?SPDX-License-Identifier:\s*(?P<value>.*?){END}")));

/// Ranges of years that make reuse 6.2 give a file up: two blanks beside the dash.
static UNREAD_YEARS: LazyLock<Regex> = LazyLock::new(|| {
    let dash = "(?:--|–|-)";
    pattern(&format!(r"(?:^|\s)\d{{4}}(?:\s{{2,}}{dash}\s+|\s+{dash}\s{{2,}})\d{{4}}(?:,?\s|$)"))
});

/// Where a line's value may begin, and what stands before it.
static START: LazyLock<Regex> = LazyLock::new(|| pattern(r"SPDX-\S+:|Copyright|©"));

const IGNORE_START: &[u8] = b"REUSE-IgnoreStart";
const IGNORE_END: &[u8] = b"REUSE-IgnoreEnd";
// REUSE-IgnoreEnd

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern written here")
}

static NEEDLES: LazyLock<[Finder<'static>; 4]> =
    LazyLock::new(|| [b"SPDX-".as_slice(), b"Copyright", "©".as_bytes(), b"\xa9"].map(Finder::new));

/// Bytes as text.
enum Text<'b> {
    /// UTF-8, or what is read as such: wrong bytes are no signs.
    Utf8(Cow<'b, [u8]>),
    Latin1(&'b [u8]),
}

/// Returns what the bytes say; nothing where they are no text.
pub(super) fn extract(bytes: &[u8]) -> Extract {
    let (text, is_latin) = match decode(bytes) {
        None => return Extract::default(),
        Some(Text::Utf8(text)) => (text, false),
        Some(Text::Latin1(text)) => (Cow::Borrowed(text), true),
    };
    let sign = if is_latin { 3 } else { 2 };
    let needles = [&NEEDLES[0], &NEEDLES[1], &NEEDLES[sign]];
    let mut next = needles.map(|needle| needle.find(&text));
    if next.iter().all(Option::is_none) {
        return Extract::default();
    }
    let text: Cow<'_, [u8]> = match memmem::find(&text, IGNORE_START) {
        Some(_) => {
            let visible = without_ignored(&text);
            next = needles.map(|needle| needle.find(&visible));
            Cow::Owned(visible)
        }
        None => text,
    };
    let mut extract = Extract::default();
    let mut from = 0;
    while let Some(hit) = next.iter().flatten().min().copied() {
        let start = memchr::memrchr2(b'\n', b'\r', &text[from..hit]).map_or(from, |at| from + at + 1);
        let end = memchr::memchr2(b'\n', b'\r', &text[hit..]).map_or(text.len(), |at| hit + at);
        let line = &text[start..end.min(start + MAX_LINE)];
        let line = if is_latin {
            Cow::Owned(line.iter().map(|&byte| char::from(byte)).collect())
        } else {
            String::from_utf8_lossy(line)
        };
        extract.read(&line);
        from = end;
        for (next, needle) in next.iter_mut().zip(needles) {
            if next.is_some_and(|at| at < from) {
                *next = needle.find(&text[from..]).map(|at| from + at);
            }
        }
    }
    extract
}

impl Extract {
    /// Returns whether reuse 6.2 fails to read a notice in it and takes the file for unreadable.
    pub(super) fn fails_in_reuse(&self) -> bool {
        self.file.copyright.iter().chain(&self.snippets.copyright).any(|notice| UNREAD_YEARS.is_match(notice))
    }

    fn read(&mut self, line: &str) {
        // REUSE-IgnoreStart
        if line.contains("SPDX-SnippetBegin") {
            self.is_snippet_open = true;
        } else if line.contains("SPDX-SnippetEnd") {
            self.is_snippet_open = false;
        }
        // REUSE-IgnoreEnd
        let Some(start) = START.find(line).map(|found| found.start()) else { return };
        // The end of an ASCII frame: what is in front, backwards.
        let frame: String = line[..start].trim().chars().rev().collect();
        let line = line.strip_suffix(frame.as_str()).unwrap_or(line);
        let said = if self.is_snippet_open { &mut self.snippets } else { &mut self.file };
        let value = |pattern: &Regex| Some(pattern.captures(line)?.name("value")?.as_str().to_owned());
        if let Some(notice) = value(&COPYRIGHT) {
            if said.copyright.len() < MAX_HITS {
                said.copyright.insert(notice);
            }
        } else if let Some(expression) = value(&LICENSE)
            && said.expressions.len() < MAX_HITS
        {
            said.expressions.insert(expression);
        }
    }
}

/// Takes out what ignore blocks hide; one without an end hides the rest.
fn without_ignored(text: &[u8]) -> Vec<u8> {
    let mut visible = Vec::new();
    let mut rest = text;
    while let Some(start) = memmem::find(rest, IGNORE_START) {
        visible.extend_from_slice(&rest[..start]);
        let behind = &rest[start + IGNORE_START.len()..];
        let Some(end) = memmem::find(behind, IGNORE_END) else { return visible };
        rest = &behind[end + IGNORE_END.len()..];
    }
    visible.extend_from_slice(rest);
    visible
}

/// Returns the bytes as the text libmagic takes them for; nothing where it says binary.
fn decode(bytes: &[u8]) -> Option<Text<'_>> {
    let head = &bytes[..bytes.len().min(HEAD)];
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return crate::detect::decode(bytes).map(Text::Utf8);
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let text = crate::detect::decode(bytes)?;
        let count = text.len().min(HEAD / 2);
        return (!text[..count].iter().any(|&byte| is_control(byte))).then_some(Text::Utf8(text));
    }
    // Of a single byte libmagic says binary.
    if head.len() < 2 || head.iter().any(|&byte| is_control(byte)) {
        return None;
    }
    // A character cut at the end of the head is none of its faults.
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let is_latin = || !head.iter().any(|&byte| matches!(byte, 0x80..=0x84 | 0x86..=0x9f));
    Some(if !is_utf8 && is_latin() { Text::Latin1(bytes) } else { Text::Utf8(Cow::Borrowed(bytes)) })
}

/// Returns whether libmagic takes a file with this byte for binary.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=6 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

#[cfg(test)]
mod tests;
