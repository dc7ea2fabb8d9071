// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What would make a refused pair work. A path through a third license is offered here and only here:
//! it needs a real act in between.

use super::catalog::{Known, Licenses, all_known};
use super::compat::{Use, Verdict};
use super::pair::{self, Party};
use super::terms::Restriction;
use crate::domain::{LicenseName, LicenseTerm};

/// Returns the shortest repair for a pair that is not permitted.
pub(super) fn of(
    from: &LicenseTerm,
    to: &LicenseTerm,
    use_: Use,
    verdict: Verdict,
    licenses: &Licenses,
) -> Option<String> {
    let (inbound, outbound) = (licenses.known(from)?, licenses.known(to)?);
    let better = |from: &LicenseTerm, to: &LicenseTerm, use_: Use| {
        let found = pair::judge(Party::of(from, licenses), Party::of(to, licenses), use_).verdict;
        found >= Verdict::Conditional && found > verdict
    };
    if use_ == Use::Derivative && inbound.facts.forbids(Restriction::Nd) {
        return Some("carry it unchanged, or ask its holders for another license".to_owned());
    }
    if outbound.later {
        let only = LicenseTerm {
            or_later: false,
            exception: to.exception.clone(),
            license: name(&outbound.only().id())?,
        };
        if better(from, &only, use_) {
            return Some(format!("offer your work under {only}, without \"or later\""));
        }
    }
    if inbound.grants_only() {
        let later = LicenseTerm {
            or_later: false,
            exception: from.exception.clone(),
            license: name(&inbound.with_later().id())?,
        };
        if better(&later, to, use_) {
            return Some(format!(
                "ask the holders for `or later`, or offer the result under {}",
                inbound.id()
            ));
        }
    }
    for facts in outbound.facts.successors() {
        let next = Known { facts, later: outbound.later, suffixed: outbound.suffixed };
        let next = LicenseTerm { license: name(&next.id())?, or_later: false, exception: None };
        if better(from, &next, use_) {
            return Some(format!("offer your work under {next}"));
        }
    }
    if inbound.facts.is_copyleft() {
        for middle in all_known().filter(|middle| middle.facts.id != inbound.facts.id) {
            let middle = LicenseTerm { license: name(&middle.id())?, or_later: false, exception: None };
            if better(from, &middle, use_) && better(&middle, to, use_) {
                return Some(format!("publish an adaptation under {middle} first, then take it from there"));
            }
        }
    }
    for (weaker, advice) in [
        (Use::Combine, "keep it unmixed, linked or embedded as its own part"),
        (Use::Aggregate, "use it only beside the rest, as a separate work"),
    ] {
        if weaker > use_ && better(from, to, weaker) {
            return Some(format!("{advice}, or ask its holders for another license"));
        }
    }
    Some("ask its holders for another license".to_owned())
}

fn name(id: &str) -> Option<LicenseName> {
    id.parse().ok()
}
