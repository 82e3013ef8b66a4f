//! What clients and replicas say to each other in one datagram.
//!
//! ```text
//! client                          replica
//!   | Open { nonce }                 |   I am new
//!   |------------------------------->|
//!   |     Opened { numbers, ... }     |   you are this client, and number your requests so
//!   |<-------------------------------|
//!   | Ask { client, request }        |   asked of any replica, as often as it takes
//!   |------------------------------->|
//!   |     Answer { from, reply }     |
//!   |<-------------------------------|
//! ```
//!
//! A datagram is a header and a body. The header is 4 bytes that say what it is, the version, and a
//! tag of 16 bytes over version and body, by a key that is derived from the cluster's name and its
//! client key. Whoever has no client key is told apart by the cluster's name alone: that keeps out
//! accidents and nobody who means harm. Bodies can be read by anybody on the way.
//!
//! Replays need no window: a request is known by its number, and nobody waits for an answer twice.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use holdfast_models::vocabulary::{
    ClientId, Operation, ReplicaId, Reply, Request, RequestId, Value,
};
use serde::{Deserialize, Serialize};

use super::Numbers;
use crate::hosted::Coordination;

/// The most that a datagram carries over IPv4, and less than over IPv6. What exceeds the network's
/// own unit is carried in fragments, by IP.
pub const MAX_DATAGRAM: usize = 65_507;

/// The longest key, in bytes.
pub const MAX_KEY: usize = 4096;

/// The longest value, in bytes: a compare-and-set carries two, beside its key.
pub const MAX_VALUE: usize = 30_000;

const MAGIC: [u8; 4] = *b"HFkv";
const VERSION: u8 = 1;
const TAG: usize = 16;
const HEADER: usize = MAGIC.len() + 1 + TAG;

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// A client wants to be one. Answered by [`Self::Opened`].
    Open {
        /// Repeated in the answer.
        nonce: u64,
    },
    /// A replica makes somebody a client.
    Opened {
        /// From the question.
        nonce: u64,
        /// Who does.
        from: ReplicaId,
        /// Who the client is from now on, and how it numbers its requests.
        numbers: Numbers,
        /// Who answers those.
        coordination: Coordination,
    },
    /// A client asks. Answered by [`Self::Answer`], [`Self::Busy`], or not at all.
    Ask {
        /// Who asks.
        client: ClientId,
        /// What.
        request: Request,
    },
    /// A replica answers.
    Answer {
        /// Who answers.
        from: ReplicaId,
        /// Whom.
        client: ClientId,
        /// What.
        reply: Reply,
    },
    /// A replica takes no more requests now. This arrival had no effect.
    Busy {
        /// Who says so.
        from: ReplicaId,
        /// To whom.
        client: ClientId,
        /// Of which request.
        request: RequestId,
    },
    /// A replica has not made that client one since it was started, where each answers its own. This
    /// arrival had no effect; an earlier one may have had.
    Stranger {
        /// Who says so.
        from: ReplicaId,
        /// To whom.
        client: ClientId,
        /// Of which request.
        request: RequestId,
    },
}

/// Why bytes are not a datagram of ours. Whoever receives such bytes drops and counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatagramError {
    /// Too short for a header, or something else altogether.
    NotOurs,
    /// A version that is not spoken here.
    Version(u8),
    /// Altered on the way, or by somebody with another key or of another cluster.
    Tag,
    /// A body that does not follow the format, or is followed by more.
    Body,
}

impl fmt::Display for DatagramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOurs => write!(f, "not a datagram of the client protocol"),
            Self::Version(found) => {
                write!(f, "version {found} of the client protocol, where {VERSION} is spoken")
            }
            Self::Tag => write!(f, "altered, of another cluster, or sealed with another key"),
            Self::Body => write!(f, "a body that does not follow the format"),
        }
    }
}

impl std::error::Error for DatagramError {}

/// What the clients and the replicas of one cluster seal their datagrams with.
#[derive(Clone)]
pub struct ClientKey(hmac::Key);

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientKey(..)")
    }
}

impl ClientKey {
    /// The key of the cluster called `cluster`, whose clients share `secret`. Without a secret
    /// anybody who knows the name is a client.
    #[must_use]
    pub fn derive(cluster: &str, secret: Option<&[u8]>) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.unwrap_or_default());
        let label = [b"holdfast client protocol 1\0", cluster.as_bytes()].concat();
        let derived = hmac::sign(&root, &label);
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// The body as a datagram.
    ///
    /// # Panics
    /// Never: a body always has an encoding. Whether it [`fits`] was looked at before.
    #[must_use]
    pub fn seal(&self, body: &Body) -> Vec<u8> {
        let mut datagram = Vec::with_capacity(256);
        datagram.extend(MAGIC);
        datagram.push(VERSION);
        datagram.extend([0; TAG]);
        let mut datagram =
            postcard::to_extend(body, datagram).expect("bodies have no maps of unknown length");
        let tag = self.tag(VERSION, &datagram[HEADER..]);
        datagram[HEADER - TAG..HEADER].copy_from_slice(&tag);
        datagram
    }

    /// Any bytes as a datagram.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn seal_any(&self, body: &[u8]) -> Vec<u8> {
        [&MAGIC[..], &[VERSION], &self.tag(VERSION, body), body].concat()
    }

    /// The body of a datagram.
    ///
    /// # Errors
    /// If the bytes are not a datagram of this cluster, exactly as it was sealed.
    pub fn open(&self, datagram: &[u8]) -> Result<Body, DatagramError> {
        let rest = datagram.strip_prefix(&MAGIC).ok_or(DatagramError::NotOurs)?;
        let (version, rest) = rest.split_first().ok_or(DatagramError::NotOurs)?;
        if *version != VERSION {
            return Err(DatagramError::Version(*version));
        }
        let (tag, body) = rest.split_at_checked(TAG).ok_or(DatagramError::NotOurs)?;
        verify_slices_are_equal(tag, &self.tag(*version, body)).map_err(|_| DatagramError::Tag)?;
        let (body, rest) = postcard::take_from_bytes(body).map_err(|_| DatagramError::Body)?;
        if rest.is_empty() { Ok(body) } else { Err(DatagramError::Body) }
    }

    fn tag(&self, version: u8, body: &[u8]) -> [u8; TAG] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&[version]);
        context.update(body);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG]);
        tag
    }
}

/// What an encoding says of a register and its content besides them, in bytes at most.
const LENGTHS: usize = 8;

/// Whether the operation, and whatever a client may hear of it, fits into a datagram.
#[must_use]
pub fn fits(operation: &Operation) -> bool {
    let length = |value: &Value| value.as_bytes().len();
    let (value, expected) = match operation {
        Operation::Edit { edit, .. } => (edit.element().map_or(0, length), 0),
        Operation::Write { value, .. } => (length(value), 0),
        Operation::CompareAndSet { value, expected, .. } => {
            (length(value), expected.as_ref().map_or(0, length))
        }
        // Together they are no longer than what one register may hold.
        Operation::Transact { writes, .. } => {
            let written = writes.iter().filter_map(|(_, value)| value.as_ref());
            let keys = operation.keys().map(|key| key.as_bytes().len() + LENGTHS);
            (keys.sum::<usize>() + written.map(length).sum::<usize>(), 0)
        }
        Operation::Read { .. }
        | Operation::Delete { .. }
        | Operation::Add { .. }
        | Operation::AddReplica(_)
        | Operation::RemoveReplica(_)
        | Operation::Take { .. }
        | Operation::Clear => (0, 0),
    };
    let mut keys = operation.keys().map(|key| key.as_bytes().len());
    keys.all(|key| key <= MAX_KEY) && value <= MAX_VALUE && expected <= MAX_VALUE
}

#[cfg(test)]
mod tests {
    use holdfast_models::vocabulary::{Key, Terms, Token};
    use proptest::prelude::*;

    use super::*;

    fn ask(operation: Operation) -> Body {
        let request = Request {
            id: RequestId(u64::MAX),
            token: Token::default(),
            operation,
            terms: Terms::default(),
        };
        Body::Ask { client: ClientId(u64::MAX), request }
    }

    fn key() -> ClientKey {
        ClientKey::derive("test", Some(b"secret"))
    }

    #[test]
    fn the_longest_request_fits_and_comes_back() {
        let value = Value::from(&[b'v'; MAX_VALUE][..]);
        let operation = Operation::CompareAndSet {
            key: Key::from(&[b'k'; MAX_KEY][..]),
            expected: Some(value.clone()),
            value,
        };
        assert!(fits(&operation));
        let body = ask(operation);
        let datagram = key().seal(&body);
        assert!(datagram.len() <= MAX_DATAGRAM, "{} bytes", datagram.len());
        assert_eq!(key().open(&datagram), Ok(body));
    }

    #[test]
    fn what_is_a_byte_too_long_does_not_fit() {
        let key = Key::from(&[b'k'; MAX_KEY + 1][..]);
        assert!(!fits(&Operation::Read { key }));
        let (key, value) = (Key::from("k"), Value::from(&[b'v'; MAX_VALUE + 1][..]));
        assert!(!fits(&Operation::Write { key, value }));
    }

    #[test]
    fn a_transaction_is_as_long_as_all_that_it_names() {
        let writing = |keys: u32| {
            let named = |key: u32| Key::from(&key.to_be_bytes()[..]);
            let writes = (0..keys).map(|key| (named(key), Some(Value::from("0123456789"))));
            Operation::Transact {
                reads: vec![named(keys)],
                writes: writes.collect(),
                unchanged: Vec::new(),
            }
        };
        let longest = (0..u32::MAX).find(|keys| !fits(&writing(*keys))).expect("it has an end") - 1;
        let body = ask(writing(longest));
        let datagram = key().seal(&body);
        assert!(datagram.len() <= MAX_DATAGRAM, "{} bytes", datagram.len());
        assert_eq!(key().open(&datagram), Ok(body));
    }

    #[test]
    fn another_cluster_and_another_secret_are_told_apart() {
        let datagram = key().seal(&Body::Open { nonce: 1 });
        for (cluster, secret) in
            [("other", Some(&b"secret"[..])), ("test", Some(b"guess")), ("test", None)]
        {
            let opened = ClientKey::derive(cluster, secret).open(&datagram);
            assert_eq!(opened, Err(DatagramError::Tag), "{cluster} {secret:?}");
        }
    }

    #[test]
    fn another_version_is_named() {
        let mut datagram = key().seal(&Body::Open { nonce: 1 });
        datagram[MAGIC.len()] = 9;
        assert_eq!(key().open(&datagram), Err(DatagramError::Version(9)));
    }

    #[test]
    fn a_body_that_ends_early_or_late_is_none() {
        for body in [&[0][..], &[0, 1, 1], &[9], &[]] {
            let opened = key().open(&key().seal_any(body));
            assert_eq!(opened, Err(DatagramError::Body), "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn any_change_of_any_byte_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut datagram = key().seal(&ask(Operation::Read { key: Key::from("x") }));
            let at = at.index(datagram.len());
            datagram[at] ^= 1 << bit;
            prop_assert!(key().open(&datagram).is_err());
        }
    }
}
