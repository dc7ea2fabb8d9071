// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What was found one by one, put together: exceptions, choices, things said twice.

use std::collections::BTreeSet;

use crate::domain::LicenseName;

use super::super::gnu;
use super::super::text::FullText;
use super::super::words::Words;
use super::{How, NICKNAME, NO_VERSION, Raw, VAGUE};

/// Joins an exception to the license it is an exception from: the nearest of the GNU family.
pub(super) fn with_exceptions(found: Vec<Raw>) -> Vec<Raw> {
    let is_exception =
        |raw: &Raw| !raw.ids.is_empty() && raw.ids.iter().all(|id| spdx::exception_id(id).is_some());
    // The exceptions to the Apache license name it.
    let fits = |id: &str, exception: &str| {
        if matches!(exception, "LLVM-exception" | "Swift-exception") {
            id == "Apache-2.0"
        } else {
            family(id).is_some()
        }
    };
    let (exceptions, mut licenses): (Vec<Raw>, Vec<Raw>) = found.into_iter().partition(is_exception);
    let mut seen = BTreeSet::new();
    for exception in exceptions {
        if !seen.insert(exception.ids.clone()) {
            continue;
        }
        let distance =
            |raw: &Raw| (is_unversioned(raw), raw.how == How::Text, raw.start.abs_diff(exception.start));
        let bases = licenses
            .iter_mut()
            .filter(|raw| !raw.ids.is_empty() && raw.ids.iter().all(|id| fits(id, &exception.ids[0])));
        // A second exception is from the same license.
        let best = bases.min_by_key(|raw| (raw.ids[0].contains("WITH"), distance(raw)));
        if let Some(base) = best {
            let bare = |id: &String| id.split(" WITH ").next().unwrap_or_default().to_owned();
            let with = base.ids.iter().map(|id| format!("{} WITH {}", bare(id), exception.ids[0]));
            let mut joined = Raw { ids: with.collect(), ..base.clone() };
            joined.end = joined.end.max(exception.end);
            joined.note = joined.note.or(exception.note);
            joined.score = joined.score.min(exception.score);
            if base.ids[0].contains("WITH") {
                licenses.push(joined);
            } else {
                *base = joined;
            }
        }
    }
    licenses
}

/// Joins what is explicitly offered as a choice.
pub(super) fn choices(words: &Words, found: Vec<Raw>) -> Vec<Raw> {
    let mut joined: Vec<Raw> = Vec::new();
    for raw in found {
        if let Some(last) = joined.last_mut()
            && (raw.start >= last.end || last.how == How::Text)
            && offers_choice(words, last, &raw)
        {
            *last = either(last, &raw);
            continue;
        }
        joined.push(raw);
    }
    joined
}

/// Joins two that are a choice. Where one lacks its version, the other may be chosen all the same.
fn either(last: &Raw, next: &Raw) -> Raw {
    let (start, end) = (last.start, last.end.max(next.end));
    let (clear, vague) = if next.score > last.score { (next, last) } else { (last, next) };
    if vague.score <= VAGUE && clear.score > VAGUE {
        let note = format!("offered as a choice with {}, of which {NO_VERSION}", vague.ids.join(" or "));
        return Raw { start, end, note: Some(note), ..clear.clone() };
    }
    Raw {
        ids: last.ids.iter().chain(&next.ids).cloned().collect(),
        start,
        end,
        how: last.how.min(next.how),
        score: vague.score,
        note: last.note.clone().or_else(|| next.note.clone()),
    }
}

/// How far from a notice the text stands that it offers instead, in lines.
const NEAR_LINES: u32 = 12;

/// Returns the text known word for word that a notice offers as a choice with what it names: the one above
/// it (`Alternatively, …`) or the one below (`… or the following license`).
pub(super) fn text_of_choice<'k>(raw: &Raw, words: &Words, known: &'k [FullText]) -> Option<&'k LicenseName> {
    let (first, last) = (words.line(raw.start), words.line(raw.end.saturating_sub(1)));
    let is_near = |above: u32, below: u32| above <= below && below - above <= NEAR_LINES;
    let text = if is_alternative(words, raw) {
        known.iter().rev().find(|text| is_near(text.last_line, first))
    } else {
        let below = known.iter().find(|text| is_near(last, text.first_line));
        let ahead = |text: &&FullText| {
            let ahead = raw.end..raw.end + WORDS_TO_TEXT;
            ahead.take_while(|at| words.line(*at) < text.first_line).last().unwrap_or(raw.end)
        };
        below.filter(|text| offers_text_below(words, raw, ahead(text) + 1))
    };
    match text?.ids.as_slice() {
        [id] if !raw.ids.iter().any(|named| named == id.as_str()) => Some(id),
        _ => None,
    }
}

/// How many words there may be between a notice and the words that lead to the text below it.
const WORDS_TO_TEXT: usize = 30;

/// No notice that names an alternative at its end is longer than this, in words.
const LONG_NOTICE: usize = 160;

/// The longest address that may stand between two that are a choice, with what leads to it, in words.
const WORDS_OF_ADDRESS: usize = 18;

/// Whether what is named is offered instead of something above.
fn is_alternative(words: &Words, raw: &Raw) -> bool {
    (raw.start.saturating_sub(24)..raw.start)
        .any(|at| matches!(words.at(at), "alternatively" | "alternately"))
}

/// Whether the words behind what is named offer a text below instead.
fn offers_text_below(words: &Words, raw: &Raw, to: usize) -> bool {
    (raw.end..to).filter(|at| words.at(*at) == "or").any(|or| {
        (or + 1..to.min(or + 9)).any(|at| matches!(words.at(at), "below" | "following" | "alternatively"))
    })
}

fn offers_choice(words: &Words, last: &Raw, next: &Raw) -> bool {
    // What is given under a condition is no free choice: `or CC0 if mentioned below`.
    if last.ids.is_empty() || matches!(words.at(next.end), "if" | "where" | "when") {
        return false;
    }
    if next.how == How::Text {
        return last.how != How::Text
            && !next.ids.is_empty()
            && next.start < last.end + 2 * WORDS_TO_TEXT
            && offers_text_below(words, last, next.start);
    }
    if last.how == How::Text {
        return next.start < last.end + 40 && is_alternative(words, next);
    }
    let between: Vec<&str> = (last.end..next.start).map(|at| words.at(at)).collect();
    let before: Vec<&str> = (last.start.saturating_sub(12)..last.start).map(|at| words.at(at)).collect();
    let links = between.iter().filter(|word| {
        !matches!(
            **word,
            "the"
                | "terms"
                | "of"
                | "under"
                | "a"
                | "license"
                | "gnu"
                | "gpl"
                | "lgpl"
                | "mpl"
                | "cddl"
                | "agpl"
                | "at"
                | "your"
                | "option"
                | "as"
                | "published"
                | "by"
                | "free"
                | "software"
                | "foundation"
                | "http"
                | "www"
                | "org"
                | "licenses"
                | "creativecommons"
                | "opensource"
        )
    });
    // `X, which is available at http://…, or Y`
    let is_address_between = between.contains(&"http")
        && between.len() <= WORDS_OF_ADDRESS
        && matches!(between.as_slice(), [.., "or"] | [.., "or", "the"]);
    if is_address_between {
        return true;
    }
    let links: Vec<&&str> = links.collect();
    if links.first().is_some_and(|word| **word == "or") && links.len() <= 3 {
        return true;
    }
    if between.len() < LONG_NOTICE && is_alternative(words, next) && next.start - last.end >= 3 {
        return true;
    }
    let is_choice = before
        .iter()
        .any(|word| matches!(*word, "dual" | "dually" | "either" | "choice" | "choose" | "triple"));
    is_choice && between.len() <= 8
}

/// The family of a GNU license.
fn family(id: &str) -> Option<&str> {
    ["GPL-", "LGPL-", "AGPL-", "GFDL-"].into_iter().find(|start| id.starts_with(start))
}

/// Whether a license is named without its version.
fn is_unversioned(raw: &Raw) -> bool {
    raw.note.as_deref().is_some_and(|note| note.starts_with("no version"))
}

fn is_any_version(id: &str) -> bool {
    matches!(
        id,
        "GPL-1.0-or-later"
            | "LGPL-2.0-or-later"
            | "LGPL-2.1-or-later"
            | "AGPL-3.0-or-later"
            | "GFDL-1.1-or-later"
    )
}

/// Whether what is granted without a version stands so far from all that has one, in lines, that it is
/// about another part.
fn is_apart(words: &Words, raw: &Raw, found: &[Raw]) -> bool {
    const FAR: u32 = 100;
    let line = words.line(raw.start);
    let is_same =
        |other: &&Raw| other.ids.iter().any(|id| family(id) == raw.ids.first().and_then(|id| family(id)));
    raw.how == How::Grant
        && raw.score > gnu::BOILERPLATE
        && found.iter().filter(|other| !is_unversioned(other)).filter(is_same).all(|other| {
            let (first, last) = (words.line(other.start), words.line(other.end.saturating_sub(1)));
            last + FAR < line || line + FAR < first
        })
}

/// Keeps each thing once, and drops the name of a license where its version is told elsewhere.
pub(super) fn without_repeats(words: &Words, found: &[Raw]) -> Vec<Raw> {
    let unversioned = is_unversioned;
    let versioned: BTreeSet<&str> = found
        .iter()
        .filter(|raw| !unversioned(raw))
        .flat_map(|raw| &raw.ids)
        .filter_map(|id| family(id))
        .collect();
    let mut kept: Vec<Raw> = Vec::new();
    for raw in found {
        if raw.ids.is_empty() {
            kept.push(raw.clone());
            continue;
        }
        // `BSD license` is what people call the text beside it.
        let told_by_text = |kinds: &[&str]| {
            let is_kind = |id: &String| kinds.iter().any(|kind| id.starts_with(kind));
            found.iter().any(|other| other.how == How::Text && other.ids.iter().any(is_kind))
        };
        // A version is told elsewhere.
        let name = |id: &str| id.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default().to_owned();
        let lacks_version = raw.note.as_deref() == Some(NO_VERSION)
            || (raw.how != How::Text && raw.score < 1.0 && raw.ids == ["Artistic-1.0-Perl"]);
        let names_it =
            |other: &Raw| other.score > raw.score && other.ids.iter().any(|id| name(id) == name(&raw.ids[0]));
        let clear: Vec<&Raw> = found.iter().filter(|other| lacks_version && names_it(other)).collect();
        // It stands where the choice is offered; its version is told by an address below.
        let meant = match clear.as_slice() {
            [] => None,
            [one, others @ ..] if others.iter().all(|other| other.ids == one.ids) => {
                Some(Raw { start: raw.start, end: raw.end, how: raw.how, ..(*one).clone() })
            }
            _ => continue,
        };
        let raw = meant.as_ref().unwrap_or(raw);
        let is_beside = raw.how != How::Text
            && raw.score <= NICKNAME
            && match raw.ids.as_slice() {
                [id] if id == "BSD-3-Clause" => told_by_text(&["BSD-", "Linux-OpenIB"]),
                [id] if id == "PSF-2.0" => told_by_text(&["Python-2.0"]),
                [id] if id == "MIT" => told_by_text(&["MIT", "X11", "HPND"]),
                _ => false,
            };
        if is_beside {
            continue;
        }
        let is_told =
            raw.ids.iter().all(|id| is_any_version(id) && family(id).is_some_and(|f| versioned.contains(f)))
                && !is_apart(words, raw, found);
        // A link to a text does not say `only`.
        let later = |id: &String| {
            id.strip_suffix("-only").is_some_and(|base| {
                found.iter().any(|other| {
                    other.how != How::Text
                        && !unversioned(other)
                        && other.ids.iter().any(|id| id.strip_suffix("-or-later") == Some(base))
                })
            })
        };
        let says_less =
            raw.how != How::Text && (raw.how == How::Link || raw.note.is_some()) && raw.ids.iter().all(later);
        let is_vague = |id: &String| {
            (unversioned(raw)
                && id == "LGPL-2.0-or-later"
                && found.iter().any(|other| other.ids.iter().any(|id| id == "LGPL-2.1-or-later")))
                || raw.how != How::Text
                    && raw.score < 1.0
                    && id == "CDDL-1.0"
                    && found.iter().any(|other| other.ids.iter().any(|id| id == "CDDL-1.1"))
        };
        let goes_with = unversioned(raw)
            && raw.score <= gnu::BOILERPLATE
            && raw.ids.iter().all(|id| family(id).is_some())
            && !versioned.is_empty();
        // What is offered is named again beside it: the file with its text, an address.
        let is_offered = raw.how != How::Text
            && found.iter().any(|choice| {
                let lines = words.line(choice.start).abs_diff(words.line(raw.start));
                choice.how != How::Text
                    && choice.ids.len() > raw.ids.len()
                    && raw.ids.iter().all(|id| choice.ids.contains(id))
                    && lines <= NEAR_LINES
            });
        if is_offered {
            continue;
        }
        if says_less || goes_with || raw.ids.iter().all(is_vague) || (unversioned(raw) && is_told) {
            continue;
        }
        let names = |raw: &Raw| raw.ids.iter().cloned().collect::<BTreeSet<String>>();
        let is_text = |raw: &Raw| raw.how == How::Text;
        // A text that was changed says how, whatever is said beside it.
        let is_sure = |known: &Raw| is_text(known) == is_text(raw) || known.score.min(raw.score) > 0.5;
        match kept.iter_mut().find(|known| names(known) == names(raw) && is_sure(known)) {
            // Named first, granted later, or there with its text.
            Some(kept) if raw.how <= How::Field && kept.how > raw.how => *kept = raw.clone(),
            Some(_) => {}
            None => kept.push(raw.clone()),
        }
    }
    kept.sort_by_key(|raw| raw.start);
    kept
}
