// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `init`: makes a tree a project: its policy, and a first root in which one person does everything.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::error::CliError;
use super::{Exit, key, person};
use crate::config::{CONFIG_FILE, Config};
use crate::detect::EvidenceKind;
use crate::domain::{LicenseExpr, shown};
use crate::govern::Root;
use crate::scan::{Scan, Wanted, scan};
use crate::sign::{Envelope, Namespace, PayloadType};
use crate::store::{self, Access};
use crate::work::{RECORD_FOLDER, Tree};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copyhold init --name merge-kit --license GPL-3.0-or-later")]
pub(crate) struct Args {
    /// The root of the project's tree
    #[arg(default_value = ".")]
    path: PathBuf,
    /// What the project is called; otherwise as its folder is
    #[arg(long)]
    name: Option<String>,
    /// What the project is offered under; otherwise what its LICENSE file or package manifest says
    #[arg(long, value_name = "EXPR")]
    license: Option<LicenseExpr>,
    /// What you are called; otherwise as git knows you
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// The key to sign with: its name, id, fingerprint or file
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let root_path = args.path.join(RECORD_FOLDER).join("root/1.root.dsse.json");
    let config_path = args.path.join(CONFIG_FILE);
    for path in [&root_path, &config_path] {
        if path.symlink_metadata().is_ok() {
            return Err(CliError::new(format!("{} is there already", shown(&path.to_string_lossy())))
                .hint("this is a project already; go on with `copyhold sign` or `copyhold audit`"));
        }
    }
    let tree = Tree::open(&args.path)?;
    let found = scan(&tree, &Config::default(), Wanted::default());
    let license = args.license.clone().or_else(|| offered(&found));
    let name = match &args.name {
        Some(name) => name.clone(),
        None => folder_name(&args.path)?,
    };
    let person = args.person.clone().or_else(|| person::name(tree.repository())).ok_or_else(|| {
        CliError::new("nothing says what you are called")
            .hint("say it with --person NAME, or `git config user.name`")
    })?;
    if person.contains('@') {
        return Err(
            CliError::new("a signed file never holds an e-mail address").hint("give a name with --person")
        );
    }
    let signer = key::signer(args.key.as_deref(), context)?;

    let root = Root::first(&name, &person, signer.public(), context.now()?)?;
    let envelope = Envelope::seal(PayloadType::Root, root.to_payload()?, Namespace::Root, &[&signer])?;
    store::write_new(&root_path, &envelope.to_bytes(), Access::Public)?;
    let is_reuse = !found.conclusions.present.is_empty();
    let written = store::write_new(&config_path, &config(&name, license.as_ref(), is_reuse), Access::Public);
    if let Err(error) = written {
        // Half a project would only be in the way.
        store::remove(&root_path)?;
        return Err(error.into());
    }
    if is_reuse && let Some(license) = &license {
        let path = args.path.join(RECORD_FOLDER).join("REUSE.toml");
        store::write_new(&path, &reuse_toml(&name, license), Access::Public)?;
    }

    let license =
        license.map_or("no license (say it under [project] in copyhold.toml)".to_owned(), |l| l.to_string());
    context.say(format!(
        "{name} is a project under {license}; {person} signs for it with {}",
        signer.public().id()
    ));
    context.say(format!("its fingerprint, for those who pin it: {}", envelope.payload_digest()));
    context.say("next: copyhold sign, then copyhold manifest");
    Ok(Exit::Clean)
}

/// Returns what the project offers itself under. A GNU text fits `-only` and `-or-later`; where its
/// works state which, they are right.
fn offered(found: &Scan) -> Option<LicenseExpr> {
    let Some(declared) = found.conclusions.license.clone() else { return only_license(found) };
    let stem = declared.to_string().strip_suffix("-only").map(str::to_owned);
    let Some(later) = stem.and_then(|stem| format!("{stem}-or-later").parse::<LicenseExpr>().ok()) else {
        return Some(declared);
    };
    let states = |license: &LicenseExpr| {
        let conclusions = found.conclusions.works.values();
        conclusions.filter(|c| !c.is_inherited() && c.license.as_ref() == Some(license)).count()
    };
    let is_by_text = found.conclusions.declared.iter().all(|evidence| evidence.kind == EvidenceKind::Text);
    Some(if is_by_text && states(&later) > states(&declared) { later } else { declared })
}

/// Where nothing declares a license, but all works are under one text in LICENSES/, that is it.
fn only_license(found: &Scan) -> Option<LicenseExpr> {
    let present: Vec<_> = found.conclusions.present.keys().collect();
    let [only] = present[..] else { return None };
    only.as_str().parse().ok()
}

fn folder_name(path: &Path) -> Result<String, CliError> {
    let folder = path.canonicalize().map_err(|error| store::PathError::new("read", path, error))?;
    match folder.file_name().and_then(|name| name.to_str()) {
        Some(name) => Ok(name.to_owned()),
        None => Err(CliError::new("the folder's name cannot be the project's").hint("give one with --name")),
    }
}

fn config(name: &str, license: Option<&LicenseExpr>, is_reuse: bool) -> Vec<u8> {
    let head = match license.filter(|_| is_reuse) {
        // REUSE-IgnoreStart
        Some(license) => format!(
            "# SPDX-FileCopyrightText: {} contributors\n# SPDX-License-Identifier: {license}\n\n",
            name.replace(['\n', '\r'], " ")
        ),
        // REUSE-IgnoreEnd
        None => String::new(),
    };
    let name = toml::Value::String(name.to_owned());
    let license =
        license.map_or("# license = \"…\"".to_owned(), |license| format!("license = \"{license}\""));
    let about = "What this project asks of itself; `copyhold schema config` prints all there is.";
    format!("{head}# {about}\n[project]\nname = {name}\n{license}\n\n[policy]\nstatements = \"optional\"\n")
        .into_bytes()
}

/// The record's files are not of the works, but REUSE covers them.
fn reuse_toml(name: &str, license: &LicenseExpr) -> Vec<u8> {
    let holder = toml::Value::String(format!("{name} contributors"));
    // REUSE-IgnoreStart
    let text = format!(
        "version = 1\n\n[[annotations]]\npath = \"**\"\nSPDX-FileCopyrightText = {holder}\nSPDX-License-Identifier = \"{license}\"\n"
    );
    // REUSE-IgnoreEnd
    text.into_bytes()
}
