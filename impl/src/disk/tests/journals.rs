use holdfast_models::leaderless::{Agreement, Deletion, Fallback, Leaderless, Versions};
use holdfast_models::multi_leader::certification::{Certification, Flush, Retention};
use holdfast_models::multi_leader::convergent::{Convergent, Propagation, SetRule, TextRule};
use holdfast_models::multi_leader::home_region::{Disaster, HomeRegion, Homing, ReadRule};
use holdfast_models::multi_leader::locking::{Conflict, LockLife, Locking};
use holdfast_models::single_leader::{Persistence, SingleLeader, Truncation};

use super::run::{Recorded, compacting, runs};
use crate::disk::Journal;
use crate::random::Random;

fn assert_exact<J: Journal>(before: &J, after: &J) -> usize {
    let change = before.change(after);
    let bytes = postcard::to_stdvec(&change).expect("a change is plain data");
    let read = postcard::from_bytes(&bytes).expect("it was just written");
    assert_eq!(before.clone().changed(read).as_ref(), Ok(after));
    bytes.len()
}

#[test]
fn the_difference_between_any_two_states_of_a_run_leads_from_one_to_the_other() {
    let policies = [
        compacting(),
        SingleLeader { truncation: Truncation::Snapshot, ..compacting() },
        SingleLeader { persistence: Persistence::EpochOnly, ..compacting() },
    ];
    for (seed, policy) in policies.into_iter().enumerate() {
        all_differences_are_exact(policy, seed as u64);
    }
}

#[test]
fn the_difference_between_registers_and_later_ones_leads_from_one_to_the_other() {
    let majority = Leaderless::majority(3);
    let policies = [
        Leaderless { versions: Versions::Siblings, ..majority },
        Leaderless {
            versions: Versions::HybridClock,
            deletion: Deletion::ReapedAfterAWhile,
            ..majority
        },
        Leaderless { agreement: Agreement::Everything, ..majority },
        Leaderless { copies: 2, fallback: Fallback::CountsForWrites, ..majority },
    ];
    for (seed, policy) in policies.into_iter().enumerate() {
        all_differences_are_exact(policy, seed as u64);
    }
}

#[test]
fn the_difference_between_cells_and_later_ones_leads_from_one_to_the_other() {
    let usual = Convergent::keeping_all(3);
    let policies = [
        usual,
        Convergent { set: SetRule::Tombstones, text: TextRule::LaterFirst, ..usual },
        Convergent { propagation: Propagation::States, ..usual },
    ];
    for (seed, policy) in policies.into_iter().enumerate() {
        all_differences_are_exact(policy, seed as u64);
    }
}

#[test]
fn the_difference_between_orders_leads_from_one_to_the_other() {
    let forgetful =
        Certification { retention: Retention::UntilEverywhere, ..Certification::write_sets(3) };
    let policies = [
        Certification::write_sets(3),
        forgetful,
        Certification { flush: Flush::Later, ..Certification::write_sets(3) },
    ];
    for (seed, policy) in policies.into_iter().enumerate() {
        all_differences_are_exact(policy, seed as u64);
    }
    let run = runs(forgetful, 1, 3_000).remove(0);
    let last = &run[run.len() - 1].0;
    assert!(last.forgotten.0 > 20, "{:?} of {:?} forgotten", last.forgotten, last.applied);
}

/// A long text and a large set, of which an update changes one element.
#[test]
fn what_is_written_of_a_long_text_is_what_was_typed() {
    let run = runs(Convergent::keeping_all(1), 1, 9_000).remove(0);
    let last = run.len() - 1;
    let whole = postcard::to_stdvec(&run[last].0).expect("it is plain data").len();
    let longest = (last - 200..last).map(|at| assert_exact(&run[at].0, &run[at + 1].0)).max();
    assert!(longest < Some(1_500) && whole > 30_000, "{longest:?} of {whole} bytes");
}

#[test]
fn a_change_of_another_text_is_refused() {
    let run = runs(Convergent::keeping_all(1), 1, 2_000).remove(0);
    let first = &run[0].0;
    let typed = (1..run.len()).rev().find_map(|at| {
        let change = run[at - 1].0.change(&run[at].0);
        first.clone().changed(change).err()
    });
    assert!(typed.is_some_and(|reason| reason.contains("more of the text at t")));
}

#[test]
fn the_difference_between_regions_leads_from_one_to_the_other() {
    let fixed = HomeRegion::fixed(3);
    let policies = [
        fixed,
        HomeRegion { homing: Homing::FollowsWriters, batch: 1, ..fixed },
        HomeRegion { read: ReadRule::Snapshot, disaster: Disaster::TakeOver, ..fixed },
    ];
    for (seed, policy) in policies.into_iter().enumerate() {
        all_differences_are_exact(policy, seed as u64);
    }
}

#[test]
fn the_difference_between_locks_leads_from_one_to_the_other() {
    let usual = Locking::wait_die(3);
    let life = LockLife::Ticks(1);
    let policies = [usual, Locking { conflict: Conflict::Wait, life, ..usual }];
    for (seed, policy) in policies.into_iter().enumerate() {
        all_differences_are_exact(policy, seed as u64);
    }
}

fn all_differences_are_exact<P: Recorded<Durable: Journal>>(policy: P, seed: u64) {
    let mut random = Random::new(seed);
    for run in runs(policy, seed, 3_000) {
        assert!(run.len() > 20, "only {} states", run.len());
        for pair in run.windows(2) {
            assert_exact(&pair[0].0, &pair[1].0);
        }
        // Incarnations only grow, and these have one alone.
        for _ in 0..200 {
            let mut any = || &run[random.below(run.len() as u64) as usize].0;
            assert_exact(any(), any());
        }
    }
}

#[test]
fn what_is_written_of_a_long_log_is_what_was_appended() {
    let policy = SingleLeader::majority(1);
    let run = runs(policy, 1, 6_000).remove(0);
    let (before, after) = (&run[run.len() - 2].0, &run[run.len() - 1].0);
    let whole = postcard::to_stdvec(after).expect("it is plain data").len();
    let change = assert_exact(before, after);
    assert!(change < 1_000 && whole > 100_000, "{change} of {whole} bytes");
}

#[test]
fn a_change_of_another_state_is_refused() {
    let run = runs(SingleLeader::majority(1), 1, 300).remove(0);
    let change = run[run.len() - 2].0.change(&run[run.len() - 1].0);
    let first = run[0].0.clone();
    assert!(first.changed(change).is_err());
}
