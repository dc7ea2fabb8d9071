// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Compares records: what came, went and changed, and what licenses lost on the way.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::super::Exit;
use super::super::audit::exit;
use super::super::context::{Context, Format};
use super::super::error::CliError;
use super::super::project::Project;
use super::view::open;
use crate::audit::losses;
use crate::domain::{LicenseExpr, WorkPath, shown};
use crate::finding::verdict;
use crate::manifest::{Files, Record, WorkLeaf};
use crate::report::{self, FindingRow};
use crate::rule::Level;

/// What `manifest diff` prints as JSON.
#[derive(Serialize)]
struct DiffDocument<'a> {
    schema: &'static str,
    added: Vec<&'a WorkPath>,
    removed: Vec<&'a WorkPath>,
    changed: Vec<ChangedWork<'a>>,
    license: Option<[Option<&'a LicenseExpr>; 2]>,
    findings: Vec<FindingRow>,
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
    let findings = losses(&before, &after);
    let exit = exit(verdict(&findings, Some(Level::Error)));
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
        findings: findings.iter().map(FindingRow::from).collect(),
    };
    if context.format == Format::Json {
        context.print_json(&document)?;
        return Ok(exit);
    }
    context.print(report::findings_text(&findings, context.style()));
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
    Ok(exit)
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
