// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What no tree shows, or little of it: uses, endorsement, patents, notices of running programs (checks
//! k8, k8n, k12). Somebody's signed word is shown as that. Where it names an address, that must stand in
//! the tree: a page that offers the source has the link in it.

use std::collections::{BTreeMap, BTreeSet};

use super::own::Own;
use super::{Case, DutyRow, DutyState, Told, cited};
use crate::domain::DutyName;
use crate::finding::Finding;
use crate::license::{DutyCode, Restriction, facts};
use crate::rule::Problem;
use crate::verify::Target;

pub(super) fn check(case: &Case<'_>, told: &mut Told<'_>) -> Vec<DutyRow> {
    let mut rows: Vec<DutyRow> = Vec::new();
    for term in case.arm {
        let Some(facts) = facts(term) else { continue };
        let restricted =
            [(Restriction::Nc, DutyName::NonCommercial), (Restriction::Use, DutyName::UseRestrictions)];
        let restrictions = restricted
            .into_iter()
            .filter_map(|(restriction, duty)| Some((duty, facts.restrictions.get(&restriction)?)));
        let duties = facts.duties().iter().filter_map(|duty| {
            let name = match duty.code {
                DutyCode::Net => DutyName::NetworkSource,
                DutyCode::Ack if duty.check.iter().any(|check| check == "k8") => DutyName::InteractiveNotice,
                DutyCode::Ack => DutyName::Acknowledgement,
                DutyCode::U => DutyName::UseRestrictions,
                DutyCode::E => DutyName::NoEndorsement,
                DutyCode::P => DutyName::Patents,
                _ => return None,
            };
            Some((name, &duty.cite))
        });
        for (duty, cite) in restrictions.chain(duties) {
            if rows.iter().any(|row| row.duty == duty) {
                continue;
            }
            let row = row(case, duty, cited(term, cite));
            if row.state == DutyState::NotSeen && is_asked_for(duty) && told.is_first("stated", &row.clause) {
                let (license, clause) = (term.to_string(), row.clause.clone());
                let problem = Problem::StatementWanted { license, duty: duty.to_string(), clause };
                told.tell(Finding::on(&case.work.path, problem));
            }
            rows.push(row);
        }
    }
    rows
}

fn row(case: &Case<'_>, duty: DutyName, clause: String) -> DutyRow {
    let mut row = case.stated(duty, clause);
    if let (DutyName::InteractiveNotice, Some(place)) = (duty, &case.view.shows_notice) {
        (row.state, row.seen) = (DutyState::Met, Some(place.clone()));
    }
    if duty == DutyName::NetworkSource && row.state == DutyState::Attested {
        let text = case.attested(duty).and_then(|word| word.text).unwrap_or_default();
        for address in addresses_in(text) {
            let seen = row.seen.take().unwrap_or_default();
            row.seen = Some(if let Some(place) = case.view.addresses.get(address) {
                format!("{seen}, in {place}")
            } else {
                row.state = DutyState::NotSeen;
                format!("{seen}, but {address} stands in no work here")
            });
        }
    }
    row
}

fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    let bare = |word: &str| word.split_once("://").is_some_and(|(_, rest)| !rest.is_empty());
    let words = text.split_whitespace().filter(move |word| bare(word));
    words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/'))
}

/// Finds the works that have the addresses in them by which somebody signed that the source is offered.
pub(super) fn addresses<'a>(target: &Target<'a>, own: &Own<'a>) -> BTreeMap<&'a str, String> {
    let texts = own.all(DutyName::NetworkSource).filter_map(|word| word.text);
    let wanted: BTreeSet<&'a str> = texts.flat_map(addresses_in).collect();
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    let found = target.tree.map(|entry, content| {
        let content = content.ok()?;
        let has = |address: &&&str| memchr::memmem::find(content.bytes(), address.as_bytes()).is_some();
        Some((entry.path.to_string(), wanted.iter().filter(has).copied().collect::<Vec<_>>()))
    });
    let mut places = BTreeMap::new();
    for (path, here) in found.into_iter().flatten() {
        for address in here {
            places.entry(address).or_insert_with(|| path.clone());
        }
    }
    places
}

/// Returns whether a statement is asked for in a finding. Endorsement, patents and the notices of
/// programs that may not even be interactive are in the matrix alone: every tree would be told of them.
fn is_asked_for(duty: DutyName) -> bool {
    matches!(duty, DutyName::NonCommercial | DutyName::UseRestrictions | DutyName::NetworkSource)
}
