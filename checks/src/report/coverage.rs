//! What was exercised, and what never.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, Table, presets};
use holdfast_models::cluster::Kind;

use super::{Outcome, Tone, styled};
use crate::units::thousands;

/// One kind of step, in several scenarios of one family.
#[derive(Debug)]
pub struct Covered<'a> {
    /// The kind.
    pub kind: Kind,
    /// How many steps of it there were.
    pub steps: usize,
    /// The scenarios that had any.
    pub scenarios: Vec<&'a str>,
}

/// What the scenarios of one family exercised, every kind of step once.
#[must_use]
pub fn covered<'a: 'b, 'b>(
    outcomes: impl IntoIterator<Item = &'b Outcome<'a>>,
) -> Vec<Covered<'a>> {
    let mut all: Vec<Covered<'a>> = Vec::new();
    for Outcome { entry, judgement } in outcomes {
        for (kind, steps) in &judgement.exploration.coverage {
            let place = all.iter().position(|covered| covered.kind == *kind).unwrap_or_else(|| {
                all.push(Covered { kind: *kind, steps: 0, scenarios: Vec::new() });
                all.len() - 1
            });
            all[place].steps += steps;
            if *steps > 0 {
                all[place].scenarios.push(entry.name);
            }
        }
    }
    all
}

/// Writes what was exercised, family by family.
///
/// # Errors
/// If `out` cannot be written.
pub fn coverage(outcomes: &[Outcome<'_>], out: &mut dyn Write) -> io::Result<()> {
    for family in outcomes.chunk_by(|one, other| one.entry.family == other.entry.family) {
        let Some(first) = family.first() else { continue };
        let heading = format!("{}: what was exercised", first.entry.family);
        writeln!(out, "\n{}", styled(Tone::Loud, &heading))?;
        writeln!(out, "{}", table(&covered(family)).trim_fmt())?;
    }
    Ok(())
}

fn table(all: &[Covered<'_>]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let heads = ["kind of step", "steps", "scenarios", "for example"];
    table.set_header(heads.map(|head| Cell::new(styled(Tone::Quiet, head))));
    for Covered { kind, steps, scenarios } in all {
        let right = |text| Cell::new(text).set_alignment(CellAlignment::Right);
        let example = match scenarios.first() {
            Some(name) => (*name).to_owned(),
            None => styled(Tone::Open, "never"),
        };
        table.add_row([
            Cell::new(kind),
            right(thousands(*steps)),
            right(thousands(scenarios.len())),
            Cell::new(example),
        ]);
    }
    table
}
