//! `kv bench`: how long answers take, with many clients that each wait for theirs.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use clap::Args;
use hdrhistogram::Histogram;
use holdfast_models::vocabulary::{Key, Operation, Value};
use holdfast_node::client::Failure;

use super::Problem;
use super::cluster::Replicas;

/// `kv bench`
#[derive(Args, Debug)]
pub(crate) struct Bench {
    /// How many clients ask at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    clients: u16,
    /// For how many seconds.
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many bytes a value has.
    #[arg(long, value_name = "BYTES", default_value_t = 100)]
    value_size: usize,
    /// How many keys there are.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    keys: u64,
    /// How many of a hundred operations read.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    reads: u8,
}

/// What one client, or all of them, found.
struct Found {
    reads: Histogram<u64>,
    updates: Histogram<u64>,
    failures: BTreeMap<String, u64>,
}

/// The longest time that is told apart from longer ones, in microseconds.
const LONGEST: u64 = 3_600_000_000;

impl Found {
    fn new() -> Self {
        let empty = || {
            Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are those of a histogram")
        };
        Self { reads: empty(), updates: empty(), failures: BTreeMap::new() }
    }

    fn add(&mut self, other: &Self) {
        for (all, one) in [(&mut self.reads, &other.reads), (&mut self.updates, &other.updates)] {
            all.add(one).expect("all have the same bounds");
        }
        for (failure, count) in &other.failures {
            *self.failures.entry(failure.clone()).or_default() += count;
        }
    }
}

impl Bench {
    /// Asks for as long as wanted, and prints what was found.
    pub(crate) fn execute(&self, cluster: &Replicas, patience: Duration) -> Result<(), Problem> {
        let started = Instant::now();
        let until = started + Duration::from_secs(self.seconds);
        let found = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.clients)
                .map(|number| {
                    scope.spawn(move || self.one_client(number, cluster, patience, until))
                })
                .collect();
            let mut all = Found::new();
            for thread in threads {
                all.add(&thread.join().expect("a client does not panic")?);
            }
            Ok::<_, Problem>(all)
        })?;
        self.print(&found, started.elapsed())
    }

    fn one_client(
        &self,
        number: u16,
        cluster: &Replicas,
        patience: Duration,
        until: Instant,
    ) -> Result<Found, Problem> {
        let mut client = cluster.client().map_err(|error| Problem::Usage(error.to_string()))?;
        let value = Value::from(vec![b'v'; self.value_size].as_slice());
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (u64::from(number) + 1) << 17);
        let mut found = Found::new();
        while Instant::now() < until {
            let key = Key::from(format!("bench:{}", random.below(self.keys)).as_str());
            let is_read = random.below(100) < u64::from(self.reads);
            let operation = if is_read {
                Operation::Read { key }
            } else {
                Operation::Write { key, value: value.clone() }
            };
            let asked = Instant::now();
            match client.perform(operation, patience) {
                Ok(_) => {
                    let time = u64::try_from(asked.elapsed().as_micros()).unwrap_or(LONGEST);
                    let times = if is_read { &mut found.reads } else { &mut found.updates };
                    times.saturating_record(time.max(1));
                }
                Err(failure @ Failure::TooLong) => return Err(failure.into()),
                Err(failure) => *found.failures.entry(failure.to_string()).or_default() += 1,
            }
        }
        Ok(found)
    }

    fn print(&self, found: &Found, took: Duration) -> Result<(), Problem> {
        let mut out = std::io::stdout().lock();
        let seconds = took.as_secs_f64();
        writeln!(
            out,
            "{} clients, values of {} bytes, {seconds:.1} s",
            self.clients, self.value_size
        )?;
        for (what, times) in [("updates", &found.updates), ("reads", &found.reads)] {
            if times.is_empty() {
                continue;
            }
            let at = |percent| times.value_at_percentile(percent) as f64 / 1000.0;
            writeln!(
                out,
                "{what}: {} answered, {:.0}/s, milliseconds p50 {:.2} p90 {:.2} p99 {:.2} p99.9 {:.2} max {:.2}",
                times.len(),
                times.len() as f64 / seconds,
                at(50.0),
                at(90.0),
                at(99.0),
                at(99.9),
                times.max() as f64 / 1000.0,
            )?;
        }
        for (failure, count) in &found.failures {
            writeln!(out, "{count} times: {failure}")?;
        }
        if found.updates.is_empty() && found.reads.is_empty() {
            return Err(Problem::No("nothing was answered".to_owned()));
        }
        Ok(())
    }
}

/// Numbers that need only be spread (Marsaglia, *Xorshift RNGs*, 2003).
struct Random(u64);

impl Random {
    const fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
