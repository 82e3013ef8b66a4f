//! One step of a cluster.

use super::{Address, Cluster, Envelope, FaultBudget, Shared};
use crate::protocol::{Protocol, Purpose};
use crate::vocabulary::{ClientId, ReplicaId, ReplicaSet};

/// One step of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action<P: Protocol> {
    /// A client asks the next thing of its script.
    Ask {
        /// Who.
        client: ClientId,
        /// Whom.
        at: ReplicaId,
    },
    /// A client tells another, outside the store, what it has done.
    Tell {
        /// Who.
        client: ClientId,
    },
    /// A client sends its unanswered request again.
    Retry {
        /// Who.
        client: ClientId,
        /// Whom.
        at: ReplicaId,
    },
    /// A client stops waiting and goes on, not knowing what came of its request.
    GiveUp {
        /// Who.
        client: ClientId,
    },
    /// A message arrives.
    Deliver(Shared<Envelope<P::Message>>),
    /// A message is lost, with all its copies.
    Lose(Shared<Envelope<P::Message>>),
    /// A timer fires.
    Fire {
        /// Whose.
        replica: ReplicaId,
        /// Which.
        timer: P::Timer,
    },
    /// A replica goes down in the middle of a step.
    CrashDuring {
        /// The step.
        stimulus: Stimulus<P>,
        /// How many of its effects happen.
        effects: u8,
        /// How it goes down.
        crash: Crash,
    },
    /// A replica goes down between two steps.
    Crash {
        /// Which.
        replica: ReplicaId,
        /// How.
        crash: Crash,
    },
    /// A replica comes back.
    Restart {
        /// Which.
        replica: ReplicaId,
    },
    /// What was written reaches stable storage.
    Flush {
        /// Whose.
        replica: ReplicaId,
    },
    /// Clocks move on by one tick.
    Tick {
        /// Whose.
        clocks: ReplicaSet,
    },
    /// The partition appears.
    Cut,
    /// The partition goes away.
    Heal,
}

/// What makes a replica take a step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stimulus<P: Protocol> {
    /// A message arrives.
    Deliver(Shared<Envelope<P::Message>>),
    /// A timer fires.
    Fire {
        /// Whose.
        replica: ReplicaId,
        /// Which.
        timer: P::Timer,
    },
}

/// What a crash takes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Crash {
    /// The process: nothing that was written.
    Clean,
    /// The machine: all that was not synced.
    Unclean,
    /// The disk: everything.
    Amnesia,
}

impl Crash {
    pub(super) const ALL: [Self; 3] = [Self::Clean, Self::Unclean, Self::Amnesia];

    /// The budget that pays for a crash of this kind.
    pub(super) const fn budget(self, faults: &mut FaultBudget) -> &mut u8 {
        match self {
            Self::Clean => &mut faults.crashes,
            Self::Unclean => &mut faults.unclean_crashes,
            Self::Amnesia => &mut faults.amnesias,
        }
    }
}

impl<P: Protocol> Action<P> {
    /// The replica that takes a step and why, if one does.
    pub(super) fn stimulus(&self) -> Option<(ReplicaId, Stimulus<P>)> {
        match self {
            Self::Deliver(envelope) => match envelope.to {
                Address::Replica(to) => Some((to, Stimulus::Deliver(envelope.clone()))),
                Address::Client(_) => None,
            },
            Self::Fire { replica, timer } => {
                Some((*replica, Stimulus::Fire { replica: *replica, timer: *timer }))
            }
            Self::Ask { .. }
            | Self::Tell { .. }
            | Self::Retry { .. }
            | Self::GiveUp { .. }
            | Self::Lose(_)
            | Self::CrashDuring { .. }
            | Self::Crash { .. }
            | Self::Restart { .. }
            | Self::Flush { .. }
            | Self::Tick { .. }
            | Self::Cut
            | Self::Heal => None,
        }
    }

    /// Whether the action is something that goes wrong, as opposed to something that is due.
    #[must_use]
    pub fn is_fault(&self, cluster: &Cluster<P>) -> bool {
        match self {
            Self::Fire { timer, .. } => cluster.protocol.purpose(*timer) == Purpose::Suspicion,
            // A client that may retry as often as it likes goes on until it is answered.
            Self::Retry { .. } => cluster.environment.faults.retries != FaultBudget::UNLIMITED,
            Self::GiveUp { .. }
            | Self::Lose(_)
            | Self::CrashDuring { .. }
            | Self::Crash { .. }
            | Self::Tick { .. }
            | Self::Cut => true,
            Self::Ask { .. }
            | Self::Tell { .. }
            | Self::Deliver(_)
            | Self::Restart { .. }
            | Self::Flush { .. }
            | Self::Heal => false,
        }
    }
}
