//! What clients do: asking, telling, hearing.

use super::transition::spend;
use super::{
    Address, Body, Client, ClientState, Cluster, Envelope, NetworkKind, Session, Shared, State,
    Step, Waiting,
};
use crate::consistency::{History, OperationId};
use crate::protocol::Protocol;
use crate::vocabulary::{ClientId, Outcome, Refusal, ReplicaId, Reply, Request, Terms};

impl<P: Protocol> Cluster<P> {
    pub(super) fn ask(&self, state: &mut State<P>, client: ClientId, at: ReplicaId) -> bool {
        let index = client.0 as usize;
        let Some(Step::Ask(ask, _)) = self.clients[index].script.get(state.clients[index].next)
        else {
            return false;
        };
        let mut history = History::clone(&state.history);
        let id = history.invoke(index, ask.operation());
        state.history = Shared::new(history);
        state.clients[index].waiting = Some(Waiting { request: id.request(), sent_again: false });
        self.send_request(state, client, at)
    }

    pub(super) fn send_request(
        &self,
        state: &mut State<P>,
        client: ClientId,
        at: ReplicaId,
    ) -> bool {
        let of = &state.clients[client.0 as usize];
        let Some(waiting) = of.waiting else { return false };
        let asked = state.history.get(OperationId::of(client, waiting.request));
        let operation = asked.expect("a client waits for what it invoked").operation.clone();
        let request =
            Request { id: waiting.request, token: of.token, operation, terms: Terms::default() };
        let envelope = Envelope {
            from: Address::Client(client),
            to: Address::Replica(at),
            body: Body::Request(request),
        };
        state.network.send(self.environment.network, vec![Shared::new(envelope)]);
        true
    }

    pub(super) fn retry(&self, state: &mut State<P>, client: ClientId, at: ReplicaId) -> bool {
        spend(&mut state.budget.retries);
        let network = state.network.clone();
        if let Some(waiting) = &mut state.clients[client.0 as usize].waiting {
            waiting.sent_again = true;
        }
        // A datagram that is in flight already may arrive again without being sent again.
        self.send_request(state, client, at) && state.network != network
    }

    pub(super) fn give_up(&self, state: &mut State<P>, client: ClientId) -> bool {
        spend(&mut state.budget.give_ups);
        let of = &mut state.clients[client.0 as usize];
        let Some(waiting) = of.waiting.take() else { return false };
        state.network.forget_replies(client, waiting.request);
        self.go_on(state, client);
        true
    }

    pub(super) fn tell(&self, state: &mut State<P>, client: ClientId) -> bool {
        let index = client.0 as usize;
        let Some(Step::Tell(told)) = self.clients[index].script.get(state.clients[index].next)
        else {
            return false;
        };
        let listener = usize::from(*told);
        state.history.update(|history| history.notify(index, listener));
        let token = state.clients[index].token;
        let at = &mut state.clients[listener];
        at.heard_from |= 1 << client.0;
        if self.clients[listener].session == Session::WithToken {
            at.token = at.token.max(token);
        }
        skip_what_was_heard(&self.clients[listener], at);
        self.go_on(state, client);
        true
    }

    pub(super) fn go_on(&self, state: &mut State<P>, client: ClientId) {
        let index = client.0 as usize;
        state.clients[index].next += 1;
        skip_what_was_heard(&self.clients[index], &mut state.clients[index]);
    }

    pub(super) fn hear(&self, state: &mut State<P>, client: ClientId, reply: &Reply) {
        let index = client.0 as usize;
        let Some(waiting) = state.clients[index].waiting else { return };
        let says_no = matches!(reply.outcome, Outcome::Refused(refusal) if !refusal.is_final());
        if waiting.request != reply.request || (waiting.sent_again && says_no) {
            return;
        }
        let id = OperationId::of(client, reply.request);
        let is_update = state.history.get(id).is_some_and(|record| record.operation.is_update());
        let may_arrive_again = self.environment.network == NetworkKind::Datagram;
        // A client that is refused goes on. Whether its update takes effect is open while the
        // network may still repeat the request.
        if !(says_no && is_update && may_arrive_again) {
            let outcome = without_hints(&reply.outcome);
            state.history.update(|history| history.complete(id, outcome));
        }
        state.network.forget_replies(client, reply.request);
        let of = &mut state.clients[index];
        of.waiting = None;
        if self.clients[index].session == Session::WithToken {
            of.token = of.token.max(reply.token);
        }
        self.go_on(state, client);
    }
}

pub(super) fn skip_what_was_heard(client: &Client, at: &mut ClientState) {
    while let Some(Step::HearFrom(teller)) = client.script.get(at.next)
        && at.has_heard_from(*teller)
    {
        at.next += 1;
    }
}

/// Whether somebody still waits for the message. A reply to a request that its client has finished
/// with would be ignored now and for ever. Of a client that is no part of the state, nothing is known.
pub(super) fn is_awaited<M>(clients: &[ClientState], to: Address, body: &Body<M>) -> bool {
    match (to, body) {
        (Address::Client(client), Body::Reply(reply)) => {
            clients.get(client.0 as usize).is_none_or(|client| {
                client.waiting.is_some_and(|waiting| waiting.request == reply.request)
            })
        }
        (_, Body::Request(_) | Body::Reply(_) | Body::Message(_)) => true,
    }
}

/// What a client learns of its operation. Where else it might ask is no part of that.
fn without_hints(outcome: &Outcome) -> Outcome {
    match outcome {
        Outcome::Refused(Refusal::NotLeader { .. }) => {
            Outcome::Refused(Refusal::NotLeader { leader: None })
        }
        Outcome::Done
        | Outcome::Found(_)
        | Outcome::Siblings(_)
        | Outcome::Counted(_)
        | Outcome::Swapped(_)
        | Outcome::Indeterminate
        | Outcome::Refused(_)
        | Outcome::Elements(_)
        | Outcome::Transacted(_) => outcome.clone(),
    }
}
