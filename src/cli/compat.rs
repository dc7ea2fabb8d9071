// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `copyhold compat`: may a work under one license go into a work under another?

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::context::{Context, Format};
use super::error::CliError;
use super::project::licenses_here;
use super::{Exit, license};
use crate::domain::LicenseExpr;
use crate::license::{Judgement, Matrix, Use, Verdict, matrix};

/// Whether a work under FROM may go into a work offered under TO
///
/// Exits 0 when it is allowed, 1 when not, 3 on conditions, 4 when nobody has settled it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copyhold compat CC-BY-SA-4.0 GPL-3.0-only")]
pub(crate) struct Args {
    /// What comes in: an SPDX expression
    #[arg(value_name = "FROM", required_unless_present = "matrix")]
    from: Option<LicenseExpr>,
    /// What the result is offered under: an SPDX expression
    #[arg(value_name = "TO", required_unless_present = "matrix")]
    to: Option<LicenseExpr>,
    /// How it is used: changed or copied from (derivative), linked or embedded unmixed (combine), or
    /// carried beside it (aggregate)
    #[arg(long = "use", value_name = "USE", default_value_t = Use::Derivative)]
    use_: Use,
    /// Print the verdicts on all known licenses instead, a row for each that comes in
    #[arg(long, conflicts_with_all = ["from", "to"])]
    matrix: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let (Some(from), Some(to)) = (&args.from, &args.to) else {
        let matrix = matrix(args.use_);
        match context.format {
            Format::Json => context.print_json(&matrix)?,
            Format::Text => context.print(table(&matrix)),
        }
        return Ok(Exit::Clean);
    };
    let judgement = licenses_here()?.judge(from, to, args.use_);
    for name in from.names().into_iter().chain(to.names()) {
        if let Some(hint) = license::unknown_hint(name) {
            context.say(hint);
        } else if name.is_deprecated() {
            context.say(format!("note: {name} is a deprecated id"));
        }
    }
    match context.format {
        Format::Json => context.print_json(&judgement)?,
        Format::Text => context.print(text(&judgement)),
    }
    Ok(match judgement.verdict {
        Verdict::Allowed => Exit::Clean,
        Verdict::NotAllowed => Exit::Findings,
        Verdict::Conditional => Exit::Verdict(3),
        Verdict::Unclear => Exit::Verdict(4),
    })
}

/// Returns tab-separated values: the first line and the first column name the licenses.
fn table(matrix: &Matrix) -> String {
    let mut out = format!("{}\t{}\n", matrix.use_, matrix.licenses.join("\t"));
    for (license, verdicts) in matrix.licenses.iter().zip(&matrix.verdicts) {
        out.push_str(license);
        for verdict in verdicts {
            let _ = write!(out, "\t{verdict}");
        }
        out.push('\n');
    }
    out
}

fn text(judgement: &Judgement) -> String {
    let style = style(judgement.verdict);
    let mut out = format!(
        "{style}{}{style:#}: {} into {} ({})\n",
        judgement.verdict, judgement.from, judgement.to, judgement.use_
    );
    section(
        &mut out,
        "why",
        judgement
            .why
            .iter()
            .map(|why| format!("{}\n    {}, {}\n    {}", why.text, why.license, why.clause, why.source)),
    );
    section(&mut out, "conditions", judgement.conditions.iter().cloned());
    let duties = judgement.follows.iter().flat_map(|(license, duties)| {
        duties.iter().map(move |duty| format!("{} ({license}, {})", duty.code.says(), duty.cite))
    });
    section(&mut out, "what follows", judgement.then.iter().cloned().chain(duties));
    section(&mut out, "repair", judgement.repair.iter().cloned());
    out
}

/// Adds a titled list, where there is something to list.
pub(super) fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    for (at, line) in lines.enumerate() {
        if at == 0 {
            let _ = writeln!(out, "{title}:");
        }
        let _ = writeln!(out, "  {line}");
    }
}

/// Returns the colour of a verdict; the word alone says the same.
pub(super) fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Allowed => AnsiColor::Green,
        Verdict::Conditional | Verdict::Unclear => AnsiColor::Yellow,
        Verdict::NotAllowed => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license::judge;

    #[track_caller]
    fn shown(from: &str, to: &str) -> String {
        text(&judge(&from.parse().unwrap(), &to.parse().unwrap(), Use::Derivative))
    }

    #[test]
    fn what_is_allowed_has_no_conditions() {
        for (from, to, asks) in [
            ("CC-BY-SA-4.0", "GPL-3.0-only", "attribut"),
            ("LGPL-2.1-only", "GPL-2.0-only", "alter all notices"),
        ] {
            let shown = shown(from, to);
            let (_, follows) = shown.split_once("what follows:").unwrap();
            assert!(!shown.contains("conditions:") && follows.contains(asks), "{shown}");
        }
        assert!(shown("MPL-2.0", "GPL-2.0-only").contains("conditions:"));
    }

    #[test]
    fn what_follows_is_not_asked_by_the_license_left_behind() {
        let shown_ = shown("GPL-2.0-or-later", "GPL-3.0-only");
        assert!(!shown_.contains("(GPL-2.0"), "{shown_}");
        let shown_ = shown("LGPL-2.1-only", "GPL-2.0-only");
        assert!(!shown_.contains("keep the library under the same license"), "{shown_}");
    }
}
