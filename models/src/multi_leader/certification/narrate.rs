//! The protocol in words, for stories and diagrams.

use super::state::{Cell, Entry};
use super::{Certification, Message, Replica, Timer, Transaction};
use crate::cluster::Narrate;
use crate::vocabulary::{Author, Key, Value};

impl Narrate for Certification {
    const MESSAGE_KINDS: &'static [&'static str] = &[
        "submit",
        "ordered",
        "held",
        "stable",
        "missing",
        "end",
        "ends at",
        "recover",
        "recovered",
    ];
    const TIMER_KINDS: &'static [&'static str] = &["repeat"];

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Submit(_) => "submit",
            Message::Ordered { .. } => "ordered",
            Message::Held(..) => "held",
            Message::Stable(..) => "stable",
            Message::Missing(..) => "missing",
            Message::End(_) => "end",
            Message::EndsAt(..) => "ends at",
            Message::Recover(..) => "recover",
            Message::Recovered { .. } => "recovered",
        }
    }

    fn timer_kind(timer: Timer) -> &'static str {
        match timer {
            Timer::Repeat => "repeat",
        }
    }

    fn message(message: &Message) -> String {
        match message {
            Message::Submit(transaction) => format!("put {} into the order", told(transaction)),
            Message::Ordered { position, transaction, .. } => {
                format!("{position} is {}", told(transaction))
            }
            Message::Held(_, position) => format!("I have all up to {position}"),
            Message::Stable(_, position) => format!("everybody has all up to {position}"),
            Message::Missing(_, position) => format!("what follows {position}?"),
            Message::End(author) => {
                format!("where does the order end, for {}?", requested(*author))
            }
            Message::EndsAt(author, position) => {
                format!("the order ends at {position}, for {}", requested(*author))
            }
            Message::Recover(epoch, after) => format!("what do you have after {after}? ({epoch})"),
            Message::Recovered { epoch, after, transactions } => {
                format!("{} after {after} ({epoch})", transactions.len())
            }
        }
    }

    fn timeout(timer: Timer) -> String {
        match timer {
            Timer::Repeat => "repeats itself, and asks what it is missing".to_owned(),
        }
    }

    fn change(&self, before: Option<&Replica>, after: &Replica) -> Vec<String> {
        let mut told = Vec::new();
        for (position, Entry { transaction, commits }) in after.durable.log.iter() {
            if before.is_some_and(|before| before.durable.log.get(position).is_some()) {
                continue;
            }
            let decides = if *commits { "commits" } else { "aborts" };
            told.push(format!("{decides} {position}, {}", requested(transaction.author)));
        }
        for (key, cell) in after.durable.cells.iter() {
            let was = before.map_or_else(Cell::default, |before| before.durable.cell(key));
            if was.value != cell.value {
                told.push(format!("holds {}", written(key, cell.value.as_ref())));
            }
        }
        let forgotten = before.map(|before| before.durable.forgotten).unwrap_or_default();
        if after.durable.forgotten > forgotten {
            told.push(format!("forgets the order up to {}", after.durable.forgotten));
        }
        for position in after.early.keys() {
            if before.is_none_or(|before| !before.early.contains_key(position)) {
                told.push(format!("keeps {position} for later"));
            }
        }
        for author in after.asked.keys() {
            if before.is_none_or(|before| !before.asked.contains_key(author)) {
                told.push(format!("lets {} wait for what is in the order", requested(*author)));
            }
        }
        if after.recovering.is_some() && before.is_none_or(|before| before.recovering.is_none()) {
            told.push("does not know what it may have lost".to_owned());
        }
        told
    }
}

fn requested(author: Author) -> String {
    format!("request {} of client {}", author.request.0, author.client.0)
}

fn written(key: &Key, value: Option<&Value>) -> String {
    value.map_or_else(|| format!("nothing at {key}"), |value| format!("{key} = {value}"))
}

/// What a transaction has read and would write, and how much it knew.
fn told(transaction: &Transaction) -> String {
    let Transaction { author, snapshot, reads, writes, unchanged, outcome: _ } = transaction;
    let mut parts = Vec::new();
    if !reads.is_empty() {
        let reads: Vec<_> = reads.iter().map(ToString::to_string).collect();
        parts.push(format!("has read {}", reads.join(" and ")));
    }
    if !writes.is_empty() {
        let writes = writes.iter().map(|(key, value)| written(key, value.as_ref()));
        parts.push(format!("writes {}", writes.collect::<Vec<_>>().join(" and ")));
    }
    if !unchanged.is_empty() {
        let unchanged = unchanged.iter().map(|(key, at)| format!("{key} unwritten since {at}"));
        parts.push(format!("wants {}", unchanged.collect::<Vec<_>>().join(" and ")));
    }
    let parts = if parts.is_empty() { "changes nothing".to_owned() } else { parts.join(", ") };
    format!("{}, which knew {snapshot} and {parts}", requested(*author))
}
