// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Every license there are facts on, into every other.

use rayon::prelude::*;
use serde::Serialize;

use super::catalog::{Licenses, all_known};
use super::compat::{Use, Verdict};
use super::pair::{self, Party};
use crate::domain::LicenseTerm;

/// The verdicts on all pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Matrix {
    /// The version of this document.
    pub schema: &'static str,
    /// How the one is used in the other.
    #[serde(rename = "use")]
    pub use_: Use,
    /// The licenses, in the order of rows and columns.
    pub licenses: Vec<String>,
    /// For each license that comes in, the verdict for each one the result is offered under.
    pub verdicts: Vec<Vec<Verdict>>,
}

/// Judges every pair for one use.
pub fn matrix(use_: Use) -> Matrix {
    let licenses = Licenses::default();
    let terms: Vec<LicenseTerm> = all_known()
        .filter_map(|known| {
            Some(LicenseTerm { license: known.id().parse().ok()?, or_later: false, exception: None })
        })
        .collect();
    let parties: Vec<Party<'_>> = terms.iter().map(|term| Party::of(term, &licenses)).collect();
    let row = |from: &Party<'_>| parties.iter().map(|to| pair::judge(*from, *to, use_).verdict).collect();
    Matrix {
        schema: "https://w3id.org/copyhold/matrix/v0.1",
        use_,
        verdicts: parties.par_iter().map(row).collect(),
        licenses: terms.iter().map(ToString::to_string).collect(),
    }
}
