//! What one thread was told last, so that it asks others less often.

use super::visited::digest;

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

    pub(super) fn get(&self, question: Question) -> Option<V> {
        let (asked, answer) = self.entries[self.place(question)];
        (asked == question).then_some(answer)
    }

    pub(super) fn put(&mut self, question: Question, answer: V) {
        let place = self.place(question);
        self.entries[place] = (question, answer);
    }

    /// The answer to `question`; `ask` knows it if it is not here.
    pub(super) fn get_or(&mut self, question: Question, ask: impl FnOnce() -> V) -> V {
        if let Some(answer) = self.get(question) {
            return answer;
        }
        let answer = ask();
        self.put(question, answer);
        answer
    }

    fn place(&self, question: Question) -> usize {
        (((digest(&question) >> 32) * self.entries.len() as u64) >> 32) as usize
    }
}
