// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Two trees side by side: first the works of which something was lost.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};
use serde::Serialize;

use super::text::{Style, count};
use crate::domain::{LicenseExpr, Relation, shown};
use crate::verify::{Comparison, LineRange, NoticeRow, NoticeState};

/// How the JSON of a comparison names itself.
const SCHEMA: &str = "https://w3id.org/copyhold/compare/v0.1";

/// How many works are shown, unless all are.
const SHOWN: usize = 6;

/// How many ranges of a work are shown, unless all are.
const RANGES: usize = 4;

const BOLD: Ansi = Ansi::new().bold();
const DIM: Ansi = Ansi::new().dimmed();
const LOST: Ansi = AnsiColor::Red.on_default().bold();

/// What `compare --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompareDocument {
    /// Names this format and its version.
    pub schema: &'static str,
    /// The works of the second tree that match works of the first, sorted by path; a work that matches
    /// several has a row for each.
    pub works: Vec<Comparison>,
    /// What it comes to.
    pub summary: CompareSummary,
}

/// How much was compared and found.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompareSummary {
    /// How many works the first tree has.
    pub sources: usize,
    /// How many works the second tree has.
    pub works: usize,
    /// How many of these match.
    pub matching: usize,
    /// How many notices were lost.
    pub lost: usize,
}

impl CompareSummary {
    fn of([sources, works]: [usize; 2], found: &[Comparison]) -> Self {
        let mut paths: Vec<_> =
            found.iter().filter(|one| one.relation.is_some()).map(|one| &one.path).collect();
        paths.dedup();
        Self { sources, works, matching: paths.len(), lost: found.iter().map(Comparison::lost).sum() }
    }
}

/// Returns the document of a comparison. `works` are the numbers of works in the two trees.
pub fn compare_document(works: [usize; 2], found: Vec<Comparison>) -> CompareDocument {
    CompareDocument { schema: SCHEMA, summary: CompareSummary::of(works, &found), works: found }
}

/// Returns the report of a comparison with the tree named `from`.
pub fn compare_text(from: &str, works: [usize; 2], found: &[Comparison], style: Style) -> String {
    let mut out = String::new();
    let mut rows: Vec<&Comparison> = found.iter().filter(|one| !style.quiet || is_loss(one)).collect();
    rows.sort_by_key(|one| {
        std::cmp::Reverse((one.lost(), is_loss(one), one.relation != Some(Relation::CopyOf)))
    });
    let limit = if style.all { rows.len() } else { SHOWN };
    for one in rows.iter().take(limit) {
        block(&mut out, one, style);
    }
    if rows.len() > limit {
        let _ = writeln!(out, "{DIM}… and {} more; -v shows all{DIM:#}\n", rows.len() - limit);
    }
    if style.quiet && rows.is_empty() {
        return out;
    }
    let summary = CompareSummary::of(works, found);
    let verb = if summary.matching == 1 { "matches" } else { "match" };
    let _ = write!(out, "{} of {} {verb} {from}", summary.matching, count(summary.works, "work"));
    let relations = [
        (Relation::CopyOf, "the same bytes"),
        (Relation::DescendantOf, "edited"),
        (Relation::ExcerptOf, "in parts"),
    ];
    let parts: Vec<String> = relations
        .into_iter()
        .map(|(relation, what)| (found.iter().filter(|one| one.relation == Some(relation)).count(), what))
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
    if !parts.is_empty() {
        let _ = write!(out, ": {}", parts.join(", "));
    }
    let changed = found.iter().filter(|one| one.license.then != one.license.now).count();
    let losses = [(summary.lost, "notice", "lost"), (changed, "license", "changed")];
    for (n, what, became) in losses.into_iter().filter(|(n, ..)| *n > 0) {
        let _ = write!(out, "; {} {became}", count(n, what));
    }
    out.push('\n');
    out
}

/// Returns whether a reader should look at it first.
fn is_loss(one: &Comparison) -> bool {
    one.lost() > 0 || one.license.then != one.license.now
}

fn block(out: &mut String, one: &Comparison, style: Style) {
    let relation =
        one.relation.map_or("is not seen to come from".to_owned(), |relation| relation.to_string());
    let (path, source) = (shown(one.path.as_str()), shown(one.source.as_str()));
    let sure = one.confidence.map_or(String::new(), |sure| format!("  ({sure})"));
    let _ = writeln!(out, "{BOLD}{path}{BOLD:#}  {relation} {source}{DIM}{sure}{DIM:#}");
    if one.relation != Some(Relation::CopyOf) {
        let of_source =
            one.of_source.map_or(String::new(), |share| format!(", {} of its source", percent(share)));
        let lines = lines(&one.ranges, style.all);
        let _ = writeln!(out, "  {} of it{of_source}{lines}", percent(one.similarity));
    }
    let name = |license: &Option<LicenseExpr>| {
        license.as_ref().map_or("not stated".to_owned(), |license| shown(&license.to_string()).to_string())
    };
    let (then, now) = (&one.license.then, &one.license.now);
    if then == now {
        let _ = writeln!(out, "  license  {}", name(now));
    } else {
        let _ = writeln!(out, "  license  {} -> {LOST}{}{LOST:#}", name(then), name(now));
    }
    for row in &one.notices {
        notice(out, row);
    }
    out.push('\n');
}

fn notice(out: &mut String, row: &NoticeRow) {
    let (paint, state) = match row.state {
        NoticeState::Lost => (LOST, "lost"),
        NoticeState::Added => (AnsiColor::Yellow.on_default(), "added"),
        NoticeState::Kept => (AnsiColor::Green.on_default(), "kept"),
    };
    let place = match (&row.place, row.source_line) {
        (Some(place), _) => shown(place).to_string(),
        (None, Some(line)) => format!("line {line} there"),
        (None, None) => "beside it there".to_owned(),
    };
    let _ = writeln!(
        out,
        "  {paint}{state:<7}{paint:#}  \u{201c}{}\u{201d}  {DIM}{place}{DIM:#}",
        shown(&row.text)
    );
}

/// Names the lines of both sides.
pub(super) fn lines(ranges: &[LineRange], is_all: bool) -> String {
    let limit = if is_all { ranges.len() } else { RANGES };
    let span = |[first, last]: [u32; 2]| {
        if first == last { first.to_string() } else { format!("{first}\u{2013}{last}") }
    };
    let shown: Vec<String> = ranges
        .iter()
        .take(limit)
        .map(|range| format!("{} from {}", span(range.lines), span(range.source_lines)))
        .collect();
    let more = ranges.len().saturating_sub(limit);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    if shown.is_empty() { String::new() } else { format!(": lines {}{more}", shown.join(", ")) }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
