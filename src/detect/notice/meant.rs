// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Whether words that name a license mean it, grant it or leave something of it open, by the words around.

use super::super::creative;
use super::super::gnu;
use super::super::phrases;
use super::super::words::{NextTo, Words};
use super::{How, NO_VERSION};

/// Returns what a phrase leaves open of the license it names.
pub(super) fn lacking(words: &Words, phrase: &phrases::Found) -> Option<&'static str> {
    if phrase.is_vague {
        let is_like = (phrase.start..phrase.end).any(|at| words.at(at) == "style");
        return Some(if is_like { "only the style of the license is named" } else { NO_VERSION });
    }
    if creative::is_ported(words, phrase) {
        return Some("ported to a country; the SPDX list has no id for that");
    }
    // Neither does the address of a text tell `only` from `or later`, nor, after the kernel's license-rules,
    // the string of a module.
    let is_bare = phrase.target.ends_with("-only") && phrase.how == How::Link;
    (is_bare || words.at(phrase.start) == "module").then_some("says neither `only` nor `or later`").or_else(
        || {
            (phrase.how >= How::Name && is_nickname(words, phrase))
                .then_some("how many clauses it has is not said")
        },
    )
}

/// Returns the words behind the name of a license that announce a change of it: `with the following
/// modification`. An exception gives more and is read elsewhere.
pub(super) fn change(words: &Words, end: usize) -> Option<String> {
    /// How far behind the name they begin, and how long they are.
    const FAR: usize = 8;
    const LONG: usize = 5;
    let is_change = |at: usize| {
        matches!(
            words.at(at),
            "modification"
                | "modifications"
                | "change"
                | "changes"
                | "amendment"
                | "amendments"
                | "restriction"
                | "restrictions"
                | "limitation"
                | "limitations"
        )
    };
    let announces = |at: &usize| {
        matches!(words.at(*at), "with" | "to") && words.at(at + 1) == "the" && words.at(at + 2) == "following"
    };
    let start = (end..end + FAR).find(announces)?;
    let last = (start + 3..start + LONG).find(|at| is_change(*at))?;
    Some(words.joined(start, last + 1, LONG))
}

/// Returns whether the words in front of a name grant the license.
pub(super) fn is_granted(words: &Words, phrase: &phrases::Found) -> bool {
    const GRANTS: [&str; 14] = [
        "licensed",
        "released",
        "distributed",
        "redistributed",
        "redistribute",
        "available",
        "provided",
        "covered",
        "governed",
        "subject",
        "terms",
        "under",
        "copied",
        "published",
    ];
    phrase.how >= How::Name
        && (phrase.start.saturating_sub(9)..phrase.start).any(|at| GRANTS.contains(&words.at(at)))
        && !gnu::is_hedged(words, phrase.start)
}

/// `BSD license` without its number of clauses.
pub(super) fn is_nickname(words: &Words, phrase: &phrases::Found) -> bool {
    let is_number = |word: &str| matches!(word, "3" | "three" | "new" | "modified" | "revised" | "eclipse");
    phrase.target == "BSD-3-Clause" && !(phrase.start..phrase.end).any(|at| is_number(words.at(at)))
}

/// Returns whether a word that may mean something else means a license here.
pub(super) fn is_meant(words: &Words, phrase: &phrases::Found) -> bool {
    const LICENSE: [&str; 8] =
        ["license", "licenses", "licensed", "licensing", "licence", "terms", "copyright", "dual"];
    const BETWEEN: [&str; 23] = [
        "same",
        "the",
        "of",
        "under",
        "a",
        "an",
        "is",
        "by",
        "terms",
        "new",
        "or",
        "and",
        "type",
        "name",
        "id",
        "following",
        "as",
        "either",
        "this",
        "software",
        "project",
        "code",
        "conditions",
    ];
    match phrase.how {
        How::Text | How::Grant | How::Field | How::Link | How::Refer => true,
        // `for Vim` on one line, `License: MIT` on the next.
        How::Name | How::Word if ends_in_label(words, phrase) => false,
        How::Name => {
            let denied = (phrase.start.saturating_sub(3)..phrase.start)
                .any(|at| matches!(words.at(at), "compatible" | "incompatible" | "unlike" | "cut"));
            !denied && !gnu::is_model(words, phrase.start) && words.at(phrase.end) != "compatible"
        }
        How::Word => {
            let is_listed = |at: usize| matches!(words.at(at - 1), "or" | "and");
            let names = |at: usize| {
                matches!(
                    words.at(at),
                    "or" | "and"
                        | "new"
                        | "bsd"
                        | "gpl"
                        | "gpl2"
                        | "gplv2"
                        | "apache"
                        | "x11"
                        | "lgpl"
                        | "modified"
                        | "the"
                        | "2.0"
                        | "style"
                        | "open"
                        | "source"
                ) || is_listed(at) && matches!(words.at(at), "psf" | "isc" | "zlib" | "mpl" | "artistic")
            };
            let mut next = phrase.end;
            while next < phrase.end + 6 && names(next) {
                next += 1;
            }
            let is_license =
                |at: usize| matches!(words.at(at), "license" | "licensed" | "licenses" | "terms");
            let behind = is_license(next) || is_license(phrase.end - 1);
            let mut at = phrase.start;
            while at > 0 && phrase.start - at < 6 && BETWEEN.contains(&words.at(at - 1)) {
                at -= 1;
            }
            // A heading may have a line below it.
            let is_next = |at: usize| {
                let reach = if words.count_on(words.line(at)) == 1 { 3 } else { 1 };
                words.line(phrase.start) <= words.line(at) + reach
            };
            let before = (at > 0 && LICENSE.contains(&words.at(at - 1)) && is_next(at - 1))
                || field(words, phrase.start).is_some();
            if matches!(words.at(phrase.end), "style" | "like") && phrase.target != "BSD-3-Clause" {
                return false;
            }
            before || (behind && phrase.end - phrase.start < 8)
        }
    }
}

/// Whether a phrase ends in the label of a field on the line below.
fn ends_in_label(words: &Words, phrase: &phrases::Found) -> bool {
    let last = phrase.end.saturating_sub(1);
    last > phrase.start && words.next_to(last).is(NextTo::LABEL) && words.line(last) > words.line(last - 1)
}

/// Returns the place of the word `License` that a list of short names stands behind, as packagers write it:
/// `License: GPLv2+ and MIT`.
fn field(words: &Words, at: usize) -> Option<usize> {
    /// Longer lists are none.
    const LONGEST: usize = 24;
    let line = words.line(at);
    let before = (at.saturating_sub(LONGEST)..at).rev().take_while(|at| words.line(*at) == line);
    before
        .map(|at| (at, words.at(at)))
        .find(|(_, word)| !is_short_name(word))
        .filter(|(_, word)| matches!(*word, "license" | "licenses"))
        .map(|(at, _)| at)
}

/// Whether a word stands in lists of short names of licenses.
fn is_short_name(word: &str) -> bool {
    const NAMES: [&str; 25] = [
        "gpl", "lgpl", "agpl", "gfdl", "mpl", "bsd", "mit", "asl", "apache", "artistic", "isc", "zlib",
        "boost", "python", "psf", "openssl", "ofl", "cc", "by", "sa", "w3c", "x11", "epl", "cddl", "ruby",
    ];
    let is_versioned =
        |rest: &str| !rest.starts_with(|c: char| c.is_alphabetic() && c != 'v') || rest.is_empty();
    matches!(word, "and" | "or" | "with" | "exceptions" | "exception" | "public" | "domain" | "clause" | "+")
        || word.starts_with(|c: char| c.is_ascii_digit())
        || NAMES.iter().any(|name| word.strip_prefix(name).is_some_and(is_versioned))
}

/// Returns whether a line begins with `License:` and what is named stands behind it.
pub(super) fn is_declared(words: &Words, at: usize) -> bool {
    field(words, at).is_some_and(|field| field == 0 || words.line(field - 1) < words.line(field))
}
