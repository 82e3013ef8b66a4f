//! `WAIT`: how many followers hold what a connection has changed.

use std::time::Duration;

use holdfast_models::single_leader::{AckRule, AckTimeout, Eviction, SingleLeader};
use holdfast_models::vocabulary::{Epoch, LogPosition, decimal, majority};

use crate::resp::{Arguments, Response};
use crate::submission::Status;

/// `WAIT followers milliseconds`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// How many followers are to hold it.
    pub followers: usize,
    /// How long to wait for that at most. Nothing is for ever, in Redis.
    pub patience: Option<Duration>,
}

/// The last update of a connection that was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Updated {
    /// Where in the log it is.
    pub position: LogPosition,
    /// The epoch that this node took part in when it was asked, if this node answered.
    pub epoch: Option<Epoch>,
}

/// How many followers hold an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// At least so many.
    pub by: usize,
    /// Whether waiting may show more.
    pub may_grow: bool,
}

impl Wait {
    pub(super) fn of(arguments: &Arguments) -> Result<Self, Response> {
        let argument = |at: usize| {
            let number = arguments.get(at).and_then(|text| decimal(text));
            number.ok_or_else(|| Response::error("value is not an integer or out of range"))
        };
        let (followers, patience) = (argument(1)?, argument(2)?);
        let followers = usize::try_from(followers.max(0)).unwrap_or(usize::MAX);
        let patience =
            u64::try_from(patience).map_err(|_| Response::error("timeout is negative"))?;
        let patience = (patience > 0).then(|| Duration::from_millis(patience));
        Ok(Self { followers, patience })
    }

    /// How many followers are known to hold `last`, and everything before it.
    ///
    /// A leader knows, if it has led since the update was asked: then its log has the update, and
    /// whoever holds that log up to there holds it. Otherwise only what every acknowledgement
    /// promises is known.
    #[must_use]
    pub fn held(status: &Status, guaranteed: usize, last: Option<Updated>) -> Held {
        let Some(log) = status
            .facts()
            .log()
            .filter(|log| status.leads() && last.is_none_or(|last| last.epoch == Some(log.epoch)))
        else {
            return Held { by: guaranteed, may_grow: false };
        };
        let position = last.map_or(LogPosition::ZERO, |last| last.position);
        let holders = log.matched.iter().filter(|(_, matched)| *matched >= position).count();
        Held { by: holders.max(guaranteed), may_grow: holders < log.matched.len() }
    }
}

/// How many followers hold an update once it is acknowledged, whatever happens.
#[must_use]
pub fn guaranteed_followers(policy: &SingleLeader) -> usize {
    if policy.ack_timeout == AckTimeout::Degrade {
        return 0;
    }
    let members = policy.members.len();
    match (policy.ack, policy.eviction) {
        (AckRule::Asynchronous, _) => 0,
        (AckRule::Followers(count), _) => usize::from(count),
        (AckRule::InSync { at_least }, _) => usize::from(at_least).saturating_sub(1),
        (AckRule::Majority, _) => majority(members) - 1,
        (AckRule::All, Eviction::Never) => members.saturating_sub(1),
        // Whoever was replaced is not waited for.
        (AckRule::All, Eviction::Deposed) => members.saturating_sub(2),
        (AckRule::All, Eviction::Local | Eviction::Registered) => 0,
    }
}
