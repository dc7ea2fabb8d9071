// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The packages of a lock file: who needs whom, and what each declares.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Dependency, Known, MAX_FILE};
use crate::detect::{self, FileInput, ProblemKind};
use crate::domain::{Mode, WorkPath};
use crate::store;

/// A package of a lock file.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// The packages it needs, by their place in the list.
    pub(super) needs: Vec<usize>,
    /// Where it may lie, the most likely first.
    pub(super) at: Vec<PathBuf>,
    /// The folders above it, where its repository may have its license.
    pub(super) above: Vec<PathBuf>,
    /// What the lock file says of its license.
    pub(super) stated: Option<String>,
    /// Why it cannot be looked at.
    pub(super) unseen: Option<&'static str>,
}

/// The packages of a lock file, and which of them the project itself names.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) packages: Vec<Package>,
    pub(super) roots: Vec<usize>,
    /// Whether the others belong to the project, too, where nothing shows who needs them.
    pub(super) is_whole: bool,
}

/// Why what is needed is not looked at where the lock file leaves it out.
pub(super) const NOT_LOCKED: &str = "it is needed, and the lock file does not name it";
pub(super) const OUTSIDE: &str = "it lies outside of this tree";

/// How a package comes in.
#[derive(Clone, Copy)]
struct Way {
    from: Option<usize>,
    /// The first two packages of the way.
    first: usize,
    second: usize,
    /// How many are before it.
    depth: usize,
}

impl Graph {
    /// Adds a package and returns its place.
    pub(super) fn push(&mut self, package: Package) -> usize {
        self.packages.push(package);
        self.packages.len() - 1
    }

    /// Adds a package that is needed and cannot be looked at.
    pub(super) fn push_unseen(&mut self, name: &str, reason: &'static str) -> usize {
        self.push(Package { name: name.to_owned(), unseen: Some(reason), ..Package::default() })
    }

    /// Takes for the project's own needs what no package needs.
    pub(super) fn root_what_nobody_needs(&mut self) {
        let mut needed = vec![false; self.packages.len()];
        for at in self.packages.iter().flat_map(|package| &package.needs) {
            needed[*at] = true;
        }
        self.roots = (0..needed.len()).filter(|at| !needed[*at]).collect();
        self.is_whole = true;
    }

    /// Walks from what the project names, the shortest way to each.
    pub(super) fn dependencies(&self, lock: &WorkPath) -> Vec<Dependency> {
        let mut ways: BTreeMap<usize, Way> = BTreeMap::new();
        let mut next: VecDeque<(usize, Option<usize>)> = self.roots.iter().map(|at| (*at, None)).collect();
        let mut others = 0..if self.is_whole { self.packages.len() } else { 0 };
        while let Some((at, from)) = next.pop_front().or_else(|| Some((others.next()?, None))) {
            if ways.contains_key(&at) {
                continue;
            }
            let way = match from.and_then(|from| Some((from, ways.get(&from)?))) {
                Some((from, Way { depth: 0, first, .. })) => {
                    Way { from: Some(from), first: *first, second: at, depth: 1 }
                }
                Some((from, way)) => Way { from: Some(from), depth: way.depth + 1, ..*way },
                None => Way { from: None, first: at, second: at, depth: 0 },
            };
            ways.insert(at, way);
            next.extend(self.packages[at].needs.iter().map(|need| (*need, Some(at))));
        }
        let reached: Vec<usize> = ways.keys().copied().collect();
        reached
            .par_iter()
            .map(|at| {
                let package = &self.packages[*at];
                Dependency {
                    lock: lock.clone(),
                    name: package.shown(),
                    chain: self.chain(*at, &ways),
                    license: package.license(),
                }
            })
            .collect()
    }

    /// Returns the way to a package; of a long one, both ends.
    fn chain(&self, to: usize, ways: &BTreeMap<usize, Way>) -> Vec<String> {
        const LONGEST: usize = 8;
        const LAST: usize = 3;
        let depth = ways.get(&to).map_or(0, |way| way.depth);
        let shown = |at: usize| self.packages[at].shown();
        let steps = std::iter::successors(Some(to), |at| ways.get(at)?.from);
        if depth < LONGEST {
            let mut chain: Vec<String> = steps.map(shown).collect();
            chain.reverse();
            return chain;
        }
        let mut last: Vec<String> = steps.take(LAST).map(shown).collect();
        last.reverse();
        let mut chain: Vec<String> =
            ways.get(&to).into_iter().flat_map(|way| [way.first, way.second]).map(shown).collect();
        chain.push(format!("… {} more …", depth + 1 - LAST - chain.len()));
        chain.extend(last);
        chain
    }
}

impl Package {
    fn shown(&self) -> String {
        format!("{} {}", self.name, self.version).trim_end().to_owned()
    }

    fn license(&self) -> Known {
        if let Some(reason) = self.unseen {
            return Known::NotSeen(reason.to_owned());
        }
        let mut is_here = false;
        for folder in &self.at {
            match license_in(folder) {
                Some(Known::Unclear(None)) => is_here = true,
                Some(known) => return known,
                None => {}
            }
        }
        let above = || self.above.iter().find_map(|folder| license_in(folder));
        if is_here && let Some(known @ Known::License(_)) = above() {
            return known;
        }
        if let Some(license) = self.stated.as_ref().and_then(|text| text.parse().ok()) {
            return Known::License(license);
        }
        match &self.stated {
            Some(stated) => Known::Unclear(Some(stated.clone())),
            None if is_here => Known::Unclear(None),
            None => Known::NotSeen("it is not on this machine".into()),
        }
    }
}

/// Returns what a package's own folder declares; nothing where there is no such folder with anything in it.
fn license_in(folder: &Path) -> Option<Known> {
    let mut files = BTreeMap::new();
    let mut is_here = false;
    // Python's installed packages keep license texts one folder deeper (PEP 639).
    let paths =
        [folder.to_owned(), folder.join("licenses")].map(|folder| store::list(&folder).unwrap_or_default());
    for path in paths.into_iter().flatten() {
        is_here = true;
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Ok(name) = name.parse::<WorkPath>() else { continue };
        if !detect::declares(&name) {
            continue;
        }
        let Ok(bytes) = store::read(&path, MAX_FILE) else { continue };
        let facts = detect::in_bytes(&name, &bytes);
        files.insert(name, FileInput { facts, size: bytes.len() as u64, mode: Mode::File });
    }
    if !is_here {
        return None;
    }
    let concluded = detect::conclude(&files);
    Some(concluded.license.map_or_else(
        || {
            // Where a manifest says what cannot be read, no text beside it decides.
            let said = concluded.problems.iter().find_map(|problem| match &problem.kind {
                ProblemKind::UnclearPackage(text) => Some(format!("{} says {text}", problem.path)),
                ProblemKind::UnclearLicenseFile(why) => Some(format!("{}: {why}", problem.path)),
                ProblemKind::BrokenPackage(reason) => {
                    Some(format!("{} cannot be read: {reason}", problem.path))
                }
                _ => None,
            });
            Known::Unclear(said)
        },
        Known::License,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_way_is_told_by_its_ends() {
        let package =
            |at: usize| Package { name: format!("p{at}"), needs: vec![at + 1], ..Package::default() };
        let mut graph =
            Graph { packages: (0..30_000).map(package).collect(), roots: vec![0], is_whole: false };
        graph.packages[29_999].needs = vec![0];
        let found = graph.dependencies(&"a.lock".parse().unwrap());
        let chain = |at: usize| found[at].chain.join(" ");
        assert_eq!(chain(0), "p0");
        assert_eq!(chain(7), "p0 p1 p2 p3 p4 p5 p6 p7");
        assert_eq!(chain(8), "p0 p1 … 4 more … p6 p7 p8");
        assert_eq!(chain(29_999), "p0 p1 … 29995 more … p29997 p29998 p29999");
    }
}
