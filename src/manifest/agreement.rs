// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Licenses that become weaker, and who must have agreed to it.
//!
//! A work is retained where it is at the same path, or lies elsewhere with the same bytes or the same
//! body. Its license is weakened where what it was under does not allow what it is under now, so that
//! only its contributors can give it. Each of them consents for what they signed: a path and its bytes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Deeds, Stated, WorkLeaf};
use crate::domain::{Digest, LicenseExpr, PersonId, WorkPath};
use crate::license::{Restriction, Shift, shift};

/// A retained work whose license became weaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weakening {
    /// Where it is now.
    pub path: WorkPath,
    /// What it was under.
    pub from: LicenseExpr,
    /// What it is under now; none where it no longer says.
    pub to: Option<LicenseExpr>,
    before: (WorkPath, Digest),
    after: Digest,
}

impl Weakening {
    /// Returns the same weakening as a later manifest has it; none where it no longer is one.
    pub(super) fn at(&self, work: &WorkLeaf) -> Option<Self> {
        let is_back = work.license.as_ref().is_some_and(|to| shift(&self.from, to) != Some(Shift::Weaker));
        (!is_back).then(|| Self { to: work.license.clone(), after: work.sha256, ..self.clone() })
    }
}

/// A contribution to a work, for which its contributor must consent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// The work's path, as it was signed.
    pub path: WorkPath,
    /// The digest of its bytes, as they were signed.
    pub sha256: Digest,
    /// Who signed.
    pub by: PersonId,
    /// What they call themselves.
    pub name: Option<String>,
}

/// A retained work whose license became more restrictive, as its license allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restricted {
    /// Where it is now.
    pub path: WorkPath,
    /// What it was under.
    pub from: LicenseExpr,
    /// What it is under now.
    pub to: LicenseExpr,
    /// What it forbids now and did not forbid before.
    pub forbids: BTreeSet<Restriction>,
}

/// What licenses of retained works lost.
#[derive(Debug, Default)]
pub struct Losses {
    /// Works whose old license does not allow the new one.
    pub weaker: Vec<Weakening>,
    /// Works whose old license allows the new one, which forbids more.
    pub restricted: Vec<Restricted>,
}

/// Finds the works of `after` that are under a weaker license than in `before`.
pub fn weakenings<'a>(
    before: impl IntoIterator<Item = &'a WorkLeaf>,
    after: impl IntoIterator<Item = &'a WorkLeaf>,
) -> Vec<Weakening> {
    losses(before, after).weaker
}

/// Finds the works of `after` that are under a weaker or more restrictive license than in `before`.
pub fn losses<'a>(
    before: impl IntoIterator<Item = &'a WorkLeaf>,
    after: impl IntoIterator<Item = &'a WorkLeaf>,
) -> Losses {
    let (mut by_path, mut by_bytes, mut by_body) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for leaf in before.into_iter().filter(|leaf| leaf.license.is_some()) {
        by_path.insert(&leaf.path, leaf);
        // An empty file is nobody's.
        if leaf.size > 0 {
            by_bytes.insert(leaf.sha256, leaf);
        }
        if let Some(body) = leaf.ids.body {
            by_body.insert(body, leaf);
        }
    }
    let mut known: BTreeMap<(&LicenseExpr, &LicenseExpr), Option<Shift>> = BTreeMap::new();
    let mut found = Losses::default();
    for leaf in after {
        let old = by_path.get(&leaf.path).or_else(|| by_bytes.get(&leaf.sha256));
        let Some(old) = old.or_else(|| by_body.get(&leaf.ids.body?)) else { continue };
        let Some(from) = &old.license else { continue };
        let shifted = match &leaf.license {
            Some(to) => known.entry((from, to)).or_insert_with(|| shift(from, to)).clone(),
            None => Some(Shift::Weaker),
        };
        match (shifted, &leaf.license) {
            (Some(Shift::Weaker), to) => found.weaker.push(Weakening {
                path: leaf.path.clone(),
                from: from.clone(),
                to: to.clone(),
                before: (old.path.clone(), old.sha256),
                after: leaf.sha256,
            }),
            (Some(Shift::Restricted(forbids)), Some(to)) => {
                let (path, from, to) = (leaf.path.clone(), from.clone(), to.clone());
                found.restricted.push(Restricted { path, from, to, forbids });
            }
            _ => {}
        }
    }
    found
}

/// Returns the contributions to one work: those signed on its path, then or now, or on its bytes.
pub fn asks(weakening: &Weakening, statements: &BTreeMap<Digest, Stated>) -> BTreeSet<Ask> {
    let (path, bytes) = &weakening.before;
    let mut asks = BTreeSet::new();
    for stated in statements.values() {
        for subject in stated.statement.subjects() {
            let sha256 = subject.digest.sha256;
            let is_on = subject.name == *path
                || subject.name == weakening.path
                || sha256 == *bytes
                || sha256 == weakening.after;
            if !is_on {
                continue;
            }
            let contributor = &stated.statement.predicate().contributor;
            asks.extend(stated.people().into_iter().map(|by| Ask {
                path: subject.name.clone(),
                sha256,
                name: contributor.name.clone().filter(|_| contributor.id == by),
                by,
            }));
        }
    }
    asks
}

/// Returns the contributions to a work for which nobody has consented yet, or not to this license.
pub fn unanswered(
    weakening: &Weakening,
    statements: &BTreeMap<Digest, Stated>,
    deeds: &Deeds,
    project: Option<Digest>,
) -> BTreeSet<Ask> {
    let people = deeds.people();
    let mut asks = asks(weakening, statements);
    asks.retain(|ask| {
        let Some(to) = &weakening.to else { return true };
        !deeds.consents.values().any(|deed| {
            let consent = deed.statement.predicate();
            consent.project.root_sha256 == project
                && people.same(&consent.contributor.id, &ask.by)
                && (consent.to_license == *to || shift(&consent.to_license, to) != Some(Shift::Weaker))
                && deed
                    .statement
                    .subjects()
                    .iter()
                    .any(|subject| subject.name == ask.path && subject.digest.sha256 == ask.sha256)
        })
    });
    asks
}
