// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Makes the project's next record.

use std::collections::{BTreeMap, BTreeSet};

use super::super::context::Context;
use super::super::error::CliError;
use super::super::import::asserted_file;
use super::super::project::Project;
use super::super::{Exit, key};
use super::{quorum, traces};
use crate::audit::{Standing, Statements};
use crate::config::Traces;
use crate::domain::{Digest, LicenseName, PersonId, PublicKey, shown};
use crate::govern::RootChain;
use crate::manifest::build::{Inputs, build};
use crate::manifest::{
    AssertedBy, AssertedLeaf, ContributorLeaf, Deeds, LicenseLeaf, NoticeLeaf, People, ProjectState, Record,
    RootLeaf, Stated, UpstreamLeaf, UpstreamManifest, WorkIds, WorkLeaf, bundle as bundles, read_asserted,
};
use crate::report::count;
use crate::scan::{Scan, Wanted, scan};
use crate::sign::Signer;
use crate::sign::statement::WireKey;
use crate::store::{self, Access};
use crate::work::Tree;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// The keys to sign with: name, id, fingerprint or file; may be repeated
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,
    /// Enrol a key that signed a statement, as ID=NAME; may be repeated
    #[arg(long = "accept-key", value_name = "ID=NAME")]
    accept: Vec<String>,
    /// How much of each work's fingerprints the record has; derivatives are found by them
    #[arg(long, value_enum, value_name = "HOW-MUCH")]
    traces: Option<Traces>,
}

/// Makes and signs the next manifest of the project.
pub(super) fn next(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    let roots = project.roots()?;
    let before = project.record()?;
    let accepted_keys = accepted_keys(&args.accept)?;
    let tree = Tree::open(&project.root)?;
    let found = scan(&tree, &project.config, Wanted { git_blobs: true, bodies: true, marks: true });
    if !is_whole(&tree, &found, context) {
        return Err(CliError::new("a record of half a tree is none; nothing was written"));
    }

    let statements = project.statements();
    if let Some(error) = statements.broken.first() {
        return Err(
            CliError::new(error.to_string()).hint("remove the statement, or get it anew from its author")
        );
    }
    check_accepted(&statements, &accepted_keys)?;
    let version = before.map_or(1, |record| record.manifest().version + 1);
    let deeds = deeds(&statements, before, roots, &accepted_keys, version);
    let (accepted, waiting) = accept(&statements, &accepted_keys, before, &deeds.people());
    let contributors = contributors(before, roots, &accepted, &accepted_keys, &deeds, version)?;
    let (licenses, notices, texts) = texts(&found);
    let root = roots.latest();
    let asserted = asserted(&project)?;
    let traces = traces::make(&tree, &found, &project.config, args.traces);
    let inputs = Inputs {
        project: ProjectState {
            name: root.name().to_owned(),
            root_sha256: Some(roots.fingerprint()),
            root_version: Some(root.version()),
        },
        version,
        previous: before.map(Record::digest),
        works: works(&found),
        licenses,
        notices,
        contributors,
        asserted: asserted.clone(),
        statements: &accepted,
        deeds: &deeds,
        since: before.map_or_else(BTreeMap::new, Record::since),
        scopes: root.wire().scopes.clone(),
        upstreams: upstreams(&project)?,
        root: roots
            .version(root.version())
            .map(|(sha256, root)| RootLeaf { sha256: *sha256, version: root.version() }),
        commit: tree.repository().and_then(crate::work::Repository::head),
        license: crate::audit::outbound(&found, &project.config).cloned(),
        stated_at: context.now()?,
        traces: traces.as_ref().map(|traces| traces.bytes.as_slice()),
    };
    let made = build(inputs)?;
    let earlier = |name: &str| before?.files().get(&format!("manifest/{}.{name}", version - 1));
    if before.is_some()
        && earlier("leaves.jsonl") == Some(&made.leaves)
        && earlier("traces") == traces.as_ref().map(|traces| traces.bytes.as_slice())
    {
        context.say(format!("nothing changed since manifest {}", version - 1));
        tell_waiting(&waiting, &asserted, context);
        return Ok(Exit::Clean);
    }

    let is_weaker = quorum::agreed(&made, before, &accepted, &deeds, context)?;
    let signers = signers(&args.keys, context)?;
    if let Some(stranger) = signers.iter().map(Signer::public).find(|key| root.holder(key).is_none()) {
        return Err(CliError::new(format!("{} is nobody's key in root {}", stranger.id(), root.version()))
            .hint("`copyhold root show` says who may sign; sign with one of their keys: --key"));
    }
    let signed = quorum::Signed::new(&project, &made, &signers, context)?;
    let predicate = made.statement.predicate();
    if let Err(short) =
        quorum::check(root, predicate, before, is_weaker, &roots.good_at(&signed.signers, version))
    {
        signed.propose(&short, context)?;
        return Ok(Exit::Clean);
    }
    // In this order: with the manifest, the last of them, the new record is in force.
    let mut new: Vec<(String, Vec<u8>)> =
        texts.into_iter().map(|(digest, text)| (format!("notices/{digest}"), text)).collect();
    new.push((format!("manifest/{version}.leaves.jsonl"), made.leaves));
    new.extend(traces.iter().map(|traces| (format!("manifest/{version}.traces"), traces.bytes.clone())));
    let manifest = format!("manifest/{version}.manifest.intoto.json");
    new.push((manifest.clone(), signed.envelope.to_bytes()));
    check_record(&project, &new, version)?;
    write(&project, &new, version)?;
    signed.settle()?;

    context.print(format!("{}\n", shown(&project.record_path(&manifest).to_string_lossy())));
    let kinds = ["work", "statement", "contributor", "upstream"].map(|kind| {
        let n = predicate.counts.get(kind).copied().unwrap_or(0);
        count(usize::try_from(n).unwrap_or(usize::MAX), kind)
    });
    context.say(format!("manifest {version} of {}: {}", shown(root.name()), kinds.join(", ")));
    for line in traces.iter().flat_map(|traces| &traces.told) {
        context.say(line);
    }
    tell_unsigned(&tree, &found, &statements, context);
    tell_waiting(&waiting, &asserted, context);
    context.say("next: commit it; copyhold manifest bundle makes the one file to hand on");
    Ok(Exit::Clean)
}

/// Writes the files of a new record in their order, and says what holds where that fails.
fn write(project: &Project, new: &[(String, Vec<u8>)], version: u64) -> Result<(), CliError> {
    for (name, bytes) in new {
        store::write(&project.record_path(name), bytes, Access::Public).map_err(|error| {
            CliError::from(error).hint(match version {
                1 => "no manifest was made; run this again when that is mended".to_owned(),
                _ => format!("manifest {} still stands; run this again when that is mended", version - 1),
            })
        })?;
    }
    Ok(())
}

/// What was imported of who is said to have had a part.
fn asserted(project: &Project) -> Result<Vec<AssertedLeaf>, CliError> {
    let mut leaves = Vec::new();
    for by in AssertedBy::all() {
        let path = project.record_path(&asserted_file(by));
        let bytes = match store::read(&path, bundles::MAX_BUNDLE_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        let read = read_asserted(&bytes).map_err(|error| {
            CliError::new(format!("{}: {error}", shown(&path.to_string_lossy())))
                .hint(format!("import it again: `copyhold import {}`", by.as_str()))
        })?;
        if read.iter().any(|leaf| leaf.by != by) {
            return Err(CliError::new(format!("{} is of another source", shown(&path.to_string_lossy()))));
        }
        leaves.extend(read);
    }
    Ok(leaves)
}

/// Reads the record as it will be, before it is in force: nothing that others would refuse is written.
fn check_record(project: &Project, new: &[(String, Vec<u8>)], version: u64) -> Result<(), CliError> {
    let mut files = project.files.clone();
    for (name, bytes) in new {
        files.insert(name, bytes.clone());
    }
    let record = Record::load(files)?;
    match record.unagreed().iter().find(|found| found.version == version) {
        Some(found) => Err(CliError::new(format!(
            "{} was under {} before, and went from that without everybody's consent",
            shown(found.weakening.path.as_str()),
            found.weakening.from
        ))
        .hint("`copyhold consent request` asks for it")),
        None => Ok(()),
    }
}

/// What goes into the record without anybody having said so is told.
fn tell_unsigned(tree: &Tree, found: &Scan, statements: &Statements, context: &Context) {
    let untracked = tree.entries().iter().filter(|entry| !entry.tracked).count();
    if untracked > 0 {
        context.complain(format!(
            "warning: {} not tracked by git went into the record",
            count(untracked, "work")
        ));
    }
    let stale = statements.stale(&found.works).len();
    if stale > 0 {
        context.complain(format!(
            "warning: {} changed since a statement on it was signed; `copyhold audit` names them",
            count(stale, "work")
        ));
    }
}

pub(super) fn is_whole(tree: &Tree, found: &Scan, context: &Context) -> bool {
    let hidden: Vec<_> = tree.problems().iter().chain(&found.problems).filter(|p| p.hides_works()).collect();
    for problem in &hidden {
        context.complain(format!("error: {problem}"));
    }
    hidden.is_empty()
}

fn signers(keys: &[String], context: &Context) -> Result<Vec<Signer>, CliError> {
    if keys.is_empty() {
        return Ok(vec![key::signer(None, context)?]);
    }
    keys.iter().map(|key| key::signer(Some(key), context)).collect()
}

/// Reads `--accept-key ID=NAME`.
fn accepted_keys(accept: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    accept
        .iter()
        .map(|text| {
            let (id, name) = text
                .rsplit_once('=')
                .filter(|(id, name)| id.parse::<crate::domain::KeyId>().is_ok() && !name.is_empty())
                .ok_or_else(|| CliError::new(format!("`{}` is not ID=NAME of a key", shown(text))))?;
            if name.contains('@') {
                return Err(CliError::new("a signed file never holds an e-mail address").hint("give a name"));
            }
            Ok((id.to_owned(), name.to_owned()))
        })
        .collect()
}

/// Returns what a key that is accepted now is called; it may be named by its id or its fingerprint.
fn name_of<'a>(keys: &'a BTreeMap<String, String>, key: &PublicKey) -> Option<&'a String> {
    keys.get(key.id().as_str()).or_else(|| keys.get(&key.fingerprint()))
}

/// An id that nobody signed with is a slip, and must not pass for an acceptance.
fn check_accepted(statements: &Statements, keys: &BTreeMap<String, String>) -> Result<(), CliError> {
    let signers: BTreeSet<&PublicKey> = statements.held.values().flat_map(|(s, _)| &s.signers).collect();
    let is_known = |id: &str| signers.iter().any(|key| key.id().as_str() == id || key.fingerprint() == id);
    match keys.keys().find(|id| !is_known(id)) {
        Some(id) => Err(CliError::new(format!("no statement here is signed by the key {id}"))
            .hint("`copyhold audit` names the keys that wait to be enrolled")),
        None => Ok(()),
    }
}

type Waiting<'a> = Vec<(&'a Digest, &'a Stated, Standing)>;

/// The consents and key links that go into the record: by people the project knows, and signed with
/// keys that are still good.
fn deeds(
    statements: &Statements,
    before: Option<&Record>,
    roots: &RootChain,
    accepted: &BTreeMap<String, String>,
    version: u64,
) -> Deeds {
    let since = before.map_or_else(BTreeMap::new, Record::since);
    let mut deeds = statements.deeds.clone();
    deeds.retain(|id, signers| {
        let anchored = before.is_some_and(|before| before.deeds().has(id));
        let at = since.get(id).copied().filter(|_| anchored).unwrap_or(version);
        signers.iter().all(|key| roots.is_good_at(key, at))
    });
    let people = deeds.people();
    let enrolled = before.into_iter().flat_map(Record::contributors).map(|leaf| leaf.id.clone());
    let maintainers = roots.keys().into_iter().map(PublicKey::person);
    let signers = statements.held.values().flat_map(|(stated, _)| &stated.signers);
    let new = signers.filter(|key| name_of(accepted, key).is_some()).map(PublicKey::person);
    let known: BTreeSet<PersonId> =
        enrolled.chain(maintainers).chain(new).map(|person| people.of(&person)).collect();
    deeds.retain(|_, signers| signers.iter().any(|key| known.contains(&people.of(&key.person()))));
    deeds
}

/// Sorts statements into those that go into the record and those by people who are not known yet.
fn accept<'a>(
    statements: &'a Statements,
    keys: &BTreeMap<String, String>,
    before: Option<&Record>,
    people: &People,
) -> (BTreeMap<Digest, Stated>, Waiting<'a>) {
    let known: BTreeSet<PersonId> =
        before.into_iter().flat_map(Record::contributors).map(|leaf| people.of(&leaf.id)).collect();
    let mut accepted = BTreeMap::new();
    let mut waiting = Vec::new();
    for (id, (stated, standing)) in &statements.held {
        let is_enrolled = stated
            .signers
            .iter()
            .any(|key| name_of(keys, key).is_some() || known.contains(&people.of(&key.person())));
        match standing {
            Standing::Revoked => waiting.push((id, stated, *standing)),
            Standing::Unknown if !is_enrolled => waiting.push((id, stated, *standing)),
            _ => drop(accepted.insert(*id, stated.clone())),
        }
    }
    (accepted, waiting)
}

/// Names who waits, by what an imported list of keys calls them before what they call themselves.
fn tell_waiting(waiting: &Waiting<'_>, asserted: &[AssertedLeaf], context: &Context) {
    for (id, stated, standing) in waiting {
        if *standing == Standing::Revoked {
            context.complain(format!(
                "warning: statement {id} is by a key that was revoked, and was left out\n  hint: its author signs it again with another key"
            ));
            continue;
        }
        let contributor = &stated.statement.predicate().contributor;
        let key = stated.signers.iter().find(|key| key.person() == contributor.id);
        let Some((key, fingerprint)) = key.map(|key| (key.id(), key.fingerprint())) else { continue };
        let listed = asserted.iter().find(|leaf| leaf.keys.iter().any(|id| id.as_str() == fingerprint));
        let name = listed.map(|leaf| leaf.name.as_str()).or(contributor.name.as_deref()).unwrap_or("NAME");
        context.complain(format!(
            "warning: statement {id} is by {}, whose key is not enrolled, and was left out\n  hint: if you know the key, accept it: --accept-key '{key}={}'",
            shown(name),
            shown(name)
        ));
    }
}

/// Everybody who was enrolled, who maintains, and whose key is accepted now.
fn contributors(
    before: Option<&Record>,
    roots: &RootChain,
    accepted: &BTreeMap<Digest, Stated>,
    keys: &BTreeMap<String, String>,
    deeds: &Deeds,
    version: u64,
) -> Result<Vec<ContributorLeaf>, CliError> {
    let mut leaves: BTreeMap<_, ContributorLeaf> = before
        .into_iter()
        .flat_map(Record::contributors)
        .map(|leaf| (leaf.id.clone(), leaf.clone()))
        .collect();
    let people = deeds.people();
    // Whoever links another key to theirs stays who they are.
    let linked = deeds.links.values().flat_map(|link| &link.signers);
    for key in accepted.values().flat_map(|stated| &stated.signers).chain(linked) {
        let id = key.id().to_string();
        let maintainer = roots.iter().find_map(|(_, root)| root.holder(key)).map(str::to_owned);
        let known = leaves.values().find(|leaf| people.same(&leaf.id, &key.person()));
        let known = known.and_then(|leaf| leaf.name.clone());
        let Some(name) = name_of(keys, key).cloned().or(maintainer).or(known) else {
            if leaves.contains_key(&key.person()) {
                continue;
            }
            return Err(CliError::new(format!("a statement is also signed by {id}, which is not enrolled"))
                .hint(format!("if you know the key, accept it: --accept-key '{id}=NAME'")));
        };
        let leaf = leaves.entry(key.person()).or_insert_with(|| ContributorLeaf {
            id: key.person(),
            keys: Vec::new(),
            name: Some(name),
            since: version,
        });
        let wire = WireKey::from(key);
        if !leaf.keys.contains(&wire) {
            leaf.keys.push(wire);
        }
    }
    Ok(leaves.into_values().collect())
}

/// Writes down what was seen of each work.
pub(super) fn works(found: &Scan) -> Vec<WorkLeaf> {
    found
        .works
        .iter()
        .map(|work| {
            // A license text is nobody's work under a license; its license leaf says what it is.
            let conclusion = found.conclusion(&work.path).filter(|_| !work.is_license_text);
            WorkLeaf {
                changes: None,
                copyright: conclusion.map_or_else(Vec::new, |c| c.copyright.clone()),
                creators: Vec::new(),
                from: Vec::new(),
                ids: WorkIds { body: work.body, git_blob: work.git_blob },
                license: conclusion.and_then(|c| c.license.clone()),
                mode: work.mode,
                path: work.path.clone(),
                sha256: work.sha256,
                size: work.size,
                source: None,
                statements: Vec::new(),
                title: None,
            }
        })
        .collect()
}

type Texts = (Vec<LicenseLeaf>, Vec<NoticeLeaf>, BTreeMap<Digest, Vec<u8>>);

/// License texts and notices travel with the record, by digest.
pub(super) fn texts(found: &Scan) -> Texts {
    let used: BTreeSet<&LicenseName> = found
        .works
        .iter()
        .filter_map(|work| found.conclusion(&work.path)?.license.as_ref())
        .flat_map(crate::domain::LicenseExpr::names)
        .collect();
    let (mut licenses, mut notices, mut texts) = (Vec::new(), Vec::new(), BTreeMap::new());
    for work in &found.works {
        let Some(bytes) = &work.kept else { continue };
        let named = found.conclusions.present.iter().filter(|(_, path)| **path == work.path);
        let mut ids: BTreeSet<&LicenseName> = named.map(|(name, _)| name).collect();
        if ids.is_empty() && work.is_license_text {
            // One text fits `-only` and `-or-later`; the ones in use are meant.
            ids.extend(work.texts.iter().filter(|name| used.contains(name)));
            if ids.is_empty() {
                ids.extend(work.texts.first());
            }
        }
        for id in &ids {
            licenses.push(LicenseLeaf { id: (*id).clone(), path: work.path.clone(), sha256: work.sha256 });
        }
        let is_notice = crate::detect::notices(&work.path, bytes).is_some();
        if is_notice {
            notices.push(NoticeLeaf { path: work.path.clone(), sha256: work.sha256 });
        }
        if is_notice || !ids.is_empty() {
            texts.insert(work.sha256, bytes.clone());
        }
    }
    (licenses, notices, texts)
}

/// The upstreams that are pinned and vendored, each as its record says it is.
fn upstreams(project: &Project) -> Result<Vec<UpstreamLeaf>, CliError> {
    let mut leaves = Vec::new();
    for pin in &project.lock()?.upstreams {
        let record = project.upstream(pin)?;
        let manifest = record.manifest();
        leaves.push(UpstreamLeaf {
            id: pin.name.clone(),
            evidence: record.evidence(),
            license: manifest.license.clone(),
            manifest: UpstreamManifest {
                sha256: record.digest(),
                tree_root: manifest.tree.root,
                version: manifest.version,
            },
            root_sha256: record.fingerprint(),
            root_version: manifest.project.root_version,
        });
    }
    Ok(leaves)
}
