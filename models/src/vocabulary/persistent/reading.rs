//! Reading collections one element after the other.
//!
//! What `im` brings for that reserves memory for as many elements as a length announces, so that a
//! few bytes could ask for any amount of it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Map, Sequence};

impl<'de, K, V> Deserialize<'de> for Map<K, V>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Clone + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OneByOne::<Self>(PhantomData))
    }
}

impl<'de, T: Clone + Deserialize<'de>> Deserialize<'de> for Sequence<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OneByOne::<Self>(PhantomData))
    }
}

/// Reads a collection one element after the other.
struct OneByOne<C>(PhantomData<C>);

impl<'de, K, V> Visitor<'de> for OneByOne<Map<K, V>>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Clone + Deserialize<'de>,
{
    type Value = Map<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::default();
        while let Some((key, value)) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}

impl<'de, T: Clone + Deserialize<'de>> Visitor<'de> for OneByOne<Sequence<T>> {
    type Value = Sequence<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut sequence = Sequence::default();
        while let Some(element) = elements.next_element()? {
            sequence.push(element);
        }
        Ok(sequence)
    }
}
