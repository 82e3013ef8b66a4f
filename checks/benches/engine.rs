//! The engine against Stateright's search, in one run: `cargo bench -p holdfast-check`, or
//! with one of `speed`, `memory`, `quick` and `start` for a part of it.
//!
//! Times are of this machine while it does what else it does. The ratios say more.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use holdfast_check::catalog::{Entry, entries, families, find};
use holdfast_check::explore::{Exploration, Sought, Supervisor, Ticket};
use holdfast_models::cluster::Tier;

/// A million states, explored to the end.
const MILLION: &str = "duplicate-reaches-later-leaders";
/// More states than anybody can wait for.
const ENDLESS: &str = "majority-at-length";
/// So many of those.
const MANY: usize = 10_000_000;
/// A scenario with a few hundred states.
const SMALL: &str = "asynchronous-failover";
const MEMORY: u64 = 6 << 30;
const TIME: Duration = Duration::from_mins(10);

fn main() {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    // `cargo test --benches` only wants to know whether it starts.
    let Some(place) = arguments.iter().position(|argument| argument == "--bench") else { return };
    arguments.remove(place);
    let is_wanted = |what: &str| arguments.is_empty() || arguments.iter().any(|it| it == what);
    let families = families();
    let named = |name| find(&families, name).expect("the table has it");
    if is_wanted("speed") {
        speed(named(MILLION));
    }
    if is_wanted("memory") {
        memory(named(ENDLESS));
    }
    if is_wanted("quick") {
        quick_tier(entries(&families));
    }
    if is_wanted("start") {
        start_to_verdict();
    }
}

fn explored(entry: &Entry, threads: usize) -> Exploration {
    entry.cluster.explore(&Sought::Everything, threads, &ticket())
}

fn ticket() -> Arc<Ticket> {
    Supervisor::new(MEMORY).watch(TIME)
}

/// Seconds that the process has computed for, whatever else the machine did, and seconds on the wall.
fn seconds(work: impl FnOnce() -> Exploration) -> (Exploration, f64, f64) {
    let before = computed();
    let explored = work();
    let wall = explored.time.as_secs_f64();
    let computing = computed().zip(before).map(|(after, before)| after - before);
    (explored, computing.unwrap_or(wall), wall)
}

/// The first two times in `/proc/self/stat`, in hundredths, where the system has it.
fn computed() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let times = fields.split_whitespace().skip(11).take(2);
    Some(times.filter_map(|time| time.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

fn speed(entry: &Entry) {
    let reference =
        seconds(|| entry.cluster.explore_by_stateright(&Sought::Everything, 1, &ticket()));
    let [one, two] = [1, 2].map(|threads| seconds(|| explored(entry, threads)));
    assert_eq!((one.0.states, one.0.depth), (reference.0.states, reference.0.depth));
    println!("{}: {} states", entry.name, one.0.states);
    for (name, (explored, computing, wall)) in
        [("Stateright", &reference), ("engine", &one), ("2 threads", &two)]
    {
        let steps = explored.generated.unwrap_or_default() as f64 / 1e6;
        println!(
            "  {name:<12} {:>6.2} million steps a second; computes {computing:.2} s, takes {wall:.2} s",
            steps / computing
        );
    }
    println!("  computes {:.1} times as fast as Stateright", reference.1 / one.1);
    println!("  the second thread makes it {:.2} times as fast", one.2 / two.2);
}

fn memory(entry: &Entry) {
    let bytes = || memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem);
    let before = bytes();
    let ticket = ticket();
    let explored = thread::scope(|scope| {
        let explored =
            scope.spawn(|| entry.cluster.explore(&Sought::Everything, 1, &Arc::clone(&ticket)));
        let mut most = before;
        while !explored.is_finished() {
            most = most.max(bytes());
            if ticket.states() > MANY {
                ticket.stop(holdfast_check::explore::Cause::Interrupted);
            }
            thread::sleep(Duration::from_millis(5));
        }
        (explored.join().expect("nothing panics"), most)
    });
    let (explored, most) = explored;
    let each = |bytes: usize| bytes as f64 / explored.states as f64;
    println!("{}: {} states", entry.name, explored.states);
    println!("  {:.1} bytes a state in tables", each(explored.bytes.unwrap_or_default()));
    println!("  {:.1} bytes a state resident at most", each(most - before));
}

fn quick_tier<'a>(entries: impl Iterator<Item = &'a Entry>) {
    let begun = Instant::now();
    let quick = entries.filter(|entry| entry.tier == Tier::Quick);
    let states: usize = quick.map(|entry| explored(entry, 1).states).sum();
    println!("quick tier: {states} states, {:.1} s with one thread", begun.elapsed().as_secs_f64());
}

fn start_to_verdict() {
    let run = || {
        let begun = Instant::now();
        let mut check = Command::new(env!("CARGO_BIN_EXE_check"));
        let status = check.args(["run", SMALL]).stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()));
        begun.elapsed()
    };
    let fastest = (0..10).map(|_| run()).min().unwrap_or_default();
    println!("{SMALL}: {:.0} ms from start to verdict", fastest.as_secs_f64() * 1e3);
}
