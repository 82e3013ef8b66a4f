//! Results for people: a table for each section, and the shortest trace of whatever is unexpected.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::{Outcome, by_section, status, trace};
use crate::explore::{End, Exploration, Kept, Trace};
use crate::units::{seconds, thousands};
use crate::verdict::{Finding, Judged, Judgement, Status, words};

/// How something is to be taken. Colours are taken away again where the output is no terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Not known.
    Open,
    /// A heading.
    Loud,
    /// Less important.
    Quiet,
}

/// `words` in the colour of `tone`.
#[must_use]
pub fn styled(tone: Tone, words: &str) -> String {
    let style = match tone {
        Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
        Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())).bold(),
        Tone::Open => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
        Tone::Loud => Style::new().bold(),
        Tone::Quiet => Style::new().dimmed(),
    };
    format!("{style}{words}{style:#}")
}

pub(super) fn write(outcomes: &[Outcome<'_>], out: &mut dyn Write) -> io::Result<()> {
    for (first, chunk) in by_section(outcomes) {
        let heading = format!("{}: {}", first.family, first.section);
        writeln!(out, "{}", styled(Tone::Loud, &heading))?;
        writeln!(out, "{}\n", section(chunk).trim_fmt())?;
    }
    for outcome in outcomes {
        unexpected(outcome, out)?;
    }
    summary(outcomes, out)
}

fn section(outcomes: &[Outcome<'_>]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if let Some((terminal_size::Width(width), _)) = terminal_size::terminal_size() {
        table.set_width(width);
    }
    let heads =
        ["scenario and property", "expected", "found", "states", "depth", "bytes a state", "time"];
    table.set_header(heads.map(|head| Cell::new(styled(Tone::Quiet, head))));
    for Outcome { entry, judgement } in outcomes {
        let exploration = &judgement.exploration;
        table.add_row([
            Cell::new(entry.name),
            Cell::new(""),
            Cell::new(ending(judgement)),
            number(states(exploration)),
            number(exploration.depth.map_or_else(|| "-".to_owned(), thousands)),
            number(bytes(exploration)),
            number(seconds(exploration.time)),
        ]);
        for judged in judgement.told() {
            let expected = judged.claimed.map(words).unwrap_or_default();
            let name = format!("  {}", judged.statement.name);
            table.add_row([name, expected, found(judged)]);
        }
    }
    table
}

/// How many states there are, and how many of them stand for all.
fn states(exploration: &Exploration) -> String {
    let states = thousands(exploration.states);
    match exploration.orbits {
        Some(orbits) => format!("{states} in {} orbits", thousands(orbits)),
        None => states,
    }
}

fn number(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// Bytes a state, and how it was kept if not as it is.
fn bytes(exploration: &Exploration) -> String {
    let Some(bytes) = exploration.bytes_a_state() else { return "-".to_owned() };
    let Kept { compressed, on_disk } = exploration.kept;
    let how = if compressed { " compressed" } else { "" };
    let on_disk = on_disk as f64 / exploration.states as f64;
    let rest = if on_disk > 0.0 { format!(" + {on_disk:.1} on disk") } else { String::new() };
    format!("{bytes:.1}{how}{rest}")
}

/// How a search ended, if not well.
fn ending(judgement: &Judgement) -> String {
    match &judgement.exploration.end {
        End::Exhausted | End::Satisfied => String::new(),
        End::Truncated(cause) => styled(Tone::Open, &format!("truncated: {cause}")),
        End::Panicked { .. } => styled(Tone::Bad, "panicked"),
    }
}

fn found(judged: &Judged) -> String {
    let tone = match judged.finding {
        Finding::Undecided => Tone::Open,
        Finding::Decided(_) | Finding::ReachedIn(_) if judged.is_fine() => Tone::Good,
        Finding::Decided(_) | Finding::ReachedIn(_) => Tone::Bad,
    };
    styled(tone, &judged.finding.to_string())
}

fn unexpected(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Outcome { entry, judgement } = outcome;
    if let End::Panicked { message, trace } = &judgement.exploration.end {
        let heading = format!("{} panicked: {message}", entry.name);
        writeln!(out, "{}", styled(Tone::Bad, &heading))?;
        told(trace.as_ref(), out)?;
    }
    let wrong = |judged: &&Judged| !judged.is_fine() && judged.finding != Finding::Undecided;
    for judged in judgement.judged.iter().filter(wrong) {
        let heading = format!(
            "{}: {} was expected to be {}, and is {}",
            entry.name,
            judged.statement.name,
            judged.claimed.map(expectation).unwrap_or_default(),
            judged.finding
        );
        writeln!(out, "{}", styled(Tone::Bad, &heading))?;
        writeln!(out, "  {}", judged.statement.sentence)?;
        told(judged.trace.as_ref(), out)?;
    }
    Ok(())
}

/// A verdict after "expected to be".
fn expectation(verdict: holdfast_models::cluster::Verdict) -> String {
    match verdict {
        holdfast_models::cluster::Verdict::Holds => "true always".to_owned(),
        holdfast_models::cluster::Verdict::Violated { .. }
        | holdfast_models::cluster::Verdict::Reached
        | holdfast_models::cluster::Verdict::Unreachable => words(verdict),
    }
}

fn told(found: Option<&Trace>, out: &mut dyn Write) -> io::Result<()> {
    match found {
        Some(found) => writeln!(out, "{}", trace::steps(found)),
        None => writeln!(out),
    }
}

fn summary(outcomes: &[Outcome<'_>], out: &mut dyn Write) -> io::Result<()> {
    let count = |wanted: Status| {
        outcomes.iter().filter(|outcome| outcome.judgement.status() == wanted).count()
    };
    let total = outcomes.len();
    let noun = if total == 1 { "scenario" } else { "scenarios" };
    let mut parts = vec![format!("{} of {total} {noun} as expected", count(Status::Fine))];
    for (status, what) in [
        (Status::Differs, "not as expected"),
        (Status::Panicked, "panicked"),
        (Status::Truncated, "truncated"),
    ] {
        if count(status) > 0 {
            parts.push(format!("{} {what}", count(status)));
        }
    }
    let tone = match status(outcomes) {
        Status::Fine => Tone::Good,
        Status::Truncated => Tone::Open,
        Status::Differs | Status::Panicked => Tone::Bad,
    };
    writeln!(out, "{}", styled(tone, &parts.join(", ")))
}
