// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Paths inside a tree, and the mode a work has there.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::shown::is_unsafe;
use super::text_form::text_form;

/// A path inside a tree: relative, `/` between segments, UTF-8, stored byte for byte.
///
/// Refused are what could leave the tree or reach git's own files: an empty path, a leading `/`,
/// empty, `.` and `..` segments, NUL, a `.git` segment in any case, and more than 4,096 bytes.
/// Names that are only unwise ([`PathProblem`]) exist in real trees, so they are accepted and
/// reported.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkPath(String);

/// Why a text is no [`WorkPath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParsePathError {
    /// It has no characters.
    Empty,
    /// It is longer than [`WorkPath::MAX_BYTES`].
    TooLong,
    /// It starts with `/`.
    Absolute,
    /// It has an empty, `.` or `..` segment.
    Segment,
    /// It holds a NUL.
    Nul,
    /// It has a segment that git keeps for itself.
    DotGit,
}

impl fmt::Display for ParsePathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a path may not be empty",
            Self::TooLong => "a path may not be longer than 4096 bytes",
            Self::Absolute => "a path must be relative to the tree",
            Self::Segment => "a path may not have an empty, `.` or `..` segment",
            Self::Nul => "a path may not hold a NUL",
            Self::DotGit => "a path may not have a `.git` segment",
        })
    }
}

impl std::error::Error for ParsePathError {}

/// What is unwise about a path that is valid on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PathProblem {
    /// A name Windows keeps for a device, or one it cannot store.
    NotPortable,
    /// A control, zero-width or direction-changing character.
    Invisible,
}

impl fmt::Display for PathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPortable => "has a name that Windows cannot store",
            Self::Invisible => "has an invisible or direction-changing character in its name",
        })
    }
}

impl WorkPath {
    /// The longest path, in bytes.
    pub const MAX_BYTES: usize = 4096;

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last segment.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Returns the path of the directory that holds it, where that is not the tree's root.
    pub fn parent(&self) -> Option<WorkPath> {
        self.0.rsplit_once('/').map(|(parent, _)| WorkPath(parent.to_owned()))
    }

    /// Returns the path with `suffix` put behind its last segment, as in `a.png` to `a.png.license`.
    pub fn with_suffix(&self, suffix: &str) -> Result<WorkPath, ParsePathError> {
        format!("{}{suffix}", self.0).parse()
    }

    /// Returns whether the path is `folder` itself or lies below it.
    pub fn is_under(&self, folder: &str) -> bool {
        self.0.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns whether it belongs to a project's record rather than to its works: the `.copyhold`
    /// folder, or a bundle at the root.
    pub fn is_record(&self) -> bool {
        self.0.split('/').next().is_some_and(|first| {
            first == ".copyhold" || (first.len() == self.0.len() && first.ends_with(".copyhold"))
        })
    }

    /// Returns the path for the file system, to be joined to the tree's root.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// Returns the form under which two paths fall together on a file system that ignores case or
    /// Unicode composition: NFC of the lowercase text.
    pub fn folded(&self) -> String {
        if self.0.is_ascii() {
            return self.0.to_ascii_lowercase();
        }
        self.0.nfc().flat_map(char::to_lowercase).nfc().collect()
    }

    /// Returns what is unwise about the path, if anything.
    pub fn problem(&self) -> Option<PathProblem> {
        if self.0.chars().any(is_unsafe) {
            Some(PathProblem::Invisible)
        } else if self.0.split('/').any(is_not_portable) {
            Some(PathProblem::NotPortable)
        } else {
            None
        }
    }
}

/// Naming rules of the Win32 file namespaces: reserved characters, trailing dot or space, devices.
fn is_not_portable(segment: &str) -> bool {
    if segment.contains(['<', '>', ':', '"', '\\', '|', '?', '*']) || segment.ends_with(['.', ' ']) {
        return true;
    }
    let stem = segment.split('.').next().unwrap_or(segment).to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        _ => {
            stem.len() == 4
                && (stem.starts_with("com") || stem.starts_with("lpt"))
                && stem.ends_with(|c: char| c.is_ascii_digit() && c != '0')
        }
    }
}

impl fmt::Display for WorkPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WorkPath {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(ParsePathError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(ParsePathError::TooLong);
        }
        if text.starts_with('/') {
            return Err(ParsePathError::Absolute);
        }
        if text.contains('\0') {
            return Err(ParsePathError::Nul);
        }
        for segment in text.split('/') {
            match segment {
                "" | "." | ".." => return Err(ParsePathError::Segment),
                s if s.eq_ignore_ascii_case(".git") => return Err(ParsePathError::DotGit),
                _ => {}
            }
        }
        Ok(Self(text.to_owned()))
    }
}

text_form!(WorkPath, "^[^/\\u0000]+(/[^/\\u0000]+)*$", "path inside the tree, `/` between segments");

/// What a work is in its tree, in git's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Mode {
    /// A file.
    #[serde(rename = "100644")]
    File,
    /// A file with an executable bit.
    #[serde(rename = "100755")]
    Executable,
    /// A symbolic link: its bytes are its target, never what it points to.
    #[serde(rename = "120000")]
    Symlink,
    /// A git submodule: its content is another project's.
    #[serde(rename = "160000")]
    Submodule,
}

impl Mode {
    /// Returns whether the work's bytes are a file's content.
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_the_tree_is_refused() {
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/.", "a/", "a/.GIT/config", "a\0b"]
        {
            assert!(bad.parse::<WorkPath>().is_err(), "{bad:?}");
        }
        assert!("a/".repeat(3000).parse::<WorkPath>().is_err());
    }

    #[test]
    fn what_is_only_unwise_is_kept_and_told() {
        for (path, problem) in [
            ("src/merge.rs", None),
            (".gitignore", None),
            ("a\\b", Some(PathProblem::NotPortable)),
            ("drivers/aux.c", Some(PathProblem::NotPortable)),
            ("com1", Some(PathProblem::NotPortable)),
            ("common", None),
            ("trailing.", Some(PathProblem::NotPortable)),
            ("a\u{202e}b", Some(PathProblem::Invisible)),
        ] {
            assert_eq!(path.parse::<WorkPath>().unwrap().problem(), problem, "{path}");
        }
    }

    #[test]
    fn paths_that_fall_together_elsewhere_fold_together() {
        let fold = |p: &str| p.parse::<WorkPath>().unwrap().folded();
        assert_eq!(fold("README.md"), fold("readme.MD"));
        assert_eq!(fold("caf\u{e9}"), fold("CAFE\u{301}"));
        assert_ne!(fold("a"), fold("b"));
    }
}
