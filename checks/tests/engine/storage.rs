//! However states are kept, what is found is the same.

use std::time::Duration;

use holdfast_check::catalog::{Entry, entries, families};
use holdfast_check::explore::{Exploration, Sought, Storage, Supervisor};
use holdfast_models::cluster::Tier;

const TIME: Duration = Duration::from_mins(5);
const MEMORY: u64 = 8 << 30;
/// Larger scenarios are left out: they take long, and show nothing else.
const LARGE: usize = 80_000;

fn explored(entry: &Entry, threads: usize, storage: Storage) -> Exploration {
    let ticket = Supervisor::new(MEMORY).storing(storage).watch(TIME);
    entry.cluster.explore(&Sought::Everything, threads, &ticket)
}

fn assert_same(entry: &Entry, found: &Exploration, expected: &Exploration) {
    let name = entry.name;
    assert_eq!(format!("{:?}", found.end), format!("{:?}", expected.end), "{name}");
    assert_eq!(found.states, expected.states, "states of {name}");
    assert_eq!(found.depth, expected.depth, "depth of {name}");
    assert_eq!(found.generated, expected.generated, "steps of {name}");
    assert_eq!(found.coverage, expected.coverage, "coverage of {name}");
    assert_eq!(found.traces, expected.traces, "traces of {name}");
}

#[test]
fn compressed_states_are_found_as_plain_ones_are() {
    let families = families();
    let mut compared = 0;
    for (index, entry) in entries(&families).filter(|it| it.tier == Tier::Quick).enumerate() {
        let expected = explored(entry, 1, Storage::PLAIN);
        if expected.states > LARGE {
            continue;
        }
        let compressed = Storage { compressed: true };
        let found = explored(entry, 1 + index % 3, compressed);
        assert!(found.kept.compressed && !expected.kept.compressed);
        assert_same(entry, &found, &expected);
        compared += 1;
    }
    assert!(compared > 90, "only {compared} scenarios are small");
}
