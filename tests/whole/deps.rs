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
    // A module has its license where its repository has it; what another lies beside is not there.
    project.write("vendor/example.org/sea/LICENSE", &mit).write("vendor/example.org/sea/salt/salt.go", "x\n");
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
}

#[test]
fn a_lock_file_that_cannot_be_read_leaves_the_verdict_open() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    for (path, text, reason) in [
        ("package-lock.json", "{\n[[", "line 2"),
        ("Cargo.lock", "version = 4\n[[package]\n", "line 2"),
        ("requirements.txt", "\0\0", "it is no text"),
    ] {
        project.write(path, text);
        project.run(&["audit", ".", "--deps"]).exits(2).says("error CH901").says(path).says(reason);
        project.remove(path);
    }
    // In any encoding.
    let utf16 = |text: &str| {
        text.encode_utf16()
            .fold(vec![0xff, 0xfe], |bytes, unit| [bytes, unit.to_le_bytes().to_vec()].concat())
    };
    project
        .write("requirements.txt", utf16("tide==1.0\n"))
        .write("package-lock.json", "\u{feff}{\"packages\": {\"node_modules/a\": 5}}");
    project.write(
        "package.json",
        "{\"license\": \"GPL-2.0-only\", \"dependencies\": {\"a\": \"1\", \"b\": \"1\"}}",
    );
    check(&project, &["CH414 | a | - | a", "CH414 | b | - | b", "CH414 | tide 1.0 | - | tide 1.0"]);
}

#[test]
fn what_a_manifest_names_and_no_lock_file_has_is_told() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    project
        .write("Cargo.toml", "[package]\nname = \"run\"\nlicense = \"GPL-2.0-only\"\n[dependencies]\nnew = \"1\"\nfar = { path = \"../far\" }\n")
        .write(
            "Cargo.lock",
            "[[package]]\nname = \"run\"\nversion = \"1.0.0\"\ndependencies = [\"far\", \"lost\"]\n[[package]]\nname = \"far\"\nversion = \"2.0.0\"\n",
        )
        .write("pyproject.toml", "[project]\nlicense = \"GPL-2.0-only\"\ndependencies = [\"moon>=1\", \"wave ; sys_platform == 'win32'\"]\n")
        .write("poetry.lock", "[[package]]\nname = \"sand\"\nversion = \"1\"\n");
    let told = told(&project.run(AUDIT));
    assert_eq!(
        told,
        [
            "CH414 | far 2.0.0 | - | far 2.0.0",
            "CH414 | lost | - | lost",
            "CH414 | new | - | new",
            "CH414 | moon | - | moon"
        ]
    );
    project.run(&["audit", ".", "--deps"]).says("far 2.0.0 was not looked at: it lies outside of this tree");
    project.write("Cargo.lock", "version = 4\n");
    project.run(&["audit", ".", "--deps"]).says("what run needs was not looked at: the lock file beside it");
}

#[test]
fn what_only_tests_need_is_not_the_works() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    project
        .write(
            "Cargo.toml",
            "[package]\nname = \"run\"\nlicense = \"GPL-2.0-only\"\n[workspace]\nmembers = [\"part\"]\n\
             [workspace.dependencies]\nshort = { package = \"tested\", version = \"1\" }\n\
             [target.'cfg(unix)'.dependencies]\nused = \"1\"\n[dev-dependencies]\nused = \"1\"\n",
        )
        .write(
            "part/Cargo.toml",
            "[package]\nname = \"part\"\nlicense = \"GPL-2.0-only\"\n[dev-dependencies]\nshort.workspace = true\n",
        )
        .write(
            "Cargo.lock",
            "[[package]]\nname = \"run\"\nversion = \"1.0.0\"\ndependencies = [\"used\"]\n\
             [[package]]\nname = \"part\"\nversion = \"1.0.0\"\ndependencies = [\"tested\"]\n\
             [[package]]\nname = \"tested\"\nversion = \"1.0.0\"\nsource = \"r\"\n\
             [[package]]\nname = \"used\"\nversion = \"1.0.0\"\nsource = \"r\"\n",
        )
        .write("pyproject.toml", "[tool.poetry]\nlicense = \"GPL-2.0-only\"\n[tool.poetry.dependencies]\npython = \"^3\"\ntide = \"1\"\n[tool.poetry.group.dev.dependencies]\ntool = \"1\"\n")
        .write("poetry.lock", "[[package]]\nname = \"tide\"\nversion = \"1\"\n[[package]]\nname = \"tool\"\nversion = \"1\"\n");
    check(&project, &["CH414 | used 1.0.0 | - | used 1.0.0", "CH414 | tide 1 | - | tide 1"]);
}

#[test]
fn what_a_package_says_of_itself_counts_before_a_text_beside_it() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    let mit = project.ok(&["license", "text", "MIT"]).out;
    project.write("package.json", "{\"license\": \"GPL-2.0-only\"}").write(".gitignore", "node_modules\n");
    project.write(
        "package-lock.json",
        r#"{"packages": {"": {"dependencies": {"tide": "1", "moon": "1", "wave": "1"}}, "node_modules/tide": {}, "node_modules/moon": {}, "node_modules/wave": {}}}"#,
    );
    for (name, manifest) in [
        ("tide", "{\"license\": \"UNLICENSED\"}"),
        ("moon", "{\"license\": \"GPL-3.0-only\"}"),
        ("wave", "{\"license\": "),
    ] {
        project.write(&format!("node_modules/{name}/package.json"), manifest);
        project.write(&format!("node_modules/{name}/LICENSE"), &mit);
    }
    check(
        &project,
        &["CH410 | moon | GPL-3.0-only | moon", "CH413 | tide | - | tide", "CH413 | wave | - | wave"],
    );
    project
        .run(&["audit", ".", "--deps"])
        .says("(package.json says UNLICENSED)")
        .says("(package.json cannot be read");
}

#[test]
fn without_a_known_license_of_the_project_it_is_told_that_nothing_is_judged() {
    let place = Place::new();
    let project = place.project("tree");
    project.write("package.json", "{\"license\": \"UNLICENSED\", \"dependencies\": {\"a\": \"1\"}}");
    project.write("package-lock.json", r#"{"packages": {"node_modules/a": {"license": "GPL-3.0-only"}}}"#);
    project.run(&["audit", "."]).says_not("CH405");
    project.run(&["audit", ".", "--deps"]).says("warning CH405");
}

#[test]
fn what_python_packages_need_is_followed_where_it_is_installed() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    let install = |name: &str, rest: &str| {
        let text = format!("Name: {name}\nLicense-Expression: MIT\n{rest}\n\nRequires-Dist: no\n");
        project.write(&format!("../site/{name}-1.0.dist-info/METADATA"), text);
    };
    install(
        "tide",
        "Requires-Dist: moon>=1\nRequires-Dist: gone\nRequires-Dist: win; sys_platform == 'win32'\nRequires-Dist: sand ; extra == 'beach'\nRequires-Dist: tool ; extra == 'dev'",
    );
    install("moon", "Requires-Dist: tide");
    install("sand", "Requires-Dist: deep");
    project.write("libs/own/own.py", head("2026 Ann Ito", "GPL-2.0-only"));
    project.write(
        "requirements.txt",
        "\u{feff}tide[beach]==1.0 \\\n  --hash=sha256:aa\n-e ./libs/own\n-e ../far\n./wheels/x.whl\n",
    );
    let run = project.run(&[AUDIT, &["--site-packages", "../site"]].concat());
    assert_eq!(
        told(&run),
        [
            "CH414 | ../far | - | ../far",
            "CH414 | ./wheels/x.whl | - | ./wheels/x.whl",
            "CH414 | deep | - | tide 1.0 > sand 1.0 > deep",
            "CH414 | gone | - | tide 1.0 > gone",
        ]
    );
    // Of uv's, the extras somebody asks for, and each version there is.
    project.remove("requirements.txt").write(
        "uv.lock",
        "[[package]]\nname = \"run\"\nsource = { editable = \".\" }\ndependencies = [{ name = \"tide\", extra = [\"beach\"] }, { name = \"moon\", version = \"2.0\" }]\n\
         [package.dev-dependencies]\ndev = [{ name = \"tool\" }]\n\
         [[package]]\nname = \"tide\"\nversion = \"1.0\"\ndependencies = [{ name = \"moon\", version = \"1.0\" }]\n\
         [package.optional-dependencies]\nbeach = [{ name = \"shell\" }]\nrock = [{ name = \"tool\" }]\n\
         [[package]]\nname = \"moon\"\nversion = \"1.0\"\n[[package]]\nname = \"moon\"\nversion = \"2.0\"\n\
         [[package]]\nname = \"shell\"\nversion = \"3.0\"\n[[package]]\nname = \"tool\"\nversion = \"1.0\"\n",
    );
    let run = project.run(&[AUDIT, &["--site-packages", "../site"]].concat());
    assert_eq!(
        told(&run),
        ["CH414 | moon 2.0 | - | moon 2.0", "CH414 | shell 3.0 | - | tide 1.0 > shell 3.0"]
    );
}

#[test]
fn an_older_go_mod_leaves_the_rest_to_the_modules() {
    let place = Place::new();
    let project = program(&place, "GPL-2.0-only");
    let mit = project.ok(&["license", "text", "MIT"]).out;
    let module = |name: &str, needs: &str| {
        let folder = format!("../home/go/pkg/mod/example.org/{name}");
        project
            .write(&format!("{folder}/LICENSE"), &mit)
            .write(&format!("{folder}/go.mod"), format!("module x\n{needs}\n"));
    };
    module("tide@v1.0.0", "require example.org/moon v1.2.0\nrequire example.org/old v1.0.0");
    module("wave@v1.0.0", "require example.org/moon v1.10.0");
    module("old@v1.0.0", "");
    let text = "module \"example.org/run\"\ngo 1.16\nrequire (\n\t\"example.org/tide\" v1.0.0\n\texample.org/wave v1.0.0\n)\nreplace example.org/old v0.9.0 => ../old\n";
    project.write("go.mod", text);
    check(
        &project,
        &["CH414 | example.org/moon v1.10.0 | - | example.org/tide v1.0.0 > example.org/moon v1.10.0"],
    );
    project.write("go.mod", text.replace("old v0.9.0", "old v1.0.0"));
    project.run(&["audit", ".", "--deps"]).says("example.org/old v1.0.0 was not looked at: it lies outside");
    project.write("go.mod", text.replace("1.16", "1.17"));
    check(&project, &[]);
    // Of what is vendored, what lies beside another of the same owner is not there.
    project.write("vendor/example.org/ann/tide/LICENSE", &mit);
    project.write("go.mod", "module x\ngo 1.20\nrequire example.org/ann/moon v1.0.0\n");
    check(&project, &["CH414 | example.org/ann/moon v1.0.0 | - | example.org/ann/moon v1.0.0"]);
}
