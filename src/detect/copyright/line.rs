// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Where a line has a copyright notice, and where the notice goes on.
//!
//! The word alone is no notice: license texts, manuals and programs speak of "the copyright holder". A
//! sign or a year behind it makes one, or a name where the word stands in front.

use std::sync::LazyLock;

use regex::Regex;

use super::{YEAR, without_words};

/// A notice in one line.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Found {
    /// As written, without the comment around it.
    pub(in super::super) text: String,
    /// Where in the line it starts.
    pub(in super::super) start: usize,
    /// Whether the next line may go on with it: it lacks its holder, or ends with a comma.
    pub(in super::super) is_open: bool,
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant and a test uses it")
}

/// What a notice may begin with.
static START: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)(?:\b(?:portions|parts|some parts|modifications)\s+(?:of this (?:file|code|software)\s+)?(?:(?:are|is)\s+)?)?",
        r"(?P<mark>\bcopyrights?\b|\bcopyrights?(?:19|20)\d\d|\bcopy?r\.|\(c\)opyright|\u{a9}|&copy;|&#169;|\(c\))",
    ))
});

/// Where a notice ends amid a line: another sentence, or what closes a text in a program.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?:[.;,]|\s-)?\s+(?:(?:is |are )?(?i:licensed|released|distributed|published|redistributed)\s+(?i:under|by|with|for|as)\b",
        r"|(?:This|These) (?:program|software|file|library|code|work|document|is|source)\b|Permission (?:is|to)\b",
        r"|Use of this\b|Redistribution and\b|You (?:may|can)\b|The above\b|See (?:the|file|LICENSE|COPYING|http)\b",
        r"|For (?:license|licensing|conditions|terms)\b|Subject to\b|Under the terms\b)",
    ))
});

/// The tags of HTML and DocBook, which are no part of a name.
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)</?(?:a|abbr|address|b|bdo|big|body|br|center|cite|code|dd|div|dl|dt|em|emphasis|font|footer|h[1-6]|hr|html",
        r"|holder|i|img|li|link|ol|p|para|pre|s|small|span|strong|sub|sup|table|td|th|title|tr|tt|u|ul|ulink|year)(?:\s[^<>]*)?/?>",
    ))
});

/// Words behind "copyright" that make a sentence of it.
const PROSE: [&str; 93] = [
    "act",
    "agent",
    "agreement",
    "all",
    "and",
    "applies",
    "as",
    "assigned",
    "assignee",
    "assignment",
    "at",
    "belongs",
    "claim",
    "claims",
    "clause",
    "date",
    "dates",
    "directive",
    "disclaimer",
    "disclaimers",
    "file",
    "for",
    "from",
    "has",
    "header",
    "headers",
    "holder",
    "holders",
    "if",
    "in",
    "info",
    "information",
    "infringement",
    "infringements",
    "interest",
    "is",
    "issue",
    "issues",
    "it",
    "law",
    "laws",
    "legend",
    "license",
    "licenses",
    "line",
    "lines",
    "management",
    "mark",
    "material",
    "message",
    "notice",
    "notices",
    "notification",
    "of",
    "office",
    "on",
    "or",
    "owner",
    "owners",
    "ownership",
    "policy",
    "protected",
    "protection",
    "registration",
    "resides",
    "restrictions",
    "right",
    "rights",
    "sign",
    "statement",
    "statements",
    "status",
    "string",
    "symbol",
    "tag",
    "tags",
    "terms",
    "text",
    "texts",
    "that",
    "the",
    "this",
    "to",
    "treaty",
    "under",
    "violation",
    "was",
    "where",
    "which",
    "will",
    "with",
    "year",
    "years",
];

/// What only holds the place of a holder, in lowercase.
const PLACEHOLDERS: [&str; 10] = [
    "yyyy",
    "20xx",
    "19xx",
    "19yy",
    "20yy",
    "your name",
    "your company",
    "year, name",
    "fullname",
    "name of ",
];

/// How much in front of the word is looked at, in characters.
const MAX_BEFORE: usize = 40;

/// More words than these behind the mere word are a sentence.
const MAX_WORDS: usize = 8;

/// Returns the notice in a line, if there is one. `line` has no SPDX tag.
pub(in super::super) fn in_line(line: &str) -> Option<Found> {
    let named = START.captures_iter(line);
    named.into_iter().find_map(|captures| {
        let (whole, mark) = (captures.get(0)?, captures.name("mark")?);
        let rest = &line[mark.start()..];
        let before = &line[..whole.start()];
        // Further in front nothing matters, and a long line may have the word often.
        let near = before.char_indices().rev().nth(MAX_BEFORE).map_or(0, |(at, _)| at);
        if !is_notice(&before[near..], mark.as_str(), rest) {
            return None;
        }
        let (text, is_closed) = until_end(before, &line[whole.start()..]);
        let text = MARKUP.replace_all(text, "");
        let text = text.trim_end_matches(|c: char| c.is_whitespace() || "*#\\;|".contains(c));
        let (years, holder) = super::split(text);
        if is_placeholder(holder)
            || (!years.is_empty() && is_prose(holder) && !names_a_group(holder) && !names_a_name(holder))
            || (years.is_empty() && !super::normalised_name(holder).contains(char::is_alphabetic))
        {
            // A sign alone may stand in front of what the next line has.
            let is_bare =
                holder.is_empty() && !is_closed && before_is_comment(before) && mark.as_str().len() > 3;
            return is_bare.then(|| Found { text: text.to_owned(), start: whole.start(), is_open: true });
        }
        let name = content(before).trim_end();
        if holder.is_empty() && !mark.as_str().to_lowercase().contains("cop") && is_name_in_front(name) {
            // `Ann Ito (c) 2003`: who it is stands in front.
            let start = whole.start() - before.trim_start().len().min(whole.start());
            return Some(Found { text: format!("{name} {text}"), start, is_open: false });
        }
        let ends = text.to_lowercase();
        let is_open = !is_closed
            && (holder.is_empty()
                || ends.ends_with([',', '&'])
                || [" and", " by", " the", " of", " for"].iter().any(|word| ends.ends_with(word)));
        Some(Found { text: text.to_owned(), start: whole.start(), is_open })
    })
}

/// Whether what stands before is only the sign of a comment.
fn before_is_comment(before: &str) -> bool {
    let word = before.trim_matches(|c: char| !c.is_alphanumeric());
    // Comments of m4, BASIC, Fortran; items and headings of manuals.
    word.is_empty()
        || ["dnl", "rem", "c", "b", "co", "td", "p", "br", "n", "t", "h1", "h2", "li", "span", "div", "small"]
            .contains(&word.to_lowercase().as_str())
}

/// Whether what stands before a sign and a year is a name, with or without an address.
fn is_name_in_front(text: &str) -> bool {
    let name = super::BESIDE.replace_all(text, "");
    let words = name.split_whitespace().count();
    (1..=6).contains(&words)
        && name.starts_with(char::is_uppercase)
        && !name.contains(['=', ':', '(', '_'])
        && !name.contains(|c: char| c.is_ascii_digit())
}

fn is_notice(before: &str, mark: &str, rest: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '>' | '/' | '\\');
    let is_behind_another = before.ends_with(['>']) || before.ends_with("\\n") || before.ends_with("\\t");
    if before.ends_with(joins) && mark != "\u{a9}" && !mark.starts_with('&') && !is_behind_another {
        return false;
    }
    let behind = without_words(rest);
    let lead = rest[..rest.len() - behind.len()].to_lowercase();
    let is_word = mark.to_lowercase().contains("cop") && !mark.starts_with('&');
    let has_sign =
        lead.contains("(c)") || lead.contains('\u{a9}') || lead.contains("&copy;") || lead.contains("&#169;");
    let names_by = lead.ends_with("by ") || lead.ends_with("by");
    if YEAR.find(behind).is_some_and(|year| year.start() == 0) {
        return true;
    }
    let word: String = behind.chars().take_while(|c| c.is_alphanumeric()).collect();
    let lower = word.to_lowercase();
    let is_prose = is_prose(behind);
    let is_capital = word.starts_with(char::is_uppercase);
    let near: String = behind.chars().take(100).collect();
    let has_year = YEAR.is_match(&near);
    let is_group = lower == "the" && names_a_group(&near);
    if word.is_empty() {
        // A holder in brackets or quotes, or on the next line.
        return is_word && has_sign;
    }
    let is_named = is_group || (lower == "the" && names_a_name(behind));
    if is_word && has_sign {
        return !is_prose || is_named;
    }
    let starts = before_is_comment(before);
    if is_word {
        let is_written_large = mark.starts_with('C');
        let is_about = [" is", " are", " and", ",", " portions"]
            .iter()
            .any(|w| before.to_lowercase().trim_end().ends_with(w));
        let is_place = starts || is_about;
        let is_shouted = mark.chars().all(|c| !c.is_lowercase());
        let is_short = near.split_whitespace().count() <= MAX_WORDS;
        let is_clear = is_written_large && !is_shouted && is_place && is_short;
        return (is_group && (is_written_large || starts))
            || (!is_prose && is_capital && has_year && (is_place || is_written_large))
            || (!is_prose && (is_capital || (starts && names_a_group(&near))) && is_clear)
            || (names_by && is_capital && is_place)
            || (is_named && is_clear && starts);
    }
    if matches!(mark, "(c)" | "(C)") {
        return starts && !is_prose && is_capital && (has_year || names_by);
    }
    is_named || (!is_prose && (is_capital || has_year))
}

/// Whether the first word is one of a sentence about copyright.
fn is_prose(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    PROSE.contains(&word.as_str())
}

/// Whether a group is named: "the Go Authors".
fn names_a_group(text: &str) -> bool {
    const GROUPS: [&str; 6] = ["authors", "contributors", "developers", "project", "team", "foundation"];
    let mut words = text.split(|c: char| c.is_whitespace() || ",.;".contains(c)).skip(1);
    words.by_ref().take(6).any(|word| GROUPS.contains(&word.to_lowercase().as_str()))
}

/// Whether "the" is followed by a name.
fn names_a_name(text: &str) -> bool {
    let second = text.split_whitespace().nth(1).unwrap_or_default();
    let lower = second.trim_end_matches([',', '.', ';']).to_lowercase();
    second.starts_with(char::is_uppercase) && !is_prose(&lower)
}

/// Returns a notice up to where it ends in its line, and whether something ended it there.
fn until_end<'t>(before: &str, text: &'t str) -> (&'t str, bool) {
    let mut end = text.len();
    let mut is_closed = false;
    let mut cut = |at: Option<usize>| {
        if let Some(at) = at.filter(|at| *at < end) {
            end = at;
            is_closed = true;
        }
    };
    cut(text.find("*/"));
    cut(text.find("-->"));
    cut(text.find(" | "));
    cut(text.find("\\n"));
    cut(text.find("\\r"));
    for quote in ['"', '\'', '`'] {
        if before.matches(quote).count() % 2 == 1 {
            cut(text.find(quote));
        }
    }
    if before.contains('<') || text.contains("</") || text.contains("<br") {
        cut(text.find("</p").or_else(|| text.find("</div")).or_else(|| text.find("</td")));
        cut(text.find("<br"));
    }
    cut(SENTENCE.find(text).map(|found| found.start()).filter(|at| *at > 0));
    let mut shown = text[..end].trim_end();
    while let Some(shorter) = super::super::tags::without_closer(shown) {
        shown = shorter.trim_end();
        is_closed = true;
    }
    (shown, is_closed)
}

/// Whether a holder is none: a place to fill in, a pattern, code.
fn is_placeholder(holder: &str) -> bool {
    let holder = &holder.replace("&lt;", "<").replace("&gt;", ">");
    let lower = holder.to_lowercase();
    let is_code = |c: char| "{}$\\=^|%".contains(c);
    let is_place =
        PLACEHOLDERS.iter().any(|place| lower.contains(place)) || matches!(lower.as_str(), "x" | "...");
    if is_place || super::BESIDE.replace_all(holder, "").contains(is_code) {
        return true;
    }
    let inner = |open: char, close: char| {
        let (_, rest) = holder.split_once(open)?;
        Some(rest.split_once(close)?.0)
    };
    // `<ann@example.org>` is an address, `<name of author>` a place to fill in.
    let is_place = |inner: &str| {
        !inner.contains(['@', '/', '.', ':'])
            && inner.starts_with(|c: char| c.is_alphabetic())
            && !inner.contains(" at ")
    };
    inner('<', '>').is_some_and(is_place)
        || inner('[', ']').is_some_and(|inner| {
            let inner = inner.to_lowercase();
            ["year", "name", "copyright", "owner", "author", "holder"].iter().any(|word| inner.contains(word))
        })
}

/// What begins a sentence below a notice.
const OTHERS: [&str; 20] = [
    "all rights",
    "permission",
    "licensed",
    "this ",
    "redistribut",
    "the above",
    "released",
    "distributed",
    "you ",
    "see ",
    "spdx",
    "@",
    "author",
    "written",
    "use of",
    "under ",
    "it ",
    "please",
    "contact",
    "for ",
];

/// The longest a notice becomes by the lines below it, in bytes.
const MAX_JOINED: usize = 400;

/// Returns what the line below adds to an open notice. Both are whole lines, `text` is what the notice
/// has so far.
pub(in super::super) fn goes_on(first: &str, below: &str, text: &str) -> Option<String> {
    if text.len() + below.len() > MAX_JOINED || decoration(first) != decoration(below) {
        return None;
    }
    let content = content(below);
    let lower = content.to_lowercase();
    if content.is_empty() || OTHERS.iter().any(|word| lower.starts_with(word)) || START.is_match(content) {
        return None;
    }
    let lacks_holder = super::split(text).1.is_empty();
    let starts_well = content.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '<')
        || ["and ", "by ", "the ", "& "].iter().any(|word| lower.starts_with(word))
        || (lacks_holder
            && content.starts_with(char::is_alphabetic)
            && content.split_whitespace().count() <= 6);
    if !starts_well {
        return None;
    }
    let (more, _) = until_end("", content);
    let more = more.trim_end_matches(|c: char| c.is_whitespace() || "*#\\;|".contains(c));
    (!more.is_empty() && !is_placeholder(more)).then(|| more.to_owned())
}

/// Returns a line below a notice that is one itself for the place it has: years and a name.
pub(in super::super) fn listed(first: &str, below: &str) -> Option<Found> {
    if decoration(first) != decoration(below) {
        return None;
    }
    let content = content(below);
    let years = YEAR.find(content).filter(|years| years.start() == 0)?;
    let rest = content[years.end()..].trim_start_matches([',', ' ', '\t']);
    let is_name = rest.starts_with(char::is_uppercase) || rest.starts_with("by ");
    if !is_name || content.len() > 120 || START.is_match(content) {
        return None;
    }
    let (text, _) = until_end("", content);
    Some(Found { text: text.to_owned(), start: 0, is_open: false })
}

/// Returns what a comment has in front of its words: its sign, without blanks.
fn decoration(line: &str) -> String {
    let end = line.find(|c: char| c.is_alphanumeric() || "(<\u{a9}&@".contains(c)).unwrap_or(line.len());
    let signs: String = line[..end].chars().filter(|c| !c.is_whitespace()).collect();
    // The first line of a block comment has its opening sign.
    match signs.as_str() {
        "/*" | "/**" | "/***" | "(*" | "{*" | "/*!" => "*".to_owned(),
        "<!--" | "\"\"\"" | "'''" | "{" | "--[[" | "=begin" => String::new(),
        _ => signs,
    }
}

/// Returns a line without the comment's sign in front.
fn content(line: &str) -> &str {
    let line = line.trim();
    let from = line.find(|c: char| c.is_alphanumeric() || "(<\u{a9}&@\"".contains(c)).unwrap_or(line.len());
    &line[from..]
}
