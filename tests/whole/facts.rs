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
    project.write("../scan.json", report);
    project.ok(&["import", "facts", "../scan.json"]);
    let both = "GPL-2.0-only AND ISC AND Zlib | imported GPL-2.0-only, imported ISC, imported Zlib";
    assert_eq!(license(&project, "silent.c"), both);
    assert_eq!(license(&project, "other.c"), "- | imported no (");
    project.remove(".copyhold/facts/scancode.json");
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

/// Imports a report of some form, and tells what was said on the way.
fn import(project: &Project<'_>, report: &str) -> String {
    project.write("../report", report);
    project.ok(&["import", "facts", "../report"]).err
}

#[test]
fn a_reports_paths_have_one_root() {
    let place = Place::new();
    let project = place.project("tree");
    project.write("a.c", "int a;\n").write("lib/b.c", "int b;\n").write("c.c", "int c;\n");
    let bom = |names: &[&str]| {
        let component = |name: &&str| {
            format!(r#"{{"type": "file", "name": "{name}", "licenses": [{{"expression": "ISC"}}]}}"#)
        };
        let components: Vec<String> = names.iter().map(component).collect();
        format!(r#"{{"bomFormat": "CycloneDX", "components": [{}]}}"#, components.join(","))
    };
    let told = import(&project, &bom(&["/home/ann/tree/a.c", "/home/ann/tree/lib/b.c"]));
    assert!(told.contains("begin with home/ann/tree/"), "{told}");
    assert_eq!(license(&project, "a.c"), "ISC | imported ISC");
    assert_eq!(license(&project, "lib/b.c"), "ISC | imported ISC");
    // A folder that is not here is not the tree.
    let told = import(&project, &bom(&["other/a.c", "c.c", "../a.c", "lib/../a.c"]));
    assert!(told.contains("3 files it names are no works here"), "{told}");
    assert_eq!(license(&project, "a.c"), "- | ");
    assert_eq!(license(&project, "c.c"), "ISC | imported ISC");
}

#[test]
fn what_cannot_be_read_of_a_license_leaves_it_open() {
    let place = Place::new();
    let project = place.project("tree");
    project.write("a.c", "int a;\n").write("b.c", "int b;\n").write("c.c", "int c;\n");
    let bom = r#"{"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "x", "components": [
        {"type": "file", "name": "a.c", "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "GNU GPL v3"}}]},
        {"type": "file", "name": "b.c", "licenses": [], "evidence": {"licenses": [{"expression": "ISC"}]}},
        {"type": "file", "name": "c.c", "licenses": [{"license": {"id": "MIT"}}]},
        {"type": "file", "name": "c.c", "licenses": [{"license": {"id": "Zlib"}}]}]}]}"#;
    let told = import(&project, bom);
    assert!(told.contains("1 license name in it are no SPDX"), "{told}");
    assert_eq!(license(&project, "a.c"), "- | imported GNU GPL v3, imported MIT");
    project.run(&["audit", "."]).says("GNU GPL v3: found by a CycloneDX document, no SPDX expression");
    assert_eq!(license(&project, "b.c"), "ISC | imported ISC");
    // What is said in two places holds together.
    assert_eq!(license(&project, "c.c"), "MIT AND Zlib | imported MIT, imported Zlib");
}

#[test]
fn a_report_on_other_bytes_says_nothing() {
    let place = Place::new();
    let project = place.project("tree");
    project.write("a.c", "int a;\n").write("b.c", "int b;\n");
    let spdx = |algorithm: &str, sum: &str| {
        format!(
            r#"{{"spdxVersion": "SPDX-2.3", "files": [{{"fileName": "./a.c", "licenseConcluded": "ISC",
                "checksums": [{{"algorithm": "{algorithm}", "checksumValue": "{sum}"}}]}}]}}"#
        )
    };
    // sha1sum's.
    let told = import(&project, &spdx("SHA1", "f76ac4a8a2d9531aa1f48d95a1bba1a5e5e5c1c5"));
    assert!(told.contains("1 file it names have other bytes here"), "{told}");
    assert_eq!(license(&project, "a.c"), "- | ");
    import(&project, &spdx("SHA1", "56f54d1636dfec63c3e1586e5e4bdc9a455bb9f6"));
    assert_eq!(license(&project, "a.c"), "ISC | imported ISC");
    project.write("a.c", "int c;\n");
    assert_eq!(license(&project, "a.c"), "- | ");
    project.write("../report", spdx("SHA256", "zz"));
    project.run(&["import", "facts", "../report"]).exits(2).says("the SHA-256 of `./a.c`, `zz`");
}

#[test]
fn a_text_in_tag_value_is_no_tag() {
    let place = Place::new();
    let project = place.project("tree");
    project.write("a.c", "int a;\n").write("b.c", "int b;\n");
    let report = "# A comment\nSPDXVersion: SPDX-2.3\nFileName: ./a.c\nFileChecksum: SHA256:  SUM\nLicenseConcluded: NOASSERTION\n\
                  LicenseInfoInFile: ISC\nFileCopyrightText: <text>Copyright Ann\nLicenseConcluded: MIT\nFileName: ./b.c\nLicenseConcluded: MIT\n</text>\n";
    import(&project, &report.replace("FileChecksum: SHA256:  SUM\n", ""));
    assert_eq!(license(&project, "a.c"), "ISC | imported ISC");
    assert_eq!(license(&project, "b.c"), "- | ");
    project.write("../report", report.replace("</text>", ""));
    project.run(&["import", "facts", "../report"]).exits(2).says("line 7: the <text> of FileCopyrightText");
}
