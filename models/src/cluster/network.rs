//! Messages in flight.

use std::fmt;
use std::hash::Hash;

use super::{NetworkKind, Shared};
use crate::vocabulary::{ClientId, ReplicaId, Reply, Request, RequestId};

/// One end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A client.
    Client(ClientId),
    /// A replica.
    Replica(ReplicaId),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(client) => client.fmt(f),
            Self::Replica(replica) => replica.fmt(f),
        }
    }
}

/// A message with its ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Envelope<M> {
    /// Who sent it.
    pub from: Address,
    /// Whom it is for.
    pub to: Address,
    /// What it says.
    pub body: Body<M>,
}

/// What an envelope holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body<M> {
    /// A client asks a replica.
    Request(Request),
    /// A replica answers a client.
    Reply(Reply),
    /// A replica tells a replica.
    Message(M),
}

/// What is in flight, in an order that depends on nothing but what is in flight.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Network<M> {
    envelopes: Shared<Vec<Shared<Envelope<M>>>>,
}

impl<M: Clone + Eq + Ord + Hash> Network<M> {
    /// Nothing in flight.
    #[must_use]
    pub fn empty() -> Self {
        Self { envelopes: Shared::new(Vec::new()) }
    }

    /// Everything in flight.
    pub fn iter(&self) -> impl Iterator<Item = &Shared<Envelope<M>>> {
        self.envelopes.iter()
    }

    /// What may be delivered next: everything, or the oldest message of each link.
    pub fn deliverable(&self, kind: NetworkKind) -> impl Iterator<Item = &Shared<Envelope<M>>> {
        self.envelopes.iter().enumerate().filter_map(move |(index, envelope)| {
            let before = index.checked_sub(1).map(|before| &self.envelopes[before]);
            let waits = match kind {
                NetworkKind::Datagram => false,
                NetworkKind::AtMostOnce => before == Some(envelope),
                NetworkKind::Fifo => before.is_some_and(|before| before.link() == envelope.link()),
            };
            (!waits).then_some(envelope)
        })
    }

    /// Puts `sent` in flight.
    pub fn send(&mut self, kind: NetworkKind, sent: Vec<Shared<Envelope<M>>>) {
        if sent.is_empty() {
            return;
        }
        let mut envelopes = Vec::with_capacity(self.envelopes.len() + sent.len());
        envelopes.extend_from_slice(&self.envelopes);
        for envelope in sent {
            match kind {
                NetworkKind::Datagram => {
                    if let Err(place) = envelopes.binary_search(&envelope) {
                        envelopes.insert(place, envelope);
                    }
                }
                NetworkKind::AtMostOnce => {
                    let place = envelopes.partition_point(|other| *other <= envelope);
                    envelopes.insert(place, envelope);
                }
                NetworkKind::Fifo => {
                    let place = envelopes.partition_point(|other| other.link() <= envelope.link());
                    envelopes.insert(place, envelope);
                }
            }
        }
        self.envelopes = Shared::new(envelopes);
    }

    /// Takes `envelope` out, where a message is delivered once.
    pub fn deliver(&mut self, kind: NetworkKind, envelope: &Shared<Envelope<M>>) {
        match kind {
            NetworkKind::Datagram => {}
            NetworkKind::AtMostOnce | NetworkKind::Fifo => {
                self.envelopes.update(|envelopes| {
                    if let Some(place) = envelopes.iter().position(|other| other == envelope) {
                        envelopes.remove(place);
                    }
                });
            }
        }
    }

    /// Drops what `is_dead` says nobody will act on, now or later.
    pub fn forget(&mut self, mut is_dead: impl FnMut(&Envelope<M>) -> bool) {
        let alive: Vec<_> =
            self.envelopes.iter().filter(|envelope| !is_dead(envelope)).cloned().collect();
        if alive.len() < self.envelopes.len() {
            self.envelopes = Shared::new(alive);
        }
    }

    /// Drops every reply to `request` of `client`. The client no longer waits for it, so delivering
    /// one would change nothing now or later.
    pub fn forget_replies(&mut self, client: ClientId, request: RequestId) {
        self.forget(|envelope| match &envelope.body {
            Body::Reply(reply) => {
                envelope.to == Address::Client(client) && reply.request == request
            }
            Body::Request(_) | Body::Message(_) => false,
        });
    }
}

impl<M> Envelope<M> {
    const fn link(&self) -> (Address, Address) {
        (self.from, self.to)
    }
}

#[cfg(test)]
mod tests;
