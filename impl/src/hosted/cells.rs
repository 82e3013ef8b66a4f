//! Watching data that converges, at the cost of what has changed since the last look.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use holdfast_models::multi_leader::convergent::Cell;
use holdfast_models::vocabulary::{Key, Map};

/// What was there at the last look, so that the next costs what has changed.
#[derive(Default)]
pub struct CellObserver {
    cells: Map<Key, Cell>,
    /// The digests of all cells, added: in whatever order they came.
    pub(super) digest: u64,
    /// At how many keys readers see something.
    pub(super) shown: usize,
    /// How many elements of texts were erased.
    pub(super) erased: usize,
}

impl CellObserver {
    pub(super) fn look_at(&mut self, cells: &Map<Key, Cell>) {
        for (key, after) in self.cells.differences(cells) {
            if let Some(before) = self.cells.get(key) {
                self.digest = self.digest.wrapping_sub(digest(key, before));
                self.shown -= usize::from(before.kind().is_some());
                self.erased -= erased(before);
            }
            if let Some(after) = after {
                self.digest = self.digest.wrapping_add(digest(key, after));
                self.shown += usize::from(after.kind().is_some());
                self.erased += erased(after);
            }
        }
        self.cells = cells.clone();
    }
}

fn erased(cell: &Cell) -> usize {
    cell.text.elements().filter(|element| element.value.is_none()).count()
}

/// The same in every process of one build. Replicas that have applied the same updates hold the same
/// cells, names and all, where the rules are such that they converge.
fn digest(key: &Key, cell: &Cell) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, cell).hash(&mut hasher);
    hasher.finish()
}
