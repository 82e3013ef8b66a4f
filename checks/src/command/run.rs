//! `check run`: explore, compare, report.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, slice};

use clap::Args;

use super::together::Together;
use super::{Limits, Tiers};
use crate::catalog::{Entry, families, select};
use crate::engine;
use crate::error::Failure;
use crate::explore::{Checkpointing, Storage, interrupt};
use crate::report::{Format, Outcome, coverage, status, write};
use crate::schedule::{self, Allowance, Job, Resources};
use crate::units::duration;
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
    /// Writes what was seen to this folder now and then, and at the end if the search is stopped, to go
    /// on from there: one scenario only.
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    checkpoint: Option<PathBuf>,
    /// Goes on from what `--checkpoint` wrote, and keeps writing there.
    #[arg(long, value_name = "DIR")]
    resume: Option<PathBuf>,
    /// How often that is written [default: 1m].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    checkpoint_every: Option<Duration>,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    together: Together,
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
        if self.together.is_asked_for() {
            let joined = self.together.explore(&wanted, self.filter.as_deref(), &self.limits)?;
            if joined.reports() {
                self.report(slice::from_ref(&joined.outcome), out)?;
            }
            joined.tell(out)?;
            return Ok(joined.outcome.judgement.status());
        }
        let storage = Storage {
            compressed: self.compressed,
            folder: self.spill.clone(),
            checkpointing: self.checkpointing(&wanted)?,
            ..Storage::PLAIN
        };
        let outcomes = explore_storing(wanted, &self.limits, self.fail_fast, storage);
        self.report(&outcomes, out)?;
        Ok(status(&outcomes))
    }

    fn report(&self, outcomes: &[Outcome<'_>], out: &mut dyn Write) -> Result<(), Failure> {
        write(outcomes, self.format, out)?;
        if self.coverage && self.format == Format::Table {
            coverage(outcomes, out)?;
        }
        Ok(())
    }

    /// How what was seen is to outlast the process, if that was asked for.
    fn checkpointing(&self, wanted: &[&Entry]) -> Result<Option<Checkpointing>, Failure> {
        let folder = match (&self.checkpoint, &self.resume, self.checkpoint_every) {
            (Some(folder), _, _) | (None, Some(folder), _) => folder,
            (None, None, None) => return Ok(None),
            (None, None, Some(_)) => {
                let said = "--checkpoint-every says how often: --checkpoint DIR says where";
                return Err(Failure::Usage(said.to_owned()));
            }
        };
        let [entry] = wanted else {
            let said = format!("{} scenarios match: a checkpoint is of one", wanted.len());
            return Err(Failure::Usage(said));
        };
        let plan = Checkpointing {
            folder: folder.clone(),
            every: self.checkpoint_every.unwrap_or(Duration::from_mins(1)),
            resume: self.resume.is_some(),
            of: identity(entry)?,
        };
        if plan.resume {
            engine::may_resume(&plan).map_err(|cause| Failure::Usage(cause.to_string()))?;
        } else if fs::exists(folder.join("head")).map_err(Failure::while_doing("checkpoint"))? {
            let said =
                format!("{} has a checkpoint: --resume it, or name another", folder.display());
            return Err(Failure::Usage(said));
        }
        Ok(Some(plan))
    }
}

/// Which scenario, as it is put by which build of which version.
fn identity(entry: &Entry) -> Result<String, Failure> {
    let build = env::current_exe().and_then(fs::read);
    let build =
        build.map_err(Failure::while_doing("reading the program, to tell it from others"))?;
    Ok(format!(
        "{} ({:08x}) by {} (build {:08x})",
        entry.name,
        crc32fast::hash(entry.put_as.as_bytes()),
        env!("CARGO_PKG_VERSION"),
        crc32fast::hash(&build)
    ))
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
