//! The contract: a replication protocol is a pure state machine.
//!
//! One replica is a value. An input and a clock reading go in; the value changes and effects come
//! out. Nothing here opens a socket, reads a clock or draws a number, so the machine that a checker
//! explores is the machine that a node runs.
//!
//! Whoever drives a machine, a checker or a node, owes it this:
//!
//! 1. One input at a time, each step to its end.
//! 2. Effects in the order of their fields: what is persisted is on stable storage, as far as its
//!    [`SyncPolicy`] demands, before anything below it leaves the replica.
//! 3. After a crash the replica is dropped, and started again from what its disk still holds.
//! 4. An armed timer fires once, some time later. It may fire late, when nobody needs it any more.
//!
//! It owes nothing about the network: messages may be lost, repeated, late and out of order.

use std::fmt::Debug;
use std::hash::Hash;

#[cfg(feature = "model-checking")]
use crate::renaming::Renamer;
use crate::vocabulary::{ClientId, ReplicaId, Reply, Request, Timestamp};

/// A replication protocol. The value is its configuration: cluster size, policies, safeguards.
pub trait Protocol: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Everything one replica knows.
    type Replica: Clone + Debug + Eq + Hash + Send + Sync;
    /// The part that survives a crash.
    type Durable: Clone + Debug + Eq + Hash + Send + Sync;
    /// What replicas say to each other.
    type Message: Clone + Debug + Eq + Hash + Ord + Send + Sync;
    /// Names of timers. Durations belong to whoever keeps time.
    type Timer: Copy + Debug + Eq + Hash + Ord + Send + Sync;

    /// How its values look under other names. `None` if nobody can tell: then no scenario declares a
    /// symmetry. Only for exploring.
    #[cfg(feature = "model-checking")]
    const RENAMER: Option<Renamer<Self>> = None;

    /// How many replicas there are. Their ids are 0 to `replicas - 1`.
    fn replicas(&self) -> u8;

    /// What it means that `timer` fires.
    fn purpose(&self, timer: Self::Timer) -> Purpose;

    /// Starts replica `me` at clock reading `now`: for the first time if `durable` is `None`,
    /// otherwise from what survived a crash.
    fn start(
        &self,
        me: ReplicaId,
        durable: Option<&Self::Durable>,
        now: Timestamp,
        effects: &mut Effects<Self>,
    ) -> Self::Replica;

    /// Whether `receiver` will do nothing with `message`, now and whatever happens to it later, its
    /// crashes included. Only for exploring: what nobody will act on need not be told apart. Saying
    /// no is always correct.
    fn is_obsolete(
        &self,
        _message: &Self::Message,
        _from: ReplicaId,
        _receiver: &Self::Replica,
    ) -> bool {
        false
    }

    /// Handles one input. Total and deterministic: every input is legal in every state, and a stale
    /// one changes nothing.
    ///
    /// # Panics
    /// If the replica's own state contradicts itself. No input from outside can cause that.
    fn step(
        &self,
        me: ReplicaId,
        replica: &mut Self::Replica,
        now: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    );
}

/// What the firing of a timer concludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Nothing: it is time to repeat what may have been lost. Harmless at any moment.
    Progress,
    /// Somebody has been silent for too long. Wrong whenever they are merely slow, so a model
    /// counts every firing against its fault budget.
    Suspicion,
}

/// What a replica can observe.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input<P: Protocol> {
    /// A client asks.
    Request {
        /// Who asks.
        from: ClientId,
        /// What.
        request: Request,
    },
    /// Another replica says something.
    Message {
        /// Who says it. Never this replica.
        from: ReplicaId,
        /// What.
        message: P::Message,
    },
    /// An armed timer fired.
    Timeout(P::Timer),
}

/// What a replica wants done, in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Effects<P: Protocol> {
    /// The durable state to keep. Nothing below happens before it is kept.
    pub persist: Option<Persist<P::Durable>>,
    /// Messages to other replicas.
    pub send: Vec<(ReplicaId, P::Message)>,
    /// Replies to clients.
    pub reply: Vec<(ClientId, Reply)>,
    /// Timers to arm. Arming one that is armed restarts it.
    pub arm: Vec<P::Timer>,
}

/// A durable state, and how safe it must be before the replica goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Persist<D> {
    /// All that the replica will know after a crash.
    pub durable: D,
    /// Against which crash.
    pub sync: SyncPolicy,
}

/// How safe a persisted state must be before anything else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyncPolicy {
    /// On stable storage: it survives any crash.
    BeforeRelease,
    /// Handed to the operating system: it survives a crash of the process, not of the machine.
    Lazy,
}

impl<P: Protocol> Effects<P> {
    /// No effects.
    #[must_use]
    pub const fn none() -> Self {
        Self { persist: None, send: Vec::new(), reply: Vec::new(), arm: Vec::new() }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.persist.is_none()
            && self.send.is_empty()
            && self.reply.is_empty()
            && self.arm.is_empty()
    }

    /// How many effects reach beyond the process: one for persisting, one for each message, whether
    /// to a replica or to a client.
    #[must_use]
    pub const fn outward_count(&self) -> usize {
        self.persist.is_some() as usize + self.send.len() + self.reply.len()
    }
}
