//! The same history, asked and heard by others.

use super::{History, OperationId, Record, Returned};
use crate::renaming::{Rename, Renaming};

impl Rename for OperationId {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { session, index } = *self;
        Self { session: place(session, by), index }
    }
}

impl Rename for Returned {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { at, outcome } = self;
        Self { at: *at, outcome: outcome.renamed(by) }
    }
}

impl Rename for Record {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { operation, invoked, returned, told } = self;
        Self {
            operation: operation.renamed(by),
            invoked: *invoked,
            returned: returned.renamed(by),
            told: told.renamed(by),
        }
    }
}

/// Sessions are numbered like clients, and change places with them.
impl Rename for History {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { sessions, told, phase, returned_in_phase } = self;
        let mut renamed = Self {
            phase: *phase,
            returned_in_phase: *returned_in_phase,
            ..Self::new(sessions.len())
        };
        for (session, (records, heard)) in sessions.iter().zip(told).enumerate() {
            renamed.sessions[place(session, by)] = records.renamed(by);
            renamed.told[place(session, by)] = heard.renamed(by);
        }
        renamed
    }
}

/// The new number of a session.
fn place(session: usize, by: &Renaming) -> usize {
    by.clients.get(session).map_or(session, |client| client.0 as usize)
}
