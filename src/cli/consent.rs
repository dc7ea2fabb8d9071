// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `consent`: a relicensing round. A request is a file to send around; every contributor answers it with
//! one command; the table says who is missing. Answers are statements like others: one file each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::context::{Context, Format, check_folder};
use super::error::CliError;
use super::project::Project;
use super::{Exit, key, person};
use crate::domain::{Digest, LicenseExpr, PersonId, PublicKey, WorkPath, shown};
use crate::manifest::{Deeds, Stated};
use crate::report::count;
use crate::sign::statement::{Consent, Contributor, MAX_SUBJECTS, ProjectRef, Subject};
use crate::sign::{Envelope, Namespace, PayloadType, Statement};
use crate::store::{self, Access};
use crate::work::RECORD_FOLDER;

/// The largest request, in bytes.
const MAX_REQUEST_BYTES: u64 = 64 << 20;

const SCHEMA: &str = "https://w3id.org/copyhold/consent-request/v0.1";

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copyhold consent request --to Apache-2.0 src -o apache.consent.json   # a maintainer\n  copyhold consent sign apache.consent.json                            # each contributor\n  copyhold consent status apache.consent.json"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write a request: which signed contributions are to go under which license, and whose they are
    Request {
        /// Works or folders of the record; otherwise all that have another license
        #[arg(value_name = "PATH")]
        paths: Vec<WorkPath>,
        /// What they are to go under
        #[arg(long, value_name = "EXPR")]
        to: LicenseExpr,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Consent, for what you have signed among it
    Sign {
        /// The request
        request: PathBuf,
        /// For whom you speak besides, as an employer
        #[arg(long, value_name = "NAME")]
        on_behalf_of: Option<String>,
        /// What you are called; otherwise as git knows you
        #[arg(long, value_name = "NAME")]
        person: Option<String>,
        /// The key to sign with: its name, id, fingerprint or file
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Tell who has consented, and who is missing. Exit: 0 all have, 1 somebody has not
    Status {
        /// The request
        request: PathBuf,
    },
}

/// A request, as it is sent around. Nobody signs it: the answers say by themselves what they are to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Request {
    /// What this document is.
    schema: String,
    /// The project that asks.
    project: ProjectRef,
    /// What the contributions are to go under.
    to_license: LicenseExpr,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The works, with the contributions to each.
    works: Vec<AskedWork>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedWork {
    /// The work's path now.
    path: WorkPath,
    /// What it is under now.
    from_license: LicenseExpr,
    /// What was signed on it, by whom.
    contributions: Vec<Asked>,
}

/// A contribution, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Whose it is.
    by: PersonId,
    /// What they call themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The path that was signed.
    path: WorkPath,
    /// The digest of the bytes that were signed.
    sha256: Digest,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    match &args.action {
        Action::Request { paths, to, reason } => request(paths, to, reason.as_deref(), context),
        Action::Sign { request, on_behalf_of, person, key } => {
            sign(&read(request)?, on_behalf_of.as_deref(), person.as_deref(), key.as_deref(), context)
        }
        Action::Status { request } => status(&read(request)?, context),
    }
}

fn read(path: &Path) -> Result<Request, CliError> {
    let bytes = store::read(path, MAX_REQUEST_BYTES)?;
    let request: Request = serde_json::from_slice(&bytes).map_err(|error| {
        CliError::new(format!("{} is no request for consent: {error}", shown(&path.to_string_lossy())))
    })?;
    if request.schema == SCHEMA {
        Ok(request)
    } else {
        Err(CliError::new(format!("`{}` is no request this version knows", shown(&request.schema))))
    }
}

fn request(
    paths: &[WorkPath],
    to: &LicenseExpr,
    reason: Option<&str>,
    context: &mut Context,
) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    let record = project.record()?.ok_or_else(|| {
        CliError::new("there is no manifest, so nobody's contribution is accepted yet")
            .hint("make one: `copyhold manifest`")
    })?;
    if let Some(path) =
        paths.iter().find(|path| !record.works().any(|work| work.path.is_under(path.as_str())))
    {
        return Err(CliError::new(format!("{} is no work of the record", shown(path.as_str()))));
    }
    let is_meant = |path: &WorkPath| paths.is_empty() || paths.iter().any(|at| path.is_under(at.as_str()));
    let mut works = Vec::new();
    for work in record.works().filter(|work| is_meant(&work.path)) {
        let Some(from) = work.license.as_ref().filter(|from| *from != to) else { continue };
        let mut contributions = BTreeSet::new();
        for stated in record.statements().values() {
            let subjects = stated.statement.subjects().iter();
            for subject in subjects.filter(|s| s.name == work.path || s.digest.sha256 == work.sha256) {
                contributions.extend(asked(stated, subject));
            }
        }
        works.push(AskedWork {
            path: work.path.clone(),
            from_license: from.clone(),
            contributions: contributions.into_iter().collect(),
        });
    }
    if works.is_empty() {
        return Err(CliError::new(format!("no work would change its license to {to}")));
    }
    let request = Request {
        schema: SCHEMA.to_owned(),
        project: ProjectRef {
            name: record.manifest().project.name.clone(),
            root_sha256: record.fingerprint(),
        },
        to_license: to.clone(),
        reason: reason.map(str::to_owned),
        works,
    };
    let mut bytes = serde_json::to_vec_pretty(&request)?;
    bytes.push(b'\n');
    let people: BTreeSet<&PersonId> = request.asked().map(|asked| &asked.by).collect();
    let path = context
        .take_output()
        .unwrap_or_else(|| PathBuf::from(format!("to-{to}.consent.json").replace(' ', "-")));
    check_folder(&path)?;
    store::output(&path, &bytes)?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    context.say(format!(
        "{} from {} asked for",
        count(request.works.len(), "work"),
        count(people.len(), "contributor")
    ));
    context
        .say("next: send it; each of them runs `copyhold consent sign FILE` and sends back what that writes");
    Ok(Exit::Clean)
}

fn asked(stated: &Stated, subject: &Subject) -> Vec<Asked> {
    let contributor = &stated.statement.predicate().contributor;
    let people = stated.people().into_iter();
    people
        .map(|by| Asked {
            name: contributor.name.clone().filter(|_| contributor.id == by),
            by,
            path: subject.name.clone(),
            sha256: subject.digest.sha256,
        })
        .collect()
}

impl Request {
    fn asked(&self) -> impl Iterator<Item = &Asked> {
        self.works.iter().flat_map(|work| &work.contributions)
    }
}

fn sign(
    request: &Request,
    on_behalf_of: Option<&str>,
    name: Option<&str>,
    key: Option<&str>,
    context: &mut Context,
) -> Result<Exit, CliError> {
    // Answered in a clone of the project, or where there is nothing but the request.
    let project = Project::open(None)?;
    let signer = key::signer(key, context)?;
    let me = signer.public().person();
    let people = project.statements().deeds.people();
    let mine: BTreeSet<(&WorkPath, Digest)> = request
        .asked()
        .filter(|asked| people.same(&asked.by, &me))
        .map(|asked| (&asked.path, asked.sha256))
        .collect();
    if mine.is_empty() {
        return Err(CliError::new(format!("the request asks for nothing that {} has signed", signer.public().id()))
            .hint("sign with the key you signed your contributions with (--key), or one that `copyhold key rotate` linked to it"));
    }
    context.say(format!("{} asks to put under {}:", shown(&request.project.name), request.to_license));
    for work in &request.works {
        if work.contributions.iter().any(|asked| people.same(&asked.by, &me)) {
            context.say(format!("  {}, now under {}", shown(work.path.as_str()), work.from_license));
        }
    }
    if let Some(reason) = &request.reason {
        context.say(format!("because: {}", shown(reason)));
    }
    let name = name.map(str::to_owned).or_else(|| person::name(None));
    for subjects in batches(mine) {
        let consent = Consent {
            project: request.project.clone(),
            contributor: Contributor::new(signer.public(), name.clone(), Vec::new()),
            to_license: request.to_license.clone(),
            on_behalf_of: on_behalf_of.map(str::to_owned),
            stated_at: context.now()?,
        };
        let payload = Statement::new(subjects, consent)?.to_payload()?;
        let envelope = Envelope::seal(PayloadType::InToto, payload, Namespace::Statement, &[&signer])?;
        let id = envelope.payload_digest();
        let path = if project.root.join(RECORD_FOLDER).is_dir() {
            project.record_path(&format!("statements/{id}.intoto.json"))
        } else {
            PathBuf::from(format!("{id}.intoto.json"))
        };
        store::write(&path, &envelope.to_bytes(), Access::Public)?;
        context.print(format!("{}\n", shown(&path.to_string_lossy())));
    }
    context.say("next: send it to the project, or commit it: it belongs into .copyhold/statements");
    Ok(Exit::Clean)
}

/// A statement names no path twice, and has only so many subjects.
fn batches(mine: BTreeSet<(&WorkPath, Digest)>) -> Vec<Vec<Subject>> {
    let mut batches: Vec<BTreeMap<&WorkPath, Digest>> = Vec::new();
    for (path, sha256) in mine {
        match batches.iter_mut().find(|batch| batch.len() < MAX_SUBJECTS && !batch.contains_key(path)) {
            Some(batch) => drop(batch.insert(path, sha256)),
            None => batches.push([(path, sha256)].into()),
        }
    }
    let subjects = |batch: BTreeMap<&WorkPath, Digest>| {
        batch.into_iter().map(|(path, sha256)| Subject::new(path.clone(), sha256)).collect()
    };
    batches.into_iter().map(subjects).collect()
}

/// One row of the table.
#[derive(Debug, Serialize)]
struct Row {
    by: PersonId,
    name: Option<String>,
    contributions: usize,
    consented: usize,
}

fn status(request: &Request, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    let roots = project.roots()?;
    if request.project.root_sha256 != Some(roots.fingerprint()) {
        return Err(CliError::new("the request is another project's"));
    }
    let deeds = project.statements().deeds;
    let people = deeds.people();
    let next = project.record()?.map_or(1, |record| record.manifest().version + 1);
    let is_good = |signers: &BTreeSet<PublicKey>| signers.iter().all(|key| roots.is_good_at(key, next));
    let mut rows: BTreeMap<PersonId, (Option<String>, BTreeSet<&Asked>)> = BTreeMap::new();
    for asked in request.asked() {
        let (name, contributions) = rows.entry(people.of(&asked.by)).or_default();
        *name = name.take().or_else(|| asked.name.clone());
        contributions.insert(asked);
    }
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(by, (name, contributions))| {
            let is_answered = |asked: &&&Asked| consents(&deeds, request, asked, is_good);
            let consented = contributions.iter().filter(is_answered).count();
            Row { by, name, contributions: contributions.len(), consented }
        })
        .collect();
    let missing = rows.iter().filter(|row| row.consented < row.contributions).count();
    if context.format == Format::Json {
        context.print_json(&serde_json::json!({
            "schema": "https://w3id.org/copyhold/consent-status/v0.1",
            "toLicense": request.to_license,
            "contributors": rows,
            "missing": missing,
        }))?;
    } else {
        let width =
            rows.iter().filter_map(|row| Some(shown(row.name.as_deref()?).to_string().chars().count())).max();
        for row in &rows {
            let state = if row.consented == row.contributions { "consents" } else { "missing" };
            let name = shown(row.name.as_deref().unwrap_or("")).to_string();
            let width = width.unwrap_or(0);
            context.print(format!(
                "{state:8}  {name:width$}  {}/{}  {}\n",
                row.consented, row.contributions, row.by
            ));
        }
        let of = count(rows.len(), "contributor");
        context.say(match missing {
            0 => format!(
                "all of {of} consent; put the works under {} and run `copyhold manifest`",
                request.to_license
            ),
            _ => format!("{missing} of {of} missing"),
        });
    }
    Ok(if missing == 0 { Exit::Clean } else { Exit::Findings })
}

fn consents(
    deeds: &Deeds,
    request: &Request,
    asked: &Asked,
    is_good: impl Fn(&BTreeSet<PublicKey>) -> bool,
) -> bool {
    let people = deeds.people();
    deeds.consents.values().any(|deed| {
        let consent = deed.statement.predicate();
        let mut subjects = deed.statement.subjects().iter();
        consent.project.root_sha256 == request.project.root_sha256
            && consent.to_license == request.to_license
            && people.same(&consent.contributor.id, &asked.by)
            && is_good(&deed.signers)
            && subjects.any(|subject| subject.name == asked.path && subject.digest.sha256 == asked.sha256)
    })
}
