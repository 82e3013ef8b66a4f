//! Replicas that are killed with `kill -9` at random moments under load, behind a relay that loses a
//! fifth of their datagrams, repeats and reorders others.
//!
//! ```console
//! $ ROUNDS=500 cargo test --release -p holdfast-node --test processes -- --ignored many_rounds --nocapture
//! ```

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use holdfast_models::consistency::{Guarantee, History};
use holdfast_models::vocabulary::{Key, Operation, Outcome, Refusal, Value};
use holdfast_node::client::{Client, Failure};
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
/// read.
fn round(processes: &mut Processes, round: u64, random: &mut Random) -> History {
    let history = Arc::new(Mutex::new(History::new(CLIENTS + 1)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|session| {
            let (mut client, history) = (processes.client(), Arc::clone(&history));
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
    let mut reader = processes.client();
    for register in ["x", "y", "n"] {
        let key = Key::from(format!("{round}.{register}").as_str());
        perform(&mut reader, &history, CLIENTS, Operation::Read { key });
    }
    locked(&history).clone()
}

/// Rounds behind a relay, each given to `judge`. Most of what is asked has to be answered.
fn chaos(mut processes: Processes, rounds: u64, seed: u64, mut judge: impl FnMut(u64, &History)) {
    println!("SEED={seed}");
    let mut random = Random::new(seed);
    let relay = Relay::start(&processes.peers(), TROUBLE, random.next());
    processes.reach_through(&relay.addresses);
    processes.start_all();
    let mut answered = 0;
    for at in 0..rounds {
        let history = round(&mut processes, at, &mut random);
        judge(at, &history);
        answered += history.operations().filter(|(_, record)| record.is_acknowledged()).count();
    }
    let asked = rounds as usize * (CLIENTS * OPERATIONS as usize + 3);
    println!("{rounds} rounds: {answered} of {asked} operations answered");
    assert!(answered * 2 > asked, "{answered} of {asked} answered: nothing was put to the test");
}

fn kept(processes: Processes, promised: Guarantee, rounds: u64, seed: u64) {
    chaos(processes, rounds, seed, |at, history| {
        assert!(promised.holds(history), "round {at}: {history:#?}");
    });
}

#[test]
fn what_was_acknowledged_survives_kill_9_behind_a_network_that_loses_a_fifth() {
    kept(log("chaos"), Guarantee::Linearizable, 3, 1);
}

#[test]
fn quorums_keep_what_they_promise_through_kill_9_behind_such_a_network() {
    kept(registers("quorum-chaos"), Guarantee::Linearizable, 3, 1);
    let unrepaired = "write-back = \"nobody\"";
    let processes = Processes::of("leaderless", "unrepaired-chaos", 3, unrepaired);
    kept(processes, Guarantee::Regular, 2, 3);
}

#[test]
fn certified_updates_survive_kill_9_behind_such_a_network() {
    kept(certified("certified-chaos"), Guarantee::Linearizable, 3, 1);
}

#[test]
fn homes_keep_what_they_have_decided_through_kill_9_behind_such_a_network() {
    kept(homes("homes-chaos"), Guarantee::Linearizable, 3, 1);
}

#[test]
fn locked_updates_survive_kill_9_behind_such_a_network() {
    kept(locks("locked-chaos"), Guarantee::Linearizable, 3, 1);
}

/// What the models predict (`asynchronous-failover`), by the judge that finds nothing above.
#[test]
fn what_the_leader_alone_has_acknowledged_is_lost_with_it() {
    let mut processes = unawaited("unawaited");
    let relay = Relay::start(&processes.peers(), Trouble::NONE, 1);
    processes.reach_through(&relay.addresses);
    processes.start_all();
    processes.wait("the first leader", |of| of.leader(&[0, 1, 2]) == Some(0));
    let history = Mutex::new(History::new(1));
    let mut client = processes.client();
    let mut ask = |operation| perform(&mut client, &history, 0, operation);
    let key = || Key::from("x");
    ask(Operation::Write { key: key(), value: Value::from("1") });
    processes.wait("they have the first write", |of| {
        let last = |replica| of.state(replica).map(|state| state["last"].clone());
        (1..3).all(|replica| last(replica).is_some_and(|end| Some(end) == last(0)))
    });
    relay.isolate(0);
    ask(Operation::Write { key: key(), value: Value::from("2") });
    assert!(Guarantee::Linearizable.holds(&locked(&history)));
    processes.kill(0);
    relay.heal();
    processes.wait("another leader", |of| of.leader(&[1, 2]).is_some());
    ask(Operation::Read { key: key() });
    let history = locked(&history);
    let answers = history.operations().filter_map(|(_, record)| record.outcome());
    let first = Outcome::Found(Some(Value::from("1")));
    assert_eq!(answers.collect::<Vec<_>>(), [&Outcome::Done, &Outcome::Done, &first]);
    assert!(!Guarantee::Linearizable.holds(&history));
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// How many rounds, from which seed.
fn many() -> (u64, u64) {
    (number("ROUNDS").unwrap_or(50), number("SEED").unwrap_or(2))
}

#[test]
#[ignore = "minutes: for many rounds, see above"]
fn many_rounds_of_a_log() {
    let (rounds, seed) = many();
    kept(log("many"), Guarantee::Linearizable, rounds, seed);
}

#[test]
#[ignore = "minutes: for many rounds, see above"]
fn many_rounds_of_registers() {
    let (rounds, seed) = many();
    kept(registers("many-quorums"), Guarantee::Linearizable, rounds, seed);
}

#[test]
#[ignore = "minutes: for many rounds, see above"]
fn many_rounds_of_certified_updates() {
    let (rounds, seed) = many();
    kept(certified("many-certified"), Guarantee::Linearizable, rounds, seed);
}

#[test]
#[ignore = "minutes: for many rounds, see above"]
fn many_rounds_of_homes() {
    let (rounds, seed) = many();
    kept(homes("many-homes"), Guarantee::Linearizable, rounds, seed);
}

#[test]
#[ignore = "minutes: for many rounds, see above"]
fn many_rounds_of_locked_updates() {
    let (rounds, seed) = many();
    kept(locks("many-locked"), Guarantee::Linearizable, rounds, seed);
}

#[test]
#[ignore = "minutes: for many rounds, see above"]
fn many_rounds_of_a_log_whose_leader_waits_for_nobody() {
    let ((rounds, seed), mut lost) = (many(), 0);
    chaos(unawaited("many-unawaited"), rounds, seed, |_, history| {
        lost += u64::from(!Guarantee::Linearizable.holds(history));
    });
    println!("{lost} of {rounds} rounds lost what the leader alone had acknowledged");
    assert!(lost > 0, "the models predict a loss, and none came");
}

/// Every key is locked on all replicas before it changes.
fn locks(name: &str) -> Processes {
    Processes::of("multi-leader/locking", name, 3, "")
}

/// Every key is written and read at its home, which follows its writers.
fn homes(name: &str) -> Processes {
    let policies = "homing = \"follows-writers\"\nread = \"home\"";
    Processes::of("multi-leader/home-region", name, 3, policies)
}

/// One order of transactions, up to whose end every one of them has to know it.
fn certified(name: &str) -> Processes {
    let policies = "certificate = \"reads-and-writes\"\nsnapshot = \"barrier\"";
    Processes::of("multi-leader/certification", name, 3, policies)
}

/// A log that is compacted every now and then.
fn log(name: &str) -> Processes {
    Processes::new(name, 3, "compact-after = 20")
}

/// A log whose leader waits for nobody.
fn unawaited(name: &str) -> Processes {
    Processes::new(name, 3, "ack = \"async\"")
}

/// Registers on three replicas, of which two agree.
fn registers(name: &str) -> Processes {
    Processes::of("leaderless", name, 3, "anti-entropy = \"ranges\"")
}
