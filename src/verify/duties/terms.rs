// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Nothing is put on top: no further restriction (check k9), no protection measure (k10), no reserved
//! name on a changed font (k11).

use super::elsewhere::squeezed;
use super::{Case, DutyRow, DutyState, Told, reach};
use crate::detect::TermsLine;
use crate::domain::{DutyName, WorkPath};
use crate::finding::Finding;
use crate::license::{DutyCode, Kind, facts, text};
use crate::rule::Problem;
use crate::scan::{Scan, Seen};

pub(super) fn check(case: &Case<'_>, told: &mut Told<'_>) -> Vec<DutyRow> {
    [check_restrictions(case, told), check_protection(case, told), check_names(case, told)]
        .into_iter()
        .flatten()
        .collect()
}

fn check_restrictions(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let clause = case.asks(&[DutyCode::R, DutyCode::Sa, DutyCode::Sw])?;
    let duty = DutyName::NoAddedRestrictions;
    let Some((path, line)) = added(case) else {
        return Some(case.row(duty, DutyState::Met, clause, Some("no such words".to_owned())));
    };
    let place = format!("{path}:{}", line.line);
    if told.is_first("restriction", &place) {
        let (text, source) = (line.text.clone(), case.source());
        let problem = Problem::RestrictionAdded { text, source, clause: clause.clone() };
        told.tell(Finding::at(path, line.line, problem));
    }
    Some(case.row(duty, DutyState::Broken, clause, Some(place)))
}

/// Finds a restriction in the work, in its sidecar, or in what speaks for a folder it lies in, that the
/// upstream's own texts do not have.
fn added<'a>(case: &Case<'a>) -> Option<(&'a WorkPath, &'a TermsLine)> {
    let sidecar = case.work.path.with_suffix(".license").ok();
    let is_for = |path: &WorkPath| {
        (*path == case.work.path && !case.is_untouched())
            || sidecar.as_ref() == Some(path)
            || speaks_for_folder(path, &case.work.path)
    };
    let words = case.view.restrictions.iter().filter(|words| is_for(&words.work.path));
    words
        .filter(|words| words.work.path == case.work.path || reach::is_about(&words.about, &case.work.path))
        .find(|words| !is_known(words.work, &words.line.text) && !is_upstreams(case, &words.line.text))
        .map(|words| (&words.work.path, words.line))
}

/// Words that restrict, and what they name.
pub(super) struct Words<'a> {
    work: &'a Seen,
    line: &'a TermsLine,
    about: Vec<WorkPath>,
}

pub(super) fn restrictions(scan: &Scan) -> Vec<Words<'_>> {
    let restricting =
        scan.works.iter().flat_map(|work| work.marks.restrictions.iter().map(move |line| (work, line)));
    let paths: Vec<&WorkPath> = scan.works.iter().map(|work| &work.path).collect();
    let about = |work: &Seen, line: &TermsLine| reach::named(&line.text, work.path.parent().as_ref(), &paths);
    restricting.map(|(work, line)| Words { work, line, about: about(work, line) }).collect()
}

/// A known license says what it says of the works under it, and which those are is judged elsewhere.
fn is_known(work: &Seen, line: &str) -> bool {
    let line = squeezed(line);
    let texts = work.texts.iter().filter_map(text);
    texts.map(squeezed).any(|text| text.contains(&line))
}

/// A license file or read-me speaks for its folder; `LICENSES/X.txt` only for what is under `X`.
fn speaks_for_folder(path: &WorkPath, work: &WorkPath) -> bool {
    const NAMES: [&str; 7] = ["license", "licence", "copying", "copyright", "readme", "eula", "terms"];
    let name = path.file_name().to_ascii_lowercase();
    let folder = path.parent();
    NAMES.iter().any(|known| name.starts_with(known))
        && folder.as_ref().is_none_or(|folder| folder.file_name() != "LICENSES")
        && folder.is_none_or(|folder| work.is_under(folder.as_str()))
}

fn is_upstreams(case: &Case<'_>, text: &str) -> bool {
    let text = squeezed(text);
    case.upstream().texts.iter().any(|file| squeezed(&file.text).contains(&text))
}

fn check_protection(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let clause = case.asks(&[DutyCode::T])?;
    let duty = DutyName::NoProtection;
    let Some(what) = case.work.marks.protection.filter(|_| !case.is_untouched()) else {
        return Some(case.row(duty, DutyState::Met, clause, Some("no sign of one".to_owned())));
    };
    let (source, what) = (case.source(), what.to_owned());
    let problem = Problem::ProtectionApplied { what, source, clause: clause.clone() };
    told.tell(Finding::on(&case.work.path, problem));
    Some(case.row(duty, DutyState::Broken, clause, Some(case.work.path.to_string())))
}

fn check_names(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let clause = case.asks(&[DutyCode::Nm])?;
    let duty = DutyName::ReservedNames;
    if !case.is_changed() {
        return Some(case.row(duty, DutyState::Met, clause, Some("unchanged".to_owned())));
    }
    let is_font =
        case.arm.iter().any(|term| facts(term).is_some_and(|facts| facts.kinds.contains(&Kind::Font)));
    let names = &case.work.marks.font_names;
    let reserved = reserved(case);
    if !is_font || (names.is_empty() && !reserved.is_empty()) {
        return Some(case.stated(duty, clause));
    }
    let same = |name: &str, reserved: &str| {
        let bare = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
        bare(name).starts_with(&bare(reserved))
    };
    let kept = names.iter().find_map(|name| Some((name, reserved.iter().find(|r| same(name, r))?)));
    let Some((name, reserved)) = kept else {
        let seen = names.first().cloned().unwrap_or_else(|| "no name is reserved".to_owned());
        return Some(case.row(duty, DutyState::Met, clause, Some(seen)));
    };
    let (name, reserved, source) = (name.clone(), reserved.clone(), case.source());
    let seen = Some(name.clone());
    let problem = Problem::ReservedNameKept { name, reserved, source, clause: clause.clone() };
    told.tell(Finding::on(&case.work.path, problem));
    Some(case.row(duty, DutyState::Broken, clause, seen))
}

/// Returns the names the upstream's notices reserve (OFL-1.1, "Reserved Font Name").
fn reserved(case: &Case<'_>) -> Vec<String> {
    let notices = case.upstream().texts.iter().flat_map(|file| &file.notices);
    case.ancestor.work.copyright.iter().chain(notices).flat_map(|line| reserved_in(line)).collect()
}

fn reserved_in(line: &str) -> Vec<String> {
    let Some((_, list)) = line.split_once("Reserved Font Name") else { return Vec::new() };
    let list = list.strip_prefix('s').unwrap_or(list).trim_start_matches([':', ' ']);
    let end = list.find(['.', '(', '<', ')']).unwrap_or(list.len());
    list[..end]
        .split([',', ';'])
        .flat_map(|part| part.split(" and "))
        .map(|name| name.trim_matches(['"', '\'', '\u{201c}', '\u{201d}', ' ']).to_owned())
        .filter(|name| name.len() > 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_read_from_the_copyright_line() {
        for (line, expected) in [
            ("Copyright 2020 Ann, with Reserved Font Name \"Tide Sans\".", &["Tide Sans"][..]),
            ("Copyright 2020 Ann, with Reserved Font Names Tide and 'Moon'", &["Tide", "Moon"]),
            ("Copyright 2020 Ann", &[]),
        ] {
            assert_eq!(reserved_in(line), expected, "{line}");
        }
    }

    #[test]
    fn a_license_file_speaks_for_its_folder() {
        let speaks =
            |path: &str, work: &str| speaks_for_folder(&path.parse().unwrap(), &work.parse().unwrap());
        assert!(speaks("LICENSE", "art/cat.png") && speaks("art/README.md", "art/cat.png"));
        assert!(!speaks("other/LICENSE", "art/cat.png") && !speaks("LICENSES/MIT.txt", "art/cat.png"));
    }
}
