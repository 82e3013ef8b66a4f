//! Messages that a replica will never act on, whatever happens to it later.

use super::{
    AckTimeout, Election, Eviction, Message, Participant, Persistence, Replica, Role, Safeguard,
    SingleLeader,
};
use crate::vocabulary::{Epoch, ReplicaId};

/// See [`crate::protocol::Protocol::is_obsolete`].
pub(super) fn is_obsolete(
    policy: &SingleLeader,
    message: &Message,
    from: ReplicaId,
    receiver: &Participant,
) -> bool {
    // Only a replica that never goes back to an older epoch can be sure never to act on one.
    let epochs_only_grow =
        policy.persistence == Persistence::BeforeAck && policy.has(Safeguard::StaleEpochsRejected);
    match receiver {
        Participant::Replica(replica) if epochs_only_grow => {
            message.epoch().is_some_and(|epoch| is_past(policy, message, epoch, from, replica))
        }
        Participant::Replica(_) | Participant::Controller(_) => false,
    }
}

fn is_past(
    policy: &SingleLeader,
    message: &Message,
    epoch: Epoch,
    from: ReplicaId,
    replica: &Replica,
) -> bool {
    if epoch != replica.durable.epoch {
        return epoch < replica.durable.epoch;
    }
    // Once this epoch's leader or follower, a replica is no candidate of it again; and where votes
    // elect, a leader that restarts does not lead its epoch again.
    let leads_once = matches!(policy.election, Election::Majority | Election::Fenced);
    // Where an acknowledgement is good for nothing but moving the acknowledged position.
    let acks_only_count =
        policy.eviction == Eviction::Never && policy.ack_timeout != AckTimeout::Degrade;
    match (message, &replica.role) {
        (Message::Vote { .. }, Role::Follower | Role::Leader(_)) => true,
        (Message::Vote { granted: true, .. }, Role::Candidate(candidate)) => {
            candidate.granted.contains(from)
        }
        (Message::Appended { position, incarnation, .. }, Role::Leader(leader)) => {
            let tells_nothing = leader
                .followers
                .get(&from)
                .is_some_and(|of| *position <= of.matched && *incarnation <= of.incarnation);
            leads_once && acks_only_count && tells_nothing
        }
        (Message::Confirmed { round, asked_at, .. }, Role::Leader(leader)) => {
            let progress = leader.followers.get(&from);
            leads_once && progress.is_some_and(|of| *round <= of.round && *asked_at <= of.asked_at)
        }
        (
            Message::Appended { .. } | Message::Confirmed { .. } | Message::NotAppended { .. },
            Role::Follower | Role::Candidate(_),
        ) => leads_once,
        (Message::RequestVote { .. }, Role::Follower | Role::Candidate(_) | Role::Leader(_)) => {
            policy.election == Election::Majority
                && policy.has(Safeguard::OneVoteAnEpoch)
                && replica.durable.vote.is_some_and(|vote| vote != from)
        }
        (
            Message::Append { .. }
            | Message::NotAppended { .. }
            | Message::Snapshot { .. }
            | Message::Vote { .. }
            | Message::Confirm { .. }
            | Message::Propose { .. }
            | Message::Register { .. }
            | Message::Announce(_),
            Role::Follower | Role::Candidate(_) | Role::Leader(_),
        ) => false,
    }
}

impl Message {
    /// The epoch that a message between replicas belongs to.
    const fn epoch(&self) -> Option<Epoch> {
        match self {
            Self::Append { epoch, .. }
            | Self::Appended { epoch, .. }
            | Self::NotAppended { epoch, .. }
            | Self::Snapshot { epoch, .. }
            | Self::RequestVote { epoch, .. }
            | Self::Vote { epoch, .. }
            | Self::Confirm { epoch, .. }
            | Self::Confirmed { epoch, .. } => Some(*epoch),
            Self::Propose { .. } | Self::Register { .. } | Self::Announce(_) => None,
        }
    }
}
