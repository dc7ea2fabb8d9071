// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The verdict of REUSE for people.

use std::fmt::Write as _;

use super::Style;
use crate::domain::shown;
use crate::reuse::Lint;

/// How many of one kind are named unless all are asked for.
const NAMED: usize = 10;

/// Returns a verdict as text: what is wrong by kind, what mends it, and the sums.
pub fn lint_text(lint: &Lint, style: Style) -> String {
    // Writing to a text cannot fail.
    let mut text = String::new();
    let problems = lint.problems();
    for kind in problems.kinds() {
        let _ = writeln!(text, "{} ({})", kind.what, kind.of.len());
        let named = if style.all { kind.of.len() } else { NAMED };
        for of in kind.of.iter().take(named) {
            let _ = writeln!(text, "  {}", shown(of));
        }
        if kind.of.len() > named {
            let _ = writeln!(text, "  … and {} more; -v names all", kind.of.len() - named);
        }
        let _ = writeln!(text, "  help: {}\n", kind.help);
    }
    if !style.quiet {
        let covered = lint.covered();
        let _ = writeln!(
            text,
            "covered files: {covered}, with a license: {}, with a copyright notice: {}",
            covered - problems.missing_licensing_info.len(),
            covered - problems.missing_copyright_info.len(),
        );
        text.push_str(if lint.is_compliant() { "REUSE 3.3: met\n" } else { "REUSE 3.3: not met\n" });
    }
    text
}
