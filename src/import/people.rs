// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Lists of people that lie in a tree.

use saphyr::{LoadableYamlNode as _, Yaml};
use serde::Deserialize;

use crate::detect::{is_list_of_people as is_list_of_names, name_on_line};
use crate::domain::WorkPath;
use crate::manifest::Assertions;

/// The largest list that is read, in bytes.
const MAX_LIST_BYTES: usize = 1 << 20;

/// The form of a list of people.
enum List {
    /// AUTHORS and its like: a name a line.
    Lines,
    /// The Citation File Format (<https://citation-file-format.github.io/>), 1.2.
    Citation,
    /// all-contributors (<https://allcontributors.org/>).
    AllContributors,
}

impl List {
    fn of(path: &WorkPath) -> Option<Self> {
        Some(match path.file_name() {
            _ if is_list_of_names(path) => Self::Lines,
            "CITATION.cff" => Self::Citation,
            ".all-contributorsrc" => Self::AllContributors,
            _ => return None,
        })
    }
}

/// Returns whether a file of this name lists people.
pub fn is_list_of_people(path: &WorkPath) -> bool {
    List::of(path).is_some()
}

/// Adds the people whom the list at `path` names. What cannot be read is an error, with the reason.
pub fn people(path: &WorkPath, bytes: &[u8], assertions: &mut Assertions) -> Result<(), String> {
    let Some(list) = List::of(path) else { return Ok(()) };
    if bytes.len() > MAX_LIST_BYTES {
        return Err(format!("larger than {MAX_LIST_BYTES} bytes"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    match list {
        List::Lines => {
            for name in text.lines().filter_map(name_on_line) {
                assertions.add(name, "author", []);
            }
        }
        List::Citation => citation(text, assertions)?,
        List::AllContributors => {
            let file: AllContributors = serde_json::from_str(text).map_err(|error| error.to_string())?;
            for person in file.contributors {
                let name = person.name.or(person.login).unwrap_or_default();
                for part in person.contributions {
                    assertions.add(&name, &part, []);
                }
            }
        }
    }
    Ok(())
}

fn citation(text: &str, assertions: &mut Assertions) -> Result<(), String> {
    let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    let authors = documents.first().and_then(|document| document.as_mapping_get("authors"));
    for author in authors.and_then(Yaml::as_vec).into_iter().flatten() {
        let field = |name: &str| author.as_mapping_get(name).and_then(Yaml::as_str).unwrap_or_default();
        // A person, or an entity with one name (CFF 1.2, definitions.person, definitions.entity).
        let name = [field("given-names"), field("name-particle"), field("family-names"), field("name")];
        let name: Vec<_> = name.into_iter().filter(|part| !part.is_empty()).collect();
        assertions.add(&name.join(" "), "author", []);
    }
    Ok(())
}

#[derive(Deserialize)]
struct AllContributors {
    #[serde(default)]
    contributors: Vec<Contributor>,
}

#[derive(Deserialize)]
struct Contributor {
    name: Option<String>,
    login: Option<String>,
    #[serde(default)]
    contributions: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::AssertedBy;

    fn names(path: &str, text: &str) -> Vec<String> {
        let mut assertions = Assertions::new(AssertedBy::People);
        people(&path.parse().unwrap(), text.as_bytes(), &mut assertions).unwrap();
        assertions.into_leaves().into_iter().map(|leaf| leaf.name).collect()
    }

    #[test]
    fn lists_of_people_are_read_in_their_forms() {
        let authors = "# Authors\n\nThe following people made it:\n\n* Ann Ito <ann@example.org> (parser)\n- Bob\nhttps://example.org\neve@example.org\nZoë van Dam, docs\n";
        assert_eq!(names("AUTHORS", authors), ["Ann Ito", "Bob", "Zoë van Dam"]);
        let cff = "cff-version: 1.2.0\nauthors:\n  - given-names: Ann\n    family-names: Ito\n    email: ann@example.org\n  - name: The Tide Group\n";
        assert_eq!(names("CITATION.cff", cff), ["Ann Ito", "The Tide Group"]);
        let all = r#"{"contributors":[{"login":"bob","name":"Bob","contributions":["code","doc"]},{"login":"eve","contributions":["bug"]}]}"#;
        assert_eq!(names(".all-contributorsrc", all), ["Bob", "eve"]);
        assert_eq!(names("README", "Ann"), Vec::<String>::new());
    }

    #[test]
    fn a_broken_list_says_why() {
        let mut assertions = Assertions::new(AssertedBy::People);
        for (path, text) in
            [("CITATION.cff", "authors: [\n"), (".all-contributorsrc", "{"), ("AUTHORS", "\u{0}")]
        {
            let result = people(&path.parse().unwrap(), text.as_bytes(), &mut assertions);
            assert_eq!(result.is_err(), path != "AUTHORS", "{path}");
        }
        assert!(people(&"AUTHORS".parse().unwrap(), b"\xff\xfe", &mut assertions).is_err());
    }
}
