//! What surrounds the replicas: the network, the faults and how many of each, the links that are cut.

use std::fmt;

use super::Symmetry;
use crate::vocabulary::{ReplicaId, ReplicaSet};

/// The world of one scenario.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Environment {
    /// How messages travel.
    pub network: NetworkKind,
    /// How many faults of each kind may happen.
    pub faults: FaultBudget,
    /// Where inside a step a crash may happen.
    pub crash_points: CrashPoints,
    /// Whether messages that their receiver says it will never act on are forgotten. It saves states
    /// where messages pile up that arrive once, or that are repeated without end.
    pub forgets: bool,
    /// By how many ticks two clocks may differ at one moment.
    pub clock_skew: u64,
    /// Replicas that may conclude that somebody is gone. The others never do.
    pub suspecting: ReplicaSet,
    /// Replicas that no fault touches and no client asks: a store of the configuration.
    pub spared: ReplicaSet,
    /// Replicas that are down from the beginning and stay down.
    pub down: ReplicaSet,
    /// Links that are cut from the beginning and stay cut.
    pub cut: Links,
    /// What a partition cuts, if the budget allows one.
    pub partition: Links,
    /// Who is interchangeable in this world. It saves states.
    pub symmetry: Symmetry,
}

impl Environment {
    /// Datagrams and no fault. Scenarios say how they differ.
    pub const CALM: Self = Self {
        network: NetworkKind::Datagram,
        faults: FaultBudget::NONE,
        crash_points: CrashPoints::BetweenSteps,
        forgets: false,
        clock_skew: 0,
        suspecting: ReplicaSet::first(ReplicaSet::CAPACITY),
        spared: ReplicaSet::EMPTY,
        down: ReplicaSet::EMPTY,
        cut: Links::NONE,
        partition: Links::NONE,
        symmetry: Symmetry::NONE,
    };

    /// The same, where what may have been lost is repeated without end, and what nobody will act on is
    /// forgotten.
    #[must_use]
    pub const fn repeating(self) -> Self {
        let faults = FaultBudget { repeats: FaultBudget::UNLIMITED, ..self.faults };
        Self { faults, forgets: true, ..self }
    }
}

/// Without the symmetry: that is no part of what may happen, only of how it is explored.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            network,
            faults,
            crash_points,
            forgets,
            clock_skew,
            suspecting,
            spared,
            down,
            cut,
            partition,
            symmetry: _,
        } = self;
        f.debug_struct("Environment")
            .field("network", network)
            .field("faults", faults)
            .field("crash_points", crash_points)
            .field("forgets", forgets)
            .field("clock_skew", clock_skew)
            .field("suspecting", suspecting)
            .field("spared", spared)
            .field("down", down)
            .field("cut", cut)
            .field("partition", partition)
            .finish()
    }
}

/// How messages travel. None of the three alters or invents a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetworkKind {
    /// UDP: a message may be delivered any number of times, in any order, or never.
    Datagram,
    /// A message may be delivered once, in any order, or never.
    AtMostOnce,
    /// Each link delivers every message once and in order, or stops: a TCP connection. What is on its
    /// way to a replica that goes down is lost.
    Fifo,
}

/// Where inside a step a crash may happen.
///
/// On a network that may lose messages the first choice loses nothing. Effects begin with
/// persisting, so a crash in the middle of a step looks like one after it whose remaining messages
/// are never delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrashPoints {
    /// Before or after a step.
    BetweenSteps,
    /// Also after each of its effects. Starting happens as a whole.
    BetweenEffects,
}

/// How many faults of each kind may still happen. Part of the state, so that bounds are explicit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultBudget {
    /// Crashes of a process: what it handed to the operating system survives.
    pub crashes: u8,
    /// Crashes of a machine: what was not synced is lost.
    pub unclean_crashes: u8,
    /// Crashes that empty the disk; the replica comes back under its old identity.
    pub amnesias: u8,
    /// Conclusions that somebody is gone, right or wrong.
    pub suspicions: u8,
    /// Firings of timers that only repeat what may have been lost.
    pub repeats: u8,
    /// Ticks of any clock.
    pub ticks: u8,
    /// Messages that are lost for good. A message may stay undelivered without that; but as long as
    /// it can still arrive, a cluster is not at rest.
    pub losses: u8,
    /// Times that the partition appears. It may heal at any time.
    pub partitions: u8,
    /// Times that a client sends its request again.
    pub retries: u8,
    /// Times that a client stops waiting and goes on, not knowing what came of its request.
    pub give_ups: u8,
}

impl FaultBudget {
    /// No faults.
    pub const NONE: Self = Self {
        crashes: 0,
        unclean_crashes: 0,
        amnesias: 0,
        suspicions: 0,
        repeats: 0,
        ticks: 0,
        losses: 0,
        partitions: 0,
        retries: 0,
        give_ups: 0,
    };

    /// For [`Self::repeats`] and [`Self::retries`]: as often as it likes.
    pub const UNLIMITED: u8 = u8::MAX;

    /// Whether `price` can be paid.
    #[must_use]
    pub fn covers(self, price: Self) -> bool {
        self.each().into_iter().zip(price.each()).all(|(left, due)| due <= left)
    }

    /// What is left once `price` is paid. What is unlimited stays so.
    #[must_use]
    pub fn less(self, price: Self) -> Self {
        self.with(price, |left, due| if left == Self::UNLIMITED { left } else { left - due })
    }

    /// At most `most` of every kind.
    #[must_use]
    pub fn at_most(self, most: u8) -> Self {
        self.with(self, |left, _| left.min(most))
    }

    /// How many are left of each kind, in the order of the fields.
    #[must_use]
    pub const fn each(self) -> [u8; 10] {
        let Self {
            crashes,
            unclean_crashes,
            amnesias,
            suspicions,
            repeats,
            ticks,
            losses,
            partitions,
            retries,
            give_ups,
        } = self;
        [
            crashes,
            unclean_crashes,
            amnesias,
            suspicions,
            repeats,
            ticks,
            losses,
            partitions,
            retries,
            give_ups,
        ]
    }

    fn with(self, other: Self, each: impl Fn(u8, u8) -> u8) -> Self {
        Self {
            crashes: each(self.crashes, other.crashes),
            unclean_crashes: each(self.unclean_crashes, other.unclean_crashes),
            amnesias: each(self.amnesias, other.amnesias),
            suspicions: each(self.suspicions, other.suspicions),
            repeats: each(self.repeats, other.repeats),
            ticks: each(self.ticks, other.ticks),
            losses: each(self.losses, other.losses),
            partitions: each(self.partitions, other.partitions),
            retries: each(self.retries, other.retries),
            give_ups: each(self.give_ups, other.give_ups),
        }
    }
}

/// Directed links between replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Links(&'static [(u8, u8)]);

impl Links {
    /// No link.
    pub const NONE: Self = Self(&[]);

    /// The links from the first to the second of each pair.
    #[must_use]
    pub const fn of(pairs: &'static [(u8, u8)]) -> Self {
        Self(pairs)
    }

    /// Whether the link from `from` to `to` is among them.
    #[must_use]
    pub fn contain(self, from: ReplicaId, to: ReplicaId) -> bool {
        self.0.contains(&(from.0, to.0))
    }

    /// Whether there is no link.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The links as pairs of ids.
    #[must_use]
    pub const fn pairs(self) -> &'static [(u8, u8)] {
        self.0
    }
}
