//! Three nodes as threads of one process, on loopback and on real disks, under load.

#[path = "support/threads.rs"]
mod threads;

use std::time::{Duration, Instant};

use holdfast_models::protocol::{Effects, Protocol};
use holdfast_models::single_leader::{Durable, Participant, Remembered, SingleLeader};
use holdfast_models::vocabulary::{
    ClientId, Command, Epoch, Key, Log, LogEntry, LogPosition, Operation, Outcome, ReplicaId,
    ReplicaSet, RequestId, Sequence, StateMachine, Timestamp, Value,
};
use holdfast_node::disk::{Directory, DiskIdentity, Store, Writing};
use threads::{Threads, load};

fn write(client: u64, index: u64) -> Operation {
    let key = Key::from(format!("key {}", (client * 7919 + index) % 10_000).as_str());
    Operation::Write { key, value: Value::from("v".repeat(100).as_str()) }
}

#[test]
fn updates_are_acknowledged_by_a_majority_and_read_back_after_a_restart_of_all() {
    let mut cluster = Threads::start("restart", 3, "compact-after = 100");
    let done = load(&cluster, 16, Duration::from_millis(700), write);
    assert!(done > 20, "only {done} updates");
    let read = Operation::Read { key: Key::from("key 1") };
    assert!(matches!(cluster.ask(0, 1_000, 1, read.clone()), Some(Outcome::Found(Some(_)))));
    cluster.restart_all();
    let value = cluster.ask_until_answered(1_001, read);
    assert!(matches!(value, Outcome::Found(Some(_))), "{value:?}");
}

/// What a replica with a million keys of 100 bytes remembers.
fn million() -> Remembered {
    let mut snapshot = StateMachine::new(ReplicaSet::first(3));
    for index in 0..1_000_000_u64 {
        let key = Key::from(format!("key {index}").as_str());
        let operation = Operation::Write { key, value: Value::from("v".repeat(100).as_str()) };
        let (client, request) = (ClientId(index % 64), RequestId(index / 64 + 1));
        let command = Command::Update { client, request, operation };
        snapshot.apply(&LogEntry { epoch: Epoch(1), command });
    }
    Remembered::Replica(Durable {
        epoch: Epoch(1),
        vote: Some(ReplicaId(0)),
        log: Log::new(snapshot.applied, Sequence::default()),
        snapshot,
        checkpoint: LogPosition::ZERO,
        incarnation: 0,
    })
}

/// `cargo test --release -p holdfast-node --test load -- --ignored --nocapture million`
#[test]
#[ignore = "a measurement: a disk of a million keys"]
fn how_long_a_million_keys_take_to_start() {
    let folder = std::env::temp_dir().join(format!("holdfast-million-{}", std::process::id()));
    let us = DiskIdentity { cluster: 1, replica: 0 };
    let durable = million();
    let open = || {
        let directory = Directory::open(&folder).expect("nobody uses it");
        Store::<_, Remembered>::open(directory, us, 1 << 20, Writing::AtOnce).expect("it is ours")
    };
    let mut store = open();
    store.write(&durable).expect("there is room");
    let writing = Instant::now();
    store.maintain().expect("there is room");
    println!("snapshot written in {:?}", writing.elapsed());
    store.close().expect("there is room");
    let starting = Instant::now();
    let store = open();
    let mut effects = Effects::none();
    let policy = SingleLeader::majority(3);
    let replica = policy.start(ReplicaId(0), store.durable(), Timestamp(1), &mut effects);
    println!("started in {:?}", starting.elapsed());
    assert_eq!(store.durable(), Some(&durable));
    assert!(matches!(replica, Participant::Replica(_)));
    std::fs::remove_dir_all(&folder).expect("it is ours");
}

/// `cargo test --release -p holdfast-node --test load -- --ignored --nocapture`
#[test]
#[ignore = "a measurement: 64 clients with 100-byte values for ten seconds"]
fn how_many_updates_a_second() {
    for policies in ["", "ack = \"async\"\npersistence = \"lazy\"\nack-means = \"received\""] {
        let cluster = Threads::start("load", 3, policies);
        let (started, clients) = (Instant::now(), 64);
        let done = load(&cluster, clients, Duration::from_secs(10), write);
        let rate = done as f64 / started.elapsed().as_secs_f64();
        println!("{clients} clients, {policies:?}: {done} updates, {rate:.0} a second");
    }
}
