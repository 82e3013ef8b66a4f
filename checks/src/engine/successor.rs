//! A state that follows another: a row that changes in few columns, and what it is found by.

use holdfast_models::vocabulary::ReplicaSet;

/// A row in the making, with its digest kept up to date.
pub(super) struct Successor {
    row: Vec<u32>,
    sum: Sum,
    differs: bool,
}

impl Successor {
    pub(super) fn new(columns: usize) -> Self {
        Self { row: vec![0; columns], sum: Sum(0), differs: false }
    }

    /// Makes it the state that it is to follow, with nothing broken yet. `sum` is of that.
    #[inline]
    pub(super) fn start(&mut self, before: &[u32], sum: Sum) {
        self.row.copy_from_slice(before);
        if let Some(broken) = self.row.last_mut() {
            *broken = 0;
        }
        (self.sum, self.differs) = (sum, false);
    }

    #[inline]
    pub(super) fn row(&self) -> &[u32] {
        &self.row
    }

    #[inline]
    pub(super) fn get(&self, column: usize) -> u32 {
        self.row[column]
    }

    #[inline]
    pub(super) fn set(&mut self, column: usize, number: u32) {
        let before = self.row[column];
        self.row[column] = number;
        self.sum = self.sum.with(column, before, number);
        self.differs |= before != number;
    }

    /// Adds to what is broken, one bit each. That alone makes it no other state.
    #[inline]
    pub(super) fn note_broken(&mut self, broken: u32) {
        if broken != 0 {
            let (column, differs) = (self.row.len() - 1, self.differs);
            self.set(column, self.row[column] | broken);
            self.differs = differs;
        }
    }

    /// Lets `change` make of it what it likes.
    #[cold]
    pub(super) fn change(&mut self, change: impl FnOnce(&mut [u32])) {
        change(&mut self.row);
        self.sum = Sum::of(&self.row);
        self.differs = true;
    }

    /// Whether anything was set that was not so before.
    pub(super) const fn differs(&self) -> bool {
        self.differs
    }

    #[inline]
    pub(super) const fn digest(&self) -> u64 {
        self.sum.digest()
    }
}

/// A sum that each number of a row adds to by the key of its column (multilinear hashing), so that
/// changing one number costs one multiplication, however long the row.
#[derive(Clone, Copy)]
pub(super) struct Sum(u64);

impl Sum {
    pub(super) fn of(row: &[u32]) -> Self {
        let parts = row.iter().zip(&KEYS).map(|(number, key)| key.wrapping_mul(*number as u64));
        Self(parts.fold(0, u64::wrapping_add))
    }

    #[inline]
    const fn with(self, column: usize, before: u32, after: u32) -> Self {
        let more = (after as u64).wrapping_sub(before as u64);
        Self(self.0.wrapping_add(KEYS[column].wrapping_mul(more)))
    }

    #[inline]
    pub(super) const fn digest(self) -> u64 {
        // Tables use the upper half and the lowest bits: each has to depend on everything.
        let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ mixed >> 29
    }
}

/// One for each replica, for the front, for what the last step broke.
const COLUMNS: usize = ReplicaSet::CAPACITY as usize + 2;

/// Odd numbers without a pattern (the output function of `SplitMix64`).
const KEYS: [u64; COLUMNS] = {
    let mut keys = [0; COLUMNS];
    let mut column = 0;
    while column < COLUMNS {
        let seed = (column as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        keys[column] = (mixed ^ mixed >> 31) | 1;
        column += 1;
    }
    keys
};
