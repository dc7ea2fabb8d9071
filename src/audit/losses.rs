// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What licenses lost between two records.

use crate::domain::LicenseExpr;
use crate::finding::{Finding, sorted};
use crate::license::{Restriction, Shift, shift};
use crate::manifest::Record;
use crate::manifest::agreement::{self, Losses};
use crate::rule::Problem;

/// Finds what licenses lost between two records: of works, and of the project as a whole.
pub fn losses(before: &Record, after: &Record) -> Vec<Finding> {
    let mut findings = of_works(agreement::losses(before.works(), after.works()));
    if let (Some(from), Some(to)) = (&before.manifest().license, &after.manifest().license) {
        findings.extend(shift(from, to).map(|shift| Finding::whole(problem(from, to, shift))));
    }
    sorted(findings)
}

/// Returns the findings on works whose licenses lost something, sorted.
pub fn of_works(losses: Losses) -> Vec<Finding> {
    let weaker = losses.weaker.into_iter().map(|work| {
        let to = work.to.map_or("no license".to_owned(), |to| to.to_string());
        Finding::on(&work.path, Problem::LicenseWeakened { from: work.from, to })
    });
    let restricted = losses
        .restricted
        .into_iter()
        .map(|work| Finding::on(&work.path, problem(&work.from, &work.to, Shift::Restricted(work.forbids))));
    sorted(weaker.chain(restricted).collect())
}

fn problem(from: &LicenseExpr, to: &LicenseExpr, shift: Shift) -> Problem {
    let from = from.clone();
    match shift {
        Shift::Weaker => Problem::LicenseWeakened { from, to: to.to_string() },
        Shift::Restricted(forbids) => {
            let forbids: Vec<_> = forbids.into_iter().map(Restriction::says).collect();
            Problem::LicenseRestricted { from, to: to.clone(), forbids: forbids.join(", ") }
        }
    }
}
