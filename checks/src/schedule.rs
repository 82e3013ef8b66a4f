//! Many explorations, some at a time. Results come back in the order of the jobs, whatever finishes
//! first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use holdfast_models::cluster::Verdict;

use crate::explore::{
    Cause, End, Explorable, Exploration, Kept, Patience, Sought, Storage, Supervisor, Ticket,
};
use crate::report::Progress;
use crate::verdict::{Judgement, Statement, Status};

const REFRESH: Duration = Duration::from_millis(100);

/// One exploration to do.
pub struct Job<'a> {
    /// What it is called while it runs.
    pub name: &'a str,
    /// What is explored.
    pub cluster: &'a dyn Explorable,
    /// What is claimed of each of its properties, if anything is.
    pub claims: Vec<(Statement, Option<Verdict>)>,
    /// How long it may take.
    pub time: Allowance,
}

/// How long a job may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// This long.
    Own(Duration),
    /// Its share of what is left of a time for all jobs, from when the first began. What a job does
    /// not need is left to those after it.
    Shared {
        /// The time for all jobs.
        time: Duration,
        /// The same, once any of them has found a violation.
        once_violated: Duration,
    },
}

impl std::fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("name", &self.name).finish_non_exhaustive()
    }
}

/// How the jobs are done.
#[derive(Clone, Debug)]
pub struct Resources {
    /// How many threads explore.
    pub threads: usize,
    /// How many bytes the process may use.
    pub memory: u64,
    /// Whether every state is looked at, though one may stand for many.
    pub whole: bool,
    /// Whether the first job that does not come out as claimed is the last.
    pub fail_fast: bool,
    /// How states are kept.
    pub storage: Storage,
}

/// What happens while jobs are done.
enum Event {
    Started(usize, Arc<Ticket>),
    Finished(usize),
}

/// Does all `jobs`: one thread for each at a time, or all threads for the only one.
#[must_use]
pub fn run(jobs: &[Job<'_>], resources: Resources) -> Vec<Judgement> {
    let supervisor = Supervisor::new(resources.memory).storing(resources.storage.clone());
    let results: Vec<_> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let (tell, hear) = channel();
    let begun = Instant::now();
    let threads = resources.threads.clamp(1, jobs.len().max(1));
    let round = Round { jobs, resources, supervisor, next: AtomicUsize::new(0), begun };
    thread::scope(|scope| {
        for _ in 0..threads {
            let (tell, round, results) = (tell.clone(), &round, &results);
            scope.spawn(move || {
                while let Some((index, judgement)) = round.one_more(&tell) {
                    *results[index].lock().unwrap_or_else(PoisonError::into_inner) =
                        Some(judgement);
                    // Nobody listening is no reason not to go on.
                    let _ = tell.send(Event::Finished(index));
                }
            });
        }
        drop(tell);
        show(jobs, &hear);
    });
    results
        .into_iter()
        .map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
        .map(|result| result.expect("every job was claimed by a thread that finished it"))
        .collect()
}

/// All that the threads of one run share.
struct Round<'a> {
    jobs: &'a [Job<'a>],
    resources: Resources,
    supervisor: Supervisor,
    next: AtomicUsize,
    begun: Instant,
}

impl Round<'_> {
    /// Does the next job that nobody has begun, if there is one.
    fn one_more(&self, tell: &Sender<Event>) -> Option<(usize, Judgement)> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let job = self.jobs.get(index)?;
        let exploration = match self.supervisor.is_over() {
            Some(cause) => not_begun(job, cause),
            None => {
                let ticket = self.supervisor.watch(self.patience(index));
                let _ = tell.send(Event::Started(index, Arc::clone(&ticket)));
                let threads = self.threads_for_one();
                if self.resources.whole {
                    job.cluster.explore_whole(&Sought::Everything, threads, &ticket)
                } else {
                    job.cluster.explore(&Sought::Everything, threads, &ticket)
                }
            }
        };
        let judgement = Judgement::new(exploration, job.claims.iter().copied());
        if self.resources.fail_fast && judgement.status() >= Status::Differs {
            self.supervisor.end_all(Cause::Failure);
        }
        Some((index, judgement))
    }

    /// One thread for each of several jobs, all threads for the only one.
    fn threads_for_one(&self) -> usize {
        if self.jobs.len() == 1 { self.resources.threads.max(1) } else { 1 }
    }

    fn patience(&self, index: usize) -> Patience {
        match self.jobs[index].time {
            Allowance::Own(time) => time.into(),
            Allowance::Shared { time, once_violated } => Patience {
                time: self.share(index, time),
                once_violated: self.share(index, once_violated),
            },
        }
    }

    fn share(&self, index: usize, time: Duration) -> Duration {
        let rounds = (self.jobs.len() - index).div_ceil(self.resources.threads.max(1));
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        time.saturating_sub(self.begun.elapsed()) / rounds
    }
}

fn not_begun(job: &Job<'_>, cause: Cause) -> Exploration {
    Exploration {
        states: 0,
        depth: None,
        orbits: None,
        generated: None,
        bytes: None,
        kept: Kept::default(),
        coverage: Vec::new(),
        time: Duration::ZERO,
        end: End::Truncated(cause),
        traces: vec![None; job.claims.len()],
    }
}

/// Shows what is going on until every thread is done.
fn show(jobs: &[Job<'_>], hear: &Receiver<Event>) {
    let mut progress = Progress::new(jobs.len());
    loop {
        match hear.recv_timeout(REFRESH) {
            Ok(Event::Started(index, ticket)) => progress.start(index, jobs[index].name, ticket),
            Ok(Event::Finished(index)) => progress.finish(index),
            Err(RecvTimeoutError::Timeout) => progress.refresh(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
