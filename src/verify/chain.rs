// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The upstreams of upstreams: walked offline through the bundles that travel with a record, each
//! record once, however often it is named.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Upstream;
use crate::domain::Digest;
use crate::finding::Finding;
use crate::govern::RootChain;
use crate::manifest::{Evidence, Files, Record, UpstreamLeaf, bundle};
use crate::rule::Problem;
use crate::work::Tree;

/// The deepest chain that is walked.
const MAX_DEPTH: usize = 32;

/// The most records that are walked.
const MAX_RECORDS: usize = 4096;

/// How a link of the chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// The record holds: its digests, its signatures, and the pin on it.
    Verified,
    /// The record does not hold, or is not the pinned one.
    Broken,
    /// The record is not at hand.
    Missing,
    /// The record held when it was pinned; a key it stands by was revoked since.
    RevokedLater,
}

/// One record of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Link {
    /// The project, after those it was reached through.
    pub upstream: String,
    /// How far its record can be believed.
    pub evidence: Evidence,
    /// How it stands.
    pub state: LinkState,
    /// Where it differs from what the project below recorded of it.
    pub delta: Vec<String>,
}

/// Every record that was reached.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    links: Vec<Link>,
}

/// One record, and where its own upstreams are in the graph.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) record: Record,
    /// Its tree, where that is at hand.
    pub(super) tree: Option<Tree>,
    /// Whether the consumer named it, rather than a record on the way.
    pub(super) is_direct: bool,
    pub(super) upstreams: BTreeMap<String, usize>,
}

impl Node {
    pub(super) fn evidence(&self) -> Evidence {
        self.record.evidence()
    }
}

impl Graph {
    /// Walks from the records the consumer named (those of `refused` are not the pinned ones), and from those the derivative's own record names.
    pub(super) fn build(
        upstreams: Vec<Upstream>,
        refused: &BTreeSet<Digest>,
        own: Option<&Record>,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut graph = Self { nodes: Vec::new(), links: Vec::new() };
        let mut seen = BTreeMap::new();
        for Upstream { name, record, tree } in upstreams {
            if seen.contains_key(&record.digest()) {
                continue;
            }
            let files = record.files().clone();
            graph.links.push(Link {
                upstream: name.clone(),
                evidence: record.evidence(),
                state: if refused.contains(&record.digest()) {
                    LinkState::Broken
                } else {
                    LinkState::Verified
                },
                delta: Vec::new(),
            });
            seen.insert(record.digest(), graph.nodes.len());
            graph.nodes.push(Node { name, record, tree, is_direct: true, upstreams: BTreeMap::new() });
            graph.follow(graph.nodes.len() - 1, &files, &mut seen, 1, findings);
        }
        if let Some(own) = own {
            for leaf in own.upstreams() {
                if seen.contains_key(&leaf.manifest.sha256) {
                    continue;
                }
                let at = graph.reach(leaf, &leaf.id, own.files(), &mut seen, 1, findings);
                if let Some(at) = at {
                    graph.nodes[at].is_direct = true;
                }
            }
        }
        graph.judge_later(findings);
        graph
    }

    /// Holds every record against the newest root of its project that is at hand. A link of the chain
    /// whose keys were revoked since it was pinned is told apart: who pinned it did so in good faith.
    fn judge_later(&mut self, findings: &mut Vec<Finding>) {
        let mut newest: BTreeMap<Digest, &RootChain> = BTreeMap::new();
        for roots in self.nodes.iter().filter_map(|node| node.record.signed()).map(|signed| &signed.roots) {
            let known = newest.entry(roots.fingerprint()).or_insert(roots);
            if roots.latest().version() > known.latest().version() {
                *known = roots;
            }
        }
        for node in &self.nodes {
            let Some(signed) = node.record.signed() else { continue };
            let Some(roots) = newest.get(&signed.roots.fingerprint()) else { continue };
            let later = node.record.revoked_by(roots);
            let Some(link) = self.links.iter_mut().find(|link| link.upstream == node.name) else { continue };
            if let Some(short) = later
                && link.state == LinkState::Verified
            {
                link.state = LinkState::RevokedLater;
                link.delta.push(format!("by root {}, {short}", roots.latest().version()));
            }
            if link.state == LinkState::RevokedLater && node.name.contains(" > ") {
                let (upstream, reason) = (node.name.clone(), link.delta.join("; "));
                findings.push(Finding::whole(Problem::RevokedLater { upstream, reason }));
            }
        }
    }

    /// Reaches the upstreams of the record at `at`. `files` are those of the outermost record: a
    /// bundle holds the bundles of all its upstreams, however deep.
    fn follow(
        &mut self,
        at: usize,
        files: &Files,
        seen: &mut BTreeMap<Digest, usize>,
        depth: usize,
        findings: &mut Vec<Finding>,
    ) {
        let leaves: Vec<UpstreamLeaf> = self.nodes[at].record.upstreams().cloned().collect();
        let below = self.nodes[at].name.clone();
        for leaf in leaves {
            let name = format!("{below} > {}", leaf.id);
            let reached = match seen.get(&leaf.manifest.sha256) {
                Some(known) => Some(*known),
                None => self.reach(&leaf, &name, files, seen, depth, findings),
            };
            if let Some(reached) = reached {
                self.nodes[at].upstreams.insert(leaf.id.clone(), reached);
            }
        }
    }

    fn reach(
        &mut self,
        leaf: &UpstreamLeaf,
        name: &str,
        files: &Files,
        seen: &mut BTreeMap<Digest, usize>,
        depth: usize,
        findings: &mut Vec<Finding>,
    ) -> Option<usize> {
        let mut link = Link {
            upstream: name.to_owned(),
            evidence: leaf.evidence,
            state: LinkState::Missing,
            delta: Vec::new(),
        };
        let file = format!("upstream/{}.copyhold", leaf.manifest.sha256);
        let loaded = match files.get(&file) {
            None => None,
            Some(_) if depth > MAX_DEPTH || self.nodes.len() >= MAX_RECORDS => {
                Some(Err("the chain of upstreams is too long".to_owned()))
            }
            Some(bytes) => Some(load(bytes, leaf)),
        };
        let record = match loaded {
            None => {
                findings.push(Finding::whole(Problem::ChainMissing { upstream: name.to_owned() }));
                self.links.push(link);
                return None;
            }
            Some(Err(reason)) => {
                findings.push(Finding::whole(Problem::ChainBroken { upstream: name.to_owned(), reason }));
                link.state = LinkState::Broken;
                self.links.push(link);
                return None;
            }
            Some(Ok(record)) => record,
        };
        link.state = LinkState::Verified;
        if record.manifest().license != leaf.license {
            link.delta.push(format!(
                "its license was recorded as {}",
                leaf.license.as_ref().map_or("none".to_owned(), ToString::to_string)
            ));
        }
        if let Some(short) = record.signed().and_then(|signed| signed.revoked.as_ref()) {
            link.state = LinkState::RevokedLater;
            link.delta.push(format!("without a key that was revoked since, {short}"));
        }
        self.links.push(link);
        let at = self.nodes.len();
        seen.insert(record.digest(), at);
        self.nodes.push(Node {
            name: name.to_owned(),
            record,
            tree: None,
            is_direct: false,
            upstreams: BTreeMap::new(),
        });
        self.follow(at, files, seen, depth + 1, findings);
        Some(at)
    }

    /// Returns the records that were reached, and those that should have been, sorted.
    pub(super) fn links(&self) -> Vec<Link> {
        let mut links = self.links.clone();
        links.sort_by(|a, b| a.upstream.cmp(&b.upstream));
        links
    }
}

/// Reads an upstream's bundle and holds it against the leaf that pins it.
fn load(bytes: &[u8], leaf: &UpstreamLeaf) -> Result<Record, String> {
    let files = bundle::read(bytes).map_err(|error| error.to_string())?;
    let record = Record::load(files).map_err(|error| error.to_string())?;
    if record.digest() != leaf.manifest.sha256 {
        return Err("its manifest is not the pinned one".into());
    }
    if record.fingerprint() != leaf.root_sha256 {
        return Err("its root is not the pinned one".into());
    }
    Ok(record)
}
