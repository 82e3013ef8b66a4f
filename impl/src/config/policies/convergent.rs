//! The rules of replicas that converge.

use holdfast_models::multi_leader::convergent::spelling::{
    COLLECTIONS, COUNTER_RULES, DELIVERIES, LIMITS, PROPAGATIONS, REGISTER_RULES, SET_RULES,
    TEXT_RULES, TOPOLOGIES,
};
use holdfast_models::multi_leader::convergent::{
    Collection, Convergent, CounterRule, Delivery, Limit, Propagation, RegisterRule, SetRule,
    Topology,
};
use serde::Deserialize;
use toml::Spanned;

use super::{BATCH, at_least_one, check_batch, one_of};
use crate::config::error::{ConfigError, Source};
use crate::config::file::ClusterFile;

/// The rules by the names of the command line of `check`. What is not said is as in
/// `Convergent::keeping_all`, but for `batch`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Table {
    register: Option<Spanned<String>>,
    counter: Option<Spanned<String>>,
    limit: Option<Spanned<String>>,
    set: Option<Spanned<String>>,
    text: Option<Spanned<String>>,
    collection: Option<Spanned<String>>,
    propagation: Option<Spanned<String>>,
    delivery: Option<Spanned<String>>,
    topology: Option<Spanned<String>>,
    batch: Option<Spanned<u16>>,
}

pub(super) fn policy(
    source: &Source<'_>,
    file: &ClusterFile<Table>,
    replicas: usize,
) -> Result<Convergent, ConfigError> {
    let table = &file.policies;
    let usual = Convergent::keeping_all(replicas as u8);
    let policy = Convergent {
        register: one_of(source, &table.register, "register", usual.register, REGISTER_RULES)?,
        counter: one_of(source, &table.counter, "counter", usual.counter, COUNTER_RULES)?,
        limit: one_of(source, &table.limit, "limit", usual.limit, LIMITS)?,
        set: one_of(source, &table.set, "set", usual.set, SET_RULES)?,
        text: one_of(source, &table.text, "text", usual.text, TEXT_RULES)?,
        collection: one_of(source, &table.collection, "collection", usual.collection, COLLECTIONS)?,
        propagation: one_of(
            source,
            &table.propagation,
            "propagation",
            usual.propagation,
            PROPAGATIONS,
        )?,
        delivery: one_of(source, &table.delivery, "delivery", usual.delivery, DELIVERIES)?,
        topology: one_of(source, &table.topology, "topology", usual.topology, TOPOLOGIES)?,
        batch: at_least_one(source, &table.batch, "batch", BATCH)?,
        ..usual
    };
    match misfit(table, &policy) {
        Some((said, field, problem)) => {
            let problem = format!("\"{}\" does not fit: {problem}", said.get_ref());
            return Err(source.wrong(said.span(), &format!("policies.{field}"), problem));
        }
        None => check_batch(source, file, &table.batch, policy.batch)?,
    }
    Ok(policy)
}

type Misfit<'a> = (&'a Spanned<String>, &'static str, &'static str);

/// A rule that is said and could never be followed beside the others, if there is one.
fn misfit<'a>(table: &'a Table, policy: &Convergent) -> Option<Misfit<'a>> {
    let totals = [CounterRule::LargerTotal, CounterRule::SumOfTotals].contains(&policy.counter);
    let collects = policy.collection != Collection::Never;
    let by_states = policy.propagation == Propagation::States;
    [
        (
            totals && !by_states,
            &table.counter,
            "counter",
            "it says how totals are put together, and replicas that tell each other updates never put \
             any together; propagation=states does",
        ),
        (
            totals && policy.limit == Limit::Escrow,
            &table.limit,
            "limit",
            "where only totals are told, nobody knows what each replica has put there itself",
        ),
        (
            collects && policy.set != SetRule::Tombstones,
            &table.collection,
            "collection",
            "only set=tombstones has tombstones to drop",
        ),
        (
            policy.collection == Collection::WhenAllHaveThem
                && policy.topology != Topology::AllToAll
                && policy.replicas > 2,
            &table.collection,
            "collection",
            "who does not hear from all others never knows that all have them; topology=all-to-all \
             lets everybody hear from all",
        ),
        (
            policy.register == RegisterRule::KeepAll
                && !by_states
                && policy.delivery != Delivery::Causal,
            &table.delivery,
            "delivery",
            "under register=keep-all a write replaces what its client knew of, which only \
             delivery=causal has everywhere before the write",
        ),
        (
            by_states && policy.delivery != Delivery::Causal,
            &table.delivery,
            "delivery",
            "replicas that tell each other all they have deliver no updates that could be put in an \
             order; propagation=events does",
        ),
    ]
    .into_iter()
    .find_map(|(is_wrong, said, field, problem)| {
        said.as_ref().filter(|_| is_wrong).map(|said| (said, field, problem))
    })
}
