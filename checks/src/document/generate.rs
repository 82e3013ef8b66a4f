//! The generators: what can stand between two markers.

use std::path::Path;

use clap::CommandFactory;

use super::mapped::mapped;
use super::measured::measured;
use super::tables::{answers, counterexample, left_out, rows, safeguards, summary};
use crate::atlas::Atlas;
use crate::bench::{Report, markdown};
use crate::catalog::{Entry, Family, entries, family, find};
use crate::command::CommandLine;
use crate::report::{Outcome, verdicts};
use crate::staleness::{self, Staleness};
use crate::suggest::unknown;

const NAMES: [&str; 11] = [
    "verdicts",
    "summary",
    "answers",
    "counterexample",
    "rows",
    "left-out",
    "safeguards",
    MEASURED,
    ATLAS,
    "staleness",
    "commands",
];

/// The section that `check bench --write` brings up to date.
pub(super) const MEASURED: &str = "measured";

/// The section that `check atlas --write` brings up to date.
pub(super) const ATLAS: &str = "atlas";

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
    /// What measuring the engine came to.
    Measured(Option<Box<Report>>),
    /// Which configuration gets which guarantee.
    Atlas(Atlas),
    /// How often reads are stale.
    Staleness(Option<Staleness>),
    /// The help of every command.
    Commands,
}

impl Generator {
    /// Understands a marker.
    pub(super) fn parse(
        root: &Path,
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
            (MEASURED, []) => measured(root)
                .map(|report| Self::Measured(report.map(Box::new)))
                .map_err(|failure| failure.to_string()),
            (ATLAS, []) => {
                Atlas::read(root).map(Self::Atlas).map_err(|failure| failure.to_string())
            }
            ("staleness", []) => {
                Staleness::read(root).map(Self::Staleness).map_err(|failure| failure.to_string())
            }
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
            Self::LeftOut(_)
            | Self::Measured(_)
            | Self::Atlas(_)
            | Self::Staleness(_)
            | Self::Commands => Vec::new(),
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
            Self::Measured(None) => "Nothing was measured: `check bench --write`.\n".to_owned(),
            Self::Measured(Some(report)) => markdown(report),
            Self::Atlas(atlas) => mapped(atlas),
            Self::Staleness(None) => "Nothing was counted.\n".to_owned(),
            Self::Staleness(Some(counts)) => staleness::markdown(counts),
            Self::Commands => commands(),
        }
    }
}

fn sections(family: &Family) -> impl Iterator<Item = &'static str> {
    family.sections.iter().map(|section| section.title)
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
