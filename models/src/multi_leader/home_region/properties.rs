//! What must stay true of regions, whatever clients see, and what must come true in the end.

use super::HomeRegion;
use super::judging::{has_converged, hold_the_same, homes, number, record, regions, remembered};
use crate::cluster::{Property, common_properties, properties};
use crate::multi_leader::judging::{acknowledged_total, asked_at_most, keys, only_counts, pairs};

common_properties! { for HomeRegion; EVERY_REQUEST_IS_ANSWERED }

properties! { for HomeRegion;

    /// No two regions take updates of the same key at the same time.
    pub const ONE_HOME_AT_A_TIME = invariant("one-home-at-a-time", |view| {
        keys(view).all(|key| homes(view, key).len() <= 1)
    });

    /// No two regions take updates of the same key in the same epoch.
    pub const ONE_HOME_PER_EPOCH = invariant("one-home-per-epoch", |view| {
        keys(view).all(|key| {
            let homes = homes(view, key);
            homes.iter().all(|(id, record)| {
                homes.iter().all(|(other, rival)| id == other || record.epoch != rival.epoch)
            })
        })
    });

    /// Nobody holds a version of a key that is later than all that its home holds.
    pub const HOMES_HAVE_THE_LATEST = invariant("homes-have-the-latest", |view| {
        keys(view).all(|key| {
            homes(view, key).iter().all(|(_, home)| {
                regions(view).all(|(_, replica)| {
                    let copy = record(view, replica, key);
                    copy.latest().map(|(stamp, _)| *stamp) <= home.latest().map(|(stamp, _)| *stamp)
                })
            })
        })
    });

    /// The latest home of a counter holds all that was added and acknowledged.
    pub const HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED = invariant(
        "homes-count-what-was-acknowledged",
        |view| {
            keys(view).filter(|key| only_counts(view, key)).all(|key| {
                let homes = homes(view, key);
                let latest = homes.iter().max_by_key(|(id, record)| (record.epoch, *id));
                latest.is_none_or(|(_, record)| number(record) >= acknowledged_total(view, key))
            })
        }
    );

    /// No counter shows more than clients have asked for.
    pub const COUNTERS_SHOW_NO_MORE_THAN_ASKED = invariant(
        "counters-show-no-more-than-asked",
        |view| {
            regions(view).all(|(_, replica)| {
                keys(view).filter(|key| only_counts(view, key)).all(|key| {
                    number(&record(view, replica, key)) <= asked_at_most(view, key)
                })
            })
        }
    );

    /// Replicas that have applied the same updates hold the same.
    pub const EQUAL_UPDATES_MEAN_EQUAL_STORES = invariant(
        "equal-updates-mean-equal-stores",
        |view| {
            pairs(view).all(|(left, right)| {
                left.durable.applied != right.durable.applied || hold_the_same(left, right)
            })
        }
    );

    /// Up to the moment that a region shows to readers, it has applied whatever anybody has made.
    pub const SNAPSHOTS_ARE_COMPLETE = invariant("snapshots-are-complete", |view| {
        regions(view).all(|(id, replica)| {
            let stable = replica.durable.stable(view.protocol(), id);
            regions(view).all(|(maker, other)| {
                other.durable.entries.iter().all(|(number, entry)| {
                    entry.time > stable || *number <= replica.durable.applied(maker)
                })
            })
        })
    });

    /// When only faults could change anything, all running replicas hold the same.
    pub const QUIET_MEANS_AGREED = invariant("quiet-means-agreed", |view| {
        has_converged(view) || !view.is_quiescent()
    });

    /// What a replica has applied, its disk already holds.
    pub const DISKS_HOLD_WHAT_IS_APPLIED = invariant("disks-hold-what-is-applied", |view| {
        regions(view).all(|(id, replica)| {
            view.disk(id).synced.as_deref().is_some_and(|kept| *kept == replica.durable)
        })
    });

    /// The parts of a replica fit together.
    pub const PARTS_FIT_TOGETHER = invariant("parts-fit-together", |view| {
        regions(view).all(|(id, replica)| {
            let durable = &replica.durable;
            durable.entries.iter().all(|(number, entry)| {
                *number == entry.number
                    && *number <= durable.applied(id)
                    && entry.time <= durable.time
            }) && durable.records.iter().all(|(_, record)| {
                record.versions.keys().all(|stamp| {
                    stamp.time <= durable.time && stamp.epoch <= record.epoch
                })
            })
        })
    });

    /// What a replica has applied it keeps, also through a crash.
    pub const NOTHING_APPLIED_IS_FORGOTTEN = transition(
        "nothing-applied-is-forgotten",
        |before, after| {
            before.ids().all(|id| match (remembered(before, id), remembered(after, id)) {
                (Some(before), Some(after)) => {
                    before.applied.iter().all(|(maker, count)| *count <= after.applied(*maker))
                        && before.records.iter().all(|(key, record)| {
                            after.records.get(key).is_some_and(|later| record.epoch <= later.epoch)
                        })
                }
                (Some(before), None) => before.applied.is_empty(),
                (None, _) => true,
            })
        }
    );

    /// In the end all running replicas hold the same.
    pub const REPLICAS_AGREE_IN_THE_END = eventually("replicas-agree-in-the-end", has_converged);
}
