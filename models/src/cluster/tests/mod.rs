//! The cluster itself, around a protocol just large enough to need each rule.

mod clients;
mod crashes;
pub(crate) mod reductions;
mod world;

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::*;
use crate::protocol::{Effects, Input, Persist, Purpose, SyncPolicy};
use crate::vocabulary::{Operation, Outcome, Refusal, Reply, Timestamp, Token};

/// One replica keeps a number that requests add one to; the others count what it tells them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Counter {
    pub(super) replicas: u8,
    pub(super) habit: Habit,
}

/// As far as a counter counts: datagrams may arrive for ever.
const MOST: u64 = 2;

/// When a counter answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Habit {
    /// After persisting, in the same step.
    PersistThenAnswer(SyncPolicy),
    /// At once; it persists when a timer fires.
    AnswerThenPersist,
    /// Never: it refuses.
    Refuse,
    /// It panics on the second request.
    Panic,
}

impl Protocol for Counter {
    type Replica = u64;
    type Durable = u64;
    type Message = u64;
    type Timer = Purpose;

    fn replicas(&self) -> u8 {
        self.replicas
    }

    fn purpose(&self, timer: Purpose) -> Purpose {
        timer
    }

    fn start(
        &self,
        _: ReplicaId,
        durable: Option<&u64>,
        _: Timestamp,
        effects: &mut Effects<Self>,
    ) -> u64 {
        effects.arm.push(Purpose::Progress);
        durable.copied().unwrap_or_default()
    }

    fn step(
        &self,
        me: ReplicaId,
        count: &mut u64,
        _: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        let persist = |durable, sync| Some(Persist { durable, sync });
        match input {
            Input::Message { .. } => *count = (*count + 1).min(MOST),
            Input::Timeout(_) => {
                if self.habit == Habit::AnswerThenPersist && *count > 0 {
                    effects.persist = persist(*count, SyncPolicy::BeforeRelease);
                }
            }
            Input::Request { from, request } => {
                *count = (*count + 1).min(MOST);
                let outcome = match self.habit {
                    Habit::PersistThenAnswer(sync) => {
                        effects.persist = persist(*count, sync);
                        Outcome::Done
                    }
                    Habit::AnswerThenPersist => Outcome::Done,
                    Habit::Refuse => Outcome::Refused(Refusal::Unavailable),
                    Habit::Panic => {
                        assert!(*count < 2, "two is too many");
                        Outcome::Done
                    }
                };
                let others = (0..self.replicas).map(ReplicaId).filter(|other| *other != me);
                effects.send.extend(others.map(|other| (other, *count)));
                let reply =
                    Reply { request: request.id, outcome, token: Token::default(), context: None };
                effects.reply.push((from, reply));
            }
        }
    }
}

/// A write at replica 0.
pub(super) const WRITE: Step = Step::Ask(Ask::Write("x", "1"), At::Replica(0));

pub(super) const ONE_CLIENT: &[Client] = &[Client { session: Session::Plain, script: &[WRITE] }];

pub(super) fn counter(habit: Habit, environment: Environment) -> Cluster<Counter> {
    Cluster {
        protocol: Counter { replicas: 1, habit },
        environment,
        clients: ONE_CLIENT,
        properties: Vec::new(),
        stop: Arc::default(),
    }
}

/// Every reachable state, nearest first, with its distance. Stops beyond `limit` states.
pub(crate) fn explore<P: Protocol>(
    cluster: &Cluster<P>,
    limit: usize,
) -> Option<Vec<(State<P>, u16)>> {
    let hash = BuildHasherDefault::<DefaultHasher>::new();
    let mut seen: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let mut states: Vec<(State<P>, u16)> = Vec::new();
    let mut next = VecDeque::from([(cluster.initial_state(), 0)]);
    while let Some((state, distance)) = next.pop_front() {
        let alike = seen.entry(hash.hash_one(&state)).or_default();
        if alike.iter().any(|index| states[*index].0 == state) {
            continue;
        }
        alike.push(states.len());
        states.push((state.clone(), distance));
        if states.len() > limit {
            return None;
        }
        let mut actions = Vec::new();
        cluster.actions(&state, &mut actions);
        let steps = actions.iter().filter_map(|action| cluster.next_state(&state, action));
        next.extend(steps.map(|step| (step, distance + 1)));
    }
    Some(states)
}

pub(super) fn all<P: Protocol>(cluster: &Cluster<P>) -> Vec<State<P>> {
    let states = explore(cluster, 100_000).expect("these clusters are small");
    states.into_iter().map(|(state, _)| state).collect()
}

/// Whether the client's write has been acknowledged.
pub(super) fn acknowledged<P: Protocol>(state: &State<P>) -> bool {
    state.history.acknowledged_updates().next().is_some()
}

pub(super) fn is_update(operation: &Operation) -> bool {
    operation.is_update()
}
