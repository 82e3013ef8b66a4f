//! Where rows are: their numbers by digest, five bytes each.

/// Open addressing, without removal. A slot holds the number of a row plus one, and one byte of its
/// digest, so that few rows are compared in vain. Whether a row is the one that is looked for, whoever
/// asks says: nothing rests on digests.
pub(super) struct Table {
    /// In segments, so that a table grows without being in memory twice.
    segments: Vec<Box<[Slot]>>,
    len: usize,
}

type Slot = [u8; 5];

const EMPTY: Slot = [0; 5];

/// At most this many of ten slots are taken: beyond, looking for what is not there takes long.
const FULLEST: usize = 8;

/// Growing, a large table becomes this many tenths as large, a small one twice as large. What is free
/// is wasted, but every row has to be read again.
const GROWTH: usize = 14;

const LARGE: usize = 1 << 22;

/// How many slots there are in a segment.
const SEGMENT: usize = 1 << 13;

impl Table {
    pub(super) fn new() -> Self {
        Self { segments: vec![segment()], len: 0 }
    }

    /// The slot in which to begin to look for a row.
    pub(super) fn first(&self, digest: u64) -> Slot {
        self.slot(self.home(digest))
    }

    /// The number of the row with this digest that `is` it; `first` is the slot to begin with.
    pub(super) fn find(&self, digest: u64, first: Slot, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mut slot = first;
        let mut place = self.home(digest);
        while slot != EMPTY {
            if slot[4] == tag(digest) && is(number(slot)) {
                return Some(number(slot));
            }
            place = self.after(place);
            slot = self.slot(place);
        }
        None
    }

    /// Adds row `new` unless there is a row with this digest that `is` it. Answers where it is, if it
    /// was added. There has to be room.
    pub(super) fn insert(
        &mut self,
        digest: u64,
        new: u32,
        is: impl Fn(u32) -> bool,
    ) -> Option<usize> {
        let mut place = self.home(digest);
        loop {
            let slot = self.slot(place);
            if slot == EMPTY {
                self.len += 1;
                self.set(place, taken(new, tag(digest)));
                return Some(place);
            }
            if slot[4] == tag(digest) && is(number(slot)) {
                return None;
            }
            place = self.after(place);
        }
    }

    /// Gives the row at `place` another number.
    pub(super) fn renumber(&mut self, place: usize, number: u32) {
        let [.., tag] = self.slot(place);
        self.set(place, taken(number, tag));
    }

    /// Whether `more` rows fit without growing.
    pub(super) const fn has_room_for(&self, more: usize) -> bool {
        (self.len + more) * 10 <= self.size() * FULLEST
    }

    /// Empties the table, and makes it large enough for what was in it and `more` rows.
    pub(super) fn start_again(&mut self, more: usize) {
        let needed = (self.len + more) * 10 / FULLEST + 1;
        let growth = if self.size() < LARGE { 20 } else { GROWTH };
        let size = needed.max(self.size() * growth / 10);
        self.segments.iter_mut().for_each(|segment| segment.fill(EMPTY));
        self.segments.resize_with(size.div_ceil(SEGMENT), segment);
        self.len = 0;
    }

    pub(super) const fn bytes(&self) -> usize {
        self.size() * size_of::<Slot>()
    }

    const fn size(&self) -> usize {
        self.segments.len() * SEGMENT
    }

    fn slot(&self, place: usize) -> Slot {
        self.segments[place / SEGMENT][place % SEGMENT]
    }

    fn set(&mut self, place: usize, slot: Slot) {
        self.segments[place / SEGMENT][place % SEGMENT] = slot;
    }

    const fn home(&self, digest: u64) -> usize {
        // The upper half, scaled to the size of the table.
        (((digest >> 32) * self.size() as u64) >> 32) as usize
    }

    const fn after(&self, place: usize) -> usize {
        if place + 1 == self.size() { 0 } else { place + 1 }
    }
}

fn segment() -> Box<[Slot]> {
    vec![EMPTY; SEGMENT].into()
}

const fn taken(number: u32, tag: u8) -> Slot {
    let [a, b, c, d] = (number + 1).to_le_bytes();
    [a, b, c, d, tag]
}

const fn number([a, b, c, d, _]: Slot) -> u32 {
    u32::from_le_bytes([a, b, c, d]) - 1
}

const fn tag(digest: u64) -> u8 {
    digest as u8
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_inserted_is_found_and_nothing_else(
            // Few digests, so that many rows share one.
            rows in prop::collection::vec((0..20_u64, any::<u8>()), 0..3_000)
        ) {
            let digest = |(digest, _): &(u64, u8)| digest.wrapping_mul(0xf7f7_f7f7_f7f7_f7f7);
            let mut table = Table::new();
            let mut expected = HashMap::new();
            for (index, row) in rows.iter().enumerate() {
                if !table.has_room_for(1) {
                    table.start_again(1);
                    for number in expected.values() {
                        let inserted = table.insert(digest(&rows[*number as usize]), *number, |_| false);
                        prop_assert!(inserted.is_some());
                    }
                }
                let is = |other: u32| rows[other as usize] == *row;
                let first = table.first(digest(row));
                prop_assert_eq!(table.find(digest(row), first, is), expected.get(row).copied());
                let place = table.insert(digest(row), u32::MAX - 1, |other| other < u32::MAX - 1 && is(other));
                prop_assert_eq!(place.is_some(), !expected.contains_key(row));
                if let Some(place) = place {
                    table.renumber(place, index as u32);
                    expected.insert(*row, index as u32);
                }
                prop_assert!(table.find(digest(row), table.first(digest(row)), is).is_some());
            }
        }
    }
}
