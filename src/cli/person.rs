// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the person at the keyboard is called: what they say, else what git knows. Never their address.

use std::path::PathBuf;

use crate::sign::statement::without_addresses;
use crate::work::Repository;

/// Returns the name git has for the person: the repository's own, else the user's.
pub(crate) fn name(repository: Option<&Repository>) -> Option<String> {
    let found = repository.and_then(Repository::user_name).or_else(from_user_config)?;
    let name = without_addresses(&found).trim().to_owned();
    (!name.is_empty()).then_some(name)
}

fn from_user_config() -> Option<String> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let xdg = std::env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let files = [
        home.as_ref().map(|home| home.join(".gitconfig")),
        xdg.or_else(|| home.map(|home| home.join(".config"))).map(|config| config.join("git/config")),
    ];
    files.into_iter().flatten().find_map(|path| {
        let config = gix::config::File::from_path_no_includes(path, gix::config::Source::User).ok()?;
        config.string("user.name").map(|name| name.to_string())
    })
}
