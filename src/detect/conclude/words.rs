// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the words of one file say of its license.

use crate::domain::{LicenseExpr, WorkPath};

use super::super::notice::{How, Notice};
use super::super::FileFacts;
use super::{Evidence, EvidenceKind, project};

/// One thing the words say.
pub(super) struct Said {
    /// What it means, where it has one meaning.
    pub(super) expr: Option<LicenseExpr>,
    pub(super) evidence: Evidence,
}

/// Returns what a file's words say: whole texts first, then notices in their order.
pub(super) fn said(path: &WorkPath, facts: &FileFacts) -> Vec<Said> {
    let texts = project::texts(path, facts).into_iter();
    let mut said: Vec<Said> = texts.map(|(expr, evidence)| Said { expr, evidence }).collect();
    for notice in &facts.notices {
        let evidence = evidence(path, notice);
        if !said.iter().any(|known| known.evidence.expression == evidence.expression) {
            said.push(Said { expr: notice.expr.clone().filter(|_| notice.is_clear), evidence });
        }
    }
    said
}

/// Returns what follows, unless one of them has no clear meaning.
pub(super) fn meant(said: &[Said]) -> Option<LicenseExpr> {
    let exprs: Option<Vec<_>> = said.iter().map(|said| said.expr.clone()).collect();
    LicenseExpr::all_of(exprs?)
}

fn evidence(path: &WorkPath, notice: &Notice) -> Evidence {
    let kind = match notice.how {
        How::Text => EvidenceKind::Text,
        _ => EvidenceKind::Header,
    };
    Evidence {
        kind,
        expression: notice.expr.as_ref().map_or_else(|| "NOASSERTION".to_owned(), ToString::to_string),
        line: Some(notice.first_line),
        score: (notice.score * 100.0).round() / 100.0,
        source: path.clone(),
        note: notice.note.clone(),
    }
}
