// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The license a work is passed on under (checks k6, k6f, k13).

use std::collections::BTreeMap;

use super::{Case, DutyRow, DutyState, Told, cited};
use crate::audit::because;
use crate::domain::{DutyName, ExprNode, LicenseExpr, LicenseTerm};
use crate::finding::Finding;
use crate::license::{DutyCode, Judgement, Restriction, Use, Verdict, facts, judge};
use crate::rule::Problem;

/// What was judged already: many works are under few licenses.
#[derive(Default)]
pub(super) struct Judged(BTreeMap<(LicenseExpr, LicenseExpr), Judgement>);

impl Judged {
    fn derivative(&mut self, from: &LicenseExpr, to: &LicenseExpr) -> &Judgement {
        let judge = || judge(from, to, Use::Derivative);
        self.0.entry((from.clone(), to.clone())).or_insert_with(judge)
    }
}

/// Returns the licenses that bind: of a choice, the arm that was taken as far as the license below
/// shows, else the first that allows it, else the first.
pub(super) fn chosen_arm(
    license: &LicenseExpr,
    below: Option<&LicenseExpr>,
    judged: &mut Judged,
) -> Vec<LicenseTerm> {
    let terms = |expr: &LicenseExpr| expr.terms().into_iter().cloned().collect::<Vec<_>>();
    let ExprNode::Or(arms) = license.node() else { return terms(license) };
    let arms: Vec<LicenseExpr> = arms.iter().cloned().map(LicenseExpr::from_node).collect();
    let taken = below.map(LicenseExpr::terms).unwrap_or_default();
    let arm = arms
        .iter()
        .find(|arm| arm.terms().is_subset(&taken))
        .or_else(|| {
            let below = below?;
            arms.iter().max_by_key(|arm| judged.derivative(arm, below).verdict)
        })
        .or(arms.first());
    arm.map(terms).unwrap_or_default()
}

/// What asks that a work's license be told, the plainest first.
const KEEPS: [DutyCode; 10] = [
    DutyCode::K,
    DutyCode::Sw,
    DutyCode::Sf,
    DutyCode::Sl,
    DutyCode::Sa,
    DutyCode::Sd,
    DutyCode::L,
    DutyCode::Lu,
    DutyCode::C,
    DutyCode::A,
];

/// The license below is one the license above allows.
pub(super) fn check(case: &Case<'_>, judged: &mut Judged, told: &mut Told<'_>) -> Vec<DutyRow> {
    let (work, license) = (case.work, case.license);
    let (source, upstream) = (case.source(), license.clone());
    let row = |state, clause: String, seen| case.row(DutyName::License, state, clause, seen);
    let Some(now) = case.ancestor.below else {
        // What asks for nothing may be passed on without a word (0BSD, CC0-1.0).
        let Some(clause) = case.may_ask(&KEEPS) else {
            return vec![row(DutyState::Met, license.to_string(), Some("it asks for nothing".to_owned()))];
        };
        let row = row(DutyState::Broken, clause.clone(), None);
        told.tell(Finding::on(&work.path, Problem::LicenseDropped { upstream, source, clause }));
        return vec![row];
    };
    let here = || Some(format!("{}: {now}", work.path));
    // Passing on what was received, as it was received, is not an adaptation. The bytes show that it
    // is so, never the derivative's word.
    let is_kept = now == license && case.is_untouched();
    let mut rows = Vec::new();
    if let Some(clause) = no_derivatives(case.arm) {
        let duty = DutyName::NoDerivatives;
        if case.is_untouched() {
            rows.push(case.row(duty, DutyState::Met, clause, Some("the same bytes".to_owned())));
        } else if let Some(word) = case.attested(duty).filter(|word| word.text.is_some() && now == license) {
            // CC BY-ND 4.0, section 2(a)(4): a change of format alone is no adaptation.
            rows.push(case.row(duty, DutyState::Attested, clause.clone(), Some(word.shown())));
            rows.push(row(DutyState::Met, license.to_string(), here()));
            let what = format!("the bytes are not those of {source}");
            let (by, text) = (word.by().to_owned(), word.text.unwrap_or_default().to_owned());
            told.tell(Finding::on(&work.path, Problem::RestsOnStatement { what, by, text, clause }));
            return rows;
        } else {
            rows.push(case.row(duty, DutyState::Broken, clause, None));
        }
    }
    if is_kept {
        rows.push(row(DutyState::Met, license.to_string(), here()));
        return rows;
    }
    let judgement = judged.derivative(license, now);
    let clause = because(judgement);
    let (now, line) = (now.clone(), stated_at(case));
    let mut tell = |problem| {
        let mut finding = Finding::on(&work.path, problem);
        finding.line = line;
        told.tell(finding);
    };
    let state = match judgement.verdict {
        Verdict::Allowed => DutyState::Met,
        Verdict::Conditional => {
            let condition = judgement.conditions.join("; and ");
            tell(Problem::LicenseChangeConditional { upstream, now, source, condition });
            DutyState::NotSeen
        }
        Verdict::Unclear => {
            let reason = clause.clone();
            tell(Problem::LicenseChangeUnclear { upstream, now, source, reason });
            DutyState::NotSeen
        }
        Verdict::NotAllowed => {
            tell(Problem::LicenseChanged { upstream, now, source, clause: clause.clone() });
            DutyState::Broken
        }
    };
    rows.push(row(state, clause, here()));
    rows
}

fn no_derivatives(arm: &[LicenseTerm]) -> Option<String> {
    arm.iter().find_map(|term| Some(cited(term, facts(term)?.restrictions.get(&Restriction::Nd)?)))
}

/// Returns the line of the work that states its license.
fn stated_at(case: &Case<'_>) -> Option<u32> {
    let evidence = case.view.scan.conclusion(&case.work.path)?.evidence.first()?;
    evidence.line.filter(|_| evidence.source == case.work.path)
}
