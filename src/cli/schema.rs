// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `schema`: the JSON schema of each document.

use super::Exit;
use super::context::Context;
use super::error::CliError;
use crate::domain::shown;
use crate::schema::SCHEMAS;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: copyhold schema scan > scan.schema.json")]
pub(crate) struct Args {
    /// The document; without it, their names are listed
    name: Option<String>,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    match &args.name {
        None => SCHEMAS.iter().for_each(|(name, _)| context.print(format!("{name}\n"))),
        Some(wanted) => match SCHEMAS.iter().find(|(name, _)| name == wanted) {
            Some((_, schema)) => context.print(schema),
            None => {
                return Err(CliError::new(format!("there is no schema `{}`", shown(wanted)))
                    .hint("`copyhold schema` lists their names"));
            }
        },
    }
    Ok(Exit::Clean)
}
