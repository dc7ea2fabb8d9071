// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Phrases by which people name a license, from `phrases.tsv`, `addresses.tsv` and the names on the SPDX
//! list.
//!
//! A phrase is a row of words. `[…]` may be left out, `(a|b c)` is one of several, `~4` is up to four
//! words of any kind, `{v}` a version that goes into the id. Each alternative becomes a flat row, found
//! by its first word.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::creative;
use super::notice::How;
use super::words::{Words, hash};

/// One word of a flat row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Word(u32),
    /// One of these, the last as often as there is room.
    OneOf([u32; ONE_OF]),
    Any(u8),
    Version,
}

/// So many single words need no rows of their own.
const ONE_OF: usize = 4;

struct Row {
    items: Vec<Item>,
    rule: u32,
}

struct Rule {
    /// What it means; `{v}` stands for the version, `-` for nothing.
    target: String,
    how: How,
    is_vague: bool,
}

/// A phrase that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) target: String,
    pub(super) how: How,
    /// Whether it lacks a version that it needs.
    pub(super) is_vague: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Ids of one word that, near the word license, mean nothing else.
const SHORT: [&str; 22] = [
    "0BSD",
    "AAL",
    "Beerware",
    "FTL",
    "HPND",
    "ICU",
    "IJG",
    "ISC",
    "MIT",
    "NCSA",
    "NTP",
    "OpenSSL",
    "PostgreSQL",
    "Ruby",
    "TCL",
    "UPL",
    "Unlicense",
    "Vim",
    "W3C",
    "WTFPL",
    "X11",
    "Zlib",
];

struct Phrases {
    rules: Vec<Rule>,
    /// By the first word, and the second where it is one.
    rows: HashMap<(u32, Option<u32>), Vec<Row>>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(Phrases::read);

/// Returns the phrases in words from left to right, the longest at each place.
pub(super) fn find(words: &Words, covered: &[bool]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let both = || PHRASES.at(words, at).into_iter().chain(creative::at(words, at));
        match (!covered[at]).then(|| both().max_by_key(|found| found.end)).flatten() {
            Some(phrase) => {
                at = phrase.end;
                found.push(phrase);
            }
            None => at += 1,
        }
    }
    found
}

/// Returns what is told of a meaning that is no license: one without its version, or what stands in its
/// place.
pub(super) fn unclear(target: &str) -> Option<String> {
    let versionless = target.strip_prefix('?').map(|name| format!("{name} without its version"));
    versionless.or_else(|| target.strip_prefix('!').map(str::to_owned))
}

impl Phrases {
    fn read() -> Self {
        let mut phrases = Self { rules: Vec::new(), rows: HashMap::new() };
        for line in include_str!("phrases.tsv").lines() {
            let mut fields = line.split('\t').filter(|field| !field.is_empty());
            let (Some(target), Some(how), Some(phrase)) = (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let is_vague = how == "vague";
            let how = match how {
                "grant" => How::Grant,
                "link" => How::Link,
                "name" | "vague" => How::Name,
                "refer" => How::Refer,
                "word" => How::Word,
                _ => continue,
            };
            phrases.add(target, how, is_vague, phrase);
        }
        phrases.add_addresses();
        phrases.add_list();
        phrases
    }

    /// Where the SPDX list says that licenses can be read.
    fn add_addresses(&mut self) {
        let rows = include_str!("addresses.tsv").lines().filter(|line| !line.starts_with('#'));
        for (target, address) in rows.filter_map(|line| line.split_once('\t')) {
            let words = Words::read(address, 1);
            let mut words: Vec<&str> = (0..words.len()).map(|at| words.at(at)).collect();
            let kind = words.pop_if(|last| matches!(*last, "html" | "htm" | "php" | "txt" | "pdf"));
            words.extend(kind.map(|_| "[html|htm|php|txt|pdf]"));
            self.add(target, How::Link, false, &words.join(" "));
        }
    }

    /// The names and ids on the SPDX list.
    fn add_list(&mut self) {
        let listed = || {
            let known = spdx::identifiers::LICENSES.iter().filter_map(|known| spdx::license_id(known.name));
            known.filter(|id| !id.is_deprecated() && !id.is_gnu())
        };
        let mut versions: HashMap<String, u32> = HashMap::new();
        for id in listed() {
            *versions.entry(unversioned(id.full_name)).or_default() += 1;
        }
        for id in listed() {
            let is_only_one = versions.get(&unversioned(id.full_name)) == Some(&1);
            let name = Words::read(id.full_name, 1);
            let name: Vec<&str> = (0..name.len()).map(|at| name.at(at)).collect();
            let mut phrase: Vec<String> = Vec::new();
            for (at, word) in name.iter().enumerate() {
                match (*word, version(word).filter(|_| at > 0)) {
                    ("version" | "v", _) => {}
                    ("license", _) if at + 1 == name.len() && name.len() > 3 => {
                        phrase.push("[license]".into());
                    }
                    (_, Some(number)) if number.contains('.') && is_only_one && at + 1 == name.len() => {
                        phrase.push(format!("[license] [version|v|ver] [{number}|v{number}]"));
                    }
                    (_, Some(number))
                        if number.contains('.') || at + 1 == name.len() || name[at - 1] == "version" =>
                    {
                        let short = number.strip_suffix(".0").unwrap_or(number);
                        phrase
                            .push(format!("[license] [version|v|ver] ({number}|v{number}|{short}|v{short})"));
                    }
                    (word, _) => phrase.push(word.to_owned()),
                }
            }
            let words =
                name.iter().filter(|word| !matches!(**word, "license" | "version" | "the" | "v")).count();
            let how = if words > 1 && name.len() > 2 { How::Name } else { How::Word };
            self.add(id.name, how, false, &phrase.join(" "));
            let short = Words::read(id.name, 1);
            // `DocBook XML` and `Info-ZIP` are names of other things, too.
            let is_versioned = id.name.contains(|c: char| c.is_ascii_digit());
            let how = if short.len() > 1 && is_versioned { How::Name } else { How::Word };
            let is_plain = short.len() > 1 || SHORT.contains(&id.name);
            let short: Vec<&str> = (0..short.len()).map(|at| short.at(at)).collect();
            if is_plain {
                self.add(id.name, how, false, &short.join(" "));
            }
            let address = format!("(opensource org licenses|spdx org licenses) {}", short.join(" "));
            self.add(id.name, How::Link, false, &address);
        }
        for known in spdx::identifiers::EXCEPTIONS {
            let name = Words::read(known.name, 1);
            let name: Vec<&str> = (0..name.len()).map(|at| name.at(at)).collect();
            self.add(known.name, How::Name, false, &name.join(" "));
        }
    }

    fn add(&mut self, target: &str, how: How, is_vague: bool, phrase: &str) {
        let rule = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        self.rules.push(Rule { target: target.to_owned(), how, is_vague });
        for row in expand(phrase) {
            let word = |at: usize| match row.get(at) {
                Some(Item::Word(word)) => Some(*word),
                _ => None,
            };
            if let Some(first) = word(0) {
                self.rows.entry((first, word(1))).or_default().push(Row { items: row, rule });
            }
        }
    }

    fn at(&self, words: &Words, at: usize) -> Option<Found> {
        let first = *words.hashes().get(at)?;
        let second = words.hashes().get(at + 1).copied();
        let singular = (words.at(at + 1) == "licenses").then(|| hash("license"));
        let keys = [Some(None), second.map(Some), singular.map(Some)];
        let rows = keys.into_iter().flatten().filter_map(|second| self.rows.get(&(first, second))).flatten();
        let mut best: Option<Found> = None;
        for row in rows {
            let mut version = None;
            let Some(end) = run(&row.items, words, at, &mut version) else { continue };
            if best.as_ref().is_some_and(|best| best.end >= end) {
                continue;
            }
            let rule = &self.rules[row.rule as usize];
            let target = match version {
                Some(version) => versioned(&rule.target, words.at(version)),
                None => Some(rule.target.clone()),
            };
            if let Some(target) = target {
                best = Some(Found { target, how: rule.how, is_vague: rule.is_vague, start: at, end });
            }
        }
        best
    }
}

/// Returns the number in a word that is a version: `2.0`, `v2`.
fn version(word: &str) -> Option<&str> {
    let number = word.strip_prefix('v').unwrap_or(word);
    number.starts_with(|c: char| c.is_ascii_digit()).then_some(number)
}

/// Returns a name without its version.
fn unversioned(name: &str) -> String {
    let words = Words::read(name, 1);
    let words: Vec<&str> = (0..words.len()).map(|at| words.at(at)).collect();
    let is_version = |word: &&&str| matches!(**word, "version" | "v") || version(word).is_some();
    words.iter().filter(|word| !is_version(word)).copied().collect::<Vec<_>>().join(" ")
}

/// Puts a version into a target: the id on the list that has it.
fn versioned(target: &str, version: &str) -> Option<String> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let short = version.strip_suffix(".0").unwrap_or(version);
    let longer = format!("{version}.0");
    [version, longer.as_str(), short]
        .into_iter()
        .map(|version| target.replace("{v}", version))
        .find(|id| spdx::license_id(id).is_some() || id.starts_with('-'))
}

fn run(items: &[Item], words: &Words, at: usize, version: &mut Option<usize>) -> Option<usize> {
    let Some((first, rest)) = items.split_first() else { return Some(at) };
    match first {
        Item::Word(word) => is_word(words, at, *word).then(|| run(rest, words, at + 1, version))?,
        Item::OneOf(choices) => {
            choices.iter().any(|word| is_word(words, at, *word)).then(|| run(rest, words, at + 1, version))?
        }
        Item::Version => {
            let word = words.at(at);
            let word = word.strip_prefix('v').unwrap_or(word);
            if !word.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            *version = Some(at);
            run(rest, words, at + 1, version)
        }
        Item::Any(most) => (0..=usize::from(*most)).find_map(|skip| run(rest, words, at + skip, version)),
    }
}

/// Whether a word is the one looked for, or its plural where that is `license`.
fn is_word(words: &Words, at: usize, word: u32) -> bool {
    words.hashes().get(at) == Some(&word) || (word == hash("license") && words.at(at) == "licenses")
}

/// Returns the flat rows of a phrase.
fn expand(phrase: &str) -> Vec<Vec<Item>> {
    let mut rows: Vec<Vec<Item>> = vec![Vec::new()];
    let mut rest = phrase.trim();
    while !rest.is_empty() {
        let (choices, after): (Vec<&str>, &str) = match rest.as_bytes()[0] {
            b'(' => split_group(rest, ')'),
            b'[' => {
                let (mut choices, after) = split_group(rest, ']');
                choices.push("");
                (choices, after)
            }
            _ => {
                let end = rest.find([' ', '(', '[']).unwrap_or(rest.len());
                (vec![&rest[..end]], &rest[end..])
            }
        };
        // The first two words are what a row is found by.
        if let Some(one) = one_of(&choices).filter(|_| rows.iter().all(|row| row.len() > 1)) {
            for row in &mut rows {
                row.push(one);
            }
            rest = after.trim_start();
            continue;
        }
        let mut longer = Vec::with_capacity(rows.len() * choices.len());
        for row in &rows {
            for choice in &choices {
                let mut row = row.clone();
                row.extend(choice.split_whitespace().map(item));
                longer.push(row);
            }
        }
        rows = longer;
        rest = after.trim_start();
    }
    rows.sort_by_key(Vec::len);
    rows.dedup();
    rows
}

/// Returns choices as one item, where each is a single word.
fn one_of(choices: &[&str]) -> Option<Item> {
    let words: Option<Vec<u32>> = choices
        .iter()
        .map(|choice| match item(choice) {
            Item::Word(word) if !choice.is_empty() && !choice.contains(' ') => Some(word),
            _ => None,
        })
        .collect();
    let words = words.filter(|words| (2..=ONE_OF).contains(&words.len()))?;
    Some(Item::OneOf(std::array::from_fn(|at| words[at.min(words.len() - 1)])))
}

fn split_group(text: &str, close: char) -> (Vec<&str>, &str) {
    let end = text.find(close).unwrap_or(text.len() - 1);
    (text[1..end].split('|').collect(), &text[end + 1..])
}

fn item(word: &str) -> Item {
    match word.strip_prefix('~').and_then(|most| most.parse().ok()) {
        Some(most) => Item::Any(most),
        None if word == "{v}" => Item::Version,
        None => Item::Word(hash(word)),
    }
}
