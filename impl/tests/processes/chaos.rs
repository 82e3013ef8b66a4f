//! Replicas that are killed with `kill -9` at random moments under load, behind a relay that loses a
//! fifth of their datagrams, repeats and reorders others.
//!
//! ```console
//! $ ROUNDS=500 cargo test --release -p holdfast-node --test processes -- --ignored --nocapture
//! ```

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use holdfast_models::consistency::{Guarantee, History};
use holdfast_models::vocabulary::{Key, Operation, Outcome, Refusal, Value};
use holdfast_node::client::{Client, ClientKey, Failure};
use holdfast_node::random::Random;

use crate::cluster::Processes;
use crate::relay::{Relay, Trouble};

const CLIENTS: usize = 4;
const OPERATIONS: u64 = 8;
const PATIENCE: Duration = Duration::from_secs(8);
const TROUBLE: Trouble = Trouble { lost: 200, repeated: 100, held: 100 };

fn locked(history: &Mutex<History>) -> MutexGuard<'_, History> {
    history.lock().expect("no client panics")
}

/// Asks, and writes down what was asked and what was heard.
fn perform(client: &mut Client, history: &Mutex<History>, session: usize, operation: Operation) {
    let id = locked(history).invoke(session, operation.clone());
    let outcome = match client.perform(operation, PATIENCE) {
        Ok(heard) => heard.outcome,
        // Nobody knows what came of it, so it is left open.
        Err(Failure::Indeterminate | Failure::Unanswered) => return,
        Err(Failure::Refused(refusal)) => Outcome::Refused(refusal),
        Err(Failure::NoLeader | Failure::Busy | Failure::Unreachable | Failure::TooLong) => {
            Outcome::Refused(Refusal::Unavailable)
        }
    };
    locked(history).complete(id, outcome);
}

fn operation(round: u64, session: usize, index: u64, random: &mut Random) -> Operation {
    let key = Key::from(format!("{round}.{}", ["x", "y"][random.below(2) as usize]).as_str());
    let padding = "-".repeat([0, 100, 3_000][random.below(3) as usize]);
    let value = Value::from(format!("{session}.{index}{padding}").as_str());
    match random.below(10) {
        0..4 => Operation::Read { key },
        4..8 => Operation::Write { key, value },
        8 => Operation::CompareAndSet { key, expected: None, value },
        _ => Operation::Add { key: Key::from(format!("{round}.n").as_str()), amount: 1 << index },
    }
}

/// One round: clients ask, one replica is killed and started again, and in the end everything is
/// read. Answers how many operations were answered.
fn round(processes: &mut Processes, round: u64, promised: Guarantee, random: &mut Random) -> usize {
    let history = Arc::new(Mutex::new(History::new(CLIENTS + 1)));
    let addresses: Vec<_> = processes.cluster.members.iter().filter_map(|m| m.client).collect();
    let key = ClientKey::derive(&processes.cluster.name, None);
    let client = || Client::new(addresses.clone(), key.clone()).expect("there are ports");
    let clients: Vec<_> = (0..CLIENTS)
        .map(|session| {
            let (mut client, history) = (client(), Arc::clone(&history));
            let mut random = Random::new(random.next());
            std::thread::spawn(move || {
                for index in 0..OPERATIONS {
                    let operation = operation(round, session, index, &mut random);
                    perform(&mut client, &history, session, operation);
                }
            })
        })
        .collect();
    let victim = random.below(processes.cluster.members.len() as u64) as usize;
    std::thread::sleep(Duration::from_millis(random.below(250)));
    processes.kill(victim);
    std::thread::sleep(Duration::from_millis(random.below(900)));
    processes.start(victim);
    for client in clients {
        client.join().expect("no client panics");
    }
    let mut reader = client();
    for register in ["x", "y", "n"] {
        let key = Key::from(format!("{round}.{register}").as_str());
        perform(&mut reader, &history, CLIENTS, Operation::Read { key });
    }
    let history = locked(&history);
    assert!(promised.holds(&history), "round {round}: {history:#?}");
    history.operations().filter(|(_, record)| record.is_acknowledged()).count()
}

fn chaos(mut processes: Processes, promised: Guarantee, rounds: u64, seed: u64) {
    println!("SEED={seed}");
    let mut random = Random::new(seed);
    let real: Vec<_> = processes.cluster.members.iter().map(|member| member.peers).collect();
    let relay = Relay::start(&real, TROUBLE, random.next());
    processes.reach_through(&relay.addresses);
    processes.start_all();
    let answered: usize =
        (0..rounds).map(|at| round(&mut processes, at, promised, &mut random)).sum();
    let asked = rounds as usize * (CLIENTS * OPERATIONS as usize + 3);
    println!("{rounds} rounds: {answered} of {asked} operations answered");
    assert!(answered * 2 > asked, "{answered} of {asked} answered: nothing was put to the test");
}

#[test]
fn what_was_acknowledged_survives_kill_9_behind_a_network_that_loses_a_fifth() {
    chaos(log("chaos"), Guarantee::Linearizable, 3, 1);
}

#[test]
fn quorums_keep_what_they_promise_through_kill_9_behind_such_a_network() {
    chaos(registers("quorum-chaos"), Guarantee::Linearizable, 3, 1);
    let unrepaired = "write-back = \"nobody\"";
    let processes = Processes::of("leaderless", "unrepaired-chaos", 3, unrepaired);
    chaos(processes, Guarantee::Regular, 2, 3);
}

/// A log that is compacted every now and then.
fn log(name: &str) -> Processes {
    Processes::new(name, 3, "compact-after = 20")
}

/// Registers on three replicas, of which two agree.
fn registers(name: &str) -> Processes {
    Processes::of("leaderless", name, 3, "anti-entropy = \"ranges\"")
}

/// `ROUNDS=500 cargo test --release -p holdfast-node --test processes -- --ignored --nocapture`
#[test]
#[ignore = "minutes: for many rounds, see above"]
fn many_rounds() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (rounds, seed) = (number("ROUNDS").unwrap_or(50), number("SEED").unwrap_or(2));
    chaos(log("many"), Guarantee::Linearizable, rounds, seed);
    chaos(registers("many-quorums"), Guarantee::Linearizable, rounds, seed);
}
