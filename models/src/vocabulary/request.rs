//! One request of a client and the answer to it.

use serde::{Deserialize, Serialize};

use super::{Context, LogPosition, Operation, Outcome, RequestId};

/// How much of the store a session has seen: it may not be shown less. Handed out with every reply,
/// handed in with every request, and handed on when one client notifies another.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Token(pub LogPosition);

/// One request of a client. Sent again, it keeps its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Request {
    /// Which of the client's requests this is.
    pub id: RequestId,
    /// What the session has seen.
    pub token: Token,
    /// What is asked.
    pub operation: Operation,
    /// On which terms. A protocol that knows nothing of them answers on its own.
    pub terms: Terms,
}

/// How a client wants one request to be carried out, where that is not as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Terms {
    /// How many homes have to store an update before it is acknowledged.
    pub write_quorum: Option<u8>,
    /// How many homes have to answer before a read is.
    pub read_quorum: Option<u8>,
    /// Which updates of the register the client knows of. With `None`, its coordinator keeps account
    /// of what it has shown the client.
    pub context: Option<Context>,
}

impl Terms {
    /// As configured, for a client that knows of the updates in `context`.
    #[must_use]
    pub fn knowing(context: Context) -> Self {
        Self { context: Some(context), ..Self::default() }
    }
}

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reply {
    /// Which request is answered.
    pub request: RequestId,
    /// What came of it.
    pub outcome: Outcome,
    /// What the session has seen once it hears this.
    pub token: Token,
    /// Which updates of the register it knows of then, if it keeps account of that itself.
    pub context: Option<Context>,
}
