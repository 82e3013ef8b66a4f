//! Several peers that explore together, each with numbers of its own, against one process.

use std::time::Duration;

use proptest::prelude::*;

use super::random::clusters;
use holdfast_check::catalog::{Entry, entries, families, find};
use holdfast_check::explore::{End, Explorable, Exploration, Sought, Supervisor};
use holdfast_check::scale_out::Team;
use holdfast_check::verdict::Kind;

const TIME: Duration = Duration::from_mins(2);
const MEMORY: u64 = 4 << 30;

/// What one process finds, if it is through within `time`.
fn alone(cluster: &dyn Explorable, time: Duration) -> Option<Exploration> {
    let supervisor = Supervisor::new(MEMORY);
    let ticket = supervisor.watch(time);
    let exploration = cluster.explore(&Sought::Everything, 1, &ticket);
    (!ticket.is_stopped()).then_some(exploration)
}

/// Everything that is reported is the same, but for time and memory.
fn assert_same(name: &str, cluster: &dyn Explorable, peers: usize, alone: &Exploration) -> usize {
    let supervisor = Supervisor::new(MEMORY);
    let ticket = supervisor.watch(TIME);
    let explored = cluster.explore_together(&Team::Threads(peers), &ticket);
    let (together, share) = explored.expect("nothing has to come true in the end");
    assert_eq!(together.states, alone.states, "states of {name} with {peers} peers");
    assert_eq!(together.depth, alone.depth, "depth of {name} with {peers} peers");
    assert_eq!(together.generated, alone.generated, "steps of {name} with {peers} peers");
    assert_eq!(together.coverage, alone.coverage, "coverage of {name} with {peers} peers");
    assert_eq!(together.traces, alone.traces, "traces of {name} with {peers} peers");
    match (&together.end, &alone.end) {
        (End::Exhausted, End::Exhausted) => {}
        (
            End::Panicked { message, trace },
            End::Panicked { message: expected, trace: expected_trace },
        ) => {
            assert_eq!(message, expected, "{name} with {peers} peers");
            assert_eq!(trace, expected_trace, "{name} with {peers} peers");
        }
        (end, expected) => panic!("{name} with {peers} peers: {end:?}, and not {expected:?}"),
    }
    share.lessons
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_global_rejects: 500, ..ProptestConfig::default() })]

    #[test]
    fn random_protocols_are_explored_together_as_by_one(cluster in clusters(), peers in 1..4_usize) {
        let expected = alone(&cluster, Duration::from_millis(20));
        prop_assume!(expected.is_some());
        if let Some(expected) = expected {
            assert_same("a random protocol", &cluster, peers, &expected);
        }
    }
}

/// With lessons to learn, long traces, steps that break something and witnesses out of reach.
const SCENARIOS: [&str; 4] = [
    "every-follower-acknowledges",
    "acknowledgement-from-before-a-restart",
    "lease-is-not-honoured",
    "new-leader-reads-too-early",
];

#[test]
fn scenarios_are_explored_together_as_by_one() {
    let families = families();
    for name in SCENARIOS {
        let entry = find(&families, name).expect("the table has it");
        let expected = alone(&*entry.cluster, TIME).expect("it is small");
        for peers in [2, 3] {
            let lessons = assert_same(name, &*entry.cluster, peers, &expected);
            assert!(lessons > 20, "{name}: only {lessons} lessons were learned");
        }
    }
}

#[test]
fn what_comes_true_in_the_end_is_refused() {
    let families = families();
    let is_liveness =
        |entry: &&Entry| entry.claims.iter().any(|(what, _)| what.kind == Kind::Liveness);
    let entry = entries(&families).find(is_liveness).expect("the table has some");
    let supervisor = Supervisor::new(MEMORY);
    let ticket = supervisor.watch(TIME);
    let refused = entry.cluster.explore_together(&Team::Threads(2), &ticket);
    let told = refused.expect_err("it is not judged").to_string();
    assert!(told.contains("judged in one process only"), "{told}");
}
