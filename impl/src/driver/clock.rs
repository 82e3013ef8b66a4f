//! The clock of a node: it follows the time of day when the node starts, and never goes back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::moment::Moment;

/// Reads time for one process.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    offset: Moment,
}

impl Clock {
    /// A clock that shows the time of day now, and from now on only passes.
    #[must_use]
    pub fn new() -> Self {
        // Before 1970 it starts from 0: the machine trusts no clock to be right.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), offset: Moment(0) + since }
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.offset + self.started.elapsed()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
