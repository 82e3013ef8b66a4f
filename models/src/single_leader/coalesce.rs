//! One message that says what two said: whoever sends may spare its receiver the first.
//!
//! A leader sends each entry as it appends it, and a follower answers each message. Where a node lets
//! many steps go at once, the messages of two neighbouring ones often continue each other. What they
//! come to is then a message that the protocol could have sent itself, and losing the rest is
//! something that networks do anyway. A model checker explores the messages one by one.

use super::{Message, SingleLeader};
use crate::vocabulary::{Command, Key, LogEntry, LogMark, Operation, Value};

impl SingleLeader {
    /// Lets `earlier` say what `later` says too, which was to be sent to the same replica right after
    /// it. Gives `later` back if that is not possible, or would take more than `room` bytes.
    #[must_use]
    pub fn coalesce(&self, earlier: &mut Message, later: Message, room: usize) -> Option<Message> {
        match (earlier, later) {
            (
                Message::Append { epoch, previous, entries, commit },
                Message::Append {
                    epoch: later_epoch,
                    previous: later_previous,
                    entries: mut more,
                    commit: later_commit,
                },
            ) if *epoch == later_epoch
                && end(*previous, entries) == later_previous
                && entries.len() + more.len() <= usize::from(self.batch)
                && MESSAGE + bytes(entries) + bytes(&more) <= room =>
            {
                entries.append(&mut more);
                *commit = later_commit.max(*commit);
                None
            }
            (
                Message::Appended { epoch, position, incarnation },
                Message::Appended {
                    epoch: later_epoch,
                    position: later_position,
                    incarnation: later_incarnation,
                },
            ) if (*epoch, *incarnation) == (later_epoch, later_incarnation) => {
                *position = later_position.max(*position);
                None
            }
            (_, later) => Some(later),
        }
    }
}

/// The mark of the last of `entries`, which follow `previous`.
fn end(previous: LogMark, entries: &[LogEntry]) -> LogMark {
    let epoch = entries.last().map_or(previous.epoch, |entry| entry.epoch);
    LogMark { epoch, position: previous.position.plus(entries.len()) }
}

/// What a message takes beside its entries, at most: numbers of up to ten bytes.
const MESSAGE: usize = 64;

/// What an entry takes beside keys and values, at most: numbers of up to ten bytes.
const ENTRY: usize = 48;

/// How many bytes an encoding of `entries` takes at most.
fn bytes(entries: &[LogEntry]) -> usize {
    entries.iter().map(|entry| ENTRY + command_bytes(&entry.command)).sum()
}

fn command_bytes(command: &Command) -> usize {
    let Command::Update { operation, .. } = command else { return 0 };
    match operation {
        Operation::Read { key }
        | Operation::Delete { key }
        | Operation::Take { key }
        | Operation::Add { key, .. } => key.as_bytes().len(),
        Operation::Write { key, value } => key.as_bytes().len() + value.as_bytes().len(),
        Operation::CompareAndSet { key, expected, value } => {
            let expected = expected.as_ref().map_or(0, |value| value.as_bytes().len());
            key.as_bytes().len() + expected + value.as_bytes().len()
        }
        Operation::Edit { key, edit } => {
            key.as_bytes().len() + edit.element().map_or(0, |element| element.as_bytes().len())
        }
        Operation::Transact { reads, writes, unchanged } => {
            let written = |(key, value): &(Key, Option<Value>)| {
                key.as_bytes().len() + value.as_ref().map_or(0, |value| value.as_bytes().len())
            };
            let reads: usize = reads.iter().map(|key| key.as_bytes().len()).sum();
            let unchanged: usize = unchanged.iter().map(|(key, _)| key.as_bytes().len()).sum();
            reads + writes.iter().map(written).sum::<usize>() + unchanged
        }
        Operation::AddReplica(_) | Operation::RemoveReplica(_) | Operation::Clear => 0,
    }
}
