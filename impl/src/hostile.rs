//! Any bytes at all, for every decoder: what may come of them, and that nothing else does.
//!
//! Written once for the fuzz targets in `impl/fuzz/` and for the tests below. Where a checksum or a key
//! would stop nearly all bytes at the door, there is a second function for what is behind it.

use std::fmt::Debug;
use std::path::Path;

use holdfast_models::leaderless::{self, Leaderless};
use holdfast_models::multi_leader::certification::{self, Certification};
use holdfast_models::multi_leader::convergent::{self, Convergent};
use holdfast_models::multi_leader::home_region::{self, HomeRegion};
use holdfast_models::multi_leader::locking::{self, Locking};
use holdfast_models::single_leader::{Remembered, SingleLeader};
use holdfast_models::vocabulary::ReplicaId;

use crate::client::ClientKey;
use crate::commands::{Plan, Planner};
use crate::config::{Cluster, Keys, Secret};
use crate::disk::{
    Disk, DiskError, DiskIdentity, FaultyDisk, Journal, Store, Writing, inspect, snapshot_of,
    write_record,
};
use crate::hosted::Hosted;
use crate::moment::Moment;
use crate::resp::{Arguments, Decoder, Limits, ProtocolError};
use crate::wire::{Boot, Dropped, Identity, Wire, seal_any};

/// Short, so that every limit is met.
pub(crate) const SMALL: Limits = Limits { arguments: 8, bulk: 64, command: 128, line: 32 };

/// Everything that a decoder makes of the pieces, one after the other.
pub(crate) fn decoded<'a>(
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Arguments>, Option<ProtocolError>) {
    let mut decoder = Decoder::new(limits);
    let mut commands = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.decode() {
                Ok(Some(command)) => commands.push(command),
                Ok(None) => break,
                Err(failure) => return (commands, Some(failure)),
            }
        }
    }
    (commands, None)
}

/// What clients of the Redis protocol say. However it is split, it means the same, and whatever is
/// asked is planned.
pub fn resp(bytes: &[u8]) {
    let at_once = decoded(SMALL, [bytes]);
    for length in [1, 2, 7] {
        assert_eq!(decoded(SMALL, bytes.chunks(length)), at_once);
    }
    let mut planner = Planner::new(true);
    for arguments in at_once.0 {
        if let Plan::Task(mut task) = planner.plan(arguments) {
            let _ = task.begin();
        }
    }
}

/// A datagram between replicas, from anybody: dropped, and the link goes on.
pub fn datagram(bytes: &[u8]) {
    let mut one = wire(1);
    let mut delivered = Vec::new();
    assert!(one.open(&mut bytes.to_vec(), Moment(0), &mut delivered).is_err());
    hears(&mut one, 1, &[0, 2, b'h', b'i'], &mut delivered);
    assert_eq!(delivered, [(ReplicaId(0), b"hi".to_vec())]);
}

/// What is in datagrams of a replica that has the key, one after the other: frames, pieces of
/// messages, and messages.
pub fn frames(bytes: &[u8]) {
    let mut one = wire(1);
    let mut delivered = Vec::new();
    for (sequence, body) in (1..).zip(parts(bytes)) {
        hears(&mut one, sequence, body, &mut delivered);
        one.flush(Moment(sequence), |_, _| ());
    }
    delivered.iter().for_each(|(_, bytes)| message(bytes));
}

fn hears(one: &mut Wire, sequence: u64, body: &[u8], delivered: &mut Vec<(ReplicaId, Vec<u8>)>) {
    let mut datagram = seal_any(&identity(0), &SECRET, ReplicaId(1), sequence, body);
    if let Err(reason) = one.open(&mut datagram, Moment(sequence), delivered) {
        assert!(matches!(reason, Dropped::Malformed | Dropped::TooMuch), "{reason:?}");
    }
}

const SECRET: Secret = Secret([1; 32]);

fn identity(me: u8) -> Identity {
    let boot = Boot { count: 1, salt: 7 };
    Identity { me: ReplicaId(me), replicas: 3, cluster: 11, configuration: 22, boot }
}

fn wire(me: u8) -> Wire {
    Wire::new(identity(me), &Keys::Cluster(SECRET), 1_200, 1 << 16)
}

/// A message of each protocol: what is understood says the same again.
pub fn message(bytes: &[u8]) {
    message_of(&SingleLeader::majority(3), bytes);
    message_of(&Leaderless::majority(3), bytes);
    message_of(&Convergent::keeping_all(3), bytes);
    message_of(&Certification::write_sets(3), bytes);
    message_of(&HomeRegion::fixed(3), bytes);
    message_of(&Locking::wait_die(3), bytes);
}

fn message_of<P: Hosted<Message: Debug + PartialEq>>(protocol: &P, bytes: &[u8]) {
    if let Ok(message) = postcard::from_bytes::<P::Message>(bytes) {
        let _ = protocol.is_plausible(&message);
        let again = postcard::to_stdvec(&message).expect("messages are plain data");
        assert_eq!(postcard::from_bytes(&again), Ok(message));
    }
}

/// A datagram of the native client protocol: from anybody, and with the key.
pub fn client(bytes: &[u8]) {
    let key = ClientKey::derive("test", Some(b"secret"));
    assert!(key.open(bytes).is_err());
    if let Ok(body) = key.open(&key.seal_any(bytes)) {
        assert_eq!(key.open(&key.seal(&body)), Ok(body));
    }
}

/// A file in the folder of a replica: the first byte says which.
pub fn file(bytes: &[u8]) {
    const NAMES: [&str; 4] =
        ["log-0000000000000001", "snapshot-0000000000000001", "boot", "identity"];
    let Some((which, content)) = bytes.split_first() else { return };
    let disk = new_disk::<Remembered>();
    let name = NAMES[usize::from(*which) % NAMES.len()];
    let _ = disk.truncate(name, 0);
    disk.append(name, content).expect("nothing fails");
    is_refused_or_starts::<Remembered>(&disk);
}

/// What records say whose checksums are right: a journal, or a snapshot and then a journal, of each
/// protocol.
pub fn journal(bytes: &[u8]) {
    journal_of::<Remembered>(bytes);
    journal_of::<leaderless::Durable>(bytes);
    journal_of::<convergent::Durable>(bytes);
    journal_of::<certification::Durable>(bytes);
    journal_of::<home_region::Durable>(bytes);
    journal_of::<locking::Durable>(bytes);
}

fn journal_of<J: Journal>(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let disk = new_disk::<J>();
    let mut payloads = parts(bytes).into_iter();
    if kind % 2 == 1 {
        let payload = payloads.next().unwrap_or_default();
        let (name, content) = snapshot_of(IDENTITY, payload);
        disk.append(&name, &content).expect("nothing fails");
    }
    for (sequence, payload) in (1..).zip(payloads) {
        let mut record = Vec::new();
        write_record(&mut record, sequence, 0, payload);
        disk.append("log-0000000000000001", &record).expect("nothing fails");
    }
    is_refused_or_starts::<J>(&disk);
}

const IDENTITY: DiskIdentity = DiskIdentity { cluster: 1, replica: 0 };

fn new_disk<J: Journal>() -> FaultyDisk {
    let disk = FaultyDisk::default();
    open::<J>(&disk).expect("it is empty");
    disk
}

fn open<J: Journal>(disk: &FaultyDisk) -> Result<Store<FaultyDisk, J>, DiskError> {
    Store::open(disk.clone(), IDENTITY, 4_000, Writing::AtOnce)
}

/// What starts, starts again with the same.
fn is_refused_or_starts<J: Journal>(disk: &FaultyDisk) {
    inspect(disk).expect("looking never fails");
    if let Ok(store) = open::<J>(disk) {
        let durable = store.durable().cloned();
        let again = open::<J>(disk).expect("it was just opened");
        assert_eq!(again.durable(), durable.as_ref());
    }
}

/// A cluster file.
pub fn cluster_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = Cluster::parse(Path::new("cluster.toml"), &text) {
        assert!(error.to_string().contains("cluster.toml"), "{error}");
    }
}

/// The records of a step trace of each protocol, and a file that is none.
pub fn steps(bytes: &[u8]) {
    steps_of(&SingleLeader::majority(3), bytes);
    steps_of(&Leaderless::majority(3), bytes);
    steps_of(&Convergent::keeping_all(3), bytes);
    steps_of(&Certification::write_sets(3), bytes);
    steps_of(&HomeRegion::fixed(3), bytes);
    steps_of(&Locking::wait_die(3), bytes);
}

fn steps_of<P: Hosted>(protocol: &P, bytes: &[u8]) {
    let _ = crate::steps::replay(protocol, 0, bytes);
    let mut trace = Vec::new();
    for (sequence, payload) in (0..).zip(parts(bytes)) {
        write_record(&mut trace, sequence, 0, payload);
    }
    let _ = crate::steps::replay(protocol, 0, &trace);
}

/// Splits bytes where they say so: each part has its length before it.
fn parts(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = bytes.split_first() {
        let (part, after) = rest.split_at(usize::from(*length).min(rest.len()));
        parts.push(part);
        bytes = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// Any bytes, and bytes that are small numbers more often than not: lengths and variants.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let small = prop_oneof![3 => 0..24_u8, 1 => any::<u8>()];
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            prop::collection::vec(small, 0..300),
        ]
    }

    macro_rules! hostile {
        ($($decoder:ident),*) => {
            proptest! {
                $(#[test]
                fn $decoder(bytes in bytes()) {
                    super::$decoder(&bytes);
                })*
            }
        };
    }

    /// A snapshot of eleven bytes that says that its client table has a billion entries.
    #[test]
    fn nothing_is_reserved_for_what_a_length_merely_announces() {
        super::message(&[3, 0, 11, 10, 0, 0, 253, 213, 255, 255, 3]);
    }

    hostile!(resp, datagram, frames, message, client, file, journal, cluster_file, steps);
}
