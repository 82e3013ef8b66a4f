//! How the rules are written on command lines and in cluster files, and read back.

use super::{
    Clock, Collection, CounterRule, Delivery, Limit, Propagation, RegisterRule, SetRule, TextRule,
    Ties, Topology,
};

/// Which of several writes to a register stays.
pub const REGISTER_RULES: &[(&str, RegisterRule)] = &[
    ("last-arrived", RegisterRule::LastArrived),
    ("wall-clock", last_writer(Clock::Wall, Ties::HigherReplica)),
    ("wall-clock-ties-by-arrival", last_writer(Clock::Wall, Ties::LaterArrival)),
    ("lamport-clock", last_writer(Clock::Lamport, Ties::HigherReplica)),
    ("lamport-clock-ties-by-arrival", last_writer(Clock::Lamport, Ties::LaterArrival)),
    ("hybrid-clock", last_writer(Clock::Hybrid, Ties::HigherReplica)),
    ("hybrid-clock-ties-by-arrival", last_writer(Clock::Hybrid, Ties::LaterArrival)),
    ("highest-replica", RegisterRule::HighestReplica),
    ("keep-winner", RegisterRule::KeepWinner),
    ("keep-all", RegisterRule::KeepAll),
];

/// How counters are told and put together.
pub const COUNTER_RULES: &[(&str, CounterRule)] = &[
    ("per-replica", CounterRule::PerReplica),
    ("additions", CounterRule::Additions),
    ("larger-total", CounterRule::LargerTotal),
    ("sum-of-totals", CounterRule::SumOfTotals),
];

/// Whether a counter may fall below zero.
pub const LIMITS: &[(&str, Limit)] =
    &[("none", Limit::None), ("checked", Limit::Checked), ("escrow", Limit::Escrow)];

/// How sets tell what was removed from what they have not heard of.
pub const SET_RULES: &[(&str, SetRule)] = &[
    ("elements", SetRule::Elements),
    ("additions", SetRule::Additions),
    ("tombstones", SetRule::Tombstones),
    ("context", SetRule::Context),
];

/// Where insertions at one place of a text stand that did not know of each other.
pub const TEXT_RULES: &[(&str, TextRule)] =
    &[("later-first", TextRule::LaterFirst), ("runs-together", TextRule::RunsTogether)];

/// When the tombstones of sets are dropped.
pub const COLLECTIONS: &[(&str, Collection)] = &[
    ("never", Collection::Never),
    ("after-a-while", Collection::AfterAWhile),
    ("when-all-have-them", Collection::WhenAllHaveThem),
];

/// What replicas tell each other.
pub const PROPAGATIONS: &[(&str, Propagation)] =
    &[("events", Propagation::Events), ("states", Propagation::States)];

/// In which order a replica applies the updates of others.
pub const DELIVERIES: &[(&str, Delivery)] =
    &[("any", Delivery::Any), ("fifo", Delivery::Fifo), ("causal", Delivery::Causal)];

/// Who talks to whom.
pub const TOPOLOGIES: &[(&str, Topology)] =
    &[("all-to-all", Topology::AllToAll), ("ring", Topology::Ring), ("star", Topology::Star)];

const fn last_writer(clock: Clock, ties: Ties) -> RegisterRule {
    RegisterRule::LastWriter { clock, ties }
}
