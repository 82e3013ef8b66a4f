//! Rows in less memory: pairs of numbers are kept once and have a number, and pairs of those again, until
//! a row is two numbers.
//!
//! Tree compression, as in LTSmin (Blom, Lisser, van de Pol, Weber: *A database approach to
//! distributed state-space generation*, 2011; Laarman, van de Pol, Weber: *Parallel recursive state
//! compression for free*, 2011). Nothing is lost: a pair has one number and a number is one pair.

use super::rows::Rows;
use super::table::{Growth, MOST_ROWS, Table};
use super::visited::digest;

/// Says how columns are paired, and knows all pairs.
pub(super) struct Tree {
    /// Each after those that it is made of.
    nodes: Vec<Node>,
    root: [Source; 2],
    /// Numbers of the nodes for the row that is made shorter.
    numbers: Vec<u32>,
}

struct Node {
    sources: [Source; 2],
    pairs: Rows,
    numbers: Table,
}

/// What a number stands for.
#[derive(Clone, Copy)]
enum Source {
    /// What is in this column.
    Column(usize),
    /// A pair of this node.
    Node(usize),
}

impl Tree {
    /// For rows of `columns` columns, at least two.
    pub(super) fn new(columns: usize) -> Self {
        let mut nodes = Vec::new();
        let middle = columns / 2;
        let root = [source(&mut nodes, 0, middle), source(&mut nodes, middle, columns)];
        Self { nodes, root, numbers: Vec::new() }
    }

    /// The two numbers that stand for `row` from now on.
    pub(super) fn shorten(&mut self, row: &[u32]) -> [u32; 2] {
        let Self { nodes, root, numbers } = self;
        numbers.clear();
        for node in nodes {
            let pair = node.sources.map(|source| source.number(row, numbers));
            numbers.push(node.number(pair));
        }
        root.map(|source| source.number(row, numbers))
    }

    /// Writes the row that `short` stands for into `row`.
    pub(super) fn lengthen(&self, short: [u32; 2], row: &mut [u32]) {
        for (source, number) in self.root.into_iter().zip(short) {
            self.write(source, number, row);
        }
    }

    /// Whether `short` stands for `row`.
    pub(super) fn is(&self, short: [u32; 2], row: &[u32]) -> bool {
        self.root.into_iter().zip(short).all(|(source, number)| self.is_same(source, number, row))
    }

    fn write(&self, source: Source, number: u32, row: &mut [u32]) {
        match source {
            Source::Column(column) => row[column] = number,
            Source::Node(node) => {
                let Node { sources: [left, right], pairs, .. } = &self.nodes[node];
                let pair = pairs.pair(number as usize);
                self.write(*left, pair[0], row);
                self.write(*right, pair[1], row);
            }
        }
    }

    fn is_same(&self, source: Source, number: u32, row: &[u32]) -> bool {
        match source {
            Source::Column(column) => row[column] == number,
            Source::Node(node) => {
                let Node { sources: [left, right], pairs, .. } = &self.nodes[node];
                let pair = pairs.pair(number as usize);
                self.is_same(*left, pair[0], row) && self.is_same(*right, pair[1], row)
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.nodes.iter().map(|node| node.pairs.bytes() + node.numbers.bytes()).sum()
    }
}

impl Node {
    /// The number of `pair`.
    fn number(&mut self, pair: [u32; 2]) -> u32 {
        let Self { pairs, numbers, .. } = self;
        let new = pairs.len();
        // No node has more pairs than there are rows.
        assert!(new < MOST_ROWS, "a number for each pair");
        numbers.number_up_to(new + 1);
        if !numbers.has_room_for(1) {
            numbers.start_again(1);
            for number in 0..new {
                numbers.insert(digest(&pairs.pair(number)), number as u32, |_| false);
            }
        }
        let digest = digest(&pair);
        let is = |number: u32| pairs.is(number as usize, &pair);
        let first = numbers.first(digest);
        numbers.find(digest, first, is).unwrap_or_else(|| {
            numbers.insert(digest, new as u32, |_| false);
            pairs.push(&pair);
            new as u32
        })
    }
}

impl Source {
    fn number(self, row: &[u32], numbers: &[u32]) -> u32 {
        match self {
            Self::Column(column) => row[column],
            Self::Node(node) => numbers[node],
        }
    }
}

/// What stands for the columns from `first` up to `end`, after adding the nodes that it takes.
fn source(nodes: &mut Vec<Node>, first: usize, end: usize) -> Source {
    if end - first == 1 {
        return Source::Column(first);
    }
    let middle = first + (end - first) / 2;
    let sources = [source(nodes, first, middle), source(nodes, middle, end)];
    nodes.push(Node { sources, pairs: Rows::new(2), numbers: Table::new(Growth::Usual) });
    Source::Node(nodes.len() - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_shortened_is_told_apart_and_made_long_again(
            (columns, rows) in (2..9_usize).prop_flat_map(|columns| {
                let row = prop::collection::vec(0..6_u32, columns);
                (Just(columns), prop::collection::vec(row, 1..300))
            })
        ) {
            let mut tree = Tree::new(columns);
            let shortened: Vec<_> = rows.iter().map(|row| tree.shorten(row)).collect();
            for (row, short) in rows.iter().zip(&shortened) {
                let mut again = vec![0; columns];
                tree.lengthen(*short, &mut again);
                prop_assert_eq!(&again, row);
                prop_assert_eq!(tree.shorten(row), *short);
                for (other, of_other) in rows.iter().zip(&shortened).take(20) {
                    prop_assert_eq!(tree.is(*of_other, row), other == row);
                    prop_assert_eq!(of_other == short, other == row);
                }
            }
        }
    }
}
