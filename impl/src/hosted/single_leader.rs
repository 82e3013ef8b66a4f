//! Nodes of single-leader replication.

use holdfast_models::single_leader::{
    AckRule, Message, Participant, Replica, Role, SingleLeader, Timer,
};
use holdfast_models::vocabulary::{
    Command, LogEntry, LogPosition, Operation, Refusal, ReplicaSet, Request, StateMachine, Terms,
};

use super::{Contents, Coordination, Facts, Hosted, LogFacts, Observation, Service};
use crate::commands::guaranteed_followers;
use crate::config::{Patience, Timers};

/// No log becomes that long: at a billion entries a second it would take thirty years.
const LONGEST_LOG: LogPosition = LogPosition(1 << 60);

impl Hosted for SingleLeader {
    type Observer = ();

    const KINDS: &'static [&'static str] = &[
        "append",
        "appended",
        "not_appended",
        "snapshot",
        "request_vote",
        "vote",
        "confirm",
        "confirmed",
        "propose",
        "register",
        "announce",
    ];

    fn kind(message: &Message) -> usize {
        match message {
            Message::Append { .. } => 0,
            Message::Appended { .. } => 1,
            Message::NotAppended { .. } => 2,
            Message::Snapshot { .. } => 3,
            Message::RequestVote { .. } => 4,
            Message::Vote { .. } => 5,
            Message::Confirm { .. } => 6,
            Message::Confirmed { .. } => 7,
            Message::Propose { .. } => 8,
            Message::Register { .. } => 9,
            Message::Announce(_) => 10,
        }
    }

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

    /// A leader that was heard just now is not suspected, and whoever was told just now need not be
    /// told again.
    fn is_put_off(&self, _: Timer) -> bool {
        true
    }

    fn is_bulky(message: &Message) -> bool {
        matches!(message, Message::Snapshot { .. })
    }

    /// Where clients are answered before followers have heard, each message would carry little else
    /// than itself.
    fn may_linger(&self, message: &Message) -> bool {
        match message {
            Message::Append { .. } | Message::Appended { .. } => self.ack == AckRule::Asynchronous,
            Message::NotAppended { .. }
            | Message::Snapshot { .. }
            | Message::RequestVote { .. }
            | Message::Vote { .. }
            | Message::Confirm { .. }
            | Message::Confirmed { .. }
            | Message::Propose { .. }
            | Message::Register { .. }
            | Message::Announce(_) => false,
        }
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

    fn service(&self) -> Service {
        let guaranteed_followers = guaranteed_followers(self);
        Service { coordination: Coordination::Leader, guaranteed_followers }
    }

    fn admits(&self, request: &Request) -> Result<(), Refusal> {
        let Terms { write_quorum, read_quorum, context } = &request.terms;
        let is_usual = write_quorum.is_none()
            && read_quorum.is_none()
            && context.as_ref().is_none_or(|context| context.is_empty());
        if is_usual { Ok(()) } else { Err(Refusal::Unsupported) }
    }

    fn observe(&self, participant: &Participant, (): &mut ()) -> Observation {
        match participant {
            Participant::Replica(replica) => observe(replica),
            Participant::Controller(controller) => {
                let (leader, epoch) = (controller.registry.leader, controller.registry.epoch);
                let facts = LogFacts { leader, epoch, ..LogFacts::default() };
                Observation { role: "controller", facts: Facts::Log(facts) }
            }
        }
    }

    fn contents(participant: &Participant) -> Contents {
        Contents::Log(match participant {
            Participant::Replica(replica) => replica.exposed.clone(),
            Participant::Controller(_) => StateMachine::default(),
        })
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
    let facts = LogFacts {
        leader: replica.leader,
        epoch: replica.durable.epoch,
        last: replica.durable.log.last_position(),
        committed: replica.commit_position,
        applied: replica.exposed.applied.position,
        matched,
    };
    Observation { role, facts: Facts::Log(facts) }
}
