// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The file `N.traces`: the marks of a manifest's works.
//!
//! This is normative; a file has one form for the same marks. Numbers are unsigned LEB128 in their
//! shortest form, at most 32 bits; hashes are 4 bytes, the lowest first.
//!
//! ```text
//! "copyhold traces 1\n"
//! number of traced works
//! for each, in the order of their paths' bytes:
//!     its place among all works of the manifest in that order, less the place after the one before
//!     its level: 1 compact, 2 full
//!     how many lines of it count
//!     how many marks of lines, of shapes and of words it has
//!     compact: the hashes of each kind, sorted
//!     full: for each mark, in the order of the work, its hash, and its first line less the one before
//!           it (of the first: itself)
//! ```
//!
//! A reader makes room only for what is there.

use std::fmt;

use super::{Level, Mark, Marks};

/// How the file begins: its name and version.
const MAGIC: &[u8] = b"copyhold traces 1\n";

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 256 << 20;

/// Why bytes are no traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatError {
    /// It does not begin as traces of this version do.
    Version,
    /// It is cut off, has more than it says, or is larger than [`MAX_BYTES`].
    Length,
    /// It is not in its one form, or names works there are not.
    Form,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "no traces of a version that is known here",
            Self::Length => "cut off, too long, or with less or more in it than it says",
            Self::Form => "not in the one form traces have, or of works the manifest has not",
        })
    }
}

impl std::error::Error for FormatError {}

/// Writes the marks of works, each with its place among the works, ascending.
pub fn write(works: &[(u32, Marks)]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    number(&mut out, super::gram::to_u32(works.len()));
    let mut next = 0;
    for (place, marks) in works {
        number(&mut out, place - next);
        next = place + 1;
        let is_full = marks.level == Level::Full;
        out.push(if is_full { 2 } else { 1 });
        number(&mut out, marks.size);
        for kind in &marks.of[..3] {
            number(&mut out, super::gram::to_u32(kind.len()));
        }
        for kind in &marks.of[..3] {
            let mut before = 0;
            for mark in if is_full { kind.clone() } else { sorted(kind) } {
                out.extend_from_slice(&mark.hash.to_le_bytes());
                if is_full {
                    number(&mut out, mark.line - before);
                    before = mark.line;
                }
            }
        }
    }
    out
}

fn sorted(marks: &[Mark]) -> Vec<Mark> {
    let mut marks = marks.to_vec();
    marks.sort_unstable_by_key(|mark| mark.hash);
    marks
}

fn number(out: &mut Vec<u8>, mut value: u32) {
    while value > 0x7f {
        out.push(0x80 | value.to_le_bytes()[0]);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Reads traces of a manifest with `works` works, and tells `each` work's place and marks.
pub fn read(bytes: &[u8], works: usize, mut each: impl FnMut(u32, Marks)) -> Result<(), FormatError> {
    if bytes.len() > MAX_BYTES {
        return Err(FormatError::Length);
    }
    let mut rest = bytes.strip_prefix(MAGIC).ok_or(FormatError::Version)?;
    let rest = &mut rest;
    let count = take_number(rest)?;
    let mut next = 0u32;
    for _ in 0..count {
        let place = next.checked_add(take_number(rest)?).ok_or(FormatError::Form)?;
        if place as usize >= works {
            return Err(FormatError::Form);
        }
        next = place + 1;
        let level = match take(rest, 1)?[0] {
            1 => Level::Compact,
            2 => Level::Full,
            _ => return Err(FormatError::Form),
        };
        let size = take_number(rest)?;
        let mut marks = Marks { level, size, of: Default::default() };
        let counts = [take_number(rest)?, take_number(rest)?, take_number(rest)?];
        for (kind, count) in marks.of.iter_mut().zip(counts) {
            *kind = take_marks(rest, count as usize, level)?;
        }
        each(place, marks);
    }
    if rest.is_empty() { Ok(()) } else { Err(FormatError::Length) }
}

fn take_marks(rest: &mut &[u8], count: usize, level: Level) -> Result<Vec<Mark>, FormatError> {
    let least = if level == Level::Full { 5 } else { 4 };
    if count > rest.len() / least {
        return Err(FormatError::Length);
    }
    let mut marks: Vec<Mark> = Vec::with_capacity(count);
    let mut before = 0u32;
    for _ in 0..count {
        let hash = take(rest, 4)?;
        let hash = u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]);
        let mut line = 0;
        if level == Level::Full {
            line = before.checked_add(take_number(rest)?).ok_or(FormatError::Form)?;
            before = line;
        } else if marks.last().is_some_and(|last| last.hash > hash) {
            return Err(FormatError::Form);
        }
        marks.push(Mark { hash, line });
    }
    Ok(marks)
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> Result<&'b [u8], FormatError> {
    let (head, tail) = rest.split_at_checked(count).ok_or(FormatError::Length)?;
    *rest = tail;
    Ok(head)
}

fn take_number(rest: &mut &[u8]) -> Result<u32, FormatError> {
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        let byte = take(rest, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            let is_shortest = byte != 0 || shift == 0;
            return u32::try_from(value).ok().filter(|_| is_shortest).ok_or(FormatError::Form);
        }
    }
    Err(FormatError::Form)
}
