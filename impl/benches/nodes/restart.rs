//! From killing all replicas until the cluster answers again.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;

use crate::load::{Keys, Writes, load};
use crate::report::{Table, machine};
use crate::systems::MAJORITY;

/// Fills a cluster, kills all of it and starts it again.
#[derive(Args, Debug)]
pub(crate) struct Restart {
    /// How many keys it holds.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    keys: u64,
    /// How often it is started again.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
}

const CLIENTS: usize = 256;
const VALUE: usize = 100;

impl Restart {
    pub(crate) fn run(&self, folder: &Path) -> Result<String, String> {
        let mut running = MAJORITY.start(&folder.join("system"))?;
        let writes = Writes { clients: CLIENTS, value: VALUE, keys: Keys::Each(self.keys) };
        let (spoken, hour) = (MAJORITY.spoken(), Duration::from_secs(3_600));
        eprintln!("writing {} keys ...", self.keys);
        let written = load(&[running.address()?], spoken, writes, Duration::ZERO, hour)?;
        eprintln!("written in {:.0} s", written.took.as_secs_f64());
        let mut table = Table::new(["start", "seconds until a write is acknowledged"]);
        for round in 1..=self.rounds {
            let started = Instant::now();
            running.restart_nodes()?;
            running.await_writes()?;
            let took = format!("{:.2}", started.elapsed().as_secs_f64());
            eprintln!("start {round}: {took} s");
            table.row([round.to_string(), took]);
        }
        Ok(format!(
            "{} keys of {VALUE} bytes; all three replicas killed and started again, until a majority \
             has acknowledged a write: {}.\n\n{table}",
            self.keys,
            machine(),
        ))
    }
}
