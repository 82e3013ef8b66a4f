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
use crate::explore::{Cause, LEAST_ROOM};

/// Bytes that it takes to sort a row: its digest, its number, and whether it is known.
const SORTING: usize = size_of::<(u64, u32)>() + size_of::<bool>();

/// So many rows are sorted at a time when everything goes to disk: memory is short then.
const SLICE: usize = 1 << 17;

/// How much memory there is for what is compared with states on disk.
pub(super) struct Room {
    bytes: usize,
    /// How many bytes the process had when what is new was found out last.
    resident: u64,
}

impl Room {
    /// With room for `bytes`.
    pub(super) const fn new(bytes: usize) -> Self {
        Self { bytes, resident: 0 }
    }

    /// Whether there is no room for more than `bytes`. If the process is `short` of memory, parts have
    /// grown into it: from then on there is less. It has `resident` bytes, some of which are free again
    /// once what is new was found out: so it is only short if it has more than it had then.
    pub(super) fn is_full(&mut self, bytes: usize, resident: u64, is_short: bool) -> bool {
        let has_grown_into = is_short && resident > self.resident && bytes >= LEAST_ROOM;
        if has_grown_into {
            self.resident = resident;
            self.bytes = self.bytes.min(bytes / 4 * 3);
        }
        has_grown_into || bytes > self.bytes
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
        let Self { rows, tables, family, archive: Some(archive), .. } = self else { return Ok(()) };
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
        tables.iter_mut().for_each(|table| *table = Table::new(Growth::Usual));
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

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn there_is_less_room_once_parts_have_grown_into_it() {
        let mut room = Room::new(40 << 20);
        assert!(!room.is_full(40 << 20, 100 * MIB, false), "it is just enough");
        assert!(room.is_full((40 << 20) + 1, 100 * MIB, false), "that is more");
        assert!(room.is_full(20 << 20, 120 * MIB, true), "memory is short");
        assert!(!room.is_full(15 << 20, 120 * MIB, true), "what was free again is used again");
        assert!(room.is_full((15 << 20) + 1, 120 * MIB, true), "but only three quarters of it");
        assert!(room.is_full(8 << 20, 121 * MIB, true), "parts have grown again");
        assert!(room.is_full((6 << 20) + 1, 100 * MIB, false), "and keep what they took");
    }

    #[test]
    fn however_short_memory_is_some_is_compared_at_a_time() {
        let mut room = Room::new(40 << 20);
        assert!(!room.is_full(LEAST_ROOM - 1, 200 * MIB, true));
    }
}
