//! Limits: time for each search, memory for all of them together, Ctrl-C for everything.
//!
//! Stateright's own time limit is ignored with one thread, and it knows none for memory.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Storage;

const HEARTBEAT: Duration = Duration::from_millis(10);

/// Why a search ended before it was through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its time was up.
    Time,
    /// The process used more memory than it may.
    Memory,
    /// There are more states than 32 bits can number.
    Numbers,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Another scenario failed, and the first failure was to end the run.
    Failure,
    /// Something is violated, and its time after that was up.
    Violation,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "out of time",
            Self::Memory => "out of memory",
            Self::Numbers => "more states than 32 bits can number",
            Self::Interrupted => "interrupted",
            Self::Failure => "stopped at the first failure",
            Self::Violation => "out of time, as something is violated",
        })
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
        self.cause.get().copied()
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
        self.watched.over.get().copied()
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
                ticket.stop(*cause);
            } else if let Some(cause) = ticket.is_out_of_time() {
                ticket.stop(cause);
            }
        }
        self.look_at_memory(&tickets);
    }

    /// Ends the largest search, and nothing else until that has let go of its memory.
    fn look_at_memory(&self, tickets: &[Arc<Ticket>]) {
        let leaving = |ticket: &Arc<Ticket>| ticket.cause() == Some(Cause::Memory);
        if tickets.iter().any(leaving) || resident() <= self.memory {
            return;
        }
        let running = tickets.iter().filter(|ticket| !ticket.is_stopped());
        if let Some(largest) = running.max_by_key(|ticket| ticket.states()) {
            largest.stop(Cause::Memory);
        }
    }
}

/// Bytes of memory that the process has, or 0 where the system does not say.
fn resident() -> u64 {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem as u64)
}

/// Ctrl-C: the first ends all searches, the second the process.
pub mod interrupt {
    use std::process;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// What a shell reports for a process that Ctrl-C ended.
    const KILLED_BY_INTERRUPT: i32 = 130;

    static RAISED: AtomicBool = AtomicBool::new(false);

    /// Whether Ctrl-C has been pressed.
    #[must_use]
    pub fn is_raised() -> bool {
        RAISED.load(Ordering::Relaxed)
    }

    /// From now on Ctrl-C ends searches first. Does nothing where the system has no such signal.
    pub fn listen() {
        // Refused only if somebody listens already: then nothing is lost.
        let _ = ctrlc::set_handler(|| {
            if RAISED.swap(true, Ordering::Relaxed) {
                process::exit(KILLED_BY_INTERRUPT);
            }
        });
    }

    /// From now on the first Ctrl-C ends the process: no search is running any more.
    pub fn end_process() {
        RAISED.store(true, Ordering::Relaxed);
    }
}
