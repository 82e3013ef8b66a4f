//! Which updates of registers a connection has been shown, where siblings are kept: what it writes
//! replaces these and no others.

use std::collections::{BTreeMap, VecDeque};

use holdfast_models::vocabulary::{Context, Key};

/// Of how many keys at most. What is written at a key that was forgotten stays beside what is there.
const MOST_KEYS: usize = 256;

/// So many updates at most beyond those that it knows without a gap.
const MOST_GAPS: usize = 64;

/// What a connection has been shown, of the keys that it used last.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    contexts: BTreeMap<Key, Context>,
    /// The keys, in the order in which they came.
    order: VecDeque<Key>,
}

impl Shown {
    /// It has been shown these updates of `key`.
    pub fn note(&mut self, key: Key, context: Context) {
        if let Some(known) = self.contexts.get_mut(&key) {
            // Answers of operations that were under way at the same time come in any order.
            known.merge(&context);
            // What it was shown last tells what matters, and a connection is not to remember ever more.
            if !known.is_within(u64::MAX, MOST_GAPS) {
                *known = context;
            }
            return;
        }
        if self.order.len() == MOST_KEYS
            && let Some(first) = self.order.pop_front()
        {
            self.contexts.remove(&first);
        }
        self.order.push_back(key.clone());
        self.contexts.insert(key, context);
    }

    /// What it has been shown of `key`.
    #[must_use]
    pub fn of(&self, key: &Key) -> Context {
        self.contexts.get(key).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use holdfast_models::vocabulary::{Dot, ReplicaId};

    use super::*;

    fn context(counter: u64) -> Context {
        [Dot { replica: ReplicaId(0), counter }].into_iter().collect()
    }

    #[test]
    fn what_was_shown_last_is_known_and_what_is_long_ago_is_forgotten() {
        let mut shown = Shown::default();
        let key = |of: usize| Key::from(of.to_string().as_str());
        (0..=MOST_KEYS).for_each(|of| shown.note(key(of), context(1)));
        assert_eq!(shown.of(&key(0)), Context::default());
        assert_eq!(shown.of(&key(1)), context(1));
        shown.note(key(1), context(2));
        assert_eq!(shown.of(&key(1)).counter(ReplicaId(0)), 2);
        assert_eq!(shown.contexts.len(), MOST_KEYS);
    }
}
