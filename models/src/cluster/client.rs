//! Clients: what each will ask, in which order, of whom; and where it stands.

use crate::vocabulary::{
    Edit, Key, LogPosition, Operation, Place, ReplicaId, RequestId, Token, Value,
};

/// One client of a scenario and its script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client {
    /// Whether the client hands its replies' tokens back.
    pub session: Session,
    /// What it does, in order. It does the next thing once the last is answered.
    pub script: &'static [Step],
}

/// Whether a session carries what it has seen from one replica to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Session {
    /// Every request stands alone.
    Plain,
    /// Every request carries the latest token heard, in a reply or in a notice.
    WithToken,
}

/// One thing in a client's script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Ask a replica.
    Ask(Ask, At),
    /// Tell another client, outside the store, that the last request was answered.
    Tell(u8),
    /// Wait to be told by another client.
    HearFrom(u8),
}

/// Which replica is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// Always this one: a pinned client.
    Replica(u8),
    /// Any one: a client that moves, or does not know whom to ask.
    Any,
}

/// What is asked: an [`Operation`] that a constant can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// [`Operation::Read`]
    Read(&'static str),
    /// [`Operation::Write`]
    Write(&'static str, &'static str),
    /// [`Operation::Delete`]
    Delete(&'static str),
    /// [`Operation::Add`]
    Add(&'static str, i64),
    /// [`Operation::CompareAndSet`]
    CompareAndSet(&'static str, Option<&'static str>, &'static str),
    /// [`Operation::AddReplica`]
    AddReplica(u8),
    /// [`Operation::RemoveReplica`]
    RemoveReplica(u8),
    /// [`Operation::Take`]
    Take(&'static str),
    /// [`Operation::Clear`]
    Clear,
    /// [`Edit::Include`]
    Include(&'static str, &'static str),
    /// [`Edit::Exclude`]
    Exclude(&'static str, &'static str),
    /// [`Edit::Insert`]
    Insert(&'static str, u32, &'static str),
    /// [`Edit::Erase`]
    Erase(&'static str, u32),
    /// [`Operation::Transact`]: what is read, and what is written
    Transact(&'static [&'static str], &'static [(&'static str, &'static str)]),
    /// [`Operation::Transact`]: where nobody may ever have written, and what is written
    TransactUnlessWritten(&'static [&'static str], &'static [(&'static str, &'static str)]),
}

impl Ask {
    /// The operation that is asked for.
    #[must_use]
    pub fn operation(self) -> Operation {
        match self {
            Self::Read(key) => Operation::Read { key: Key::from(key) },
            Self::Write(key, value) => {
                Operation::Write { key: Key::from(key), value: Value::from(value) }
            }
            Self::Delete(key) => Operation::Delete { key: Key::from(key) },
            Self::Add(key, amount) => Operation::Add { key: Key::from(key), amount },
            Self::CompareAndSet(key, expected, value) => Operation::CompareAndSet {
                key: Key::from(key),
                expected: expected.map(Value::from),
                value: Value::from(value),
            },
            Self::AddReplica(replica) => Operation::AddReplica(ReplicaId(replica)),
            Self::RemoveReplica(replica) => Operation::RemoveReplica(ReplicaId(replica)),
            Self::Take(key) => Operation::Take { key: Key::from(key) },
            Self::Clear => Operation::Clear,
            Self::Include(key, element) => edit(key, Edit::Include(Value::from(element))),
            Self::Exclude(key, element) => edit(key, Edit::Exclude(Value::from(element))),
            Self::Insert(key, place, element) => {
                edit(key, Edit::Insert { place: Place(place), element: Value::from(element) })
            }
            Self::Erase(key, place) => edit(key, Edit::Erase { place: Place(place) }),
            Self::Transact(reads, writes) => Operation::Transact {
                reads: reads.iter().copied().map(Key::from).collect(),
                writes: written(writes),
                unchanged: Vec::new(),
            },
            Self::TransactUnlessWritten(keys, writes) => Operation::Transact {
                reads: Vec::new(),
                writes: written(writes),
                unchanged: keys.iter().map(|key| (Key::from(*key), LogPosition::ZERO)).collect(),
            },
        }
    }
}

fn written(writes: &[(&str, &str)]) -> Vec<(Key, Option<Value>)> {
    writes.iter().map(|(key, value)| (Key::from(*key), Some(Value::from(*value)))).collect()
}

fn edit(key: &str, edit: Edit) -> Operation {
    Operation::Edit { key: Key::from(key), edit }
}

/// Where a client stands in its script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientState {
    /// Index of the step it does next, or is waiting in.
    pub next: usize,
    /// The request it waits for.
    pub waiting: Option<Waiting>,
    /// What its session has seen. Stays at the default for [`Session::Plain`].
    pub token: Token,
    /// Which clients have told it something, one bit each.
    pub heard_from: u16,
}

/// A request that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// Which.
    pub request: RequestId,
    /// Whether it was sent more than once. Then a refusal by one replica settles nothing: another
    /// may have accepted it.
    pub sent_again: bool,
}

impl ClientState {
    /// Whether `client` has told this one something.
    #[must_use]
    pub const fn has_heard_from(&self, client: u8) -> bool {
        self.heard_from & (1 << client) != 0
    }
}
