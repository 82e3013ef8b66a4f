//! Each fault at each operation of a recorded run.

use holdfast_models::leaderless::{Durable, Leaderless, Versions};
use holdfast_models::multi_leader::certification::{self, Certification, Retention};
use holdfast_models::multi_leader::home_region::{self, HomeRegion, Homing};
use holdfast_models::multi_leader::locking::{self, Locking};
use holdfast_models::protocol::SyncPolicy;
use holdfast_models::single_leader::Remembered;

use super::run::{Run, compacting, runs};
use crate::disk::{
    CrashDamage, Disk, DiskError, DiskIdentity, FaultyDisk, Injected, Journal, Store, Writing,
};
use crate::random::Random;

pub(super) const US: DiskIdentity = DiskIdentity { cluster: 1, replica: 0 };

/// Short, so that a run has several segments and snapshots.
const LOG_LIMIT: u64 = 4_000;

pub(super) fn open(disk: &FaultyDisk) -> Result<Store<FaultyDisk, Remembered>, DiskError> {
    open_as(disk)
}

fn open_as<J: Journal>(disk: &FaultyDisk) -> Result<Store<FaultyDisk, J>, DiskError> {
    Store::open(disk.clone(), US, LOG_LIMIT, Writing::AtOnce)
}

/// What the outside may know of a run when the disk failed: how many states were written, and how
/// many were safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    written: usize,
    safe: usize,
}

/// Keeps a run on the disk, as a driver does, until an operation fails or so many are done.
fn keep<J: Journal>(disk: &FaultyDisk, run: &Run<J>, operations: u64) -> Told {
    let mut told = Told { written: 0, safe: 0 };
    let _ = try_keep(disk, run, operations, &mut told);
    told
}

fn try_keep<J: Journal>(
    disk: &FaultyDisk,
    run: &Run<J>,
    operations: u64,
    told: &mut Told,
) -> Result<(), DiskError> {
    let mut store = open_as(disk)?;
    for (index, (durable, sync)) in run.iter().enumerate() {
        if disk.operations() >= operations {
            break;
        }
        // Counted first: a write that fails may have reached the disk all the same.
        told.written = index + 1;
        store.write(durable)?;
        if *sync == SyncPolicy::BeforeRelease {
            store.sync()?;
            told.safe = index + 1;
        }
        if index % 5 == 0 {
            store.mark()?;
        }
        store.maintain()?;
    }
    Ok(())
}

/// A run of registers, whose replicas keep everything safe at once.
fn registers() -> Run<Durable> {
    let policy = Leaderless { versions: Versions::Siblings, ..Leaderless::majority(3) };
    let run = runs(policy, 5, 400).remove(1);
    assert!(run.len() > 40, "only {} states", run.len());
    run.into_iter().take(120).collect()
}

/// A run of a replica that forgets the order once everybody has it.
fn orders() -> Run<certification::Durable> {
    let retention = Retention::UntilEverywhere;
    let policy = Certification { retention, ..Certification::write_sets(3) };
    let run = runs(policy, 5, 2_000).remove(1);
    assert!(run.len() > 40, "only {} states", run.len());
    run.into_iter().take(100).collect()
}

/// A run of a region whose homes follow their writers.
fn regions() -> Run<home_region::Durable> {
    let homing = Homing::FollowsWriters;
    let run = runs(HomeRegion { homing, ..HomeRegion::fixed(3) }, 5, 600).remove(1);
    assert!(run.len() > 40, "only {} states", run.len());
    run.into_iter().take(100).collect()
}

/// A run of a replica that locks.
fn locks() -> Run<locking::Durable> {
    let run = runs(Locking::wait_die(3), 5, 600).remove(1);
    assert!(run.len() > 40, "only {} states", run.len());
    run.into_iter().take(100).collect()
}

/// The run of replica 1, every third state of which need not be safe at once.
fn recorded() -> Run<Remembered> {
    let mut run = runs(compacting(), 3, 700).remove(1);
    run.truncate(60);
    for (index, (_, sync)) in run.iter_mut().enumerate() {
        if index % 3 == 1 {
            *sync = SyncPolicy::Lazy;
        }
    }
    run
}

fn operations_of<J: Journal>(run: &Run<J>) -> u64 {
    let disk = FaultyDisk::default();
    assert_eq!(keep(&disk, run, u64::MAX).written, run.len());
    assert!(disk.list().expect("it is in memory").iter().any(|name| name.starts_with("snapshot")));
    disk.operations()
}

/// Whether the disk gives back a state of the run that is no older than what was safe.
fn recovers<J: Journal>(disk: &FaultyDisk, run: &Run<J>, told: Told) -> Result<bool, DiskError> {
    let store = open_as(disk)?;
    let state = |count: usize| count.checked_sub(1).map(|index| &run[index].0);
    Ok((told.safe..=told.written).any(|count| store.durable() == state(count)))
}

#[test]
fn a_crash_at_any_operation_loses_nothing_that_was_safe_and_prevents_no_start() {
    survives_crashes(&recorded());
    survives_crashes(&registers());
    survives_crashes(&orders());
    survives_crashes(&regions());
    survives_crashes(&locks());
}

fn survives_crashes<J: Journal>(run: &Run<J>) {
    let all = operations_of(run);
    for operations in 0..=all {
        let kept = FaultyDisk::default();
        let told = keep(&kept, run, operations);
        for (seed, damage) in CrashDamage::ALL.iter().flat_map(|d| [(1, d), (2, d), (3, d)]) {
            let disk = kept.copy();
            disk.crash(*damage, &mut Random::new(operations * 31 + seed));
            match recovers(&disk, run, told) {
                Ok(found) => assert!(found, "{operations} {damage:?}: lost or invented"),
                Err(error) => panic!("{operations} {damage:?}: {error}"),
            }
        }
    }
}

#[test]
fn after_a_failed_operation_everything_that_was_safe_is_recovered_or_the_start_is_refused() {
    survives_failures(&recorded());
    survives_failures(&registers());
    survives_failures(&orders());
    survives_failures(&regions());
    survives_failures(&locks());
}

fn survives_failures<J: Journal>(run: &Run<J>) {
    let all = operations_of(run);
    let (mut recovered, mut refused) = (0, 0);
    for operation in 1..=all {
        for fault in [Injected::Failed, Injected::Full] {
            let failing = FaultyDisk::default();
            failing.inject(operation, fault);
            let told = keep(&failing, run, u64::MAX);
            for (seed, damage) in CrashDamage::ALL.iter().enumerate() {
                let disk = failing.copy();
                disk.crash(*damage, &mut Random::new(operation * 7 + seed as u64));
                match recovers(&disk, run, told) {
                    Ok(found) => assert!(found, "{operation} {fault:?} {damage:?}"),
                    Err(_) => refused += 1,
                }
                recovered += 1;
            }
        }
    }
    assert!(refused * 10 < recovered, "refused {refused} of {recovered}");
}

#[test]
fn a_flipped_bit_anywhere_loses_nothing_that_was_safe_or_the_start_is_refused_with_the_place() {
    let run: Run<_> = recorded().into_iter().take(25).collect();
    let kept = FaultyDisk::default();
    let told = keep(&kept, &run, u64::MAX);
    let (mut refused, mut tried) = (0, 0);
    for name in kept.list().expect("it is in memory") {
        let length = kept.read(&name).expect("it was listed").len();
        for offset in 0..length {
            let disk = kept.copy();
            tried += 1;
            disk.flip(&name, offset, (offset % 8) as u8);
            match recovers(&disk, &run, told) {
                Ok(found) => assert!(found, "{name} byte {offset}: lost or invented"),
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().contains(&name), "{name} byte {offset}: {error}");
                }
            }
        }
    }
    assert!(refused * 10 > tried * 9, "only {refused} of {tried} were noticed");
}
