// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Two trees at hand: what of the one is in the other, line by line, and what became of the notices.
//! It tells and does not judge: what a license asks is for `verify`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::chain::Graph;
use super::duties::{Elsewhere, keeps};
use super::{Confidence, LineRange, Target, Upstream, matching};
use crate::audit::Statements;
use crate::detect::EvidenceKind;
use crate::domain::{LicenseExpr, Relation, WorkPath};
use crate::scan::{Scan, Seen};
use crate::trace::is_binary;
use crate::trace::tile::{Text, tile};
use crate::work::Tree;

/// A tree that was read.
#[derive(Clone, Copy)]
pub struct Compared<'a> {
    /// As it was listed.
    pub tree: &'a Tree,
    /// As it was read, with marks.
    pub scan: &'a Scan,
}

/// A work and the one it matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The work.
    pub path: WorkPath,
    /// The work of the first tree.
    pub source: WorkPath,
    /// How they relate; null where two files were compared and nothing shows that one comes from the
    /// other.
    pub relation: Option<Relation>,
    /// How sure that is; null with the relation.
    pub confidence: Option<Confidence>,
    /// How much of the work is the source's, from 0 to 1.
    pub similarity: f64,
    /// How many of the source's lines are in the ranges, from 0 to 1, blank lines not counted; null where
    /// there are no lines.
    pub of_source: Option<f64>,
    /// Which lines come from which; empty where there are no lines.
    pub ranges: Vec<LineRange>,
    /// What each is under.
    pub license: LicenseChange,
    /// What became of each notice: lost ones first, then added, then kept ones.
    pub notices: Vec<NoticeRow>,
}

/// What a work was and is under, as far as its tree says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LicenseChange {
    /// In the first tree; null where that is not known.
    pub then: Option<LicenseExpr>,
    /// In the second; null where that is not known.
    pub now: Option<LicenseExpr>,
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NoticeRow {
    /// What became of it.
    pub state: NoticeState,
    /// What it is.
    pub kind: NoticeKind,
    /// The notice as written, or the license expression.
    pub text: String,
    /// Its line in the source; null where it stands beside it.
    pub source_line: Option<u32>,
    /// Where it stands now: the work, with the line, or a file that speaks for it; null where it is lost.
    #[serde(rename = "where")]
    pub place: Option<String>,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum NoticeState {
    /// It stands nowhere any more.
    Lost,
    /// It was not there.
    Added,
    /// It still stands in the work or beside it.
    Kept,
}

/// What a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum NoticeKind {
    /// Whose it is.
    Copyright,
    /// What it is under: a tag, a notice or a text, in the work or its `.license` file.
    License,
}

impl Comparison {
    /// Returns how many notices were lost.
    pub fn lost(&self) -> usize {
        self.notices.iter().filter(|row| row.state == NoticeState::Lost).count()
    }
}

/// Tells which works of `now` match works of `upstream`, whose tree is at hand and was read as `then`,
/// sorted by path.
pub fn compare(upstream: Upstream, then: &Scan, now: Compared<'_>) -> Vec<Comparison> {
    // What is found wrong with records is not what was asked.
    let findings = &mut Vec::new();
    let graph = Graph::build(vec![upstream], &BTreeSet::new(), None, findings);
    let Some(tree) = graph.nodes.iter().find_map(|node| node.tree.as_ref()) else { return Vec::new() };
    let then = Compared { tree, scan: then };
    let statements = Statements::default();
    let (tree, scan) = (now.tree, now.scan);
    let target = Target { tree, scan, record: None, statements: &statements, with_history: false };
    let elsewhere = Elsewhere::read(now.scan);
    let mut all: Vec<Comparison> = matching::find(&target, &graph, findings)
        .matches
        .into_iter()
        .filter_map(|found| {
            let source = then.scan.work(&found.source.path)?;
            let mut one = Comparison {
                relation: Some(found.relation),
                confidence: Some(found.confidence),
                similarity: found.similarity,
                ranges: found.ranges,
                ..beside(then.scan, source, now.scan, found.work, &elsewhere)
            };
            one.of_source = of_source(then.tree, &one);
            Some(one)
        })
        .collect();
    if let ([source], [work], true) = (&then.scan.works[..], &now.scan.works[..], all.is_empty()) {
        all.extend(laid(then, source, now, work, &elsewhere));
    }
    all.sort_by(|a, b| (&a.path, &a.source).cmp(&(&b.path, &b.source)));
    all
}

/// Lays two works over each other of which nothing shows that one comes from the other.
fn laid(
    then: Compared<'_>,
    source: &Seen,
    now: Compared<'_>,
    work: &Seen,
    elsewhere: &Elsewhere<'_>,
) -> Option<Comparison> {
    let mut one = beside(then.scan, source, now.scan, work, elsewhere);
    if work.sha256 == source.sha256 {
        (one.relation, one.confidence) = (Some(Relation::CopyOf), Some(Confidence::Derived));
        (one.similarity, one.of_source) = (1.0, Some(1.0));
        return Some(one);
    }
    let read = |tree: &Tree, work: &Seen| {
        let text = |bytes: &[u8]| (!is_binary(bytes)).then(|| Text::new(bytes));
        tree.reader().look(&work.path, |content| text(content.bytes())).flatten()
    };
    let tiling = tile(&read(now.tree, work)?, &read(then.tree, source)?, true);
    one.similarity = share(tiling.matched as usize, tiling.all as usize);
    one.ranges = tiling.ranges.iter().map(|r| LineRange { lines: r.lines, source_lines: r.source }).collect();
    one.of_source = of_source(then.tree, &one);
    (!one.ranges.is_empty()).then_some(one)
}

/// What two works state, without what they have in common.
fn beside(then: &Scan, source: &Seen, now: &Scan, work: &Seen, elsewhere: &Elsewhere<'_>) -> Comparison {
    let license = |scan: &Scan, seen: &Seen| scan.conclusion(&seen.path).and_then(|c| c.license.clone());
    Comparison {
        path: work.path.clone(),
        source: source.path.clone(),
        relation: None,
        confidence: None,
        similarity: 0.0,
        of_source: None,
        ranges: Vec::new(),
        license: LicenseChange { then: license(then, source), now: license(now, work) },
        notices: notices(then, source, now, work, elsewhere),
    }
}

/// Counts the lines of the source that are in the ranges.
fn of_source(tree: &Tree, one: &Comparison) -> Option<f64> {
    let is_inside = |line: u32| {
        one.ranges.iter().any(|range| (range.source_lines[0]..=range.source_lines[1]).contains(&line))
    };
    let counted = tree.reader().look(&one.source, |content| {
        let bytes = content.bytes();
        let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
        let written: Vec<u32> =
            lines.filter(|(line, _)| !line.trim_ascii().is_empty()).map(|(_, number)| number).collect();
        let inside = written.iter().filter(|number| is_inside(**number)).count();
        (!is_binary(bytes) && !written.is_empty()).then(|| share(inside, written.len()))
    });
    counted.flatten()
}

/// Returns a share in thousandths.
fn share(part: usize, all: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are far fewer lines than 2^52")]
    let share = part as f64 / all.max(1) as f64;
    (share * 1000.0).round() / 1000.0
}

fn notices(then: &Scan, source: &Seen, now: &Scan, work: &Seen, elsewhere: &Elsewhere<'_>) -> Vec<NoticeRow> {
    let mut rows = Vec::new();
    let (before, after) = (copyright(then, source), copyright(now, work));
    let line_of = |seen: &Seen, text: &str| {
        seen.marks.notices.iter().find(|notice| notice.text == text).map(|notice| notice.line)
    };
    let place = |line: Option<u32>| match line {
        Some(line) => format!("{}:{line}", work.path),
        None => "beside it".to_owned(),
    };
    for text in before {
        let kept = after.iter().find(|line| keeps(line, text)).map(|line| place(line_of(work, line)));
        let kept = kept.or_else(|| elsewhere.has_notice(text).then(|| "a notice file".to_owned()));
        rows.push(NoticeRow {
            state: if kept.is_some() { NoticeState::Kept } else { NoticeState::Lost },
            kind: NoticeKind::Copyright,
            text: text.clone(),
            source_line: line_of(source, text),
            place: kept,
        });
    }
    for text in after.iter().filter(|text| !before.iter().any(|notice| keeps(text, notice))) {
        let place = Some(place(line_of(work, text)));
        let (state, kind) = (NoticeState::Added, NoticeKind::Copyright);
        rows.push(NoticeRow { state, kind, text: text.clone(), source_line: None, place });
    }

    let (before, after) = (stated(then, source), stated(now, work));
    for (text, source_line) in &before {
        let kept = after.iter().find(|(other, _)| other == text).map(|(_, line)| place(*line));
        rows.push(NoticeRow {
            state: if kept.is_some() { NoticeState::Kept } else { NoticeState::Lost },
            kind: NoticeKind::License,
            text: text.clone(),
            source_line: *source_line,
            place: kept,
        });
    }
    for (text, line) in after.iter().filter(|(text, _)| !before.iter().any(|(other, _)| other == text)) {
        let (state, kind) = (NoticeState::Added, NoticeKind::License);
        rows.push(NoticeRow {
            state,
            kind,
            text: text.clone(),
            source_line: None,
            place: Some(place(*line)),
        });
    }
    rows.sort();
    rows.dedup();
    rows
}

fn copyright<'a>(scan: &'a Scan, work: &Seen) -> &'a [String] {
    scan.conclusion(&work.path).map_or(&[], |conclusion| &conclusion.copyright)
}

/// Returns what the work itself states it is under, with the line where that is in the work.
fn stated(scan: &Scan, work: &Seen) -> Vec<(String, Option<u32>)> {
    let evidence = scan.conclusion(&work.path).map_or(&[][..], |conclusion| &conclusion.evidence);
    let is_own = |kind| {
        matches!(
            kind,
            EvidenceKind::Tag
                | EvidenceKind::Sidecar
                | EvidenceKind::Header
                | EvidenceKind::Name
                | EvidenceKind::Text
        )
    };
    let own = evidence.iter().filter(|evidence| is_own(evidence.kind));
    own.map(|one| (one.expression.clone(), one.line.filter(|_| one.source == work.path))).collect()
}
