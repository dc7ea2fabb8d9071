// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `manifest`: makes and signs a project's next record, shows, compares, proves and bundles records.

mod bundle;
mod diff;
mod make;
mod quorum;
mod traces;
mod unsigned;
mod view;

use std::path::PathBuf;

use super::Exit;
use super::context::Context;
use super::error::CliError;
use crate::config::Traces;
use crate::domain::WorkPath;

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  copyhold manifest\n  copyhold manifest --accept-key 'SHA256:Xtf…=Bob'\n  copyhold manifest bundle -o libmerge.copyhold"
)]
pub(crate) struct Args {
    #[command(flatten)]
    make: make::Args,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show what a record says: the project's, or that of a bundle
    Show {
        /// A bundle, or the root of a project
        #[arg(default_value = ".")]
        record: PathBuf,
    },
    /// Compare two records, or two versions of the project's; exits 1 where a license became weaker
    Diff {
        /// A bundle, the root of a project, or a version number of the project's own record
        before: String,
        /// The same
        after: String,
    },
    /// Prove that one work is in the record, so that it can be checked without the rest
    Prove {
        /// The work
        #[arg(required_unless_present = "check")]
        path: Option<WorkPath>,
        /// Check such a proof instead
        #[arg(long, value_name = "FILE", conflicts_with = "path")]
        check: Option<PathBuf>,
        /// The record to prove from or check against: a bundle, or the root of a project
        #[arg(long, default_value = ".", value_name = "RECORD")]
        record: PathBuf,
    },
    /// Write the record and all it refers to as one file, to NAME.copyhold unless --output says where
    Bundle,
    /// Write an unsigned record of somebody's tree as a bundle
    For {
        /// The tree
        tree: PathBuf,
        /// What the project is called; otherwise as its folder is
        #[arg(long)]
        name: Option<String>,
        /// How much of each work's fingerprints the record has
        #[arg(long, value_enum, default_value_t, value_name = "HOW-MUCH")]
        traces: Traces,
    },
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    match &args.action {
        None => make::next(&args.make, context),
        Some(Action::Show { record }) => view::show(record, context),
        Some(Action::Diff { before, after }) => diff::diff(before, after, context),
        Some(Action::Prove { path: Some(path), record, .. }) => view::prove(path, record, context),
        Some(Action::Prove { check, record, .. }) => view::check_proof(check.as_deref(), record, context),
        Some(Action::Bundle) => bundle::bundle(context),
        Some(Action::For { tree, name, traces }) => {
            unsigned::unsigned(tree, name.as_deref(), *traces, context)
        }
    }
}

pub(crate) use unsigned::{read_whole, record_of, record_of_tree};
pub(crate) use view::open as open_record;
