// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Explicit edges: what a license or its steward says of one other license. They are never chained.

use super::catalog::{Known, catalog};
use super::compat::{Reason, Rule, Use, Verdict};
use super::model::{Edge, Facts};
use super::pair::{Found, because, no_later};

/// Returns the edge for a pair; one that names the target's id goes before one that names its family.
pub(super) fn edge(f: &Facts, t: &Facts, use_: Use) -> Option<&'static Edge> {
    catalog()
        .edges
        .iter()
        .filter(|edge| if edge.uses.is_empty() { use_ == Use::Derivative } else { edge.uses.contains(&use_) })
        .filter(|edge| !edge.upward || t.version >= f.version)
        .filter(|edge| {
            edge.from.iter().any(|name| f.is_named(name)) && edge.to.iter().any(|name| t.is_named(name))
        })
        .min_by_key(|edge| (!edge.from.contains(&f.id), !edge.to.contains(&t.id)))
}

/// Returns the text of an edge with the license for a leading "it" or "its".
fn named(text: &str, id: &str) -> String {
    match text.strip_prefix("it").map(|rest| (rest, rest.strip_prefix("s "))) {
        Some((_, Some(rest))) => format!("{id}: its {rest}"),
        Some((rest, None)) if rest.starts_with(' ') => format!("{id}{rest}"),
        _ => text.to_owned(),
    }
}

pub(super) fn along(edge: &Edge, from: Known<'_>, to: Known<'_>) -> Found {
    let permits = edge.verdict >= Verdict::Conditional;
    if permits && to.later && !edge.later && !from.later && from.facts.is_copyleft() {
        let mut found = no_later(from, to);
        found.why.push(because(
            Rule::Copyleft,
            from.facts,
            &edge.cite,
            &format!("{} names {} and no later version", from.id(), to.only().id()),
        ));
        return found;
    }
    let since = edge.since.as_ref().map(|since| format!(" (since {since})")).unwrap_or_default();
    let reason = Reason {
        license: from.id(),
        clause: edge.cite.clone(),
        source: edge.source.clone().unwrap_or_else(|| from.facts.source.clone()),
        text: format!("{}{since}", named(&edge.text, &from.id())),
        basis: format!("{}, {:?}", Rule::Copyleft, edge.tier),
        tier: Some(edge.tier),
        since: edge.since.clone(),
    };
    let asks = edge.conditions.iter().chain(&edge.then).cloned().collect();
    let (conditions, then) =
        if edge.verdict == Verdict::Allowed { (Vec::new(), asks) } else { (asks, Vec::new()) };
    let converted = edge.uses.is_empty() || edge.converts;
    Found { conditions, then, converted, ..Found::new(edge.verdict, reason) }
}
