// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `scan`: what a tree's works say of their licenses. Facts without judgement.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::Exit;
use super::context::{Context, Format};
use super::error::CliError;
use super::project::add_facts;
use crate::config::{CONFIG_FILE, Config};
use crate::detect::{Evidence, EvidenceKind, Nature};
use crate::domain::{LicenseExpr, WorkPath, shown};
use crate::scan::{Scan, Wanted, scan};
use crate::store;
use crate::work::{Tree, TreeProblem};

const AFTER_HELP: &str = "\
A copyhold.toml at the root of the tree is read for its overrides, and what was taken over by
`import facts`.

Example: copyhold scan --format json | jq '.works[] | select(.license == null).path'";

/// The largest copyhold.toml that is read.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// How many works without a license are named unless more is asked for.
const NAMED: usize = 10;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The tree
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let tree = Tree::open(&args.path)?;
    let mut scan = scan(&tree, &config(&args.path)?, Wanted::default());
    add_facts(&mut scan, &args.path)?;
    match context.format {
        Format::Json => context.print_json(&scan.document())?,
        Format::Text => context.print(text(&scan, context.verbose > 0)),
    }
    let problems = || tree.problems().iter().chain(&scan.problems);
    for problem in problems() {
        let level = if problem.hides_works() { "error" } else { "warning" };
        context.complain(format!("{level}: {problem}"));
    }
    Ok(if problems().any(TreeProblem::hides_works) { Exit::Undecided } else { Exit::Clean })
}

/// Reads the tree's own overrides. A file that cannot be read is an error: what it overrides would be
/// told wrong.
fn config(root: &Path) -> Result<Config, CliError> {
    let path = root.join(CONFIG_FILE);
    match store::read(&path, MAX_CONFIG_BYTES) {
        Ok(bytes) => Ok(Config::parse(&bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(error.into()),
    }
}

fn text(scan: &Scan, every: bool) -> String {
    // Writing to a text cannot fail.
    let mut text = String::new();
    let mut licensed: BTreeMap<String, BTreeMap<Option<EvidenceKind>, usize>> = BTreeMap::new();
    let mut unlicensed = Vec::new();
    for (path, license, evidence) in facts(scan) {
        match license {
            Some(license) => {
                let kinds = licensed.entry(license.to_string()).or_default();
                *kinds.entry(evidence.map(|evidence| evidence.kind)).or_default() += 1;
            }
            None => unlicensed.push(path),
        }
    }
    let mut groups: Vec<_> =
        licensed.iter().map(|(name, kinds)| (kinds.values().sum(), name, kinds)).collect();
    groups.sort_by(|a: &(usize, _, _), b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    for (count, name, kinds) in groups {
        let kinds = kinds.iter().map(|(kind, count)| {
            let kind = kind.map_or("unknown", word);
            format!("{kind} {}", grouped(*count))
        });
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "{}  {}  ({kinds})", shown(name), works(count));
    }
    if !unlicensed.is_empty() {
        let _ = writeln!(text, "no license  {}", works(unlicensed.len()));
    }
    for path in unlicensed.iter().take(NAMED) {
        let _ = writeln!(text, "  {}", shown(path.as_str()));
    }
    if unlicensed.len() > NAMED {
        let _ = writeln!(text, "  … and {} more", grouped(unlicensed.len() - NAMED));
    }
    let mut natures: BTreeMap<Nature, usize> = BTreeMap::new();
    for nature in scan.works.iter().flat_map(|work| &work.natures) {
        *natures.entry(*nature).or_default() += 1;
    }
    if !natures.is_empty() {
        let counts: Vec<String> =
            natures.iter().map(|(nature, count)| format!("{} {}", nature.name(), grouped(*count))).collect();
        let _ = writeln!(text, "of these: {}", counts.join(", "));
    }
    if scan.works.is_empty() {
        text.push_str("no works\n");
    } else if every {
        text.push('\n');
        for (work, (path, license, evidence)) in scan.works.iter().zip(facts(scan)) {
            let names: Vec<&str> = work.natures.iter().map(|nature| nature.name()).collect();
            let names = if names.is_empty() { String::new() } else { format!("  ({})", names.join(", ")) };
            let _ = writeln!(text, "{}{names}", work_line(path, license, evidence));
        }
    }
    text
}

/// Returns each work with its license and what decided it.
fn facts(scan: &Scan) -> impl Iterator<Item = (&WorkPath, Option<&LicenseExpr>, Option<&Evidence>)> {
    scan.works.iter().map(|work| {
        let conclusion = scan.conclusion(&work.path);
        let license = conclusion.and_then(|conclusion| conclusion.license.as_ref());
        (&work.path, license, conclusion.and_then(|conclusion| conclusion.evidence.first()))
    })
}

fn work_line(path: &WorkPath, license: Option<&LicenseExpr>, evidence: Option<&Evidence>) -> String {
    let mut line = format!("{}: ", shown(path.as_str()));
    match license {
        Some(license) => line.push_str(&shown(&license.to_string()).to_string()),
        None => line.push_str("no license"),
    }
    if let Some(evidence) = evidence {
        let at = match (evidence.line, evidence.end_line) {
            (Some(line), Some(end)) => format!(":{line}-{end}"),
            (Some(line), None) => format!(":{line}"),
            _ => String::new(),
        };
        let _ = write!(line, "  [{} {}{at}]", word(evidence.kind), shown(evidence.source.as_str()));
    }
    line
}

fn word(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Tag => "tag",
        EvidenceKind::Sidecar => "sidecar",
        EvidenceKind::Header => "header",
        EvidenceKind::Name => "name",
        EvidenceKind::Text => "text",
        EvidenceKind::Metadata => "metadata",
        EvidenceKind::Package => "package",
        EvidenceKind::Declared => "declared",
        EvidenceKind::Imported => "imported",
        EvidenceKind::Inherited => "inherited",
    }
}

fn works(count: usize) -> String {
    format!("{} {}", grouped(count), if count == 1 { "work" } else { "works" })
}

/// Returns a count with its thousands apart.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
    }
}
