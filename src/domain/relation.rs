// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! How a work relates to the work it came from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One derivation's kind. A strict subset of what SPDX 3.0.1 can express, so export is lossless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    /// The same bytes.
    CopyOf,
    /// Edited.
    DescendantOf,
    /// Part of it lifted into another work.
    ExcerptOf,
    /// A translation or a format shift.
    VariantOf,
    /// Aggregation: no derivation.
    Contains,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CopyOf => "copyOf",
            Self::DescendantOf => "descendantOf",
            Self::ExcerptOf => "excerptOf",
            Self::VariantOf => "variantOf",
            Self::Contains => "contains",
        })
    }
}
