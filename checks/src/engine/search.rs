//! A search: level after level, until nothing is left, everything sought is found, or it has to stop.

use std::sync::Arc;

use holdfast_models::cluster::{Action, Cluster, Narrate, State};
use holdfast_models::protocol::Protocol;

use super::batch::Batch;
use super::judge::Judges;
use super::parts::{Next, Parts, next_state};
use super::round::Round;
use super::visited::Visited;
use super::worker::{Findings, Worker};
use crate::explore::{Found, Path, Sought, Ticket};

/// How many states are expanded before what they lead to is merged.
const ROUND: usize = 1 << 14;

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
    let threads = threads.max(1);
    let mut round = Round {
        workers: (0..threads).map(|_| Worker::new(&parts, &judges)).collect(),
        ticket,
        batch: Batch::new(parts.columns()),
    };
    let mut search = Search {
        cluster,
        parts: &parts,
        judges: &judges,
        visited: Visited::new(&parts.split(&cluster.initial_state()), threads),
        shown: vec![None; cluster.properties.len()],
        panicked: None,
        misjudged: None,
        generated: 0,
    };
    let (depth, exhausted) = search.run(sought, &mut round);
    let coverage = parts.kinds.iter().enumerate().map(|(index, kind)| {
        (*kind, round.workers.iter().map(|worker| worker.expander.counts[index]).sum())
    });
    Found { coverage: coverage.collect(), ..search.found(depth, exhausted) }
}

struct Search<'a, P: Protocol> {
    cluster: &'a Cluster<P>,
    parts: &'a Parts<P>,
    judges: &'a Judges<'a, P>,
    visited: Visited,
    /// For each property, the first state that shows it violated or reached.
    shown: Vec<Option<usize>>,
    /// The first state in which something panicked.
    panicked: Option<usize>,
    /// The first state that a property panicked on, which, and what it said.
    misjudged: Option<(usize, usize, String)>,
    generated: usize,
}

impl<P: Narrate> Search<'_, P> {
    /// Answers how many levels there are beyond the first, and whether everything was visited.
    fn run(&mut self, sought: &Sought, round: &mut Round<'_, P>) -> (usize, bool) {
        let (mut depth, mut next) = (0, 0);
        loop {
            let level_end = self.visited.len();
            while next < level_end {
                let end = level_end.min(next + ROUND);
                let open = self.open();
                let Some(findings) = round.run(&mut self.visited, next, end, open) else {
                    return (depth, false);
                };
                self.note(findings, round.ticket);
                next = end;
                if self.is_satisfied(sought) {
                    return (depth, false);
                }
            }
            if self.visited.len() == level_end {
                return (depth, true);
            }
            depth += 1;
        }
    }

    /// Properties that are still to be judged, one bit each.
    fn open(&self) -> u32 {
        let misjudged = self.misjudged.as_ref().map(|(_, property, _)| *property);
        let shown = self.shown.iter().enumerate();
        shown
            .filter(|(property, state)| state.is_none() && misjudged != Some(*property))
            .fold(0, |open, (property, _)| open | 1 << property)
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
    }

    fn found(self, depth: usize, exhausted: bool) -> Found<P> {
        let paths = self.shown.iter().map(|state| Some(self.path_to((*state)?))).collect();
        let panic = match &self.misjudged {
            Some((state, _, message)) => {
                let mut path = self.path_to(*state);
                if let Some((state, _)) = path.last_mut() {
                    state.panicked = Some(message.as_str().into());
                }
                Some(path)
            }
            None => self.panicked.map(|state| self.path_to(state)),
        };
        Found {
            states: self.visited.len(),
            generated: Some(self.generated),
            bytes: Some(self.visited.bytes() + self.parts.bytes() + self.judges.bytes()),
            depth: Some(depth),
            exhausted,
            coverage: Vec::new(),
            paths,
            panic,
        }
    }

    /// The states on the way to state `index`, each with the action that leads to the next.
    fn path_to(&self, index: usize) -> Path<P> {
        let mut row = vec![0; self.parts.columns()];
        let states = self.visited.path_to(index).into_iter().map(|index| {
            self.visited.read(index, &mut row);
            self.parts.join(&row)
        });
        let mut states = states.peekable();
        let mut path = Vec::new();
        while let Some(state) = states.next() {
            let action = states.peek().map(|next| self.action_between(&state, next));
            path.push((state, action));
        }
        path
    }

    /// The first action that leads from `before` to `after`: found by the cluster itself, so that a
    /// path is known to be one.
    fn action_between(&self, before: &State<P>, after: &State<P>) -> Action<P> {
        let mut actions = Vec::new();
        self.cluster.actions(before, &mut actions);
        let leads_there = |action: &Action<P>| match next_state(self.cluster, before, action) {
            Next::Changed(next) => *next == *after,
            Next::Unchanged => false,
            Next::Panicked(message) => after.panicked == Some(message),
        };
        let action = actions.into_iter().find(leads_there);
        action.expect("what the engine found to follow a state does follow it")
    }
}
