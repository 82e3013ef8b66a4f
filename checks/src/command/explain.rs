//! `check explain`: the shortest trace, told and drawn.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Limits;
use crate::catalog::{Entry, families, find};
use crate::describe::{clients, configuration, faults, network};
use crate::error::Failure;
use crate::explore::{End, Exploration, Sought, Supervisor, Trace, interrupt};
use crate::report::{Tone, draw, steps, styled};
use crate::units::thousands;
use crate::verdict::{Finding, Kind, Status, words};

/// Where a diagram is as wide as it likes.
const USUAL_WIDTH: usize = 100;

/// Which trace, and how it is shown.
#[derive(Args, Debug)]
pub struct Explain {
    /// The scenario.
    scenario: String,
    /// The property: the first that is violated, else the first that is reached, if not said.
    property: Option<String>,
    /// Prints the diagram for Mermaid, and nothing else.
    #[arg(long)]
    mermaid: bool,
    /// Writes the diagram to this file, as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
}

impl Explain {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let families = families();
        let entry = find(&families, &self.scenario)?;
        let property = chosen(entry, self.property.as_deref())?;
        interrupt::listen();
        let exploration = nearest(entry, property, &self.limits);
        let (statement, claimed) = entry.claims[property];
        let trace = exploration.traces.get(property).and_then(Option::as_ref);
        let found = Finding::new(statement.kind, trace, &exploration.end);
        let finding = match statement.kind {
            Kind::Witness => format!("reached: {}", statement.sentence),
            Kind::Guarantee | Kind::Invariant | Kind::Foundation | Kind::Liveness => {
                format!("violated: {}", statement.sentence)
            }
        };
        if let (Some(trace), Some(file)) = (trace, &self.svg) {
            let doing = format!("writing {}", file.display());
            fs::write(file, trace.story.svg(Some(&finding)))
                .map_err(Failure::while_doing(doing))?;
        }
        match trace {
            Some(trace) if self.mermaid => {
                write!(out, "{}", trace.story.mermaid(Some(&finding)))?;
            }
            _ => {
                situation(entry, out)?;
                writeln!(out, "{}", styled(Tone::Loud, statement.name))?;
                writeln!(out, "  {}", statement.sentence)?;
                writeln!(out, "  expected: {}; found: {found}", words(claimed))?;
                writeln!(out)?;
                told(trace, &finding, out)?;
            }
        }
        ending(&exploration, trace, found.is_as_claimed(claimed), out)
    }
}

/// The number of the property to tell about.
pub(super) fn chosen(entry: &Entry, name: Option<&str>) -> Result<usize, Failure> {
    name.map_or_else(|| Ok(entry.most_telling()), |name| entry.property(name))
}

/// Searches for the nearest state where a property is violated or reached.
pub(super) fn nearest(entry: &Entry, property: usize, limits: &Limits) -> Exploration {
    let resources = limits.resources(std::iter::once(entry.tier), false);
    let supervisor = Supervisor::new(resources.memory);
    let ticket = supervisor.watch(limits.time(entry.tier));
    let (sought, threads) = (Sought::Nearest(vec![property]), resources.threads);
    if resources.whole {
        entry.cluster.explore_whole(&sought, threads, &ticket)
    } else {
        entry.cluster.explore(&sought, threads, &ticket)
    }
}

fn situation(entry: &Entry, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "{}", styled(Tone::Loud, entry.question))?;
    writeln!(out, "  scenario: {} ({}: {})", entry.name, entry.family, entry.section)?;
    writeln!(out, "  configuration: {}", configuration(&entry.settings))?;
    writeln!(out, "  network: {}", network(entry.environment.network))?;
    writeln!(out, "  faults, at most: {}", faults(&entry.environment))?;
    for sentence in clients(entry.clients) {
        writeln!(out, "  {sentence}")?;
    }
    writeln!(out)?;
    Ok(())
}

fn told(trace: Option<&Trace>, finding: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let Some(trace) = trace else { return Ok(()) };
    writeln!(out, "{}", steps(trace))?;
    let width = terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| width.0.into());
    writeln!(out, "{}", draw(&trace.story, width, finding))?;
    Ok(())
}

fn ending(
    exploration: &Exploration,
    trace: Option<&Trace>,
    as_claimed: bool,
    out: &mut dyn Write,
) -> Result<Status, Failure> {
    let states = thousands(exploration.states);
    match &exploration.end {
        End::Panicked { message, trace } => {
            writeln!(out, "{}", styled(Tone::Bad, &format!("panicked: {message}")))?;
            if let Some(trace) = trace {
                writeln!(out, "{}", steps(trace))?;
            }
            return Ok(Status::Panicked);
        }
        End::Truncated(cause) if trace.is_none() => {
            let said = format!("nothing found in {states} states: {cause}");
            writeln!(out, "{}", styled(Tone::Open, &said))?;
            return Ok(Status::Truncated);
        }
        End::Exhausted if trace.is_none() => {
            writeln!(
                out,
                "there is no trace to tell, in {states} states: all that can be reached"
            )?;
        }
        End::Exhausted | End::Satisfied | End::Truncated(_) => {}
    }
    Ok(if as_claimed { Status::Fine } else { Status::Differs })
}
