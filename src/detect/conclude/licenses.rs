// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The texts below `LICENSES/` against the licenses used (REUSE 3.3, license files).

use std::collections::BTreeMap;

use crate::domain::WorkPath;

use super::super::reuse::license_file;
use super::{Conclusions, FileInput, Problem, ProblemKind};

/// Fills in what is present, missing and unused, and which names are wrong.
pub(super) fn check(files: &BTreeMap<WorkPath, FileInput>, all: &mut Conclusions) {
    for path in files.iter().filter(|(_, file)| file.mode.is_file()).map(|(path, _)| path) {
        let mut push = |kind| all.problems.push(Problem { path: path.clone(), line: None, kind });
        match license_file(path) {
            None => {}
            Some(Err(name)) => push(ProblemKind::BadLicenseFile(name)),
            Some(Ok(file)) => {
                if file.without_extension {
                    push(ProblemKind::LicenseFileWithoutExtension(file.name.clone()));
                }
                if file.name.is_deprecated() {
                    push(ProblemKind::DeprecatedName(file.name.clone()));
                }
                match all.present.get(&file.name) {
                    Some(first) => push(ProblemKind::DuplicateLicenseFile(file.name, first.clone())),
                    None => {
                        all.present.insert(file.name, path.clone());
                    }
                }
            }
        }
    }
    all.missing = all.used.keys().filter(|name| !all.present.contains_key(name)).cloned().collect();
    all.unused = all.present.keys().filter(|name| !all.used.contains_key(name)).cloned().collect();
}
