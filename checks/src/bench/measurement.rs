//! What one process measured.

use serde::{Deserialize, Serialize};

use super::clock::Taken;
use crate::explore::Cause;

/// What one measurement came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// How many numbers the engine makes of a state.
    pub columns: usize,
    /// How many different states were seen, or rows.
    pub states: usize,
    /// How many steps were taken, or rows put in.
    pub steps: usize,
    /// How many steps the farthest state is away, if that is known.
    pub depth: Option<usize>,
    /// Seconds by the clock.
    pub wall: f64,
    /// Seconds that all threads computed, whatever else the machine did.
    pub computed: f64,
    /// Bytes of the tables that tell states apart, if that is known.
    pub bytes: Option<usize>,
    /// Bytes of memory at most, beyond those before, if that is known.
    pub resident: Option<usize>,
    /// Why it ended early, if it did.
    pub truncated: Option<Cause>,
}

impl Measurement {
    pub(super) fn new(taken: &Taken, columns: usize, states: usize, steps: usize) -> Self {
        Self {
            columns,
            states,
            steps,
            depth: None,
            wall: taken.wall.as_secs_f64(),
            computed: taken.computed.as_secs_f64(),
            bytes: None,
            resident: taken.resident,
            truncated: None,
        }
    }

    /// Steps in a second that one thread computes.
    #[must_use]
    pub fn computed_rate(&self) -> f64 {
        self.steps as f64 / self.computed
    }

    /// Steps in a second by the clock.
    #[must_use]
    pub fn wall_rate(&self) -> f64 {
        self.steps as f64 / self.wall
    }

    /// Which part of the time the threads had a processor each.
    #[must_use]
    pub fn share(&self, threads: usize) -> f64 {
        (self.computed / (self.wall * threads as f64)).min(1.0)
    }
}
