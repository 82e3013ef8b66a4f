//! Taking what is there, and clearing the store.

use super::Guarantee::{Causal, ExactlyOnce, Linearizable, ReadYourWrites};
use super::{forbids, permits};

#[test]
fn one_alone_takes_what_was_written_once() {
    permits(Linearizable, "A: x = 1 -> done\n A: take x -> 1\n B: take x -> nothing");
    forbids(Linearizable, "A: x = 1 -> done\n A: take x -> 1\n B: take x -> 1");
    forbids(Linearizable, "A: x = 1 -> done\n A: take x -> nothing");
}

#[test]
fn what_was_taken_is_not_read_again() {
    forbids(Linearizable, "A: x = 1 -> done\n B: take x -> 1\n A: x? -> 1");
    permits(Linearizable, "A: x = 1 -> done\n B: take x -> 1\n A: x? -> nothing");
    forbids(ReadYourWrites, "A: x = 1 -> done\n A: take x -> 1\n A: x? -> 1");
}

#[test]
fn whoever_found_nothing_to_take_has_removed_nothing() {
    permits(Linearizable, "B: take x -> nothing\n A: x = 1 -> done\n A: x? -> 1");
    permits(Linearizable, "A: x = 1\n B: take x -> nothing\n A: -> done\n A: x? -> 1");
}

#[test]
fn an_unanswered_take_may_have_taken_whatever_was_there() {
    for found in ["1", "nothing"] {
        permits(Linearizable, &format!("A: x = 1 -> done\n B: take x\n A: x? -> {found}"));
    }
    forbids(Linearizable, "A: x = 1 -> done\n B: take x\n A: x? -> nothing\n A: x? -> 1");
}

#[test]
fn an_addition_that_counts_twice_is_noticed_by_who_takes_the_sum() {
    forbids(ExactlyOnce, "A: n + 1\n B: take n -> 2");
    permits(ExactlyOnce, "A: n + 1\n B: take n -> 1");
}

#[test]
fn a_cleared_store_has_nothing_at_any_key() {
    let written = "A: x = 1 -> done\n A: y = 1 -> done\n B: clear -> done";
    permits(Linearizable, &format!("{written}\n A: x? -> nothing\n A: y? -> nothing"));
    forbids(Linearizable, &format!("{written}\n A: x? -> 1"));
    forbids(Linearizable, &format!("{written}\n A: y? -> 1"));
    permits(Linearizable, &format!("{written}\n A: x = 2 -> done\n A: x? -> 2"));
}

#[test]
fn clearing_is_an_update_of_its_session() {
    forbids(ReadYourWrites, "A: x = 1 -> done\n A: clear -> done\n A: x? -> 1");
    permits(Causal, "A: x = 1 -> done\n B: clear -> done\n A: x? -> 1");
}

#[test]
fn clearing_that_nobody_answered_may_have_happened() {
    for found in ["1", "nothing"] {
        permits(Linearizable, &format!("A: x = 1 -> done\n B: clear\n A: x? -> {found}"));
    }
    forbids(Linearizable, "A: x = 1 -> done\n B: clear\n A: x? -> nothing\n A: x? -> 1");
}
