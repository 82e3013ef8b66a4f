//! Policies of a cluster file, by the names of the command line of `check`. Safeguards cannot be
//! named: a node has all of them.

mod certification;
mod convergent;
mod home_region;
mod leaderless;
mod locking;
mod single_leader;

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::error::{ConfigError, Source};
use super::file::{ClusterFile, Head};
use super::{Cluster, Family};
use crate::client::{MAX_KEY, MAX_VALUE};

/// A replica that was away asks for this many updates at a time, so that it is not away for long.
const BATCH: u16 = 1_024;

/// The cluster that a file describes: its protocol says which policies there are.
pub(super) fn cluster(source: &Source<'_>) -> Result<Cluster, ConfigError> {
    let Head { protocol } = source.parse()?;
    match protocol.get_ref().as_str() {
        "single-leader" => of(source, single_leader::policy, Family::SingleLeader),
        "leaderless" => of(source, leaderless::policy, Family::Leaderless),
        "multi-leader/convergent" => of(source, convergent::policy, Family::Convergent),
        "multi-leader/certification" => of(source, certification::policy, Family::Certification),
        "multi-leader/home-region" => of(source, home_region::policy, Family::HomeRegion),
        "multi-leader/locking" => of(source, locking::policy, Family::Locking),
        other => {
            let problem =
                format!("there is no protocol \"{other}\"; there are {}", Family::NAMES.join(", "));
            Err(source.wrong(protocol.span(), "protocol", problem))
        }
    }
}

fn of<T: Default + DeserializeOwned, P>(
    source: &Source<'_>,
    policy: fn(&Source<'_>, &ClusterFile<T>, usize) -> Result<P, ConfigError>,
    family: fn(P) -> Family,
) -> Result<Cluster, ConfigError> {
    let file: ClusterFile<T> = source.parse()?;
    Cluster::of(source, &file, |participants| policy(source, &file, participants).map(family))
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

/// What is told at once has to fit into a message, or it is never told.
fn check_batch<P>(
    source: &Source<'_>,
    file: &ClusterFile<P>,
    said: &Option<Spanned<u16>>,
    batch: u16,
) -> Result<(), ConfigError> {
    let message = file.limits.checked(source)?.message;
    // Some updates are told with what their clients heard, which may be as long again.
    let longest = usize::from(batch) * (MAX_KEY + 2 * MAX_VALUE);
    if longest <= message {
        return Ok(());
    }
    let problem = format!(
        "{batch} updates may take {longest} bytes, which is more than limits.message, {message}"
    );
    Err(source.wrong(said.as_ref().map_or(0..0, Spanned::span), "policies.batch", problem))
}
