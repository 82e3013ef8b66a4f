//! What a gateway has done, for whoever watches it.

use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted, from the start of the gateway on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Connections taken.
    Connections,
    /// Connections turned away, because there were too many.
    ConnectionsRefused,
    /// Connections closed because they were idle or did not read.
    ConnectionsStalled,
    /// Commands answered.
    Commands,
    /// Connections closed because what they sent is no command.
    ProtocolErrors,
    /// Operations asked of this replica.
    AskedHere,
    /// Operations asked of other replicas.
    AskedElsewhere,
    /// Operations that were given up or refused.
    Failures,
    /// Operations of native clients.
    Datagrams,
    /// Datagrams dropped: of another kind, version, cluster or key, or malformed.
    DatagramsDropped,
}

impl Counter {
    /// All of them, with their names.
    pub const ALL: [(Self, &str); 10] = [
        (Self::Connections, "connections"),
        (Self::ConnectionsRefused, "connections_refused"),
        (Self::ConnectionsStalled, "connections_stalled"),
        (Self::Commands, "commands"),
        (Self::ProtocolErrors, "protocol_errors"),
        (Self::AskedHere, "asked_here"),
        (Self::AskedElsewhere, "asked_elsewhere"),
        (Self::Failures, "failures"),
        (Self::Datagrams, "datagrams"),
        (Self::DatagramsDropped, "datagrams_dropped"),
    ];
}

/// The counts. Read from any thread.
#[derive(Debug, Default)]
pub struct Counters([AtomicU64; Counter::ALL.len()]);

impl Counters {
    /// How often it happened.
    #[must_use]
    pub fn get(&self, counter: Counter) -> u64 {
        self.0[counter as usize].load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, counter: Counter) {
        self.add(counter, 1);
    }

    pub(super) fn add(&self, counter: Counter, count: u64) {
        self.0[counter as usize].fetch_add(count, Ordering::Relaxed);
    }
}
