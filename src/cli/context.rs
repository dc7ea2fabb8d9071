// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What every command shares: global options, where results go, the clock.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};

use super::Exit;
use super::error::CliError;
use crate::domain::{Instant, shown};
use crate::report;
use crate::rule::Level;
use crate::store;

/// Options every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// How results are written
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Write results to FILE, whole or not at all, instead of standard output
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Say only what is wrong
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Say more
    #[arg(long, short, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Use at most N threads
    #[arg(long, short, global = true, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Take TIME (RFC 3339, UTC) for now; otherwise SOURCE_DATE_EPOCH, then the clock
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs; the schema is printed by `copyhold schema`
    Json,
}

/// From which level on findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Anything
    Note,
    /// Nothing; only what could not be looked at still exits 2
    Never,
}

impl FailOn {
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warning => Some(Level::Warning),
            Self::Note => Some(Level::Note),
            Self::Never => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// One run: collects results, prints messages, and ends with an exit code.
pub(crate) struct Context {
    /// How results are written.
    pub(crate) format: Format,
    /// Say only what is wrong.
    pub(crate) quiet: bool,
    /// Say more, the higher.
    pub(crate) verbose: u8,
    results: Vec<u8>,
    output: Option<PathBuf>,
    color: ColorChoice,
    now: Option<Instant>,
    exact: bool,
}

impl Context {
    pub(crate) fn new(global: &Global) -> Self {
        if let Some(jobs) = global.jobs.filter(|jobs| *jobs > 0) {
            // Fails only where a pool exists already, and this is the first use.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
        }
        let color = match global.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self {
            format: global.format,
            quiet: global.quiet,
            verbose: global.verbose,
            results: Vec::new(),
            output: global.output.clone(),
            color,
            now: global.now,
            exact: false,
        }
    }

    /// Returns where `--output` says results go, for a command that writes a file itself.
    pub(crate) fn take_output(&mut self) -> Option<PathBuf> {
        self.output.take()
    }

    /// Adds to the results. Colours are taken out at the end where nobody sees them.
    pub(crate) fn print(&mut self, text: impl AsRef<[u8]>) {
        self.results.extend_from_slice(text.as_ref());
    }

    /// Returns how much a report tells.
    pub(crate) fn style(&self) -> report::Style {
        report::Style { all: self.verbose > 0, quiet: self.quiet }
    }

    /// Adds to the results, and from now on nothing is taken out of them: a program checks them
    /// against names that may hold anything. A person at a terminal must not get them so.
    pub(crate) fn print_exact(&mut self, text: impl AsRef<[u8]>) {
        self.exact = true;
        self.print(text);
    }

    /// Returns whether results go to a terminal.
    pub(crate) fn prints_to_terminal(&self) -> bool {
        self.output.is_none() && io::stdout().is_terminal()
    }

    /// Adds one JSON document to the results.
    pub(crate) fn print_json(&mut self, document: &impl serde::Serialize) -> Result<(), CliError> {
        serde_json::to_writer_pretty(&mut self.results, document)?;
        self.results.push(b'\n');
        Ok(())
    }

    /// Tells the person something that is no result, unless `--quiet`.
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// Tells the person something, also under `--quiet`.
    pub(crate) fn complain(&self, text: impl AsRef<str>) {
        let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
        // Nobody is left to be told that standard error is closed.
        let _ = writeln!(stderr, "{}", text.as_ref());
    }

    /// Returns the time to write into documents.
    pub(crate) fn now(&self) -> Result<Instant, CliError> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        if let Some(epoch) = std::env::var_os("SOURCE_DATE_EPOCH") {
            return epoch
                .to_str()
                .and_then(|text| text.parse().ok())
                .and_then(Instant::from_unix)
                .ok_or_else(|| CliError::new("SOURCE_DATE_EPOCH is not a number of seconds since 1970"));
        }
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_err(|_| CliError::new("the clock stands before 1970").hint("give the time with --now"))?;
        i64::try_from(since.as_secs()).ok().and_then(Instant::from_unix).ok_or_else(|| {
            CliError::new("the clock stands past the calendar").hint("give the time with --now")
        })
    }

    /// Returns whether a person can be asked.
    pub(crate) fn is_interactive() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Writes the results and turns the outcome into an exit code.
    pub(crate) fn finish(mut self, outcome: Result<Exit, CliError>) -> ExitCode {
        let exit = match outcome {
            Ok(exit) => exit,
            Err(error) => {
                self.complain(error.to_string());
                // Half a result is none, unless it goes to a stream that shows what came before.
                if self.output.is_some() {
                    self.results.clear();
                    self.output = None;
                }
                Exit::Undecided
            }
        };
        match self.write_results() {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => {
                self.complain(format!("error: the results could not be written: {error}"));
                return ExitCode::from(2);
            }
        }
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Undecided => 2,
            Exit::Verdict(code) => code,
        })
    }

    fn write_results(&mut self) -> io::Result<()> {
        if let Some(path) = &self.output {
            check_folder(path)?;
            let plain = if self.exact {
                std::mem::take(&mut self.results)
            } else {
                anstream::adapter::strip_bytes(&self.results).into_vec()
            };
            return store::output(path, &plain).map_err(io::Error::other);
        }
        if self.results.is_empty() {
            return Ok(());
        }
        let color = if self.exact { ColorChoice::AlwaysAnsi } else { self.color };
        let mut stdout = AutoStream::new(io::stdout().lock(), color);
        stdout.write_all(&self.results)?;
        stdout.flush()
    }
}

/// A folder that is not there is more likely a slip than a wish.
pub(crate) fn check_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            let (path, folder) = (path.to_string_lossy(), folder.to_string_lossy());
            let message = format!("{}: there is no folder {}", shown(&path), shown(&folder));
            Err(io::Error::new(io::ErrorKind::NotFound, message))
        }
        _ => Ok(()),
    }
}

/// Prints what clap has to say (help, version, a usage error) and returns its exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    match error.print() {
        Ok(()) if !error.use_stderr() => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}
