//! Guarantees about transactions: what they may see of each other.
//!
//! Every operation is a transaction, most of them of one register. Sessions and time play no part here: that a session
//! sees what it did before is for other guarantees to say. So snapshot isolation is the generalized kind (Elnikety,
//! Pedone & Zwaenepoel 2005), in which a snapshot may be as old as it likes.
//!
//! All three are decided by trying orders of the transactions that write, so histories have to be short.

mod parallel;
mod snapshot;

use super::facts::{Fact, facts_of};
use super::history::History;
use snapshot::{Snapshot, commit_order_exists};

pub(super) use parallel::is_parallel_snapshot_isolated;

/// Transactions have the effect of one after the other (Papadimitriou 1979).
pub(super) fn is_serializable(facts: &[Fact<'_>]) -> bool {
    commit_order_exists(&transactions(facts), Snapshot::Latest)
}

/// Transactions are committed one after the other. Each found what some moment before held, and none was committed
/// since then that writes where it writes (Berenson et al. 1995).
pub(super) fn is_snapshot_isolated(facts: &[Fact<'_>]) -> bool {
    commit_order_exists(&transactions(facts), Snapshot::Earlier)
}

/// What may be wrong with a history though every transaction sees a snapshot. Each is a name for what lies between
/// two guarantees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anomaly {
    /// Two transactions read what the other writes, and neither sees it: snapshot isolation, and the transactions that
    /// write are not serializable (Berenson et al. 1995, A5B).
    WriteSkew,
    /// Transactions that write are serializable, and one that only reads shows that the others were not
    /// in that order: snapshot isolation, and not serializable (Fekete, O'Neil & O'Neil 2004).
    ReadOnlyAnomaly,
    /// Two transactions that do not see each other are seen by two others in different orders: parallel snapshot isolation, and
    /// not snapshot isolation (Sovran et al. 2011).
    LongFork,
}

impl Anomaly {
    /// The anomaly of `history`. `None` if it is serializable, and also if it is worse than any of these.
    #[must_use]
    pub fn of(history: &History) -> Option<Self> {
        let facts = facts_of(history)?;
        if is_serializable(&facts) {
            None
        } else if is_snapshot_isolated(&facts) {
            let mut updates = transactions(&facts);
            updates.retain(Transaction::is_update);
            let agree = commit_order_exists(&updates, Snapshot::Latest);
            Some(if agree { Self::ReadOnlyAnomaly } else { Self::WriteSkew })
        } else {
            is_parallel_snapshot_isolated(&facts).then_some(Self::LongFork)
        }
    }
}

/// What one operation found and did, by register.
#[derive(Clone, Debug)]
struct Transaction<'h> {
    parts: Vec<Fact<'h>>,
}

impl<'h> Transaction<'h> {
    /// Whether it changes anything.
    fn is_update(&self) -> bool {
        self.parts.iter().any(Fact::is_update)
    }

    /// Whether it took effect for certain.
    fn is_settled(&self) -> bool {
        self.parts.iter().all(Fact::is_settled)
    }

    /// What it did at registers that it changed.
    fn updates(&self) -> impl Iterator<Item = &Fact<'h>> {
        self.parts.iter().filter(|part| part.is_update())
    }
}

/// The transactions of a history.
fn transactions<'h>(facts: &[Fact<'h>]) -> Vec<Transaction<'h>> {
    let mut facts = facts.to_vec();
    facts.sort_by_key(|fact| fact.id);
    let each = facts.chunk_by(|one, next| one.id == next.id);
    each.map(|parts| Transaction { parts: parts.to_vec() }).collect()
}
