// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Patterns for paths, as REUSE 3.3 has them.

use std::fmt;
use std::str::FromStr;

use super::WorkPath;
use super::text_form::text_form;

/// A pattern over whole paths: `*` is anything but `/`, `**` anything, `\*` and `\\` are literal.
/// As in REUSE 3.3 there is no `?` and no `[…]`, and `**/x` also matches `x`.
#[derive(Clone)]
pub struct PathGlob {
    text: String,
    regex: regex::bytes::Regex,
}

/// Equal patterns are equal texts.
impl PartialEq for PathGlob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PathGlob {}

/// Why a text is no [`PathGlob`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseGlobError;

impl fmt::Display for ParseGlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path pattern may not be empty or longer than 4096 bytes")
    }
}

impl std::error::Error for ParseGlobError {}

impl PathGlob {
    /// Returns whether the pattern matches the whole of `path`.
    pub fn matches(&self, path: &WorkPath) -> bool {
        self.matches_str(path.as_str())
    }

    /// Returns whether the pattern matches the whole of `path`, relative to wherever the pattern is.
    pub fn matches_str(&self, path: &str) -> bool {
        self.regex.is_match(path.as_bytes())
    }
}

impl FromStr for PathGlob {
    type Err = ParseGlobError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() || text.len() > WorkPath::MAX_BYTES {
            return Err(ParseGlobError);
        }
        let mut pattern = String::from(r"(?s-u)\A");
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some(escaped) => pattern.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4]))),
                    None => pattern.push_str(r"\\"),
                },
                '*' if chars.peek() == Some(&'*') => {
                    while chars.next_if_eq(&'*').is_some() {}
                    if chars.next_if_eq(&'/').is_some() {
                        pattern.push_str("(?:.*/)?");
                    } else {
                        pattern.push_str(".*");
                    }
                }
                '*' => pattern.push_str("[^/]*"),
                c => pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        pattern.push_str(r"\z");
        let regex = regex::bytes::RegexBuilder::new(&pattern)
            .unicode(false)
            .size_limit(1 << 22)
            .build()
            .map_err(|_| ParseGlobError)?;
        Ok(Self { text: text.to_owned(), regex })
    }
}

impl fmt::Display for PathGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_form!(PathGlob, "^.+$", "path pattern: `*` is anything but `/`, `**` anything");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_whole_paths_as_reuse_does() {
        for (glob, path, expected) in [
            ("*", "a.txt", true),
            ("*", "a/b.txt", false),
            ("**", "a/b.txt", true),
            ("**/t.dat", "t.dat", true),
            ("**/t.dat", "a/b/t.dat", true),
            ("**/t.dat", "a/xt.dat", false),
            ("docs/**", "docs/a/b", true),
            ("docs/**", "docs", false),
            ("a/*.c", "a/b.c", true),
            ("a/*.c", "a/b/c.c", false),
            (r"\*.c", "*.c", true),
            (r"\*.c", "x.c", false),
            ("a?[b]", "a?[b]", true),
            ("é*", "élan", true),
            ("src", "src/x", false),
        ] {
            let glob: PathGlob = glob.parse().unwrap();
            assert_eq!(glob.matches(&path.parse().unwrap()), expected, "{glob} on {path}");
        }
    }
}
