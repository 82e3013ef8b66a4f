//! Policies of a cluster file, by the names of the command line of `check`. Safeguards cannot be
//! named: a node has all of them.

use holdfast_models::single_leader::spelling::{
    ACK_MEANS, ACK_TIMEOUTS, ELECTIONS, EVICTIONS, PERSISTENCES, TRUNCATIONS, VISIBILITIES,
    ack_rule, read_rule,
};
use holdfast_models::single_leader::{Election, SingleLeader};
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};
use toml::Spanned;

use super::Family;
use super::error::{ConfigError, Source};
use super::file::{ClusterFile, PolicyTable};

pub(super) fn family(
    source: &Source<'_>,
    file: &ClusterFile,
    participants: usize,
) -> Result<Family, ConfigError> {
    match file.protocol.get_ref().as_str() {
        "single-leader" => {
            let span = file.replicas.span();
            single_leader(source, &file.policies, participants, span).map(Family::SingleLeader)
        }
        other => {
            let problem = format!("there is no protocol \"{other}\"; there is single-leader");
            Err(source.wrong(file.protocol.span(), "protocol", problem))
        }
    }
}

fn single_leader(
    source: &Source<'_>,
    table: &PolicyTable,
    participants: usize,
    replicas: std::ops::Range<usize>,
) -> Result<SingleLeader, ConfigError> {
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

fn members(
    source: &Source<'_>,
    table: &PolicyTable,
    replicas: u8,
) -> Result<ReplicaSet, ConfigError> {
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

fn said<T>(
    source: &Source<'_>,
    said: &Option<Spanned<String>>,
    field: &str,
    usual: T,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    let Some(said) = said else { return Ok(usual) };
    read(said.get_ref()).map_err(|problem| {
        let problem = format!("\"{}\" is not possible: {problem}", said.get_ref());
        source.wrong(said.span(), &format!("policies.{field}"), problem)
    })
}

fn one_of<T: Copy>(
    source: &Source<'_>,
    text: &Option<Spanned<String>>,
    field: &str,
    usual: T,
    choices: &[(&str, T)],
) -> Result<T, ConfigError> {
    said(source, text, field, usual, |text| {
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        found.ok_or_else(|| format!("one of {}", names.join(", ")))
    })
}

fn at_least_one<N: Copy + Default + PartialEq>(
    source: &Source<'_>,
    said: &Option<Spanned<N>>,
    field: &str,
    usual: N,
) -> Result<N, ConfigError> {
    match said {
        Some(said) if *said.get_ref() == N::default() => {
            Err(source.wrong(said.span(), &format!("policies.{field}"), "1 at least"))
        }
        Some(said) => Ok(*said.get_ref()),
        None => Ok(usual),
    }
}
