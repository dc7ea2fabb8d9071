// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A tree against its own record: are these bytes those bytes.

use std::collections::BTreeSet;

use super::ByPath;
use crate::domain::WorkPath;
use crate::finding::Finding;
use crate::manifest::{Record, WorkLeaf};
use crate::rule::Problem;
use crate::scan::Scan;

pub(super) fn check(scan: &Scan, record: &Record, findings: &mut Vec<Finding>) {
    let recorded: ByPath<'_, &WorkLeaf> = record.works().map(|work| (&work.path, work)).collect();
    let unseen: BTreeSet<WorkPath> = scan
        .problems
        .iter()
        .filter_map(|problem| problem.path().to_str().and_then(|text| text.parse().ok()))
        .collect();
    for work in &scan.works {
        let Some(leaf) = recorded.get(&work.path) else {
            findings.push(Finding::on(&work.path, Problem::WorkNotRecorded {}));
            continue;
        };
        let (recorded, actual) = (leaf.sha256, work.sha256);
        if recorded != actual {
            findings.push(Finding::on(
                &work.path,
                if work.with_lf == Some(recorded) {
                    Problem::LineEndsChanged { recorded, actual }
                } else {
                    Problem::DigestMismatch { recorded, actual }
                },
            ));
        } else if leaf.mode != work.mode {
            let problem = Problem::ModeChanged { recorded: leaf.mode, actual: work.mode };
            findings.push(Finding::on(&work.path, problem));
        }
    }
    for (path, leaf) in recorded {
        // What could not be read is there, and is told of as that.
        if scan.work(path).is_none() && !unseen.contains(path) {
            findings.push(Finding::on(path, Problem::WorkMissing { recorded: leaf.sha256 }));
        }
    }
}
