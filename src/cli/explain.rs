// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `explain`: the page of a rule, and pages about what no single rule is about.

mod topics;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use self::topics::TOPICS;
use super::Exit;
use super::context::{Context, Format};
use super::error::CliError;
use crate::domain::shown;
use crate::rule::{Level, RULES, Rule};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: copyhold explain CH503")]
pub(crate) struct Args {
    /// A rule's code or name, or a topic; without it, all of them are listed
    #[arg(value_name = "CODE|NAME|TOPIC")]
    subject: Option<String>,
}

/// A rule, as it is explained to programs.
#[derive(Serialize)]
struct RuleDocument {
    schema: &'static str,
    code: &'static str,
    name: &'static str,
    level: Level,
    summary: &'static str,
    page: String,
    help: String,
}

/// A topic, as it is explained to programs.
#[derive(Serialize)]
struct TopicDocument {
    schema: &'static str,
    topic: &'static str,
    summary: &'static str,
    page: String,
}

/// Everything there is to explain.
#[derive(Serialize)]
struct ListDocument {
    schema: &'static str,
    rules: Vec<RuleDocument>,
    topics: Vec<TopicDocument>,
}

const SCHEMA: &str = "https://w3id.org/copyhold/explain/v0.1";

pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CliError> {
    let Some(subject) = &args.subject else {
        list(context)?;
        return Ok(Exit::Clean);
    };
    if let Some(rule) = Rule::find(subject) {
        let document = RuleDocument::new(rule);
        match context.format {
            Format::Json => context.print_json(&document)?,
            Format::Text => context.print(document.text()),
        }
        return Ok(Exit::Clean);
    }
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == subject) {
        let document = TopicDocument::new(topic);
        match context.format {
            Format::Json => context.print_json(&document)?,
            Format::Text => context.print(document.page),
        }
        return Ok(Exit::Clean);
    }
    let error = CliError::new(format!("there is no rule and no topic `{}`", shown(subject)));
    let near = nearest(subject);
    Err(if near.is_empty() {
        error.hint("`copyhold explain` lists them all")
    } else {
        error.hint(format!("did you mean {}?", near.join(", ")))
    })
}

fn list(context: &mut Context) -> Result<(), CliError> {
    if context.format == Format::Json {
        let rules = RULES.iter().map(RuleDocument::new).collect();
        let topics = TOPICS.iter().map(TopicDocument::new).collect();
        return context.print_json(&ListDocument { schema: SCHEMA, rules, topics });
    }
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    for rule in RULES {
        let level = rule.level.to_string();
        context.print(format!("{}  {level:7}  {:width$}  {}\n", rule.code, rule.name, rule.summary()));
    }
    context.print("\n");
    for topic in TOPICS {
        context.print(format!("{:16}  {}\n", topic.name, topic.summary));
    }
    Ok(())
}

impl RuleDocument {
    fn new(rule: &Rule) -> Self {
        let page: Vec<_> = rule.page.iter().map(|line| line.trim()).collect();
        Self {
            schema: SCHEMA,
            code: rule.code,
            name: rule.name,
            level: rule.level,
            summary: rule.summary(),
            page: page.join("\n"),
            // The facts are known where a finding is; here they are only named.
            help: rule.help.replace('{', "<").replace('}', ">"),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} {} ({})\n\n{}\n", self.code, self.name, self.level, self.page);
        if self.help != "<repair>" {
            // Writing to a text cannot fail.
            let _ = write!(text, "\nTo mend it: {}\n", self.help);
        }
        text
    }
}

impl TopicDocument {
    fn new(topic: &topics::Topic) -> Self {
        let page = (topic.page)();
        Self { schema: SCHEMA, topic: topic.name, summary: topic.summary, page }
    }
}

/// Returns the rules and topics whose names look like `text`, at most three.
fn nearest(text: &str) -> Vec<&'static str> {
    let text = text.to_ascii_lowercase();
    let pairs = pairs(&text);
    let names = RULES.iter().flat_map(|rule| [rule.code, rule.name]);
    let names = names.chain(TOPICS.iter().map(|topic| topic.name));
    let mut near: Vec<_> = names
        .filter_map(|name| {
            let own = self::pairs(&name.to_ascii_lowercase());
            let shared = own.intersection(&pairs).count();
            // Half of all pairs of letters, or more.
            (shared * 4 >= own.len() + pairs.len()).then_some((own.len() + pairs.len() - 2 * shared, name))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

fn pairs(text: &str) -> BTreeSet<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood() {
        assert_eq!(nearest("no-licence")[0], "no-license");
        assert_eq!(nearest("exit-code")[0], "exit-codes");
        assert!(nearest("ch59").iter().all(|name| name.starts_with("CH5")));
        assert!(nearest("xyzzy").is_empty());
    }
}
