//! Rows of numbers, packed: each column as wide as its largest number needs.

use std::hint::black_box;

/// How many rows share one layout.
pub(super) const BLOCK: usize = 1 << 14;

/// Some rows in one layout.
pub(super) struct Block {
    fields: Box<[Field]>,
    stride: usize,
    len: usize,
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

impl Block {
    /// Columns as wide as this, in bits, and memory for `room` rows.
    pub(super) fn new(widths: &[u32], room: usize) -> Self {
        let (fields, stride) = layout(widths);
        let mut bytes = Vec::with_capacity(room * stride + PADDING);
        bytes.resize(PADDING, 0);
        Self { fields, stride, len: 0, bytes }
    }

    /// An empty one in the same layout, with memory for as many rows as there can be.
    pub(super) fn next(&self) -> Self {
        Self::new(&self.widths(), BLOCK)
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Adds a row. Widens columns if it takes that.
    pub(super) fn push(&mut self, row: &[u32]) {
        if !self.fits(row) {
            *self = self.widened(row);
        }
        let start = self.bytes.len() - PADDING;
        self.bytes.resize(start + self.stride + PADDING, 0);
        for (field, id) in self.fields.iter().zip(row) {
            let at = start + field.byte;
            let word = self.word(at) | u64::from(*id) << field.shift;
            self.bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        }
        self.len += 1;
    }

    /// Nothing will be pushed any more.
    pub(super) fn close(&mut self) {
        self.bytes.truncate(self.bytes.len() - PADDING);
        self.bytes.shrink_to_fit();
    }

    pub(super) fn read(&self, index: usize, row: &mut [u32]) {
        let start = index * self.stride;
        for (field, id) in self.fields.iter().zip(row) {
            *id = self.number(start, *field);
        }
    }

    /// Has a row fetched into the processor's caches.
    pub(super) fn fetch(&self, index: usize) {
        black_box(self.bytes.get(index * self.stride).copied());
    }

    pub(super) fn is(&self, index: usize, row: &[u32]) -> bool {
        let start = index * self.stride;
        self.fields.iter().zip(row).all(|(field, id)| self.number(start, *field) == *id)
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.capacity() + size_of::<Self>() + size_of_val(&*self.fields)
    }

    pub(super) fn widths(&self) -> Vec<u32> {
        self.fields.iter().map(|field| field.mask.count_ones()).collect()
    }

    /// The packed rows, one after the other.
    pub(super) fn packed(&self) -> &[u8] {
        &self.bytes[..self.len * self.stride]
    }

    /// The inverse of [`Self::widths`], [`Self::len`] and [`Self::packed`]. `None` if they do not belong
    /// together.
    pub(super) fn unpack(widths: &[u32], len: usize, bytes: Vec<u8>) -> Option<Self> {
        if widths.iter().any(|width| *width > u32::BITS) {
            return None;
        }
        let (fields, stride) = layout(widths);
        (bytes.len() == len * stride).then_some(Self { fields, stride, len, bytes })
    }

    fn fits(&self, row: &[u32]) -> bool {
        self.fields.iter().zip(row).all(|(field, id)| u64::from(*id) <= field.mask)
    }

    /// The same rows in a layout that `row` fits too.
    fn widened(&self, row: &[u32]) -> Self {
        let bits = |number: u32| u32::BITS - number.leading_zeros();
        let widths = self.widths().into_iter().zip(row);
        let widths: Vec<_> = widths.map(|(width, id)| width.max(bits(*id))).collect();
        let mut wider = Self::new(&widths, self.bytes.capacity() / self.stride.max(1));
        let mut moved = vec![0; widths.len()];
        for index in 0..self.len {
            self.read(index, &mut moved);
            wider.push(&moved);
        }
        wider
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

/// Where columns of these widths are, and how many bytes a row takes.
fn layout(widths: &[u32]) -> (Box<[Field]>, usize) {
    let mut bit = 0;
    let fields = widths.iter().map(|width| {
        let field = Field { byte: bit / 8, shift: bit as u32 % 8, mask: (1 << width) - 1 };
        bit += *width as usize;
        field
    });
    (fields.collect(), bit.div_ceil(8))
}
