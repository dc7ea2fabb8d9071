// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a text is about, as far as it says so by naming files and folders of its tree.

use crate::domain::WorkPath;

/// Returns the files and folders that a text names, from the root of the tree or from the text's own
/// folder. `paths` are those of the tree, sorted.
pub(super) fn named(text: &str, folder: Option<&WorkPath>, paths: &[&WorkPath]) -> Vec<WorkPath> {
    let is_there = |name: &WorkPath| {
        let below = format!("{name}/");
        let at = paths.partition_point(|path| path.as_str() < below.as_str());
        paths.binary_search(&name).is_ok()
            || paths.get(at).is_some_and(|path| path.as_str().starts_with(&below))
    };
    let mut found = Vec::new();
    // A bare word may be any word.
    for word in text.split_whitespace().filter(|word| word.contains(['/', '.'])) {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
        let inside = folder.map(|folder| format!("{folder}/{name}"));
        let names = [Some(name.to_owned()), inside].into_iter().flatten();
        found.extend(names.filter_map(|name| name.parse().ok()).filter(is_there));
    }
    found
}

/// Returns whether what names `about` is about `work`: it names nothing, or something the work is in.
pub(super) fn is_about(about: &[WorkPath], work: &WorkPath) -> bool {
    about.is_empty() || about.iter().any(|path| path == work || work.is_under(path.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_about_what_it_names() {
        let paths: Vec<WorkPath> = ["art.md", "art/cat.png", "lib/fonts/tide.ttf", "src/a.c"]
            .map(|path| path.parse().unwrap())
            .into();
        let paths: Vec<&WorkPath> = paths.iter().collect();
        let folder: WorkPath = "lib".parse().unwrap();
        for (text, expected) in [
            ("The pictures in `art/` are by Eve.", &["art"][..]),
            ("src/a.c and fonts/tide.ttf.", &["src/a.c", "lib/fonts/tide.ttf"]),
            ("Everything in here, and/or nothing. See lost/a.c", &[]),
        ] {
            let names: Vec<String> =
                named(text, Some(&folder), &paths).iter().map(ToString::to_string).collect();
            assert_eq!(names, expected, "{text}");
        }
        let about = ["art".parse().unwrap()];
        assert!(is_about(&about, paths[1]) && !is_about(&about, paths[3]) && is_about(&[], paths[3]));
    }
}
