// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The credit has the parts this version of the license lists (check k4).

use super::changes::mark;
use super::elsewhere::links;
use super::{Case, DutyRow, DutyState, Told, cited};
use crate::domain::DutyName;
use crate::finding::Finding;
use crate::license::{DutyCode, facts};
use crate::rule::Problem;

/// What the derivative says of one work: in its signed record, in its head, in a credits file.
struct Credit {
    text: String,
    place: Option<String>,
}

/// `is_lawful` where the license itself was kept; where it was not, that is told already.
pub(super) fn check(case: &Case<'_>, is_lawful: bool, told: &mut Told<'_>) -> Option<DutyRow> {
    let (term, duty) = case.arm.iter().find_map(|term| Some((term, facts(term)?.duty(DutyCode::A)?)))?;
    let clause = cited(term, &duty.cite);
    let source = case.ancestor.work;
    let credit = Credit::of(case);
    let mut missing = Vec::new();
    for field in &duty.fields {
        // What the licensor does not supply need not be named.
        let absent = match field.as_str() {
            "creator" | "authors" | "provider" => source
                .creators
                .iter()
                .find(|name| !credit.has(name))
                .map(|name| format!("the creator {name}")),
            "title" | "database" => source
                .title
                .as_ref()
                .filter(|title| !credit.has(title))
                .map(|t| format!("the title \u{201c}{t}\u{201d}")),
            "uri" | "source" | "original" | "dataset-uri" => {
                let bare =
                    |uri: &str| uri.split("://").last().unwrap_or(uri).trim_end_matches('/').to_owned();
                let uri = source.source.as_ref().filter(|uri| !credit.has(&bare(uri)));
                uri.map(|uri| format!("the address {uri}"))
            }
            // Section 3(a)(1)(A) wants a notice that refers to the license; its address is the duty
            // to ship the text or link to it.
            "license" | "statement" | "license-note" if is_lawful => {
                let names =
                    links(term).iter().any(|link| credit.has(link)) || credit.has(term.license.as_str());
                (!names).then(|| format!("the license {}", term.license))
            }
            // "A credit identifying the use of the Work in the Derivative Work" (CC 1.0 to 3.0). That a
            // work under 4.0 was modified is a duty of its own here.
            "credit-of-use" => {
                let is_credited = credit.place.is_some() || mark(case).is_some();
                (case.is_changed() && !is_credited).then(|| "how the work was used".to_owned())
            }
            _ => None,
        };
        missing.extend(absent);
    }
    if missing.is_empty() {
        let seen = credit.place.unwrap_or_else(|| case.work.path.to_string());
        return Some(case.row(DutyName::Attribution, DutyState::Met, clause, Some(seen)));
    }
    let (source, missing) = (case.source(), missing.join(", "));
    let problem = Problem::AttributionIncomplete { source, missing, clause: clause.clone() };
    told.tell(Finding::on(&case.work.path, problem));
    Some(case.row(DutyName::Attribution, DutyState::Broken, clause, credit.place))
}

impl Credit {
    fn of(case: &Case<'_>) -> Self {
        let work = case.work;
        let mut parts: Vec<String> = Vec::new();
        let mut place = None;
        if let Some(conclusion) = case.view.scan.conclusion(&work.path) {
            parts.extend(conclusion.copyright.iter().chain(&conclusion.attribution).cloned());
            parts.extend(conclusion.license.iter().map(ToString::to_string));
        }
        if let Some(leaf) = case.view.own.leaf(work) {
            place = Some("its signed record".to_owned());
            parts.extend(leaf.title.iter().chain(&leaf.creators).chain(&leaf.source).cloned());
        }
        for (item, by) in case.view.own.items(work) {
            place.get_or_insert_with(|| by.to_owned());
            parts.extend(item.title.iter().chain(&item.creators).chain(&item.source).cloned());
        }
        let mut names = vec![work.path.file_name(), case.ancestor.work.path.file_name()];
        names.extend(case.ancestor.work.title.as_deref());
        if let Some((path, text)) = case.view.elsewhere.paragraphs_on(&names) {
            place = Some(path.to_string());
            parts.push(text);
        }
        Self { text: parts.join("\n").to_lowercase(), place }
    }

    fn has(&self, text: &str) -> bool {
        self.text.contains(&text.to_lowercase())
    }
}
