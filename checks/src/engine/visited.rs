//! The states that were seen, in the order in which a search that takes one state after another sees
//! them, and how each was reached.

use std::hint::black_box;

use super::archive::Archive;
use super::batch::Batch;
use super::bits::Bits;
use super::states::States;
use super::successor::Sum;
use super::table::{Growth, MOST_ROWS, Table};
use super::threads::Threads;
use crate::explore::Cause;

/// So many rows are looked for at a time: what is not in a cache of the processor is fetched side by
/// side.
const GROUP: usize = 64;

/// Of so many rows the digests are worked out before they are put into tables that have grown.
const DIGESTED: usize = 1 << 16;

/// Every state once, numbered as it was found.
///
/// Where memory is short, what was seen is on disk: then only what may be new is here, with numbers of
/// its own, until it is known whether it is: see [`Archive`].
pub(super) struct Visited {
    pub(super) rows: States,
    /// Where each row is, in as many parts as threads may insert at the same time.
    pub(super) tables: Vec<Table>,
    /// For each table, what of a batch is new, by its place there, and in which slot it is.
    new: Vec<Vec<(usize, usize)>>,
    /// For each expanded state in turn, a 1 for each state that it is the first to reach, and a 0. In
    /// a search breadth first, parents come in the order of their children: so two bits a state say
    /// which is whose.
    pub(super) family: Bits,
    pub(super) archive: Option<Archive>,
}

impl Visited {
    /// With `first`, the state that nobody leads to, in it.
    pub(super) fn new(first: &[u32], tables: usize, is_compressed: bool) -> Self {
        let growth = if is_compressed { Growth::Thrifty } else { Growth::Usual };
        let new = vec![Vec::new(); tables];
        let tables = (0..tables).map(|_| Table::new(growth)).collect();
        let rows = States::new(first.len(), is_compressed);
        let mut visited = Self { rows, tables, new, family: Bits::default(), archive: None };
        visited.rows.push(first);
        let digest = digest(first);
        let table = table_of(visited.tables.len(), digest);
        visited.tables[table].insert(digest, 0, |_| false);
        visited
    }

    /// How many states are known to be different.
    pub(super) fn len(&self) -> usize {
        self.archive.as_ref().map_or(self.rows.len(), Archive::len)
    }

    /// Reads a state: if they are on disk, one of those that were brought here.
    pub(super) fn read(&self, index: usize, row: &mut [u32]) {
        match &self.archive {
            None => self.rows.read(index, row),
            Some(archive) => archive.read(index, row),
        }
    }

    /// The number of a state, if none are on disk.
    pub(super) fn find(&self, row: &[u32]) -> Option<u32> {
        assert!(self.archive.is_none(), "on disk nothing is found by its row");
        let digest = digest(row);
        let table = &self.tables[table_of(self.tables.len(), digest)];
        table.find(digest, table.first(digest), |index| self.rows.is(index as usize, row))
    }

    /// Adds those rows of `batch` that are not there, each once. The states that lead to them are
    /// those after the last that led to any.
    ///
    /// # Errors
    /// If there might not be numbers for all of them. Then nothing is added.
    pub(super) fn add(&mut self, batch: &Batch, threads: &Threads) -> Result<(), Cause> {
        let (base, end) = (self.rows.len() as u32, self.rows.len() + batch.len());
        if end > MOST_ROWS {
            return Err(Cause::Numbers);
        }
        self.tables.iter_mut().for_each(|table| table.number_up_to(end));
        self.make_room(batch.len(), threads);
        let (rows, tables) = (&self.rows, self.tables.len());
        // What is new stands in its table by its place in the batch, until it has a number.
        let tables_and_new = self.tables.iter_mut().zip(&mut self.new).enumerate();
        threads.each(tables_and_new, |(mine, (table, new))| {
            let is_mine = |digest: u64| table_of(tables, digest) == mine;
            new.clear();
            let mut group = Vec::with_capacity(GROUP);
            for start in (0..batch.len()).step_by(GROUP) {
                let end = batch.len().min(start + GROUP);
                group.clear();
                group.extend((start..end).filter(|at| is_mine(batch.digests()[*at])));
                let known = group.iter().filter_map(|at| {
                    let digest = batch.digests()[*at];
                    table.candidate(digest, table.first(digest))
                });
                known.filter(|index| *index < base).for_each(|index| rows.fetch(index));
                for at in &group {
                    let row = batch.row(*at);
                    let is = |index: u32| match index.checked_sub(base) {
                        Some(before) => are_same(batch.row(before as usize), row),
                        None => rows.is(index as usize, row),
                    };
                    let place = table.insert(batch.digests()[*at], base + *at as u32, is);
                    new.extend(place.map(|place| (*at, place)));
                }
            }
        });
        let mut order: Vec<_> = self.new.iter().flatten().map(|(at, _)| *at).collect();
        // A stable sort finds out by itself that these are a few sorted runs.
        order.sort();
        let mut next = order.iter().peekable();
        for end in batch.ends() {
            while let Some(at) = next.next_if(|at| *at < end) {
                self.rows.push(batch.row(*at));
                self.family.push(true);
            }
            self.family.push(false);
        }
        threads.each(self.tables.iter_mut().zip(&self.new), |(table, new)| {
            let mut number = 0;
            for (at, place) in new {
                // Both are in order, and the table has some of all.
                number += order[number..].iter().take_while(|other| *other < at).count();
                table.renumber(*place, base + number as u32);
            }
        });
        Ok(())
    }

    /// Makes room in the tables for `more` rows. They are as full as each other, or nearly, and so grow
    /// together: then each row is read once, and not once for each table.
    fn make_room(&mut self, more: usize, threads: &Threads) {
        if self.tables.iter().all(|table| table.has_room_for(more)) {
            return;
        }
        self.tables.iter_mut().for_each(|table| table.start_again(more));
        let (rows, tables) = (&self.rows, self.tables.len());
        let mut digests = vec![0; DIGESTED.min(rows.len())];
        let share = digests.len().div_ceil(threads.count());
        for first in (0..rows.len()).step_by(DIGESTED) {
            digests.truncate(rows.len() - first);
            threads.each(digests.chunks_mut(share).enumerate(), |(index, digests)| {
                let mut row = vec![0; rows.columns()];
                for (index, of) in (first + index * share..).zip(digests) {
                    rows.read(index, &mut row);
                    *of = digest(&row);
                }
            });
            threads.each(self.tables.iter_mut().enumerate(), |(mine, table)| {
                let is_mine = |digest: u64| table_of(tables, digest) == mine;
                for (start, group) in (first..).step_by(GROUP).zip(digests.chunks(GROUP)) {
                    let mine = (start as u32..).zip(group).filter(|(_, digest)| is_mine(**digest));
                    mine.clone().for_each(|(_, digest)| _ = black_box(table.first(*digest)));
                    mine.for_each(|(index, digest)| _ = table.insert(*digest, index, |_| false));
                }
            });
        }
    }

    /// For each expanded state in turn, a 1 for each state that it is the first to reach, and a 0.
    pub(super) fn family(&self) -> &Bits {
        self.archive.as_ref().map_or(&self.family, Archive::family)
    }

    pub(super) const fn columns(&self) -> usize {
        self.rows.columns()
    }

    /// The way from the first state to state `index`, both included.
    pub(super) fn path_to(&self, mut index: usize) -> Vec<usize> {
        let mut path = vec![index];
        while index > 0 {
            // The first state is nobody's child.
            index = self.family().zeros_before_one(index - 1);
            path.push(index);
        }
        path.reverse();
        path
    }

    pub(super) fn bytes(&self) -> usize {
        let tables: usize = self.tables.iter().map(Table::bytes).sum();
        let archive = self.archive.as_ref().map_or(0, Archive::bytes);
        self.rows.bytes() + tables + self.family.bytes() + archive
    }
}

/// What a row is found by.
pub(super) fn digest(row: &[u32]) -> u64 {
    Sum::of(row).digest()
}

/// Whether two rows are the same. For so few numbers, calling a function that compares is what takes
/// the time.
pub(super) fn are_same(one: &[u32], other: &[u32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}

/// Which of the tables a row is in.
const fn table_of(tables: usize, digest: u64) -> usize {
    ((digest >> 8) as u16 as usize * tables) >> u16::BITS
}
