//! Where clients reach a node: the Redis protocol over TCP and the native protocol over UDP, on one
//! thread.
//!
//! A gateway is a client of its own node: it submits operations under its own client ids, and where
//! another replica leads it asks that one, by the native protocol. So every node answers every
//! command, and what a connection is told never depends on which node it reached.
//!
//! Everything is bounded: connections, the commands of a connection that are under way, what is sent
//! to a client that does not read, the operations that wait, and the client table that the replicas
//! keep. Where a bound is reached, the answer is a definite `BUSY`, or nothing more is read.

mod clients;
mod connection;
mod counters;
mod mailbox;
mod native;
mod pipeline;
mod requests;
mod server;
mod wanted;
mod work;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use mio::Waker;

use crate::client::ClientKey;
use crate::hosted::Service;
use crate::resp::Limits;
use crate::submission::Submitter;

pub use clients::CLIENTS_OF_A_REPLICA;
pub use counters::{Counter, Counters};

/// What a gateway does, and how much of it.
#[derive(Clone, Debug)]
pub struct Config {
    /// What datagrams of clients are sealed with.
    pub key: ClientKey,
    /// What clients can count on.
    pub service: Service,
    /// Whether it takes transactions of several keys.
    pub transacts: bool,
    /// How long an operation of a connection is asked before it is given up.
    pub deadline: Duration,
    /// How many connections there are at most.
    pub connections: usize,
    /// After how long a connection that says nothing is closed, if ever.
    pub idle: Option<Duration>,
    /// How long a client that does not read what it is sent is kept.
    pub stalled: Duration,
    /// How long commands that are under way are waited for when the node stops.
    pub drain: Duration,
    /// How much one command may be.
    pub limits: Limits,
}

impl Config {
    /// The usual bounds.
    #[must_use]
    pub fn new(key: ClientKey, service: Service) -> Self {
        Self {
            key,
            service,
            transacts: false,
            deadline: Duration::from_secs(5),
            connections: 10_000,
            // Clients that vanish say nothing for ever.
            idle: Some(Duration::from_secs(3600)),
            stalled: Duration::from_secs(60),
            drain: Duration::from_secs(2),
            limits: Limits::default(),
        }
    }
}

/// The sockets that clients reach. What is missing is not served.
#[derive(Debug, Default)]
pub struct Sockets {
    /// For the Redis protocol.
    pub resp: Option<TcpListener>,
    /// For the native protocol, in both directions: without it, nothing reaches other leaders.
    pub client: Option<UdpSocket>,
}

/// Why there is no gateway.
#[derive(Debug)]
pub enum GatewayError {
    /// A socket or the thread cannot be set up.
    Io(&'static str, io::Error),
    /// The node has been started more often than requests can be numbered.
    Boots(u64),
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(what, error) => write!(f, "the gateway for clients cannot {what}: {error}"),
            Self::Boots(boot) => {
                write!(
                    f,
                    "start {boot} of this replica, which must be from 1 to {}",
                    clients::MOST_BOOTS
                )
            }
        }
    }
}

impl std::error::Error for GatewayError {}

/// A running gateway. It stops when it is dropped.
pub struct Gateway {
    resp: Option<SocketAddr>,
    client: Option<SocketAddr>,
    counters: Arc<Counters>,
    is_stopping: Arc<AtomicBool>,
    waker: Arc<Waker>,
    thread: Option<JoinHandle<()>>,
}

impl Gateway {
    /// Serves clients on these sockets until it is stopped, or the node is.
    ///
    /// # Errors
    /// If the sockets cannot be used, or requests can no longer be numbered.
    pub fn start(
        sockets: Sockets,
        config: Config,
        submitter: Submitter,
    ) -> Result<Self, GatewayError> {
        let io = |what| move |error| GatewayError::Io(what, error);
        let address = |socket: &TcpListener| socket.local_addr();
        let resp =
            sockets.resp.as_ref().map(address).transpose().map_err(io("tell where it listens"))?;
        let address = |socket: &UdpSocket| socket.local_addr();
        let client = sockets
            .client
            .as_ref()
            .map(address)
            .transpose()
            .map_err(io("tell where it listens"))?;
        let counters = Arc::new(Counters::default());
        let is_stopping = Arc::new(AtomicBool::new(false));
        let shared = (Arc::clone(&counters), Arc::clone(&is_stopping));
        let server = server::Server::new(sockets, config, submitter, shared)?;
        let waker = server.waker();
        let thread = std::thread::Builder::new().name("gateway".to_owned());
        let thread = thread.spawn(move || server.run()).map_err(io("start its thread"))?;
        Ok(Self { resp, client, counters, is_stopping, waker, thread: Some(thread) })
    }

    /// Where the Redis protocol is spoken.
    #[must_use]
    pub const fn resp(&self) -> Option<SocketAddr> {
        self.resp
    }

    /// Where the native protocol is spoken.
    #[must_use]
    pub const fn client(&self) -> Option<SocketAddr> {
        self.client
    }

    /// What has been counted.
    #[must_use]
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Takes no more commands, answers those that are under way, and ends. To be called while the
    /// driver still runs: it has their answers.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.is_stopping.store(true, Ordering::Release);
        // If nobody can be woken, the thread looks within a second.
        let _ = self.waker.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.end();
    }
}
