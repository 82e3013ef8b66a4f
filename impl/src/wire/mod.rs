//! Datagrams between replicas: who says it, to whom, sealed, at most once, in pieces if it is long.
//!
//! ```text
//! header 48 bytes, in the clear, authenticated     body, encrypted                         tag
//! magic version from to cluster configuration      frame frame frame ...                   16
//! boot salt sequence                               a message, a piece of one, what has
//!                                                  been received of one
//! ```
//!
//! Identity is a key. Each ordered pair of replicas has one, derived from their secret and from when
//! the sender started, so that a nonce, which is the sequence number, is never used twice. Where a
//! datagram comes from is not looked at. Any bytes at all give at most a counted drop, and nothing
//! is remembered of a datagram that is not authentic.
//!
//! Messages for one peer share datagrams. One that does not fit travels in pieces, which are
//! acknowledged and sent again, a window at a time: see `transfer`. The protocol may lose anything,
//! so what cannot be queued is dropped.

mod counters;
mod frame;
mod header;
mod keys;
mod link;
mod transfer;
mod window;

#[cfg(test)]
mod tests;

use holdfast_models::vocabulary::ReplicaId;

pub use counters::{Counters, Dropped};
pub use header::{Boot, HEADER_LENGTH, Header, VERSION, VERSION_OLDEST};
pub use keys::TAG_LENGTH;
pub use window::{REPLAY_WINDOW, ReplayWindow};

use crate::config::{Keys, Secret};
use crate::moment::Moment;
use frame::FRAME_OVERHEAD;
use keys::Key;
use link::Link;

/// What all datagrams of one replica have in common.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// Which replica.
    pub me: ReplicaId,
    /// How many there are.
    pub replicas: u8,
    /// Which cluster.
    pub cluster: u64,
    /// Which configuration.
    pub configuration: u64,
    /// When it started.
    pub boot: Boot,
}

/// One replica's end of all its links.
pub struct Wire {
    identity: Identity,
    version: u8,
    datagram_limit: usize,
    links: Vec<Option<Link>>,
    counters: Counters,
}

/// A message that has arrived, and from whom.
pub type Delivery = (ReplicaId, Vec<u8>);

impl Wire {
    /// Links to all other replicas, with datagrams of at most `datagram` bytes and messages of at
    /// most `message` bytes.
    #[must_use]
    pub fn new(identity: Identity, keys: &Keys, datagram: usize, message: usize) -> Self {
        let link = |other: ReplicaId| {
            let secret = secret_with(keys, other)?;
            let outgoing = Key::derive(secret, identity.me, other, identity.boot);
            Some(Link::new(secret.clone(), outgoing, datagram, message))
        };
        let others = |id: u8| (id != identity.me.0).then_some(ReplicaId(id));
        let links = (0..identity.replicas).map(|id| others(id).and_then(link)).collect();
        Self {
            identity,
            version: VERSION,
            datagram_limit: datagram,
            links,
            counters: Counters::default(),
        }
    }

    /// Speaks an older version, for as long as not every replica understands the newest.
    ///
    /// # Panics
    /// If the version is not one that is understood.
    pub fn speak(&mut self, version: u8) {
        assert!((VERSION_OLDEST..=VERSION).contains(&version), "a version that is understood");
        self.version = version;
    }

    /// How many datagrams were dropped, by reason, and how many were not.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Takes a datagram apart, and adds the messages that are complete to `delivered`.
    ///
    /// The bytes are decrypted in place. Answers why the datagram was dropped, if it was.
    pub fn open(
        &mut self,
        datagram: &mut [u8],
        now: Moment,
        delivered: &mut Vec<Delivery>,
    ) -> Result<(), Dropped> {
        let result = self.try_open(datagram, now, delivered);
        match result {
            Ok(()) => self.counters.opened += 1,
            Err(reason) => self.counters.count(reason),
        }
        result
    }

    fn try_open(
        &mut self,
        datagram: &mut [u8],
        now: Moment,
        delivered: &mut Vec<Delivery>,
    ) -> Result<(), Dropped> {
        let Identity { me, cluster, configuration, .. } = self.identity;
        if datagram.len() > self.datagram_limit {
            return Err(Dropped::TooLong);
        }
        let header = Header::read(datagram)?;
        header.meant_for(me, cluster, configuration)?;
        let from = header.from;
        let link = self.links.get_mut(usize::from(from.0)).and_then(Option::as_mut);
        let link = link.ok_or(Dropped::UnknownSender)?;
        link.open(&header, me, datagram, now, delivered)
    }

    /// How long a message may be that travels in one datagram.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.datagram_limit - HEADER_LENGTH - TAG_LENGTH - FRAME_OVERHEAD
    }

    /// Counts a message that was authentic and not a message.
    pub fn reject(&mut self, reason: Dropped) {
        self.counters.count(reason);
    }

    /// Queues a message. It leaves with the next [`Self::flush`].
    pub fn send(&mut self, to: ReplicaId, message: Vec<u8>, is_bulk: bool, now: Moment) {
        let link = self.links.get_mut(usize::from(to.0)).and_then(Option::as_mut);
        if !link.is_some_and(|link| link.send(message, is_bulk, now)) {
            self.counters.count(Dropped::NotSent);
        }
    }

    /// Whether a bulky message to `to` would be dropped, because another is still on its way.
    #[must_use]
    pub fn is_bulk_under_way(&self, to: ReplicaId) -> bool {
        let link = self.links.get(usize::from(to.0)).and_then(Option::as_ref);
        link.is_some_and(Link::is_bulk_under_way)
    }

    /// Seals what is queued and due, and hands each datagram to `transmit`.
    pub fn flush(&mut self, now: Moment, mut transmit: impl FnMut(ReplicaId, &[u8])) {
        let Identity { me, cluster, configuration, boot, .. } = self.identity;
        for (id, link) in self.links.iter_mut().enumerate() {
            let Some(link) = link else { continue };
            let to = ReplicaId(id as u8);
            let template = Header {
                version: self.version,
                from: me,
                to,
                cluster,
                configuration,
                boot,
                sequence: 0,
            };
            let sealed = link.flush(template, now, |datagram| transmit(to, datagram));
            self.counters.sealed += sealed;
        }
    }

    /// When [`Self::flush`] has something to do again, if nothing happens before.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        self.links.iter().flatten().filter_map(Link::deadline).min()
    }
}

/// A datagram with any body at all, sealed as `from` seals it.
#[cfg(any(test, fuzzing))]
pub(crate) fn seal_any(
    from: &Identity,
    secret: &Secret,
    to: ReplicaId,
    sequence: u64,
    body: &[u8],
) -> Vec<u8> {
    let Identity { me, cluster, configuration, boot, .. } = *from;
    let header = Header { version: VERSION, from: me, to, cluster, configuration, boot, sequence };
    let mut datagram = [&header.bytes()[..], body].concat();
    Key::derive(secret, me, to, boot).seal(sequence, &mut datagram);
    datagram
}

fn secret_with(keys: &Keys, other: ReplicaId) -> Option<&Secret> {
    match keys {
        Keys::Cluster(secret) => Some(secret),
        Keys::Pairs(secrets) => secrets.get(&other),
    }
}
