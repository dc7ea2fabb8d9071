// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What texts have in common that nobody took from another: the head of a Go file, what an editor writes
//! into a drawing.

/// Marks the lines of a Go file that say which others it uses, and those of a drawing that its editor wrote
/// about it.
pub(super) fn mark(lines: &[&[u8]], weak: &mut [bool]) {
    /// The head of an SVG file is no longer.
    const HEAD: usize = 20;
    let is_drawing = lines.iter().take(HEAD).any(|line| has(line, b"<svg"));
    let mut in_block = false;
    for (line, weak) in lines.iter().zip(weak) {
        let line = line.trim_ascii();
        // Of Go, whose formatter gives them one form; elsewhere imports are a part like others.
        let opens = line == b"import (";
        let closes = in_block && line.starts_with(b")");
        *weak |= in_block || opens || line.starts_with(b"package ") || (is_drawing && is_of_editor(line));
        in_block = (in_block || opens) && !closes;
    }
}

fn is_of_editor(line: &[u8]) -> bool {
    const NAMES: [&[u8]; 7] = [b"inkscape:", b"sodipodi:", b"rdf:", b"xmlns", b"<cc:", b"<dc:", b"metadata"];
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
        let marked = |text: &str| {
            let lines: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
            let mut weak = vec![false; lines.len()];
            mark(&lines, &mut weak);
            weak.iter().map(|weak| if *weak { 'w' } else { '.' }).collect::<String>()
        };
        assert_eq!(marked("package a\nimport (\n  \"fmt\"\n  x \"a/b\"\n)\nvar a = 1"), "wwwww.");
        assert_eq!(marked("#include <a.h>\nuse std::fmt;\nimport os"), "...");
        assert_eq!(marked("<svg xmlns=\"x\">\n<rdf:RDF>\n<path d=\"m 0\"/>"), "ww.");
        assert_eq!(marked("inkscape: a program"), ".");
    }
}
