use proptest::prelude::*;

use super::*;

const DATAGRAM: usize = 1_200;
const MESSAGE: usize = 1 << 20;
const BOOT: Boot = Boot { count: 1, salt: 7 };

fn identity(me: u8, boot: Boot) -> Identity {
    Identity { me: ReplicaId(me), replicas: 3, cluster: 11, configuration: 22, boot }
}

fn wire_of(identity: Identity, secret: u8) -> Wire {
    Wire::new(identity, &Keys::Cluster(Secret([secret; 32])), DATAGRAM, MESSAGE)
}

fn wire(me: u8) -> Wire {
    wire_of(identity(me, BOOT), 1)
}

fn flush(wire: &mut Wire, now: u64) -> Vec<Vec<u8>> {
    let mut datagrams = Vec::new();
    wire.flush(Moment(now), |_, datagram| datagrams.push(datagram.to_vec()));
    datagrams
}

/// The datagram in which `sender` says `message` to replica 1.
fn said(sender: &mut Wire, message: &[u8]) -> Vec<u8> {
    sender.send(ReplicaId(1), message.to_vec(), false, Moment(0));
    let mut datagrams = flush(sender, 0);
    assert_eq!(datagrams.len(), 1);
    datagrams.remove(0)
}

fn open(wire: &mut Wire, datagram: &[u8]) -> Result<Vec<Delivery>, Dropped> {
    let mut delivered = Vec::new();
    wire.open(&mut datagram.to_vec(), Moment(0), &mut delivered).map(|()| delivered)
}

fn message(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 + index / 251) as u8).collect()
}

#[test]
fn a_message_arrives_once() {
    let (mut zero, mut one) = (wire(0), wire(1));
    let datagram = said(&mut zero, b"hello");
    assert_eq!(open(&mut one, &datagram), Ok(vec![(ReplicaId(0), b"hello".to_vec())]));
    assert_eq!(open(&mut one, &datagram), Err(Dropped::Replayed));
    assert_eq!(one.counters().dropped(Dropped::Replayed), 1);
}

#[test]
fn messages_for_one_peer_share_datagrams_within_the_limit() {
    let (mut zero, mut one) = (wire(0), wire(1));
    let messages: Vec<_> = (0..40).map(|length| message(length * 7)).collect();
    for message in &messages {
        zero.send(ReplicaId(1), message.clone(), false, Moment(0));
    }
    let datagrams = flush(&mut zero, 0);
    assert!(datagrams.len() < 9, "{}", datagrams.len());
    assert!(datagrams.iter().all(|datagram| datagram.len() <= DATAGRAM));
    let arrived: Vec<_> =
        datagrams.iter().flat_map(|d| open(&mut one, d).expect("it is authentic")).collect();
    assert_eq!(arrived.into_iter().map(|(_, message)| message).collect::<Vec<_>>(), messages);
}

#[test]
fn what_is_foreign_forged_or_misdirected_is_dropped_for_that_reason() {
    let datagram = said(&mut wire(0), b"hello");
    let altered = |at: usize| {
        let mut datagram = datagram.clone();
        datagram[at] ^= 1;
        datagram
    };
    let from = |identity: Identity, secret| said(&mut wire_of(identity, secret), b"hello");
    let table = [
        (datagram[..63].to_vec(), Dropped::TooShort),
        (vec![0; DATAGRAM + 1], Dropped::TooLong),
        (altered(0), Dropped::Foreign),
        (altered(7), Dropped::Foreign),
        ([&datagram[..4], &[VERSION + 1], &datagram[5..]].concat(), Dropped::Version),
        (from(Identity { cluster: 12, ..identity(0, BOOT) }, 1), Dropped::OtherCluster),
        (from(Identity { configuration: 1, ..identity(0, BOOT) }, 1), Dropped::OtherConfiguration),
        (altered(6), Dropped::NotForMe),
        ([&datagram[..5], &[9], &datagram[6..]].concat(), Dropped::UnknownSender),
        ([&datagram[..5], &[1], &datagram[6..]].concat(), Dropped::UnknownSender),
        ([&datagram[..5], &[2], &datagram[6..]].concat(), Dropped::Forged),
        (from(identity(0, BOOT), 2), Dropped::Forged),
        (altered(24), Dropped::Forged),
        (altered(40), Dropped::TooOld),
        (altered(41), Dropped::Forged),
        (altered(HEADER_LENGTH), Dropped::Forged),
        (altered(datagram.len() - 1), Dropped::Forged),
        (datagram[..datagram.len() - 1].to_vec(), Dropped::Forged),
        ([&datagram[..], &[0]].concat(), Dropped::Forged),
    ];
    let mut one = wire(1);
    for (bytes, reason) in table {
        assert_eq!(open(&mut one, &bytes), Err(reason));
    }
    assert!(open(&mut one, &datagram).is_ok(), "what was dropped has left no trace");
}

#[test]
fn a_restarted_sender_is_heard_and_its_earlier_self_no_more() {
    let (mut before, mut one) = (wire(0), wire(1));
    let early = said(&mut before, b"early");
    let late = said(&mut before, b"late");
    assert!(open(&mut one, &early).is_ok());
    let restarted = |boot| said(&mut wire_of(identity(0, boot), 1), b"again");
    assert!(open(&mut one, &restarted(Boot { count: 2, salt: 8 })).is_ok());
    assert_eq!(open(&mut one, &late), Err(Dropped::OldBoot));
    assert_eq!(open(&mut one, &restarted(Boot { count: 2, salt: 9 })), Err(Dropped::OldBoot));
}

#[test]
fn the_previous_version_is_understood() {
    let (mut zero, mut one) = (wire(0), wire(1));
    zero.speak(VERSION_OLDEST);
    assert!(open(&mut one, &said(&mut zero, b"hello")).is_ok());
}

#[test]
fn pairs_of_replicas_have_keys_of_their_own() {
    let secrets = |pairs: &[(u8, u8)]| {
        let pair = |(other, secret): &(u8, u8)| (ReplicaId(*other), Secret([*secret; 32]));
        Keys::Pairs(pairs.iter().map(pair).collect())
    };
    let zero_keys = secrets(&[(1, 10), (2, 20)]);
    let mut zero = Wire::new(identity(0, BOOT), &zero_keys, DATAGRAM, MESSAGE);
    let one_keys = secrets(&[(0, 10), (2, 12)]);
    let mut one = Wire::new(identity(1, BOOT), &one_keys, DATAGRAM, MESSAGE);
    // Replica 0 tries to speak as replica 2.
    let mut liar = Wire::new(identity(2, BOOT), &secrets(&[(1, 10)]), DATAGRAM, MESSAGE);
    assert!(open(&mut one, &said(&mut zero, b"hello")).is_ok());
    assert_eq!(open(&mut one, &said(&mut liar, b"hello")), Err(Dropped::Forged));
}

/// Lets two replicas exchange all they have, with each datagram passing `survives`, for so many
/// milliseconds. Answers what arrived at replica 1.
fn exchange(
    zero: &mut Wire,
    one: &mut Wire,
    milliseconds: u64,
    mut survives: impl FnMut() -> bool,
) -> Vec<Vec<u8>> {
    let mut arrived = Vec::new();
    for now in (0..milliseconds).map(|millisecond| Moment(millisecond * 1_000_000)) {
        let mut delivered = Vec::new();
        for (from, to) in [(0, 1), (1, 0)] {
            let (sender, receiver) =
                if from < to { (&mut *zero, &mut *one) } else { (&mut *one, &mut *zero) };
            let mut datagrams = Vec::new();
            sender.flush(now, |_, datagram| datagrams.push(datagram.to_vec()));
            for mut datagram in datagrams {
                assert!(datagram.len() <= DATAGRAM);
                if survives() {
                    receiver.open(&mut datagram, now, &mut delivered).expect("it is authentic");
                }
            }
        }
        arrived.extend(delivered.into_iter().map(|(_, message)| message));
    }
    arrived
}

#[test]
fn a_long_message_arrives_whole_and_once_although_a_third_of_the_datagrams_is_lost() {
    let (mut zero, mut one) = (wire(0), wire(1));
    let long = message(300_000);
    zero.send(ReplicaId(1), long.clone(), true, Moment(0));
    assert!(zero.is_bulk_under_way(ReplicaId(1)));
    zero.send(ReplicaId(1), long.clone(), true, Moment(0));
    assert_eq!(zero.counters().dropped(Dropped::NotSent), 1, "one bulky message at a time");
    let mut dice = 12_345_u64;
    let survives = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        !(dice >> 33).is_multiple_of(3)
    };
    assert_eq!(exchange(&mut zero, &mut one, 2_000, survives), [long]);
    assert!(!zero.is_bulk_under_way(ReplicaId(1)));
    assert_eq!(zero.deadline(), None);
}

#[test]
fn a_message_that_is_too_long_is_not_sent() {
    let mut zero = wire(0);
    zero.send(ReplicaId(1), message(MESSAGE + 1), false, Moment(0));
    assert_eq!(zero.counters().dropped(Dropped::NotSent), 1);
    assert_eq!(flush(&mut zero, 0), Vec::<Vec<u8>>::new());
}

#[test]
fn a_long_message_to_nobody_is_given_up() {
    let mut zero = wire(0);
    zero.send(ReplicaId(1), message(100_000), true, Moment(0));
    assert!(!flush(&mut zero, 0).is_empty());
    assert!(flush(&mut zero, 6_000_000_000).is_empty());
    assert!(!zero.is_bulk_under_way(ReplicaId(1)));
}

#[test]
fn more_pieces_than_the_limit_allows_are_dropped_and_the_link_goes_on() {
    let mut zero = Wire::new(identity(0, BOOT), &Keys::Cluster(Secret([1; 32])), DATAGRAM, MESSAGE);
    let mut one = Wire::new(identity(1, BOOT), &Keys::Cluster(Secret([1; 32])), DATAGRAM, 65_536);
    zero.send(ReplicaId(1), message(200_000), false, Moment(0));
    let results: Vec<_> = flush(&mut zero, 0).iter().map(|d| open(&mut one, d)).collect();
    assert!(results.contains(&Err(Dropped::TooMuch)) || results.iter().all(Result::is_ok));
    assert_eq!(exchange(&mut zero, &mut one, 1, || false), Vec::<Vec<u8>>::new());
    assert!(open(&mut one, &said_only(&mut zero, b"short")).is_ok());
}

/// The last datagram that is flushed after `message` was queued.
fn said_only(sender: &mut Wire, message: &[u8]) -> Vec<u8> {
    sender.send(ReplicaId(1), message.to_vec(), false, Moment(1));
    flush(sender, 1).remove(0)
}

proptest! {
    #[test]
    fn any_change_to_a_datagram_gives_at_most_a_counted_drop(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let original = said(&mut wire(0), b"hello");
        let mut changed = original.clone();
        changes.iter().for_each(|(at, bits)| changed[at.index(original.len())] ^= bits);
        changed.truncate(original.len() - cut.index(3));
        prop_assume!(changed != original);
        let mut one = wire(1);
        prop_assert!(open(&mut one, &changed).is_err());
        prop_assert_eq!(open(&mut one, &original).map(|delivered| delivered.len()), Ok(1));
    }
}
