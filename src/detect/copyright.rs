// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Copyright notices: kept as written, compared by what they say.

use unicode_normalization::UnicodeNormalization as _;

/// One copyright notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyrightLine {
    /// The notice as written, without the SPDX tag and the comment around it.
    pub text: String,
    /// The line it stands on, from 1.
    pub line: u32,
}

impl CopyrightLine {
    /// Returns the years and ranges of years in front of the holder, as written; empty where there
    /// are none.
    pub fn years(&self) -> &str {
        split(&self.text).0
    }

    /// Returns who is named: what is left behind the words, signs and years in front.
    pub fn holder(&self) -> &str {
        split(&self.text).1
    }
}

/// Returns the form under which two spellings of one notice are equal: tags, `Copyright`, `(c)`, `©`,
/// `by` and punctuation dropped, blanks collapsed, case folded, holder and years kept.
pub fn normalised_copyright(line: &str) -> String {
    let (years, holder) = split(line);
    let kept: String = format!("{years} {holder}")
        .nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() || c == '@' { c } else { ' ' })
        .collect();
    let mut words: Vec<&str> = kept.split_whitespace().collect();
    if words.ends_with(&["all", "rights", "reserved"]) {
        words.truncate(words.len() - 3);
    }
    words.join(" ")
}

/// Splits a notice into years and holder.
fn split(line: &str) -> (&str, &str) {
    let rest = without_words(line);
    let end = rest
        .char_indices()
        .find(|(_, c)| {
            !(c.is_ascii_digit() || c.is_whitespace() || matches!(c, ',' | '-' | '\u{2013}' | ';'))
        })
        .map_or(rest.len(), |(at, _)| at);
    // A name may begin with a digit (`3Com`): years end at a blank or a comma.
    let end = match rest[end..].chars().next() {
        Some(c) if c.is_alphanumeric() => {
            rest[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1)
        }
        _ => end,
    };
    let end = if rest.is_char_boundary(end) { end } else { 0 };
    let years = rest[..end].trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-'));
    (years, without_words(rest[end..].trim_start_matches(['.', ','])).trim_end())
}

/// Takes the words off that only say that a notice follows.
fn without_words(text: &str) -> &str {
    // REUSE-IgnoreStart
    const WORDS: [&str; 8] = [
        "SPDX-FileCopyrightText:",
        "SPDX-SnippetCopyrightText:",
        "copyright",
        "(c)",
        "\u{a9}",
        "&copy;",
        "by ",
        ":",
    ];
    // REUSE-IgnoreEnd
    let mut text = text.trim_start();
    while let Some(rest) = WORDS.iter().find_map(|word| {
        let head = text.get(..word.len())?;
        head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
    }) {
        text = rest.trim_start();
    }
    text
}
