//! The numbers of one client's requests.

use holdfast_models::vocabulary::{ClientId, RequestId};
use serde::{Deserialize, Serialize};

/// Who a client is, and the numbers it has left for its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    client: ClientId,
    next: RequestId,
    left: u64,
}

impl Numbers {
    /// `count` numbers, from `first` on.
    #[must_use]
    pub const fn new(client: ClientId, first: RequestId, count: u64) -> Self {
        Self { client, next: first, left: count }
    }

    /// Whose numbers they are.
    #[must_use]
    pub const fn client(&self) -> ClientId {
        self.client
    }

    /// Whether there are no more.
    #[must_use]
    pub const fn are_used_up(&self) -> bool {
        self.left == 0
    }

    /// The next number, if there is one.
    pub fn take(&mut self) -> Option<RequestId> {
        let id = self.next;
        self.left = self.left.checked_sub(1)?;
        // Whoever handed them out may claim more than there are.
        self.next = RequestId(id.0.saturating_add(1));
        Some(id)
    }
}
