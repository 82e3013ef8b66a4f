use holdfast_models::single_leader::{Persistence, Remembered, SingleLeader, Truncation};

use super::run::{compacting, runs};
use crate::disk::Journal;
use crate::random::Random;

fn assert_exact(before: &Remembered, after: &Remembered) -> usize {
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
        let mut random = Random::new(seed as u64);
        for run in runs(policy, seed as u64, 3_000) {
            assert!(run.len() > 20, "only {} states", run.len());
            for pair in run.windows(2) {
                assert_exact(&pair[0].0, &pair[1].0);
            }
            for _ in 0..200 {
                let mut any = || &run[random.below(run.len() as u64) as usize].0;
                assert_exact(any(), any());
            }
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
