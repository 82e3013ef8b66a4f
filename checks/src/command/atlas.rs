//! `check atlas`: which configuration gets which guarantee?

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Limits;
use crate::atlas::{Atlas as Grid, Cell, LARGEST, grid, survey};
use crate::catalog::families;
use crate::document::{nearest_root, record_atlas};
use crate::error::Failure;
use crate::explore::interrupt;
use crate::verdict::Status;

/// For one search; a cell is about seven of them.
const USUAL_TIME: Duration = Duration::from_secs(10);

/// Every configuration of a family, in one grid.
#[derive(Args, Debug)]
#[command(after_help = "\
For n up to 3 it takes minutes, for 5 hours: about seven searches a cell, each for 10s at most if \
--time does not say otherwise. A violation is an answer here and no failure; a search that ends early \
is shown as that. To be told how something comes about: the line under each grid, with --writers 2 \
--readers 0 --network at-most-once for lost writes (--writers 1 where versions are single-writer's).")]
pub struct Atlas {
    /// Of which family.
    family: Mapped,
    /// The smallest n.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=i64::from(LARGEST)))]
    from: u8,
    /// The largest n.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=i64::from(LARGEST)))]
    n: u8,
    /// Keeps what was found, and rewrites the part of the documents that tells it.
    #[arg(long)]
    write: bool,
    /// The folder that holds spec-docs [default: the nearest with a Cargo.lock].
    #[arg(long, value_name = "FOLDER", requires = "write")]
    root: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
}

/// Families that have a grid.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mapped {
    /// n, w and r, repairs, versions, faults.
    Leaderless,
}

impl Atlas {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let Mapped::Leaderless = self.family;
        if self.from > self.n {
            let said = format!("--from {} is more than --n {}", self.from, self.n);
            return Err(Failure::Usage(said));
        }
        let cells: Vec<_> = (self.from..=self.n).flat_map(Cell::all).collect();
        interrupt::listen();
        let time = self.limits.time.unwrap_or(USUAL_TIME);
        let resources = self.limits.resources(std::iter::empty(), false);
        let grades = survey(&families(), &cells, time, resources)?;
        let mut found = Grid::default();
        for (cell, grade) in cells.iter().zip(&grades) {
            found.note(cell, *grade);
        }
        write!(out, "{}", grid(&found))?;
        if self.write {
            let root = self.root.map_or_else(nearest_root, Ok)?;
            let mut known = Grid::read(&root)?;
            for (cell, grade) in cells.iter().zip(&grades) {
                known.note(cell, *grade);
            }
            known.write(&root)?;
            for file in record_atlas(&root, &known)? {
                writeln!(out, "{}: rewritten", file.display())?;
            }
        }
        let truncated = grades.iter().any(|grade| grade.letters().contains('?'));
        Ok(if truncated { Status::Truncated } else { Status::Fine })
    }
}
