//! The judges agree with the oracles, which follow the definitions and nothing else.

use proptest::prelude::*;

use super::enumeration::{
    Bounds, Letter, counter, each_history, mixed, register, two_locks, two_registers,
};
use super::random::{cases, execution, steps};
use super::{Guarantee, order_oracle, view_oracle};
use crate::consistency::History;

const FOUR: Bounds = Bounds { operations: 4, notification: false };
const THREE: Bounds = Bounds { operations: 3, notification: false };
const THREE_AND_A_NOTICE: Bounds = Bounds { operations: 3, notification: true };

fn assert_orders_agree(history: &History) {
    for (guarantee, verdict) in [
        (Guarantee::Linearizable, order_oracle::linearizable(history)),
        (Guarantee::Sequential, order_oracle::sequential(history)),
        (Guarantee::ConsistentPrefix, order_oracle::consistent_prefix(history)),
    ] {
        assert_eq!(guarantee.holds(history), verdict, "{guarantee}: {history:#?}");
    }
}

fn assert_views_agree(history: &History) {
    for (guarantee, verdict) in [
        (Guarantee::ReadYourWrites, view_oracle::read_your_writes(history)),
        (Guarantee::MonotonicReads, view_oracle::monotonic_reads(history)),
        (Guarantee::MonotonicWrites, view_oracle::monotonic_writes(history)),
        (Guarantee::WritesFollowReads, view_oracle::writes_follow_reads(history)),
        (Guarantee::Causal, view_oracle::causal(history, false)),
        (Guarantee::CausalAcrossNotification, view_oracle::causal(history, true)),
    ] {
        assert_eq!(guarantee.holds(history), verdict, "{guarantee}: {history:#?}");
    }
}

/// Judges every `stride`-th history.
fn each_agrees(letters: &[Letter], bounds: Bounds, stride: usize, assert: fn(&History)) {
    let mut visited = 0;
    each_history(letters, bounds, &mut |history| {
        visited += 1;
        if visited % stride == 0 {
            assert(history);
        }
    });
}

#[test]
fn orders_are_found_exactly_where_a_permutation_is() {
    each_agrees(&register(), FOUR, 3, assert_orders_agree);
    each_agrees(&two_registers(), FOUR, 3, assert_orders_agree);
    each_agrees(&counter(), FOUR, 17, assert_orders_agree);
    each_agrees(&mixed(), THREE, 1, assert_orders_agree);
    each_agrees(&two_locks(), THREE, 1, assert_orders_agree);
}

#[test]
fn sessions_are_shown_enough_exactly_where_a_view_is() {
    each_agrees(&register(), FOUR, 29, assert_views_agree);
    each_agrees(&two_registers(), FOUR, 29, assert_views_agree);
    each_agrees(&counter(), FOUR, 101, assert_views_agree);
    each_agrees(&mixed(), THREE, 7, assert_views_agree);
    each_agrees(&two_registers(), THREE_AND_A_NOTICE, 7, assert_views_agree);
}

proptest! {
    #![proptest_config(cases(5_000))]

    #[test]
    fn orders_agree_in_random_executions(steps in steps(3, 14)) {
        assert_orders_agree(&execution(3, &steps));
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn views_agree_in_random_executions(steps in steps(3, 10)) {
        assert_views_agree(&execution(3, &steps));
    }
}
