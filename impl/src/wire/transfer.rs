//! Messages that do not fit into a datagram: in pieces, acknowledged one by one, a window at a time.
//!
//! Losing one of a thousand pieces must not lose the message, and sending a thousand at once would
//! lose most of them. Which messages are kept, and how long, is bounded on both sides.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::Dropped;
use crate::moment::Moment;

/// Pieces of one message that are on their way at a time.
const WINDOW: usize = 64;

/// How long a piece is waited for before it is sent again, while others arrive. Later the longer,
/// the longer nothing has arrived.
const REPEAT_AFTER: Duration = Duration::from_millis(20);

/// How long it is waited for at most.
const REPEAT_AFTER_AT_MOST: Duration = Duration::from_millis(500);

/// How long a message is kept of which nothing arrives any more.
const GIVE_UP_AFTER: Duration = Duration::from_secs(5);

/// How many long messages are on their way to one peer at a time.
const MESSAGES_AT_MOST: usize = 8;

/// Pieces that are not the last are longer: the shortest datagrams have room for more.
const SHORTEST_PIECE: usize = 128;

/// How many messages that are complete are remembered, so that late pieces are recognised.
const REMEMBERED: usize = 64;

/// The long messages that leave for one peer.
pub(super) struct Leaving {
    piece_length: usize,
    last: u64,
    messages: VecDeque<Departure>,
}

struct Departure {
    transfer: u64,
    message: Vec<u8>,
    is_bulk: bool,
    /// Pieces that are on their way, with when they were sent.
    under_way: BTreeMap<u32, Moment>,
    /// The first piece that was never sent.
    unsent: u32,
    count: u32,
    progress_at: Moment,
}

/// A piece that is due.
pub(super) struct Due {
    pub(super) transfer: u64,
    pub(super) index: u32,
    pub(super) count: u32,
}

impl Leaving {
    pub(super) const fn new(piece_length: usize) -> Self {
        Self { piece_length, last: 0, messages: VecDeque::new() }
    }

    pub(super) fn add(&mut self, message: Vec<u8>, is_bulk: bool, now: Moment) -> bool {
        if self.messages.len() >= MESSAGES_AT_MOST || is_bulk && self.has_bulk() {
            return false;
        }
        self.last += 1;
        let count = message.len().div_ceil(self.piece_length) as u32;
        self.messages.push_back(Departure {
            transfer: self.last,
            message,
            is_bulk,
            under_way: BTreeMap::new(),
            unsent: 0,
            count,
            progress_at: now,
        });
        true
    }

    pub(super) fn has_bulk(&self) -> bool {
        self.messages.iter().any(|departure| departure.is_bulk)
    }

    /// The pieces that leave now, first or again.
    pub(super) fn due(&mut self, now: Moment) -> Vec<Due> {
        self.messages.retain(|departure| now < departure.progress_at + GIVE_UP_AFTER);
        let mut due = Vec::new();
        for departure in &mut self.messages {
            let Departure { transfer, count, .. } = *departure;
            let progress_at = departure.progress_at;
            for (index, sent_at) in &mut departure.under_way {
                if now >= *sent_at + patience(progress_at, *sent_at) {
                    *sent_at = now;
                    due.push(Due { transfer, index: *index, count });
                }
            }
            while departure.under_way.len() < WINDOW && departure.unsent < count {
                departure.under_way.insert(departure.unsent, now);
                due.push(Due { transfer, index: departure.unsent, count });
                departure.unsent += 1;
            }
        }
        due
    }

    pub(super) fn bytes(&self, due: &Due) -> Vec<u8> {
        let departure = self.messages.iter().find(|departure| departure.transfer == due.transfer);
        let message = departure.map_or(Cow::default(), |of| Cow::Borrowed(&of.message));
        let start = due.index as usize * self.piece_length;
        let end = message.len().min(start + self.piece_length);
        message[start..end].to_vec()
    }

    /// The peer has received `pieces`.
    pub(super) fn received(&mut self, transfer: u64, pieces: &[u32], now: Moment) {
        // ignored if there is no such message: it is complete, or was given up.
        for departure in self.messages.iter_mut().filter(|of| of.transfer == transfer) {
            for piece in pieces {
                if departure.under_way.remove(piece).is_some() {
                    departure.progress_at = now;
                }
            }
        }
        self.messages.retain(|of| of.unsent < of.count || !of.under_way.is_empty());
    }

    /// The peer has started again: what it had received is gone.
    pub(super) fn give_up(&mut self) {
        self.messages.clear();
    }

    /// When a piece is due.
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.messages.iter().filter_map(Departure::deadline).min()
    }
}

impl Departure {
    fn deadline(&self) -> Option<Moment> {
        if self.under_way.len() < WINDOW && self.unsent < self.count {
            return Some(Moment(0));
        }
        let due = |sent_at: &Moment| *sent_at + patience(self.progress_at, *sent_at);
        self.under_way.values().map(due).min()
    }
}

/// How long a piece is waited for that was sent so long after something last arrived.
fn patience(progress_at: Moment, sent_at: Moment) -> Duration {
    ((sent_at - progress_at) / 4).clamp(REPEAT_AFTER, REPEAT_AFTER_AT_MOST)
}

/// The long messages that arrive from one peer.
pub(super) struct Arriving {
    limit: usize,
    messages: BTreeMap<u64, Arrival>,
    complete: VecDeque<u64>,
    to_confirm: BTreeMap<u64, Vec<u32>>,
}

struct Arrival {
    count: u32,
    length: usize,
    pieces: BTreeMap<u32, Vec<u8>>,
    progress_at: Moment,
}

impl Arriving {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit,
            messages: BTreeMap::new(),
            complete: VecDeque::new(),
            to_confirm: BTreeMap::new(),
        }
    }

    /// Takes a piece. Answers the message that it completes.
    pub(super) fn take(
        &mut self,
        transfer: u64,
        index: u32,
        count: u32,
        bytes: &[u8],
        now: Moment,
    ) -> Result<Option<Vec<u8>>, Dropped> {
        if index >= count || bytes.is_empty() {
            return Err(Dropped::Malformed);
        }
        if self.complete.contains(&transfer) {
            self.confirm(transfer, index);
            return Ok(None);
        }
        self.messages.retain(|_, arrival| now < arrival.progress_at + GIVE_UP_AFTER);
        let held: usize = self.messages.values().map(|arrival| arrival.length).sum();
        let is_one_more = !self.messages.contains_key(&transfer);
        let is_too_long =
            held + bytes.len() > self.limit || count as usize > self.limit / SHORTEST_PIECE + 1;
        if is_too_long || is_one_more && self.messages.len() >= MESSAGES_AT_MOST {
            return Err(Dropped::TooMuch);
        }
        let arrival = self.messages.entry(transfer).or_insert_with(|| Arrival {
            count,
            length: 0,
            pieces: BTreeMap::new(),
            progress_at: now,
        });
        if arrival.count != count {
            return Err(Dropped::Malformed);
        }
        if let Entry::Vacant(place) = arrival.pieces.entry(index) {
            place.insert(bytes.to_vec());
            arrival.length += bytes.len();
            arrival.progress_at = now;
        }
        let is_complete = arrival.pieces.len() == count as usize;
        self.confirm(transfer, index);
        Ok(is_complete.then(|| self.complete(transfer)).flatten())
    }

    fn confirm(&mut self, transfer: u64, index: u32) {
        self.to_confirm.entry(transfer).or_default().push(index);
    }

    fn complete(&mut self, transfer: u64) -> Option<Vec<u8>> {
        let arrival = self.messages.remove(&transfer)?;
        self.complete.push_back(transfer);
        if self.complete.len() > REMEMBERED {
            self.complete.pop_front();
        }
        let mut message = Vec::with_capacity(arrival.length);
        arrival.pieces.values().for_each(|piece| message.extend_from_slice(piece));
        Some(message)
    }

    /// What has arrived since this was last asked.
    pub(super) fn take_confirmations(&mut self) -> BTreeMap<u64, Vec<u32>> {
        std::mem::take(&mut self.to_confirm)
    }
}
