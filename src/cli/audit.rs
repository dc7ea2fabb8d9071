// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `audit`: a project's license chain.

use std::path::PathBuf;

use super::Exit;
use super::context::{Context, FailOn, Format};
use super::error::CliError;
use super::project::Project;
use crate::audit::{Subject, audit};
use crate::domain::shown;
use crate::finding::{Verdict, sorted, verdict};
use crate::report;
use crate::scan::{Wanted, scan};
use crate::verify::unreadable_record;
use crate::work::Tree;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copyhold audit --fail-on warning\n\nExit: 0 nothing at or above --fail-on, 1 something, 2 could not decide."
)]
pub(crate) struct Args {
    /// The tree; otherwise the project that holds the current folder
    path: Option<PathBuf>,
    /// What makes the audit fail
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "LEVEL")]
    fail_on: FailOn,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(args.path.as_deref())?;
    let tree = Tree::open(&project.root)?;
    let found = scan(&tree, &project.config, Wanted::default());
    let statements = project.statements();
    let mut findings = audit(&Subject {
        tree_problems: tree.problems(),
        scan: &found,
        statements: &statements,
        config: &project.config,
        now: context.now()?,
    });
    let broken = project.roots.as_ref().err().or(project.record.as_ref().err());
    findings.extend(broken.map(|error| unreadable_record("the project's record", error)));
    let is_blind = project.roots.is_err() || project.record.is_err();
    let findings = sorted(findings);
    // Of a record that does not hold, nothing can be said.
    let verdict = if is_blind { Verdict::Undecided } else { verdict(&findings, args.fail_on.level()) };
    let works = found.works.len();
    match context.format {
        Format::Json => context.print_json(&report::audit_document(works, &findings, verdict))?,
        Format::Text => {
            let text = report::audit_text(works, &findings, verdict, context.style());
            context.print(text);
            if works == 0 {
                context.complain(format!("warning: {} has no works", shown(&project.root.to_string_lossy())));
            }
        }
    }
    Ok(exit(verdict))
}

/// Returns the exit code of a verdict.
pub(crate) fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Clean,
        Verdict::Fail => Exit::Findings,
        Verdict::Undecided => Exit::Undecided,
    }
}
