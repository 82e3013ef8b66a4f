//! Why an operation has no outcome to tell.

use std::fmt;

use holdfast_models::vocabulary::Refusal;

/// Why an operation has no outcome to tell. All but [`Self::Indeterminate`] say that nothing was
/// changed, now or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The update took effect, or will, or never will.
    Indeterminate,
    /// The replica that decides refused it.
    Refused(Refusal),
    /// Nobody was known to lead until the deadline.
    NoLeader,
    /// The node that was asked takes no more requests now.
    Busy,
    /// A read was not answered until the deadline.
    Unanswered,
    /// No node made us a client until the deadline.
    Unreachable,
    /// The key or the value is longer than a datagram carries.
    TooLong,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Indeterminate => {
                write!(f, "indeterminate: the update took effect, or will, or never will")
            }
            Self::Refused(refusal) => write!(f, "refused, nothing was changed: {refusal}"),
            Self::NoLeader => write!(f, "no replica led until the deadline, nothing was changed"),
            Self::Busy => write!(f, "the node takes no more requests now, nothing was changed"),
            Self::Unanswered => write!(f, "not answered until the deadline"),
            Self::Unreachable => {
                write!(f, "no node answered until the deadline, nothing was asked")
            }
            Self::TooLong => write!(
                f,
                "nothing was changed: a key has at most {} bytes, a value at most {}",
                super::MAX_KEY,
                super::MAX_VALUE,
            ),
        }
    }
}

impl std::error::Error for Failure {}
