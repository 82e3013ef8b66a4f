//! What comes before what: relations between the operations of a history.

use super::facts::Fact;
use super::set::OperationSet;

/// For each fact, some that come before it.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    before: Vec<OperationSet>,
}

impl Relation {
    /// Each fact after those of the operation that session order puts directly before its own. What a session
    /// abandoned comes before nothing, and what one operation did at several registers is in no order.
    pub(super) fn direct_session_order(facts: &[Fact<'_>]) -> Self {
        let mut relation = Self::empty(facts.len());
        let order = in_session_order(facts);
        let mut previous: &[usize] = &[];
        for operation in operations(facts, &order) {
            let first = &facts[operation[0]];
            let follows = |earlier: &&usize| facts[**earlier].id.session == first.id.session;
            for earlier in previous.iter().filter(follows) {
                operation.iter().for_each(|index| relation.add(*earlier, *index));
            }
            if !first.abandoned {
                previous = operation;
            }
        }
        relation
    }

    /// Each fact after all that session order puts before it.
    pub(super) fn session_order(facts: &[Fact<'_>]) -> Self {
        let mut relation = Self::empty(facts.len());
        let order = in_session_order(facts);
        let mut earlier = OperationSet::empty(facts.len());
        let mut session = None;
        for operation in operations(facts, &order) {
            let first = &facts[operation[0]];
            if session.replace(first.id.session) != Some(first.id.session) {
                earlier = OperationSet::empty(facts.len());
            }
            operation.iter().for_each(|index| relation.before[*index].extend(&earlier));
            if !first.abandoned {
                operation.iter().for_each(|index| earlier.insert(*index));
            }
        }
        relation
    }

    /// No fact before another.
    pub(super) fn empty(facts: usize) -> Self {
        Self { before: vec![OperationSet::empty(facts); facts] }
    }

    /// Those that come before the fact at `index`.
    pub(super) fn before(&self, index: usize) -> &OperationSet {
        &self.before[index]
    }

    /// Puts `first` before `second`.
    pub(super) fn add(&mut self, first: usize, second: usize) {
        self.before[second].insert(first);
    }

    /// Adds what `other` puts before what.
    pub(super) fn extend(&mut self, other: &Self) {
        for (row, more) in self.before.iter_mut().zip(&other.before) {
            row.extend(more);
        }
    }

    /// Adds whatever follows from what is there by transitivity. Whether no fact comes before
    /// itself: if one does, the relation is left unfinished.
    #[must_use]
    pub(super) fn close(&mut self) -> bool {
        let mut visits = vec![Visit::Ahead; self.before.len()];
        let mut path = Vec::new();
        for start in 0..self.before.len() {
            path.push(start);
            while let Some(&index) = path.last() {
                match visits[index] {
                    Visit::Done => {
                        path.pop();
                    }
                    Visit::Ahead => {
                        visits[index] = Visit::OnPath;
                        for earlier in self.before[index].iter() {
                            match visits[earlier] {
                                Visit::Ahead => path.push(earlier),
                                Visit::OnPath => return false,
                                Visit::Done => {}
                            }
                        }
                    }
                    Visit::OnPath => {
                        let direct = self.before[index].clone();
                        for earlier in direct.iter() {
                            let (row, more) = pair(&mut self.before, index, earlier);
                            row.extend(more);
                        }
                        visits[index] = Visit::Done;
                        path.pop();
                    }
                }
            }
        }
        true
    }

    /// Puts `first` before `second` in a closed relation and keeps it closed. Whether no fact comes
    /// before itself.
    #[must_use]
    pub(super) fn add_closed(&mut self, first: usize, second: usize) -> bool {
        if first == second || self.before[first].contains(second) {
            return false;
        }
        if self.before[second].contains(first) {
            return true;
        }
        let (row, more) = pair(&mut self.before, second, first);
        row.extend(more);
        row.insert(first);
        for later in 0..self.before.len() {
            if self.before[later].contains(second) {
                let (row, more) = pair(&mut self.before, later, second);
                row.extend(more);
            }
        }
        true
    }
}

#[derive(Clone, Copy)]
enum Visit {
    Ahead,
    OnPath,
    Done,
}

fn in_session_order(facts: &[Fact<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..facts.len()).collect();
    order.sort_unstable_by_key(|index| facts[*index].id);
    order
}

/// The facts of one operation after the other, out of all in session order.
fn operations<'o>(facts: &[Fact<'_>], order: &'o [usize]) -> impl Iterator<Item = &'o [usize]> {
    order.chunk_by(|one, next| facts[*one].id == facts[*next].id)
}

/// One row to change and another to read.
fn pair(
    rows: &mut [OperationSet],
    changed: usize,
    read: usize,
) -> (&mut OperationSet, &OperationSet) {
    let [changed, read] =
        rows.get_disjoint_mut([changed, read]).expect("no fact comes before itself");
    (changed, read)
}
