// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Works and their fingerprints: what two works have in common.
//!
//! A work's *body* is what is left of it without line ends, blanks and license headers; two works with
//! one body are one work. Of the body, or of the tokens of a program, *grams* are made: hashes of what
//! stands together. A few of them, its *marks*, stand for a work in the file `N.traces` beside a
//! manifest ([`mod@format`]). Who has a text finds by all its grams the works whose marks they are
//! ([`index`]). Where both texts are at hand, they are laid over each other ([`tile`]).
//!
//! The pages of `body`, `gram`, `marks` and [`mod@format`] are normative.

mod body;
mod common;
mod filter;
pub mod format;
mod gram;
pub mod index;
mod lex;
mod marks;
mod secret;
#[cfg(test)]
mod tests;
pub mod tile;

use body::{MAX_COMMENT_LINE, digest_of, kept, license_words, lines, push_line, text_lines, words_of};

#[cfg(test)]
use body::body_lines;
pub use body::{body_digest, is_binary};
pub use gram::Grams;
pub use marks::{Level, Mark, Marks, is_minified};
pub use secret::looks_secret;
