//! What changes in what a participant of single-leader replication remembers.

use holdfast_models::single_leader::{Durable, Registry, Remembered};
use holdfast_models::vocabulary::{Epoch, LogDifference, LogPosition, ReplicaId, StoreDifference};
use serde::{Deserialize, Serialize};

use super::Journal;

/// What has changed in what a participant of single-leader replication remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RememberedChange {
    /// A replica of the log.
    Replica(DurableChange),
    /// The keeper of the registry, which is small.
    Controller(Registry),
    /// It remembers something of another kind now.
    Other(Remembered),
}

/// What has changed in what a replica of the log remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurableChange {
    epoch: Epoch,
    vote: Option<ReplicaId>,
    checkpoint: LogPosition,
    incarnation: u64,
    log: Option<LogDifference>,
    snapshot: Option<StoreDifference>,
}

impl Journal for Remembered {
    type Change = RememberedChange;

    fn change(&self, later: &Self) -> RememberedChange {
        match (self, later) {
            (Self::Replica(before), Self::Replica(after)) => {
                RememberedChange::Replica(durable_change(before, after))
            }
            (Self::Controller(_), Self::Controller(after)) => {
                RememberedChange::Controller(after.clone())
            }
            (Self::Replica(_), Self::Controller(_)) | (Self::Controller(_), Self::Replica(_)) => {
                RememberedChange::Other(later.clone())
            }
        }
    }

    fn changed(self, change: RememberedChange) -> Result<Self, String> {
        match (self, change) {
            (Self::Replica(before), RememberedChange::Replica(change)) => {
                durable_changed(before, change).map(Self::Replica)
            }
            (_, RememberedChange::Controller(registry)) => Ok(Self::Controller(registry)),
            (_, RememberedChange::Other(whole)) => Ok(whole),
            (Self::Controller(_), RememberedChange::Replica(_)) => {
                Err("a change of a log, where there is none".to_owned())
            }
        }
    }
}

fn durable_change(before: &Durable, after: &Durable) -> DurableChange {
    let log = before.log.difference(&after.log);
    let is_log_same = log.appended.is_empty()
        && log.dropped == 0
        && log.kept == before.log.entries().len() as u64
        && log.base == before.log.base();
    // Stores that were compacted to the same entry may still differ where a copy of another
    // replica's replaced it, so they are compared; what they share costs nothing.
    let snapshot = before.snapshot.difference(&after.snapshot);
    let is_snapshot_same = snapshot.applied == before.snapshot.applied
        && snapshot.members == before.snapshot.members
        && snapshot.registers.is_empty()
        && snapshot.clients.is_empty();
    DurableChange {
        epoch: after.epoch,
        vote: after.vote,
        checkpoint: after.checkpoint,
        incarnation: after.incarnation,
        log: (!is_log_same).then_some(log),
        snapshot: (!is_snapshot_same).then_some(snapshot),
    }
}

fn durable_changed(before: Durable, change: DurableChange) -> Result<Durable, String> {
    let DurableChange { epoch, vote, checkpoint, incarnation, log, snapshot } = change;
    if let Some(LogDifference { dropped, kept, .. }) = &log {
        let held = before.log.entries().len() as u64;
        if dropped.checked_add(*kept).is_none_or(|of| of > held) {
            return Err(format!("a change of {dropped} and {kept} entries, where {held} are"));
        }
    }
    Ok(Durable {
        epoch,
        vote,
        checkpoint,
        incarnation,
        log: match log {
            Some(difference) => before.log.after_difference(difference),
            None => before.log,
        },
        snapshot: match snapshot {
            Some(difference) => before.snapshot.after_difference(difference),
            None => before.snapshot,
        },
    })
}
