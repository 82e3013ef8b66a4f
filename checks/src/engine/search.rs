//! A search: level after level, until nothing is left, everything sought is found, or it has to stop.

use std::sync::Arc;

use holdfast_models::cluster::{Cluster, Narrate, State};
use holdfast_models::protocol::Protocol;

use super::batch::Batch;
use super::checkpoint::{Checkpoints, Progress};
use super::due::{DueStep, Observer};
use super::judge::Judges;
use super::liveness::{self, Failure, Never};
use super::orbit::Representatives;
use super::parts::Parts;
use super::round::Round;
use super::spill::Room;
use super::symmetry::Symmetry;
use super::threads::Threads;
use super::visited::Visited;
use super::way::Ways;
use super::worker::{Findings, NO_PROPERTY, Worker};
use crate::explore::{Cause, Found, Kept, Path, Route, Sought, Then, Ticket};

/// Kinds of steps are numbered in a byte.
pub(super) const KINDS: usize = 256;

/// How many states are expanded before what they lead to is merged.
const ROUND: usize = 1 << 14;

/// For each property the way to where it is violated or reached, and the way to a panic.
type Told<P> = (Vec<Option<Route<P>>>, Option<Path<P>>);

/// Searches `cluster`. Every path is as short as can be, and the first of those that are, whatever the
/// number of threads.
pub(crate) fn search<P: Narrate>(
    cluster: &Cluster<P>,
    sought: &Sought,
    threads: usize,
    ticket: &Arc<Ticket>,
) -> Found<P> {
    let parts = Parts::new(cluster);
    let judges = Judges::new(cluster, &parts);
    // Whoever resumes has to meet the same numbers in what follows a state, not in what stands for it.
    let is_whole = ticket.storage().checkpointing.is_some();
    let symmetry = if is_whole { Ok(None) } else { Symmetry::of(cluster, &parts) };
    let (symmetry, wrong) = symmetry.map_or_else(|wrong| (None, Some(wrong)), |it| (it, None));
    let threads = Threads::new(threads);
    let new = |_| Worker::new(&parts, &judges, symmetry.as_ref());
    let mut round = Round {
        workers: (0..threads.count()).map(new).collect(),
        threads,
        ticket,
        batch: Batch::new(parts.columns()),
    };
    let first = parts.split(&cluster.initial_state());
    let mut search = Search {
        cluster,
        parts: &parts,
        judges: &judges,
        symmetry: symmetry.as_ref(),
        visited: Visited::new(&first, round.threads.count(), ticket.storage().compressed),
        shown: vec![None; cluster.properties.len()],
        failures: cluster.properties.iter().map(|_| None).collect(),
        bytes: 0,
        panicked: None,
        misjudged: wrong.map(|wrong| (0, NO_PROPERTY, wrong)),
        generated: 0,
        stood_for: 0,
        room: None,
        progress: Progress { level_end: 1, counts: vec![0; KINDS], ..Progress::default() },
        counted_before: vec![0; KINDS],
        checkpoints: None,
    };
    let mut exhausted = match search.begin(&first, ticket) {
        Ok(()) => search.run(sought, &mut round),
        Err(cause) => {
            ticket.stop(cause);
            false
        }
    };
    let depth = search.progress.depth;
    let coverage = parts.kinds.iter().enumerate().map(|(index, kind)| {
        let counts = round.workers.iter().map(|worker| worker.expander.counts[index]);
        (*kind, search.counted_before[index] + counts.sum::<usize>())
    });
    let coverage = coverage.collect();
    let threads = round.threads;
    drop(round.workers);
    if exhausted {
        exhausted = search.judge_what_may_follow(&threads, ticket);
    }
    Found { coverage, ..search.found(depth, exhausted, ticket) }
}

/// A search, and what it has found.
pub(super) struct Search<'a, P: Protocol> {
    pub(super) cluster: &'a Cluster<P>,
    pub(super) parts: &'a Parts<P>,
    pub(super) judges: &'a Judges<'a, P>,
    symmetry: Option<&'a Symmetry<'a, P>>,
    pub(super) visited: Visited,
    /// For each property, the first state that shows it violated or reached.
    pub(super) shown: Vec<Option<usize>>,
    /// For each property, why it does not come true in the end.
    pub(super) failures: Vec<Option<Failure>>,
    /// Bytes that judging this took.
    pub(super) bytes: usize,
    /// The first state in which something panicked.
    pub(super) panicked: Option<usize>,
    /// The first state that a property panicked on, which, and what it said.
    pub(super) misjudged: Option<(usize, usize, String)>,
    pub(super) generated: usize,
    /// How many states those stand for that were expanded.
    stood_for: usize,
    /// Room for what is compared with states on disk, if they are there.
    pub(super) room: Option<Room>,
    /// Where it is.
    pub(super) progress: Progress,
    /// How many steps of each kind there were before it was resumed.
    pub(super) counted_before: Vec<usize>,
    pub(super) checkpoints: Option<Checkpoints<'a, P>>,
}

impl<P: Narrate> Search<'_, P> {
    /// Answers whether everything was visited.
    fn run(&mut self, sought: &Sought, round: &mut Round<'_, P>) -> bool {
        loop {
            while self.progress.next < self.progress.level_end {
                match self.one_round(sought, round) {
                    Ok(false) => {}
                    Ok(true) => return false,
                    Err(cause) => {
                        round.ticket.stop(cause);
                        return false;
                    }
                }
            }
            if self.visited.len() == self.progress.level_end {
                return true;
            }
            self.progress.depth += 1;
            self.progress.level_end = self.visited.len();
        }
    }

    /// Expands some states of the level. Answers whether the search is to end.
    fn one_round(&mut self, sought: &Sought, round: &mut Round<'_, P>) -> Result<bool, Cause> {
        let Progress { next, level_end, .. } = self.progress;
        let end = level_end.min(next + ROUND);
        let open = self.open();
        let Some(findings) = round.run(&mut self.visited, next, end, open) else {
            self.write_checkpoint()?;
            return Ok(true);
        };
        self.note(findings, round.ticket);
        self.progress.next = end;
        let is_satisfied = self.is_satisfied(sought);
        self.keep_within_memory(is_satisfied || end == level_end, round.ticket)?;
        self.checkpoint(round)?;
        Ok(is_satisfied)
    }

    /// Properties that are still to be judged state by state, one bit each.
    fn open(&self) -> u32 {
        let misjudged = self.misjudged.as_ref().map(|(_, property, _)| *property);
        let shown = self.shown.iter().enumerate();
        shown
            .filter(|(property, state)| state.is_none() && misjudged != Some(*property))
            .fold(0, |open, (property, _)| open | 1 << property)
            & !self.about_what_may_follow()
    }

    /// Properties that are judged when everything was visited, one bit each.
    fn about_what_may_follow(&self) -> u32 {
        let properties = self.cluster.properties.iter().enumerate();
        properties
            .filter(|(_, property)| property.is_liveness())
            .fold(0, |bits, (index, _)| bits | 1 << index)
    }

    /// Judges those, of which a search that is not through can say nothing. Answers whether it could.
    fn judge_what_may_follow(&mut self, threads: &Threads, ticket: &Ticket) -> bool {
        let asked = self.about_what_may_follow();
        if asked == 0 {
            return true;
        }
        if self.visited.is_on_disk() {
            ticket.stop(Cause::OnDisk);
            return false;
        }
        let new = |_| Observer::new(self.parts, self.judges, &self.visited, asked);
        let observers = (0..threads.count()).map(new).collect();
        match liveness::judge(self.cluster, threads, observers, self.visited.len(), ticket) {
            Ok(None) => false,
            Ok(Some(outcome)) => {
                self.bytes = outcome.bytes;
                for (property, failure) in outcome.failures {
                    self.failures[property] = Some(failure);
                    ticket.found_violation();
                }
                true
            }
            Err(misjudged) => {
                self.misjudged.get_or_insert(misjudged);
                true
            }
        }
    }

    fn is_satisfied(&self, sought: &Sought) -> bool {
        let is_found = |property: &usize| match self.shown.get(*property) {
            Some(state) => {
                state.is_some() || self.misjudged.as_ref().is_some_and(|(_, of, _)| of == property)
            }
            None => self.panicked.is_some(),
        };
        match sought {
            Sought::Everything => false,
            Sought::Nearest(wanted) => wanted.iter().all(is_found),
        }
    }

    fn note(&mut self, findings: Findings, ticket: &Ticket) {
        for (property, state) in findings.found {
            self.shown[property].get_or_insert(state);
            if !self.cluster.properties[property].is_witness() {
                ticket.found_violation();
            }
        }
        self.panicked = self.panicked.or(findings.panicked);
        self.misjudged = self.misjudged.take().or(findings.misjudged);
        self.generated += findings.generated;
        self.stood_for += findings.states;
    }

    fn found(mut self, depth: usize, mut exhausted: bool, ticket: &Ticket) -> Found<P> {
        let (routes, panic) = self.told().unwrap_or_else(|cause| {
            // What cannot be shown is not said.
            ticket.stop(cause);
            exhausted = false;
            (self.shown.iter().map(|_| None).collect(), None)
        });
        let states = self.states().unwrap_or_else(|cause| {
            ticket.stop(cause);
            exhausted = false;
            self.visited.len()
        });
        let on_disk = self.visited.bytes_on_disk();
        let compressed = ticket.storage().compressed && !self.visited.is_on_disk();
        Found {
            states,
            orbits: self.symmetry.map(|_| self.visited.len()),
            generated: Some(self.generated),
            bytes: Some(
                self.visited.bytes()
                    + self.parts.bytes()
                    + self.judges.bytes()
                    + self.symmetry.map_or(0, Symmetry::bytes)
                    + self.bytes,
            ),
            kept: Kept { compressed, on_disk },
            depth: Some(depth),
            exhausted,
            coverage: Vec::new(),
            routes,
            panic,
        }
    }

    /// The ways to whatever was found.
    fn told(&mut self) -> Result<Told<P>, Cause> {
        let failures = std::mem::take(&mut self.failures);
        let mut routes = Vec::new();
        for (property, failure) in failures.iter().enumerate() {
            routes.push(match (failure, self.shown[property]) {
                _ if self.is_misled() => None,
                (Some(failure), _) => Some(self.route_of(failure)?),
                (None, Some(state)) => {
                    Some(Route { path: self.path_to(state)?, then: Then::Found })
                }
                (None, None) => None,
            });
        }
        let panic = match self.misjudged.clone() {
            Some((state, _, message)) => {
                let mut path = self.path_to(state)?;
                if let Some((state, _)) = path.last_mut() {
                    state.panicked = Some(message.into());
                }
                Some(path)
            }
            None => self.panicked.map(|state| self.path_to(state)).transpose()?,
        };
        Ok((routes, panic))
    }

    /// The way to where something need not come true any more, and what happens from there on.
    fn route_of(&mut self, failure: &Failure) -> Result<Route<P>, Cause> {
        let mut path = self.path_to(failure.state as usize)?;
        let then = match &failure.then {
            Never::Unreachable => Then::NoWay,
            Never::Cycle(steps) if steps.is_empty() => Then::Nothing,
            Never::Cycle(steps) => {
                for DueStep { to, action } in steps {
                    if let Some((_, taken)) = path.last_mut() {
                        *taken = Some(self.parts.actions.get(*action).clone());
                    }
                    path.push((self.state(*to as usize)?, None));
                }
                Then::Again(steps.len())
            }
        };
        Ok(Route { path, then })
    }

    fn state(&mut self, index: usize) -> Result<State<P>, Cause> {
        let mut row = vec![0; self.parts.columns()];
        self.visited.fetch(index, &mut row)?;
        Ok(self.parts.join(&row))
    }

    fn path_to(&mut self, index: usize) -> Result<Path<P>, Cause> {
        let states = self.visited.path_to(index).into_iter();
        let states: Vec<_> = states.map(|index| self.state(index)).collect::<Result<_, _>>()?;
        let Self { cluster, parts, symmetry, .. } = *self;
        Ok(Ways { cluster, parts, symmetry }.along(states, self.is_misled()))
    }

    /// How many states were visited, those included that others stand for.
    fn states(&mut self) -> Result<usize, Cause> {
        let Some(symmetry) = self.symmetry else { return Ok(self.visited.len()) };
        let mut representatives = Representatives::new(symmetry);
        let mut row = vec![0; self.parts.columns()];
        let (mut ahead, end) = (0, self.visited.len());
        for first in (self.progress.next..end).step_by(ROUND) {
            let some = first..end.min(first + ROUND);
            self.visited.open(some.clone())?;
            for index in some {
                self.visited.read(index, &mut row);
                ahead += representatives.size(&row);
            }
        }
        Ok(self.stood_for + ahead)
    }

    /// Whether a declared symmetry is known to be none. Then what was found may be anywhere.
    fn is_misled(&self) -> bool {
        self.misjudged.as_ref().is_some_and(|(_, property, _)| *property == NO_PROPERTY)
    }
}
