// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The `copyhold` command: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    copyhold::cli::run(std::env::args_os())
}
