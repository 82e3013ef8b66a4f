//! The same thing under other names: what a value looks like once replicas, clients and what they
//! write are called differently.
//!
//! A protocol that treats replicas alike takes the same steps whatever they are called, so states
//! that differ in names alone need not be told apart (Ip and Dill, *Better verification through
//! symmetry*, 1996). Everything here takes its values apart field by field: a new field has to say
//! whether there are names in it.

use std::collections::BTreeMap;

use crate::protocol::Protocol;
use crate::vocabulary::{
    Answered, ClientId, Command, Edit, Log, LogEntry, Map, Operation, Outcome, Refusal, ReplicaId,
    ReplicaSet, Reply, Request, Sequence, Terms, Value,
};

/// What everybody and every written value is called instead. Whoever is not named keeps the name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Renaming {
    /// The new id of each replica, by its id.
    pub replicas: Vec<ReplicaId>,
    /// The new id of each client, by its id.
    pub clients: Vec<ClientId>,
    /// Values and what is written instead.
    pub values: Vec<(Value, Value)>,
}

/// What can be called differently.
pub trait Rename {
    /// The same under the names of `by`.
    #[must_use]
    fn renamed(&self, by: &Renaming) -> Self;
}

/// How the values of one protocol are renamed.
#[derive(Debug)]
pub struct Renamer<P: Protocol> {
    /// Its configuration.
    pub configuration: fn(&P, &Renaming) -> P,
    /// What a replica knows.
    pub replica: fn(&P::Replica, &Renaming) -> P::Replica,
    /// What it remembers.
    pub durable: fn(&P::Durable, &Renaming) -> P::Durable,
    /// What it says.
    pub message: fn(&P::Message, &Renaming) -> P::Message,
    /// Its timers.
    pub timer: fn(&P::Timer, &Renaming) -> P::Timer,
}

impl<P> Renamer<P>
where
    P: Protocol + Rename,
    P::Replica: Rename,
    P::Durable: Rename,
    P::Message: Rename,
    P::Timer: Rename,
{
    /// Each type renames itself.
    #[must_use]
    pub const fn of_each() -> Self {
        Self {
            configuration: P::renamed,
            replica: P::Replica::renamed,
            durable: P::Durable::renamed,
            message: P::Message::renamed,
            timer: P::Timer::renamed,
        }
    }
}

impl<P: Protocol> Clone for Renamer<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Protocol> Copy for Renamer<P> {}

impl Rename for ReplicaId {
    fn renamed(&self, by: &Renaming) -> Self {
        by.replicas.get(usize::from(self.0)).copied().unwrap_or(*self)
    }
}

impl Rename for ReplicaSet {
    fn renamed(&self, by: &Renaming) -> Self {
        self.iter().map(|replica| replica.renamed(by)).collect()
    }
}

impl Rename for ClientId {
    fn renamed(&self, by: &Renaming) -> Self {
        by.clients.get(self.0 as usize).copied().unwrap_or(*self)
    }
}

impl Rename for Value {
    fn renamed(&self, by: &Renaming) -> Self {
        let instead = by.values.iter().find(|(value, _)| value == self);
        instead.map_or(self, |(_, instead)| instead).clone()
    }
}

impl<T: Rename> Rename for Option<T> {
    fn renamed(&self, by: &Renaming) -> Self {
        self.as_ref().map(|inner| inner.renamed(by))
    }
}

impl<T: Rename> Rename for Box<T> {
    fn renamed(&self, by: &Renaming) -> Self {
        Self::new(T::renamed(self, by))
    }
}

impl<T: Rename> Rename for Vec<T> {
    fn renamed(&self, by: &Renaming) -> Self {
        self.iter().map(|element| element.renamed(by)).collect()
    }
}

impl<K: Rename + Ord, V: Rename> Rename for BTreeMap<K, V> {
    fn renamed(&self, by: &Renaming) -> Self {
        self.iter().map(|(key, value)| (key.renamed(by), value.renamed(by))).collect()
    }
}

impl<T: Rename + Clone> Rename for Sequence<T> {
    fn renamed(&self, by: &Renaming) -> Self {
        self.iter().map(|element| element.renamed(by)).collect()
    }
}

/// A map with other keys and values.
pub(crate) fn renamed_map<K: Ord + Clone, V: Clone>(
    map: &Map<K, V>,
    rename: impl Fn(&K, &V) -> (K, V),
) -> Map<K, V> {
    let mut renamed = Map::default();
    for (key, value) in map.iter() {
        let (key, value) = rename(key, value);
        renamed.insert(key, value);
    }
    renamed
}

impl Rename for Operation {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Read { key } => Self::Read { key: key.clone() },
            Self::Write { key, value } => {
                Self::Write { key: key.clone(), value: value.renamed(by) }
            }
            Self::Delete { key } => Self::Delete { key: key.clone() },
            Self::Add { key, amount } => Self::Add { key: key.clone(), amount: *amount },
            Self::CompareAndSet { key, expected, value } => Self::CompareAndSet {
                key: key.clone(),
                expected: expected.renamed(by),
                value: value.renamed(by),
            },
            Self::AddReplica(replica) => Self::AddReplica(replica.renamed(by)),
            Self::RemoveReplica(replica) => Self::RemoveReplica(replica.renamed(by)),
            Self::Take { key } => Self::Take { key: key.clone() },
            Self::Clear => Self::Clear,
            Self::Edit { key, edit } => Self::Edit { key: key.clone(), edit: edit.renamed(by) },
            Self::Transact { reads, writes, unchanged } => Self::Transact {
                reads: reads.clone(),
                writes: writes
                    .iter()
                    .map(|(key, value)| (key.clone(), value.renamed(by)))
                    .collect(),
                unchanged: unchanged.clone(),
            },
        }
    }
}

impl Rename for Edit {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Include(element) => Self::Include(element.renamed(by)),
            Self::Exclude(element) => Self::Exclude(element.renamed(by)),
            Self::Insert { place, element } => {
                Self::Insert { place: *place, element: element.renamed(by) }
            }
            Self::Erase { place } => Self::Erase { place: *place },
        }
    }
}

impl Rename for Outcome {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Done => Self::Done,
            Self::Found(value) => Self::Found(value.renamed(by)),
            Self::Siblings(values) => {
                // In ascending order, whatever they are called.
                let mut values: Vec<_> = values.iter().map(|value| value.renamed(by)).collect();
                values.sort();
                Self::Siblings(values)
            }
            Self::Counted(number) => Self::Counted(*number),
            Self::Swapped(swapped) => Self::Swapped(*swapped),
            Self::Indeterminate => Self::Indeterminate,
            Self::Refused(refusal) => Self::Refused(refusal.renamed(by)),
            Self::Elements(values) => Self::Elements(values.renamed(by)),
            Self::Transacted(found) => Self::Transacted(found.renamed(by)),
        }
    }
}

impl Rename for Refusal {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::NotLeader { leader } => Self::NotLeader { leader: leader.renamed(by) },
            Self::Behind => Self::Behind,
            Self::Unavailable => Self::Unavailable,
            Self::NotANumber => Self::NotANumber,
            Self::ChangeUnderWay => Self::ChangeUnderWay,
            Self::ChangeImpossible => Self::ChangeImpossible,
            Self::OutOfRange => Self::OutOfRange,
            Self::Unsupported => Self::Unsupported,
            Self::AnotherKind => Self::AnotherKind,
            Self::Locked => Self::Locked,
            Self::Conflict => Self::Conflict,
        }
    }
}

impl Rename for Request {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { id, token, operation, terms } = self;
        let operation = operation.renamed(by);
        Self { id: *id, token: *token, operation, terms: terms.renamed(by) }
    }
}

impl Rename for Reply {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { request, outcome, token, context } = self;
        let (outcome, context) = (outcome.renamed(by), context.renamed(by));
        Self { request: *request, outcome, token: *token, context }
    }
}

impl Rename for Terms {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { write_quorum, read_quorum, context } = self;
        let context = context.renamed(by);
        Self { write_quorum: *write_quorum, read_quorum: *read_quorum, context }
    }
}

impl Rename for Command {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::NewEpoch => Self::NewEpoch,
            Self::Update { client, request, operation } => Self::Update {
                client: client.renamed(by),
                request: *request,
                operation: operation.renamed(by),
            },
        }
    }
}

impl Rename for LogEntry {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { epoch, command } = self;
        Self { epoch: *epoch, command: command.renamed(by) }
    }
}

impl Rename for Log {
    fn renamed(&self, by: &Renaming) -> Self {
        Self::new(self.base(), self.entries().renamed(by))
    }
}

impl Rename for Answered {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { request, outcome, token } = self;
        Self { request: *request, outcome: outcome.renamed(by), token: *token }
    }
}
