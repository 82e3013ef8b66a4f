//! How one request is asked until it is answered: whom, when, and what may be said if nobody answers.

use std::time::{Duration, Instant};

use holdfast_models::vocabulary::{Outcome, Refusal, ReplicaId};

use super::Failure;
use crate::hosted::Coordination;

/// Silence after which a request is asked again, the first time. Doubled each time.
const FIRST_PATIENCE: Duration = Duration::from_millis(100);

/// How often it is doubled.
const MOST_DOUBLINGS: u32 = 4;

/// How long to wait, the first time, where nobody can be asked. Doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// Redirections in a row that are followed at once: replicas may each believe another to lead.
const MOST_REDIRECTIONS: u8 = 3;

/// How a request reaches a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Within the process: it arrives once.
    Within,
    /// By the network, which may repeat it at any time.
    Network,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask [`Attempts::whom`].
    Ask,
    /// Nothing before [`Attempts::due`].
    Wait,
    /// Tell the client.
    Finish(Result<Outcome, Failure>),
}

/// The attempts at one request. Reads no clock and sends nothing.
#[derive(Clone, Debug)]
pub struct Attempts {
    is_update: bool,
    coordination: Coordination,
    whom: ReplicaId,
    deadline: Instant,
    due: Instant,
    asked: u32,
    redirections: u8,
    refusal: Option<Refusal>,
    /// Copies that may still take effect within the process.
    unanswered: u32,
    /// Whether the network has had a copy, which it may still repeat.
    exposed: bool,
}

impl Attempts {
    /// A request to be asked of `whom`, and given up at `deadline`.
    #[must_use]
    pub const fn new(
        is_update: bool,
        coordination: Coordination,
        whom: ReplicaId,
        now: Instant,
        deadline: Instant,
    ) -> Self {
        Self {
            is_update,
            coordination,
            whom,
            deadline,
            due: now,
            asked: 0,
            redirections: 0,
            refusal: None,
            unanswered: 0,
            exposed: false,
        }
    }

    /// Whom to ask.
    #[must_use]
    pub const fn whom(&self) -> ReplicaId {
        self.whom
    }

    /// How often it was asked.
    #[must_use]
    pub const fn asked(&self) -> u32 {
        self.asked
    }

    /// When to look at it again.
    #[must_use]
    pub fn due(&self) -> Instant {
        self.due.min(self.deadline)
    }

    /// Asks somebody else from now on.
    pub const fn turn_to(&mut self, whom: ReplicaId) {
        self.whom = whom;
    }

    /// The request was sent.
    pub fn on_asked(&mut self, way: Way, now: Instant) {
        let doublings = self.asked.min(MOST_DOUBLINGS);
        self.asked += 1;
        self.due = now + FIRST_PATIENCE * (1 << doublings);
        match way {
            Way::Within => self.unanswered += 1,
            Way::Network => self.exposed = true,
        }
    }

    /// Replica `from` answers.
    pub fn on_answer(&mut self, from: ReplicaId, outcome: Outcome, now: Instant) -> Next {
        match outcome {
            Outcome::Indeterminate => Next::Finish(Err(Failure::Indeterminate)),
            Outcome::Refused(refusal) if self.is_final(refusal) => {
                Next::Finish(Err(Failure::Refused(refusal)))
            }
            Outcome::Refused(refusal) => self.on_refusal(from, refusal, now),
            Outcome::Done
            | Outcome::Found(_)
            | Outcome::Siblings(_)
            | Outcome::Elements(_)
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Transacted(_) => Next::Finish(Ok(outcome)),
        }
    }

    /// Whether every other arrival gets the same answer: the log decided it, or the one that
    /// coordinates the request, which remembers.
    const fn is_final(&self, refusal: Refusal) -> bool {
        match self.coordination {
            Coordination::Leader => refusal.is_final(),
            Coordination::Anyone | Coordination::Keeper => true,
        }
    }

    /// Whether it may be asked of any replica.
    #[must_use]
    pub const fn may_move(&self) -> bool {
        match self.coordination {
            Coordination::Leader => true,
            Coordination::Anyone | Coordination::Keeper => !self.is_update,
        }
    }

    /// One arrival was refused. Another may not be, so that an update of which the network has had
    /// a copy stays open.
    fn on_refusal(&mut self, from: ReplicaId, refusal: Refusal, now: Instant) -> Next {
        self.unanswered = self.unanswered.saturating_sub(1);
        if from != self.whom {
            // ignored: somebody else has been asked since.
            return Next::Wait;
        }
        self.refusal = Some(refusal);
        match refusal {
            Refusal::NotLeader { leader: Some(leader) }
                if leader != from && self.redirections < MOST_REDIRECTIONS =>
            {
                self.redirections += 1;
                self.whom = leader;
                self.due = now;
                Next::Ask
            }
            Refusal::NotLeader { .. } | Refusal::Behind | Refusal::Locked => {
                self.pause(now);
                Next::Wait
            }
            Refusal::Unavailable
            | Refusal::NotANumber
            | Refusal::ChangeUnderWay
            | Refusal::ChangeImpossible
            | Refusal::OutOfRange
            | Refusal::AnotherKind
            | Refusal::Unsupported
            | Refusal::Conflict => Next::Finish(Err(self.failure())),
        }
    }

    /// The node could not take the request. Whether that is the end depends on what went before.
    pub fn on_busy(&mut self, now: Instant) -> Next {
        if self.asked == 0 {
            return Next::Finish(Err(Failure::Busy));
        }
        self.pause(now);
        Next::Wait
    }

    fn pause(&mut self, now: Instant) {
        let doublings = self.asked.min(MOST_DOUBLINGS);
        self.redirections = 0;
        self.due = now + FIRST_PAUSE * (1 << doublings);
    }

    /// Time has passed.
    #[must_use]
    pub fn on_time(&self, now: Instant) -> Next {
        if now >= self.deadline {
            Next::Finish(Err(self.failure()))
        } else if now >= self.due {
            Next::Ask
        } else {
            Next::Wait
        }
    }

    /// What may be said if nothing else is heard.
    #[must_use]
    pub const fn failure(&self) -> Failure {
        if self.is_update && (self.exposed || self.unanswered > 0) {
            return Failure::Indeterminate;
        }
        match self.refusal {
            Some(Refusal::NotLeader { .. }) => Failure::NoLeader,
            Some(refusal) => Failure::Refused(refusal),
            None if self.is_update => Failure::Busy,
            None => Failure::Unanswered,
        }
    }
}

#[cfg(test)]
mod tests;
