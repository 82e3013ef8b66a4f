//! The gateway's thread: waits for sockets, answers and deadlines, and gives each its turn.

mod turns;

use std::collections::{HashMap, VecDeque};
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Events, Interest, Poll, Token, Waker};

use super::connection::Connection;
use super::counters::{Counter, Counters};
use super::mailbox::{Letter, Mailbox};
use super::native::Native;
use super::requests::Requests;
use super::work::Work;
use super::{Config, GatewayError, Sockets};
use crate::client::{Body, MAX_DATAGRAM};
use crate::submission::Submitter;

const WAKE: Token = Token(0);
const LISTENER: Token = Token(1);
const NATIVE: Token = Token(2);
/// The tokens of connections begin here.
const FIRST_CONNECTION: usize = 3;

/// The gateway sleeps no longer: somebody may not have been able to wake it.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// How often it looks whether followers have come as far as somebody waits for.
const LOOK_AT_FOLLOWERS: Duration = Duration::from_millis(5);

pub(super) struct Server {
    poll: Poll,
    waker: Arc<Waker>,
    is_stopping: Arc<AtomicBool>,
    /// When connections are closed whatever they wait for, once the node stops.
    stops_at: Option<Instant>,
    listener: Option<TcpListener>,
    connections: HashMap<u64, Connection>,
    next_connection: u64,
    /// Connections that have something to do now.
    active: VecDeque<u64>,
    /// Connections that wait for followers.
    waiting: Vec<u64>,
    work: Work,
    /// Whether there may be datagrams though nobody says so again.
    has_datagrams: bool,
    swept: Instant,
    chunk: Box<[u8]>,
    datagram: Box<[u8; MAX_DATAGRAM]>,
}

impl Server {
    pub(super) fn new(
        sockets: Sockets,
        config: Config,
        submitter: Submitter,
        (counters, is_stopping): (Arc<Counters>, Arc<AtomicBool>),
    ) -> Result<Self, GatewayError> {
        let io = |what| move |error| GatewayError::Io(what, error);
        let poll = Poll::new().map_err(io("wait for its sockets"))?;
        let waker = Waker::new(poll.registry(), WAKE).map_err(io("be woken"))?;
        let waker = Arc::new(waker);
        let mailbox = Arc::new(Mailbox::new(Arc::clone(&waker)));
        let mut listener = None;
        if let Some(socket) = sockets.resp {
            socket.set_nonblocking(true).map_err(io("use its TCP socket"))?;
            let mut socket = TcpListener::from_std(socket);
            let registered = poll.registry().register(&mut socket, LISTENER, Interest::READABLE);
            registered.map_err(io("wait for its TCP socket"))?;
            listener = Some(socket);
        }
        let mut native = None;
        if let Some(socket) = sockets.client {
            socket.set_nonblocking(true).map_err(io("use its UDP socket"))?;
            let mut socket = UdpSocket::from_std(socket);
            let registered = poll.registry().register(&mut socket, NATIVE, Interest::READABLE);
            registered.map_err(io("wait for its UDP socket"))?;
            native = Some(socket);
        }
        let me = submitter.status().replica;
        let (deadline, coordination) = (config.deadline, config.service.coordination);
        let shared = || (submitter.clone(), Arc::clone(&mailbox), Arc::clone(&counters));
        let (to, letters, counts) = shared();
        let native =
            Native::new(me, native, (config.key.clone(), coordination), to, letters, counts);
        let (to, letters, counts) = shared();
        let requests = Requests::new(me, (deadline, coordination), to, letters, counts);
        let port = listener.as_ref().and_then(|socket| socket.local_addr().ok());
        let port = port.map_or(0, |address| address.port());
        let work = Work::new(config, submitter, mailbox, counters, native, requests, port)?;
        Ok(Self {
            poll,
            waker,
            is_stopping,
            stops_at: None,
            listener,
            connections: HashMap::new(),
            next_connection: 1,
            active: VecDeque::new(),
            waiting: Vec::new(),
            work,
            has_datagrams: false,
            swept: Instant::now(),
            chunk: vec![0; 16 << 10].into(),
            datagram: Box::new([0; MAX_DATAGRAM]),
        })
    }

    pub(super) fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Serves until the node stops.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        loop {
            let timeout = self.timeout(Instant::now());
            match self.poll.poll(&mut events, Some(timeout)) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                // Nothing can be waited for any more.
                Err(_) => return,
            }
            let now = Instant::now();
            self.work.look_at_status();
            for event in &events {
                self.on_event(event, now);
            }
            self.on_letters(now);
            if self.has_datagrams {
                self.on_datagrams(now);
            }
            self.work.on_time(now);
            self.deliver(now);
            for _ in 0..self.active.len() {
                let Some(id) = self.active.pop_front() else { break };
                self.give_turn(id, now);
            }
            self.look_at_followers(now);
            if now >= self.swept + LONGEST_SLEEP {
                self.sweep(now);
            }
            if self.stop_if_asked(now) {
                return;
            }
        }
    }

    fn timeout(&self, now: Instant) -> Duration {
        if !self.active.is_empty() || self.has_datagrams {
            return Duration::ZERO;
        }
        let until = |at: Instant| at.saturating_duration_since(now);
        let mut timeout = self.work.next_due().map_or(LONGEST_SLEEP, until).min(LONGEST_SLEEP);
        if !self.waiting.is_empty() {
            timeout = timeout.min(LOOK_AT_FOLLOWERS);
        }
        self.stops_at.map_or(timeout, |at| timeout.min(until(at)))
    }

    fn on_event(&mut self, event: &Event, now: Instant) {
        match event.token() {
            WAKE => {}
            LISTENER => self.accept(now),
            NATIVE => self.has_datagrams = true,
            Token(token) => {
                let id = (token - FIRST_CONNECTION) as u64;
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.is_readable |= event.is_readable() || event.is_read_closed();
                    connection.is_writable |= event.is_writable() || event.is_write_closed();
                    self.activate(id);
                }
            }
        }
    }

    fn activate(&mut self, id: u64) {
        if let Some(connection) = self.connections.get_mut(&id)
            && !std::mem::replace(&mut connection.is_active, true)
        {
            self.active.push_back(id);
        }
    }

    /// Takes all connections that wait. If that fails, the next sweep tries again.
    fn accept(&mut self, now: Instant) {
        while let Some(listener) = &self.listener {
            match listener.accept() {
                Ok((stream, peer)) => self.open(stream, peer, now),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    fn open(&mut self, mut stream: TcpStream, peer: SocketAddr, now: Instant) {
        if self.connections.len() >= self.work.config.connections {
            self.work.counters.count(Counter::ConnectionsRefused);
            // Best effort: nobody waits for a client that is turned away.
            let _ = stream.write(b"-ERR max number of clients reached\r\n");
            return;
        }
        let id = self.next_connection;
        self.next_connection += 1;
        let both = Interest::READABLE | Interest::WRITABLE;
        let token = Token(FIRST_CONNECTION + id as usize);
        // Responses are written whole, so that nothing is gained by waiting for more.
        let is_ready = stream.set_nodelay(true).is_ok();
        if !is_ready || self.poll.registry().register(&mut stream, token, both).is_err() {
            return;
        }
        self.work.counters.count(Counter::Connections);
        let connection = Connection::new(id, stream, peer, &self.work.config, now);
        self.connections.insert(id, connection);
        self.activate(id);
    }

    fn on_letters(&mut self, now: Instant) {
        for letter in self.work.mailbox.take() {
            match letter {
                Letter::Answer(client, reply) => self.work.on_own_answer(client, reply, now),
                Letter::Native(to, client, reply) => self.work.native.answer(to, client, reply),
                Letter::Store(id, place, store) => {
                    if let Some(connection) = self.connections.get_mut(&id) {
                        Work::on_store(connection, place, &store);
                        self.activate(id);
                    }
                }
            }
        }
    }

    fn on_datagrams(&mut self, now: Instant) {
        let Work { native, ids, requests, .. } = &mut self.work;
        let mut answers = Vec::new();
        self.has_datagrams = native.receive(ids, &mut self.datagram, |_, body| answers.push(body));
        for answer in answers {
            match answer {
                Body::Answer { from, client, reply } => {
                    requests.on_answer(ids.place(client), from, reply, native, now);
                }
                Body::Busy { client, request, .. } => {
                    requests.on_busy(ids.place(client), request, native, now);
                }
                // ignored: these are answered where they are received.
                Body::Open { .. }
                | Body::Opened { .. }
                | Body::Stranger { .. }
                | Body::Ask { .. } => {}
            }
        }
    }

    /// Hands what is over to whoever waits for it.
    fn deliver(&mut self, now: Instant) {
        loop {
            let finished = self.work.requests.finished();
            if finished.is_empty() {
                return;
            }
            for finished in finished {
                let id = finished.owner.connection;
                if let Some(connection) = self.connections.get_mut(&id) {
                    self.work.on_finished(connection, finished, now);
                    self.activate(id);
                }
            }
        }
    }
}
