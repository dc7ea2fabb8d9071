// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the license of an upstream's work asks of whoever passes it on, and whether it was kept: one
//! module for each group of duties.
//!
//! A duty is *met* or *broken* by what the tree and the records show. What they cannot show is *not
//! seen*, or *attested* where somebody signed that it is kept. A statement never turns a broken duty
//! into a met one, and where a license makes an exception that only its user can state, the finding
//! says whose word it rests on.

mod attribution;
mod changes;
mod elsewhere;
mod notices;
mod outbound;
mod own;
mod reach;
mod source;
mod stated;
mod terms;
mod texts;
mod upstream;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::chain::Graph;
use super::matching::Match;
use super::{ByPath, Confidence, Derivation, Target};
use crate::domain::{Digest, DutyName, LicenseExpr, LicenseName, LicenseTerm, Relation, WorkPath};
use crate::finding::Finding;
use crate::license::{DutyCode, facts};
use crate::manifest::WorkLeaf;
use crate::rule::Problem;
use crate::scan::{Scan, Seen};
use own::{Attested, Own};
use upstream::UpstreamFiles;

pub(super) use elsewhere::Elsewhere;
pub(super) use notices::keeps;

/// Whether a duty was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DutyState {
    /// It was kept; `where` says where that is seen.
    Met,
    /// Somebody signed that it is kept; `where` says who.
    Attested,
    /// Nothing that could be looked at shows it.
    NotSeen,
    /// It was not kept.
    Broken,
}

/// One duty of one derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DutyRow {
    /// What must be done.
    pub duty: DutyName,
    /// Whether it was.
    pub state: DutyState,
    /// The work whose license asks for it: the source, or one that comes before it.
    pub of: String,
    /// The license and clause that ask for it.
    pub clause: String,
    /// Where that is seen.
    #[serde(rename = "where")]
    pub seen: Option<String>,
}

/// One work on the way up from a derivative's work: where it is, and what it is.
struct Ancestor<'a> {
    source: String,
    work: &'a WorkLeaf,
    node: usize,
    /// The license of the work that was made from it, one step below.
    below: Option<&'a LicenseExpr>,
}

/// What does not change from one derivation to the next.
struct View<'a> {
    scan: &'a Scan,
    graph: &'a Graph,
    bodies: ByPath<'a, Digest>,
    elsewhere: Elsewhere<'a>,
    own: Own<'a>,
    /// The files of each upstream, in the order of the graph.
    upstreams: Vec<UpstreamFiles<'a>>,
    /// The licenses whose texts are there, word for word.
    texts: BTreeSet<&'a LicenseName>,
    /// The words that restrict.
    restrictions: Vec<terms::Words<'a>>,
    /// The works by the stem of their names.
    stems: BTreeMap<&'a str, Vec<&'a WorkPath>>,
    /// Where a program shows its user that there is no warranty.
    shows_notice: Option<String>,
    /// Addresses that somebody signed a duty is kept by, and where in the tree they stand.
    addresses: BTreeMap<&'a str, String>,
}

/// One work of the derivative against one it comes from, under the licenses that bind.
struct Case<'a> {
    view: &'a View<'a>,
    work: &'a Seen,
    ancestor: &'a Ancestor<'a>,
    license: &'a LicenseExpr,
    arm: &'a [LicenseTerm],
}

/// Where findings go, each once.
struct Told<'a> {
    findings: &'a mut Vec<Finding>,
    /// Whether the derivation is certain. What only may be so breaks nothing: its duties are shown, and
    /// nothing is told.
    is_sure: bool,
    /// A larger work, and where the part of it that was taken begins.
    part: Option<(WorkPath, u32)>,
    keys: BTreeSet<(&'static str, String)>,
}

impl Told<'_> {
    /// Tells of a broken duty.
    fn tell(&mut self, mut finding: Finding) {
        if let Some((path, line)) = &self.part
            && finding.path.as_ref() == Some(path)
        {
            finding.line.get_or_insert(*line);
        }
        if self.is_sure {
            self.findings.push(finding);
        }
    }

    /// Returns whether something is said for the first time. What is not told does not count.
    fn is_first(&mut self, kind: &'static str, what: impl Into<String>) -> bool {
        !self.is_sure || self.keys.insert((kind, what.into()))
    }
}

pub(super) fn check(
    target: &Target<'_>,
    graph: &Graph,
    matches: &[Match<'_>],
    bodies: ByPath<'_, Digest>,
    findings: &mut Vec<Finding>,
) -> Vec<Derivation> {
    let scan = target.scan;
    let view = View::read(target, graph, bodies);
    let mut told = Told { findings, is_sure: true, part: None, keys: BTreeSet::new() };
    let mut derivations = Vec::new();
    let mut judged = outbound::Judged::default();
    // A NOTICE file that is passed on is what a license asks for, and nothing is asked of it.
    let is_notice = |found: &&Match<'_>| {
        view.upstreams[found.node].notice_files().any(|file| *file.path == found.source.path)
    };
    for found in matches.iter().filter(|found| !is_notice(found)) {
        told.is_sure = found.confidence == Confidence::Derived;
        let is_part = found.relation == Relation::ExcerptOf;
        let begins = found.ranges.first().filter(|_| is_part).map(|range| range.lines[0]);
        told.part = begins.map(|line| (found.work.path.clone(), line));
        let now = scan.conclusion(&found.work.path).and_then(|c| c.license.as_ref());
        let mut duties = Vec::new();
        let mut notices_seen = BTreeSet::new();
        for ancestor in ancestors(graph, found, now) {
            let Some(license) = &ancestor.work.license else {
                let source = ancestor.source.clone();
                told.tell(Finding::on(&found.work.path, Problem::UpstreamLicenseUnknown { source }));
                continue;
            };
            let arm = outbound::chosen_arm(license, ancestor.below, &mut judged);
            let case = Case { view: &view, work: found.work, ancestor: &ancestor, license, arm: &arm };
            let told = &mut told;
            let license = outbound::check(&case, &mut judged, told);
            let is_lawful = license.iter().all(|row| row.state != DutyState::Broken);
            duties.extend(license);
            duties.extend(notices::check_notices(&case, &mut notices_seen, told));
            duties.extend(texts::check(&case, told));
            duties.extend(notices::check_notice_files(&case, told));
            duties.extend(notices::check_invariants(&case, told));
            duties.extend(attribution::check(&case, is_lawful, told));
            duties.extend(changes::check(&case, told));
            duties.extend(source::check(&case, told));
            duties.extend(terms::check(&case, told));
            duties.extend(stated::check(&case, told));
        }
        let node = &graph.nodes[found.node];
        derivations.push(Derivation {
            path: found.work.path.clone(),
            upstream: node.name.clone(),
            source: found.source.path.clone(),
            relation: found.relation,
            confidence: found.confidence,
            similarity: found.similarity,
            ranges: found.ranges.clone(),
            declared: found.declared,
            history: None,
            evidence: node.evidence(),
            duties,
        });
    }
    derivations
}

impl<'a> View<'a> {
    fn read(target: &Target<'a>, graph: &'a Graph, bodies: ByPath<'a, Digest>) -> Self {
        let scan = target.scan;
        let mut stems: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for work in &scan.works {
            stems.entry(source::split(work.path.file_name()).0).or_default().push(&work.path);
        }
        let own = Own::read(target);
        let shown = scan.works.iter().find_map(|work| Some((&work.path, work.marks.shows_notice?)));
        Self {
            scan,
            graph,
            bodies,
            elsewhere: Elsewhere::read(scan),
            shows_notice: shown.map(|(path, line)| format!("{path}:{line}")),
            addresses: stated::addresses(target, &own),
            own,
            upstreams: graph.nodes.iter().map(|node| UpstreamFiles::read(&node.record)).collect(),
            texts: scan
                .works
                .iter()
                .filter(|work| work.is_license_text)
                .flat_map(|work| &work.texts)
                .collect(),
            restrictions: terms::restrictions(scan),
            stems,
        }
    }
}

/// Returns the source of a match and everything that comes from, up the chain, nearest first.
fn ancestors<'a>(graph: &'a Graph, found: &Match<'a>, now: Option<&'a LicenseExpr>) -> Vec<Ancestor<'a>> {
    let mut all: Vec<Ancestor<'a>> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![(found.node, found.source, now)];
    while let Some((node, work, below)) = open.pop() {
        if !seen.insert((node, &work.path)) {
            continue;
        }
        let source = format!("{}:{}", graph.nodes[node].name, work.path);
        all.push(Ancestor { source, work, node, below });
        for origin in &work.from {
            let up = origin.upstream.as_ref().and_then(|id| graph.nodes[node].upstreams.get(id));
            let Some(up) = up.filter(|_| origin.relation != Relation::Contains) else { continue };
            let mut works = graph.nodes[*up].record.works();
            let found = works.find(|work| {
                work.sha256 == origin.sha256 && origin.path.as_ref().is_none_or(|path| *path == work.path)
            });
            if let Some(found) = found {
                open.push((*up, found, work.license.as_ref()));
            }
        }
    }
    all
}

impl<'a> Case<'a> {
    fn upstream(&self) -> &'a UpstreamFiles<'a> {
        &self.view.upstreams[self.ancestor.node]
    }

    fn upstream_name(&self) -> &'a str {
        &self.view.graph.nodes[self.ancestor.node].name
    }

    fn source(&self) -> String {
        self.ancestor.source.clone()
    }

    fn row(&self, duty: DutyName, state: DutyState, clause: String, seen: Option<String>) -> DutyRow {
        DutyRow { duty, state, of: self.source(), clause, seen }
    }

    /// Returns the first of the licenses that asks for one of these duties, with its clause.
    fn asks(&self, codes: &[DutyCode]) -> Option<String> {
        self.arm.iter().find_map(|term| asked(term, codes))
    }

    /// The same, where a license without facts may ask for anything, so it does.
    fn may_ask(&self, codes: &[DutyCode]) -> Option<String> {
        self.arm.iter().find_map(|term| match facts(term) {
            Some(_) => asked(term, codes),
            None => Some(unknown(term)),
        })
    }

    /// Returns whether the very bytes are passed on, line ends aside.
    fn is_untouched(&self) -> bool {
        let source = Some(self.ancestor.work.sha256);
        Some(self.work.sha256) == source || self.work.with_lf == source
    }

    /// Returns whether more than the head differs.
    fn is_changed(&self) -> bool {
        let body = self.view.bodies.get(&self.work.path);
        let is_same_body = body.is_some() && body == self.ancestor.work.ids.body.as_ref();
        !self.is_untouched() && !is_same_body
    }

    fn attested(&self, duty: DutyName) -> Option<&Attested<'a>> {
        self.view.own.attested(self.work, duty)
    }

    /// A duty that no tree shows: somebody's word, or nothing.
    fn stated(&self, duty: DutyName, clause: String) -> DutyRow {
        match self.attested(duty) {
            Some(word) => self.row(duty, DutyState::Attested, clause, Some(word.shown())),
            None => self.row(duty, DutyState::NotSeen, clause, None),
        }
    }
}

fn asked(term: &LicenseTerm, codes: &[DutyCode]) -> Option<String> {
    let facts = facts(term)?;
    let duty = codes.iter().find_map(|code| facts.duty(*code))?;
    Some(cited(term, &duty.cite))
}

fn unknown(term: &LicenseTerm) -> String {
    format!("{term}, whose terms are not known here")
}

fn cited(term: &LicenseTerm, cite: &str) -> String {
    let section = if cite.starts_with(|c: char| c.is_ascii_digit()) { "section " } else { "" };
    format!("{term}, {section}{cite}")
}
