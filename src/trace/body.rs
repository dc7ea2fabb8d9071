// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The body of a work: what makes two files one work in spite of line ends, indentation and license
//! headers.
//!
//! This page is normative: who follows it gets the same digest.
//!
//! 1. *Lines.* The bytes, as they are and without a leading UTF-8 byte order mark, are split at `LF`,
//!    `CR LF` and `CR`. A file with a NUL in its first 8,000 bytes has no lines. A line of more than
//!    [`MAX_COMMENT_LINE`] bytes never belongs to a comment block. A first line that starts with `#!`,
//!    but not with `#![`, is dropped.
//! 2. *Comment blocks.* Going down the lines, a line, its ASCII blanks at both ends taken off, opens
//!    - a *closed* block if it starts with `/*`, `<!--`, `(*`, `{-` or `{#`. The block reaches to the
//!      line with the first `*/`, `-->`, `*)`, `-}` or `#}`, in that order, behind the opening mark. It
//!      is a block only if nothing but blanks follows that mark on its line; otherwise, or if there is
//!      no such mark within [`MAX_BLOCK_LINES`] lines, the line is no comment. So does a line that
//!      starts with `"""` or `'''`, up to the same mark, where all lines before it are dropped, empty
//!      or of blocks (a *docstring*).
//!    - else an *indented* block if it starts, no blanks taken off, with `..` and is nothing else, or
//!      has a blank behind it, no `::` anywhere and none of `_`, `[`, `|` as the next byte that is no
//!      blank. The block reaches over the lines, at most [`MAX_BLOCK_LINES`] with the first, that
//!      directly follow and start with a space or tab, and over empty ones between two of these. `..`
//!      alone is a block only if such a line directly follows.
//!    - else a *line* block if it starts with `//`, `#` (but not `#!`, and not `#` directly followed by
//!      a letter, as in `#include`), `--`, `;`, `%`, `.\"`, `'\"`, or with the word `REM` in any case.
//!      `#` may be directly followed by `Copyright`, `License`, `Licence` or `SPDX-`, the first letter
//!      a capital, the others in any case, where the line does not end with `{`. A `"` starts a line
//!      block, too, if it is the whole line or a blank follows it, and an even number of `"` behind it.
//!      The block reaches over all directly following lines that start with the same mark.
//! 3. *License blocks.* A block is one if, its letters lowercase ASCII and every run of bytes other than
//!    letters and digits taken as one blank, it holds two different ones of these: `copyright`,
//!    `license` or `licence`, `warranty` or `warranties`, `redistribut`, `permission is hereby`, `as
//!    is`, `spdx`, `merchantability`; or one, if it has at most three lines and is no docstring. Its
//!    lines are dropped. So are those of an *empty* block: a closed one without ASCII letters, digits
//!    and bytes above 0x7f, or a line block of nothing but its marks.
//! 4. *Normalisation.* Of every other line the ASCII blanks (space, tab, vertical tab, form feed) are
//!    removed and the letters A–Z made lowercase. Lines that become empty are dropped.
//! 5. *Digest.* [`body_digest`] is the SHA-256 over what is left, an `LF` behind each line. Fewer than
//!    64 bytes left, not counting these `LF`, say too little and have no digest.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use sha2::{Digest as _, Sha256};

use crate::domain::Digest;

/// Rule 1: a longer line is data or generated code.
pub const MAX_COMMENT_LINE: usize = 1024;

/// Rule 2: the GPL, whole in a comment, has 674 lines.
pub const MAX_BLOCK_LINES: usize = 1000;

/// Rule 5: fewer bytes say too little.
const MIN_BODY_BYTES: usize = 64;

/// How much of a file is looked at for a NUL.
const BINARY_WINDOW: usize = 8000;

/// Returns the lines that carry a file's substance, normalised, each with its number from 1. Nothing
/// where the file is binary.
#[cfg(test)]
pub(super) fn body_lines(bytes: &[u8]) -> impl Iterator<Item = (u32, Vec<u8>)> {
    let mut body = Vec::new();
    kept(&text_lines(bytes), |number, line| {
        let mut normal = Vec::new();
        normalise(line, &mut normal);
        if !normal.is_empty() {
            body.push((number, normal));
        }
    });
    body.into_iter()
}

/// Returns whether a file is not text (rule 1).
pub fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(BINARY_WINDOW)]).is_some()
}

/// Returns the digest of a file's substance. Nothing where it is binary or says too little.
pub fn body_digest(bytes: &[u8]) -> Option<Digest> {
    let mut body = Vec::with_capacity(bytes.len() + 1);
    let mut count = 0;
    kept(&text_lines(bytes), |_, line| count += usize::from(push_line(line, &mut body).is_some()));
    digest_of(&body, count)
}

/// Rule 5, of a body of so many lines.
pub(super) fn digest_of(body: &[u8], lines: usize) -> Option<Digest> {
    (body.len() - lines >= MIN_BODY_BYTES).then(|| Digest::from_bytes(Sha256::digest(body).into()))
}

/// Rules 4 and 5: adds a line to a body, with an `LF` behind it, and returns where it stands; an empty one
/// is none.
pub(super) fn push_line(line: &[u8], body: &mut Vec<u8>) -> Option<Range<usize>> {
    let from = body.len();
    normalise(line, body);
    let to = body.len();
    (from < to).then(|| {
        body.push(b'\n');
        from..to
    })
}

/// Rule 1: the lines of a file, none where it is binary.
pub(super) fn text_lines(bytes: &[u8]) -> Vec<&[u8]> {
    lines(if is_binary(bytes) { &[] } else { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) })
}

/// Rules 2 and 3: tells the lines that are in no license block, as they are, each with its number.
pub(super) fn kept<'b>(lines: &[&'b [u8]], mut each: impl FnMut(u32, &'b [u8])) {
    let is_interpreter = lines[0].starts_with(b"#!") && !lines[0].starts_with(b"#![");
    let mut at = usize::from(is_interpreter);
    // Up to here the lines are known to be of no license block.
    let mut kept_until = 0;
    // Whether there were only comments and empty lines so far.
    let mut is_top = true;
    let mut words = Vec::new();
    while at < lines.len() {
        if at >= kept_until {
            let rest = &lines[at..];
            let comment = block(rest);
            let docstring = if is_top && comment.is_none() { docstring(rest) } else { None };
            if let Some(len) = comment.or(docstring) {
                let found = &rest[..len];
                if is_license(found, docstring.is_some(), &mut words)
                    || (docstring.is_none() && is_empty(found))
                {
                    at += len;
                    continue;
                }
                kept_until = at + len;
            }
            is_top &= comment.is_some() || rest[0].trim_ascii().is_empty();
        }
        at += 1;
        each(u32::try_from(at).unwrap_or(u32::MAX), lines[at - 1]);
    }
}

/// Rule 1.
pub(super) fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut from = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        // The `LF` of a `CR LF` was passed over with its `CR`.
        if at < from {
            continue;
        }
        lines.push(&text[from..at]);
        from = at + if text[at..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    lines.push(&text[from..]);
    lines
}

/// Rule 2: returns how many lines the block has that the first of these lines opens.
fn block(lines: &[&[u8]]) -> Option<usize> {
    let line = lines.first().filter(|line| is_short(line))?;
    let first = line.trim_ascii();
    if !MAY_OPEN[usize::from(*first.first()?)] {
        return None;
    }
    if let Some((open, close)) = CLOSED.iter().find(|(open, _)| first.starts_with(open)) {
        return closed(lines, open, close);
    }
    if line.starts_with(b"..") {
        return indented(lines);
    }
    let mark = line_mark(first)?;
    Some(lines.iter().take_while(|line| is_short(line) && line_mark(line.trim_ascii()) == Some(mark)).count())
}

/// The first bytes of all that opens a block, so that most lines need no further look.
const MAY_OPEN: [bool; 256] = {
    let mut may = [false; 256];
    let mut at = 0;
    while at < b"/<({.#-;%'\"rR".len() {
        may[b"/<({.#-;%'\"rR"[at] as usize] = true;
        at += 1;
    }
    may
};

const CLOSED: [(&[u8], &[u8]); 5] =
    [(b"/*", b"*/"), (b"<!--", b"-->"), (b"(*", b"*)"), (b"{-", b"-}"), (b"{#", b"#}")];

fn is_short(line: &[u8]) -> bool {
    line.len() <= MAX_COMMENT_LINE
}

/// Rule 2: a block with a mark at both ends.
fn closed(lines: &[&[u8]], open: &[u8], close: &[u8]) -> Option<usize> {
    let mut line = &lines.first()?.trim_ascii()[open.len()..];
    for (passed, next) in lines.iter().skip(1).map(Some).chain([None]).enumerate() {
        if let Some(at) = memchr::memmem::find(line, close) {
            return line[at + close.len()..].trim_ascii().is_empty().then_some(passed + 1);
        }
        line = next.filter(|line| is_short(line) && passed < MAX_BLOCK_LINES - 1)?;
    }
    None
}

/// Rule 2: a text in a program's first statement.
fn docstring(lines: &[&[u8]]) -> Option<usize> {
    let first = lines.first().filter(|line| is_short(line))?.trim_ascii();
    let mark = [b"\"\"\"".as_slice(), b"'''"].into_iter().find(|mark| first.starts_with(mark))?;
    closed(lines, mark, mark)
}

/// Rule 2: a comment of reStructuredText.
fn indented(lines: &[&[u8]]) -> Option<usize> {
    let rest = &lines.first()?[b"..".len()..];
    let text = rest.trim_ascii();
    let is_markup =
        text.first().is_some_and(|c| b"_[|".contains(c)) || memchr::memmem::find(text, b"::").is_some();
    if is_markup || !rest.first().is_none_or(|c| is_blank(*c)) {
        return None;
    }
    let mut len = 1;
    for (at, line) in lines.iter().enumerate().take(MAX_BLOCK_LINES).skip(1) {
        let is_blank = line.trim_ascii().is_empty();
        if !is_short(line) || !(is_blank || line.starts_with(b" ") || line.starts_with(b"\t")) {
            break;
        }
        if !is_blank {
            len = at + 1;
        } else if at == 1 && text.is_empty() {
            break;
        }
    }
    (len > 1 || !text.is_empty()).then_some(len)
}

/// Rule 3: whether a block carries nothing.
fn is_empty(block: &[&[u8]]) -> bool {
    let first = block[0].trim_ascii();
    if CLOSED.iter().any(|(open, _)| first.starts_with(open)) {
        return block.iter().all(|line| !line.iter().any(|c| c.is_ascii_alphanumeric() || !c.is_ascii()));
    }
    block.iter().all(|line| {
        line_mark(line.trim_ascii()).is_some_and(|mark| mark.eq_ignore_ascii_case(line.trim_ascii()))
    })
}

/// Rule 2: the mark that makes the whole line a comment.
fn line_mark(line: &[u8]) -> Option<&'static [u8]> {
    const MARKS: [&[u8]; 7] = [b"//", b"#", b"--", b";", b"%", b".\\\"", b"'\\\""];
    if let Some(mark) = MARKS.into_iter().find(|mark| line.starts_with(mark)) {
        let next = line.get(mark.len());
        let is_directive = mark == b"#"
            && next.is_some_and(|c| *c == b'!' || c.is_ascii_alphabetic())
            && !is_glued_notice(&line[1..]);
        return (!is_directive).then_some(mark);
    }
    if let Some(rest) = line.strip_prefix(b"\"") {
        // A text in code begins so, too, but it ends.
        let is_comment = rest.first().is_none_or(|c| is_blank(*c))
            && memchr::memchr_iter(b'"', rest).count().is_multiple_of(2);
        return is_comment.then_some(b"\"".as_slice());
    }
    let is_word = line.get(3).is_none_or(|c| !c.is_ascii_alphanumeric() && *c != b'_');
    (line.len() >= 3 && line[..3].eq_ignore_ascii_case(b"rem") && is_word).then_some(b"REM")
}

/// Rule 2: what may follow `#` without a blank.
fn is_glued_notice(rest: &[u8]) -> bool {
    const WORDS: [&[u8]; 4] = [b"copyright", b"license", b"licence", b"spdx-"];
    let starts = |word: &&[u8]| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    rest[0].is_ascii_uppercase() && !rest.ends_with(b"{") && WORDS.iter().any(starts)
}

/// Rule 3.
fn is_license(block: &[&[u8]], is_docstring: bool, text: &mut Vec<u8>) -> bool {
    words_of(block, text);
    let wanted = if block.len() <= 3 && !is_docstring { 1 } else { 2 };
    let is_as_is = || memchr::memmem::find(text, b" as is ").is_some();
    let found = license_words(text);
    found >= wanted || (found + 1 == wanted && is_as_is())
}

/// Rule 3: how many different license words there are in a text, `as is` left out.
pub(super) fn license_words(text: &[u8]) -> usize {
    /// Spellings of one word have one number.
    static WORDS: LazyLock<[(u8, Finder<'static>); 9]> = LazyLock::new(|| {
        [
            (0, "copyright"),
            (1, "license"),
            (1, "licence"),
            (2, "warranty"),
            (2, "warranties"),
            (3, "redistribut"),
            (4, "permission is hereby"),
            (5, "spdx"),
            (6, "merchantability"),
        ]
        .map(|(number, word)| (number, Finder::new(word)))
    });
    let found = WORDS.iter().filter(|(_, word)| word.find(text).is_some());
    found.fold(0u8, |found, (number, _)| found | 1 << number).count_ones() as usize
}

/// Rule 3: the letters and digits of a block, one blank between and around its words.
pub(super) fn words_of(block: &[&[u8]], text: &mut Vec<u8>) {
    text.clear();
    text.push(b' ');
    for line in block {
        let from = text.len();
        text.resize(from + line.len() + 1, 0);
        let mut len = from;
        let mut was_blank = text[from - 1] == b' ';
        for byte in line.iter().chain(b" ") {
            let is_blank = !byte.is_ascii_alphanumeric();
            text[len] = if is_blank { b' ' } else { byte.to_ascii_lowercase() };
            len += usize::from(!(is_blank && was_blank));
            was_blank = is_blank;
        }
        text.truncate(len);
    }
}

/// Rule 4: appends a line without blanks and in small letters.
fn normalise(line: &[u8], into: &mut Vec<u8>) {
    let from = into.len();
    into.resize(from + line.len(), 0);
    let out = &mut into[from..];
    let mut len = 0;
    // Without a branch, as blanks come when they like.
    for byte in line {
        let (normal, count) = NORMAL[usize::from(*byte)];
        out[len] = normal;
        len += usize::from(count);
    }
    into.truncate(from + len);
}

/// Rule 4: what becomes of a byte, and whether it counts.
const NORMAL: [(u8, u8); 256] = {
    let mut normal = [(0, 0); 256];
    let mut byte = 0u8;
    loop {
        normal[byte as usize] = (byte.to_ascii_lowercase(), !is_blank(byte) as u8);
        if byte == u8::MAX {
            break normal;
        }
        byte += 1;
    }
};

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "#include <stdio.h>\n\nint main(void) {\n\tputs(\"hello, commons\"); /* greet */\n\treturn 0;\n}\nstatic int answer(void) { return 42; }\n";

    // REUSE-IgnoreStart
    const HEADERS: [&str; 6] = [
        "",
        "/* SPDX-License-Identifier: MIT */\n",
        "// SPDX-License-Identifier: GPL-2.0-only\n// a second line\n\n",
        "/*\n * Copyright (c) 2020 Jane Doe\n *\n * This program comes WITHOUT\n * ANY WARRANTY.\n */\n",
        "# Licensed under the terms of the\n# licence below, with no warranty,\n# line\n# line\n",
        "<!--\nPermission is hereby\ngranted, AS IS,\n\n\n-->\n",
    ];
    // REUSE-IgnoreEnd

    #[test]
    fn a_license_header_makes_no_difference() {
        let plain = body_digest(BODY.as_bytes());
        assert!(plain.is_some());
        for header in HEADERS {
            assert_eq!(body_digest(format!("{header}{BODY}").as_bytes()), plain, "{header}");
        }
    }

    // REUSE-IgnoreStart
    /// A header with `@` for the notice, as it is, replaced, emptied and taken out.
    const STYLES: [&str; 13] = [
        "/*\n * @\n */\n",
        "// @\n",
        "# @\n",
        "#@\n",
        "<!--\n@\n-->\n",
        "<!-- @ -->\n",
        "{# @ #}\n",
        "{- @ -}\n",
        "..\n   @\n",
        ".. @\n   SPDX-License-Identifier: MIT\n\n   second paragraph\n\n",
        "\" @\n\" provided \"AS IS\"\n",
        "\"\"\"\n@\n\nLicensed with no warranty.\n\"\"\"\n",
        "#!/usr/bin/env python3\n# @\n",
    ];

    #[test]
    fn in_every_style_the_header_makes_no_difference() {
        let plain = body_digest(BODY.as_bytes());
        for style in STYLES {
            for notice in ["Copyright (c) 2020 Jane Doe", "SPDX-FileCopyrightText: 2021 Joe", "License: MIT"]
            {
                let text = format!("{}{BODY}", style.replace('@', notice));
                assert_eq!(body_digest(text.as_bytes()), plain, "{text}");
            }
        }
        for emptied in [
            "<!-- -->\n",
            "<!--\n\n-->\n",
            "/* */\n",
            "/*\n *\n */\n",
            "#\n#\n",
            "//\n",
            "{##}\n",
            "#!/bin/sh\n",
        ] {
            assert_eq!(body_digest(format!("{emptied}{BODY}").as_bytes()), plain, "{emptied}");
        }
    }

    #[test]
    fn what_only_looks_like_a_header_is_kept() {
        let plain = body_digest(BODY.as_bytes());
        for other in [
            ".. code-block:: c\n   license copyright\n",
            ".. _license:\n",
            "..\n\nlicense copyright\n",
            "\"license\": \"MIT\",\n",
            "\" the license\",\n",
            "\"\"\"Reads a license.\"\"\"\n",
            "x = 1\n\"\"\"\ncopyright license\n\"\"\"\n",
            "#copyright { color: red }\n",
            "/* \u{65e5} */\n",
        ] {
            assert_ne!(body_digest(format!("{other}{BODY}").as_bytes()), plain, "{other}");
        }
    }
    // REUSE-IgnoreEnd

    #[test]
    fn line_ends_blanks_case_and_indentation_make_no_difference() {
        let plain = body_digest(BODY.as_bytes());
        for other in [
            BODY.replace('\n', "\r\n"),
            BODY.replace('\n', "\r"),
            BODY.replace('\n', "  \t\n"),
            BODY.replace('\t', "        "),
            BODY.replace('\n', "\n\n"),
            BODY.to_uppercase(),
            format!("\u{feff}{BODY}"),
            BODY.trim_end().to_owned(),
        ] {
            assert_eq!(body_digest(other.as_bytes()), plain, "{other:?}");
        }
    }

    #[test]
    fn what_is_said_makes_a_difference() {
        let plain = body_digest(BODY.as_bytes());
        for other in [
            BODY.replace("42", "43"),
            BODY.replace("/* greet */", ""),
            // A long comment with one of the words is substance: it explains the code.
            format!("/*\n * reads the license\n * from a\n * file\n */\n{BODY}"),
            // What follows a comment on its line is code.
            format!("/* license */ int x;\n{BODY}"),
            format!("# define LICENSE\n#define COPYRIGHT 1\n{BODY}"),
        ] {
            assert_ne!(body_digest(other.as_bytes()), plain, "{other:?}");
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[(u32, &str)]) {
        let found: Vec<_> = body_lines(text.as_bytes())
            .map(|(n, line)| (n, String::from_utf8_lossy(&line).into_owned()))
            .collect();
        let found: Vec<_> = found.iter().map(|(n, line)| (*n, line.as_str())).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lines_keep_their_numbers() {
        check("", &[]);
        check(" A b \r\n\r\n\tC", &[(1, "ab"), (3, "c")]);
        check("REM Copyright X\r\nremark = 1\r\n", &[(2, "remark=1")]);
        check(".\\\" Copyright X\n.TH X 1\n", &[(2, ".thx1")]);
        check("#!/bin/sh\n# Copyright X\necho\n", &[(3, "echo")]);
        check("#![no_std]\nx", &[(1, "#![no_std]"), (2, "x")]);
        check("x\n#!/bin/sh", &[(1, "x"), (2, "#!/bin/sh")]);
        check("/* license", &[(1, "/*license")]);
        check("; asis\n; as-is\n", &[]);
        check("; basis\n", &[(1, ";basis")]);
        check("(* license *)\n{- licence -}\n-- (c) copyright\nx", &[(4, "x")]);
    }

    #[test]
    fn little_and_binary_have_no_digest() {
        assert_eq!(body_digest(b"int x;\n"), None);
        assert_eq!(body_digest(&[b'a'; 63]), None);
        assert!(body_digest(&[b'a'; 64]).is_some());
        assert_eq!(body_digest(&[b"\0".as_slice(), &[b'a'; 100]].concat()), None);
    }

    /// From `printf '…' | sha256sum`, not from this code.
    #[test]
    fn the_digest_is_the_one_described() {
        let text = format!("{}\n  B C\n", "a".repeat(62));
        let expected = "991f423efeb1a97b6b664a3ad899ed218c5a1d904f56aba859553fc1f4f7e515";
        assert_eq!(body_digest(text.as_bytes()).unwrap().to_string(), expected);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = body_digest(&bytes);
        }
    }
}
