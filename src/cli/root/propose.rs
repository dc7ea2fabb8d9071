// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the next root is to say.

use std::collections::BTreeSet;
use std::num::NonZeroU8;
use std::path::Path;

use super::super::context::Context;
use super::super::error::CliError;
use super::super::project::Project;
use super::super::{Exit, key};
use super::{describe, newest_manifest, settle};
use crate::domain::{Digest, Instant, KeyId, PathGlob, PublicKey, Scheme, shown};
use crate::govern::{
    ForkOf, Previous, Principal, ROLES, Reason, Revocation, RoleName, Root, Scope, WireRoot,
};
use crate::manifest::Record;
use crate::sign::statement::WireKey;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Add a person, or further keys of one
    #[arg(long, value_name = "NAME", requires = "keys")]
    add_person: Option<String>,
    /// The person's key: a name in your keyring, the id of a key in the record, a PEM or OpenSSH file,
    /// or SCHEME:TEXT as `copyhold key show` prints them; may be repeated
    #[arg(long = "key", value_name = "KEY", requires = "add_person")]
    keys: Vec<String>,
    /// Take a person out, with all their keys and roles; may be repeated
    #[arg(long, value_name = "NAME")]
    remove_person: Vec<String>,
    /// Give a person a role (root, manifest, licenseChange) or a scope; may be repeated
    #[arg(long, value_name = "ROLE=NAME", value_parser = parse_pair)]
    grant: Vec<(String, String)>,
    /// Take a role or a scope from a person; may be repeated
    #[arg(long, value_name = "ROLE=NAME", value_parser = parse_pair)]
    withdraw: Vec<(String, String)>,
    /// How many people of a role or a scope must sign; may be repeated
    #[arg(long, value_name = "ROLE=N", value_parser = parse_threshold)]
    threshold: Vec<(String, NonZeroU8)>,
    /// A scope: works whose changes its people must sign besides those of the role manifest; say its
    /// people with --grant; may be repeated for several patterns
    #[arg(long, value_name = "NAME=GLOB", value_parser = parse_pair)]
    scope: Vec<(String, String)>,
    /// Take a scope out; may be repeated
    #[arg(long, value_name = "NAME")]
    remove_scope: Vec<String>,
    /// Until when the root is fresh; `never` for ever
    #[arg(long, value_name = "TIME|never", value_parser = parse_expiry)]
    expires: Option<Expiry>,
    /// The project this one was forked from: the fingerprint of its first root, and its root's version
    #[arg(long, value_name = "FINGERPRINT@N", value_parser = parse_fork)]
    fork_of: Option<ForkOf>,
    /// What the project is called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct Expiry(Option<Instant>);

fn parse_expiry(text: &str) -> Result<Expiry, String> {
    if text == "never" {
        return Ok(Expiry(None));
    }
    text.parse()
        .map(|time| Expiry(Some(time)))
        .map_err(|error: crate::domain::ParseInstantError| error.to_string())
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((role, name)) if !role.is_empty() && !name.is_empty() => Ok((role.to_owned(), name.to_owned())),
        _ => Err("expected two names with `=` between them".to_owned()),
    }
}

fn parse_threshold(text: &str) -> Result<(String, NonZeroU8), String> {
    let (role, count) = parse_pair(text)?;
    count
        .parse()
        .map(|count| (role, count))
        .map_err(|_| "expected a number from 1 to 255 after the `=`".to_owned())
}

fn parse_fork(text: &str) -> Result<ForkOf, String> {
    let parsed = text.split_once('@').and_then(|(root, version)| {
        Some(ForkOf { root_sha256: root.parse::<Digest>().ok()?, root_version: version.parse().ok()? })
    });
    parsed.ok_or_else(|| "expected a fingerprint, `@`, and the version of the root".to_owned())
}

pub(super) fn run(project: &Project, args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let mut wire = draft(project, context)?;
    change(project, args, &mut wire)?;
    write(project, wire, context)
}

/// Proposes that a key is no longer good.
pub(super) fn revoke(
    project: &Project,
    key: &KeyId,
    reason: Reason,
    last_good: Option<u64>,
    context: &mut Context,
) -> Result<Exit, CliError> {
    let mut wire = draft(project, context)?;
    let newest = newest_manifest(project)?.map_or(0, |manifest| manifest.version);
    if reason == Reason::Compromised && last_good.is_none() {
        return Err(CliError::new("a compromised key may have signed anything of late").hint(format!(
            "say the newest manifest that is surely good: --last-good N (manifest {newest} is the newest there is, 0 is none)"
        )));
    }
    let last_good_manifest = last_good.unwrap_or(newest);
    if last_good_manifest > newest {
        return Err(CliError::new(format!(
            "there is no manifest {last_good_manifest} yet; the newest is {newest}"
        )));
    }
    wire.keys.remove(key);
    let mut without = Vec::new();
    for (name, principal) in &mut wire.principals {
        if principal.keys.remove(key) && principal.keys.is_empty() {
            without.push(name.clone());
        }
    }
    for name in &without {
        remove_person(&mut wire, name);
        context.say(format!("{} has no other key, and so leaves every role", shown(name)));
    }
    wire.revocations.retain(|revocation| revocation.keyid != *key);
    wire.revocations.push(Revocation { keyid: key.clone(), reason, last_good_manifest });
    wire.revocations.sort_by(|a, b| a.keyid.cmp(&b.keyid));
    write(project, wire, context)
}

/// Returns the next root as it is proposed by now, else as the one in force would go on.
fn draft(project: &Project, context: &Context) -> Result<WireRoot, CliError> {
    let roots = project.roots()?;
    let (digest, latest) = roots.iter().last().ok_or_else(|| CliError::new("there is no root"))?;
    let base = settle::Proposal::open(project)?;
    Ok(WireRoot {
        version: latest.version() + 1,
        previous: Some(Previous { sha256: *digest }),
        issued_at: context.now()?,
        after_manifest: newest_manifest(project)?,
        ..base.map_or_else(|| latest.wire().clone(), |proposal| proposal.root.wire().clone())
    })
}

fn write(project: &Project, wire: WireRoot, context: &mut Context) -> Result<Exit, CliError> {
    let root = Root::new(wire).map_err(|error| {
        CliError::from(error).hint("`copyhold root show` shows the root in force; nothing was written")
    })?;
    let path = settle::write(project, &root)?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    let now = context.now()?;
    for line in describe(&root, now).lines() {
        context.say(line);
    }
    for warning in warnings(root.wire()) {
        context.complain(format!("warning: {warning}"));
    }
    context.say(
        "next: commit it; those who decide run `copyhold root sign`, the last one `copyhold root apply`",
    );
    Ok(Exit::Clean)
}

/// What is allowed and seldom meant.
fn warnings(wire: &WireRoot) -> Vec<String> {
    let root = &wire.roles[&RoleName::Root];
    let mut warnings = Vec::new();
    if wire.principals.len() > 1 && root.threshold == NonZeroU8::MIN {
        warnings.push("any one of the role `root` can replace everybody else; --threshold root=2".to_owned());
    }
    if wire.principals.len() > 1 && usize::from(root.threshold.get()) == root.principals.len() {
        warnings.push("if one of the role `root` loses their key, no root can follow; let it be one more than must sign".to_owned());
    }
    let named: BTreeSet<&String> = wire
        .roles
        .values()
        .flat_map(|role| &role.principals)
        .chain(wire.scopes.values().flat_map(|scope| &scope.principals))
        .collect();
    for name in wire.principals.keys().filter(|name| !named.contains(name)) {
        warnings.push(format!("{} has no role yet; --grant ROLE={}", shown(name), shown(name)));
    }
    warnings
}

fn change(project: &Project, args: &Args, wire: &mut WireRoot) -> Result<(), CliError> {
    if let Some(name) = &args.add_person {
        if name.contains('@') {
            return Err(CliError::new("a signed file never holds an e-mail address").hint("give a name"));
        }
        for text in &args.keys {
            let key = public_key(project, text)?;
            wire.keys.insert(key.id(), WireKey::from(&key));
            let principal = wire.principals.entry(name.clone());
            principal.or_insert_with(|| Principal { keys: BTreeSet::new() }).keys.insert(key.id());
        }
    }
    for name in &args.remove_scope {
        if wire.scopes.remove(name).is_none() {
            return Err(CliError::new(format!("there is no scope `{}`", shown(name))));
        }
    }
    let mut renewed = BTreeSet::new();
    for (name, glob) in &args.scope {
        let glob: PathGlob = glob.parse()?;
        let scope = wire.scopes.entry(name.clone()).or_insert_with(|| Scope {
            paths: Vec::new(),
            principals: BTreeSet::new(),
            threshold: NonZeroU8::MIN,
        });
        // Patterns that are given replace those that were there.
        if renewed.insert(name) {
            scope.paths.clear();
        }
        scope.paths.push(glob);
    }
    for (role, name) in &args.grant {
        if !wire.principals.contains_key(name) {
            return Err(CliError::new(format!("there is nobody called `{}`", shown(name)))
                .hint("add them: --add-person NAME --key KEY"));
        }
        people(wire, role)?.0.insert(name.clone());
    }
    for (role, name) in &args.withdraw {
        if !people(wire, role)?.0.remove(name) {
            return Err(CliError::new(format!("`{}` is not in `{}`", shown(name), shown(role))));
        }
    }
    for name in &args.remove_person {
        if !wire.principals.contains_key(name) {
            return Err(CliError::new(format!("there is nobody called `{}`", shown(name))));
        }
        remove_person(wire, name);
    }
    for (role, count) in &args.threshold {
        *people(wire, role)?.1 = *count;
    }
    if let Some(Expiry(expires)) = args.expires {
        wire.expires = expires;
    }
    if let Some(fork) = &args.fork_of {
        wire.fork_of = Some(fork.clone());
    }
    if let Some(name) = &args.name {
        wire.name.clone_from(name);
    }
    Ok(())
}

/// Returns the people and the threshold of a role or a scope.
fn people<'a>(
    wire: &'a mut WireRoot,
    name: &str,
) -> Result<(&'a mut BTreeSet<String>, &'a mut NonZeroU8), CliError> {
    let role = ROLES.into_iter().find(|role| role.to_string() == name);
    if let Some(role) = role.and_then(|role| wire.roles.get_mut(&role)) {
        return Ok((&mut role.principals, &mut role.threshold));
    }
    match wire.scopes.get_mut(name) {
        Some(scope) => Ok((&mut scope.principals, &mut scope.threshold)),
        None => Err(CliError::new(format!("there is no role or scope `{}`", shown(name)))
            .hint("roles are root, manifest and licenseChange; make a scope with --scope NAME=GLOB")),
    }
}

fn remove_person(wire: &mut WireRoot, name: &str) {
    let keys = wire.principals.remove(name).map(|principal| principal.keys).unwrap_or_default();
    wire.keys.retain(|id, _| !keys.contains(id));
    for role in wire.roles.values_mut() {
        role.principals.remove(name);
    }
    for scope in wire.scopes.values_mut() {
        scope.principals.remove(name);
    }
}

/// Reads a public key. How it signs is never guessed from a text that could mean either: the keyring,
/// the record and PEM files say it, and an OpenSSH line signs through `ssh-keygen`.
fn public_key(project: &Project, text: &str) -> Result<PublicKey, CliError> {
    if let Some((scheme, public)) = text.split_once(':')
        && let Ok(scheme) = serde_json::from_value::<Scheme>(scheme.into())
    {
        return Ok(PublicKey::from_text(scheme, public)?);
    }
    let statements = project.statements();
    let record = project.record().ok().flatten();
    let enrolled = record.into_iter().flat_map(Record::contributors).flat_map(|leaf| &leaf.keys);
    let known = enrolled
        .filter_map(|key| key.read().ok())
        .chain(statements.held.values().flat_map(|(stated, _)| stated.signers.iter().cloned()))
        .chain(statements.deeds.links.values().flat_map(|link| link.signers.iter().cloned()));
    if let Some(key) = { known }.find(|key| key.id().as_str() == text) {
        return Ok(key);
    }
    key::public(text, Path::new(text))
}
