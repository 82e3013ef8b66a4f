//! What steps have led to and nobody has seen yet.

use std::collections::BTreeMap;

use holdfast_models::protocol::{Effects, Persist, SyncPolicy};
use holdfast_models::vocabulary::{ClientId, ReplicaId, Reply};

use crate::hosted::Hosted;

pub(super) struct Outbox<P: Hosted> {
    /// What steps said before any of them wanted something kept: it waits for no disk.
    pub(super) ready: Said<P>,
    /// The last durable state: it includes what the earlier ones said.
    pub(super) persist: Option<P::Durable>,
    /// Whether one of them has to be on stable storage.
    pub(super) must_be_safe: bool,
    /// What was said then and later.
    pub(super) held: Said<P>,
}

/// Messages and replies, in the order of the steps that led to them.
pub(super) struct Said<P: Hosted> {
    pub(super) send: Vec<(ReplicaId, P::Message)>,
    pub(super) reply: Vec<(ClientId, Reply)>,
    /// Where in `send` the last message to each replica is.
    last: BTreeMap<ReplicaId, usize>,
}

impl<P: Hosted> Default for Outbox<P> {
    fn default() -> Self {
        Self { ready: Said::default(), persist: None, must_be_safe: false, held: Said::default() }
    }
}

impl<P: Hosted> Default for Said<P> {
    fn default() -> Self {
        Self { send: Vec::new(), reply: Vec::new(), last: BTreeMap::new() }
    }
}

impl<P: Hosted> Outbox<P> {
    /// Adds what one step led to. Timers are armed already. Messages that are coalesced take no more
    /// than `room` bytes.
    pub(super) fn add(&mut self, protocol: &P, effects: Effects<P>, room: usize) {
        let Effects { persist, send, reply, arm: _ } = effects;
        if let Some(Persist { durable, sync }) = persist {
            self.persist = Some(durable);
            self.must_be_safe |= sync == SyncPolicy::BeforeRelease;
        }
        let said = if self.persist.is_some() { &mut self.held } else { &mut self.ready };
        said.send_all(protocol, send, room);
        said.reply.extend(reply);
    }
}

impl<P: Hosted> Said<P> {
    /// Messages that continue the last ones to the same replica are coalesced with those.
    pub(super) fn send_all(
        &mut self,
        protocol: &P,
        messages: Vec<(ReplicaId, P::Message)>,
        room: usize,
    ) {
        for (to, message) in messages {
            self.send(protocol, to, message, room);
        }
    }

    fn send(&mut self, protocol: &P, to: ReplicaId, message: P::Message, room: usize) {
        let last = self.last.get(&to).map(|at| &mut self.send[*at].1);
        let rest = match last {
            Some(earlier) => protocol.coalesce(earlier, message, room),
            None => Some(message),
        };
        if let Some(message) = rest {
            self.last.insert(to, self.send.len());
            self.send.push((to, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use holdfast_models::protocol::{Input, Protocol};
    use holdfast_models::single_leader::{Message, Participant, SingleLeader};
    use holdfast_models::vocabulary::{
        Key, Operation, Request, RequestId, Terms, Timestamp, Token, Value,
    };

    use super::*;

    const LEADER: ReplicaId = ReplicaId(0);
    const POLICY: SingleLeader = SingleLeader::majority(3);

    /// Lets a client write, and puts what that leads to into `outbox`.
    fn write(outbox: &mut Outbox<SingleLeader>, leader: &mut Participant, id: u64, room: usize) {
        let value = Value::from("v".repeat(100).as_str());
        let operation = Operation::Write { key: Key::from("key"), value };
        let request = Request {
            id: RequestId(u64::MAX),
            token: Token::default(),
            operation,
            terms: Terms::default(),
        };
        let input = Input::Request { from: ClientId(u64::MAX - id), request };
        let mut effects = Effects::none();
        POLICY.step(LEADER, leader, Timestamp(1), input, &mut effects);
        outbox.add(&POLICY, effects, room);
    }

    fn leader() -> Participant {
        POLICY.start(LEADER, None, Timestamp(0), &mut Effects::none())
    }

    #[test]
    fn entries_for_one_replica_share_messages_that_fit() {
        let (mut outbox, mut leader, room) = (Outbox::default(), leader(), 1_000);
        for id in 0..60 {
            write(&mut outbox, &mut leader, id, room);
        }
        let mut entries = BTreeMap::new();
        for (to, message) in &outbox.held.send {
            let length = postcard::to_stdvec(message).expect("memory is enough").len();
            assert!(length <= room, "{length} bytes");
            if let Message::Append { entries: carried, .. } = message {
                *entries.entry(*to).or_insert(0) += carried.len();
            }
        }
        assert_eq!(entries, BTreeMap::from([(ReplicaId(1), 60), (ReplicaId(2), 60)]));
        assert!(outbox.held.send.len() < 40, "{} messages", outbox.held.send.len());
    }

    #[test]
    fn only_what_was_said_before_something_is_to_be_kept_is_ready() {
        let (mut outbox, mut leader) = (Outbox::default(), leader());
        let heartbeat = Input::Timeout(holdfast_models::single_leader::Timer::Heartbeat);
        let mut effects = Effects::none();
        POLICY.step(LEADER, &mut leader, Timestamp(1), heartbeat.clone(), &mut effects);
        outbox.add(&POLICY, effects, 1_000);
        assert_eq!((outbox.ready.send.len(), outbox.held.send.len()), (2, 0));
        write(&mut outbox, &mut leader, 1, 1_000);
        let mut effects = Effects::none();
        POLICY.step(LEADER, &mut leader, Timestamp(1), heartbeat, &mut effects);
        assert_eq!(effects.persist, None, "what is held waits for an earlier step");
        outbox.add(&POLICY, effects, 1_000);
        assert_eq!(outbox.ready.send.len(), 2);
        assert!(outbox.held.send.len() >= 4, "{} messages", outbox.held.send.len());
    }
}
