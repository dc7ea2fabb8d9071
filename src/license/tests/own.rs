// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Facts on licenses of a project's own.

use super::super::*;
use super::expr;
use crate::domain::LicenseName;

fn add(facts: &str) -> Result<Licenses, String> {
    let mut licenses = Licenses::default();
    let name: LicenseName = "LicenseRef-House".parse().unwrap();
    licenses.add(&name, &toml::from_str(facts).map_err(|error| error.to_string())?)?;
    Ok(licenses)
}

#[test]
fn a_license_of_ones_own_is_judged_by_its_facts() {
    use Use::{Combine, Derivative};
    let verdict = |licenses: &Licenses, from: &str, to: &str, use_| {
        let found = licenses.judge(&expr(from), &expr(to), use_);
        assert!(!found.why.is_empty() && found.why.iter().all(|why| !why.source.is_empty()));
        found.verdict
    };
    let house = "LicenseRef-House";
    let permissive = add("like = \"MIT\"").unwrap();
    assert_eq!(verdict(&permissive, house, "GPL-3.0-only", Derivative), Verdict::Allowed);
    assert_eq!(verdict(&permissive, "GPL-3.0-only", house, Derivative), Verdict::NotAllowed);
    let copyleft = add(
        "class = \"strong-copyleft\"\nkinds = [\"software\"]\nreach = \"work\"\nduties = { Sw = \"4\", N = \"2\" }",
    )
    .unwrap();
    assert_eq!(verdict(&copyleft, house, "MIT", Derivative), Verdict::NotAllowed);
    assert_eq!(verdict(&copyleft, "MIT", house, Derivative), Verdict::Allowed);
    assert_eq!(verdict(&copyleft, house, house, Combine), Verdict::Allowed);
    let closed =
        add("class = \"proprietary\"\nkinds = [\"software\"]\nrestrictions = { closed = \"1\" }").unwrap();
    assert_eq!(verdict(&closed, house, house, Derivative), Verdict::NotAllowed);
    // Nobody else's verdict moves, and a license nobody described stays unknown.
    assert_eq!(verdict(&permissive, "GPL-2.0-only", "GPL-3.0-only", Derivative), Verdict::NotAllowed);
    assert_eq!(verdict(&permissive, "LicenseRef-Other", "MIT", Derivative), Verdict::Unclear);
}

#[test]
fn facts_that_contradict_themselves_are_refused() {
    for (facts, problem) in [
        ("kinds = [\"software\"]", "class is missing"),
        ("class = \"permissive\"", "kinds is missing"),
        ("like = \"NoSuch-1.0\"", "like NoSuch-1.0, on which there are no facts"),
        ("like = \"MIT\"\nclass = \"strong-copyleft\"", "no duty keeps a work under it"),
        ("like = \"GPL-3.0\"\nclass = \"permissive\"", "keeps works under it"),
        ("like = \"MIT\"\nclass = \"public-domain\"", "and has the duty"),
        ("like = \"MIT\"\nreach = \"work\"", "and reaches"),
        ("like = \"MIT\"\nrestrictions = { NC = \"3\" }", "and says:"),
        ("like = \"MIT\"\nclass = \"restricted\"", "no restriction says how"),
        (
            "like = \"GPL-3.0\"\nclass = \"restricted\"\nrestrictions = { ND = \"3\" }",
            "forbids sharing changed versions",
        ),
        ("like = \"MIT\"\nduties = { N = \"\" }", "names no section"),
        ("like = \"MIT\"\nfamily = \"GPL\"", "not for a license of one's own"),
        ("like = \"MIT\"\nclas = \"permissive\"", "unknown field `clas`"),
    ] {
        let error = add(facts).unwrap_err();
        assert!(error.contains(problem), "{facts:?}: {error}");
    }
    let error = Licenses::default().add(&"MIT".parse().unwrap(), &WrittenFacts::default()).unwrap_err();
    assert!(error.contains("`LicenseRef-`"), "{error}");
}
