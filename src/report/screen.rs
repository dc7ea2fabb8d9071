// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Findings that would not fit a screen, so that they do: for each kind how many there are, by which
//! clauses, where, and what mends it; the weightiest kinds first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::text::{BOLD, DIM, Group, color};
use crate::domain::shown;
use crate::finding::Finding;

/// A terminal's width that every log has, too.
const WIDTH: usize = 80;

/// The rows of a terminal, without that of the prompt.
pub(super) const ROWS: usize = 23;

/// Returns how many rows a text takes.
pub(super) fn rows(text: &str) -> usize {
    let plain = anstream::adapter::strip_str(text).to_string();
    plain.lines().map(|line| line.chars().count().div_ceil(WIDTH).max(1)).sum()
}

/// Writes as many kinds of findings as fit into `room` rows, and how many more there are.
pub(super) fn screen(out: &mut String, groups: &[Group<'_>], room: usize) {
    let mut left = room.saturating_sub(1);
    let mut hidden = groups;
    while let [group, rest @ ..] = hidden {
        let text = kind(group, 1);
        // The last one may stand where the count of what is hidden would.
        let room = left + usize::from(rest.is_empty());
        if rows(&text) > room && !out.is_empty() {
            break;
        }
        left = left.saturating_sub(rows(&text));
        out.push_str(&text);
        hidden = rest;
    }
    if !hidden.is_empty() {
        let names: Vec<String> =
            hidden.iter().map(|group| format!("{} ({})", group.rule.code, group.findings.len())).collect();
        let more = cut(&format!("\u{2026} and {}; -v shows all", names.join(", ")), WIDTH);
        let _ = writeln!(out, "{DIM}{more}{DIM:#}");
    }
}

/// Writes every kind of findings in few rows.
pub(super) fn short(out: &mut String, groups: &[Group<'_>]) {
    for group in groups {
        out.push_str(&kind(group, 2));
    }
}

/// One row for what it is, one for what mends it, and where; a single finding's sentence has `most` rows.
fn kind(group: &Group<'_>, most: usize) -> String {
    let mut out = String::new();
    let (level, findings) = (group.level, &group.findings);
    let paint = color(level);
    let name = group.rule.name.replace('-', " ");
    let number = if findings.len() > 1 { format!(" ({})", findings.len()) } else { String::new() };
    let head = format!("{level} {} {name}{number}", group.rule.code);
    let clauses = cut(&clauses(findings), WIDTH.saturating_sub(head.chars().count() + 2));
    let _ = write!(out, "{paint}{level}{paint:#} {BOLD}{} {name}{BOLD:#}{number}", group.rule.code);
    if !clauses.is_empty() {
        let _ = write!(out, "  {DIM}{clauses}{DIM:#}");
    }
    let _ = writeln!(out, "\n  {}", places(findings, most));
    let mend = mend(findings);
    // A command is of use only whole.
    let room = if mend.contains('`') { 2 * WIDTH } else { WIDTH };
    let _ = writeln!(out, "  {DIM}mend:{DIM:#} {}", cut(&mend, room - 8));
    out
}

/// Names the clauses the findings rest on, the most frequent first; what follows is for the long form.
fn clauses(findings: &[&Finding]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let facts = finding.problem.facts();
        let Some(clause) = facts.get("clause").and_then(serde_json::Value::as_str) else { continue };
        let clause = clause.split(';').next().unwrap_or(clause);
        *counts.entry(shown(clause).to_string()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts.into_iter().map(|(clause, _)| clause).collect::<Vec<_>>().join("; ")
}

/// Names as many works as a row holds; of one finding it says what is wrong.
fn places(findings: &[&Finding], most: usize) -> String {
    const ROOM: usize = WIDTH - 2;
    let place = |finding: &Finding| {
        let path = shown(finding.path.as_ref()?.as_str()).to_string();
        Some(finding.line.map_or(path.clone(), |line| format!("{path}:{line}")))
    };
    if let [one] = findings {
        let place = place(one).map_or(String::new(), |place| format!("{place}: "));
        return cut(&format!("{place}{}", shown(&one.problem.to_string())), most * WIDTH - 2);
    }
    let cause = cause(findings).map_or(String::new(), |cause| format!("{}: ", cut(&cause, WIDTH / 2)));
    let room = ROOM - cause.chars().count();
    let all: Vec<String> = findings
        .iter()
        .map(|one| place(one).unwrap_or_else(|| shown(&one.problem.to_string()).to_string()))
        .collect();
    let mut text = String::new();
    for (at, place) in all.iter().enumerate() {
        let more = all.len() - at - 1;
        let tail = if more > 0 { format!(", and {more} more") } else { String::new() };
        let next = if at == 0 { place.clone() } else { format!("{text}, {place}") };
        // Room for the count of the others stays, unless these are all.
        if at > 0 && next.chars().count() + tail.chars().count() > room {
            return format!("{cause}{text}, and {} more", all.len() - at);
        }
        text = cut(&next, room.saturating_sub(tail.chars().count()));
    }
    cause + &text
}

/// Says what all findings have in common: the notice that is gone, the license and what it became.
fn cause(findings: &[&Finding]) -> Option<String> {
    let of = |finding: &Finding| {
        let facts = finding.problem.facts();
        let text = |name: &str| facts.get(name)?.as_str().map(|text| shown(text).to_string());
        match (text("upstream"), text("now"), text("notice")) {
            (Some(from), Some(to), _) => Some(format!("{from} to {to}")),
            (_, _, Some(notice)) => Some(format!("\u{201c}{notice}\u{201d}")),
            _ => None,
        }
    };
    let first = of(findings.first()?)?;
    findings.iter().all(|one| of(one).as_ref() == Some(&first)).then_some(first)
}

/// Returns what mends most of them.
fn mend(findings: &[&Finding]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(shown(&finding.problem.help()).to_string()).or_default() += 1;
    }
    let kinds = counts.len();
    let most = counts.into_iter().max_by_key(|(_, count)| *count).map(|(help, _)| help).unwrap_or_default();
    if kinds > 1 { format!("{most}; and so on") } else { most }
}

/// Cuts a text at its end.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['\u{2026}']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::WorkPath;
    use crate::report::text::grouped;
    use crate::rule::Problem;

    fn finding(path: &str, line: Option<u32>) -> Finding {
        let path: WorkPath = path.parse().unwrap();
        let source = "up:a".to_owned();
        let clause = "MIT, paragraph 2".to_owned();
        let problem = Problem::LicenseDropped { upstream: "MIT".parse().unwrap(), source, clause };
        Finding { line, ..Finding::on(&path, problem) }
    }

    #[test]
    fn a_kind_of_findings_takes_three_rows() {
        let findings: Vec<Finding> =
            (0..40).map(|at| finding(&format!("src/some/folder/{at}.c"), Some(at + 1))).collect();
        let groups = grouped(&findings, crate::rule::Level::Note, true);
        let text = anstream::adapter::strip_str(&kind(&groups[0], 1)).to_string();
        assert_eq!(
            text,
            "error CH502 license dropped (40)  MIT, paragraph 2\n  src/some/folder/0.c:1, src/some/folder/1.c:2, and 38 more\n  mend: state MIT in it or beside it\n"
        );
        let one = [finding(&format!("{}.c", "deep/".repeat(30)), None)];
        let groups = grouped(&one, crate::rule::Level::Note, true);
        assert_eq!(rows(&kind(&groups[0], 1)), 3);
    }
}
