//! What a change makes of the value that is there.

use holdfast_models::vocabulary::Value;

use crate::resp::Response;

/// What is done to the one value.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    /// These bytes are appended.
    Append(Vec<u8>),
    /// It is replaced.
    Replace {
        /// By this.
        value: Value,
        /// In which case.
        only: Only,
        /// Whether what was there is told.
        tell: bool,
    },
}

/// On which condition a value is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Only {
    /// None.
    Always,
    /// Something is there.
    IfPresent,
    /// Nothing is there.
    IfAbsent,
}

/// What comes of it.
pub(super) enum Edited {
    /// The value stays.
    Leave(Response),
    /// Another one is there then.
    Put(Value, Response),
}

impl Edit {
    /// What comes of it where `found` is there.
    pub(super) fn apply(&self, found: Option<&Value>) -> Edited {
        match self {
            Self::Append(bytes) => {
                let before = found.map(Value::as_bytes).unwrap_or_default();
                let after = [before, bytes].concat();
                let response = Response::Integer(length(after.len()));
                Edited::Put(Value::from(after.as_slice()), response)
            }
            Self::Replace { value, only, tell } => {
                let previous =
                    found.map_or(Response::Nil, |value| Response::bulk(value.as_bytes()));
                let is_wanted = match only {
                    Only::Always => true,
                    Only::IfPresent => found.is_some(),
                    Only::IfAbsent => found.is_none(),
                };
                match (is_wanted, tell) {
                    (true, true) => Edited::Put(value.clone(), previous),
                    (true, false) => Edited::Put(value.clone(), Response::OK),
                    (false, true) => Edited::Leave(previous),
                    (false, false) => Edited::Leave(Response::Nil),
                }
            }
        }
    }
}

/// How many, as it is answered.
pub(super) fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
