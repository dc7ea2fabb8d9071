// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Reports of other scanners as facts: ScanCode's JSON (provenant writes the same), SPDX 2 as JSON and as
//! tag-value, CycloneDX as JSON. What they say of packages is theirs; taken over is what they say of files.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::{LicenseExpr, WorkPath};
use crate::scan::{FACTS_SCHEMA, Facts, Found, FoundLicense};

/// The forms of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactsForm {
    /// ScanCode's JSON.
    ScanCode,
    /// SPDX 2.
    Spdx,
    /// CycloneDX.
    CycloneDx,
}

impl FactsForm {
    /// Returns the form as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScanCode => "scancode",
            Self::Spdx => "spdx",
            Self::CycloneDx => "cyclonedx",
        }
    }
}

/// A report as it was read.
#[derive(Debug)]
pub struct Report {
    /// Its form.
    pub form: FactsForm,
    /// What it says of works of this tree.
    pub facts: Facts,
    /// How many files it names that are no works here.
    pub elsewhere: usize,
    /// How many license names in it could not be read.
    pub unread: usize,
}

/// Reads a report on the tree with these works. Fails with the reason.
pub fn facts(text: &str, works: &BTreeSet<WorkPath>) -> Result<Report, String> {
    let report = |form, by: String| Report {
        form,
        facts: Facts { schema: FACTS_SCHEMA.to_owned(), by, works: std::collections::BTreeMap::new() },
        elsewhere: 0,
        unread: 0,
    };
    if text.trim_start().starts_with("SPDXVersion:") {
        let mut report = report(FactsForm::Spdx, "an SPDX document".into());
        report.tag_value(text, works);
        return Ok(report);
    }
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if let Some(files) = document.get("files").and_then(Value::as_array)
        && document.get("headers").is_some()
    {
        let header = &document["headers"][0];
        let word = |key: &str| header[key].as_str().unwrap_or_default();
        let by = format!("{} {}", word("tool_name"), word("tool_version"));
        let mut report = report(FactsForm::ScanCode, by.trim().to_owned());
        for file in files.iter().filter(|file| file["type"] == "file") {
            report.scancode(file, works);
        }
        return Ok(report);
    }
    if document.get("spdxVersion").is_some() {
        let creators = document["creationInfo"]["creators"].as_array();
        let tool =
            creators.into_iter().flatten().filter_map(Value::as_str).find_map(|c| c.strip_prefix("Tool: "));
        let mut report = report(FactsForm::Spdx, tool.unwrap_or("an SPDX document").to_owned());
        for file in document["files"].as_array().into_iter().flatten() {
            report.spdx(file, works);
        }
        return Ok(report);
    }
    if document["bomFormat"] == "CycloneDX" {
        let tools = &document["metadata"]["tools"];
        let tool = tools["components"].get(0).or_else(|| tools.get(0));
        let word = |key: &str| tool.and_then(|tool| tool[key].as_str()).unwrap_or_default();
        let by = format!("{} {}", word("name"), word("version")).trim().to_owned();
        let by = if by.is_empty() { "a CycloneDX document".to_owned() } else { by };
        let mut report = report(FactsForm::CycloneDx, by);
        for component in document["components"].as_array().into_iter().flatten() {
            if component["type"] == "file" {
                report.cyclonedx(component, works);
            }
        }
        return Ok(report);
    }
    Err("neither ScanCode's JSON, nor SPDX 2, nor CycloneDX".into())
}

impl Report {
    /// Returns where to keep what is said of a file: under its own path, or without the folder the scan
    /// was started on.
    fn work(&mut self, path: &str, works: &BTreeSet<WorkPath>) -> Option<&mut Found> {
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let inner = path.split_once('/').map_or("", |(_, inner)| inner);
        let known = [path, inner].into_iter().find_map(|path| works.get(&path.parse::<WorkPath>().ok()?));
        let Some(work) = known else {
            self.elsewhere += 1;
            return None;
        };
        Some(self.facts.works.entry(work.clone()).or_default())
    }

    fn scancode(&mut self, file: &Value, works: &BTreeSet<WorkPath>) {
        // ScanCode 32 has detections, each with matches; before, `licenses` was a list of matches.
        let mut licenses = Vec::new();
        let mut unread = 0;
        for detection in file["license_detections"].as_array().into_iter().flatten() {
            let first = &detection["matches"][0];
            let expression = detection["license_expression_spdx"].as_str();
            let score = first["score"].as_f64().unwrap_or(100.0) / 100.0;
            match license(expression.unwrap_or_default(), line(&first["start_line"]), score) {
                Some(license) => licenses.push(license),
                None => unread += 1,
            }
        }
        for old in file["licenses"].as_array().into_iter().flatten() {
            let id = old["spdx_license_key"].as_str().unwrap_or_default();
            let score = old["score"].as_f64().unwrap_or(100.0) / 100.0;
            match license(id, line(&old["start_line"]), score) {
                Some(license) => licenses.push(license),
                None => unread += 1,
            }
        }
        let notices = file["copyrights"].as_array().into_iter().flatten();
        let copyright: Vec<String> = notices
            .filter_map(|c| c["copyright"].as_str().or(c["value"].as_str()))
            .map(str::to_owned)
            .collect();
        let sha256 = file["sha256"].as_str().and_then(|digest| digest.parse().ok());
        self.unread += unread;
        if licenses.is_empty() && copyright.is_empty() {
            return;
        }
        if let Some(found) = self.work(file["path"].as_str().unwrap_or_default(), works) {
            *found = Found { sha256, licenses, copyright };
        }
    }

    fn spdx(&mut self, file: &Value, works: &BTreeSet<WorkPath>) {
        let concluded = file["licenseConcluded"].as_str().filter(|text| says_something(text));
        let in_file = file["licenseInfoInFiles"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let names: Vec<&str> = match concluded {
            Some(concluded) => vec![concluded],
            None => in_file.filter(|text| says_something(text)).collect(),
        };
        let sums = file["checksums"].as_array().into_iter().flatten();
        let sha256 =
            sums.filter(|sum| sum["algorithm"] == "SHA256").find_map(|sum| sum["checksumValue"].as_str());
        let copyright = file["copyrightText"].as_str().filter(|text| says_something(text));
        let path = file["fileName"].as_str().unwrap_or_default();
        self.say(path, &names, sha256, copyright, works);
    }

    fn cyclonedx(&mut self, component: &Value, works: &BTreeSet<WorkPath>) {
        let licenses = [&component["licenses"], &component["evidence"]["licenses"]];
        let licenses = licenses.into_iter().find_map(Value::as_array).into_iter().flatten();
        let names: Vec<&str> = licenses
            .filter_map(|l| {
                l["expression"].as_str().or(l["license"]["id"].as_str()).or(l["license"]["name"].as_str())
            })
            .collect();
        let sums = component["hashes"].as_array().into_iter().flatten();
        let sha256 = sums.filter(|sum| sum["alg"] == "SHA-256").find_map(|sum| sum["content"].as_str());
        let path = component["name"].as_str().unwrap_or_default();
        self.say(path, &names, sha256, component["copyright"].as_str(), works);
    }

    /// Reads the file sections of SPDX 2 tag-value.
    fn tag_value(&mut self, text: &str, works: &BTreeSet<WorkPath>) {
        let mut sections: Vec<Vec<(&str, &str)>> = Vec::new();
        for (tag, value) in text.lines().filter_map(|line| line.split_once(": ")) {
            match tag {
                "Creator" => {
                    if let Some(tool) = value.strip_prefix("Tool: ") {
                        tool.clone_into(&mut self.facts.by);
                    }
                }
                "FileName" => sections.push(vec![(tag, value)]),
                // A package's section ends that of a file before it.
                "PackageName" | "LicenseID" => sections.push(Vec::new()),
                _ => sections.last_mut().into_iter().for_each(|section| section.push((tag, value))),
            }
        }
        for section in sections {
            let all =
                |tag: &'static str| section.iter().filter(move |(t, _)| *t == tag).map(|(_, value)| *value);
            let Some(path) = all("FileName").next() else { continue };
            let concluded = all("LicenseConcluded").find(|text| says_something(text));
            let names: Vec<&str> = match concluded {
                Some(concluded) => vec![concluded],
                None => all("LicenseInfoInFile").filter(|text| says_something(text)).collect(),
            };
            let sha256 = all("FileChecksum").find_map(|sum| sum.strip_prefix("SHA256: "));
            let copyright = all("FileCopyrightText").find(|text| says_something(text));
            let copyright =
                copyright.map(|text| text.trim_start_matches("<text>").trim_end_matches("</text>"));
            self.say(path, &names, sha256, copyright, works);
        }
    }

    fn say(
        &mut self,
        path: &str,
        names: &[&str],
        sha256: Option<&str>,
        copyright: Option<&str>,
        works: &BTreeSet<WorkPath>,
    ) {
        let read: Vec<_> = names.iter().map(|name| license(name, None, 1.0)).collect();
        self.unread += read.iter().filter(|license| license.is_none()).count();
        let licenses: Vec<FoundLicense> = read.into_iter().flatten().collect();
        if licenses.is_empty() && copyright.is_none() {
            return;
        }
        if let Some(found) = self.work(path, works) {
            let sha256 = sha256.and_then(|digest| digest.to_ascii_lowercase().parse().ok());
            let copyright = copyright.into_iter().flat_map(str::lines).map(str::to_owned).collect();
            *found = Found { sha256, licenses, copyright };
        }
    }
}

fn says_something(text: &str) -> bool {
    !matches!(text, "NOASSERTION" | "NONE" | "")
}

fn line(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|line| u32::try_from(line).ok())
}

fn license(text: &str, line: Option<u32>, score: f64) -> Option<FoundLicense> {
    let expression: LicenseExpr = text.parse().ok()?;
    Some(FoundLicense { expression, line, score })
}
