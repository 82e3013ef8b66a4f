//! The two searches against every permutation, and long histories.

use proptest::prelude::*;

use super::{Precedence, few, many};
use crate::consistency::facts::facts_of;
use crate::consistency::tests::order_oracle;
use crate::consistency::tests::random::{cases, execution, steps};
use crate::consistency::tests::recording::{Recording, follower_reads, recording};
use crate::consistency::tests::script::history;
use crate::consistency::{Guarantee, History};

fn assert_searches_agree(history: &History) {
    let Some(facts) = facts_of(history) else { return };
    for (precedence, oracle) in [
        (Precedence::RealTime, order_oracle::linearizable(history)),
        (Precedence::Sessions, order_oracle::sequential(history)),
        (Precedence::UpdatesOfSessions, order_oracle::consistent_prefix(history)),
    ] {
        assert_eq!(many::legal_order_exists(&facts, precedence), oracle, "{history:#?}");
        if facts.len() <= few::CAPACITY {
            assert_eq!(few::legal_order_exists(&facts, precedence), oracle, "{history:#?}");
        }
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn both_searches_find_an_order_exactly_where_a_permutation_is(steps in steps(4, 24)) {
        assert_searches_agree(&execution(4, &steps));
    }
}

#[test]
fn an_unanswered_addition_may_bring_back_what_was_replaced() {
    assert_searches_agree(&history("A: n = 2 -> done\n A: n = 1 -> done\n B: n + 1\n A: n? -> 2"));
}

#[test]
fn an_unanswered_write_may_be_what_an_unanswered_addition_needs() {
    assert_searches_agree(&history("A: n = 5\n B: n + 1\n C: n? -> 6"));
}

#[test]
fn both_searches_judge_recordings_that_are_nearly_right() {
    for seed in 0..200 {
        for wrong in [None, Some(5)] {
            let run = Recording { operations: 10, sessions: 3, keys: 2, seed, wrong, ..RUN };
            assert_searches_agree(&recording(run));
            let repeated = Recording { values: 3, ..run };
            assert_searches_agree(&recording(repeated));
        }
    }
}

const RUN: Recording =
    Recording { operations: 10_000, sessions: 16, keys: 4, values: u64::MAX, wrong: None, seed: 1 };

#[test]
fn ten_thousand_operations_are_found_linearizable() {
    assert!(Guarantee::Linearizable.holds(&recording(RUN)));
    assert!(Guarantee::Linearizable.holds(&recording(Recording { keys: 1, ..RUN })));
    assert!(Guarantee::Linearizable.holds(&recording(Recording { values: 5, ..RUN })));
}

#[test]
fn one_stale_read_in_ten_thousand_operations_is_found() {
    let late = Recording { wrong: Some(9_900), ..RUN };
    assert!(!Guarantee::Linearizable.holds(&recording(late)));
    assert!(!Guarantee::Linearizable.holds(&recording(Recording { keys: 1, ..late })));
}

#[test]
fn a_long_history_that_is_linearizable_keeps_every_guarantee() {
    let run = recording(Recording { operations: 1_000, ..RUN });
    for guarantee in Guarantee::ALL {
        assert!(guarantee.holds(&run), "{guarantee}");
    }
}

#[test]
fn long_sessions_that_each_stay_with_one_follower_see_little_but_in_order() {
    let run = follower_reads(Recording { operations: 1_000, ..RUN });
    let kept = [
        Guarantee::MonotonicReads,
        Guarantee::MonotonicWrites,
        Guarantee::WritesFollowReads,
        Guarantee::ConsistentPrefix,
        Guarantee::ExactlyOnce,
    ];
    for guarantee in Guarantee::ALL {
        assert_eq!(guarantee.holds(&run), kept.contains(guarantee), "{guarantee}");
    }
}
