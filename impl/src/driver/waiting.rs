//! Clients that wait for an answer.

use std::collections::BTreeMap;
use std::time::Duration;

use holdfast_models::vocabulary::{ClientId, RequestId};

use crate::moment::Moment;
use crate::submission::Answer;

/// After this long nobody waits any more: gateways have deadlines of their own.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// How often it is looked whether somebody can be forgotten.
const LOOKED_FOR_EVERY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Waiting {
    clients: BTreeMap<ClientId, Client>,
    looked_at: Moment,
}

struct Client {
    request: RequestId,
    answer: Answer,
    since: Moment,
}

impl Waiting {
    /// A client has one request outstanding: the latest. An earlier one that arrives again is not waited
    /// for.
    pub(super) fn add(
        &mut self,
        client: ClientId,
        request: RequestId,
        answer: Answer,
        since: Moment,
    ) {
        if self.clients.get(&client).is_none_or(|known| known.request <= request) {
            self.clients.insert(client, Client { request, answer, since });
        }
    }

    /// Who waits for the answer to `request`, and no longer.
    pub(super) fn take(&mut self, client: ClientId, request: RequestId) -> Option<Answer> {
        if self.clients.get(&client)?.request != request {
            return None;
        }
        self.clients.remove(&client).map(|client| client.answer)
    }

    pub(super) fn count(&self) -> usize {
        self.clients.len()
    }

    pub(super) fn forget(&mut self, now: Moment) {
        if now >= self.looked_at + LOOKED_FOR_EVERY {
            self.looked_at = now;
            self.clients.retain(|_, client| now < client.since + FORGOTTEN_AFTER);
        }
    }
}
