// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Copyright notices: kept as written, compared by what they say.

mod line;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

pub(super) use line::{goes_on, in_line, listed};

/// One copyright notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyrightLine {
    /// The notice as written, without the SPDX tag and the comment around it; lines are joined by blanks.
    pub text: String,
    /// The line it begins on, from 1.
    pub line: u32,
}

impl CopyrightLine {
    /// Returns the years and ranges of years, as written; empty where there are none.
    pub fn years(&self) -> &str {
        split(&self.text).0
    }

    /// Returns who is named: what is left beside the words, signs and years.
    pub fn holder(&self) -> &str {
        split(&self.text).1
    }
}

/// A year, a list or a range of years.
static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    let dash = "[-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}~]";
    let year = r"(?:19|20)\d\d";
    let end = format!(r"(?:{year}|\d\d\b|(?i:present|now|today|current|date)\b)");
    let range = format!(r"\b{year}(?:\s*(?:{dash}{{1,3}}|\.\.|/|(?i:to)\b)\s*{end})?");
    let pattern = format!(r"{range}(?:(?:\s*(?:[,;&+/]|(?i:and)\b)\s*(?:{range}|\d\d\b)|\s+{range}))*");
    Regex::new(&pattern).expect("the pattern is constant and a test uses it")
});

/// What is no part of a name: addresses, and words that reserve rights.
static BESIDE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"(?i)<[^<>]*>|\([^()]*(?:@|://|www\.| at )[^()]*\)|\[[^\[\]]*(?:@|://)[^\[\]]*\]",
        r"|(?:mailto:)?[\w.+-]+(?:@|\s*\(at\)\s*|\s+at\s+[\w-]+\s+dot\s+)[\w.-]*|\b(?:https?|ftp)://\S+|\bwww\.\S+|\S+@\S+",
        r"|\ball rights? reserved\b|\bsome rights reserved\b|&lt;|&gt;|&amp;",
    );
    Regex::new(pattern).expect("the pattern is constant and a test uses it")
});

/// Returns the form under which two spellings of one notice are equal: years as sorted spans, then the
/// holder. Tags, `Copyright`, `(c)`, `©`, `by`, a leading `the`, addresses, `All rights reserved` and
/// punctuation are dropped, blanks collapsed, case folded.
pub fn normalised_copyright(line: &str) -> String {
    let (years, holder) = split(line);
    let mut words: Vec<String> = spans(years)
        .into_iter()
        .map(|(from, to)| match to {
            Some(to) if to == from => from.to_string(),
            Some(to) => format!("{from}-{to}"),
            None => format!("{from}-"),
        })
        .collect();
    let holder = normalised_name(holder);
    words.extend((!holder.is_empty()).then_some(holder));
    words.join(" ")
}

/// Returns the form under which two spellings of one name are equal.
fn normalised_name(holder: &str) -> String {
    let kept: String = BESIDE
        .replace_all(holder, " ")
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '\'' | '\u{2019}'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let words = &words[words.iter().take_while(|word| **word == "the").count()..];
    // A notice that is nothing but an address is known by it.
    if words.is_empty() {
        let address: String = holder.to_lowercase();
        return address
            .split(|c: char| !(c.is_alphanumeric() || "@.+-_".contains(c)))
            .collect::<Vec<_>>()
            .join(" ")
            .trim()
            .to_owned();
    }
    words.join(" ")
}

/// Returns the form under which two spellings of the holder that a notice names are equal.
pub fn normalised_holder(notice: &str) -> String {
    normalised_name(split(notice).1)
}

/// Returns the first year a notice names, if any.
pub fn first_year(notice: &str) -> Option<u16> {
    spans(split(notice).0).first().map(|(from, _)| *from)
}

/// Reads years into spans, sorted and joined where they touch; an end that stays open is none.
fn spans(years: &str) -> Vec<(u16, Option<u16>)> {
    let mut spans: Vec<(u16, Option<u16>)> = Vec::new();
    let mut joins = false;
    let mut digits = String::new();
    let lower = years.to_lowercase();
    let mut chars = lower.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() {
            digits.push(c);
            if chars.peek().is_some_and(char::is_ascii_digit) {
                continue;
            }
            let number: u16 = digits.parse().unwrap_or_default();
            let is_short = digits.len() <= 2;
            digits.clear();
            match spans.last_mut() {
                Some((from, to)) if joins || is_short => {
                    let year = if is_short { *from / 100 * 100 + number } else { number };
                    if joins {
                        *to = Some(year.max(*from));
                    } else {
                        spans.push((year, Some(year)));
                    }
                }
                _ if !is_short => spans.push((number, Some(number))),
                _ => {}
            }
            joins = false;
        } else if c.is_alphabetic() {
            let mut word = c.to_string();
            while let Some(next) = chars.next_if(|c| c.is_alphabetic()) {
                word.push(next);
            }
            if word == "to" {
                joins = true;
            } else if word != "and"
                && let Some((_, to)) = spans.last_mut()
            {
                *to = None;
            }
        } else if matches!(c, ',' | ';' | '&' | '+') {
            joins = false;
        } else if !c.is_whitespace() {
            joins = true;
        }
    }
    spans.sort_unstable_by_key(|(from, to)| (*from, to.is_none(), *to));
    let mut joined: Vec<(u16, Option<u16>)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some((_, end)) if end.is_none_or(|end| from <= end.saturating_add(1)) => {
                *end = match (*end, to) {
                    (Some(end), Some(to)) => Some(end.max(to)),
                    _ => None,
                };
            }
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// Splits a notice into years and holder, wherever in it the years stand.
fn split(line: &str) -> (&str, &str) {
    let rest = without_words(line).trim_end();
    let Some(years) = YEAR.find(rest) else { return ("", rest) };
    let (before, after) = (rest[..years.start()].trim(), rest[years.end()..].trim_start_matches(trims));
    // A name may begin with a digit (`3Com`).
    let is_front = before.is_empty() || !before.contains(char::is_alphanumeric) || is_month(before);
    if is_front {
        return (years.as_str(), without_words(after).trim_end());
    }
    let is_end = !BESIDE.replace_all(after, "").contains(char::is_alphanumeric);
    if is_end {
        let mut holder = before.trim_end_matches(['(', '[', '<']).trim_end_matches(trims);
        // `Jane Doe (c) 2019`.
        for sign in ["(c", "(C", "\u{a9}", "&copy"] {
            holder = holder.strip_suffix(sign).unwrap_or(holder).trim_end_matches(trims);
        }
        return (years.as_str(), holder);
    }
    ("", rest)
}

fn trims(c: char) -> bool {
    c.is_whitespace() || ",;.:-\u{2013}\u{2014})]".contains(c)
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    word.len() <= 9 && MONTHS.iter().any(|month| word.starts_with(month)) && !word.contains(' ')
}

/// Takes the words off that only say that a notice follows.
fn without_words(text: &str) -> &str {
    // REUSE-IgnoreStart
    const WORDS: [&str; 21] = [
        "SPDX-FileCopyrightText:",
        "SPDX-SnippetCopyrightText:",
        "portions of this file ",
        "portions ",
        "parts ",
        "copyrights",
        "copyright",
        "copyr.",
        "copr.",
        "or copr.",
        "(c)opyright",
        "(c)",
        "\\u00a9",
        "\u{a9}",
        "&copy;",
        "&#169;",
        "by ",
        "by:",
        "are ",
        "is ",
        ":",
    ];
    // REUSE-IgnoreEnd
    let mut text = text.trim_start();
    let mut seen_any = false;
    loop {
        let word = WORDS.iter().find_map(|word| {
            let head = text.get(..word.len())?;
            let is_same = head.eq_ignore_ascii_case(word);
            // `are` and `is` only stand between others.
            (is_same && (seen_any || !matches!(*word, "are " | "is "))).then(|| &text[word.len()..])
        });
        match word {
            Some(rest) => text = rest.trim_start(),
            None if seen_any && text.starts_with(['-', ',', '.', '\u{2013}']) => {
                text = text[text.chars().next().map_or(0, char::len_utf8)..].trim_start();
            }
            None => return text,
        }
        seen_any = true;
    }
}
