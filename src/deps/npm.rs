// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! npm's `package-lock.json` (versions 2 and 3): packages by where they lie.

use std::collections::BTreeMap;

use serde_json::Value;

use super::graph::{Graph, NOT_LOCKED, OUTSIDE, Package};
use super::inside;
use super::locks::{Lock, decoded};
use crate::store;

/// Reads it, with the `package.json` beside it.
pub(super) fn read(text: &str, lock: &Lock<'_>) -> Result<Graph, String> {
    let locked: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let all = locked.get("packages").and_then(Value::as_object);
    let all = all.ok_or("a lock file of npm 6 or older; `npm install` writes a newer one")?;
    let places: BTreeMap<&str, usize> = all.keys().map(String::as_str).zip(0..).collect();
    let mut graph = Graph::default();
    for (place, package) in all {
        let name = package["name"].as_str().or(place.rsplit("node_modules/").next()).unwrap_or_default();
        let is_outside =
            place.starts_with("..") || package["resolved"].as_str().is_some_and(|to| to.starts_with(".."));
        let unseen = match package {
            _ if is_outside => Some(OUTSIDE),
            Value::Object(_) => None,
            _ => Some("what the lock file says of it cannot be read"),
        };
        graph.packages.push(Package {
            name: name.to_owned(),
            version: package["version"].as_str().unwrap_or_default().to_owned(),
            at: inside(&lock.folder, place).into_iter().collect(),
            stated: package["license"].as_str().map(str::to_owned),
            unseen,
            ..Package::default()
        });
    }
    for (at, (place, package)) in all.iter().enumerate() {
        for kind in ["dependencies", "optionalDependencies", "peerDependencies"] {
            for name in names(package, kind) {
                match found_from(place, name, &places) {
                    Some(need) => graph.packages[at].needs.push(need),
                    // Others may be left out: they are not for this system, or nobody else brings them.
                    None if kind == "dependencies" => {
                        let need = graph.push_unseen(name, NOT_LOCKED);
                        graph.packages[at].needs.push(need);
                    }
                    None => {}
                }
            }
        }
        if is_own(place) {
            graph.roots.extend_from_slice(&graph.packages[at].needs);
        }
        // A workspace of the project, by its link.
        if let Some(own) = package["resolved"].as_str().and_then(|to| places.get(to)) {
            graph.packages[at].needs.push(*own);
        }
    }
    let beside = store::read(&lock.folder.join("package.json"), super::MAX_FILE).ok();
    let beside =
        beside.and_then(|bytes| decoded(&bytes)).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    for name in beside.iter().flat_map(|manifest| names(manifest, "dependencies")) {
        let is_told = graph.packages.iter().skip(all.len()).any(|package| package.name == name);
        match found_from("", name, &places) {
            Some(at) => graph.roots.push(at),
            None if is_told => {}
            None => {
                let at = graph.push_unseen(name, NOT_LOCKED);
                graph.roots.push(at);
            }
        }
    }
    // The project's own packages are no dependencies of it, nor are the links to them.
    let own: Vec<bool> = all
        .iter()
        .map(|(place, package)| {
            is_own(place)
                || package["resolved"].as_str().is_some_and(|to| places.contains_key(to) && is_own(to))
        })
        .collect();
    graph.roots.retain(|at| !own.get(*at).copied().unwrap_or_default());
    Ok(graph)
}

fn names<'v>(package: &'v Value, kind: &str) -> impl Iterator<Item = &'v str> {
    package[kind].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
}

fn is_own(place: &str) -> bool {
    !place.contains("node_modules/") && !place.starts_with("..")
}

/// Looks as node does: in the package's own folder, then in each one above.
fn found_from(place: &str, name: &str, places: &BTreeMap<&str, usize>) -> Option<usize> {
    let mut from = place;
    loop {
        let below = if from.is_empty() { String::new() } else { format!("{from}/") };
        if let Some(at) = places.get(format!("{below}node_modules/{name}").as_str()) {
            return Some(*at);
        }
        if from.is_empty() {
            return None;
        }
        from = from.rsplit_once("/node_modules/").map_or("", |(above, _)| above);
    }
}
