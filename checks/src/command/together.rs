//! `check run SCENARIO --hosts FILE --process N`: one exploration by several processes.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Args;

use super::Limits;
use crate::catalog::Entry;
use crate::error::Failure;
use crate::explore::{Exploration, Supervisor, Ticket};
use crate::report::{Outcome, Progress};
use crate::scale_out::{Hosts, Part, Share, Team};
use crate::units::{duration, thousands};
use crate::verdict::Judgement;

const REFRESH: Duration = Duration::from_millis(100);
/// How long others may take to come, unless somebody says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who else explores.
#[derive(Args, Debug, Default)]
pub struct Together {
    /// Explores one scenario together with other processes of this program, on this machine or on
    /// others: FILE has one host:port a line, the same at all of them. Each is given its --process,
    /// and the same --threads, one unless told otherwise. The network has to be one that is trusted.
    #[arg(
        long,
        value_name = "FILE",
        requires = "process",
        conflicts_with_all = ["compressed", "spill", "checkpoint", "resume"]
    )]
    hosts: Option<PathBuf>,
    /// Which line of FILE this process is, from 0. Process 0 prints the report.
    #[arg(long, value_name = "N", requires = "hosts")]
    process: Option<usize>,
    /// How long the others may take to come [default: 30s].
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "hosts")]
    patience: Option<Duration>,
}

/// What a process that takes part has found out.
pub(super) struct Joined<'a> {
    pub(super) outcome: Outcome<'a>,
    part: Part,
    share: Share,
}

impl Together {
    /// Whether anybody else explores.
    pub(super) const fn is_asked_for(&self) -> bool {
        self.hosts.is_some()
    }

    /// Explores one of `entries`: the only one, or the one that is called `name`.
    ///
    /// # Errors
    /// If it is not clear which, or if the processes do not fit together.
    pub(super) fn explore<'a>(
        &self,
        entries: &[&'a Entry],
        name: Option<&str>,
        limits: &Limits,
    ) -> Result<Joined<'a>, Failure> {
        let part = self.part(limits)?;
        let entry = match entries {
            [entry] => *entry,
            entries => {
                let named = entries.iter().find(|entry| Some(entry.name) == name);
                *named.ok_or_else(|| {
                    let count = entries.len();
                    Failure::Usage(format!("--hosts is for one scenario, not for {count}: name it"))
                })?
            }
        };
        let resources = limits.resources([entry.tier].into_iter(), false);
        let supervisor = Supervisor::new(resources.memory);
        let ticket = supervisor.watch(limits.time(entry.tier));
        let (exploration, share) = explore(entry, &part, &ticket)?;
        let claims = entry.claims.iter().map(|(what, claimed)| (*what, Some(*claimed)));
        let judgement = Judgement::new(exploration, claims);
        Ok(Joined { outcome: Outcome { entry, judgement }, part, share })
    }

    fn part(&self, limits: &Limits) -> Result<Part, Failure> {
        let file = self.hosts.clone().unwrap_or_default();
        let hosts = Hosts::read(&file)?;
        let (process, count) = (self.process.unwrap_or_default(), hosts.count());
        if process >= count {
            let last = count - 1;
            let file = file.display();
            let said = format!("there is no process {process}: {file} has those from 0 to {last}");
            return Err(Failure::Usage(said));
        }
        let threads = limits.threads.unwrap_or(1);
        Ok(Part { hosts, process, threads, within: self.patience.unwrap_or(PATIENCE) })
    }
}

fn explore(
    entry: &Entry,
    part: &Part,
    ticket: &Arc<Ticket>,
) -> Result<(Exploration, Share), Failure> {
    let properties = entry.claims.iter().map(|(what, _)| what.name);
    let put_as = format!("{} {:?}", entry.put_as, properties.collect::<Vec<_>>());
    let team = Team::Processes { part, scenario: entry.name, put_as: &put_as };
    let mut progress = Progress::new(1);
    progress.start(0, entry.name, Arc::clone(ticket));
    thread::scope(|scope| {
        let explored = scope.spawn(|| entry.cluster.explore_together(&team, ticket));
        while !explored.is_finished() {
            progress.refresh();
            thread::sleep(REFRESH);
        }
        explored.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload))
    })
}

impl Joined<'_> {
    /// Whether this process prints the report.
    pub(super) const fn reports(&self) -> bool {
        self.part.process == 0
    }

    /// Tells what this process did, unless it reports all of it.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub(super) fn tell(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let Self { outcome, part, share } = self;
        if let Some(loss) = &share.loss {
            out.flush()?;
            anstream::eprintln!("check: {loss}");
        }
        if self.reports() {
            return Ok(());
        }
        let all = &outcome.judgement.exploration;
        let ended = outcome.judgement.truncated();
        let ended = ended.map(|cause| format!("; truncated: {cause}")).unwrap_or_default();
        writeln!(
            out,
            "process {} of {}: {} of {} states of {}, {} lessons learned, {} bytes sent{ended}",
            part.process,
            part.hosts.count(),
            thousands(share.states),
            thousands(all.states),
            outcome.entry.name,
            thousands(share.lessons),
            thousands(usize::try_from(share.sent).unwrap_or(usize::MAX)),
        )?;
        Ok(())
    }
}
