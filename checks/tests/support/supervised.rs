//! Explorations within limits that no test needs: what goes beyond them ends, and fails.

use std::sync::Arc;
use std::time::Duration;

use holdfast_check::explore::{Exploration, Supervisor, Ticket};

const MEMORY: u64 = 8 << 30;
const TIME: Duration = Duration::from_mins(5);

/// What `explore` comes to under a supervisor that stays until it is done.
pub(crate) fn supervised(explore: impl FnOnce(&Arc<Ticket>) -> Exploration) -> Exploration {
    let supervisor = Supervisor::new(MEMORY);
    explore(&supervisor.watch(TIME))
}
