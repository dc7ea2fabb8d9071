// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `audit`: a project's license chain.

use std::path::{Path, PathBuf};

use super::Exit;
use super::context::{Context, FailOn, Format};
use super::error::CliError;
use super::project::{Project, add_facts, find_root};
use crate::audit::{Subject, audit};
use crate::deps::{Dependency, Known, Places, dependencies};
use crate::domain::{WorkPath, shown};
use crate::finding::{Verdict, sorted, verdict};
use crate::report;
use crate::reuse;
use crate::scan::{Scan, Wanted, scan};
use crate::store;
use crate::verify::unreadable_record;
use crate::work::Tree;

#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("lint").multiple(true)),
    after_help = "Example:\n  copyhold audit --fail-on warning\n\nExit: 0 nothing at or above --fail-on, 1 something, 2 could not decide."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct Args {
    /// The tree; otherwise the project that holds the current folder
    path: Option<PathBuf>,
    /// What makes the audit fail
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "LEVEL")]
    fail_on: FailOn,
    /// Judge what the project depends on, too, by its lock files and as far as it lies on this machine
    #[arg(long)]
    deps: bool,
    /// With --deps: a folder of installed Python packages; otherwise those of .venv and VIRTUAL_ENV
    #[arg(long, requires = "deps", value_name = "FOLDER")]
    site_packages: Vec<PathBuf>,
    /// Give the verdict of REUSE 3.3 instead, as `reuse lint` does
    #[arg(long, group = "lint")]
    reuse: bool,
    /// The same, following reuse 6.2 where it departs from REUSE 3.3
    #[arg(long, group = "lint")]
    reuse_compat: bool,
    /// With --reuse: submodules belong to the project
    #[arg(long, requires = "lint")]
    include_submodules: bool,
    /// With --reuse: Meson's subprojects belong to the project
    #[arg(long, requires = "lint")]
    include_meson_subprojects: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    if args.reuse || args.reuse_compat {
        return lint(args, context);
    }
    let project = Project::open(args.path.as_deref())?;
    let tree = Tree::open(&project.root)?;
    let mut found = scan(&tree, &project.config, Wanted::default());
    add_facts(&mut found, &project.root)?;
    let statements = project.statements();
    let dependencies =
        if args.deps { look_for_dependencies(&project, &found, args, context) } else { Vec::new() };
    let mut findings = audit(&Subject {
        tree_problems: tree.problems(),
        scan: &found,
        statements: &statements,
        config: &project.config,
        dependencies: &dependencies,
        now: context.now()?,
    });
    let broken = project.roots.as_ref().err().or(project.record.as_ref().err());
    findings.extend(broken.map(|error| unreadable_record("the project's record", error)));
    let is_blind = project.roots.is_err() || project.record.is_err();
    let findings = sorted(findings);
    // Of a record that does not hold, nothing can be said.
    let verdict = if is_blind { Verdict::Undecided } else { verdict(&findings, args.fail_on.level()) };
    let works = found.works.len();
    match context.format {
        Format::Json => context.print_json(&report::audit_document(works, &findings, verdict))?,
        Format::Text => {
            let text = report::audit_text(works, &findings, verdict, context.style());
            context.print(text);
            if works == 0 {
                context.complain(format!("warning: {} has no works", shown(&project.root.to_string_lossy())));
            }
        }
    }
    Ok(exit(verdict))
}

/// Returns what a project depends on, looked for where the tools that put it there say they do.
fn look_for_dependencies(project: &Project, scan: &Scan, args: &Args, context: &Context) -> Vec<Dependency> {
    let folder = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = |below: &str| folder("HOME").map(|home| home.join(below));
    let mut python = args.site_packages.clone();
    if let Some(environment) = folder("VIRTUAL_ENV") {
        let versions = store::list(&environment.join("lib")).unwrap_or_default();
        python.extend(versions.into_iter().map(|version| version.join("site-packages")));
    }
    let places = Places {
        cargo: folder("CARGO_HOME").or_else(|| home(".cargo")),
        python,
        go: folder("GOMODCACHE")
            .or_else(|| folder("GOPATH").map(|path| path.join("pkg/mod")))
            .or_else(|| home("go/pkg/mod")),
    };
    let works: Vec<WorkPath> = scan.works.iter().map(|work| work.path.clone()).collect();
    let found = dependencies(&project.root, &works, &places);
    let seen = found.iter().filter(|dependency| !matches!(dependency.license, Known::NotSeen(_))).count();
    context.say(format!("dependencies: {seen} looked at, {} not", found.len() - seen));
    found
}

/// Judges a tree by REUSE alone. What could not be read is a problem of the tree, as it is for reuse.
fn lint(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let root = match &args.path {
        Some(path) => path.clone(),
        None => find_root(Path::new(".")),
    };
    let options = reuse::Options {
        compat: args.reuse_compat,
        submodules: args.include_submodules,
        meson_subprojects: args.include_meson_subprojects,
    };
    let tree = Tree::open_to(&root, options.extent())?;
    let lint = reuse::lint(&tree, options).map_err(|error| CliError::new(error.to_string()))?;
    match context.format {
        Format::Json => context.print_json(&lint.document())?,
        Format::Text => {
            let text = report::lint_text(&lint, context.style());
            context.print(text);
        }
    }
    Ok(if lint.is_compliant() { Exit::Clean } else { Exit::Findings })
}

/// Returns the exit code of a verdict.
pub(crate) fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Clean,
        Verdict::Fail => Exit::Findings,
        Verdict::Undecided => Exit::Undecided,
    }
}
