//! What tests say, in few words.

use crate::single_leader::Message;
use crate::vocabulary::{
    ClientId, Command, Epoch, Key, LogEntry, LogMark, LogPosition, Operation, Outcome, Refusal,
    ReplicaId, ReplicaSet, Reply, RequestId, Timestamp, Token, Value,
};

pub(super) fn to(replica: u8, message: Message) -> (ReplicaId, Message) {
    (ReplicaId(replica), message)
}

pub(super) fn at(position: u64) -> LogPosition {
    LogPosition(position)
}

pub(super) fn mark(epoch: u64, position: u64) -> LogMark {
    LogMark { epoch: Epoch(epoch), position: LogPosition(position) }
}

pub(super) fn read() -> Operation {
    Operation::Read { key: Key::from("x") }
}

pub(super) fn write(number: u64) -> Operation {
    Operation::Write { key: Key::from("x"), value: value(number) }
}

pub(super) fn value(number: u64) -> Value {
    Value::from(number.to_string().as_str())
}

/// The entry in which client 1's request of this number writes this number.
pub(super) fn written(epoch: u64, request: u64) -> LogEntry {
    asked(epoch, 1, request, write(request))
}

/// The entry of a client's request.
pub(super) fn asked(epoch: u64, client: u64, request: u64, operation: Operation) -> LogEntry {
    let (client, request) = (ClientId(client), RequestId(request));
    LogEntry { epoch: Epoch(epoch), command: Command::Update { client, request, operation } }
}

/// A new leader's first entry.
pub(super) fn opened(epoch: u64) -> LogEntry {
    LogEntry { epoch: Epoch(epoch), command: Command::NewEpoch }
}

pub(super) fn append(epoch: u64, previous: LogMark, entries: &[LogEntry], commit: u64) -> Message {
    let (epoch, commit) = (Epoch(epoch), LogPosition(commit));
    Message::Append { epoch, previous, entries: entries.to_vec(), commit }
}

pub(super) fn appended(epoch: u64, position: u64) -> Message {
    appended_after(epoch, position, 0)
}

/// As `appended`, by a follower that has restarted this often.
pub(super) fn appended_after(epoch: u64, position: u64, incarnation: u64) -> Message {
    Message::Appended { epoch: Epoch(epoch), position: LogPosition(position), incarnation }
}

pub(super) fn not_appended(epoch: u64, resume: Option<u64>) -> Message {
    Message::NotAppended { epoch: Epoch(epoch), resume: resume.map(LogPosition), incarnation: 0 }
}

pub(super) fn request_vote(epoch: u64, last: LogMark) -> Message {
    Message::RequestVote { epoch: Epoch(epoch), last }
}

pub(super) fn vote(epoch: u64, granted: bool) -> Message {
    Message::Vote { epoch: Epoch(epoch), granted }
}

pub(super) fn confirm(epoch: u64, round: u64, asked_at: u64) -> Message {
    Message::Confirm { epoch: Epoch(epoch), round, asked_at: Timestamp(asked_at) }
}

pub(super) fn confirmed(epoch: u64, round: u64, asked_at: u64) -> Message {
    Message::Confirmed { epoch: Epoch(epoch), round, asked_at: Timestamp(asked_at) }
}

pub(super) fn propose(version: u64, in_sync: &[u8]) -> Message {
    Message::Propose { version, in_sync: ReplicaSet::of(in_sync) }
}

/// Client 1 hears that its write is done, and where it is.
pub(super) fn done(request: u64, position: u64) -> (ClientId, Reply) {
    answer(1, request, Outcome::Done, position)
}

/// Client 1 hears that its request is refused.
pub(super) fn refused(request: u64, refusal: Refusal) -> (ClientId, Reply) {
    answer(1, request, Outcome::Refused(refusal), 0)
}

/// A client hears what is at `x`, as of `position`.
pub(super) fn found(
    client: u64,
    request: u64,
    number: Option<u64>,
    position: u64,
) -> (ClientId, Reply) {
    answer(client, request, Outcome::Found(number.map(value)), position)
}

pub(super) fn answer(
    client: u64,
    request: u64,
    outcome: Outcome,
    position: u64,
) -> (ClientId, Reply) {
    let (request, token) = (RequestId(request), Token(LogPosition(position)));
    (ClientId(client), Reply { request, outcome, token, context: None })
}
