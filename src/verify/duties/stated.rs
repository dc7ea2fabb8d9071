// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What no tree shows: uses, endorsement, patents, notices of running programs (checks k8, k8n, k12).
//! Somebody's signed word is shown as that.

use super::{Case, DutyRow, DutyState, Told, cited};
use crate::domain::DutyName;
use crate::finding::Finding;
use crate::license::{DutyCode, Restriction, facts};
use crate::rule::Problem;

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
            let row = case.stated(duty, cited(term, cite));
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

/// Returns whether a statement is asked for in a finding. Endorsement, patents and the notices of
/// programs that may not even be interactive are in the matrix alone: every tree would be told of them.
fn is_asked_for(duty: DutyName) -> bool {
    matches!(duty, DutyName::NonCommercial | DutyName::UseRestrictions | DutyName::NetworkSource)
}
