//! What the arguments of a command ask.

use std::collections::BTreeSet;

use holdfast_models::vocabulary::{Edit, Key, Operation, Value, decimal};

use super::edit::{Edit as Change, Only};
use super::gather::Gather;
use super::table::{Command, Meaning, find};
use super::task::Task;
use super::unsupported;
use super::wait::Wait;
use crate::client::known_by;
use crate::resp::{Arguments, Response};

/// What is to be done about a command.
#[derive(Debug)]
pub enum Plan {
    /// It is answered already, because it asks nothing that there is.
    Answer(Response),
    /// It concerns the connection or the node.
    Connection(&'static Command, Arguments),
    /// It concerns keys.
    Task(Task),
    /// How many keys there are.
    CountKeys,
    /// To wait for followers.
    Wait(Wait),
}

/// What a command asks, or that it concerns those that follow.
#[derive(Debug)]
pub(super) enum Planned {
    /// It asks this.
    Plan(Plan),
    /// What follows is one transaction.
    Multi,
    /// That was all of it.
    Exec,
    /// It is not to be.
    Discard,
    /// The next transaction is not to be if somebody changes these keys.
    Watch(Vec<Key>),
    /// Whoever has changed what, it is to be.
    Unwatch,
}

/// What a command asks by itself. Its first argument is its name.
pub(super) fn plan_alone(arguments: Arguments) -> Planned {
    let Some(command) = arguments.first().and_then(|name| find(name)) else {
        return Planned::Plan(Plan::Answer(unknown(&arguments)));
    };
    if !command.takes(arguments.len()) {
        return Planned::Plan(Plan::Answer(wrong_number(command.name)));
    }
    planned(command, arguments).unwrap_or_else(|response| Planned::Plan(Plan::Answer(response)))
}

fn planned(command: &'static Command, arguments: Arguments) -> Result<Planned, Response> {
    let key = || Key::from(arguments[1].as_slice());
    let keys = || arguments[1..].iter().map(|key| Key::from(key.as_slice()));
    let read = |gather| Task::each(vec![Operation::Read { key: key() }], gather);
    let reads = |gather| Task::each(keys().map(|key| Operation::Read { key }).collect(), gather);
    let add = |amount| Task::each(vec![Operation::Add { key: key(), amount }], Gather::Number);
    let value = || Value::from(arguments[2].as_slice());
    let members = || -> BTreeSet<_> {
        arguments[2..].iter().map(|member| Value::from(member.as_slice())).collect()
    };
    Ok(Planned::Plan(Plan::Task(match command.meaning {
        Meaning::Get => read(Gather::Value),
        Meaning::StrLen => read(Gather::Length),
        Meaning::Type => read(Gather::Type),
        Meaning::MGet => reads(Gather::Values),
        Meaning::Exists => reads(Gather::Present),
        Meaning::Set => set(&arguments)?,
        Meaning::Siblings => read(Gather::Siblings),
        Meaning::Resolve => {
            let token = String::from_utf8_lossy(&arguments[3]);
            let known = known_by(&key(), &token).map_err(Response::error)?;
            Task::each(vec![Operation::Write { key: key(), value: value() }], Gather::Done)
                .knowing(known)
        }
        Meaning::SetNx => {
            let operation = Operation::CompareAndSet { key: key(), expected: None, value: value() };
            let gather = Gather::Swapped(Response::Integer(1), Response::Integer(0));
            Task::each(vec![operation], gather)
        }
        Meaning::GetSet => {
            Task::change(key(), Change::Replace { value: value(), only: Only::Always, tell: true })
        }
        Meaning::Append => Task::change(key(), Change::Append(arguments[2].clone())),
        Meaning::MSet => several_writes(&arguments[1..])?,
        Meaning::Del => {
            let takes = keys().map(|key| Operation::Take { key });
            Task::each(takes.collect(), Gather::Present)
        }
        Meaning::GetDel => Task::each(vec![Operation::Take { key: key() }], Gather::Value),
        Meaning::FlushAll | Meaning::FlushDb => flush(&arguments[1..])?,
        Meaning::Incr => add(1),
        Meaning::Decr => add(-1),
        Meaning::IncrBy => add(integer(&arguments[2])?),
        Meaning::DecrBy => {
            let amount = integer(&arguments[2])?.checked_neg();
            add(amount.ok_or_else(|| Response::error("decrement would overflow"))?)
        }
        Meaning::DbSize => return Ok(Planned::Plan(Plan::CountKeys)),
        Meaning::Wait => return Wait::of(&arguments).map(Plan::Wait).map(Planned::Plan),
        Meaning::Multi => return Ok(Planned::Multi),
        Meaning::Exec => return Ok(Planned::Exec),
        Meaning::Discard => return Ok(Planned::Discard),
        Meaning::Watch => return Ok(Planned::Watch(keys().collect())),
        Meaning::Unwatch => return Ok(Planned::Unwatch),
        Meaning::SAdd => Task::include(key(), members()),
        Meaning::SRem => {
            let excluded = members()
                .into_iter()
                .map(|member| Operation::Edit { key: key(), edit: Edit::Exclude(member) });
            Task::each(excluded.collect(), Gather::Present)
        }
        Meaning::SMembers => read(Gather::Members),
        Meaning::SIsMember => read(Gather::Member(value())),
        Meaning::SCard => read(Gather::Cardinality),
        Meaning::Client
        | Meaning::Command
        | Meaning::Config
        | Meaning::Echo
        | Meaning::Hello
        | Meaning::Info
        | Meaning::Ping
        | Meaning::Quit
        | Meaning::Quorum
        | Meaning::Reset
        | Meaning::Select => return Ok(Planned::Plan(Plan::Connection(command, arguments))),
    })))
}

/// `SET key value [NX | XX] [GET]`
fn set(arguments: &[Vec<u8>]) -> Result<Task, Response> {
    let key = Key::from(arguments[1].as_slice());
    let value = Value::from(arguments[2].as_slice());
    let (mut only, mut tell) = (Only::Always, false);
    for option in &arguments[3..] {
        match (option.to_ascii_uppercase().as_slice(), only) {
            (b"NX", Only::Always | Only::IfAbsent) => only = Only::IfAbsent,
            (b"XX", Only::Always | Only::IfPresent) => only = Only::IfPresent,
            (b"GET", _) => tell = true,
            (option @ (b"EX" | b"PX" | b"EXAT" | b"PXAT" | b"KEEPTTL"), _) => {
                let option = String::from_utf8_lossy(option);
                let text = format!("NOTSUPPORTED SET with {option}: keys do not expire");
                return Err(Response::Error(text));
            }
            (_, Only::Always | Only::IfPresent | Only::IfAbsent) => {
                return Err(Response::error("syntax error"));
            }
        }
    }
    Ok(match (only, tell) {
        (Only::Always, false) => Task::each(vec![Operation::Write { key, value }], Gather::Done),
        (Only::IfAbsent, false) => {
            let operation = Operation::CompareAndSet { key, expected: None, value };
            Task::each(vec![operation], Gather::Swapped(Response::OK, Response::Nil))
        }
        (Only::IfPresent, false) | (_, true) => {
            Task::change(key, Change::Replace { value, only, tell })
        }
    })
}

/// `FLUSHALL [ASYNC | SYNC]`. The store is cleared when it is answered, either way.
fn flush(options: &[Vec<u8>]) -> Result<Task, Response> {
    match options {
        [] => Ok(Task::each(vec![Operation::Clear], Gather::Done)),
        [mode] if [&b"ASYNC"[..], b"SYNC"].iter().any(|known| known.eq_ignore_ascii_case(mode)) => {
            flush(&[])
        }
        [..] => Err(Response::error("syntax error")),
    }
}

/// `MSET key value ...`. Of a key that is repeated, the last value is written.
fn several_writes(pairs: &[Vec<u8>]) -> Result<Task, Response> {
    if !pairs.len().is_multiple_of(2) {
        return Err(wrong_number("mset"));
    }
    let mut writes: Vec<Operation> = Vec::with_capacity(pairs.len() / 2);
    let last = pairs.chunks(2).map(|pair| (Key::from(pair[0].as_slice()), pair[1].as_slice()));
    let last: std::collections::BTreeMap<_, _> = last.collect();
    for (key, value) in last {
        writes.push(Operation::Write { key, value: Value::from(value) });
    }
    Ok(Task::each(writes, Gather::Done))
}

fn integer(text: &[u8]) -> Result<i64, Response> {
    decimal(text).ok_or_else(|| Response::error("value is not an integer or out of range"))
}

/// What is said about the wrong number of arguments, as Redis says it.
pub(super) fn wrong_number(name: &str) -> Response {
    Response::error(format!("wrong number of arguments for '{name}' command"))
}

/// What is said about a command that there is not: as Redis says it, unless we know better.
fn unknown(arguments: &[Vec<u8>]) -> Response {
    let name = arguments.first().map(Vec::as_slice).unwrap_or_default();
    let shown = shorten(name);
    if let Some(reason) = unsupported::reason(name) {
        return Response::Error(format!("NOTSUPPORTED {}: {reason}", shown.to_ascii_uppercase()));
    }
    let mut beginning = String::new();
    for argument in &arguments[1.min(arguments.len())..] {
        if beginning.len() >= 128 {
            break;
        }
        beginning.push_str(&format!("'{}' ", shorten(argument)));
    }
    let text = format!("unknown command '{shown}', with args beginning with: {beginning}");
    Response::error(text)
}

fn shorten(argument: &[u8]) -> String {
    String::from_utf8_lossy(&argument[..argument.len().min(128)]).into_owned()
}
