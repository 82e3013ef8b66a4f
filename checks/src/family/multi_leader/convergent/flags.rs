//! A configuration of convergent replication, as flags.

use clap::Args;
use holdfast_models::multi_leader::convergent::spelling::{
    COLLECTIONS, COUNTER_RULES, DELIVERIES, LIMITS, PROPAGATIONS, REGISTER_RULES, SET_RULES,
    TEXT_RULES, TOPOLOGIES,
};
use holdfast_models::multi_leader::convergent::{
    Collection, Convergent, CounterRule, Delivery, Limit, Propagation, RegisterRule, Safeguard,
    Safeguards, SetRule, TextRule, Topology,
};

use crate::ask::World;
use crate::family::{Setting, Settings, safeguards};
use crate::spelling::one_of;

/// The rules, one flag each. Without any: everybody tells everybody, causes come first, and all
/// versions are kept that no other write knew of.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules")]
pub(super) struct Flags {
    /// How many replicas there are.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=7))]
    replicas: u8,
    /// Which of several writes to a register stays.
    #[arg(long, value_name = "RULE", default_value = "keep-all", value_parser = one_of(REGISTER_RULES))]
    register: RegisterRule,
    /// How counters are told and put together.
    #[arg(long, value_name = "RULE", default_value = "per-replica", value_parser = one_of(COUNTER_RULES))]
    counter: CounterRule,
    /// Whether a counter may fall below zero.
    #[arg(long, value_name = "RULE", default_value = "none", value_parser = one_of(LIMITS))]
    limit: Limit,
    /// How sets tell what was removed from what they have not heard of.
    #[arg(long, value_name = "RULE", default_value = "context", value_parser = one_of(SET_RULES))]
    set: SetRule,
    /// Where insertions at one place of a text stand that did not know of each other.
    #[arg(long, value_name = "RULE", default_value = "runs-together", value_parser = one_of(TEXT_RULES))]
    text: TextRule,
    /// When the tombstones of sets are dropped.
    #[arg(long, value_name = "WHEN", default_value = "never", value_parser = one_of(COLLECTIONS))]
    collection: Collection,
    /// What replicas tell each other.
    #[arg(long, value_name = "WHAT", default_value = "events", value_parser = one_of(PROPAGATIONS))]
    propagation: Propagation,
    /// In which order a replica applies the updates of others.
    #[arg(long, value_name = "ORDER", default_value = "causal", value_parser = one_of(DELIVERIES))]
    delivery: Delivery,
    /// Who talks to whom.
    #[arg(long, value_name = "FORM", default_value = "all-to-all", value_parser = one_of(TOPOLOGIES))]
    topology: Topology,
    /// How many updates one message carries at most.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,
    /// A mechanism to switch off. May be repeated.
    #[arg(long, value_name = "SAFEGUARD", value_parser = one_of(safeguards::<Convergent>()))]
    without: Vec<Safeguard>,
    #[command(flatten)]
    pub(super) world: World,
}

impl Flags {
    /// The configuration.
    pub(super) fn protocol(&self) -> Convergent {
        Convergent {
            replicas: self.replicas,
            register: self.register,
            counter: self.counter,
            limit: self.limit,
            set: self.set,
            text: self.text,
            collection: self.collection,
            propagation: self.propagation,
            delivery: self.delivery,
            topology: self.topology,
            batch: self.batch,
            safeguards: self.without.iter().fold(Safeguards::ALL, |on, off| on.without(*off)),
        }
    }
}

/// How `rules` differ from what the flags give by default. How many replicas is always told.
pub(super) fn settings(rules: &Convergent) -> Vec<Setting> {
    let usual = Convergent::keeping_all(rules.replicas);
    let mut settings = Settings::replicas(rules.replicas);
    settings.choice("register", REGISTER_RULES, [&rules.register, &usual.register]);
    settings.choice("counter", COUNTER_RULES, [&rules.counter, &usual.counter]);
    settings.choice("limit", LIMITS, [&rules.limit, &usual.limit]);
    settings.choice("set", SET_RULES, [&rules.set, &usual.set]);
    settings.choice("text", TEXT_RULES, [&rules.text, &usual.text]);
    settings.choice("collection", COLLECTIONS, [&rules.collection, &usual.collection]);
    settings.choice("propagation", PROPAGATIONS, [&rules.propagation, &usual.propagation]);
    settings.choice("delivery", DELIVERIES, [&rules.delivery, &usual.delivery]);
    settings.choice("topology", TOPOLOGIES, [&rules.topology, &usual.topology]);
    settings.tell(rules.batch != usual.batch, "batch", rules.batch.to_string());
    settings.without(rules)
}
