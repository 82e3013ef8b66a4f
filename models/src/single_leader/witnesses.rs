//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::judging::{has_converged, leaders, registry, replicas};
use super::{FIRST_EPOCH, FIRST_LEADER, Role, SingleLeader};
use crate::cluster::{Property, properties};
use crate::vocabulary::{LogPosition, Outcome};

properties! { for SingleLeader;

    /// A client is told that its update is done.
    pub const AN_UPDATE_IS_ACKNOWLEDGED = witness("an-update-is-acknowledged", |view| {
        view.history().acknowledged_updates().next().is_some()
    });

    /// Every client is told that each of its updates is done.
    pub const EVERY_UPDATE_IS_ACKNOWLEDGED = witness("every-update-is-acknowledged", |view| {
        view.clients_are_done()
            && view
                .history()
                .operations()
                .all(|(_, record)| !record.operation.is_update() || record.is_acknowledged())
    });

    /// A later leader's first entry is acknowledged.
    pub const A_LATER_LEADER_ACKNOWLEDGES = witness("a-later-leader-acknowledges", |view| {
        leaders(view).any(|(_, replica, leader)| {
            replica.durable.epoch > FIRST_EPOCH && replica.commit_position >= leader.epoch_start
        })
    });

    /// A read finds a value.
    pub const A_READ_FINDS_A_VALUE = witness("a-read-finds-a-value", |view| {
        view.history()
            .operations()
            .any(|(_, record)| matches!(record.outcome(), Some(Outcome::Found(Some(_)))))
    });

    /// A read is answered.
    pub const A_READ_IS_ANSWERED = witness("a-read-is-answered", |view| {
        view.history()
            .operations()
            .any(|(_, record)| matches!(record.outcome(), Some(Outcome::Found(_))))
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

    /// Every client has been answered.
    pub const EVERY_CLIENT_IS_DONE = witness("every-client-is-done", |view| {
        view.clients_are_done()
    });

    /// A client goes on without knowing what came of its update.
    pub const AN_UPDATE_IS_INDETERMINATE = witness("an-update-is-indeterminate", |view| {
        view.clients_are_done()
            && view
                .history()
                .operations()
                .any(|(_, record)| record.operation.is_update() && record.returned.is_none())
    });

    /// A leader has appended a client's update, and the client waits.
    pub const AN_UPDATE_IS_APPENDED = witness("an-update-is-appended", |view| leaders(view).any(|(_, _, leader)| !leader.pending.is_empty()));

    /// A leader has received a read, and the client waits.
    pub const A_READ_WAITS = witness("a-read-waits", |view| {
        leaders(view).any(|(_, _, leader)| !leader.reads.is_empty())
    });

    /// A replica refuses a read.
    pub const A_READ_IS_REFUSED = witness("a-read-is-refused", |view| {
        view.history()
            .operations()
            .any(|(_, record)| !record.operation.is_update() && record.is_refused())
    });

    /// A replica may be appointed that is not in sync.
    pub const A_FOLLOWER_IS_ELIGIBLE = witness("a-follower-is-eligible", |view| {
        registry(view).is_some_and(|registry| !registry.eligible.is_empty())
    });
}
