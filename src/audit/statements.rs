// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Signed statements against the bytes they are about, and how far each of them is accepted.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{self, Config};
use crate::detect::reuse;
use crate::domain::{Digest, PublicKey, WorkPath};
use crate::finding::Finding;
use crate::govern::RootChain;
use crate::manifest::{Deeds, Files, Record, RecordError, Stated};
use crate::rule::Problem;
use crate::scan::{Scan, Seen};

/// The statements that lie in a project's record, with how far each is accepted.
#[derive(Debug, Default)]
pub struct Statements {
    /// Those whose signatures hold, by id.
    pub held: BTreeMap<Digest, (Stated, Standing)>,
    /// Consents and key links, accepted or not.
    pub deeds: Deeds,
    /// Those that do not hold, and why.
    pub broken: Vec<RecordError>,
}

/// How far a statement is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A manifest accepted it.
    Accepted,
    /// It is by somebody the project knows, and no manifest has it yet.
    Pending,
    /// It is by somebody the project does not know.
    Unknown,
    /// The key that signed it was revoked, and no manifest held it by then.
    Revoked,
}

impl Statements {
    /// Opens every statement of a project: with the keys of its contributors and maintainers, else
    /// with the key it names itself.
    pub fn open(files: &Files, roots: Option<&RootChain>, record: Option<&Record>) -> Self {
        let mut keys: BTreeSet<PublicKey> = roots.into_iter().flat_map(RootChain::keys).cloned().collect();
        if let Some(record) = record {
            let enrolled = record.contributors().flat_map(|c| &c.keys).filter_map(|key| key.read().ok());
            keys.extend(enrolled);
        }
        let alone = files.statements().filter_map(|(id, bytes)| Stated::open_self_asserted(bytes, id).ok());
        let asserted: BTreeSet<PublicKey> = alone.flat_map(|stated| stated.signers).collect();
        let mut statements = Self { deeds: Deeds::open(files), ..Self::default() };
        let next = record.map_or(1, |record| record.manifest().version + 1);
        let is_revoked = |stated: &Stated| {
            let own = stated
                .signers
                .iter()
                .filter(|key| key.person() == stated.statement.predicate().contributor.id);
            own.into_iter().any(|key| roots.is_some_and(|roots| !roots.is_good_at(key, next)))
        };
        let others: Vec<_> = files.statements().filter(|(id, _)| !statements.deeds.has(id)).collect();
        for (id, bytes) in others {
            let accepted = record.and_then(|record| record.statements().get(&id));
            let opened = match accepted {
                Some(stated) => Ok((stated.clone(), Standing::Accepted)),
                None => match Stated::open(bytes, id, &keys) {
                    Ok(stated) => Ok((stated, Standing::Pending)),
                    // The keys that others name themselves show who signed it besides.
                    Err(_) => Stated::open_self_asserted(bytes, id).map(|alone| {
                        let all = asserted.union(&keys).cloned().collect();
                        (Stated::open(bytes, id, &all).unwrap_or(alone), Standing::Unknown)
                    }),
                },
            };
            let opened = opened.map(|(stated, standing)| match standing {
                Standing::Pending | Standing::Unknown if is_revoked(&stated) => (stated, Standing::Revoked),
                standing => (stated, standing),
            });
            let opened = opened.and_then(|found| {
                roots.map_or(Ok(()), |roots| found.0.check_project(id, roots)).map(|()| found)
            });
            match opened {
                Ok(found) => drop(statements.held.insert(id, found)),
                Err(error) => statements.broken.push(error),
            }
        }
        statements
    }

    /// Returns what was signed, work by work: path and bytes, with who signed that.
    pub fn subjects(&self) -> impl Iterator<Item = (&WorkPath, Digest, &Stated)> {
        self.held.values().flat_map(|(stated, _)| {
            stated.statement.subjects().iter().map(move |s| (&s.name, s.digest.sha256, stated))
        })
    }

    /// Returns the works on which something was signed, but not about the bytes they have now.
    pub fn stale<'a>(&self, works: &'a [Seen]) -> Vec<&'a Seen> {
        let named: BTreeSet<&WorkPath> = self.subjects().map(|(path, ..)| path).collect();
        let covered: BTreeSet<(&WorkPath, Digest)> = self.subjects().map(|(path, d, _)| (path, d)).collect();
        let is_stale =
            |work: &&Seen| named.contains(&work.path) && !covered.contains(&(&work.path, work.sha256));
        works.iter().filter(is_stale).collect()
    }
}

pub(super) fn check(scan: &Scan, statements: &Statements, config: &Config, findings: &mut Vec<Finding>) {
    for error in &statements.broken {
        let (document, reason) = (error.document.clone(), error.reason.clone());
        findings.push(Finding::whole(Problem::BadSignature { document, reason }));
    }
    let mut covered: BTreeSet<(&WorkPath, Digest)> = BTreeSet::new();
    for (id, (stated, standing)) in &statements.held {
        let contributor = &stated.statement.predicate().contributor;
        let name = contributor.name.clone().unwrap_or_else(|| contributor.id.to_string());
        match standing {
            Standing::Accepted => {}
            Standing::Pending => {
                let problem = Problem::StatementNotAccepted { statement: *id, by: name };
                findings.push(Finding::whole(problem));
            }
            Standing::Unknown => {
                let key = contributor.key.read().map(|key| key.id().to_string()).unwrap_or_default();
                findings.push(Finding::whole(Problem::UnknownKey { statement: *id, key, name }));
            }
            Standing::Revoked => {
                findings.push(Finding::whole(Problem::StatementRevoked { statement: *id, by: name }));
            }
        }
        if *standing != Standing::Revoked {
            covered.extend(stated.statement.subjects().iter().map(|s| (&s.name, s.digest.sha256)));
        }
    }
    for (id, (stated, _)) in &statements.held {
        for subject in stated.statement.subjects() {
            let Some(work) = scan.work(&subject.name) else { continue };
            let stated = subject.digest.sha256;
            if stated != work.sha256 && !covered.contains(&(&work.path, work.sha256)) {
                let problem = Problem::StatementMismatch { statement: *id, stated, actual: work.sha256 };
                findings.push(Finding::on(&work.path, problem));
            }
        }
    }
    if config.policy.statements == config::Statements::Required {
        for work in scan.works.iter().filter(|work| reuse::is_covered(&work.path, work.size, work.mode)) {
            if !covered.contains(&(&work.path, work.sha256)) {
                findings.push(Finding::on(&work.path, Problem::NoStatement {}));
            }
        }
    }
}
