//! Persistent collections whose hash includes their length.
//!
//! `im` shares structure between versions, so cloning a store of a million keys is constant time.
//! Its `Hash` writes the elements and no length, so two neighbouring collections hash alike wherever
//! the boundary between them lies: a model checker would take different states for one. These two
//! wrappers write the length first.

mod reading;

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Bound;

use im::ordmap::DiffItem;
use serde::Serialize;

/// An ordered map that is cloned in constant time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(bound = "K: Ord + Serialize, V: Serialize")]
pub struct Map<K: Ord, V>(im::OrdMap<K, V>);

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at `key`.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// Puts `value` at `key`, over what was there.
    pub fn insert(&mut self, key: K, value: V) {
        self.0.insert(key, value);
    }

    /// Takes `key` and its value out, and tells the value.
    pub fn take<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(key)
    }

    /// Takes `key` and its value out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.0.remove(key);
    }

    /// Keys and values in ascending order of keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter()
    }

    /// Keys after `after`, of all if there is none, and their values, in ascending order. Takes no time
    /// for those before.
    pub fn after<'a>(
        &'a self,
        after: Option<&K>,
    ) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.0.range::<_, K>((from, Bound::Unbounded))
    }

    /// The keys at which `later` differs from this map, with what is there in `later`. Takes time
    /// in proportion to what the two do not share.
    pub fn differences<'a>(
        &'a self,
        later: &'a Self,
    ) -> impl Iterator<Item = (&'a K, Option<&'a V>)>
    where
        V: PartialEq,
    {
        self.0.diff(&later.0).map(|item| match item {
            DiffItem::Add(key, value) | DiffItem::Update { new: (key, value), .. } => {
                (key, Some(value))
            }
            DiffItem::Remove(key, _) => (key, None),
        })
    }

    /// Lets `key` have `value`, or nothing.
    pub fn set(&mut self, key: K, value: Option<V>) {
        match value {
            Some(value) => self.insert(key, value),
            None => self.remove(&key),
        }
    }
}

impl<K: Ord, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(im::OrdMap::new())
    }
}

impl<K: Ord + Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.len());
        self.0.hash(state);
    }
}

impl<K: Ord + fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A sequence that is cloned in constant time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(bound = "T: Clone + Serialize")]
pub struct Sequence<T: Clone>(im::Vector<T>);

impl<T: Clone> Sequence<T> {
    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The element at `index`, counted from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        self.0.get(index)
    }

    /// Adds `element` at the end.
    pub fn push(&mut self, element: T) {
        self.0.push_back(element);
    }

    /// Puts `element` at `index`, before what was there. At the end if there are fewer.
    pub fn insert(&mut self, index: usize, element: T) {
        self.0.insert(index.min(self.0.len()), element);
    }

    /// Puts `element` in the place of what is at `index`, if anything is.
    pub fn replace(&mut self, index: usize, element: T) {
        if let Some(place) = self.0.get_mut(index) {
            *place = element;
        }
    }

    /// Takes out what is at `index`, if anything is.
    pub fn remove(&mut self, index: usize) {
        if index < self.0.len() {
            self.0.remove(index);
        }
    }

    /// Keeps the first `length` elements.
    pub fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Drops the first `count` elements.
    pub fn drop_first(&mut self, count: usize) {
        self.0 = self.0.skip(count);
    }

    /// Elements in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter()
    }

    /// Elements in order, from the `first` on, counted from 0.
    pub fn iter_from(&self, first: usize) -> impl Iterator<Item = &T> {
        let mut index = first;
        std::iter::from_fn(move || {
            index += 1;
            self.0.get(index - 1)
        })
    }

    /// How many elements of this sequence, from the `skipped`th on, are the first ones of `later`.
    /// Runs of elements that the two share are not looked at.
    #[must_use]
    pub fn common_prefix(&self, skipped: usize, later: &Self) -> usize
    where
        T: PartialEq,
    {
        let mut own = self.0.leaves();
        let mut others = later.0.leaves();
        let (mut left, mut right): (&[T], &[T]) = (&[], &[]);
        let (mut to_skip, mut common) = (skipped, 0);
        loop {
            while left.is_empty() {
                let Some(leaf) = own.next() else { return common };
                let skips = to_skip.min(leaf.len());
                to_skip -= skips;
                left = &leaf[skips..];
            }
            while right.is_empty() {
                let Some(leaf) = others.next() else { return common };
                right = leaf;
            }
            let length = left.len().min(right.len());
            if !std::ptr::eq(left.as_ptr(), right.as_ptr()) {
                let equal = left.iter().zip(right).take_while(|(a, b)| a == b).count();
                if equal < length {
                    return common + equal;
                }
            }
            common += length;
            (left, right) = (&left[length..], &right[length..]);
        }
    }
}

impl<T: Clone> Default for Sequence<T> {
    fn default() -> Self {
        Self(im::Vector::new())
    }
}

impl<T: Clone> FromIterator<T> for Sequence<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}

impl<T: Clone + Hash> Hash for Sequence<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.len());
        self.0.hash(state);
    }
}

impl<T: Clone + fmt::Debug> fmt::Debug for Sequence<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

    use super::*;

    fn digest(value: &impl Hash) -> u64 {
        BuildHasherDefault::<DefaultHasher>::new().hash_one(value)
    }

    #[test]
    fn the_boundary_between_neighbouring_sequences_is_hashed() {
        let sequence = |elements: &[u8]| elements.iter().copied().collect::<Sequence<u8>>();
        let early = (sequence(&[1]), sequence(&[2, 3]));
        let late = (sequence(&[1, 2]), sequence(&[3]));
        assert_ne!(digest(&early), digest(&late));
    }

    #[test]
    fn the_boundary_between_neighbouring_maps_is_hashed() {
        let map = |keys: &[u8]| {
            let mut map = Map::default();
            keys.iter().for_each(|key| map.insert(*key, ()));
            map
        };
        let early = (map(&[1]), map(&[2, 3]));
        let late = (map(&[1, 2]), map(&[3]));
        assert_ne!(digest(&early), digest(&late));
    }

    #[test]
    fn equal_maps_hash_equally_however_they_were_built() {
        let mut forward = Map::default();
        let mut backward = Map::default();
        (0..200_u32).for_each(|key| forward.insert(key, key));
        (0..200_u32).rev().for_each(|key| backward.insert(key, key));
        assert_eq!(forward, backward);
        assert_eq!(digest(&forward), digest(&backward));
    }

    #[test]
    fn elements_are_put_in_replaced_and_taken_out_where_there_are_any() {
        let mut sequence: Sequence<u32> = (0..3).collect();
        sequence.insert(1, 7);
        sequence.insert(9, 8);
        sequence.replace(0, 5);
        sequence.replace(9, 5);
        sequence.remove(2);
        sequence.remove(9);
        assert_eq!(sequence, [5, 7, 2, 8].into_iter().collect());
    }

    #[test]
    fn a_common_prefix_is_found_wherever_sequences_part() {
        let long: Sequence<u32> = (0..1_000).collect();
        for (skipped, length) in [(0, 1_000), (0, 0), (1, 700), (63, 64), (64, 65), (999, 1)] {
            let mut later = long.clone();
            later.drop_first(skipped);
            later.truncate(length);
            let expected = length.min(1_000 - skipped);
            assert_eq!(long.common_prefix(skipped, &later), expected);
            (0..200).for_each(|element| later.push(1_000_000 + element));
            assert_eq!(long.common_prefix(skipped, &later), expected);
            let copied: Sequence<u32> = later.iter().copied().collect();
            assert_eq!(long.common_prefix(skipped, &copied), expected);
        }
    }

    #[test]
    fn the_differences_of_two_maps_lead_from_one_to_the_other() {
        let mut earlier = Map::default();
        (0..500_u32).for_each(|key| earlier.insert(key, key));
        let mut later = earlier.clone();
        later.remove(&7);
        later.insert(8, 0);
        later.insert(1_000, 1);
        let found: Vec<_> = earlier.differences(&later).map(|(k, v)| (*k, v.copied())).collect();
        assert_eq!(found, [(7, None), (8, Some(0)), (1_000, Some(1))]);
        let mut replayed = earlier.clone();
        found.into_iter().for_each(|(key, value)| replayed.set(key, value));
        assert_eq!(replayed, later);
    }
}
