// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `copyhold license`: what a license gives and asks, its text, and which outbound license fits.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Exit;
use super::compat::{section, style};
use super::context::{Context, Format};
use super::error::CliError;
use crate::domain::{LicenseExpr, LicenseName, LicenseTerm};
use crate::license::{self, Profile, Suggestions, Use, Verdict};

/// Blocked licenses shown to people; JSON has them all.
const MAX_BLOCKED: usize = 10;

/// Blocked licenses shown where nothing fits: those nearest to what goes in.
const MAX_NEAR_MISSES: usize = 5;

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
    /// Find the licenses under which everything may go out together, strongest protection first
    #[command(after_help = "Example:\n  copyhold license suggest MIT Apache-2.0 LGPL-2.1-or-later")]
    Suggest {
        /// SPDX expressions of all that goes in
        #[arg(value_name = "EXPR", required = true)]
        expressions: Vec<LicenseExpr>,
    },
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
        (Some(Command::Suggest { expressions }), _) => {
            let all = LicenseExpr::all_of(expressions.iter().cloned())
                .ok_or_else(|| CliError::new("there is no expression to suggest from"))?;
            let found = license::suggest(&all);
            for name in all.names() {
                if let Some(hint) = unknown_hint(name) {
                    context.say(hint);
                }
            }
            match context.format {
                Format::Text => context.print(suggested(&found)),
                Format::Json => context.print_json(&found)?,
            }
            if found.possible.is_empty() {
                return Ok(Exit::Findings);
            }
        }
        (None, Some(expression)) => {
            let profile = license::profile(expression)
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

fn suggested(found: &Suggestions) -> String {
    let mut out = String::new();
    if found.possible.is_empty() {
        let _ = writeln!(out, "no license there are facts on fits all of {}", found.from);
        section(&mut out, "conflict", conflict(&found.from).into_iter());
    }
    section(
        &mut out,
        "possible, strongest protection first",
        found.possible.iter().map(|one| {
            let style = style(one.verdict);
            format!("{style}{}{style:#} {} ({})", one.verdict, one.license, one.class.says())
        }),
    );
    let nothing_fits = found.possible.is_empty();
    let most = if nothing_fits { MAX_NEAR_MISSES } else { MAX_BLOCKED };
    let family = |term: &LicenseTerm| license::facts(term).map(|facts| facts.family.clone());
    let families: BTreeSet<_> = found.from.terms().into_iter().filter_map(family).collect();
    let blocked: Vec<_> = found
        .blocked
        .iter()
        .filter(|one| {
            let own = one.license.parse::<LicenseExpr>().ok().and_then(|expr| family(expr.as_term()?));
            !nothing_fits || own.is_some_and(|own| families.contains(&own))
        })
        .collect();
    section(
        &mut out,
        "blocked",
        blocked.iter().take(most).map(|one| {
            let why = one.why.first().map(|why| format!(": {}, {}: {}", why.license, why.clause, why.text));
            format!("{}{}", one.license, why.unwrap_or_default())
        }),
    );
    let rest = found.blocked.len() - blocked.len().min(most);
    if rest > 0 {
        let _ = writeln!(out, "  and {rest} more (--format json lists them)");
    }
    out
}

/// Returns the first two terms that may not go into each other, with the clause in the way.
fn conflict(from: &LicenseExpr) -> Option<String> {
    let terms: Vec<_> = from.terms().into_iter().map(|term| LicenseExpr::from_term(term.clone())).collect();
    terms.iter().enumerate().find_map(|(at, a)| {
        terms[at + 1..].iter().find_map(|b| {
            let [into, back] = [(a, b), (b, a)].map(|(x, y)| license::judge(x, y, Use::Derivative));
            let stuck = into.verdict < Verdict::Conditional && back.verdict < Verdict::Conditional;
            let why = into.why.first().filter(|_| stuck)?;
            Some(format!("{a} with {b}: {} ({}, {})", why.text, why.license, why.clause))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_fits_the_conflict_comes_first() {
        let shown = suggested(&license::suggest(&"Apache-2.0 AND GPL-2.0-only AND MIT".parse().unwrap()));
        let mut lines = shown.lines();
        assert!(lines.next().unwrap().starts_with("no license"), "{shown}");
        assert_eq!(lines.next(), Some("conflict:"));
        assert!(lines.next().unwrap().contains("Apache-2.0 with GPL-2.0-only: "), "{shown}");
        let blocked: Vec<_> = lines.skip_while(|line| *line != "blocked:").skip(1).collect();
        assert!((2..=MAX_NEAR_MISSES + 1).contains(&blocked.len()), "{shown}");
        assert!(
            blocked
                .iter()
                .all(|l| ["GPL-", "Apache-", "MIT", "and "].iter().any(|s| l.trim().starts_with(s)))
        );
    }
}
