// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What was found one by one, put together: exceptions, choices, things said twice.

use std::collections::BTreeSet;

use super::super::gnu;
use super::super::words::Words;
use super::{How, NICKNAME, NO_VERSION, Raw};

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
            last.end = last.end.max(raw.end);
            last.ids.extend(raw.ids);
            last.score = last.score.min(raw.score);
            last.how = last.how.min(raw.how);
            continue;
        }
        joined.push(raw);
    }
    joined
}

fn offers_choice(words: &Words, last: &Raw, next: &Raw) -> bool {
    if next.how == How::Text || last.ids.is_empty() {
        return false;
    }
    let says_so = |at: usize| matches!(words.at(at), "alternatively" | "alternately");
    if last.how == How::Text {
        return next.start < last.end + 40 && (next.start.saturating_sub(24)..next.start).any(says_so);
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
        )
    });
    let links: Vec<&&str> = links.collect();
    if links.first().is_some_and(|word| **word == "or") && links.len() <= 3 {
        return true;
    }
    if between.len() < 60 && between.contains(&"alternatively") {
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

/// Keeps each thing once, and drops the name of a license where its version is told elsewhere.
pub(super) fn without_repeats(found: &[Raw]) -> Vec<Raw> {
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
        if lacks_version && found.iter().any(names_it) {
            continue;
        }
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
            raw.ids.iter().all(|id| is_any_version(id) && family(id).is_some_and(|f| versioned.contains(f)));
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
        let goes_with = unversioned(raw) && raw.score <= gnu::BOILERPLATE && !versioned.is_empty();
        if says_less || goes_with || raw.ids.iter().all(is_vague) || (unversioned(raw) && is_told) {
            continue;
        }
        match kept.iter_mut().find(|kept| kept.ids == raw.ids) {
            // Named first, granted later.
            Some(kept) if raw.how == How::Grant && kept.how > How::Grant => *kept = raw.clone(),
            Some(_) => {}
            None => kept.push(raw.clone()),
        }
    }
    kept.sort_by_key(|raw| raw.start);
    kept
}
