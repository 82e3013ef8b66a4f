//! Processes that explore one scenario together: who takes part, how they find each other, and how
//! they notice that one is gone. What they explore, and how, is the engine's.
//!
//! The network between them is trusted: whoever reaches a port can end the run, though not change what
//! it finds unnoticed. Processes greet each other, and refuse whoever is another build, explores
//! something else, or has other hosts in its file.

mod connect;
mod hello;
mod hosts;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use timely::communication::Hooks;
use timely::communication::allocator::zero_copy::allocator::TcpBuilder;
use timely::communication::allocator::zero_copy::initialize::{
    CommsGuard, initialize_networking_from_sockets,
};
use timely::communication::allocator::{Allocator, ProcessBuilder};

pub use hosts::Hosts;
pub(crate) use watch::Watch;

use crate::error::Failure;
use crate::explore::Ticket;
use connect::{Links, Metered, connect};
use hello::Hello;

/// How a process takes part.
#[derive(Clone, Debug)]
pub struct Part {
    /// Who takes part.
    pub hosts: Hosts,
    /// Which of them this process is.
    pub process: usize,
    /// How many threads explore in each process.
    pub threads: usize,
    /// How long the others may take to come.
    pub within: Duration,
}

/// What one process did of an exploration.
#[derive(Clone, Debug, Default)]
pub struct Share {
    /// How many of the states are its own.
    pub states: usize,
    /// How many lessons it learned from its peers.
    pub lessons: usize,
    /// How many bytes it sent to other processes.
    pub sent: u64,
    /// How another process was lost, if one was.
    pub loss: Option<String>,
}

/// Who explores together.
#[derive(Clone, Copy, Debug)]
pub enum Team<'a> {
    /// So many threads of this process, each with parts and numbers of its own.
    Threads(usize),
    /// Threads of several processes.
    Processes {
        /// How this process takes part.
        part: &'a Part,
        /// What is explored, by name.
        scenario: &'a str,
        /// All that is to be the same in all processes, written out.
        put_as: &'a str,
    },
}

/// Why a process does not take part after all.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It cannot.
    Failure(Failure),
    /// Another did not come.
    Absent { process: u16, why: String },
    /// It was stopped before all had come.
    Stopped,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Threads that explore together, here and in other processes.
pub(crate) struct Group {
    pub(crate) seats: Vec<Seat>,
    pub(crate) watch: Arc<Watch>,
    network: Option<CommsGuard>,
    sent: Arc<AtomicU64>,
}

/// A place for one peer.
pub(crate) enum Seat {
    /// All peers are here.
    Alone(ProcessBuilder),
    /// Others are elsewhere.
    Among(TcpBuilder),
}

impl Seat {
    /// Whoever calls this sits there.
    pub(crate) fn take(self) -> Allocator {
        match self {
            Self::Alone(builder) => Allocator::Process(builder.build()),
            Self::Among(builder) => Allocator::Tcp(builder.build()),
        }
    }
}

impl Group {
    /// Waits for all who take part.
    pub(crate) fn gather(team: &Team<'_>, ticket: &Arc<Ticket>) -> Result<Self, Trouble> {
        match team {
            Team::Threads(threads) => {
                let watch = Watch::begin(0, ticket, Vec::new(), Vec::new(), Duration::ZERO)
                    .map_err(Failure::while_doing("starting a thread"))?;
                let seats = peers(*threads).into_iter().map(Seat::Alone).collect();
                Ok(Self { seats, watch, network: None, sent: Arc::default() })
            }
            Team::Processes { part, scenario, put_as } => {
                let Part { hosts, process, threads, within } = part;
                let hello = Hello::new((scenario, put_as), hosts.all(), *threads, *process)
                    .map_err(Failure::while_doing("reading the program"))?;
                let links = connect(&hello, hosts, *within, ticket)?;
                let group = Self::over(links, part, ticket);
                Ok(group.map_err(Failure::while_doing("setting up connections"))?)
            }
        }
    }

    fn over(links: Links, part: &Part, ticket: &Arc<Ticket>) -> std::io::Result<Self> {
        let mut closing = Vec::new();
        for stream in links.data.iter().flatten() {
            closing.push(stream.try_clone()?);
        }
        let watched = links.watch.into_iter().zip(0..);
        let watched = watched.filter_map(|(stream, process)| Some((process, stream?))).collect();
        let watch = Watch::begin(part.process as u16, ticket, watched, closing, part.within)?;
        let sent = Arc::<AtomicU64>::default();
        let metered =
            |stream: Option<_>| stream.map(|stream| Metered { stream, written: Arc::clone(&sent) });
        let (seats, network) = initialize_networking_from_sockets(
            peers(part.threads),
            links.data.into_iter().map(metered).collect(),
            part.process,
            part.threads,
            Hooks::default(),
        )?;
        let seats = seats.into_iter().map(Seat::Among).collect();
        Ok(Self { seats, watch, network: Some(network), sent })
    }

    /// The outcome is known: leaves when all others know it too, or cannot any more. Answers how many
    /// bytes were sent, and how another process was lost.
    pub(crate) fn leave(self) -> (u64, Option<String>) {
        self.watch.finish();
        // It panics if a connection ended before its time.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self.network)));
        (self.sent.load(Ordering::Relaxed), self.watch.loss())
    }
}

fn peers(threads: usize) -> Vec<ProcessBuilder> {
    let Hooks { refill, spill, .. } = Hooks::default();
    ProcessBuilder::new_typed_vector(threads, refill, spill)
}
