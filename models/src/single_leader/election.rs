//! Replacing the leader: suspicion, votes, taking over.

use super::transition::Turn;
use super::{Candidate, Election, Eviction, Message, ReadRule, Replica, Role, Safeguard, Timer};
use crate::protocol::SyncPolicy;
use crate::vocabulary::{Command, Epoch, LogMark, ReplicaId, ReplicaSet, is_majority};

impl Turn<'_> {
    /// Nothing was heard from the leader, or from the electorate, for too long.
    pub(super) fn on_suspect(&mut self) {
        let leads = matches!(self.replica.role, Role::Leader(_));
        if leads || self.is_outsider() {
            // ignored: a leader does not suspect itself, and an outsider may not lead.
            return;
        }
        if self.has_promised() {
            // Whoever has promised to elect nobody does not elect itself, for now.
            return self.effects.arm.push(Timer::Suspect);
        }
        match self.policy.election {
            Election::Never | Election::Appointed { .. } => {}
            Election::Anyone => {
                self.stand(ReplicaSet::EMPTY.with(self.me));
                self.take_over(self.replica.members);
            }
            Election::BestReachable | Election::Fenced => {
                let members = self.replica.members;
                let electorate =
                    self.replica.leader.map_or(members, |suspected| members.without(suspected));
                self.ask_for_votes(electorate);
            }
            Election::Majority => self.ask_for_votes(self.replica.members),
        }
    }

    /// Whether this replica is no member, for all that is acknowledged. One whose removal is not may
    /// have to lead in order to see it through (Ongaro, *Consensus*, 2014, §4.2.2).
    fn is_outsider(&self) -> bool {
        let Replica { members, exposed, .. } = &*self.replica;
        !members.union(exposed.members).contains(self.me)
    }

    fn ask_for_votes(&mut self, electorate: ReplicaSet) {
        self.stand(electorate);
        let epoch = self.replica.durable.epoch;
        let last = self.replica.durable.log.last_mark();
        for voter in electorate.without(self.me).iter() {
            self.send(voter, Message::RequestVote { epoch, last });
        }
        self.effects.arm.push(Timer::Suspect);
        if self.policy.election == Election::BestReachable {
            self.effects.arm.push(Timer::Decide);
        }
        self.count_votes();
    }

    /// Starts a new epoch as its first candidate.
    fn stand(&mut self, electorate: ReplicaSet) {
        self.replica.durable.epoch = self.replica.durable.epoch.next();
        self.replica.durable.vote = Some(self.me);
        let granted = ReplicaSet::EMPTY.with(self.me);
        self.replica.role = Role::Candidate(Candidate { electorate, granted });
        self.persist(SyncPolicy::BeforeRelease);
    }

    /// A candidate asks for our vote.
    pub(super) fn on_request_vote(&mut self, from: ReplicaId, epoch: Epoch, last: LogMark) {
        if epoch < self.replica.durable.epoch || self.has_promised() {
            // ignored: the epoch has passed, or nobody is to be elected before a promise runs out.
            return;
        }
        let (granted, tells_refusal) = match self.policy.election {
            Election::BestReachable => (self.is_complete_enough(last), true),
            Election::Fenced => (self.promise(from, epoch, last), true),
            Election::Never
            | Election::Anyone
            | Election::Majority
            | Election::Appointed { .. } => (self.promise(from, epoch, last), false),
        };
        if granted || tells_refusal {
            self.send(from, Message::Vote { epoch, granted });
        }
    }

    /// Votes for `candidate` if it may lead. A vote, and every newer epoch, is a promise to follow
    /// no older one, and is kept before it is given.
    fn promise(&mut self, candidate: ReplicaId, epoch: Epoch, last: LogMark) -> bool {
        self.adopt(epoch);
        let vote = self.replica.durable.vote;
        let is_free = vote.is_none_or(|voted| voted == candidate)
            || !self.policy.has(Safeguard::OneVoteAnEpoch);
        let follows = matches!(self.replica.role, Role::Follower);
        let granted = is_free && follows && self.is_complete_enough(last);
        if granted && vote != Some(candidate) {
            self.replica.durable.vote = Some(candidate);
            self.persist(SyncPolicy::BeforeRelease);
        }
        granted
    }

    /// Whether a log that ends at `last` holds everything acknowledged that this one holds: the
    /// later last epoch wins, and of equal ones the longer log (Raft, §5.4.1).
    fn is_complete_enough(&self, last: LogMark) -> bool {
        if !self.policy.has(Safeguard::BehindLogsRefused) {
            return true;
        }
        let own = self.replica.durable.log.last_mark();
        if self.policy.has(Safeguard::EpochsComparedFirst) {
            last >= own
        } else {
            last.position >= own.position
        }
    }

    /// A member answers our candidacy.
    pub(super) fn on_vote(&mut self, from: ReplicaId, epoch: Epoch, granted: bool) {
        if !self.adopt(epoch) {
            return;
        }
        let Role::Candidate(candidate) = &mut self.replica.role else { return };
        if granted {
            candidate.granted = candidate.granted.with(from);
            return self.count_votes();
        }
        match self.policy.election {
            // Where everybody's agreement is needed, one refusal is the end of it.
            Election::BestReachable | Election::Fenced => self.follow_quietly(),
            Election::Never
            | Election::Anyone
            | Election::Majority
            | Election::Appointed { .. } => {}
        }
    }

    fn count_votes(&mut self) {
        let Role::Candidate(Candidate { electorate, granted }) = self.replica.role else { return };
        let has_won = match self.policy.election {
            Election::Majority => is_majority(granted, electorate),
            Election::Never
            | Election::Anyone
            | Election::BestReachable
            | Election::Fenced
            | Election::Appointed { .. } => electorate.is_subset(granted),
        };
        if has_won {
            self.take_over(self.replica.members);
        }
    }

    /// A candidate has waited long enough: whoever has not answered is unreachable.
    pub(super) fn on_decide(&mut self) {
        if matches!(self.replica.role, Role::Candidate(_)) {
            self.take_over(self.replica.members);
        }
    }

    /// Leads the current epoch. The first entry says so: once it is acknowledged, so is everything
    /// before it.
    pub(super) fn take_over(&mut self, in_sync: ReplicaSet) {
        let deposed = self.replica.leader.replace(self.me);
        let in_sync = match (self.policy.eviction, deposed) {
            (Eviction::Deposed, Some(deposed)) => in_sync.without(deposed),
            (
                Eviction::Never | Eviction::Deposed | Eviction::Local | Eviction::Registered,
                Some(_) | None,
            ) => in_sync,
        };
        let epoch_start = self.replica.durable.log.last_position().next();
        self.lead(epoch_start, in_sync);
        self.append(Command::NewEpoch);
        self.acknowledge();
        self.replicate();
    }

    /// Whether a lease that this replica promised to honour is still running.
    fn has_promised(&self) -> bool {
        match self.policy.read {
            ReadRule::Lease { promise, .. } => {
                self.policy.has(Safeguard::LeaseHonoured)
                    && self.now < self.replica.promised_at.plus(promise)
            }
            ReadRule::LeaderLocal
            | ReadRule::ReadIndex
            | ReadRule::FollowerLocal
            | ReadRule::FollowerWithToken => false,
        }
    }
}
