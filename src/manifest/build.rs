// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Makes the next manifest from what is in a tree and what was stated about it.

use std::collections::BTreeMap;
use std::fmt;

use super::wire::{PreviousManifest, SourceRevision, TreeAlgorithm};
use super::{
    AssertedLeaf, ContributorLeaf, Deeds, Leaf, LeafError, LicenseLeaf, Manifest, NoticeLeaf, Origin,
    ProjectState, RootLeaf, Stated, StatementLeaf, TreeHead, TreeSource, UpstreamLeaf, WorkLeaf,
    write_leaves,
};
use crate::domain::{Digest, GitOid, Instant, LicenseExpr};
use crate::govern::Scope;
use crate::hash::{MerkleTree, sha256, works_dir_hash};
use crate::sign::Statement;
use crate::sign::canonical::JcsError;
use crate::sign::statement::{Contribution, Predicate as _, StatementError, Subject};

/// What a manifest is made from.
pub struct Inputs<'a> {
    /// The project, and the root in force.
    pub project: ProjectState,
    /// The version of the manifest.
    pub version: u64,
    /// The digest of the manifest before.
    pub previous: Option<Digest>,
    /// The works, with what was seen of them; statements add to it.
    pub works: Vec<WorkLeaf>,
    /// The license texts.
    pub licenses: Vec<LicenseLeaf>,
    /// The notices.
    pub notices: Vec<NoticeLeaf>,
    /// Whose statements are accepted.
    pub contributors: Vec<ContributorLeaf>,
    /// Who is said to have had a part.
    pub asserted: Vec<AssertedLeaf>,
    /// The accepted statements.
    pub statements: &'a BTreeMap<Digest, Stated>,
    /// Consents and key links that go into the record.
    pub deeds: &'a Deeds,
    /// Since which manifest a statement is in the record, where that is an earlier one.
    pub since: BTreeMap<Digest, u64>,
    /// The scopes of the root in force.
    pub scopes: BTreeMap<String, Scope>,
    /// The projects that works derive from.
    pub upstreams: Vec<UpstreamLeaf>,
    /// The root in force; none for an unsigned record.
    pub root: Option<RootLeaf>,
    /// The commit that is checked out.
    pub commit: Option<GitOid>,
    /// What the project is offered under as a whole.
    pub license: Option<LicenseExpr>,
    /// When.
    pub stated_at: Instant,
    /// The traces of the works, where they are wanted.
    pub traces: Option<&'a [u8]>,
}

/// A manifest that is not signed yet.
pub struct Unsigned {
    /// The leaves file.
    pub leaves: Vec<u8>,
    /// The statement over it.
    pub statement: Statement<Manifest>,
}

/// Why a manifest cannot be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no work to record.
    Empty,
    /// A leaf that would be too long, or there would be too many.
    Leaves(LeafError),
    /// Something that has no canonical form.
    Document(JcsError),
    /// The statement would not hold together.
    Statement(StatementError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no work to record"),
            Self::Leaves(error) => write!(f, "the record cannot be made: {error}"),
            Self::Document(error) => write!(f, "the record cannot be made: {error}"),
            Self::Statement(error) => write!(f, "the record cannot be made: {error}"),
        }
    }
}

impl std::error::Error for BuildError {}

/// Makes the leaves file and the statement over it.
pub fn build(mut inputs: Inputs<'_>) -> Result<Unsigned, BuildError> {
    if inputs.works.is_empty() {
        return Err(BuildError::Empty);
    }
    attribute(&mut inputs.works, inputs.statements);
    let dir_hash =
        works_dir_hash(inputs.works.iter().filter(|w| w.mode.is_file()).map(|w| (&w.path, &w.sha256)));

    let statements = inputs.statements.iter().map(|(id, stated)| StatementLeaf {
        by: stated.people().into_iter().collect(),
        predicate_type: Contribution::TYPE.to_owned(),
        sha256: *id,
        since: None,
    });
    let mut leaves: Vec<Leaf> = statements
        .chain(inputs.deeds.leaves())
        .map(|leaf| StatementLeaf {
            since: Some(inputs.since.get(&leaf.sha256).copied().unwrap_or(inputs.version)),
            ..leaf
        })
        .map(Leaf::Statement)
        .collect();
    leaves.extend(inputs.works.into_iter().map(|work| Leaf::Work(Box::new(work))));
    leaves.extend(inputs.licenses.into_iter().map(Leaf::License));
    leaves.extend(inputs.notices.into_iter().map(Leaf::Notice));
    leaves.extend(inputs.contributors.into_iter().map(Leaf::Contributor));
    leaves.extend(inputs.asserted.into_iter().map(Leaf::Asserted));
    leaves.extend(inputs.upstreams.into_iter().map(Leaf::Upstream));
    leaves.extend(inputs.root.into_iter().map(Leaf::Root));

    let mut counts = BTreeMap::new();
    for leaf in &leaves {
        *counts.entry(leaf.kind().to_owned()).or_default() += 1;
    }
    let bytes = write_leaves(&leaves).map_err(BuildError::Document)?;
    let lines = super::leaf::lines(&bytes).map_err(BuildError::Leaves)?;
    let tree = MerkleTree::new(lines);
    let manifest = Manifest {
        project: inputs.project,
        version: inputs.version,
        previous: inputs.previous.map(|sha256| PreviousManifest { sha256 }),
        tree: TreeHead {
            alg: TreeAlgorithm::Rfc9162Sha256,
            root: tree.root().ok_or(BuildError::Empty)?,
            size: tree.size(),
        },
        works_dir_hash: dir_hash,
        tree_source: TreeSource::WorkTree,
        source_revision: inputs.commit.map(|git_commit| SourceRevision { git_commit }),
        counts,
        scopes: super::history::scope_digests(&inputs.scopes, &leaves).map_err(BuildError::Document)?,
        license: inputs.license,
        stated_at: inputs.stated_at,
    };
    let subject = |suffix: &str, bytes: &[u8]| {
        let name = format!("{}.{suffix}", manifest.version);
        Subject::new(name.parse().expect("a number and a suffix are a path"), sha256(bytes))
    };
    let mut subjects = vec![subject("leaves.jsonl", &bytes)];
    subjects.extend(inputs.traces.map(|traces| subject("traces", traces)));
    let statement = Statement::new(subjects, manifest).map_err(BuildError::Statement)?;
    Ok(Unsigned { leaves: bytes, statement })
}

/// A statement, and which of its subjects a work is.
type Spoken<'a> = (&'a Digest, &'a Stated, usize);

/// Adds to each work what the statements about exactly its bytes say. Where several speak of the
/// same field, the one stated last does, by its own word; creators and origins are united.
fn attribute(works: &mut [WorkLeaf], statements: &BTreeMap<Digest, Stated>) {
    let mut ordered: Vec<(&Digest, &Stated)> = statements.iter().collect();
    ordered.sort_by_key(|(id, stated)| (stated.statement.predicate().stated_at, **id));
    let mut about: BTreeMap<(&str, Digest), Vec<Spoken<'_>>> = BTreeMap::new();
    for (id, stated) in ordered {
        for (index, subject) in stated.statement.subjects().iter().enumerate() {
            let key = (subject.name.as_str(), subject.digest.sha256);
            about.entry(key).or_default().push((id, stated, index));
        }
    }
    for work in works {
        let Some(spoken) = about.get(&(work.path.as_str(), work.sha256)) else { continue };
        for (id, stated, index) in spoken {
            work.statements.push(**id);
            let predicate = stated.statement.predicate();
            for item in predicate.items.iter().filter(|item| item.subject as usize == *index) {
                work.title = item.title.clone().or(work.title.take());
                work.source = item.source.clone().or(work.source.take());
                work.changes = item.changes.clone().or(work.changes.take());
                let stated_license = item.license.as_ref().or(predicate.outbound_license.as_ref());
                if work.license.is_none() {
                    work.license = stated_license.cloned();
                }
                extend_unique(&mut work.creators, &item.creators);
                if work.copyright.is_empty() {
                    work.copyright.clone_from(&item.copyright);
                }
                let origins: Vec<Origin> = item
                    .from
                    .iter()
                    .map(|from| Origin {
                        path: from.path.clone(),
                        relation: from.relation,
                        sha256: from.sha256,
                        upstream: from.upstream.clone(),
                    })
                    .collect();
                extend_unique(&mut work.from, &origins);
            }
        }
        work.statements.sort_unstable();
        work.statements.dedup();
        work.from.sort();
    }
}

fn extend_unique<T: PartialEq + Clone>(into: &mut Vec<T>, from: &[T]) {
    for value in from {
        if !into.contains(value) {
            into.push(value.clone());
        }
    }
}
