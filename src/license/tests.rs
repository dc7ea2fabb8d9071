// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The engine against what the texts say, and the properties that hold for every pair.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::catalog::{all_known, catalog, is_listed_or_noted};
use super::pair::{self, Party};
use super::*;
use crate::domain::LicenseExpr;

fn expr(text: &str) -> LicenseExpr {
    text.parse().unwrap()
}

#[track_caller]
fn check(from: &str, to: &str, use_: Use, verdict: Verdict) -> Judgement {
    let judgement = judge(&expr(from), &expr(to), use_);
    assert_eq!(judgement.verdict, verdict, "{from} -> {to} ({use_}): {:#?}", judgement.why);
    assert!(!judgement.why.is_empty(), "{from} -> {to}: no reason");
    assert!(
        verdict != Verdict::Conditional || !judgement.conditions.is_empty(),
        "{from} -> {to}: no condition"
    );
    judgement
}

#[test]
fn software() {
    use Verdict::{Allowed, Conditional, NotAllowed};
    for (from, to, verdict) in [
        ("GPL-2.0-only", "GPL-2.0-or-later", NotAllowed),
        ("GPL-2.0", "GPL-3.0-only", NotAllowed),
        ("GPL-2.0+", "GPL-3.0-only", Allowed),
        ("LGPL-2.0-or-later", "LGPL-2.1-only", Allowed),
        ("LGPL-3.0-or-later", "GPL-3.0-or-later", Allowed),
        ("Apache-2.0", "GPL-2.0-only", NotAllowed),
        ("Apache-2.0", "GPL-2.0-or-later", NotAllowed),
        ("MPL-2.0", "GPL-2.0-or-later", Conditional),
        ("MIT", "GPL-2.0-only WITH Classpath-exception-2.0", Allowed),
        ("GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0", NotAllowed),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", Allowed),
    ] {
        check(from, to, Use::Derivative, verdict);
    }
}

#[test]
fn content_data_and_fonts() {
    use Verdict::{Allowed, Conditional, NotAllowed};
    for (from, to, verdict) in [
        ("CC-BY-SA-4.0", "GPL-3.0-only", Allowed),
        ("CC-BY-SA-4.0", "GPL-3.0-or-later", NotAllowed),
        ("CC-BY-SA-3.0-DE", "CC-BY-SA-4.0", Allowed),
        ("CC-BY-SA-1.0", "CC-BY-SA-2.0", NotAllowed),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", NotAllowed),
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", NotAllowed),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", Allowed),
        ("GFDL-1.3-invariants-only", "GFDL-1.3-no-invariants-only", NotAllowed),
        ("GFDL-1.2-only", "GFDL-1.3-only", NotAllowed),
        ("GFDL-1.2-or-later", "GFDL-1.3-only", Allowed),
        ("OFL-1.1", "OFL-1.1", Conditional),
    ] {
        check(from, to, Use::Derivative, verdict);
    }
}

/// Facts that texts and stewards state: from, to, use, verdict, source.
const KNOWN: &[(&str, &str)] = &[
    ("known-content.tsv", include_str!("tests/known-content.tsv")),
    ("known-software.tsv", include_str!("tests/known-software.tsv")),
];

#[test]
fn what_texts_and_stewards_state_comes_out() {
    let mut wrong = Vec::new();
    for (name, rows) in KNOWN {
        for row in rows.lines().filter(|row| !row.starts_with('#')).skip(1) {
            let [from, to, use_, verdict, source] = row.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{name}: {row:?} has not five columns");
            };
            let found = judge(&expr(from), &expr(to), use_.parse().unwrap()).verdict.to_string();
            if found != verdict {
                wrong.push(format!("{name}: {from} -> {to} ({use_}) is {found}; {source} says {verdict}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expressions_choose_and_say_so() {
    let judgement = check("MPL-1.1 OR GPL-2.0-or-later", "GPL-3.0-only", Use::Derivative, Verdict::Allowed);
    assert!(judgement.why.iter().any(|why| why.license == "GPL-2.0-or-later" && why.clause == "OR"));
    check("MIT AND GPL-2.0-only", "MIT", Use::Derivative, Verdict::NotAllowed);
    check("MIT", "GPL-2.0-only OR Apache-2.0", Use::Derivative, Verdict::Allowed);
    check("Apache-2.0", "GPL-2.0-only OR GPL-3.0-only", Use::Derivative, Verdict::NotAllowed);
    check("GPL-2.0-only", "MIT AND GPL-2.0-only", Use::Derivative, Verdict::Allowed);
    check("GPL-2.0-only", "Apache-2.0 AND GPL-2.0-only", Use::Derivative, Verdict::NotAllowed);
    check("GPL-2.0-only", "CC-BY-NC-4.0 AND GPL-2.0-only", Use::Derivative, Verdict::NotAllowed);
}

#[test]
fn the_same_license_may_stay() {
    use Verdict::{Allowed, NotAllowed, Unclear};
    for text in [
        "MTI",
        "LicenseRef-x",
        "GPL-2.0-only WITH AdditionRef-x",
        "CC-BY-NC-4.0",
        "CC-BY-SA-4.0 AND GPL-3.0-or-later",
        "Apache-2.0 AND GPL-2.0-only",
        "Apache-2.0 AND MTI",
        "GPL-2.0-only AND (Apache-2.0 OR MPL-1.1)",
        "Apache-2.0 AND GPL-2.0-only OR MIT",
    ] {
        for use_ in [Use::Derivative, Use::Combine, Use::Aggregate] {
            let judgement = check(text, text, use_, Allowed);
            assert!(
                judgement.why.iter().any(|why| why.text.contains("the license stays the same")),
                "{text}"
            );
        }
    }
    let judgement = check("MTI", "MTI", Use::Derivative, Allowed);
    assert!(judgement.why[0].text.contains("its terms are not known"), "{:?}", judgement.why);
    check("Apache-2.0 AND GPL-2.0-only", "Apache-2.0 AND GPL-2.0-only AND MIT", Use::Derivative, Allowed);
    for (use_, verdict) in [(Use::Derivative, NotAllowed), (Use::Combine, Allowed), (Use::Aggregate, Allowed)]
    {
        check("CC-BY-ND-4.0", "CC-BY-ND-4.0", use_, verdict);
        check("CC-BY-ND-4.0 AND MIT", "CC-BY-ND-4.0 AND MIT", use_, verdict);
    }
    check("NONE", "NONE", Use::Aggregate, NotAllowed);
    check("NOASSERTION", "NOASSERTION", Use::Aggregate, Unclear);
}

#[test]
fn a_copyleft_that_is_left_asks_nothing_more() {
    let asked = |from: &str, to: &str, use_: Use| {
        let found = judge(&expr(from), &expr(to), use_);
        found
            .follows
            .into_iter()
            .flat_map(|(id, duties)| duties.into_iter().map(move |d| (id.clone(), d.code)))
            .collect::<Vec<_>>()
    };
    for (from, to, use_) in [
        ("LGPL-2.1-only", "GPL-3.0-only", Use::Derivative),
        ("LGPL-2.1-only", "GPL-3.0-only", Use::Combine),
        ("LGPL-3.0-only", "AGPL-3.0-only", Use::Combine),
        ("CC-BY-SA-4.0", "GPL-3.0-only", Use::Derivative),
    ] {
        let asked = asked(from, to, use_);
        assert!(
            !asked.is_empty() && asked.iter().all(|(_, code)| !code.is_copyleft()),
            "{from} {to}: {asked:?}"
        );
    }
    let all = asked("GPL-2.0-or-later", "GPL-3.0-only", Use::Derivative);
    assert!(all.iter().all(|(id, _)| id == "GPL-3.0-only"), "{all:?}");
    assert!(
        asked("GPL-2.0-only", "GPL-2.0-only", Use::Derivative).iter().any(|(_, code)| code.is_copyleft())
    );
    assert!(asked("LGPL-2.1-only", "MIT", Use::Combine).iter().any(|(_, code)| code.is_copyleft()));
    assert!(asked("GPL-3.0-only", "AGPL-3.0-only", Use::Combine).iter().any(|(_, code)| code.is_copyleft()));
}

#[test]
fn only_a_conditional_verdict_has_conditions() {
    for (from, to, asks) in [
        ("CC-BY-SA-4.0", "GPL-3.0-only", true),
        ("LGPL-2.1-only", "GPL-2.0-only", true),
        ("MIT", "ISC", false),
    ] {
        let judgement = check(from, to, Use::Derivative, Verdict::Allowed);
        assert_eq!(
            (judgement.conditions.is_empty(), !judgement.then.is_empty()),
            (true, asks),
            "{from} {to}"
        );
    }
}

#[test]
fn reasons_and_repairs_are_for_people() {
    for (from, to, why, repair) in [
        (
            "GPL-2.0-only",
            "MIT",
            "GPL-2.0 2(b) keeps the whole work under GPL-2.0; nothing in the license or from its steward lets it go out under MIT",
            "use it only beside the rest, as a separate work, or ask its holders for another license",
        ),
        (
            "GPL-2.0-only",
            "GPL-3.0-only",
            "GPL-2.0 2(b) keeps the whole work under GPL-2.0; nothing in the license or from its steward lets it go out under GPL-3.0",
            "ask the holders for `or later`, or offer the result under GPL-2.0-only",
        ),
        (
            "CC-BY-ND-4.0",
            "MIT",
            "CC-BY-ND-4.0 lets it be shared unchanged only",
            "carry it unchanged, or ask its holders for another license",
        ),
        (
            "CC-BY-NC-4.0",
            "MIT",
            "CC-BY-NC-4.0 allows no commercial use, and MIT does",
            "use it only beside the rest, as a separate work, or ask its holders for another license",
        ),
    ] {
        let judgement = check(from, to, Use::Derivative, Verdict::NotAllowed);
        assert_eq!((judgement.why[0].text.as_str(), judgement.repair.as_deref()), (why, Some(repair)));
    }
    let found = check("CC-BY-SA-4.0", "GPL-3.0-only", Use::Derivative, Verdict::Allowed);
    let json = serde_json::to_value(&found.why[0]).unwrap();
    assert!(json["text"].as_str().unwrap().ends_with(" (rule R4, T2)"), "{json}");
    assert_eq!((&json["tier"], &json["since"]), (&"T2".into(), &"2015-10-08".into()), "{json}");
    let json = serde_json::to_value(&found).unwrap();
    assert!(json["duties"]["CC-BY-SA-4.0"][0]["cite"].is_string() && json["then"].is_array(), "{json}");
    for (from, to) in all_known().zip(all_known().skip(7)) {
        for use_ in [Use::Derivative, Use::Combine, Use::Aggregate] {
            let found = judge(&expr(&from.id()), &expr(&to.id()), use_);
            for text in found.why.iter().map(|why| &why.text).chain(&found.repair) {
                let code =
                    text.starts_with('R') && text.as_bytes()[1].is_ascii_digit() || text.contains("[T");
                assert!(!code && !text.contains("--"), "{text}");
            }
        }
    }
}

#[test]
fn an_id_that_is_not_known_gets_proposals() {
    for (text, ids) in [
        ("gpl3", &["GPL-3.0-only", "GPL-3.0-or-later"][..]),
        ("GPLv3", &["GPL-3.0-only", "GPL-3.0-or-later"]),
        ("MTI", &["MIT"]),
        ("Apache2", &["Apache-2.0"]),
        ("Apache-2", &["Apache-2.0"]),
        ("Appache-2.0", &["Apache-2.0"]),
        ("Classpath-exception-2", &["Classpath-exception-2.0", "Classpath-exception-2.0-short"]),
        ("zzzzzzzz", &[]),
    ] {
        assert_eq!(nearest(&text.parse().unwrap()), ids, "{text}");
    }
    for (text, ids) in [
        ("BSD 3-Clause", &["BSD-3-Clause"][..]),
        ("GPL-2+", &["GPL-2.0-or-later"]),
        ("GPL-2.0+ ", &["GPL-2.0-or-later"]),
        ("Apache License, Version 2.0", &["Apache-2.0"]),
        ("GNU General Public License v2 or later", &["GPL-2.0-or-later"]),
        ("MIT/Apache 2", &["MIT", "Apache-2.0"]),
        ("CC BY-SA 4.0", &["CC-BY-SA-4.0"]),
        ("", &[]),
        ("+", &[]),
        ("see the file COPYING", &[]),
    ] {
        assert_eq!(nearest_text(text), ids, "{text}");
    }
    assert!(nearest_text(&"GPL ".repeat(100_000)).is_empty());
}

#[test]
fn a_condition_is_cited_where_it_stands() {
    let judgement = check("Apache-2.0", "CC-BY-SA-4.0", Use::Derivative, Verdict::NotAllowed);
    assert!(
        judgement.why.iter().any(|why| why.license == "Apache-2.0" && why.clause == "9"),
        "{:?}",
        judgement.why
    );
}

#[test]
fn odc_by_lets_the_database_out_under_itself_only() {
    for (to, verdict) in [
        ("ODC-By-1.0", Verdict::Allowed),
        ("CC-BY-4.0", Verdict::Conditional),
        ("MIT", Verdict::Conditional),
        ("ODbL-1.0", Verdict::Unclear),
        ("CC-BY-SA-4.0", Verdict::Unclear),
    ] {
        check("ODC-By-1.0", to, Use::Derivative, verdict);
    }
}

#[test]
fn the_unknown_is_unclear() {
    for (from, to) in [
        ("NoSuchLicense", "MIT"),
        ("CC0-1.0", "LicenseRef-x"),
        ("MIT WITH AdditionRef-x", "MIT"),
        ("NOASSERTION", "MIT"),
        ("AGPL-9.0-only", "GPL-3.0-only"),
    ] {
        for use_ in [Use::Derivative, Use::Combine, Use::Aggregate] {
            check(from, to, use_, Verdict::Unclear);
        }
    }
    check("NONE", "MIT", Use::Aggregate, Verdict::NotAllowed);
}

#[test]
fn two_steps_are_a_repair_and_no_permission() {
    let judgement = check("CC-BY-SA-3.0", "GPL-3.0-only", Use::Derivative, Verdict::NotAllowed);
    assert_eq!(
        judgement.repair.as_deref(),
        Some("publish an adaptation under CC-BY-SA-4.0 first, then take it from there")
    );
    let judgement = check("CC-BY-SA-4.0", "GPL-3.0-or-later", Use::Derivative, Verdict::NotAllowed);
    assert_eq!(judgement.repair.as_deref(), Some("offer your work under GPL-3.0-only, without \"or later\""));
}

#[test]
fn hostile_expressions_end_quickly() {
    let many = (0..3000).map(|i| format!("L{i}")).collect::<Vec<_>>();
    for operator in [" AND ", " OR "] {
        let hostile = expr(&many.join(operator));
        assert_eq!(judge(&hostile, &hostile, Use::Derivative).verdict, Verdict::Unclear);
    }
}

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
    let all: Vec<_> = all_known().map(|known| expr(&known.id())).collect();
    for from in all.iter().filter_map(LicenseExpr::as_term) {
        for to in all.iter().filter_map(LicenseExpr::as_term) {
            let derivative = pair::judge(Party::of(from), Party::of(to), Use::Derivative);
            assert!(!derivative.why.is_empty(), "{from} -> {to}");
            assert!(derivative.why.iter().all(|why| !why.source.is_empty() && !why.clause.is_empty()));
            let combine = pair::judge(Party::of(from), Party::of(to), Use::Combine).verdict;
            assert!(
                derivative.verdict != Verdict::Allowed || combine >= Verdict::Conditional,
                "{from} -> {to}"
            );
        }
    }
}

#[test]
fn suggestions_are_strongest_first() {
    let found = suggest(&expr("MIT AND LGPL-2.1-or-later"));
    let ids: Vec<_> = found.possible.iter().map(|one| one.license.as_str()).collect();
    assert!(ids.contains(&"GPL-3.0-or-later") && ids.contains(&"LGPL-2.1-or-later"), "{ids:?}");
    let at = |id| ids.iter().position(|one| *one == id);
    assert!(at("GPL-3.0-or-later") < at("LGPL-2.1-or-later"));
    assert!(found.blocked.iter().any(|one| one.license == "MIT"));
}

fn any_term() -> impl Strategy<Value = String> {
    let mut ids: Vec<String> = all_known().map(super::Known::id).collect();
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
