//! Random executions of a toy store that lags, forgets to answer and sometimes lies.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::consistency::{History, OperationId};
use crate::vocabulary::{
    ClientId, Command, Epoch, Key, LogEntry, Operation, Outcome, Refusal, RequestId, StateMachine,
    Value,
};

/// One event, as far as it depends on choices.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    session: usize,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// The session asks, perhaps without having heard of what it asked before.
    Ask(Operation),
    /// The session hears of what it asked last, from a replica that lacks the last `lag` updates.
    Hear { lag: usize },
    /// The session hears of what it asked first and has not heard of.
    HearLate,
    /// The session hears something else.
    HearLie(Outcome),
    /// What it asked last takes effect, and it hears nothing.
    TakeEffect,
    /// It tells another session.
    Notify { to: usize },
}

/// So many cases, the same in every run.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(1);
    ProptestConfig { cases, failure_persistence: None, rng_seed, ..ProptestConfig::default() }
}

/// Up to `length` steps of `sessions` sessions.
pub(crate) fn steps(sessions: usize, length: usize) -> impl Strategy<Value = Vec<Step>> {
    let to = 0..sessions;
    let kind = prop_oneof![
        8 => operation().prop_map(Kind::Ask),
        8 => prop_oneof![6 => Just(0), 2 => Just(1_usize), 1 => Just(2)]
            .prop_map(|lag| Kind::Hear { lag }),
        1 => Just(Kind::HearLate),
        1 => lie().prop_map(Kind::HearLie),
        1 => Just(Kind::TakeEffect),
        1 => to.prop_map(|to| Kind::Notify { to }),
    ];
    let step = (0..sessions, kind).prop_map(|(session, kind)| Step { session, kind });
    prop::collection::vec(step, 0..length)
}

/// The same steps by sessions of other names.
pub(crate) fn renamed(steps: &[Step], name: impl Fn(usize) -> usize) -> Vec<Step> {
    let renamed = |step: &Step| {
        let kind = match &step.kind {
            Kind::Notify { to } => Kind::Notify { to: name(*to) },
            Kind::Ask(_)
            | Kind::Hear { .. }
            | Kind::HearLate
            | Kind::HearLie(_)
            | Kind::TakeEffect => step.kind.clone(),
        };
        Step { session: name(step.session), kind }
    };
    steps.iter().map(renamed).collect()
}

fn operation() -> impl Strategy<Value = Operation> {
    let key = || prop_oneof![3 => Just("x"), 1 => Just("y")].prop_map(Key::from);
    let value = || prop_oneof![Just("1"), Just("2"), Just("3")].prop_map(Value::from);
    prop_oneof![
        6 => key().prop_map(|key| Operation::Read { key }),
        4 => (key(), value()).prop_map(|(key, value)| Operation::Write { key, value }),
        1 => key().prop_map(|key| Operation::Delete { key }),
        1 => key().prop_map(|key| Operation::Take { key }),
        2 => (key(), -1..3_i64).prop_map(|(key, amount)| Operation::Add { key, amount }),
        1 => (key(), prop::option::of(value()), value()).prop_map(|(key, expected, value)| {
            Operation::CompareAndSet { key, expected, value }
        }),
    ]
}

fn lie() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Done),
        prop::option::of(1..4_i64).prop_map(|found| Outcome::Found(found.map(Value::from))),
        (0..5_i64).prop_map(Outcome::Counted),
        any::<bool>().prop_map(Outcome::Swapped),
        Just(Outcome::Refused(Refusal::Unavailable)),
    ]
}

/// What the clients saw of an execution of `steps` by `sessions` sessions.
pub(crate) fn execution(sessions: usize, steps: &[Step]) -> History {
    let mut history = History::new(sessions);
    let mut versions = vec![StateMachine::default()];
    let mut open: Vec<Vec<(OperationId, Operation)>> = vec![Vec::new(); sessions];
    for Step { session, kind } in steps {
        match kind {
            Kind::Ask(operation) => {
                let id = history.invoke(*session, operation.clone());
                open[*session].push((id, operation.clone()));
            }
            Kind::Hear { lag } => {
                if let Some((id, operation)) = open[*session].pop() {
                    history.complete(id, outcome(&mut versions, &operation, *lag));
                }
            }
            Kind::HearLate => {
                if !open[*session].is_empty() {
                    let (id, operation) = open[*session].remove(0);
                    history.complete(id, outcome(&mut versions, &operation, 0));
                }
            }
            Kind::HearLie(lie) => {
                if let Some((id, operation)) = open[*session].pop() {
                    let truth = outcome(&mut versions, &operation, 0);
                    let is_answer = std::mem::discriminant(lie) == std::mem::discriminant(&truth);
                    history.complete(id, if is_answer { lie.clone() } else { truth });
                }
            }
            Kind::TakeEffect => {
                if let Some((_, operation)) = open[*session].pop() {
                    outcome(&mut versions, &operation, 0);
                }
            }
            Kind::Notify { to } => history.notify(*session, *to),
        }
    }
    history
}

fn outcome(versions: &mut Vec<StateMachine>, operation: &Operation, lag: usize) -> Outcome {
    let seen = versions.len() - 1 - lag.min(versions.len() - 1);
    let mut store = if operation.is_update() {
        versions[versions.len() - 1].clone()
    } else {
        versions[seen].clone()
    };
    let (client, request) = (ClientId(0), RequestId(1));
    let command = Command::Update { client, request, operation: operation.clone() };
    store.apply(&LogEntry { epoch: Epoch(1), command });
    let outcome = store.answered(client).expect("the client was answered").outcome.clone();
    if operation.is_update() {
        versions.push(store);
    }
    outcome
}
