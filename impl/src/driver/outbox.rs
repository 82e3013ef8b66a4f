//! What steps have led to and nobody has seen yet.

use holdfast_models::protocol::{Effects, Persist, SyncPolicy};
use holdfast_models::vocabulary::{ClientId, ReplicaId, Reply};

use crate::hosted::Hosted;

pub(super) struct Outbox<P: Hosted> {
    /// The last durable state: it includes what the earlier ones said.
    pub(super) persist: Option<P::Durable>,
    /// Whether one of them has to be on stable storage.
    pub(super) must_be_safe: bool,
    pub(super) send: Vec<(ReplicaId, P::Message)>,
    pub(super) reply: Vec<(ClientId, Reply)>,
}

impl<P: Hosted> Default for Outbox<P> {
    fn default() -> Self {
        Self { persist: None, must_be_safe: false, send: Vec::new(), reply: Vec::new() }
    }
}

impl<P: Hosted> Outbox<P> {
    /// Adds what one step led to. Timers are armed already.
    pub(super) fn add(&mut self, effects: Effects<P>) {
        let Effects { persist, send, reply, arm: _ } = effects;
        if let Some(Persist { durable, sync }) = persist {
            self.persist = Some(durable);
            self.must_be_safe |= sync == SyncPolicy::BeforeRelease;
        }
        self.send.extend(send);
        self.reply.extend(reply);
    }
}
