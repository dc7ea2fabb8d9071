// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What people do with copyhold, through the binary: every rule both ways, the main stories, and
//! input that is broken or hostile. One program, because each would link the whole library again.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod chains;
mod common;
mod crash;
mod deps;
mod derive;
mod detect;
mod duties;
mod facts;
mod govern;
mod hostile;
mod launder;
mod reuse;
mod rules;
mod story;
mod vectors;
