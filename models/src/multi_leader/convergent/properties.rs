//! What must stay true of replicas, whatever clients see, and what must come true in the end.

use super::elements::{
    follow_one_order, inserts_as_asked, removes_knowingly, runs_backwards, runs_forwards, shown,
    tells_events, texts,
};
use super::judging::{delivered, events, gives_way_knowingly, has_converged, replicas, total_of};
use super::{Convergent, SetRule};
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
                        && cell.set.additions().all(is_applied)
                        && cell.text.elements().all(|element| element.name.time <= durable.time)
                })
                && match view.protocol().set {
                    SetRule::Elements | SetRule::Additions => durable.removed.is_empty(),
                    SetRule::Tombstones => durable.removed.iter().all(|(_, by)| is_applied(*by)),
                    SetRule::Context => durable.removed.iter().all(|(dot, _)| !is_applied(*dot)),
                }
        })
    });

    /// What a replica has applied it keeps, also through a crash.
    pub const NOTHING_APPLIED_IS_FORGOTTEN = transition(
        "nothing-applied-is-forgotten",
        |before, after| {
            before.ids().all(|id| delivered(before, id).is_subset(&delivered(after, id)))
        }
    );

    /// What a replica has applied and shows no more, it does not show again.
    pub const NO_RESURRECTION = transition("no-resurrection", |before, after| {
        replicas(before).all(|(id, was)| {
            let was_shown = shown(was);
            after.replica(id).is_none_or(|now| {
                let mut is_shown = shown(now).into_iter();
                is_shown.all(|dot| was_shown.contains(&dot) || !was.durable.delivered.contains(dot))
            })
        })
    });

    /// An element leaves a set only by a removal that had seen how it came there.
    pub const NO_ADDITION_IS_REMOVED_UNSEEN = transition(
        "no-addition-is-removed-unseen",
        |before, after| {
            !tells_events(before)
                || replicas(before).all(|(id, was)| {
                    after.replica(id).is_none_or(|now| removes_knowingly(was, now))
                })
        }
    );

    /// There is one order of all elements of a text, and every replica follows it.
    pub const ELEMENTS_STAND_IN_ONE_ORDER = invariant("elements-stand-in-one-order", |view| {
        keys(view).all(|key| follow_one_order(view, key))
    });

    /// An insertion stands where its client asked for, in what the replica showed that took it.
    pub const INSERTIONS_STAND_WHERE_ASKED = transition(
        "insertions-stand-where-asked",
        |before, after| {
            replicas(before).all(|(id, was)| {
                after.replica(id).is_none_or(|now| inserts_as_asked(after, was, now))
            })
        }
    );

    /// What was typed forwards, each element after the last, stays together.
    pub const NO_INTERLEAVING_FORWARDS = invariant("no-interleaving-forwards", |view| {
        texts(view).all(runs_forwards)
    });

    /// What was typed backwards stays together, as far as what was typed forwards lets it.
    pub const NO_INTERLEAVING_BACKWARDS = invariant("no-interleaving-backwards", |view| {
        texts(view).all(runs_backwards)
    });

    /// In the end all running replicas hold the same.
    pub const REPLICAS_AGREE_IN_THE_END = eventually("replicas-agree-in-the-end", has_converged);
}
