// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The engine against what the texts say.

mod own;
mod properties;

use super::catalog::all_known;
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
fn suggestions_are_strongest_first() {
    let suggest = |texts: &[&str], use_| {
        let from: Vec<_> = texts.iter().map(|text| (expr(text), use_)).collect();
        let found = suggest(&from, &Licenses::default()).unwrap();
        let ids = |list: Vec<Suggestion>| list.into_iter().map(|one| one.license).collect::<Vec<_>>();
        (ids(found.possible), ids(found.blocked))
    };
    let (possible, blocked) = suggest(&["MIT", "LGPL-2.1-or-later"], Use::Derivative);
    let at = |id| possible.iter().position(|one| one == id).unwrap();
    assert!(at("GPL-3.0-or-later") < at("LGPL-2.1-or-later"), "{possible:?}");
    assert!(blocked.iter().any(|id| id == "MIT"), "{blocked:?}");
    let (possible, _) = suggest(&["MIT", "LGPL-2.1-or-later"], Use::Combine);
    assert!(possible.iter().any(|id| id == "MIT"), "what is only linked lets the rest be MIT: {possible:?}");
}
