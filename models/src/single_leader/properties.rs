//! What must stay true of replicas, whatever clients see, and what must come true in the end.

use super::judging::{
    agree_up_to, appointed, authorities, epoch_of, has_converged, holds, is_on_disk,
    is_well_formed, is_written, leaders, logs_match, pairs, promised_disks, registry, replica_of,
    replicas, requests_are_unique, shows_a_prefix,
};
use super::{Participant, Registry, Remembered, Role, SingleLeader};
use crate::cluster::{Property, common_properties, properties};
use crate::consistency::{no_dirty_read, no_lost_acknowledged_write};
use crate::vocabulary::LogPosition;

common_properties! { for SingleLeader; EVERY_REQUEST_IS_ANSWERED }

properties! { for SingleLeader;

    /// An update that its client was told is done is in the log of whoever leads the latest epoch.
    pub const NO_ACKNOWLEDGED_UPDATE_IS_LOST = invariant("no-acknowledged-update-is-lost", |view| {
        authorities(view)
            .all(|leader| no_lost_acknowledged_write(view.history(), |id| holds(leader, id)))
    });

    /// A value that was read is in the log of whoever leads the latest epoch.
    pub const NO_READ_IS_UNDONE = invariant("no-read-is-undone", |view| {
        authorities(view).all(|leader| no_dirty_read(view.history(), |id| holds(leader, id)))
    });

    /// No two replicas lead the same epoch.
    pub const ONE_LEADER_PER_EPOCH = invariant("one-leader-per-epoch", |view| {
        leaders(view).all(|(id, replica, _)| {
            leaders(view).all(|(other, rival, _)| {
                other <= id || rival.durable.epoch != replica.durable.epoch
            })
        })
    });

    /// Two logs that hold an entry of the same epoch at the same position are equal up to there.
    pub const LOGS_MATCH = invariant("logs-match", |view| {
        pairs(view).all(|(left, right)| logs_match(left, right))
    });

    /// What two replicas know to be acknowledged, they hold in the same order.
    pub const ACKNOWLEDGED_LOGS_AGREE = invariant("acknowledged-logs-agree", |view| {
        pairs(view).all(|(left, right)| {
            agree_up_to(left, right, left.commit_position.min(right.commit_position))
        })
    });

    /// A leader's log holds everything that was acknowledged under earlier leaders.
    pub const LEADERS_ARE_COMPLETE = invariant("leaders-are-complete", |view| {
        leaders(view).all(|(_, leader, _)| {
            replicas(view).all(|(_, replica)| {
                replica.durable.epoch > leader.durable.epoch
                    || agree_up_to(replica, leader, replica.commit_position)
            })
        })
    });

    /// What readers can see at any replica is a prefix of the log of whoever leads the latest epoch.
    pub const READERS_SEE_A_PREFIX = invariant("readers-see-a-prefix", |view| {
        authorities(view).all(|leader| {
            replicas(view).all(|(_, replica)| shows_a_prefix(replica, leader))
        })
    });

    /// No log holds one request twice.
    pub const REQUESTS_ARE_APPENDED_ONCE = invariant("requests-are-appended-once", |view| {
        replicas(view).all(|(_, replica)| requests_are_unique(replica))
    });

    /// Positions, stores and members of a replica follow from its log.
    pub const REPLICAS_ARE_WELL_FORMED = invariant("replicas-are-well-formed", |view| {
        replicas(view).all(|(id, replica)| is_well_formed(id, replica))
    });

    /// What a replica knows of epochs, votes, entries or the registry, its disk already holds.
    pub const DISKS_HOLD_WHAT_WAS_SAID = invariant("disks-hold-what-was-said", |view| {
        view.running().all(|(id, participant)| {
            match (participant, view.disk(id).synced.as_deref()) {
                (Participant::Replica(replica), Some(Remembered::Replica(kept))) => {
                    *kept == replica.durable
                }
                (Participant::Controller(controller), Some(Remembered::Controller(kept))) => {
                    *kept == controller.registry
                }
                (Participant::Replica(_), Some(Remembered::Controller(_)) | None)
                | (Participant::Controller(_), Some(Remembered::Replica(_)) | None) => false,
            }
        })
    });

    /// An acknowledged update is on as many disks as the acknowledgement rule promises.
    pub const ACKNOWLEDGED_UPDATES_ARE_ON_DISK = invariant(
        "acknowledged-updates-are-on-disk",
        |view| {
            view.history().acknowledged_updates().all(|(id, _)| {
                let holders = view.ids().filter(|replica| is_on_disk(view, *replica, id));
                holders.count() >= promised_disks(view.protocol())
            })
        }
    );

    /// An acknowledged update is on somebody's disk.
    pub const SOMEBODY_HOLDS_EVERY_ACKNOWLEDGED_UPDATE = invariant(
        "somebody-holds-every-acknowledged-update",
        |view| {
            view.history()
                .acknowledged_updates()
                .all(|(id, _)| view.ids().any(|replica| is_written(view, replica, id)))
        }
    );

    /// A follower of the leader's epoch holds what the leader believes that it holds.
    pub const FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE = invariant(
        "followers-hold-what-leaders-believe",
        |view| {
            leaders(view).all(|(_, replica, leader)| {
                leader.followers.iter().all(|(id, progress)| {
                    let follower = replica_of(view, *id)
                        .filter(|follower| follower.durable.epoch == replica.durable.epoch);
                    follower.is_none_or(|follower| {
                        let compacted = follower.durable.log.base().position;
                        let comparable = compacted <= replica.durable.log.last_position();
                        progress.matched == LogPosition::ZERO
                            || comparable && agree_up_to(replica, follower, progress.matched)
                    })
                })
            })
        }
    );

    /// Whoever the registry counts as in sync, the leader it appointed waits for.
    pub const LEADERS_WAIT_FOR_THE_REGISTERED = invariant(
        "leaders-wait-for-the-registered",
        |view| {
            registry(view).is_none_or(|registry| {
                leaders(view)
                    .filter(|(_, replica, _)| replica.durable.epoch == registry.epoch)
                    .all(|(_, _, leader)| registry.in_sync.is_subset(leader.in_sync))
            })
        }
    );

    /// Whoever runs and may be appointed holds every acknowledged update.
    pub const WHOEVER_MAY_LEAD_IS_COMPLETE = invariant("whoever-may-lead-is-complete", |view| {
        registry(view).is_none_or(|registry| {
            let may_lead = registry.in_sync.union(registry.eligible);
            replicas(view)
                .filter(|(id, replica)| {
                    let known = registry.incarnation(*id);
                    may_lead.contains(*id) && known == replica.durable.incarnation
                })
                .all(|(_, replica)| {
                    no_lost_acknowledged_write(view.history(), |id| holds(replica, id))
                })
        })
    });

    /// When only faults could change anything, and somebody leads, all running members hold the same.
    pub const QUIET_MEANS_CONVERGED = invariant("quiet-means-converged", |view| {
        has_converged(view) || authorities(view).next().is_none() || !view.is_quiescent()
    });

    /// When only faults could change anything, whoever the registry says leads, if it runs.
    pub const QUIET_MEANS_APPOINTED = invariant("quiet-means-appointed", |view| {
        appointed(view).is_none_or(|(registry, replica)| {
            let leads = matches!(replica.role, Role::Leader(_));
            leads && replica.durable.epoch == registry.epoch || !view.is_quiescent()
        })
    });

    /// When only faults could change anything, the registry knows of every restart.
    pub const QUIET_MEANS_REGISTERED = invariant("quiet-means-registered", |view| {
        registry(view).is_none_or(|registry| {
            replicas(view).all(|(id, replica)| {
                registry.incarnation(id) == replica.durable.incarnation
            }) || !view.is_quiescent()
        })
    });

    /// In the end all running members hold and show the same, unless nobody leads the latest epoch.
    pub const CONVERGES = eventually("converges", |view| {
        has_converged(view) || authorities(view).next().is_none()
    });

    /// That every client is answered, and all running members hold and show the same, stays within reach.
    pub const CAN_ALWAYS_RECOVER = recoverable("can-always-recover", |view| {
        view.clients_are_done() && has_converged(view)
    });

    /// A version of the registry differs from the one before it in more than its number.
    pub const VERSIONS_DIFFER = transition("versions-differ", |before, after| {
        match (registry(before), registry(after)) {
            (Some(was), Some(is)) => {
                was.version == is.version || *is != Registry { version: is.version, ..was.clone() }
            }
            (Some(_), None) | (None, Some(_) | None) => true,
        }
    });

    /// No replica goes back to an older epoch, not even through a crash.
    pub const EPOCHS_NEVER_DECREASE = transition("epochs-never-decrease", |before, after| {
        before.ids().all(|id| epoch_of(before, id) <= epoch_of(after, id))
    });

    /// While it runs, a replica takes back nothing that it knew to be acknowledged.
    pub const ACKNOWLEDGED_POSITIONS_NEVER_DECREASE = transition(
        "acknowledged-positions-never-decrease",
        |before, after| {
            before.ids().all(|id| match (replica_of(before, id), replica_of(after, id)) {
                (Some(was), Some(is)) => {
                    was.commit_position <= is.commit_position
                        && agree_up_to(was, is, was.commit_position)
                }
                (Some(_), None) | (None, Some(_) | None) => true,
            })
        }
    );
}
