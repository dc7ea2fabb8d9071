// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Signing a proposed root, and putting it in force.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::project::Project;
use super::super::{Exit, key};
use super::{describe, newest_manifest};
use crate::domain::{PublicKey, shown};
use crate::govern::{MAX_ROOT_BYTES, RoleName, Root, RootChain, Shortfall};
use crate::hash::sha256;
use crate::sign::{Envelope, Namespace, PayloadType, Signer};
use crate::store::{self, Access};

/// The next root, with the signatures it has by now.
pub(super) struct Proposal {
    /// What it says.
    pub(super) root: Root,
    payload: Vec<u8>,
    path: PathBuf,
    /// The envelope of each who signed, with one signature each.
    signed: Vec<(PublicKey, Envelope)>,
    /// The files of signatures, also over what is no longer proposed.
    files: Vec<PathBuf>,
}

impl Proposal {
    /// Reads what is proposed to follow the root in force; none where nothing is.
    pub(super) fn open(project: &Project) -> Result<Option<Self>, CliError> {
        let roots = project.roots()?;
        let version = roots.latest().version() + 1;
        let path = path(project, version);
        if !path.is_file() {
            return Ok(None);
        }
        let payload = store::read(&path, MAX_ROOT_BYTES as u64)?;
        let root = Root::read(&payload).map_err(|error| {
            CliError::new(format!("{}: {error}", shown(&path.to_string_lossy())))
                .hint("remove the file and propose anew: `copyhold root propose`")
        })?;
        let digest = sha256(&payload);
        let keys: BTreeSet<&PublicKey> = roots.latest().keys().chain(root.keys()).collect();
        let (mut signed, mut files) = (Vec::new(), Vec::new());
        for file in store::list(&project.record_path("root"))? {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !name.starts_with(&format!("{version}.root.")) || !name.ends_with(".signature.proposed") {
                continue;
            }
            let envelope = Envelope::parse(&store::read(&file, MAX_ROOT_BYTES as u64 * 2)?);
            files.push(file);
            // A signature over an earlier proposal, or a broken one, is none.
            let Ok(envelope) = envelope else { continue };
            if envelope.payload_digest() != digest {
                continue;
            }
            let Ok(opened) = envelope.open(PayloadType::Root, Namespace::Root, keys.iter().copied()) else {
                continue;
            };
            let signers: Vec<PublicKey> = opened.signers().iter().cloned().collect();
            if let [signer] = &signers[..]
                && envelope.key_ids().count() == 1
            {
                signed.push((signer.clone(), envelope));
            }
        }
        Ok(Some(Self { root, payload, path, signed, files }))
    }

    fn signers(&self) -> BTreeSet<PublicKey> {
        self.signed.iter().map(|(key, _)| key.clone()).collect()
    }

    /// Returns what is missing yet: of the root in force, and of the proposed one.
    pub(super) fn missing(&self, roots: &RootChain) -> Vec<Shortfall> {
        let signers = self.signers();
        let mut missing: Vec<Shortfall> = Vec::new();
        for (of, root) in [("in force", roots.latest()), ("proposed", &self.root)] {
            if let Err(short) = root.quorum(RoleName::Root, &signers) {
                missing.push(Shortfall { role: format!("{}, {of}", short.role), ..short });
            }
        }
        missing
    }
}

fn path(project: &Project, version: u64) -> PathBuf {
    project.record_path(&format!("root/{version}.root.json.proposed"))
}

/// Writes a proposal. Signatures over an earlier one go.
pub(super) fn write(project: &Project, root: &Root) -> Result<PathBuf, CliError> {
    let before = Proposal::open(project).ok().flatten();
    let payload = root.to_payload()?;
    if payload.len() * 4 / 3 + 4096 > MAX_ROOT_BYTES {
        return Err(CliError::new(format!("the root would be larger than {MAX_ROOT_BYTES} bytes")));
    }
    let path = path(project, root.version());
    store::write(&path, &payload, Access::Public)?;
    for file in before.into_iter().filter(|before| before.payload != payload).flat_map(|before| before.files)
    {
        store::remove(&file)?;
    }
    Ok(path)
}

fn nothing_proposed() -> CliError {
    CliError::new("no root is proposed").hint("propose one: `copyhold root propose`, `copyhold root revoke`")
}

pub(super) fn sign(project: &Project, key: Option<&str>, context: &mut Context) -> Result<Exit, CliError> {
    let roots = project.roots()?;
    let mut proposal = Proposal::open(project)?.ok_or_else(nothing_proposed)?;
    check_follows(project, roots, &proposal)?;
    let signer = key::signer(key, context)?;
    let public = signer.public();
    if [roots.latest(), &proposal.root].iter().all(|root| root.holder(public).is_none()) {
        return Err(CliError::new(format!(
            "{} is nobody's key, neither in root {} nor in the proposed one",
            public.id(),
            roots.latest().version()
        ))
        .hint("sign with a key that is there: --key; `copyhold root show` lists them"));
    }
    for line in describe(&proposal.root, context.now()?).lines() {
        context.say(line);
    }
    if proposal.signers().contains(public) {
        context.say("this key has signed it already");
    } else {
        let payload = proposal.payload.clone();
        let envelope = Envelope::seal(PayloadType::Root, payload, Namespace::Root, &[&signer as &Signer])?;
        let short = sha256(public.to_text().as_bytes()).to_string();
        let name = format!("root/{}.root.{}.signature.proposed", proposal.root.version(), &short[..16]);
        let file = project.record_path(&name);
        store::write(&file, &envelope.to_bytes(), Access::Public)?;
        context.print(format!("{}\n", shown(&file.to_string_lossy())));
        proposal.signed.push((public.clone(), envelope));
    }
    let missing = proposal.missing(roots);
    for short in &missing {
        context.say(format!("missing      {short}"));
    }
    context.say(if missing.is_empty() {
        "next: `copyhold root apply`"
    } else {
        "next: commit it, and have the others sign"
    });
    Ok(Exit::Clean)
}

/// A proposal goes stale when another root or manifest comes before it.
fn check_follows(project: &Project, roots: &RootChain, proposal: &Proposal) -> Result<(), CliError> {
    let latest = roots.iter().last().map(|(digest, _)| *digest);
    if proposal.root.previous() != latest || proposal.root.version() != roots.latest().version() + 1 {
        return Err(CliError::new("what is proposed does not follow the root in force")
            .hint("propose it anew: `copyhold root propose`"));
    }
    let newest = newest_manifest(project)?;
    if proposal.root.wire().after_manifest != newest {
        let version = newest.map_or(0, |manifest| manifest.version);
        return Err(CliError::new(format!("manifest {version} was made since this root was proposed, so it does not say what stands before it"))
            .hint("propose it anew: `copyhold root propose` without options keeps what it says; then it is signed again"));
    }
    Ok(())
}

pub(super) fn apply(project: &Project, context: &mut Context) -> Result<Exit, CliError> {
    let roots = project.roots()?;
    let proposal = Proposal::open(project)?.ok_or_else(nothing_proposed)?;
    check_follows(project, roots, &proposal)?;
    let missing = proposal.missing(roots);
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        return Err(CliError::new(format!(
            "too few have signed root {}: {} (CH304)",
            proposal.root.version(),
            missing.join("; ")
        ))
        .hint("each of them runs `copyhold root sign`"));
    }
    let mut signed = proposal.signed.iter();
    let (_, first) = signed.next().ok_or_else(nothing_proposed)?;
    let envelope = signed.try_fold(first.clone(), |all, (_, one)| all.merge(one))?;
    let version = proposal.root.version();
    let name = format!("root/{version}.root.dsse.json");
    // What others will read is read first: the whole chain, and the record under it.
    let mut files = project.files.clone();
    files.insert(&name, envelope.to_bytes());
    let applied = files.roots()?;
    super::super::project::load_record(&files)?;
    // Whole, and never over a root that came meanwhile. With it the new root is in force; the rest is tidying.
    let path = project.record_path(&name);
    store::write_new(&path, &envelope.to_bytes(), Access::Public).map_err(|error| {
        CliError::from(error)
            .hint(format!("root {} is still in force; run this again when that is mended", version - 1))
    })?;
    for file in proposal.files.iter().chain([&proposal.path]) {
        store::remove(file)?;
    }
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    context.say(format!("root {version} is in force"));
    if applied.is_some_and(|roots| !roots.latest().wire().revocations.is_empty()) {
        context.say("a key is revoked: `copyhold verify .` says what no longer stands, `copyhold manifest` makes it anew");
    }
    Ok(Exit::Clean)
}
