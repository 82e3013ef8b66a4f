//! Bits, one after the other.

#[derive(Default)]
pub(super) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    pub(super) fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if let Some(word) = self.words.last_mut() {
            *word |= u64::from(bit) << (self.len % 64);
        }
        self.len += 1;
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }

    /// All, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = bool> {
        (0..self.len).map(|at| self.get(at))
    }

    pub(super) const fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }

    /// How many zeros come before the one that `ones` ones come before.
    pub(super) fn zeros_before_one(&self, mut ones: usize) -> usize {
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
