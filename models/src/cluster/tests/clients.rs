//! What clients can know.

use super::*;
use crate::consistency::OperationId;

const DONE: Habit = Habit::PersistThenAnswer(SyncPolicy::BeforeRelease);

fn with_network(network: NetworkKind, faults: FaultBudget) -> Environment {
    Environment { network, faults, ..Environment::CALM }
}

fn first(state: &State<Counter>) -> Option<&crate::consistency::Record> {
    state.history.get(OperationId { session: 0, index: 0 })
}

#[test]
fn a_client_that_gives_up_leaves_its_operation_open_and_goes_on() {
    let faults = FaultBudget { give_ups: 1, ..FaultBudget::NONE };
    let mut cluster = counter(DONE, with_network(NetworkKind::Datagram, faults));
    cluster.clients = &[Client { session: Session::Plain, script: &[WRITE, WRITE] }];
    let both_asked_first_open = |state: &&State<Counter>| {
        state.history.sessions()[0].len() == 2 && first(state).is_some_and(|r| r.returned.is_none())
    };
    assert!(all(&cluster).iter().any(|state| both_asked_first_open(&state)));
    cluster.environment.faults = FaultBudget::NONE;
    assert!(!all(&cluster).iter().any(|state| both_asked_first_open(&state)));
}

#[test]
fn a_late_reply_to_a_request_given_up_is_not_heard() {
    let faults = FaultBudget { give_ups: 1, ..FaultBudget::NONE };
    let cluster = counter(DONE, with_network(NetworkKind::Datagram, faults));
    for state in all(&cluster) {
        if state.budget.give_ups == 0 {
            assert!(first(&state).is_some_and(|record| record.returned.is_none()));
            assert!(!state.network.iter().any(|e| matches!(e.body, Body::Reply(_))));
        }
    }
}

#[test]
fn a_refusal_is_definite_only_where_the_request_cannot_arrive_again() {
    let is_refused = |network| {
        let cluster = counter(Habit::Refuse, with_network(network, FaultBudget::NONE));
        let finished = |state: &State<Counter>| state.clients[0].next == 1;
        let states = all(&cluster);
        let heard: Vec<_> = states.iter().filter(|state| finished(state)).collect();
        assert!(!heard.is_empty());
        heard.iter().all(|state| first(state).is_some_and(|record| record.is_refused()))
    };
    assert!(is_refused(NetworkKind::AtMostOnce));
    assert!(is_refused(NetworkKind::Fifo));
    assert!(!is_refused(NetworkKind::Datagram));
}

#[test]
fn a_request_sent_again_keeps_its_id_and_arrives_twice() {
    let faults = FaultBudget { retries: 1, ..FaultBudget::NONE };
    let cluster = counter(DONE, with_network(NetworkKind::AtMostOnce, faults));
    let handled_twice = all(&cluster).into_iter().find(|state| {
        state.places[0].process.as_ref().is_some_and(|process| *process.replica == 2)
    });
    let state = handled_twice.expect("both copies arrive");
    assert_eq!(state.history.sessions()[0].len(), 1);
}

#[test]
fn a_client_waits_to_be_told_and_is_told_outside_the_store() {
    let mut cluster = counter(DONE, Environment::CALM);
    cluster.clients = &[
        Client { session: Session::Plain, script: &[WRITE, Step::Tell(1)] },
        Client { session: Session::Plain, script: &[Step::HearFrom(0), WRITE] },
    ];
    for state in all(&cluster) {
        let second = state.history.get(OperationId { session: 1, index: 0 });
        if let Some(second) = second {
            assert_eq!(second.told, vec![OperationId { session: 0, index: 0 }]);
            assert!(first(&state).is_some_and(|record| record.precedes(second)));
        }
    }
    assert!(all(&cluster).iter().any(|state| state.clients[1].next == 2));
}

#[test]
fn a_client_that_may_ask_anywhere_asks_everywhere() {
    let mut cluster = counter(DONE, Environment::CALM);
    cluster.protocol.replicas = 3;
    cluster.environment.spared = crate::vocabulary::ReplicaSet::of(&[2]);
    cluster.clients =
        &[Client { session: Session::Plain, script: &[Step::Ask(Ask::Delete("x"), At::Any)] }];
    let mut actions = Vec::new();
    cluster.actions(&cluster.initial_state(), &mut actions);
    let asked: Vec<_> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Ask { at, .. } => Some(at.0),
            Action::Tell { .. }
            | Action::Retry { .. }
            | Action::GiveUp { .. }
            | Action::Deliver(_)
            | Action::Lose(_)
            | Action::Fire { .. }
            | Action::CrashDuring { .. }
            | Action::Crash { .. }
            | Action::Restart { .. }
            | Action::Flush { .. }
            | Action::Tick { .. }
            | Action::Cut
            | Action::Heal => None,
        })
        .collect();
    assert_eq!(asked, vec![0, 1]);
}

#[test]
fn every_operation_of_a_script_is_the_one_that_is_asked() {
    assert!(!is_update(&Ask::Read("x").operation()));
    for ask in [
        Ask::Write("x", "1"),
        Ask::Delete("x"),
        Ask::Add("x", 1),
        Ask::CompareAndSet("x", None, "1"),
        Ask::AddReplica(1),
        Ask::RemoveReplica(1),
    ] {
        assert!(is_update(&ask.operation()));
    }
}
