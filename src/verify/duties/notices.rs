// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What others wrote over their works is still there: copyright notices (check k1), NOTICE lines (k3),
//! invariant sections (k14).

use std::collections::BTreeSet;

use super::elsewhere::squeezed;
use super::reach::is_about;
use super::{Case, DutyRow, DutyState, Told};
use crate::detect::{first_year, normalised_copyright, normalised_holder};
use crate::domain::DutyName;
use crate::finding::Finding;
use crate::license::{DutyCode, facts};
use crate::rule::Problem;

/// Every copyright notice of the source is still there.
pub(super) fn check_notices(
    case: &Case<'_>,
    seen_here: &mut BTreeSet<String>,
    told: &mut Told<'_>,
) -> Option<DutyRow> {
    let clause = case.may_ask(&[DutyCode::C, DutyCode::K, DutyCode::A])?;
    let work = case.work;
    let own = case.view.scan.conclusion(&work.path).map_or(&[][..], |c| &c.copyright);
    let notices = &case.ancestor.work.copyright;
    let mut seen = None;
    let mut is_whole = true;
    for notice in notices {
        if own.iter().any(|line| keeps(line, notice)) {
            seen.get_or_insert_with(|| work.path.to_string());
        } else if case.view.elsewhere.has_notice(notice) {
            seen.get_or_insert_with(|| "a notice file".to_owned());
        } else {
            is_whole = false;
            // What is gone of the nearest source was its source's too.
            if !seen_here.insert(normalised_copyright(notice)) {
                continue;
            }
            let (source, clause) = (case.source(), clause.clone());
            let mut finding =
                Finding::on(&work.path, Problem::NoticeDropped { notice: notice.clone(), source, clause });
            finding.line = in_its_place(case, notices);
            told.tell(finding);
        }
    }
    check_reserved(case, told);
    let state = if is_whole { DutyState::Met } else { DutyState::Broken };
    (!notices.is_empty()).then(|| case.row(DutyName::CopyrightNotices, state, clause, seen))
}

/// Returns the line of a notice the source does not have: it stands where another stood.
fn in_its_place(case: &Case<'_>, notices: &[String]) -> Option<u32> {
    let is_new = |text: &str| !notices.iter().any(|notice| keeps(text, notice));
    case.work.marks.notices.iter().find(|notice| is_new(&notice.text)).map(|notice| notice.line)
}

/// "All rights reserved" is not put over what others gave under a license.
fn check_reserved(case: &Case<'_>, told: &mut Told<'_>) {
    let reserves = |text: &str| text.to_lowercase().contains("all rights reserved");
    if case.ancestor.work.copyright.iter().any(|notice| reserves(notice)) {
        return;
    }
    if let Some(notice) = case.work.marks.notices.iter().find(|notice| reserves(&notice.text))
        && told.is_first("reserved", case.work.path.as_str())
    {
        let problem = Problem::AllRightsReservedAdded { notice: notice.text.clone(), source: case.source() };
        told.tell(Finding::at(&case.work.path, notice.line, problem));
    }
}

/// Returns whether `line` still says what `notice` said: the same holder, and every year of it or a
/// span that begins with its first.
pub(in crate::verify) fn keeps(line: &str, notice: &str) -> bool {
    if normalised_copyright(line) == normalised_copyright(notice) {
        return true;
    }
    let holder = normalised_holder(notice);
    !holder.is_empty()
        && normalised_holder(line) == holder
        && first_year(notice).is_none_or(|year| first_year(line).is_some_and(|other| other <= year))
}

/// The lines of the upstream's NOTICE files are passed on, but those that do not pertain to what was taken
/// (Apache-2.0, section 4(d)): a file speaks for its folder, a paragraph for what it names, and somebody
/// may have signed that a line does not.
pub(super) fn check_notice_files(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let clause = case.asks(&[DutyCode::N])?;
    let name = case.upstream_name();
    let mut row: Option<DutyRow> = None;
    let taken = &case.ancestor.work.path;
    for notice in case.upstream().notice_files() {
        let speaks = notice.path.parent().is_none_or(|folder| taken.is_under(folder.as_str()));
        let paragraphs = notice.paragraphs.iter().filter(|part| speaks && is_about(&part.about, taken));
        let lines = paragraphs.flat_map(|part| &part.lines);
        let missing: BTreeSet<&String> = lines.filter(|line| !case.view.elsewhere.has_line(line)).collect();
        let words = case.view.own.all(DutyName::NoticeFile);
        let words: Vec<_> = words.filter_map(|word| Some((word, squeezed(word.text?)))).collect();
        let is_excused = |line: &&String| words.iter().find(|(_, text)| text.contains(line.as_str()));
        let (state, seen) = if missing.is_empty() {
            (DutyState::Met, Some("a notice file".to_owned()))
        } else if let Some((word, _)) = missing
            .first()
            .and_then(is_excused)
            .filter(|_| missing.iter().all(|line| is_excused(line).is_some()))
        {
            (DutyState::Attested, Some(word.shown()))
        } else {
            (DutyState::Broken, None)
        };
        if state > DutyState::Met && told.is_first("notice file", format!("{name}:{}", notice.path)) {
            let (upstream, clause) = (name.to_owned(), clause.clone());
            let excuse = missing.first().and_then(is_excused).filter(|_| state == DutyState::Attested);
            told.tell(Finding::whole(match excuse {
                Some((word, text)) => Problem::RestsOnStatement {
                    what: format!("lines of {} of {upstream} are left out", notice.path),
                    by: word.by().to_owned(),
                    text: text.clone(),
                    clause,
                },
                None => Problem::NoticeFileDropped { notice: notice.path.clone(), upstream, clause },
            }));
        }
        if row.as_ref().is_none_or(|row| row.state < state) {
            row = Some(case.row(DutyName::NoticeFile, state, clause.clone(), seen));
        }
    }
    row
}

/// The sections a GFDL notice lists as invariant are still named where the tree speaks of itself. The
/// sections themselves are inside works; that they are unmodified is for a reader to see.
pub(super) fn check_invariants(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let term = case.arm.iter().find(|term| facts(term).is_some_and(|facts| facts.family == "GFDL"))?;
    if term.license.as_str().contains("no-invariants") {
        return None;
    }
    let duty = DutyName::InvariantSections;
    let clause = super::cited(term, "4(L)");
    if !case.is_changed() {
        return Some(case.row(duty, DutyState::Met, clause, Some("the same text".to_owned())));
    }
    let notices = case.upstream().notice_files();
    let sections: Vec<String> = notices.flat_map(|file| invariant_sections(&file.text)).collect();
    let gone = sections.iter().find(|section| !case.view.elsewhere.tells(section));
    Some(match gone {
        _ if sections.is_empty() => case.stated(duty, clause),
        None => case.row(duty, DutyState::Met, clause, Some("named in a notice".to_owned())),
        Some(section) => {
            if told.is_first("invariant", section) {
                let (section, source) = (section.clone(), case.source());
                let clause = clause.clone();
                told.tell(Finding::whole(Problem::InvariantSectionDropped { section, source, clause }));
            }
            case.row(duty, DutyState::Broken, clause, None)
        }
    })
}

/// Reads the titles behind "with the Invariant Sections being …" (GFDL-1.3, addendum).
fn invariant_sections(notice: &str) -> Vec<String> {
    let text = squeezed(notice);
    let Some((_, list)) = text.split_once("Invariant Sections being ") else { return Vec::new() };
    let list = list.strip_prefix("LIST THEIR TITLES").unwrap_or(list);
    let end = ["with the Front-Cover", "with no Front-Cover", ", and with", "."]
        .iter()
        .filter_map(|end| list.find(end))
        .min()
        .unwrap_or(list.len());
    let quotes = ['"', '\u{201c}', '\u{201d}', '\'', ' '];
    list[..end]
        .split([',', ';'])
        .flat_map(|part| part.split(" and "))
        .map(|title| title.trim_matches(quotes).to_owned())
        .filter(|title| !title.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_kept_by_its_holder_and_its_first_year() {
        for (line, notice, expected) in [
            ("Copyright (c) 2019-2026 Ann Ito", "2019 Ann Ito", true),
            ("\u{a9} 2019 Ann Ito. All rights reserved.", "Copyright 2019 Ann Ito", true),
            ("Copyright Ann Ito <ann@example.org>, 2018", "(c) 2019 by Ann Ito", true),
            ("\u{a9} 2015 Tide Authors", "Copyright 2015 The Tide Authors", true),
            ("2019 Bob Roe", "2019 Ann Ito", false),
            ("2026 Ann Ito", "2019 Ann Ito", false),
            ("Ann Ito", "2019 Ann Ito", false),
        ] {
            assert_eq!(keeps(line, notice), expected, "{line} for {notice}");
        }
    }

    #[test]
    fn invariant_sections_are_read_from_the_notice() {
        let notice = "under the GFDL, with the\nInvariant Sections being \"The Sea\" and \"Thanks\", with the Front-Cover Texts being X.";
        assert_eq!(invariant_sections(notice), ["The Sea", "Thanks"]);
        assert_eq!(invariant_sections("with no Invariant Sections"), [""; 0]);
    }
}
