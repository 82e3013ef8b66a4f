//! Comparing: two replicas come to hold the same, in messages that cover few keys.

use super::bench::{Bench, quorums, register, version};
use crate::leaderless::{AntiEntropy, Leaderless, Message, Timer};
use crate::vocabulary::Key;

const fn comparing(batch: u16) -> Leaderless {
    Leaderless { anti_entropy: AntiEntropy::Ranges, batch, ..quorums(1, 1, 2) }
}

fn key(number: u64) -> Key {
    Key::from(format!("{number:03}").as_str())
}

/// A replica that holds keys with these numbers, each in a version of that time.
fn holding(batch: u16, me: u8, keys: &[(u64, u64)]) -> Bench {
    let mut bench = Bench::start(comparing(batch), me);
    for (number, time) in keys {
        let register = register(version(*time, 1, 0), &time.to_string());
        bench.hear(1 - me, Message::Repair { key: key(*number), register });
    }
    bench
}

/// Lets replica 0 compare once, and delivers everything that follows, which it answers.
fn compare(pair: &mut [Bench; 2]) -> Vec<Message> {
    let mut in_flight: Vec<(u8, Message)> =
        pair[0].fire(Timer::Compare).send.into_iter().map(|(_, message)| (1, message)).collect();
    let mut delivered = Vec::new();
    while let Some((to, message)) = in_flight.pop() {
        delivered.push(message.clone());
        let effects = pair[usize::from(to)].hear(1 - to, message);
        in_flight.extend(effects.send.into_iter().map(|(_, message)| (1 - to, message)));
    }
    delivered
}

/// The most keys that one of these is about.
fn largest(messages: &[Message]) -> usize {
    let keys = messages.iter().map(|message| match message {
        Message::Summary { versions, .. } => versions.len(),
        Message::Fetch { keys } => keys.len(),
        Message::Compare { parts, .. } => parts.len().div_ceil(16),
        _ => 1,
    });
    keys.max().unwrap_or_default()
}

#[test]
fn both_come_to_hold_the_newer_of_each() {
    let mut pair =
        [holding(64, 0, &[(1, 2), (2, 1), (4, 1)]), holding(64, 1, &[(1, 1), (2, 3), (3, 1)])];
    compare(&mut pair);
    let [left, right] = pair;
    assert_eq!(left.replica.durable.registers, right.replica.durable.registers);
    let times: Vec<_> = left
        .replica
        .durable
        .registers
        .iter()
        .filter_map(|(_, register)| register.latest().map(|cell| cell.version.time))
        .collect();
    assert_eq!(times, [2, 3, 1, 1]);
}

#[test]
fn whoever_holds_the_same_says_nothing() {
    let mut pair = [holding(64, 0, &[(1, 1), (2, 1)]), holding(64, 1, &[(1, 1), (2, 1)])];
    let effects = pair[0].fire(Timer::Compare);
    assert_eq!(effects.send.len(), 1);
    let (_, compare) = effects.send[0].clone();
    assert!(pair[1].hear(0, compare).is_empty());
}

#[test]
fn few_keys_at_a_time_are_enough() {
    for batch in [1, 2, 3] {
        let many: Vec<_> = (0..12).map(|number| (number, 1)).collect();
        let few: Vec<_> = (0..12).filter(|number| number % 3 == 0).map(|n| (n, 2)).collect();
        let mut pair = [holding(batch, 0, &few), holding(batch, 1, &many)];
        let mut rounds = 0;
        while pair[0].replica.durable.registers != pair[1].replica.durable.registers {
            rounds += 1;
            assert!(rounds < 40, "batches of {batch} never come to an end");
            assert!(largest(&compare(&mut pair)) <= usize::from(batch), "a message covers a batch");
            pair.reverse();
            pair.iter_mut().for_each(|bench| bench.me.0 = 1 - bench.me.0);
        }
        assert_eq!(pair[0].replica.durable.registers.len(), 12);
    }
}

#[test]
fn one_difference_among_many_keys_takes_few_messages() {
    let same: Vec<_> = (0..64).map(|number| (number, 1)).collect();
    let mut pair = [holding(4, 0, &same), holding(4, 1, &same)];
    let newer = Message::Repair { key: key(33), register: register(version(2, 1, 0), "2") };
    pair[1].hear(0, newer);
    let delivered = compare(&mut pair);
    assert_eq!(pair[0].replica.durable.registers, pair[1].replica.durable.registers);
    // Digests of all parts, versions of one, and that key there and back.
    assert!(delivered.len() <= 5, "{delivered:?}");
}

#[test]
fn whoever_holds_more_divides() {
    let many: Vec<_> = (0..200).map(|number| (number, 1)).collect();
    for (one, other) in [(&many[..0], &many[..64]), (&many[..64], &many[..1]), (&many, &many[..9])]
    {
        let mut pair = [holding(4, 0, one), holding(4, 1, other)];
        let rounds = 1 + one.len() / 64;
        let delivered: Vec<_> = (0..rounds).flat_map(|_| compare(&mut pair)).collect();
        assert_eq!(pair[0].replica.durable.registers, pair[1].replica.durable.registers);
        assert!(largest(&delivered) <= 4);
        let compared = delivered.iter().filter(|it| matches!(it, Message::Compare { .. })).count();
        assert!(compared <= rounds * 17, "{compared} of {}", delivered.len());
    }
}

#[test]
fn whoever_does_not_compare_says_nothing() {
    let mut bench = Bench::start(quorums(1, 1, 2), 0);
    assert!(bench.fire(Timer::Compare).is_empty());
}
