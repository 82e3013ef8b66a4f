//! Step traces: what one replica was given, and digests of what came of it, so that a run can be
//! replayed through `step` and compared.
//!
//! A trace is a sequence of checksummed records. Each start of the replica writes one with all that
//! it remembered, each step one with its input. Digests are of the effects, at every step, and of
//! the whole state, as often as one can afford: it takes time in proportion to the store.

mod hasher;
mod replay;
mod tracer;

#[cfg(test)]
mod tests;

use holdfast_models::protocol::{Effects, Input};
use holdfast_models::vocabulary::{ClientId, ReplicaId, Request, Timestamp};
use serde::{Deserialize, Serialize};

pub use replay::{Divergence, Replayed, replay};
pub use tracer::Tracer;

use crate::hosted::Hosted;

/// One record of a trace.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
enum Entry<P: Hosted> {
    /// The replica was started.
    Started {
        me: ReplicaId,
        /// Of which configuration.
        configuration: u64,
        durable: Option<P::Durable>,
        now: Timestamp,
        digests: Digests,
    },
    /// It handled an input.
    Stepped { now: Timestamp, input: Given<P>, digests: Digests },
}

/// An input, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
enum Given<P: Hosted> {
    Request { from: ClientId, request: Request },
    Message { from: ReplicaId, message: P::Message },
    Timeout(P::Timer),
}

impl<P: Hosted> Given<P> {
    fn of(input: &Input<P>) -> Self {
        match input.clone() {
            Input::Request { from, request } => Self::Request { from, request },
            Input::Message { from, message } => Self::Message { from, message },
            Input::Timeout(timer) => Self::Timeout(timer),
        }
    }

    fn input(self) -> Input<P> {
        match self {
            Self::Request { from, request } => Input::Request { from, request },
            Self::Message { from, message } => Input::Message { from, message },
            Self::Timeout(timer) => Input::Timeout(timer),
        }
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Digests {
    /// Of messages, replies, timers, and of how safe what is kept has to be.
    effects: u64,
    /// Of the state, and of what is kept; not at every step.
    state: Option<u64>,
}

impl Digests {
    fn of<P: Hosted>(replica: &P::Replica, effects: &Effects<P>, includes_state: bool) -> Self {
        let sync = effects.persist.as_ref().map(|persist| persist.sync);
        let durable = effects.persist.as_ref().map(|persist| &persist.durable);
        Self {
            effects: hasher::digest(&(sync, &effects.send, &effects.reply, &effects.arm)),
            state: includes_state.then(|| hasher::digest(&(replica, durable))),
        }
    }
}
