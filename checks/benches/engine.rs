//! The engine against Stateright's search, in one run: `cargo bench -p holdfast-check`.
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
    // `cargo test --benches` only wants to know whether it starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let families = families();
    let named = |name| find(&families, name).expect("the table has it");
    speed(named(MILLION));
    resident(named(ENDLESS));
    quick_tier(entries(&families));
    start_to_verdict();
}

fn explored(entry: &Entry, threads: usize) -> Exploration {
    entry.cluster.explore(&Sought::Everything, threads, &ticket())
}

fn ticket() -> Arc<Ticket> {
    Supervisor::new(MEMORY).watch(TIME)
}

fn speed(entry: &Entry) {
    let by_stateright = entry.cluster.explore_by_stateright(&Sought::Everything, 1, &ticket());
    let [one, two] = [1, 2].map(|threads| explored(entry, threads));
    assert_eq!((one.states, one.depth), (by_stateright.states, by_stateright.depth));
    let rate = |explored: &Exploration| {
        explored.generated.unwrap_or_default() as f64 / explored.time.as_secs_f64() / 1e6
    };
    println!("{}: {} states, millions of steps a second", entry.name, one.states);
    for (name, explored) in [("Stateright", &by_stateright), ("engine", &one), ("2 threads", &two)]
    {
        println!("  {name:<12} {:>6.2}  {:>6.2} s", rate(explored), explored.time.as_secs_f64());
    }
    println!("  engine is {:.1} times as fast", rate(&one) / rate(&by_stateright));
    println!("  the second thread makes it {:.2} times that", rate(&two) / rate(&one));
}

fn resident(entry: &Entry) {
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
