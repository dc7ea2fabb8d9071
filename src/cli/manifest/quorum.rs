// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Who must sign the next manifest. Where several must, the first leaves a proposal, and each of the
//! others makes the same record of their own tree and adds a signature to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::project::Project;
use crate::audit::of_works;
use crate::domain::{Digest, PublicKey, shown};
use crate::govern::{RoleName, Root, Shortfall};
use crate::manifest::agreement;
use crate::manifest::build::Unsigned;
use crate::manifest::{Deeds, Leaf, Manifest, Record, Stated, WorkLeaf, parse_leaves};
use crate::report;
use crate::sign::{Envelope, MAX_ENVELOPE_BYTES, Namespace, PayloadType, Signer, Statement};
use crate::store::{self, Access};

/// The next manifest with the signatures it has by now.
pub(super) struct Signed {
    /// The manifest, with the signatures of those before.
    pub(super) envelope: Envelope,
    /// Who signed it.
    pub(super) signers: BTreeSet<PublicKey>,
    /// Where the proposal lies.
    proposal: PathBuf,
}

impl Signed {
    /// Signs the manifest, or adds signatures to the proposal of the same one.
    pub(super) fn new(
        project: &Project,
        made: &Unsigned,
        signers: &[Signer],
        context: &Context,
    ) -> Result<Self, CliError> {
        let version = made.statement.predicate().version;
        let proposal = project.record_path(&format!("manifest/{version}.manifest.intoto.json.proposed"));
        let mut all: BTreeSet<PublicKey> = signers.iter().map(|signer| signer.public().clone()).collect();
        let mut envelope = None;
        if proposal.is_file() {
            let proposed = Envelope::parse(&store::read(&proposal, MAX_ENVELOPE_BYTES as u64)?)?;
            let opened = proposed.open(PayloadType::InToto, Namespace::Manifest, project.roots()?.keys())?;
            let known = opened.signers().clone();
            let statement = Statement::<Manifest>::read(opened)?;
            if is_same(statement.get(), &made.statement) {
                let mut signed = proposed;
                for signer in signers.iter().filter(|signer| !known.contains(signer.public())) {
                    signed = signed.cosign(&statement, signer)?;
                }
                all.extend(known);
                envelope = Some(signed);
            } else {
                context.complain(format!(
                    "warning: the proposal {} is about another tree than this, and is replaced",
                    shown(&proposal.to_string_lossy())
                ));
            }
        }
        let envelope = if let Some(envelope) = envelope {
            envelope
        } else {
            let payload = made.statement.to_payload()?;
            let signers: Vec<&Signer> = signers.iter().collect();
            Envelope::seal(PayloadType::InToto, payload, Namespace::Manifest, &signers)?
        };
        Ok(Self { envelope, signers: all, proposal })
    }

    /// Leaves the manifest for others to sign.
    pub(super) fn propose(&self, short: &Shortfall, context: &mut Context) -> Result<(), CliError> {
        store::write(&self.proposal, &self.envelope.to_bytes(), Access::Public)?;
        context.print(format!("{}\n", shown(&self.proposal.to_string_lossy())));
        context.say(format!("signed, but not in force yet: {short}"));
        context.say("next: commit it; each of them runs `copyhold manifest` on the same tree");
        Ok(())
    }

    /// Removes the proposal once the manifest is in force.
    pub(super) fn settle(&self) -> Result<(), CliError> {
        if self.proposal.is_file() { Ok(store::remove(&self.proposal)?) } else { Ok(()) }
    }
}

/// Two manifests are the same but for the time at which they say they were stated.
fn is_same(one: &Statement<Manifest>, other: &Statement<Manifest>) -> bool {
    let stated_at = other.predicate().stated_at;
    one.subjects() == other.subjects()
        && Manifest { stated_at, ..one.predicate().clone() } == *other.predicate()
}

/// Checks whether enough people signed: of the whole, of every scope whose works changed and, where a
/// license became weaker, of those who may decide that.
pub(super) fn check(
    root: &Root,
    made: &Manifest,
    before: Option<&Record>,
    is_weaker: bool,
    signers: &BTreeSet<PublicKey>,
) -> Result<(), Shortfall> {
    root.quorum(RoleName::Manifest, signers)?;
    for (scope, digest) in &made.scopes {
        if before.and_then(|before| before.manifest().scopes.get(scope)) != Some(digest) {
            root.scope_quorum(scope, signers)?;
        }
    }
    if is_weaker { root.quorum(RoleName::LicenseChange, signers) } else { Ok(()) }
}

/// Tells of works whose license becomes weaker or more restrictive, and refuses where somebody was to be
/// asked and was not.
pub(super) fn agreed(
    made: &Unsigned,
    before: Option<&Record>,
    accepted: &BTreeMap<Digest, Stated>,
    deeds: &Deeds,
    context: &Context,
) -> Result<bool, CliError> {
    let Some(before) = before else { return Ok(false) };
    let leaves = parse_leaves(&made.leaves)?;
    let works: Vec<&WorkLeaf> = leaves
        .iter()
        .filter_map(|leaf| match leaf {
            Leaf::Work(work) => Some(&**work),
            _ => None,
        })
        .collect();
    let losses = agreement::losses(before.works(), works);
    let mut statements = before.statements().clone();
    statements.extend(accepted.iter().map(|(id, stated)| (*id, stated.clone())));
    for weakening in &losses.weaker {
        let path = shown(weakening.path.as_str());
        let Some(to) = &weakening.to else {
            return Err(CliError::new(format!("{path} was under {}, and no longer says so", weakening.from))
                .hint("put the license back, or take the work out"));
        };
        let missing = agreement::unanswered(weakening, &statements, deeds, before.fingerprint());
        let names: BTreeSet<&str> =
            missing.iter().map(|ask| ask.name.as_deref().unwrap_or(ask.by.as_str())).collect();
        if !names.is_empty() {
            let names: Vec<String> = names.into_iter().map(|name| shown(name).to_string()).collect();
            return Err(CliError::new(format!(
                "{path} goes from {} to {to}, which takes the consent of everybody who signed a statement on it; not yet: {}",
                weakening.from,
                names.join(", ")
            ))
            .hint(format!("ask for it: `copyhold consent request --to {to} {path}`")));
        }
    }
    let is_weaker = !losses.weaker.is_empty();
    let findings = of_works(losses);
    if !findings.is_empty() {
        context.complain(report::findings_text(&findings, context.style()).trim_end());
    }
    Ok(is_weaker)
}
