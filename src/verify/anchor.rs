// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the consumer pins: which project a record must come from, and how new it must be.

use std::collections::BTreeSet;

use super::Upstream;
use crate::config::Lock;
use crate::domain::Digest;
use crate::finding::Finding;
use crate::rule::Problem;

/// What the consumer pins. Never read from the tree that is verified.
#[derive(Debug, Default)]
pub struct Anchors {
    /// Fingerprints given by hand.
    pub pins: BTreeSet<Digest>,
    /// The consumer's lock.
    pub lock: Lock,
}

impl Anchors {
    /// Returns what pins a record of this name and fingerprint, in words; none where nothing does.
    pub fn source(&self, upstream: &Upstream) -> Option<&'static str> {
        let root = upstream.record.fingerprint()?;
        if self.pins.contains(&root) {
            return Some("--pin");
        }
        self.lock.upstreams.iter().any(|pin| pin.root == Some(root)).then_some("copyhold.lock")
    }

    /// Adds what is wrong with whose record it is; returns whether it may be the pinned one.
    pub(super) fn check(&self, upstream: &Upstream, findings: &mut Vec<Finding>) -> bool {
        let before = findings.len();
        self.tell(upstream, findings);
        findings[before..].iter().all(|finding| {
            matches!(finding.problem, Problem::UnsignedUpstream { .. } | Problem::NoAnchor { .. })
        })
    }

    fn tell(&self, upstream: &Upstream, findings: &mut Vec<Finding>) {
        let project = &upstream.record.manifest().project.name;
        let name = upstream.name.clone();
        let by_name = self.lock.upstreams.iter().find(|pin| pin.name == *project || pin.name == name);
        let Some(root) = upstream.record.fingerprint() else {
            findings.push(Finding::whole(match by_name {
                // Taking the signatures off must not be a way around the pin.
                Some(pin) if pin.root.is_some() => Problem::BadSignature {
                    document: name,
                    reason: "it is pinned as a signed project, but this record is not signed".into(),
                },
                _ => Problem::UnsignedUpstream { upstream: name },
            }));
            return;
        };
        let pin = self.lock.upstreams.iter().find(|pin| pin.root == Some(root));
        if self.pins.contains(&root) || pin.is_some() {
            let Some(pin) = pin else { return };
            let found = upstream.record.manifest().version;
            if found < pin.manifest_version {
                let document = format!("the manifest of {name}");
                findings.push(Finding::whole(Problem::Rollback {
                    document,
                    seen: pin.manifest_version,
                    found,
                }));
            }
            let roots = upstream.record.signed().map_or(0, |signed| signed.roots.latest().version());
            if let Some(seen) = pin.root_version.filter(|seen| roots < *seen) {
                let document = format!("the root of {}", upstream.name);
                findings.push(Finding::whole(Problem::Rollback { document, seen, found: roots }));
            }
            return;
        }
        let pinned = by_name.and_then(|pin| pin.root).or_else(|| self.pins.first().copied());
        findings.push(Finding::whole(match pinned {
            Some(pinned) => Problem::AnchorMismatch { upstream: name, pinned, found: root },
            None => Problem::NoAnchor { upstream: name, root },
        }));
    }
}
