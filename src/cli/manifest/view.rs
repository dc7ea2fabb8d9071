// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Shows, compares and proves records.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::Exit;
use super::super::context::{Context, Format};
use super::super::error::CliError;
use super::super::project::read_record_files;
use crate::domain::{Digest, LicenseExpr, MerkleRoot, WorkPath, shown};
use crate::hash::Proof;
use crate::manifest::{AssertedBy, Evidence, Leaf, Record, bundle};
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
