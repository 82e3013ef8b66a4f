//! The socket of the native protocol: for native clients, and for what this node asks of others.

use std::net::SocketAddr;
use std::sync::Arc;

use holdfast_models::vocabulary::{ClientId, Outcome, Refusal, ReplicaId, Reply, Request};
use mio::net::UdpSocket;

use super::clients::ClientIds;
use super::counters::{Counter, Counters};
use super::mailbox::{Letter, Mailbox};
use crate::client::{Body, ClientKey, MAX_DATAGRAM, MAX_VALUE, fits};
use crate::hosted::Coordination;
use crate::submission::{Submission, Submitter};

/// How many datagrams are taken in before connections have their turn.
const MOST_AT_ONCE: usize = 256;

/// What the length of a value takes at most, beside it.
const LENGTH: usize = 3;

pub(super) struct Native {
    me: ReplicaId,
    socket: Option<UdpSocket>,
    key: ClientKey,
    coordination: Coordination,
    submitter: Submitter,
    mailbox: Arc<Mailbox>,
    counters: Arc<Counters>,
}

impl Native {
    pub(super) fn new(
        me: ReplicaId,
        socket: Option<UdpSocket>,
        (key, coordination): (ClientKey, Coordination),
        submitter: Submitter,
        mailbox: Arc<Mailbox>,
        counters: Arc<Counters>,
    ) -> Self {
        Self { me, socket, key, coordination, submitter, mailbox, counters }
    }

    /// What cannot be sent is lost, as any datagram may be: it is asked again.
    pub(super) fn send(&self, to: SocketAddr, body: &Body) {
        if let Some(socket) = &self.socket {
            let _ = socket.send_to(&self.key.seal(body), to);
        }
    }

    /// Takes in datagrams and hands what other replicas answer to `on_answer`. Whether there may be
    /// more.
    pub(super) fn receive(
        &self,
        ids: &mut ClientIds,
        buffer: &mut [u8; MAX_DATAGRAM],
        mut on_answer: impl FnMut(&Self, Body),
    ) -> bool {
        let Some(socket) = &self.socket else { return false };
        for _ in 0..MOST_AT_ONCE {
            let (length, from) = match socket.recv_from(buffer) {
                Ok(received) => received,
                Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
            };
            match self.key.open(&buffer[..length]) {
                Err(_) => self.counters.count(Counter::DatagramsDropped),
                Ok(Body::Open { nonce }) => {
                    // Without numbers nobody is answered, and asks another replica.
                    if let Some(numbers) = ids.native() {
                        let coordination = self.coordination;
                        let opened = Body::Opened { nonce, from: self.me, numbers, coordination };
                        self.send(from, &opened);
                    }
                }
                Ok(Body::Ask { client, request }) if self.is_ours(ids, client, &request) => {
                    self.submit(from, client, request);
                }
                Ok(Body::Ask { client, request }) => {
                    let request = request.id;
                    self.send(from, &Body::Stranger { from: self.me, client, request });
                }
                Ok(body @ (Body::Answer { .. } | Body::Busy { .. })) => on_answer(self, body),
                Ok(Body::Opened { .. } | Body::Stranger { .. }) => {
                    self.counters.count(Counter::DatagramsDropped)
                }
            }
        }
        true
    }

    /// Whether the request may be asked here.
    fn is_ours(&self, ids: &ClientIds, client: ClientId, request: &Request) -> bool {
        match self.coordination {
            Coordination::Leader => true,
            Coordination::Anyone => {
                !request.operation.is_update() || ids.has_numbered(client, request.id)
            }
            Coordination::Keeper => !request.operation.is_update() || ids.has_named(client),
        }
    }

    /// A native client, or another node, asks this replica.
    fn submit(&self, from: SocketAddr, client: ClientId, mut request: Request) {
        if !fits(&request.operation) {
            self.counters.count(Counter::DatagramsDropped);
            return;
        }
        self.counters.count(Counter::Datagrams);
        match self.coordination {
            Coordination::Leader => {}
            // Ids are used again: whoever does not say what it knows is not taken to know what the one
            // before it was shown, and nothing is remembered for it.
            Coordination::Anyone | Coordination::Keeper => {
                let _ = request.terms.context.get_or_insert_default();
            }
        }
        let id = request.id;
        let mailbox = Arc::clone(&self.mailbox);
        let answer = Box::new(move |reply| mailbox.put(Letter::Native(from, client, reply)));
        if self.submitter.submit(Submission { client, request, answer }).is_err() {
            self.send(from, &Body::Busy { from: self.me, client, request: id });
        }
    }

    /// The answer to what was asked from there. Several values may be more than a datagram carries.
    pub(super) fn answer(&self, to: SocketAddr, client: ClientId, reply: Reply) {
        let carried: usize = match &reply.outcome {
            Outcome::Siblings(values) | Outcome::Elements(values) => {
                values.iter().map(|value| value.as_bytes().len() + LENGTH).sum()
            }
            Outcome::Transacted(found) => {
                found.iter().flatten().map(|value| value.as_bytes().len()).sum()
            }
            Outcome::Done
            | Outcome::Found(_)
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_) => 0,
        };
        let reply = if carried > 2 * MAX_VALUE {
            Reply { outcome: Outcome::Refused(Refusal::Unsupported), ..reply }
        } else {
            reply
        };
        self.send(to, &Body::Answer { from: self.me, client, reply });
    }
}
