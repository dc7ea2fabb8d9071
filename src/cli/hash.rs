// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `hash`: the digests of files and trees, as `sha256sum` writes them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Exit;
use super::context::{Context, Format};
use super::error::CliError;
use crate::domain::{Mode, shown};
use crate::hash::{
    HASH_SCHEMA, HashDocument, HashProblem, HashedTree, HashedWork, works_dir_hash, write_checksum_line,
};
use crate::work::{Content, Entry, Kind, Tree, TreeProblem, look_file};

const AFTER_HELP: &str = "\
Lines are those of sha256sum and name regular files only; links, submodules and the tree's own digest \
are told on standard error. With --ids a line is, separated by tabs: the SHA-256, the gitoid, the SWHID \
(`-` where there is none) and the path, in which `\\`, control characters and bytes that are not UTF-8 \
are escaped; links and submodules are listed too.

Example: copyhold hash src | sha256sum -c";

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Files and trees
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Print the gitoid and the SWHID of each work too
    #[arg(long)]
    ids: bool,
    /// Print one line for each tree: its worksDirHash
    #[arg(long, conflicts_with = "ids")]
    tree: bool,
}

/// What was given, hashed.
enum Hashed {
    Tree(HashedTree),
    File(HashedWork),
    Neither(HashProblem),
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let hashed: Vec<Hashed> = args.paths.par_iter().map(|path| hash(path, args)).collect();
    let mut blind = false;
    for (path, hashed) in args.paths.iter().zip(&hashed) {
        blind |= tell(path, hashed, args, context);
    }
    match context.format {
        Format::Json => context.print_json(&document(hashed))?,
        Format::Text => {
            let terminal = context.prints_to_terminal();
            for (path, hashed) in args.paths.iter().zip(&hashed) {
                if args.ids {
                    for line in id_lines(path, hashed) {
                        context.print(format!("{line}\n"));
                    }
                    continue;
                }
                for line in lines(path, hashed, args.tree) {
                    if terminal {
                        context.print(format!("{}\n", shown(&line)));
                    } else {
                        context.print_exact(format!("{line}\n"));
                    }
                }
            }
        }
    }
    Ok(if blind { Exit::Undecided } else { Exit::Clean })
}

fn hash(path: &Path, args: &Args) -> Hashed {
    if path.is_dir() {
        return match Tree::open(path) {
            Ok(tree) => Hashed::Tree(hash_tree(&tree, args)),
            Err(error) => {
                let why = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                Hashed::Neither(problem(path, &format!("cannot be read: {why}"), true))
            }
        };
    }
    look_file(path, |content| match content {
        Ok(content) => Hashed::File(work(escaped(path), &content, None, args)),
        Err(why) => Hashed::Neither(problem(path, &why.reason(), true)),
    })
}

fn hash_tree(tree: &Tree, args: &Args) -> HashedTree {
    let read = tree.map(|entry, content| content.map(|content| hash_entry(entry, &content, args)));
    let mut works = Vec::new();
    let mut problems = Vec::new();
    for outcome in read {
        match outcome {
            Ok(work) => works.push(work),
            Err(why) => problems.push(problem(why.path(), &why.reason(), why.hides_works())),
        }
    }
    for why in tree.problems() {
        let mut found = problem(why.path(), &why.reason(), why.hides_works());
        if let TreeProblem::NotUtf8(path) = why {
            match tree.look_unnamed(path, |content| content.map(|content| content.sha256())) {
                Ok(digest) => found.sha256 = Some(digest),
                Err(more) => found.reason = format!("{}; {}", found.reason, more.reason()),
            }
        }
        problems.push(found);
    }
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    // Over some of the files it would look like the digest of another tree.
    // Where all were read, works and entries run side by side.
    let whole = problems.iter().all(|problem| !problem.hides_works);
    let digests: Vec<_> = tree.entries().iter().map(|entry| &entry.path).zip(&works).collect();
    let files =
        digests.iter().filter(|(_, work)| work.mode.is_file()).map(|(path, work)| (*path, &work.sha256));
    let works_dir_hash = whole.then(|| works_dir_hash(files));
    HashedTree { path: escaped(tree.root()), works_dir_hash, works, problems }
}

fn hash_entry(entry: &Entry, content: &Content<'_>, args: &Args) -> HashedWork {
    let mut work = work(entry.path.to_string(), content, Some(entry.tracked), args);
    if let Kind::Submodule(commit) = entry.kind {
        work.git_blob = None;
        work.swhid = args.ids.then(|| format!("swh:1:rev:{commit}"));
    }
    work
}

fn work(path: String, content: &Content<'_>, tracked: Option<bool>, args: &Args) -> HashedWork {
    let git_blob = if args.ids { content.git_blob() } else { None };
    HashedWork {
        path,
        sha256: content.sha256(),
        size: content.size(),
        mode: content.mode(),
        tracked,
        git_blob,
        swhid: git_blob.map(|id| format!("swh:1:cnt:{id}")),
    }
}

fn problem(path: &Path, reason: &str, hides_works: bool) -> HashProblem {
    HashProblem { path: escaped(path), reason: reason.to_owned(), hides_works, sha256: None }
}

/// Returns a path as text. One that is not UTF-8 has its bytes that are none as `\xe9`, and then its
/// backslashes doubled.
fn escaped(path: &Path) -> String {
    let Some(text) = path.to_str() else {
        let chunks = path.as_os_str().as_bytes().utf8_chunks();
        return chunks.fold(String::new(), |mut text, chunk| {
            text += &chunk.valid().replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
            chunk.invalid().iter().fold(text, |text, byte| text + &format!("\\x{byte:02x}"))
        });
    };
    text.to_owned()
}

/// Tells what the lines do not; returns whether something stayed unknown.
fn tell(path: &Path, hashed: &Hashed, args: &Args, context: &Context) -> bool {
    let whole = escaped(path);
    let at = shown(&whole);
    let (problems, works): (&[HashProblem], &[HashedWork]) = match hashed {
        Hashed::Tree(tree) => (&tree.problems, &tree.works),
        Hashed::File(_) if args.tree => {
            context.complain(format!("error: {at}: a file; --tree is about folders"));
            return true;
        }
        Hashed::File(work) => (&[], std::slice::from_ref(work)),
        Hashed::Neither(problem) => {
            context.complain(format!("error: {at}: {}", problem.reason));
            return true;
        }
    };
    for problem in problems {
        let level = if problem.hides_works { "error" } else { "warning" };
        let inside = joined(path, &problem.path);
        context.complain(format!("{level}: {}: {}", shown(&inside), problem.reason));
    }
    for work in works.iter().filter(|work| args.ids && work.swhid.is_none()) {
        let inside = if matches!(hashed, Hashed::Tree(_)) { joined(path, &work.path) } else { whole.clone() };
        let reason = "no git id: its bytes are half of a known SHA-1 collision, or changed meanwhile";
        context.complain(format!("warning: {}: {reason}", shown(&inside)));
    }
    if path.to_str().is_none() {
        context.complain(format!("error: {at}: its name is not UTF-8, so its lines cannot be checked"));
    }
    if let Hashed::Tree(tree) = hashed {
        if !args.tree {
            context.say(format!("{at}: {}", summary(tree)));
        } else if tree.works_dir_hash.is_none() {
            context
                .complain(format!("error: {at}: no worksDirHash, since not all of its files could be read"));
        }
    }
    path.to_str().is_none() || problems.iter().any(|problem| problem.hides_works)
}

/// Returns what a tree holds, in a line.
fn summary(tree: &HashedTree) -> String {
    let count = |what: &str, wanted: &dyn Fn(&HashedWork) -> bool| {
        let count = tree.works.iter().filter(|work| wanted(work)).count();
        (count > 0).then(|| format!("{what}: {count}"))
    };
    let counts = [
        count("files", &|work| work.mode.is_file()),
        count("symbolic links", &|work| work.mode == Mode::Symlink),
        count("submodules", &|work| work.mode == Mode::Submodule),
        count("not tracked by git", &|work| work.tracked == Some(false)),
        tree.works_dir_hash.map(|digest| format!("worksDirHash: {digest}")),
    ];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    if counts.is_empty() { "no works".into() } else { counts.join(", ") }
}

/// Returns the path of a work as `sha256sum`, called from here, takes it.
fn joined(tree: &Path, inside: &str) -> String {
    if tree == OsStr::new(".") {
        return inside.to_owned();
    }
    let tree = escaped(tree);
    format!("{tree}{}{inside}", if tree.ends_with('/') { "" } else { "/" })
}

/// Returns the lines of `sha256sum`. A name that is not UTF-8 stands escaped in a line that does not
/// start with `\`, so it is no other file's name.
fn lines(path: &Path, hashed: &Hashed, tree_only: bool) -> Vec<String> {
    let line = |name: &str, digest| {
        let mut line = String::new();
        write_checksum_line(&mut line, name, digest);
        line.pop();
        line
    };
    let readable = path.to_str().is_some();
    let tree = match hashed {
        Hashed::Neither(_) => return Vec::new(),
        Hashed::File(_) if tree_only => return Vec::new(),
        Hashed::File(work) if readable => return vec![line(&work.path, &work.sha256)],
        Hashed::File(work) => return vec![format!("{}  {}", work.sha256, work.path)],
        Hashed::Tree(tree) => tree,
    };
    if tree_only {
        return tree.works_dir_hash.iter().map(|digest| format!("{digest}  {}", tree.path)).collect();
    }
    let files = tree.works.iter().filter(|work| work.mode.is_file()).map(|work| {
        let name = joined(path, &work.path);
        if readable { line(&name, &work.sha256) } else { format!("{}  {name}", work.sha256) }
    });
    let unnamed = tree
        .problems
        .iter()
        .filter_map(|problem| Some(format!("{}  {}", problem.sha256?, joined(path, &problem.path))));
    files.chain(unnamed).collect()
}

/// Returns the lines of `--ids`.
fn id_lines(path: &Path, hashed: &Hashed) -> Vec<String> {
    let line = |work: &HashedWork, name: &str| {
        let gitoid = match (work.git_blob, work.swhid.as_deref().and_then(|id| id.strip_prefix("swh:1:rev:")))
        {
            (Some(id), _) => format!("gitoid:blob:sha1:{id}"),
            (None, Some(commit)) => format!("gitoid:commit:sha1:{commit}"),
            (None, None) => "-".to_owned(),
        };
        let name = if path.to_str().is_some() { name.replace('\\', "\\\\") } else { name.to_owned() };
        format!("{}\t{gitoid}\t{}\t{}", work.sha256, work.swhid.as_deref().unwrap_or("-"), shown(&name))
    };
    match hashed {
        Hashed::Neither(_) => Vec::new(),
        Hashed::File(work) => vec![line(work, &work.path)],
        Hashed::Tree(tree) => {
            let works = tree.works.iter().map(|work| line(work, &joined(path, &work.path)));
            let unnamed = tree.problems.iter().filter_map(|problem| {
                let name = joined(path, &problem.path);
                Some(format!("{}\t-\t-\t{}", problem.sha256?, shown(&name)))
            });
            works.chain(unnamed).collect()
        }
    }
}

fn document(hashed: Vec<Hashed>) -> HashDocument {
    let mut document =
        HashDocument { schema: HASH_SCHEMA, trees: Vec::new(), files: Vec::new(), problems: Vec::new() };
    for hashed in hashed {
        match hashed {
            Hashed::Tree(tree) => document.trees.push(tree),
            Hashed::File(work) => document.files.push(work),
            Hashed::Neither(problem) => document.problems.push(problem),
        }
    }
    document
}
