//! Replication that converges: nodes that are cut off from each other while clients write at all of them, nodes
//! that are killed, and texts that several people type into.

mod editing;
mod texts;
mod workload;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use holdfast_node::random::Random;
use serde_json::Value as Json;

use crate::cluster::{Processes, node, run};
use crate::relay::{Relay, Trouble};
use workload::{Log, Writer, client_of, losses, shown};

const NO_TROUBLE: Trouble = Trouble { lost: 0, repeated: 0, held: 0 };
const TROUBLE: Trouble = Trouble { lost: 200, repeated: 100, held: 100 };

/// How many clients each node has.
const CLIENTS: usize = 2;

/// Three nodes that hear each other through a relay. Digests of the whole state are rare: they take time in
/// proportion to what is untold.
fn behind_a_relay(name: &str, rules: &str, trouble: Trouble, seed: u64) -> (Processes, Relay) {
    let mut processes = Processes::of("multi-leader/convergent", name, 3, rules);
    processes.state_every = 256;
    let real: Vec<_> = processes.cluster.members.iter().map(|member| member.peers).collect();
    let relay = Relay::start(&real, trouble, seed);
    processes.reach_through(&relay.addresses);
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    (processes, relay)
}

fn state(processes: &Processes, id: usize, what: &str) -> Json {
    processes.state(id).map(|state| state[what].clone()).unwrap_or_default()
}

/// Whether all nodes have told each other everything, and hold the same.
fn have_converged(processes: &Processes) -> bool {
    let same = |what| (1..3).all(|id| state(processes, id, what) == state(processes, 0, what));
    (0..3).all(|id| state(processes, id, "untold") == 0) && same("delivered") && same("digest")
}

/// Clients of all nodes, at work until they are told to stop.
struct Clients {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<Log>>,
}

impl Clients {
    fn start(processes: &Processes, keeps_siblings: bool, pause: Duration, seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut random = Random::new(seed);
        let mut threads = Vec::new();
        for (replica, index) in (0..3).flat_map(|replica| (0..CLIENTS).map(move |i| (replica, i))) {
            let client = client_of(processes, replica);
            let name = format!("{replica}-{index}");
            let mut writer = Writer::new(client, name, keeps_siblings, random.next());
            let stop = Arc::clone(&stop);
            threads.push(std::thread::spawn(move || {
                while !stop.load(Ordering::Acquire) {
                    writer.act();
                    std::thread::sleep(pause);
                }
                writer.log
            }));
        }
        Self { stop, threads }
    }

    fn stop(self) -> Vec<Log> {
        self.stop.store(true, Ordering::Release);
        self.threads.into_iter().map(|thread| thread.join().expect("no client panics")).collect()
    }
}

/// Cuts off one of three nodes for so long, while clients write at all of them. Answers what they were told,
/// once all nodes hold the same.
fn partitioned(
    processes: &Processes,
    relay: &Relay,
    keeps_siblings: bool,
    lasts: Duration,
) -> Vec<Log> {
    let pause = if lasts > Duration::from_secs(10) { 10 } else { 1 };
    let clients = Clients::start(processes, keeps_siblings, Duration::from_millis(pause), 7);
    relay.isolate(2);
    std::thread::sleep(lasts);
    let logs = clients.stop();
    let lacking = state(processes, 2, "untold").as_u64().expect("it says so");
    assert!(lacking > 0 && !have_converged(processes), "nobody has heard what it took");
    relay.heal();
    let healed = Instant::now();
    processes.wait("all hold the same", have_converged);
    let updates: usize = logs.iter().map(|log| log.acknowledged).sum();
    println!(
        "{updates} updates acknowledged in {lasts:?} apart, {lacking} of them untold by replica 2; equal \
         digests {} after {:?}",
        state(processes, 0, "digest"),
        healed.elapsed()
    );
    logs
}

/// All replicas show the same, and nothing that was acknowledged is missing.
fn assert_kept(processes: &Processes, logs: &[Log]) {
    let found = shown(&mut client_of(processes, 0));
    for id in 1..3 {
        assert_eq!(shown(&mut client_of(processes, id)), found, "replica {id}");
    }
    let lost = losses(logs, &found);
    assert!(lost.writes.is_empty() && lost.others.is_empty(), "{lost:#?}");
}

fn keeps_all_through_a_partition(name: &str, lasts: Duration) {
    let (mut processes, relay) = behind_a_relay(name, "", NO_TROUBLE, 1);
    let logs = partitioned(&processes, &relay, true, lasts);
    assert_kept(&processes, &logs);
    for id in 0..3 {
        assert!(processes.stop(id), "replica {id} ends with success");
    }
    replay_traces(&processes);
}

fn replay_traces(processes: &Processes) {
    let traces = std::fs::read_dir(processes.folder.join("traces")).expect("they were written");
    for trace in traces {
        let trace = trace.expect("it can be read").path();
        let mut replay = node();
        let replay = replay.args(["replay", "--cluster"]).arg(processes.file()).arg(&trace);
        let replayed = replay.output().expect("the binary was built");
        let said = String::from_utf8_lossy(&replayed.stderr);
        assert!(replayed.status.success(), "{}: {said}", trace.display());
    }
    let checked = run(&["check-config"], &processes.file());
    assert!(String::from_utf8_lossy(&checked.stdout).contains("KeepAll"));
}

/// What the models predict (`hybrid-clock`, `clock-behind-loses`): of two writes that did not know of each other
/// one is gone, although it was acknowledged. All else is kept, and all replicas agree.
fn loses_writes_through_a_partition(name: &str, lasts: Duration) {
    let (processes, relay) = behind_a_relay(name, "register = \"wall-clock\"", NO_TROUBLE, 1);
    let logs = partitioned(&processes, &relay, false, lasts);
    let found = shown(&mut client_of(&processes, 0));
    assert_eq!(shown(&mut client_of(&processes, 2)), found);
    let lost = losses(&logs, &found);
    println!("{} acknowledged writes are lost, by the rule of the latest clock", lost.writes.len());
    assert!(!lost.writes.is_empty(), "no two clients wrote at the same time");
    assert!(lost.others.is_empty(), "{lost:#?}");
}

#[test]
fn nothing_acknowledged_is_lost_in_a_partition_where_all_versions_are_kept() {
    keeps_all_through_a_partition("apart", Duration::from_secs(2));
}

#[test]
fn writes_are_lost_in_a_partition_where_the_latest_clock_wins() {
    loses_writes_through_a_partition("apart-clocks", Duration::from_secs(2));
}

/// `cargo test --release -p holdfast-node --test processes -- --ignored --nocapture a_minute_apart`
#[test]
#[ignore = "minutes: two partitions of a minute each"]
fn a_minute_apart() {
    keeps_all_through_a_partition("minute", Duration::from_secs(60));
    loses_writes_through_a_partition("minute-clocks", Duration::from_secs(60));
}

fn killed_under_load(name: &str, rounds: u64, seed: u64) {
    println!("SEED={seed}");
    let (mut processes, _relay) = behind_a_relay(name, "", TROUBLE, seed);
    let mut random = Random::new(seed);
    let clients = Clients::start(&processes, true, Duration::from_millis(1), random.next());
    for _ in 0..rounds {
        let victim = random.below(3) as usize;
        std::thread::sleep(Duration::from_millis(random.below(400)));
        processes.kill(victim);
        std::thread::sleep(Duration::from_millis(random.below(400)));
        processes.start(victim);
    }
    let logs = clients.stop();
    processes.wait("all hold the same", have_converged);
    assert_kept(&processes, &logs);
    let updates: usize = logs.iter().map(|log| log.acknowledged).sum();
    println!("{rounds} times kill -9: {updates} updates acknowledged, none lost");
    assert!(updates > 20 * rounds as usize, "{updates}: nothing was put to the test");
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9_behind_a_network_that_loses_a_fifth() {
    killed_under_load("killed", 6, 1);
}

/// `ROUNDS=200 cargo test --release -p holdfast-node --test processes -- --ignored --nocapture killed_often`
#[test]
#[ignore = "minutes: for many rounds, see above"]
fn killed_often() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    killed_under_load("often", number("ROUNDS").unwrap_or(50), number("SEED").unwrap_or(2));
}
