// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `key`: the keys a person signs with, and which of them a command takes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};
use serde::Serialize;
use zeroize::Zeroizing;

use super::Exit;
use super::context::{Context, Format};
use super::error::CliError;
use super::project::Project;
use crate::domain::{KeyId, PersonId, PublicKey, Scheme, shown};
use crate::sign::keyring::{DEFAULT_NAME, Entry, Home, Keyring};
use crate::sign::statement::KeyLink;
use crate::sign::{Envelope, Namespace, PayloadType, SecretError, SecretKey, Signer, read_openssh_public};
use crate::store;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make a key and keep it, sealed with a passphrase
    New {
        /// What to call it
        #[arg(default_value = DEFAULT_NAME)]
        name: String,
        /// Do not seal it: whoever can read the file can sign
        #[arg(long)]
        no_passphrase: bool,
    },
    /// List the keys kept here, and those in ~/.ssh that could be imported
    List,
    /// Show a key: its ids, and the forms in which openssl and ssh-keygen take it
    Show {
        /// Its name, key id, fingerprint or file; otherwise the default key
        #[arg(value_name = "NAME")]
        key: Option<String>,
    },
    /// Sign with an OpenSSH key from now on, where it is: in its file, in an agent or in hardware
    Import {
        /// The private or public file, or the fingerprint of a key in ~/.ssh
        #[arg(value_name = "PATH|FINGERPRINT")]
        key: String,
        /// What to call it; otherwise as its file is called
        #[arg(long)]
        name: Option<String>,
    },
    /// Say with both keys that you sign with another one from now on
    Rotate {
        /// The key so far; otherwise the default key
        #[arg(long, value_name = "KEY")]
        from: Option<String>,
        /// The key from now on; made with `key new` or `key import`
        #[arg(value_name = "NEW")]
        to: String,
        /// What you are called; otherwise as git knows you
        #[arg(long, value_name = "NAME")]
        person: Option<String>,
    },
}

/// What a key is called on the outside.
#[derive(Serialize)]
struct KeyDocument {
    schema: &'static str,
    #[serde(flatten)]
    key: KeyRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    pem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_signers: Option<String>,
}

#[derive(Serialize)]
struct KeyRecord {
    name: Option<String>,
    scheme: Scheme,
    key_id: KeyId,
    fingerprint: String,
    contributor: PersonId,
    public: String,
    path: Option<PathBuf>,
}

#[derive(Serialize)]
struct KeysDocument {
    schema: &'static str,
    keys: Vec<KeyRecord>,
    importable: Vec<KeyRecord>,
}

/// A key that was asked for.
enum Found {
    Kept(Entry),
    Loose(PathBuf, PublicKey),
}

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let keyring = keyring()?;
    match &args.action {
        Action::New { name, no_passphrase } => {
            keyring.check_free(name)?;
            let passphrase = if *no_passphrase { None } else { Some(new_passphrase()?) };
            let passphrase = passphrase.as_deref().map(String::as_str);
            let entry = keyring.add(name, &SecretKey::generate()?, passphrase)?;
            show(&Found::Kept(entry), context)?;
        }
        Action::List => list(&keyring, context)?,
        Action::Show { key } => show(&choose(&keyring, key.as_deref())?, context)?,
        Action::Rotate { from, to, person } => rotate(from.as_deref(), to, person.clone(), context)?,
        Action::Import { key, name } => {
            let entry = import(&keyring, key, name.as_deref())?;
            show(&Found::Kept(entry), context)?;
        }
    }
    Ok(Exit::Clean)
}

/// Returns the key to sign with: `option` (what `--key` says), else what COPYHOLD_KEY says, else the
/// keyring's default, else `~/.ssh/id_ed25519`. A key is named by its name in the keyring, its key
/// id or fingerprint, or its file; a file outside the keyring signs through `ssh-keygen`.
pub(crate) fn signer(option: Option<&str>, context: &Context) -> Result<Signer, CliError> {
    let found = choose(&keyring()?, option)?;
    if context.verbose > 0 {
        context.say(format!("signing with key {}", record(&found).key_id));
    }
    let entry = match found {
        Found::Kept(entry) => entry,
        Found::Loose(path, public) => return Ok(Signer::SshKeygen { public, path: Some(path) }),
    };
    let mut problem = None;
    let signer = entry.signer(|| {
        known_passphrase(entry.name()).unwrap_or_else(|error| {
            problem = Some(error);
            None
        })
    });
    match (signer, problem) {
        (_, Some(problem)) => Err(problem),
        (Err(error @ SecretError::Locked), None) => Err(CliError::from(error)
            .hint("put the passphrase into a file and name that in COPYHOLD_PASSPHRASE_FILE")),
        (signer, None) => Ok(signer?),
    }
}

/// Reads the public half of somebody's key: a key of the keyring, or a PEM or OpenSSH file.
pub(crate) fn public(text: &str, path: &Path) -> Result<PublicKey, CliError> {
    if path.is_file() {
        let bytes = store::read(path, 64 << 10)?;
        let pem = std::str::from_utf8(&bytes).unwrap_or_default();
        let body = pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----");
        if let Some(body) = body.and_then(|body| body.strip_suffix("-----END PUBLIC KEY-----")) {
            let text: String = body.split_whitespace().collect();
            return Ok(PublicKey::from_text(Scheme::Ed25519, &text)?);
        }
    }
    match find(&keyring()?, text)? {
        Some(Found::Kept(entry)) => Ok(entry.public().clone()),
        Some(Found::Loose(_, public)) => Ok(public),
        None => Err(CliError::new(format!("there is no key `{}`", shown(text))).hint(
            "give a PEM file (as `copyhold key show` ends with), an OpenSSH .pub file, or SCHEME:TEXT",
        )),
    }
}

/// Writes the statement that links two keys, signed by both.
fn rotate(from: Option<&str>, to: &str, name: Option<String>, context: &mut Context) -> Result<(), CliError> {
    let (old, new) = (signer(from, context)?, signer(Some(to), context)?);
    if old.public().point() == new.public().point() {
        return Err(CliError::new("both are one key").hint("make another: `copyhold key new NAME`"));
    }
    let project = Project::open(None)?;
    project.roots()?;
    let name = name.or_else(|| super::person::name(None));
    let link = KeyLink::statement(old.public(), new.public(), name, context.now()?)?;
    let signers = [&old, &new];
    let envelope = Envelope::seal(PayloadType::InToto, link.to_payload()?, Namespace::Statement, &signers)?;
    let path = project.record_path(&format!("statements/{}.intoto.json", envelope.payload_digest()));
    store::write(&path, &envelope.to_bytes(), store::Access::Public)?;
    context.print(format!("{}\n", shown(&path.to_string_lossy())));
    context.say(format!("{} and {} are one person's, as both say", old.public().id(), new.public().id()));
    context.say("next: commit it; the next manifest takes it in, and you sign with --key or COPYHOLD_KEY");
    if project.roots()?.latest().holder(old.public()).is_some() {
        context.say(format!(
            "you also decide with it: copyhold root propose --add-person YOU --key {}, then copyhold root revoke {} --reason superseded",
            new.public().id(),
            old.public().id()
        ));
    }
    Ok(())
}

fn keyring() -> Result<Keyring, CliError> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = std::env::var_os("COPYHOLD_CONFIG_DIR")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(|| folder("XDG_CONFIG_HOME").map(|path| path.join("copyhold")))
        .or_else(|| folder("HOME").map(|path| path.join(".config/copyhold")));
    let config = config.ok_or_else(|| {
        CliError::new("there is no place for keys: neither XDG_CONFIG_HOME nor HOME is set")
            .hint("name a folder in COPYHOLD_CONFIG_DIR")
    })?;
    Ok(Keyring::new(config.join("keys")))
}

fn choose(keyring: &Keyring, option: Option<&str>) -> Result<Found, CliError> {
    let wanted = match option {
        Some(text) => Some(text.to_owned()),
        None => match std::env::var("COPYHOLD_KEY") {
            Ok(text) if !text.is_empty() => Some(text),
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(CliError::new("COPYHOLD_KEY is not UTF-8"));
            }
            _ => None,
        },
    };
    if let Some(text) = wanted {
        return find(keyring, &text)?.ok_or_else(|| {
            CliError::new(format!("there is no key `{}`", shown(&text)))
                .hint("`copyhold key list` shows the keys there are")
        });
    }
    if let Some(entry) = keyring.default_key()? {
        return Ok(Found::Kept(entry));
    }
    let names: Vec<_> = keyring.list()?.iter().map(|entry| entry.name().to_owned()).collect();
    if !names.is_empty() {
        return Err(CliError::new("there are several keys and none is called `default`")
            .hint(format!("choose one with --key: {}", names.join(", "))));
    }
    for name in ["id_ed25519", "id_ed25519.pub"] {
        if let Some(path) = ssh_folder().map(|folder| folder.join(name)).filter(|path| path.is_file()) {
            let public = read_openssh_public(&path)?;
            return Ok(Found::Loose(path, public));
        }
    }
    Err(CliError::new("there is no key to sign with").hint("make one with `copyhold key new`"))
}

fn find(keyring: &Keyring, text: &str) -> Result<Option<Found>, CliError> {
    if let Some(entry) = keyring.find(text)? {
        return Ok(Some(Found::Kept(entry)));
    }
    let path = Path::new(text);
    if path.is_file() {
        return Ok(Some(Found::Loose(path.to_owned(), read_openssh_public(path)?)));
    }
    let mut loose = ssh_keys()?.into_iter();
    Ok(loose.find(|(_, key)| key.fingerprint() == text).map(|(path, key)| Found::Loose(path, key)))
}

fn ssh_folder() -> Option<PathBuf> {
    std::env::var_os("HOME").map(|home| Path::new(&home).join(".ssh"))
}

/// Returns the keys in `~/.ssh` that copyhold takes, by their public files.
fn ssh_keys() -> Result<Vec<(PathBuf, PublicKey)>, CliError> {
    let Some(folder) = ssh_folder() else { return Ok(Vec::new()) };
    let public =
        store::list(&folder)?.into_iter().filter(|path| path.extension().is_some_and(|e| e == "pub"));
    Ok(public.filter_map(|path| read_openssh_public(&path).ok().map(|key| (path, key))).collect())
}

fn import(keyring: &Keyring, text: &str, name: Option<&str>) -> Result<Entry, CliError> {
    let (path, public) = match find(keyring, text)? {
        Some(Found::Kept(entry)) => {
            return Err(CliError::new(format!("the key is there already, as `{}`", entry.name())));
        }
        Some(Found::Loose(path, public)) => (path, public),
        None => {
            return Err(CliError::new(format!("there is no key file `{}`", shown(text))).hint(
                "for a key in an agent, write its line from `ssh-add -L` into a .pub file and import that",
            ));
        }
    };
    let path = path.canonicalize().map_err(|error| store::PathError::new("read", &path, error))?;
    let is_public = path.extension().is_some_and(|extension| extension == "pub");
    let private = if is_public { path.with_extension("") } else { path };
    let stem = private.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Without a private file the secret is in an agent.
    let home = private.is_file().then_some(private);
    Ok(keyring.import(name.unwrap_or(&stem), &public, home)?)
}

fn list(keyring: &Keyring, context: &mut Context) -> Result<(), CliError> {
    let kept = keyring.list()?;
    let mut loose = ssh_keys()?;
    // The same key may lie there under two names, and one that is kept need not be imported.
    loose.retain(|(_, key)| kept.iter().all(|entry| entry.public() != key));
    let importable = loose.into_iter().map(|(path, key)| record(&Found::Loose(path, key))).collect();
    let keys = kept.into_iter().map(|entry| record(&Found::Kept(entry))).collect();
    let document = KeysDocument { schema: "https://w3id.org/copyhold/keys/v0.1", keys, importable };
    if context.format == Format::Json {
        return context.print_json(&document);
    }
    let width = document.keys.iter().filter_map(|key| key.name.as_ref().map(String::len)).max();
    for key in &document.keys {
        let name = key.name.as_deref().unwrap_or_default();
        let width = width.unwrap_or_default();
        context.print(format!("{name:width$}  {:17}  {}\n", key.scheme.to_string(), key.key_id));
    }
    if document.keys.is_empty() {
        context.say("no keys yet; `copyhold key new` makes one");
    }
    for (index, key) in document.importable.iter().enumerate() {
        if index == 0 {
            context.print("could be imported with `copyhold key import PATH`:\n");
        }
        let path = key.path.as_deref().unwrap_or(Path::new("")).to_string_lossy();
        context.print(format!("  {}  {}  {}\n", shown(&path), key.scheme, key.key_id));
    }
    Ok(())
}

fn record(found: &Found) -> KeyRecord {
    let (name, key, path) = match found {
        Found::Kept(entry) => {
            let path = match entry.home() {
                Home::Own(path) | Home::File(path) => Some(path.clone()),
                Home::Agent => None,
            };
            (Some(entry.name().to_owned()), entry.public(), path)
        }
        Found::Loose(path, key) => (None, key, Some(path.clone())),
    };
    KeyRecord {
        name,
        scheme: key.scheme(),
        key_id: key.id(),
        fingerprint: key.fingerprint(),
        contributor: key.person(),
        public: key.to_text(),
        path,
    }
}

fn show(found: &Found, context: &mut Context) -> Result<(), CliError> {
    let key = record(found);
    let public = match found {
        Found::Kept(entry) => entry.public(),
        Found::Loose(_, public) => public,
    };
    // Each form only where the program that reads it can check what the key signs.
    let raw = public.scheme() == Scheme::Ed25519;
    let pem = raw.then(|| {
        let base64 = Base64::encode_string(&public.spki());
        format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n")
    });
    let allowed_signers = (!raw).then(|| {
        let namespaces = [Namespace::Statement, Namespace::Manifest, Namespace::Root].map(Namespace::as_str);
        format!("{} namespaces=\"{}\" {}", key.contributor, namespaces.join(","), public.to_openssh())
    });
    let schema = "https://w3id.org/copyhold/key/v0.1";
    let document = KeyDocument { schema, key, pem, allowed_signers };
    if context.format == Format::Json {
        return context.print_json(&document);
    }
    let key = &document.key;
    let mut text = String::new();
    let mut line = |what: &str, value: &str| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{what:15}  {}", shown(value));
    };
    line("name", key.name.as_deref().unwrap_or("(not imported)"));
    line("scheme", &key.scheme.to_string());
    line("key id", key.key_id.as_str());
    line("fingerprint", &key.fingerprint);
    line("contributor", key.contributor.as_str());
    line("public key", &key.public);
    line("secret", &key.path.as_deref().map_or("in the agent".into(), Path::to_string_lossy));
    if let Some(allowed_signers) = &document.allowed_signers {
        line("allowed_signers", allowed_signers);
    }
    text.push_str(document.pem.as_deref().unwrap_or_default());
    context.print(text);
    Ok(())
}

/// Asks for the passphrase a new key is to be sealed with.
fn new_passphrase() -> Result<Zeroizing<String>, CliError> {
    if let Some(passphrase) = passphrase_from_file()? {
        return Ok(passphrase);
    }
    if !Context::is_interactive() {
        return Err(CliError::new("nobody is there to be asked for a passphrase")
            .hint("name a file with it in COPYHOLD_PASSPHRASE_FILE, or say --no-passphrase"));
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(|error| CliError::new(format!("the passphrase could not be read: {error}")))
    };
    let passphrase = ask("Passphrase for the new key: ")?;
    if passphrase.is_empty() {
        return Err(CliError::new("the passphrase is empty").hint("say --no-passphrase for a key without"));
    }
    if *ask("The same again: ")? == *passphrase {
        Ok(passphrase)
    } else {
        Err(CliError::new("the two passphrases differ"))
    }
}

/// Returns the passphrase of the kept key `name`, where there is somebody or a file to ask.
fn known_passphrase(name: &str) -> Result<Option<Zeroizing<String>>, CliError> {
    if let Some(passphrase) = passphrase_from_file()? {
        return Ok(Some(passphrase));
    }
    if !Context::is_interactive() {
        return Ok(None);
    }
    rpassword::prompt_password(format!("Passphrase for key {name}: "))
        .map(|passphrase| Some(Zeroizing::new(passphrase)))
        .map_err(|error| CliError::new(format!("the passphrase could not be read: {error}")))
}

/// Reads the first line of the file that COPYHOLD_PASSPHRASE_FILE names.
fn passphrase_from_file() -> Result<Option<Zeroizing<String>>, CliError> {
    let Some(path) = std::env::var_os("COPYHOLD_PASSPHRASE_FILE").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    // CI systems mount secrets that everybody in the container may read, so the mode says nothing.
    let bytes = Zeroizing::new(store::read(Path::new(&path), 4096)?);
    let text = std::str::from_utf8(&bytes).ok().and_then(|text| text.lines().next());
    match text.filter(|line| !line.is_empty()) {
        Some(line) => Ok(Some(Zeroizing::new(line.to_owned()))),
        None => Err(CliError::new("the file that COPYHOLD_PASSPHRASE_FILE names holds no passphrase")),
    }
}
