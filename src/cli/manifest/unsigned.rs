// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Unsigned records of other people's trees.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::Exit;
use super::super::context::Context;
use super::super::error::CliError;
use super::bundle::write_bundle;
use super::make::{is_whole, texts, works};
use super::traces;
use crate::config::{Config, Traces};
use crate::domain::shown;
use crate::manifest::build::{Inputs, build};
use crate::manifest::{Deeds, Files, ProjectState, Record};
use crate::scan::{Scan, Wanted, scan};
use crate::work::Tree;

/// Writes an unsigned record of somebody's tree.
pub(super) fn unsigned(
    tree: &Path,
    name: Option<&str>,
    traces: Traces,
    context: &mut Context,
) -> Result<Exit, CliError> {
    let record = record_of_tree(tree, name, traces, context)?;
    context.say("an unsigned record: it shows what lay there, not whose it is");
    write_bundle(record.files(), &record.manifest().project.name.clone(), context)
}

/// Reads a tree into a record that nobody signed.
pub(crate) fn record_of_tree(
    path: &Path,
    name: Option<&str>,
    traces: Traces,
    context: &Context,
) -> Result<Record, CliError> {
    let (tree, found) = read_whole(path, context)?;
    record_of(path, &tree, &found, name, traces, context)
}

/// Reads a tree, or a single file as one, of which nothing may be left out.
pub(crate) fn read_whole(path: &Path, context: &Context) -> Result<(Tree, Scan), CliError> {
    let tree = if path.is_dir() { Tree::open(path)? } else { Tree::of_file(path)? };
    let found = scan(&tree, &Config::default(), Wanted { git_blobs: true, bodies: true, marks: true });
    if !is_whole(&tree, &found, context) {
        return Err(CliError::new(format!("{} could not be read whole", shown(&path.to_string_lossy()))));
    }
    Ok((tree, found))
}

/// The same of a tree that was read: `path` is where it was found.
pub(crate) fn record_of(
    path: &Path,
    tree: &Tree,
    found: &Scan,
    name: Option<&str>,
    traces: Traces,
    context: &Context,
) -> Result<Record, CliError> {
    let folder =
        path.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let name = name.map(str::to_owned).or(folder).unwrap_or_else(|| "tree".to_owned());
    let (licenses, notices, texts) = texts(found);
    let statements = BTreeMap::new();
    let traces = traces::make(tree, found, &Config::default(), Some(traces));
    let made = build(Inputs {
        project: ProjectState { name, root_sha256: None, root_version: None },
        version: 1,
        previous: None,
        works: works(found),
        licenses,
        notices,
        contributors: Vec::new(),
        asserted: Vec::new(),
        statements: &statements,
        deeds: &Deeds::default(),
        since: BTreeMap::new(),
        scopes: BTreeMap::new(),
        upstreams: Vec::new(),
        root: None,
        commit: tree.repository().and_then(crate::work::Repository::head),
        license: found.conclusions.license.clone(),
        stated_at: context.now()?,
        traces: traces.as_ref().map(|traces| traces.bytes.as_slice()),
    })?;
    let mut files = Files::default();
    files.insert("manifest/1.manifest.json", made.statement.to_payload()?);
    files.insert("manifest/1.leaves.jsonl", made.leaves);
    if let Some(traces) = traces {
        traces.told.iter().for_each(|line| context.say(line));
        files.insert("manifest/1.traces", traces.bytes);
    }
    for (digest, text) in texts {
        files.insert(&format!("notices/{digest}"), text);
    }
    Ok(Record::load(files)?)
}
