//! The protocol in words, for stories and diagrams.

use super::{Cell, Leaderless, Message, Piece, Register, Replica, Stage, Timer};
use crate::cluster::Narrate;
use crate::vocabulary::{Key, Version};

impl Narrate for Leaderless {
    const MESSAGE_KINDS: &'static [&'static str] = &[
        "ask",
        "answer",
        "store",
        "stored",
        "repair",
        "keep",
        "kept",
        "hand over",
        "handed over",
        "reap",
        "compare",
        "summary",
        "fetch",
        "prepare",
        "promise",
        "propose",
        "accepted",
        "preempted",
        "gather",
        "gathered",
        "settle",
        "settled",
        "outdated",
    ];
    const TIMER_KINDS: &'static [&'static str] = &[
        "resend",
        "fallback",
        "deadline",
        "commit wait",
        "handoff",
        "expire hints",
        "compare",
        "reap",
    ];

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Ask { .. } => "ask",
            Message::Answer { .. } => "answer",
            Message::Store { .. } => "store",
            Message::Stored { .. } => "stored",
            Message::Repair { .. } => "repair",
            Message::Keep { .. } => "keep",
            Message::Kept { .. } => "kept",
            Message::HandOver { .. } => "hand over",
            Message::HandedOver { .. } => "handed over",
            Message::Reap { .. } => "reap",
            Message::Compare { .. } => "compare",
            Message::Summary { .. } => "summary",
            Message::Fetch { .. } => "fetch",
            Message::Prepare { .. } => "prepare",
            Message::Promise { .. } => "promise",
            Message::Propose { .. } => "propose",
            Message::Accepted { .. } => "accepted",
            Message::Preempted { .. } => "preempted",
            Message::Gather { .. } => "gather",
            Message::Gathered { .. } => "gathered",
            Message::Settle { .. } => "settle",
            Message::Settled { .. } => "settled",
            Message::Outdated { .. } => "outdated",
        }
    }

    fn timer_kind(timer: Timer) -> &'static str {
        match timer {
            Timer::Resend => "resend",
            Timer::Fallback => "fallback",
            Timer::Deadline => "deadline",
            Timer::CommitWait => "commit wait",
            Timer::Handoff => "handoff",
            Timer::ExpireHints => "expire hints",
            Timer::Compare => "compare",
            Timer::Reap => "reap",
        }
    }

    fn message(message: &Message) -> String {
        match message {
            Message::Ask { key, .. } => format!("show me {key}"),
            Message::Answer { register, .. } => content(register),
            Message::Store { key, register, .. } => format!("store {key} = {}", content(register)),
            Message::Stored { versions, .. } => format!("stored {}", listed(versions)),
            Message::Repair { key, register } => format!("repair {key} = {}", content(register)),
            Message::Keep { owner, key, register, .. } => {
                format!("keep {key} = {} for {owner}", content(register))
            }
            Message::Kept { owner, .. } => format!("kept for {owner}"),
            Message::HandOver { key, register } => {
                format!("meant for you: {key} = {}", content(register))
            }
            Message::HandedOver { key, .. } => format!("{key} is handed over"),
            Message::Reap { key, .. } => format!("all hold the tombstone of {key}"),
            Message::Compare { after, parts } => {
                let last = parts.last().and_then(|part| part.last.clone());
                let told = range(after, &last);
                match parts.len() {
                    0 | 1 => format!("compare {told}"),
                    several => format!("compare {told} in {several} parts"),
                }
            }
            Message::Summary { versions, .. } => {
                let told = versions.iter().map(|(key, held)| format!("{key} in {}", listed(held)));
                let told: Vec<_> = told.collect();
                if told.is_empty() { "I hold nothing".into() } else { told.join(", ") }
            }
            Message::Fetch { keys } => {
                let keys: Vec<_> = keys.iter().map(Key::to_string).collect();
                format!("send me {}", keys.join(", "))
            }
            Message::Prepare { ballot, .. } => format!("promise me {}", ballot_of(*ballot)),
            Message::Promise { ballot, register, .. } => {
                format!("{} is promised; accepted: {}", ballot_of(*ballot), content(register))
            }
            Message::Propose { key, register, .. } => {
                format!("accept {key} = {}", content(register))
            }
            Message::Accepted { ballot, .. } => format!("accepted in {}", ballot_of(*ballot)),
            Message::Preempted { ballot, .. } => {
                format!("promised more than {}", ballot_of(*ballot))
            }
            Message::Gather { tag, .. } => {
                format!("homes are {}; what do you hold?", tag.homes.members)
            }
            Message::Gathered { piece, .. } => contents(piece),
            Message::Settle { piece, .. } => format!("hold {}", contents(piece)),
            Message::Settled { .. } => "I hold all that".to_owned(),
            Message::Outdated { homes } => format!("homes are {}", homes.members),
        }
    }

    fn timeout(timer: Timer) -> String {
        let told = match timer {
            Timer::Resend => "repeats what may have been lost",
            Timer::Fallback => "turns to those that stand in",
            Timer::Deadline => "stops waiting",
            Timer::CommitWait => "looks at its clock",
            Timer::Handoff => "offers what it keeps for others",
            Timer::ExpireHints => "has kept hints long enough",
            Timer::Compare => "compares what it holds",
            Timer::Reap => "has kept tombstones long enough",
        };
        told.to_owned()
    }

    fn change(&self, before: Option<&Replica>, after: &Replica) -> Vec<String> {
        let Some(before) = before else { return Vec::new() };
        let mut told = Vec::new();
        let (was, is) = (&before.durable, &after.durable);
        for (key, register) in
            is.registers.iter().filter(|(key, now)| was.registers.get(*key) != Some(*now))
        {
            told.push(format!("holds {key} = {}", content(register)));
        }
        let gone = was.registers.iter().filter(|(key, _)| is.registers.get(*key).is_none());
        told.extend(gone.map(|(key, _)| format!("forgets {key}")));
        for (hint, register) in
            is.hints.iter().filter(|(hint, now)| was.hints.get(*hint) != Some(*now))
        {
            told.push(format!("keeps {} = {} for {}", hint.key, content(register), hint.owner));
        }
        let gone = was.hints.iter().filter(|(hint, _)| is.hints.get(*hint).is_none());
        told.extend(gone.map(|(hint, _)| format!("drops its hint for {}", hint.owner)));
        for (key, ballot) in
            is.promised.iter().filter(|(key, now)| was.promised.get(*key) != Some(*now))
        {
            told.push(format!("promises {} for {key}", ballot_of(*ballot)));
        }
        if is.homes != was.homes {
            told.push(format!("homes are {}", is.homes.members));
        }
        if was.unsettled.is_some() && is.unsettled.is_none() {
            told.push("the change is settled".to_owned());
        }
        for (author, pending) in &after.pending {
            let stage = waits_for(&pending.stage);
            let same = before.pending.get(author).is_some_and(|was| waits_for(&was.stage) == stage);
            if !same {
                told.push(format!("waits for {stage}"));
            }
        }
        told
    }
}

const fn waits_for(stage: &Stage) -> &'static str {
    match stage {
        Stage::Asking { .. } => "answers",
        Stage::Storing { .. } => "homes to store it",
        Stage::Preparing { .. } => "promises",
        Stage::Accepting { .. } => "homes to accept it",
        Stage::Gathering { .. } => "what homes held before the change",
        Stage::Settling { .. } => "homes after the change to hold it",
    }
}

fn content(register: &Register) -> String {
    let told: Vec<_> = register.cells.iter().map(cell).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(" beside ") }
}

fn contents(piece: &Piece) -> String {
    let told = piece.registers.iter();
    let told: Vec<_> =
        told.map(|(key, register)| format!("{key} = {}", content(register))).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

fn cell(cell: &Cell) -> String {
    match &cell.value {
        Some(value) => format!("{value} ({})", cell.version),
        None => format!("deleted ({})", cell.version),
    }
}

fn listed(versions: &[Version]) -> String {
    let told: Vec<_> = versions.iter().map(Version::to_string).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

fn ballot_of(ballot: Version) -> String {
    format!("ballot {} of {}", ballot.time, ballot.origin)
}

fn range(after: &Option<Key>, last: &Option<Key>) -> String {
    match (after, last) {
        (None, None) => "everything".to_owned(),
        (Some(after), None) => format!("what comes after {after}"),
        (None, Some(last)) => format!("everything up to {last}"),
        (Some(after), Some(last)) => format!("what comes after {after}, up to {last}"),
    }
}
