//! What a datagram's body is made of.

use serde::{Deserialize, Serialize, Serializer};

/// One part of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Frame<'a> {
    /// A whole message.
    Message(#[serde(serialize_with = "as_bytes")] &'a [u8]),
    /// A piece of a message.
    Piece {
        /// Which of the sender's long messages, counted from 1.
        transfer: u64,
        /// Which piece, counted from 0.
        index: u32,
        /// How many there are. All but the last are equally long.
        count: u32,
        /// Its content.
        #[serde(serialize_with = "as_bytes")]
        bytes: &'a [u8],
    },
    /// These pieces have arrived.
    Received {
        /// Of which of the receiver's long messages.
        transfer: u64,
        /// Which pieces.
        pieces: Vec<u32>,
    },
}

/// The most bytes that a frame needs beside the bytes it carries.
pub(super) const FRAME_OVERHEAD: usize = 32;

/// How many pieces one [`Frame::Received`] names at most: each takes up to five bytes, and the
/// shortest datagrams have room for them.
pub(super) const RECEIVED_AT_MOST: usize = 24;

fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

impl<'a> Frame<'a> {
    pub(super) fn write(&self, body: &mut Vec<u8>) {
        *body = postcard::to_extend(self, std::mem::take(body))
            .expect("a frame is plain data, and memory is all that writing it needs");
    }

    /// The frame at the beginning of `body`, and what follows it.
    pub(super) fn read(body: &'a [u8]) -> Option<(Self, &'a [u8])> {
        postcard::take_from_bytes(body).ok()
    }
}
