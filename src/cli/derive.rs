// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `derive`: the links to upstreams that are missing, for somebody to go through and sign.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::context::{Context, Format, check_folder};
use super::error::CliError;
use super::project::{MAX_CONFIG_BYTES, Project};
use super::{Exit, key, person, sign, verify};
use crate::config::{FromLink, LOCK_FILE, Links};
use crate::domain::{Digest, LicenseExpr, WorkPath, shown};
use crate::report::{self, count};
use crate::scan::{Scan, Wanted, scan};
use crate::sign::Statement;
use crate::sign::statement::{
    Act, Contribution, Contributor, Item, MAX_SUBJECTS, ProjectRef, Source, Subject,
};
use crate::store::{self, Access};
use crate::verify::{Confidence, Declared, Proposal, Target, Upstream, propose};
use crate::work::{Tree, TreeProblem};

const AFTER_HELP: &str = "\
What somebody has stated stays as it is, and is not proposed again.

Examples:
  copyhold derive
  copyhold derive --write links.toml     then go through links.toml
  copyhold derive --sign links.toml

Exit: 0 done, 2 something could not be read.";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// An upstream: a bundle, a project with a record, or a plain tree; may be repeated; otherwise those
    /// that are pinned
    #[arg(long = "upstream", short = 'u', value_name = "X")]
    upstreams: Vec<PathBuf>,
    /// Also what is likely, not only what is certain
    #[arg(long)]
    all: bool,
    /// Also follow git's history from the commit an upstream's record was made at, where it is there
    #[arg(long)]
    git: bool,
    /// Write the links to a new file, to go through them
    #[arg(long, value_name = "FILE", conflicts_with = "sign")]
    write: Option<PathBuf>,
    /// Sign the links, or those that are left in FILE, as your statement
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "left out, or given without a file")]
    sign: Option<Option<PathBuf>>,
    /// What you are called; otherwise as git knows you
    #[arg(long, value_name = "NAME", requires = "sign")]
    person: Option<String>,
    /// The key to sign with: its name, id, fingerprint or file
    #[arg(long, value_name = "KEY", requires = "sign")]
    key: Option<String>,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    let upstreams = upstreams(args, &project, context)?;
    let tree = Tree::open(&project.root)?;
    let found = scan(&tree, &project.config, Wanted { marks: true, ..Wanted::default() });
    let hidden: Vec<&TreeProblem> =
        tree.problems().iter().chain(&found.problems).filter(|problem| problem.hides_works()).collect();
    if !hidden.is_empty() {
        for problem in hidden {
            context.complain(format!("error: {problem}"));
        }
        return Ok(Exit::Undecided);
    }
    let statements = project.statements();
    let record = project.record()?;
    let target =
        Target { tree: &tree, scan: &found, record, statements: &statements, with_history: args.git };
    let declared = Declared::of(&target);
    let known = Known::of(&project, &upstreams)?;
    let least = if args.all { Confidence::Likely } else { Confidence::Derived };
    let mut proposals = propose(&target, upstreams);
    proposals.retain(|link| link.confidence >= least);
    if let Some(list) = &args.sign {
        let links = match list {
            Some(path) => reviewed(path, &found, &known, &declared, context)?,
            None => proposals.iter().map(link).collect(),
        };
        let name = args.person.clone().or_else(|| person::name(tree.repository()));
        return sign_links(&project, &known, &links, name.as_deref(), args.key.as_deref(), context);
    }
    let number = proposals.len();
    let unpinned: BTreeSet<&str> =
        proposals.iter().map(|link| link.upstream.as_str()).filter(|name| !known.is_pinned(name)).collect();
    for name in unpinned {
        context.say(format!(
            "{} is not pinned here, so links to it can only tell digests; `copyhold upstream add` pins it",
            shown(name)
        ));
    }
    if let Some(path) = args.write.as_ref().filter(|_| number > 0) {
        check_folder(path)?;
        let links = Links { links: proposals.iter().map(link).collect() };
        // What somebody is going through is not written over.
        store::write_new(path, &links.to_bytes(), Access::Public)?;
        let shown = shown(&path.to_string_lossy()).to_string();
        context.print(format!("{shown}\n"));
        context.say(format!(
            "{}; next: go through them, then copyhold derive --sign {shown}",
            count(number, "link")
        ));
        return Ok(Exit::Clean);
    }
    match context.format {
        Format::Json => context.print_json(&report::derive_document(proposals))?,
        Format::Text => context.print(report::derive_text(&proposals, context.style())),
    }
    context.say(match number {
        0 => "no link is missing: what was found is declared".to_owned(),
        n => format!(
            "{} that nobody declares; next: copyhold derive --write FILE to go through them, or --sign",
            count(n, "link")
        ),
    });
    Ok(Exit::Clean)
}

/// Opens the upstreams that were given, else those that are pinned; what is pinned is called as there.
fn upstreams(args: &Args, project: &Project, context: &Context) -> Result<Vec<Upstream>, CliError> {
    let lock = project.lock()?;
    let mut upstreams = Vec::new();
    for path in &args.upstreams {
        let (record, tree) = verify::open(path, context)??;
        let pin = lock.upstreams.iter().find(|pin| pin.manifest == record.digest());
        let name = pin.map_or(&record.manifest().project.name, |pin| &pin.name).clone();
        upstreams.push(Upstream { name, record, tree });
    }
    if args.upstreams.is_empty() {
        for pin in &lock.upstreams {
            let (name, record) = (pin.name.clone(), project.upstream(pin)?);
            upstreams.push(Upstream { name, record, tree: None });
        }
    }
    if upstreams.is_empty() {
        return Err(CliError::new(format!("no upstream is given, and {LOCK_FILE} pins none"))
            .hint("say what this may derive from: --upstream BUNDLE|PROJECT|TREE"));
    }
    Ok(upstreams)
}

/// The works of the upstreams, by name, and which upstreams the project pins.
struct Known {
    works: BTreeMap<String, BTreeMap<WorkPath, (Digest, Option<LicenseExpr>)>>,
    pinned: BTreeSet<String>,
}

impl Known {
    fn of(project: &Project, upstreams: &[Upstream]) -> Result<Self, CliError> {
        let lock = project.lock()?;
        let is_pinned =
            |upstream: &&Upstream| lock.upstreams.iter().any(|pin| pin.manifest == upstream.record.digest());
        let pinned = upstreams.iter().filter(is_pinned).map(|upstream| upstream.name.clone()).collect();
        let works = |upstream: &Upstream| {
            let works = upstream.record.works();
            let works = works.map(|work| (work.path.clone(), (work.sha256, work.license.clone())));
            (upstream.name.clone(), works.collect())
        };
        Ok(Self { works: upstreams.iter().map(works).collect(), pinned })
    }

    fn is_pinned(&self, upstream: &str) -> bool {
        self.pinned.contains(upstream)
    }

    /// Returns what a link says as a statement has it; none where the upstream has no such work.
    fn source(&self, link: &FromLink) -> Option<Source> {
        let (sha256, license) = self.works.get(&link.upstream)?.get(&link.source)?;
        (*sha256 == link.source_sha256).then(|| Source {
            sha256: *sha256,
            relation: link.relation,
            license: license.clone(),
            locator: Vec::new(),
            upstream: self.is_pinned(&link.upstream).then(|| link.upstream.clone()),
            path: Some(link.source.clone()),
            notice_sha256: Vec::new(),
        })
    }
}

fn link(proposal: &Proposal) -> FromLink {
    FromLink {
        path: proposal.path.clone(),
        sha256: proposal.sha256,
        relation: proposal.relation,
        upstream: proposal.upstream.clone(),
        source: proposal.source.clone(),
        source_sha256: proposal.source_sha256,
        why: report::why(proposal),
    }
}

/// Reads a list that somebody went through. It may hold links of their own; each is about a work that is
/// here and one that the upstream has.
fn reviewed(
    path: &Path,
    found: &Scan,
    known: &Known,
    declared: &Declared<'_>,
    context: &Context,
) -> Result<Vec<FromLink>, CliError> {
    let list = Links::parse(&store::read(path, MAX_CONFIG_BYTES)?)?;
    let again = "write the list anew: `copyhold derive --write FILE`";
    let mut links = Vec::new();
    for link in list.links {
        if found.work(&link.path).is_none_or(|work| work.sha256 != link.sha256) {
            let path = shown(link.path.as_str());
            return Err(
                CliError::new(format!("{path} is not what it was when the list was written")).hint(again)
            );
        }
        if known.source(&link).is_none() {
            let source = format!("{}:{}", link.upstream, link.source);
            return Err(CliError::new(format!("there is no {} with these bytes", shown(&source))).hint(again));
        }
        if declared.has((&link.path, link.sha256), (&link.upstream, &link.source, link.source_sha256)) {
            context.say(format!("left out, as somebody has said it: {}", shown(link.path.as_str())));
            continue;
        }
        links.push(link);
    }
    Ok(links)
}

/// Signs links as what their signer looked over. Nothing is offered under a license by it: that is for
/// those who made the works.
fn sign_links(
    project: &Project,
    known: &Known,
    links: &[FromLink],
    name: Option<&str>,
    key: Option<&str>,
    context: &mut Context,
) -> Result<Exit, CliError> {
    let roots = project.roots()?;
    if links.is_empty() {
        context.say("nothing to sign: no link is missing");
        return Ok(Exit::Clean);
    }
    let signer = key::signer(key, context)?;
    let mut works: BTreeMap<(&WorkPath, Digest), Vec<Source>> = BTreeMap::new();
    for link in links {
        works.entry((&link.path, link.sha256)).or_default().extend(known.source(link));
    }
    let works: Vec<_> = works.into_iter().collect();
    for works in works.chunks(MAX_SUBJECTS) {
        let item = |(subject, (_, from)): (u32, &(_, Vec<Source>))| Item {
            subject,
            act: Act::Reviewed,
            roles: Vec::new(),
            license: None,
            copyright: Vec::new(),
            title: None,
            creators: Vec::new(),
            source: None,
            changes: None,
            attests: Vec::new(),
            from: from.clone(),
        };
        let contribution = Contribution {
            project: ProjectRef {
                name: roots.latest().name().to_owned(),
                root_sha256: Some(roots.fingerprint()),
            },
            contributor: Contributor::new(signer.public(), name.map(str::to_owned), Vec::new()),
            declaration: None,
            outbound_license: None,
            items: (0..).zip(works).map(item).collect(),
            assistance: Vec::new(),
            stated_at: context.now()?,
        };
        let subjects =
            works.iter().map(|((path, sha256), _)| Subject::new((*path).clone(), *sha256)).collect();
        sign::seal(project, Statement::new(subjects, contribution)?.to_payload()?, &signer, context)?;
    }
    context.say(format!("{} signed by {}", count(links.len(), "link"), signer.public().id()));
    context.say("next: commit the statement; a maintainer accepts it with `copyhold manifest`");
    Ok(Exit::Clean)
}
