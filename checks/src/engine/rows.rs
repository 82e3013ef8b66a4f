//! Rows of numbers, block by block.

use super::block::{BLOCK, Block};

/// Rows in the order in which they were pushed. Those of one block have one layout: widths grow while
/// a search goes on, and what was packed before stays as it is.
pub(super) struct Rows {
    columns: usize,
    blocks: Vec<Block>,
    len: usize,
}

impl Rows {
    pub(super) const fn new(columns: usize) -> Self {
        Self { columns, blocks: Vec::new(), len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, row: &[u32]) {
        if self.len.is_multiple_of(BLOCK) {
            let next = match self.blocks.last_mut() {
                Some(full) => {
                    full.close();
                    full.next()
                }
                None => Block::new(&vec![0; self.columns], 0),
            };
            self.blocks.push(next);
        }
        self.blocks.last_mut().expect("a block with room for it").push(row);
        self.len += 1;
    }

    /// Reads row `index` into `row`.
    pub(super) fn read(&self, index: usize, row: &mut [u32]) {
        self.blocks[index / BLOCK].read(index % BLOCK, row);
    }

    /// Row `index` of two columns.
    pub(super) fn pair(&self, index: usize) -> [u32; 2] {
        let mut pair = [0; 2];
        self.read(index, &mut pair);
        pair
    }

    /// Has row `index` fetched into the processor's caches.
    pub(super) fn fetch(&self, index: usize) {
        self.blocks[index / BLOCK].fetch(index % BLOCK);
    }

    /// Whether row `index` is `row`.
    pub(super) fn is(&self, index: usize, row: &[u32]) -> bool {
        self.blocks[index / BLOCK].is(index % BLOCK, row)
    }

    pub(super) fn bytes(&self) -> usize {
        self.blocks.iter().map(Block::bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_read_as_they_were_pushed(
            rows in prop::collection::vec(prop::array::uniform4(any::<(u32, u8)>()), 0..200)
        ) {
            // Small numbers first, so that layouts grow.
            let shifted = |(index, row): (usize, [(u32, u8); 4])| {
                row.map(|(id, shift)| id.checked_shr(u32::from(shift % 32 + 31).saturating_sub(index as u32)).unwrap_or(0))
            };
            let expected: Vec<_> = rows.into_iter().enumerate().map(shifted).collect();
            let mut packed = Rows::new(4);
            expected.iter().for_each(|row| packed.push(row));
            prop_assert_eq!(packed.len(), expected.len());
            for (index, row) in expected.iter().enumerate() {
                let mut read = [0; 4];
                packed.read(index, &mut read);
                prop_assert_eq!(&read, row);
                prop_assert!(packed.is(index, row));
                prop_assert!(!packed.is(index, &[row[0] ^ 1, row[1], row[2], row[3]]));
            }
        }
    }
}
