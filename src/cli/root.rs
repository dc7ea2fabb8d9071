// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `root`: who may decide for a project, and how that changes.
//!
//! A new root is proposed as `root/N.root.json.proposed`, the bare document; everybody who signs it
//! leaves a file of their own beside it, so that signatures given on two branches do not collide. It is
//! in force with `root/N.root.dsse.json`, which `apply` writes last and whole.

mod propose;
mod settle;

use std::fmt::Write as _;

use super::Exit;
use super::context::{Context, Format};
use super::error::CliError;
use super::project::Project;
use crate::domain::{Instant, KeyId, shown};
use crate::govern::{ManifestRef, ROLES, Reason, Root};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example, a second maintainer who must sign too:\n  copyhold root propose --add-person Bob --key bob.pem --grant root=Bob --grant manifest=Bob \\\n      --threshold root=2 --threshold manifest=2\n  copyhold root sign      # Ann, then Bob\n  copyhold root apply"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show who may decide what, and what is proposed
    Show {
        /// The root to show; otherwise the one in force
        #[arg(long, value_name = "N")]
        version: Option<u64>,
    },
    /// Propose the next root, or change the one that is proposed
    Propose(Box<propose::Args>),
    /// Add your signature to the proposed root
    Sign {
        /// The key to sign with: its name, id, fingerprint or file
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Put the proposed root in force, once enough people of the old and of the new one have signed it
    Apply,
    /// Propose a root in which a key is no longer good
    Revoke {
        /// The key's id, of a maintainer or of a contributor
        #[arg(value_name = "KEYID")]
        key: KeyId,
        /// Why: retired, superseded or compromised
        #[arg(long, value_parser = parse_reason, value_name = "REASON")]
        reason: Reason,
        /// The newest manifest up to which what it signed stays good; otherwise the newest there is,
        /// and to be said for a compromised key; 0 for none
        #[arg(long, value_name = "N")]
        last_good: Option<u64>,
    },
}

fn parse_reason(text: &str) -> Result<Reason, String> {
    serde_json::from_value(text.into()).map_err(|_| "expected retired, superseded or compromised".to_owned())
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    match &args.action {
        Action::Show { version } => show(&project, *version, context),
        Action::Propose(args) => propose::run(&project, args, context),
        Action::Sign { key } => settle::sign(&project, key.as_deref(), context),
        Action::Apply => settle::apply(&project, context),
        Action::Revoke { key, reason, last_good } => {
            propose::revoke(&project, key, *reason, *last_good, context)
        }
    }
}

/// Returns the newest manifest as a root names it; none where there is none.
fn newest_manifest(project: &Project) -> Result<Option<ManifestRef>, CliError> {
    let record = project.record()?;
    Ok(record.map(|record| ManifestRef { sha256: record.digest(), version: record.manifest().version }))
}

fn show(project: &Project, version: Option<u64>, context: &mut Context) -> Result<Exit, CliError> {
    let roots = project.roots()?;
    let version = version.unwrap_or_else(|| roots.latest().version());
    let (digest, root) = roots.version(version).ok_or_else(|| {
        CliError::new(format!("there is no root {version}"))
            .hint(format!("the newest is root {}", roots.latest().version()))
    })?;
    let proposal = settle::Proposal::open(project)?;
    if context.format == Format::Json {
        let missing = proposal.as_ref().map(|proposal| {
            let missing: Vec<_> =
                proposal.missing(roots).into_iter().map(|short| short.to_string()).collect();
            serde_json::json!({"root": proposal.root.wire(), "missing": missing})
        });
        context.print_json(&serde_json::json!({
            "schema": "https://w3id.org/copyhold/roots/v0.1",
            "fingerprint": roots.fingerprint(),
            "sha256": digest,
            "root": root.wire(),
            "proposal": missing,
        }))?;
        return Ok(Exit::Clean);
    }
    let now = context.now()?;
    context.print(format!("fingerprint  {}\n{}", roots.fingerprint(), describe(root, now)));
    if let Some(proposal) = proposal {
        context.print(format!("\nproposed:\n{}", describe(&proposal.root, now)));
        for short in proposal.missing(roots) {
            context.print(format!("missing      {short}\n"));
        }
    }
    Ok(Exit::Clean)
}

/// Returns what a root says, for people.
fn describe(root: &Root, now: Instant) -> String {
    let wire = root.wire();
    let mut text = String::new();
    let mut line = |what: &str, value: String| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{what:12} {}", shown(&value));
    };
    line("root", format!("{} of {}, issued {}", wire.version, wire.name, wire.issued_at));
    if let Some(expires) = wire.expires {
        let verb = if expires < now { "expired" } else { "expires" };
        line(verb, expires.to_string());
    }
    for (name, principal) in &wire.principals {
        let keys: Vec<String> = principal
            .keys
            .iter()
            .map(|id| {
                format!("{id} ({})", wire.keys.get(id).map_or("?".to_owned(), |key| key.scheme.to_string()))
            })
            .collect();
        line("person", format!("{name}: {}", keys.join(", ")));
    }
    let people =
        |names: &std::collections::BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    for name in ROLES {
        let role = &wire.roles[&name];
        line("role", format!("{name}: {} of {}", role.threshold, people(&role.principals)));
    }
    for (name, scope) in &wire.scopes {
        let paths: Vec<String> = scope.paths.iter().map(ToString::to_string).collect();
        let who = people(&scope.principals);
        line("scope", format!("{name} ({}): also {} of {who}", paths.join(", "), scope.threshold));
    }
    for revocation in &wire.revocations {
        let last = revocation.last_good_manifest;
        line("revoked", format!("{}: {}, good up to manifest {last}", revocation.keyid, revocation.reason));
    }
    if let Some(manifest) = &wire.after_manifest {
        line("after", format!("manifest {} (sha256:{})", manifest.version, manifest.sha256));
    }
    if let Some(fork) = &wire.fork_of {
        line("fork of", format!("{}, root {}", fork.root_sha256, fork.root_version));
    }
    text
}
