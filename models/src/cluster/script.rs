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

pub(crate) const fn read(key: &'static str, replica: u8) -> Step {
    Step::Ask(Ask::Read(key), At::Replica(replica))
}
