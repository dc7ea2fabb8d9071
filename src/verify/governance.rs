// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a record's roots say of it today: revoked keys, expiry, licenses that became weaker.

use crate::domain::Instant;
use crate::finding::Finding;
use crate::manifest::Record;
use crate::rule::Problem;

/// How fresh a record must be. Every field only asks for more.
#[derive(Debug, Clone, Copy)]
pub struct Freshness {
    /// The time that counts as now.
    pub now: Instant,
    /// Whether a root must say until when it is fresh, and not have expired.
    pub is_required: bool,
    /// How old the newest manifest may be, in seconds, by its own word.
    pub max_age: Option<i64>,
}

pub(super) fn check(name: &str, record: &Record, freshness: &Freshness, findings: &mut Vec<Finding>) {
    let Some(signed) = record.signed() else { return };
    let version = record.manifest().version;
    if let Some(short) = &signed.revoked {
        findings.push(Finding::whole(Problem::SignerRevoked {
            document: format!("{name}, manifest {version}"),
            role: short.role.clone(),
            missing: short.missing.join(", "),
        }));
    }
    for id in record.revoked().keys() {
        findings
            .push(Finding::whole(Problem::StatementRevoked { statement: *id, by: "a contributor".into() }));
    }
    for unagreed in record.unagreed() {
        let mut missing: Vec<String> =
            unagreed.quorum.iter().map(|short| format!("the quorum ({short})")).collect();
        missing.extend(
            unagreed
                .missing
                .iter()
                .map(|ask| format!("the consent of {}", ask.name.as_deref().unwrap_or(ask.by.as_str()))),
        );
        missing.dedup();
        let weakening = &unagreed.weakening;
        findings.push(Finding::on(
            &weakening.path,
            Problem::WeakenedWithoutConsent {
                version: unagreed.version,
                from: weakening.from.clone(),
                to: weakening.to.as_ref().map_or("none".to_owned(), ToString::to_string),
                missing: if missing.is_empty() { "a license at all".into() } else { missing.join(", ") },
            },
        ));
    }
    check_age(name, record, freshness, findings);
}

fn check_age(name: &str, record: &Record, freshness: &Freshness, findings: &mut Vec<Finding>) {
    let Some(signed) = record.signed() else { return };
    let root = signed.roots.latest();
    let document = format!("root {} of {name}", root.version());
    let expires = root.wire().expires;
    match expires.filter(|expires| *expires < freshness.now) {
        Some(end) if freshness.is_required => {
            let reason = format!("it expired on {end}");
            findings.push(Finding::whole(Problem::NotFresh { document, reason }));
        }
        Some(end) => {
            findings.push(Finding::whole(Problem::RootExpired { document, expired: end.to_string() }));
        }
        None if freshness.is_required && expires.is_none() => {
            let reason = "it does not say until when it is".to_owned();
            findings.push(Finding::whole(Problem::NotFresh { document, reason }));
        }
        None => {}
    }
    let stated = record.manifest().stated_at;
    if freshness.max_age.is_some_and(|age| freshness.now.unix().saturating_sub(stated.unix()) > age) {
        let document = format!("manifest {} of {name}", record.manifest().version);
        let reason = format!("it is of {stated}");
        findings.push(Finding::whole(Problem::NotFresh { document, reason }));
    }
}
