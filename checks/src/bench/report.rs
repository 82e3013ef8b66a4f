//! What measuring comes to.

use serde::{Deserialize, Serialize};

use super::machine::Machine;
use super::measurement::Measurement;
use super::sample::Sample;
use super::task::Search;
use crate::explore::Cause;

/// Below, bytes a state are those of empty tables.
pub(super) const FEW_STATES: usize = 10_000;

/// Everything that was measured in one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// On which machine.
    pub machine: Machine,
    /// How often.
    pub repetitions: usize,
    /// Scenario by scenario.
    pub compared: Vec<Compared>,
    /// All quick scenarios.
    pub quick_tier: Option<Tier>,
    /// Seconds from starting the program to the verdict on a small scenario.
    pub start: Option<Sample>,
}

/// The searches of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Which.
    pub scenario: String,
    /// How many numbers the engine makes of a state.
    pub columns: usize,
    /// How many states there are.
    pub states: usize,
    /// How many steps.
    pub steps: usize,
    /// How many steps the farthest state is away, if that is known.
    pub depth: Option<usize>,
    /// Whether all searches that were through came to the same.
    pub agree: bool,
    /// Search by search, and the floor.
    pub rows: Vec<Row>,
    /// How many times as fast, by the clock, two threads of the engine are as one.
    pub second_thread: Option<Sample>,
    /// Which part of the floor's rate the engine has, with one thread.
    pub of_floor: Option<Sample>,
}

/// One search of a scenario, or its floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// How: the floor is none.
    pub search: Option<Search>,
    /// Steps a second: that one thread computes; of several threads by the clock.
    pub rate: Sample,
    /// How many times the rate of Stateright's search breadth first that is.
    pub times_reference: Option<Sample>,
    /// Bytes a state in the tables that tell states apart.
    pub bytes_a_state: Option<Sample>,
    /// Bytes a state of memory of the process at most.
    pub resident_a_state: Option<Sample>,
    /// Seconds by the clock.
    pub seconds: Sample,
    /// Which part of that time each thread had a processor.
    pub share: Sample,
    /// Why it ended early, if it did.
    pub truncated: Option<Cause>,
}

/// All quick scenarios, explored by as many threads as there are cores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// How many states.
    pub states: usize,
    /// Seconds by the clock.
    pub seconds: Sample,
    /// Seconds that all threads computed.
    pub computed: Sample,
    /// Why some search ended early, if one did.
    pub truncated: Option<Cause>,
}

impl Report {
    /// Whether searches of the same scenario came to the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.compared.iter().all(|compared| compared.agree)
    }

    /// Why something ended early, if something did.
    #[must_use]
    pub fn truncated(&self) -> Option<Cause> {
        let rows = self.compared.iter().flat_map(|compared| &compared.rows);
        let tier = self.quick_tier.iter().filter_map(|tier| tier.truncated.clone());
        rows.filter_map(|row| row.truncated.clone()).chain(tier).next()
    }

    /// The scenario with most states of those that `search` has explored.
    #[must_use]
    pub fn largest(&self, search: Search) -> Option<&Compared> {
        let explored = self.compared.iter().filter(|compared| compared.row(search).is_some());
        explored.max_by_key(|compared| compared.states)
    }

    /// The row whose rates are farthest apart, with its scenario.
    #[must_use]
    pub fn noisiest(&self) -> Option<(&Compared, &Row)> {
        let rows = self.compared.iter().flat_map(|it| it.rows.iter().map(move |row| (it, row)));
        rows.max_by(|(_, one), (_, other)| one.rate.spread().total_cmp(&other.rate.spread()))
    }

    /// Which part of the time one thread had a processor, search by search.
    #[must_use]
    pub fn share(&self) -> Option<Sample> {
        let rows = self.compared.iter().flat_map(|compared| &compared.rows);
        // What is over in no time says nothing.
        let long = rows.filter(|row| row.seconds.median > 0.1);
        Sample::of(long.map(|row| row.share.median))
    }
}

impl Compared {
    /// Of each search's repetitions, and the floor's. `None` if nothing was measured.
    pub(super) fn of(
        scenario: &str,
        searches: &[(Search, Vec<Measurement>)],
        floor: &[Measurement],
    ) -> Option<Self> {
        let (_, first) = searches.first()?;
        let Measurement { columns, states, steps, depth, .. } = *first.first()?;
        let of = |wanted: Search| {
            let found = searches.iter().find(|(search, _)| *search == wanted);
            found.map(|(_, measured)| measured.as_slice())
        };
        let reference = of(Search::BreadthFirst);
        let named = searches
            .iter()
            .map(|(search, measured)| (search.to_string(), Some(*search), measured.as_slice()));
        let floor_is = format!("floor: rows of {columns} numbers into a set");
        let rows = named.chain([(floor_is, None, floor)]);
        let all = || searches.iter().flat_map(|(_, measured)| measured);
        let through = || all().filter(|measured| measured.truncated.is_none());
        let same = |one: &Measurement| (one.states, one.steps);
        let depths = || through().filter_map(|measured| measured.depth);
        let alone = of(Search::Engine { threads: 1 });
        let ratio = |others: Option<&[Measurement]>, of: fn(&Measurement) -> f64, down: bool| {
            let pairs = alone?.iter().zip(others?);
            Sample::of(pairs.map(
                |(one, other)| {
                    if down { of(one) / of(other) } else { of(other) / of(one) }
                },
            ))
        };
        Some(Self {
            scenario: scenario.to_owned(),
            columns,
            states,
            steps,
            depth,
            agree: through().all(|one| through().next().is_some_and(|it| same(it) == same(one)))
                && depths().all(|one| depths().next() == Some(one)),
            rows: rows
                .filter_map(|(name, search, measured)| Row::of(name, search, measured, reference))
                .collect(),
            second_thread: ratio(of(Search::Engine { threads: 2 }), |one| one.wall, true),
            of_floor: ratio(Some(floor), Measurement::computed_rate, true),
        })
    }

    /// The row of a search.
    #[must_use]
    pub fn row(&self, search: Search) -> Option<&Row> {
        self.rows.iter().find(|row| row.search == Some(search))
    }
}

impl Row {
    fn of(
        name: String,
        search: Option<Search>,
        measured: &[Measurement],
        reference: Option<&[Measurement]>,
    ) -> Option<Self> {
        let threads = match search {
            Some(Search::Engine { threads }) => threads,
            Some(Search::Compressed | Search::BreadthFirst | Search::DepthFirst) | None => 1,
        };
        let rate = if threads > 1 { Measurement::wall_rate } else { Measurement::computed_rate };
        let is_reference = search == Some(Search::BreadthFirst);
        let others = reference.filter(|_| !is_reference).unwrap_or_default();
        let ratios = measured.iter().zip(others).map(|(one, other)| {
            let other = if threads > 1 { other.wall_rate() } else { other.computed_rate() };
            rate(one) / other
        });
        let each = |bytes: fn(&Measurement) -> Option<usize>| {
            let large = measured.iter().filter(|one| one.states >= FEW_STATES);
            Sample::of(large.filter_map(|one| Some(bytes(one)? as f64 / one.states as f64)))
        };
        Some(Self {
            name,
            search,
            rate: Sample::of(measured.iter().map(rate))?,
            times_reference: Sample::of(ratios),
            bytes_a_state: each(|one| one.bytes),
            resident_a_state: each(|one| one.resident),
            seconds: Sample::of(measured.iter().map(|one| one.wall))?,
            share: Sample::of(measured.iter().map(|one| one.share(threads)))?,
            truncated: measured.iter().find_map(|one| one.truncated.clone()),
        })
    }
}

impl Tier {
    /// `None` if it was not measured.
    pub(super) fn of(measured: &[Measurement]) -> Option<Self> {
        Some(Self {
            states: measured.first()?.states,
            seconds: Sample::of(measured.iter().map(|one| one.wall))?,
            computed: Sample::of(measured.iter().map(|one| one.computed))?,
            truncated: measured.iter().find_map(|one| one.truncated.clone()),
        })
    }
}
