//! Rows on disk, sorted by their digests: many are looked for at once, in one pass.

use std::path::Path;

use super::block::{BLOCK, Block};
use super::disk::BlockFile;
use super::visited::digest;
use crate::explore::Cause;

/// Distinct rows, in the order of their digests.
pub(super) struct Run {
    file: BlockFile,
    /// For each block, its smallest and its largest digest.
    ranges: Vec<(u64, u64)>,
    rows: usize,
}

impl Run {
    /// How many rows there are.
    pub(super) const fn len(&self) -> usize {
        self.rows
    }

    /// Notes in `known` which of `wanted` are here: digests in order, each with a number of which `is`
    /// says whether a row is the one.
    pub(super) fn look_for(
        &self,
        wanted: &[(u64, u32)],
        is: impl Fn(u32, &[u32]) -> bool,
        known: &mut [bool],
    ) -> Result<(), Cause> {
        for (index, (smallest, largest)) in self.ranges.iter().enumerate() {
            let first = wanted.partition_point(|(digest, _)| digest < smallest);
            let end = wanted.partition_point(|(digest, _)| digest <= largest);
            if first == end {
                continue;
            }
            let block = self.file.read(index)?;
            let mut here = &wanted[first..end];
            let mut row = vec![0; block.widths().len()];
            for at in 0..block.len() {
                block.read(at, &mut row);
                let digest = digest(&row);
                here = &here[here.iter().take_while(|(other, _)| *other < digest).count()..];
                for (_, number) in here.iter().take_while(|(other, _)| *other == digest) {
                    known[*number as usize] |= is(*number, &row);
                }
            }
        }
        Ok(())
    }

    /// All rows of both, which have none in common.
    pub(super) fn merged(
        &self,
        other: &Self,
        folder: &Path,
        columns: usize,
    ) -> Result<Self, Cause> {
        let mut writer = RunWriter::new(folder, columns)?;
        let mut cursors = [Cursor::new(self, columns)?, Cursor::new(other, columns)?];
        loop {
            let next = match &cursors {
                [one, other] if one.is_through() && other.is_through() => return writer.finish(),
                [_, other] if other.is_through() => 0,
                [one, _] if one.is_through() => 1,
                [one, other] => usize::from(other.digest < one.digest),
            };
            writer.push(&cursors[next].row, cursors[next].digest)?;
            cursors[next].advance()?;
        }
    }

    pub(super) const fn bytes_on_disk(&self) -> u64 {
        self.file.bytes_on_disk()
    }

    /// Bytes in memory.
    pub(super) const fn bytes(&self) -> usize {
        self.file.bytes() + self.ranges.capacity() * size_of::<(u64, u64)>()
    }
}

/// Writes a run, row after row in the order of digests.
pub(super) struct RunWriter {
    run: Run,
    block: Block,
    range: (u64, u64),
}

impl RunWriter {
    pub(super) fn new(folder: &Path, columns: usize) -> Result<Self, Cause> {
        let run = Run { file: BlockFile::new(folder)?, ranges: Vec::new(), rows: 0 };
        Ok(Self { run, block: Block::new(&vec![0; columns], 0), range: (0, 0) })
    }

    pub(super) fn push(&mut self, row: &[u32], digest: u64) -> Result<(), Cause> {
        if self.block.len() == BLOCK {
            self.write_block()?;
        }
        if self.block.len() == 0 {
            self.range.0 = digest;
        }
        self.range.1 = digest;
        self.block.push(row);
        self.run.rows += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Run, Cause> {
        if self.block.len() > 0 {
            self.write_block()?;
        }
        Ok(self.run)
    }

    fn write_block(&mut self) -> Result<(), Cause> {
        self.run.file.append(&self.block)?;
        self.run.ranges.push(self.range);
        self.block = self.block.next();
        Ok(())
    }
}

/// A place in a run.
struct Cursor<'a> {
    run: &'a Run,
    /// The block that is being read, and which it is.
    block: Option<Block>,
    index: usize,
    at: usize,
    row: Vec<u32>,
    digest: u64,
}

impl<'a> Cursor<'a> {
    /// At the first row.
    fn new(run: &'a Run, columns: usize) -> Result<Self, Cause> {
        let mut cursor =
            Self { run, block: None, index: 0, at: 0, row: vec![0; columns], digest: 0 };
        cursor.open()?;
        Ok(cursor)
    }

    const fn is_through(&self) -> bool {
        self.block.is_none()
    }

    fn advance(&mut self) -> Result<(), Cause> {
        self.at += 1;
        if self.block.as_ref().is_some_and(|block| self.at < block.len()) {
            self.read();
            return Ok(());
        }
        (self.index, self.at) = (self.index + 1, 0);
        self.open()
    }

    fn open(&mut self) -> Result<(), Cause> {
        let is_there = self.index < self.run.file.len();
        self.block = is_there.then(|| self.run.file.read(self.index)).transpose()?;
        self.read();
        Ok(())
    }

    fn read(&mut self) {
        if let Some(block) = &self.block {
            block.read(self.at, &mut self.row);
            self.digest = digest(&self.row);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::env::temp_dir;

    use proptest::prelude::*;

    use super::*;

    type Row = [u32; 2];

    fn sorted(rows: &BTreeSet<Row>) -> Vec<(u64, Row)> {
        let mut sorted: Vec<_> = rows.iter().map(|row| (digest(row), *row)).collect();
        sorted.sort_unstable();
        sorted
    }

    fn written(rows: &BTreeSet<Row>) -> Run {
        let mut writer = RunWriter::new(&temp_dir(), 2).expect("there is such a folder");
        for (digest, row) in sorted(rows) {
            writer.push(&row, digest).expect("there is room");
        }
        writer.finish().expect("there is room")
    }

    /// Which of `wanted` are found in `run`.
    fn found(run: &Run, wanted: &BTreeSet<Row>) -> BTreeSet<Row> {
        let wanted = sorted(wanted);
        let numbered: Vec<_> =
            (0..).zip(&wanted).map(|(index, (digest, _))| (*digest, index)).collect();
        let mut known = vec![false; wanted.len()];
        let is = |index: u32, row: &[u32]| wanted[index as usize].1 == *row;
        run.look_for(&numbered, is, &mut known).expect("it was written");
        wanted.iter().zip(known).filter(|(_, known)| *known).map(|((_, row), _)| *row).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn what_is_in_either_run_is_found_in_both_merged_and_nothing_else(
            rows in prop::collection::vec((0..60_000_u32, 0..3_u8), 0..40),
            // More than a block, some of the time.
            width in 1..2_000_u32,
        ) {
            let all = rows.iter().flat_map(|(start, owner)| {
                (*start..start + width).map(move |number| ([number, number % 7], *owner))
            });
            let mut sets: [BTreeSet<Row>; 3] = Default::default();
            for (row, owner) in all {
                // Runs have nothing in common.
                if sets.iter().all(|set| !set.contains(&row)) {
                    sets[usize::from(owner)].insert(row);
                }
            }
            let [one, other, neither] = sets;
            let merged = written(&one).merged(&written(&other), &temp_dir(), 2);
            let merged = merged.expect("both were written");
            prop_assert_eq!(merged.len(), one.len() + other.len());
            let both = &one | &other;
            prop_assert_eq!(found(&merged, &(&both | &neither)), both.clone());
            // Few of many: most blocks are passed over.
            let few: BTreeSet<_> = both.iter().chain(&neither).step_by(1_000).copied().collect();
            prop_assert_eq!(found(&merged, &few), &few & &both);
        }
    }
}
