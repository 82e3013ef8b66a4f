//! Which configuration of leaderless replication gets which guarantee: every n, w and r, every way to
//! repair, every rule for versions that has one winner, each fault.
//!
//! Each cell of the grid is two questions of [`crate::ask`], and its command line asks the same.
//! Read [`Cell`] for what is asked, [`survey`] for how, [`Grade`] for what it comes to, and [`grid`]
//! for how it is shown.

mod grade;
mod grid;
mod record;
mod survey;

use holdfast_models::leaderless::spelling::WRITE_BACKS;

pub use grade::{Grade, Reads};
pub use grid::grid;
pub use record::Atlas;
pub use survey::survey;

/// The largest n that is asked about.
pub const LARGEST: u8 = 5;

/// One configuration and one fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// How many replicas there are, all of them homes.
    pub n: u8,
    /// Which version an update gets.
    pub versions: &'static str,
    /// What goes wrong.
    pub fault: &'static str,
    /// What a read does with homes that are behind.
    pub write_back: &'static str,
    /// How many homes have to answer.
    pub r: u8,
    /// How many homes have to store.
    pub w: u8,
}

/// What goes wrong, if anything does, beside late and lost messages.
struct Fault {
    name: &'static str,
    flags: &'static [&'static str],
    /// Whether only whoever reads a clock can notice.
    concerns_clocks: bool,
}

const FAULTS: &[Fault] = &[
    Fault { name: "nothing", flags: &[], concerns_clocks: false },
    Fault { name: "a crash", flags: &["--crashes", "1"], concerns_clocks: false },
    Fault { name: "a lost disk", flags: &["--amnesias", "1"], concerns_clocks: false },
    Fault {
        name: "a clock that is ahead",
        flags: &["--ticks", "1", "--clock-skew", "1"],
        concerns_clocks: true,
    },
];

/// How versions are chosen, and whether that takes a clock.
const VERSIONS: &[(&str, bool)] =
    &[("single-writer", false), ("query", false), ("wall-clock", true), ("hybrid-clock", true)];

/// One writer numbers its updates; the others have to bear two.
const SINGLE_WRITER: &str = "single-writer";

impl Cell {
    /// Every cell with this n, in the order of the grid.
    pub fn all(n: u8) -> impl Iterator<Item = Self> {
        let faulty = VERSIONS.iter().flat_map(|(versions, reads_clock)| {
            let faults = FAULTS.iter().filter(|fault| *reads_clock || !fault.concerns_clocks);
            faults.map(|fault| (*versions, fault.name))
        });
        faulty.flat_map(move |(versions, fault)| {
            WRITE_BACKS.iter().flat_map(move |(write_back, _)| {
                (1..=n).flat_map(move |r| {
                    (1..=n).map(move |w| Self { n, versions, fault, write_back, r, w })
                })
            })
        })
    }

    /// The cell that behaves as this one does, step by step: of one answer nobody is behind, so only
    /// repairing whoever is not makes a difference.
    #[must_use]
    pub fn representative(self) -> Self {
        let repairs_those_behind = !["nobody", "write-quorum"].contains(&self.write_back);
        let write_back =
            if self.r == 1 && repairs_those_behind { "nobody" } else { self.write_back };
        Self { write_back, ..self }
    }

    /// What asks about reads: one writes, one reads.
    #[must_use]
    pub fn about_reads(&self) -> Vec<String> {
        self.flags(&self.w.to_string(), &self.r.to_string(), self.write_back)
    }

    /// What asks about writes: nobody reads.
    #[must_use]
    pub fn about_writes(&self) -> Vec<String> {
        let writers = if self.versions == SINGLE_WRITER { "1" } else { "2" };
        let more = ["--writers", writers, "--readers", "0", "--network", "at-most-once"];
        let mut flags = self.about_reads();
        flags.extend(more.map(str::to_owned));
        flags
    }

    fn flags(&self, w: &str, r: &str, write_back: &str) -> Vec<String> {
        let n = self.n.to_string();
        let configuration = [
            "--n",
            &n,
            "--w",
            w,
            "--r",
            r,
            "--write-back",
            write_back,
            "--versions",
            self.versions,
        ];
        let fault = FAULTS.iter().find(|fault| fault.name == self.fault);
        let fault = fault.map_or(&[][..], |fault| fault.flags);
        let flags = configuration.iter().copied().chain(["--suspicions", "0"]);
        flags.chain(fault.iter().copied()).map(str::to_owned).collect()
    }

    /// Its name in the record.
    fn name(&self) -> String {
        self.about_reads().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cell_is_asked_about_once() {
        let cells: Vec<_> = (1..=3).flat_map(Cell::all).collect();
        let names: BTreeSet<_> = cells.iter().map(Cell::name).collect();
        assert_eq!(names.len(), cells.len());
        // Two rules with three faults and two with four, five ways to repair.
        assert_eq!(cells.len(), 14 * 5 * (1 + 4 + 9));
    }

    #[test]
    fn cells_that_behave_alike_have_one_representative() {
        let like = |r, write_back| {
            let any = Cell::all(3).find(|cell| (cell.r, cell.write_back) == (r, write_back));
            any.expect("it is in the grid").representative().write_back
        };
        assert_eq!(like(1, "contacted"), "nobody");
        assert_eq!(like(1, "write-quorum"), "write-quorum");
        assert_eq!(like(2, "contacted"), "contacted");
    }
}
