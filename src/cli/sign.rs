// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `sign`: a contributor's statement about works.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::context::Context;
use super::error::CliError;
use super::project::Project;
use super::{Exit, key, person};
use crate::audit::Statements;
use crate::domain::{Digest, DutyName, LicenseExpr, PersonId, Relation, Role, WorkPath, shown};
use crate::manifest::Record;
use crate::report::count;
use crate::scan::{Scan, Seen, Wanted, scan};
use crate::sign::statement::{
    Act, Assistance, AssistanceExtent, AssistanceKind, Attestation, Clause, Contribution, Contributor,
    Declaration, DeclarationText, Item, MAX_SUBJECTS, ProjectRef, Source, Subject, without_addresses,
};
use crate::sign::{Envelope, Namespace, PayloadType, Signer, Statement};
use crate::store::{self, Access};
use crate::work::Tree;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copyhold sign src/merge.rs --role software --dco a\n  copyhold sign art/cat.png --role art --title 'Cat on a Kart' --creator 'Ann Ito'\n  copyhold sign src/merge.rs --from libmerge:src/m.rs --changes 'ported to Rust'\n  copyhold sign --cosign 4f53cda1…"
)]
pub(crate) struct Args {
    /// Works or folders; otherwise what changed since the branch left its target, or all works
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What you did: a CRediT role or one of ours (`copyhold explain roles`); may be repeated
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
    /// What you offer the works under; otherwise what they state, else the project's license
    #[arg(long, value_name = "EXPR")]
    license: Option<LicenseExpr>,
    /// What was done to them; otherwise `created` or, where git or the record knows them, `modified`
    #[arg(long, value_parser = parse_act, value_name = "ACT")]
    act: Option<Act>,
    /// The clause of the Developer Certificate of Origin 1.1 you certify: a, b, c or d
    #[arg(long, value_parser = parse_clause, value_name = "CLAUSE")]
    dco: Option<Clause>,
    /// Where the work comes from: UPSTREAM:PATH of an added upstream, or a file at hand
    #[arg(long, value_name = "SOURCE")]
    from: Vec<String>,
    /// How it relates to that; otherwise copyOf for the same bytes, else descendantOf
    #[arg(long, value_parser = parse_relation, value_name = "RELATION", requires = "from")]
    relation: Option<Relation>,
    /// What the work is called
    #[arg(long)]
    title: Option<String>,
    /// Who is to be named as creator; may be repeated
    #[arg(long = "creator", value_name = "NAME")]
    creators: Vec<String>,
    /// Where the work is to be found, as a URI
    #[arg(long, value_name = "URI")]
    source: Option<String>,
    /// What you changed, in words
    #[arg(long, value_name = "TEXT")]
    changes: Option<String>,
    /// A duty toward an upstream that you say is kept, since no file shows it, and how; may be repeated
    #[arg(long = "attest", value_parser = parse_attestation, value_name = "DUTY[=TEXT]")]
    attests: Vec<Attestation>,
    /// A tool that generated part of the works, as NAME:VERSION, gone through by you
    #[arg(long, value_name = "TOOL")]
    assisted_by: Vec<String>,
    /// Compare with this revision instead of where the branch left its target
    #[arg(long, value_name = "REV", conflicts_with = "paths")]
    since: Option<String>,
    /// Add your signature to a statement that is there, by its id or its beginning
    #[arg(long, value_name = "ID", conflicts_with_all = ["paths", "since", "roles", "license"])]
    cosign: Option<String>,
    /// What you are called; otherwise as git knows you
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// The key to sign with: its name, id, fingerprint or file
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str, expected: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|_| format!("expected one of {expected}"))
}

fn parse_act(text: &str) -> Result<Act, String> {
    from_json(text, "created, modified, translated, converted, imported, reviewed")
}

fn parse_clause(text: &str) -> Result<Clause, String> {
    from_json(text, "a, b, c, d")
}

fn parse_attestation(text: &str) -> Result<Attestation, String> {
    let (duty, how) = text.split_once('=').map_or((text, None), |(duty, how)| (duty, Some(how.to_owned())));
    let duty = DutyName::attestable(duty).ok_or_else(|| {
        format!("expected one of {}", DutyName::ATTESTABLE.map(DutyName::as_str).join(", "))
    })?;
    Ok(Attestation { duty, text: how })
}

fn parse_relation(text: &str) -> Result<Relation, String> {
    from_json(text, "copyOf, descendantOf, excerptOf, variantOf, contains")
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let project = Project::open(None)?;
    project.roots()?;
    let signer = key::signer(args.key.as_deref(), context)?;
    if let Some(id) = &args.cosign {
        return cosign(&project, id, &signer, context);
    }
    let tree = Tree::open(&project.root)?;
    let found = scan(&tree, &project.config, Wanted { git_blobs: true, ..Wanted::default() });
    let works = chosen(args, &project, &tree, &found)?;
    let statements = project.statements();
    let (works, known) = without_signed(args, works, &statements, &signer);
    if works.is_empty() {
        context.say(match known {
            0 => "nothing to sign: no work changed".to_owned(),
            _ => format!("nothing to sign: you have signed {} as they are", count(known, "work")),
        });
        return Ok(Exit::Clean);
    }
    let name = args.person.clone().or_else(|| person::name(tree.repository()));
    for works in works.chunks(MAX_SUBJECTS) {
        let payload = statement(args, &project, &found, works, &signer, name.clone(), context)?;
        seal(&project, payload, &signer, context)?;
        let who = name.as_deref().unwrap_or("you");
        context.say(format!(
            "{} signed by {} ({})",
            count(works.len(), "work"),
            shown(who),
            signer.public().id()
        ));
    }
    context.say("next: commit the statement; a maintainer accepts it with `copyhold manifest`");
    Ok(Exit::Clean)
}

/// Signs a statement and puts it into the project's record.
pub(super) fn seal(
    project: &Project,
    payload: Vec<u8>,
    signer: &Signer,
    context: &mut Context,
) -> Result<(), CliError> {
    let envelope = Envelope::seal(PayloadType::InToto, payload, Namespace::Statement, &[signer])?;
    let path = project.record_path(&format!("statements/{}.intoto.json", envelope.payload_digest()));
    store::write_new(&path, &envelope.to_bytes(), Access::Public).map_err(|error| {
        CliError::from(error).hint("this statement was not written; run this again when that is mended")
    })?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    Ok(())
}

/// Returns the works that are meant: those below the paths given, else those that changed.
fn chosen<'a>(
    args: &Args,
    project: &Project,
    tree: &Tree,
    found: &'a Scan,
) -> Result<Vec<&'a Seen>, CliError> {
    if !args.paths.is_empty() {
        let mut works = BTreeSet::new();
        for path in &args.paths {
            let inside = inside(project, path)?;
            let below: Vec<usize> = found
                .works
                .iter()
                .enumerate()
                .filter(|(_, work)| inside.as_ref().is_none_or(|at| work.path.is_under(at.as_str())))
                .map(|(index, _)| index)
                .collect();
            if below.is_empty() {
                return Err(CliError::new(format!(
                    "{} is no work of this project",
                    shown(&path.to_string_lossy())
                ))
                .hint("is it there, and not ignored by git? `copyhold hash` lists the works"));
            }
            works.extend(below);
        }
        return Ok(works.into_iter().map(|index| &found.works[index]).collect());
    }
    let all = || found.works.iter().collect();
    let Some(repository) = tree.repository() else { return Ok(all()) };
    let Some(base) = repository.merge_base(args.since.as_deref())? else { return Ok(all()) };
    let before = repository.files_at(base.commit, &project.root)?;
    Ok(found
        .works
        .iter()
        .filter(|work| work.git_blob.is_some() && before.get(&work.path) != work.git_blob.as_ref())
        .collect())
}

/// Returns where a path given on the command line is in the project; none for its root.
fn inside(project: &Project, path: &std::path::Path) -> Result<Option<WorkPath>, CliError> {
    let fail = |source| store::PathError::new("read", path, source);
    let root = project.root.canonicalize().map_err(|e| store::PathError::new("read", &project.root, e))?;
    // The last component stays as it is: a link is a work of its own.
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => std::path::Path::new("."),
    };
    path.symlink_metadata().map_err(fail)?;
    let absolute = match path.file_name() {
        Some(name) => parent.canonicalize().map_err(fail)?.join(name),
        None => path.canonicalize().map_err(fail)?,
    };
    let Ok(inside) = absolute.strip_prefix(&root) else {
        return Err(CliError::new(format!("{} is outside of the project", shown(&path.to_string_lossy()))));
    };
    match inside.to_str() {
        Some("") => Ok(None),
        Some(text) => Ok(Some(text.parse::<WorkPath>()?)),
        None => Err(CliError::new(format!("the name {} is not UTF-8", shown(&path.to_string_lossy())))
            .hint("rename it: such a work cannot be recorded")),
    }
}

/// Leaves out what this person has signed already, byte for byte, where nothing new is said of it. To
/// have looked it over is not to have made it.
fn without_signed<'a>(
    args: &Args,
    works: Vec<&'a Seen>,
    statements: &Statements,
    signer: &Signer,
) -> (Vec<&'a Seen>, usize) {
    let person: PersonId = signer.public().person();
    let texts = [&args.title, &args.source, &args.changes];
    let says_more = !args.from.is_empty()
        || !args.attests.is_empty()
        || !args.creators.is_empty()
        || texts.iter().any(|text| text.is_some());
    if says_more {
        return (works, 0);
    }
    let all = works.len();
    let mut done: BTreeSet<(&WorkPath, Digest)> = BTreeSet::new();
    for (stated, _) in statements.held.values().filter(|(stated, _)| stated.people().contains(&person)) {
        let subjects = stated.statement.subjects();
        let items = stated.statement.predicate().items.iter();
        let same = items.filter(|item| item.act != Act::Reviewed || args.act == Some(Act::Reviewed));
        let named = same.filter_map(|item| subjects.get(item.subject as usize));
        done.extend(named.map(|subject| (&subject.name, subject.digest.sha256)));
    }
    let left: Vec<_> = works.into_iter().filter(|work| !done.contains(&(&work.path, work.sha256))).collect();
    let known = all - left.len();
    (left, known)
}

fn statement(
    args: &Args,
    project: &Project,
    found: &Scan,
    works: &[&Seen],
    signer: &Signer,
    name: Option<String>,
    context: &Context,
) -> Result<Vec<u8>, CliError> {
    let roots = project.roots()?;
    let outbound = args.license.clone().or_else(|| crate::audit::outbound(found, &project.config).cloned());
    let known: BTreeSet<&WorkPath> =
        project.record()?.into_iter().flat_map(Record::works).map(|work| &work.path).collect();
    let mut items = Vec::new();
    for (index, work) in works.iter().enumerate() {
        let conclusion = found.conclusion(&work.path);
        let stated = conclusion.filter(|c| !c.is_inherited()).and_then(|c| c.license.clone());
        let notices = conclusion.map_or(&[][..], |c| &c.copyright);
        let default_act = if known.contains(&work.path) { Act::Modified } else { Act::Created };
        items.push(Item {
            subject: u32::try_from(index)?,
            act: args.act.unwrap_or(if args.from.is_empty() { default_act } else { Act::Modified }),
            roles: args.roles.clone(),
            license: if args.license.is_some() {
                None
            } else {
                stated.filter(|l| Some(l) != outbound.as_ref())
            },
            copyright: notices.iter().map(|notice| without_addresses(notice)).collect(),
            title: args.title.clone(),
            creators: args.creators.clone(),
            source: args.source.clone(),
            changes: args.changes.clone(),
            attests: args.attests.clone(),
            from: args
                .from
                .iter()
                .map(|source| origin(project, source, work, args.relation))
                .collect::<Result<_, _>>()?,
        });
    }
    let contribution = Contribution {
        project: ProjectRef {
            name: roots.latest().name().to_owned(),
            root_sha256: Some(roots.fingerprint()),
        },
        contributor: Contributor::new(signer.public(), name, Vec::new()),
        declaration: args.dco.map(|clause| Declaration { text: DeclarationText::Dco11, clause }),
        outbound_license: outbound,
        items,
        assistance: args
            .assisted_by
            .iter()
            .map(|tool| Assistance {
                kind: AssistanceKind::Generative,
                tool: tool.clone(),
                extent: AssistanceExtent::Partial,
                reviewed: true,
            })
            .collect(),
        stated_at: context.now()?,
    };
    let subjects = works.iter().map(|work| Subject::new(work.path.clone(), work.sha256)).collect();
    Ok(Statement::new(subjects, contribution)?.to_payload()?)
}

/// Reads `--from`: a work of an upstream that was added, or a file at hand.
fn origin(
    project: &Project,
    text: &str,
    work: &Seen,
    relation: Option<Relation>,
) -> Result<Source, CliError> {
    let source = |sha256: Digest| Source {
        sha256,
        relation: relation.unwrap_or(if sha256 == work.sha256 {
            Relation::CopyOf
        } else {
            Relation::DescendantOf
        }),
        license: None,
        locator: Vec::new(),
        upstream: None,
        path: None,
        notice_sha256: Vec::new(),
    };
    if let Some((upstream, path)) = text.split_once(':')
        && let Some(record) = vendored(project, upstream)?
    {
        let leaf = record.works().find(|work| work.path.as_str() == path).ok_or_else(|| {
            CliError::new(format!("{upstream} has no work {}", shown(path))).hint(format!(
                "`copyhold manifest show .copyhold/upstream/{}.copyhold` lists them",
                record.digest()
            ))
        })?;
        return Ok(Source {
            license: leaf.license.clone(),
            upstream: Some(upstream.to_owned()),
            path: Some(leaf.path.clone()),
            ..source(leaf.sha256)
        });
    }
    let path = std::path::Path::new(text);
    if !path.is_file() {
        return Err(CliError::new(format!(
            "`{}` is neither UPSTREAM:PATH of an added upstream nor a file",
            shown(text)
        ))
        .hint("`copyhold upstream list` tells which upstreams are added"));
    }
    Ok(source(crate::hash::sha256(&store::read(path, crate::work::WHOLE_LIMIT)?)))
}

/// Returns the record of an upstream that was added under this name.
fn vendored(project: &Project, name: &str) -> Result<Option<Record>, CliError> {
    let lock = project.lock()?;
    let pin = lock.upstreams.iter().find(|pin| pin.name == name);
    pin.map(|pin| project.upstream(pin)).transpose()
}

fn cosign(project: &Project, id: &str, signer: &Signer, context: &mut Context) -> Result<Exit, CliError> {
    let matching: Vec<(Digest, &[u8])> =
        project.files.statements().filter(|(digest, _)| digest.to_string().starts_with(id)).collect();
    let [(digest, bytes)] = matching[..] else {
        return Err(CliError::new(format!(
            "{} statements have an id that begins with `{}`",
            matching.len(),
            shown(id)
        ))
        .hint("`ls .copyhold/statements` lists them"));
    };
    let statements = project.statements();
    let Some((stated, _)) = statements.held.get(&digest) else {
        let broken = statements.broken.iter().find(|error| error.document.contains(&digest.to_string()));
        return Err(CliError::new(format!(
            "statement {digest} does not hold: {}",
            broken.map_or("its signature is not good", |error| &error.reason)
        )));
    };
    let envelope = Envelope::parse(bytes)?;
    let read = envelope.open(PayloadType::InToto, Namespace::Statement, &stated.signers)?;
    let envelope = envelope.cosign(&read, signer)?;
    let path = project.record_path(&format!("statements/{digest}.intoto.json"));
    store::write(&path, &envelope.to_bytes(), Access::Public)?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    context.say(format!("{} signatures on it now", envelope.key_ids().count()));
    Ok(Exit::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_the_command_line_are_those_of_the_documents() {
        assert_eq!(parse_act("translated"), Ok(Act::Translated));
        assert_eq!(parse_clause("b"), Ok(Clause::B));
        assert_eq!(parse_relation("copyOf"), Ok(Relation::CopyOf));
        assert!(parse_act("stolen").is_err());
        assert!(parse_attestation("non-commercial").is_ok());
        assert!(parse_attestation("license=mine").is_err(), "the tree shows it");
    }
}
