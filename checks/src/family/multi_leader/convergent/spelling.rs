//! How the rules are written on a command line, and read back.

use holdfast_models::multi_leader::convergent::{
    Clock, Collection, CounterRule, Delivery, Limit, Propagation, RegisterRule, SetRule, TextRule,
    Ties, Topology,
};

pub(super) const REGISTER_RULES: &[(&str, RegisterRule)] = &[
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

pub(super) const COUNTER_RULES: &[(&str, CounterRule)] = &[
    ("per-replica", CounterRule::PerReplica),
    ("additions", CounterRule::Additions),
    ("larger-total", CounterRule::LargerTotal),
    ("sum-of-totals", CounterRule::SumOfTotals),
];

pub(super) const LIMITS: &[(&str, Limit)] =
    &[("none", Limit::None), ("checked", Limit::Checked), ("escrow", Limit::Escrow)];

pub(super) const SET_RULES: &[(&str, SetRule)] = &[
    ("elements", SetRule::Elements),
    ("additions", SetRule::Additions),
    ("tombstones", SetRule::Tombstones),
    ("context", SetRule::Context),
];

pub(super) const TEXT_RULES: &[(&str, TextRule)] =
    &[("later-first", TextRule::LaterFirst), ("runs-together", TextRule::RunsTogether)];

pub(super) const COLLECTIONS: &[(&str, Collection)] = &[
    ("never", Collection::Never),
    ("after-a-while", Collection::AfterAWhile),
    ("when-all-have-them", Collection::WhenAllHaveThem),
];

pub(super) const PROPAGATIONS: &[(&str, Propagation)] =
    &[("events", Propagation::Events), ("states", Propagation::States)];

pub(super) const DELIVERIES: &[(&str, Delivery)] =
    &[("any", Delivery::Any), ("fifo", Delivery::Fifo), ("causal", Delivery::Causal)];

pub(super) const TOPOLOGIES: &[(&str, Topology)] =
    &[("all-to-all", Topology::AllToAll), ("ring", Topology::Ring), ("star", Topology::Star)];

const fn last_writer(clock: Clock, ties: Ties) -> RegisterRule {
    RegisterRule::LastWriter { clock, ties }
}
