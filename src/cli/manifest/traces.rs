// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Traces of a tree's works, for its record.

use crate::config::{Config, Traces};
use crate::report::count;
use crate::scan::Scan;
use crate::trace::{Level, Marks, format, is_binary, is_minified, looks_secret};
use crate::work::{Content, Entry, Tree};

/// What became of a work.
enum Outcome {
    Traced(Marks, u64),
    Binary,
    Minified,
    Secret,
    /// Too little to it.
    Small,
    /// A license text, a link, or not wanted.
    Left,
}

/// The traces of a tree, and what to tell of them.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) told: Vec<String>,
}

/// Makes the traces of a tree, which `found` was read of. None if nothing is to be traced.
pub(super) fn make(tree: &Tree, found: &Scan, config: &Config, wanted: Option<Traces>) -> Option<Made> {
    let usual = wanted.unwrap_or_default();
    let parts = config.parts.iter().filter(|part| part.traces.is_some()).count();
    if usual == Traces::None && (wanted.is_some() || parts == 0) {
        return None;
    }
    let level = |entry: &Entry| {
        let mut said =
            config.parts.iter().rev().filter(|part| part.paths.iter().any(|p| p.matches(&entry.path)));
        let said = said.find_map(|part| part.traces).unwrap_or(usual);
        match said {
            Traces::None => None,
            Traces::Compact => Some(Level::Compact),
            Traces::Full => Some(Level::Full),
        }
    };
    let outcomes = tree.map(|entry, content| match (content, level(entry)) {
        (Ok(content), Some(level)) => look(entry, &content, found, level),
        _ => Outcome::Left,
    });

    let mut traced = Vec::new();
    let (mut text, mut binary, mut minified, mut secret, mut small) = (0, 0, 0, 0, 0);
    let works = tree.entries().iter().filter(|entry| found.work(&entry.path).is_some());
    let places: std::collections::BTreeMap<_, u32> = works.map(|entry| &entry.path).zip(0..).collect();
    for (entry, outcome) in tree.entries().iter().zip(outcomes) {
        match outcome {
            Outcome::Traced(marks, size) => {
                text += size;
                traced.extend(places.get(&entry.path).map(|place| (*place, marks)));
            }
            Outcome::Binary => binary += 1,
            Outcome::Minified => minified += 1,
            Outcome::Secret => secret += 1,
            Outcome::Small => small += 1,
            Outcome::Left => {}
        }
    }
    let bytes = format::write(&traced);
    #[expect(clippy::cast_precision_loss, reason = "a share in tenths of a percent")]
    let share = bytes.len() as f64 * 100.0 / text.max(1) as f64;
    let usual = if usual == Traces::Full { "full" } else { "compact" };
    let mut told =
        vec![format!("traces: {usual}, {share:.1} % of the text of {}", count(traced.len(), "work"))];
    let left = [(binary, "binary"), (minified, "minified"), (secret, "secret-like"), (small, "too small")];
    let left: Vec<String> =
        left.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{n} {why}")).collect();
    if !left.is_empty() {
        told.push(format!("not traced: {}", left.join(", ")));
    }
    Some(Made { bytes, told })
}

fn look(entry: &Entry, content: &Content<'_>, found: &Scan, level: Level) -> Outcome {
    let Some(work) = found.work(&entry.path).filter(|work| work.mode.is_file() && !work.is_license_text)
    else {
        return Outcome::Left;
    };
    let bytes = content.bytes();
    if looks_secret(entry.path.file_name(), bytes) {
        return Outcome::Secret;
    }
    if !content.is_whole() || is_binary(bytes) {
        return Outcome::Binary;
    }
    if is_minified(bytes) {
        return Outcome::Minified;
    }
    // A work that changed since it was read is another one.
    let marks = Marks::of(bytes, level);
    if marks.is_empty() || content.sha256() != work.sha256 {
        return Outcome::Small;
    }
    Outcome::Traced(marks, content.size())
}
