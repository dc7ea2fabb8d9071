// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `verify`: a derivative against the records of its upstreams.

use std::path::{Path, PathBuf};

use super::Exit;
use super::audit::exit;
use super::context::{Context, FailOn, Format, check_folder};
use super::error::CliError;
use super::key;
use super::manifest::record_of_tree;
use super::project::{MAX_CONFIG_BYTES, load_record, lock_path, read_lock, read_record_files};
use crate::audit::Statements;
use crate::config::{Config, Traces};
use crate::domain::{Digest, shown};
use crate::finding::{Finding, Verdict, sorted, verdict};
use crate::hash::sha256;
use crate::manifest::{Record, RecordError, bundle};
use crate::report;
use crate::scan::{Wanted, scan};
use crate::sign::{Envelope, Namespace, PayloadType, Statement};
use crate::store;
use crate::verify::{
    Anchors, Confidence, FollowedState, Freshness, Target, Upstream, unreadable_record, verify,
};
use crate::work::Tree;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
#[command(
    after_help = "Examples:\n  copyhold verify . --upstream libmerge.copyhold --pin 3f6a…\n  copyhold verify fork --upstream original\n\nExit: 0 nothing at or above --fail-on, 1 something, 2 could not decide."
)]
pub(crate) struct Args {
    /// The derivative's tree
    #[arg(default_value = ".")]
    path: PathBuf,
    /// An upstream: a bundle, a project with a record, or a plain tree; may be repeated
    #[arg(long = "upstream", short = 'u', value_name = "X")]
    upstreams: Vec<PathBuf>,
    /// The fingerprint you know a project by; may be repeated
    #[arg(long = "pin", value_name = "FINGERPRINT")]
    pins: Vec<Digest>,
    /// The lock that pins upstreams; otherwise copyhold.lock in the current folder
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Fail where a root has expired, or does not say until when it is fresh
    #[arg(long)]
    fresh: bool,
    /// Fail where a manifest says it is older than this: 36h, 90d, 12w
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    max_age: Option<i64>,
    /// Say of each signed record by which root and since when it holds, expired or not
    #[arg(long, conflicts_with_all = ["fresh", "max_age"])]
    archival: bool,
    /// Also follow git's history from the commit an upstream's record was made at, where it is there
    #[arg(long)]
    git: bool,
    /// Also list works that may derive from an upstream's, but as likely do not
    #[arg(long)]
    all: bool,
    /// What makes the verification fail
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "LEVEL")]
    fail_on: FailOn,
    /// Also write the outcome to FILE as an in-toto statement (Simple Verification Result), signed
    /// where --key says by which key
    #[arg(long, value_name = "FILE")]
    svr: Option<PathBuf>,
    /// The key to sign the statement with: its name, id, fingerprint or file
    #[arg(long, value_name = "KEY", requires = "svr")]
    key: Option<String>,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let lock = match &args.lock {
        Some(path) if !path.exists() => {
            return Err(CliError::new(format!("there is no lock at {}", shown(&path.to_string_lossy()))));
        }
        Some(path) => read_lock(path)?,
        None => read_lock(&lock_path())?,
    };
    let anchors = Anchors { pins: args.pins.iter().copied().collect(), lock };
    let tree = Tree::open(&args.path)?;
    let own_files = read_record_files(&args.path)?;
    let own = load_record(&own_files);
    if args.upstreams.is_empty() && matches!(own, Ok(None)) {
        return Err(CliError::new(format!(
            "{} has no record of its own, and no upstream to hold it against",
            shown(&args.path.to_string_lossy())
        ))
        .hint("say what it derives from: --upstream BUNDLE|PROJECT|TREE"));
    }

    let mut unreadable = Vec::new();
    let own = match own {
        Ok(own) => own,
        Err(error) => {
            unreadable.push(unreadable_record("the tree's own record", &error));
            None
        }
    };
    let mut upstreams = Vec::new();
    for path in &args.upstreams {
        match open(path, context)? {
            Ok((record, tree)) => {
                let name = record.manifest().project.name.clone();
                upstreams.push(Upstream { name, record, tree });
            }
            Err(error) => unreadable.push(unreadable_record(&path.to_string_lossy(), &error)),
        }
    }
    let found = scan(&tree, &Config::default(), Wanted { marks: true, ..Wanted::default() });
    let statements = Statements::open(&own_files, None, own.as_ref());
    let target = Target {
        tree: &tree,
        scan: &found,
        record: own.as_ref(),
        statements: &statements,
        with_history: args.git,
    };
    let mut told = anchor_lines(&upstreams, &anchors);
    told.extend(own.as_ref().map(own_line));
    if args.archival {
        told.extend(upstreams.iter().map(|u| &u.record).chain(&own).filter_map(archival_line));
    }
    let freshness = Freshness { now: context.now()?, is_required: args.fresh, max_age: args.max_age };
    let mut verification = verify(&target, upstreams, &anchors, &freshness);
    if !args.all {
        verification.derivations.retain(|derivation| derivation.confidence > Confidence::Possible);
    }
    let is_blind = !unreadable.is_empty()
        || verification.history.iter().any(|followed| followed.state == FollowedState::Unreadable);
    let told_of = std::mem::take(&mut verification.findings);
    let findings: Vec<Finding> = sorted(told_of.into_iter().chain(unreadable).collect());
    // What no record could be read of, nothing can be said about.
    let verdict = if is_blind { Verdict::Undecided } else { verdict(&findings, args.fail_on.level()) };
    if let Some(path) = &args.svr {
        let lock = args.lock.clone().unwrap_or_else(lock_path);
        let lock = lock.exists().then(|| store::read(&lock, MAX_CONFIG_BYTES)).transpose()?;
        let lock = lock.map(|bytes| sha256(&bytes));
        let result = report::svr(&found, &findings, verdict, &verification.chain, lock, context.now()?)?;
        write_svr(path, &result, args.key.as_deref(), context)?;
    }
    let works = found.works.len();
    match context.format {
        Format::Json => {
            context.print_json(&report::verify_document(works, &findings, verdict, verification))?;
        }
        Format::Text => {
            let style = context.style();
            context.print(report::verify_text(works, &findings, verdict, &verification, told.len(), style));
            for line in told {
                context.say(line);
            }
        }
    }
    Ok(exit(verdict))
}

fn write_svr(
    path: &Path,
    result: &Statement<report::Svr>,
    key: Option<&str>,
    context: &Context,
) -> Result<(), CliError> {
    let payload = result.to_payload()?;
    let bytes = if key.is_some() {
        let signer = key::signer(key, context)?;
        Envelope::seal(PayloadType::InToto, payload, Namespace::Statement, &[&signer])?.to_bytes()
    } else {
        payload
    };
    check_folder(path)?;
    Ok(store::output(path, &bytes)?)
}

/// Reads a whole number of hours, days or weeks as seconds.
fn parse_age(text: &str) -> Result<i64, String> {
    let units = [('h', 3600), ('d', 86_400), ('w', 604_800)];
    units
        .into_iter()
        .find_map(|(unit, seconds)| text.strip_suffix(unit)?.parse::<u32>().ok()?.checked_mul(seconds))
        .map(i64::from)
        .ok_or_else(|| "expected a number of hours, days or weeks, as in 36h, 90d, 12w".to_owned())
}

/// Says what an expired root does not change: under which root a manifest was made, and when that ends.
fn archival_line(record: &Record) -> Option<String> {
    let signed = record.signed()?;
    let (manifest, root) = (record.manifest(), signed.roots.latest());
    let expires = root.wire().expires.map_or("never".to_owned(), |expires| expires.to_string());
    Some(format!(
        "{}: manifest {}, of {}, was made under root {}; the newest root here is {} and expires: {expires}",
        shown(&manifest.project.name),
        manifest.version,
        manifest.stated_at,
        manifest.project.root_version.unwrap_or(0),
        root.version(),
    ))
}

/// Opens an upstream: a bundle, a project with a record, or a plain tree. What is not there at all is
/// an error; what is there but does not hold is told of with the findings.
pub(super) fn open(
    path: &Path,
    context: &Context,
) -> Result<Result<(Record, Option<Tree>), RecordError>, CliError> {
    if path.is_dir() {
        let files = read_record_files(path)?;
        let tree = Tree::open(path)?;
        return match files.manifest_version() {
            Some(_) => Ok(Record::load(files).map(|record| (record, Some(tree)))),
            // The tree is at hand and says more than traces would.
            None => record_of_tree(path, None, Traces::None, context).map(|record| Ok((record, Some(tree)))),
        };
    }
    let bytes = store::read(path, bundle::MAX_BUNDLE_BYTES)?;
    let files = match bundle::read(&bytes) {
        Ok(files) => files,
        Err(error) => {
            return Ok(Err(RecordError::broken("the bundle", error)));
        }
    };
    Ok(Record::load(files).map(|record| (record, None)))
}

/// Says by whose word the tree's own record is: integrity, authorship and authority apart.
fn own_line(record: &Record) -> String {
    let version = record.manifest().version;
    match record.signed() {
        Some(signed) => format!(
            "own record: manifest {version}, signed by {} for the project {}",
            signed.people.iter().map(|name| shown(name).to_string()).collect::<Vec<_>>().join(", "),
            signed.roots.fingerprint()
        ),
        None => format!("own record: manifest {version}, signed by nobody"),
    }
}

/// Says where each anchor came from.
fn anchor_lines(upstreams: &[Upstream], anchors: &Anchors) -> Vec<String> {
    upstreams
        .iter()
        .filter_map(|upstream| {
            let source = anchors.source(upstream)?;
            Some(format!("{} is pinned by {source}", shown(&upstream.name)))
        })
        .collect()
}
