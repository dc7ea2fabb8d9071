// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Lock files: Cargo, npm, Python (poetry, uv, requirements), Go, and git's list of submodules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use toml::Table;

use super::{Graph, MAX_FILE, MAX_PACKAGES, Package, Places, inside};
use crate::domain::WorkPath;
use crate::store;

/// Returns whether a file of this name is read here.
pub(super) fn is_read(name: &str) -> bool {
    matches!(
        name,
        "Cargo.lock"
            | "package-lock.json"
            | "npm-shrinkwrap.json"
            | "poetry.lock"
            | "uv.lock"
            | "go.mod"
            | ".gitmodules"
    ) || is_requirements(name)
}

/// `requirements.txt`, and others of their kind but those for people who work on the project.
fn is_requirements(name: &str) -> bool {
    const DEVELOPMENT: [&str; 9] =
        ["dev", "test", "doc", "lint", "ci", "build", "typing", "check", "release"];
    let kind = name.strip_prefix("requirements").and_then(|rest| rest.strip_suffix(".txt"));
    kind.is_some_and(|kind| {
        kind.is_empty()
            || kind.starts_with(['-', '_', '.'])
                && !kind.split(['-', '_', '.']).any(|word| DEVELOPMENT.iter().any(|d| word.starts_with(d)))
    })
}

/// Reads a lock file. Fails with the reason.
pub(super) fn read(path: &WorkPath, text: &str, root: &Path, places: &Places) -> Result<Graph, String> {
    let folder = path.parent().map_or_else(|| root.to_owned(), |folder| root.join(folder.as_path()));
    let graph = match path.file_name() {
        "Cargo.lock" => cargo(text, &folder, places)?,
        "package-lock.json" | "npm-shrinkwrap.json" => npm(text, &folder)?,
        "go.mod" => go(text, &folder, places),
        ".gitmodules" => submodules(text, &folder),
        name if is_requirements(name) => requirements(text, &folder, places),
        _ => python(text, &folder, places)?,
    };
    if graph.packages.len() > MAX_PACKAGES {
        return Err(format!("it names more than {MAX_PACKAGES} packages"));
    }
    Ok(graph)
}

fn table(text: &str) -> Result<Table, String> {
    text.parse::<Table>().map_err(|error| error.message().to_owned())
}

fn text_at<'t>(table: &'t Table, key: &str) -> &'t str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

fn tables<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    table.get(key).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table)
}

/// The Cargo book, 4.6: a package without a source is the project's own.
fn cargo(text: &str, folder: &Path, places: &Places) -> Result<Graph, String> {
    let lock = table(text)?;
    let all: Vec<&Table> = tables(&lock, "package").collect();
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, package) in all.iter().enumerate() {
        named.entry(text_at(package, "name")).or_default().push(at);
    }
    let find = |need: &str| {
        let mut words = need.split(' ');
        let candidates = named.get(words.next()?)?;
        let version = words.next();
        candidates
            .iter()
            .copied()
            .find(|at| version.is_none_or(|version| text_at(all[*at], "version") == version))
    };
    let registries =
        places.cargo.as_ref().map(|home| store::list(&home.join("registry/src")).unwrap_or_default());
    let checkouts =
        places.cargo.as_ref().map(|home| store::list(&home.join("git/checkouts")).unwrap_or_default());
    let only_tested = only_tested(folder);
    let mut graph = Graph::default();
    for package in &all {
        let (name, version, source) =
            (text_at(package, "name"), text_at(package, "version"), text_at(package, "source"));
        let needs = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        let needs = needs.filter_map(toml::Value::as_str);
        let is_own = source.is_empty();
        let needs: Vec<usize> = needs
            .filter(|need| {
                !is_own || !only_tested.iter().any(|name| need.split(' ').next() == Some(name.as_str()))
            })
            .filter_map(find)
            .collect();
        if is_own {
            graph.roots.extend(&needs);
        }
        let whole = format!("{name}-{version}");
        let vendor = folder.join("vendor");
        let mut at: Vec<PathBuf> = inside(&vendor, &whole).into_iter().collect();
        at.extend(registries.iter().flatten().filter_map(|registry| inside(registry, &whole)));
        at.extend(inside(&vendor, name));
        if let Some((address, commit)) = source.strip_prefix("git+").and_then(|source| source.split_once('#'))
        {
            let repository = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
            let repository = repository.rsplit('/').next().unwrap_or_default().trim_end_matches(".git");
            let start = format!("{repository}-");
            for checkout in checkouts.iter().flatten() {
                let is_it =
                    checkout.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start));
                if is_it && let Some(checkout) = commit.get(..7).and_then(|short| inside(checkout, short)) {
                    at.extend(
                        [inside(&checkout, name), inside(&checkout.join("crates"), name)]
                            .into_iter()
                            .flatten(),
                    );
                    at.push(checkout);
                }
            }
        }
        let (name, version) = (name.to_owned(), version.to_owned());
        graph.packages.push(Package { name, version, needs, at, stated: None });
    }
    // The project's own packages are no dependencies of it.
    let is_own = |at: &usize| text_at(all[*at], "source").is_empty();
    let mut roots: Vec<usize> = graph.roots.iter().copied().filter(|at| !is_own(at)).collect();
    roots.sort_unstable();
    roots.dedup();
    graph.roots = roots;
    Ok(graph)
}

/// Returns what the manifest in `folder` needs for its tests alone.
fn only_tested(folder: &Path) -> Vec<String> {
    let manifest = store::read(&folder.join("Cargo.toml"), MAX_FILE).unwrap_or_default();
    let Ok(manifest) = table(&String::from_utf8_lossy(&manifest)) else { return Vec::new() };
    if manifest.contains_key("workspace") {
        return Vec::new();
    }
    let names = |key: &str| -> Vec<String> {
        let table = manifest.get(key).and_then(toml::Value::as_table).into_iter().flatten();
        table
            .map(|(name, needs)| {
                needs.get("package").and_then(toml::Value::as_str).unwrap_or(name).to_owned()
            })
            .collect()
    };
    let used = [names("dependencies"), names("build-dependencies")].concat();
    let has_targets = manifest.contains_key("target");
    names("dev-dependencies").into_iter().filter(|name| !has_targets && !used.contains(name)).collect()
}

/// npm's `package-lock.json` (versions 2 and 3): packages by where they lie.
fn npm(text: &str, folder: &Path) -> Result<Graph, String> {
    let lock: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let all = lock.get("packages").and_then(Value::as_object);
    let all = all.ok_or("a lock file of npm 6 or older; `npm install` writes a newer one")?;
    let places: BTreeMap<&str, usize> = all.keys().map(String::as_str).zip(0..).collect();
    let mut graph = Graph::default();
    for (place, package) in all {
        let is_own = !place.contains("node_modules/");
        // As node looks: in the package's own folder, then in each one above.
        let find = |name: &str| {
            let mut from = place.as_str();
            loop {
                let below = if from.is_empty() { String::new() } else { format!("{from}/") };
                if let Some(at) = places.get(format!("{below}node_modules/{name}").as_str()) {
                    return Some(*at);
                }
                if from.is_empty() {
                    return None;
                }
                from = from.rsplit_once("/node_modules/").map_or("", |(above, _)| above);
            }
        };
        let mut needs = Vec::new();
        for kind in ["dependencies", "optionalDependencies", "peerDependencies"] {
            let names = package[kind].as_object().into_iter().flatten().map(|(name, _)| name);
            needs.extend(names.filter_map(|name| find(name)));
        }
        if is_own {
            graph.roots.extend(&needs);
        }
        let name = package["name"].as_str().or(place.rsplit("node_modules/").next()).unwrap_or_default();
        graph.packages.push(Package {
            name: name.to_owned(),
            version: package["version"].as_str().unwrap_or_default().to_owned(),
            needs,
            at: inside(folder, place).into_iter().collect(),
            stated: package["license"].as_str().map(str::to_owned),
        });
    }
    let own: Vec<bool> = all.keys().map(|place| !place.contains("node_modules/")).collect();
    graph.roots.retain(|at| !own[*at]);
    Ok(graph)
}

/// Python's names are equal without case, and `-`, `_` and `.` are one (packaging.python.org, names).
fn python_name(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
    name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// Installed packages: name and version to the folder with their metadata.
fn installed(folder: &Path, places: &Places) -> BTreeMap<(String, String), PathBuf> {
    let mut sites = Vec::new();
    for venv in [".venv", "venv"] {
        let versions = store::list(&folder.join(venv).join("lib")).unwrap_or_default();
        sites.extend(versions.into_iter().map(|version| version.join("site-packages")));
    }
    sites.extend(places.python.iter().cloned());
    let mut found = BTreeMap::new();
    for path in sites.iter().flat_map(|site| store::list(site).unwrap_or_default()) {
        let name =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".dist-info"));
        if let Some((name, version)) = name.and_then(|name| name.split_once('-')) {
            found.entry((python_name(name), version.to_owned())).or_insert(path);
        }
    }
    found
}

/// Returns where a package lies; any version where none is said.
fn python_at(installed: &BTreeMap<(String, String), PathBuf>, name: &str, version: &str) -> Vec<PathBuf> {
    let name = python_name(name);
    let matches = installed.iter().filter(|((n, v), _)| *n == name && (version.is_empty() || v == version));
    matches.map(|(_, path)| path.clone()).collect()
}

/// `poetry.lock` and `uv.lock`: packages with what they need, by name.
fn python(text: &str, folder: &Path, places: &Places) -> Result<Graph, String> {
    let lock = table(text)?;
    let installed = installed(folder, places);
    let all: Vec<&Table> = tables(&lock, "package").filter(|package| !is_for_development(package)).collect();
    let named: BTreeMap<String, usize> =
        all.iter().map(|package| python_name(text_at(package, "name"))).zip(0..).collect();
    let mut graph = Graph::default();
    let mut own = Vec::new();
    for (at, package) in all.iter().enumerate() {
        let (name, version) = (text_at(package, "name"), text_at(package, "version"));
        let needs: Vec<usize> = match package.get("dependencies") {
            Some(toml::Value::Table(needs)) => {
                needs.keys().filter_map(|name| named.get(&python_name(name)).copied()).collect()
            }
            _ => tables(package, "dependencies")
                .filter_map(|need| named.get(&python_name(text_at(need, "name"))).copied())
                .collect(),
        };
        let source = package.get("source").and_then(toml::Value::as_table);
        if source.is_some_and(|source| source.contains_key("virtual") || source.contains_key("editable")) {
            own.push(at);
            graph.roots.extend(&needs);
        }
        graph.packages.push(Package {
            name: name.to_owned(),
            version: version.to_owned(),
            needs,
            at: python_at(&installed, name, version),
            stated: None,
        });
    }
    if own.is_empty() {
        graph.root_what_nobody_needs();
    }
    graph.roots.retain(|at| !own.contains(at));
    Ok(graph)
}

/// Poetry marks what is needed to develop alone.
fn is_for_development(package: &Table) -> bool {
    let groups = package.get("groups").and_then(toml::Value::as_array);
    text_at(package, "category") == "dev"
        || groups.is_some_and(|groups| !groups.iter().any(|group| group.as_str() == Some("main")))
}

/// Files that name others are followed so often.
const MAX_INCLUDED: usize = 100;

/// `requirements.txt`: `name==version`, one a line, and `-r` for what another file names (pip, requirements
/// file format); who needs whom is not in it.
fn requirements(text: &str, folder: &Path, places: &Places) -> Graph {
    let installed = installed(folder, places);
    let mut graph = Graph::default();
    let mut push = |name: &str, version: &str| {
        graph.roots.push(graph.packages.len());
        graph.packages.push(Package {
            name: name.to_owned(),
            version: version.to_owned(),
            at: python_at(&installed, name, version),
            ..Package::default()
        });
    };
    let mut included: Vec<String> = Vec::new();
    // Each with the folder it lies in: names are relative to that.
    let mut texts = vec![(text.to_owned(), String::new())];
    while let Some((text, below)) = texts.pop() {
        for line in text.lines() {
            let line = line.split(" #").next().unwrap_or_default().split(';').next().unwrap_or_default();
            let line = line.trim().trim_end_matches('\\').trim();
            if let Some(other) = value_of(line, "-r", "--requirement") {
                // A file of such a name is read for itself.
                let is_own = other.rsplit('/').next().is_some_and(is_requirements);
                let other = format!("{below}{other}");
                if is_own || included.len() >= MAX_INCLUDED || included.contains(&other) {
                    continue;
                }
                included.push(other.clone());
                let read = inside(folder, &other).and_then(|path| store::read(&path, MAX_FILE).ok());
                match read {
                    Some(bytes) => {
                        let below = other.rsplit_once('/').map_or(String::new(), |(at, _)| format!("{at}/"));
                        texts.push((String::from_utf8_lossy(&bytes).into_owned(), below));
                    }
                    None => push(&format!("what {other} names"), ""),
                }
                continue;
            }
            let editable = value_of(line, "-e", "--editable");
            let line = editable.unwrap_or(line);
            let is_path = line.starts_with(['.', '/']);
            if line.is_empty() || line.starts_with(['#', '-']) || is_path {
                continue;
            }
            let egg = line.split_once("#egg=").map(|(_, egg)| egg);
            let (name, version) = match egg {
                Some(egg) => (egg, ""),
                None => line.split_once("==").unwrap_or((line, "")),
            };
            let is_address = egg.is_none() && name.contains("://") && !name.contains('@');
            let end =
                if is_address { &[' '][..] } else { &['[', '<', '>', '=', '~', '!', ' ', '@', '&'][..] };
            let name = name.split(end).next().unwrap_or_default();
            push(name, version.split_whitespace().next().unwrap_or_default());
        }
    }
    graph
}

/// Returns what stands behind an option, written in either way.
fn value_of<'t>(line: &'t str, short: &str, long: &str) -> Option<&'t str> {
    let rest = line.strip_prefix(long).or_else(|| line.strip_prefix(short))?;
    let value = rest.trim_start_matches([' ', '\t', '=']);
    (value.len() < rest.len() && !value.is_empty()).then_some(value)
}

/// A module of Go with its version.
type Module<'t> = (&'t str, &'t str);

/// What a `go.mod` says.
#[derive(Default)]
struct GoMod<'t> {
    /// The modules it requires, each with whether the module itself does.
    required: Vec<(Module<'t>, bool)>,
    /// What it takes instead of some.
    replaced: Vec<(&'t str, Module<'t>)>,
}

fn go_mod(text: &str) -> GoMod<'_> {
    let mut found = GoMod::default();
    let mut block = "";
    for line in text.lines() {
        let is_direct = !line.contains("// indirect");
        let line = line.split("//").next().unwrap_or_default().trim();
        let mut words: Vec<&str> = line.split_whitespace().collect();
        if words.as_slice() == [")"] {
            block = "";
            continue;
        }
        if let [word, "("] = words.as_slice() {
            block = word;
            continue;
        }
        let kind = if block.is_empty() && !words.is_empty() { words.remove(0) } else { block };
        match (kind, words.as_slice()) {
            ("require", [module, version]) => found.required.push(((*module, *version), is_direct)),
            ("replace", words) => {
                if let Some(arrow) = words.iter().position(|word| *word == "=>")
                    && let (Some(old), Some(new)) = (words.first(), words.get(arrow + 1))
                {
                    found.replaced.push((*old, (*new, words.get(arrow + 2).copied().unwrap_or_default())));
                }
            }
            _ => {}
        }
    }
    found
}

/// `go.mod` names every module since Go 1.17; who needs whom is in the modules' own.
fn go(text: &str, folder: &Path, places: &Places) -> Graph {
    let GoMod { required, replaced } = go_mod(text);
    let mut graph = Graph::default();
    for ((module, version), is_direct) in &required {
        let mut at = Vec::new();
        let other = replaced.iter().find(|(old, _)| old == module).map(|(_, new)| *new);
        match other {
            Some((path, _)) if path.starts_with('.') => at.extend(inside(folder, path)),
            other => {
                let (module, version) = other.unwrap_or((*module, *version));
                let name = format!("{}@{version}", escaped(module));
                at.extend(places.go.as_ref().and_then(|cache| inside(cache, &name)));
                // A vendored module has its license where its repository has it.
                let mut next = Some(module);
                while let Some(path) = next {
                    at.extend(inside(&folder.join("vendor"), path));
                    next = path.rsplit_once('/').map(|(above, _)| above).filter(|above| above.contains('/'));
                }
            }
        }
        if *is_direct {
            graph.roots.push(graph.packages.len());
        }
        let (name, version) = ((*module).to_owned(), (*version).to_owned());
        graph.packages.push(Package { name, version, at, ..Package::default() });
    }
    let named: BTreeMap<String, usize> = graph.packages.iter().map(|p| p.name.clone()).zip(0..).collect();
    for package in &mut graph.packages {
        let own = package.at.iter().find_map(|at| store::read(&at.join("go.mod"), MAX_FILE).ok());
        let own = own.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        package.needs =
            go_mod(&own).required.iter().filter_map(|((module, _), _)| named.get(*module).copied()).collect();
    }
    // What comes in by a module that is not here is still there.
    graph.is_whole = true;
    graph
}

/// Go's module cache writes `A` as `!a` (go.dev/ref/mod, module cache).
fn escaped(module: &str) -> String {
    let mut text = String::with_capacity(module.len());
    for c in module.chars() {
        if c.is_ascii_uppercase() {
            text.push('!');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

/// `.gitmodules`: where each submodule lies.
fn submodules(text: &str, folder: &Path) -> Graph {
    let mut graph = Graph::default();
    for line in text.lines() {
        let Some(("path", path)) = line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) else {
            continue;
        };
        graph.roots.push(graph.packages.len());
        graph.packages.push(Package {
            name: path.to_owned(),
            at: inside(folder, path).into_iter().collect(),
            ..Package::default()
        });
    }
    graph
}

impl Graph {
    /// Takes for the project's own needs what no package needs.
    fn root_what_nobody_needs(&mut self) {
        let mut needed = vec![false; self.packages.len()];
        for at in self.packages.iter().flat_map(|package| &package.needs) {
            needed[*at] = true;
        }
        self.roots = (0..needed.len()).filter(|at| !needed[*at]).collect();
        self.is_whole = true;
    }
}
