// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What speaks for files by their paths: every `REUSE.toml` of a tree, and `.reuse/dep5` (REUSE 3.3,
//! order of precedence).

use std::collections::BTreeMap;

use crate::domain::WorkPath;

use super::reuse::{self, Annotation, Precedence, Toml};

/// The `REUSE.toml` files of a tree by their folders, `""` for the root, and its `.reuse/dep5`.
#[derive(Debug, Default)]
pub struct Tables<'t> {
    tomls: BTreeMap<&'t str, Vec<(&'t WorkPath, &'t Toml)>>,
}

impl<'t> Tables<'t> {
    /// Takes the files that could be read. Those in folders REUSE leaves out say nothing.
    pub fn new(files: impl IntoIterator<Item = (&'t WorkPath, &'t Toml)>) -> Self {
        let mut tomls: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (path, toml) in files {
            if path.as_str() == reuse::DEP5 {
                tomls.entry("").or_default().push((path, toml));
            } else if !reuse::is_in_ignored_folder(path) {
                tomls.entry(folder(path)).or_default().push((path, toml));
            }
        }
        Self { tomls }
    }

    /// Returns the tables that speak for a path.
    pub fn of(&self, path: &WorkPath) -> Speaking<'t> {
        let mut tables: Vec<(&'t WorkPath, &'t Annotation)> = Vec::new();
        for folder in folders(path) {
            for (source, toml) in self.tomls.get(folder).into_iter().flatten() {
                let relative = path.as_str()[folder.len()..].trim_start_matches('/');
                tables.extend(toml.annotation(relative).map(|table| (*source, table)));
            }
        }
        if let Some(at) = tables.iter().position(|(_, table)| table.precedence == Precedence::Override) {
            tables.truncate(at + 1);
        }
        Speaking { tables }
    }
}

/// The tables that speak for one path, from the root's down to the topmost that overrides.
#[derive(Debug)]
pub struct Speaking<'t> {
    tables: Vec<(&'t WorkPath, &'t Annotation)>,
}

/// What one table gives a path.
#[derive(Debug, Clone, Copy)]
pub struct Given<'t> {
    /// The file the table is in.
    pub source: &'t WorkPath,
    /// The table.
    pub table: &'t Annotation,
    /// Whether its licenses count.
    pub license: bool,
    /// Whether its copyright notices count.
    pub copyright: bool,
}

impl<'t> Speaking<'t> {
    /// Returns whether the tables stand alone: neither the file nor its sidecar is read.
    pub fn overrides(&self) -> bool {
        self.tables.last().is_some_and(|(_, table)| table.precedence == Precedence::Override)
    }

    /// Returns what the tables with this precedence say, the nearest first.
    pub fn with(&self, precedence: Precedence) -> impl Iterator<Item = Given<'t>> {
        let tables = self.tables.iter().rev().filter(move |(_, table)| table.precedence == precedence);
        tables.map(|(source, table)| Given { source, table, license: true, copyright: true })
    }

    /// Returns what fills the halves a file lacks: for each the nearest table that has it.
    pub fn closest(&self, lacks_license: bool, lacks_copyright: bool) -> impl Iterator<Item = Given<'t>> {
        let find = |has: fn(&Annotation) -> bool| self.with(Precedence::Closest).find(|g| has(g.table));
        let license = find(|table| !table.statements.is_empty()).filter(|_| lacks_license);
        let copyright = find(|table| !table.copyright.is_empty()).filter(|_| lacks_copyright);
        let license = license.map(|given| Given { copyright: false, ..given });
        let copyright = copyright.map(|given| Given { license: false, ..given });
        license.into_iter().chain(copyright)
    }
}

/// Returns the folder of a path as text, `""` for the root.
pub(super) fn folder(path: &WorkPath) -> &str {
    path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns a path's folders, from the root, `""`, to its own.
pub(super) fn folders(path: &WorkPath) -> impl DoubleEndedIterator<Item = &str> {
    let text = path.as_str();
    let inner: Vec<usize> = text.match_indices('/').map(|(at, _)| at).collect();
    std::iter::once("").chain(inner.into_iter().map(|at| &text[..at]))
}
