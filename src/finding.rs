// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! One thing that is wrong, and where.

use crate::domain::WorkPath;
use crate::rule::{Level, Problem};
use crate::work::TreeProblem;

/// One thing that is wrong: where, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The work it is about; the tree as a whole where there is none.
    pub path: Option<WorkPath>,
    /// The line it is on, from 1.
    pub line: Option<u32>,
    /// What is wrong.
    pub problem: Problem,
}

impl Finding {
    /// Something wrong with the tree as a whole.
    pub fn whole(problem: Problem) -> Self {
        Self { path: None, line: None, problem }
    }

    /// Something wrong with one work.
    pub fn on(path: &WorkPath, problem: Problem) -> Self {
        Self { path: Some(path.clone()), line: None, problem }
    }

    /// Something wrong on one line of a work.
    pub fn at(path: &WorkPath, line: u32, problem: Problem) -> Self {
        Self { path: Some(path.clone()), line: Some(line), problem }
    }

    /// What a tree's listing or reading could not deal with.
    pub fn unseen(problem: &TreeProblem) -> Self {
        let path = problem.path().to_str().and_then(|text| text.parse().ok());
        let problem = match problem {
            TreeProblem::NotUtf8(name) => Problem::UnrecordableName {
                name: name.as_os_str().as_encoded_bytes().escape_ascii().to_string(),
                reason: "it is not UTF-8".into(),
            },
            TreeProblem::Refused(name, why) => Problem::UnrecordableName {
                name: name.as_os_str().as_encoded_bytes().escape_ascii().to_string(),
                reason: why.to_string(),
            },
            TreeProblem::Special(_) => Problem::SpecialFile {},
            TreeProblem::Unreadable(_, error) => Problem::Unreadable { reason: error.to_string() },
            TreeProblem::Changed(_) => Problem::ChangedWhileRead {},
            TreeProblem::NestedRepository(_) | TreeProblem::Missing(_) => {
                Problem::NotLookedAt { reason: problem.reason() }
            }
        };
        Self { path, line: None, problem }
    }

    /// Returns how much it weighs.
    pub fn level(&self) -> Level {
        self.problem.rule().level
    }
}

/// Sorts findings by path, line, code and sentence, and drops repetitions.
pub fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    let order = |f: &Finding| (f.path.clone(), f.line, f.problem.rule().code, f.problem.to_string());
    findings.sort_by_cached_key(order);
    findings.dedup();
    findings
}

/// What a run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing at or above the threshold.
    Pass,
    /// A finding at or above the threshold.
    Fail,
    /// Something could not be looked at, so neither can be said.
    Undecided,
}

/// Returns what `findings` come to when those at `fail_on` or above fail. What could not be looked
/// at outweighs everything: a verdict on half a tree is none.
pub fn verdict(findings: &[Finding], fail_on: Option<Level>) -> Verdict {
    if findings.iter().any(|f| f.problem.is_blind()) {
        Verdict::Undecided
    } else if fail_on.is_some_and(|threshold| findings.iter().any(|f| f.level() >= threshold)) {
        Verdict::Fail
    } else {
        Verdict::Pass
    }
}
