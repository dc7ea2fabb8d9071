// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A consent: a contributor lets a project put what they contributed under another license.

use serde::{Deserialize, Serialize};

use super::{Contributor, Predicate, ProjectRef, StatementError, Subject};
use crate::domain::{Instant, LicenseExpr};

/// That contributions, as they were signed, may go out under another license. The subjects are those
/// of the contributor's own statements: what others made of the works since does not matter, and what
/// the contributor adds later is not meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// The project that asked.
    pub project: ProjectRef,
    /// Who consents, with the key that signs.
    pub contributor: Contributor,
    /// What the works may go out under.
    pub to_license: LicenseExpr,
    /// For whom the contributor speaks besides, as an employer; absent where for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// When the contributor says this was stated. Nothing is decided by it.
    pub stated_at: Instant,
}

impl Predicate for Consent {
    const TYPE: &'static str = "https://w3id.org/copyhold/consent/v0.1";

    fn check(&self, _subjects: &[Subject]) -> Result<(), StatementError> {
        self.contributor.check()?;
        match self.on_behalf_of.iter().find(|text| text.contains('@')) {
            Some(text) => Err(StatementError::Address(text.clone())),
            None => Ok(()),
        }
    }
}
