//! Writes a second, beside etcd and Redis.
//!
//! Systems take turns, each in an empty folder of the same disk, and all again in the next round:
//! whatever else the machine does meets each of them. Ratios are between neighbours of one round.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::load::{Keys, Writes, Written, load};
use crate::report::{Table, machine};
use crate::systems::{ASYNCHRONOUS, LAZY, MAJORITY, Running, System};

const SYSTEMS: [System; 5] = [MAJORITY, System::Etcd, ASYNCHRONOUS, System::Redis, LAZY];

/// Who is compared with whom, and what is asked of it.
const RATIOS: [(System, System, f64); 3] =
    [(MAJORITY, System::Etcd, 1.0), (ASYNCHRONOUS, System::Redis, 0.5), (LAZY, System::Redis, 0.5)];

const CLIENTS: usize = 64;
const VALUE: usize = 100;
const KEYS: u64 = 10_000;

/// Loads all systems in turn.
#[derive(Args, Debug)]
pub(crate) struct Compare {
    /// How often each system has its turn.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// For how long each time.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

/// What one turn of a system came to.
struct Turn {
    per_second: f64,
    median: f64,
    late: f64,
    /// Writes a second as `redis-benchmark` counts them.
    benchmarked: Option<f64>,
}

impl Compare {
    pub(crate) fn run(&self, folder: &Path) -> Result<String, String> {
        let programs = SYSTEMS.iter().filter_map(|system| system.program());
        for (program, package) in programs.chain([("redis-benchmark", "redis-tools")]) {
            is_installed(program, package)?;
        }
        let mut turns: Vec<Vec<Turn>> = SYSTEMS.iter().map(|_| Vec::new()).collect();
        for round in 1..=self.rounds {
            for (system, turns) in SYSTEMS.iter().zip(&mut turns) {
                eprint!("round {round}: {} ...", system.title());
                let turn = self.turn(&system.start(&folder.join("system"))?, *system)?;
                eprintln!(" {:.0} writes a second", turn.per_second);
                turns.push(turn);
            }
        }
        Ok(self.told(&turns))
    }

    fn turn(&self, running: &Running, system: System) -> Result<Turn, String> {
        let address = running.address()?;
        let writes = Writes { clients: CLIENTS, value: VALUE, keys: Keys::Any(KEYS) };
        let lasts = Duration::from_secs(self.seconds);
        let written = load(&[address], system.spoken(), writes, Duration::from_secs(2), lasts)?;
        if written.times.is_empty() {
            return Err(format!("{}: nothing was answered", system.title()));
        }
        let benchmarked = match system {
            System::Etcd => None,
            System::Holdfast(_) | System::Redis => {
                Some(benchmark(address.port(), &written, self.seconds)?)
            }
        };
        Ok(Turn {
            per_second: written.per_second(),
            median: written.milliseconds_at(50.0),
            late: written.milliseconds_at(99.0),
            benchmarked,
        })
    }

    fn told(&self, turns: &[Vec<Turn>]) -> String {
        let mut table = Table::new(["", "writes/s", "p50 ms", "p99 ms", "redis-benchmark, SET/s"]);
        for (system, turns) in SYSTEMS.iter().zip(turns) {
            let benchmarked: Option<Vec<_>> = turns.iter().map(|turn| turn.benchmarked).collect();
            table.row([
                system.title().to_owned(),
                spread(turns.iter().map(|turn| turn.per_second), 0),
                spread(turns.iter().map(|turn| turn.median), 2),
                spread(turns.iter().map(|turn| turn.late), 1),
                benchmarked.map_or("-".to_owned(), |all| spread(all.into_iter(), 0)),
            ]);
        }
        let mut ratios = Table::new(["ratio of writes/s", "asked", "found", "redis-benchmark"]);
        for (ours, theirs, asked) in RATIOS {
            let of = |system| SYSTEMS.iter().position(|known| *known == system).unwrap_or(0);
            let pairs = || turns[of(ours)].iter().zip(&turns[of(theirs)]);
            let found = pairs().map(|(ours, theirs)| ours.per_second / theirs.per_second);
            let benchmarked: Option<Vec<_>> = pairs()
                .map(|(ours, theirs)| Some(ours.benchmarked? / theirs.benchmarked?))
                .collect();
            ratios.row([
                format!("{} : {}", ours.title(), theirs.title()),
                format!("{asked:.1}"),
                spread(found, 2),
                benchmarked.map_or("-".to_owned(), |all| spread(all.into_iter(), 2)),
            ]);
        }
        format!(
            "{CLIENTS} clients, each with one write under way, values of {VALUE} bytes, {KEYS} keys; \
             {} rounds of {} s for each system in turn; the median, and the least and the most. \
             All on one machine, the load included: {}.\n\n{table}\n{ratios}",
            self.rounds,
            self.seconds,
            machine(),
        )
    }
}

fn is_installed(program: &str, package: &str) -> Result<(), String> {
    match Command::new(program).arg("--version").output() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "{program} cannot be run ({error}), and nothing is compared without it: \
             on Debian it is in the package {package}"
        )),
    }
}

/// About as many seconds of `redis-benchmark` as the load before took.
fn benchmark(port: u16, before: &Written, seconds: u64) -> Result<f64, String> {
    let requests = (before.per_second() * seconds as f64).max(1_000.0) as u64;
    let output = Command::new("redis-benchmark")
        .args(["-p", &port.to_string(), "-c", &CLIENTS.to_string(), "-d", &VALUE.to_string()])
        .args(["-r", &KEYS.to_string(), "-n", &requests.to_string(), "-t", "set", "--csv"])
        .output()
        .map_err(|error| format!("redis-benchmark: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.starts_with("\"SET\""));
    let rate = line.and_then(|line| line.split(',').nth(1)?.trim_matches('"').parse().ok());
    rate.ok_or_else(|| {
        format!("redis-benchmark said: {said}{}", String::from_utf8_lossy(&output.stderr))
    })
}

/// The median, and the ends if there is more than one.
pub(crate) fn spread(values: impl Iterator<Item = f64>, digits: usize) -> String {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    let median = at(values.len() / 2);
    if values.len() < 2 {
        return format!("{median:.digits$}");
    }
    format!("{median:.digits$} ({:.digits$} to {:.digits$})", at(0), at(values.len() - 1))
}
