// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `export`: a record in the forms other people's tools read.

use std::path::PathBuf;

use super::Exit;
use super::context::Context;
use super::error::CliError;
use super::manifest::open_record;
use crate::domain::{Digest, shown};
use crate::export;
use crate::manifest::Record;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copyhold export sha256sums | sha256sum -c\n  copyhold export allowed-signers -o allowed_signers"
)]
pub(crate) struct Args {
    /// What to write
    #[command(subcommand)]
    form: Form,
    /// A bundle, or the root of a project
    #[arg(long, default_value = ".", value_name = "RECORD", global = true)]
    record: PathBuf,
}

#[derive(Debug, clap::Subcommand)]
enum Form {
    /// The ed25519 keys, as openssl and others take them
    Pem,
    /// The OpenSSH keys, as `ssh-keygen -Y verify` takes them
    AllowedSigners,
    /// The works' digests, as `sha256sum -c` takes them
    Sha256sums,
    /// The newest manifest or a statement, as a Sigstore bundle; one line for each ed25519 signature
    SigstoreBundle {
        /// The statement's id; otherwise the manifest
        statement: Option<Digest>,
    },
    /// The newest manifest and every accepted statement, an envelope a line
    IntotoJsonl,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let record = open_record(&args.record)?;
    if record.signed().is_none() && !matches!(args.form, Form::Sha256sums) {
        return Err(CliError::new(format!(
            "the record in {} is signed by nobody",
            shown(&args.record.to_string_lossy())
        ))
        .hint("only its digests can be exported: `copyhold export sha256sums`"));
    }
    match &args.form {
        Form::Pem => {
            let keys = export::pem(&record);
            context.print(some(keys, "no ed25519 key", "allowed-signers")?);
        }
        Form::AllowedSigners => {
            let keys = export::allowed_signers(&record);
            context.print(some(keys, "no OpenSSH key", "pem")?);
        }
        Form::Sha256sums => context.print(export::sha256sums(&record)),
        Form::SigstoreBundle { statement } => context.print(sigstore(&record, *statement)?),
        Form::IntotoJsonl => context.print(export::in_toto_lines(&record)),
    }
    Ok(Exit::Clean)
}

/// An empty file would be taken for an answer.
fn some(text: String, what: &str, other: &str) -> Result<String, CliError> {
    if text.is_empty() {
        return Err(CliError::new(format!("the record has {what}"))
            .hint(format!("its keys are of the other kind: `copyhold export {other}`")));
    }
    Ok(text)
}

fn sigstore(record: &Record, statement: Option<Digest>) -> Result<String, CliError> {
    let Some(bundles) = export::sigstore_bundles(record, statement) else {
        let id = statement.map_or_else(String::new, |id| id.to_string());
        return Err(CliError::new(format!("the record has no statement {id}"))
            .hint("`copyhold manifest show --format json` lists them"));
    };
    let lines = bundles.iter().fold(String::new(), |text, bundle| text + &format!("{bundle}\n"));
    some(lines, "no ed25519 signature on it, and a Sigstore bundle holds no other", "intoto-jsonl")
}
