// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Who is said to have made a work or a part of it: attribution lines, and lists of people.

use std::sync::LazyLock;

use regex::Regex;

use super::encoding::lossy;
use crate::domain::WorkPath;

/// A line that credits somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribution {
    /// As written, without the comment around it.
    pub text: String,
    /// The line it stands on, from 1.
    pub line: u32,
}

/// What such a line has, so that others are not looked at. None is shorter than four bytes.
pub(super) const NEEDLES: [&str; 21] = [
    "@author",
    "\\author",
    "uthor:",
    "uthors:",
    "uthor(s):",
    "AUTHOR:",
    "AUTHORS:",
    "_AUTHOR(",
    "itten by",
    "oped by",
    "uted by",
    "ated by",
    "gned by",
    "orted by",
    "orted to",
    "oded by",
    "hoto by",
    "work by",
    "ased on",
    "ived from",
    "rtesy of",
];

/// The words a line begins with, behind the comment's sign.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"(?i)^(?:[@\\]authors?\b\s*[:{]?|(?:original |principal |main )?authors?\s*(?:\(s\))?\s*:|MODULE_AUTHOR\(\s*",
        r"|(?:(?:originally|first|re|heavily|this|the|it|was|is|were|are|file|code|program|driver|module|image|work|initial|version)\s+){0,4}",
        r"(?:written|rewritten|developed|contributed|created|designed|translated|ported|illustrated|painted|coded|donated)",
        r"(?:\s+(?:and|or|&)\s+\w+|\s+(?:for|to|from|in|into)\s+[\w.+/-]+){0,2}\s+by\b\s*:?",
        r"|(?:photos?|photographs?|pictures?|images?|art|artwork|illustrations?|icons?|drawings?|music|text|logo|work|cover)\s+(?:(?:is|are|was|were|created|made)\s+)*by\b\s*:?",
        r"|(?:partly |partially |loosely |heavily |in part )?(?:based (?:up)?on|derived from|adapted from)\s+(?:[^\s.]+\s+){0,7}?by\b\s*:?",
        r"|(?:photos?|images?|pictures?|art|artwork)?\s*courtesy of)\s*",
    );
    Regex::new(pattern).expect("the pattern is constant and a test uses it")
});

/// The longest attribution, in characters: longer lines are prose.
const MAX_TEXT: usize = 200;

/// Returns the attribution a line is, if it is one: who made it is named right behind the words.
pub(super) fn in_line(line: &str) -> Option<String> {
    let line = line.trim();
    // A comment's sign, `.\"` of manuals, an item of a list.
    let from = line.find(|c: char| c.is_alphanumeric() || matches!(c, '@'))?;
    let from = if line[..from].ends_with('\\') { from - 1 } else { from };
    let mut content = &line[from..];
    for closer in ["*/", "-->", "\");", "\")", "*)", "#}"] {
        content = content.split(closer).next().unwrap_or(content);
    }
    let begins = BEGINS.find(content)?;
    let who = content[begins.end()..].trim_start_matches(['"', '\'', '\u{201c}', '<', '(', '[', '@', ' ']);
    let is_tag = content.starts_with(['@', '\\']);
    let is_name = who.starts_with(|c: char| c.is_uppercase() || (is_tag && c.is_alphabetic()));
    let word: String = who.chars().take_while(|c| c.is_alphanumeric()).collect();
    // `Author: The` and `written by XXX` name nobody.
    let is_nobody =
        matches!(word.to_lowercase().as_str(), "the" | "this" | "a" | "xxx" | "todo" | "unknown" | "your")
            && who.split_whitespace().nth(1).is_none_or(|next| !next.starts_with(char::is_uppercase));
    if !is_name || is_nobody || content.chars().count() > MAX_TEXT || who.contains(['{', '=', ';']) && !is_tag
    {
        return None;
    }
    let text =
        content.strip_prefix("MODULE_AUTHOR(").map_or(content, |quoted| quoted.trim_matches(['"', ' ']));
    Some(text.trim_end_matches(|c: char| c.is_whitespace() || "*#|\\".contains(c)).to_owned())
}

/// At most so many lines of a list of people are kept.
const MAX_PEOPLE: usize = 1000;

/// Returns whether a file of this name lists people, a name a line.
pub(crate) fn is_list_of_people(path: &WorkPath) -> bool {
    let name = path.file_name();
    let name = name.strip_suffix(".md").or_else(|| name.strip_suffix(".txt")).unwrap_or(name);
    matches!(name, "AUTHORS" | "CONTRIBUTORS" | "CREDITS")
}

/// Returns the lines of a list of people that begin with a name.
pub(super) fn in_list(text: &[u8]) -> Vec<Attribution> {
    let text = lossy(text);
    let lines = text.lines().zip(1u32..).filter(|(line, _)| name_on_line(line).is_some());
    let bullets = ['*', '-', '+', ' ', '\t'];
    let shown = |line: &str| line.trim().trim_start_matches(bullets).chars().take(MAX_TEXT).collect();
    lines.take(MAX_PEOPLE).map(|(text, line)| Attribution { text: shown(text), line }).collect()
}

/// Returns the name a line of AUTHORS or CREDITS begins with: `* Ann Ito <ann@…> (parser)`, or the kernel's
/// `N: Ann Ito`. Headings, sentences and comments have none.
pub(crate) fn name_on_line(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with(['#', '=']) || line.ends_with([':', '.']) {
        return None;
    }
    let line = line.trim_start_matches(['*', '-', '+', ' ', '\t']);
    let line = match line.split_once(": ") {
        Some(("N", name)) => name,
        // The other fields of the kernel's CREDITS: address, what was done.
        Some((field, _)) if field.len() == 1 => return None,
        _ => line,
    };
    let name = line.split(['<', '(', '[', ',', '|', '\t']).next().unwrap_or_default();
    let name = name.split(" - ").next().unwrap_or_default().trim();
    let words = name.split_whitespace().count();
    let is_name = (1..=6).contains(&words) && name.chars().next().is_some_and(char::is_alphanumeric);
    (is_name && !name.contains("://")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::in_bytes;

    fn found(path: &str, text: &str) -> Vec<String> {
        let facts = in_bytes(&path.parse().unwrap(), text.as_bytes());
        facts.attributions.into_iter().map(|one| format!("{}: {}", one.line, one.text)).collect()
    }

    #[test]
    fn who_made_it_is_read_as_written() {
        for text in [
            "Written by Ann Ito <ann@example.org>",
            "Originally written by Ann Ito and Bob Roe",
            "@author Ann Ito",
            "@author ann",
            "Author: Ann Ito <ann@example.org>",
            "Authors: Ann Ito, Bob Roe",
            "Photo by Ann Ito",
            "Artwork by Ann Ito, CC BY 4.0",
            "Based on the tide tables by Ann Ito",
            "Partly based on work by Bob Roe (2019)",
            "Derived from code written by Eve Oda",
            "Ported to Rust by Bob Roe",
            "Courtesy of Ann Ito",
        ] {
            for (before, after) in
                [("// ", ""), (" * ", ""), ("/* ", " */"), ("<!-- ", " -->"), (".\\\" ", ""), ("", "")]
            {
                assert_eq!(
                    found("a.c", &format!("x\n{before}{text}{after}\n")),
                    [format!("2: {text}")],
                    "{text}"
                );
            }
        }
        assert_eq!(found("a.c", "MODULE_AUTHOR(\"Ann Ito <a@x.org>\");"), ["1: Ann Ito <a@x.org>"]);
    }

    #[test]
    fn what_names_nobody_is_no_attribution() {
        for text in [
            "based on the value written by the caller",
            "The file is written by the program.",
            "author: string,",
            "Author: The",
            "written by XXX",
            "let author: Person = read();",
            "Photo by default",
        ] {
            assert_eq!(found("a.c", &format!("// {text}\n")), [""; 0], "{text}");
        }
    }

    #[test]
    fn lists_of_people_keep_their_lines() {
        let text = "# Authors\n\nThe following people made it:\n\n* Ann Ito <ann@x.org> (parser)\n- Bob\n";
        assert_eq!(found("AUTHORS.md", text), ["5: Ann Ito <ann@x.org> (parser)", "6: Bob"]);
        let kernel = "N: Matti Aarnio\nE: mea@x.org\nD: Alpha systems hacking\nS: Finland\n";
        assert_eq!(found("CREDITS", kernel), ["1: N: Matti Aarnio"]);
        assert_eq!(found("src/authors.c", "Bob\n"), [""; 0]);
    }
}
