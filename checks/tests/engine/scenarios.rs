//! Every quick scenario, explored by the engine and by Stateright.

use std::num::NonZero;
use std::ops::RangeBounds;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use holdfast_models::cluster::Tier;

use super::supervised::supervised;
use holdfast_check::catalog::{Entry, entries, families};
use holdfast_check::explore::{End, Exploration, Sought};
use holdfast_check::verdict::Kind;

/// From so many states on Stateright takes seconds.
const LARGE: usize = 80_000;

fn explored(entry: &Entry, threads: usize) -> Exploration {
    supervised(|ticket| entry.cluster.explore_whole(&Sought::Everything, threads, ticket))
}

fn paths(exploration: &Exploration) -> Vec<Option<&[usize]>> {
    let traces = exploration.traces.iter();
    traces.map(|trace| trace.as_ref().map(|trace| &*trace.path)).collect()
}

/// The same states and the same verdicts, and traces that are no longer: here even the same ones.
fn compare(entry: &Entry, found: &Exploration) {
    let sought = Sought::Everything;
    let reference = supervised(|ticket| entry.cluster.explore_by_stateright(&sought, 1, ticket));
    assert!(matches!(reference.end, End::Exhausted), "{}: {:?}", entry.name, reference.end);
    assert!(matches!(found.end, End::Exhausted), "{}: {:?}", entry.name, found.end);
    assert_eq!(found.states, reference.states, "states of {}", entry.name);
    assert_eq!(found.depth, reference.depth, "depth of {}", entry.name);
    // Stateright counts the first state as well.
    let steps = reference.generated.map(|generated| generated - 1);
    assert_eq!(found.generated, steps, "steps of {}", entry.name);
    // What has to come true in the end Stateright does not judge.
    let is_judged =
        |(index, _): &(usize, Option<&[usize]>)| entry.claims[*index].0.kind != Kind::Liveness;
    let judged = paths(found).into_iter().enumerate().filter(is_judged);
    let expected = paths(&reference).into_iter().enumerate().filter(is_judged);
    assert!(judged.eq(expected), "traces of {}", entry.name);
}

/// Compares the quick scenarios of these sizes, and answers how many there are.
fn compare_those(sizes: impl RangeBounds<usize> + Sync) -> usize {
    let families = families();
    let quick: Vec<_> = entries(&families).filter(|entry| entry.tier == Tier::Quick).collect();
    let (next, compared) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(entry) = quick.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = explored(entry, 1);
                    if sizes.contains(&found.states) {
                        compare(entry, &found);
                        compared.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    compared.into_inner()
}

#[test]
fn small_scenarios_are_explored_as_stateright_explores_them() {
    let compared = compare_those(..LARGE);
    assert!(compared > 90, "only {compared} scenarios are small");
}

#[test]
#[ignore = "Stateright takes a minute: cargo test -p holdfast-check --test engine -- --ignored"]
fn large_scenarios_are_explored_as_stateright_explores_them() {
    let compared = compare_those(LARGE..);
    assert!(compared > 5, "only {compared} scenarios are large");
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
            assert_eq!(together.coverage, alone.coverage, "{}", entry.name);
            assert_eq!(together.traces, alone.traces, "{}", entry.name);
        }
        compared += 1;
    }
    assert!(compared > 10, "only {compared} scenarios are of a size to share");
}
