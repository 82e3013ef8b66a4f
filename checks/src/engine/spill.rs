//! What happens when memory is short: what was seen goes to disk, and what is reached is compared with
//! it later, much at a time (delayed duplicate detection; Korf: *Best-first frontier search with delayed
//! duplicate detection*, AAAI 2004).
//!
//! Rows that are reached are kept in the order in which they were, each once, until there is no room for
//! more or a level is through. Then they are sorted and compared with all that is on disk, in one pass.
//! What is left is new, and gets its numbers in the order in which it was reached: that of a search that
//! compares at once. So numbers, counts and paths are the same.

use std::ops::Range;
use std::path::Path;

use super::archive::Archive;
use super::bits::Bits;
use super::states::States;
use super::table::{Growth, Table};
use super::visited::{Visited, digest};
use crate::explore::Cause;

/// Bytes that it takes to sort a row: its digest, its number, and whether it is known.
const SORTING: usize = size_of::<(u64, u32)>() + size_of::<bool>();

/// So many rows are sorted at a time when everything goes to disk: memory is short then.
const SLICE: usize = 1 << 17;

/// How much memory there is for what is compared with states on disk.
pub(super) struct Room {
    pub(super) bytes: usize,
    /// How many bytes the tables of parts took when that was so.
    pub(super) parts: usize,
}

/// What parts point to takes about so many times what their tables take.
const POINTED_TO: usize = 4;

impl Room {
    /// Whether there is room for `bytes` once the tables of parts take `parts` bytes.
    pub(super) const fn is_enough_for(&self, bytes: usize, parts: usize) -> bool {
        let more = parts.saturating_sub(self.parts) * POINTED_TO;
        bytes <= self.bytes.saturating_sub(more)
    }
}

impl Visited {
    pub(super) const fn is_on_disk(&self) -> bool {
        self.archive.is_some()
    }

    pub(super) fn bytes_on_disk(&self) -> u64 {
        self.archive.as_ref().map_or(0, Archive::bytes_on_disk)
    }

    /// Moves all states to files in `folder`.
    ///
    /// # Errors
    /// If the disk is full, or fails. Then they are still in memory, but nothing can be added.
    pub(super) fn spill(&mut self, folder: &Path) -> Result<(), Cause> {
        let columns = self.rows.columns();
        let tables = self.tables.len();
        self.tables.clear();
        let mut archive = Archive::new(folder, columns)?;
        let mut row = vec![0; columns];
        for start in (0..self.rows.len()).step_by(SLICE) {
            let mut sorted = Vec::new();
            for index in start..self.rows.len().min(start + SLICE) {
                self.rows.read(index, &mut row);
                sorted.push((digest(&row), index as u32));
                archive.push(&row)?;
            }
            sorted.sort_unstable();
            archive.add_run(&sorted, |index, row| self.rows.read(index as usize, row))?;
        }
        archive.adopt(std::mem::take(&mut self.family));
        self.rows = States::new(columns, false);
        self.tables = (0..tables).map(|_| Table::new(Growth::Usual)).collect();
        self.archive = Some(archive);
        Ok(())
    }

    /// Brings `states` into memory, if they are on disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) fn open(&mut self, states: Range<usize>) -> Result<(), Cause> {
        self.archive.as_mut().map_or(Ok(()), |archive| archive.open(states))
    }

    /// How many bytes it takes to find out what is new.
    pub(super) fn bytes_to_settle(&self) -> usize {
        let tables: usize = self.tables.iter().map(Table::bytes).sum();
        self.rows.bytes() + tables + self.rows.len() * SORTING
    }

    /// Finds out which of the rows that were reached are new, and gives them their numbers. Does nothing
    /// in memory, where they have them.
    ///
    /// # Errors
    /// If the disk is full, or fails.
    pub(super) fn settle(&mut self) -> Result<(), Cause> {
        let Self { rows, tables, family, archive: Some(archive) } = self else { return Ok(()) };
        let mut row = vec![0; rows.columns()];
        let mut reached: Vec<_> = (0..rows.len() as u32)
            .map(|index| {
                rows.read(index as usize, &mut row);
                (digest(&row), index)
            })
            .collect();
        reached.sort_unstable();
        let mut known = vec![false; rows.len()];
        let is = |index: u32, row: &[u32]| rows.is(index as usize, row);
        archive.look_for(&reached, is, &mut known)?;
        reached.retain(|(_, index)| !known[*index as usize]);
        archive.add_run(&reached, |index, row| rows.read(index as usize, row))?;
        let mut next = 0;
        for is_child in std::mem::take(family).iter() {
            if is_child {
                next += 1;
                if known[next - 1] {
                    continue;
                }
                rows.read(next - 1, &mut row);
                archive.push(&row)?;
            }
            archive.push_family(is_child);
        }
        *rows = States::new(rows.columns(), false);
        *family = Bits::default();
        tables.iter_mut().for_each(Table::clear);
        Ok(())
    }

    /// Reads a state wherever it is.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) fn fetch(&mut self, index: usize, row: &mut [u32]) -> Result<(), Cause> {
        self.open(index..index + 1)?;
        self.read(index, row);
        Ok(())
    }
}
