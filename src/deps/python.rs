// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Python's installed packages, and `poetry.lock` and `uv.lock`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Places;
use super::graph::{Graph, NOT_LOCKED, Package};
use super::locks::{Lock, entries, table, tables, text_at};
use super::requirements::Requirement;
use crate::store;

/// Python's names are equal without case, and `-`, `_` and `.` are one (packaging.python.org, names).
pub(super) fn name_of(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
    name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// Installed packages: name and version to the folder with their metadata.
pub(super) struct Installed(BTreeMap<(String, String), PathBuf>);

impl Installed {
    pub(super) fn of(folder: &Path, places: &Places) -> Self {
        let mut sites = Vec::new();
        for venv in [".venv", "venv"] {
            let versions = store::list(&folder.join(venv).join("lib")).unwrap_or_default();
            sites.extend(versions.into_iter().map(|version| version.join("site-packages")));
        }
        sites.extend(places.python.iter().cloned());
        let mut found = BTreeMap::new();
        for path in sites.iter().flat_map(|site| store::list(site).unwrap_or_default()) {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .and_then(|name| name.strip_suffix(".dist-info"));
            if let Some((name, version)) = name.and_then(|name| name.split_once('-')) {
                found.entry((name_of(name), version.to_owned())).or_insert(path);
            }
        }
        Self(found)
    }

    /// Returns where a package lies; any version where none is said.
    pub(super) fn places(&self, name: &str, version: &str) -> Vec<PathBuf> {
        let name = name_of(name);
        let matches = self.0.iter().filter(|((n, v), _)| *n == name && (version.is_empty() || v == version));
        matches.map(|(_, path)| path.clone()).collect()
    }

    /// Returns the one version of a package that is installed, or the last by its spelling.
    pub(super) fn version(&self, name: &str) -> Option<&str> {
        let name = name_of(name);
        self.0.keys().filter(|(n, _)| *n == name).map(|(_, version)| version.as_str()).next_back()
    }
}

/// What a package of a lock file needs.
struct Need<'t> {
    name: String,
    version: &'t str,
    extras: Vec<String>,
    /// Whether it may be left out of the lock file.
    may_lack: bool,
}

fn words(table: &Table, key: &str) -> Vec<String> {
    let words = table.get(key).and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Reads a list of uv's: `{ name = "x", version = "1", extra = ["y"] }`.
fn of_uv(need: &Table) -> Need<'_> {
    Need {
        name: name_of(text_at(need, "name")),
        version: text_at(need, "version"),
        extras: words(need, "extra"),
        may_lack: false,
    }
}

/// Reads an entry of Poetry's: `x = ">=1"`, `x = { version = "*", extras = ["y"], optional = true }`. What it
/// marks may be for no system that the project supports.
fn of_poetry<'t>((name, value): (&'t String, &'t Value)) -> Need<'t> {
    let table = value.as_table();
    Need {
        name: name_of(name),
        version: "",
        extras: table.map(|table| words(table, "extras")).unwrap_or_default(),
        may_lack: table.is_some_and(|table| table.contains_key("optional") || table.contains_key("markers"))
            || value.is_array(),
    }
}

/// Returns what a package needs for itself, and for each of its extras.
fn needs<'t>(package: &'t Table) -> (Vec<Need<'t>>, BTreeMap<String, Vec<Need<'t>>>) {
    let own = match package.get("dependencies") {
        Some(Value::Table(_)) => entries(package, "dependencies").map(of_poetry).collect(),
        _ => tables(package, "dependencies").map(of_uv).collect(),
    };
    let mut extras: BTreeMap<String, Vec<Need<'t>>> = BTreeMap::new();
    if let Some(optional) = package.get("optional-dependencies").and_then(Value::as_table) {
        extras.extend(
            optional.keys().map(|extra| (extra.clone(), tables(optional, extra).map(of_uv).collect())),
        );
    }
    for (extra, names) in entries(package, "extras") {
        let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
        let needs = names.map(Requirement::parse).map(|need| Need {
            name: name_of(&need.name),
            version: "",
            extras: need.extras,
            may_lack: true,
        });
        extras.insert(extra.clone(), needs.collect());
    }
    (own, extras)
}

/// Reads `poetry.lock` and `uv.lock`: packages with what they need, by name.
pub(super) fn read(text: &str, lock: &Lock<'_>) -> Result<Graph, String> {
    let locked = table(text)?;
    let installed = Installed::of(&lock.folder, lock.places);
    let all: Vec<&Table> =
        tables(&locked, "package").filter(|package| !is_for_development(package)).collect();
    let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut graph = Graph::default();
    for (at, package) in all.iter().enumerate() {
        let (name, version) = (text_at(package, "name"), text_at(package, "version"));
        named.entry(name_of(name)).or_default().push(at);
        let (name, version) = (name.to_owned(), version.to_owned());
        let at = installed.places(&name, &version);
        graph.packages.push(Package { name, version, at, ..Package::default() });
    }
    let is_own: Vec<bool> = all.iter().map(|package| is_own(package)).collect();
    // Each package once, and again for each of its extras that somebody asks for; of the project's own, all.
    let mut open: Vec<(usize, Option<String>)> = (0..all.len()).map(|at| (at, None)).collect();
    let mut done: BTreeSet<(usize, Option<String>)> = BTreeSet::new();
    while let Some((at, extra)) = open.pop() {
        if !done.insert((at, extra.clone())) {
            continue;
        }
        let (own, mut extras) = needs(all[at]);
        let wanted: Vec<Need<'_>> = match &extra {
            Some(extra) => extras.remove(extra).unwrap_or_default(),
            None if is_own[at] => own.into_iter().chain(extras.into_values().flatten()).collect(),
            None => own,
        };
        for need in wanted {
            let known = named.get(&need.name).map(Vec::as_slice).unwrap_or_default();
            let is_it =
                |at: &&usize| need.version.is_empty() || text_at(all[**at], "version") == need.version;
            let found: Vec<usize> = known.iter().filter(is_it).copied().collect();
            open.extend(
                found.iter().flat_map(|found| need.extras.iter().map(|extra| (*found, Some(extra.clone())))),
            );
            if found.is_empty() && !need.may_lack && !is_left_out(&locked, &need.name) {
                let missing = graph.push_unseen(&need.name, NOT_LOCKED);
                graph.packages[at].needs.push(missing);
            }
            graph.packages[at].needs.extend(found);
        }
        if is_own[at] {
            graph.roots.extend_from_slice(&graph.packages[at].needs);
        }
    }
    if !is_own.contains(&true) {
        graph.root(lock, &named, &locked);
    }
    graph.roots.retain(|at| !is_own.get(*at).copied().unwrap_or_default());
    graph.roots.sort_unstable();
    graph.roots.dedup();
    Ok(graph)
}

fn is_own(package: &Table) -> bool {
    let source = package.get("source").and_then(Value::as_table);
    source.is_some_and(|source| source.contains_key("virtual") || source.contains_key("editable"))
}

/// Whether the lock file names a package that was not taken, as it is for development.
fn is_left_out(locked: &Table, name: &str) -> bool {
    tables(locked, "package").any(|package| name_of(text_at(package, "name")) == name)
}

/// Poetry marks what is needed to develop alone.
fn is_for_development(package: &Table) -> bool {
    let groups = package.get("groups").and_then(Value::as_array);
    text_at(package, "category") == "dev"
        || groups.is_some_and(|groups| !groups.iter().any(|group| group.as_str() == Some("main")))
}

impl Graph {
    /// Takes for the project's own needs what `pyproject.toml` names; where it names nothing, what no
    /// package needs.
    fn root(&mut self, lock: &Lock<'_>, named: &BTreeMap<String, Vec<usize>>, locked: &Table) {
        let manifest = lock.manifest("pyproject.toml");
        let empty = Table::new();
        let section = |path: &[&str]| {
            path.iter().try_fold(&manifest, |table, key| table.get(*key)?.as_table()).unwrap_or(&empty)
        };
        let project = section(&["project"]);
        let mut needs: Vec<(String, bool)> = Vec::new();
        let mut lists = vec![words(project, "dependencies")];
        lists.extend(
            entries(project, "optional-dependencies")
                .map(|(extra, _)| words(section(&["project", "optional-dependencies"]), extra)),
        );
        for written in lists.concat() {
            let need = Requirement::parse(&written);
            needs.push((name_of(&need.name), !need.marker.is_empty()));
        }
        let poetry =
            entries(section(&["tool", "poetry"]), "dependencies").filter(|(name, _)| *name != "python");
        needs.extend(poetry.map(of_poetry).map(|need| (need.name, need.may_lack)));
        if needs.is_empty() {
            self.root_what_nobody_needs();
            return;
        }
        for (name, may_lack) in needs {
            match named.get(&name) {
                Some(found) => self.roots.extend_from_slice(found),
                None if may_lack || is_left_out(locked, &name) => {}
                None => {
                    let missing = self.push_unseen(&name, NOT_LOCKED);
                    self.roots.push(missing);
                }
            }
        }
    }
}
