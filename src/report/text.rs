// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Findings for people: first what is wrong and how to mend it, in groups that fit a screen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use super::Summary;
use super::matrix::matrix;
use super::screen::{ROWS, rows, screen, short};
use crate::domain::shown;
use crate::finding::{Finding, Verdict};
use crate::manifest::Evidence;
use crate::rule::{Level, Rule};
use crate::verify::{Derivation, DutyState, Followed, FollowedState, Link, LinkState, Verification};

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Every finding, with notes; otherwise the first of each kind.
    pub all: bool,
    /// Only what is wrong.
    pub quiet: bool,
}

impl Style {
    fn lowest(self) -> Level {
        if self.quiet { Level::Error } else { Level::Note }
    }
}

/// How many groups of findings are shown, unless all are.
const GROUPS: usize = 10;

/// How many characters of a sentence are shown, unless all are: what it quotes may be of any length.
const SENTENCE: usize = 600;

/// How many findings of a group are shown, unless all are.
const SHOWN: usize = 3;

pub(super) const BOLD: Ansi = Ansi::new().bold();
pub(super) const DIM: Ansi = Ansi::new().dimmed();

pub(super) fn color(level: Level) -> Ansi {
    match level {
        Level::Error => AnsiColor::Red.on_default().bold(),
        Level::Warning => AnsiColor::Yellow.on_default().bold(),
        Level::Note => AnsiColor::Cyan.on_default(),
    }
}

/// Returns findings alone.
pub fn findings_text(findings: &[Finding], style: Style) -> String {
    let mut out = String::new();
    groups(&mut out, &grouped(findings, style.lowest(), false), style);
    out
}

/// Returns an audit's report.
pub fn audit_text(works: usize, findings: &[Finding], verdict: Verdict, style: Style) -> String {
    let mut out = String::new();
    groups(&mut out, &grouped(findings, style.lowest(), false), style);
    closing(&mut out, works, findings, verdict, style);
    out
}

/// Returns a verification's report. Where it is longer than a screen that has `beside` rows of something
/// else, the findings are put short, and at last the matrix is left to `-v`.
pub fn verify_text(
    works: usize,
    findings: &[Finding],
    verdict: Verdict,
    verification: &Verification,
    beside: usize,
    style: Style,
) -> String {
    let Verification { derivations, chain, history, .. } = verification;
    let found = grouped(findings, style.lowest(), true);
    let mut out = String::new();
    groups(&mut out, &found, style);
    let mut head = String::new();
    let mut end = String::new();
    if !style.quiet {
        upstreams(&mut head, derivations, chain, history);
        out.push_str(&head);
        if style.all {
            details(&mut out, derivations);
        }
        matrix(&mut out, derivations, style.all);
    }
    closing(&mut end, works, findings, verdict, style);
    out.push_str(&end);
    let room = ROWS.saturating_sub(beside);
    if style.all || style.quiet || rows(&out) <= room {
        return out;
    }
    let mut out = String::new();
    short(&mut out, &found);
    out = out + "\n" + &head;
    matrix(&mut out, derivations, false);
    out.push_str(&end);
    if rows(&out) <= room {
        return out;
    }
    let tail = head.trim_end().to_owned() + "\n" + &end;
    let mut out = String::new();
    screen(&mut out, &found, room.saturating_sub(rows(&tail)));
    out + &tail
}

/// Findings of one rule.
pub(super) struct Group<'a> {
    pub(super) rule: &'static Rule,
    /// The weight of the weightiest.
    pub(super) level: Level,
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    fn of(findings: Vec<&'a Finding>) -> Self {
        let rule = findings[0].problem.rule();
        let level = findings.iter().map(|finding| finding.level()).max().unwrap_or(rule.level);
        Self { rule, level, findings }
    }
}

/// Puts findings of one rule together, the weightiest first; then, of a verification, by their codes,
/// which begin with the license, otherwise the most first.
pub(super) fn grouped(findings: &[Finding], lowest: Level, by_code: bool) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<&'static str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.level() >= lowest) {
        groups.entry(finding.problem.rule().code).or_default().push(finding);
    }
    let mut groups: Vec<Group<'_>> = groups.into_values().map(Group::of).collect();
    // Whose record it is comes before what it says.
    let is_trust = |rule: &Rule| rule.code.starts_with("CH3") || rule.code.starts_with("CH9");
    groups.sort_by_key(|group| {
        let number = if by_code { 0 } else { group.findings.len() };
        (std::cmp::Reverse((group.level, is_trust(group.rule), number)), group.rule.code)
    });
    groups
}

fn groups(out: &mut String, groups: &[Group<'_>], style: Style) {
    let hidden = if style.all { 0 } else { groups.len().saturating_sub(GROUPS) };
    for each in groups.iter().take(groups.len() - hidden) {
        group(out, each, style);
    }
    if hidden > 0 {
        let _ = writeln!(out, "{DIM}… and {hidden} more kinds of findings; -v shows all{DIM:#}\n");
    }
}

fn group(out: &mut String, Group { rule, level, findings }: &Group<'_>, style: Style) {
    let level = *level;
    let paint = color(level);
    let name = rule.name.replace('-', " ");
    let count = if findings.len() > 1 { format!(" ({})", findings.len()) } else { String::new() };
    let _ = writeln!(out, "{paint}{level}{paint:#} {BOLD}{} {name}{BOLD:#}{count}", rule.code);
    let limit = match (style.all, level) {
        (true, _) => findings.len(),
        (false, Level::Note) => 1,
        (false, _) => SHOWN,
    };
    let mut whys = BTreeSet::new();
    let told = &findings[..limit.min(findings.len())];
    let helps: Vec<String> = told.iter().map(|finding| finding.problem.help()).collect();
    let is_one = helps.windows(2).all(|two| two[0] == two[1]);
    for (at, finding) in told.iter().enumerate() {
        let place = match (&finding.path, finding.line) {
            (Some(path), Some(line)) => format!("{}:{line}: ", shown(path.as_str())),
            (Some(path), None) => format!("{}: ", shown(path.as_str())),
            (None, _) => String::new(),
        };
        let mut sentence = finding.problem.to_string();
        if let Some((end, _)) = sentence.char_indices().nth(SENTENCE).filter(|_| !style.all) {
            sentence.replace_range(end.., "…");
        }
        let _ = writeln!(out, "  {place}{}", shown(&sentence));
        if let Some(why) = clause(finding)
            && whys.insert(why.clone())
        {
            let _ = writeln!(out, "    {DIM}why:{DIM:#} {}", shown(&why));
        }
        if !is_one && helps.get(at + 1) != Some(&helps[at]) {
            let _ = writeln!(out, "    {DIM}mend:{DIM:#} {}", shown(&helps[at]));
        }
    }
    if findings.len() > limit {
        let _ = writeln!(out, "  {DIM}… and {} more{DIM:#}", findings.len() - limit);
    }
    if let Some(help) = helps.first().filter(|_| is_one) {
        let _ = writeln!(out, "  {DIM}mend:{DIM:#} {}", shown(help));
    }
    out.push('\n');
}

/// Returns a number of things in words.
pub fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Returns the clause a finding rests on, where its sentence does not say it already.
fn clause(finding: &Finding) -> Option<String> {
    let facts = finding.problem.facts();
    let clause = facts.get("clause")?.as_str()?;
    (!finding.problem.to_string().contains(clause)).then(|| clause.to_owned())
}

/// One line for each record: whose it is, and how many works come from it.
fn upstreams(out: &mut String, derivations: &[Derivation], chain: &[Link], history: &[Followed]) {
    for link in chain {
        let mine: Vec<&Derivation> = derivations.iter().filter(|d| d.upstream == link.upstream).collect();
        let is_broken = |d: &&&Derivation| d.duties.iter().any(|duty| duty.state == DutyState::Broken);
        let broken = mine.iter().filter(is_broken).count();
        let unjudged = mine.iter().filter(|d| d.duties.is_empty()).count();
        let evidence = match link.evidence {
            Evidence::Signed => "signed",
            Evidence::Unsigned => "unsigned upstream",
        };
        let state = match link.state {
            LinkState::Verified => "record intact",
            LinkState::Broken => "record broken, or not the pinned one",
            LinkState::Missing => "record missing",
            LinkState::RevokedLater => "record intact, revoked later",
        };
        let _ = write!(out, "{BOLD}{}{BOLD:#}: {evidence}, {state}", shown(&link.upstream));
        // A record on the way up is matched through the one below it.
        let is_direct = !link.upstream.contains(" > ");
        match mine.len() {
            0 if is_direct => out.push_str("; no work matches"),
            0 => {}
            1 => out.push_str("; 1 work matches"),
            all => drop(write!(out, "; {} match", count(all, "work"))),
        }
        if broken > 0 {
            let _ = write!(out, ", {broken} with broken duties");
        }
        if unjudged > 0 {
            let _ = write!(out, ", {unjudged} whose license is not known");
        }
        if !mine.is_empty() && broken + unjudged == 0 {
            let is_open = |d: &&Derivation| d.duties.iter().any(|duty| duty.state != DutyState::Met);
            let is_open = mine.iter().copied().any(|d| is_open(&d));
            out.push_str(if is_open { ", no duty broken" } else { ", all duties met" });
        }
        for delta in &link.delta {
            let _ = write!(out, "; {}", shown(delta));
        }
        out.push('\n');
        let followed = history.iter().find(|followed| followed.upstream == link.upstream);
        if let Some(followed) = followed {
            let _ = writeln!(out, "  {}", past(followed, &mine));
        }
    }
    if !chain.is_empty() {
        out.push('\n');
    }
}

/// Says what history told of an upstream.
fn past(followed: &Followed, derivations: &[&Derivation]) -> String {
    let is_alone = |d: &&&Derivation| d.history.is_some() && d.similarity <= 0.0 && !d.declared;
    let alone = derivations.iter().filter(is_alone).count();
    let commit = followed.commit.map_or(String::new(), |commit| commit.to_string());
    let commit = commit.get(..12).unwrap_or_default();
    match followed.state {
        FollowedState::Followed => {
            let works = count(followed.works, "work");
            let alone = match alone {
                0 => String::new(),
                alone => format!(", {alone} of them by nothing else"),
            };
            format!("history: {works} followed from commit {commit}{alone}")
        }
        FollowedState::NoCommit => "history: not used, its record names no commit".to_owned(),
        FollowedState::NoRepository => "history: not used, this tree is in no git repository".to_owned(),
        FollowedState::NotAnAncestor => format!(
            "history: not used, commit {commit} of its record is not in it; a shallow clone may lack it"
        ),
        FollowedState::Unreadable => {
            format!("history: {}", shown(followed.reason.as_deref().unwrap_or_default()))
        }
    }
}

/// Each duty of each work, with its clause.
fn details(out: &mut String, derivations: &[Derivation]) {
    for derivation in derivations {
        let _ = writeln!(
            out,
            "{}  {} {}:{}",
            shown(derivation.path.as_str()),
            derivation.relation,
            shown(&derivation.upstream),
            shown(derivation.source.as_str())
        );
        if let Some(since) = &derivation.history {
            let since_then = match since.edits {
                0 => "as it was at".to_owned(),
                n => format!("changed or moved in {} since", count(n as usize, "commit")),
            };
            let _ = writeln!(out, "    by history: that work, {since_then} commit {}", since.commit);
        }
        for duty in &derivation.duties {
            let state = match duty.state {
                DutyState::Met => "met",
                DutyState::Attested => "attested",
                DutyState::Broken => "broken",
                DutyState::NotSeen => "not seen",
            };
            let _ = write!(out, "    {:<21} {state:<9} {}", duty.duty, shown(&duty.clause));
            if duty.of != format!("{}:{}", derivation.upstream, derivation.source) {
                let _ = write!(out, " for {}", shown(&duty.of));
            }
            if let Some(seen) = duty.seen.as_ref().filter(|_| duty.state == DutyState::Attested) {
                let _ = write!(out, " by {}", shown(seen));
            }
            out.push('\n');
        }
    }
    if !derivations.is_empty() {
        out.push('\n');
    }
}

/// The last line says what it comes to.
fn closing(out: &mut String, works: usize, findings: &[Finding], verdict: Verdict, style: Style) {
    if style.quiet && verdict == Verdict::Pass {
        return;
    }
    let summary = Summary::of(works, findings);
    let (paint, word) = match verdict {
        Verdict::Pass => (AnsiColor::Green.on_default().bold(), "pass"),
        Verdict::Fail => (AnsiColor::Red.on_default().bold(), "fail"),
        Verdict::Undecided => (AnsiColor::Magenta.on_default().bold(), "undecided"),
    };
    let _ = writeln!(
        out,
        "{paint}{word}{paint:#}: {}, {}, {} in {}",
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.notes, "note"),
        count(works, "work"),
    );
}
