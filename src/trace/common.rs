// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What texts have in common that nobody took from another: the head of a Go file, what an editor writes
//! into a drawing. Normative, as a part of rule 1 of `gram`:
//!
//! Of a line its ASCII blanks are taken off at both ends. Common lines are, in any text, those from
//! `import (` to the next one that starts with `)`, and those that start with `package `; in a
//! *drawing*, which has `<svg` in one of its first 20 lines, those that have one of `inkscape:`,
//! `sodipodi:`, `rdf:`, `xmlns`, `<cc:` or `<dc:`, and those from one with `<metadata`, `<marker` or
//! `<sodipodi:namedview` to the first that has `</metadata`, `</marker` or `>`; the first of them is the
//! last, too, if it has that or `/>`.

/// Returns whether a text is a drawing.
pub(super) fn is_drawing(lines: &[&[u8]]) -> bool {
    lines.iter().take(20).any(|line| has(line, b"<svg"))
}

/// Returns the lines, from 0, that everybody has.
pub(super) fn find(lines: &[&[u8]], is_drawing: bool) -> Vec<bool> {
    // What ends the block that is open.
    let mut open: Option<&[u8]> = None;
    let common = |line: &&[u8]| {
        let line = line.trim_ascii();
        if let Some(end) = open {
            let ends = if end == b")" { line.starts_with(end) } else { has(line, end) };
            open = open.filter(|_| !ends);
            return true;
        }
        // Of Go, whose formatter gives them one form; elsewhere imports are a part like others.
        if line == b"import (" {
            open = Some(b")");
        } else if is_drawing && let Some((_, end)) = BLOCKS.iter().find(|(start, _)| has(line, start)) {
            open = (!has(line, b"/>") && !has(line, end)).then_some(end);
            return true;
        }
        open.is_some() || line.starts_with(b"package ") || (is_drawing && is_of_editor(line))
    };
    lines.iter().map(common).collect()
}

/// What an editor writes about its drawing, and the heads of arrows it has in stock.
const BLOCKS: [(&[u8], &[u8]); 3] =
    [(b"<metadata", b"</metadata"), (b"<marker", b"</marker"), (b"<sodipodi:namedview", b">")];

fn is_of_editor(line: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] = [b"inkscape:", b"sodipodi:", b"rdf:", b"xmlns", b"<cc:", b"<dc:"];
    NAMES.iter().any(|name| has(line, name))
}

fn has(text: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(text, needle).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_everywhere_is_weak() {
        for (text, expected) in [
            ("package a\nimport (\n  \"fmt\"\n  x \"a/b\"\n)\nvar a = 1", "ccccc."),
            ("#include <a.h>\nuse std::fmt;\nimport os", "..."),
            ("<svg xmlns=\"x\">\n<rdf:RDF>\n<path d=\"m 0\"/>", "cc."),
            ("<svg>\n<sodipodi:namedview\n  id=\"base\"\n  showgrid=\"false\" />\n<g>", ".ccc."),
            ("<svg>\n<metadata>\n<a/>\n</metadata>\n<metadata/>\n<g>", ".cccc."),
            ("<svg>\n<marker id=\"a\">\n<path/>\n</marker>\n<path/>", ".ccc."),
            ("<svg>\n<marker", ".c"),
            ("inkscape: a program\n<marker>\n<b>", "..."),
        ] {
            let lines: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
            let found =
                find(&lines, is_drawing(&lines)).into_iter().map(|common| if common { 'c' } else { '.' });
            assert_eq!(found.collect::<String>(), expected, "{text}");
        }
    }
}
