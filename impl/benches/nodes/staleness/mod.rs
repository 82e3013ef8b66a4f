//! How often reads are stale where quorums need not meet. The nodes' own drivers, on networks that are
//! simulated: the counts are the same on every machine.

mod homes;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use holdfast_models::leaderless::{Leaderless, Versions, WriteBack};
use holdfast_models::vocabulary::{ClientId, Key, Operation, Outcome, ReplicaSet, Value};
use holdfast_node::disk::DiskError;
use serde::Serialize;

use homes::{Homes, Network};

/// Counts stale reads of leaderless homes.
#[derive(Args, Debug)]
pub(crate) struct Staleness {
    /// How many reads each count is of.
    #[arg(long, value_name = "NUMBER", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..))]
    reads: u32,
}

/// n, w and r.
const SETTINGS: [(u8, u8, u8); 7] =
    [(3, 1, 1), (3, 2, 1), (3, 1, 2), (3, 2, 2), (5, 1, 1), (5, 2, 2), (5, 1, 3)];

/// It is counted how many reads miss the last update, the last two and so on.
const LAST: usize = 3;

/// How long after an acknowledgement is read, in mean delays of a datagram.
const SINCE: [f64; 5] = [0.0, 0.5, 1.0, 2.0, 4.0];

const MEAN_DELAY: Duration = Duration::from_millis(10);

/// The only one who writes.
const WRITER: ClientId = ClientId(0);

const READER: ClientId = ClientId(1);

/// After so many keys homes are started anew: simulated disks are slow when they are full.
const KEYS: u32 = 500;

/// What is written to the file.
#[derive(Serialize)]
pub(crate) struct Counts {
    reads: u32,
    since: [f64; SINCE.len()],
    counted: Vec<Counted>,
}

/// What was counted of one setting.
#[derive(Serialize)]
struct Counted {
    copies: u8,
    write: u8,
    read: u8,
    missed: [u32; LAST],
    stale: [u32; SINCE.len()],
}

impl Staleness {
    pub(crate) fn run(&self) -> Result<Counts, String> {
        let count = |setting| {
            eprintln!("n, w, r = {setting:?} ...");
            self.count(setting).map_err(|error| error.to_string())
        };
        let counted = SETTINGS.into_iter().map(count).collect::<Result<_, _>>()?;
        Ok(Counts { reads: self.reads, since: SINCE, counted })
    }

    fn count(&self, (copies, write, read): (u8, u8, u8)) -> Result<Counted, DiskError> {
        let policy = Leaderless {
            write_quorum: write,
            read_quorum: read,
            versions: Versions::SingleWriter,
            write_back: WriteBack::Nobody,
            ..Leaderless::majority(copies)
        };
        let (mut missed, mut stale) = ([0; LAST], [0; SINCE.len()]);
        for first in (0..self.reads).step_by(KEYS as usize) {
            let seed = u64::from(first);
            let mut at_random = Homes::start(policy, Network::Only(ReplicaSet::EMPTY), seed)?;
            let mut asking_all = Homes::start(policy, Network::Delays(MEAN_DELAY), seed)?;
            for key in first..self.reads.min(first + KEYS) {
                let key = Key::from(format!("{key}").as_str());
                let updates = missed_by_quorums(policy, &mut at_random, &key)?;
                missed[..updates].iter_mut().for_each(|count| *count += 1);
                let is_stale = stale_after_delays(&mut asking_all, &key)?;
                stale.iter_mut().zip(is_stale).for_each(|(count, is)| *count += u32::from(is));
            }
        }
        Ok(Counted { copies, write, read, missed, stale })
    }
}

/// How many of the last updates of a key a read misses, where each reaches as many homes as it needs.
fn missed_by_quorums(policy: Leaderless, homes: &mut Homes, key: &Key) -> Result<usize, DiskError> {
    for number in 1..=LAST {
        let (coordinator, reached) = homes.any(policy.write_quorum);
        homes.set_network(Network::Only(reached));
        homes.ask(coordinator, WRITER, write(key, number), Duration::ZERO);
        assert_eq!(homes.run_until_heard()?, Some((WRITER, Outcome::Done)));
    }
    let (coordinator, reached) = homes.any(policy.read_quorum);
    homes.set_network(Network::Only(reached));
    homes.ask(coordinator, READER, Operation::Read { key: key.clone() }, Duration::ZERO);
    let heard = homes.run_until_heard()?;
    let is_found = |number: &usize| heard == Some((READER, found(Some(*number))));
    Ok(LAST - (1..=LAST).find(is_found).unwrap_or_default())
}

/// Whether a read misses the update of a key that was acknowledged so long before, for each of [`SINCE`].
fn stale_after_delays(homes: &mut Homes, key: &Key) -> Result<[bool; SINCE.len()], DiskError> {
    let (coordinator, _) = homes.any(1);
    homes.ask(coordinator, WRITER, write(key, 1), Duration::ZERO);
    assert_eq!(homes.run_until_heard()?, Some((WRITER, Outcome::Done)));
    for (index, since) in (1..).zip(SINCE) {
        let (coordinator, _) = homes.any(1);
        let read = Operation::Read { key: key.clone() };
        homes.ask(coordinator, ClientId(index), read, MEAN_DELAY.mul_f64(since));
    }
    let mut found_by = [const { None }; SINCE.len()];
    // Until nothing is under way, so that no key has a part in what is counted of another.
    while let Some((client, outcome)) = homes.run_until_heard()? {
        found_by[client.0 as usize - 1] = Some(outcome);
    }
    assert!(found_by.iter().all(Option::is_some), "every read is answered");
    Ok(found_by.map(|outcome| outcome == Some(found(None))))
}

fn write(key: &Key, number: usize) -> Operation {
    Operation::Write { key: key.clone(), value: Value::from(number as i64) }
}

fn found(number: Option<usize>) -> Outcome {
    Outcome::Found(number.map(|number| Value::from(number as i64)))
}

impl Counts {
    /// Keeps what was counted where documents are written from.
    pub(crate) fn write(&self) -> Result<(), String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks/staleness.json");
        std::fs::write(&file, self.to_string())
            .map_err(|error| format!("{}: {error}", file.display()))
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        writeln!(f, "{text}")
    }
}
