// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A project and its policy to findings: the license chain.
//!
//! Every work gets a license with its evidence; every license is judged for how the work comes into
//! the whole; statements are held against the bytes they are about. Nothing unknown passes silently.

mod chain;
mod deps;
mod losses;
mod portability;
mod statements;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{CONFIG_FILE, Config, Suppression, Treatment};
use crate::deps::Dependency;
use crate::detect::{Conclusion, Nature, Note, ProblemKind, is_proprietary, may_mean, why_unclear};
use crate::domain::{Instant, LicenseExpr, LicenseName, WorkPath};
use crate::finding::{Finding, sorted};
use crate::license::nearest_text;
use crate::rule::{Problem, Rule};
use crate::scan::{Scan, Seen};
use crate::work::TreeProblem;

pub(crate) use chain::because;
pub use chain::ingredients;
pub use losses::{losses, of_works};
pub(crate) use portability::check as check_portability;
pub use statements::{Standing, Statements};

/// What is audited.
pub struct Subject<'a> {
    /// The tree as it was listed.
    pub tree_problems: &'a [TreeProblem],
    /// The tree as it was read.
    pub scan: &'a Scan,
    /// The statements that lie in its record.
    pub statements: &'a Statements,
    /// The project's own policy.
    pub config: &'a Config,
    /// What it depends on, where that was asked for.
    pub dependencies: &'a [Dependency],
    /// The time that suppressions expire by.
    pub now: Instant,
}

/// Returns what is wrong with a project, sorted. What its policy suppresses is left out.
pub fn audit(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        subject.tree_problems.iter().chain(&subject.scan.problems).map(Finding::unseen).collect();
    portability::check(subject.scan, &mut findings);
    check_statements_in_files(subject.scan, subject.config, &mut findings);
    check_texts(subject.scan, &mut findings);
    check_policy(subject.scan, subject.config, &mut findings);
    chain::check(subject.scan, subject.config, &mut findings);
    let whole = outbound(subject.scan, subject.config);
    deps::check(subject.dependencies, whole, subject.config, &mut findings);
    statements::check(subject.scan, subject.statements, subject.config, &mut findings);
    findings.retain(|finding| !subject.config.suppressions.iter().any(|s| covers(s, finding, subject.now)));
    sorted(findings)
}

/// Returns what the project as a whole is offered under: its policy's word, else what its root
/// declares.
pub fn outbound<'a>(scan: &'a Scan, config: &'a Config) -> Option<&'a LicenseExpr> {
    config.project.license.as_ref().or(scan.conclusions.license.as_ref())
}

/// What could not be looked at is never suppressed.
fn covers(suppression: &Suppression, finding: &Finding, now: Instant) -> bool {
    let rule = finding.problem.rule();
    let is_meant = Rule::find(&suppression.code).is_some_and(|meant| meant.code == rule.code);
    let is_there = suppression.paths.is_empty()
        || finding.path.as_ref().is_some_and(|path| suppression.paths.iter().any(|glob| glob.matches(path)));
    is_meant && is_there && suppression.expires.is_none_or(|end| now <= end) && !finding.problem.is_blind()
}

/// Returns what the words of a work say that is too little for a license.
fn unclear(conclusion: &Conclusion) -> Option<String> {
    let said = conclusion.evidence.iter().find(|evidence| evidence.note.is_some())?;
    let (note, expression) = (said.note.as_deref()?, said.expression.as_str());
    let named = if expression == "NOASSERTION" { String::new() } else { format!("{expression}: ") };
    let line = said.line.map_or(String::new(), |line| format!("line {line}: "));
    Some(format!("; {line}{named}{note}"))
}

/// Each covered work has a license and a copyright notice, and what is stated can be read.
fn check_statements_in_files(scan: &Scan, config: &Config, findings: &mut Vec<Finding>) {
    // A statement that cannot be read is told of as that.
    let problems = scan.conclusions.problems.iter();
    let is_unread = |kind: &ProblemKind| {
        matches!(
            kind,
            ProblemKind::InvalidExpression(..)
                | ProblemKind::UnclearPackage(_)
                | ProblemKind::BrokenPackage(_)
        )
    };
    let unread: BTreeSet<&WorkPath> = problems.filter(|p| is_unread(&p.kind)).map(|p| &p.path).collect();
    for work in &scan.works {
        let Some(conclusion) = scan.conclusion(&work.path) else { continue };
        if !conclusion.covered {
            continue;
        }
        if treatment(work, config) != Treatment::Full {
            continue;
        }
        let is_unread = unread.contains(&work.path);
        match &conclusion.license {
            None if is_unread => {}
            None => {
                let unclear = unclear(conclusion).unwrap_or_default();
                findings.push(Finding::on(&work.path, Problem::NoLicense { unclear }));
            }
            Some(license) if conclusion.is_inherited() => {
                let source = conclusion.evidence[0].source.clone();
                let license = license.clone();
                findings.push(Finding::on(&work.path, Problem::LicenseInherited { license, source }));
            }
            Some(_) => {}
        }
        if conclusion.copyright.is_empty() && !conclusion.is_inherited() {
            findings.push(Finding::on(&work.path, Problem::NoCopyright {}));
        }
    }
    for problem in &scan.conclusions.problems {
        let what = match &problem.kind {
            ProblemKind::InvalidExpression(text, error) => invalid_expression(text, error.to_string()),
            ProblemKind::UnknownName(license) => Problem::UnknownLicense { license: license.clone() },
            ProblemKind::DeprecatedName(license) => Problem::DeprecatedLicense { license: license.clone() },
            ProblemKind::ReuseToml(error) => Problem::BrokenReuseToml { reason: error.problem.clone() },
            ProblemKind::UnclearPackage(text) => invalid_expression(text, why_unclear(text)),
            ProblemKind::BrokenPackage(reason) => Problem::BrokenManifest { reason: reason.clone() },
            ProblemKind::OtherText(declared, text) => {
                Problem::ManifestConflict { declared: declared.clone(), text: text.clone() }
            }
            ProblemKind::UnclearLicenseFile(why) => Problem::UnclearLicenseFile { reason: why.to_string() },
            ProblemKind::BadLicenseFile(_)
            | ProblemKind::LicenseFileWithoutExtension(_)
            | ProblemKind::DuplicateLicenseFile(..) => {
                Problem::BadLicenseFile { reason: problem.kind.to_string() }
            }
            ProblemKind::Conflict(stated, said) => {
                Problem::TagConflict { stated: stated.clone(), said: said.clone() }
            }
            ProblemKind::Open(Note::HeadOnly) => Problem::NotLookedAt { reason: problem.kind.to_string() },
            ProblemKind::Open(_) => Problem::UnclosedBlock { what: problem.kind.to_string() },
        };
        findings.push(Finding { path: Some(problem.path.clone()), line: problem.line, problem: what });
    }
}

/// Returns how the policy takes a work: of all that is said of what it is, the mildest.
fn treatment(work: &Seen, config: &Config) -> Treatment {
    let of = |nature: &Nature| match nature {
        Nature::Binary => config.policy.binary,
        Nature::Generated => config.policy.generated,
        Nature::TestData => config.policy.test_data,
        Nature::Vendored => config.policy.vendored,
    };
    work.natures.iter().map(of).max().unwrap_or_default()
}

/// Offers what was probably meant.
fn invalid_expression(text: &str, reason: String) -> Problem {
    let own = is_proprietary(text).then(|| "LicenseRef-Proprietary".to_owned());
    let near = own.into_iter().chain(may_mean(text)).chain(nearest_text(text)).next();
    let near = near.unwrap_or_else(|| "MIT OR Apache-2.0".to_owned());
    Problem::InvalidExpression { expression: text.to_owned(), reason, near }
}

/// The licenses the policy names are known, and each override is about works that are there, with the bytes
/// it was made for.
fn check_policy(scan: &Scan, config: &Config, findings: &mut Vec<Finding>) {
    let file: WorkPath = CONFIG_FILE.parse().expect("a file name is a path");
    let licenses = config.project.license.iter().chain(config.overrides.iter().map(|stated| &stated.license));
    let licenses = licenses.chain(config.parts.iter().filter_map(|part| part.license.as_ref()));
    let named: BTreeSet<&LicenseName> = licenses.flat_map(LicenseExpr::names).collect();
    for license in named.into_iter().filter(|name| !name.is_ref()) {
        let license = license.clone();
        if !license.is_listed() {
            findings.push(Finding::on(&file, Problem::UnknownLicense { license }));
        } else if license.is_deprecated() {
            findings.push(Finding::on(&file, Problem::DeprecatedLicense { license }));
        }
    }
    for stated in &config.overrides {
        let globs: Vec<String> = stated.paths.iter().map(|glob| format!("`{glob}`")).collect();
        let stale = |paths: String, reason| Problem::StaleOverride { paths, reason };
        for (glob, shown) in stated.paths.iter().zip(&globs) {
            if !scan.works.iter().any(|work| glob.matches(&work.path)) {
                let reason = "no work has such a path".into();
                findings.push(Finding::on(&file, stale(shown.clone(), reason)));
            }
        }
        let Some(digest) = stated.sha256 else { continue };
        let is_meant = |work: &&Seen| stated.paths.iter().any(|glob| glob.matches(&work.path));
        for work in scan.works.iter().filter(is_meant).filter(|work| work.sha256 != digest) {
            let reason = format!("it was made for sha256:{digest}, and this is sha256:{}", work.sha256);
            findings.push(Finding::on(&work.path, stale(globs.join(", "), reason)));
        }
    }
}

/// The text of every license in use is in the tree, and LICENSES/ holds no others.
fn check_texts(scan: &Scan, findings: &mut Vec<Finding>) {
    let mut works: BTreeMap<&LicenseName, usize> = BTreeMap::new();
    for work in &scan.works {
        let Some(conclusion) = scan.conclusion(&work.path).filter(|c| c.covered) else { continue };
        for name in conclusion.license.iter().flat_map(LicenseExpr::names) {
            *works.entry(name).or_default() += 1;
        }
    }
    for (name, count) in works {
        if (name.is_listed() || name.is_ref()) && !has_text(scan, name) {
            let license = name.clone();
            findings.push(Finding::whole(Problem::LicenseTextMissing { license, works: count }));
        }
    }
    for name in &scan.conclusions.unused {
        let finding = Problem::LicenseTextUnused { license: name.clone() };
        match scan.conclusions.present.get(name) {
            Some(path) => findings.push(Finding::on(path, finding)),
            None => findings.push(Finding::whole(finding)),
        }
    }
}

/// Returns whether the text of a license is in the tree: by its place in LICENSES/, or word for word
/// in any file.
fn has_text(scan: &Scan, name: &LicenseName) -> bool {
    scan.conclusions.present.contains_key(name)
        || scan.works.iter().any(|work| work.is_license_text && work.texts.contains(name))
}
