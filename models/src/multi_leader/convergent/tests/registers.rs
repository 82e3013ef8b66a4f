//! Which of several writes stays.

use super::bench::Bench;
use crate::multi_leader::convergent::{Clock, Convergent, Delivery, Event, RegisterRule, Ties};
use crate::vocabulary::Timestamp;

fn ruled(rule: RegisterRule) -> Convergent {
    Convergent { register: rule, delivery: Delivery::Any, ..Convergent::keeping_all(3) }
}

const fn latest(clock: Clock, ties: Ties) -> RegisterRule {
    RegisterRule::LastWriter { clock, ties }
}

/// Two writes that do not know of each other: 10 by replica 0 at time 5, 20 by replica 1 at time 3.
fn concurrent(rule: RegisterRule) -> [Event; 2] {
    let (mut zero, mut one) = (Bench::start(ruled(rule), 0), Bench::start(ruled(rule), 1));
    (zero.now, one.now) = (Timestamp(5), Timestamp(3));
    [zero.write(1, 10), one.write(2, 20)]
}

/// What replica 2 shows after both, in this order and in the other.
fn shown(rule: RegisterRule, [first, second]: [&Event; 2]) -> [Option<i64>; 2] {
    [[first, second], [second, first]].map(|order| {
        let mut two = Bench::start(ruled(rule), 2);
        for event in order {
            two.hear(event.dot.replica.0, &[event]);
        }
        two.value()
    })
}

#[test]
fn of_two_writes_that_did_not_know_of_each_other_the_rule_chooses() {
    let wall = latest(Clock::Wall, Ties::HigherReplica);
    let lamport = latest(Clock::Lamport, Ties::HigherReplica);
    let by_arrival = latest(Clock::Lamport, Ties::LaterArrival);
    let table = [
        (RegisterRule::LastArrived, [Some(20), Some(10)]),
        (wall, [Some(10); 2]),
        (lamport, [Some(20); 2]),
        (by_arrival, [Some(20), Some(10)]),
        (RegisterRule::HighestReplica, [Some(20); 2]),
        (RegisterRule::KeepWinner, [Some(20); 2]),
        (RegisterRule::KeepAll, [Some(20); 2]),
    ];
    for (rule, expected) in table {
        let [zero, one] = concurrent(rule);
        assert_eq!(shown(rule, [&zero, &one]), expected, "{rule:?}");
    }
}

/// Replica 1 writes 20 and replica 0, which knows of it, writes 10 over it. Replica 0's clock is behind.
fn successive(rule: RegisterRule) -> [Event; 2] {
    let (mut zero, mut one) = (Bench::start(ruled(rule), 0), Bench::start(ruled(rule), 1));
    (zero.now, one.now) = (Timestamp(3), Timestamp(5));
    let earlier = one.write(2, 20);
    zero.hear(1, &[&earlier]);
    [earlier, zero.write(1, 10)]
}

#[test]
fn a_write_over_another_stays_where_the_rule_knows_of_causes() {
    let table = [
        (latest(Clock::Wall, Ties::HigherReplica), [Some(20); 2]),
        (latest(Clock::Lamport, Ties::HigherReplica), [Some(10); 2]),
        (latest(Clock::Hybrid, Ties::HigherReplica), [Some(10); 2]),
        (RegisterRule::HighestReplica, [Some(20); 2]),
        (RegisterRule::KeepWinner, [Some(10); 2]),
        (RegisterRule::KeepAll, [Some(10); 2]),
    ];
    for (rule, expected) in table {
        let [earlier, later] = successive(rule);
        assert_eq!(shown(rule, [&earlier, &later]), expected, "{rule:?}");
    }
}

#[test]
fn a_hybrid_clock_follows_the_clock_and_what_was_seen() {
    let rule = latest(Clock::Hybrid, Ties::HigherReplica);
    let mut zero = Bench::start(ruled(rule), 0);
    zero.now = Timestamp(7);
    assert_eq!(zero.write(1, 1).stamp.time, 7);
    assert_eq!(zero.write(1, 2).stamp.time, 8, "ahead of its own");
    let mut one = Bench::start(ruled(rule), 1);
    one.now = Timestamp(50);
    let ahead = one.write(2, 1);
    zero.hear(1, &[&ahead]);
    assert_eq!(zero.write(1, 3).stamp.time, 51, "ahead of what it has seen");
    let mut again = zero.restart();
    assert_eq!(again.write(1, 4).stamp.time, 52, "also after a restart");
}

#[test]
fn all_versions_are_kept_until_a_write_that_knows_of_them() {
    let [zero, one] = concurrent(RegisterRule::KeepAll);
    let mut two = Bench::start(ruled(RegisterRule::KeepAll), 2);
    two.hear(0, &[&zero]);
    two.hear(1, &[&one]);
    assert_eq!(two.cell().register.versions().len(), 2);
    two.write(3, 30);
    assert_eq!(two.cell().register.versions().len(), 1);
    assert_eq!(two.value(), Some(30));
    two.hear(0, &[&zero]);
    assert_eq!(two.value(), Some(30), "what gave way does not come back");
}

#[test]
fn what_a_write_was_heard_to_know_of_counts_as_known() {
    // Replica 2 hears of the second write and not of the first, and writes over it.
    let rule = RegisterRule::KeepAll;
    let [earlier, later] = successive(rule);
    let mut two = Bench::start(ruled(rule), 2);
    two.hear(0, &[&later]);
    let last = two.write(3, 30);
    assert!(last.past.contains(earlier.dot));
    two.hear(1, &[&earlier]);
    assert_eq!(two.cell().register.versions().len(), 1);
    assert_eq!(two.value(), Some(30));
}
