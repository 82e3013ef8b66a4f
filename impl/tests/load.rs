//! Three nodes as threads of one process, on loopback and on real disks, under load.

#[path = "support/threads.rs"]
mod threads;

use std::time::{Duration, Instant};

use holdfast_models::vocabulary::{Key, Operation, Outcome, Value};
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
