//! The policies of locking.

use holdfast_models::multi_leader::locking::spelling::{CONFLICTS, READ_RULES};
use holdfast_models::multi_leader::locking::{Conflict, LockLife, Locking};
use serde::Deserialize;
use toml::Spanned;

use super::{at_least_one, one_of};
use crate::config::error::{ConfigError, Source};
use crate::config::file::ClusterFile;

/// The policies by the names of the command line of `check`. What is not said is as in
/// `Locking::wait_die`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Table {
    conflict: Option<Spanned<String>>,
    lock_life: Option<Spanned<u64>>,
    read: Option<Spanned<String>>,
}

pub(super) fn policy(
    source: &Source<'_>,
    file: &ClusterFile<Table>,
    replicas: usize,
) -> Result<Locking, ConfigError> {
    let table = &file.policies;
    let usual = Locking::wait_die(replicas as u8);
    let life = match &table.lock_life {
        Some(_) => LockLife::Ticks(at_least_one(source, &table.lock_life, "lock-life", 1)?),
        None => usual.life,
    };
    let policy = Locking {
        conflict: one_of(source, &table.conflict, "conflict", usual.conflict, CONFLICTS)?,
        life,
        read: one_of(source, &table.read, "read", usual.read, READ_RULES)?,
        ..usual
    };
    match (policy.conflict, policy.life) {
        (Conflict::Wait, LockLife::UntilReleased) => {
            let problem = "\"wait\" does not fit: two may wait for each other for ever, unless lock-life says \
                           after how many ticks somebody else may have a lock";
            let span = table.conflict.as_ref().map_or(0..0, Spanned::span);
            Err(source.wrong(span, "policies.conflict", problem))
        }
        (Conflict::Wait, LockLife::Ticks(_)) | (Conflict::WaitDie | Conflict::Die, _) => Ok(policy),
    }
}
