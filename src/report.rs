// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Findings to what people and programs read. One source, several forms; nothing is decided here.

mod compare;
mod derive;
mod matrix;
mod reuse;
mod screen;
mod svr;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::WorkPath;
use crate::finding::{Finding, Verdict};
use crate::rule::Level;
use crate::verify::{Derivation, Followed, Link, Verification};

pub use compare::{CompareDocument, compare_document, compare_text};
pub use derive::{DeriveDocument, derive_document, derive_text, why};
pub use reuse::lint_text;
pub use svr::{Svr, svr};
pub use text::{Style, audit_text, count, findings_text, verify_text};

/// How the JSON of an audit names itself.
const AUDIT_SCHEMA: &str = "https://w3id.org/copyhold/audit/v0.1";

/// How the JSON of a verification names itself.
const VERIFY_SCHEMA: &str = "https://w3id.org/copyhold/verify/v0.1";

/// What `audit --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AuditDocument {
    /// Names this format and its version.
    pub schema: &'static str,
    /// What it comes to.
    pub verdict: Verdict,
    /// What is wrong, sorted by path, line and code.
    pub findings: Vec<FindingRow>,
    /// How much was looked at and found.
    pub summary: Summary,
}

/// What `verify --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct VerifyDocument {
    /// Names this format and its version.
    pub schema: &'static str,
    /// What it comes to.
    pub verdict: Verdict,
    /// What is wrong, sorted by path, line and code.
    pub findings: Vec<FindingRow>,
    /// How much was looked at and found.
    pub summary: Summary,
    /// Which works derive from which, sorted by path.
    pub derivations: Vec<Derivation>,
    /// The records that were walked, sorted by name.
    pub chain: Vec<Link>,
    /// What git's history told of each upstream; empty unless `--git` asked.
    pub history: Vec<Followed>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindingRow {
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The work it is about; null for the tree as a whole.
    pub path: Option<WorkPath>,
    /// The line, from 1; null where it is about no line.
    pub line: Option<u32>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What mends it.
    pub help: String,
    /// The facts of the sentence, by name.
    pub facts: serde_json::Map<String, serde_json::Value>,
}

/// How much was looked at and found.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary {
    /// How many works were read.
    pub works: usize,
    /// How many findings are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// How many are notes.
    pub notes: usize,
    /// How many findings there are of each code.
    pub codes: BTreeMap<&'static str, usize>,
}

impl Summary {
    /// Counts findings.
    pub fn of(works: usize, findings: &[Finding]) -> Self {
        let count = |level| findings.iter().filter(|finding| finding.level() == level).count();
        let mut codes = BTreeMap::new();
        for finding in findings {
            *codes.entry(finding.problem.rule().code).or_default() += 1;
        }
        Self {
            works,
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            notes: count(Level::Note),
            codes,
        }
    }
}

impl From<&Finding> for FindingRow {
    fn from(finding: &Finding) -> Self {
        let rule = finding.problem.rule();
        Self {
            code: rule.code,
            name: rule.name,
            level: finding.level(),
            path: finding.path.clone(),
            line: finding.line,
            message: finding.problem.to_string(),
            help: finding.problem.help(),
            facts: finding.problem.facts(),
        }
    }
}

/// Returns the document of an audit.
pub fn audit_document(works: usize, findings: &[Finding], verdict: Verdict) -> AuditDocument {
    AuditDocument {
        schema: AUDIT_SCHEMA,
        verdict,
        findings: findings.iter().map(FindingRow::from).collect(),
        summary: Summary::of(works, findings),
    }
}

/// Returns the document of a verification, with all that was found wrong.
pub fn verify_document(
    works: usize,
    findings: &[Finding],
    verdict: Verdict,
    verification: Verification,
) -> VerifyDocument {
    VerifyDocument {
        schema: VERIFY_SCHEMA,
        verdict,
        findings: findings.iter().map(FindingRow::from).collect(),
        summary: Summary::of(works, findings),
        derivations: verification.derivations,
        chain: verification.chain,
        history: verification.history,
    }
}
