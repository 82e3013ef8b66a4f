//! Starting: for the first time, and after a crash.

use super::state::{Durable, FIRST_EPOCH, FIRST_LEADER, Replica, Role};
use super::transition::Turn;
use super::{Election, SingleLeader, Truncation};
use crate::protocol::SyncPolicy;
use crate::vocabulary::{Log, LogPosition, StateMachine, Timestamp};

impl Turn<'_> {
    pub(super) fn start_first(&mut self) {
        self.replica.leader = Some(FIRST_LEADER);
        if self.me == FIRST_LEADER {
            self.lead(LogPosition::ZERO, self.replica.members);
        } else {
            self.follow_quietly();
        }
        // A new disk is made before anything is done, whatever the policy does later.
        self.keep(SyncPolicy::BeforeRelease);
    }

    /// A restarted replica follows. Where nobody is asked before taking over, nobody would notice
    /// that the leader is gone either, so there it leads again.
    pub(super) fn start_again(&mut self) {
        if self.policy.may_forget() || self.policy.controller().is_some() {
            self.replica.durable.incarnation += 1;
            self.keep(SyncPolicy::BeforeRelease);
        }
        if self.policy.truncation == Truncation::HighWatermark {
            self.truncate_to_checkpoint();
        }
        match self.policy.election {
            Election::Never | Election::Anyone | Election::BestReachable if self.has_led() => {
                let Durable { epoch, log, .. } = &self.replica.durable;
                let own = log.iter().find(|(_, entry)| entry.epoch == *epoch);
                let epoch_start = own.map_or(LogPosition::ZERO, |(position, _)| position);
                self.replica.leader = Some(self.me);
                self.lead(epoch_start, self.replica.members);
                self.acknowledge();
            }
            Election::Appointed { .. } => {
                self.register();
                self.follow_quietly();
            }
            Election::Never
            | Election::Anyone
            | Election::BestReachable
            | Election::Fenced
            | Election::Majority => self.follow_quietly(),
        }
    }

    /// Whether it led its epoch before the crash. A vote for itself does not tell, since it may have
    /// asked in vain; that leader's first entry does, which only the first leader leads without.
    fn has_led(&self) -> bool {
        let Durable { epoch, vote, log, .. } = &self.replica.durable;
        let is_first = (*epoch, self.me) == (FIRST_EPOCH, FIRST_LEADER);
        *vote == Some(self.me) && (is_first || log.last_mark().epoch == *epoch)
    }
}

impl Durable {
    /// What a replica that never ran remembers.
    pub(super) fn first(policy: &SingleLeader) -> Self {
        Self {
            epoch: FIRST_EPOCH,
            vote: Some(FIRST_LEADER),
            snapshot: StateMachine::new(policy.members),
            log: Log::default(),
            checkpoint: LogPosition::ZERO,
            incarnation: 0,
        }
    }
}

impl Replica {
    pub(super) fn from_durable(durable: Durable, now: Timestamp) -> Self {
        Self {
            members: durable.members(),
            commit_position: durable.log.base().position.max(durable.checkpoint),
            exposed: durable.snapshot.clone(),
            compacts_to: None,
            leader: None,
            promised_at: now,
            role: Role::Follower,
            durable,
        }
    }
}
