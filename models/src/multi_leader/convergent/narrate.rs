//! The protocol in words, for stories and diagrams.

use super::state::{Change, Event};
use super::{Convergent, Message, Replica, Timer};
use crate::cluster::Narrate;

impl Narrate for Convergent {
    const MESSAGE_KINDS: &'static [&'static str] = &["events", "have", "state"];
    const TIMER_KINDS: &'static [&'static str] = &["gossip"];

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Events(_) => "events",
            Message::Have(_) => "have",
            Message::State { .. } => "state",
        }
    }

    fn timer_kind(timer: Timer) -> &'static str {
        match timer {
            Timer::Gossip => "gossip",
        }
    }

    fn message(message: &Message) -> String {
        match message {
            Message::Events(events) => {
                let told = events.iter().map(|event| format!("{} ({})", change(event), event.dot));
                told.collect::<Vec<_>>().join(", ")
            }
            Message::Have(dots) => format!("I have {dots}"),
            Message::State { delivered, .. } => format!("all I have: {delivered}"),
        }
    }

    fn timeout(timer: Timer) -> String {
        match timer {
            Timer::Gossip => "says what it has".to_owned(),
        }
    }

    fn change(&self, before: Option<&Replica>, after: &Replica) -> Vec<String> {
        let mut told = Vec::new();
        for (key, cell) in after.durable.cells.iter() {
            let was = before.and_then(|before| before.durable.cells.get(key));
            if was == Some(cell) {
                continue;
            }
            let shown = |value| match value {
                Some(value) => format!("shows {key} = {value}"),
                None => format!("shows nothing at {key}"),
            };
            let was_shown = was.map(super::Cell::value);
            if was_shown == Some(cell.value()) {
                told.push(format!("still {}", shown(cell.value())));
            } else {
                told.push(shown(cell.value()));
            }
            let versions = cell.register.versions();
            if versions.len() > 1 {
                let values = versions.iter().map(|version| match &version.value {
                    Some(value) => value.to_string(),
                    None => "nothing".to_owned(),
                });
                told.push(format!("keeps {}", values.collect::<Vec<_>>().join(" and ")));
            }
        }
        if before.is_none_or(|before| before.waiting != after.waiting) {
            let waiting = after.waiting.keys().map(ToString::to_string).collect::<Vec<_>>();
            if !waiting.is_empty() {
                told.push(format!("puts off {}", waiting.join(", ")));
            }
        }
        told
    }
}

fn change(event: &Event) -> String {
    let key = &event.key;
    match &event.change {
        Change::Write(Some(value)) => format!("write {key} = {value}"),
        Change::Write(None) => format!("delete {key}"),
        Change::Add(amount) => format!("add {amount} to {key}"),
        Change::Bring(sum) => {
            format!("{key}: {} added and {} taken by {}", sum.plus, sum.minus, event.dot.replica)
        }
    }
}
