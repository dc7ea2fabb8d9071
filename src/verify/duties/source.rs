// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A built work comes with the form people change it in (check k7).

use super::{Case, DutyRow, DutyState, Told};
use crate::domain::DutyName;
use crate::finding::Finding;
use crate::license::DutyCode;
use crate::rule::Problem;

/// Forms people change, by the form that is made of them. `*` is any other built form.
const PREFERRED: &[(&str, &[&str])] = &[
    ("min.js", &["js", "ts", "mjs", "jsx", "tsx", "coffee"]),
    ("min.css", &["css", "scss", "sass", "less"]),
    ("pyc", &["py"]),
    ("class", &["java", "kt", "scala", "groovy"]),
    (
        "*",
        &[
            "c", "cc", "cpp", "cxx", "rs", "go", "zig", "f90", "s", "asm", "wat", "ts", "pas", "d", "swift",
            "m",
        ],
    ),
];

/// Forms of pictures and documents people change; asked for only where the upstream has them.
pub(super) const MEDIA: &[&str] = &["xcf", "psd", "kra", "ora", "blend", "svg", "tex", "odt", "fodt"];
const RENDERED: &[&str] = &["png", "jpg", "jpeg", "webp", "gif", "pdf"];

pub(super) fn check(case: &Case<'_>, told: &mut Told<'_>) -> Option<DutyRow> {
    let clause = case.asks(&[DutyCode::Src])?;
    let duty = DutyName::Source;
    let name = case.work.path.file_name();
    let (stem, extension) = split(name);
    let wanted: &[&str] = if case.work.marks.is_built {
        PREFERRED.iter().find(|(built, _)| *built == extension || *built == "*").map(|(_, from)| *from)?
    } else if RENDERED.contains(&extension) && upstream_has(case) {
        MEDIA
    } else {
        let seen = case.work.path.to_string();
        return Some(case.row(duty, DutyState::Met, clause, Some(seen)));
    };
    let mut same = case.view.stems.get(stem).into_iter().flatten();
    if let Some(found) = same.find(|path| wanted.contains(&split(path.file_name()).1)) {
        return Some(case.row(duty, DutyState::Met, clause, Some(found.to_string())));
    }
    let pointer = case.view.own.leaf(case.work).and_then(|leaf| leaf.source.clone());
    let signed = || case.view.own.items(case.work).find_map(|(item, _)| item.source.clone());
    if let Some(seen) = pointer.or_else(signed).or_else(|| offer(case)) {
        return Some(case.row(duty, DutyState::Met, clause, Some(seen)));
    }
    if case.attested(duty).is_some() {
        return Some(case.stated(duty, clause));
    }
    let wanted = match wanted {
        [one] => format!("{stem}.{one}"),
        [one, ..] => format!("its source ({stem}.{one} or the like)"),
        [] => "its source".to_owned(),
    };
    let problem = Problem::SourceNotProvided { source: case.source(), wanted, clause: clause.clone() };
    told.tell(Finding::on(&case.work.path, problem));
    Some(case.row(duty, DutyState::Broken, clause, None))
}

/// Splits a file name into stem and ending; `a.min.js` ends with `min.js`, `liba.so` has the stem `a`.
pub(super) fn split(name: &str) -> (&str, &str) {
    for ending in ["min.js", "min.css"] {
        if let Some(stem) = name.strip_suffix(ending) {
            return (stem.trim_end_matches('.'), ending);
        }
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    // `__pycache__/tide.cpython-312.pyc` is made of `tide.py`.
    let stem = if extension == "pyc" { stem.split('.').next().unwrap_or(stem) } else { stem };
    let stem = if matches!(extension, "so" | "a") { stem.strip_prefix("lib").unwrap_or(stem) } else { stem };
    (stem, extension)
}

/// Returns whether the upstream has an editable form beside the source.
fn upstream_has(case: &Case<'_>) -> bool {
    let source = &case.ancestor.work.path;
    let (stem, _) = split(source.file_name());
    case.upstream().media.contains(&(source.parent(), stem))
}

/// Finds an offer of the source in what tells of the tree.
fn offer(case: &Case<'_>) -> Option<String> {
    case.view.elsewhere.prose.iter().find_map(|(path, text)| {
        let lines = (1..).zip(text.lines());
        let offers = |line: &str| {
            let line = line.to_lowercase();
            (line.contains("source code") || line.contains("corresponding source"))
                && (line.contains("://") || line.contains("written offer"))
        };
        lines.filter(|(_, line)| offers(line)).map(|(number, _)| format!("{path}:{number}")).next()
    })
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_stem_of_a_built_file_is_that_of_its_source() {
        for (name, expected) in [
            ("tide.min.js", ("tide", "min.js")),
            ("tide.cpython-312.pyc", ("tide", "pyc")),
            ("libtide.so", ("tide", "so")),
            ("tide", ("tide", "")),
            ("tide.c", ("tide", "c")),
        ] {
            assert_eq!(split(name), expected);
        }
    }
}
