//! Watching registers, at the cost of what has changed since the last look.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use holdfast_models::leaderless::Register;
use holdfast_models::vocabulary::{Key, Map};

use super::facts::holds_something;

/// What was held at the last look, so that the next costs what has changed.
#[derive(Default)]
pub struct Observer {
    registers: Map<Key, Register>,
    /// The digests of all registers, added: in whatever order they came.
    pub(super) digest: u64,
    /// How many registers hold nothing but tombstones.
    pub(super) tombstones: usize,
}

impl Observer {
    pub(super) fn look_at(&mut self, registers: &Map<Key, Register>) {
        for (key, after) in self.registers.differences(registers) {
            if let Some(before) = self.registers.get(key) {
                self.digest = self.digest.wrapping_sub(digest(key, before));
                self.tombstones -= usize::from(!holds_something(before));
            }
            if let Some(after) = after {
                self.digest = self.digest.wrapping_add(digest(key, after));
                self.tombstones += usize::from(!holds_something(after));
            }
        }
        self.registers = registers.clone();
    }
}

/// The same in every process of one build. How it came about has no part in it.
fn digest(key: &Key, register: &Register) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, &register.cells).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use holdfast_models::leaderless::Cell;
    use holdfast_models::vocabulary::{Author, ClientId, ReplicaId, RequestId, Value, Version};

    use super::*;

    fn register(time: u64, value: Option<&str>) -> Register {
        let author = Author { client: ClientId(1), request: RequestId(time) };
        let version = Version { time, tick: 0, author, origin: ReplicaId(0) };
        Register::of(Cell { version, value: value.map(Value::from) })
    }

    #[test]
    fn a_digest_tells_what_is_held_and_not_how_it_came() {
        let (x, y) = (Key::from("x"), Key::from("y"));
        let (mut one, mut other) = (Observer::default(), Observer::default());
        let mut registers = Map::default();
        registers.insert(x.clone(), register(1, Some("1")));
        one.look_at(&registers);
        let before = one.digest;
        registers.insert(y.clone(), register(2, None));
        one.look_at(&registers);
        assert_ne!(one.digest, before);
        assert_eq!(one.tombstones, 1);
        other.look_at(&registers);
        assert_eq!((one.digest, one.tombstones), (other.digest, other.tombstones));
        registers.remove(&y);
        one.look_at(&registers);
        assert_eq!((one.digest, one.tombstones), (before, 0));
        registers.insert(x, register(3, Some("1")));
        one.look_at(&registers);
        assert_ne!(one.digest, before, "a newer version of the same value");
    }
}
