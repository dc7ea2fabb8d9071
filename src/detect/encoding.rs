// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Bytes as text: byte order marks, UTF-8, Latin-1, and what is no text at all.

use std::borrow::Cow;

/// How much of a file is looked at for a NUL, as git does.
const BINARY_WINDOW: usize = 8000;

/// Returns the bytes in an encoding that extends ASCII and without a byte order mark. Nothing where
/// they are binary: a NUL among the first 8,000, other than at the very end, and no UTF-16 or UTF-32
/// mark in front nor UTF-16 text without one.
pub(crate) fn decode(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    // UTF-32 first: its little-endian mark begins with UTF-16's.
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe\0\0") {
        return Some(utf32(rest, u32::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\0\0\xfe\xff") {
        return Some(utf32(rest, u32::from_be_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Some(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Some(utf16(rest, u16::from_be_bytes));
    }
    if let Some(unit) = unmarked_utf16(bytes) {
        return Some(utf16(bytes, unit));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Some editors close a text as C closes a string.
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    let head = &text[..text.len().min(BINARY_WINDOW)];
    memchr::memchr(0, head).is_none().then_some(Cow::Borrowed(text))
}

/// Tells UTF-16 without a mark by what its head would be: text, and most of it ASCII.
fn unmarked_utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    /// Fewer units are too few to tell.
    const LEAST: usize = 16;
    let head = &bytes[..bytes.len().min(BINARY_WINDOW)];
    memchr::memchr(0, &head[..head.len().min(2 * LEAST)])?;
    let reads: [fn([u8; 2]) -> u16; 2] = [u16::from_le_bytes, u16::from_be_bytes];
    reads.into_iter().find(|unit| {
        let units = || head.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let is_text = |unit: u16| unit >= 0x20 || matches!(unit, 0x09 | 0x0a | 0x0d);
        let plain = units().filter(|unit| (0x20..0x7f).contains(unit)).count();
        bytes.len().is_multiple_of(2)
            && units().count() >= LEAST
            && units().all(is_text)
            && plain * 2 > units().count()
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'static, [u8]> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Cow<'static, [u8]> {
    let units = bytes.chunks_exact(4).map(|four| unit([four[0], four[1], four[2], four[3]]));
    let text: String = units.map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}

/// Returns a piece of decoded text as UTF-8; what is not valid UTF-8 is read as Latin-1.
pub(super) fn lossy(piece: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(piece) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(piece.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// Returns how many bytes of a piece stand before a place in `text`, which [`lossy`] made of it: each byte of
/// Latin-1 is one sign, and some take two in UTF-8.
pub(super) fn bytes_before(piece: &[u8], text: &str, at: usize) -> usize {
    if piece.len() == text.len() {
        at.min(piece.len())
    } else {
        text.char_indices().take_while(|(start, _)| *start < at).count()
    }
}
