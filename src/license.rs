// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What licenses ask, as data, and what follows from it.
//!
//! The facts are the TOML files in `license/facts`, written from the license texts and the stewards'
//! statements; each names its clause. A handful of numbered rules ([`Rule`]) turns facts into verdicts.
//! There is no matrix, and edges are never chained: a path through a third license is a repair.
//! What nobody has settled is `unclear`, and an unknown license is `allowed` into nothing but itself.

mod catalog;
mod compat;
mod edge;
mod matrix;
mod model;
mod nearest;
mod pair;
mod profile;
mod repair;
mod shift;
mod suggest;
mod terms;
mod written;

pub use catalog::{Known, Licenses, facts, known};
pub use compat::{Judgement, ParseUseError, Reason, Rule, Use, Verdict, judge};
pub use matrix::{Matrix, matrix};
pub use model::{Duty, Facts, Tier};
pub use nearest::{nearest, nearest_text};
pub use profile::{Profile, TermProfile, profile, text};
pub use shift::{Shift, shift};
pub use suggest::{Suggestion, Suggestions, suggest};
pub use terms::{Class, DutyCode, Extra, Kind, Reach, Restriction};
pub use written::{FullDuty, WrittenDuty, WrittenFacts};

#[cfg(test)]
mod tests;
