//! What a crash takes with it, and where in a step it may happen.

use super::*;
use crate::vocabulary::ReplicaSet;

fn faults(faults: FaultBudget) -> Environment {
    Environment { faults, ..Environment::CALM }
}

/// Whether an acknowledged write can be missing from a replica that runs.
fn can_be_lost(cluster: &Cluster<Counter>) -> bool {
    all(cluster).iter().any(|state| {
        let process = state.places[0].process.as_ref();
        acknowledged(state) && process.is_some_and(|process| *process.replica == 0)
    })
}

const CLEAN: FaultBudget = FaultBudget { crashes: 1, ..FaultBudget::NONE };
const UNCLEAN: FaultBudget = FaultBudget { unclean_crashes: 1, ..FaultBudget::NONE };
const AMNESIA: FaultBudget = FaultBudget { amnesias: 1, ..FaultBudget::NONE };

#[test]
fn what_is_synced_before_the_answer_survives_any_crash_but_amnesia() {
    let habit = Habit::PersistThenAnswer(SyncPolicy::BeforeRelease);
    assert!(!can_be_lost(&counter(habit, faults(CLEAN))));
    assert!(!can_be_lost(&counter(habit, faults(UNCLEAN))));
    assert!(can_be_lost(&counter(habit, faults(AMNESIA))));
}

#[test]
fn what_is_written_lazily_survives_a_crash_of_the_process_alone() {
    let habit = Habit::PersistThenAnswer(SyncPolicy::Lazy);
    assert!(!can_be_lost(&counter(habit, faults(CLEAN))));
    assert!(can_be_lost(&counter(habit, faults(UNCLEAN))));
}

#[test]
fn answering_before_persisting_is_found() {
    let repeats = FaultBudget::UNLIMITED;
    let cluster = counter(Habit::AnswerThenPersist, faults(FaultBudget { repeats, ..CLEAN }));
    assert!(can_be_lost(&cluster));
}

#[test]
fn a_flush_makes_lazy_writes_safe() {
    let habit = Habit::PersistThenAnswer(SyncPolicy::Lazy);
    let cluster = counter(habit, faults(UNCLEAN));
    assert!(all(&cluster).iter().any(|state| {
        let process = state.places[0].process.as_ref();
        state.budget.unclean_crashes == 0 && process.is_some_and(|process| *process.replica > 0)
    }));
}

#[test]
fn a_crash_takes_the_process_and_nothing_of_it_is_left_to_see() {
    let habit = Habit::PersistThenAnswer(SyncPolicy::BeforeRelease);
    let down: Vec<_> = all(&counter(habit, faults(CLEAN)))
        .into_iter()
        .filter(|state| state.places[0].process.is_none())
        .collect();
    assert!(!down.is_empty());
    assert!(down.iter().all(|state| state.budget.crashes == 0));
}

/// Three replicas, the first of which tells the others in one step. No message is lost.
fn told_in_one_step(crash_points: CrashPoints) -> Vec<State<Counter>> {
    let habit = Habit::PersistThenAnswer(SyncPolicy::BeforeRelease);
    let environment = Environment {
        network: NetworkKind::AtMostOnce,
        crash_points,
        spared: ReplicaSet::of(&[1, 2]),
        ..faults(CLEAN)
    };
    let mut cluster = counter(habit, environment);
    cluster.protocol.replicas = 3;
    all(&cluster)
}

/// Whether it is possible that replica 1 was told, replica 2 never will be, and the write persisted.
fn told_by_halves(states: &[State<Counter>]) -> bool {
    states.iter().any(|state| {
        let count = |replica: usize| state.places[replica].process.as_ref().map(|p| *p.replica);
        count(1) == Some(1)
            && count(2) == Some(0)
            && state.network.iter().next().is_none()
            && state.places[0].disk.synced.as_deref() == Some(&1)
    })
}

#[test]
fn a_replica_may_go_down_between_any_two_effects_of_a_step() {
    assert!(told_by_halves(&told_in_one_step(CrashPoints::BetweenEffects)));
    assert!(!told_by_halves(&told_in_one_step(CrashPoints::BetweenSteps)));
}

#[test]
fn effects_happen_in_their_order_so_nothing_leaves_before_it_is_persisted() {
    for state in told_in_one_step(CrashPoints::BetweenEffects) {
        let left = state.network.iter().any(|e| e.from == Address::Replica(ReplicaId(0)));
        if left || acknowledged(&state) {
            assert_eq!(state.places[0].disk.synced.as_deref(), Some(&1));
        }
    }
}

#[test]
fn a_panic_is_a_state_with_its_message_and_nothing_after_it() {
    let mut cluster = counter(Habit::Panic, Environment::CALM);
    cluster.clients = &[Client { session: Session::Plain, script: &[WRITE, WRITE] }];
    let panicked: Vec<_> =
        all(&cluster).into_iter().filter(|state| state.panicked.is_some()).collect();
    assert!(!panicked.is_empty());
    for state in panicked {
        assert_eq!(state.panicked.as_deref(), Some("two is too many"));
        let mut actions = Vec::new();
        cluster.actions(&state, &mut actions);
        assert!(actions.is_empty());
    }
}

#[test]
fn what_is_on_its_way_to_a_replica_that_goes_down_is_lost_where_links_are_connections() {
    let write_waits = |network| {
        let habit = Habit::PersistThenAnswer(SyncPolicy::BeforeRelease);
        let mut cluster = counter(habit, Environment { network, ..faults(CLEAN) });
        cluster.clients = &[Client { session: Session::Plain, script: &[WRITE] }];
        let crash = Action::Crash { replica: ReplicaId(0), crash: Crash::Clean };
        let asked = all(&cluster).into_iter().find(|state| state.network.iter().next().is_some());
        let down = cluster.next_state(&asked.expect("the client asks"), &crash);
        down.expect("the replica runs").network.iter().next().is_some()
    };
    assert!(write_waits(NetworkKind::Datagram));
    assert!(write_waits(NetworkKind::AtMostOnce));
    assert!(!write_waits(NetworkKind::Fifo));
}
