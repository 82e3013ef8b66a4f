//! States on disk: in the order of their numbers, to be expanded and to be told of, and sorted, to be
//! compared with.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::bits::Bits;
use super::block::{BLOCK, Block};
use super::disk::BlockFile;
use super::runs::{Run, RunWriter};
use crate::explore::Cause;

/// What is known of states whose rows are not in memory.
pub(super) struct Archive {
    folder: PathBuf,
    columns: usize,
    /// All rows by their numbers, but for those of the last block.
    log: BlockFile,
    last: Block,
    /// Blocks of the log that are in memory as well, and which they are.
    open: Vec<(usize, Block)>,
    /// The same rows, each in one of these: later ones are shorter.
    runs: Vec<Run>,
    family: Bits,
}

impl Archive {
    /// Nothing yet, in files in `folder`.
    pub(super) fn new(folder: &Path, columns: usize) -> Result<Self, Cause> {
        let last = Block::new(&vec![0; columns], 0);
        Ok(Self {
            folder: folder.to_owned(),
            columns,
            log: BlockFile::new(folder)?,
            last,
            open: Vec::new(),
            runs: Vec::new(),
            family: Bits::default(),
        })
    }

    /// How many states there are.
    pub(super) const fn len(&self) -> usize {
        self.log.len() * BLOCK + self.last.len()
    }

    pub(super) const fn family(&self) -> &Bits {
        &self.family
    }

    /// Adds the state with the next number.
    pub(super) fn push(&mut self, row: &[u32]) -> Result<(), Cause> {
        self.last.push(row);
        if self.last.len() == BLOCK {
            self.log.append(&self.last)?;
            self.last = self.last.next();
        }
        Ok(())
    }

    /// From now on `family` says who leads to whom.
    pub(super) fn adopt(&mut self, family: Bits) {
        self.family = family;
    }

    /// For each expanded state in turn, a 1 for each state that it is the first to reach, and a 0.
    pub(super) fn push_family(&mut self, is_child: bool) {
        self.family.push(is_child);
    }

    /// Notes in `known` which of `wanted` are here: digests in order, each with a number of which `is`
    /// says whether a row is the one.
    pub(super) fn look_for(
        &self,
        wanted: &[(u64, u32)],
        is: impl Fn(u32, &[u32]) -> bool,
        known: &mut [bool],
    ) -> Result<(), Cause> {
        self.runs.iter().try_for_each(|run| run.look_for(wanted, &is, known))
    }

    /// From now on the rows that `read` reads by their numbers are found: `sorted` has them by digest.
    pub(super) fn add_run(
        &mut self,
        sorted: &[(u64, u32)],
        read: impl Fn(u32, &mut [u32]),
    ) -> Result<(), Cause> {
        if sorted.is_empty() {
            return Ok(());
        }
        let mut writer = RunWriter::new(&self.folder, self.columns)?;
        let mut row = vec![0; self.columns];
        for (digest, number) in sorted {
            read(*number, &mut row);
            writer.push(&row, *digest)?;
        }
        self.runs.push(writer.finish()?);
        // Each is more than twice as long as the next: there are few, and rows are seldom moved.
        while let [.., one, other] = &*self.runs
            && one.len() <= 2 * other.len()
        {
            let merged = one.merged(other, &self.folder, self.columns)?;
            self.runs.truncate(self.runs.len() - 2);
            self.runs.push(merged);
        }
        Ok(())
    }

    /// Brings `states` into memory, and lets go of others.
    pub(super) fn open(&mut self, states: Range<usize>) -> Result<(), Cause> {
        let blocks = states.start / BLOCK..states.end.div_ceil(BLOCK).min(self.log.len());
        self.open.retain(|(index, _)| blocks.contains(index));
        for index in blocks {
            if self.open.iter().all(|(other, _)| *other != index) {
                self.open.push((index, self.log.read(index)?));
            }
        }
        Ok(())
    }

    /// Reads a state that is in memory.
    pub(super) fn read(&self, index: usize, row: &mut [u32]) {
        let block = index / BLOCK;
        let open = self.open.iter().find(|(other, _)| *other == block).map(|(_, block)| block);
        let block = open.unwrap_or(&self.last);
        block.read(index % BLOCK, row);
    }

    pub(super) fn bytes_on_disk(&self) -> u64 {
        let runs = self.runs.iter().map(Run::bytes_on_disk);
        self.log.bytes_on_disk() + runs.sum::<u64>()
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        let open = self.open.iter().map(|(_, block)| block.bytes());
        let runs = self.runs.iter().map(Run::bytes);
        let files = self.log.bytes() + runs.sum::<usize>();
        open.sum::<usize>() + self.last.bytes() + files + self.family.bytes()
    }
}
