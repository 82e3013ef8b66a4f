//! What the driver hands to the gateway.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use holdfast_models::vocabulary::{ClientId, Reply};
use mio::Waker;

use super::pipeline::Place;
use crate::hosted::Contents;

/// Something that the driver's thread has for the gateway's.
pub(super) enum Letter {
    /// The answer to an operation that the gateway submitted for a connection.
    Answer(ClientId, Reply),
    /// The answer to an operation that it submitted for a native client.
    Native(SocketAddr, ClientId, Reply),
    /// What the replica holds, to be looked at for the command there.
    Store(u64, Place, Contents),
}

/// A queue that wakes its reader when it is no longer empty. What waits in it is bounded by what was
/// submitted, which the driver bounds.
pub(super) struct Mailbox {
    letters: Mutex<Vec<Letter>>,
    waker: Arc<Waker>,
}

impl Mailbox {
    pub(super) fn new(waker: Arc<Waker>) -> Self {
        Self { letters: Mutex::new(Vec::new()), waker }
    }

    pub(super) fn put(&self, letter: Letter) {
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.push(letter);
        if letters.len() == 1 {
            // If nobody can be woken, the gateway looks within a second.
            let _ = self.waker.wake();
        }
    }

    pub(super) fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut self.letters.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
