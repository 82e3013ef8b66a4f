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
/// One with few: what starting takes is all that there is.
pub const SMALL: &str = "asynchronous-failover";

/// Measurements that take turns.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenarios to explore.
    pub scenarios: Vec<String>,
    /// The ways to explore them, in turn.
    pub searches: Vec<Search>,
    /// Whether rows go into a plain set, too.
    pub floor: bool,
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
    /// Everything, of one large, one middle and one small scenario.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            scenarios: [MILLION, MIDDLE, SMALL].map(str::to_owned).into(),
            searches: Search::ALL.into(),
            floor: true,
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
        let of_one = self.searches.len() + usize::from(self.floor);
        let others = usize::from(self.quick_tier) + usize::from(self.start);
        self.repetitions * (self.scenarios.len() * of_one + others)
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
        let mut turns: Vec<_> = self.scenarios.iter().map(|_| Turns::default()).collect();
        let (mut tier, mut start) = (Vec::new(), Vec::new());
        for _ in 0..self.repetitions {
            for (scenario, turns) in self.scenarios.iter().zip(&mut turns) {
                self.take_turns(scenario, turns, &mut measure)?;
            }
            if self.quick_tier {
                tier.push(measure(Task::QuickTier)?);
            }
            if self.start {
                start.push(processes.start_to_verdict()?.as_secs_f64());
            }
        }
        let compared = self.scenarios.iter().zip(turns);
        Ok(Report {
            machine: Machine::this(),
            repetitions: self.repetitions,
            compared: compared
                .filter_map(|(scenario, turns)| {
                    Compared::of(scenario, &turns.searches, &turns.floor)
                })
                .collect(),
            quick_tier: Tier::of(&tier),
            start: Sample::of(start),
        })
    }

    fn take_turns(
        &self,
        scenario: &str,
        turns: &mut Turns,
        measure: &mut impl FnMut(Task) -> Result<Measurement, Failure>,
    ) -> Result<(), Failure> {
        for (index, search) in self.searches.iter().enumerate() {
            let task = Task::Explore { scenario: scenario.to_owned(), search: *search };
            let measured = measure(task)?;
            if turns.searches.len() == index {
                turns.searches.push((*search, Vec::new()));
            }
            turns.searches[index].1.push(measured);
        }
        let first = turns.searches.first().and_then(|(_, measured)| measured.last());
        if let (true, Some(first)) = (self.floor, first) {
            let Measurement { columns, states, steps, .. } = *first;
            turns.floor.push(measure(Task::Floor { columns, states, steps })?);
        }
        Ok(())
    }
}

/// What was measured of one scenario, repetition by repetition.
#[derive(Default)]
struct Turns {
    searches: Vec<(Search, Vec<Measurement>)>,
    floor: Vec<Measurement>,
}
