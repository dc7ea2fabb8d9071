// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `copyhold license`: what a license gives and asks, its text, and which outbound license fits.

mod suggest;

use std::fmt::Write as _;

use super::Exit;
use super::compat::section;
use super::context::{Context, Format};
use super::error::CliError;
use super::project::licenses_here;
use crate::domain::{LicenseExpr, LicenseName};
use crate::license::{self, Profile, Verdict};

/// What a license gives and asks
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "Example:\n  copyhold license 'GPL-2.0-or-later WITH Classpath-exception-2.0'"
)]
pub(crate) struct Args {
    /// An SPDX license id or expression
    #[arg(value_name = "ID|EXPR", required = true)]
    expression: Option<LicenseExpr>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the text of a license
    #[command(after_help = "Example:\n  copyhold license text MIT")]
    Text {
        /// An SPDX license or exception id
        #[arg(value_name = "ID")]
        id: LicenseName,
    },
    Suggest(suggest::Args),
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    match (&args.command, &args.expression) {
        (Some(Command::Text { id }), _) => {
            let id = &id.canonical();
            let text = license::text(id)
                .ok_or_else(|| unknown(id, format!("{id} is not on the SPDX list, so there is no text")))?;
            match context.format {
                Format::Text => context.print(format!("{}\n", text.trim_end())),
                Format::Json => context.print_json(&serde_json::json!({
                    "schema": "https://w3id.org/copyhold/license-text/v0.1", "license": id, "text": text
                }))?,
            }
        }
        (Some(Command::Suggest(args)), _) => return suggest::run(args, context),
        (None, Some(expression)) => {
            let profile = license::profile(expression, &licenses_here()?)
                .map_err(|name| unknown(&name, format!("there are no facts on {name}")))?;
            match context.format {
                Format::Text => context.print(described(&profile)),
                Format::Json => context.print_json(&profile)?,
            }
        }
        (None, None) => return Err(CliError::new("a license id or expression is missing")),
    }
    Ok(Exit::Clean)
}

fn unknown(name: &LicenseName, message: String) -> CliError {
    let near = if name.is_ref() { Vec::new() } else { license::nearest(name) };
    let error = CliError::new(message);
    if near.is_empty() { error } else { error.hint(format!("near it: {}", near.join(", "))) }
}

/// Returns what to tell a person who named an id that is not on the SPDX list and that has no facts.
pub(super) fn unknown_hint(name: &LicenseName) -> Option<String> {
    if name.is_listed() || name.is_ref() || matches!(name.as_str(), "NONE" | "NOASSERTION") {
        return None;
    }
    let near = license::nearest(name);
    let near = if near.is_empty() { String::new() } else { format!("; near it: {}", near.join(", ")) };
    Some(format!("note: {name} is not on the SPDX list{near}"))
}

fn described(profile: &Profile) -> String {
    let mut out = String::new();
    for (at, term) in profile.terms.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let kinds: Vec<_> = term.kinds.iter().map(|kind| kind.says()).collect();
        let _ = writeln!(out, "{}: {}, for {}", term.license, term.class.says(), kinds.join(", "));
        let _ = writeln!(out, "  reaches {}\n  {}", term.reach.says(), term.source);
        section(&mut out, "you may", term.rights.iter().map(|right| (*right).to_owned()));
        section(
            &mut out,
            "you may not, or not always",
            term.restrictions.iter().map(|(what, cite)| format!("{} ({cite})", what.says())),
        );
        section(
            &mut out,
            "when you share it or a derivative",
            term.duties.iter().map(|duty| {
                let fields = if duty.fields.is_empty() {
                    String::new()
                } else {
                    format!(": {}", duty.fields.join(", "))
                };
                format!("{}{fields} ({})", duty.code.says(), duty.cite)
            }),
        );
        section(&mut out, "exception", term.exception.iter().cloned());
        for (title, wanted) in [
            ("a derivative may go under", Verdict::Allowed),
            ("on conditions, see `copyhold compat`", Verdict::Conditional),
        ] {
            let ids: Vec<_> = term
                .flows_into
                .iter()
                .filter(|(_, verdict)| **verdict == wanted)
                .map(|(id, _)| id.as_str())
                .collect();
            section(&mut out, title, (!ids.is_empty()).then(|| ids.join(", ")).into_iter());
        }
    }
    out
}
