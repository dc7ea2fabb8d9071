// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Each dependency's license against what the whole is offered under.

use std::collections::BTreeMap;

use super::chain::{because, judge_whole};
use crate::config::Config;
use crate::deps::{Dependency, Known};
use crate::domain::{LicenseExpr, shown};
use crate::finding::Finding;
use crate::license::{Judgement, Use, Verdict};
use crate::rule::Problem;

/// Adds what is wrong with what a project depends on. Where it is offered under nothing that is known, the
/// licenses are not judged, and that is told.
pub(super) fn check(
    dependencies: &[Dependency],
    outbound: Option<&LicenseExpr>,
    config: &Config,
    findings: &mut Vec<Finding>,
) {
    let is_told = findings.iter().any(|finding| matches!(finding.problem, Problem::NoOutboundLicense {}));
    if outbound.is_none() && !is_told && !dependencies.is_empty() {
        findings.push(Finding::whole(Problem::NoOutboundLicense {}));
    }
    let mut judged: BTreeMap<&LicenseExpr, Judgement> = BTreeMap::new();
    for dependency in dependencies {
        let package = shown(&dependency.name).to_string();
        let chain = if dependency.chain.is_empty() {
            dependency.lock.to_string()
        } else {
            shown(&dependency.chain.join(" > ")).to_string()
        };
        let problem = match (&dependency.license, outbound) {
            (Known::NotSeen(reason), _) => {
                Some(Problem::DependencyNotSeen { package, chain, reason: reason.clone() })
            }
            (Known::Unreadable(reason), _) => Some(Problem::Unreadable { reason: reason.clone() }),
            (Known::Unclear(said), _) => {
                let said = said.as_ref().map_or(String::new(), |said| format!(" ({})", shown(said)));
                Some(Problem::DependencyWithoutLicense { package, chain, said })
            }
            (Known::License(_), None) => None,
            (Known::License(license), Some(outbound)) => {
                let judgement = judged
                    .entry(license)
                    .or_insert_with(|| judge_whole(license, outbound, Use::Combine, &config.licenses));
                let (license, outbound) = (license.clone(), outbound.clone());
                match judgement.verdict {
                    Verdict::Allowed => None,
                    Verdict::Conditional => {
                        let condition = judgement.conditions.join("; and ");
                        Some(Problem::DependencyCondition { package, license, outbound, chain, condition })
                    }
                    Verdict::Unclear => {
                        let reason = because(judgement);
                        Some(Problem::DependencyUnclear { package, license, outbound, chain, reason })
                    }
                    Verdict::NotAllowed => {
                        let clause = because(judgement);
                        Some(Problem::DependencyConflict { package, license, outbound, chain, clause })
                    }
                }
            }
        };
        findings.extend(problem.map(|problem| Finding::on(&dependency.lock, problem)));
    }
}
