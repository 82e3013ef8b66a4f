//! What must stay true of replicas, whatever clients see, and what must come true in the end.

use super::Locking;
use super::judging::{has_converged, is_free, number, promised, promises, remembered, replicas};
use crate::cluster::{Property, common_properties, properties};
use crate::multi_leader::judging::{acknowledged_total, asked_at_most, keys, only_counts};

common_properties! { for Locking; EVERY_REQUEST_IS_ANSWERED }

properties! { for Locking;

    /// No two transactions are prepared for the same key, at whichever replicas.
    pub const ONE_PROMISE_A_KEY = invariant("one-promise-a-key", |view| {
        let all = || remembered(view).flat_map(|(_, durable)| promises(durable));
        all().all(|(key, promise)| {
            all().all(|(other, rival)| key != other || promise.transaction == rival.transaction)
        })
    });

    /// Every replica holds all that was added to a counter and acknowledged, or is prepared to hold it.
    pub const EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED = invariant(
        "everybody-has-what-was-acknowledged",
        |view| {
            keys(view).filter(|key| only_counts(view, key)).all(|key| {
                remembered(view).all(|(_, durable)| {
                    let total = acknowledged_total(view, key);
                    number(durable, key) >= total || promised(durable, key) >= Some(total)
                })
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

    /// When only faults could change anything, all running replicas hold the same.
    pub const QUIET_MEANS_AGREED = invariant("quiet-means-agreed", |view| {
        has_converged(view) || !view.is_quiescent()
    });

    /// What a replica has applied, its disk already holds.
    pub const DISKS_HOLD_WHAT_IS_APPLIED = invariant("disks-hold-what-is-applied", |view| {
        replicas(view).all(|(id, replica)| {
            view.disk(id).synced.as_deref().is_some_and(|kept| {
                kept.cells == replica.durable.cells
                    && kept.answered == replica.durable.answered
                    && kept.decided == replica.durable.decided
            })
        })
    });

    /// The parts of a replica fit together.
    pub const PARTS_FIT_TOGETHER = invariant("parts-fit-together", |view| {
        replicas(view).all(|(id, replica)| {
            let durable = &replica.durable;
            let is_own = |transaction: &super::Transaction| {
                transaction.coordinator == id && transaction.time <= durable.time
            };
            replica.pending.keys().all(is_own)
                && durable.decided.iter().all(|(transaction, _)| is_own(transaction))
                && replica.locks.iter().all(|(key, lock)| {
                    let cell = durable.cell(key);
                    let waiting = replica.waiting.get(key);
                    durable.prepared.get(key).is_none()
                        && lock.grant == cell.grants
                        && waiting.is_none_or(|waiting| !waiting.contains(&lock.holder))
                })
                && replica.waiting.iter().all(|(key, transactions)| {
                    !transactions.is_empty()
                        && (replica.locks.contains_key(key) || durable.prepared.get(key).is_some())
                })
        })
    });

    /// How often keys were locked at a replica is never forgotten.
    pub const GRANTS_ONLY_GROW = transition("grants-only-grow", |before, after| {
        before.ids().all(|id| {
            let grants = |view: &super::judging::Moment<'_>| {
                let of = remembered(view).find(|(other, _)| *other == id);
                let cells = of.into_iter().flat_map(|(_, durable)| durable.cells.iter());
                cells.map(|(_, cell)| cell.grants).sum::<u64>()
            };
            grants(before) <= grants(after)
        })
    });

    /// In the end all running replicas hold the same.
    pub const REPLICAS_AGREE_IN_THE_END = eventually("replicas-agree-in-the-end", has_converged);

    /// In the end nobody holds a key.
    pub const EVERY_KEY_IS_FREE_IN_THE_END = eventually("every-key-is-free-in-the-end", is_free);
}
