//! What replicas know, remember and say, under other names.

use super::{
    Candidate, Controller, Durable, Leader, Message, Participant, PendingRead, PendingUpdate,
    Progress, Registry, RegistryView, Remembered, Replica, Role, SingleLeader, Timer,
};
use crate::renaming::{Rename, Renaming};

impl Rename for SingleLeader {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self {
            replicas,
            members,
            ack,
            ack_means,
            ack_timeout,
            visibility,
            read,
            election,
            eviction,
            truncation,
            persistence,
            lag_limit,
            batch,
            compact_after,
            compact_keeping,
            safeguards,
        } = *self;
        Self {
            replicas,
            members: members.renamed(by),
            ack,
            ack_means,
            ack_timeout,
            visibility,
            read,
            election,
            eviction,
            truncation,
            persistence,
            lag_limit,
            batch,
            compact_after,
            compact_keeping,
            safeguards,
        }
    }
}

impl Rename for Participant {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Replica(replica) => Self::Replica(replica.renamed(by)),
            Self::Controller(Controller { registry }) => {
                Self::Controller(Controller { registry: registry.renamed(by) })
            }
        }
    }
}

impl Rename for Remembered {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Replica(durable) => Self::Replica(durable.renamed(by)),
            Self::Controller(registry) => Self::Controller(registry.renamed(by)),
        }
    }
}

impl Rename for Durable {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { epoch, vote, snapshot, log, checkpoint, incarnation } = self;
        Self {
            epoch: *epoch,
            vote: vote.renamed(by),
            snapshot: snapshot.renamed(by),
            log: log.renamed(by),
            checkpoint: *checkpoint,
            incarnation: *incarnation,
        }
    }
}

impl Rename for Replica {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self {
            durable,
            members,
            commit_position,
            exposed,
            compacts_to,
            leader,
            promised_at,
            role,
        } = self;
        Self {
            durable: durable.renamed(by),
            members: members.renamed(by),
            commit_position: *commit_position,
            exposed: exposed.renamed(by),
            compacts_to: compacts_to.renamed(by),
            leader: leader.renamed(by),
            promised_at: *promised_at,
            role: role.renamed(by),
        }
    }
}

impl Rename for Role {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Follower => Self::Follower,
            Self::Candidate(Candidate { electorate, granted }) => Self::Candidate(Candidate {
                electorate: electorate.renamed(by),
                granted: granted.renamed(by),
            }),
            Self::Leader(leader) => Self::Leader(leader.renamed(by)),
        }
    }
}

impl Rename for Leader {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self {
            epoch_start,
            tip,
            followers,
            in_sync,
            pending,
            degraded,
            reads,
            served,
            round,
            registry,
        } = self;
        Self {
            epoch_start: *epoch_start,
            tip: tip.renamed(by),
            followers: followers.renamed(by),
            in_sync: in_sync.renamed(by),
            pending: pending.renamed(by),
            degraded: *degraded,
            reads: reads.renamed(by),
            served: served.renamed(by),
            round: *round,
            registry: registry.renamed(by),
        }
    }
}

impl Rename for RegistryView {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { version, in_sync, proposed } = self;
        Self { version: *version, in_sync: in_sync.renamed(by), proposed: proposed.renamed(by) }
    }
}

impl Rename for Progress {
    fn renamed(&self, _: &Renaming) -> Self {
        let Self { matched, next, incarnation, round, asked_at } = *self;
        Self { matched, next, incarnation, round, asked_at }
    }
}

impl Rename for PendingUpdate {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { position, client, request } = *self;
        Self { position, client: client.renamed(by), request }
    }
}

impl Rename for PendingRead {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { client, request, key, round } = self;
        Self { client: client.renamed(by), request: *request, key: key.clone(), round: *round }
    }
}

impl Rename for Registry {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { epoch, version, leader, in_sync, eligible, incarnations } = self;
        let incarnations = incarnations.iter().map(|(id, count)| (id.renamed(by), *count));
        Self {
            epoch: *epoch,
            version: *version,
            leader: leader.renamed(by),
            in_sync: in_sync.renamed(by),
            eligible: eligible.renamed(by),
            incarnations: incarnations.collect(),
        }
    }
}

impl Rename for Timer {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Heartbeat => Self::Heartbeat,
            Self::Suspect => Self::Suspect,
            Self::Decide => Self::Decide,
            Self::AckTimeout => Self::AckTimeout,
            Self::Evict(replica) => Self::Evict(replica.renamed(by)),
            Self::Appoint(replica) => Self::Appoint(replica.renamed(by)),
        }
    }
}

impl Rename for Message {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Append { epoch, previous, entries, commit } => Self::Append {
                epoch: *epoch,
                previous: *previous,
                entries: entries.renamed(by),
                commit: *commit,
            },
            Self::Snapshot { epoch, snapshot, entries, commit } => Self::Snapshot {
                epoch: *epoch,
                snapshot: snapshot.renamed(by),
                entries: entries.renamed(by),
                commit: *commit,
            },
            Self::Propose { version, in_sync } => {
                Self::Propose { version: *version, in_sync: in_sync.renamed(by) }
            }
            Self::Announce(registry) => Self::Announce(registry.renamed(by)),
            // Nobody is named.
            Self::Appended { epoch: _, position: _, incarnation: _ }
            | Self::NotAppended { epoch: _, resume: _, incarnation: _ }
            | Self::RequestVote { epoch: _, last: _ }
            | Self::Vote { epoch: _, granted: _ }
            | Self::Confirm { epoch: _, round: _, asked_at: _ }
            | Self::Confirmed { epoch: _, round: _, asked_at: _ }
            | Self::Register { incarnation: _, unclean: _ } => self.clone(),
        }
    }
}
