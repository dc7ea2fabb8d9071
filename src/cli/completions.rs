// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `completions` and `man`: what shells and `man` need, from the one definition of the arguments.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::context::Context;
use super::error::CliError;
use super::{Cli, Exit};
use crate::domain::shown;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: copyhold completions bash > ~/.local/share/bash-completion/completions/copyhold"
)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copyhold man > ~/.local/share/man/man1/copyhold.1\n  copyhold man verify > ~/.local/share/man/man1/copyhold-verify.1"
)]
pub(crate) struct ManArgs {
    /// The command the page is about; otherwise copyhold as a whole
    command: Option<String>,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "copyhold", &mut script);
    context.print_exact(script);
    Exit::Clean
}

pub(crate) fn man(args: &ManArgs, context: &mut Context) -> Result<Exit, CliError> {
    let mut whole = Cli::command();
    // Puts the options of every command into each.
    whole.build();
    let command = match &args.command {
        None => whole,
        Some(name) => {
            let found = whole.find_subcommand(name).cloned().ok_or_else(|| {
                CliError::new(format!("there is no command `{}`", shown(name)))
                    .hint("`copyhold --help` lists them")
            })?;
            let title = format!("copyhold-{}", found.get_name());
            found.name(title)
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    context.print_exact(page);
    Ok(Exit::Clean)
}
