//! What is measured, one at a time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use holdfast_models::cluster;
use serde::{Deserialize, Serialize};

use super::clock::watched;
use super::floor::fill_a_set;
use super::measurement::Measurement;
use crate::catalog::{Entry, entries, families, find};
use crate::command::Limits;
use crate::command::run::explore;
use crate::error::Failure;
use crate::explore::{End, Exploration, Sought, Storage, Supervisor, Ticket};

/// Something to measure, and how much it may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What.
    pub task: Task,
    /// Bytes of memory for the process.
    pub memory: u64,
    /// How long.
    pub time: Duration,
}

/// Something to measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Exploring a scenario.
    Explore {
        /// Which.
        scenario: String,
        /// How.
        search: Search,
    },
    /// What no search does without: as many random rows as there were steps, of as many kinds as
    /// there were states, each put into a plain set.
    Floor {
        /// How many numbers a row is.
        columns: usize,
        /// How many rows there are to choose from.
        states: usize,
        /// How many are chosen.
        steps: usize,
    },
    /// Exploring every quick scenario, as `check run` does.
    QuickTier,
}

/// A way to explore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Search {
    /// The engine, with so many threads.
    Engine {
        /// How many.
        threads: usize,
    },
    /// The engine, with one thread and compressed states.
    Compressed,
    /// Stateright's search breadth first, with one thread.
    BreadthFirst,
    /// Stateright's search depth first, with one thread.
    DepthFirst,
}

impl Request {
    /// Does it, in this process, and answers what it took.
    ///
    /// # Errors
    /// If there is no such scenario, or something panicked.
    pub fn measure(&self) -> Result<Measurement, Failure> {
        match &self.task {
            Task::Explore { scenario, search } => {
                let families = families();
                self.explore(find(&families, scenario)?, *search)
            }
            Task::Floor { columns, states, steps } => {
                let (kinds, taken) = watched(|| fill_a_set(*columns, *states, *steps));
                Ok(Measurement::new(&taken, *columns, kinds, *steps))
            }
            Task::QuickTier => Ok(self.quick_tier()),
        }
    }

    fn explore(&self, entry: &Entry, search: Search) -> Result<Measurement, Failure> {
        let compressed = search == Search::Compressed;
        let storage = Storage { compressed, ..Storage::PLAIN };
        let supervisor = Supervisor::new(self.memory).storing(storage);
        let ticket = supervisor.watch(self.time);
        let (explored, taken) = watched(|| search.explore(entry, &ticket));
        if let End::Panicked { message, .. } = &explored.end {
            let said = format!("{}: {search} panicked: {message}", entry.name);
            return Err(Failure::Usage(said));
        }
        let counted = explored.generated.unwrap_or_default();
        // Stateright counts the first state as a step.
        let steps = if search.is_stateright() { counted.saturating_sub(1) } else { counted };
        let columns = entry.cluster.columns();
        Ok(Measurement {
            depth: explored.depth,
            bytes: explored.bytes,
            truncated: ticket.cause(),
            ..Measurement::new(&taken, columns, explored.states, steps)
        })
    }

    fn quick_tier(&self) -> Measurement {
        let families = families();
        let is_quick = |entry: &&Entry| entry.tier == cluster::Tier::Quick;
        let quick = entries(&families).filter(is_quick).collect();
        let limits =
            Limits { memory: Some(self.memory), time: Some(self.time), ..Limits::default() };
        let (outcomes, taken) = watched(|| explore(quick, &limits, false));
        let explored = || outcomes.iter().map(|outcome| &outcome.judgement);
        Measurement {
            truncated: explored().find_map(|judgement| judgement.truncated()),
            ..Measurement::new(
                &taken,
                0,
                explored().map(|judgement| judgement.exploration.states).sum(),
                explored().filter_map(|judgement| judgement.exploration.generated).sum(),
            )
        }
    }
}

impl Search {
    /// Those that are compared in speed, in the order in which they take turns.
    pub const IN_SPEED: [Self; 4] = [
        Self::Engine { threads: 1 },
        Self::BreadthFirst,
        Self::Engine { threads: 2 },
        Self::DepthFirst,
    ];

    /// Those that are compared in memory.
    pub const IN_MEMORY: [Self; 2] = [Self::Engine { threads: 1 }, Self::Compressed];

    const fn is_stateright(self) -> bool {
        match self {
            Self::Engine { .. } | Self::Compressed => false,
            Self::BreadthFirst | Self::DepthFirst => true,
        }
    }

    fn explore(self, entry: &Entry, ticket: &Arc<Ticket>) -> Exploration {
        let (cluster, everything) = (&entry.cluster, Sought::Everything);
        match self {
            // Every state: a symmetry would be measured with it.
            Self::Engine { threads } => cluster.explore_whole(&everything, threads, ticket),
            Self::Compressed => cluster.explore_whole(&everything, 1, ticket),
            Self::BreadthFirst => cluster.explore_by_stateright(&everything, 1, ticket),
            Self::DepthFirst => cluster.explore_depth_first_by_stateright(ticket),
        }
    }
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine { threads: 1 } => f.write_str("engine"),
            Self::Engine { threads } => write!(f, "engine, {threads} threads"),
            Self::Compressed => f.write_str("engine, compressed"),
            Self::BreadthFirst => f.write_str("Stateright, breadth first"),
            Self::DepthFirst => f.write_str("Stateright, depth first"),
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explore { scenario, search } => write!(f, "{scenario}: {search}"),
            Self::Floor { columns, .. } => write!(f, "floor: rows of {columns} numbers"),
            Self::QuickTier => f.write_str("quick tier"),
        }
    }
}
