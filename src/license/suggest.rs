// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Under which licenses everything may go out together, and what blocks the others.

use serde::Serialize;

use super::catalog::{Known, Licenses, all_known};
use super::compat::{Judgement, Reason, Use, Verdict, add_new, unrepaired};
use super::terms::{Class, Kind, Reach};
use crate::domain::{LicenseExpr, LicenseTerm};

/// The outbound licenses for some expressions taken together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Suggestions {
    /// The version of this document.
    pub schema: &'static str,
    /// What goes out together.
    #[serde(serialize_with = "super::compat::as_text")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub from: LicenseExpr,
    /// The licenses that may be used, strongest protection first.
    pub possible: Vec<Suggestion>,
    /// The licenses that may not, in the same order, with what blocks them.
    pub blocked: Vec<Suggestion>,
}

/// One outbound license.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Suggestion {
    /// Its id.
    pub license: String,
    /// What sort it is.
    pub class: Class,
    /// How far it reaches.
    pub reach: Reach,
    /// Whether everything may go out under it.
    pub verdict: Verdict,
    /// Why.
    pub why: Vec<Reason>,
    /// What must hold or be done.
    pub conditions: Vec<String>,
}

/// Returns the licenses under which everything in `from`, each used as it says, may go out together; none
/// where there is nothing. Restricted licenses are offered only where `from` has one.
pub fn suggest(from: &[(LicenseExpr, Use)], licenses: &Licenses) -> Option<Suggestions> {
    let from = &from.iter().map(|(license, use_)| (license.current(), *use_)).collect::<Vec<_>>();
    let together = LicenseExpr::all_of(from.iter().map(|(license, _)| license.clone()))?;
    let known = |term: &LicenseTerm| licenses.known(term).map(|known| known.facts);
    let inbound: Vec<_> = together.terms().into_iter().filter_map(known).collect();
    let kinds: Vec<Kind> = inbound.iter().flat_map(|facts| facts.kinds.clone()).collect();
    let restricted = inbound.iter().any(|facts| facts.class == Class::Restricted);
    let mut all: Vec<(Known<'_>, Joint)> = all_known()
        .filter(|known| known.facts.kinds.iter().any(|kind| kinds.contains(kind)))
        .filter(|known| {
            known.facts.class < Class::Restricted || (restricted && known.facts.class == Class::Restricted)
        })
        .filter_map(|known| {
            let term = LicenseTerm { license: known.id().parse().ok()?, or_later: false, exception: None };
            Some((known, all_into(from, &LicenseExpr::from_term(term), licenses)))
        })
        .collect();
    all.sort_by(|(a, x), (b, y)| {
        (b.facts.reach, b.facts.class, y.verdict, &b.facts.version)
            .cmp(&(a.facts.reach, a.facts.class, x.verdict, &a.facts.version))
            .then_with(|| a.id().cmp(&b.id()))
    });
    let (possible, blocked): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, judgement)| judgement.verdict >= Verdict::Conditional);
    let made = |list: Vec<(Known<'_>, Joint)>| {
        list.into_iter()
            .map(|(known, judgement)| Suggestion {
                license: known.id(),
                class: known.facts.class,
                reach: known.facts.reach,
                verdict: judgement.verdict,
                why: judgement.why,
                conditions: judgement.conditions,
            })
            .collect()
    };
    Some(Suggestions {
        schema: "https://w3id.org/copyhold/suggest/v0.1",
        from: together,
        possible: made(possible),
        blocked: made(blocked),
    })
}

/// What several judgements come to together.
struct Joint {
    verdict: Verdict,
    why: Vec<Reason>,
    conditions: Vec<String>,
}

/// Everything into one license: the worst verdict, with what makes it so.
fn all_into(from: &[(LicenseExpr, Use)], to: &LicenseExpr, licenses: &Licenses) -> Joint {
    let each: Vec<_> = from.iter().map(|(one, use_)| unrepaired(one, to, *use_, licenses).0).collect();
    let verdict = each.iter().map(|one| one.verdict).min().unwrap_or(Verdict::Unclear);
    let decides = |one: &Judgement| one.verdict == verdict || verdict >= Verdict::Conditional;
    let (mut why, mut conditions) = (Vec::new(), Vec::new());
    for one in each.into_iter().filter(decides) {
        add_new(&mut why, one.why);
        add_new(&mut conditions, one.conditions);
    }
    Joint { verdict, why, conditions }
}
