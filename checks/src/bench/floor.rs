//! The floor: what a search would take that had nothing to do but to remember what it has seen.

use hashbrown::HashSet;
use rustc_hash::FxBuildHasher;

/// Puts `steps` random rows of `columns` numbers, chosen among `kinds`, into a plain set. Answers how
/// many different ones there are in it.
pub(super) fn fill_a_set(columns: usize, kinds: usize, steps: usize) -> usize {
    let mut seen: HashSet<Box<[u32]>, FxBuildHasher> = HashSet::default();
    let mut row = vec![0; columns];
    let mut random = Random(1);
    for _ in 0..steps {
        let mut of_kind = Random(random.next() % kinds.max(1) as u64);
        // As large as the numbers of parts are.
        row.fill_with(|| of_kind.next() as u32 & 0xffff);
        if !seen.contains(row.as_slice()) {
            seen.insert(row.as_slice().into());
        }
    }
    seen.len()
}

/// Steele, Lea, Flood: *Fast splittable pseudorandom number generators*, 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_kinds_of_rows_as_are_asked_for() {
        assert_eq!(fill_a_set(5, 100, 10_000), 100);
        assert_eq!(fill_a_set(5, 1, 10), 1);
        let most = fill_a_set(5, 10_000, 10_000);
        assert!((5_000..7_000).contains(&most), "chosen at random, some come twice: {most}");
        assert_eq!(fill_a_set(5, 0, 0), 0);
    }
}
