// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Each part's license against what the whole is offered under.

use std::collections::{BTreeMap, BTreeSet};

use super::{outbound, treatment};
use crate::config::{Config, Part, PartUse, Treatment};
use crate::domain::{ExprNode, LicenseExpr, WorkPath};
use crate::finding::Finding;
use crate::license::{Judgement, Licenses, Use, Verdict};
use crate::rule::Problem;
use crate::scan::{Scan, Seen};

/// Adds what the outbound license cannot take in.
pub(super) fn check(scan: &Scan, config: &Config, findings: &mut Vec<Finding>) {
    let Some(whole) = outbound(scan, config) else {
        if scan.works.iter().any(|work| scan.conclusion(&work.path).is_some_and(|c| c.license.is_some())) {
            findings.push(Finding::whole(Problem::NoOutboundLicense {}));
        }
        return;
    };
    let mut judged: BTreeMap<(&LicenseExpr, &LicenseExpr, Use), Option<Problem>> = BTreeMap::new();
    for work in &scan.works {
        let Some(conclusion) = scan.conclusion(&work.path) else { continue };
        let Some(license) = conclusion.license.as_ref().filter(|_| conclusion.covered) else { continue };
        let part = part_of(config, &work.path);
        let used = use_of(work, part, config);
        // A part with a license of its own takes the work in; the whole takes the part in.
        let steps = match part.and_then(|part| part.license.as_ref()) {
            Some(part_license) => vec![(license, part_license, Use::Derivative), (part_license, whole, used)],
            None => vec![(license, whole, used)],
        };
        for step in steps {
            let (from, to, used) = step;
            // What is under the very license of the whole is part of it.
            if from == to {
                continue;
            }
            let problem = judged.entry(step).or_insert_with(|| problem(from, to, used, &config.licenses));
            if let Some(problem) = problem {
                findings.push(Finding::on(&work.path, problem.clone()));
            }
        }
    }
}

/// Returns the licenses a project's works have, each with how it comes into the whole, and how many
/// works there are whose license is not known.
pub fn ingredients(scan: &Scan, config: &Config) -> (Vec<(LicenseExpr, Use)>, usize) {
    let (mut all, mut unknown) = (BTreeSet::new(), 0);
    for work in &scan.works {
        let Some(conclusion) = scan.conclusion(&work.path).filter(|conclusion| conclusion.covered) else {
            continue;
        };
        let part = part_of(config, &work.path);
        match part.and_then(|part| part.license.as_ref()).or(conclusion.license.as_ref()) {
            Some(license) => {
                all.insert((license.clone(), use_of(work, part, config)));
            }
            None => unknown += 1,
        }
    }
    (all.into_iter().collect(), unknown)
}

/// The last part that names a work is the one it belongs to, as in REUSE.toml.
fn part_of<'a>(config: &'a Config, path: &WorkPath) -> Option<&'a Part> {
    config.parts.iter().rev().find(|part| part.paths.iter().any(|glob| glob.matches(path)))
}

/// How a work comes into the whole: as its part says, else as the policy takes its nature.
fn use_of(work: &Seen, part: Option<&Part>, config: &Config) -> Use {
    match part {
        Some(part) => to_use(part.used),
        None if treatment(work, config) == Treatment::Aside => Use::Aggregate,
        None => Use::Derivative,
    }
}

fn to_use(used: PartUse) -> Use {
    match used {
        PartUse::Derivative => Use::Derivative,
        PartUse::Combine => Use::Combine,
        PartUse::Aggregate => Use::Aggregate,
    }
}

fn problem(license: &LicenseExpr, outbound: &LicenseExpr, used: Use, licenses: &Licenses) -> Option<Problem> {
    let judgement = judge_whole(license, outbound, used, licenses);
    let (license, outbound) = (license.clone(), outbound.clone());
    match judgement.verdict {
        Verdict::Allowed => None,
        Verdict::Conditional => Some(Problem::LicenseCondition {
            license,
            outbound,
            condition: judgement.conditions.join("; and "),
        }),
        Verdict::Unclear => {
            Some(Problem::LicenseUnclear { license, outbound, reason: because(&judgement) })
        }
        Verdict::NotAllowed => Some(Problem::LicenseConflict {
            license,
            outbound,
            clause: because(&judgement),
            repair: judgement.repair.clone().unwrap_or_else(|| {
                "take the work out, use it only beside the rest (a [[part]] in copyhold.toml), or change the outbound license".into()
            }),
        }),
    }
}

/// A project offered under `A AND B` has parts under each, so a work needs to fit one of them.
pub(super) fn judge_whole(
    license: &LicenseExpr,
    outbound: &LicenseExpr,
    used: Use,
    licenses: &Licenses,
) -> Judgement {
    let whole = licenses.judge(license, outbound, used);
    let ExprNode::And(parts) = outbound.node() else { return whole };
    let parts = parts.iter().map(|part| licenses.judge(license, &LicenseExpr::from_node(part.clone()), used));
    parts.chain([whole]).max_by_key(|judgement| judgement.verdict).expect("there is the whole")
}

/// Returns the deciding reason with its clause and source.
pub(crate) fn because(judgement: &Judgement) -> String {
    judgement.why.first().map_or_else(String::new, |reason| {
        // Most sentences name the clause themselves.
        if reason.text.contains(&reason.clause) {
            format!("{} ({})", reason.text, reason.source)
        } else {
            format!("{} ({}, {}; {})", reason.text, reason.license, reason.clause, reason.source)
        }
    })
}
