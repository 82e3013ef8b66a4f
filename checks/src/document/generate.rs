//! The generators: what can stand between two markers.

use std::collections::BTreeMap;

use clap::CommandFactory;
use holdfast_models::cluster::Verdict;

use crate::catalog::{Entry, Family, entries, family, find};
use crate::command::CommandLine;
use crate::report::{Outcome, cell, list, markdown_row, verdicts};
use crate::suggest::unknown;
use crate::units::thousands;
use crate::verdict::{Finding, Judged, Kind};

const NAMES: [&str; 8] = [
    "verdicts",
    "summary",
    "answers",
    "counterexample",
    "rows",
    "left-out",
    "safeguards",
    "commands",
];

/// What writes a generated section.
#[derive(Debug)]
pub(super) enum Generator {
    /// Every claim of a section of a family, with its verdict.
    Verdicts(&'static str, &'static str),
    /// One line for each section: how many scenarios, claims and states.
    Summary,
    /// The questions of these scenarios, with their answers.
    Answers(Vec<&'static str>),
    /// A counterexample, drawn and told.
    Counterexample(&'static str, usize),
    /// Which scenario of a family decides which known fact.
    Rows(&'static str),
    /// Which known facts no scenario of a family decides, and why.
    LeftOut(&'static str),
    /// Which scenario fails without which safeguard.
    Safeguards(&'static str),
    /// The help of every command.
    Commands,
}

impl Generator {
    /// Understands a marker.
    pub(super) fn parse(
        families: &[Family],
        name: &str,
        arguments: &[&str],
    ) -> Result<Self, String> {
        let named = |name: &str| family(families, name).map_err(|failure| failure.to_string());
        match (name, arguments) {
            ("verdicts", subject @ [_, ..]) => {
                let subject = subject.join(" ");
                let (name, section) = subject
                    .split_once('/')
                    .ok_or_else(|| format!("\"{subject}\" is no FAMILY/SECTION"))?;
                let family = named(name)?;
                let section = sections(family)
                    .find(|known| *known == section)
                    .ok_or_else(|| unknown("section", section, sections(family)))?;
                Ok(Self::Verdicts(family.name, section))
            }
            ("summary", []) => Ok(Self::Summary),
            ("answers", scenarios @ [_, ..]) => scenarios
                .iter()
                .map(|name| find(families, name).map(|entry| entry.name))
                .collect::<Result<_, _>>()
                .map(Self::Answers)
                .map_err(|failure| failure.to_string()),
            ("counterexample", [scenario, property]) => {
                let entry = find(families, scenario).map_err(|failure| failure.to_string())?;
                let index = entry.property(property).map_err(|failure| failure.to_string())?;
                Ok(Self::Counterexample(entry.name, index))
            }
            ("rows", [name]) => Ok(Self::Rows(named(name)?.name)),
            ("left-out", [name]) => Ok(Self::LeftOut(named(name)?.name)),
            ("safeguards", [name]) => Ok(Self::Safeguards(named(name)?.name)),
            ("commands", []) => Ok(Self::Commands),
            (name, _) if NAMES.contains(&name) => {
                Err(format!("{name} takes other arguments than: {}", arguments.join(" ")))
            }
            (name, _) => Err(unknown("generator", name, NAMES)),
        }
    }

    /// The scenarios whose results it writes.
    pub(super) fn needs(&self, families: &[Family]) -> Vec<&'static str> {
        let named = |wanted: &dyn Fn(&&Entry) -> bool| {
            entries(families).filter(wanted).map(|entry| entry.name).collect()
        };
        match self {
            Self::Verdicts(family, section) => {
                named(&|entry| entry.family == *family && entry.section == *section)
            }
            Self::Summary => named(&|_| true),
            Self::Answers(scenarios) => scenarios.clone(),
            Self::Counterexample(scenario, _) => vec![scenario],
            Self::Rows(family) => named(&|entry| entry.family == *family && !entry.rows.is_empty()),
            Self::Safeguards(family) => {
                named(&|entry| entry.family == *family && !entry.without.is_empty())
            }
            Self::LeftOut(_) | Self::Commands => Vec::new(),
        }
    }

    /// Writes the section.
    pub(super) fn generate(&self, families: &[Family], outcomes: &[Outcome<'_>]) -> String {
        match self {
            Self::Verdicts(family, section) => verdicts(outcomes.iter().filter(|outcome| {
                outcome.entry.family == *family && outcome.entry.section == *section
            })),
            Self::Summary => summary(families, outcomes),
            Self::Answers(scenarios) => answers(scenarios, outcomes),
            Self::Counterexample(scenario, property) => {
                counterexample(outcomes, scenario, *property)
            }
            Self::Rows(family) => rows(family, outcomes),
            Self::LeftOut(name) => {
                family(families, name).map_or_else(|failure| failure.to_string(), left_out)
            }
            Self::Safeguards(name) => family(families, name)
                .map_or_else(|failure| failure.to_string(), |family| safeguards(family, outcomes)),
            Self::Commands => commands(),
        }
    }
}

fn sections(family: &Family) -> impl Iterator<Item = &'static str> {
    family.sections.iter().map(|section| section.title)
}

fn summary(families: &[Family], outcomes: &[Outcome<'_>]) -> String {
    let heads = ["family", "section", "scenarios", "holds", "violated", "reached", "states"];
    let mut table = markdown_row(heads.map(cell));
    table.push_str("|---|---|--:|--:|--:|--:|--:|\n");
    for family in families {
        for section in &family.sections {
            let of_section: Vec<_> = outcomes
                .iter()
                .filter(|outcome| outcome.entry.family == family.name)
                .filter(|outcome| outcome.entry.section == section.title)
                .collect();
            let judged = || of_section.iter().flat_map(|outcome| outcome.judgement.told());
            let count = |wanted: fn(Finding) -> bool| {
                judged().filter(|judged| wanted(judged.finding)).count()
            };
            let states = of_section.iter().map(|outcome| outcome.judgement.exploration.states);
            table.push_str(&markdown_row([
                family.name.to_owned(),
                cell(section.title),
                of_section.len().to_string(),
                count(|found| found == Finding::Decided(Verdict::Holds)).to_string(),
                count(|found| matches!(found, Finding::Decided(Verdict::Violated { .. })))
                    .to_string(),
                count(|found| matches!(found, Finding::ReachedIn(_))).to_string(),
                thousands(states.sum()),
            ]));
        }
    }
    table
}

fn answers(scenarios: &[&str], outcomes: &[Outcome<'_>]) -> String {
    let mut table = markdown_row(["question", "answer", "states", "scenario"].map(cell));
    table.push_str("|---|---|--:|---|\n");
    for name in scenarios {
        let outcome = outcomes.iter().find(|outcome| outcome.entry.name == *name);
        let Some(Outcome { entry, judgement }) = outcome else { continue };
        let Some(judged) = most_telling(&judgement.judged) else { continue };
        table.push_str(&markdown_row([
            cell(entry.question),
            format!("{} {}", judged.statement.name, judged.finding),
            thousands(judgement.exploration.states),
            format!("`{name}`"),
        ]));
    }
    table
}

/// What a scenario is about. Authors claim causes before what follows from them, so it is the last
/// violation; else what cannot be reached; else the last promise, unless there is only one, as where
/// it is asked what completes.
fn most_telling(judged: &[Judged]) -> Option<&Judged> {
    let is_promise = |judged: &&Judged| match judged.statement.kind {
        Kind::Guarantee | Kind::Invariant => true,
        Kind::Witness | Kind::Foundation => false,
    };
    let is_unreachable =
        |judged: &&Judged| judged.finding == Finding::Decided(Verdict::Unreachable);
    let promises: Vec<_> = judged.iter().filter(is_promise).collect();
    let violated = promises.iter().rev().find(|judged| is_violated(judged)).copied();
    violated.or_else(|| judged.iter().find(is_unreachable)).or_else(|| match promises.as_slice() {
        [] | [_] => judged.first(),
        [.., last] => Some(last),
    })
}

const fn is_violated(judged: &Judged) -> bool {
    matches!(judged.finding, Finding::Decided(Verdict::Violated { .. }))
}

fn counterexample(outcomes: &[Outcome<'_>], scenario: &str, property: usize) -> String {
    let outcome = outcomes.iter().find(|outcome| outcome.entry.name == scenario);
    let judged = outcome.and_then(|outcome| outcome.judgement.judged.get(property));
    let Some((judged, trace)) = judged.and_then(|judged| Some((judged, judged.trace.as_ref()?)))
    else {
        return format!("{scenario} has no such trace.\n");
    };
    let (name, sentence) = (judged.statement.name, judged.statement.sentence);
    let mark = if is_violated(judged) { "✗" } else { "✓" };
    let finding = format!("{mark} {sentence}");
    format!(
        "**{scenario}: {name} is {}.** {sentence}\n\n```mermaid\n{}```\n\n{}\n\
         `check explain {scenario} {name}`\n",
        judged.finding,
        trace.story.mermaid(Some(&finding)),
        list(trace)
    )
}

fn rows(family: &str, outcomes: &[Outcome<'_>]) -> String {
    let mut deciding: BTreeMap<(String, u32), Vec<&Outcome<'_>>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.entry.family == family) {
        for row in outcome.entry.rows {
            deciding.entry(row_order(row)).or_default().push(outcome);
        }
    }
    let mut table = markdown_row(["row", "scenario", "property", "verdict"].map(cell));
    table.push_str("|---|---|---|---|\n");
    for ((letters, number), outcomes) in deciding {
        for Outcome { entry, judgement } in outcomes {
            let Some(judged) = most_telling(&judgement.judged) else { continue };
            table.push_str(&markdown_row([
                format!("{letters}{number:02}"),
                entry.name.to_owned(),
                judged.statement.name.to_owned(),
                judged.finding.to_string(),
            ]));
        }
    }
    table
}

fn left_out(family: &Family) -> String {
    let mut table = markdown_row(["row", "why no scenario decides it"].map(cell));
    table.push_str("|---|---|\n");
    for (row, why) in family.left_out {
        table.push_str(&markdown_row([cell(row), cell(why)]));
    }
    table
}

/// Rows are numbered within their letters.
fn row_order(row: &str) -> (String, u32) {
    let digits = row.find(|letter: char| letter.is_ascii_digit()).unwrap_or(row.len());
    let (letters, number) = row.split_at(digits);
    (letters.to_owned(), number.parse().unwrap_or_default())
}

fn safeguards(family: &Family, outcomes: &[Outcome<'_>]) -> String {
    let mut table = markdown_row(["safeguard", "without it", "violated", "steps"].map(cell));
    table.push_str("|---|---|---|--:|\n");
    for safeguard in &family.safeguards {
        let without = outcomes.iter().filter(|outcome| {
            outcome.entry.family == family.name && outcome.entry.without.contains(safeguard)
        });
        for Outcome { entry, judgement } in without {
            for judged in judgement.judged.iter().filter(|judged| is_violated(judged)) {
                let steps = judged.trace.as_ref().map_or(0, crate::explore::Trace::steps);
                table.push_str(&markdown_row([
                    safeguard.clone(),
                    entry.name.to_owned(),
                    judged.statement.name.to_owned(),
                    steps.to_string(),
                ]));
            }
        }
    }
    table
}

fn commands() -> String {
    let mut command = CommandLine::command().term_width(100);
    command.build();
    let mut text = String::new();
    help(&mut command, &mut text);
    text
}

fn help(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    if command.get_name() == "help" {
        return;
    }
    let long = command.render_long_help().to_string();
    text.push_str(&format!("`{name} --help`\n\n```text\n{}\n```\n\n", long.trim_end()));
    for subcommand in command.get_subcommands_mut() {
        help(subcommand, text);
    }
}
