// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A lexer for any language that looks like one: enough to tell names, numbers and texts from what
//! holds them together, and comments from all of these.

/// A token, with the names taken out of it: one of [`NAME`], [`NUMBER`], [`TEXT`], a keyword's place
/// in [`KEYWORDS`] from [`FIRST_KEYWORD`] on, or the byte of a sign.
pub(super) type Shape = u8;

/// A name that is no keyword.
pub(super) const NAME: Shape = 1;
/// A number.
pub(super) const NUMBER: Shape = 2;
/// A text between quotes.
pub(super) const TEXT: Shape = 3;
/// The shape of the first keyword; bytes of signs are below it.
pub(super) const FIRST_KEYWORD: Shape = 128;

/// Words that mean the same in most programs, sorted.
pub(super) const KEYWORDS: [&[u8]; 82] = [
    b"and",
    b"as",
    b"assert",
    b"async",
    b"await",
    b"begin",
    b"break",
    b"case",
    b"catch",
    b"class",
    b"const",
    b"continue",
    b"crate",
    b"def",
    b"default",
    b"defer",
    b"define",
    b"del",
    b"delete",
    b"do",
    b"elif",
    b"else",
    b"elsif",
    b"end",
    b"endif",
    b"enum",
    b"except",
    b"export",
    b"extends",
    b"extern",
    b"finally",
    b"fn",
    b"for",
    b"foreach",
    b"from",
    b"func",
    b"function",
    b"global",
    b"goto",
    b"if",
    b"ifdef",
    b"ifndef",
    b"impl",
    b"import",
    b"in",
    b"include",
    b"interface",
    b"is",
    b"lambda",
    b"let",
    b"loop",
    b"match",
    b"mod",
    b"module",
    b"mut",
    b"namespace",
    b"new",
    b"not",
    b"or",
    b"package",
    b"pass",
    b"private",
    b"public",
    b"raise",
    b"ref",
    b"require",
    b"return",
    b"static",
    b"struct",
    b"switch",
    b"template",
    b"then",
    b"throw",
    b"trait",
    b"try",
    b"type",
    b"typedef",
    b"undef",
    b"use",
    b"var",
    b"while",
    b"yield",
];

/// Returns the shape of a word.
fn word(word: &[u8]) -> Shape {
    if word[0].is_ascii_digit() {
        return NUMBER;
    }
    if word.len() > 9 || word.len() < 2 || !word[0].is_ascii_lowercase() {
        return NAME;
    }
    let from = usize::from(STARTS[usize::from(word[0] - b'a')]);
    let to = usize::from(STARTS[usize::from(word[0] - b'a') + 1]);
    let is_same = |keyword: &&[u8]| keyword.len() == word.len() && keyword.iter().eq(word);
    let found = KEYWORDS[from..to].iter().position(is_same);
    found.map_or(NAME, |at| FIRST_KEYWORD + u8::try_from(from + at).expect("there are fewer than 128"))
}

/// Where the keywords of each letter start in [`KEYWORDS`].
const STARTS: [u8; 27] = {
    let mut starts = [0; 27];
    let (mut letter, mut at) = (0, 0);
    while letter < 27 {
        while at < KEYWORDS.len() && KEYWORDS[at][0] < b'a' + letter {
            at += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 128 keywords")]
        {
            starts[letter as usize] = at as u8;
        }
        letter += 1;
    }
    starts
};

/// Whether a byte is of a word: a letter, a digit, `_`, `$`, or above ASCII.
const IS_WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut at = 0u8;
    loop {
        is_word[at as usize] = at.is_ascii_alphanumeric() || at == b'_' || at == b'$' || at >= 0x80;
        if at == u8::MAX {
            break is_word;
        }
        at += 1;
    }
};

fn is_word(byte: u8) -> bool {
    IS_WORD[usize::from(byte)]
}

/// Tells `each` token's shape and line, from 1, leaving out comments and texts over several lines.
pub(super) fn tokens(bytes: &[u8], mut each: impl FnMut(Shape, u32)) {
    let mut at = 0;
    let mut line = 1;
    while let Some(byte) = bytes.get(at).copied() {
        let rest = &bytes[at..];
        let (shape, length) = match byte {
            b'\n' => {
                line += 1;
                (None, 1)
            }
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => (None, 1),
            b'/' if rest.starts_with(b"//") => (None, to_line_end(rest)),
            b'/' if rest.starts_with(b"/*") => (None, to_mark(rest, b"*/")),
            b'<' if rest.starts_with(b"<!--") => (None, to_mark(rest, b"-->")),
            b'#' if is_hash_comment(rest) => (None, to_line_end(rest)),
            b'"' | b'\'' if rest.starts_with(&[byte; 3]) => (None, to_mark(rest, &[byte; 3])),
            b'"' | b'\'' | b'`' => match quoted(rest) {
                Some(length) => (Some(TEXT), length),
                None => (Some(byte), 1),
            },
            _ if is_word(byte) => {
                let length = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
                (Some(word(&rest[..length])), length)
            }
            _ => (Some(byte & 0x7f), 1),
        };
        match shape {
            Some(shape) => each(shape, line),
            None if length > 1 => line += lines_in(&rest[..length]),
            None => {}
        }
        at += length;
    }
}

fn lines_in(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

fn to_line_end(rest: &[u8]) -> usize {
    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Returns how long a text is whose opening mark is as long as its closing one is at most.
fn to_mark(rest: &[u8], mark: &[u8]) -> usize {
    let from = mark.len().min(rest.len());
    memchr::memmem::find(&rest[from..], mark).map_or(rest.len(), |at| from + at + mark.len())
}

/// `# comment`, but neither `#include` nor `#[derive]`.
fn is_hash_comment(rest: &[u8]) -> bool {
    rest.get(1).is_none_or(|next| matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'#' | b'!'))
}

/// Returns how long a text is that ends on its line.
fn quoted(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' => return None,
            b'\\' => at += 1,
            byte if *byte == rest[0] => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Tells `each` word and sign of a line: its hash, letters taken as lowercase, and its shape.
pub(super) fn line_tokens(line: &[u8], mut each: impl FnMut(u32, Shape)) {
    let mut at = 0;
    while let Some(byte) = line.get(at).copied() {
        if is_word(byte) {
            let length = line[at..].iter().position(|byte| !is_word(*byte)).unwrap_or(line.len() - at);
            let text = &line[at..at + length];
            let hash = text.iter().fold(0x811c_9dc5_u32, |h, byte| {
                (h ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
            });
            each(hash, word(text));
            at += length;
        } else {
            if !matches!(byte, b' ' | b'\t' | 0x0b | 0x0c) {
                each(u32::from(byte), byte & 0x7f);
            }
            at += 1;
        }
    }
}
