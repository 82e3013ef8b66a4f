//! One message that says what two said.

use proptest::collection::vec;
use proptest::prelude::*;

use super::bench::Bench;
use super::generate::policies;
use super::messages::{append, appended, appended_after, confirm, mark, opened, written};
use crate::single_leader::{Message, SingleLeader};
use crate::vocabulary::LogEntry;

const MAJORITY: SingleLeader = SingleLeader::majority(3);
const ROOM: usize = 1_000;

fn coalesced(policy: SingleLeader, mut earlier: Message, later: &Message) -> Option<Message> {
    match policy.coalesce(&mut earlier, later.clone(), ROOM) {
        None => Some(earlier),
        Some(rest) => {
            assert_eq!(rest, *later, "what is sent by itself is not changed");
            None
        }
    }
}

#[test]
fn entries_that_continue_each_other_travel_together() {
    let first = append(1, mark(0, 0), &[written(1, 1)], 0);
    let second = append(1, mark(1, 1), &[written(1, 2)], 1);
    let both = append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 1);
    assert_eq!(coalesced(MAJORITY, first, &second), Some(both));
}

#[test]
fn entries_that_do_not_continue_each_other_travel_alone() {
    let first = append(1, mark(0, 0), &[written(1, 1)], 0);
    for (epoch, previous) in [(2, mark(1, 1)), (1, mark(0, 0)), (1, mark(1, 2)), (1, mark(2, 1))] {
        let second = append(epoch, previous, &[written(epoch, 2)], 0);
        assert_eq!(coalesced(MAJORITY, first.clone(), &second), None, "{second:?}");
    }
    assert_eq!(coalesced(MAJORITY, first, &confirm(1, 1, 1)), None);
}

#[test]
fn a_message_carries_no_more_than_the_policy_and_a_datagram_allow() {
    let first = append(1, mark(0, 0), &[written(1, 1)], 0);
    let second = append(1, mark(1, 1), &[written(1, 2)], 1);
    assert_eq!(coalesced(SingleLeader { batch: 1, ..MAJORITY }, first.clone(), &second), None);
    assert_eq!(MAJORITY.coalesce(&mut first.clone(), second.clone(), 100), Some(second));
}

#[test]
fn of_two_acknowledgements_the_further_is_enough() {
    let further = Some(appended(1, 5));
    assert_eq!(coalesced(MAJORITY, appended(1, 3), &appended(1, 5)), further);
    assert_eq!(coalesced(MAJORITY, appended(1, 5), &appended(1, 3)), further);
    assert_eq!(coalesced(MAJORITY, appended(1, 3), &appended(2, 5)), None);
    assert_eq!(coalesced(MAJORITY, appended(1, 3), &appended_after(1, 5, 1)), None);
}

/// The epoch of whoever sends.
const EPOCH: u64 = 40;

/// A leader's log. Epochs never decrease along it, and all are even.
fn sent() -> impl Strategy<Value = Vec<LogEntry>> {
    vec(prop_oneof![4 => Just(0_u64), 1 => Just(2_u64)], 1..8).prop_map(|steps| {
        let mut epoch = 2;
        let entry = |step: u64| {
            epoch += step;
            if step > 0 { opened(epoch) } else { written(epoch, 1) }
        };
        steps.into_iter().map(entry).collect()
    })
}

/// The log of a follower: so much of the leader's, and so many entries of a leader in between.
fn held(sent: &[LogEntry], same: usize, own: usize) -> (u64, Vec<LogEntry>) {
    let mut held = sent[..same.min(sent.len())].to_vec();
    let epoch = held.last().map_or(1, |entry| entry.epoch.0 + 1);
    held.extend((0..own).map(|_| written(epoch, 1)));
    (epoch, held)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// A follower comes to the same, whatever it held before, or asks for a copy of the leader's
    /// log. Only what it knew to be committed when it last persisted may be older: it persists less
    /// often.
    #[test]
    fn what_is_coalesced_does_what_both_would_have_done(
        policy in policies(),
        sent in sent(),
        (same, own) in (0..8_usize, 0..4_usize),
        (begin, middle, commit, later) in (0..8_usize, 0..8_usize, 0..8_u64, 0..4_u64),
    ) {
        // When a follower compacts depends on how often it looks.
        let (replicas, compact_after) = (policy.replicas.max(2), None);
        let policy = SingleLeader { replicas, batch: 64, compact_after, ..policy };
        let begin = begin.min(sent.len());
        let middle = middle.clamp(begin, sent.len());
        let at = |count: usize| match sent[..count].last() {
            Some(entry) => mark(entry.epoch.0, count as u64),
            None => mark(0, 0),
        };
        let first = append(EPOCH, at(begin), &sent[begin..middle], commit);
        let second = append(EPOCH, at(middle), &sent[middle..], commit + later);
        let both = coalesced(policy, first.clone(), &second).expect("they continue each other");
        let mut follower = Bench::start(policy, 1);
        let (epoch, held) = held(&sent, same, own);
        follower.hear(0, append(epoch, mark(0, 0), &held, 0));
        let before = follower.participant.clone();
        follower.hear(0, first);
        follower.hear(0, second);
        let one_by_one = follower.replica().clone();
        follower.participant = before;
        let said = follower.hear(0, both).send;
        let asks = |(_, message): &(_, Message)| {
            matches!(message, Message::NotAppended { resume: None, .. })
        };
        prop_assume!(!said.iter().any(asks));
        let mut at_once = follower.replica().clone();
        at_once.durable.checkpoint = one_by_one.durable.checkpoint;
        prop_assert_eq!(at_once, one_by_one);
    }
}
