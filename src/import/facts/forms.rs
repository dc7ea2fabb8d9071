// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The forms of reports, each read into what it says of files.

use serde_json::Value;

use super::Said;
use crate::domain::{Digest, LicenseExpr};
use crate::scan::FoundLicense;

/// The tool, and what it says.
type Found = Result<(String, Vec<Said>), String>;

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A path as reports write it, without what says that it is relative.
fn path(written: &str) -> String {
    written.trim_start_matches("./").trim_start_matches('/').to_owned()
}

fn tool(name: &str, version: &str, otherwise: &str) -> String {
    let by = format!("{name} {version}").trim().to_owned();
    if by.is_empty() { otherwise.to_owned() } else { by }
}

/// Reads ScanCode's. Version 32 has detections, each with matches; before, `licenses` was a list of matches.
pub(super) fn scancode(document: &Value) -> Found {
    let header = &document["headers"][0];
    let by = tool(text(&header["tool_name"]), text(&header["tool_version"]), "a ScanCode report");
    let score = |value: &Value| value.as_f64().unwrap_or(100.0) / 100.0;
    let files = list(&document["files"]).filter(|file| file["type"] == "file");
    let said = files.map(|file| {
        let new = list(&file["license_detections"]).map(|detection| {
            let first = &detection["matches"][0];
            let expression = text(&detection["license_expression_spdx"]);
            license(expression, line(&first["start_line"]), score(&first["score"]))
        });
        let old = list(&file["licenses"]).map(|old| {
            license(text(&old["spdx_license_key"]), line(&old["start_line"]), score(&old["score"]))
        });
        let notices = list(&file["copyrights"]);
        Ok(Said {
            path: path(text(&file["path"])),
            licenses: new.chain(old).collect(),
            copyright: notices
                .filter_map(|notice| notice["copyright"].as_str().or(notice["value"].as_str()))
                .map(str::to_owned)
                .collect(),
            sha256: file["sha256"].as_str().map(|sum| sha256(text(&file["path"]), sum)).transpose()?,
            sha1: file["sha1"].as_str().map(str::to_ascii_lowercase),
        })
    });
    Ok((by, said.collect::<Result<_, String>>()?))
}

/// Reads SPDX 2's JSON (SPDX 2.3, clause 8).
pub(super) fn spdx(document: &Value) -> Found {
    let mut creators = list(&document["creationInfo"]["creators"]).filter_map(Value::as_str);
    let by = creators.find_map(|creator| creator.strip_prefix("Tool: "));
    let said = list(&document["files"]).map(|file| {
        let name = text(&file["fileName"]);
        let sum = |algorithm: &str| {
            let mut sums = list(&file["checksums"]).filter(|sum| sum["algorithm"] == algorithm);
            sums.find_map(|sum| sum["checksumValue"].as_str())
        };
        let in_file = list(&file["licenseInfoInFiles"]).map(text);
        of_spdx(
            name,
            text(&file["licenseConcluded"]),
            in_file.collect(),
            text(&file["copyrightText"]),
            [sum("SHA256"), sum("SHA1")],
        )
    });
    Ok((by.unwrap_or("an SPDX document").to_owned(), said.collect::<Result<_, String>>()?))
}

fn of_spdx(
    name: &str,
    concluded: &str,
    in_file: Vec<&str>,
    copyright: &str,
    [sum256, sum1]: [Option<&str>; 2],
) -> Result<Said, String> {
    let says = |text: &&str| !matches!(*text, "NOASSERTION" | "NONE" | "");
    let mut names = if says(&concluded) { vec![concluded] } else { in_file };
    names.retain(says);
    Ok(Said {
        path: path(name),
        licenses: names.into_iter().map(|name| license(name, None, 1.0)).collect(),
        copyright: Some(copyright).filter(says).into_iter().flat_map(str::lines).map(str::to_owned).collect(),
        sha256: sum256.map(|sum| sha256(name, sum)).transpose()?,
        sha1: sum1.map(str::to_ascii_lowercase),
    })
}

/// Reads SPDX 2's tag-value (SPDX 2.3, clause 8).
pub(super) fn tag_value(text: &str) -> Found {
    let mut by = "an SPDX document".to_owned();
    let mut sections: Vec<Vec<(&str, &str)>> = Vec::new();
    for (tag, value) in tags(text)? {
        match tag {
            "Creator" => {
                if let Some(tool) = value.strip_prefix("Tool: ") {
                    tool.clone_into(&mut by);
                }
            }
            "FileName" => sections.push(vec![(tag, value)]),
            // A package's section ends that of a file before it.
            "PackageName" | "LicenseID" | "SnippetSPDXID" => sections.push(Vec::new()),
            _ => sections.last_mut().into_iter().for_each(|section| section.push((tag, value))),
        }
    }
    let mut said = Vec::new();
    for section in sections {
        let all = |tag: &'static str| section.iter().filter(move |(t, _)| *t == tag).map(|(_, value)| *value);
        let one = |tag: &'static str| all(tag).next().unwrap_or_default();
        let Some(name) = all("FileName").next() else { continue };
        let sum = |algorithm: &str| {
            all("FileChecksum").find_map(|sum| Some(sum.strip_prefix(algorithm)?.strip_prefix(':')?.trim()))
        };
        let in_file = all("LicenseInfoInFile").collect();
        let sums = [sum("SHA256"), sum("SHA1")];
        said.push(of_spdx(name, one("LicenseConcluded"), in_file, one("FileCopyrightText"), sums)?);
    }
    Ok((by, said))
}

/// Returns the tags with their values, which may go over several lines between `<text>` and `</text>`.
fn tags(text: &str) -> Result<Vec<(&str, &str)>, String> {
    const OPEN: &str = "<text>";
    const CLOSE: &str = "</text>";
    let mut tags = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        let here = rest;
        rest = behind;
        let Some((tag, value)) = line.split_once(':') else { continue };
        if tag.trim_start().starts_with('#') {
            continue;
        }
        let (tag, mut value) = (tag.trim(), value.trim());
        if value.starts_with(OPEN) {
            let start = here.find(OPEN).map_or(here.len(), |at| at + OPEN.len());
            let Some(len) = here[start..].find(CLOSE) else {
                let number = text[..text.len() - here.len()].matches('\n').count() + 1;
                return Err(format!("line {number}: the {OPEN} of {tag} has no {CLOSE}"));
            };
            value = here[start..start + len].trim();
            let behind = &here[start + len + CLOSE.len()..];
            rest = behind.split_once('\n').map_or("", |(_, rest)| rest);
        }
        tags.push((tag, value));
    }
    Ok(tags)
}

/// Reads CycloneDX's components of the type `file`, wherever they are nested (CycloneDX 1.6).
pub(super) fn cyclonedx(document: &Value) -> Found {
    let tools = &document["metadata"]["tools"];
    let first = tools["components"].get(0).or_else(|| tools.get(0)).unwrap_or(&Value::Null);
    let by = tool(text(&first["name"]), text(&first["version"]), "a CycloneDX document");
    let mut said = Vec::new();
    let mut open: Vec<&Value> = list(&document["components"]).collect();
    open.reverse();
    while let Some(component) = open.pop() {
        let inner: Vec<&Value> = list(&component["components"]).collect();
        open.extend(inner.into_iter().rev());
        if component["type"] != "file" {
            continue;
        }
        let name = text(&component["name"]);
        let declared = list(&component["licenses"]).next().is_some();
        let licenses = if declared { &component["licenses"] } else { &component["evidence"]["licenses"] };
        let names = list(licenses).map(|choice| {
            let license = &choice["license"];
            [&choice["expression"], &license["id"], &license["name"]].into_iter().find_map(Value::as_str)
        });
        let sum = |algorithm: &str| {
            let mut sums = list(&component["hashes"]).filter(|sum| sum["alg"] == algorithm);
            sums.find_map(|sum| sum["content"].as_str())
        };
        said.push(Said {
            path: path(name),
            licenses: names
                .map(|name| license(name.unwrap_or("a license without a name"), None, 1.0))
                .collect(),
            copyright: text(&component["copyright"]).lines().map(str::to_owned).collect(),
            sha256: sum("SHA-256").map(|sum| sha256(name, sum)).transpose()?,
            sha1: sum("SHA-1").map(str::to_ascii_lowercase),
        });
    }
    Ok((by, said))
}

fn sha256(file: &str, written: &str) -> Result<Digest, String> {
    let digest = written.to_ascii_lowercase().parse();
    digest.map_err(|error| format!("the SHA-256 of `{file}`, `{written}`: {error}"))
}

fn line(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|line| u32::try_from(line).ok())
}

/// Returns the license, or what is written where there is no expression.
fn license(text: &str, line: Option<u32>, score: f64) -> Result<FoundLicense, String> {
    match text.parse::<LicenseExpr>() {
        Ok(expression) => Ok(FoundLicense { expression, line, score }),
        Err(_) => Err(text.to_owned()),
    }
}
