// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The license text is passed on, or its address where that is enough (checks k2, k2u), with the names
//! its template was filled with.

use super::{Case, DutyRow, DutyState, Told, View, asked, unknown};
use crate::domain::{DutyName, LicenseName, LicenseTerm, WorkPath};
use crate::finding::Finding;
use crate::license::{DutyCode, facts, text};
use crate::rule::Problem;
use crate::scan::Seen;

pub(super) fn check(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let mut row: Option<DutyRow> = None;
    for term in case.arm {
        let clause = match facts(term) {
            Some(_) => asked(term, &[DutyCode::L, DutyCode::Lu]),
            None => Some(unknown(term)),
        };
        let Some(clause) = clause else { continue };
        let is_link_enough = facts(term).is_some_and(|facts| facts.duty(DutyCode::L).is_none());
        let name = general(case, term).unwrap_or(&term.license);
        let mut state = DutyState::Met;
        let is_there = case.work.texts.contains(name)
            || siblings(name).iter().chain([name]).any(|name| passes_on(case.view, name))
            || (is_link_enough && case.view.elsewhere.has_link(term));
        // One text serves every work under it, whosever it is.
        if !is_there {
            state = DutyState::Broken;
            if told.is_first("license text", name.as_str()) {
                let (license, source) = (name.clone(), case.source());
                let problem = Problem::LicenseTextDropped { license, source, clause: clause.clone() };
                told.tell(Finding::whole(problem));
            }
        } else if !has_its_names(case, name, &clause, told) {
            state = DutyState::Broken;
        }
        if row.as_ref().is_none_or(|row| row.state < state) {
            let seen = is_there.then(|| name.to_string());
            row = Some(case.row(DutyName::LicenseText, state, clause, seen));
        }
    }
    row
}

/// LGPL-2.1, section 3: once a copy's notices name the ordinary license, that one "applies to all subsequent
/// copies". Returns it.
fn general<'a>(case: &Case<'a>, term: &LicenseTerm) -> Option<&'a LicenseName> {
    let family = |term: &LicenseTerm| facts(term).map(|facts| (facts.family.as_str(), facts.version.first()));
    if family(term) != Some(("LGPL", Some(&2))) {
        return None;
    }
    let below = case.ancestor.below?.terms();
    below.into_iter().find(|now| family(now).is_some_and(|(name, _)| name == "GPL")).map(|now| &now.license)
}

/// Returns whether the text of a license is passed on: word for word, or as a file that is named for
/// it and long enough to be it. An empty `LICENSES/GPL-2.0-only.txt` passes nothing on.
fn passes_on(view: &View<'_>, name: &LicenseName) -> bool {
    let scan = view.scan;
    let canonical = text(name).map_or(0, str::len) as u64;
    let is_named = || {
        let work = scan.conclusions.present.get(name).and_then(|path| scan.work(path));
        work.is_some_and(|work| work.texts.is_empty() && work.size > canonical / 2)
    };
    view.texts.contains(name) || is_named()
}

/// One text serves `-only` and `-or-later`.
fn siblings(name: &LicenseName) -> Vec<LicenseName> {
    let text = name.as_str();
    let stem = text.strip_suffix("-only").or_else(|| text.strip_suffix("-or-later"));
    stem.into_iter()
        .flat_map(|stem| ["-only", "-or-later", ""].map(|suffix| format!("{stem}{suffix}")))
        .filter_map(|name| name.parse().ok())
        .collect()
}

/// Returns whether the copyright notices in the upstream's license file are kept somewhere: "the above
/// copyright notice" of MIT and BSD is the one that stands in that file.
fn has_its_names(case: &Case<'_>, name: &LicenseName, clause: &str, told: &mut Told<'_>) -> bool {
    let mut is_whole = true;
    for file in &case.upstream().texts {
        if file.license != Some(name) || !speaks_for(file.path, case) {
            continue;
        }
        for notice in &file.notices {
            let own = &case.work.marks.notices;
            if case.view.elsewhere.has_notice(notice)
                || own.iter().any(|line| super::notices::keeps(&line.text, notice))
            {
                continue;
            }
            is_whole = false;
            let upstream = case.upstream_name();
            if told.is_first("name", format!("{upstream}:{notice}")) {
                let source = format!("{upstream}:{}", file.path);
                let (notice, clause) = (notice.clone(), clause.to_owned());
                let problem = Problem::NoticeDropped { notice, source, clause };
                told.tell(match place(case, file.path) {
                    Some((work, line)) => Finding { line, ..Finding::on(&work.path, problem) },
                    None => Finding::whole(problem),
                });
            }
        }
    }
    is_whole
}

/// Returns whether a license file speaks for the source: it lies in a folder above it.
fn speaks_for(path: &WorkPath, case: &Case<'_>) -> bool {
    path.parent().is_none_or(|folder| {
        folder.file_name() == "LICENSES" || case.ancestor.work.path.is_under(folder.as_str())
    })
}

/// Returns where the names of the upstream's license file would stand in this tree.
fn place<'a>(case: &Case<'a>, path: &WorkPath) -> Option<(&'a Seen, Option<u32>)> {
    let work = case.view.scan.work(path)?;
    Some((work, work.marks.notices.first().map(|notice| notice.line)))
}
