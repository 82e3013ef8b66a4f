//! What a client of Redis is told when there is no outcome. The first word names the kind.

use holdfast_models::vocabulary::Refusal;

use crate::client::{Failure, MAX_KEY, MAX_VALUE};
use crate::resp::Response;

/// The error that tells `failure`. All but `INDETERMINATE` mean that nothing was changed.
#[must_use]
pub fn failed(failure: Failure) -> Response {
    Response::Error(match failure {
        Failure::Indeterminate => {
            "INDETERMINATE the update took effect, or will, or never will".to_owned()
        }
        Failure::Busy => {
            "BUSY this node takes no more requests now, nothing was changed".to_owned()
        }
        Failure::NoLeader | Failure::Refused(Refusal::NotLeader { .. }) => {
            "NOLEADER no replica led until the deadline, nothing was changed".to_owned()
        }
        Failure::Unanswered | Failure::Unreachable => {
            "TIMEOUT not answered until the deadline, nothing was changed".to_owned()
        }
        Failure::TooLong => {
            format!("ERR a key has at most {MAX_KEY} bytes, a value at most {MAX_VALUE}")
        }
        Failure::Refused(Refusal::Unavailable) => {
            "NOREPLICAS too few replicas are in sync, nothing was changed".to_owned()
        }
        Failure::Refused(Refusal::Behind) => {
            "BEHIND this replica lacks what the connection has seen, nothing was changed".to_owned()
        }
        Failure::Refused(Refusal::Locked) => {
            "LOCKED other updates had the key until the deadline, nothing was changed".to_owned()
        }
        Failure::Refused(Refusal::NotANumber) => {
            "ERR value is not an integer or out of range".to_owned()
        }
        Failure::Refused(Refusal::OutOfRange) => {
            "ERR increment or decrement would overflow".to_owned()
        }
        Failure::Refused(Refusal::Unsupported) => {
            "NOTSUPPORTED the cluster's policies cannot do that, nothing was changed".to_owned()
        }
        Failure::Refused(Refusal::AnotherKind) => {
            "WRONGTYPE data of another kind is at the key, nothing was changed".to_owned()
        }
        Failure::Refused(Refusal::Conflict) => {
            "TRYAGAIN other transactions were earlier each time, nothing was changed".to_owned()
        }
        Failure::Refused(refusal @ (Refusal::ChangeUnderWay | Refusal::ChangeImpossible)) => {
            format!("ERR {refusal}, nothing was changed")
        }
    })
}

/// The error of a command of several keys, of which `changed` were changed and others were not.
pub(super) fn partly_failed(changed: usize, keys: usize, failure: Failure) -> Response {
    let Response::Error(text) = failed(failure) else { return failed(failure) };
    if changed == 0 {
        return Response::Error(text);
    }
    Response::Error(format!("PARTIAL {changed} of {keys} keys were changed, then: {text}"))
}
