// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `copyhold license suggest`: which outbound license fits a tree, or some licenses taken together.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::super::Exit;
use super::super::compat::{section, style};
use super::super::context::{Context, Format};
use super::super::error::CliError;
use super::super::project::{Project, licenses_here};
use super::unknown_hint;
use crate::audit::ingredients;
use crate::domain::{LicenseExpr, shown};
use crate::license::{self, Licenses, Suggestion, Suggestions, Use, Verdict};
use crate::report::count;
use crate::scan::{Wanted, scan};
use crate::work::Tree;

/// Blocked licenses shown to people for each clause; JSON has them all.
const MAX_BLOCKED: usize = 6;

/// Clauses shown that block.
const MAX_CLAUSES: usize = 5;

/// Find the licenses under which everything may go out together, strongest protection first
///
/// Exits 0 when there is one, 1 when there is none.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copyhold license suggest .\n  copyhold license suggest MIT Apache-2.0 LGPL-2.1-or-later"
)]
pub(super) struct Args {
    /// A tree, or SPDX expressions of all that goes in
    #[arg(value_name = "PATH|EXPR", required = true)]
    of: Vec<String>,
}

pub(super) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let tree = match &args.of[..] {
        [one] => Some(Path::new(one)).filter(|path| path.is_dir() && !is_license(one)),
        _ => None,
    };
    let (from, licenses) = match tree {
        Some(path) => of_tree(path, context)?,
        None => (of_expressions(&args.of)?, licenses_here()?),
    };
    let found = license::suggest(&from, &licenses)
        .ok_or_else(|| CliError::new("there is nothing to find a license for"))?;
    for name in found.from.names() {
        if let Some(hint) = unknown_hint(name) {
            context.say(hint);
        }
    }
    match context.format {
        Format::Text => context.print(text(&found, &licenses)),
        Format::Json => context.print_json(&found)?,
    }
    Ok(if found.possible.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// A folder may be named like a license, as `MIT`; then the license is meant, and `./MIT` the folder.
fn is_license(text: &str) -> bool {
    text.parse::<LicenseExpr>().is_ok_and(|expression| expression.names().iter().all(|name| name.is_listed()))
}

fn of_expressions(texts: &[String]) -> Result<Vec<(LicenseExpr, Use)>, CliError> {
    let read = |text: &String| match text.parse() {
        Ok(expression) => Ok((expression, Use::Derivative)),
        Err(error) => {
            Err(CliError::new(format!("{} is no folder, and no SPDX expression: {error}", shown(text))))
        }
    };
    texts.iter().map(read).collect()
}

/// Returns the licenses of a project's works, each with how it comes into the whole.
fn of_tree(path: &Path, context: &mut Context) -> Result<(Vec<(LicenseExpr, Use)>, Licenses), CliError> {
    let project = Project::open(Some(path))?;
    let tree = Tree::open(path)?;
    let found = scan(&tree, &project.config, Wanted::default());
    let (from, unlicensed) = ingredients(&found, &project.config);
    if unlicensed > 0 {
        let works = count(unlicensed, "work");
        context.complain(format!(
            "warning: {works} without a known license left out; `copyhold audit` names them"
        ));
    }
    Ok((from, project.config.licenses))
}

fn text(found: &Suggestions, licenses: &Licenses) -> String {
    let mut out = String::new();
    if found.possible.is_empty() {
        let _ = writeln!(out, "no license there are facts on fits all of {}", found.from);
        section(&mut out, "conflict", conflict(&found.from, licenses).into_iter());
    }
    section(
        &mut out,
        "possible, strongest protection first",
        found.possible.iter().map(|one| {
            let style = style(one.verdict);
            format!("{style}{}{style:#} {} ({})", one.verdict, one.license, one.class.says())
        }),
    );
    let blocked = by_clause(&found.blocked);
    section(
        &mut out,
        "blocked",
        blocked.iter().take(MAX_CLAUSES).map(|(why, licenses)| {
            let shown: Vec<_> = licenses.iter().take(MAX_BLOCKED).copied().collect();
            let more = licenses.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}, by {why}", shown.join(", "))
        }),
    );
    if blocked.len() > MAX_CLAUSES {
        let _ = writeln!(out, "  and more by other clauses (--format json lists them)");
    }
    out
}

/// Groups licenses by the clause that blocks them, the one that blocks most first.
fn by_clause(blocked: &[Suggestion]) -> Vec<(String, Vec<&str>)> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in blocked {
        let Some(why) = one.why.first() else { continue };
        groups.entry(format!("{}, {}", why.license, why.clause)).or_default().push(&one.license);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, licenses)| Reverse(licenses.len()));
    groups
}

/// Returns the first two terms that may not go into each other, with the clause in the way.
fn conflict(from: &LicenseExpr, licenses: &Licenses) -> Option<String> {
    let terms: Vec<_> = from.terms().into_iter().map(|term| LicenseExpr::from_term(term.clone())).collect();
    terms.iter().enumerate().find_map(|(at, a)| {
        terms[at + 1..].iter().find_map(|b| {
            let [into, back] = [(a, b), (b, a)].map(|(x, y)| licenses.judge(x, y, Use::Derivative));
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
        let licenses = Licenses::default();
        let shown = text(
            &license::suggest(
                &of_expressions(&["Apache-2.0 AND GPL-2.0-only AND MIT".to_owned()]).unwrap(),
                &licenses,
            )
            .unwrap(),
            &licenses,
        );
        let mut lines = shown.lines();
        assert!(lines.next().unwrap().starts_with("no license"), "{shown}");
        assert_eq!(lines.next(), Some("conflict:"));
        assert!(lines.next().unwrap().contains("Apache-2.0 with GPL-2.0-only: "), "{shown}");
        let blocked: Vec<_> = lines.skip_while(|line| *line != "blocked:").skip(1).collect();
        assert!(blocked.len() <= MAX_CLAUSES + 1 && blocked[0].contains(", by GPL-2.0, 2(b)"), "{shown}");
    }
}
