//! Sets of operations, by their place among the facts of a history.

/// A set of numbers below a capacity. Up to 64 of them cost no allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OperationSet {
    /// Capacity at most 64.
    Few(u64),
    /// Any capacity.
    Many(Box<[u64]>),
}

impl OperationSet {
    /// The empty set of numbers below `capacity`.
    pub(super) fn empty(capacity: usize) -> Self {
        if capacity <= 64 {
            Self::Few(0)
        } else {
            Self::Many(vec![0; capacity.div_ceil(64)].into_boxed_slice())
        }
    }

    /// Puts `member` in.
    pub(super) fn insert(&mut self, member: usize) {
        self.words_mut()[member / 64] |= 1 << (member % 64);
    }

    /// Takes `member` out.
    pub(super) fn remove(&mut self, member: usize) {
        self.words_mut()[member / 64] &= !(1 << (member % 64));
    }

    /// Whether `member` is in.
    pub(super) fn contains(&self, member: usize) -> bool {
        self.words()[member / 64] & (1 << (member % 64)) != 0
    }

    /// Puts every member of `other` in.
    pub(super) fn extend(&mut self, other: &Self) {
        for (word, more) in self.words_mut().iter_mut().zip(other.words()) {
            *word |= more;
        }
    }

    /// Whether every member is in `other`.
    pub(super) fn is_subset(&self, other: &Self) -> bool {
        self.words().iter().zip(other.words()).all(|(word, wider)| word & !wider == 0)
    }

    /// Members in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words().iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let member = (rest != 0).then(|| index * 64 + rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(member)
            })
        })
    }

    const fn words(&self) -> &[u64] {
        match self {
            Self::Few(word) => std::slice::from_ref(word),
            Self::Many(words) => words,
        }
    }

    const fn words_mut(&mut self) -> &mut [u64] {
        match self {
            Self::Few(word) => std::slice::from_mut(word),
            Self::Many(words) => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_sets_behave_like_large_ones() {
        for capacity in [10, 64, 65, 300] {
            let mut set = OperationSet::empty(capacity);
            let members = [0, 3, capacity / 2, capacity - 1];
            for member in members {
                set.insert(member);
            }
            assert_eq!(set.iter().collect::<Vec<_>>(), members);
            assert!(members.iter().all(|member| set.contains(*member)));
            set.remove(3);
            assert!(!set.contains(3));
            let mut other = OperationSet::empty(capacity);
            other.insert(1);
            other.extend(&set);
            assert_eq!(other.iter().collect::<Vec<_>>(), [0, 1, capacity / 2, capacity - 1]);
        }
    }
}
