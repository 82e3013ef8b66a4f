//! The due graph: where each state leads though nothing goes wrong, and which states are good.

use std::sync::atomic::{AtomicUsize, Ordering};

use holdfast_models::protocol::Protocol;

use super::cache::Cache;
use super::expand::Expander;
use super::judge::Judges;
use super::parts::Parts;
use super::threads::Threads;
use super::visited::Visited;
use crate::explore::Ticket;

/// A step that is due, and changes something.
#[derive(Clone, Copy)]
pub(super) struct DueStep {
    /// The state that it leads to.
    pub(super) to: u32,
    /// The number of its action.
    pub(super) action: u32,
}

/// Looks at states of a search that is through. Each thread has its own.
pub(super) struct Observer<'a, P: Protocol> {
    parts: &'a Parts<P>,
    judges: &'a Judges<'a, P>,
    visited: &'a Visited,
    expander: Expander<'a, P>,
    broken: Cache<u32>,
    combinations: Cache<u32>,
    /// Properties that are asked about, one bit each.
    asked: u32,
}

/// A property that panicked, the state it did so in, and what it said.
pub(super) type Misjudged = (usize, usize, String);

impl<'a, P: Protocol> Observer<'a, P> {
    pub(super) fn new(
        parts: &'a Parts<P>,
        judges: &'a Judges<'a, P>,
        visited: &'a Visited,
        asked: u32,
    ) -> Self {
        let (broken, combinations) = (Cache::new(1 << 13), Cache::new(1 << 13));
        let expander = Expander::new(parts);
        Self { parts, judges, visited, expander, broken, combinations, asked }
    }

    /// Hands the due steps of `state` to `found`. Answers for which properties it is a bad one, one bit
    /// each.
    pub(super) fn look(
        &mut self,
        state: u32,
        mut found: impl FnMut(DueStep),
    ) -> Result<u32, Misjudged> {
        let Self { parts, judges, visited, expander, broken, combinations, asked } = self;
        let mut row = vec![0; parts.columns()];
        visited.read(state as usize, &mut row);
        let combination = judges.combination(expander.places(&row), combinations);
        let is_quiescent = expander.expand(&row, |next, taken| {
            if !taken.is_fault {
                judges.judge_step(&row, combination, next, taken.moved, broken, combinations);
                let to = visited.find(next.row());
                let to = to.expect("a search that is through has seen whatever follows");
                found(DueStep { to, action: taken.action });
            }
        });
        // After a panic there is no state to judge, only the panic.
        if parts.fronts.get(row[parts.replicas()]).state.panicked.is_some() {
            return Ok(0);
        }
        let judged = judges.judge(&row, combination, is_quiescent, *asked);
        match judged.misjudged {
            Some((property, said)) => Err((state as usize, property, said)),
            None => Ok(judged.found),
        }
    }

    /// The due steps of `state`.
    pub(super) fn steps(&mut self, state: u32) -> Vec<DueStep> {
        let mut steps = Vec::new();
        let looked = self.look(state, |step| steps.push(step));
        looked.expect("what could be judged once can be judged again");
        steps
    }
}

/// All due steps of a search that is through: twelve bytes a state, and four a step.
pub(super) struct Graph {
    /// For each state, where the steps of the next begin.
    ends: Vec<usize>,
    targets: Vec<u32>,
    /// For each state, the properties that it is a bad one for, one bit each.
    bad: Vec<u32>,
}

/// How many states are looked at before what was found is put together.
const ROUND: usize = 1 << 14;
/// How many of them at a time.
const CHUNK: usize = 256;

impl Graph {
    /// Looks at every state, one observer for each thread. `None` if it had to stop.
    pub(super) fn build<P: Protocol>(
        threads: &Threads,
        observers: &mut [Observer<'_, P>],
        states: usize,
        ticket: &Ticket,
    ) -> Result<Option<Self>, Misjudged> {
        let mut graph = Self { ends: Vec::with_capacity(states), targets: Vec::new(), bad: vec![] };
        graph.bad.reserve_exact(states);
        for first in (0..states).step_by(ROUND) {
            let end = states.min(first + ROUND);
            let next = AtomicUsize::new(0);
            let looked = threads.each(observers.iter_mut(), |observer| {
                let mut done = Vec::new();
                loop {
                    let start = first + next.fetch_add(1, Ordering::Relaxed) * CHUNK;
                    if start >= end {
                        return done;
                    }
                    let chunk = start as u32..end.min(start + CHUNK) as u32;
                    done.push((start, Self::part(observer, chunk)));
                }
            });
            if ticket.is_stopped() {
                return Ok(None);
            }
            let mut chunks: Vec<_> = looked.into_iter().flatten().collect();
            chunks.sort_by_key(|(start, _)| *start);
            for (_, part) in chunks {
                graph.append(&part?);
            }
        }
        Ok(Some(graph))
    }

    fn part<P: Protocol>(
        observer: &mut Observer<'_, P>,
        states: std::ops::Range<u32>,
    ) -> Result<Self, Misjudged> {
        let mut part = Self { ends: Vec::new(), targets: Vec::new(), bad: Vec::new() };
        for state in states {
            let bad = observer.look(state, |step| part.targets.push(step.to))?;
            part.ends.push(part.targets.len());
            part.bad.push(bad);
        }
        Ok(part)
    }

    /// Adds what was found of later states.
    fn append(&mut self, later: &Self) {
        let before = self.targets.len();
        self.targets.extend_from_slice(&later.targets);
        self.ends.extend(later.ends.iter().map(|end| before + end));
        self.bad.extend_from_slice(&later.bad);
    }

    #[cfg(test)]
    pub(super) fn of(steps: &[Vec<u32>]) -> Self {
        let mut graph = Self { ends: vec![], targets: vec![], bad: vec![0; steps.len()] };
        for targets in steps {
            graph.targets.extend_from_slice(targets);
            graph.ends.push(graph.targets.len());
        }
        graph
    }

    /// How many states there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The states that due steps lead to from `state`.
    pub(super) fn targets(&self, state: u32) -> &[u32] {
        let place = state as usize;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.targets[start..self.ends[place]]
    }

    /// Whether `state` is a bad one for a property.
    pub(super) fn is_bad(&self, state: u32, property: usize) -> bool {
        self.bad[state as usize] & 1 << property != 0
    }

    pub(super) const fn bytes(&self) -> usize {
        self.ends.capacity() * size_of::<usize>()
            + (self.targets.capacity() + self.bad.capacity()) * size_of::<u32>()
    }
}
