//! The protocol in words, for stories and diagrams.

use super::state::{Change, Entry};
use super::{HomeRegion, Message, Record, Replica, Timer};
use crate::cluster::Narrate;
use crate::vocabulary::Key;

impl Narrate for HomeRegion {
    const MESSAGE_KINDS: &'static [&'static str] = &["entries", "have", "forward", "answer"];
    const TIMER_KINDS: &'static [&'static str] = &["gossip", "silence"];

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Entries(_) => "entries",
            Message::Have { .. } => "have",
            Message::Forward { .. } => "forward",
            Message::Answer { .. } => "answer",
        }
    }

    fn timer_kind(timer: Timer) -> &'static str {
        match timer {
            Timer::Gossip => "gossip",
            Timer::Silence(_) => "silence",
        }
    }

    fn message(message: &Message) -> String {
        match message {
            Message::Entries(entries) => entries.iter().map(entry).collect::<Vec<_>>().join(", "),
            Message::Have { applied, made, time } => {
                format!("I have {applied} of yours, and made {made} up to time {time}")
            }
            Message::Forward { client, request, epoch, .. } => {
                format!("{client} asks the home of {epoch} to {}", request.operation)
            }
            Message::Answer { client, reply } => format!("tell {client}: {}", reply.outcome),
        }
    }

    fn timeout(timer: Timer) -> String {
        match timer {
            Timer::Gossip => "says how far it is".to_owned(),
            Timer::Silence(region) => format!("takes {region} to be gone"),
        }
    }

    fn change(&self, before: Option<&Replica>, after: &Replica) -> Vec<String> {
        let mut told = Vec::new();
        for (key, record) in after.durable.records.iter() {
            let was = before.map_or_else(
                || Record::new(self.first_home(key)),
                |before| before.durable.record(self, key),
            );
            if was.home != record.home || was.epoch != record.epoch {
                told.push(format!(
                    "knows {} as the home of {key} in {}",
                    record.home, record.epoch
                ));
            }
            if was.latest() != record.latest() {
                told.push(holds(key, record));
            }
        }
        told
    }
}

fn holds(key: &Key, record: &Record) -> String {
    match record.latest() {
        Some((stamp, Some(value))) => format!("holds {key} = {value} (time {stamp})"),
        Some((stamp, None)) => format!("holds nothing at {key} (time {stamp})"),
        None => format!("holds nothing at {key}"),
    }
}

fn entry(entry: &Entry) -> String {
    let Entry { number, key, epoch, change, .. } = entry;
    match change {
        Change::Put { value: Some(value), .. } => format!("{number}: {key} = {value}"),
        Change::Put { value: None, .. } => format!("{number}: nothing at {key}"),
        Change::Keep(_) => format!("{number}: {key} stays"),
        Change::Move { to, .. } => format!("{number}: {key} moves to {to} in {epoch}"),
    }
}
