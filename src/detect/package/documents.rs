// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Licenses in documents of JSON, YAML and XML, each as its format says.

use quick_xml::Reader;
use quick_xml::events::Event;
use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::Value;

use super::super::encoding::lossy;
use super::super::reuse::line_at;
use super::{Broken, Found, declared, json, line_of_key, misplaced, several};
use crate::domain::WorkPath;

/// `composer.json`: a list is a choice (getcomposer.org, schema, license).
pub(super) fn composer(path: &WorkPath, bytes: &[u8]) -> Found {
    let manifest = json(bytes)?;
    let Some(license) = manifest.get("license").filter(|license| !license.is_null()) else { return Ok(None) };
    let line = line_of_key(bytes, "license", license);
    if let Some(text) = license.as_str() {
        // Composer spells the operators in lower case too.
        return Ok(Some(declared(path, line, &text.replace(" or ", " OR ").replace(" and ", " AND "))));
    }
    let names: Option<Vec<&str>> =
        license.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
    Ok(match names {
        Some(names) => several(path, line, &names, true),
        None => Some(misplaced(path, line, license.to_string())),
    })
}

/// `codemeta.json`: an address of the SPDX list, a name, or an object with either; several all apply.
pub(super) fn codemeta(path: &WorkPath, bytes: &[u8]) -> Found {
    fn name(value: &Value) -> Option<&str> {
        let text = value
            .as_str()
            .or_else(|| ["url", "@id", "name"].iter().find_map(|key| value.get(key)?.as_str()))?;
        let short = text.trim_end_matches('/').trim_end_matches(".html").trim_end_matches(".txt");
        let id = short.split_once("spdx.org/licenses/").map(|(_, id)| id);
        Some(id.unwrap_or(text))
    }
    let manifest = json(bytes)?;
    let Some(license) = manifest.get("license").filter(|license| !license.is_null()) else { return Ok(None) };
    let line = line_of_key(bytes, "license", license);
    let names: Option<Vec<&str>> = match license.as_array() {
        Some(list) => list.iter().map(name).collect(),
        None => name(license).map(|name| vec![name]),
    };
    Ok(match names {
        Some(names) => several(path, line, &names, false),
        None => Some(misplaced(path, line, license.to_string())),
    })
}

/// `CITATION.cff`: a list is a choice (CFF 1.2, license).
pub(super) fn citation(path: &WorkPath, bytes: &[u8]) -> Found {
    let text = lossy(bytes);
    let documents = Yaml::load_from_str(&text).map_err(|error| Broken {
        line: u32::try_from(error.marker().line()).ok(),
        reason: error.info().to_owned(),
    })?;
    let Some(license) = documents.first().and_then(|document| document.as_mapping_get("license")) else {
        return Ok(None);
    };
    let line = text.lines().zip(1..).find(|(line, _)| line.starts_with("license")).map_or(1, |(_, at)| at);
    if let Some(one) = license.as_str() {
        return Ok(Some(declared(path, line, one)));
    }
    let names: Option<Vec<&str>> = license.as_vec().and_then(|list| list.iter().map(Yaml::as_str).collect());
    Ok(match names {
        Some(names) => several(path, line, &names, true),
        None => Some(misplaced(path, line, "what is no name".to_owned())),
    })
}

/// `pom.xml`: the names in `<licenses>`; several are a choice (maven.apache.org, POM, licenses).
pub(super) fn maven(path: &WorkPath, bytes: &[u8]) -> Found {
    /// Deeper elements are none of a project's.
    const DEEPEST: usize = 64;
    let text = lossy(bytes);
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut line = 1;
    let is_name = |open: &[String]| open == ["project", "licenses", "license", "name"];
    loop {
        let at = |place: u64| line_at(text.as_bytes(), usize::try_from(place).unwrap_or(0));
        let broken = |place: u64, reason: String| Broken { line: Some(at(place)), reason };
        let event =
            reader.read_event().map_err(|error| broken(reader.error_position(), error.to_string()))?;
        let place = reader.buffer_position();
        match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(broken(place, "elements lie too deep in each other".to_owned()));
                }
                open.push(start.local_name().as_ref().to_owned());
                if is_name(&open) {
                    if names.is_empty() {
                        line = at(place);
                    }
                    names.push(String::new());
                }
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) if is_name(&open) => push(&mut names, text.as_ref()),
            Event::CData(text) if is_name(&open) => push(&mut names, text.as_ref()),
            Event::GeneralRef(entity) if is_name(&open) => {
                let character = match entity.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&entity).map(str::to_owned),
                };
                // What a document defines for itself is not followed.
                push(&mut names, character.as_deref().unwrap_or("\u{fffd}"));
            }
            Event::Eof if open.is_empty() => break,
            Event::Eof => return Err(broken(place, format!("`<{}>` is not closed", open.join("><")))),
            _ => {}
        }
    }
    let names: Vec<String> =
        names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    Ok(several(path, line, &names, true))
}

fn push(names: &mut [String], text: &str) {
    if let Some(name) = names.last_mut() {
        name.push_str(text);
    }
}
