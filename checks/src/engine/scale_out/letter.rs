//! What peers write to each other, and how states are packed in it.

use serde::{Deserialize, Serialize};

use super::super::lessons::Lesson;
use super::tally::Tally;

/// From one peer to another, on one level.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Letter {
    pub(super) level: u64,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) content: Content,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Content {
    /// States of the next level.
    States(States),
    /// How far the writer has come.
    Tally(Tally),
}

/// States, in the writer's numbers, and what it takes to understand them.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct States {
    /// To be learned first.
    pub(super) lessons: Vec<Lesson>,
    /// For each state: which of the states that follow its parent it is, doubled, and one more if the
    /// parent is not that of the state before; then the parent's path, as how much it shares with the
    /// one before, how much more there is, and that; then which columns differ from the state before,
    /// and those. All of it in groups of seven bits.
    packed: Vec<u8>,
}

/// Packs states, one letter after the other.
pub(super) struct Writer {
    states: States,
    /// The last state that was written, and the path to its parent.
    row: Vec<u32>,
    parent: Vec<u16>,
}

impl Writer {
    pub(super) fn new(columns: usize) -> Self {
        Self { states: States::default(), row: vec![0; columns], parent: Vec::new() }
    }

    /// Has to be understood before the states that are added from now on.
    pub(super) fn add_lesson(&mut self, lesson: Lesson) {
        self.states.lessons.push(lesson);
    }

    /// Adds a state: the one with number `ordinal` of those that follow the one at the end of `parent`.
    pub(super) fn add(&mut self, parent: &[u16], ordinal: u16, row: &[u32]) {
        let packed = &mut self.states.packed;
        let is_other = self.parent != parent;
        put(packed, u64::from(ordinal) << 1 | u64::from(is_other));
        if is_other {
            let pairs = self.parent.iter().zip(parent);
            let shared = pairs.take_while(|(before, now)| before == now).count();
            put(packed, shared as u64);
            put(packed, (parent.len() - shared) as u64);
            parent[shared..].iter().for_each(|ordinal| put(packed, u64::from(*ordinal)));
            self.parent.clear();
            self.parent.extend_from_slice(parent);
        }
        let pairs = self.row.iter().zip(row).enumerate();
        let differs = pairs
            .fold(0, |bits, (column, (before, now))| bits | u64::from(before != now) << column);
        put(packed, differs);
        for (before, now) in self.row.iter_mut().zip(row).filter(|(before, now)| before != now) {
            put(packed, u64::from(*now));
            *before = *now;
        }
    }

    /// Bytes that were packed so far.
    pub(super) const fn len(&self) -> usize {
        self.states.packed.len()
    }

    /// What is to be sent, if anything is.
    pub(super) fn take(&mut self) -> Option<States> {
        if self.states.packed.is_empty() {
            return None;
        }
        self.row.fill(0);
        self.parent.clear();
        Some(std::mem::take(&mut self.states))
    }
}

/// Unpacks states.
pub(super) struct Reader<'a> {
    packed: &'a [u8],
    /// The state that was read last.
    pub(super) row: Vec<u32>,
    /// The path to it.
    pub(super) path: Vec<u16>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(states: &'a States, columns: usize) -> Self {
        Self { packed: &states.packed, row: vec![0; columns], path: Vec::new() }
    }

    /// Reads the next state. `None` if it cannot be read; `Some(false)` if there is none.
    pub(super) fn read(&mut self) -> Option<bool> {
        if self.packed.is_empty() {
            return Some(false);
        }
        let head = self.take()?;
        self.path.pop();
        if head & 1 == 1 {
            let (shared, more) = (self.take()?, self.take()?);
            let shared =
                usize::try_from(shared).ok().filter(|shared| *shared <= self.path.len())?;
            self.path.truncate(shared);
            for _ in 0..more {
                let ordinal = self.take()?;
                self.path.push(u16::try_from(ordinal).ok()?);
            }
        }
        self.path.push(u16::try_from(head >> 1).ok()?);
        let mut differs = self.take()?;
        while differs != 0 {
            let id = self.take()?;
            let column = self.row.get_mut(differs.trailing_zeros() as usize)?;
            *column = u32::try_from(id).ok()?;
            differs &= differs - 1;
        }
        Some(true)
    }

    fn take(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.packed.split_first()?;
            self.packed = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

fn put(packed: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        packed.push(number as u8 | 0x80);
        number >>= 7;
    }
    packed.push(number as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Reader, States, Writer};

    proptest! {
        #[test]
        fn states_are_read_as_they_were_written(
            states in prop::collection::vec(
                (
                    prop::collection::vec(0..3_u16, 4),
                    any::<u16>(),
                    prop::collection::vec(prop_oneof![0..4_u32, any::<u32>()], 5),
                ),
                1..20,
            ),
        ) {
            let mut writer = Writer::new(5);
            for (parent, ordinal, row) in &states {
                writer.add(parent, *ordinal, row);
            }
            let letter = writer.take().expect("something was written");
            prop_assert!(writer.take().is_none());
            let mut reader = Reader::new(&letter, 5);
            for (parent, ordinal, row) in &states {
                prop_assert_eq!(reader.read(), Some(true));
                prop_assert_eq!(&reader.row, row);
                prop_assert_eq!(&reader.path, &[&parent[..], &[*ordinal]].concat());
            }
            prop_assert_eq!(reader.read(), Some(false));
        }

        #[test]
        fn any_bytes_are_read_or_refused(packed in prop::collection::vec(any::<u8>(), 0..40)) {
            let states = States { lessons: Vec::new(), packed };
            let mut reader = Reader::new(&states, 3);
            while let Some(true) = reader.read() {}
        }
    }
}
