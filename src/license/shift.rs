// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a change of a work's license takes away from those who had it under the old one.

use std::collections::BTreeSet;

use super::catalog::facts;
use super::compat::{Use, Verdict, judge};
use super::terms::Restriction;
use crate::domain::{ExprNode, LicenseExpr};

/// What a change of license takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shift {
    /// What the work was under does not allow what it is under now, so only its contributors can do it.
    Weaker,
    /// It was allowed, and what it is under now forbids what was free before.
    Restricted(BTreeSet<Restriction>),
}

/// Returns what a change takes away; nothing where all that was free stays so.
pub fn shift(from: &LicenseExpr, to: &LicenseExpr) -> Option<Shift> {
    if from == to {
        return None;
    }
    if judge(from, to, Use::Derivative).verdict < Verdict::Conditional {
        return Some(Shift::Weaker);
    }
    let new: BTreeSet<_> = forbidden(to.node()).difference(&forbidden(from.node())).copied().collect();
    (!new.is_empty()).then_some(Shift::Restricted(new))
}

/// Returns what an expression forbids: of a choice, what every arm does.
fn forbidden(node: &ExprNode) -> BTreeSet<Restriction> {
    match node {
        ExprNode::Term(term) => {
            facts(term).map(|facts| facts.restrictions.keys().copied().collect()).unwrap_or_default()
        }
        ExprNode::And(parts) => parts.iter().flat_map(forbidden).collect(),
        ExprNode::Or(arms) => {
            let mut arms = arms.iter().map(forbidden);
            let first = arms.next().unwrap_or_default();
            arms.fold(first, |all, arm| all.intersection(&arm).copied().collect())
        }
    }
}
