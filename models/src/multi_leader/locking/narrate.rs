//! The protocol in words, for stories and diagrams.

use super::state::Cell;
use super::{Locking, Message, Replica, Timer};
use crate::cluster::Narrate;

impl Narrate for Locking {
    const MESSAGE_KINDS: &'static [&'static str] =
        &["lock", "granted", "prepare", "prepared", "refused", "decided", "applied", "inquire"];
    const TIMER_KINDS: &'static [&'static str] = &["repeat", "silence"];

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Lock(..) => "lock",
            Message::Granted { .. } => "granted",
            Message::Prepare { .. } => "prepare",
            Message::Prepared(_) => "prepared",
            Message::Refused(_) => "refused",
            Message::Decided { .. } => "decided",
            Message::Applied(_) => "applied",
            Message::Inquire(..) => "inquire",
        }
    }

    fn timer_kind(timer: Timer) -> &'static str {
        match timer {
            Timer::Repeat => "repeat",
            Timer::Silence(_) => "silence",
        }
    }

    fn message(message: &Message) -> String {
        match message {
            Message::Lock(transaction, key) => format!("lock {key} for {transaction}"),
            Message::Granted { transaction, grant } => {
                format!("locked for {transaction}, by grant {grant}")
            }
            Message::Prepare { transaction, key, grant, change } => {
                let value = change.value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
                format!("prepare {key} = {value} for {transaction}, by grant {grant}")
            }
            Message::Prepared(transaction) => format!("prepared for {transaction}"),
            Message::Refused(transaction) => format!("not for {transaction}"),
            Message::Decided { transaction, commit: true, .. } => format!("commit {transaction}"),
            Message::Decided { transaction, commit: false, .. } => format!("abort {transaction}"),
            Message::Applied(transaction) => format!("applied {transaction}"),
            Message::Inquire(transaction, _) => format!("what has become of {transaction}?"),
        }
    }

    fn timeout(timer: Timer) -> String {
        match timer {
            Timer::Repeat => "repeats itself, and asks".to_owned(),
            Timer::Silence(replica) => format!("takes {replica} to be gone"),
        }
    }

    fn change(&self, before: Option<&Replica>, after: &Replica) -> Vec<String> {
        let mut told = Vec::new();
        for (key, cell) in after.durable.cells.iter() {
            let was = before.map_or_else(Cell::default, |before| before.durable.cell(key));
            if was.value != cell.value {
                let value = cell.value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
                told.push(format!("holds {key} = {value}"));
            }
        }
        for (key, prepared) in after.durable.prepared.iter() {
            if before.is_none_or(|before| before.durable.prepared.get(key) != Some(prepared)) {
                told.push(format!("is prepared for {}", prepared.transaction));
            }
        }
        for (key, lock) in &after.locks {
            if before.is_none_or(|before| before.locks.get(key) != Some(lock)) {
                told.push(format!("locks {key} for {}", lock.holder));
            }
        }
        for (key, waiting) in &after.waiting {
            if before.is_none_or(|before| before.waiting.get(key) != Some(waiting)) {
                let waiting: Vec<_> = waiting.iter().map(ToString::to_string).collect();
                told.push(format!("lets {} wait for {key}", waiting.join(" and ")));
            }
        }
        told
    }
}
