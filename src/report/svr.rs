// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A verification as in-toto's Simple Verification Result, which other people's policy engines read
//! (<https://github.com/in-toto/attestation>, spec/predicates/svr.md, version 0.2).

use serde::{Deserialize, Serialize};

use crate::domain::{Digest, Instant, WorkPath};
use crate::finding::{Finding, Verdict};
use crate::hash::works_dir_hash;
use crate::manifest::Evidence;
use crate::rule::Level;
use crate::scan::Scan;
use crate::sign::Statement;
use crate::sign::statement::{DigestSet, Predicate, StatementError, Subject};
use crate::verify::{Link, LinkState};

/// What was verified, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Svr {
    /// Who verified.
    pub verifier: Verifier,
    /// When.
    pub time_created: Instant,
    /// What held: `COPYHOLD_PASSED` where nothing failed; `COPYHOLD_CHAIN_SIGNED` where every record of
    /// the chain is signed; and, by the family of rules that found no error, `COPYHOLD_INTEGRITY`
    /// (CH2xx), `COPYHOLD_AUTHORITY` (CH3xx) and `COPYHOLD_DUTIES` (CH5xx). Empty where it could not be
    /// decided.
    pub properties: Vec<String>,
}

/// Who verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verifier {
    /// Always `https://w3id.org/copyhold/verify/v0.1`.
    pub id: String,
    /// The lock that pinned the upstreams, where there was one.
    pub policies: Vec<Policy>,
}

/// A file that decided (in-toto's ResourceDescriptor).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Policy {
    /// What it is called.
    pub name: String,
    /// The digest of its bytes.
    pub digest: DigestSet,
}

impl Predicate for Svr {
    const TYPE: &'static str = "https://in-toto.io/attestation/svr/v0.2";
}

/// What the subject of a result is called: the list `copyhold hash` prints of the tree, whose SHA-256 is
/// its worksDirHash.
const SUBJECT: &str = "sha256sums";

/// Returns the result of a verification as an in-toto statement about the tree that was verified.
pub fn svr(
    scan: &Scan,
    findings: &[Finding],
    verdict: Verdict,
    chain: &[Link],
    lock: Option<Digest>,
    now: Instant,
) -> Result<Statement<Svr>, StatementError> {
    let files = scan.works.iter().filter(|work| work.mode.is_file());
    let tree = works_dir_hash(files.map(|work| (&work.path, &work.sha256)));
    let holds = |family: &str| {
        let is_broken = |f: &Finding| f.level() == Level::Error && f.problem.rule().code.starts_with(family);
        !findings.iter().any(is_broken)
    };
    let signed = |link: &Link| link.evidence == Evidence::Signed && link.state == LinkState::Verified;
    let is_signed = !chain.is_empty() && chain.iter().all(signed);
    let properties = [
        ("COPYHOLD_PASSED", verdict == Verdict::Pass),
        ("COPYHOLD_CHAIN_SIGNED", is_signed && holds("CH3")),
        ("COPYHOLD_INTEGRITY", holds("CH2")),
        ("COPYHOLD_AUTHORITY", holds("CH3")),
        ("COPYHOLD_DUTIES", holds("CH5")),
    ];
    let properties = properties.into_iter().filter(|(_, held)| *held && verdict != Verdict::Undecided);
    let name = |text: &str| text.parse::<WorkPath>().expect("a file name is a path");
    let policies =
        lock.map(|sha256| Policy { name: crate::config::LOCK_FILE.to_owned(), digest: DigestSet { sha256 } });
    Statement::new(
        vec![Subject::new(name(SUBJECT), Digest::from_bytes(*tree.as_bytes()))],
        Svr {
            verifier: Verifier {
                id: "https://w3id.org/copyhold/verify/v0.1".to_owned(),
                policies: policies.into_iter().collect(),
            },
            time_created: now,
            properties: properties.map(|(name, _)| name.to_owned()).collect(),
        },
    )
}
