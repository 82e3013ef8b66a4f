//! The turns of connections: what each may do before the next, and how they end.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Server;
use crate::gateway::Config;
use crate::gateway::connection::Taken;
use crate::gateway::counters::Counter;
use crate::resp::Response;

/// How often a connection reads and answers before others have their turn.
const ROUNDS: usize = 8;

impl Server {
    /// Lets a connection read, begin commands, and be sent what is there.
    pub(super) fn give_turn(&mut self, id: u64, now: Instant) {
        let connections = self.connections.len();
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.is_active = false;
        let mut is_more = true;
        for _ in 0..ROUNDS {
            let taken = connection.take_in(&mut self.chunk, now);
            if taken == Taken::Malformed {
                self.work.counters.count(Counter::ProtocolErrors);
            }
            let mut moved = self.work.respond(connection);
            moved |= self.work.begin(connection, connections, now);
            moved |= connection.send(now);
            is_more = moved || taken == Taken::More;
            if !moved {
                break;
            }
        }
        if connection.is_over() {
            self.close(id);
            return;
        }
        if connection.pipeline.waiting().is_some() && !self.waiting.contains(&id) {
            self.waiting.push(id);
        }
        if is_more {
            self.activate(id);
        }
        self.deliver(now);
    }

    fn close(&mut self, id: u64) {
        if let Some(mut connection) = self.connections.remove(&id) {
            // It is closed when it is dropped, registered or not.
            let _ = self.poll.registry().deregister(&mut connection.stream);
        }
    }

    /// Answers those who wait for followers, if these have come so far or time is up.
    pub(super) fn look_at_followers(&mut self, now: Instant) {
        for id in std::mem::take(&mut self.waiting) {
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            if self.work.wait_is_over(connection, now) {
                self.activate(id);
            } else if connection.pipeline.waiting().is_some() {
                self.waiting.push(id);
            }
        }
    }

    /// Closes connections that nothing comes of, and takes those that could not be taken before.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.swept = now;
        let Config { idle, stalled, .. } = self.work.config;
        let stale = self.connections.iter().filter(|(_, c)| c.is_stale(idle, stalled, now));
        for id in stale.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.work.counters.count(Counter::ConnectionsStalled);
            self.close(id);
        }
        self.accept(now);
    }

    /// Stops as the node does: what has begun is answered, if that is soon. Whether all is done.
    pub(super) fn stop_if_asked(&mut self, now: Instant) -> bool {
        let is_asked = self.is_stopping.load(Ordering::Acquire) || self.work.is_stopping();
        let Some(stops_at) = self.stops_at else {
            if is_asked {
                self.stops_at = Some(now + self.work.config.drain);
                self.listener = None;
                let response =
                    Response::Error("BUSY this node is stopping, nothing was changed".to_owned());
                for id in self.connections.keys().copied().collect::<Vec<_>>() {
                    if let Some(connection) = self.connections.get_mut(&id) {
                        connection.refuse_more(&response);
                    }
                    self.activate(id);
                }
            }
            return is_asked && self.connections.is_empty();
        };
        if now < stops_at {
            return self.connections.is_empty();
        }
        self.work.requests.give_up();
        self.deliver(now);
        for id in self.connections.keys().copied().collect::<Vec<_>>() {
            self.give_turn(id, now);
        }
        true
    }
}
