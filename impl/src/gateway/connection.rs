//! One TCP connection: bytes in, commands, responses, bytes out.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;

use super::Config;
use super::pipeline::Pipeline;
use crate::commands::{Ending, Planner, Session};
use crate::resp::{Decoder, Limits, Response};

/// What waits to be sent to a client, before nothing more is done for it.
const MOST_OUTPUT: usize = 1 << 20;

/// What is read of one connection before others have their turn.
const TURN: usize = 64 << 10;

pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) session: Session,
    planner: Planner,
    pub(super) pipeline: Pipeline,
    /// Whether the connection has its turn before the gateway sleeps.
    pub(super) is_active: bool,
    /// Whether the socket may have something to read, and may take something.
    pub(super) is_readable: bool,
    pub(super) is_writable: bool,
    limits: Limits,
    decoder: Decoder,
    output: Vec<u8>,
    /// What of the output has been sent.
    sent: usize,
    state: State,
    /// When a byte was last read or sent.
    moved: Instant,
}

/// How far a connection is from its end. Only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// It goes on.
    Open,
    /// Nothing more is read from it.
    Deaf,
    /// What it sent is no command; nothing more is understood.
    Malformed,
    /// Once everything is sent it is closed.
    Ending,
    /// It is gone.
    Broken,
}

/// What came of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// All that there was, or all that there is room for.
    Enough,
    /// There may be more, after others have had their turn.
    More,
    /// Something that is no command.
    Malformed,
}

impl Connection {
    pub(super) fn new(
        id: u64,
        stream: TcpStream,
        peer: SocketAddr,
        config: &Config,
        now: Instant,
    ) -> Self {
        let limits = config.limits;
        Self {
            stream,
            session: Session::new(id, peer),
            planner: Planner::new(config.transacts),
            pipeline: Pipeline::default(),
            is_active: false,
            is_readable: true,
            is_writable: true,
            limits,
            decoder: Decoder::new(limits),
            output: Vec::new(),
            sent: 0,
            state: State::Open,
            moved: now,
        }
    }

    /// Takes in commands, as many as there is room for.
    pub(super) fn take_in(&mut self, chunk: &mut [u8], now: Instant) -> Taken {
        let mut left = TURN;
        while self.state < State::Malformed && self.has_room() {
            match self.decoder.decode() {
                Ok(Some(arguments)) => {
                    self.pipeline.push(self.planner.plan(arguments));
                    continue;
                }
                Ok(None) => {}
                Err(failure) => {
                    self.pipeline.push_last(Response::error(failure.to_string()));
                    self.state = State::Malformed;
                    return Taken::Malformed;
                }
            }
            if !self.is_readable || self.state == State::Deaf {
                break;
            }
            if left == 0 {
                return Taken::More;
            }
            match self.stream.read(chunk) {
                Ok(0) => self.state = State::Deaf,
                Ok(length) => {
                    self.decoder.push(&chunk[..length]);
                    self.moved = now;
                    left = left.saturating_sub(length);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.is_readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.state = State::Broken,
            }
        }
        Taken::Enough
    }

    fn has_room(&self) -> bool {
        !self.pipeline.is_full() && self.output.len() - self.sent < MOST_OUTPUT
    }

    /// Puts the responses that are there into the output. How many.
    pub(super) fn respond(&mut self) -> u64 {
        let mut count = 0;
        while self.state < State::Ending
            && self.output.len() - self.sent < MOST_OUTPUT
            && let Some((response, ending)) = self.pipeline.pop()
        {
            response.encode(self.session.version, &mut self.output);
            count += 1;
            if ending == Ending::Close {
                self.state = State::Ending;
                // Nobody hears of what was asked after the last word: it is not even begun.
                self.pipeline = Pipeline::default();
            }
        }
        count
    }

    /// Sends what the socket takes. Whether that was anything.
    pub(super) fn send(&mut self, now: Instant) -> bool {
        let mut moved = false;
        while self.is_writable && self.state < State::Broken && self.sent < self.output.len() {
            match self.stream.write(&self.output[self.sent..]) {
                Ok(length) => {
                    self.sent += length;
                    self.moved = now;
                    moved = true;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.is_writable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.state = State::Broken,
            }
        }
        if self.sent == self.output.len() {
            self.output.clear();
            self.sent = 0;
            // What one large response needed is not kept for ever.
            self.output.shrink_to(TURN);
        }
        moved
    }

    /// Whether nothing can come of it any more.
    pub(super) fn is_over(&self) -> bool {
        let is_sent = self.output.is_empty();
        match self.state {
            State::Open => false,
            // Whoever has gone does not wait for ever.
            State::Deaf | State::Malformed => {
                is_sent && (self.pipeline.is_empty() || self.pipeline.waits_for_ever())
            }
            State::Ending => is_sent,
            State::Broken => true,
        }
    }

    /// Whether it has been silent for too long, or does not read what it is sent.
    pub(super) fn is_stale(&self, idle: Option<Duration>, stalled: Duration, now: Instant) -> bool {
        let silent = now.saturating_duration_since(self.moved);
        let limit = if self.output.is_empty() { idle } else { Some(stalled) };
        let is_waiting_for_us = self.output.is_empty() && !self.pipeline.is_empty();
        !is_waiting_for_us && limit.is_some_and(|limit| silent > limit)
    }

    /// Reads nothing more, and refuses what has not begun.
    pub(super) fn refuse_more(&mut self, response: &Response) {
        self.state = self.state.max(State::Deaf);
        self.decoder = Decoder::new(self.limits);
        self.pipeline.refuse(response);
    }
}
