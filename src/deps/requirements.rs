// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `requirements.txt` and what is installed of it.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, OUTSIDE, Package};
use super::locks::{Lock, decoded};
use super::python::{Installed, name_of};
use super::{MAX_FILE, inside};
use crate::store;

/// `requirements.txt`, and others of their kind but those for people who work on the project.
pub(super) fn is_requirements(name: &str) -> bool {
    const DEVELOPMENT: [&str; 20] = [
        "dev",
        "devel",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "documentation",
        "lint",
        "linting",
        "ci",
        "build",
        "typing",
        "types",
        "check",
        "checks",
        "release",
        "local",
    ];
    let kind = name.strip_prefix("requirements").and_then(|rest| rest.strip_suffix(".txt"));
    kind.is_some_and(|kind| {
        kind.is_empty()
            || kind.starts_with(['-', '_', '.'])
                && !kind.split(['-', '_', '.']).any(|word| DEVELOPMENT.contains(&word))
    })
}

/// What a line asks for (PEP 508).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Requirement {
    pub(super) name: String,
    /// The one version that will do, where there is one.
    pub(super) version: String,
    pub(super) extras: Vec<String>,
    /// When it is asked for; empty where always.
    pub(super) marker: String,
}

impl Requirement {
    pub(super) fn parse(text: &str) -> Self {
        let (text, marker) = text.split_once(';').unwrap_or((text, ""));
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let text = text.trim();
        let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
        let (extras, rest) = match rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((extras, rest)) => (extras.split(',').map(|extra| extra.trim().to_owned()).collect(), rest),
            None => (Vec::new(), rest),
        };
        let rest = rest.trim_start().trim_start_matches('(');
        let version = rest.strip_prefix("==").map(|rest| rest.trim_start_matches('=').trim_start());
        let version =
            version.and_then(|rest| rest.split([' ', ',', ')']).next()).filter(|v| !v.contains('*'));
        Self {
            name: name.to_owned(),
            version: version.unwrap_or_default().to_owned(),
            extras,
            marker: marker.trim().to_owned(),
        }
    }

    /// Whether it is asked for only with an extra, and with none of these.
    fn is_extra(&self, extras: &BTreeSet<String>) -> bool {
        let words: Vec<&str> =
            self.marker.split(['"', '\'', ' ', '(', ')', '=']).filter(|word| !word.is_empty()).collect();
        let asked: Vec<&str> = words.windows(2).filter(|two| two[0] == "extra").map(|two| two[1]).collect();
        !asked.is_empty() && !asked.iter().any(|extra| extras.contains(*extra))
    }
}

/// Files that name others are followed so often.
const MAX_INCLUDED: usize = 100;

/// Reads `name==version`, one a line, and `-r` for what another file names (pip, requirements file format).
/// Who needs whom is in what is installed.
pub(super) fn read(text: &str, lock: &Lock<'_>) -> Graph {
    let mut reading = Reading {
        lock,
        installed: Installed::of(&lock.folder, lock.places),
        graph: Graph::default(),
        extras: BTreeMap::new(),
        included: Vec::new(),
        texts: vec![(text.to_owned(), String::new())],
    };
    while let Some((text, below)) = reading.texts.pop() {
        // A line may go on behind a backslash.
        for line in text.replace("\\\r\n", " ").replace("\\\n", " ").lines() {
            reading.line(line.split(" #").next().unwrap_or_default().trim(), &below);
        }
    }
    let Reading { mut graph, installed, extras, .. } = reading;
    graph.follow(&installed, extras);
    graph
}

/// A file of requirements on the way through.
struct Reading<'a> {
    lock: &'a Lock<'a>,
    installed: Installed,
    graph: Graph,
    /// The extras that are asked for of a package.
    extras: BTreeMap<usize, BTreeSet<String>>,
    /// The files named by others.
    included: Vec<String>,
    /// What is still to be read, each with the folder it lies in: names are relative to that.
    texts: Vec<(String, String)>,
}

impl Reading<'_> {
    fn line(&mut self, line: &str, below: &str) {
        if let Some(other) = value_of(line, "-r", "--requirement") {
            self.include(other, below);
            return;
        }
        let line = value_of(line, "-e", "--editable").unwrap_or(line);
        if line.is_empty() || line.starts_with(['#', '-']) {
            return;
        }
        let place = line.split([';', ' ']).next().unwrap_or_default();
        if is_path(place) {
            self.path(place, below);
            return;
        }
        let (package, extras) = named(line, &self.installed);
        let at = self.graph.push(package);
        self.graph.roots.push(at);
        self.extras.insert(at, extras);
    }

    /// Takes what another file names.
    fn include(&mut self, other: &str, below: &str) {
        // A file of such a name is read for itself.
        let is_own = other.rsplit('/').next().is_some_and(is_requirements);
        let other = format!("{below}{other}");
        let path = inside(&self.lock.folder, &other);
        if is_own && path.is_some() || self.included.len() >= MAX_INCLUDED || self.included.contains(&other) {
            return;
        }
        self.included.push(other.clone());
        let read = path.and_then(|path| store::read(&path, MAX_FILE).ok());
        if let Some(text) = read.and_then(|bytes| decoded(&bytes)) {
            let below = other.rsplit_once('/').map_or(String::new(), |(at, _)| format!("{at}/"));
            self.texts.push((text, below));
        } else {
            self.unseen(&format!("what {other} names"), "it is not here, or no text");
        }
    }

    /// Takes a folder or a file. A folder in this tree is the project's own.
    fn path(&mut self, place: &str, below: &str) {
        let place = place.split('[').next().unwrap_or_default();
        let is_here = inside(&self.lock.folder, &format!("{below}{place}")).is_some_and(|path| path.is_dir());
        if is_here || matches!(place, "." | "./") {
            return;
        }
        let is_outside = place.contains("..") || place.starts_with('/');
        self.unseen(place, if is_outside { OUTSIDE } else { "it is an archive, which is not opened" });
    }

    fn unseen(&mut self, name: &str, reason: &'static str) {
        let at = self.graph.push_unseen(name, reason);
        self.graph.roots.push(at);
    }
}

fn is_path(place: &str) -> bool {
    let is_archive = [".whl", ".tar.gz", ".zip"].iter().any(|end| place.ends_with(end));
    let place = place.split('[').next().unwrap_or_default();
    place.starts_with(['.', '/'])
        || is_archive && !place.contains("://")
        || place.ends_with('/') && !place.contains("://")
}

/// Reads a line that names a package or its address, with the extras it asks for.
fn named(line: &str, installed: &Installed) -> (Package, BTreeSet<String>) {
    let requirement = match line.split_once("#egg=") {
        Some((_, egg)) => Requirement { version: String::new(), ..Requirement::parse(egg) },
        None if line.contains("://") && !line.split("://").next().unwrap_or_default().contains('@') => {
            let address = line.split([' ', ';']).next().unwrap_or_default();
            Requirement { name: address.to_owned(), ..Requirement::default() }
        }
        None => Requirement::parse(line),
    };
    let Requirement { name, version, extras, .. } = requirement;
    let at = installed.places(&name, &version);
    (Package { name, version, at, ..Package::default() }, extras.into_iter().collect())
}

/// Returns what stands behind an option, written in either way.
fn value_of<'t>(line: &'t str, short: &str, long: &str) -> Option<&'t str> {
    let rest = line.strip_prefix(long).or_else(|| line.strip_prefix(short))?;
    let value = rest.trim_start_matches([' ', '\t', '=']);
    (value.len() < rest.len() && !value.is_empty()).then_some(value)
}

impl Graph {
    /// Adds what the installed packages need themselves (core metadata, `Requires-Dist`). What is asked for
    /// on a condition and is not installed is not told: it may be for another system.
    fn follow(&mut self, installed: &Installed, mut extras: BTreeMap<usize, BTreeSet<String>>) {
        let mut named: BTreeMap<String, usize> =
            self.packages.iter().map(|package| name_of(&package.name)).zip(0..).collect();
        let mut open: Vec<(usize, BTreeSet<String>)> =
            (0..self.packages.len()).rev().map(|at| (at, extras.remove(&at).unwrap_or_default())).collect();
        let mut done: BTreeSet<(usize, BTreeSet<String>)> = BTreeSet::new();
        while let Some((at, extras)) = open.pop() {
            if !done.insert((at, extras.clone())) {
                continue;
            }
            for need in required(&self.packages[at]).into_iter().filter(|need| !need.is_extra(&extras)) {
                let key = name_of(&need.name);
                let found = named.get(&key).copied().or_else(|| {
                    let version = installed.version(&key).map(str::to_owned);
                    if version.is_none() && !need.marker.is_empty() {
                        return None;
                    }
                    let version = version.unwrap_or_default();
                    let places = installed.places(&key, &version);
                    let found = self.push(Package {
                        name: need.name.clone(),
                        version,
                        at: places,
                        ..Package::default()
                    });
                    named.insert(key.clone(), found);
                    Some(found)
                });
                let Some(found) = found else { continue };
                if !self.packages[at].needs.contains(&found) {
                    self.packages[at].needs.push(found);
                }
                open.push((found, need.extras.into_iter().collect()));
            }
        }
    }
}

/// Returns what an installed package requires.
fn required(package: &Package) -> Vec<Requirement> {
    let bytes = package.at.first().and_then(|folder| store::read(&folder.join("METADATA"), MAX_FILE).ok());
    let text = bytes.and_then(|bytes| decoded(&bytes)).unwrap_or_default();
    let head = text.lines().take_while(|line| !line.is_empty());
    head.filter_map(|line| line.strip_prefix("Requires-Dist:"))
        .map(|need| Requirement::parse(need.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_asks_for() {
        let shown = |text: &str| {
            let Requirement { name, version, extras, marker } = Requirement::parse(text);
            format!("{name} | {version} | {} | {marker}", extras.join(" "))
        };
        for (text, expected) in [
            ("tide", "tide |  |  | "),
            ("tide==1.0", "tide | 1.0 |  | "),
            ("tide[a, b] == 1.0 ; python_version < '3'", "tide | 1.0 | a b | python_version < '3'"),
            ("tide (==1.0)", "tide | 1.0 |  | "),
            ("tide==1.*", "tide |  |  | "),
            ("tide>=1,<2", "tide |  |  | "),
            ("tide @ https://example.org/x.whl", "tide |  |  | "),
            ("tide==1.0 --hash=sha256:aa", "tide | 1.0 |  | "),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn which_files_name_what_is_needed() {
        for (name, expected) in [
            ("requirements.txt", true),
            ("requirements-docker.txt", true),
            ("requirements-cipher.txt", true),
            ("requirements_builder.txt", true),
            ("requirements-dev.txt", false),
            ("requirements.test.txt", false),
            ("requirements-docs.txt", false),
            ("requirementsx.txt", false),
        ] {
            assert_eq!(is_requirements(name), expected, "{name}");
        }
    }
}
