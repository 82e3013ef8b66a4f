//! What is measured, in which order, how often.

use std::time::Duration;

use super::machine::Machine;
use super::measurement::Measurement;
use super::process::Processes;
use super::report::{Compared, Report, Tier};
use super::sample::Sample;
use super::task::{Request, Search, Task};
use crate::error::Failure;

/// A scenario with more than a million states, all of which can be waited for.
const MILLION: &str = "duplicate-reaches-later-leaders";
/// One with some hundred thousand.
const MIDDLE: &str = "majority-on-lazy-disks";
/// One with more than ten million.
const TEN_MILLION: &str = "promise-outlives-its-lease-at-length";
/// One with few: what starting takes is all that there is.
pub const SMALL: &str = "asynchronous-failover";

/// Ways to explore one scenario.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Which scenario.
    pub scenario: String,
    /// The ways, in turn.
    pub searches: Vec<Search>,
    /// Whether rows go into a plain set, too.
    pub floor: bool,
}

impl Comparison {
    /// All that is compared in speed.
    #[must_use]
    pub fn in_speed(scenario: &str) -> Self {
        Self { scenario: scenario.to_owned(), searches: Search::IN_SPEED.into(), floor: true }
    }

    /// All that is compared in memory, of a scenario that may be too large for others.
    #[must_use]
    pub fn in_memory(scenario: &str) -> Self {
        Self { scenario: scenario.to_owned(), searches: Search::IN_MEMORY.into(), floor: false }
    }
}

/// Measurements that take turns.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is compared, in turn.
    pub comparisons: Vec<Comparison>,
    /// Whether the quick tier is explored.
    pub quick_tier: bool,
    /// Whether the time from start to verdict is taken.
    pub start: bool,
    /// How often everything is repeated.
    pub repetitions: usize,
    /// Bytes of memory for each measurement.
    pub memory: u64,
    /// How long each may take.
    pub time: Duration,
}

impl Plan {
    /// The speed of one large, one middle and one small scenario, the memory of a very large one, the
    /// quick tier and the time to start.
    #[must_use]
    pub fn usual() -> Self {
        let in_speed = [MILLION, MIDDLE, SMALL].map(Comparison::in_speed);
        let in_memory = Comparison::in_memory(TEN_MILLION);
        Self {
            comparisons: in_speed.into_iter().chain([in_memory]).collect(),
            quick_tier: true,
            start: true,
            repetitions: 3,
            memory: 8 << 30,
            time: Duration::from_mins(10),
        }
    }

    /// How many processes it takes.
    #[must_use]
    pub fn measurements(&self) -> usize {
        let of_one = |it: &Comparison| it.searches.len() + usize::from(it.floor);
        let others = usize::from(self.quick_tier) + usize::from(self.start);
        self.repetitions * (self.comparisons.iter().map(of_one).sum::<usize>() + others)
    }

    /// Measures, in processes of their own, and tells `begun` what begins.
    ///
    /// # Errors
    /// If something could not be measured.
    pub fn run(
        &self,
        processes: &Processes,
        mut begun: impl FnMut(String),
    ) -> Result<Report, Failure> {
        let mut measure = |task: Task| {
            begun(task.to_string());
            processes.measure(&Request { task, memory: self.memory, time: self.time })
        };
        let mut turns: Vec<_> = self.comparisons.iter().map(|_| Turns::default()).collect();
        let (mut tier, mut start) = (Vec::new(), Vec::new());
        for _ in 0..self.repetitions {
            for (comparison, turns) in self.comparisons.iter().zip(&mut turns) {
                turns.take(comparison, &mut measure)?;
            }
            if self.quick_tier {
                tier.push(measure(Task::QuickTier)?);
            }
            if self.start {
                start.push(processes.start_to_verdict()?.as_secs_f64());
            }
        }
        let compared = self.comparisons.iter().zip(turns);
        Ok(Report {
            machine: Machine::this(),
            repetitions: self.repetitions,
            compared: compared
                .filter_map(|(comparison, turns)| {
                    Compared::of(&comparison.scenario, &turns.searches, &turns.floor)
                })
                .collect(),
            quick_tier: Tier::of(&tier),
            start: Sample::of(start),
        })
    }
}

/// What was measured of one scenario, repetition by repetition.
#[derive(Default)]
struct Turns {
    searches: Vec<(Search, Vec<Measurement>)>,
    floor: Vec<Measurement>,
}

impl Turns {
    fn take(
        &mut self,
        comparison: &Comparison,
        measure: &mut impl FnMut(Task) -> Result<Measurement, Failure>,
    ) -> Result<(), Failure> {
        let Comparison { scenario, searches, floor } = comparison;
        for (index, search) in searches.iter().enumerate() {
            let task = Task::Explore { scenario: scenario.clone(), search: *search };
            let measured = measure(task)?;
            if self.searches.len() == index {
                self.searches.push((*search, Vec::new()));
            }
            self.searches[index].1.push(measured);
        }
        let first = self.searches.first().and_then(|(_, measured)| measured.last());
        if let (true, Some(first)) = (floor, first) {
            let Measurement { columns, states, steps, .. } = *first;
            self.floor.push(measure(Task::Floor { columns, states, steps })?);
        }
        Ok(())
    }
}
