// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `audit --deps`: lock files of each kind, resolved against what lies on the machine.

use super::common::{Place, Project, Run, head};

const AUDIT: &[&str] = &["audit", ".", "--deps", "--format", "json"];

/// A program under a license, with its text.
fn program<'a>(place: &'a Place, license: &str) -> Project<'a> {
    let project = place.project("tree");
    project.write("run.py", head("2026 Ann Ito", license) + "run = 1\n").license(license);
    project.write(
        "copyhold.toml",
        head("2026 Ann Ito", license) + &format!("[project]\nlicense = \"{license}\"\n"),
    );
    project
}

/// A tree that shows a rule about dependencies, or its repair.
pub fn of_rule(code: &str, place: &Place, is_bad: bool) -> Run {
    let project = program(place, "GPL-2.0-only");
    let license = match (code, is_bad) {
        (_, false) => "MIT",
        ("CH410", _) => "Apache-2.0",
        ("CH411", _) => "MPL-2.0",
        ("CH412", _) => "LicenseRef-tide",
        _ => "",
    };
    let headline = head("2026 Ann Ito", "GPL-2.0-only");
    project.write("requirements.txt", format!("{headline}tide==1.0\n"));
    if !is_bad || code != "CH414" {
        let line =
            if license.is_empty() { String::new() } else { format!("License-Expression: {license}\n") };
        project.write("../site/tide-1.0.dist-info/METADATA", format!("Name: tide\n{line}"));
    }
    project.run(&[AUDIT, &["--site-packages", "../site"]].concat())
}

/// What was found of dependencies, one a line: code, package, license, chain.
fn told(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"].as_array().unwrap().iter();
    let findings = findings.filter(|finding| finding["facts"]["chain"].is_string());
    let word = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    findings
        .map(|finding| {
            let facts = &finding["facts"];
            let words = [&finding["code"], &facts["package"], &facts["license"], &facts["chain"]];
            words.map(word).join(" | ")
        })
        .collect()
}

#[track_caller]
fn check(project: &Project<'_>, expected: &[&str]) {
    assert_eq!(told(&project.run(AUDIT)), expected);
}

#[test]
fn requirements_name_others_and_those_of_development_are_not_the_works() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    let apache = |name: &str| {
        let folder = format!("../site/{name}-1.0.dist-info/METADATA");
        project.write(&folder, format!("Name: {name}\nLicense-Expression: Apache-2.0\n"));
    };
    for name in ["tide", "moon", "wave", "port", "tool", "sand"] {
        apache(name);
    }
    project
        .write(
            "requirements.txt",
            "-r requirements-base.txt\n--requirement=pins/all.txt\n-r gone.txt\n-e .\ntide==1.0\n",
        )
        .write("requirements-base.txt", "moon==1.0  # the moon\n")
        .write("requirements-dev.txt", "-r requirements.txt\ntool==1.0\n")
        .write(
            "pins/all.txt",
            "-r all.txt\nwave==1.0 ; python_version > '3'\ngit+https://example.org/port.git#egg=port\n",
        );
    let run = project.run(&[AUDIT, &["--site-packages", "../site"]].concat());
    let found: Vec<String> =
        told(&run).iter().map(|line| line.split(" | ").take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        found,
        ["CH410 moon 1.0", "CH410 port", "CH410 tide 1.0", "CH410 wave 1.0", "CH414 what gone.txt names"]
    );
}

#[test]
fn cargo_names_the_way_to_the_culprit() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    project.write(
        "Cargo.toml",
        "[package]\nname = \"run\"\nlicense = \"GPL-2.0-only\"\n[dev-dependencies]\ntested = \"1\"\n",
    );
    project.write(
        "Cargo.lock",
        "version = 4\n\
         [[package]]\nname = \"run\"\nversion = \"0.1.0\"\ndependencies = [\"gone\", \"tide\", \"tested\"]\n\
         [[package]]\nname = \"tide\"\nversion = \"1.2.0\"\nsource = \"registry+x\"\ndependencies = [\"moon 2.0.0\"]\n\
         [[package]]\nname = \"moon\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\
         [[package]]\nname = \"moon\"\nversion = \"2.0.0\"\nsource = \"registry+x\"\n\
         [[package]]\nname = \"gone\"\nversion = \"3.0.0\"\nsource = \"registry+x\"\n\
         [[package]]\nname = \"tested\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\
         [[package]]\nname = \"../../out\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n",
    );
    let cargo = |name: &str, license: &str| {
        let path = format!("../home/.cargo/registry/src/index/{name}/Cargo.toml");
        project.write(&path, format!("[package]\nname = \"x\"\nlicense = \"{license}\"\n"));
    };
    cargo("tide-1.2.0", "MIT OR Apache-2.0");
    cargo("moon-2.0.0", "Apache-2.0");
    cargo("moon-1.0.0", "CDDL-1.0");
    check(
        &project,
        &["CH410 | moon 2.0.0 | Apache-2.0 | tide 1.2.0 > moon 2.0.0", "CH414 | gone 3.0.0 | - | gone 3.0.0"],
    );
}

#[test]
fn npm_looks_where_node_looks() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    project.write("package.json", "{\"name\": \"run\", \"license\": \"GPL-2.0-only\"}");
    project.write(
        "package-lock.json",
        r#"{"lockfileVersion": 3, "packages": {
            "": {"name": "run", "dependencies": {"tide": "1"}, "devDependencies": {"tested": "1"}},
            "node_modules/moon": {"version": "1.0.0", "license": "MIT"},
            "node_modules/tested": {"version": "1.0.0", "license": "CDDL-1.0", "dev": true},
            "node_modules/tide": {"version": "1.0.0", "dependencies": {"moon": "2"}},
            "node_modules/tide/node_modules/moon": {"version": "2.0.0", "license": "Apache-2.0"}}}"#,
    );
    project.write("node_modules/tide/package.json", "{\"name\": \"tide\"}");
    project.write(".gitignore", "node_modules\n");
    check(
        &project,
        &["CH410 | moon 2.0.0 | Apache-2.0 | tide 1.0.0 > moon 2.0.0", "CH413 | tide 1.0.0 | - | tide 1.0.0"],
    );
}

#[test]
fn python_is_read_from_what_is_installed() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    project.write(
        "uv.lock",
        "version = 1\n\
         [[package]]\nname = \"run\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"tide-table\" }]\n\
         [[package]]\nname = \"tide-table\"\nversion = \"1.0\"\ndependencies = [{ name = \"moon\" }]\n\
         [[package]]\nname = \"moon\"\nversion = \"2.0\"\n",
    );
    let site = "../site";
    project.write(
        &format!("{site}/Tide_Table-1.0.dist-info/METADATA"),
        "Name: Tide_Table\nLicense-Expression: MIT\n",
    );
    project.write(
        &format!("{site}/moon-2.0.dist-info/METADATA"),
        "Name: moon\nClassifier: License :: OSI Approved :: Apache Software License\nLicense: Apache-2.0\n",
    );
    let run = project.run(&[AUDIT, &["--site-packages", site]].concat());
    assert_eq!(told(&run), ["CH410 | moon 2.0 | Apache-2.0 | tide-table 1.0 > moon 2.0"]);
    project.remove("uv.lock").write("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"t\"\nversion = \"1\"\ngroups = [\"dev\"]\n");
    check(&project, &["CH414 | a 1 | - | a 1"]);
}

#[test]
fn go_reads_vendored_modules_and_its_cache() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    project.write(
        "go.mod",
        "module example.org/run\nrequire example.org/Tide v1.0.0\nrequire (\n\texample.org/moon v2.0.0 // indirect\n\texample.org/sea/salt v1.0.0\n\texample.org/local v0.0.0\n)\nreplace example.org/local => ../local\n",
    );
    let apache = project.ok(&["license", "text", "Apache-2.0"]).out;
    let mit = project.ok(&["license", "text", "MIT"]).out;
    project.write("../home/go/pkg/mod/example.org/!tide@v1.0.0/LICENSE", &mit);
    project.write(
        "../home/go/pkg/mod/example.org/!tide@v1.0.0/go.mod",
        "module x\nrequire example.org/moon v2.0.0\n",
    );
    project.write("../home/go/pkg/mod/example.org/moon@v2.0.0/LICENSE", &apache);
    project.write("vendor/example.org/sea/LICENSE", &mit);
    check(
        &project,
        &[
            "CH410 | example.org/moon v2.0.0 | Apache-2.0 | example.org/Tide v1.0.0 > example.org/moon v2.0.0",
            "CH414 | example.org/local v0.0.0 | - | example.org/local v0.0.0",
        ],
    );
}

#[test]
fn submodules_and_what_is_not_read_are_told_of() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    project.write(
        ".gitmodules",
        "[submodule \"tide\"]\n\tpath = lib/tide\n\turl = x\n[submodule \"b\"]\n\tpath = lib/b\n",
    );
    project.write("lib/tide/LICENSE", project.ok(&["license", "text", "Apache-2.0"]).out);
    project.write("yarn.lock", "x\n").write("web/package.json", "{}").write("Cargo.toml", "[package]\n");
    check(
        &project,
        &[
            "CH410 | lib/tide | Apache-2.0 | lib/tide",
            "CH414 | lib/b | - | lib/b",
            "CH414 | what it names | - | Cargo.toml",
            "CH414 | what it names | - | yarn.lock",
        ],
    );
    project.write("package-lock.json", "[[[");
    assert!(told(&project.run(AUDIT)).iter().any(|line| line.contains("package-lock.json")));
}
