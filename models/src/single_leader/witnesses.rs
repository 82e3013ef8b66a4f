//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::judging::{has_converged, leaders, registry, replicas};
use super::{FIRST_EPOCH, FIRST_LEADER, Role, SingleLeader};
use crate::cluster::{Property, common_properties, properties};
use crate::vocabulary::LogPosition;

common_properties! { for SingleLeader;
    AN_UPDATE_IS_ACKNOWLEDGED EVERY_UPDATE_IS_ACKNOWLEDGED AN_UPDATE_IS_INDETERMINATE
    A_READ_FINDS_A_VALUE A_READ_IS_ANSWERED A_READ_IS_REFUSED EVERY_CLIENT_IS_DONE
}

properties! { for SingleLeader;

    /// A later leader's first entry is acknowledged.
    pub const A_LATER_LEADER_ACKNOWLEDGES = witness("a-later-leader-acknowledges", |view| {
        leaders(view).any(|(_, replica, leader)| {
            replica.durable.epoch > FIRST_EPOCH && replica.commit_position >= leader.epoch_start
        })
    });

    /// Another replica than the first takes over.
    pub const ANOTHER_REPLICA_LEADS = witness("another-replica-leads", |view| {
        leaders(view).any(|(id, _, _)| id != FIRST_LEADER)
    });

    /// A replica asks to lead.
    pub const A_REPLICA_STANDS = witness("a-replica-stands", |view| {
        replicas(view).any(|(_, replica)| matches!(replica.role, Role::Candidate(_)))
    });

    /// Every replica knows that the members have changed.
    pub const EVERYBODY_KNOWS_THE_CHANGE = witness("everybody-knows-the-change", |view| {
        replicas(view).all(|(_, replica)| replica.members != view.protocol().members)
    });

    /// Two replicas believe at the same time that they lead.
    pub const TWO_REPLICAS_LEAD_AT_ONCE = witness("two-replicas-lead-at-once", |view| leaders(view).count() >= 2);

    /// The first leader follows a later one.
    pub const A_DEPOSED_LEADER_FOLLOWS = witness("a-deposed-leader-follows", |view| {
        replicas(view).any(|(id, replica)| {
            id == FIRST_LEADER
                && matches!(replica.role, Role::Follower)
                && replica.leader.is_some_and(|leader| leader != id)
                && replica.durable.log.last_mark().epoch > FIRST_EPOCH
        })
    });

    /// A follower's log starts after a snapshot.
    pub const A_FOLLOWER_HAS_A_SNAPSHOT = witness("a-follower-has-a-snapshot", |view| {
        replicas(view).any(|(_, replica)| {
            matches!(replica.role, Role::Follower)
                && replica.durable.log.base().position > LogPosition::ZERO
        })
    });

    /// A leader no longer waits for one of the members.
    pub const A_FOLLOWER_IS_EVICTED = witness("a-follower-is-evicted", |view| {
        leaders(view).any(|(_, replica, leader)| !replica.members.is_subset(leader.in_sync))
    });

    /// A change of members is acknowledged.
    pub const MEMBERS_CHANGE = witness("members-change", |view| {
        view.history().acknowledged_updates().any(|(_, record)| record.operation.key().is_none())
    });

    /// Every client is done, only faults could change anything, and all members hold the same.
    pub const ALL_IS_QUIET = witness("all-is-quiet", |view| view.clients_are_done() && has_converged(view) && view.is_quiescent());

    /// A leader has appended a client's update, and the client waits.
    pub const AN_UPDATE_IS_APPENDED = witness("an-update-is-appended", |view| leaders(view).any(|(_, _, leader)| !leader.pending.is_empty()));

    /// A leader has received a read, and the client waits.
    pub const A_READ_WAITS = witness("a-read-waits", |view| {
        leaders(view).any(|(_, _, leader)| !leader.reads.is_empty())
    });

    /// A replica may be appointed that is not in sync.
    pub const A_FOLLOWER_IS_ELIGIBLE = witness("a-follower-is-eligible", |view| {
        registry(view).is_some_and(|registry| !registry.eligible.is_empty())
    });
}
