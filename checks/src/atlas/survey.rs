//! Exploring cells, each as `check ask` would.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use super::{Cell, Grade};
use crate::ask::{Workload, answers};
use crate::catalog::{Family, family};
use crate::error::Failure;
use crate::schedule::{self, Allowance, Job, Resources};

/// The family whose configurations are the cells.
const FAMILY: &str = "leaderless";

/// What each of `cells` comes to, `time` for each search. Those that behave alike are explored once.
///
/// # Errors
/// If there is no such family, or it does not understand a cell's flags.
pub fn survey(
    families: &[Family],
    cells: &[Cell],
    time: Duration,
    resources: Resources,
) -> Result<Vec<Grade>, Failure> {
    let family = family(families, FAMILY)?;
    let mut wanted: BTreeMap<Cell, [Vec<Workload>; 2]> = BTreeMap::new();
    for cell in cells.iter().map(|cell| cell.representative()) {
        if let Entry::Vacant(place) = wanted.entry(cell) {
            place.insert([ask(family, cell.about_reads())?, ask(family, cell.about_writes())?]);
        }
    }
    let workloads = wanted.values().flatten().flatten();
    let jobs: Vec<_> = workloads
        .map(|workload| Job {
            name: workload.name,
            cluster: &*workload.cluster,
            claims: workload.statements.iter().map(|statement| (*statement, None)).collect(),
            time: Allowance::Own(time),
        })
        .collect();
    let judgements = schedule::run(&jobs, resources);
    let mut rest = &judgements[..];
    let mut grades = BTreeMap::new();
    for (cell, [about_reads, about_writes]) in &wanted {
        let (reads, others) = rest.split_at(about_reads.len());
        let (writes, others) = others.split_at(about_writes.len());
        let grade = Grade::new(&answers(about_reads, reads), &answers(about_writes, writes));
        grades.insert(*cell, grade);
        rest = others;
    }
    Ok(cells.iter().map(|cell| grades[&cell.representative()]).collect())
}

fn ask(family: &Family, flags: Vec<String>) -> Result<Vec<Workload>, Failure> {
    let words = std::iter::once(FAMILY.to_owned()).chain(flags);
    let matches = (family.flags)(clap::Command::new(FAMILY))
        .try_get_matches_from(words)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    (family.ask)(&matches)
}
