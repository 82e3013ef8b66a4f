//! Session guarantees.

use super::Guarantee::{
    Causal, MonotonicReads, MonotonicWrites, ReadYourWrites, WritesFollowReads,
};
use super::{forbids, permits};

#[test]
fn a_session_sees_what_it_wrote() {
    forbids(ReadYourWrites, "A: x = 1 -> done\n A: x? -> nothing");
    permits(ReadYourWrites, "A: x = 1 -> done\n B: x? -> nothing");
    permits(ReadYourWrites, "A: x = 1 -> done\n A: x? -> 1");
}

#[test]
fn a_session_need_not_see_what_it_was_not_told_of() {
    permits(ReadYourWrites, "A: x = 1\n A: x? -> nothing");
}

#[test]
fn a_session_may_see_another_write_over_its_own() {
    permits(ReadYourWrites, "B: x = 2 -> done\n A: x = 1 -> done\n A: x? -> 2");
    permits(ReadYourWrites, "A: x = 1 -> done\n B: delete x\n A: x? -> nothing");
}

#[test]
fn a_session_does_not_see_a_write_that_its_own_replaced() {
    forbids(ReadYourWrites, "A: x = 1 -> done\n A: x = 2 -> done\n A: x? -> 1");
}

#[test]
fn an_addition_counts_the_additions_of_its_session() {
    forbids(ReadYourWrites, "A: n + 1 -> 1\n A: n + 10 -> 10");
    permits(ReadYourWrites, "A: n + 1 -> 1\n B: n + 10 -> 10");
}

#[test]
fn what_was_read_does_not_vanish() {
    let vanishes = "
        A: x = 1 -> done
        B: x? -> 1
        B: x? -> nothing
    ";
    forbids(MonotonicReads, vanishes);
    permits(ReadYourWrites, vanishes);
    permits(MonotonicWrites, vanishes);
    permits(WritesFollowReads, vanishes);
}

#[test]
fn reads_follow_the_order_in_which_a_session_wrote() {
    forbids(MonotonicReads, "A: x = 1 -> done\n A: x = 2 -> done\n B: x? -> 2\n B: x? -> 1");
    permits(MonotonicReads, "A: x = 1 -> done\n A: x = 2 -> done\n B: x? -> 1\n B: x? -> 2");
}

#[test]
fn different_sessions_may_go_back_behind_each_other() {
    permits(MonotonicReads, "A: x = 1 -> done\n B: x? -> 1\n C: x? -> nothing");
}

#[test]
fn reads_that_alternate_between_two_writes_go_back() {
    let alternate = "
        A: x = 1 -> done
        B: x = 2 -> done
        C: x? -> 1
        C: x? -> 2
        C: x? -> 1
    ";
    forbids(MonotonicReads, alternate);
    permits(MonotonicReads, &alternate.replace("C: x? -> 2\n", ""));
}

#[test]
fn a_sum_that_was_read_is_part_of_every_later_one() {
    let sums = |first, second| {
        format!("A: n + 1 -> 1\n B: n + 10 -> 10\n C: n? -> {first}\n C: n? -> {second}")
    };
    permits(MonotonicReads, &sums("10", "11"));
    forbids(MonotonicReads, &sums("10", "1"));
}

const LATER_WRITE_ALONE: &str = "
    A: x = 1 -> done
    A: y = 1 -> done
    B: y? -> 1
    B: x? -> nothing
";

#[test]
fn a_write_is_not_seen_before_an_earlier_one_of_its_session() {
    forbids(MonotonicWrites, LATER_WRITE_ALONE);
    permits(ReadYourWrites, LATER_WRITE_ALONE);
    permits(MonotonicReads, LATER_WRITE_ALONE);
    permits(WritesFollowReads, LATER_WRITE_ALONE);
}

#[test]
fn a_sum_reveals_an_earlier_addition_that_is_missing() {
    let gap = "
        A: n + 1 -> 1
        A: n + 10 -> 11
        B: n? -> 10
    ";
    forbids(MonotonicWrites, gap);
    forbids(WritesFollowReads, gap);
    permits(ReadYourWrites, gap);
    permits(MonotonicReads, gap);
}

#[test]
fn monotonic_writes_let_a_session_miss_the_write_itself() {
    let goes_back = "
        A: x = 1 -> done
        A: x = 2 -> done
        B: x? -> 2
        B: x? -> 1
    ";
    permits(MonotonicWrites, goes_back);
    forbids(MonotonicWrites, &goes_back.replace("B: x? -> 1", "B: x? -> nothing"));
}

#[test]
fn an_unanswered_write_holds_back_no_later_one() {
    permits(MonotonicWrites, &LATER_WRITE_ALONE.replace("x = 1 -> done", "x = 1"));
}

const ANSWER_WITHOUT_QUESTION: &str = "
    A: x = 1 -> done
    B: x? -> 1
    B: y = 1 -> done
    C: y? -> 1
    C: x? -> nothing
";

#[test]
fn a_write_is_not_seen_before_what_its_session_had_read() {
    forbids(WritesFollowReads, ANSWER_WITHOUT_QUESTION);
    permits(ReadYourWrites, ANSWER_WITHOUT_QUESTION);
    permits(MonotonicReads, ANSWER_WITHOUT_QUESTION);
    permits(MonotonicWrites, ANSWER_WITHOUT_QUESTION);
}

#[test]
fn what_was_read_is_followed_through_any_number_of_sessions() {
    let relayed = "
        A: x = 1 -> done
        B: x? -> 1
        B: y = 1 -> done
        C: y? -> 1
        C: z = 1 -> done
        D: z? -> 1
        D: x? -> nothing
    ";
    forbids(WritesFollowReads, relayed);
}

#[test]
fn a_write_that_followed_another_is_not_undone_by_it() {
    let goes_back_behind_the_reply = "
        A: x = 1 -> done
        B: x? -> 1
        B: x = 2 -> done
        C: x? -> 2
        C: y = 1 -> done
        D: y? -> 1
        D: x? -> 1
    ";
    forbids(WritesFollowReads, goes_back_behind_the_reply);
}

#[test]
fn a_write_follows_only_what_was_read_before_it() {
    let unrelated = "
        A: x = 1 -> done
        B: y = 1 -> done
        B: x? -> 1
        C: y? -> 1
        C: x? -> nothing
    ";
    permits(WritesFollowReads, unrelated);
}

#[test]
fn updates_that_read_each_others_future_follow_nothing() {
    let circle = "
        A: x? -> 1
        A: y = 1 -> done
        B: y? -> 1
        B: x = 1 -> done
    ";
    forbids(WritesFollowReads, circle);
    permits(MonotonicWrites, circle);
}

#[test]
fn the_four_together_miss_causes_that_mix_their_kinds() {
    let mixed = "
        A: x = 1 -> done
        A: y = 1 -> done
        B: y? -> 1
        B: z = 1 -> done
        C: z? -> 1
        C: x? -> nothing
    ";
    for guarantee in [ReadYourWrites, MonotonicReads, MonotonicWrites, WritesFollowReads] {
        permits(guarantee, mixed);
    }
    forbids(Causal, mixed);
}
