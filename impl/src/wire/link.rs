//! Two replicas, as one of them sees the other.

use std::collections::VecDeque;

use holdfast_models::vocabulary::ReplicaId;

use super::frame::{FRAME_OVERHEAD, Frame, RECEIVED_AT_MOST};
use super::header::{Boot, HEADER_LENGTH, Header};
use super::keys::{Key, TAG_LENGTH};
use super::transfer::{Arriving, Leaving};
use super::window::ReplayWindow;
use super::{Delivery, Dropped};
use crate::config::Secret;
use crate::moment::Moment;

/// How many messages wait for the next flush at most.
const WAITING_AT_MOST: usize = 4_096;

pub(super) struct Link {
    secret: Secret,
    outgoing: Key,
    /// The number of the last datagram that was sent.
    sequence: u64,
    /// Bytes of frames that fit into one datagram.
    capacity: usize,
    waiting: VecDeque<Vec<u8>>,
    leaving: Leaving,
    /// Nothing, until something authentic has arrived.
    incoming: Option<Incoming>,
    message_limit: usize,
}

/// What is known of the other side since it started.
struct Incoming {
    boot: Boot,
    key: Key,
    window: ReplayWindow,
    arriving: Arriving,
}

impl Link {
    pub(super) fn new(
        secret: Secret,
        outgoing: Key,
        datagram_limit: usize,
        message_limit: usize,
    ) -> Self {
        let capacity = datagram_limit - HEADER_LENGTH - TAG_LENGTH;
        Self {
            secret,
            outgoing,
            sequence: 0,
            capacity,
            waiting: VecDeque::new(),
            leaving: Leaving::new(capacity - FRAME_OVERHEAD),
            incoming: None,
            message_limit,
        }
    }

    /// Queues a message. Answers whether there was room for it.
    pub(super) fn send(&mut self, message: Vec<u8>, is_bulk: bool, now: Moment) -> bool {
        if message.len() + FRAME_OVERHEAD > self.capacity {
            return message.len() <= self.message_limit && self.leaving.add(message, is_bulk, now);
        }
        let has_room = self.waiting.len() < WAITING_AT_MOST;
        if has_room {
            self.waiting.push_back(message);
        }
        has_room
    }

    pub(super) fn is_bulk_under_way(&self) -> bool {
        self.leaving.has_bulk()
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.leaving.deadline()
    }

    /// Opens a datagram of the other side. Until it is known to be authentic, nothing is changed but
    /// its bytes.
    pub(super) fn open(
        &mut self,
        header: &Header,
        me: ReplicaId,
        datagram: &mut [u8],
        now: Moment,
        delivered: &mut Vec<Delivery>,
    ) -> Result<(), Dropped> {
        let body = match &mut self.incoming {
            Some(known) if header.boot == known.boot => {
                known.window.check(header.sequence)?;
                let body = known.key.open(header.sequence, datagram).ok_or(Dropped::Forged)?;
                known.window.mark(header.sequence);
                body
            }
            Some(known) if header.boot.count <= known.boot.count => return Err(Dropped::OldBoot),
            Some(_) | None => {
                let mut window = ReplayWindow::default();
                window.check(header.sequence)?;
                let key = Key::derive(&self.secret, header.from, me, header.boot);
                let body = key.open(header.sequence, datagram).ok_or(Dropped::Forged)?;
                window.mark(header.sequence);
                if self.incoming.is_some() {
                    self.leaving.give_up();
                }
                let arriving = Arriving::new(self.message_limit);
                self.incoming = Some(Incoming { boot: header.boot, key, window, arriving });
                body
            }
        };
        let Some(known) = &mut self.incoming else { return Err(Dropped::Forged) };
        let mut rest = body;
        while !rest.is_empty() {
            let (frame, after) = Frame::read(rest).ok_or(Dropped::Malformed)?;
            rest = after;
            match frame {
                Frame::Message(bytes) => delivered.push((header.from, bytes.to_vec())),
                Frame::Piece { transfer, index, count, bytes } => {
                    let whole = known.arriving.take(transfer, index, count, bytes, now)?;
                    delivered.extend(whole.map(|message| (header.from, message)));
                }
                Frame::Received { transfer, pieces } => {
                    self.leaving.received(transfer, &pieces, now);
                }
            }
        }
        Ok(())
    }

    /// Seals what waits, as many frames to a datagram as fit. Answers how many datagrams there were.
    pub(super) fn flush(
        &mut self,
        template: Header,
        now: Moment,
        mut transmit: impl FnMut(&[u8]),
    ) -> u64 {
        let sequence = self.sequence;
        let mut datagram = Vec::new();
        if let Some(known) = &mut self.incoming {
            for (transfer, pieces) in known.arriving.take_confirmations() {
                for pieces in pieces.chunks(RECEIVED_AT_MOST) {
                    let frame = Frame::Received { transfer, pieces: pieces.to_vec() };
                    self.pack(&frame, 5 * pieces.len(), template, &mut datagram, &mut transmit);
                }
            }
        }
        while let Some(message) = self.waiting.pop_front() {
            let frame = Frame::Message(&message);
            self.pack(&frame, message.len(), template, &mut datagram, &mut transmit);
        }
        for piece in self.leaving.due(now) {
            let bytes = self.leaving.bytes(&piece);
            let (transfer, index, count) = (piece.transfer, piece.index, piece.count);
            let frame = Frame::Piece { transfer, index, count, bytes: &bytes };
            self.pack(&frame, bytes.len(), template, &mut datagram, &mut transmit);
        }
        self.seal(&mut datagram, template, &mut transmit);
        self.sequence - sequence
    }

    /// Adds a frame to `datagram`, which leaves first if there is no room in it.
    fn pack(
        &mut self,
        frame: &Frame<'_>,
        length: usize,
        template: Header,
        datagram: &mut Vec<u8>,
        transmit: &mut impl FnMut(&[u8]),
    ) {
        if datagram.len() + length + FRAME_OVERHEAD > HEADER_LENGTH + self.capacity {
            self.seal(datagram, template, transmit);
        }
        if datagram.is_empty() {
            datagram.resize(HEADER_LENGTH, 0);
        }
        frame.write(datagram);
    }

    fn seal(&mut self, datagram: &mut Vec<u8>, template: Header, transmit: &mut impl FnMut(&[u8])) {
        if datagram.is_empty() {
            return;
        }
        self.sequence += 1;
        let header = Header { sequence: self.sequence, ..template };
        datagram[..HEADER_LENGTH].copy_from_slice(&header.bytes());
        self.outgoing.seal(self.sequence, datagram);
        transmit(datagram);
        datagram.clear();
    }
}
