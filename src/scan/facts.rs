// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What other people's tools found in the works of a tree: evidence of its own kind, below what a work
//! says itself and above what it inherits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Scan;
use crate::detect::{Evidence, EvidenceKind};
use crate::domain::{Digest, LicenseExpr, WorkPath};

/// How a document of facts names itself.
pub const FACTS_SCHEMA: &str = "https://w3id.org/copyhold/facts/v0.1";

/// What one tool found, as `import facts` keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Names this format and its version.
    pub schema: String,
    /// The tool with its version, as it names itself.
    pub by: String,
    /// The works it found something in.
    pub works: BTreeMap<WorkPath, Found>,
}

/// What a tool found in one work.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The bytes it looked at, where it says so; of others nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// The licenses; all of them apply.
    #[serde(default)]
    pub licenses: Vec<FoundLicense>,
    /// What it says in place of a license that is no SPDX expression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// Copyright notices.
    #[serde(default)]
    pub copyright: Vec<String>,
}

/// One license a tool found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FoundLicense {
    /// The license.
    pub expression: LicenseExpr,
    /// The line it stands on, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// How sure the tool is, from 0 to 1.
    pub score: f64,
}

impl Scan {
    /// Adds what a tool found, kept in `source`. A work that says nothing itself takes its license from
    /// there, and from all such tools.
    pub fn add_facts(&mut self, facts: &Facts, source: &WorkPath) {
        for work in &self.works {
            let Some(found) = facts.works.get(&work.path) else { continue };
            let Some(conclusion) = self.conclusions.works.get_mut(&work.path) else { continue };
            if found.sha256.is_some_and(|digest| digest != work.sha256) {
                continue;
            }
            let evidence = |expression: String, line: Option<u32>, score: f64, note: String| Evidence {
                kind: EvidenceKind::Imported,
                expression,
                line,
                end_line: None,
                score,
                source: source.clone(),
                note: Some(note),
            };
            let read = found.licenses.iter().map(|license| {
                let score = license.score.clamp(0.0, 1.0);
                let note = format!("found by {}", facts.by);
                evidence(license.expression.to_string(), license.line, score, note)
            });
            let unread = found.unread.iter().map(|text| {
                evidence(text.clone(), None, 0.0, format!("found by {}, no SPDX expression", facts.by))
            });
            let evidence: Vec<Evidence> = unread.chain(read).collect();
            let own = conclusion.evidence.iter().take_while(|e| e.kind != EvidenceKind::Inherited).count();
            let before = &conclusion.evidence[..own];
            if before.iter().all(|e| e.kind == EvidenceKind::Imported) && !evidence.is_empty() {
                let all = found.licenses.iter().map(|license| license.expression.clone());
                // A part that nobody can read may be another license; what several tools found holds
                // together.
                let found = LicenseExpr::all_of(all).filter(|_| found.unread.is_empty());
                conclusion.license = match (&conclusion.license, found) {
                    (_, found) if before.is_empty() => found,
                    (Some(before), Some(found)) => LicenseExpr::all_of([before.clone(), found]),
                    _ => None,
                };
            }
            conclusion.evidence.splice(own..own, evidence);
            if conclusion.copyright.is_empty() {
                conclusion.copyright.clone_from(&found.copyright);
            }
        }
    }
}
