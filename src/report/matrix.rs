// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Works against duties, one row a derivation: what is broken first.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use crate::domain::{DutyName, shown};
use crate::verify::{Derivation, DutyState};

/// How many rows are shown, unless all are.
const ROWS: usize = 8;

/// How wide the column of paths may be, in characters.
const WIDEST: usize = 34;

const DIM: Ansi = Ansi::new().dimmed();

/// Duties by what has to be done, in the order of the columns.
const COLUMNS: [(&str, &[DutyName]); 8] = [
    ("license", &[DutyName::License, DutyName::NoDerivatives]),
    ("notices", &[DutyName::CopyrightNotices, DutyName::NoticeFile, DutyName::InvariantSections]),
    ("text", &[DutyName::LicenseText]),
    ("credit", &[DutyName::Attribution, DutyName::Acknowledgement]),
    ("changes", &[DutyName::ChangesMarked]),
    ("source", &[DutyName::Source, DutyName::NetworkSource]),
    ("added", &[DutyName::NoAddedRestrictions, DutyName::NoProtection, DutyName::ReservedNames]),
    (
        "use",
        &[
            DutyName::NonCommercial,
            DutyName::UseRestrictions,
            DutyName::NoEndorsement,
            DutyName::Patents,
            DutyName::InteractiveNotice,
        ],
    ),
];

/// Writes the matrix; nothing where no work derives from anything.
pub(super) fn matrix(out: &mut String, derivations: &[Derivation], is_all: bool) {
    let mut rows: Vec<&Derivation> = derivations.iter().filter(|row| !row.duties.is_empty()).collect();
    if rows.is_empty() {
        return;
    }
    let count = |row: &Derivation, state| row.duties.iter().filter(|duty| duty.state == state).count();
    let weight = |row: &Derivation| (count(row, DutyState::Broken), count(row, DutyState::NotSeen));
    rows.sort_by_key(|row| std::cmp::Reverse(weight(row)));
    let limit = if is_all { rows.len() } else { ROWS };
    let names: Vec<String> =
        rows.iter().take(limit).map(|row| cut(&shown(row.path.as_str()).to_string())).collect();
    let wide = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let _ = write!(out, "{DIM}{:wide$}", "");
    for (column, _) in COLUMNS {
        let _ = write!(out, "  {column}");
    }
    let _ = writeln!(out, "{DIM:#}");
    for (row, name) in rows.iter().take(limit).zip(names) {
        let mut line = format!("{name:wide$}");
        for (column, duties) in COLUMNS {
            let states = row.duties.iter().filter(|duty| duties.contains(&duty.duty)).map(|duty| duty.state);
            // The styles have no width.
            let (paint, sign) = states.max().map_or((Ansi::new(), ' '), sign);
            let behind = column.len() - 1;
            let _ = write!(line, "  {paint}{sign}{paint:#}{:behind$}", "");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let more = rows.len().saturating_sub(limit);
    if more > 0 {
        let _ = writeln!(out, "{DIM}… and {more} more; -v shows all{DIM:#}");
    }
    let _ = writeln!(out, "{DIM}✓ kept  ✗ broken  a attested  · no file shows it  blank: not asked{DIM:#}\n");
}

fn sign(state: DutyState) -> (Ansi, char) {
    match state {
        DutyState::Met => (AnsiColor::Green.on_default(), '✓'),
        DutyState::Attested => (AnsiColor::Cyan.on_default(), 'a'),
        DutyState::NotSeen => (AnsiColor::Yellow.on_default(), '·'),
        DutyState::Broken => (AnsiColor::Red.on_default().bold(), '✗'),
    }
}

/// Cuts a long path at its front: its end tells works apart.
fn cut(path: &str) -> String {
    let length = path.chars().count();
    if length <= WIDEST {
        return path.to_owned();
    }
    format!("…{}", path.chars().skip(length - WIDEST + 1).collect::<String>())
}
