//! Replaying a trace through `step`.

use std::fmt;

use holdfast_models::protocol::Effects;
use holdfast_models::vocabulary::ReplicaId;

use super::{Digests, Entry};
use crate::disk::{Found, find_record};
use crate::hosted::Hosted;

/// A trace that is what the machine does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How often the replica was started.
    pub starts: u64,
    /// How many inputs it handled.
    pub steps: u64,
    /// At how many of them the whole state was compared.
    pub states: u64,
}

/// Where a trace is not what the machine does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// At which record, counted from 0.
    pub step: u64,
    /// How.
    pub reason: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}: {}", self.step, self.reason)
    }
}

impl std::error::Error for Divergence {}

const CONTRADICTION: &str = "the machine finds that its state contradicts itself";

/// What `run` answers, unless it panics. A node's own machine never gets there, for its inputs are
/// checked; what a file says that somebody edited may be anything.
fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).ok()
}

/// Lets the machine take every step of a trace, and compares what comes of it.
///
/// # Errors
/// At the first step that comes to something else, or cannot be read.
pub fn replay<P: Hosted>(
    protocol: &P,
    configuration: u64,
    trace: &[u8],
) -> Result<Replayed, Divergence> {
    let mut replayed = Replayed::default();
    let mut running: Option<(ReplicaId, P::Replica)> = None;
    let (mut offset, mut step) = (0, 0);
    loop {
        let diverges = |reason: String| Err(Divergence { step, reason });
        let (payload, end) = match find_record(trace, offset) {
            Found::Record { header, payload, end } if header.sequence == step => (payload, end),
            Found::Record { header, .. } => {
                return diverges(format!("step {} is in its place", header.sequence));
            }
            // The node was killed while it wrote the last record.
            Found::End | Found::Incomplete => return Ok(replayed),
            Found::Hole => return diverges("a part of the file is missing".to_owned()),
            Found::Damaged(reason) => return diverges(reason.to_owned()),
        };
        let entry = match postcard::from_bytes(&payload) {
            Ok(entry) => entry,
            Err(error) => return diverges(error.to_string()),
        };
        let mut effects = Effects::none();
        let written = match entry {
            Entry::Started { me, configuration: traced, durable, now, digests } => {
                if traced != configuration {
                    return diverges("it is a trace of another configuration".to_owned());
                }
                let start = || protocol.start(me, durable.as_ref(), now, &mut effects);
                let Some(replica) = caught(start) else { return diverges(CONTRADICTION.into()) };
                running = Some((me, replica));
                replayed.starts += 1;
                digests
            }
            Entry::Stepped { now, input, digests } => {
                let Some((me, replica)) = &mut running else {
                    return diverges("a step of a replica that was not started".to_owned());
                };
                let step = || protocol.step(*me, replica, now, input.input(), &mut effects);
                if caught(step).is_none() {
                    return diverges(CONTRADICTION.into());
                }
                replayed.steps += 1;
                digests
            }
        };
        let Some((_, replica)) = &running else { return diverges("nothing runs".to_owned()) };
        let found = Digests::of(replica, &effects, written.state.is_some());
        if found.effects != written.effects {
            return diverges("the machine sends, replies, arms or keeps something else".to_owned());
        }
        if found.state != written.state {
            return diverges("the machine comes to another state".to_owned());
        }
        replayed.states += u64::from(written.state.is_some());
        (offset, step) = (end, step + 1);
    }
}
