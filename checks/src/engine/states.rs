//! The rows of a search, plain or compressed.

use super::rows::Rows;
use super::tree::Tree;

/// Rows in the order in which they were pushed.
pub(super) struct States {
    columns: usize,
    /// As they are, or two numbers for each.
    rows: Rows,
    tree: Option<Tree>,
}

impl States {
    pub(super) fn new(columns: usize, is_compressed: bool) -> Self {
        let tree = is_compressed.then(|| Tree::new(columns));
        let rows = Rows::new(if is_compressed { 2 } else { columns });
        Self { columns, rows, tree }
    }

    pub(super) const fn columns(&self) -> usize {
        self.columns
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn push(&mut self, row: &[u32]) {
        match &mut self.tree {
            None => self.rows.push(row),
            Some(tree) => self.rows.push(&tree.shorten(row)),
        }
    }

    /// Reads row `index` into `row`.
    pub(super) fn read(&self, index: usize, row: &mut [u32]) {
        match &self.tree {
            None => self.rows.read(index, row),
            Some(tree) => tree.lengthen(self.rows.pair(index), row),
        }
    }

    /// Has row `index` fetched into the processor's caches.
    pub(super) fn fetch(&self, index: u32) {
        self.rows.fetch(index as usize);
    }

    /// Whether row `index` is `row`.
    pub(super) fn is(&self, index: usize, row: &[u32]) -> bool {
        match &self.tree {
            None => self.rows.is(index, row),
            Some(tree) => tree.is(self.rows.pair(index), row),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.tree.as_ref().map_or(0, Tree::bytes)
    }
}
