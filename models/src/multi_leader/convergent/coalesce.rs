//! Messages that share one: only for whoever carries them, since apart they say the same.

use super::state::{Change, Event};
use super::{Convergent, Message};
use crate::vocabulary::{Context, Outcome, Value};

/// What an update takes beside keys, values and names, at most: numbers of up to ten bytes.
const EVENT: usize = 96;

/// What the name of an update takes, at most.
const DOT: usize = 12;

impl Convergent {
    /// Lets `earlier` say what `later` says too, which was to be sent to the same replica right after
    /// it. Gives `later` back if that is not possible, or would take more than `room` bytes.
    #[must_use]
    pub fn coalesce(&self, earlier: &mut Message, later: Message, room: usize) -> Option<Message> {
        match (earlier, later) {
            (Message::Events(events), Message::Events(mut more))
                if events.len() + more.len() <= usize::from(self.batch)
                    && bytes_of(events) + bytes_of(&more) <= room =>
            {
                events.append(&mut more);
                None
            }
            // The later says all that the earlier says.
            (Message::Have(said), Message::Have(more)) => {
                *said = more;
                None
            }
            (Message::State(said), Message::State(more)) => {
                *said = more;
                None
            }
            (Message::Events(_) | Message::Have(_) | Message::State(_), later) => Some(later),
        }
    }
}

/// How many bytes an encoding of `events` takes at most.
#[must_use]
pub fn bytes_of(events: &[Event]) -> usize {
    events.iter().map(event_bytes).sum()
}

fn event_bytes(event: &Event) -> usize {
    let names = names(&event.past) + change_bytes(&event.change) + outcome_bytes(&event.outcome);
    EVENT + event.key.as_bytes().len() + names
}

fn change_bytes(change: &Change) -> usize {
    match change {
        Change::Write(value) => value.as_ref().map_or(0, length),
        Change::Replace { value, beside } => value.as_ref().map_or(0, length) + DOT * beside.len(),
        Change::Include(element) => length(element),
        Change::Exclude { element, additions } => length(element) + DOT * additions.len(),
        Change::Insert { element, .. } => length(element) + 2 * DOT,
        Change::Add(_) | Change::Bring(_) | Change::Erase(_) => 0,
    }
}

fn outcome_bytes(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Found(value) => value.as_ref().map_or(0, length),
        Outcome::Siblings(values) | Outcome::Elements(values) => values.iter().map(length).sum(),
        Outcome::Transacted(found) => found.iter().flatten().map(length).sum(),
        Outcome::Done
        | Outcome::Counted(_)
        | Outcome::Swapped(_)
        | Outcome::Indeterminate
        | Outcome::Refused(_) => 0,
    }
}

/// What a value takes: itself, and how long it is.
fn length(value: &Value) -> usize {
    value.as_bytes().len() + 5
}

fn names(context: &Context) -> usize {
    DOT * context.replicas().count()
}
