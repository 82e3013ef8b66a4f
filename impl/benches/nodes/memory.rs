//! Resident memory during a long load.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use crate::load::{Keys, Writes, load};
use crate::report::{Table, machine};
use crate::systems::MAJORITY;

/// Writes for minutes, and looks at the nodes now and then.
#[derive(Args, Debug)]
pub(crate) struct Memory {
    /// For how long.
    #[arg(long, value_name = "MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
}

const CLIENTS: usize = 64;
const VALUE: usize = 100;
const KEYS: u64 = 100_000;

impl Memory {
    pub(crate) fn run(&self, folder: &Path) -> Result<String, String> {
        let running = MAJORITY.start(&folder.join("system"))?;
        let address = running.address()?;
        let mut table =
            Table::new(["minute", "writes", "replica 0, MiB", "replica 1, MiB", "replica 2, MiB"]);
        let mut writes = 0;
        for minute in 0..=self.minutes {
            if minute > 0 {
                let asked = Writes { clients: CLIENTS, value: VALUE, keys: Keys::Any(KEYS) };
                let spoken = MAJORITY.spoken();
                let lasts = Duration::from_secs(60);
                writes += load(&[address], spoken, asked, Duration::ZERO, lasts)?.times.len();
            }
            let memory = running.memory();
            let [first, second, third] = [0, 1, 2].map(|id| {
                let bytes = memory.get(id).copied().unwrap_or_default();
                format!("{:.1}", bytes as f64 / f64::from(1 << 20))
            });
            eprintln!("minute {minute}: {writes} writes, {first}, {second}, {third} MiB");
            table.row([minute.to_string(), writes.to_string(), first, second, third]);
        }
        Ok(format!(
            "{CLIENTS} clients, values of {VALUE} bytes, {KEYS} keys, acknowledged by a majority: {}.\
             \n\n{table}",
            machine(),
        ))
    }
}
