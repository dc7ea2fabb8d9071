// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Whether a tree means the same everywhere: names, links, pointers.

use std::collections::BTreeMap;

use crate::domain::{Mode, WorkPath};
use crate::finding::Finding;
use crate::rule::Problem;
use crate::scan::Scan;

/// Adds what is not portable about the tree.
pub(crate) fn check(scan: &Scan, findings: &mut Vec<Finding>) {
    let mut folded: BTreeMap<String, &WorkPath> = BTreeMap::new();
    for work in &scan.works {
        if let Some(other) = folded.insert(work.path.folded(), &work.path) {
            findings.push(Finding::on(&work.path, Problem::PathCollision { other: other.clone() }));
        }
        if let Some(problem) = work.path.problem() {
            findings.push(Finding::on(&work.path, Problem::UnportablePath { problem }));
        }
        if work.is_lfs_pointer {
            findings.push(Finding::on(&work.path, Problem::LfsPointer {}));
        }
        if let Some(target) = work.target.as_ref().filter(|target| leaves_tree(&work.path, target)) {
            findings.push(Finding::on(&work.path, Problem::LinkLeavesTree { target: target.clone() }));
        }
        if work.mode == Mode::Submodule {
            findings.push(Finding::on(&work.path, Problem::Submodule {}));
        }
    }
}

/// Returns whether a link at `path` points outside of the tree, read as text alone.
fn leaves_tree(path: &WorkPath, target: &str) -> bool {
    if target.starts_with('/') {
        return true;
    }
    let mut depth = path.as_str().matches('/').count();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_followed_as_text_only() {
        for (path, target, expected) in [
            ("link", "file", false),
            ("link", "../file", true),
            ("a/b/link", "../../file", false),
            ("a/b/link", "../../../file", true),
            ("link", "/etc/passwd", true),
            ("link", "a/../../b", true),
        ] {
            assert_eq!(leaves_tree(&path.parse().unwrap(), target), expected, "{path} -> {target}");
        }
    }
}
