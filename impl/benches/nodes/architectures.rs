//! Writes and reads a second of each architecture: the same load on three nodes of the same build.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use crate::compare::spread;
use crate::load::{Keys, Spoken, Writes, Written, load};
use crate::report::{Table, machine};
use crate::resp::Command;
use crate::systems::{Configuration, Running, System};

const CONFIGURATIONS: [Configuration; 10] = [
    Configuration {
        title: "One leader, a majority acknowledges, reads at the leader confirmed",
        protocol: "single-leader",
        policies: "",
    },
    Configuration {
        title: "One leader, nobody is waited for, reads by token where they are asked",
        protocol: "single-leader",
        policies: "ack = \"async\"\nread = \"token\"",
    },
    Configuration {
        title: "No leader, w = r = 2, reads repair before they answer",
        protocol: "leaderless",
        policies: "",
    },
    Configuration {
        title: "No leader, w = r = 1",
        protocol: "leaderless",
        policies: "w = 1\nr = 1\nwrite-back = \"nobody\"",
    },
    Configuration {
        title: "No leader, replicas agree on each operation",
        protocol: "leaderless",
        policies: "agreement = \"everything\"",
    },
    Configuration {
        title: "A home for each key, reads at home",
        protocol: "multi-leader/home-region",
        policies: "read = \"home\"",
    },
    Configuration {
        title: "A home for each key, reads of copies",
        protocol: "multi-leader/home-region",
        policies: "",
    },
    Configuration { title: "Locks everywhere", protocol: "multi-leader/locking", policies: "" },
    Configuration {
        title: "One order, serializable, reads behind a barrier",
        protocol: "multi-leader/certification",
        policies: "certificate = \"reads-and-writes\"\nsnapshot = \"barrier\"",
    },
    Configuration {
        title: "Leaders that converge, the last writer by hybrid clocks",
        protocol: "multi-leader/convergent",
        policies: "register = \"hybrid-clock\"",
    },
];

const CLIENTS: usize = 63;
const VALUE: usize = 100;
const KEYS: u64 = 10_000;

/// Loads three nodes of each architecture in turn, a third of the clients at each node.
#[derive(Args, Debug)]
pub(crate) struct Architectures {
    /// How often each has its turn.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// For how long writes and reads are counted, each time.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

impl Architectures {
    pub(crate) fn run(&self, folder: &Path) -> Result<String, String> {
        let mut turns: Vec<Vec<[Written; 2]>> = CONFIGURATIONS.iter().map(|_| Vec::new()).collect();
        for round in 1..=self.rounds {
            for (configuration, turns) in CONFIGURATIONS.iter().zip(&mut turns) {
                eprint!("round {round}: {} ...", configuration.title);
                let running = System::Holdfast(*configuration).start(&folder.join("system"))?;
                let turn = [self.load(&running, Command::Set)?, self.load(&running, Command::Get)?];
                let [writes, reads] = turn.each_ref().map(Written::per_second);
                eprintln!(" {writes:.0} writes and {reads:.0} reads a second");
                turns.push(turn);
            }
        }
        Ok(self.told(&turns))
    }

    fn load(&self, running: &Running, command: Command) -> Result<Written, String> {
        let asked = Writes { clients: CLIENTS, value: VALUE, keys: Keys::Any(KEYS) };
        let (warm_up, lasts) = (Duration::from_secs(1), Duration::from_secs(self.seconds));
        load(running.addresses(), Spoken::Resp(command), asked, warm_up, lasts)
    }

    fn told(&self, turns: &[Vec<[Written; 2]>]) -> String {
        let heads = [
            "",
            "writes/s",
            "p50 ms",
            "p99 ms",
            "% failed",
            "reads/s",
            "p50 ms",
            "p99 ms",
            "cluster file",
        ];
        let mut table = Table::new(heads);
        for (configuration, turns) in CONFIGURATIONS.iter().zip(turns) {
            let told = |which: usize, digits, of: &dyn Fn(&Written) -> f64| {
                spread(turns.iter().map(|turn| of(&turn[which])), digits)
            };
            let [writes, reads] = [0, 1].map(|which| {
                [
                    told(which, 0, &Written::per_second),
                    told(which, 2, &|written| written.milliseconds_at(50.0)),
                    told(which, 1, &|written| written.milliseconds_at(99.0)),
                ]
            });
            let [[w, w50, w99], [r, r50, r99]] = [writes, reads];
            let failed = told(0, 1, &Written::percent_failed);
            let file = format!("`protocol = \"{}\"`", configuration.protocol);
            let policies = configuration.policies.lines().map(|line| format!(", `{line}`"));
            let file = file + &policies.collect::<String>();
            table.row([configuration.title.to_owned(), w, w50, w99, failed, r, r50, r99, file]);
        }
        format!(
            "{CLIENTS} clients, a third at each of three nodes, each with one request under way; \
             values of {VALUE} bytes, {KEYS} keys; {} rounds of {} s for each in turn; the median, \
             and the least and the most. A write has failed if its client was told that it came to nothing, or that \
             nobody knows to what, since others were in its way. All on one machine, the load included, so that nothing is \
             far: {}.\n\n{table}",
            self.rounds,
            self.seconds,
            machine(),
        )
    }
}
