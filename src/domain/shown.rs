// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Text from strangers, made safe for a terminal or a CI log.

use std::fmt::{self, Write as _};

/// A text whose control and direction-changing characters are printed escaped.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(&'a str);

/// Wraps `text` so that printing it cannot move a cursor, colour a terminal, reverse a line or
/// start a line of its own.
pub fn shown(text: &str) -> Shown<'_> {
    Shown(text)
}

/// Returns whether a character can act on a terminal or hide in a line: C0, C1, the bidirectional
/// controls of UAX #9, zero-width characters and line separators.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\r' => f.write_str("\\r")?,
                c if is_unsafe(c) && u32::from(c) < 0x80 => write!(f, "\\x{:02x}", u32::from(c))?,
                c if is_unsafe(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_raw() {
        for (text, expected) in [
            ("plain ü.txt", "plain ü.txt"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("\u{1b}[31mred", "\\x1b[31mred"),
            ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
            ("\u{9b}m", "\\u{9b}m"),
        ] {
            assert_eq!(shown(text).to_string(), expected);
        }
    }
}
