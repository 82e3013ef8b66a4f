//! Where numbers come from, and so what has to be told before a state is understood elsewhere.

use holdfast_models::protocol::Protocol;

use super::super::lessons::{Lesson, Successors, Teller};

/// For each number, a state that was followed by one with this number. The numbers of that state were
/// known before.
pub(super) struct Origins {
    columns: usize,
    /// The states, one after the other.
    rows: Vec<u32>,
    /// For each column, which of them by number, plus one; 0 for numbers that come from nowhere yet.
    of: Vec<Vec<u32>>,
}

/// Of the initial state: everybody knows it.
const KNOWN: u32 = u32::MAX;

impl Origins {
    pub(super) fn new(initial: &[u32]) -> Self {
        let columns = initial.len() - 1;
        let known = initial[..columns].iter().map(|id| {
            let mut of = vec![0; *id as usize + 1];
            of[*id as usize] = KNOWN;
            of
        });
        Self { columns: initial.len(), rows: Vec::new(), of: known.collect() }
    }

    /// Notes that `next` follows `row`.
    pub(super) fn note(&mut self, row: &[u32], next: &[u32]) {
        for (column, of) in self.of.iter_mut().enumerate() {
            let id = next[column] as usize;
            if next[column] == row[column] || of.get(id).is_some_and(|origin| *origin != 0) {
                continue;
            }
            if id >= of.len() {
                of.resize(id + 1, 0);
            }
            let is_last = self.rows.len().checked_sub(row.len());
            if is_last.is_none_or(|last| self.rows[last..] != *row) {
                self.rows.extend_from_slice(row);
            }
            of[id] = u32::try_from(self.rows.len() / row.len()).expect("fewer than 2^32 parts");
        }
    }

    /// Makes `teller` tell whatever it takes to understand `row`.
    pub(super) fn explain<P: Protocol>(
        &self,
        row: &[u32],
        teller: &mut Teller,
        successors: &mut Successors<'_, P>,
        mut told: impl FnMut(Lesson),
    ) {
        let mut unclear = vec![row.to_vec()];
        while let Some(row) = unclear.last() {
            let Some((column, id)) = teller.untold(row) else {
                unclear.pop();
                continue;
            };
            let origin = self.of[column][id as usize] as usize;
            assert!(origin != 0 && origin != KNOWN as usize, "numbers come from somewhere");
            let origin = &self.rows[(origin - 1) * self.columns..origin * self.columns];
            if teller.has_told(origin) {
                told(teller.tell(origin, successors));
                assert!(teller.untold(row) != Some((column, id)), "a lesson tells what it is for");
            } else {
                unclear.push(origin.to_vec());
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let numbers = self.of.iter().map(Vec::capacity).sum::<usize>() + self.rows.capacity();
        numbers * size_of::<u32>()
    }
}
