// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A changed work says so, with a date where that is asked (check k5).

use super::{Case, DutyRow, DutyState, Told};
use crate::domain::{DutyName, WorkPath};
use crate::finding::Finding;
use crate::license::{DutyCode, facts};
use crate::rule::Problem;

/// How far above an entry of a change log the date of its heading may stand, in lines.
const HEADING_WITHIN: usize = 60;

/// Where a change is told of.
pub(super) struct Mark {
    place: String,
    is_dated: bool,
}

pub(super) fn check(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let clause = case.asks(&[DutyCode::Md, DutyCode::M, DutyCode::Ms])?;
    let wants_date = case.asks(&[DutyCode::Md]).is_some();
    let duty = DutyName::ChangesMarked;
    if !case.is_changed() {
        return Some(case.row(duty, DutyState::Met, clause, Some("unchanged".to_owned())));
    }
    let missing = match mark(case) {
        Some(mark) if mark.is_dated || !wants_date => {
            return Some(case.row(duty, DutyState::Met, clause, Some(mark.place)));
        }
        Some(mark) => format!("{} gives no date of it", mark.place),
        None => "nothing says so".to_owned(),
    };
    if told.is_first("change", format!("{} {}", case.work.path, missing)) {
        let problem = Problem::ChangeNotMarked { source: case.source(), missing, clause: clause.clone() };
        told.tell(Finding::on(&case.work.path, problem));
    }
    Some(case.row(duty, DutyState::Broken, clause, None))
}

/// Finds where the derivative says that it changed this work: signed, in the head, in the sidecar, in
/// a change log that names it, for the GNU licenses of version 3 in what tells of the whole. A dated one is
/// preferred.
pub(super) fn mark(case: &Case<'_>) -> Option<Mark> {
    let mut marks = signed(case);
    marks.extend(in_files(case));
    marks.extend(in_logs(case));
    marks.extend(of_the_whole(case));
    let dated = marks.iter().position(|mark| mark.is_dated);
    (!marks.is_empty()).then(|| marks.swap_remove(dated.unwrap_or(0)))
}

fn signed(case: &Case<'_>) -> Vec<Mark> {
    // A statement has its own date.
    let items = case.view.own.items(case.work);
    let mut marks: Vec<Mark> = items
        .filter(|(item, _)| item.changes.is_some())
        .map(|(_, by)| Mark { place: format!("signed by {by}"), is_dated: true })
        .collect();
    if case.view.own.leaf(case.work).is_some_and(|leaf| leaf.changes.is_some()) {
        marks.push(Mark { place: "its signed record".to_owned(), is_dated: true });
    }
    marks
}

fn in_files(case: &Case<'_>) -> Vec<Mark> {
    let sidecar = case.work.path.with_suffix(".license").ok();
    let sidecar = sidecar.and_then(|path| case.view.scan.work(&path));
    [Some(case.work), sidecar]
        .into_iter()
        .flatten()
        .flat_map(|work| {
            work.marks
                .changes
                .iter()
                .map(|mark| Mark { place: format!("{}:{}", work.path, mark.line), is_dated: mark.is_dated })
        })
        .collect()
}

/// "The work must carry prominent notices stating that you modified it" (GPL-3.0, section 5(a)): the work
/// is the whole, where version 2 says "the modified files".
fn of_the_whole(case: &Case<'_>) -> Vec<Mark> {
    let is_version_3 = case.arm.iter().filter_map(facts).any(|facts| {
        facts.version.first() == Some(&3) && matches!(facts.family.as_str(), "GPL" | "AGPL" | "LGPL")
    });
    let telling = case.view.elsewhere.prose.iter().filter(|(path, _)| is_version_3 && is_own(case, path));
    let works =
        telling.filter_map(|(path, _)| case.view.scan.work(path)).filter(|work| !work.is_license_text);
    works
        .flat_map(|work| {
            let place = |line| format!("{}:{line}", work.path);
            work.marks
                .changes
                .iter()
                .map(move |mark| Mark { place: place(mark.line), is_dated: mark.is_dated })
        })
        .collect()
}

/// Returns whether a file that tells of the tree is not simply the upstream's.
fn is_own(case: &Case<'_>, path: &WorkPath) -> bool {
    let here = case.view.scan.work(path).map(|work| work.sha256);
    !here.is_some_and(|sha256| case.upstream().digests.contains(&sha256))
}

fn in_logs(case: &Case<'_>) -> Vec<Mark> {
    const LOGS: [&str; 6] = ["change", "history", "news", "modif", "readme", "credit"];
    let (path, name) = (case.work.path.as_str(), case.work.path.file_name());
    let is_log = |file: &str| LOGS.iter().any(|log| file.to_ascii_lowercase().starts_with(log));
    let logs = case.view.elsewhere.prose.iter().filter(|(log, _)| is_log(log.file_name()));
    let mut marks = Vec::new();
    for (log, text) in logs.filter(|(log, text)| text.contains(name) && is_own(case, log)) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if !names(line, path) && !names(line, name) {
                continue;
            }
            let above = &lines[at.saturating_sub(HEADING_WITHIN)..=at];
            let is_dated = above.iter().any(|line| has_year(line));
            marks.push(Mark { place: format!("{log}:{}", at + 1), is_dated });
        }
    }
    marks
}

/// Returns whether a line names a file as a word of its own.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let before = line[..at].chars().next_back();
        let behind = line[at + name.len()..].chars().next();
        !before.is_some_and(inside) && !behind.is_some_and(inside)
    })
}

fn has_year(line: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    line.split(|c: char| !c.is_ascii_digit()).any(is_year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_names_a_file_as_a_word() {
        assert!(names("* src/tide.py: faster", "tide.py") && names("tide.py", "tide.py"));
        assert!(!names("riptide.py: faster", "tide.py") && !names("tide.pyc", "tide.py"));
        assert!(has_year("## 1.2 (2026-03-01)") && !has_year("version 20261"));
    }
}
