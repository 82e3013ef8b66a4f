//! Rows of numbers, packed: each column as wide as its largest number needs.

/// How many rows share one layout.
const BLOCK: usize = 1 << 14;

/// Rows in the order in which they were pushed. Those of one block have one layout: widths grow while
/// a search goes on, and what was packed before stays as it is.
pub(super) struct Rows {
    columns: usize,
    blocks: Vec<Block>,
    len: usize,
}

struct Block {
    fields: Box<[Field]>,
    stride: usize,
    bytes: Vec<u8>,
}

/// Where a column is in a row.
#[derive(Clone, Copy)]
struct Field {
    byte: usize,
    shift: u32,
    mask: u64,
}

/// A number is written as part of eight bytes: while rows are pushed, so many follow the last.
const PADDING: usize = 8;

impl Rows {
    pub(super) const fn new(columns: usize) -> Self {
        Self { columns, blocks: Vec::new(), len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, row: &[u32]) {
        let place = self.len % BLOCK;
        if place == 0 {
            let mut widths = vec![0; self.columns];
            if let Some(full) = self.blocks.last_mut() {
                full.close();
                widths = full.fields.iter().map(|field| field.mask.count_ones()).collect();
            }
            self.blocks.push(Block::new(&widths, if self.len == 0 { 0 } else { BLOCK }));
        }
        let last = self.blocks.len() - 1;
        if !self.blocks[last].fits(row) {
            self.blocks[last] = self.blocks[last].widened(row, place);
        }
        self.blocks[last].push(row);
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

    /// Whether row `index` is `row`.
    pub(super) fn is(&self, index: usize, row: &[u32]) -> bool {
        let block = &self.blocks[index / BLOCK];
        let start = index % BLOCK * block.stride;
        block.fields.iter().zip(row).all(|(field, id)| block.number(start, *field) == *id)
    }

    pub(super) fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.bytes.capacity() + size_of::<Block>()).sum()
    }
}

impl Block {
    /// With memory for `count` rows.
    fn new(widths: &[u32], count: usize) -> Self {
        let mut bit = 0;
        let fields = widths.iter().map(|width| {
            let field = Field { byte: bit / 8, shift: bit as u32 % 8, mask: (1 << width) - 1 };
            bit += *width as usize;
            field
        });
        let fields = fields.collect();
        let stride = bit.div_ceil(8);
        let mut bytes = Vec::with_capacity(count * stride + PADDING);
        bytes.resize(PADDING, 0);
        Self { fields, stride, bytes }
    }

    fn fits(&self, row: &[u32]) -> bool {
        self.fields.iter().zip(row).all(|(field, id)| u64::from(*id) <= field.mask)
    }

    /// The same `count` rows in a layout that `row` fits too.
    fn widened(&self, row: &[u32], count: usize) -> Self {
        let bits = |number: u32| u32::BITS - number.leading_zeros();
        let fields = self.fields.iter().zip(row);
        let widths: Vec<_> =
            fields.map(|(field, id)| field.mask.count_ones().max(bits(*id))).collect();
        let mut wider = Self::new(&widths, self.bytes.capacity() / self.stride.max(1));
        let mut moved = vec![0; widths.len()];
        for index in 0..count {
            self.read(index, &mut moved);
            wider.push(&moved);
        }
        wider
    }

    fn push(&mut self, row: &[u32]) {
        let start = self.bytes.len() - PADDING;
        self.bytes.resize(start + self.stride + PADDING, 0);
        for (field, id) in self.fields.iter().zip(row) {
            let at = start + field.byte;
            let word = self.word(at) | u64::from(*id) << field.shift;
            self.bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        }
    }

    /// Nothing will be pushed any more.
    fn close(&mut self) {
        self.bytes.truncate(self.bytes.len() - PADDING);
        self.bytes.shrink_to_fit();
    }

    fn read(&self, index: usize, row: &mut [u32]) {
        let start = index * self.stride;
        for (field, id) in self.fields.iter().zip(row) {
            *id = self.number(start, *field);
        }
    }

    fn number(&self, start: usize, field: Field) -> u32 {
        // Masked to 32 bits at most.
        (self.word(start + field.byte) >> field.shift & field.mask) as u32
    }

    fn word(&self, at: usize) -> u64 {
        let word = match self.bytes.get(at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => *bytes,
            None => self.last_word(at),
        };
        u64::from_le_bytes(word)
    }

    /// The bytes from `at` on of a block that ends before the eighth.
    #[cold]
    fn last_word(&self, at: usize) -> [u8; 8] {
        let mut word = [0; 8];
        let rest = self.bytes.get(at..).unwrap_or_default();
        word[..rest.len()].copy_from_slice(rest);
        word
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
