// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `compare`: what of one tree or file is in another.

use std::path::PathBuf;

use super::Exit;
use super::context::{Context, Format};
use super::error::CliError;
use super::manifest::{read_whole, record_of};
use crate::config::Traces;
use crate::domain::shown;
use crate::report;
use crate::verify::{Compared, Confidence, Upstream, compare};

const AFTER_HELP: &str = "\
Nothing is judged: `copyhold verify B --upstream A` does that.

Examples:
  copyhold compare ../libmerge .
  copyhold compare ../libmerge/src/merge.c src/join.c

Exit: 0 compared, 2 something could not be read.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The tree or file that may have been taken from
    #[arg(value_name = "A")]
    from: PathBuf,
    /// The tree or file that is looked at
    #[arg(value_name = "B")]
    to: PathBuf,
    /// Also tell of works that may come from one another, but as likely do not
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let both = [&args.from, &args.to];
    if both.iter().all(|path| path.exists()) && args.from.is_dir() != args.to.is_dir() {
        return Err(CliError::new("a file and a folder cannot be compared")
            .hint("give two files, or two folders; a folder may hold one file"));
    }
    let (tree, then) = read_whole(&args.from, context)?;
    let (now_tree, now) = read_whole(&args.to, context)?;
    let record = record_of(&args.from, &tree, &then, None, Traces::None, context)?;
    let name = args.from.to_string_lossy().into_owned();
    let works = [then.works.len(), now.works.len()];
    let upstream = Upstream { name: name.clone(), record, tree: Some(tree) };
    let mut found = compare(upstream, &then, Compared { tree: &now_tree, scan: &now });
    found.retain(|one| args.all || one.confidence.is_none_or(|sure| sure > Confidence::Possible));
    match context.format {
        Format::Json => context.print_json(&report::compare_document(works, found))?,
        Format::Text => {
            context.print(report::compare_text(&shown(&name).to_string(), works, &found, context.style()));
        }
    }
    Ok(Exit::Clean)
}
