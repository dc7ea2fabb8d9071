// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Debian's machine-readable copyright format 1.0 (once DEP 5): paragraphs of fields. `.reuse/dep5` and
//! `debian/copyright` are written in it, and R's `DESCRIPTION` has the same fields.

/// One field of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'t> {
    /// Its name as written; names are equal without case.
    pub(super) name: &'t str,
    /// The line its name is on, from 1.
    pub(super) line: u32,
    /// Its lines, blanks around each taken off; the first stands behind the name and may be empty.
    pub(super) lines: Vec<&'t str>,
}

/// A paragraph: its fields in order.
pub(super) type Paragraph<'t> = Vec<Field<'t>>;

/// Returns a paragraph's field.
pub(super) fn field<'p, 't>(paragraph: &'p Paragraph<'t>, name: &str) -> Option<&'p Field<'t>> {
    paragraph.iter().find(|field| field.name.eq_ignore_ascii_case(name))
}

impl Field<'_> {
    /// Returns the lines as one text.
    pub(super) fn text(&self) -> String {
        self.lines.join(" ").trim().to_owned()
    }
}

/// Reads paragraphs. Fails with a line, from 1, and what is wrong with it.
pub(super) fn paragraphs(text: &str) -> Result<Vec<Paragraph<'_>>, (u32, String)> {
    let mut paragraphs = vec![Paragraph::new()];
    for (number, line) in (1..).zip(text.lines()) {
        let paragraph = paragraphs.last_mut().expect("there is always a last one");
        if line.trim().is_empty() {
            if !paragraph.is_empty() {
                paragraphs.push(Paragraph::new());
            }
        } else if line.starts_with('#') {
        } else if line.starts_with([' ', '\t']) {
            let Some(field) = paragraph.last_mut() else {
                return Err((number, "a line that continues nothing".into()));
            };
            field.lines.push(line.trim());
        } else {
            let Some((name, value)) = line.split_once(':') else {
                return Err((number, "expected a field, as in `Files: *`".into()));
            };
            if field(paragraph, name).is_some() {
                return Err((number, format!("a second field `{name}` in one paragraph")));
            }
            paragraph.push(Field { name, line: number, lines: vec![value.trim()] });
        }
    }
    if paragraphs.last().is_some_and(Vec::is_empty) {
        paragraphs.pop();
    }
    Ok(paragraphs)
}

/// Returns whether a paragraph is the head of a copyright file in this format.
pub(super) fn is_head(paragraph: &Paragraph<'_>) -> bool {
    const FORMAT: &str = "www.debian.org/doc/packaging-manuals/copyright-format/1.0";
    let format = field(paragraph, "Format").or_else(|| field(paragraph, "Format-Specification"));
    format.is_some_and(|format| {
        let text = format.text();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        rest.is_some_and(|rest| rest.trim_end_matches('/') == FORMAT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_have_fields_with_their_lines() {
        let text = "Format: x\n# a comment\n\n\nFiles: a\n b\nLicense: MIT\n";
        let all = paragraphs(text).unwrap();
        assert_eq!(all.len(), 2);
        let files = field(&all[1], "files").unwrap();
        assert_eq!((files.line, files.lines.as_slice()), (5, ["a", "b"].as_slice()));
        assert_eq!(paragraphs(" x\n").unwrap_err().0, 1);
        assert_eq!(paragraphs("a: 1\nno field\n").unwrap_err().0, 2);
        assert_eq!(paragraphs("a: 1\nA: 2\n").unwrap_err().0, 2);
    }
}
