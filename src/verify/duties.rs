// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the license of an upstream's work asks of whoever passes it on, and whether it was kept:
//! the license itself, copyright notices, the license text, NOTICE files.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Derivation;
use super::chain::Graph;
use super::matching::Match;
use crate::audit::because;
use crate::detect::normalised_copyright;
use crate::domain::{ExprNode, LicenseExpr, LicenseName, LicenseTerm, Relation};
use crate::finding::Finding;
use crate::license::{DutyCode, Use, Verdict, facts, judge, text};
use crate::manifest::{Leaf, WorkLeaf};
use crate::rule::Problem;
use crate::scan::{Scan, Seen};

/// Whether a duty was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DutyState {
    /// It was kept; `where` says where that is seen.
    Met,
    /// It was not kept.
    Broken,
    /// Nothing that could be looked at shows it.
    NotSeen,
}

/// One duty of one derivation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DutyRow {
    /// What must be done: `license`, `copyright-notices`, `license-text` or `notice-file`.
    pub duty: String,
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

/// What the whole derivative says in files that speak of others, for finding notices that moved.
struct Elsewhere {
    lines: BTreeSet<String>,
    text: String,
}

/// One work on the way up from a derivative's work: where it is, and what it is.
struct Ancestor<'a> {
    source: String,
    work: &'a WorkLeaf,
    node: usize,
    /// The license of the work that was made from it, one step below.
    below: Option<&'a LicenseExpr>,
}

pub(super) fn check(
    scan: &Scan,
    graph: &Graph,
    matches: &[Match<'_>],
    findings: &mut Vec<Finding>,
) -> Vec<Derivation> {
    let elsewhere = Elsewhere::read(scan);
    let mut texts_told = BTreeSet::new();
    let mut notices_told = BTreeSet::new();
    let mut derivations = Vec::new();
    for found in matches {
        let conclusion = scan.conclusion(&found.work.path);
        let now = conclusion.and_then(|c| c.license.as_ref());
        let mut duties = Vec::new();
        let mut notices_seen = BTreeSet::new();
        for ancestor in ancestors(graph, found, now) {
            let Some(license) = &ancestor.work.license else {
                let source = ancestor.source.clone();
                findings.push(Finding::on(&found.work.path, Problem::UpstreamLicenseUnknown { source }));
                continue;
            };
            let arm = chosen_arm(license, ancestor.below);
            let mut add = |row: Option<DutyRow>| duties.extend(row);
            add(Some(check_license(found, license, &ancestor, findings)));
            add(check_notices(scan, found.work, &arm, &ancestor, &elsewhere, &mut notices_seen, findings));
            add(check_text(scan, found.work, &arm, &ancestor, &elsewhere, &mut texts_told, findings));
            add(check_notice_files(graph, &arm, &ancestor, &elsewhere, &mut notices_told, findings));
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
            evidence: node.evidence(),
            duties,
        });
    }
    derivations
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

/// Returns the licenses that bind: of a choice, the arm that was taken as far as the license below
/// shows, else the first that allows it, else the first.
fn chosen_arm(license: &LicenseExpr, below: Option<&LicenseExpr>) -> Vec<LicenseTerm> {
    let terms = |expr: &LicenseExpr| expr.terms().into_iter().cloned().collect::<Vec<_>>();
    let ExprNode::Or(arms) = license.node() else { return terms(license) };
    let arms: Vec<LicenseExpr> = arms.iter().cloned().map(LicenseExpr::from_node).collect();
    let taken = below.map(LicenseExpr::terms).unwrap_or_default();
    let arm = arms
        .iter()
        .find(|arm| arm.terms().is_subset(&taken))
        .or_else(|| {
            let below = below?;
            arms.iter().max_by_key(|arm| judge(arm, below, Use::Derivative).verdict)
        })
        .or(arms.first());
    arm.map(terms).unwrap_or_default()
}

/// k6: the license below is one the license above allows.
fn check_license(
    found: &Match<'_>,
    license: &LicenseExpr,
    ancestor: &Ancestor<'_>,
    findings: &mut Vec<Finding>,
) -> DutyRow {
    let work = found.work;
    let source = ancestor.source.clone();
    let upstream = license.clone();
    let of = source.clone();
    let row = |state, clause: String, seen| DutyRow { duty: "license".into(), state, of, clause, seen };
    let Some(now) = ancestor.below else {
        findings.push(Finding::on(&work.path, Problem::LicenseDropped { upstream, source }));
        return row(DutyState::Broken, license.to_string(), None);
    };
    // Passing on what was received, as it was received, is not an adaptation. The bytes show that it
    // is so, never the derivative's word.
    let untouched = Some(ancestor.work.sha256);
    if now == license && (Some(work.sha256) == untouched || work.with_lf == untouched) {
        return row(DutyState::Met, license.to_string(), Some(format!("{}: {now}", work.path)));
    }
    let judgement = judge(license, now, Use::Derivative);
    let clause = because(&judgement);
    let now = now.clone();
    let state = match judgement.verdict {
        Verdict::Allowed => DutyState::Met,
        Verdict::Conditional => {
            let condition = judgement.conditions.join("; and ");
            let problem = Problem::LicenseChangeConditional { upstream, now: now.clone(), source, condition };
            findings.push(Finding::on(&work.path, problem));
            DutyState::NotSeen
        }
        Verdict::Unclear => {
            let reason = clause.clone();
            let problem = Problem::LicenseChangeUnclear { upstream, now: now.clone(), source, reason };
            findings.push(Finding::on(&work.path, problem));
            DutyState::NotSeen
        }
        Verdict::NotAllowed => {
            let problem =
                Problem::LicenseChanged { upstream, now: now.clone(), source, clause: clause.clone() };
            findings.push(Finding::on(&work.path, problem));
            DutyState::Broken
        }
    };
    row(state, clause, Some(format!("{}: {now}", work.path)))
}

/// Returns the first of the licenses that asks for one of these duties, with its clause. A license
/// without facts may ask for anything, so it does.
fn asks(arm: &[LicenseTerm], codes: &[DutyCode]) -> Option<String> {
    arm.iter().find_map(|term| match facts(term) {
        Some(facts) => {
            let duty = codes.iter().find_map(|code| facts.duty(*code))?;
            Some(cited(term, &duty.cite))
        }
        None => Some(format!("{term}, whose terms are not known here")),
    })
}

fn cited(term: &LicenseTerm, cite: &str) -> String {
    let section = if cite.starts_with(|c: char| c.is_ascii_digit()) { "section " } else { "" };
    format!("{term}, {section}{cite}")
}

/// k1: every copyright notice of the source is still there.
fn check_notices(
    scan: &Scan,
    work: &Seen,
    arm: &[LicenseTerm],
    ancestor: &Ancestor<'_>,
    elsewhere: &Elsewhere,
    told: &mut BTreeSet<String>,
    findings: &mut Vec<Finding>,
) -> Option<DutyRow> {
    let clause = asks(arm, &[DutyCode::C, DutyCode::K, DutyCode::A])?;
    let own = scan.conclusion(&work.path).map_or(&[][..], |c| &c.copyright);
    let mut seen = None;
    let mut is_whole = true;
    for notice in &ancestor.work.copyright {
        if own.iter().any(|line| keeps(line, notice)) {
            seen.get_or_insert_with(|| work.path.to_string());
        } else if elsewhere.has_notice(notice) {
            seen.get_or_insert_with(|| "a notice file".to_owned());
        } else {
            is_whole = false;
            // What is gone of the nearest source was its source's too.
            if !told.insert(normalised_copyright(notice)) {
                continue;
            }
            let (source, clause) = (ancestor.source.clone(), clause.clone());
            let problem = Problem::NoticeDropped { notice: notice.clone(), source, clause };
            findings.push(Finding::on(&work.path, problem));
        }
    }
    let state = if is_whole { DutyState::Met } else { DutyState::Broken };
    (!ancestor.work.copyright.is_empty()).then_some(DutyRow {
        duty: "copyright-notices".into(),
        state,
        of: ancestor.source.clone(),
        clause,
        seen,
    })
}

/// Returns whether `line` still says what `notice` said: the same holder, and every year of it or a
/// span that begins with its first.
fn keeps(line: &str, notice: &str) -> bool {
    let (line, notice) = (normalised_copyright(line), normalised_copyright(notice));
    if line == notice {
        return true;
    }
    let is_year = |word: &&str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    let holder = |text: &str| text.split(' ').filter(|w| !is_year(w)).collect::<Vec<_>>().join(" ");
    let first = |text: &str| text.split(' ').find(is_year).map(str::to_owned);
    !holder(&notice).is_empty()
        && holder(&line) == holder(&notice)
        && first(&notice).is_none_or(|year| first(&line).is_some_and(|other| other <= year))
}

/// k2: the license text is there, or, where that is enough, its address.
fn check_text(
    scan: &Scan,
    work: &Seen,
    arm: &[LicenseTerm],
    ancestor: &Ancestor<'_>,
    elsewhere: &Elsewhere,
    told: &mut BTreeSet<LicenseName>,
    findings: &mut Vec<Finding>,
) -> Option<DutyRow> {
    let mut row: Option<DutyRow> = None;
    for term in arm {
        let one = std::slice::from_ref(term);
        let Some(clause) = asks(one, &[DutyCode::L, DutyCode::Lu]) else { continue };
        let is_link_enough = facts(term).is_some_and(|facts| facts.duty(DutyCode::L).is_none());
        let is_there = work.texts.contains(&term.license)
            || siblings(&term.license).iter().chain([&term.license]).any(|name| passes_on(scan, name))
            || (is_link_enough && elsewhere.has_link(term));
        // One text serves every work under it, whosever it is.
        if !is_there && told.insert(term.license.clone()) {
            let (license, source) = (term.license.clone(), ancestor.source.clone());
            let problem = Problem::LicenseTextDropped { license, source, clause: clause.clone() };
            findings.push(Finding::whole(problem));
        }
        if row.is_none() || !is_there {
            let state = if is_there { DutyState::Met } else { DutyState::Broken };
            let seen = is_there.then(|| term.license.to_string());
            let of = ancestor.source.clone();
            row = Some(DutyRow { duty: "license-text".into(), state, of, clause, seen });
        }
    }
    row
}

/// Returns whether the text of a license is passed on: word for word, or as a file that is named for
/// it and long enough to be it. An empty `LICENSES/GPL-2.0-only.txt` passes nothing on.
fn passes_on(scan: &Scan, name: &LicenseName) -> bool {
    let is_verbatim = |work: &Seen| work.is_license_text && work.texts.contains(name);
    let canonical = text(name).map_or(0, str::len) as u64;
    let is_named = || {
        let work = scan.conclusions.present.get(name).and_then(|path| scan.work(path));
        work.is_some_and(|work| work.texts.is_empty() && work.size > canonical / 2)
    };
    scan.works.iter().any(is_verbatim) || is_named()
}

/// One text serves `-only` and `-or-later`.
fn siblings(name: &LicenseName) -> Vec<LicenseName> {
    let text = name.as_str();
    let stem = text.strip_suffix("-only").or_else(|| text.strip_suffix("-or-later"));
    stem.into_iter()
        .flat_map(|stem| ["-only", "-or-later", ""].map(|suffix| format!("{stem}{suffix}")))
        .filter_map(|name| name.parse().ok())
        .collect()
}

/// k3: the lines of the upstream's NOTICE files are passed on.
fn check_notice_files(
    graph: &Graph,
    arm: &[LicenseTerm],
    ancestor: &Ancestor<'_>,
    elsewhere: &Elsewhere,
    told: &mut BTreeSet<(usize, String)>,
    findings: &mut Vec<Finding>,
) -> Option<DutyRow> {
    let clause =
        arm.iter().find_map(|term| facts(term)?.duty(DutyCode::N).map(|duty| cited(term, &duty.cite)))?;
    let node = &graph.nodes[ancestor.node];
    let mut row = None;
    for leaf in node.record.leaves() {
        let Leaf::Notice(notice) = leaf else { continue };
        let Some(bytes) = node.record.notice(&notice.sha256) else { continue };
        let text = String::from_utf8_lossy(bytes);
        let is_kept =
            text.lines().map(squeezed).filter(|l| !l.is_empty()).all(|l| elsewhere.text.contains(&l));
        if !is_kept && told.insert((ancestor.node, notice.path.to_string())) {
            let (upstream, clause) = (node.name.clone(), clause.clone());
            let problem = Problem::NoticeFileDropped { notice: notice.path.clone(), upstream, clause };
            findings.push(Finding::whole(problem));
        }
        let state = if is_kept { DutyState::Met } else { DutyState::Broken };
        row = Some(DutyRow {
            duty: "notice-file".into(),
            state,
            of: ancestor.source.clone(),
            clause: clause.clone(),
            seen: is_kept.then(|| "a notice file".to_owned()),
        });
    }
    row
}

/// Returns the address of a Creative Commons deed: `CC-BY-SA-4.0` is at
/// `creativecommons.org/licenses/by-sa/4.0`, a port at `…/by-sa/3.0/de`.
fn deed(id: &str) -> Option<String> {
    let id = id.strip_prefix("CC-")?.to_ascii_lowercase();
    let (elements, rest) = id.split_at(id.find(|c: char| c.is_ascii_digit())?);
    let path = format!("{}/{}", elements.trim_end_matches('-'), rest.replace('-', "/"));
    Some(format!("creativecommons.org/licenses/{path}"))
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Elsewhere {
    fn read(scan: &Scan) -> Self {
        let mut elsewhere = Self { lines: BTreeSet::new(), text: String::new() };
        for bytes in scan.works.iter().filter_map(|work| work.kept.as_ref()) {
            for line in String::from_utf8_lossy(bytes).lines() {
                let line = squeezed(line);
                elsewhere.lines.insert(normalised_copyright(&line));
                elsewhere.text.push_str(&line);
                elsewhere.text.push('\n');
            }
        }
        elsewhere
    }

    fn has_notice(&self, notice: &str) -> bool {
        self.lines.contains(&normalised_copyright(notice)) || self.text.contains(&squeezed(notice))
    }

    /// Returns whether a license's address is named, whatever the scheme and the ending: its source,
    /// or, for a Creative Commons license, that of its deed.
    fn has_link(&self, term: &LicenseTerm) -> bool {
        let source = facts(term).map_or("", |facts| facts.source.as_str());
        let bare = source.split("://").last().unwrap_or(source).trim_end_matches(['/', '.']);
        (!bare.is_empty() && self.text.contains(bare))
            || deed(term.license.as_str()).is_some_and(|deed| self.text.contains(&deed))
    }
}
