// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `upstream`: the projects this one derives from, vendored by digest and pinned in copyhold.lock.

use std::path::{Path, PathBuf};

use super::Exit;
use super::context::{Context, Format};
use super::error::CliError;
use super::manifest::open_record;
use super::project::{Project, read_lock};
use crate::config::{LOCK_FILE, Pin};
use crate::domain::{Digest, shown};
use crate::manifest::{Files, Record, agreement, bundle};
use crate::store::{self, Access};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copyhold upstream add libmerge.copyhold --pin 3f6a…")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Vendor a bundle and pin it
    Add {
        /// The bundle
        bundle: PathBuf,
        /// The fingerprint you know the project by
        #[arg(long, value_name = "FINGERPRINT")]
        pin: Option<Digest>,
        /// Trust the fingerprint of this bundle, seen for the first time
        #[arg(long)]
        trust: bool,
        /// What to call the upstream; otherwise as it calls itself
        #[arg(long)]
        name: Option<String>,
    },
    /// List what is pinned
    List,
    /// Check every pinned bundle: its digests, its signatures, the pin
    Check,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    match &args.action {
        Action::Add { bundle, pin, trust, name } => {
            add(&project, bundle, *pin, *trust, name.as_deref(), context)
        }
        Action::List => list(&project, context),
        Action::Check => check(&project, context),
    }
}

fn add(
    project: &Project,
    path: &Path,
    pin: Option<Digest>,
    trust: bool,
    name: Option<&str>,
    context: &mut Context,
) -> Result<Exit, CliError> {
    if path.is_dir() {
        return Err(CliError::new(format!("{} is a folder, not a bundle", shown(&path.to_string_lossy())))
            .hint("in a copyhold project `copyhold manifest bundle` makes one; of any other tree `copyhold manifest for`"));
    }
    let record = open_record(path)?;
    let manifest = record.manifest();
    let name = name.unwrap_or(&manifest.project.name).to_owned();
    let lock_path = project.root.join(LOCK_FILE);
    let mut lock = read_lock(&lock_path)?;
    let before = lock.upstreams.iter().find(|known| known.name == name).cloned();
    let is_first = before.as_ref().and_then(|before| before.root).or(pin).is_none();
    let trust =
        trust || (is_first && record.fingerprint().is_some_and(|root| is_confirmed(&name, root, context)));
    check_anchor(&record, before.as_ref(), pin, trust, &name)?;
    check_agreement(project, &record, before.as_ref())?;

    // A bundle holds those of all its upstreams; here each lies on its own, by digest.
    let (mut own, mut others) = (Files::default(), Vec::new());
    for (file, bytes) in record.files().iter() {
        if file.starts_with("upstream/") {
            others.push((file, bytes));
        } else {
            own.insert(file, bytes.to_vec());
        }
    }
    for (file, bytes) in others {
        store::write(&project.record_path(file), bytes, Access::Public)?;
    }
    let file = project.record_path(&format!("upstream/{}.copyhold", record.digest()));
    store::write(&file, &bundle::write(&own)?, Access::Public)?;
    lock.set(Pin {
        name: name.clone(),
        root: record.fingerprint(),
        root_version: record.signed().map(|signed| signed.roots.latest().version()),
        manifest: record.digest(),
        manifest_version: manifest.version,
    });
    store::write(&lock_path, &lock.to_bytes(), Access::Public)?;
    context.print(format!("{}\n", shown(&file.to_string_lossy())));
    let license = manifest.license.as_ref().map_or("no license".to_owned(), ToString::to_string);
    let whose = if record.signed().is_some() { "signed" } else { "unsigned" };
    context.say(format!("{}, manifest {}, under {license}, {whose}: pinned", shown(&name), manifest.version));
    Ok(Exit::Clean)
}

/// Shows the fingerprint of a project that is seen for the first time, and asks.
fn is_confirmed(name: &str, root: Digest, context: &Context) -> bool {
    if !Context::is_interactive() {
        return false;
    }
    context.complain(format!(
        "{}'s fingerprint is {root}\nIs that what the project itself says? [y/N]",
        shown(name)
    ));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// What the project weakened between the manifest that was pinned and this one, it must have agreed on.
/// The leaves in between need not be at hand: the consents are in the record.
fn check_agreement(project: &Project, record: &Record, before: Option<&Pin>) -> Result<(), CliError> {
    let Some(old) = before.and_then(|before| project.vendored(before).ok()) else { return Ok(()) };
    let mut statements = old.statements().clone();
    statements.extend(record.statements().iter().map(|(id, stated)| (*id, stated.clone())));
    for weakening in agreement::weakenings(old.works(), record.works()) {
        let missing = agreement::unanswered(&weakening, &statements, record.deeds(), record.fingerprint());
        if let Some(ask) = missing.first() {
            return Err(CliError::new(format!(
                "{} went from {} to {} since manifest {}, without the consent of {} (CH317)",
                shown(weakening.path.as_str()),
                weakening.from,
                weakening.to.as_ref().map_or("none".to_owned(), ToString::to_string),
                old.manifest().version,
                shown(ask.name.as_deref().unwrap_or(ask.by.as_str()))
            ))
            .hint("ask the project; what is pinned stays"));
        }
    }
    Ok(())
}

/// Whose record it is must be known before it is pinned, and it must not be older than what was.
fn check_anchor(
    record: &Record,
    before: Option<&Pin>,
    pin: Option<Digest>,
    trust: bool,
    name: &str,
) -> Result<(), CliError> {
    let known = before.and_then(|before| before.root).or(pin);
    match (record.fingerprint(), known.or(pin)) {
        (None, Some(_)) => {
            return Err(CliError::new(format!(
                "{} is known as a signed project, but this record is not signed",
                shown(name)
            )));
        }
        (None, None) => {}
        (Some(root), Some(known)) if root == known && pin.is_none_or(|pin| pin == root) => {}
        (Some(root), Some(_)) => {
            return Err(CliError::new(format!(
                "this record's fingerprint is {root}, not the one {} is pinned by",
                shown(name)
            ))
            .hint("get the bundle from the project that is pinned, or pin it under another --name"));
        }
        (Some(_), None) if trust => {}
        (Some(root), None) => {
            return Err(CliError::new(format!(
                "nothing shows yet that this record is {}'s; its fingerprint is {root}",
                shown(name)
            ))
            .hint(format!(
                "compare it with the project's own word, then add it with --pin {root}, or with --trust"
            )));
        }
    }
    match before {
        Some(before) if record.manifest().version < before.manifest_version => Err(CliError::new(format!(
            "this is manifest {} of {}, but manifest {} was seen before",
            record.manifest().version,
            shown(name),
            before.manifest_version
        ))),
        _ => Ok(()),
    }
}

fn list(project: &Project, context: &mut Context) -> Result<Exit, CliError> {
    let lock = project.lock()?;
    if context.format == Format::Json {
        context.print_json(&serde_json::json!({
            "schema": "https://w3id.org/copyhold/upstreams/v0.1",
            "upstreams": lock.upstreams,
        }))?;
        return Ok(Exit::Clean);
    }
    for pin in &lock.upstreams {
        let root = pin.root.map_or("unsigned".to_owned(), |root| root.to_string());
        context.print(format!("{}  manifest {}  {root}\n", shown(&pin.name), pin.manifest_version));
    }
    if lock.upstreams.is_empty() {
        context.say("no upstream is pinned");
    }
    Ok(Exit::Clean)
}

fn check(project: &Project, context: &mut Context) -> Result<Exit, CliError> {
    let lock = project.lock()?;
    let mut exit = Exit::Clean;
    for pin in &lock.upstreams {
        match project.vendored(pin) {
            Ok(_) => {
                context.print(format!("ok      {}, manifest {}\n", shown(&pin.name), pin.manifest_version));
            }
            Err(reason) => {
                context.print(format!("broken  {}: {}\n", shown(&pin.name), shown(&reason)));
                exit = Exit::Findings;
            }
        }
    }
    Ok(exit)
}
