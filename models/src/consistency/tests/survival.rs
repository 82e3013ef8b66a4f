//! What the store still has, and what clients heard.

use super::script::history;
use crate::consistency::{
    OperationId, is_acknowledged, no_dirty_read, no_lost_acknowledged_write, writers_of,
};
use crate::vocabulary::Operation;

const NOTHING: fn(OperationId) -> bool = |_| false;

fn operation(session: usize, index: usize) -> OperationId {
    OperationId { session, index }
}

#[test]
fn an_acknowledged_update_must_survive() {
    for acknowledged in [
        "x = 1 -> done",
        "delete x -> done",
        "take x -> 1",
        "clear -> done",
        "x + 1 -> 1",
        "x 1 => 2 -> changed",
    ] {
        let history = history(&format!("A: {acknowledged}"));
        assert!(!no_lost_acknowledged_write(&history, NOTHING), "{acknowledged}");
        assert!(no_lost_acknowledged_write(&history, |id| id == operation(0, 0)));
    }
}

#[test]
fn what_was_not_acknowledged_need_not_survive() {
    for other in [
        "x = 1",
        "x = 1 -> refused",
        "x 1 => 2 -> unchanged",
        "take x -> nothing",
        "clear",
        "x? -> 1",
    ] {
        assert!(no_lost_acknowledged_write(&history(&format!("A: {other}")), NOTHING), "{other}");
    }
}

#[test]
fn what_was_read_must_survive() {
    let read = history("A: x = 1\n B: x? -> 1");
    assert!(!no_dirty_read(&read, NOTHING));
    assert!(no_dirty_read(&read, |id| id == operation(0, 0)));
}

#[test]
fn reading_nothing_is_never_dirty() {
    assert!(no_dirty_read(&history("A: x = 1 -> done\n B: x? -> nothing"), NOTHING));
}

#[test]
fn a_sum_is_clean_if_some_surviving_additions_lead_to_it() {
    let sum = history("A: n + 1\n B: n + 2\n C: n + 4\n C: n? -> 5");
    assert!(no_dirty_read(&sum, |id| id.session != 1));
    assert!(!no_dirty_read(&sum, |id| id.session != 0));
}

#[test]
fn an_addition_is_dirty_if_it_counted_on_a_lost_one() {
    let sum = history("A: n + 1\n B: n + 2 -> 3");
    assert!(!no_dirty_read(&sum, |id| id == operation(1, 0)));
}

#[test]
fn a_value_nobody_wrote_is_dirty() {
    assert!(!no_dirty_read(&history("A: x = 1\n B: x? -> 2"), |_| true));
}

#[test]
fn the_writer_of_a_value_is_found() {
    let read = history("A: x = 1 -> done\n B: x = 2 -> done\n A: y = 2 -> done\n A: x? -> 2");
    assert_eq!(writers_of(&read, operation(0, 2)), [operation(1, 0)]);
    assert_eq!(writers_of(&read, operation(0, 0)), []);
}

#[test]
fn every_possible_writer_of_a_repeated_value_is_found() {
    let read = history("A: x = 1 -> done\n B: x nothing => 1\n C: x + 1 -> 1\n A: x? -> 1");
    let writers = [operation(0, 0), operation(1, 0), operation(2, 0)];
    assert_eq!(writers_of(&read, operation(0, 1)), writers);
}

#[test]
fn availability_asks_for_an_acknowledgement() {
    let is_write = |_, record: &crate::consistency::Record| {
        matches!(record.operation, Operation::Write { .. })
    };
    assert!(is_acknowledged(&history("A: x = 1 -> done"), is_write));
    assert!(!is_acknowledged(&history("A: x = 1"), is_write));
    assert!(!is_acknowledged(&history("A: x = 1 -> refused\n A: x? -> nothing"), is_write));
}
