//! Partitions, losses, clocks, timers, rest.

use super::*;
use crate::vocabulary::ReplicaSet;

const DONE: Habit = Habit::PersistThenAnswer(SyncPolicy::BeforeRelease);

fn pair(environment: Environment) -> Cluster<Counter> {
    let mut cluster = counter(DONE, environment);
    cluster.protocol.replicas = 2;
    cluster
}

fn is_told(state: &State<Counter>) -> bool {
    state.places[1].process.as_ref().is_some_and(|process| *process.replica > 0)
}

const ZERO_TO_ONE: Links = Links::of(&[(0, 1)]);

#[test]
fn nothing_passes_a_cut_link_and_the_other_direction_is_open() {
    let at_most_once = Environment { network: NetworkKind::AtMostOnce, ..Environment::CALM };
    assert!(all(&pair(at_most_once)).iter().any(is_told));
    let cut = pair(Environment { cut: ZERO_TO_ONE, ..at_most_once });
    assert!(!all(&cut).iter().any(is_told));
    let other = pair(Environment { cut: Links::of(&[(1, 0)]), ..at_most_once });
    assert!(all(&other).iter().any(is_told));
}

#[test]
fn a_partition_comes_within_its_budget_and_goes() {
    let cluster = pair(Environment {
        network: NetworkKind::AtMostOnce,
        partition: ZERO_TO_ONE,
        faults: FaultBudget { partitions: 1, ..FaultBudget::NONE },
        ..Environment::CALM
    });
    let states = all(&cluster);
    assert!(states.iter().any(|state| state.partitioned));
    assert!(states.iter().any(|state| !state.partitioned && state.budget.partitions == 0));
    for state in states.iter().filter(|state| state.partitioned && !is_told(state)) {
        let mut actions = Vec::new();
        cluster.actions(state, &mut actions);
        let told = actions.iter().filter_map(|action| cluster.next_state(state, action));
        assert!(!told.into_iter().any(|state| is_told(&state)));
    }
}

#[test]
fn a_cluster_rests_when_all_that_can_arrive_has_arrived_or_is_lost() {
    let at_rest = |losses| {
        let faults = FaultBudget { losses, ..FaultBudget::NONE };
        let network = NetworkKind::AtMostOnce;
        let cluster = pair(Environment { network, faults, ..Environment::CALM });
        all(&cluster).into_iter().filter(|state| cluster.is_quiescent(state)).collect::<Vec<_>>()
    };
    assert!(at_rest(0).iter().all(|state| is_told(state) && acknowledged(state)));
    assert!(!at_rest(0).is_empty());
    assert!(at_rest(1).iter().any(|state| !is_told(state)));
}

#[test]
fn replicas_that_are_down_from_the_beginning_never_start() {
    let cluster = pair(Environment { down: ReplicaSet::of(&[1]), ..Environment::CALM });
    assert!(all(&cluster).iter().all(|state| state.places[1].process.is_none()));
}

#[test]
fn clocks_never_differ_by_more_than_the_skew() {
    for clock_skew in 0..3 {
        let faults = FaultBudget { ticks: 5, ..FaultBudget::NONE };
        let cluster = pair(Environment { clock_skew, faults, ..Environment::CALM });
        let differences: Vec<_> = all(&cluster)
            .iter()
            .map(|state| state.places[0].clock.0.abs_diff(state.places[1].clock.0))
            .collect();
        assert_eq!(differences.iter().max(), Some(&clock_skew));
    }
}

/// Otherwise a replica that forgets to arm it again would look as if it never had to.
#[test]
fn a_timer_that_is_ignored_has_fired() {
    let faults = FaultBudget { repeats: 1, ..FaultBudget::NONE };
    let cluster = counter(DONE, Environment { faults, ..Environment::CALM });
    let fired: Vec<_> =
        all(&cluster).into_iter().filter(|state| state.budget.repeats == 0).collect();
    assert!(!fired.is_empty());
    for process in fired.iter().filter_map(|state| state.places[0].process.as_ref()) {
        assert!(process.timers.is_empty());
    }
}

#[test]
fn a_spared_replica_does_not_crash() {
    let faults = FaultBudget { crashes: 1, ..FaultBudget::NONE };
    let spared = ReplicaSet::of(&[0]);
    let cluster = pair(Environment { faults, spared, ..Environment::CALM });
    let states = all(&cluster);
    assert!(states.iter().all(|state| state.places[0].process.is_some()));
    assert!(states.iter().any(|state| state.places[1].process.is_none()));
}
