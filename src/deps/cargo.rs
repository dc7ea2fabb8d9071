// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `Cargo.lock`, with the manifests of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use toml::{Table, Value};

use super::graph::{Graph, NOT_LOCKED, OUTSIDE, Package};
use super::locks::{Lock, entries, manifest, table, tables, text_at};
use super::{inside, is_vendored};
use crate::store;

/// The Cargo book, 4.6: a package without a source lies at a path. In this tree it is the project's own.
pub(super) fn read(text: &str, lock: &Lock<'_>) -> Result<Graph, String> {
    let locked = table(text)?;
    let all: Vec<&Table> = tables(&locked, "package").collect();
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, package) in all.iter().enumerate() {
        named.entry(text_at(package, "name")).or_default().push(at);
    }
    let find = |need: &str| {
        let mut words = need.split(' ');
        let candidates = named.get(words.next()?)?;
        let version = words.next();
        candidates
            .iter()
            .copied()
            .find(|at| version.is_none_or(|version| text_at(all[*at], "version") == version))
    };
    let own = Manifests::of(lock);
    let has_source = |package: &Table| !text_at(package, "source").is_empty();
    let is_own =
        |package: &Table| !has_source(package) && own.packages.contains_key(text_at(package, "name"));
    let caches = Caches::of(lock);
    let mut graph = Graph::default();
    // Its packages first, so that their places are those in the lock file.
    for package in &all {
        let (name, version) = (text_at(package, "name").to_owned(), text_at(package, "version").to_owned());
        let unseen = (!has_source(package) && !is_own(package)).then_some(OUTSIDE);
        let at = caches.places(package, lock);
        graph.packages.push(Package { name, version, at, unseen, ..Package::default() });
    }
    for (at, package) in all.iter().enumerate() {
        let own_needs = is_own(package).then(|| own.needs(text_at(package, "name")));
        let written = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
        for need in written.filter_map(Value::as_str) {
            let name = need.split(' ').next().unwrap_or_default();
            if own_needs.as_ref().is_some_and(|needs| needs.tested.contains(name)) {
                continue;
            }
            let need = find(need).unwrap_or_else(|| graph.push_unseen(need, NOT_LOCKED));
            graph.packages[at].needs.push(need);
        }
        let left_out = own_needs.iter().flat_map(|needs| &needs.used);
        for name in left_out.filter(|name| !named.contains_key(name.as_str())) {
            let need = graph.push_unseen(name, NOT_LOCKED);
            graph.packages[at].needs.push(need);
        }
        if is_own(package) {
            graph.roots.extend_from_slice(&graph.packages[at].needs);
        }
    }
    let beside = lock.manifest("Cargo.toml");
    if let Some(name) = beside.get("package").and_then(|package| package.get("name")).and_then(Value::as_str)
        && !named.contains_key(name)
    {
        let at = graph.push_unseen(&format!("what {name} needs"), "the lock file beside it does not name it");
        graph.roots.push(at);
    }
    // The project's own packages are no dependencies of it.
    graph.roots.retain(|at| all.get(*at).is_none_or(|package| !is_own(package)));
    graph.roots.sort_unstable();
    graph.roots.dedup();
    Ok(graph)
}

/// The manifests of the tree's own packages.
struct Manifests {
    packages: BTreeMap<String, Table>,
    /// What a workspace calls a package otherwise.
    renamed: BTreeMap<String, String>,
}

/// The names of the packages that one needs.
#[derive(Default)]
struct Needs {
    /// For itself or to be built.
    used: BTreeSet<String>,
    /// For its tests alone.
    tested: BTreeSet<String>,
}

impl Manifests {
    fn of(lock: &Lock<'_>) -> Self {
        let mut found = Self { packages: BTreeMap::new(), renamed: BTreeMap::new() };
        let is_manifest =
            |path: &&crate::domain::WorkPath| path.file_name() == "Cargo.toml" && !is_vendored(path);
        for path in lock.works.iter().filter(is_manifest) {
            let manifest = manifest(&lock.root.join(path.as_path()));
            for (name, value) in manifest
                .get("workspace")
                .and_then(Value::as_table)
                .into_iter()
                .flat_map(|t| entries(t, "dependencies"))
            {
                if let Some(package) = value.get("package").and_then(Value::as_str) {
                    found.renamed.insert(name.clone(), package.to_owned());
                }
            }
            let name =
                manifest.get("package").and_then(|package| package.get("name")).and_then(Value::as_str);
            if let Some(name) = name.map(str::to_owned) {
                found.packages.entry(name).or_insert(manifest);
            }
        }
        found
    }

    fn needs(&self, package: &str) -> Needs {
        let Some(manifest) = self.packages.get(package) else { return Needs::default() };
        let targets = entries(manifest, "target").filter_map(|(_, target)| target.as_table());
        let places: Vec<&Table> = std::iter::once(manifest).chain(targets).collect();
        let names = |kinds: &[&str]| -> BTreeSet<String> {
            let each = places.iter().flat_map(|place| kinds.iter().flat_map(|kind| entries(place, kind)));
            each.map(|(name, value)| {
                let shared = value.get("workspace").and_then(Value::as_bool) == Some(true);
                let renamed = value.get("package").and_then(Value::as_str);
                let renamed =
                    renamed.or_else(|| self.renamed.get(name).filter(|_| shared).map(String::as_str));
                renamed.unwrap_or(name).to_owned()
            })
            .collect()
        };
        let used = names(&["dependencies", "build-dependencies", "build_dependencies"]);
        let tested = names(&["dev-dependencies", "dev_dependencies"]);
        Needs { tested: tested.difference(&used).cloned().collect(), used }
    }
}

/// Where Cargo keeps what it fetched.
struct Caches {
    registries: Vec<PathBuf>,
    checkouts: Vec<PathBuf>,
}

impl Caches {
    fn of(lock: &Lock<'_>) -> Self {
        let list = |below: &str| {
            let home = lock.places.cargo.as_ref();
            home.map(|home| store::list(&home.join(below)).unwrap_or_default()).unwrap_or_default()
        };
        Self { registries: list("registry/src"), checkouts: list("git/checkouts") }
    }

    /// Returns where a package may lie.
    fn places(&self, package: &Table, lock: &Lock<'_>) -> Vec<PathBuf> {
        let (name, source) = (text_at(package, "name"), text_at(package, "source"));
        let whole = format!("{name}-{}", text_at(package, "version"));
        let vendor = lock.folder.join("vendor");
        let mut at: Vec<PathBuf> = inside(&vendor, &whole).into_iter().collect();
        at.extend(self.registries.iter().filter_map(|registry| inside(registry, &whole)));
        at.extend(inside(&vendor, name));
        let Some((address, commit)) = source.strip_prefix("git+").and_then(|source| source.split_once('#'))
        else {
            return at;
        };
        let repository = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let repository = repository.rsplit('/').next().unwrap_or_default().trim_end_matches(".git");
        let start = format!("{repository}-");
        for checkout in &self.checkouts {
            let is_it = checkout.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start));
            if is_it && let Some(checkout) = commit.get(..7).and_then(|short| inside(checkout, short)) {
                at.extend(
                    [inside(&checkout, name), inside(&checkout.join("crates"), name)].into_iter().flatten(),
                );
                at.push(checkout);
            }
        }
        at
    }
}
