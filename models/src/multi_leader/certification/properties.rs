//! What must stay true of replicas, whatever clients see, and what must come true in the end.

use super::judging::{
    comes_second, finds_changed, has_committed, has_converged, have_come_equally_far, memories,
    number, remembered, replicas,
};
use super::{Certification, Safeguard};
use crate::cluster::{Property, common_properties, properties};
use crate::consistency::Anomaly;
use crate::multi_leader::judging::{acknowledged_total, asked_at_most, keys, only_counts, pairs};
use crate::vocabulary::{Author, LogPosition};

common_properties! { for Certification; EVERY_REQUEST_IS_ANSWERED }

properties! { for Certification;

    /// No two replicas have different transactions at the same place of the order, or decide differently about one.
    pub const DECISIONS_AGREE = invariant("decisions-agree", |view| {
        memories(view).all(|one| {
            memories(view).all(|other| {
                one.log.iter().all(|(position, entry)| {
                    other.log.get(position).is_none_or(|same| same == entry)
                })
            })
        })
    });

    /// Of two transactions that did not know of each other, at most one takes effect if both write to the same key.
    pub const FIRST_COMMITTER_WINS = invariant("first-committer-wins", |view| {
        replicas(view).all(|(_, replica)| {
            let durable = &replica.durable;
            durable.log.iter().all(|(position, entry)| !comes_second(durable, *position, entry))
        })
    });

    /// No transaction takes effect if somebody has written since then where it forbids that.
    pub const WATCHED_REGISTERS_ARE_UNCHANGED = invariant(
        "watched-registers-are-unchanged",
        |view| {
            replicas(view).all(|(_, replica)| {
                let durable = &replica.durable;
                durable.log.iter().all(|(position, entry)| !finds_changed(durable, *position, entry))
            })
        }
    );

    /// Somebody remembers every transaction that its client was told took effect.
    pub const ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED = invariant(
        "acknowledged-transactions-are-remembered",
        |view| {
            view.history().acknowledged_updates().all(|(id, _)| {
                let author = Author { client: id.client(), request: id.request() };
                memories(view).any(|durable| has_committed(durable, author))
            })
        }
    );

    /// No counter shows more than clients have asked for.
    pub const COUNTERS_SHOW_NO_MORE_THAN_ASKED = invariant(
        "counters-show-no-more-than-asked",
        |view| {
            replicas(view).all(|(_, replica)| {
                keys(view).filter(|key| only_counts(view, key)).all(|key| {
                    number(&replica.durable, key) <= asked_at_most(view, key)
                })
            })
        }
    );

    /// When only faults could change anything, every counter shows the sum of what was acknowledged.
    pub const QUIET_MEANS_COUNTED = invariant("quiet-means-counted", |view| {
        let is_counted = || {
            replicas(view).all(|(_, replica)| {
                keys(view).filter(|key| only_counts(view, key)).all(|key| {
                    number(&replica.durable, key) == acknowledged_total(view, key)
                })
            })
        };
        !view.clients_are_done() || is_counted() || !view.is_quiescent()
    });

    /// Replicas that have applied the same updates hold the same.
    pub const EQUAL_UPDATES_MEAN_EQUAL_STORES = invariant(
        "equal-updates-mean-equal-stores",
        |view| {
            pairs(view).all(|(left, right)| {
                !have_come_equally_far(&left.durable, &right.durable)
                    || left.durable.cells == right.durable.cells
            })
        }
    );

    /// No two transactions read what the other writes and miss it.
    pub const NO_WRITE_SKEW = invariant("no-write-skew", |view| {
        Anomaly::of(view.history()) != Some(Anomaly::WriteSkew)
    });

    /// Nobody who only reads sees what no order of those who write explains, though there is one without it.
    pub const NO_READ_ONLY_ANOMALY = invariant("no-read-only-anomaly", |view| {
        Anomaly::of(view.history()) != Some(Anomaly::ReadOnlyAnomaly)
    });

    /// Nobody sees two transactions in another order than others do.
    pub const NO_LONG_FORK = invariant("no-long-fork", |view| {
        Anomaly::of(view.history()) != Some(Anomaly::LongFork)
    });

    /// When only faults could change anything, all running replicas hold the same.
    pub const QUIET_MEANS_AGREED = invariant("quiet-means-agreed", |view| {
        has_converged(view) || !view.is_quiescent()
    });

    /// What a replica has applied, its disk already holds.
    pub const DISKS_HOLD_WHAT_IS_APPLIED = invariant("disks-hold-what-is-applied", |view| {
        replicas(view).all(|(id, replica)| {
            view.disk(id).synced.as_deref().is_some_and(|kept| *kept == replica.durable)
        })
    });

    /// The parts of a replica fit together.
    pub const PARTS_FIT_TOGETHER = invariant("parts-fit-together", |view| {
        replicas(view).all(|(id, replica)| {
            let durable = &replica.durable;
            let is_sequencer = id == Certification::SEQUENCER;
            let is_next = |position: &LogPosition| *position == durable.applied.next();
            let first = durable.forgotten.next().0;
            let in_a_row = durable.log.iter().zip(first..).take_while(|((at, _), place)| at.0 == *place);
            let kept = durable.applied.0.checked_sub(durable.forgotten.0);
            kept == Some(in_a_row.count() as u64)
                && (!view.protocol().has(Safeguard::OrderKept)
                    || kept == Some(durable.log.len() as u64))
                && !replica.early.keys().any(is_next)
                && replica.pending.keys().all(|author| replica.waiting.contains(author))
                && (is_sequencer || replica.held.is_empty() && replica.recovering.is_none())
        })
    });

    /// What a replica has applied it keeps, also through a crash.
    pub const NOTHING_APPLIED_IS_FORGOTTEN = transition(
        "nothing-applied-is-forgotten",
        |before, after| {
            let applied = |durable: Option<&super::Durable>| durable.map(|known| known.applied);
            before.ids().all(|id| {
                applied(remembered(before, id)).unwrap_or_default()
                    <= applied(remembered(after, id)).unwrap_or_default()
            })
        }
    );

    /// In the end all running replicas hold the same.
    pub const REPLICAS_AGREE_IN_THE_END = eventually("replicas-agree-in-the-end", has_converged);
}
