//! Every quick scenario, explored by the engine and by Stateright.

use std::time::Duration;

use holdfast_models::cluster::Tier;

use crate::catalog::{Entry, entries, families};
use crate::explore::{End, Exploration, Sought, Supervisor};

/// Larger ones are compared by the slow test.
const SMALL: usize = 20_000;
const TIME: Duration = Duration::from_mins(5);
const MEMORY: u64 = 8 << 30;

fn explored(entry: &Entry, threads: usize) -> Exploration {
    let ticket = Supervisor::new(MEMORY).watch(TIME);
    entry.cluster.explore(&Sought::Everything, threads, &ticket)
}

fn paths(exploration: &Exploration) -> Vec<Option<&[usize]>> {
    let traces = exploration.traces.iter();
    traces.map(|trace| trace.as_ref().map(|trace| &*trace.path)).collect()
}

/// The same states and the same verdicts, and traces that are no longer: here even the same ones.
fn compare(entry: &Entry, found: &Exploration) {
    let ticket = Supervisor::new(MEMORY).watch(TIME);
    let reference = entry.cluster.explore_by_stateright(&Sought::Everything, 1, &ticket);
    assert!(matches!(reference.end, End::Exhausted), "{}: {:?}", entry.name, reference.end);
    assert!(matches!(found.end, End::Exhausted), "{}: {:?}", entry.name, found.end);
    assert_eq!(found.states, reference.states, "states of {}", entry.name);
    assert_eq!(found.depth, reference.depth, "depth of {}", entry.name);
    // Stateright counts the first state as well.
    let steps = reference.generated.map(|generated| generated - 1);
    assert_eq!(found.generated, steps, "steps of {}", entry.name);
    assert_eq!(paths(found), paths(&reference), "traces of {}", entry.name);
}

fn compare_those(are_meant: impl Fn(usize) -> bool) -> usize {
    let families = families();
    let mut compared = 0;
    for entry in entries(&families).filter(|entry| entry.tier == Tier::Quick) {
        let found = explored(entry, 1);
        if are_meant(found.states) {
            compare(entry, &found);
            compared += 1;
        }
    }
    compared
}

#[test]
fn small_scenarios_are_explored_as_stateright_explores_them() {
    let compared = compare_those(|states| states <= SMALL);
    assert!(compared > 60, "only {compared} scenarios are small");
}

#[test]
#[ignore = "Stateright takes a minute: cargo test -p holdfast-check -- --ignored stateright"]
fn larger_scenarios_are_explored_as_stateright_explores_them() {
    assert!(compare_those(|states| states > SMALL) > 20);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let families = families();
    let mut compared = 0;
    for entry in entries(&families).filter(|entry| entry.tier == Tier::Quick) {
        let alone = explored(entry, 1);
        // Smaller ones have no level that is worth sharing.
        if !(20_000..100_000).contains(&alone.states) {
            continue;
        }
        for threads in [2, 5] {
            let together = explored(entry, threads);
            assert_eq!(together.states, alone.states, "{}", entry.name);
            assert_eq!(together.depth, alone.depth, "{}", entry.name);
            assert_eq!(together.generated, alone.generated, "{}", entry.name);
            assert_eq!(together.traces, alone.traces, "{}", entry.name);
        }
        compared += 1;
    }
    assert!(compared > 10, "only {compared} scenarios are of a size to share");
}
