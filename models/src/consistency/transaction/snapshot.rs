//! The search for one order of commits.

use super::Transaction;
use crate::consistency::facts::Fact;
use crate::consistency::register::Content;

/// Which moment a transaction reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Snapshot {
    /// The one before its commit.
    Latest,
    /// Any one before its commit since which nobody has written where it writes.
    Earlier,
}

/// Whether all settled transactions and some of the others can be committed in some order, each on a snapshot that
/// holds what it found.
///
/// Those that write nothing change nothing for the others: each needs some moment that holds what it found.
pub(super) fn commit_order_exists(transactions: &[Transaction<'_>], snapshot: Snapshot) -> bool {
    let parts = transactions.iter().flat_map(|transaction| &transaction.parts);
    let registers = parts.map(|part| part.register + 1).max().unwrap_or(0);
    let (updates, readers): (Vec<_>, Vec<_>) =
        transactions.iter().partition(|transaction| transaction.is_update());
    let moments = vec![vec![Content::Nothing; registers]];
    Search { updates, readers, snapshot, committed: Vec::new(), moments }.succeeds()
}

struct Search<'t, 'h> {
    updates: Vec<&'t Transaction<'h>>,
    readers: Vec<&'t Transaction<'h>>,
    snapshot: Snapshot,
    /// Which updates are committed, in their order.
    committed: Vec<usize>,
    /// What the registers held before the first of them, and after each.
    moments: Vec<Vec<Content<'h>>>,
}

impl<'h> Search<'_, 'h> {
    fn succeeds(&mut self) -> bool {
        if self.is_complete() {
            return true;
        }
        for next in 0..self.updates.len() {
            if self.committed.contains(&next) {
                continue;
            }
            let Some(moment) = self.after(self.updates[next]) else { continue };
            self.committed.push(next);
            self.moments.push(moment);
            if self.succeeds() {
                return true;
            }
            self.committed.pop();
            self.moments.pop();
        }
        false
    }

    /// Whether nobody is missing.
    fn is_complete(&self) -> bool {
        let mut updates = self.updates.iter().enumerate();
        updates.all(|(index, update)| !update.is_settled() || self.committed.contains(&index))
            && self.readers.iter().all(|reader| self.moments.iter().any(|at| fits(reader, at)))
    }

    /// What the registers hold once `update` is committed next; `None` if it cannot be.
    fn after(&self, update: &Transaction<'h>) -> Option<Vec<Content<'h>>> {
        let latest = self.moments.last()?;
        let first = match self.snapshot {
            Snapshot::Latest => self.committed.len(),
            Snapshot::Earlier => self.latest_conflict(update),
        };
        self.moments[first..].iter().any(|moment| fits(update, moment)).then_some(())?;
        let mut moment = latest.clone();
        for part in update.updates() {
            moment[part.register] = part.effect.on(latest[part.register])?;
        }
        Some(moment)
    }

    /// After how many commits nobody has written any more where `update` writes.
    fn latest_conflict(&self, update: &Transaction<'_>) -> usize {
        let meets = |index: &usize| {
            let earlier = self.updates[*index];
            update.updates().any(|part| earlier.updates().any(|e| e.register == part.register))
        };
        self.committed.iter().rposition(meets).map_or(0, |last| last + 1)
    }
}

/// Whether `transaction` may have found what the registers hold.
fn fits(transaction: &Transaction<'_>, moment: &[Content<'_>]) -> bool {
    let found = |part: &Fact<'_>| part.found.allows(moment[part.register]);
    transaction.parts.iter().all(found)
}
