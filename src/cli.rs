// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Arguments to calls. The only layer that prints, reads the clock, the environment and secrets.

mod audit;
mod compare;
mod compat;
mod completions;
mod consent;
mod context;
mod derive;
mod error;
mod explain;
mod export;
mod hash;
mod import;
mod init;
mod key;
mod license;
mod manifest;
mod person;
mod project;
mod root;
mod scan;
mod schema;
mod sign;
mod upstream;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use self::context::{Context, Global};
use self::error::CliError;

/// How a command that worked ended. What did not work is a [`CliError`] and exits 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: nothing to complain of.
    Clean,
    /// 1: findings at or above `--fail-on`.
    Findings,
    /// 2: something could not be decided; the report says what.
    Undecided,
    /// What `compat` alone uses: 3 conditional, 4 unclear.
    Verdict(u8),
}

/// Signed provenance for works of the commons: sign a contribution, audit a license chain, verify a
/// derivative.
#[derive(Debug, clap::Parser)]
#[command(
    name = "copyhold",
    version,
    max_term_width = 100,
    after_help = "First steps:\n  copyhold audit                                     judge a repository\n  copyhold init && copyhold sign && copyhold manifest  sign and record your own\n  copyhold verify . --upstream NAME.copyhold         hold a derivative against its upstream\n\nExit: 0 clean, 1 findings at or above --fail-on, 2 could not decide, 130 interrupted."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a tree a project: its policy, and a first root
    Init(init::Args),
    /// Sign a statement about works: who made them, in which role, under which license, from where
    Sign(Box<sign::Args>),
    /// Judge a project's license chain
    Audit(audit::Args),
    /// Hold a derivative against the records of its upstreams
    Verify(verify::Args),
    /// Make and sign the project's next record; show, compare, prove and bundle records
    Manifest(manifest::Args),
    /// Vendor, pin and check the projects this one derives from
    Upstream(upstream::Args),
    /// Find the links to upstreams that nobody declares, to go through and sign them
    Derive(derive::Args),
    /// Make, list, show, import and replace keys
    Key(key::Args),
    /// Show and change who may decide for the project
    Root(root::Args),
    /// Ask contributors for another license, answer, and see who is missing
    Consent(consent::Args),
    /// Tell what a tree's works say of their licenses, without judgement
    Scan(scan::Args),
    /// Print the digests of files and trees, as sha256sum does
    Hash(hash::Args),
    /// Tell what of one tree or file is in another, line by line, and what became of the notices
    Compare(compare::Args),
    License(license::Args),
    Compat(compat::Args),
    /// Take over what git and lists of people say of who had a part
    Import(import::Args),
    /// Write a record in the forms other people's tools read
    Export(export::Args),
    /// Explain a finding's code, or a topic
    Explain(explain::Args),
    /// Print the JSON schema of a document
    Schema(schema::Args),
    /// Print a script with which a shell completes copyhold's arguments
    Completions(completions::Args),
    /// Print the manual page, as roff
    Man(completions::ManArgs),
}

/// Runs the command line `args` (the program's name first) and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return context::usage(&error),
    };
    let mut context = Context::new(&cli.global);
    let outcome = dispatch(&cli.command, &mut context);
    context.finish(outcome)
}

fn dispatch(command: &Command, context: &mut Context) -> Result<Exit, CliError> {
    match command {
        Command::Import(args) => import::run(args, context),
        Command::Init(args) => init::run(args, context),
        Command::Sign(args) => sign::run(args, context),
        Command::Audit(args) => audit::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Manifest(args) => manifest::run(args, context),
        Command::Upstream(args) => upstream::run(args, context),
        Command::Key(args) => key::run(args, context),
        Command::Derive(args) => derive::run(args, context),
        Command::Root(args) => root::run(args, context),
        Command::Consent(args) => consent::run(args, context),
        Command::Compare(args) => compare::run(args, context),
        Command::Compat(args) => compat::run(args, context),
        Command::License(args) => license::run(args, context),
        Command::Hash(args) => hash::run(args, context),
        Command::Scan(args) => scan::run(args, context),
        Command::Export(args) => export::run(args, context),
        Command::Explain(args) => explain::run(args, context),
        Command::Schema(args) => schema::run(args, context),
        Command::Completions(args) => Ok(completions::run(args, context)),
        Command::Man(args) => completions::man(args, context),
    }
}
