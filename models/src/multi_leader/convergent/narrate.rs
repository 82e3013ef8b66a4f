//! The protocol in words, for stories and diagrams.

use super::state::{Change, Event, Stamp};
use super::{Convergent, Message, Replica, Timer};
use crate::cluster::Narrate;
use crate::vocabulary::Outcome;

impl Narrate for Convergent {
    const MESSAGE_KINDS: &'static [&'static str] = &["events", "have", "state"];
    const TIMER_KINDS: &'static [&'static str] = &["gossip"];

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Events(_) => "events",
            Message::Have(_) => "have",
            Message::State(_) => "state",
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
            Message::State(told) => format!("all I have: {}", told.delivered),
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
            let shown = match cell.shown() {
                Outcome::Found(None) => format!("shows nothing at {key}"),
                found => format!("shows {key} = {found}"),
            };
            if was.map(super::Cell::shown) == Some(cell.shown()) {
                told.push(format!("still {shown}"));
            } else {
                told.push(shown);
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
        Change::Include(element) => format!("include {element} in {key}"),
        Change::Exclude { element, additions } => {
            let additions = additions.iter().map(ToString::to_string).collect::<Vec<_>>();
            format!("exclude {element} from {key} ({})", additions.join(", "))
        }
        Change::Insert { between, element } => format!(
            "insert {element} in {key}, {} between {} and {}",
            event.stamp,
            end(between.left, "the beginning"),
            end(between.right, "the end")
        ),
        Change::Replace { value, beside } => {
            let beside = beside.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            match value {
                Some(value) => format!("write {key} = {value} beside {beside}"),
                None => format!("delete {key} but for {beside}"),
            }
        }
        Change::Erase(name) => format!("erase {name} from {key}"),
    }
}

fn end(neighbour: Option<Stamp>, otherwise: &str) -> String {
    neighbour.map_or_else(|| otherwise.to_owned(), |name| name.to_string())
}
