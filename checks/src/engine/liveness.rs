//! What has to come true in the end: judged by the components of the due graph.
//!
//! A behaviour in which nothing goes wrong any more ends in one component of the due graph and stays
//! there, because it leaves each only once and there are finitely many. It can stay in a component for
//! ever, and be fair, exactly if no due action is possible in all of its states and leads out of it
//! from each; it can then visit all of its states again and again. So a property that has to come true
//! for good is violated exactly if some component that is fair in this sense has a bad state; and one
//! that has to stay within reach, if no component that some state leads to has a good one.

use std::collections::{HashMap, HashSet, VecDeque};

use holdfast_models::cluster::{Cluster, Judge};
use holdfast_models::protocol::Protocol;

use super::components::Components;
use super::due::{DueStep, Graph, Misjudged, Observer};
use super::threads::Threads;
use crate::explore::Ticket;

/// Why something does not come true.
pub(super) struct Failure {
    /// The first state that shows it: from there on it need not come true.
    pub(super) state: u32,
    pub(super) then: Never,
}

/// What happens from there on.
pub(super) enum Never {
    /// These steps, again and again; none, if nothing is due any more.
    Cycle(Vec<DueStep>),
    /// Whatever is due: none of it helps.
    Unreachable,
}

/// What judging came to.
pub(super) struct Outcome {
    /// Properties that are violated.
    pub(super) failures: Vec<(usize, Failure)>,
    /// Bytes of the tables.
    pub(super) bytes: usize,
}

/// Judges those properties of `cluster` that are about all that may follow, given a search that is
/// through. `None` if it had to stop.
pub(super) fn judge<P: Protocol>(
    cluster: &Cluster<P>,
    threads: &Threads,
    mut observers: Vec<Observer<'_, P>>,
    states: usize,
    ticket: &Ticket,
) -> Result<Option<Outcome>, Misjudged> {
    let Some(graph) = Graph::build(threads, &mut observers, states, ticket)? else {
        return Ok(None);
    };
    observers.truncate(1);
    let Some(components) = Components::find(&graph, || ticket.is_stopped()) else {
        return Ok(None);
    };
    let bytes = graph.bytes() + components.bytes();
    let Some(observer) = observers.pop() else { return Ok(None) };
    let mut judge = Jury { graph, components, observer, fair: HashMap::new(), ticket };
    let mut failures = Vec::new();
    for (property, what) in cluster.properties.iter().enumerate() {
        let failure = match what.judge {
            Judge::Eventually(_) => judge.for_ever_bad(property),
            Judge::Recoverable(_) => judge.beyond_recovery(property),
            Judge::Guarantee(_)
            | Judge::Invariant(_)
            | Judge::Transition(_)
            | Judge::Witness(_) => None,
        };
        failures.extend(failure.map(|failure| (property, failure)));
    }
    // What was answered after that is not to be believed.
    Ok((!ticket.is_stopped()).then_some(Outcome { failures, bytes }))
}

struct Jury<'a, P: Protocol> {
    graph: Graph,
    components: Components,
    observer: Observer<'a, P>,
    /// Components of several states, and whether one can stay there.
    fair: HashMap<u32, bool>,
    /// Once it says stop, answers are quick, and wrong.
    ticket: &'a Ticket,
}

impl<P: Protocol> Jury<'_, P> {
    /// The first fair component, by its first state, that has a bad state.
    fn for_ever_bad(&mut self, property: usize) -> Option<Failure> {
        let mut is_open = vec![false; self.components.len()];
        for state in self.all().filter(|state| self.graph.is_bad(*state, property)) {
            is_open[self.components.of(state) as usize] = true;
        }
        let first = self.all().find(|state| {
            let component = self.components.of(*state);
            std::mem::take(&mut is_open[component as usize]) && self.is_fair(component)
        })?;
        Some(Failure { state: first, then: Never::Cycle(self.cycle(first, property)) })
    }

    /// The first state that no good one can be reached from.
    fn beyond_recovery(&self, property: usize) -> Option<Failure> {
        let mut recovers: Vec<bool> = Vec::with_capacity(self.components.len());
        for component in 0..self.components.len() as u32 {
            let leads_to_good = |state: &u32| {
                let targets = self.graph.targets(*state).iter();
                !self.graph.is_bad(*state, property)
                    || targets
                        .map(|next| self.components.of(*next))
                        .any(|next| next < component && recovers[next as usize])
            };
            let recovered = self.components.states(component).iter().any(leads_to_good);
            recovers.push(recovered);
        }
        let state = self.all().find(|state| !recovers[self.components.of(*state) as usize])?;
        Some(Failure { state, then: Never::Unreachable })
    }

    fn all(&self) -> impl Iterator<Item = u32> + use<P> {
        0..self.graph.len() as u32
    }

    /// Whether a fair behaviour can stay in a component. It cannot if some action is possible in each
    /// of its states, and always leads out.
    fn is_fair(&mut self, component: u32) -> bool {
        let Self { graph, components, observer, fair, ticket } = self;
        let states = components.states(component);
        if let [alone] = states {
            // No step leads from a state to itself: that would change nothing.
            return graph.targets(*alone).is_empty();
        }
        *fair.entry(component).or_insert_with(|| {
            let mut neglected: Option<HashSet<u32>> = None;
            for state in states {
                if ticket.is_stopped() {
                    return false;
                }
                let steps = observer.steps(*state);
                let possible: HashSet<_> = steps.iter().map(|step| step.action).collect();
                let before = neglected.take();
                let mut left = before.map_or(possible.clone(), |before| &before & &possible);
                for step in steps.iter().filter(|step| components.of(step.to) == component) {
                    left.remove(&step.action);
                }
                if left.is_empty() {
                    return true;
                }
                neglected = Some(left);
            }
            false
        })
    }

    /// A way from `first` through its component and back that comes by a bad state, and on which no
    /// action is possible all the time and never taken.
    fn cycle(&mut self, first: u32, property: usize) -> Vec<DueStep> {
        let mut walk = Vec::new();
        if self.components.states(self.components.of(first)).len() == 1 {
            return walk;
        }
        let mut at = first;
        let mut owed = self.possible(first);
        let mut is_bad = self.graph.is_bad(first, property);
        while (!is_bad || !owed.is_empty()) && !self.ticket.is_stopped() {
            let way = self.way(at, |jury, step| {
                if is_bad {
                    owed.contains(&step.action) || !owed.is_subset(&jury.possible(step.to))
                } else {
                    jury.graph.is_bad(step.to, property)
                }
            });
            for step in &way {
                owed.remove(&step.action);
                let possible = self.possible(step.to);
                owed.retain(|action| possible.contains(action));
                at = step.to;
            }
            is_bad = true;
            walk.extend(way);
        }
        if at != first {
            walk.extend(self.way(at, |_, step| step.to == first));
        }
        walk
    }

    /// The actions that are due in `state`.
    fn possible(&mut self, state: u32) -> HashSet<u32> {
        self.observer.steps(state).iter().map(|step| step.action).collect()
    }

    /// The shortest way from `start`, within its component, whose last step is a goal.
    fn way(&mut self, start: u32, is_goal: impl Fn(&mut Self, DueStep) -> bool) -> Vec<DueStep> {
        let component = self.components.of(start);
        let mut reached_by: HashMap<u32, (u32, DueStep)> = HashMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(state) = open.pop_front() {
            if self.ticket.is_stopped() {
                return Vec::new();
            }
            for step in self.observer.steps(state) {
                if self.components.of(step.to) != component {
                    continue;
                }
                if is_goal(self, step) {
                    let mut way = vec![step];
                    let mut at = state;
                    while at != start {
                        let (before, step) = reached_by[&at];
                        way.push(step);
                        at = before;
                    }
                    way.reverse();
                    return way;
                }
                if step.to != start && !reached_by.contains_key(&step.to) {
                    reached_by.insert(step.to, (state, step));
                    open.push_back(step.to);
                }
            }
        }
        unreachable!(
            "in a component all states lead to each other, and in a fair one to every goal"
        )
    }
}
