//! What a node has to know of a protocol that the machine itself need not.

use holdfast_models::protocol::Protocol;
use holdfast_models::single_leader::{Message, Participant, Replica, Role, SingleLeader, Timer};
use holdfast_models::vocabulary::{
    Command, Epoch, LogEntry, LogPosition, Operation, ReplicaId, ReplicaSet, StateMachine,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::{Patience, Timers};
use crate::disk::Journal;

/// A protocol that a node can run.
pub trait Hosted:
    Protocol<
        Durable: Journal,
        Message: Serialize + DeserializeOwned,
        Timer: Serialize + DeserializeOwned,
    >
{
    /// How long `timer` runs.
    fn patience(&self, timer: Self::Timer, timers: &Timers) -> Patience;

    /// Whether a message carries so much that one at a time is enough, and the next can be spared.
    fn is_bulky(message: &Self::Message) -> bool;

    /// Lets `earlier` say what `later` says too, which is to be sent to the same replica right after
    /// it, if the protocol knows how and the two take no more than `room` bytes. Gives back what has
    /// to be sent by itself.
    fn coalesce(
        &self,
        _earlier: &mut Self::Message,
        later: Self::Message,
        _room: usize,
    ) -> Option<Self::Message> {
        Some(later)
    }

    /// Whether a replica of this cluster could have said that. What a machine would take for its own
    /// contradiction must not come from outside.
    fn is_plausible(&self, message: &Self::Message) -> bool;

    /// What a replica says of itself.
    fn observe(&self, replica: &Self::Replica) -> Observation;

    /// The store as its readers see it.
    fn store(replica: &Self::Replica) -> StateMachine;
}

/// What a replica says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What it is doing.
    pub role: &'static str,
    /// Whom it believes to lead.
    pub leader: Option<ReplicaId>,
    /// The epoch it takes part in.
    pub epoch: Epoch,
    /// Where its log ends.
    pub last: LogPosition,
    /// Up to where it knows the log to be acknowledged.
    pub committed: LogPosition,
    /// Up to where its readers see.
    pub applied: LogPosition,
    /// How far each follower has acknowledged the log, where it leads.
    pub matched: Vec<(ReplicaId, LogPosition)>,
}

/// No log becomes that long: at a billion entries a second it would take thirty years.
const LONGEST_LOG: LogPosition = LogPosition(1 << 60);

impl Hosted for SingleLeader {
    fn patience(&self, timer: Timer, timers: &Timers) -> Patience {
        match timer {
            Timer::Heartbeat => Patience::exactly(timers.heartbeat),
            Timer::Suspect => {
                Patience { at_least: timers.suspect, at_most: timers.suspect_at_most }
            }
            Timer::Decide => Patience::exactly(timers.decide),
            Timer::AckTimeout => Patience::exactly(timers.ack_timeout),
            Timer::Evict(_) => Patience::exactly(timers.evict),
            // Drawn, so that the controller does not appoint everybody at once.
            Timer::Appoint(_) => Patience { at_least: timers.appoint, at_most: timers.appoint * 2 },
        }
    }

    fn is_bulky(message: &Message) -> bool {
        matches!(message, Message::Snapshot { .. })
    }

    fn coalesce(&self, earlier: &mut Message, later: Message, room: usize) -> Option<Message> {
        Self::coalesce(self, earlier, later, room)
    }

    fn is_plausible(&self, message: &Message) -> bool {
        match message {
            Message::Append { previous, entries, commit, .. } => {
                previous.position < LONGEST_LOG
                    && *commit < LONGEST_LOG
                    && entries.iter().all(is_plausible_entry)
            }
            Message::Snapshot { snapshot, entries, commit, .. } => {
                snapshot.applied.position < LONGEST_LOG
                    && *commit < LONGEST_LOG
                    && entries.iter().all(is_plausible_entry)
            }
            Message::Appended { position, .. } => *position < LONGEST_LOG,
            Message::NotAppended { resume, .. } => {
                resume.is_none_or(|position| position < LONGEST_LOG)
            }
            Message::RequestVote { last, .. } => last.position < LONGEST_LOG,
            Message::Announce(registry) => {
                registry.leader.is_none_or(|leader| leader.0 < ReplicaSet::CAPACITY)
            }
            Message::Vote { .. }
            | Message::Confirm { .. }
            | Message::Confirmed { .. }
            | Message::Propose { .. }
            | Message::Register { .. } => true,
        }
    }

    fn observe(&self, participant: &Participant) -> Observation {
        match participant {
            Participant::Replica(replica) => observe(replica),
            Participant::Controller(controller) => Observation {
                role: "controller",
                leader: controller.registry.leader,
                epoch: controller.registry.epoch,
                last: LogPosition::ZERO,
                committed: LogPosition::ZERO,
                applied: LogPosition::ZERO,
                matched: Vec::new(),
            },
        }
    }

    fn store(participant: &Participant) -> StateMachine {
        match participant {
            Participant::Replica(replica) => replica.exposed.clone(),
            Participant::Controller(_) => StateMachine::default(),
        }
    }
}

fn is_plausible_entry(entry: &LogEntry) -> bool {
    match &entry.command {
        Command::Update {
            operation: Operation::AddReplica(replica) | Operation::RemoveReplica(replica),
            ..
        } => replica.0 < ReplicaSet::CAPACITY,
        Command::Update { .. } | Command::NewEpoch => true,
    }
}

fn observe(replica: &Replica) -> Observation {
    let (role, matched) = match &replica.role {
        Role::Follower => ("follower", Vec::new()),
        Role::Candidate(_) => ("candidate", Vec::new()),
        Role::Leader(leader) => {
            let followers = leader.followers.iter();
            ("leader", followers.map(|(id, progress)| (*id, progress.matched)).collect())
        }
    };
    Observation {
        role,
        leader: replica.leader,
        epoch: replica.durable.epoch,
        last: replica.durable.log.last_position(),
        committed: replica.commit_position,
        applied: replica.exposed.applied.position,
        matched,
    }
}
