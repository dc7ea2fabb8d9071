// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Proposed links as a table, one line a link.

use std::fmt::Write as _;

use anstyle::Style as Ansi;
use serde::Serialize;

use super::compare::{lines, percent};
use super::text::Style;
use crate::domain::shown;
use crate::verify::{Confidence, Proposal};

/// How the JSON of proposed links names itself.
const SCHEMA: &str = "https://w3id.org/copyhold/derive/v0.1";

/// How many links are shown, unless all are.
const SHOWN: usize = 18;

const DIM: Ansi = Ansi::new().dimmed();

/// What `derive --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DeriveDocument {
    /// Names this format and its version.
    pub schema: &'static str,
    /// The links that were found and that nobody declares, sorted by path.
    pub links: Vec<Proposal>,
}

/// Returns the document of proposed links.
pub fn derive_document(links: Vec<Proposal>) -> DeriveDocument {
    DeriveDocument { schema: SCHEMA, links }
}

/// Returns what one link rests on, in words.
pub fn why(link: &Proposal) -> String {
    if link.similarity <= 0.0 {
        return format!("{}: by history", link.confidence);
    }
    format!("{}: {} of it{}", link.confidence, percent(link.similarity), lines(&link.ranges, false))
}

/// Returns the table.
pub fn derive_text(links: &[Proposal], style: Style) -> String {
    let mut out = String::new();
    let mut rows: Vec<&Proposal> = links.iter().collect();
    rows.sort_by_key(|link| std::cmp::Reverse(link.confidence));
    let limit = if style.all { rows.len() } else { SHOWN };
    let cells = |link: &Proposal| {
        let from = format!("{}:{}", link.upstream, link.source);
        [shown(link.path.as_str()).to_string(), link.relation.to_string(), shown(&from).to_string()]
    };
    let table: Vec<_> = rows.iter().take(limit).map(|link| (cells(link), *link)).collect();
    let wide = |at: usize| table.iter().map(|(cells, _)| cells[at].chars().count()).max().unwrap_or(0);
    let [first, second, third] = [0, 1, 2].map(wide);
    for ([path, relation, from], link) in &table {
        let sure = if link.confidence == Confidence::Derived { "" } else { "  likely" };
        let share = if link.similarity > 0.0 { percent(link.similarity) } else { "by history".to_owned() };
        let _ = writeln!(out, "{path:first$}  {relation:second$}  {from:third$}  {DIM}{share}{sure}{DIM:#}");
    }
    if rows.len() > limit {
        let _ = writeln!(out, "{DIM}… and {} more; -v shows all{DIM:#}", rows.len() - limit);
    }
    out
}
