//! Scripts of clients, in few words: for the tables of scenarios.

use super::{Ask, At, Client, Session, Step};

/// A client whose requests stand alone.
pub(crate) const fn client(script: &'static [Step]) -> Client {
    Client { session: Session::Plain, script }
}

pub(crate) const fn write(key: &'static str, value: &'static str, replica: u8) -> Step {
    Step::Ask(Ask::Write(key, value), At::Replica(replica))
}

pub(crate) const fn write_anywhere(key: &'static str, value: &'static str) -> Step {
    Step::Ask(Ask::Write(key, value), At::Any)
}

pub(crate) const fn add(key: &'static str, amount: i64, replica: u8) -> Step {
    Step::Ask(Ask::Add(key, amount), At::Replica(replica))
}

pub(crate) const fn include(key: &'static str, element: &'static str, replica: u8) -> Step {
    Step::Ask(Ask::Include(key, element), At::Replica(replica))
}

pub(crate) const fn exclude(key: &'static str, element: &'static str, replica: u8) -> Step {
    Step::Ask(Ask::Exclude(key, element), At::Replica(replica))
}

pub(crate) const fn insert(
    key: &'static str,
    place: u32,
    element: &'static str,
    replica: u8,
) -> Step {
    Step::Ask(Ask::Insert(key, place, element), At::Replica(replica))
}

pub(crate) const fn erase(key: &'static str, place: u32, replica: u8) -> Step {
    Step::Ask(Ask::Erase(key, place), At::Replica(replica))
}

pub(crate) const fn read(key: &'static str, replica: u8) -> Step {
    Step::Ask(Ask::Read(key), At::Replica(replica))
}
