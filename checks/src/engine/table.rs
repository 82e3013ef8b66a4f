//! Where rows are: their numbers by digest, four bytes each.

/// Open addressing, without removal. A slot holds the number of a row plus one, and in the bits that
/// are left some of its digest, so that few rows are compared in vain. Whether a row is the one that
/// is looked for, whoever asks says: nothing rests on digests.
pub(super) struct Table {
    /// In segments, so that a table grows without being in memory twice.
    segments: Vec<Box<[Slot]>>,
    len: usize,
    /// How many bits of a slot are from the digest: fewer as numbers grow.
    tag_bits: u32,
    growth: Growth,
}

type Slot = u32;

const EMPTY: Slot = 0;

/// More rows than this have no numbers: a slot that is taken is not zero.
pub(super) const MOST_ROWS: usize = u32::MAX as usize;

/// Numbers get at least this many bits.
const FEWEST_NUMBER_BITS: u32 = 8;

/// How much of a table is free, at most and at least. What is free is wasted, but every row has to be
/// read again when a table grows, and looking for what is not there takes long in a full one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Growth {
    /// A large table grows by two fifths once four fifths are taken.
    Usual,
    /// By a tenth, once nine tenths are taken.
    Thrifty,
}

/// Smaller tables double, and much smaller ones do it twice.
const LARGE: usize = 1 << 22;

/// How many slots there are in a segment.
const SEGMENT: usize = 1 << 13;

impl Table {
    pub(super) fn new(growth: Growth) -> Self {
        let tag_bits = u32::BITS - FEWEST_NUMBER_BITS;
        Self { segments: vec![segment()], len: 0, tag_bits, growth }
    }

    /// The slot in which to begin to look for a row.
    pub(super) fn first(&self, digest: u64) -> Slot {
        self.slot(self.home(digest))
    }

    /// The number in the slot to begin with, if it may be that of a row with this digest.
    pub(super) fn candidate(&self, digest: u64, first: Slot) -> Option<u32> {
        (first != EMPTY && self.may_be(first, digest)).then(|| self.number(first))
    }

    /// The number of the row with this digest that `is` it; `first` is the slot to begin with.
    pub(super) fn find(&self, digest: u64, first: Slot, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mut slot = first;
        let mut place = self.home(digest);
        while slot != EMPTY {
            if self.may_be(slot, digest) && is(self.number(slot)) {
                return Some(self.number(slot));
            }
            place = self.after(place);
            slot = self.slot(place);
        }
        None
    }

    /// Adds row `new` unless there is a row with this digest that `is` it. Answers where it is, if it
    /// was added. There has to be room, for its number too.
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
                self.set(place, (new + 1) << self.tag_bits | digest as u32 & self.tag_mask());
                return Some(place);
            }
            if self.may_be(slot, digest) && is(self.number(slot)) {
                return None;
            }
            place = self.after(place);
        }
    }

    /// Gives the row at `place` another number.
    pub(super) fn renumber(&mut self, place: usize, number: u32) {
        let tag = self.slot(place) & self.tag_mask();
        self.set(place, (number + 1) << self.tag_bits | tag);
    }

    /// Whether `more` rows fit without growing.
    pub(super) const fn has_room_for(&self, more: usize) -> bool {
        (self.len + more) * 100 <= self.size() * self.growth.fullest()
    }

    /// From now on rows have numbers below `end`: tags become as short as that needs.
    pub(super) fn number_up_to(&mut self, end: usize) {
        assert!(end <= MOST_ROWS, "a number of 32 bits for each of {end} rows");
        let number_bits = usize::BITS - end.leading_zeros();
        let tag_bits = self.tag_bits.min(u32::BITS - number_bits);
        if tag_bits == self.tag_bits {
            return;
        }
        let (before, mask) = (self.tag_bits, (1 << tag_bits) - 1);
        for slot in self.segments.iter_mut().flat_map(|segment| segment.iter_mut()) {
            *slot = (*slot >> before) << tag_bits | *slot & mask;
        }
        self.tag_bits = tag_bits;
    }

    /// Empties the table, and makes it large enough for what was in it and `more` rows.
    pub(super) fn start_again(&mut self, more: usize) {
        let needed = (self.len + more) * 100 / self.growth.fullest() + 1;
        let growth = match self.growth {
            Growth::Usual if self.size() < LARGE / 4 => 400,
            Growth::Usual | Growth::Thrifty if self.size() < LARGE => 200,
            Growth::Usual => 140,
            Growth::Thrifty => 110,
        };
        let size = needed.max(self.size() * growth / 100);
        self.clear();
        self.segments.resize_with(size.div_ceil(SEGMENT), segment);
    }

    /// Empties the table.
    pub(super) fn clear(&mut self) {
        self.segments.iter_mut().for_each(|segment| segment.fill(EMPTY));
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

    const fn tag_mask(&self) -> u32 {
        (1 << self.tag_bits) - 1
    }

    const fn may_be(&self, slot: Slot, digest: u64) -> bool {
        (slot ^ digest as u32) & self.tag_mask() == 0
    }

    const fn number(&self, slot: Slot) -> u32 {
        (slot >> self.tag_bits) - 1
    }

    const fn home(&self, digest: u64) -> usize {
        // The upper half, scaled to the size of the table.
        (((digest >> 32) * self.size() as u64) >> 32) as usize
    }

    const fn after(&self, place: usize) -> usize {
        if place + 1 == self.size() { 0 } else { place + 1 }
    }
}

impl Growth {
    /// How many of a hundred slots are taken, at most.
    const fn fullest(self) -> usize {
        match self {
            Self::Usual => 80,
            Self::Thrifty => 90,
        }
    }
}

fn segment() -> Box<[Slot]> {
    vec![EMPTY; SEGMENT].into()
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
            rows in prop::collection::vec((0..20_u64, any::<u8>()), 0..3_000),
            // Numbers grow past what some bits of a slot can hold.
            base in prop_oneof![Just(0), Just((1 << 8) - 9), Just((1 << 24) - 9), Just(u32::MAX - 4_000)],
        ) {
            let digest = |(digest, _): &(u64, u8)| digest.wrapping_mul(0xf7f7_f7f7_f7f7_f7f7);
            let mut table = Table::new(Growth::Usual);
            let mut expected = HashMap::new();
            for (number, row) in (base..).zip(&rows) {
                table.number_up_to(number as usize + 2);
                if !table.has_room_for(1) {
                    table.start_again(1);
                    for (row, number) in &expected {
                        prop_assert!(table.insert(digest(row), *number, |_| false).is_some());
                    }
                }
                let is = |other: u32| rows[(other - base) as usize] == *row;
                let first = table.first(digest(row));
                prop_assert_eq!(table.find(digest(row), first, is), expected.get(row).copied());
                let place = table.insert(digest(row), number + 1, |other| other <= number && is(other));
                prop_assert_eq!(place.is_some(), !expected.contains_key(row));
                if let Some(place) = place {
                    table.renumber(place, number);
                    expected.insert(*row, number);
                }
                prop_assert!(table.find(digest(row), table.first(digest(row)), is).is_some());
            }
            prop_assert_eq!(table.tag_bits == 0, base > u32::MAX / 2 && !rows.is_empty());
        }
    }
}
