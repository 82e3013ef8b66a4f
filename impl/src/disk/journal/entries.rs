//! What changes in a map.

use holdfast_models::vocabulary::Map;

/// The keys at which something else is now, with what is there, or nothing.
pub(super) type Entries<K, V> = Vec<(K, Option<V>)>;

pub(super) fn entries<K: Ord + Clone, V: Clone + PartialEq>(
    before: &Map<K, V>,
    after: &Map<K, V>,
) -> Entries<K, V> {
    before.differences(after).map(|(key, value)| (key.clone(), value.cloned())).collect()
}

pub(super) fn with<K: Ord + Clone, V: Clone>(
    mut map: Map<K, V>,
    entries: Entries<K, V>,
) -> Map<K, V> {
    entries.into_iter().for_each(|(key, value)| map.set(key, value));
    map
}
