// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the words of one file say of its license.

use std::collections::BTreeSet;

use crate::domain::{LicenseExpr, LicenseName, WorkPath};

use super::super::notice::{How, Notice};
use super::super::{FileFacts, exhibit};
use super::{Evidence, EvidenceKind, project};

/// One thing the words say.
pub(super) struct Said {
    /// What it means, where it has one meaning.
    pub(super) expr: Option<LicenseExpr>,
    /// Whether it grants the license, rather than names it.
    pub(super) grants: bool,
    pub(super) evidence: Evidence,
}

/// Returns what a file's words say: whole texts first, then notices in their order.
pub(super) fn said(path: &WorkPath, facts: &FileFacts) -> Vec<Said> {
    let texts = project::texts(path, facts).into_iter();
    let mut said: Vec<Said> = texts.map(|(expr, evidence)| Said { expr, grants: true, evidence }).collect();
    for notice in &facts.notices {
        let evidence = evidence(path, notice);
        let expr = notice.expr.clone().filter(|_| notice.is_clear);
        let this = Said { expr, grants: grants(notice), evidence };
        // A changed text says how, whatever is said beside it.
        let is_known = |known: &&mut Said| {
            known.evidence.expression == this.evidence.expression
                && known.expr.is_some() == this.expr.is_some()
        };
        match said.iter_mut().filter(|_| notice.expr.is_some()).find(is_known) {
            // Named first, granted later.
            Some(known) if this.grants && !known.grants => *known = this,
            Some(_) => {}
            None => said.push(this),
        }
    }
    said
}

/// Returns what follows. Mere names count only where nothing is granted, and nothing follows where one
/// of what counts has no clear meaning.
pub(super) fn meant(said: &[Said], facts: &FileFacts) -> Option<LicenseExpr> {
    if let Some(choice) = choice(facts) {
        return Some(choice.clone());
    }
    let is_granted = said.iter().any(|said| said.grants);
    let counts = said.iter().filter(|said| said.grants || !is_granted);
    let exprs: Option<Vec<_>> = counts.map(|said| said.expr.clone()).collect();
    LicenseExpr::all_of(exprs?)
}

/// Returns the notice that offers all the file's texts as a choice, if one does.
pub(super) fn choice(facts: &FileFacts) -> Option<&LicenseExpr> {
    let texts: Vec<&[LicenseName]> = facts.full_texts.iter().map(|text| text.ids.as_slice()).collect();
    let exprs =
        facts.notices.iter().filter(|notice| notice.is_clear).filter_map(|notice| notice.expr.as_ref());
    exprs.filter(|expr| expr.to_string().contains(" OR ")).find(|expr| {
        let names: BTreeSet<&LicenseName> = expr.names().into_iter().collect();
        !texts.is_empty() && texts.iter().all(|ids| ids.iter().any(|id| names.contains(id)))
    })
}

/// A notice further down is about a part of the file.
const HEAD_LINES: u32 = 100;

/// Returns what the head of a file grants or holds as a text that is not stated about it, each with its line.
pub(super) fn conflicts(stated: &LicenseExpr, facts: &FileFacts) -> Vec<(u32, LicenseExpr)> {
    let stated: BTreeSet<LicenseName> = stated.names().into_iter().cloned().collect();
    // A name without its version, or without `or later`, is no contradiction of one with it.
    let is_stated = |name: &LicenseName| {
        stated.contains(name) || stated.iter().any(|stated| is_vague(name.as_str(), stated.as_str()))
    };
    let texts = facts.full_texts.iter().filter(|text| !text.ids.iter().any(is_stated));
    let texts = texts.filter(|text| text.first_line <= HEAD_LINES).filter_map(|text| {
        let expr = text.ids.first()?.as_str().parse::<LicenseExpr>().ok()?;
        // What is granted as a choice with the text is told as that.
        let is_offered = facts.notices.iter().filter_map(|notice| notice.expr.as_ref()).any(|offered| {
            offered.names().iter().any(|name| text.ids.contains(name))
                && offered.names().into_iter().any(is_stated)
        });
        (!is_offered).then_some((text.first_line, expr))
    });
    let sure = facts.notices.iter().filter(|n| grants(n) && n.is_clear && n.first_line <= HEAD_LINES);
    let differing = sure.filter_map(|notice| {
        let expr = notice.expr.clone()?;
        let is_told = expr
            .names()
            .into_iter()
            .any(|name| is_stated(name) || (notice.note.is_some() && same_family(name.as_str(), &stated)));
        (!is_told).then_some((notice.first_line, expr))
    });
    texts.chain(differing).collect()
}

/// Whether an id is the other's deprecated form.
fn is_vague(name: &str, stated: &str) -> bool {
    let base = name.strip_suffix("-only").or_else(|| name.strip_suffix("-or-later")).unwrap_or(name);
    stated.strip_suffix('+').unwrap_or(stated) == base
}

fn same_family(name: &str, stated: &BTreeSet<LicenseName>) -> bool {
    let family = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
    stated.iter().any(|stated| family(stated.as_str()) == family(name))
}

/// Returns the first license that is surely named beside the file's texts and is no other form of them, with
/// its line.
pub(super) fn named_beside(facts: &FileFacts) -> Option<(String, u32)> {
    /// How sure a name is that may be about a part.
    const SURE: f64 = 0.9;
    let texts: BTreeSet<LicenseName> = facts.full_texts.iter().flat_map(|text| text.ids.clone()).collect();
    let is_gnu = |name: &str| name.contains("GPL-");
    let is_other = |name: &LicenseName| {
        !texts.iter().any(|text| {
            let (text, name) = (text.as_str(), name.as_str());
            text == name || is_gnu(text) && is_gnu(name) || is_vague(name, text) || is_vague(text, name)
        })
    };
    let mut sure = facts.notices.iter().filter(|n| n.is_clear && n.how <= How::Name && n.score >= SURE);
    sure.find_map(|notice| {
        let expr = notice.expr.as_ref().filter(|expr| expr.names().into_iter().all(is_other))?;
        Some((expr.to_string(), notice.first_line))
    })
}

/// Whether a notice is about the file, and not only a name in it.
pub(super) fn grants(notice: &Notice) -> bool {
    notice.how <= How::Field
}

/// Returns the license that the file's own words make of one, with the evidence; nothing where they
/// change nothing.
pub(super) fn exhibited(
    path: &WorkPath,
    facts: &FileFacts,
    license: &LicenseExpr,
) -> Option<(LicenseExpr, Evidence)> {
    let (applied, line) = exhibit::applied(license, &facts.exhibits, &facts.notices)?;
    let evidence = Evidence {
        kind: EvidenceKind::Header,
        // It names no license by itself.
        expression: "NOASSERTION".to_owned(),
        line: Some(line),
        end_line: None,
        score: 1.0,
        source: path.clone(),
        note: Some(format!("says how {license} applies: makes it {applied}")),
    };
    Some((applied, evidence))
}

fn evidence(path: &WorkPath, notice: &Notice) -> Evidence {
    let kind = match notice.how {
        How::Text => EvidenceKind::Text,
        How::Grant | How::Field => EvidenceKind::Header,
        How::Link | How::Name | How::Refer | How::Word => EvidenceKind::Name,
    };
    let evidence = Evidence {
        kind,
        expression: notice.expr.as_ref().map_or_else(|| "NOASSERTION".to_owned(), ToString::to_string),
        line: None,
        end_line: None,
        score: (notice.score * 100.0).round() / 100.0,
        source: path.clone(),
        note: notice.note.clone(),
    };
    evidence.on_lines(notice.first_line, notice.last_line)
}
