// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Lock files by their names, and git's list of submodules.

use std::path::{Path, PathBuf};

use toml::Table;

use super::graph::{Graph, Package};
use super::requirements::is_requirements;
use super::{MAX_FILE, MAX_LOCK, MAX_PACKAGES, Places, cargo, go, inside, npm, python, requirements};
use crate::detect;
use crate::domain::WorkPath;
use crate::store;

/// A lock file to be read, and what is about it.
pub(super) struct Lock<'a> {
    pub(super) path: &'a WorkPath,
    /// The folder it lies in.
    pub(super) folder: PathBuf,
    pub(super) root: &'a Path,
    pub(super) works: &'a [WorkPath],
    pub(super) places: &'a Places,
}

impl<'a> Lock<'a> {
    pub(super) fn new(path: &'a WorkPath, root: &'a Path, works: &'a [WorkPath], places: &'a Places) -> Self {
        let folder = path.parent().map_or_else(|| root.to_owned(), |folder| root.join(folder.as_path()));
        Self { path, folder, root, works, places }
    }

    /// Returns a manifest that lies beside it; an empty one where there is none or it cannot be read.
    pub(super) fn manifest(&self, name: &str) -> Table {
        manifest(&self.folder.join(name))
    }
}

/// Reads a TOML manifest; an empty one where there is none or it cannot be read.
pub(super) fn manifest(path: &Path) -> Table {
    let text = store::read(path, MAX_FILE).ok().and_then(|bytes| decoded(&bytes));
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Returns whether a file of this name is read here.
pub(super) fn is_read(name: &str) -> bool {
    matches!(
        name,
        "Cargo.lock"
            | "package-lock.json"
            | "npm-shrinkwrap.json"
            | "poetry.lock"
            | "uv.lock"
            | "go.mod"
            | ".gitmodules"
    ) || is_requirements(name)
}

/// Reads a lock file. Fails with the reason.
pub(super) fn read(lock: &Lock<'_>) -> Result<Graph, String> {
    let bytes =
        store::read(&lock.root.join(lock.path.as_path()), MAX_LOCK).map_err(|error| error.to_string())?;
    let text = decoded(&bytes).ok_or("it is no text")?;
    let graph = match lock.path.file_name() {
        "Cargo.lock" => cargo::read(&text, lock)?,
        "package-lock.json" | "npm-shrinkwrap.json" => npm::read(&text, lock)?,
        "go.mod" => go::read(&text, lock),
        ".gitmodules" => submodules(&text, &lock.folder),
        name if is_requirements(name) => requirements::read(&text, lock),
        _ => python::read(&text, lock)?,
    };
    if graph.packages.len() > MAX_PACKAGES {
        return Err(format!("it names more than {MAX_PACKAGES} packages"));
    }
    Ok(graph)
}

/// Returns a file's text, in any encoding a license would be read in.
pub(super) fn decoded(bytes: &[u8]) -> Option<String> {
    detect::decode(bytes).map(|text| String::from_utf8_lossy(&text).into_owned())
}

/// Reads TOML. Fails with the reason and its line.
pub(super) fn table(text: &str) -> Result<Table, String> {
    text.parse::<Table>().map_err(|error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let place = line.map_or(String::new(), |line| format!("line {line}: "));
        format!("{place}{}", error.message())
    })
}

pub(super) fn text_at<'t>(table: &'t Table, key: &str) -> &'t str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

pub(super) fn tables<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    table.get(key).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table)
}

/// Returns the names in a table and what stands behind each; nothing where there is no such table.
pub(super) fn entries<'t>(
    table: &'t Table,
    key: &str,
) -> impl Iterator<Item = (&'t String, &'t toml::Value)> {
    table.get(key).and_then(toml::Value::as_table).into_iter().flatten()
}

/// `.gitmodules`: where each submodule lies.
fn submodules(text: &str, folder: &Path) -> Graph {
    let mut graph = Graph::default();
    for line in text.lines() {
        let Some(("path", path)) = line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) else {
            continue;
        };
        graph.roots.push(graph.packages.len());
        graph.packages.push(Package {
            name: path.to_owned(),
            at: inside(folder, path).into_iter().collect(),
            ..Package::default()
        });
    }
    graph
}
