// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a project depends on, by its lock files, and under which licenses that is, as far as it lies on
//! this machine. Nothing is fetched: what is not here is told of as not seen.

mod cargo;
mod go;
mod graph;
mod locks;
mod npm;
mod python;
mod requirements;

use std::path::{Path, PathBuf};

use crate::domain::{LicenseExpr, WorkPath};

use locks::Lock;

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
    /// How it comes in: from what the project names to this, each with its version; of a long way, both
    /// ends.
    pub chain: Vec<String>,
    /// What is known of its license.
    pub license: Known,
}

/// What is known of a dependency's license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It declares this.
    License(LicenseExpr),
    /// It is here and declares nothing that is known; what it says, where it says anything.
    Unclear(Option<String>),
    /// It was not looked at, for this reason.
    NotSeen(String),
    /// The lock file that would name it cannot be read, for this reason.
    Unreadable(String),
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
        let whole = |license: Known| Dependency {
            lock: path.clone(),
            name: "what it names".into(),
            chain: Vec::new(),
            license,
        };
        let unseen = |reason: &str| whole(Known::NotSeen(reason.to_owned()));
        let name = path.file_name();
        if UNREAD.contains(&name) {
            all.push(unseen("lock files of this form are not read"));
        } else if let Some((_, locks)) = LOCKED_BY.iter().find(|(manifest, _)| *manifest == name)
            && !is_locked(path, locks, works)
        {
            all.push(unseen("there is no lock file beside it"));
        } else if locks::is_read(name) {
            match locks::read(&Lock::new(path, root, works, places)) {
                Err(reason) => all.push(whole(Known::Unreadable(reason))),
                Ok(graph) => all.extend(graph.dependencies(path)),
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

/// Returns a path inside of a folder; nothing where it would lead out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let path: WorkPath = path.trim_start_matches("./").parse().ok()?;
    Some(folder.join(path.as_path()))
}
