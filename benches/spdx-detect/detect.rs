// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Prints a line for each file below a folder: its path and the licenses the `spdx` crate sees in it.

use std::path::{Path, PathBuf};

use spdx::detection::{Store, TextData, scan::Scanner};

/// What askalono, whose algorithm it is, takes for sure enough.
const SURE: f32 = 0.8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: spdx-detect FOLDER")?);
    let store = Store::load_inline()?;
    let scanner = Scanner::new(&store).confidence_threshold(SURE).max_passes(10);
    each_file(&root, &mut |file| {
        let Ok(bytes) = std::fs::read(file) else { return };
        let found = scanner.scan(&TextData::new(&String::from_utf8_lossy(&bytes)));
        let whole = found.license.filter(|_| found.score >= SURE).map(|license| license.name);
        let parts = found.containing.iter().filter(|part| part.score >= SURE).map(|part| part.license.name);
        let names: Vec<&str> = whole.into_iter().chain(parts).collect();
        println!("{}\t{}", file.strip_prefix(&root).unwrap_or(file).display(), names.join(" "));
    })?;
    Ok(())
}

fn each_file(folder: &Path, look: &mut impl FnMut(&Path)) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            each_file(&entry.path(), look)?;
        } else {
            look(&entry.path());
        }
    }
    Ok(())
}
