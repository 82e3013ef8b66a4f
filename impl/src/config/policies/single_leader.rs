//! The policies of single-leader replication.

use holdfast_models::single_leader::spelling::{
    ACK_MEANS, ACK_TIMEOUTS, ELECTIONS, EVICTIONS, PERSISTENCES, TRUNCATIONS, VISIBILITIES,
    ack_rule, read_rule,
};
use holdfast_models::single_leader::{Election, SingleLeader};
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};
use serde::Deserialize;
use toml::Spanned;

use super::{at_least_one, one_of, said};
use crate::config::error::{ConfigError, Source};
use crate::config::file::ClusterFile;

/// The policies by the names of the command line of `check`. What is not said is as in
/// `SingleLeader::majority`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Table {
    members: Option<Spanned<Vec<u8>>>,
    ack: Option<Spanned<String>>,
    ack_means: Option<Spanned<String>>,
    ack_timeout: Option<Spanned<String>>,
    visibility: Option<Spanned<String>>,
    read: Option<Spanned<String>>,
    election: Option<Spanned<String>>,
    eviction: Option<Spanned<String>>,
    truncation: Option<Spanned<String>>,
    persistence: Option<Spanned<String>>,
    lag_limit: Option<u64>,
    batch: Option<Spanned<u16>>,
    compact_after: Option<Spanned<u64>>,
    compact_keeping: Option<u64>,
}

pub(super) fn policy(
    source: &Source<'_>,
    file: &ClusterFile<Table>,
    participants: usize,
) -> Result<SingleLeader, ConfigError> {
    let (table, replicas) = (&file.policies, file.replicas.span());
    let usual = SingleLeader::majority(participants as u8);
    let policy = SingleLeader {
        ack: said(source, &table.ack, "ack", usual.ack, ack_rule)?,
        ack_means: one_of(source, &table.ack_means, "ack-means", usual.ack_means, ACK_MEANS)?,
        ack_timeout: one_of(
            source,
            &table.ack_timeout,
            "ack-timeout",
            usual.ack_timeout,
            ACK_TIMEOUTS,
        )?,
        visibility: one_of(
            source,
            &table.visibility,
            "visibility",
            usual.visibility,
            VISIBILITIES,
        )?,
        read: said(source, &table.read, "read", usual.read, read_rule)?,
        election: one_of(source, &table.election, "election", usual.election, ELECTIONS)?,
        eviction: one_of(source, &table.eviction, "eviction", usual.eviction, EVICTIONS)?,
        truncation: one_of(source, &table.truncation, "truncation", usual.truncation, TRUNCATIONS)?,
        persistence: one_of(
            source,
            &table.persistence,
            "persistence",
            usual.persistence,
            PERSISTENCES,
        )?,
        lag_limit: table.lag_limit,
        batch: at_least_one(source, &table.batch, "batch", usual.batch)?,
        compact_after: Some(at_least_one(
            source,
            &table.compact_after,
            "compact-after",
            COMPACT_AFTER,
        )?),
        compact_keeping: table.compact_keeping.unwrap_or(COMPACT_KEEPING),
        ..usual
    };
    let policy = with_controller(source, policy, participants, replicas)?;
    let policy = SingleLeader { members: members(source, table, policy.replicas)?, ..policy };
    policy.validate().map_err(|problem| {
        let span = table.ack.as_ref().map_or(0..0, Spanned::span);
        source.wrong(span, "policies.ack", problem.to_string())
    })?;
    Ok(policy)
}

/// A log on disk does not grow without end, so a node always compacts.
const COMPACT_AFTER: u64 = 16_384;

/// A follower that is no further behind needs no snapshot.
const COMPACT_KEEPING: u64 = 8_192;

/// Where leaders are appointed, the last participant is the controller and keeps no log.
fn with_controller(
    source: &Source<'_>,
    policy: SingleLeader,
    participants: usize,
    replicas: std::ops::Range<usize>,
) -> Result<SingleLeader, ConfigError> {
    match policy.election {
        Election::Appointed { .. } if participants < 2 => {
            let problem = "where leaders are appointed, the last replica is the controller, which \
                           keeps no log: 2 at least";
            Err(source.wrong(replicas, "replicas", problem))
        }
        Election::Appointed { .. } => {
            Ok(SingleLeader { replicas: participants as u8 - 1, ..policy })
        }
        Election::Never
        | Election::Anyone
        | Election::BestReachable
        | Election::Fenced
        | Election::Majority => Ok(policy),
    }
}

fn members(source: &Source<'_>, table: &Table, replicas: u8) -> Result<ReplicaSet, ConfigError> {
    let all = ReplicaSet::first(replicas);
    let Some(said) = &table.members else { return Ok(all) };
    let ids = said.get_ref();
    if let Some(stranger) = ids.iter().find(|id| **id >= replicas) {
        let problem = format!("there is no replica {stranger}; ids are 0 to {}", replicas - 1);
        return Err(source.wrong(said.span(), "policies.members", problem));
    }
    let members: ReplicaSet = ids.iter().copied().map(ReplicaId).collect();
    if !members.contains(ReplicaId(0)) {
        let problem = "0 is one of them, for it leads at first";
        return Err(source.wrong(said.span(), "policies.members", problem));
    }
    Ok(members)
}
