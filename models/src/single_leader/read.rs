//! Reads: who answers, and what is checked first.

use super::transition::Turn;
use super::{Leader, Message, PendingRead, Progress, ReadRule, Role, Safeguard};
use crate::vocabulary::{
    ClientId, Epoch, Key, Operation, Outcome, Refusal, ReplicaId, Reply, Request, RequestId,
    StateMachine, Timestamp, Token, majority,
};

impl Turn<'_> {
    /// A client wants to read.
    pub(super) fn on_read(&mut self, client: ClientId, request: Request) {
        let Operation::Read { key } = request.operation else {
            return self.refuse(client, request.id, Refusal::Unsupported);
        };
        let leads = matches!(self.replica.role, Role::Leader(_));
        match self.policy.read {
            ReadRule::FollowerLocal => self.serve(client, request.id, &key),
            ReadRule::FollowerWithToken => {
                if request.token.0 <= self.replica.exposed.applied.position {
                    self.serve(client, request.id, &key);
                } else {
                    self.refuse(client, request.id, Refusal::Behind);
                }
            }
            ReadRule::LeaderLocal | ReadRule::Lease { .. } | ReadRule::ReadIndex if !leads => {
                let refusal = Refusal::NotLeader { leader: self.replica.leader };
                self.refuse(client, request.id, refusal);
            }
            ReadRule::LeaderLocal | ReadRule::Lease { .. } | ReadRule::ReadIndex => {
                self.await_confirmation(client, request.id, key);
            }
        }
    }

    fn serve(&mut self, client: ClientId, request: RequestId, key: &Key) {
        let answer = self.answer(request, key);
        self.effects.reply.push((client, answer));
    }

    /// What is at `key`, as readers see it here and now.
    fn answer(&self, request: RequestId, key: &Key) -> Reply {
        let StateMachine { applied, .. } = self.replica.exposed;
        let outcome = Outcome::Found(self.replica.exposed.read(key).cloned());
        Reply { request, outcome, token: Token(applied.position), context: None }
    }

    /// Reads wait until a majority has confirmed, after they arrived, that nobody else leads; a
    /// lease is such a confirmation that lasts.
    ///
    /// A duplicate of an answered read gets the same answer, which was current at some moment since
    /// the client first asked. It starts no other round: duplicates may arrive without end.
    fn await_confirmation(&mut self, client: ClientId, request: RequestId, key: Key) {
        let Role::Leader(leader) = &mut self.replica.role else { return };
        if let Some(last) = leader.served.get(&client).filter(|last| last.request >= request) {
            if last.request == request {
                let last = last.clone();
                self.effects.reply.push((client, last));
            }
            return;
        }
        if leader.reads.iter().any(|read| read.client == client && read.request == request) {
            return;
        }
        // What has been asked for already may have been confirmed before this read arrived.
        leader.reads.push(PendingRead { client, request, key, round: leader.round + 1 });
        self.serve_reads();
    }

    /// Asks for the next confirmation if reads wait for it and none is on its way: reads that arrive
    /// in the meantime share the one after.
    fn ask_for_next_confirmation(&mut self) {
        let Role::Leader(leader) = &self.replica.role else { return };
        let next = leader.round + 1;
        let is_due = !leader.reads.is_empty() && leader.reads.iter().all(|r| r.round == next);
        if is_due && self.policy.read != ReadRule::LeaderLocal {
            self.ask_for_confirmation(next);
        }
    }

    /// Asks again for what waiting reads need; a lease is renewed before anybody waits for it.
    pub(super) fn repeat_confirmation(&mut self) {
        let Role::Leader(leader) = &self.replica.role else { return };
        match self.policy.read {
            ReadRule::Lease { .. } => self.ask_for_confirmation(leader.round.max(1)),
            ReadRule::ReadIndex if !leader.reads.is_empty() => {
                self.ask_for_confirmation(leader.round);
            }
            ReadRule::LeaderLocal
            | ReadRule::ReadIndex
            | ReadRule::FollowerLocal
            | ReadRule::FollowerWithToken => {}
        }
    }

    fn ask_for_confirmation(&mut self, round: u64) {
        if let Role::Leader(leader) = &mut self.replica.role {
            leader.round = round;
        }
        let epoch = self.replica.durable.epoch;
        let asked_at = self.lease_clock();
        for member in self.others().iter() {
            self.send(member, Message::Confirm { epoch, round, asked_at });
        }
    }

    /// The clock, where leases depend on it.
    fn lease_clock(&self) -> Timestamp {
        match self.policy.read {
            ReadRule::Lease { .. } => self.now,
            ReadRule::LeaderLocal
            | ReadRule::ReadIndex
            | ReadRule::FollowerLocal
            | ReadRule::FollowerWithToken => Timestamp::default(),
        }
    }

    /// The leader asks whether it still leads.
    pub(super) fn on_confirm(
        &mut self,
        from: ReplicaId,
        epoch: Epoch,
        round: u64,
        asked_at: Timestamp,
    ) {
        if !self.follow(from, epoch) {
            // ignored: it does not, and hears so from whoever does.
            return;
        }
        self.replica.promised_at = self.replica.promised_at.max(self.lease_clock());
        self.send(from, Message::Confirmed { epoch, round, asked_at });
    }

    /// A member confirms that we lead.
    pub(super) fn on_confirmed(
        &mut self,
        from: ReplicaId,
        epoch: Epoch,
        round: u64,
        asked_at: Timestamp,
    ) {
        if !self.adopt(epoch) {
            return;
        }
        let Role::Leader(leader) = &mut self.replica.role else { return };
        let Some(progress) = leader.followers.get_mut(&from) else { return };
        progress.round = progress.round.max(round);
        progress.asked_at = progress.asked_at.max(asked_at);
        self.serve_reads();
    }

    /// Answers the reads that need wait no longer.
    ///
    /// A new leader may hold acknowledged entries without knowing that they are; it answers no read
    /// before an entry of its own epoch has told it (Ongaro, *Consensus*, 2014, §6.4).
    pub(super) fn serve_reads(&mut self) {
        let Role::Leader(leader) = &self.replica.role else { return };
        let knows_all = self.replica.commit_position >= leader.epoch_start;
        if knows_all || !self.policy.has(Safeguard::ReadsAfterOwnCommit) {
            self.serve_confirmed_reads();
        }
        self.ask_for_next_confirmation();
    }

    fn serve_confirmed_reads(&mut self) {
        let Role::Leader(leader) = &self.replica.role else { return };
        let confirmed = match self.policy.read {
            ReadRule::LeaderLocal => u64::MAX,
            ReadRule::Lease { .. } if self.lease_runs(leader) => u64::MAX,
            ReadRule::Lease { .. } => 0,
            ReadRule::ReadIndex | ReadRule::FollowerLocal | ReadRule::FollowerWithToken => {
                self.confirmed_round(leader)
            }
        };
        let Role::Leader(leader) = &mut self.replica.role else { return };
        let reads = std::mem::take(&mut leader.reads);
        let (served, waiting): (Vec<_>, Vec<_>) =
            reads.into_iter().partition(|read| read.round <= confirmed);
        leader.reads = waiting;
        for read in served {
            let answer = self.answer(read.request, &read.key);
            if let Role::Leader(leader) = &mut self.replica.role {
                leader.served.insert(read.client, answer.clone());
            }
            self.effects.reply.push((read.client, answer));
        }
    }

    /// The last round that a majority has confirmed, this replica included if it is a member.
    fn confirmed_round(&self, leader: &Leader) -> u64 {
        self.reached_by_a_majority(leader, |of| of.round).unwrap_or(u64::MAX)
    }

    fn lease_runs(&self, leader: &Leader) -> bool {
        let ReadRule::Lease { duration, .. } = self.policy.read else { return false };
        let promised = |of: &Progress| (of.round > 0).then_some(of.asked_at);
        match self.reached_by_a_majority(leader, promised) {
            None => true,
            Some(None) => false,
            Some(Some(asked_at)) => self.now < asked_at.plus(duration),
        }
    }

    /// The greatest value that a majority of the members has reached, given those of the followers;
    /// nothing if this replica is a majority by itself.
    fn reached_by_a_majority<T: Ord + Copy + Default>(
        &self,
        leader: &Leader,
        value: impl Fn(&Progress) -> T,
    ) -> Option<T> {
        let members = self.replica.members;
        let needed = majority(members.len()) - usize::from(members.contains(self.me));
        let rank = needed.checked_sub(1)?;
        let mut reached: Vec<_> = self
            .others()
            .iter()
            .map(|follower| leader.followers.get(&follower).map(&value).unwrap_or_default())
            .collect();
        reached.sort_unstable_by(|a, b| b.cmp(a));
        Some(reached.get(rank).copied().unwrap_or_default())
    }
}
