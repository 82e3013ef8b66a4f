//! What must stay true of replicas, whatever clients see, and what must come true in the end.

use super::Convergent;
use super::judging::{delivered, events, gives_way_knowingly, has_converged, replicas, total_of};
use crate::cluster::{Property, common_properties, properties};
use crate::multi_leader::judging::{acknowledged_total, asked_at_most, keys, pairs};

common_properties! { for Convergent; EVERY_REQUEST_IS_ANSWERED }

properties! { for Convergent;

    /// Replicas that have applied the same updates hold the same.
    pub const EQUAL_UPDATES_MEAN_EQUAL_STORES = invariant(
        "equal-updates-mean-equal-stores",
        |view| {
            pairs(view).all(|(left, right)| {
                left.durable.delivered != right.durable.delivered
                    || left.durable.cells == right.durable.cells
            })
        }
    );

    /// A write gives way only to a write that knew of it.
    pub const NO_WRITE_GIVES_WAY_UNSEEN = invariant("no-write-gives-way-unseen", |view| {
        replicas(view).all(|(_, replica)| {
            events(replica).all(|event| gives_way_knowingly(replica, event))
        })
    });

    /// What a write had seen is gone wherever that write has been applied.
    pub const LATER_WRITES_WIN = invariant("later-writes-win", |view| {
        replicas(view).all(|(_, replica)| {
            events(replica).all(|later| {
                let versions =
                    replica.durable.cells.get(&later.key).map(|cell| cell.register.versions());
                versions.unwrap_or_default().iter().all(|kept| !later.past.contains(kept.dot))
            })
        })
    });

    /// Whoever has applied an update has applied all that its maker had seen.
    pub const CAUSES_COME_FIRST = invariant("causes-come-first", |view| {
        replicas(view).all(|(_, replica)| {
            events(replica).all(|event| event.past.is_subset(&replica.durable.delivered))
        })
    });

    /// One name stands for one update.
    pub const NAMES_ARE_UNIQUE = invariant("names-are-unique", |view| {
        let all = || replicas(view).flat_map(|(_, replica)| events(replica));
        all().all(|event| all().all(|other| event.dot != other.dot || event == other))
    });

    /// No counter shows more than clients have asked for.
    pub const COUNTERS_SHOW_NO_MORE_THAN_ASKED = invariant(
        "counters-show-no-more-than-asked",
        |view| {
            replicas(view).all(|(_, replica)| {
                keys(view).all(|key| total_of(replica, key) <= asked_at_most(view, key))
            })
        }
    );

    /// When only faults could change anything, every counter shows the sum of what was acknowledged.
    pub const QUIET_MEANS_COUNTED = invariant("quiet-means-counted", |view| {
        let is_counted = || {
            replicas(view).all(|(_, replica)| {
                keys(view).all(|key| total_of(replica, key) == acknowledged_total(view, key))
            })
        };
        !view.clients_are_done() || is_counted() || !view.is_quiescent()
    });

    /// Nothing is given out twice: what was acknowledged never comes to less than nothing.
    pub const STOCK_IS_NEVER_OVERDRAWN = invariant("stock-is-never-overdrawn", |view| {
        keys(view).all(|key| acknowledged_total(view, key) >= 0)
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
            let is_applied = |dot| durable.delivered.contains(dot);
            durable.taken <= durable.delivered.counter(id)
                && durable.delivered.is_subset(&durable.seen)
                && durable.events.iter().all(|(dot, event)| event.dot == *dot && is_applied(*dot))
                && replica.waiting.keys().all(|dot| !is_applied(*dot))
                && durable.cells.iter().all(|(_, cell)| {
                    cell.register.versions().iter().all(|version| is_applied(version.dot))
                })
        })
    });

    /// What a replica has applied it keeps, also through a crash.
    pub const NOTHING_APPLIED_IS_FORGOTTEN = transition(
        "nothing-applied-is-forgotten",
        |before, after| {
            before.ids().all(|id| delivered(before, id).is_subset(&delivered(after, id)))
        }
    );

    /// In the end all running replicas hold the same.
    pub const REPLICAS_AGREE_IN_THE_END = eventually("replicas-agree-in-the-end", has_converged);
}
