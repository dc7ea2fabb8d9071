// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Shows, compares and proves records.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::Exit;
use super::super::context::{Context, Format};
use super::super::error::CliError;
use super::super::project::{Project, read_record_files};
use crate::domain::{Digest, LicenseExpr, MerkleRoot, WorkPath, shown};
use crate::hash::Proof;
use crate::manifest::{AssertedBy, Evidence, Files, Leaf, Record, WorkLeaf, bundle};
use crate::report::count;
use crate::store;

/// Opens a bundle, or the record of the project at a folder.
pub(crate) fn open(path: &Path) -> Result<Record, CliError> {
    let files = if path.is_dir() {
        let files = read_record_files(path)?;
        if files.manifest_version().is_none() {
            return Err(CliError::new(format!("{} has no manifest", shown(&path.to_string_lossy())))
                .hint("make one there: `copyhold manifest`"));
        }
        files
    } else {
        let bytes = store::read(path, bundle::MAX_BUNDLE_BYTES)?;
        bundle::read(&bytes)
            .map_err(|error| CliError::new(format!("{}: {error}", shown(&path.to_string_lossy()))))?
    };
    Record::load(files).map_err(|error| {
        CliError::new(format!("the record in {} does not hold: {error}", shown(&path.to_string_lossy())))
            .hint("get it anew from its source")
    })
}

/// What `manifest show` prints as JSON.
#[derive(Serialize)]
struct ShowDocument<'a> {
    schema: &'static str,
    evidence: Evidence,
    digest: Digest,
    signed_by: Vec<&'a str>,
    manifest: &'a crate::manifest::Manifest,
    leaves: &'a [crate::manifest::Leaf],
}

pub(super) fn show(path: &Path, context: &mut Context) -> Result<Exit, CliError> {
    let record = open(path)?;
    let manifest = record.manifest();
    let people: Vec<&str> =
        record.signed().map_or_else(Vec::new, |signed| signed.people.iter().map(String::as_str).collect());
    if context.format == Format::Json {
        context.print_json(&ShowDocument {
            schema: "https://w3id.org/copyhold/show/v0.1",
            evidence: record.evidence(),
            digest: record.digest(),
            signed_by: people,
            manifest,
            leaves: record.leaves(),
        })?;
        return Ok(Exit::Clean);
    }
    let mut line = |name: &str, value: &str| context.print(format!("{name:<13} {}\n", shown(value)));
    let name = &manifest.project.name;
    line("project", name);
    match record.fingerprint() {
        Some(root) => {
            line("fingerprint", &root.to_string());
            line("signed by", &people.join(", "));
        }
        None => line("signed by", "nobody: integrity only"),
    }
    line("version", &manifest.version.to_string());
    line("stated at", &manifest.stated_at.to_string());
    line("license", &manifest.license.as_ref().map_or("not stated".to_owned(), ToString::to_string));
    line("manifest", &record.digest().to_string());
    line("merkle root", &manifest.tree.root.to_string());
    line("worksDirHash", &manifest.works_dir_hash.to_string());
    let mut licenses: BTreeMap<Option<&LicenseExpr>, usize> = BTreeMap::new();
    for work in record.works() {
        *licenses.entry(work.license.as_ref()).or_default() += 1;
    }
    line("works", &manifest.counts.get("work").copied().unwrap_or(0).to_string());
    for (license, count) in licenses {
        let license = license.map_or("no license".to_owned(), ToString::to_string);
        context.print(format!("  {count:>7}  {license}\n"));
    }
    for contributor in record.contributors() {
        let name = contributor.name.as_deref().unwrap_or("unnamed");
        context.print(format!("{:<13} {} ({})\n", "contributor", shown(name), contributor.id));
    }
    for (by, names) in asserted(&record) {
        let names = count(names, "name");
        context.print(format!("{:<13} {names} by {}, never verified\n", "asserted", by.as_str()));
    }
    for upstream in record.upstreams() {
        let evidence = if upstream.evidence == Evidence::Signed { "signed" } else { "unsigned" };
        let license = upstream.license.as_ref().map_or("no license".to_owned(), ToString::to_string);
        let (id, version) = (shown(&upstream.id), upstream.manifest.version);
        context.print(format!("{:<13} {id}, manifest {version}, {license}, {evidence}\n", "upstream"));
    }
    Ok(Exit::Clean)
}

/// How many people each source names.
fn asserted(record: &Record) -> BTreeMap<AssertedBy, usize> {
    let mut names = BTreeMap::new();
    for leaf in record.leaves() {
        if let Leaf::Asserted(leaf) = leaf {
            *names.entry(leaf.by).or_default() += 1;
        }
    }
    names
}

/// What `manifest diff` prints as JSON.
#[derive(Serialize)]
struct DiffDocument<'a> {
    schema: &'static str,
    added: Vec<&'a WorkPath>,
    removed: Vec<&'a WorkPath>,
    changed: Vec<ChangedWork<'a>>,
    license: Option<[Option<&'a LicenseExpr>; 2]>,
}

#[derive(Serialize)]
struct ChangedWork<'a> {
    path: &'a WorkPath,
    content: bool,
    license: Option<[Option<&'a LicenseExpr>; 2]>,
}

pub(super) fn diff(before: &str, after: &str, context: &mut Context) -> Result<Exit, CliError> {
    let (before, after) = (version_or_record(before)?, version_or_record(after)?);
    let by_path = |record: &'_ Record| -> BTreeMap<WorkPath, WorkLeaf> {
        record.works().map(|work| (work.path.clone(), work.clone())).collect()
    };
    let (old, new) = (by_path(&before), by_path(&after));
    let changed_license = |a: Option<&'_ LicenseExpr>, b: Option<&'_ LicenseExpr>| a != b;
    let document = DiffDocument {
        schema: "https://w3id.org/copyhold/diff/v0.1",
        added: new.keys().filter(|path| !old.contains_key(*path)).collect(),
        removed: old.keys().filter(|path| !new.contains_key(*path)).collect(),
        changed: new
            .iter()
            .filter_map(|(path, work)| {
                let was = old.get(path)?;
                let is_other = was.sha256 != work.sha256 || was.mode != work.mode;
                let license = changed_license(was.license.as_ref(), work.license.as_ref())
                    .then_some([was.license.as_ref(), work.license.as_ref()]);
                (is_other || license.is_some()).then_some(ChangedWork { path, content: is_other, license })
            })
            .collect(),
        license: changed_license(before.manifest().license.as_ref(), after.manifest().license.as_ref())
            .then_some([before.manifest().license.as_ref(), after.manifest().license.as_ref()]),
    };
    if context.format == Format::Json {
        context.print_json(&document)?;
        return Ok(Exit::Clean);
    }
    let name = |license: Option<&LicenseExpr>| license.map_or("no license".to_owned(), ToString::to_string);
    if let Some([was, is]) = document.license {
        context.print(format!("project license: {} -> {}\n", name(was), name(is)));
    }
    for path in &document.removed {
        context.print(format!("- {}\n", shown(path.as_str())));
    }
    for path in &document.added {
        context.print(format!("+ {}\n", shown(path.as_str())));
    }
    for work in &document.changed {
        let license = work.license.map(|[was, is]| format!("  {} -> {}", name(was), name(is)));
        let mark = if work.content { "~" } else { "=" };
        context.print(format!("{mark} {}{}\n", shown(work.path.as_str()), license.unwrap_or_default()));
    }
    context.say(format!(
        "{} added, {} removed, {} changed",
        document.added.len(),
        document.removed.len(),
        document.changed.len()
    ));
    Ok(Exit::Clean)
}

/// Opens a record by its file, or a version of the project's own by its number.
fn version_or_record(text: &str) -> Result<Record, CliError> {
    let Ok(version) = text.parse::<u64>() else { return open(Path::new(text)) };
    let project = Project::open(None)?;
    let mut files = Files::default();
    for (name, bytes) in project.files.iter() {
        let later =
            name.strip_prefix("manifest/").and_then(|file| file.split('.').next()?.parse::<u64>().ok());
        if later.is_none_or(|number| number <= version) {
            files.insert(name, bytes.to_vec());
        }
    }
    let record = Record::load(files).map_err(|error| {
        CliError::new(format!("manifest {version} of this project does not hold: {error}"))
    })?;
    if record.manifest().version == version {
        Ok(record)
    } else {
        Err(CliError::new(format!("this project has no manifest {version}")))
    }
}

/// A proof that one work is in a record.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofDocument {
    schema: String,
    manifest: Digest,
    root: MerkleRoot,
    leaf: String,
    proof: Proof,
}

const PROOF_SCHEMA: &str = "https://w3id.org/copyhold/proof/v0.1";

pub(super) fn prove(path: &WorkPath, record: &Path, context: &mut Context) -> Result<Exit, CliError> {
    let record = open(record)?;
    let (leaf, proof, root) = record
        .prove(path)
        .ok_or_else(|| CliError::new(format!("the record has no work {}", shown(path.as_str()))))?;
    let schema = PROOF_SCHEMA.to_owned();
    context.print_json(&ProofDocument { schema, manifest: record.digest(), root, leaf, proof })?;
    Ok(Exit::Clean)
}

pub(super) fn check_proof(
    file: Option<&Path>,
    record: &Path,
    context: &mut Context,
) -> Result<Exit, CliError> {
    let file = file.ok_or_else(|| CliError::new("there is no proof to check"))?;
    let bytes = store::read(file, 1 << 20)?;
    let document: ProofDocument = serde_json::from_slice(&bytes)
        .map_err(|error| CliError::new(format!("{} is no proof: {error}", shown(&file.to_string_lossy()))))?;
    if document.schema != PROOF_SCHEMA {
        return Err(CliError::new(format!(
            "a proof of the form `{}` is not known here",
            shown(&document.schema)
        ))
        .hint("use the copyhold that made it, or a newer one"));
    }
    let record = open(record)?;
    if record.digest() != document.manifest {
        return Err(CliError::new("the proof is about another manifest than this record's")
            .hint("give the record it was made from with --record"));
    }
    match document.proof.check(document.leaf.as_bytes(), &record.manifest().tree.root) {
        Ok(()) => {
            context.print(format!("in the record: {}\n", shown(&document.leaf)));
            Ok(Exit::Clean)
        }
        Err(error) => {
            context.print(format!("not in the record: {error}\n"));
            Ok(Exit::Findings)
        }
    }
}
