//! How the policies are written on command lines and in cluster files, and read back.

use super::{
    AckMeans, AckRule, AckTimeout, Election, Eviction, Persistence, ReadRule, Truncation,
    Visibility,
};

/// What a follower has done when it acknowledges.
pub const ACK_MEANS: &[(&str, AckMeans)] = &[
    ("received", AckMeans::Received),
    ("flushed", AckMeans::Flushed),
    ("applied", AckMeans::Applied),
];

/// What the leader does when acknowledgements do not come.
pub const ACK_TIMEOUTS: &[(&str, AckTimeout)] = &[
    ("block", AckTimeout::Block),
    ("degrade", AckTimeout::Degrade),
    ("indeterminate", AckTimeout::Indeterminate),
    ("expose", AckTimeout::Expose),
];

/// Which updates a read may see.
pub const VISIBILITIES: &[(&str, Visibility)] = &[
    ("appended", Visibility::Appended),
    ("acknowledged", Visibility::Acknowledged),
    ("committed", Visibility::Committed),
];

/// How a new leader comes about.
pub const ELECTIONS: &[(&str, Election)] = &[
    ("never", Election::Never),
    ("anyone", Election::Anyone),
    ("best-reachable", Election::BestReachable),
    ("fenced", Election::Fenced),
    ("majority", Election::Majority),
    ("appointed", Election::Appointed { unclean: false }),
    ("appointed-unclean", Election::Appointed { unclean: true }),
];

/// How a follower leaves the set that acknowledgements wait for.
pub const EVICTIONS: &[(&str, Eviction)] = &[
    ("never", Eviction::Never),
    ("deposed", Eviction::Deposed),
    ("local", Eviction::Local),
    ("registered", Eviction::Registered),
];

/// What a follower does with entries that the leader does not have.
pub const TRUNCATIONS: &[(&str, Truncation)] = &[
    ("never", Truncation::Never),
    ("high-watermark", Truncation::HighWatermark),
    ("epoch", Truncation::EpochAndPosition),
    ("snapshot", Truncation::Snapshot),
];

/// What is kept for a restart, and how safely.
pub const PERSISTENCES: &[(&str, Persistence)] = &[
    ("before-ack", Persistence::BeforeAck),
    ("lazy", Persistence::Lazy),
    ("epoch-only", Persistence::EpochOnly),
    ("log-only", Persistence::LogOnly),
    ("nothing", Persistence::Nothing),
];

/// The acknowledgement rule written as `text`.
///
/// # Errors
/// With what could have been written, if nothing is written so.
pub fn ack_rule(text: &str) -> Result<AckRule, String> {
    match text.split_once('=') {
        None if text == "async" => Ok(AckRule::Asynchronous),
        None if text == "all" => Ok(AckRule::All),
        None if text == "majority" => Ok(AckRule::Majority),
        Some(("k", count)) => match number(count)? {
            0 => Err("k=0 waits for nobody, which is called async".to_owned()),
            count => Ok(AckRule::Followers(count)),
        },
        Some(("in-sync", count)) => match number(count)? {
            0 => Err("the leader is in sync with itself: in-sync=1 at least".to_owned()),
            at_least => Ok(AckRule::InSync { at_least }),
        },
        None | Some(_) => Err("one of async, k=N, all, in-sync=N, majority".to_owned()),
    }
}

/// How `rule` is written.
#[must_use]
pub fn ack_rule_spelt(rule: AckRule) -> String {
    match rule {
        AckRule::Asynchronous => "async".to_owned(),
        AckRule::Followers(count) => format!("k={count}"),
        AckRule::All => "all".to_owned(),
        AckRule::InSync { at_least } => format!("in-sync={at_least}"),
        AckRule::Majority => "majority".to_owned(),
    }
}

/// The read rule written as `text`.
///
/// # Errors
/// With what could have been written, if nothing is written so.
pub fn read_rule(text: &str) -> Result<ReadRule, String> {
    let choices = "one of leader, lease=DURATION/PROMISE, read-index, follower, token";
    match text.split_once('=') {
        None if text == "leader" => Ok(ReadRule::LeaderLocal),
        None if text == "read-index" => Ok(ReadRule::ReadIndex),
        None if text == "follower" => Ok(ReadRule::FollowerLocal),
        None if text == "token" => Ok(ReadRule::FollowerWithToken),
        Some(("lease", terms)) => {
            let (duration, promise) = terms.split_once('/').ok_or(choices)?;
            Ok(ReadRule::Lease { duration: number(duration)?, promise: number(promise)? })
        }
        None | Some(_) => Err(choices.to_owned()),
    }
}

/// How `rule` is written.
#[must_use]
pub fn read_rule_spelt(rule: ReadRule) -> String {
    match rule {
        ReadRule::LeaderLocal => "leader".to_owned(),
        ReadRule::Lease { duration, promise } => format!("lease={duration}/{promise}"),
        ReadRule::ReadIndex => "read-index".to_owned(),
        ReadRule::FollowerLocal => "follower".to_owned(),
        ReadRule::FollowerWithToken => "token".to_owned(),
    }
}

fn number<N: std::str::FromStr<Err = std::num::ParseIntError>>(text: &str) -> Result<N, String> {
    text.parse().map_err(|error| format!("\"{text}\" is no number that fits: {error}"))
}
