// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `import`: takes over what other tools and files say of who had a part, and of licenses.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Exit;
use super::context::Context;
use super::error::CliError;
use super::project::{MAX_CONFIG_BYTES, MAX_FACTS_BYTES, Project, facts_file};
use crate::config::Config;
use crate::domain::{WorkPath, shown};
use crate::import;
use crate::manifest::{AssertedBy, Assertions, write_asserted};
use crate::report::count;
use crate::scan::{Wanted, scan};
use crate::store::{self, Access};
use crate::work::Tree;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "What is imported is asserted, never verified: the next manifest credits it as that.\nA source imported again replaces what it said before.\n\nExamples:\n  copyhold import git\n  copyhold import people"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    /// Authors, and trailers such as Co-authored-by and Assisted-by, from the commits of the repository
    Git {
        /// Leave out what this revision can be reached from
        #[arg(long, value_name = "REV")]
        since: Option<String>,
    },
    /// People named in AUTHORS, CONTRIBUTORS, CITATION.cff, .all-contributorsrc and REUSE's contributor tags
    People,
    /// What another scanner found of licenses: ScanCode's JSON, SPDX 2 or CycloneDX
    Facts {
        /// The report
        file: PathBuf,
    },
    /// People and their keys from a file of OpenSSH's allowed signers
    AllowedSigners {
        /// The file
        file: PathBuf,
    },
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    if !matches!(args.source, Source::Facts { .. }) {
        project.roots()?;
    }
    let (by, assertions) = match &args.source {
        Source::Git { since } => (AssertedBy::Git, git(&project, since.as_deref())?),
        Source::People => (AssertedBy::People, people(&project, context)?),
        Source::Facts { file } => return facts(&project, file, context),
        Source::AllowedSigners { file } => (AssertedBy::AllowedSigners, allowed_signers(file, context)?),
    };
    let leaves = assertions.into_leaves();
    let path = project.record_path(&asserted_file(by));
    let bytes = write_asserted(&leaves).map_err(|error| CliError::new(error.to_string()))?;
    store::write(&path, &bytes, Access::Public)?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    context.say(format!("{} asserted by {}", count(leaves.len(), "name"), by.as_str()));
    context.say("next: look at the list; `copyhold manifest` takes it into the record");
    Ok(Exit::Clean)
}

/// Keeps what another scanner found beside the record; `audit` and `scan` take it as evidence of its own
/// kind.
fn facts(project: &Project, file: &Path, context: &mut Context) -> Result<Exit, CliError> {
    let bytes = store::read(file, MAX_FACTS_BYTES)?;
    let name = shown(&file.to_string_lossy()).to_string();
    let text = std::str::from_utf8(&bytes).map_err(|_| CliError::new(format!("{name} is not UTF-8")))?;
    let tree = Tree::open(&project.root)?;
    let report =
        import::facts(text, &tree).map_err(|why| CliError::new(format!("{name}: {}", shown(&why))))?;
    let path = project.record_path(&facts_file(report.form));
    let mut json = serde_json::to_vec_pretty(&report.facts)?;
    json.push(b'\n');
    store::write(&path, &json, Access::Public)?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    context.say(format!(
        "found in {} by {}",
        count(report.facts.works.len(), "work"),
        shown(&report.facts.by)
    ));
    if !report.root.is_empty() {
        context.say(format!("its paths begin with {}, which is taken for this tree", shown(&report.root)));
    }
    if report.stale > 0 {
        let stale = count(report.stale, "file");
        context.complain(format!("warning: {stale} it names have other bytes here and were left out"));
    }
    if report.elsewhere > 0 {
        context.complain(format!("warning: {} it names are no works here", count(report.elsewhere, "file")));
    }
    if report.unread > 0 {
        let unread = count(report.unread, "license name");
        context.complain(format!("warning: {unread} in it are no SPDX expressions; such works stay unclear"));
    }
    context.say("next: `copyhold audit` takes them as evidence, below what a work says itself");
    Ok(Exit::Clean)
}

/// Returns where in the record what a source says is kept.
pub(crate) fn asserted_file(by: AssertedBy) -> String {
    format!("asserted/{}.jsonl", by.as_str())
}

fn git(project: &Project, since: Option<&str>) -> Result<Assertions, CliError> {
    let tree = Tree::open(&project.root)?;
    let Some(repository) = tree.repository() else {
        return Err(CliError::new("the project is in no git repository"));
    };
    let works: BTreeSet<WorkPath> = tree.entries().iter().map(|entry| entry.path.clone()).collect();
    let mut assertions = Assertions::new(AssertedBy::Git);
    repository.history(since, &project.root, |commit| import::commit(&commit, &works, &mut assertions))?;
    Ok(assertions)
}

fn people(project: &Project, context: &Context) -> Result<Assertions, CliError> {
    let tree = Tree::open(&project.root)?;
    let mut assertions = Assertions::new(AssertedBy::People);
    for entry in tree.entries().iter().filter(|entry| import::is_list_of_people(&entry.path)) {
        let bytes = store::read(&project.root.join(entry.path.as_path()), MAX_CONFIG_BYTES)?;
        if let Err(reason) = import::people(&entry.path, &bytes, &mut assertions) {
            context.complain(format!("warning: {} cannot be read: {}", entry.path, shown(&reason)));
        }
    }
    let found = scan(&tree, &Config::default(), Wanted::default());
    for work in &found.works {
        for name in &work.contributors {
            assertions.add(name, "contributor", [&work.path]);
        }
    }
    Ok(assertions)
}

fn allowed_signers(file: &std::path::Path, context: &Context) -> Result<Assertions, CliError> {
    let bytes = store::read(file, MAX_CONFIG_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let (assertions, passed_over) = import::allowed_signers(&text);
    for line in passed_over {
        let file = file.to_string_lossy();
        context.complain(format!(
            "warning: {}:{line} names no ed25519 key, or nobody but an address; it was passed over",
            shown(&file)
        ));
    }
    Ok(assertions)
}
