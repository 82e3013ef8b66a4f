//! However states are kept, what is found is the same.

use std::time::Duration;

use holdfast_check::catalog::{Entry, entries, families, find};
use holdfast_check::explore::{Cause, End, Exploration, Sought, Storage, Supervisor};
use holdfast_check::verdict::Kind;
use holdfast_models::cluster::Tier;

const TIME: Duration = Duration::from_mins(5);
const MEMORY: u64 = 8 << 30;
/// Larger scenarios are left out: they take long, and show nothing else.
const LARGE: usize = 20_000;

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
        let compressed = Storage { compressed: true, ..Storage::PLAIN };
        let found = explored(entry, 1 + index % 3, compressed);
        assert!(found.kept.compressed && !expected.kept.compressed);
        assert_same(entry, &found, &expected);
        compared += 1;
    }
    assert!(compared > 70, "only {compared} scenarios are small");
}

#[test]
fn states_on_disk_are_found_as_those_in_memory_are() {
    let families = families();
    let mut compared = 0;
    for (index, entry) in entries(&families).filter(|it| it.tier == Tier::Quick).enumerate() {
        let expected = explored(entry, 1, Storage::PLAIN);
        // What has to come true in the end is judged in memory.
        let judged_in_memory = entry.claims.iter().any(|(what, _)| what.kind == Kind::Liveness);
        if expected.states > LARGE || judged_in_memory {
            continue;
        }
        // From nearly nothing, so that every round is compared, to a level at a time.
        let room = [1, 200_000, 400_000, usize::MAX][index % 4];
        let storage = Storage { room: Some(room), ..Storage::PLAIN };
        let found = explored(entry, 1 + index % 3, storage);
        assert!(found.kept.on_disk > 0, "{} was not on disk", entry.name);
        assert_same(entry, &found, &expected);
        compared += 1;
    }
    assert!(compared > 60, "only {compared} scenarios are small");
}

#[test]
fn what_may_follow_states_on_disk_is_not_judged_and_that_is_said() {
    let families = families();
    let is_about_the_end =
        |entry: &&Entry| entry.claims.iter().any(|(what, _)| what.kind == Kind::Liveness);
    let entry = entries(&families).find(is_about_the_end).expect("some claim is about the end");
    let found = explored(entry, 1, Storage { room: Some(1), ..Storage::PLAIN });
    assert!(matches!(found.end, End::Truncated(Cause::OnDisk)), "{:?}", found.end);
}

#[test]
fn a_disk_that_takes_nothing_truncates_and_is_named() {
    let families = families();
    let entry = find(&families, "asynchronous-failover").expect("the table has it");
    let nowhere = std::env::temp_dir().join("holdfast-nobody-made-this-folder");
    let storage = Storage { room: Some(1), folder: Some(nowhere.clone()), ..Storage::PLAIN };
    let found = explored(entry, 1, storage);
    let End::Truncated(cause) = &found.end else { panic!("{:?}", found.end) };
    assert!(cause.to_string().contains(&*nowhere.to_string_lossy()), "{cause}");
}
