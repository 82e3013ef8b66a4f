//! `check list`: what there is to explore.

use std::io::Write;

use clap::Args;
use holdfast_models::cluster::Tier;

use crate::catalog::{families, select};
use crate::error::Failure;
use crate::report::{Tone, styled};
use crate::verdict::Status;

/// Which scenarios.
#[derive(Args, Debug)]
pub struct List {
    /// A part of a family's, section's, scenario's, row's or property's name.
    filter: Option<String>,
}

impl List {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let families = families();
        let selected = select(&families, self.filter.as_deref())?;
        let widest =
            |width: fn(usize, usize) -> usize, of: &[usize]| of.iter().copied().fold(0, width);
        let names: Vec<_> = selected.iter().map(|entry| entry.name.len()).collect();
        let rows: Vec<_> = selected.iter().map(|entry| entry.rows.join(" ").len()).collect();
        let (names, rows) = (widest(usize::max, &names), widest(usize::max, &rows));
        let mut section = ("", "");
        for entry in selected {
            if section != (entry.family, entry.section) {
                let gap = if section.0.is_empty() { "" } else { "\n" };
                section = (entry.family, entry.section);
                let heading = format!("{}: {}", entry.family, entry.section);
                writeln!(out, "{gap}{}", styled(Tone::Loud, &heading))?;
            }
            let tier = match entry.tier {
                Tier::Quick => "quick",
                Tier::Thorough => "thorough",
            };
            let decides = entry.rows.join(" ");
            writeln!(
                out,
                "  {:names$}  {decides:rows$}  {tier:8}  {}",
                entry.name, entry.question
            )?;
        }
        Ok(Status::Fine)
    }
}
