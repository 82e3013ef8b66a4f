//! Whole clusters in one process: the driver of the nodes over a simulated network, simulated disks
//! and simulated clocks. Everything follows from a seed.
//!
//! A seed that fails is shrunk to few faults and few operations, and printed. To see it again:
//!
//! ```console
//! $ SEED=17 cargo test -p holdfast-node --test simulation -- --nocapture one_seed
//! ```
//!
//! To try many, at some thousands a minute:
//!
//! ```console
//! $ SEEDS=10000 cargo test --release -p holdfast-node --test simulation -- --ignored --nocapture
//! ```

mod certification;
mod client;
mod convergent;
mod home_region;
mod judge;
mod leaderless;
mod locking;
mod plan;
mod shrink;
mod site;
mod subject;
mod terms;
mod world;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use holdfast_models::consistency::Guarantee;
use holdfast_models::single_leader::{
    AckRule, Election, Persistence, ReadRule, SingleLeader, Visibility,
};
use judge::Verdict;
use plan::Plan;
use shrink::shrunk;
use subject::Subject;

/// Configurations that promise that every history is linearizable.
fn linearizable() -> [(&'static str, SingleLeader); 4] {
    let majority = SingleLeader { compact_after: Some(8), ..SingleLeader::majority(3) };
    let lease = ReadRule::Lease { duration: 100, promise: 300 };
    [
        ("majority", majority),
        ("majority of five", SingleLeader { compact_after: Some(12), ..SingleLeader::majority(5) }),
        ("lease", SingleLeader { read: lease, ..majority }),
        ("small messages", SingleLeader { batch: 1, compact_after: None, ..majority }),
    ]
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

fn assert_kept(seeds: Range<u64>) {
    assert_each(seeds, |seed| {
        let promised = &[Guarantee::Linearizable];
        linearizable().into_iter().find_map(|(name, policy)| broken(seed, name, policy, promised))
    });
}

/// Asks of each seed what it breaks, on as many threads as the machine has cores.
fn assert_each(seeds: Range<u64>, broken: impl Fn(u64) -> Option<String> + Sync) {
    let next = AtomicU64::new(seeds.start);
    let run = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= seeds.end {
            return None;
        }
        if let Some(reason) = broken(seed) {
            next.store(seeds.end, Ordering::Relaxed);
            return Some(reason);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let broken = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads.into_iter().find_map(|thread| thread.join().expect("a seed panics nowhere else"))
    });
    assert!(broken.is_none(), "{}", broken.unwrap_or_default());
}

/// Why a seed breaks what a configuration promises, shrunk, if it does.
fn broken<P: Subject>(seed: u64, name: &str, policy: P, promised: &[Guarantee]) -> Option<String> {
    let plan = Plan::random(seed, policy);
    let Verdict::Broken(reason) = judge::run(&plan, promised) else { return None };
    let (plan, reason) = shrunk(plan, promised, reason);
    Some(format!("SEED={seed}, {name}: {reason}\n{}", plan.told()))
}

#[test]
fn what_a_majority_acknowledged_is_kept_through_crashes_partitions_and_lost_datagrams() {
    assert_kept(0..40);
}

/// `SEEDS=10000 cargo test --release -p holdfast-node --test simulation -- --ignored --nocapture`
#[test]
#[ignore = "minutes: for many seeds, see above"]
fn many_seeds() {
    let count = number("SEEDS").unwrap_or(2_000);
    let first = number("SEED").unwrap_or(1_000_000);
    let started = std::time::Instant::now();
    assert_kept(first..first + count);
    leaderless::assert_kept(first..first + count);
    convergent::assert_kept(first..first + count);
    certification::assert_kept(first..first + count);
    home_region::assert_kept(first..first + count);
    locking::assert_kept(first..first + count);
    let promised = [
        linearizable().len(),
        leaderless::promised().len(),
        convergent::promised().len(),
        certification::promised().len(),
        home_region::promised().len(),
        locking::promised().len(),
    ];
    let runs = count * promised.iter().sum::<usize>() as u64;
    let took = started.elapsed();
    let each_minute = count as f64 * 60.0 / took.as_secs_f64();
    println!("{runs} runs of {count} seeds from {first} in {took:?}: {each_minute:.0} a minute");
}

#[test]
fn one_seed() {
    let Some(seed) = number("SEED") else { return };
    assert_kept(seed..seed + 1);
    leaderless::assert_kept(seed..seed + 1);
    convergent::assert_kept(seed..seed + 1);
    certification::assert_kept(seed..seed + 1);
    home_region::assert_kept(seed..seed + 1);
    locking::assert_kept(seed..seed + 1);
}

#[test]
fn the_same_seed_is_the_same_run() {
    let (_, policy) = linearizable()[0];
    for seed in 0..5 {
        let plan = Plan::random(seed, policy);
        assert_eq!(judge::history(&plan), judge::history(&plan));
    }
}

/// What the models predict (`asynchronous-failover`): an update that the leader alone has is
/// acknowledged, and gone after the failover. The judge that finds nothing above finds it here.
#[test]
fn what_nobody_waited_for_is_lost_in_some_failover() {
    let policy = SingleLeader {
        ack: AckRule::Asynchronous,
        visibility: Visibility::Appended,
        read: ReadRule::LeaderLocal,
        election: Election::Anyone,
        ..SingleLeader::majority(3)
    };
    let broken = (0..30).filter(|seed| {
        let verdict = judge::judged(&Plan::random(*seed, policy), &[Guarantee::Linearizable]);
        matches!(verdict, Verdict::Broken(_))
    });
    assert!(broken.count() > 3);
}

/// What the models predict (`majority-on-lazy-disks`): a majority of disks that may forget is not
/// enough.
#[test]
fn what_only_lazy_disks_kept_is_lost_in_some_crash() {
    let policy = SingleLeader { persistence: Persistence::Lazy, ..SingleLeader::majority(3) };
    let broken = (0..300).find(|seed| {
        let verdict = judge::judged(&Plan::random(*seed, policy), &[Guarantee::Linearizable]);
        matches!(verdict, Verdict::Broken(_))
    });
    assert!(broken.is_some());
}

/// A failing plan is made smaller and goes on failing.
#[test]
fn a_plan_that_fails_shrinks() {
    let policy = SingleLeader {
        ack: AckRule::Asynchronous,
        visibility: Visibility::Appended,
        read: ReadRule::LeaderLocal,
        election: Election::Anyone,
        ..SingleLeader::majority(3)
    };
    let failing =
        (0..30).map(|seed| Plan::random(seed, policy)).find_map(|plan| {
            match judge::judged(&plan, &[Guarantee::Linearizable]) {
                Verdict::Broken(reason) => Some((plan, reason)),
                Verdict::Kept => None,
            }
        });
    let (plan, reason) = failing.expect("some failover loses an update");
    let before = plan.size();
    let (small, _) = shrunk(plan, &[Guarantee::Linearizable], reason);
    assert!(small.size() * 2 < before, "{} of {before}", small.size());
    assert!(matches!(judge::judged(&small, &[Guarantee::Linearizable]), Verdict::Broken(_)));
}
