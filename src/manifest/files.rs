// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The files a record consists of, and why they are no record.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::Digest;
use crate::govern::{ChainErrorKind, RootChain, Shortfall};

/// The files of a record, by the path they have in `.copyhold`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Takes files that were read below a `.copyhold` folder; those no record has are left out.
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self(files.into_iter().filter(|(name, _)| Self::is_known(name)).collect())
    }

    /// Returns whether a record can have a file of this name.
    pub fn is_known(name: &str) -> bool {
        let Some((folder, file)) = name.split_once('/') else { return false };
        let digest = |text: &str| text.parse::<Digest>().is_ok();
        match folder {
            "root" => numbered(file, ".root.dsse.json").is_some(),
            "manifest" => [".manifest.intoto.json", ".leaves.jsonl", ".traces", ".manifest.json"]
                .iter()
                .any(|suffix| numbered(file, suffix).is_some()),
            "statements" => file.strip_suffix(".intoto.json").is_some_and(digest),
            "notices" => digest(file),
            "upstream" => file.strip_suffix(".copyhold").is_some_and(digest),
            _ => false,
        }
    }

    /// Returns a file's bytes.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Adds a file; false where there is one of that name already.
    pub fn insert(&mut self, name: &str, bytes: Vec<u8>) -> bool {
        self.0.insert(name.to_owned(), bytes).is_none()
    }

    /// Returns every file, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Returns whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the project's roots. None where there are no roots at all.
    pub fn roots(&self) -> Result<Option<RootChain>, RecordError> {
        let count = self.0.keys().filter(|name| name.starts_with("root/")).count() as u64;
        if count == 0 {
            return Ok(None);
        }
        let mut envelopes = Vec::new();
        for version in 1..=count {
            let name = format!("root/{version}.root.dsse.json");
            envelopes.push(self.get(&name).ok_or_else(|| RecordError::missing(&name))?);
        }
        RootChain::check(envelopes).map(Some).map_err(|error| match error.kind {
            ChainErrorKind::Open(_) | ChainErrorKind::Stranger(_) => {
                RecordError::signature("the root chain", error)
            }
            ChainErrorKind::Threshold(shortfall) => {
                RecordError::threshold(format!("root {}", error.version), shortfall)
            }
            _ => RecordError::broken("the root chain", error),
        })
    }

    /// Returns the version of the newest manifest, signed or not.
    pub fn manifest_version(&self) -> Option<u64> {
        self.0
            .keys()
            .filter_map(|name| name.strip_prefix("manifest/"))
            .filter_map(|file| {
                numbered(file, ".manifest.intoto.json").or_else(|| numbered(file, ".manifest.json"))
            })
            .max()
    }

    /// Returns the statements in the record, accepted or not, each by the digest it is filed under.
    pub fn statements(&self) -> impl Iterator<Item = (Digest, &[u8])> {
        self.iter().filter_map(|(name, bytes)| {
            let id = name.strip_prefix("statements/")?.strip_suffix(".intoto.json")?;
            Some((id.parse().ok()?, bytes))
        })
    }
}

fn numbered(file: &str, suffix: &str) -> Option<u64> {
    let number = file.strip_suffix(suffix)?;
    let version: u64 = number.parse().ok()?;
    // One spelling: no sign, no leading zero.
    (version > 0 && version.to_string() == number).then_some(version)
}

/// Why a record does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// What it is about, as in `manifest 3`.
    pub document: String,
    /// What is wrong with it.
    pub reason: String,
    /// Whether a signature, or the lack of one, is what is wrong.
    pub is_signature: bool,
    /// Who is missing, where too few people signed.
    pub shortfall: Option<Shortfall>,
}

impl RecordError {
    pub(super) fn missing(name: &str) -> Self {
        Self::broken(name, "it is missing")
    }

    /// Says that a document contradicts itself, or cannot be read.
    pub fn broken(document: impl Into<String>, reason: impl fmt::Display) -> Self {
        let (document, reason) = (document.into(), reason.to_string());
        Self { document, reason, is_signature: false, shortfall: None }
    }

    pub(super) fn signature(document: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { is_signature: true, ..Self::broken(document, reason) }
    }

    pub(super) fn threshold(document: impl Into<String>, shortfall: Shortfall) -> Self {
        Self { shortfall: Some(shortfall.clone()), ..Self::signature(document, shortfall) }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.document, self.reason)
    }
}

impl std::error::Error for RecordError {}
