//! The protocol in words, for stories and diagrams.

use super::{Message, Participant, Replica, Role, SingleLeader, Timer};
use crate::cluster::Narrate;
use crate::vocabulary::{Command, LogEntry, LogPosition, ReplicaId};

impl Narrate for SingleLeader {
    const MESSAGE_KINDS: &'static [&'static str] = &[
        "append",
        "appended",
        "not appended",
        "snapshot",
        "request vote",
        "vote",
        "confirm",
        "confirmed",
        "propose",
        "register",
        "announce",
    ];
    const TIMER_KINDS: &'static [&'static str] =
        &["heartbeat", "suspect", "decide", "ack timeout", "evict", "appoint"];

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Append { .. } => "append",
            Message::Appended { .. } => "appended",
            Message::NotAppended { .. } => "not appended",
            Message::Snapshot { .. } => "snapshot",
            Message::RequestVote { .. } => "request vote",
            Message::Vote { .. } => "vote",
            Message::Confirm { .. } => "confirm",
            Message::Confirmed { .. } => "confirmed",
            Message::Propose { .. } => "propose",
            Message::Register { .. } => "register",
            Message::Announce(_) => "announce",
        }
    }

    fn timer_kind(timer: Timer) -> &'static str {
        match timer {
            Timer::Heartbeat => "heartbeat",
            Timer::Suspect => "suspect",
            Timer::Decide => "decide",
            Timer::AckTimeout => "ack timeout",
            Timer::Evict(_) => "evict",
            Timer::Appoint(_) => "appoint",
        }
    }

    fn message(message: &Message) -> String {
        match message {
            Message::Append { previous, entries, commit, .. } => {
                let after = previous.position;
                if entries.is_empty() {
                    format!("append nothing after {after} (commit {commit})")
                } else {
                    format!("append {} after {after}", list(entries))
                }
            }
            Message::Appended { position, .. } => format!("appended up to {position}"),
            Message::NotAppended { resume: Some(position), .. } => {
                format!("not appended: go back to {position}")
            }
            Message::NotAppended { resume: None, .. } => "not appended: send it all".to_owned(),
            Message::Snapshot { snapshot, entries, .. } => {
                format!("snapshot up to {}", snapshot.applied.position.plus(entries.len()))
            }
            Message::RequestVote { epoch, last } => {
                format!("vote for me in {epoch} (my log ends at {})", last.position)
            }
            Message::Vote { epoch, granted: true } => format!("yes, in {epoch}"),
            Message::Vote { epoch, granted: false } => format!("no, not in {epoch}"),
            Message::Confirm { epoch, .. } => format!("do I still lead {epoch}?"),
            Message::Confirmed { epoch, .. } => format!("you lead {epoch}"),
            Message::Propose { in_sync, .. } => format!("let {in_sync} be in sync"),
            Message::Register { unclean: true, .. } => "I restarted and may have lost some".into(),
            Message::Register { unclean: false, .. } => "I restarted and lost nothing".into(),
            Message::Announce(registry) => {
                let leader = registry.leader.map_or("nobody".to_owned(), |id| id.to_string());
                format!("{leader} leads {}, {} in sync", registry.epoch, registry.in_sync)
            }
        }
    }

    fn timeout(timer: Timer) -> String {
        match timer {
            Timer::Heartbeat => "repeats what may have been lost".to_owned(),
            Timer::Suspect => "suspects the leader".to_owned(),
            Timer::Decide => "stops waiting for votes".to_owned(),
            Timer::AckTimeout => "stops waiting for acknowledgements".to_owned(),
            Timer::Evict(follower) => format!("suspects {follower}"),
            Timer::Appoint(replica) => format!("suspects the leader and chooses {replica}"),
        }
    }

    fn change(&self, before: Option<&Participant>, after: &Participant) -> Vec<String> {
        match (before, after) {
            (Some(Participant::Replica(before)), Participant::Replica(after)) => {
                changes(Some(before), after)
            }
            (None, Participant::Replica(after)) => changes(None, after),
            (_, Participant::Controller(controller)) => {
                let registry = &controller.registry;
                let eligible = if registry.eligible.is_empty() {
                    String::new()
                } else {
                    format!(", {} eligible", registry.eligible)
                };
                vec![format!("registers {} in sync{eligible}", registry.in_sync)]
            }
            (Some(Participant::Controller(_)), Participant::Replica(_)) => Vec::new(),
        }
    }

    fn title(&self, replica: ReplicaId) -> String {
        if self.controller() == Some(replica) {
            "Controller".to_owned()
        } else {
            format!("Replica {}", replica.0)
        }
    }
}

fn changes(before: Option<&Replica>, after: &Replica) -> Vec<String> {
    let mut told = Vec::new();
    let epoch = after.durable.epoch;
    let was = before.map(|before| role_name(&before.role));
    let epoch_changed = before.is_some_and(|before| before.durable.epoch != epoch);
    if was != Some(role_name(&after.role)) || epoch_changed {
        told.push(format!("is {} in {epoch}", role_name(&after.role)));
    }
    let Some(before) = before else {
        told.push(format!("its log is {}", log(after)));
        return told;
    };
    if after.durable.log != before.durable.log {
        told.push(format!("its log is {}", log(after)));
    }
    if after.commit_position != before.commit_position {
        told.push(format!("knows that {} is acknowledged", up_to(after.commit_position)));
    }
    if after.members != before.members {
        told.push(format!("members are {}", after.members));
    }
    told
}

const fn role_name(role: &Role) -> &'static str {
    match role {
        Role::Follower => "follower",
        Role::Candidate(_) => "candidate",
        Role::Leader(_) => "leader",
    }
}

fn up_to(position: LogPosition) -> String {
    if position == LogPosition::ZERO {
        "nothing".to_owned()
    } else {
        format!("everything up to {position}")
    }
}

fn log(replica: &Replica) -> String {
    let log = &replica.durable.log;
    let base = log.base().position;
    let entries: Vec<_> = log.iter().map(|(_, entry)| entry.clone()).collect();
    match (base, entries.is_empty()) {
        (LogPosition::ZERO, true) => "empty".to_owned(),
        (LogPosition::ZERO, false) => list(&entries),
        (_, true) => format!("a snapshot up to {base}"),
        (_, false) => format!("a snapshot up to {base}, then {}", list(&entries)),
    }
}

fn list(entries: &[LogEntry]) -> String {
    let told = entries.iter().map(|entry| match &entry.command {
        Command::NewEpoch => format!("({})", entry.epoch),
        Command::Update { operation, .. } => operation.to_string(),
    });
    format!("[{}]", told.collect::<Vec<_>>().join(", "))
}
