//! Linearizability, sequential consistency, consistent prefixes, causality.

use super::Guarantee::{
    Causal, CausalAcrossNotification, ConsistentPrefix, Linearizable, Sequential,
};
use super::{Guarantee, forbids, permits};

const STALE_READ: &str = "
    A: x = 1 -> done
    B: x?    -> nothing
";

#[test]
fn a_stale_read_is_sequential_but_not_linearizable() {
    forbids(Linearizable, STALE_READ);
    permits(Sequential, STALE_READ);
}

#[test]
fn a_read_that_overlaps_with_a_write_may_find_the_old_value_or_the_new() {
    for found in ["nothing", "1"] {
        permits(Linearizable, &format!("A: x = 1\n B: x? -> {found}\n A: -> done"));
    }
}

#[test]
fn the_new_value_once_read_is_not_replaced_by_the_old_one() {
    let flips = "
        A: x = 1
        B: x? -> 1
        C: x? -> nothing
        A: -> done
    ";
    forbids(Linearizable, flips);
    permits(Sequential, flips);
}

#[test]
fn an_unanswered_write_may_take_effect_late() {
    let late = "
        A: x = 1
        B: x? -> nothing
        B: x? -> 1
    ";
    permits(Linearizable, late);
}

#[test]
fn an_unanswered_write_may_never_take_effect() {
    permits(Linearizable, "A: x = 1\n B: x? -> nothing\n B: x? -> nothing");
}

#[test]
fn an_unanswered_write_may_take_effect_after_what_its_session_did_next() {
    let overtaken = "
        A: x = 1
        A: x = 2 -> done
        A: x?    -> 2
        A: x?    -> 1
    ";
    permits(Linearizable, overtaken);
    permits(Sequential, overtaken);
    permits(Causal, overtaken);
}

#[test]
fn an_unanswered_write_takes_effect_once() {
    let twice = "
        A: x = 1
        B: x? -> 1
        B: x = 2 -> done
        B: x? -> 2
        B: x? -> 1
    ";
    forbids(Linearizable, twice);
    forbids(Sequential, twice);
}

#[test]
fn an_unanswered_write_takes_no_effect_before_it_was_asked_for() {
    let foreseen = "
        B: x? -> 1
        A: x = 1
    ";
    forbids(Linearizable, foreseen);
    permits(Sequential, foreseen);
}

#[test]
fn a_refused_write_has_no_effect() {
    permits(Linearizable, "A: x = 1 -> refused\n A: x? -> nothing");
    for guarantee in [Linearizable, Sequential, Causal, ConsistentPrefix] {
        forbids(guarantee, "A: x = 1 -> refused\n A: x? -> 1");
    }
}

#[test]
fn a_deleted_register_holds_nothing() {
    permits(Linearizable, "A: x = 1 -> done\n A: delete x -> done\n A: x? -> nothing");
    forbids(Linearizable, "A: x = 1 -> done\n A: delete x -> done\n A: x? -> 1");
}

#[test]
fn of_two_who_create_the_same_key_one_succeeds() {
    let outcomes = |first, second| {
        format!("A: x nothing => 1\n B: x nothing => 2\n A: -> {first}\n B: -> {second}")
    };
    permits(Linearizable, &outcomes("changed", "unchanged"));
    for guarantee in [Linearizable, Sequential, ConsistentPrefix] {
        forbids(guarantee, &outcomes("changed", "changed"));
        forbids(guarantee, &outcomes("unchanged", "unchanged"));
    }
    permits(Causal, &outcomes("changed", "changed"));
}

#[test]
fn additions_count_each_other() {
    permits(Linearizable, "A: n + 1 -> 1\n B: n + 10 -> 11\n A: n? -> 11");
    for guarantee in [Linearizable, Sequential, ConsistentPrefix] {
        forbids(guarantee, "A: n + 1 -> 1\n B: n + 10 -> 10");
    }
}

#[test]
fn an_unanswered_addition_counts_or_not() {
    for sum in ["1", "11"] {
        permits(Linearizable, &format!("A: n + 10\n B: n + 1 -> {sum}"));
    }
    forbids(Linearizable, "A: n + 10\n B: n + 1 -> 21");
}

#[test]
fn registers_that_are_linearizable_alone_are_so_together() {
    permits(
        Linearizable,
        "
        A: x = 1
        B: y = 1
        A: -> done
        B: -> done
        A: y? -> 1
        B: x? -> 1
    ",
    );
}

#[test]
fn registers_that_are_sequential_alone_need_not_be_so_together() {
    let crossed = "
        A: x = 1 -> done
        B: y = 1 -> done
        A: y? -> nothing
        B: x? -> nothing
    ";
    forbids(Sequential, crossed);
    permits(Causal, crossed);
}

#[test]
fn sessions_that_see_concurrent_writes_in_different_orders_are_causal_but_not_sequential() {
    let disagree = "
        A: x = 1 -> done
        B: x = 2 -> done
        A: x? -> 2
        B: x? -> 1
    ";
    forbids(Sequential, disagree);
    permits(Causal, disagree);
}

const EFFECT_WITHOUT_CAUSE: &str = "
    A: x = 1 -> done
    B: x? -> 1
    B: y = 1 -> done
    C: y? -> 1
    C: x? -> nothing
";

#[test]
fn an_effect_seen_without_its_cause_is_not_causal() {
    forbids(Causal, EFFECT_WITHOUT_CAUSE);
}

#[test]
fn an_old_value_is_not_causal_after_the_value_that_replaced_it() {
    forbids(Causal, "A: x = 1 -> done\n A: x = 2 -> done\n B: x? -> 2\n B: x? -> 1");
}

#[test]
fn a_value_that_two_writes_may_have_written_is_explained_by_either() {
    let either = |second: &str| {
        format!(
            "
            A: x = 1 -> done
            A: y = 1 -> done
            B: y = {second} -> done
            C: y? -> 1
            C: x? -> nothing
        "
        )
    };
    forbids(Causal, &either("2"));
    permits(Causal, &either("1"));
}

#[test]
fn the_red_packet_does_not_disappear_across_a_notification() {
    let packet = |notice: &str| {
        format!(
            "
            A: x = 1 -> done
            {notice}
            B: x? -> nothing
        "
        )
    };
    forbids(CausalAcrossNotification, &packet("A tells B"));
    permits(Causal, &packet("A tells B"));
    permits(CausalAcrossNotification, &packet(""));
    permits(CausalAcrossNotification, &packet("B tells A"));
}

#[test]
fn a_notification_is_passed_on() {
    let passed_on = "
        A: x = 1 -> done
        A tells B
        B: y? -> nothing
        B tells C
        C: x? -> nothing
    ";
    forbids(CausalAcrossNotification, passed_on);
}

#[test]
fn a_notification_outlives_a_refusal() {
    let refused_first = "
        A: x = 1 -> done
        A tells B
        B: x? -> refused
        B: x? -> nothing
    ";
    forbids(CausalAcrossNotification, refused_first);
}

#[test]
fn a_notification_vouches_only_for_what_was_acknowledged() {
    permits(CausalAcrossNotification, "A: x = 1\n A tells B\n B: x? -> nothing");
}

#[test]
fn a_counter_with_a_gap_is_no_prefix() {
    let gap = "
        A: n + 1 -> 1
        A: n + 10 -> 11
        B: n? -> 10
    ";
    forbids(ConsistentPrefix, gap);
    for found in ["nothing", "1", "11"] {
        permits(ConsistentPrefix, &gap.replace("? -> 10", &format!("? -> {found}")));
    }
}

#[test]
fn prefixes_may_be_read_in_any_order() {
    permits(ConsistentPrefix, "A: n + 1 -> 1\n A: n? -> nothing\n A: n? -> 1\n A: n? -> nothing");
}

#[test]
fn prefixes_of_one_order_cover_all_registers() {
    let knot = "
        A: x 2 => 1 -> changed
        A: y nothing => 1 -> changed
        B: y 1 => 2 -> changed
        B: x nothing => 2 -> changed
    ";
    forbids(ConsistentPrefix, knot);
}

#[test]
fn an_outcome_that_does_not_answer_its_operation_satisfies_nothing() {
    for guarantee in Guarantee::ALL {
        forbids(*guarantee, "A: x? -> done");
        forbids(*guarantee, "A: n + 1 -> done");
        forbids(*guarantee, "A: x = 1 -> nothing");
    }
}

#[test]
fn an_empty_history_satisfies_everything() {
    for guarantee in Guarantee::ALL {
        permits(*guarantee, "");
        permits(*guarantee, "A: x? -> nothing");
    }
}
