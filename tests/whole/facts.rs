// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `import facts`: what other scanners found counts below what a work says itself.

use super::common::{Place, Project, head};

/// The license of a work and its evidence, as `license | kind expression, …`.
fn license(project: &Project<'_>, path: &str) -> String {
    let json = project.ok(&["scan", ".", "--format", "json"]).json();
    let work = json["works"].as_array().unwrap().iter().find(|work| work["path"] == path).unwrap().clone();
    let evidence = work["evidence"].as_array().unwrap().iter();
    let evidence: Vec<String> = evidence
        .map(|e| format!("{} {}", e["kind"].as_str().unwrap(), e["expression"].as_str().unwrap()))
        .collect();
    format!("{} | {}", work["license"].as_str().unwrap_or("-"), evidence.join(", "))
}

#[test]
fn reports_of_each_form_are_evidence_named_as_such() {
    let place = Place::new();
    let project = place.project("tree");
    project
        .write("own.c", head("2026 Ann", "MIT"))
        .write("silent.c", "int a;\n")
        .write("other.c", "int b;\n");
    let report = r#"{"headers": [{"tool_name": "scancode-toolkit", "tool_version": "32.5.0"}], "files": [
        {"path": "tree/own.c", "type": "file", "license_detections": [
            {"license_expression_spdx": "ISC", "matches": [{"score": 90.0, "start_line": 3}]}]},
        {"path": "tree/silent.c", "type": "file", "copyrights": [{"copyright": "Copyright Bob", "start_line": 1}],
         "license_detections": [{"license_expression_spdx": "GPL-2.0-only", "matches": [{"score": 80, "start_line": 7}]}]},
        {"path": "tree/gone.c", "type": "file", "license_detections": [{"license_expression_spdx": "MIT", "matches": []}]},
        {"path": "tree/other.c", "type": "file", "license_detections": [{"license_expression_spdx": "no (", "matches": []}]}]}"#;
    project.write("../scan.json", report);
    let run = project.ok(&["import", "facts", "../scan.json"]);
    assert_eq!(run.out, "./.copyhold/facts/scancode.json\n");
    assert!(
        run.err.contains("1 file it names are no works here") && run.err.contains("1 license name"),
        "{}",
        run.err
    );
    assert_eq!(license(&project, "own.c"), "MIT | tag MIT, imported ISC");
    assert_eq!(license(&project, "silent.c"), "GPL-2.0-only | imported GPL-2.0-only");
    let told = project.run(&["audit", ".", "--format", "json"]).json();
    assert!(!told.to_string().contains("\"path\":\"silent.c\",\"line\":null,\"message\":\"no license"));

    // Of other bytes nothing is said; a new report replaces the old one of its form.
    project.write(
        "../scan.json",
        report.replace(
            "\"type\": \"file\", \"copyrights\"",
            &format!("\"type\": \"file\", \"sha256\": \"{}\", \"copyrights\"", "0".repeat(64)),
        ),
    );
    project.ok(&["import", "facts", "../scan.json"]);
    assert_eq!(license(&project, "silent.c"), "- | ");

    let spdx = r#"{"spdxVersion": "SPDX-2.3", "creationInfo": {"creators": ["Tool: tool-1"]}, "files": [
        {"fileName": "./silent.c", "licenseConcluded": "NOASSERTION", "licenseInfoInFiles": ["ISC", "Zlib"]}]}"#;
    project.write("../a.spdx.json", spdx);
    project.ok(&["import", "facts", "../a.spdx.json"]);
    assert_eq!(license(&project, "silent.c"), "ISC AND Zlib | imported ISC, imported Zlib");
    project.write("../a.spdx", "SPDXVersion: SPDX-2.1\nCreator: Tool: reuse-6.2.0\n\nFileName: ./silent.c\nLicenseConcluded: 0BSD\nFileCopyrightText: <text>Bob</text>\n");
    project.ok(&["import", "facts", "../a.spdx"]);
    assert_eq!(license(&project, "silent.c"), "0BSD | imported 0BSD");
    let bom = r#"{"bomFormat": "CycloneDX", "components": [
        {"type": "file", "name": "other.c", "licenses": [{"license": {"id": "Zlib"}}]},
        {"type": "library", "name": "silent.c", "licenses": [{"license": {"id": "MIT"}}]}]}"#;
    project.write("../bom.json", bom);
    project.ok(&["import", "facts", "../bom.json"]);
    assert_eq!(license(&project, "other.c"), "Zlib | imported Zlib");
    assert_eq!(license(&project, "silent.c"), "0BSD | imported 0BSD");

    project.write("../bom.json", "{}");
    let run = project.run(&["import", "facts", "../bom.json"]).exits(2);
    assert!(run.err.contains("neither ScanCode's JSON"), "{}", run.err);
}
