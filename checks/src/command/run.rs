//! `check run`: explore, compare, report.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Limits, Tiers};
use crate::catalog::{Entry, families, select};
use crate::error::Failure;
use crate::explore::{Storage, interrupt};
use crate::report::{Format, Outcome, coverage, status, write};
use crate::schedule::{self, Allowance, Job, Resources};
use crate::verdict::Status;

/// Which scenarios, and how they are reported.
#[derive(Args, Debug, Default)]
pub struct Run {
    /// A part of a family's, section's, scenario's, row's or property's name.
    filter: Option<String>,
    /// Which scenarios, by how long they take.
    #[arg(long, value_enum, default_value_t)]
    tier: Tiers,
    /// How results are written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Stops at the first scenario that does not come out as expected.
    #[arg(long)]
    fail_fast: bool,
    /// Adds which messages, timers and faults were exercised, how often, and which never. JSON has it
    /// of each scenario anyway.
    #[arg(long)]
    coverage: bool,
    /// Keeps states in less memory, which takes more time. Everything found is the same.
    #[arg(long)]
    compressed: bool,
    /// The folder for states that memory is too short for: in files that have no name and end with the
    /// process [default: that for temporary files].
    #[arg(long, value_name = "DIR")]
    spill: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
}

impl Run {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let families = families();
        let selected = select(&families, self.filter.as_deref())?;
        let (wanted, others): (Vec<_>, Vec<_>) =
            selected.into_iter().partition(|entry| self.tier.include(entry.tier));
        if wanted.is_empty() {
            let said =
                format!("{} scenarios match, none of this tier: add --tier all", others.len());
            return Err(Failure::Usage(said));
        }
        interrupt::listen();
        let storage =
            Storage { compressed: self.compressed, folder: self.spill.clone(), ..Storage::PLAIN };
        let outcomes = explore_storing(wanted, &self.limits, self.fail_fast, storage);
        write(&outcomes, self.format, out)?;
        if self.coverage && self.format == Format::Table {
            coverage(&outcomes, out)?;
        }
        Ok(status(&outcomes))
    }
}

/// Explores scenarios, each within `limits`.
pub fn explore<'a>(entries: Vec<&'a Entry>, limits: &Limits, fail_fast: bool) -> Vec<Outcome<'a>> {
    explore_storing(entries, limits, fail_fast, Storage::PLAIN)
}

/// The same, keeping states as `storage` says.
fn explore_storing<'a>(
    entries: Vec<&'a Entry>,
    limits: &Limits,
    fail_fast: bool,
    storage: Storage,
) -> Vec<Outcome<'a>> {
    let jobs: Vec<_> = entries
        .iter()
        .map(|entry| Job {
            name: entry.name,
            cluster: &*entry.cluster,
            claims: entry.claims.iter().map(|(what, claimed)| (*what, Some(*claimed))).collect(),
            time: Allowance::Own(limits.time(entry.tier)),
        })
        .collect();
    let tiers = entries.iter().map(|entry| entry.tier);
    let resources = Resources { storage, ..limits.resources(tiers, fail_fast) };
    let judgements = schedule::run(&jobs, resources);
    entries
        .into_iter()
        .zip(judgements)
        .map(|(entry, judgement)| Outcome { entry, judgement })
        .collect()
}
