//! Messages that a replica will never act on, whatever happens to it later.

use super::{Deletion, Leaderless, Message, Pending, Register, Replica, Safeguard, Stage, Tag};
use crate::vocabulary::{Key, ReplicaId, Version};

/// See [`crate::protocol::Protocol::is_obsolete`].
pub(super) fn is_obsolete(
    policy: &Leaderless,
    message: &Message,
    from: ReplicaId,
    receiver: &Replica,
) -> bool {
    match message {
        Message::Answer { tag, .. } => is_past(policy, *tag, receiver, |stage| match stage {
            Stage::Asking { answers } => answers.contains_key(&from),
            Stage::Storing { .. }
            | Stage::Preparing { .. }
            | Stage::Accepting { .. }
            | Stage::Gathering { .. }
            | Stage::Settling { .. } => true,
        }),
        // Whoever reaps goes on counting who has stored a tombstone.
        Message::Stored { tag, .. } => {
            policy.deletion != Deletion::ReapedEverywhere
                && is_past(policy, *tag, receiver, |stage| match stage {
                    Stage::Storing { holders, .. } => holders.contains(from),
                    Stage::Asking { .. }
                    | Stage::Preparing { .. }
                    | Stage::Accepting { .. }
                    | Stage::Gathering { .. }
                    | Stage::Settling { .. } => false,
                })
        }
        Message::Kept { tag, owner, .. } => is_past(policy, *tag, receiver, |stage| match stage {
            Stage::Storing { hinted, .. } => hinted.contains(*owner),
            Stage::Asking { .. }
            | Stage::Preparing { .. }
            | Stage::Accepting { .. }
            | Stage::Gathering { .. }
            | Stage::Settling { .. } => false,
        }),
        Message::Promise { tag, ballot, .. } => {
            is_past(policy, *tag, receiver, |stage| has_promised(stage, from, *ballot))
        }
        Message::Accepted { tag, .. } => is_past(policy, *tag, receiver, |stage| match stage {
            Stage::Accepting { accepted, .. } => accepted.contains(from),
            Stage::Asking { .. }
            | Stage::Storing { .. }
            | Stage::Preparing { .. }
            | Stage::Gathering { .. }
            | Stage::Settling { .. } => false,
        }),
        Message::Gathered { tag, after, .. } => {
            is_past(policy, *tag, receiver, |stage| has_gathered(stage, from, after))
        }
        Message::Settled { tag, last } => {
            is_past(policy, *tag, receiver, |stage| has_settled(stage, from, last))
        }
        Message::Outdated { homes } => !receiver.durable.is_news(policy, *homes),
        Message::Preempted { tag, .. } => is_past(policy, *tag, receiver, |_| false),
        Message::Repair { key, register } => is_known(policy, key, register, receiver),
        Message::Ask { .. }
        | Message::Store { .. }
        | Message::Keep { .. }
        | Message::HandOver { .. }
        | Message::HandedOver { .. }
        | Message::Reap { .. }
        | Message::Compare { .. }
        | Message::Summary { .. }
        | Message::Fetch { .. }
        | Message::Prepare { .. }
        | Message::Propose { .. }
        | Message::Gather { .. }
        | Message::Settle { .. } => false,
    }
}

/// Whether nobody will ever wait for an answer to `tag`: its request is answered or was asked before a
/// restart, or `is_counted` says that this answer has been counted.
fn is_past(
    policy: &Leaderless,
    tag: Tag,
    receiver: &Replica,
    is_counted: impl Fn(&Stage) -> bool,
) -> bool {
    let incarnation = receiver.durable.incarnation;
    if tag.incarnation != incarnation {
        return tag.incarnation < incarnation;
    }
    if tag.homes.changes < receiver.durable.homes.changes {
        return true;
    }
    match receiver.pending.get(&tag.author) {
        Some(Pending { stage, .. }) => is_counted(stage),
        None => {
            let answered = receiver.answered.get(&tag.author.client);
            policy.has(Safeguard::DuplicatesRecognised)
                && answered.is_some_and(|reply| reply.request >= tag.author.request)
        }
    }
}

/// Whether a promise of `ballot` is counted, or no longer needed.
fn has_promised(stage: &Stage, from: ReplicaId, ballot: Version) -> bool {
    match stage {
        Stage::Preparing { promises, ballot: own } => {
            *own == ballot && promises.contains_key(&from)
        }
        Stage::Accepting { .. } => true,
        Stage::Asking { .. }
        | Stage::Storing { .. }
        | Stage::Gathering { .. }
        | Stage::Settling { .. } => false,
    }
}

/// Whether what somebody holds after `after` is counted, or no longer needed.
fn has_gathered(stage: &Stage, from: ReplicaId, after: &Option<Key>) -> bool {
    match stage {
        Stage::Gathering { after: own, pieces } => own == after && pieces.contains_key(&from),
        Stage::Settling { piece, .. } => piece.last.is_none(),
        Stage::Asking { .. }
        | Stage::Storing { .. }
        | Stage::Preparing { .. }
        | Stage::Accepting { .. } => false,
    }
}

/// Whether it is counted that somebody holds all up to `last`.
fn has_settled(stage: &Stage, from: ReplicaId, last: &Option<Key>) -> bool {
    match stage {
        Stage::Settling { piece, holders } => piece.last == *last && holders.contains(from),
        Stage::Asking { .. }
        | Stage::Storing { .. }
        | Stage::Preparing { .. }
        | Stage::Accepting { .. }
        | Stage::Gathering { .. } => false,
    }
}

/// Whether a replica holds `register` or something newer, and will not forget it.
fn is_known(policy: &Leaderless, key: &Key, register: &Register, receiver: &Replica) -> bool {
    let keeps =
        policy.deletion == Deletion::Tombstone && policy.has(Safeguard::OlderContentsIgnored);
    let held = receiver.durable.registers.get(key);
    keeps && held.is_some_and(|held| policy.merge(held, register) == *held)
}
