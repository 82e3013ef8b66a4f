//! The states that were seen, in the order in which a search that takes one state after another sees
//! them, and how each was reached.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::rows::Rows;

/// Every state once, numbered as it was found.
pub(super) struct Visited {
    rows: Rows,
    /// Where each row is, in as many parts as threads may insert at the same time.
    tables: Vec<HashTable<u32>>,
    /// For each expanded state in turn, a 1 for each state that it is the first to reach, and a 0. In
    /// a search breadth first, parents come in the order of their children: so two bits a state say
    /// which is whose.
    family: Bits,
}

impl Visited {
    pub(super) fn new(columns: usize, tables: usize) -> Self {
        let tables = (0..tables).map(|_| HashTable::new()).collect();
        Self { rows: Rows::new(columns), tables, family: Bits::default() }
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Which table a row with this digest is in.
    pub(super) const fn table(&self, digest: u64) -> usize {
        (digest >> 40) as usize % self.tables.len()
    }

    pub(super) fn contains(&self, digest: u64, row: &[u32]) -> bool {
        let table = &self.tables[self.table(digest)];
        table.find(digest, |index| self.rows.is(*index as usize, row)).is_some()
    }

    pub(super) fn read(&self, index: usize, row: &mut [u32]) {
        self.rows.read(index, row);
    }

    /// Adds a row that is not there, without its entry in a table. Answers its number.
    pub(super) fn push(&mut self, row: &[u32]) -> u32 {
        let index = u32::try_from(self.rows.len()).expect("fewer than 2^32 states");
        self.rows.push(row);
        index
    }

    /// The state that is expanded next is the first to reach `count` states.
    pub(super) fn add_family(&mut self, count: usize) {
        (0..count).for_each(|_| self.family.push(true));
        self.family.push(false);
    }

    /// The tables, to be filled, and the rows that they are about.
    pub(super) fn tables(&mut self) -> (&Rows, &mut [HashTable<u32>]) {
        (&self.rows, &mut self.tables)
    }

    /// The way from the first state to state `index`, both included.
    pub(super) fn path_to(&self, mut index: usize) -> Vec<usize> {
        let mut path = vec![index];
        while index > 0 {
            // The first state is nobody's child.
            index = self.family.zeros_before_one(index - 1);
            path.push(index);
        }
        path.reverse();
        path
    }

    pub(super) fn bytes(&self) -> usize {
        let tables: usize = self.tables.iter().map(HashTable::allocation_size).sum();
        self.rows.bytes() + tables + self.family.words.capacity() * 8
    }
}

/// What a row is found by.
pub(super) fn digest(row: impl IntoIterator<Item = u32>) -> u64 {
    let mut hasher = FxBuildHasher.build_hasher();
    row.into_iter().for_each(|id| hasher.write_u32(id));
    hasher.finish()
}

/// Adds rows that are not there to one of the tables.
pub(super) fn fill(
    rows: &Rows,
    table: &mut HashTable<u32>,
    new: impl IntoIterator<Item = (u64, u32)>,
) {
    for (hash, index) in new {
        table.insert_unique(hash, index, |index| digest(rows.numbers(*index as usize)));
    }
}

#[derive(Default)]
struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if let Some(word) = self.words.last_mut() {
            *word |= u64::from(bit) << (self.len % 64);
        }
        self.len += 1;
    }

    /// How many zeros come before the one that `ones` ones come before.
    fn zeros_before_one(&self, mut ones: usize) -> usize {
        for (index, word) in self.words.iter().enumerate() {
            let here = word.count_ones() as usize;
            if ones >= here {
                ones -= here;
                continue;
            }
            let mut word = *word;
            let before = index * 64;
            let ones_before: usize =
                self.words[..index].iter().map(|word| word.count_ones() as usize).sum();
            let mut skipped = ones_before;
            while ones > 0 {
                word &= word - 1;
                ones -= 1;
                skipped += 1;
            }
            return before + word.trailing_zeros() as usize - skipped;
        }
        unreachable!("every state but the first has a parent")
    }
}
