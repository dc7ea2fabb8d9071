// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What stands beside a license text and says more than it: a text that is there word for word means
//! something else once a sentence takes part of it back.

use std::sync::LazyLock;

use regex::Regex;

use super::encoding::lossy;
use super::text::is_copyright_line;
use super::{FullText, TermsLine};

/// What takes something back or asks for more.
static ADDS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"(?i)\b(?:(?:may|must|shall|can) not|cannot) (?:be |knowingly |also )?(?:us|sell|sold|resell|resold|distribut|redistribut|modif",
        r"|cop[yi]|reproduc|publish|incorporat|includ|sublicens|deriv|disclos|remov|transfer|charg|rent|employ|export|train)",
        r"|\bnot (?:permitted|allowed|for)\b|\bprohibit|\bforbid|\bnon-?commercial|\bcommercial use",
        r"|\b(?:grant|granted|permission|permitted|right|rights|license|licensed)\b.{0,60}\bexcept\b|\bexcluding\b",
        r"|\badditional (?:terms|conditions?|restrictions?)\b|\bfollowing (?:additional )?restrictions?\b|\bonly (?:for|if)\b",
        r"|\b(?:personal|academic|educational|research|evaluation|internal|private)(?: use| purposes?)? only\b|\bfield of use\b",
        r"|\b(?:commercial|paid|separate) licen[cs]e (?:is |must )",
    );
    Regex::new(pattern).expect("the pattern is constant and a test uses it")
});

/// What is so many lines from the text is next to it.
const NEAR: u32 = 2;

/// More lines than these are not looked at.
const MAX_LINES: usize = 4000;

/// The longest text that is kept, in characters.
const MAX_TEXT: usize = 120;

/// Returns the first line beside the one text of a file that adds a term to it. Nothing where there are
/// several texts, or none.
pub(super) fn added(text: &[u8], texts: &[FullText], is_license_document: bool) -> Option<TermsLine> {
    let (first, others) = texts.split_first()?;
    if others.iter().any(|other| other.ids != first.ids) {
        return None;
    }
    let known = |id: &crate::domain::LicenseName| spdx::license_id(id.as_str()).map(|id| squeezed(id.text()));
    let canonical = first.ids.iter().find_map(known).unwrap_or_default();
    let text = lossy(text);
    let is_inside = |number: u32| texts.iter().any(|t| (t.first_line..=t.last_line).contains(&number));
    // An appendix is known too.
    let is_other = |line: &str| {
        let line = squeezed(line);
        !line.is_empty() && !canonical.contains(&line)
    };
    let lines: Vec<(&str, u32)> = text.lines().zip(1..).take(MAX_LINES).collect();
    // In a file that is more than a license: next to the text, or with nothing between.
    let is_blank = |number: u32| {
        let line = lines.get(number as usize - 1).map_or("", |(line, _)| *line);
        !line.contains(char::is_alphanumeric)
    };
    let is_near = |number: u32| {
        let is_next = |from: u32, to: u32| to.saturating_sub(from) <= NEAR || (from + 1..to).all(is_blank);
        is_license_document
            || texts.iter().any(|t| is_next(number, t.first_line) && is_next(t.last_line, number))
    };
    lines.iter().enumerate().find_map(|(at, (line, number))| {
        if is_inside(*number) || !is_near(*number) || is_copyright_line(line) || !is_other(line) {
            return None;
        }
        // A sentence may be broken before its "not".
        let next = lines.get(at + 1).filter(|(next, number)| !is_inside(*number) && is_other(next));
        let joined = format!(
            "{} {}",
            line.trim(),
            next.map_or("", |(next, _)| next.trim_start_matches([' ', '*', '#', '/']))
        );
        let found = ADDS.find(&joined).filter(|found| found.start() < line.trim().len())?;
        // The header that goes with Apache-2.0 says what the license says.
        if joined[found.start()..].contains("in compliance with the License") {
            return None;
        }
        let shown = if found.end() > line.trim().len() { joined.as_str() } else { line.trim() };
        let shown = shown.trim_start_matches(|c: char| !c.is_alphanumeric());
        Some(TermsLine { line: *number, text: shown.chars().take(MAX_TEXT).collect() })
    })
}

/// Returns the words of a text, each between blanks.
fn squeezed(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { String::new() } else { format!(" {} ", words.join(" ")) }
}
