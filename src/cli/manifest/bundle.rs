// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The project's record as one file.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::super::Exit;
use super::super::context::{Context, check_folder};
use super::super::error::CliError;
use super::super::project::Project;
use crate::domain::shown;
use crate::manifest::{Files, Record, bundle as bundles};
use crate::store;

/// Writes the project's bundle.
pub(super) fn bundle(context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    project.roots()?;
    let record = project.record()?.ok_or_else(|| {
        CliError::new("there is no manifest to bundle yet").hint("make one: `copyhold manifest`")
    })?;
    let files = bundled(record);
    let name = record.manifest().project.name.clone();
    write_bundle(&files, &name, context)
}

/// The files of a record that its newest manifest needs, and the bundles of all its upstreams.
fn bundled(record: &Record) -> Files {
    let version = record.manifest().version;
    let accepted: BTreeSet<String> =
        record.since().keys().map(|id| format!("statements/{id}.intoto.json")).collect();
    let noted: BTreeSet<String> = record.notice_files().collect();
    let mut files = Files::default();
    for (name, bytes) in record.files().iter() {
        let is_needed = name.starts_with("root/")
            || name.ends_with(".manifest.intoto.json")
            || name.ends_with(".manifest.json")
            || name == format!("manifest/{version}.leaves.jsonl")
            || (name == format!("manifest/{version}.traces") && record.has_traces())
            || accepted.contains(name)
            || noted.contains(name)
            || name.starts_with("upstream/");
        if is_needed {
            files.insert(name, bytes.to_vec());
        }
    }
    files
}

pub(super) fn write_bundle(files: &Files, name: &str, context: &mut Context) -> Result<Exit, CliError> {
    let bytes = bundles::write(files)?;
    let path =
        context.take_output().unwrap_or_else(|| PathBuf::from(format!("{}.copyhold", file_name(name))));
    check_folder(&path)?;
    store::output(&path, &bytes)?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    Ok(Exit::Clean)
}

/// A project's name comes from anybody; a file's name does not.
fn file_name(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    match safe.trim_matches('.') {
        "" => "project".to_owned(),
        name => name.to_owned(),
    }
}
