//! How often reads are stale where quorums need not meet: what is worked out beside what was measured.
//!
//! Nodes are measured by a benchmark of theirs, `cargo bench -p holdfast-node --bench nodes -- staleness --write`,
//! which counts and keeps its counts in a file. What is worked out never is.

use std::fs;
use std::path::Path;

use holdfast_models::leaderless::staleness::{
    missed_by_quorums_at_random, missed_where_all_are_asked,
};
use serde::Deserialize;

use crate::error::Failure;
use crate::units::thousands;

const FILE: &str = "checks/staleness.json";

/// What was counted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staleness {
    /// How many reads each count is of.
    pub reads: u32,
    /// How long after the acknowledgement was read, in mean delays of a message.
    pub since: Vec<f64>,
    /// What of each setting.
    pub counted: Vec<Counted>,
}

/// What was counted of one setting.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Homes of a key: n.
    pub copies: u8,
    /// Homes that store an update before it is acknowledged: w.
    pub write: u8,
    /// Homes that answer before a read is answered: r.
    pub read: u8,
    /// Reads that missed the last update, the last two and so on, where each request reaches as many homes as it
    /// needs.
    pub missed: Vec<u32>,
    /// Reads that missed what was acknowledged so long before, where all homes are asked.
    pub stale: Vec<u32>,
}

impl Staleness {
    /// Reads the file. Nothing was counted where it does not exist.
    ///
    /// # Errors
    /// If it cannot be read or understood.
    pub fn read(root: &Path) -> Result<Option<Self>, Failure> {
        let file = root.join(FILE);
        if !file.exists() {
            return Ok(None);
        }
        let reading = Failure::while_doing(format!("reading {}", file.display()));
        let text = fs::read_to_string(&file).map_err(reading)?;
        let counts = serde_json::from_str(&text);
        counts.map(Some).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
    }
}

impl Counted {
    /// For each count of `missed`, the share that is to be expected.
    #[must_use]
    pub fn missed_as_expected(&self) -> Vec<f64> {
        let updates = (1..).take(self.missed.len());
        let Self { copies, write, read, .. } = *self;
        updates.map(|last| missed_by_quorums_at_random(copies, write, read, last)).collect()
    }

    /// For each count of `stale`, the share that is to be expected.
    #[must_use]
    pub fn stale_as_expected(&self, since: &[f64]) -> Vec<f64> {
        let Self { copies, write, read, .. } = *self;
        since.iter().map(|since| missed_where_all_are_asked(copies, write, read, *since)).collect()
    }
}

/// The tables: what is worked out, and after it what was counted.
#[must_use]
pub fn markdown(counts: &Staleness) -> String {
    let Staleness { reads, since, counted } = counts;
    let number = thousands(*reads as usize);
    let mut text = format!(
        "Each request reaches as many homes as it needs, any of them. Worked out / counted in {number} reads:\n\n"
    );
    let missed = counted.iter().map(|of| (of, of.missed_as_expected(), &of.missed));
    let most = counted.iter().map(|of| of.missed.len()).max().unwrap_or_default();
    let heads = (1..=most).map(|last| match last {
        1 => "last update missed".to_owned(),
        last => format!("last {last} missed"),
    });
    text += &table(heads, missed, *reads);
    text += &format!(
        "\nAll homes are asked, and a message takes one unit of time on average. Of updates that were acknowledged so \
         long ago, worked out / counted in {number} reads:\n\n"
    );
    let stale = counted.iter().map(|of| (of, of.stale_as_expected(since), &of.stale));
    text += &table(since.iter().map(|since| format!("missed after {since}")), stale, *reads);
    text
}

/// One row for each setting, one column for each of `heads`.
fn table<'a>(
    heads: impl Iterator<Item = String>,
    rows: impl Iterator<Item = (&'a Counted, Vec<f64>, &'a Vec<u32>)>,
    reads: u32,
) -> String {
    let row = |first: String, rest: Vec<String>| format!("| {first} | {} |\n", rest.join(" | "));
    let heads: Vec<_> = heads.collect();
    let rule = format!("|---|{}\n", "--:|".repeat(heads.len()));
    let mut table = row("n, w, r".to_owned(), heads) + &rule;
    for (Counted { copies, write, read, .. }, expected, counted) in rows {
        let shares = expected.iter().zip(counted).map(|(expected, counted)| {
            format!("{expected:.3} / {:.3}", f64::from(*counted) / f64::from(reads))
        });
        table += &row(format!("{copies}, {write}, {read}"), shares.collect());
    }
    table
}
