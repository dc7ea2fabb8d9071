// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The files below `LICENSES/`, by the ids their names say.

use crate::detect::reuse::SIDECAR;
use crate::domain::WorkPath;

/// What the name of a file below `LICENSES/` says.
pub(super) struct Named {
    /// The id; the name without its extension where that is none.
    pub(super) id: String,
    /// Whether it is an id of the list without an extension behind it.
    pub(super) without_extension: bool,
}

/// Reads the name of a file below the root's `LICENSES/`. Hidden files and sidecars are none.
pub(super) fn named(path: &WorkPath) -> Option<Named> {
    let below = path.as_str().strip_prefix("LICENSES/")?;
    let name = path.file_name();
    if name.ends_with(SIDECAR) || below.split('/').any(|part| part.starts_with('.')) {
        return None;
    }
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let has_extension = stem.len() < name.len();
    Some(if has_extension && (is_listed(stem) || is_reference(stem)) {
        Named { id: stem.to_owned(), without_extension: false }
    } else if is_listed(name) {
        Named { id: name.to_owned(), without_extension: true }
    } else {
        Named { id: stem.to_owned(), without_extension: false }
    })
}

/// Returns whether the SPDX list has the id, as a license or an exception.
pub(super) fn is_listed(id: &str) -> bool {
    !matches!(id, "NONE" | "NOASSERTION")
        && (spdx::identifiers::LICENSES.binary_search_by(|license| license.name.cmp(id)).is_ok()
            || spdx::exception_id(id).is_some())
}

/// Returns whether the id is the project's own.
fn is_reference(id: &str) -> bool {
    let own = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    id.strip_prefix("LicenseRef-").is_some_and(|rest| !rest.is_empty() && rest.chars().all(own))
}

/// Returns whether the id is neither on the list nor a project's own that says what it is.
pub(super) fn is_bad(id: &str) -> bool {
    !is_listed(id) && (!is_reference(id) || id.contains("Unknown"))
}

/// Returns whether the SPDX list advises against the id.
pub(super) fn is_deprecated(id: &str) -> bool {
    is_listed(id)
        && (spdx::license_id(id).is_some_and(spdx::LicenseId::is_deprecated)
            || spdx::exception_id(id).is_some_and(spdx::ExceptionId::is_deprecated))
}
