// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a project depends on, by its lock files, and under which licenses that is, as far as it lies on
//! this machine. Nothing is fetched: what is not here is told of as not seen.

mod locks;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::detect::{self, FileInput};
use crate::domain::{LicenseExpr, Mode, WorkPath};
use crate::store;

/// Where packages lie on this machine.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Cargo's home, with `registry/src` and `git/checkouts`.
    pub cargo: Option<PathBuf>,
    /// Folders of installed Python packages.
    pub python: Vec<PathBuf>,
    /// Go's module cache.
    pub go: Option<PathBuf>,
}

/// One thing a project depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The file that names it.
    pub lock: WorkPath,
    /// Its name and version.
    pub name: String,
    /// How it comes in: from what the project names to this, each with its version.
    pub chain: Vec<String>,
    /// What is known of its license.
    pub license: Known,
}

/// What is known of a dependency's license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It declares this.
    License(LicenseExpr),
    /// It is here and declares nothing that is known.
    Unclear,
    /// It was not looked at, for this reason.
    NotSeen(String),
}

/// A package of a lock file.
#[derive(Debug, Default)]
struct Package {
    name: String,
    version: String,
    /// The packages it needs, by their place in the list.
    needs: Vec<usize>,
    /// Where it may lie, the most likely first.
    at: Vec<PathBuf>,
    /// What the lock file says of its license.
    stated: Option<String>,
}

/// The packages of a lock file, and which of them the project itself names.
#[derive(Debug, Default)]
struct Graph {
    packages: Vec<Package>,
    roots: Vec<usize>,
    /// Whether the others belong to the project, too, where nothing shows who needs them.
    is_whole: bool,
}

/// The largest file of a package that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// The largest lock file that is read, in bytes.
const MAX_LOCK: u64 = 64 << 20;

/// The most packages of one lock file.
const MAX_PACKAGES: usize = 100_000;

/// Lock files and manifests whose form is not read.
const UNREAD: [&str; 10] = [
    "Gemfile.lock",
    "Pipfile.lock",
    "bun.lock",
    "composer.lock",
    "flake.lock",
    "gradle.lockfile",
    "mix.lock",
    "pnpm-lock.yaml",
    "pom.xml",
    "yarn.lock",
];

/// Manifests, and the files one of which must lie beside or above.
const LOCKED_BY: [(&str, &[&str]); 3] = [
    ("Cargo.toml", &["Cargo.lock"]),
    (
        "package.json",
        &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"],
    ),
    ("pyproject.toml", &["poetry.lock", "uv.lock", "requirements.txt", "Pipfile.lock"]),
];

/// Returns what the project at `root` with these works depends on, sorted by lock file and name.
pub fn dependencies(root: &Path, works: &[WorkPath], places: &Places) -> Vec<Dependency> {
    let mut all = Vec::new();
    for path in works.iter().filter(|path| !is_vendored(path)) {
        let unseen = |reason: String| Dependency {
            lock: path.clone(),
            name: "what it names".into(),
            chain: Vec::new(),
            license: Known::NotSeen(reason),
        };
        let name = path.file_name();
        if UNREAD.contains(&name) {
            all.push(unseen("lock files of this form are not read".into()));
        } else if let Some((_, locks)) = LOCKED_BY.iter().find(|(manifest, _)| *manifest == name)
            && !is_locked(path, locks, works)
        {
            all.push(unseen("there is no lock file beside it".into()));
        } else if locks::is_read(name) {
            match store::read(&root.join(path.as_path()), MAX_LOCK) {
                Err(error) => all.push(unseen(error.to_string())),
                Ok(bytes) => match locks::read(path, &String::from_utf8_lossy(&bytes), root, places) {
                    Err(reason) => all.push(unseen(reason)),
                    Ok(graph) => all.extend(graph.dependencies(path)),
                },
            }
        }
    }
    all.sort_by(|a, b| (&a.lock, &a.name).cmp(&(&b.lock, &b.name)));
    all
}

/// What lies in the folder of a package is not the project's own word.
fn is_vendored(path: &WorkPath) -> bool {
    path.parent().is_some_and(|folder| {
        folder
            .as_str()
            .split('/')
            .any(|part| matches!(part, "vendor" | "node_modules" | "site-packages" | ".venv"))
    })
}

fn is_locked(manifest: &WorkPath, locks: &[&str], works: &[WorkPath]) -> bool {
    let mut folder = manifest.parent();
    loop {
        let prefix = folder.as_ref().map_or(String::new(), |folder| format!("{folder}/"));
        let has = |lock: &&str| {
            format!("{prefix}{lock}").parse().is_ok_and(|lock: WorkPath| works.binary_search(&lock).is_ok())
        };
        if locks.iter().any(has) {
            return true;
        }
        let Some(at) = folder else { return false };
        folder = at.parent();
    }
}

impl Graph {
    /// Walks from what the project names, the shortest way to each.
    fn dependencies(&self, lock: &WorkPath) -> Vec<Dependency> {
        let mut before: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        let mut next: VecDeque<(usize, Option<usize>)> = self.roots.iter().map(|at| (*at, None)).collect();
        let mut others = 0..if self.is_whole { self.packages.len() } else { 0 };
        while let Some((at, from)) = next.pop_front().or_else(|| Some((others.next()?, None))) {
            if before.contains_key(&at) {
                continue;
            }
            before.insert(at, from);
            next.extend(self.packages[at].needs.iter().map(|need| (*need, Some(at))));
        }
        let reached: Vec<usize> = before.keys().copied().collect();
        reached
            .par_iter()
            .map(|at| {
                let mut chain = Vec::new();
                let mut step = Some(*at);
                while let Some(at) = step {
                    chain.push(self.packages[at].shown());
                    step = before.get(&at).copied().flatten();
                }
                chain.reverse();
                let package = &self.packages[*at];
                Dependency { lock: lock.clone(), name: package.shown(), chain, license: package.license() }
            })
            .collect()
    }
}

impl Package {
    fn shown(&self) -> String {
        format!("{} {}", self.name, self.version).trim_end().to_owned()
    }

    fn license(&self) -> Known {
        let mut is_here = false;
        for folder in &self.at {
            if let Some(license) = license_in(folder, &mut is_here) {
                return Known::License(license);
            }
        }
        if let Some(license) = self.stated.as_ref().and_then(|text| text.parse().ok()) {
            return Known::License(license);
        }
        if is_here { Known::Unclear } else { Known::NotSeen("it is not on this machine".into()) }
    }
}

/// Returns a path inside of a folder; nothing where it would lead out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let path: WorkPath = path.trim_start_matches("./").parse().ok()?;
    Some(folder.join(path.as_path()))
}

/// Returns what a package's own folder declares. Tells whether there is such a folder with anything in it.
fn license_in(folder: &Path, is_here: &mut bool) -> Option<LicenseExpr> {
    let mut files = BTreeMap::new();
    // Python's installed packages keep license texts one folder deeper (PEP 639).
    let paths =
        [folder.to_owned(), folder.join("licenses")].map(|folder| store::list(&folder).unwrap_or_default());
    for path in paths.into_iter().flatten() {
        *is_here = true;
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Ok(name) = name.parse::<WorkPath>() else { continue };
        if !detect::declares(&name) {
            continue;
        }
        let Ok(bytes) = store::read(&path, MAX_FILE) else { continue };
        let facts = detect::in_bytes(&name, &bytes);
        files.insert(name, FileInput { facts, size: bytes.len() as u64, mode: Mode::File });
    }
    detect::conclude(&files).license
}
