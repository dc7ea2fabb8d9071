// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Go's `go.mod`, with the modules' own.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::graph::{Graph, OUTSIDE, Package};
use super::locks::{Lock, decoded};
use super::{MAX_FILE, MAX_PACKAGES, inside};
use crate::store;

/// A module with its version.
type Module<'t> = (&'t str, &'t str);

/// What a `go.mod` says (go.dev/ref/mod, go.mod files).
struct GoMod<'t> {
    /// The modules it requires, each with whether the module itself does.
    required: Vec<(Module<'t>, bool)>,
    /// What it takes instead of some; of one version alone, where that is named.
    replaced: Vec<(&'t str, Option<&'t str>, Module<'t>)>,
    /// The version of Go it is written for, major and minor; 1.16 where it does not say.
    go: (u32, u32),
}

fn go_mod(text: &str) -> GoMod<'_> {
    let mut found = GoMod { required: Vec::new(), replaced: Vec::new(), go: (1, 16) };
    let mut block = "";
    for line in text.lines() {
        let is_direct = !line.contains("// indirect");
        let line = line.split("//").next().unwrap_or_default().trim();
        let words = line.split_whitespace().map(|word| word.trim_matches(['"', '`']));
        let mut words: Vec<&str> = words.collect();
        if words.as_slice() == [")"] {
            block = "";
            continue;
        }
        if let [word, "("] = words.as_slice() {
            block = word;
            continue;
        }
        let kind = if block.is_empty() && !words.is_empty() { words.remove(0) } else { block };
        match (kind, words.as_slice()) {
            ("require", [module, version]) => found.required.push(((*module, *version), is_direct)),
            ("replace", words) => {
                if let Some(arrow) = words.iter().position(|word| *word == "=>")
                    && let (Some(old), Some(new)) = (words.first(), words.get(arrow + 1))
                {
                    let version = words[..arrow].get(1).copied();
                    let new = (*new, words.get(arrow + 2).copied().unwrap_or_default());
                    found.replaced.push((*old, version, new));
                }
            }
            ("go", [version]) => {
                let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
                found.go = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
            }
            _ => {}
        }
    }
    found
}

/// Reads it. Since Go 1.17 it names every module; before, only what the module itself needs, and the rest is in
/// the modules' own, of each the highest version that is required (go.dev/ref/mod, minimal version selection).
pub(super) fn read(text: &str, lock: &Lock<'_>) -> Graph {
    let own = go_mod(text);
    let names_all = own.go >= (1, 17);
    let mut selected: BTreeMap<String, String> = BTreeMap::new();
    let mut needs: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let owned = |(name, version): Module<'_>| (name.to_owned(), version.to_owned());
    let mut open: Vec<(String, String)> = own.required.iter().map(|(module, _)| owned(*module)).collect();
    let listed: BTreeSet<String> = open.iter().map(|(name, _)| name.clone()).collect();
    while let Some((name, version)) = open.pop() {
        if needs.contains_key(&(name.clone(), version.clone())) || needs.len() > MAX_PACKAGES {
            continue;
        }
        let (at, _) = places((&name, &version), &own, lock);
        let text = at.iter().find_map(|at| store::read(&at.join("go.mod"), MAX_FILE).ok());
        let text = text.and_then(|bytes| decoded(&bytes)).unwrap_or_default();
        let required = go_mod(&text).required;
        let known = required.iter().filter(|((name, _), _)| !names_all || listed.contains(*name));
        let known: Vec<Module<'_>> = known.map(|(module, _)| *module).collect();
        if !names_all {
            open.extend(known.iter().map(|module| owned(*module)));
        }
        let is_higher = selected.get(&name).is_none_or(|known| order(known, &version).is_lt());
        needs.insert(
            (name.clone(), version.clone()),
            known.iter().map(|(name, _)| (*name).to_owned()).collect(),
        );
        if is_higher {
            selected.insert(name, version);
        }
    }
    let numbers: BTreeMap<&String, usize> = selected.keys().zip(0..).collect();
    let mut graph = Graph::default();
    for module in &selected {
        let (at, above) = places((module.0, module.1), &own, lock);
        let needed = needs.get(&(module.0.clone(), module.1.clone())).into_iter().flatten();
        let unseen = at.is_empty().then_some(OUTSIDE);
        graph.packages.push(Package {
            name: module.0.clone(),
            version: module.1.clone(),
            needs: needed.filter_map(|name| numbers.get(name).copied()).collect(),
            at,
            above,
            unseen,
            ..Package::default()
        });
    }
    let direct = own.required.iter().filter(|(_, is_direct)| *is_direct);
    graph.roots = direct.filter_map(|((name, _), _)| numbers.get(&(*name).to_owned()).copied()).collect();
    // What comes in by a module that is not here is still there.
    graph.is_whole = true;
    graph
}

/// Returns where a module may lie, and the vendored folders above it: its license is where its repository
/// has it. Nothing where it is replaced by a folder outside of the tree.
fn places((name, version): Module<'_>, own: &GoMod<'_>, lock: &Lock<'_>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let is_it = |of: Option<&str>| of.is_none_or(|of| of == version);
    let other = own.replaced.iter().find(|(old, of, _)| *old == name && is_it(*of)).map(|(_, _, new)| *new);
    let (module, version) = match other {
        Some((path, _)) if path.starts_with(['.', '/']) => {
            return (inside(&lock.folder, path).into_iter().collect(), Vec::new());
        }
        other => other.unwrap_or((name, version)),
    };
    let cached = format!("{}@{version}", escaped(module));
    let vendor = lock.folder.join("vendor");
    // It is vendored under its own name, also where it is replaced.
    let mut at: Vec<PathBuf> = lock.places.go.iter().filter_map(|cache| inside(cache, &cached)).collect();
    at.extend(inside(&vendor, name));
    let mut above = Vec::new();
    let mut path = name;
    while let Some((folder, _)) = path.rsplit_once('/').filter(|(folder, _)| folder.contains('/')) {
        above.extend(inside(&vendor, folder));
        path = folder;
    }
    (at, above)
}

/// Compares versions (semver.org, 11), as far as Go writes them.
fn order(a: &str, b: &str) -> Ordering {
    let parts = |version: &str| {
        let version = version.trim_start_matches('v').split('+').next().unwrap_or_default().to_owned();
        let (numbers, pre) = version.split_once('-').unwrap_or((&version, "~"));
        let numbers: Vec<u64> = numbers.split('.').map(|part| part.parse().unwrap_or(0)).collect();
        (numbers, pre.to_owned())
    };
    parts(a).cmp(&parts(b))
}

/// Go's module cache writes `A` as `!a` (go.dev/ref/mod, module cache).
fn escaped(module: &str) -> String {
    let mut text = String::with_capacity(module.len());
    for c in module.chars() {
        if c.is_ascii_uppercase() {
            text.push('!');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
