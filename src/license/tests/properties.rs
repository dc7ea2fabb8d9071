// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What holds for the facts as a whole, and for every pair.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::catalog::{Known, all_known, catalog, is_listed_or_noted};
use super::super::pair::{self, Party};
use super::super::*;
use super::expr;
use crate::domain::LicenseExpr;

#[test]
fn facts_are_whole() {
    let catalog = catalog();
    for (id, facts) in &catalog.licenses {
        assert!(is_listed_or_noted(facts), "{id} is neither listed nor noted");
        assert!(facts.duties().iter().all(|duty| !duty.cite.is_empty()), "{id}: a duty without citation");
        let copyleft = matches!(facts.class, Class::WeakCopyleft | Class::StrongCopyleft | Class::ShareAlike);
        assert!(!copyleft || facts.is_copyleft(), "{id}: copyleft without its duty");
        assert!(facts.class != Class::PublicDomain || facts.duties.is_empty(), "{id}: duties and none");
        let limited = matches!(facts.class, Class::Restricted | Class::Proprietary);
        assert_eq!(limited, !facts.restrictions.is_empty(), "{id}: restrictions and class differ");
    }
    let families: BTreeSet<_> =
        catalog.licenses.values().map(|facts| format!("family:{}", facts.family)).collect();
    let known = |name: &String| catalog.licenses.contains_key(name) || families.contains(name);
    for edge in &catalog.edges {
        assert!(edge.from.iter().chain(&edge.to).all(known), "an end of {edge:?} has no facts");
        assert!(
            !edge.cite.is_empty() && (edge.verdict != Verdict::Conditional || !edge.conditions.is_empty()),
            "{edge:?}"
        );
    }
    for (id, exception) in &catalog.exceptions {
        assert!(spdx::exception_id(id).is_some(), "{id} is no exception on the list");
        assert!(exception.to.iter().all(known), "{id} helps what has no facts");
    }
}

#[test]
fn every_pair_has_a_reason_and_linking_asks_no_more_than_copying() {
    let licenses = Licenses::default();
    let all: Vec<_> = all_known().map(|known| expr(&known.id())).collect();
    for from in all.iter().filter_map(LicenseExpr::as_term) {
        for to in all.iter().filter_map(LicenseExpr::as_term) {
            let derivative =
                pair::judge(Party::of(from, &licenses), Party::of(to, &licenses), Use::Derivative);
            assert!(!derivative.why.is_empty(), "{from} -> {to}");
            assert!(derivative.why.iter().all(|why| !why.source.is_empty() && !why.clause.is_empty()));
            let combine =
                pair::judge(Party::of(from, &licenses), Party::of(to, &licenses), Use::Combine).verdict;
            assert!(
                derivative.verdict != Verdict::Allowed || combine >= Verdict::Conditional,
                "{from} -> {to}"
            );
        }
    }
}

fn any_term() -> impl Strategy<Value = String> {
    let mut ids: Vec<String> = all_known().map(Known::id).collect();
    ids.push("LicenseRef-unknown".to_owned());
    proptest::sample::select(ids)
}

fn any_use() -> impl Strategy<Value = Use> {
    proptest::sample::select(vec![Use::Derivative, Use::Combine, Use::Aggregate])
}

proptest! {
    #[test]
    fn or_permits_no_less_and_and_no_more(a in any_term(), b in any_term(), to in any_term(), use_ in any_use()) {
        let to = expr(&to);
        let verdict = |text: &str| judge(&expr(text), &to, use_).verdict;
        let (either, both) = (verdict(&format!("{a} OR {b}")), verdict(&format!("{a} AND {b}")));
        prop_assert!(both <= verdict(&a) && verdict(&a) <= either);
    }

    #[test]
    fn an_exception_blocks_nothing(
        a in any_term(), to in any_term(), use_ in any_use(),
        exception in proptest::sample::select(catalog().exceptions.keys().collect::<Vec<_>>()),
    ) {
        let to = expr(&to);
        prop_assume!(!a.contains("Ref") && !a.ends_with('+'));
        let with = judge(&expr(&format!("{a} WITH {exception}")), &to, use_).verdict;
        prop_assert!(with >= judge(&expr(&a), &to, use_).verdict);
    }

    #[test]
    fn dropping_or_later_permits_no_more(a in any_term(), to in any_term(), use_ in any_use()) {
        if let Some(stem) = a.strip_suffix("-or-later") {
            let to = expr(&to);
            let only = judge(&expr(&format!("{stem}-only")), &to, use_).verdict;
            prop_assert!(only <= judge(&expr(&a), &to, use_).verdict);
        }
    }

    #[test]
    fn unknown_is_never_allowed_into_anything_but_itself(a in any_term(), use_ in any_use()) {
        prop_assume!(a != "LicenseRef-unknown");
        prop_assert_ne!(judge(&expr("LicenseRef-unknown"), &expr(&a), use_).verdict, Verdict::Allowed);
        prop_assert_ne!(judge(&expr(&a), &expr("LicenseRef-unknown"), use_).verdict, Verdict::Allowed);
    }
}
