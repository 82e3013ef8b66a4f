//! What was found, for people and for programs.

mod coverage;
mod diagram;
mod json;
mod junit;
mod markdown;
mod progress;
mod table;
mod trace;

use std::io::{self, Write};

use clap::ValueEnum;

pub use coverage::{Covered, coverage, covered};
pub use diagram::draw;
pub use markdown::{cell, row as markdown_row, states, verdict, verdicts};
pub use progress::Progress;
pub use table::{Tone, styled};
pub use trace::{list, steps};

use crate::catalog::Entry;
use crate::verdict::{Judgement, Status};

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Table,
    /// For programs.
    Json,
    /// For build servers.
    Junit,
    /// For documents.
    Markdown,
}

/// One scenario and what exploring it came to.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The scenario.
    pub entry: &'a Entry,
    /// The judgement.
    pub judgement: Judgement,
}

/// Writes `outcomes`, which are in the order of the table.
///
/// # Errors
/// If `out` cannot be written.
pub fn write(outcomes: &[Outcome<'_>], format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(outcomes, out),
        Format::Json => json::write(outcomes, out),
        Format::Junit => junit::write(outcomes, out),
        Format::Markdown => markdown::write(outcomes, out),
    }
}

/// What all of it amounts to: the worst.
#[must_use]
pub fn status(outcomes: &[Outcome<'_>]) -> Status {
    let statuses = outcomes.iter().map(|outcome| outcome.judgement.status());
    statuses.max().unwrap_or(Status::Fine)
}

/// The outcomes, cut where the section changes.
fn by_section<'a, 'b>(
    outcomes: &'a [Outcome<'b>],
) -> impl Iterator<Item = (&'b Entry, &'a [Outcome<'b>])> {
    let same = |one: &Outcome<'_>, other: &Outcome<'_>| {
        (one.entry.family, one.entry.section) == (other.entry.family, other.entry.section)
    };
    outcomes.chunk_by(same).filter_map(|chunk| Some((chunk.first()?.entry, chunk)))
}
