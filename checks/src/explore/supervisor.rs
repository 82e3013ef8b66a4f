//! Limits: time for each search, memory for all of them together, Ctrl-C for everything.
//!
//! Stateright's own time limit is ignored with one thread, and it knows none for memory.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Checkpointing, Storage, interrupt};

const HEARTBEAT: Duration = Duration::from_millis(10);

/// Bytes for what is compared with states on disk, however little memory there is: less, and a search
/// would do nothing else.
pub(crate) const LEAST_ROOM: usize = 4 << 20;

/// Why a search ended before it was through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its time was up.
    Time,
    /// The process used more memory than it may.
    Memory,
    /// The states are on disk, and what has to be in memory is more than the process may use.
    Parts,
    /// The states are on disk, and what may follow them can be judged only in memory.
    OnDisk,
    /// The disk is full, or failed: what could not be done, where, and why.
    Disk(String),
    /// There are more states than 32 bits can number.
    Numbers,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Another scenario failed, and the first failure was to end the run.
    Failure,
    /// Something is violated, and its time after that was up.
    Violation,
    /// A process that took part did not come.
    Absent(u16),
    /// A process that took part was lost.
    Lost(u16),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(said) => f.write_str(said),
            Self::Time => f.write_str("out of time"),
            Self::Memory => f.write_str("out of memory"),
            Self::Parts => f.write_str("out of memory for what cannot go to disk"),
            Self::OnDisk => f.write_str("out of memory for what has to come true in the end"),
            Self::Numbers => f.write_str("more states than 32 bits can number"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::Failure => f.write_str("stopped at the first failure"),
            Self::Violation => f.write_str("out of time, as something is violated"),
            Self::Absent(process) => write!(f, "process {process} did not come"),
            Self::Lost(process) => write!(f, "process {process} was lost"),
        }
    }
}

/// How long a search may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// As long as nothing is violated.
    pub time: Duration,
    /// Once something is violated, here or in another search under the same supervisor.
    pub once_violated: Duration,
}

/// The same time, whatever is found.
impl From<Duration> for Patience {
    fn from(time: Duration) -> Self {
        Self { time, once_violated: time }
    }
}

/// One search, as seen by whoever may have to end it.
#[derive(Debug)]
pub struct Ticket {
    started: Instant,
    patience: Patience,
    /// Whether any search under the same supervisor has found a violation.
    violated: Arc<AtomicBool>,
    stopped: AtomicBool,
    cause: OnceLock<Cause>,
    states: AtomicUsize,
    storage: Arc<Storage>,
    /// How many bytes the process may use.
    memory: u64,
    /// Whether states are to go to disk, and whether they have.
    spills: AtomicBool,
    spilled: AtomicBool,
}

impl Ticket {
    /// Ends the search as soon as it looks, unless something else has already.
    pub fn stop(&self, cause: Cause) {
        // The first cause is the one that is reported.
        let _ = self.cause.set(cause);
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the search has to end.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Why the search has to end, if it has to.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause.get().cloned()
    }

    /// Tells that the search has found a violation.
    pub fn found_violation(&self) {
        self.violated.store(true, Ordering::Relaxed);
    }

    fn is_out_of_time(&self) -> Option<Cause> {
        let elapsed = self.elapsed();
        if elapsed >= self.patience.time {
            Some(Cause::Time)
        } else if self.violated.load(Ordering::Relaxed) && elapsed >= self.patience.once_violated {
            Some(Cause::Violation)
        } else {
            None
        }
    }

    /// Counts `count` more states as visited.
    pub fn visit(&self, count: usize) {
        self.states.fetch_add(count, Ordering::Relaxed);
    }

    /// How many states were visited so far.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states.load(Ordering::Relaxed)
    }

    /// How it keeps states.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// How what was seen is to outlast the process, if it is.
    #[must_use]
    pub fn checkpointing(&self) -> Option<&Checkpointing> {
        self.storage.checkpointing.as_ref()
    }

    /// Whether states are to go to disk.
    #[must_use]
    pub fn has_to_spill(&self) -> bool {
        self.storage.room.is_some() || self.spills.load(Ordering::Relaxed)
    }

    /// Tells that states have gone to disk, which took `held` bytes in memory. Answers how many bytes of
    /// memory there are for what is compared with them.
    pub fn has_spilled(&self, held: usize) -> usize {
        self.spilled.store(true, Ordering::Relaxed);
        let others = resident().saturating_sub(held as u64);
        let left = self.enough().saturating_sub(others);
        let left = || usize::try_from(left).unwrap_or(usize::MAX).max(LEAST_ROOM);
        self.storage.room.unwrap_or_else(left)
    }

    /// Bytes of memory that the process has, and whether those are nearly all that it may use.
    #[must_use]
    pub fn resident(&self) -> (u64, bool) {
        let resident = resident();
        (resident, resident > self.enough())
    }

    /// Whoever uses more has to let go of some.
    const fn enough(&self) -> u64 {
        self.memory / 8 * 7
    }

    /// For how long the search has been running.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Watches searches, and ends those that go beyond their limits.
#[derive(Debug)]
pub struct Supervisor {
    watched: Arc<Watched>,
    storage: Arc<Storage>,
}

#[derive(Debug)]
struct Watched {
    memory: u64,
    tickets: Mutex<Vec<Weak<Ticket>>>,
    over: OnceLock<Cause>,
    violated: Arc<AtomicBool>,
}

impl Supervisor {
    /// A supervisor that lets the process use `memory` bytes.
    ///
    /// # Panics
    /// If the system cannot start a thread.
    #[must_use]
    pub fn new(memory: u64) -> Self {
        let watched = Arc::new(Watched {
            memory,
            tickets: Mutex::default(),
            over: OnceLock::new(),
            violated: Arc::default(),
        });
        let weak = Arc::downgrade(&watched);
        let watch = move || {
            while let Some(watched) = weak.upgrade() {
                watched.look();
                drop(watched);
                thread::sleep(HEARTBEAT);
            }
        };
        // The thread ends with the supervisor.
        let spawned = thread::Builder::new().name("supervisor".to_owned()).spawn(watch);
        spawned.expect("a process that explores may start threads");
        Self { watched, storage: Arc::default() }
    }

    /// The same, for searches that keep states as `storage` says.
    #[must_use]
    pub fn storing(self, storage: Storage) -> Self {
        Self { storage: Arc::new(storage), ..self }
    }

    /// Watches one more search, which may take as long as `patience` says.
    #[must_use]
    pub fn watch(&self, patience: impl Into<Patience>) -> Arc<Ticket> {
        let ticket = Arc::new(Ticket {
            started: Instant::now(),
            patience: patience.into(),
            violated: Arc::clone(&self.watched.violated),
            stopped: AtomicBool::new(false),
            cause: OnceLock::new(),
            states: AtomicUsize::new(0),
            storage: Arc::clone(&self.storage),
            memory: self.watched.memory,
            spills: AtomicBool::new(false),
            spilled: AtomicBool::new(false),
        });
        self.watched.lock().push(Arc::downgrade(&ticket));
        self.watched.look();
        ticket
    }

    /// Ends all searches, those to come included.
    pub fn end_all(&self, cause: Cause) {
        let _ = self.watched.over.set(cause);
        self.watched.look();
    }

    /// Why no search is to go on, if none is.
    #[must_use]
    pub fn is_over(&self) -> Option<Cause> {
        self.watched.over.get().cloned()
    }
}

impl Watched {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Ticket>>> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) {
        if interrupt::is_raised() {
            let _ = self.over.set(Cause::Interrupted);
        }
        let tickets: Vec<_> = {
            let mut tickets = self.lock();
            tickets.retain(|ticket| ticket.strong_count() > 0);
            tickets.iter().filter_map(Weak::upgrade).collect()
        };
        for ticket in &tickets {
            if let Some(cause) = self.over.get() {
                ticket.stop(cause.clone());
            } else if let Some(cause) = ticket.is_out_of_time() {
                ticket.stop(cause);
            }
        }
        self.look_at_memory(&tickets);
    }

    /// Where memory is short, sends the states of the largest search to disk. Where there is none left,
    /// ends the largest search. Of either nothing else until that has let go of its memory.
    fn look_at_memory(&self, tickets: &[Arc<Ticket>]) {
        let resident = resident();
        let largest = |tickets: &mut dyn Iterator<Item = &Arc<Ticket>>| {
            tickets
                .filter(|ticket| !ticket.is_stopped())
                .max_by_key(|ticket| ticket.states())
                .cloned()
        };
        let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        let is_spilling = |ticket: &&Arc<Ticket>| is(&ticket.spills) && !is(&ticket.spilled);
        if resident > self.memory / 4 * 3 && !tickets.iter().any(|ticket| is_spilling(&ticket)) {
            let in_memory = &mut tickets.iter().filter(|ticket| !is(&ticket.spilled));
            if let Some(largest) = largest(in_memory) {
                largest.spills.store(true, Ordering::Relaxed);
            }
        }
        let is_leaving =
            |ticket: &Arc<Ticket>| matches!(ticket.cause(), Some(Cause::Memory | Cause::Parts));
        if resident > self.memory
            && !tickets.iter().any(is_leaving)
            && let Some(largest) = largest(&mut tickets.iter())
        {
            largest.stop(if is(&largest.spilled) { Cause::Parts } else { Cause::Memory });
        }
    }
}

/// Bytes of memory that the process has, or 0 where the system does not say.
fn resident() -> u64 {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem as u64)
}
