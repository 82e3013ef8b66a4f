//! Values by number: equal values have one number, whoever asks first.

use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// So many that two threads seldom want the same one.
const SHARDS: usize = 32;

/// Gives every distinct value a number. Values stay where they are, and are read without a lock.
pub(super) struct Interner<T> {
    shards: Shards<u32>,
    values: boxcar::Vec<T>,
}

impl<T: Hash + Eq> Interner<T> {
    pub(super) fn new() -> Self {
        Self { shards: Shards::new(), values: boxcar::Vec::new() }
    }

    /// The number of `value`.
    pub(super) fn intern(&self, value: T) -> u32 {
        let hash = digest(&value);
        let mut shard = self.shards.lock(hash);
        if let Some(id) = shard.find(hash, |id| *self.get(*id) == value) {
            return *id;
        }
        let id = u32::try_from(self.values.push(value)).expect("fewer than 2^32 distinct parts");
        shard.insert_unique(hash, id, |id| digest(self.get(*id)));
        id
    }

    /// The value with number `id`.
    pub(super) fn get(&self, id: u32) -> &T {
        &self.values[id as usize]
    }

    /// Bytes of the tables, without what values point to.
    pub(super) fn bytes(&self) -> usize {
        // Beside each value boxcar keeps whether it is there.
        self.shards.bytes() + self.values.count() * (size_of::<T>() + size_of::<usize>())
    }
}

/// Answers by question. Whoever asks first works it out.
pub(super) struct Memo<K, V>(Shards<(K, V)>);

impl<K: Hash + Eq + Copy, V: Copy> Memo<K, V> {
    pub(super) fn new() -> Self {
        Self(Shards::new())
    }

    pub(super) fn get(&self, key: K) -> Option<V> {
        let hash = digest(&key);
        self.0.lock(hash).find(hash, |(other, _)| *other == key).map(|(_, value)| *value)
    }

    /// The answer to `key`; `work_out` finds it if nobody has yet. Two threads may do so at the same
    /// time, and come to the same.
    pub(super) fn get_or(&self, key: K, work_out: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(key) {
            return value;
        }
        let value = work_out();
        self.update(key, value, |_| {});
        value
    }

    /// Lets `change` change the answer to `key`, or keeps `first` if there is none.
    pub(super) fn update(&self, key: K, first: V, change: impl FnOnce(&mut V)) -> V {
        let hash = digest(&key);
        let mut shard = self.0.lock(hash);
        if let Some((_, value)) = shard.find_mut(hash, |(other, _)| *other == key) {
            change(value);
            return *value;
        }
        shard.insert_unique(hash, (key, first), |(key, _)| digest(key));
        first
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

struct Shards<T>(Box<[Mutex<HashTable<T>>]>);

impl<T> Shards<T> {
    fn new() -> Self {
        Self((0..SHARDS).map(|_| Mutex::new(HashTable::new())).collect())
    }

    fn lock(&self, hash: u64) -> MutexGuard<'_, HashTable<T>> {
        // The table itself looks at the lowest and the highest bits.
        let shard = (hash >> 40) as usize % SHARDS;
        // A handler that panics does so outside: what is in a table is whole.
        self.0[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> usize {
        let tables = self
            .0
            .iter()
            .map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).allocation_size());
        tables.sum()
    }
}

fn digest(value: &impl Hash) -> u64 {
    FxBuildHasher.hash_one(value)
}
