//! A driver on a real network, with a real clock: the loop of a node.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};

use super::{Clock, Driver};
use crate::admin::Board;
use crate::disk::{Disk, DiskError};
use crate::hosted::Hosted;
use crate::moment::Moment;
use crate::submission::{Submitted, Submitter};

/// Why a node stopped.
#[derive(Debug)]
pub enum NodeError {
    /// It cannot remember any more.
    Disk(DiskError),
    /// It can wait for nothing any more.
    Waiting(io::Error),
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => write!(f, "the disk failed, so this replica stops: {error}"),
            Self::Waiting(error) => write!(f, "waiting for sockets failed: {error}"),
        }
    }
}

impl std::error::Error for NodeError {}

impl From<DiskError> for NodeError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

const PEERS: Token = Token(0);
const SUBMISSIONS: Token = Token(1);

/// How long one wait lasts at most, so that a signal is seen although it wakes nobody.
const LONGEST_WAIT: Duration = Duration::from_millis(50);

/// How often what the replica says of itself is brought up to date.
const PUBLISHED_EVERY: Duration = Duration::from_millis(5);

/// How long clients are still answered once the node has been told to stop.
const DRAINED_WITHIN: Duration = Duration::from_secs(2);

/// No datagram is longer.
const LONGEST_DATAGRAM: usize = 65_536;

/// Where a node meets the world.
pub struct Sockets {
    poll: Poll,
    peers: UdpSocket,
    addresses: Vec<SocketAddr>,
    waker: Arc<Waker>,
    /// Whether somebody has ended the wait, or the next one.
    is_woken: Arc<AtomicBool>,
    /// Datagrams may be waiting: the operating system tells it once.
    is_readable: bool,
    unsent: u64,
}

impl Sockets {
    /// Binds the address for other replicas, whose addresses are `addresses`, from replica 0.
    ///
    /// # Errors
    /// If it cannot be bound.
    pub fn bind(own: SocketAddr, addresses: Vec<SocketAddr>) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut peers = UdpSocket::bind(own)?;
        poll.registry().register(&mut peers, PEERS, Interest::READABLE)?;
        let waker = Arc::new(Waker::new(poll.registry(), SUBMISSIONS)?);
        let is_woken = Arc::default();
        Ok(Self { poll, peers, addresses, waker, is_woken, is_readable: true, unsent: 0 })
    }

    /// Ends a wait from another thread. Whoever calls it has handed something in before.
    pub fn waker(&self) -> impl Fn() + Send + Sync + 'static {
        let (waker, is_woken) = (Arc::clone(&self.waker), Arc::clone(&self.is_woken));
        move || {
            // Once is enough until the driver looks at what was handed in.
            if !is_woken.swap(true, Ordering::AcqRel) {
                // A wake-up that fails is made up for by the longest wait.
                let _ = waker.wake();
            }
        }
    }

    fn wait(&mut self, events: &mut Events, timeout: Duration) -> Result<(), NodeError> {
        let timeout = if self.is_readable { Duration::ZERO } else { timeout };
        match self.poll.poll(events, Some(timeout)) {
            Ok(()) => {}
            // A signal: whoever sent it has left a word.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(NodeError::Waiting(error)),
        }
        // From here on, whatever is handed in may come too late for this round.
        self.is_woken.swap(false, Ordering::AcqRel);
        self.is_readable |= events.iter().any(|event| event.token() == PEERS);
        Ok(())
    }

    /// The next datagram, if one is there.
    fn receive<'a>(&mut self, buffer: &'a mut [u8]) -> Option<&'a mut [u8]> {
        loop {
            match self.peers.recv(buffer) {
                Ok(length) => return Some(&mut buffer[..length]),
                // Somebody's port is closed: the answer to something that was sent before.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.is_readable = false;
                    return None;
                }
            }
        }
    }
}

/// Drives a replica until it is told to stop, by `stop` or through its submitter, or cannot go on.
///
/// # Errors
/// If the disk fails. Then nothing has left that depends on it.
pub fn run<P: Hosted, D: Disk>(
    mut driver: Driver<P, D>,
    mut sockets: Sockets,
    submitter: &Submitter,
    submitted: &Receiver<Submitted>,
    board: &Board,
    stop: &AtomicBool,
) -> Result<(), NodeError> {
    let clock = Clock::new();
    let batch = driver.settings.limits.batch;
    let mut events = Events::with_capacity(16);
    let mut buffer = vec![0; LONGEST_DATAGRAM];
    let mut published = Moment(0);
    let mut drain_until: Option<Moment> = None;
    let mut has_more = false;
    commit(&mut driver, &mut sockets, clock.now())?;
    loop {
        let wait = driver.deadline().map_or(LONGEST_WAIT, |at| at - clock.now());
        let wait = if has_more { Duration::ZERO } else { wait.min(LONGEST_WAIT) };
        sockets.wait(&mut events, wait)?;
        let steps = driver.work().steps;
        let now = clock.now();
        for _ in 0..batch {
            let Some(datagram) = sockets.receive(&mut buffer) else { break };
            driver.datagram(datagram, now);
        }
        // Afterwards: a leader that was heard while this replica was busy is not suspected.
        driver.fire(now);
        has_more = take_submitted(&mut driver, submitted, batch, now);
        commit(&mut driver, &mut sockets, clock.now())?;
        if driver.work().steps == steps {
            driver.idle()?;
        }
        submitter.set_waiting(driver.waiting());
        if now >= published + PUBLISHED_EVERY {
            published = now;
            board.publish(&mut driver, submitter, sockets.unsent);
        }
        if stop.load(Ordering::Acquire) && drain_until.is_none() {
            tracing::info!(waiting = driver.waiting(), "told to stop: taking no more requests");
            submitter.stop();
            drain_until = Some(now + DRAINED_WITHIN);
        }
        if drain_until.is_some_and(|until| now >= until || !has_more && !driver.has_more_to_say()) {
            board.publish(&mut driver, submitter, sockets.unsent);
            return driver.close().map_err(NodeError::Disk);
        }
    }
}

/// Takes what clients have submitted. Answers whether there may be more.
fn take_submitted<P: Hosted, D: Disk>(
    driver: &mut Driver<P, D>,
    submitted: &Receiver<Submitted>,
    batch: usize,
    now: Moment,
) -> bool {
    for _ in 0..batch {
        match submitted.try_recv() {
            Ok(Submitted::Request(submission)) => driver.submit(submission, now),
            Ok(Submitted::Inspection(inspection)) => driver.inspect(inspection),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return false,
        }
    }
    true
}

fn commit<P: Hosted, D: Disk>(
    driver: &mut Driver<P, D>,
    sockets: &mut Sockets,
    now: Moment,
) -> Result<(), NodeError> {
    let Sockets { peers, addresses, unsent, .. } = sockets;
    let mut failures: BTreeMap<SocketAddr, io::Error> = BTreeMap::new();
    driver.commit(now, |to, datagram| {
        let Some(address) = addresses.get(usize::from(to.0)) else { return };
        if let Err(error) = peers.send_to(datagram, *address) {
            // The network may lose anything, and this is where it begins.
            *unsent += 1;
            failures.insert(*address, error);
        }
    })?;
    for (address, error) in failures {
        tracing::debug!(%address, %error, "not sent");
    }
    Ok(())
}
