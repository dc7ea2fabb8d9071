// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! License expressions as `reuse lint` takes them: the grammar of SPDX 2.3, annex D, with any word for
//! an id and operators in any case. A wrong id is then a license whose text is missing.

use std::fmt::Write as _;

/// An expression as it was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Expression {
    /// In one spelling where it is valid, else as written.
    pub(super) text: String,
    /// Its licenses and exceptions, each once; nothing where it is not valid.
    pub(super) names: Vec<String>,
    /// Whether it follows the grammar.
    pub(super) is_valid: bool,
}

/// Deeper expressions are not read.
const MAX_DEPTH: usize = 64;

impl Expression {
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader { words: words(text), at: 0, names: Vec::new() };
        match reader.operation(0).filter(|_| reader.at == reader.words.len()) {
            Some(node) => Self { text: node.text, names: reader.names, is_valid: true },
            None => Self { text: text.to_owned(), names: Vec::new(), is_valid: false },
        }
    }
}

fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        let mut rest = part;
        while let Some(at) = rest.find(['(', ')']) {
            words.extend(Some(&rest[..at]).filter(|word| !word.is_empty()));
            words.push(&rest[at..=at]);
            rest = &rest[at + 1..];
        }
        words.extend(Some(rest).filter(|word| !word.is_empty()));
    }
    words
}

/// What was read of a part of an expression.
struct Node {
    text: String,
    /// Whether it has parts of its own, which need parentheses inside another.
    is_joined: bool,
}

struct Reader<'t> {
    words: Vec<&'t str>,
    at: usize,
    names: Vec<String>,
}

impl Reader<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    /// `OR` binds weaker than `AND`.
    fn operation(&mut self, depth: usize) -> Option<Node> {
        self.joined(" OR ", depth, |reader, depth| reader.joined(" AND ", depth, Self::one))
    }

    fn joined(
        &mut self,
        operator: &str,
        depth: usize,
        part: impl Fn(&mut Self, usize) -> Option<Node>,
    ) -> Option<Node> {
        let first = part(self, depth)?;
        let mut parts = vec![first];
        while self.takes(operator.trim()) {
            parts.push(part(self, depth)?);
        }
        if parts.len() == 1 {
            return parts.pop();
        }
        let mut text = String::new();
        for (index, part) in parts.iter().enumerate() {
            text.push_str(if index > 0 { operator } else { "" });
            // Writing to a text cannot fail.
            let _ =
                if part.is_joined { write!(text, "({})", part.text) } else { write!(text, "{}", part.text) };
        }
        Some(Node { text, is_joined: true })
    }

    fn one(&mut self, depth: usize) -> Option<Node> {
        if self.takes("(") {
            let inside = if depth < MAX_DEPTH { self.operation(depth + 1)? } else { return None };
            return self.takes(")").then_some(inside);
        }
        let mut text = self.name()?;
        if self.takes("WITH") {
            let exception = self.name()?;
            text = format!("{text} WITH {exception}");
        }
        Some(Node { text, is_joined: false })
    }

    fn name(&mut self) -> Option<String> {
        let word = *self.words.get(self.at)?;
        let is_id = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.' | '+'));
        let is_operator = ["and", "or", "with"].iter().any(|operator| word.eq_ignore_ascii_case(operator));
        if !is_id || is_operator {
            return None;
        }
        self.at += 1;
        if !self.names.iter().any(|known| known == word) {
            self.names.push(word.to_owned());
        }
        Some(word.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_reuse_reads_them() {
        for (text, shown, names) in [
            ("MIT", "MIT", "MIT"),
            ("a and b Or c", "(a AND b) OR c", "a b c"),
            ("a OR b AND c", "a OR (b AND c)", "a b c"),
            ("a AND b AND (c AND d) OR e", "(a AND b AND (c AND d)) OR e", "a b c d e"),
            ("((MIT))", "MIT", "MIT"),
            ("GPL-2.0+ with X OR MIT", "GPL-2.0+ WITH X OR MIT", "GPL-2.0+ X MIT"),
            ("a AND a", "a AND a", "a"),
        ] {
            let read = Expression::read(text);
            assert!(read.is_valid, "{text}");
            assert_eq!((read.text.as_str(), read.names.join(" ").as_str()), (shown, names));
        }
        for text in [
            "",
            "MIT OR",
            "OR MIT",
            "MIT MIT",
            "(MIT",
            "MIT)",
            "()",
            "MIT WITH",
            "MIT WITH X WITH Y",
            "(MIT OR A) WITH X",
            "MIT WITH (X)",
            "MIT, or later",
            "MIT / Apache",
            "MIT*/",
            "{{ x }}",
            "MIT (b)",
        ] {
            assert!(!Expression::read(text).is_valid, "{text}");
        }
        assert!(!Expression::read(&"(".repeat(100_000)).is_valid);
    }
}
