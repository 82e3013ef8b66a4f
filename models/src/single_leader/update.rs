//! Updates at the leader: appending, acknowledging, exposing.

use super::transition::Turn;
use super::{
    AckMeans, AckRule, AckTimeout, Durable, PendingUpdate, Role, Safeguard, Timer, Visibility,
};
use crate::protocol::SyncPolicy;
use crate::vocabulary::{
    ClientId, Command, LogEntry, LogPosition, Operation, Outcome, Refusal, ReplicaSet, Request,
    RequestId, StateMachine, Token, majority,
};

impl Turn<'_> {
    /// A client wants an update: append it, copy it, answer once the rule is satisfied.
    pub(super) fn on_update(&mut self, client: ClientId, request: Request) {
        let Role::Leader(leader) = &self.replica.role else {
            let refusal = Refusal::NotLeader { leader: self.replica.leader };
            return self.refuse(client, request.id, refusal);
        };
        let is_known = leader.tip.answered(client).is_some_and(|last| last.request >= request.id);
        if is_known && self.policy.has(Safeguard::DuplicatesRecognised) {
            return self.on_duplicate(client, request.id);
        }
        if let Some(refusal) = self.refusal(&request.operation) {
            return self.refuse(client, request.id, refusal);
        }
        let command = Command::Update { client, request: request.id, operation: request.operation };
        let position = self.append(command);
        self.await_acknowledgement(PendingUpdate { position, client, request: request.id });
        // First, so that followers hear at once of what nobody has to acknowledge.
        self.acknowledge();
        self.replicate();
    }

    /// The log holds the request already: answer from the client table, now or when acknowledged.
    fn on_duplicate(&mut self, client: ClientId, request: RequestId) {
        let Role::Leader(leader) = &self.replica.role else { return };
        let Some(last) = leader.tip.answered(client) else { return };
        if last.request > request {
            // ignored: the client has gone on since, so it has its answer.
            return;
        }
        let (outcome, token) = (last.outcome.clone(), last.token);
        if token.0 <= self.replica.commit_position {
            self.reply(client, request, outcome, token);
        } else {
            self.await_acknowledgement(PendingUpdate { position: token.0, client, request });
        }
    }

    fn await_acknowledgement(&mut self, update: PendingUpdate) {
        let Role::Leader(leader) = &mut self.replica.role else { return };
        if leader.pending.contains(&update) {
            return;
        }
        let is_first = leader.pending.is_empty();
        let place = leader.pending.partition_point(|other| other.position <= update.position);
        leader.pending.insert(place, update);
        if is_first && self.policy.ack_timeout != AckTimeout::Block {
            self.effects.arm.push(Timer::AckTimeout);
        }
    }

    /// Why the update cannot be appended now, if it cannot.
    fn refusal(&self, operation: &Operation) -> Option<Refusal> {
        let Role::Leader(leader) = &self.replica.role else { return None };
        if let AckRule::InSync { at_least } = self.policy.ack
            && leader.surely_in_sync().len() < usize::from(at_least)
        {
            return Some(Refusal::Unavailable);
        }
        if let Some(limit) = self.policy.lag_limit {
            let last = self.replica.durable.log.last_position();
            let lags = |matched: LogPosition| last.0 - matched.0.min(last.0) >= limit;
            if self.others().iter().any(|follower| lags(leader.matched(follower))) {
                return Some(Refusal::Unavailable);
            }
        }
        match operation {
            Operation::AddReplica(_) | Operation::RemoveReplica(_) => {
                self.change_refusal(operation)
            }
            Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Delete { .. }
            | Operation::Add { .. }
            | Operation::CompareAndSet { .. }
            | Operation::Take { .. }
            | Operation::Clear => None,
            // Sets, texts and transactions are for others.
            Operation::Edit { .. } | Operation::Transact { .. } => Some(Refusal::Unsupported),
        }
    }

    pub(super) fn refuse(&mut self, client: ClientId, request: RequestId, refusal: Refusal) {
        self.reply(client, request, Outcome::Refused(refusal), Token::default());
    }

    /// Appends an entry of the leader's own epoch and keeps it.
    pub(super) fn append(&mut self, command: Command) -> LogPosition {
        let entry = LogEntry { epoch: self.replica.durable.epoch, command };
        if let Role::Leader(leader) = &mut self.replica.role {
            leader.tip.apply(&entry);
            leader.wait_for_members(self.replica.members);
        }
        let position = self.append_entry(entry);
        self.persist(SyncPolicy::BeforeRelease);
        position
    }

    /// Appends an entry to this replica's log. A change of members takes effect at once (Ongaro,
    /// *Consensus*, 2014, §4.1).
    pub(super) fn append_entry(&mut self, entry: LogEntry) -> LogPosition {
        self.replica.members = entry.command.members_after(self.replica.members);
        self.replica.durable.log.append(entry)
    }

    /// Moves the acknowledged position as far as the rule allows, answers whoever waited for it,
    /// and exposes what may be seen.
    pub(super) fn acknowledge(&mut self) {
        let Role::Leader(leader) = &self.replica.role else { return };
        let reached = self.acknowledged_position();
        let own_epoch = reached >= leader.epoch_start;
        if own_epoch || !self.policy.has(Safeguard::OwnEpochCommits) {
            self.replica.commit_position = self.replica.commit_position.max(reached);
        }
        self.expose();
        self.answer_acknowledged();
        self.serve_reads();
        self.leave_if_removed();
    }

    fn answer_acknowledged(&mut self) {
        let committed = self.replica.commit_position;
        let Role::Leader(leader) = &mut self.replica.role else { return };
        let done = leader.pending.partition_point(|update| update.position <= committed);
        let answered: Vec<_> = leader.pending.drain(..done).collect();
        for update in answered {
            let Role::Leader(leader) = &self.replica.role else { return };
            if let Some(last) = leader.tip.answered(update.client)
                && last.request == update.request
            {
                let (outcome, token) = (last.outcome.clone(), last.token);
                self.reply(update.client, update.request, outcome, token);
            }
        }
    }

    /// The last position that the acknowledgement rule is satisfied for.
    fn acknowledged_position(&self) -> LogPosition {
        let Role::Leader(leader) = &self.replica.role else { return LogPosition::ZERO };
        let last = self.replica.durable.log.last_position();
        if leader.degraded {
            return last;
        }
        match self.policy.ack {
            AckRule::Asynchronous => last,
            AckRule::Followers(count) => self.held_by(usize::from(count), self.others()),
            AckRule::All => self.held_by_all(leader.in_sync),
            AckRule::InSync { at_least } => {
                let enough = leader.surely_in_sync().len() >= usize::from(at_least);
                if enough { self.held_by_all(leader.in_sync) } else { LogPosition::ZERO }
            }
            AckRule::Majority => self.held_by_majority(),
        }
    }

    /// The last position that a majority of the members holds, this one included if it is one.
    fn held_by_majority(&self) -> LogPosition {
        let members = self.replica.members;
        let others = majority(members.len()) - usize::from(members.contains(self.me));
        self.held_by(others, self.others())
    }

    fn held_by_all(&self, replicas: ReplicaSet) -> LogPosition {
        let followers = replicas.without(self.me);
        self.held_by(followers.len(), followers)
    }

    /// The last position that at least `count` of `followers` have acknowledged. What nobody else
    /// need hold, this replica does.
    fn held_by(&self, count: usize, followers: ReplicaSet) -> LogPosition {
        let Role::Leader(leader) = &self.replica.role else { return LogPosition::ZERO };
        let last = self.replica.durable.log.last_position();
        let Some(rank) = count.checked_sub(1) else { return last };
        let mut held: Vec<_> =
            followers.iter().map(|follower| leader.matched(follower).min(last)).collect();
        held.sort_unstable_by(|a, b| b.cmp(a));
        held.get(rank).copied().unwrap_or_default()
    }

    /// Up to where followers are told that reads may see.
    pub(super) fn shared_position(&self) -> LogPosition {
        match self.policy.visibility {
            Visibility::Appended | Visibility::Acknowledged => self.replica.commit_position,
            Visibility::Committed => self.majority_position(),
        }
    }

    fn majority_position(&self) -> LogPosition {
        let Role::Leader(leader) = &self.replica.role else { return LogPosition::ZERO };
        let held = self.held_by_majority();
        if held >= leader.epoch_start { held } else { LogPosition::ZERO }
    }

    /// Lets readers see what the policy allows. They never see less than before.
    pub(super) fn expose(&mut self) {
        let last = self.replica.durable.log.last_position();
        let leads = matches!(self.replica.role, Role::Leader(_));
        let target = match (self.policy.visibility, self.policy.ack_means) {
            (Visibility::Appended, _) => last,
            (_, AckMeans::Applied) if !leads => last,
            (Visibility::Committed, _) if leads => self.majority_position(),
            (Visibility::Acknowledged | Visibility::Committed, _) => self.replica.commit_position,
        };
        self.expose_to(target.min(last));
        self.compact();
    }

    pub(super) fn expose_to(&mut self, target: LogPosition) {
        let Self { replica, .. } = self;
        apply_to(&mut replica.exposed, &replica.durable, target);
    }

    /// The acknowledgements did not come in time.
    pub(super) fn on_ack_timeout(&mut self) {
        let Role::Leader(leader) = &mut self.replica.role else { return };
        if leader.pending.is_empty() {
            // ignored: they came.
            return;
        }
        match self.policy.ack_timeout {
            AckTimeout::Block => {}
            AckTimeout::Degrade => {
                leader.degraded = true;
                self.acknowledge();
            }
            AckTimeout::Indeterminate => self.answer_indeterminate(),
            AckTimeout::Expose => {
                self.answer_indeterminate();
                self.expose_to(self.replica.durable.log.last_position());
            }
        }
    }

    /// Waits for acknowledgements again once they have caught up with the log.
    pub(super) fn recover_from_degradation(&mut self) {
        let last = self.replica.durable.log.last_position();
        if let Role::Leader(leader) = &mut self.replica.role
            && leader.degraded
        {
            leader.degraded = false;
            let caught_up = self.acknowledged_position() == last;
            if let Role::Leader(leader) = &mut self.replica.role {
                leader.degraded = !caught_up;
            }
        }
    }

    fn answer_indeterminate(&mut self) {
        let Role::Leader(leader) = &mut self.replica.role else { return };
        for update in std::mem::take(&mut leader.pending) {
            self.reply(update.client, update.request, Outcome::Indeterminate, Token::default());
        }
    }
}

/// Applies the log's entries to `machine`, up to `target`.
pub(super) fn apply_to(machine: &mut StateMachine, durable: &Durable, target: LogPosition) {
    while machine.applied.position < target {
        let next = machine.applied.position.next();
        let entry = durable.log.get(next).expect("what is to be exposed is in the log");
        machine.apply(entry);
    }
}
