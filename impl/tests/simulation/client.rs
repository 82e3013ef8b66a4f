//! A client that asks one thing after another, and asks again until it hears or gives up.

use std::collections::BTreeMap;
use std::time::Duration;

use holdfast_models::consistency::OperationId;
use holdfast_models::vocabulary::{
    ClientId, Context, Key, Operation, Outcome, Refusal, ReplicaId, Reply, Request, RequestId,
    Terms, Token,
};
use holdfast_node::hosted::Coordination;
use holdfast_node::moment::Moment;

use crate::plan::Asked;

/// How long an answer is waited for before the request is sent again, elsewhere.
const ASKED_AGAIN_AFTER: Duration = Duration::from_millis(400);

/// How long before nobody will ever know what came of it.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(30);

/// The same for an update that nobody else coordinates.
const COORDINATOR_GIVEN_UP_AFTER: Duration = Duration::from_secs(3);

pub(crate) struct Client {
    pub(crate) id: ClientId,
    script: Vec<Asked>,
    next: usize,
    replicas: u8,
    target: ReplicaId,
    token: Token,
    /// What it was told last that it knows of each register.
    contexts: BTreeMap<Key, Context>,
    asking: Option<Asking>,
    coordination: Coordination,
    /// How often the replica had been started that numbered what is asked.
    pub(crate) numbered: Option<u64>,
}

struct Asking {
    request: Request,
    record: OperationId,
    since: Moment,
    asked_at: Moment,
}

/// What a client has come to.
pub(crate) enum Step {
    /// It begins with an operation: write it down, and ask.
    Invoke(Operation),
    /// It asks a replica, once more or for the first time.
    Ask(ReplicaId, Request),
    /// It waits until then.
    Wait(Moment),
    /// It has done all it had to do.
    Done,
}

impl Client {
    pub(crate) const fn new(
        id: ClientId,
        script: Vec<Asked>,
        (target, replicas): (ReplicaId, u8),
        coordination: Coordination,
    ) -> Self {
        let token = Token(holdfast_models::vocabulary::LogPosition::ZERO);
        Self {
            id,
            script,
            next: 0,
            replicas,
            target,
            token,
            contexts: BTreeMap::new(),
            asking: None,
            coordination,
            numbered: None,
        }
    }

    pub(crate) fn step(&mut self, now: Moment) -> Step {
        let Some(asking) = &mut self.asking else {
            let Some(asked) = self.script.get(self.next) else { return Step::Done };
            return Step::Invoke(asked.operation.clone());
        };
        let stays =
            self.coordination != Coordination::Leader && asking.request.operation.is_update();
        let given_up = if stays { COORDINATOR_GIVEN_UP_AFTER } else { GIVEN_UP_AFTER };
        if now >= asking.since + given_up {
            // Whoever was asked may be gone for good.
            self.target = ReplicaId((self.target.0 + 1) % self.replicas);
            self.asking = None;
            return self.step(now);
        }
        if now >= asking.asked_at + ASKED_AGAIN_AFTER {
            asking.asked_at = now;
            if !stays {
                self.target = ReplicaId((self.target.0 + 1) % self.replicas);
            }
            return Step::Ask(self.target, asking.request.clone());
        }
        Step::Wait(asking.asked_at + ASKED_AGAIN_AFTER)
    }

    /// The operation has been written down as `record`.
    pub(crate) fn ask(&mut self, record: OperationId, now: Moment) -> (ReplicaId, Request) {
        let Asked { operation, write_quorum, read_quorum, is_knowing } =
            self.script[self.next].clone();
        self.next += 1;
        let known = operation.key().filter(|_| is_knowing).and_then(|key| self.contexts.get(key));
        let context = Some(known.cloned().unwrap_or_default());
        let terms = Terms { write_quorum, read_quorum, context };
        let id = RequestId(self.next as u64);
        let request = Request { id, token: self.token, operation, terms };
        self.asking = Some(Asking { request: request.clone(), record, since: now, asked_at: now });
        (self.target, request)
    }

    /// Whether nobody but the one that it was first asked of may coordinate `request`, and only until that is
    /// started again.
    pub(crate) fn is_coordinated(&self, request: &Request) -> bool {
        self.coordination == Coordination::Anyone && request.operation.is_update()
    }

    /// Takes a reply. Answers what the client has learnt of which operation, if it has.
    pub(crate) fn hear(&mut self, reply: Reply) -> Option<(OperationId, Outcome)> {
        let asking = self.asking.as_ref().filter(|asking| asking.request.id == reply.request)?;
        if let Outcome::Refused(refusal) = &reply.outcome
            && !refusal.is_final()
            && self.coordination == Coordination::Leader
        {
            // It may have taken effect at another arrival, so it is asked again, and not at once:
            // there may be no leader.
            if let Refusal::NotLeader { leader: Some(leader) } = refusal {
                self.target = ReplicaId((leader.0 + self.replicas - 1) % self.replicas);
            }
            return None;
        }
        self.token = self.token.max(reply.token);
        let record = asking.record;
        let has_shown =
            matches!(reply.outcome, Outcome::Done | Outcome::Found(_) | Outcome::Siblings(_));
        if let (true, Some(key), Some(context)) =
            (has_shown, asking.request.operation.key(), reply.context)
        {
            self.contexts.insert(key.clone(), context);
        }
        self.asking = None;
        Some((record, reply.outcome))
    }
}
