// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A derivative against the records of its upstreams: what was taken, and whether what must be kept
//! was kept.
//!
//! Nothing in the derivative's tree can make this weaker: its policy and its lock are not read, and
//! its word on where a work comes from only adds to what is found. The upstream's files are not
//! needed, only its record. There is no way to switch a check off.

mod anchor;
mod chain;
mod compare;
mod duties;
mod governance;
mod history;
mod matching;
mod own;
mod propose;
mod resemblance;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::audit::Statements;
use crate::domain::{Relation, WorkPath};
use crate::finding::{Finding, sorted};
use crate::manifest::{Evidence, Record};
use crate::rule::Problem;
use crate::scan::Scan;
use crate::work::Tree;

pub use anchor::Anchors;
pub use chain::{Link, LinkState};
pub use compare::{Compared, Comparison, LicenseChange, NoticeKind, NoticeRow, NoticeState, compare};
pub use duties::{DutyRow, DutyState};
pub use governance::Freshness;
pub use history::{Followed, FollowedState, Since};
pub use propose::{Declared, Proposal, propose};

/// A work smaller than this says too little to come from anywhere: an empty file, a one-line stub.
const MIN_BYTES: u64 = 64;

/// What is verified.
pub struct Target<'a> {
    /// The tree as it was listed.
    pub tree: &'a Tree,
    /// The tree as it was read, without any policy.
    pub scan: &'a Scan,
    /// The derivative's own record, where it has one.
    pub record: Option<&'a Record>,
    /// The statements that lie in it, for what their signers say they keep.
    pub statements: &'a Statements,
    /// Whether git's history may tell what works were, where there is one.
    pub with_history: bool,
}

/// An upstream's record, as the consumer was given it.
pub struct Upstream {
    /// What the consumer calls it.
    pub name: String,
    /// Its record.
    pub record: Record,
    /// Its tree, where that is at hand.
    pub tree: Option<Tree>,
}

/// What came out.
pub struct Verification {
    /// What is wrong, sorted.
    pub findings: Vec<Finding>,
    /// Which works derive from which, sorted by path.
    pub derivations: Vec<Derivation>,
    /// The records that were walked.
    pub chain: Vec<Link>,
    /// What history told, upstream by upstream, where it was asked.
    pub history: Vec<Followed>,
}

/// How sure a derivation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Worth a look.
    Possible,
    /// Most likely.
    Likely,
    /// Shown by digests or by much in common, or said by the derivative itself.
    Derived,
}

impl std::fmt::Display for Confidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Derived => "derived",
        })
    }
}

/// One work of the derivative and the upstream's work it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Derivation {
    /// The derivative's work.
    pub path: WorkPath,
    /// The upstream.
    pub upstream: String,
    /// Its work.
    pub source: WorkPath,
    /// How they relate.
    pub relation: Relation,
    /// How sure that is.
    pub confidence: Confidence,
    /// How much of the work is the source's, from 0 to 1.
    pub similarity: f64,
    /// Which lines come from which; empty where that is not known.
    pub ranges: Vec<LineRange>,
    /// Whether the derivative's record says so itself.
    pub declared: bool,
    /// What git's history says of it; null where it says nothing, or was not asked.
    pub history: Option<Since>,
    /// How far the record of the upstream can be believed.
    pub evidence: Evidence,
    /// What the license of the upstream's work asks, and whether it was kept.
    pub duties: Vec<DutyRow>,
}

/// Lines of a work and the lines of its source they come from; first and last, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LineRange {
    /// In the derivative's work.
    pub lines: [u32; 2],
    /// In the upstream's work.
    pub source_lines: [u32; 2],
}

/// Holds a tree against its own record, if it has one, and against the records of its upstreams.
pub fn verify(
    target: &Target<'_>,
    upstreams: Vec<Upstream>,
    anchors: &Anchors,
    freshness: &Freshness,
) -> Verification {
    let mut findings: Vec<Finding> =
        target.tree.problems().iter().chain(&target.scan.problems).map(Finding::unseen).collect();
    crate::audit::check_portability(target.scan, &mut findings);
    if let Some(record) = target.record {
        own::check(target.scan, record, &mut findings);
        governance::check("the tree's own record", record, freshness, &mut findings);
    }
    let mut refused = BTreeSet::new();
    for upstream in &upstreams {
        if !anchors.check(upstream, &mut findings) {
            refused.insert(upstream.record.digest());
        }
        governance::check(&upstream.name, &upstream.record, freshness, &mut findings);
    }
    let graph = chain::Graph::build(upstreams, &refused, target.record, &mut findings);
    let matching::Found { mut matches, bodies } = matching::find(target, &graph, &mut findings);
    let past = history::follow(target, &graph, &mut matches);
    matching::tell(target, &graph, &matches, &mut findings);
    let mut derivations = duties::check(target, &graph, &matches, bodies, &mut findings);
    derivations.sort_by(|a, b| (&a.path, &a.upstream, &a.source).cmp(&(&b.path, &b.upstream, &b.source)));
    for derivation in &mut derivations {
        derivation.history = past.of(derivation);
    }
    Verification { findings: sorted(findings), derivations, chain: graph.links(), history: past.upstreams }
}

/// What `verify` could not read at all, as a finding.
pub fn unreadable_record(document: &str, error: &crate::manifest::RecordError) -> Finding {
    let document = format!("{document}, {}", error.document);
    let reason = error.reason.clone();
    Finding::whole(match &error.shortfall {
        Some(short) => Problem::ThresholdNotMet {
            document,
            role: short.role.clone(),
            needed: short.needed,
            found: short.found,
            missing: short.missing.join(", "),
        },
        None if error.is_signature => Problem::BadSignature { document, reason },
        None => Problem::BrokenRecord { document, reason },
    })
}

/// Works by name, for looking one up.
type ByPath<'a, T> = BTreeMap<&'a WorkPath, T>;
