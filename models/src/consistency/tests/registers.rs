//! Regular and safe registers, bounded staleness, effects seen twice.

use super::Guarantee::{
    self, BoundedStaleness, ConsistentPrefix, ExactlyOnce, Linearizable, Regular, Safe,
};
use super::{forbids, permits};

const ONE_BEHIND: Guarantee = BoundedStaleness { versions: 1 };
const TWO_BEHIND: Guarantee = BoundedStaleness { versions: 2 };

#[test]
fn a_regular_read_finds_the_latest_write() {
    permits(Regular, "A: x = 1 -> done\n B: x? -> 1");
    forbids(Regular, "A: x = 1 -> done\n B: x? -> nothing");
    forbids(Regular, "A: x = 1 -> done\n A: x = 2 -> done\n B: x? -> 1");
}

#[test]
fn a_regular_read_may_find_a_write_that_it_overlaps() {
    for found in ["nothing", "1", "2"] {
        permits(Regular, &format!("A: x = 1\n B: x = 2\n C: x? -> {found}"));
    }
    forbids(Regular, "A: x = 1\n B: x? -> 2");
}

#[test]
fn regular_reads_may_go_back_while_a_write_is_under_way() {
    let flips = "
        A: x = 1
        B: x? -> 1
        B: x? -> nothing
        A: -> done
    ";
    permits(Regular, flips);
    forbids(Linearizable, flips);
}

#[test]
fn a_regular_read_may_find_either_of_two_writes_that_overlapped() {
    for found in ["1", "2"] {
        let overlapped = "A: x = 1\n B: x = 2\n A: -> done\n B: -> done\n C: x? -> ";
        permits(Regular, &format!("{overlapped}{found}"));
    }
}

#[test]
fn a_regular_read_never_finds_a_write_of_the_future() {
    forbids(Regular, "A: x? -> 1\n B: x = 1 -> done");
}

#[test]
fn a_regular_read_never_finds_an_addition_of_the_future() {
    forbids(Regular, "A: n? -> 1\n B: n + 1");
}

#[test]
fn an_unanswered_write_stays_a_candidate_for_ever() {
    permits(Regular, "A: x = 1\n B: x = 2 -> done\n B: x? -> 2\n B: x? -> 1\n B: x? -> 2");
}

#[test]
fn an_unanswered_addition_may_have_added_to_any_candidate() {
    for found in ["5", "6"] {
        permits(Regular, &format!("A: n = 5 -> done\n B: n + 1\n A: n? -> {found}"));
    }
    forbids(Regular, "A: n = 5 -> done\n B: n + 1\n A: n? -> 7");
}

#[test]
fn a_safe_read_that_overlaps_with_an_update_may_find_anything() {
    permits(Safe, "A: x = 1\n B: x? -> 7\n A: -> done");
    permits(Safe, "A: x = 1\n B: x? -> 7");
    forbids(Regular, "A: x = 1\n B: x? -> 7\n A: -> done");
}

#[test]
fn a_safe_read_that_overlaps_with_no_update_finds_the_latest() {
    permits(Safe, "A: x = 1 -> done\n B: x? -> 1");
    forbids(Safe, "A: x = 1 -> done\n B: x? -> nothing");
    forbids(Safe, "A: x = 1 -> done\n B: y = 1\n B: x? -> 7");
}

#[test]
fn an_update_of_the_future_excuses_no_safe_read() {
    forbids(Safe, "A: x? -> 7\n B: x = 1 -> done");
}

#[test]
fn a_read_misses_at_most_the_promised_number_of_versions() {
    let found = |value: &str| {
        format!("A: x = 1 -> done\n A: x = 2 -> done\n A: x = 3 -> done\n B: x? -> {value}")
    };
    permits(ONE_BEHIND, &found("3"));
    permits(ONE_BEHIND, &found("2"));
    forbids(ONE_BEHIND, &found("1"));
    permits(TWO_BEHIND, &found("1"));
    forbids(TWO_BEHIND, &found("nothing"));
}

#[test]
fn nothing_is_a_version_too() {
    permits(ONE_BEHIND, "A: x = 1 -> done\n B: x? -> nothing");
    forbids(ONE_BEHIND, "A: x = 1 -> done\n A: x = 2 -> done\n B: x? -> nothing");
}

#[test]
fn updates_that_overlap_do_not_make_each_other_old() {
    let overlapped = "
        A: x = 1
        B: x = 2
        C: x = 3
        A: -> done
        B: -> done
        C: -> done
        A: x? -> 1
    ";
    permits(BoundedStaleness { versions: 0 }, overlapped);
}

#[test]
fn other_keys_do_not_count_as_versions() {
    permits(ONE_BEHIND, "A: x = 1 -> done\n A: y = 1 -> done\n A: y = 2 -> done\n B: x? -> 1");
}

#[test]
fn one_addition_is_not_seen_twice() {
    forbids(ExactlyOnce, "A: n + 1\n B: n? -> 2");
    forbids(ExactlyOnce, "A: n + 1 -> 2");
    permits(ExactlyOnce, "A: n + 1\n B: n? -> 1\n B: n? -> nothing");
}

#[test]
fn two_additions_are_seen_at_most_once_each() {
    for (found, guarantee) in [("1", permits as fn(_, &_)), ("2", permits), ("3", forbids)] {
        guarantee(ExactlyOnce, &format!("A: n + 1 -> 1\n B: n + 1\n B: n? -> {found}"));
    }
}

#[test]
fn a_negative_addition_counts_once_too() {
    permits(ExactlyOnce, "A: n + 5 -> 5\n B: n + -3\n A: n? -> 2");
    forbids(ExactlyOnce, "A: n + 5 -> 5\n B: n + -3\n A: n? -> -1");
}

#[test]
fn an_addition_lost_is_not_an_addition_repeated() {
    let lost = "A: n + 1 -> 1\n B: n + 1 -> 1\n B: n? -> 1";
    permits(ExactlyOnce, lost);
    forbids(ConsistentPrefix, lost);
}

#[test]
fn additions_that_count_on_each_other_are_regular_but_come_from_nowhere() {
    let circle = "
        A: n + 1
        B: n + -1
        A: -> 3
        B: -> 2
    ";
    permits(Regular, circle);
    forbids(ExactlyOnce, circle);
}

#[test]
fn sums_need_not_be_reached_in_the_order_of_sessions() {
    let near_the_limit = "
        A: n + 9223372036854775807
        B: n + 1
        C: n + -1
        A: n? -> 9223372036854775807
    ";
    permits(ExactlyOnce, near_the_limit);
    permits(Linearizable, near_the_limit);
}
