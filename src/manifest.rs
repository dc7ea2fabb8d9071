// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A project's signed record of its works, licenses, notices, contributors and upstreams.
//!
//! The record lies in the `.copyhold` folder at the root of a project, or in a bundle, which is the
//! same files in one ([`bundle`]):
//!
//! ```text
//! root/N.root.dsse.json            who may decide; all versions
//! manifest/N.manifest.intoto.json  the signed statement over N.leaves.jsonl; all versions
//! manifest/N.leaves.jsonl          one line a leaf; the newest version
//! manifest/N.traces                fingerprints of the works, where there are any; the newest version
//! statements/<id>.intoto.json      contributions, consents, key links, by the digest of their payload
//! notices/<sha256>                 license texts and notices, by digest
//! upstream/<id>.copyhold           upstreams' bundles, by the digest of their manifest's payload
//! asserted/<source>.jsonl          who is said to have had a part; not in a bundle, its lines are leaves
//! ```
//!
//! A record that nobody signed (made by `manifest for`) has `manifest/1.manifest.json`, the bare
//! statement, and no roots. It shows integrity, never authorship or authority.

pub mod agreement;
mod asserted;
pub mod build;
pub mod bundle;
mod deeds;
mod files;
mod history;
mod leaf;
mod record;
mod stated;
mod wire;

pub use asserted::{AssertedBy, AssertedLeaf, Assertions, read_asserted, write_asserted};
pub use deeds::{Deed, Deeds, People};
pub use files::{Files, RecordError};
pub use history::Unagreed;
#[cfg(test)]
pub(crate) use leaf::Line;
pub use leaf::{
    ContributorLeaf, Evidence, Leaf, LeafError, LicenseLeaf, NoticeLeaf, Origin, RootLeaf, StatementLeaf,
    UpstreamLeaf, UpstreamManifest, WorkIds, WorkLeaf, parse_leaves, write_leaves,
};
pub use record::{Record, Signed};
pub use stated::Stated;
pub use wire::{Manifest, ProjectState, TreeHead, TreeSource};
