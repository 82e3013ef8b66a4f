//! What one thread was told last, so that it asks others less often.

/// Answers to some of the questions that were asked last.
pub(super) struct Cache<V> {
    entries: Box<[(Question, V)]>,
}

/// Three numbers, of which no question has all at their largest.
pub(super) type Question = [u32; 3];

const NOTHING: Question = [u32::MAX; 3];

impl<V: Copy + Default> Cache<V> {
    /// With room for `size` answers.
    pub(super) fn new(size: usize) -> Self {
        Self { entries: vec![(NOTHING, V::default()); size].into() }
    }

    #[inline]
    pub(super) fn get(&self, question: Question) -> Option<V> {
        let (asked, answer) = self.entries[self.place(question)];
        (asked == question).then_some(answer)
    }

    pub(super) fn put(&mut self, question: Question, answer: V) {
        let place = self.place(question);
        self.entries[place] = (question, answer);
    }

    /// The answer to `question`; `ask` knows it if it is not here.
    #[inline]
    pub(super) fn get_or(&mut self, question: Question, ask: impl FnOnce() -> V) -> V {
        if let Some(answer) = self.get(question) {
            return answer;
        }
        let answer = ask();
        self.put(question, answer);
        answer
    }

    /// Where a question belongs: by the upper bits of a sum that each number adds to on its own.
    #[inline]
    fn place(&self, [first, second, third]: Question) -> usize {
        let part = |number: u32, by: u64| u64::from(number).wrapping_mul(by);
        let sum = part(first, 0x9e37_79b9_7f4a_7c15)
            .wrapping_add(part(second, 0xc2b2_ae3d_27d4_eb4f))
            .wrapping_add(part(third, 0xd6e8_feb8_6659_fd93));
        (((sum >> 32) * self.entries.len() as u64) >> 32) as usize
    }
}
