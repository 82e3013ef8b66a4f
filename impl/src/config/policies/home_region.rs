//! The policies of homes.

use holdfast_models::multi_leader::home_region::HomeRegion;
use holdfast_models::multi_leader::home_region::spelling::{DISASTERS, HOMINGS, READ_RULES};
use serde::Deserialize;
use toml::Spanned;

use super::{BATCH, at_least_one, check_batch, one_of};
use crate::config::error::{ConfigError, Source};
use crate::config::file::ClusterFile;

/// The policies by the names of the command line of `check`. What is not said is as in
/// `HomeRegion::fixed`, but for `batch`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Table {
    homing: Option<Spanned<String>>,
    disaster: Option<Spanned<String>>,
    read: Option<Spanned<String>>,
    batch: Option<Spanned<u16>>,
}

pub(super) fn policy(
    source: &Source<'_>,
    file: &ClusterFile<Table>,
    replicas: usize,
) -> Result<HomeRegion, ConfigError> {
    let table = &file.policies;
    let usual = HomeRegion::fixed(replicas as u8);
    let policy = HomeRegion {
        homing: one_of(source, &table.homing, "homing", usual.homing, HOMINGS)?,
        disaster: one_of(source, &table.disaster, "disaster", usual.disaster, DISASTERS)?,
        read: one_of(source, &table.read, "read", usual.read, READ_RULES)?,
        batch: at_least_one(source, &table.batch, "batch", BATCH)?,
        ..usual
    };
    check_batch(source, file, &table.batch, policy.batch)?;
    Ok(policy)
}
