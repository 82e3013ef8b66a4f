//! Connections between all processes: two between any two, one for what is found, and one to watch
//! whether the other is still there. Of two processes the later one calls.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use timely::communication::allocator::zero_copy::stream::Stream;

use super::Trouble;
use super::hello::{Hello, Purpose};
use super::hosts::Hosts;
use crate::error::Failure;
use crate::explore::Ticket;

/// How long it waits before it tries again.
const PAUSE: Duration = Duration::from_millis(50);
/// How long one call may take to be taken.
const CALL: Duration = Duration::from_secs(1);
/// How long the other side may take to say who it is.
const GREETING: Duration = Duration::from_secs(5);

/// The connections of one process: to each other one, and none to itself.
#[derive(Debug)]
pub(super) struct Links {
    pub(super) data: Vec<Option<TcpStream>>,
    pub(super) watch: Vec<Option<TcpStream>>,
}

/// Connects with everybody, for as long as `within` and the ticket allow.
pub(super) fn connect(
    hello: &Hello,
    hosts: &Hosts,
    within: Duration,
    ticket: &Ticket,
) -> Result<Links, Trouble> {
    let own = hosts.address(hello.process);
    let doing = || format!("listening at {own}, the address of process {}", hello.process);
    let listen = || {
        let listener = TcpListener::bind(own)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    let listener = listen().map_err(Failure::while_doing(doing()))?;
    let mut party = Party {
        hello,
        hosts,
        known: vec![None; hosts.count()],
        links: [Purpose::Data, Purpose::Watch]
            .map(|purpose| (purpose, (0..hosts.count()).map(|_| None).collect())),
        last_error: None,
    };
    let begun = Instant::now();
    loop {
        party.answer(&listener)?;
        party.call()?;
        let Some(missing) = party.missing() else { break };
        if ticket.is_stopped() {
            return Err(Trouble::Stopped);
        }
        if begun.elapsed() >= within {
            let why = party.absence(missing, within);
            return Err(Trouble::Absent { process: missing as u16, why });
        }
        thread::sleep(PAUSE);
    }
    let [(_, data), (_, watch)] = party.links;
    Ok(Links { data, watch })
}

/// Who has come so far.
struct Party<'a> {
    hello: &'a Hello,
    hosts: &'a Hosts,
    /// Which instance of each process it is that has come.
    known: Vec<Option<u64>>,
    links: [(Purpose, Vec<Option<TcpStream>>); 2],
    /// Why the last call was in vain.
    last_error: Option<io::Error>,
}

impl Party<'_> {
    fn missing(&self) -> Option<usize> {
        let others = (0..self.hosts.count()).filter(|process| *process != self.hello.process);
        let mut others = others;
        others.find(|process| self.links.iter().any(|(_, links)| links[*process].is_none()))
    }

    fn absence(&self, process: usize, within: Duration) -> String {
        let address = self.hosts.address(process);
        let within = within.as_secs_f64();
        match &self.last_error {
            Some(why) if process < self.hello.process => {
                format!("process {process} could not be reached at {address} in {within} s: {why}")
            }
            Some(_) | None => {
                format!("process {process}, of {address}, did not come in {within} s")
            }
        }
    }

    /// Calls those before this one that are still missing.
    fn call(&mut self) -> Result<(), Trouble> {
        for process in 0..self.hello.process {
            for purpose in [Purpose::Data, Purpose::Watch] {
                if self.links[purpose as usize].1[process].is_some() {
                    continue;
                }
                match self.call_one(process, purpose) {
                    Ok((stream, hello)) => self.admit(stream, &hello, purpose)?,
                    // It may not have begun yet.
                    Err(why) => self.last_error = Some(why),
                }
            }
        }
        Ok(())
    }

    fn call_one(&self, process: usize, purpose: Purpose) -> io::Result<(TcpStream, Hello)> {
        let mut refused = io::Error::new(ErrorKind::NotFound, "it has no address");
        for address in self.hosts.address(process).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CALL) {
                Ok(mut stream) => {
                    stream.set_read_timeout(Some(GREETING))?;
                    self.hello.with(purpose).write(&mut stream)?;
                    let stranger = || io::Error::other("what listens there is something else");
                    let hello = Hello::read(&mut stream)?.ok_or_else(stranger)?;
                    if hello.process != process && hello.process != self.hello.process {
                        return Err(io::Error::other("another process listens there"));
                    }
                    return Ok((stream, hello));
                }
                Err(why) => refused = why,
            }
        }
        Err(refused)
    }

    /// Answers those after this one that have called. Who says nothing sensible is a stranger.
    fn answer(&mut self, listener: &TcpListener) -> Result<(), Trouble> {
        loop {
            let mut stream = match listener.accept() {
                Ok((stream, _)) => stream,
                Err(why) if why.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(why) => return Err(Failure::while_doing("answering a call")(why).into()),
            };
            let greeted = || -> io::Result<Option<Hello>> {
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(Some(GREETING))?;
                let Some(theirs) = Hello::read(&mut stream)? else { return Ok(None) };
                self.hello.with(theirs.purpose).write(&mut stream)?;
                Ok(Some(theirs))
            }();
            if let Ok(Some(theirs)) = greeted {
                let purpose = theirs.purpose;
                self.admit(stream, &theirs, purpose)?;
            }
        }
    }

    /// Takes a connection if the two fit together.
    fn admit(
        &mut self,
        stream: TcpStream,
        theirs: &Hello,
        purpose: Purpose,
    ) -> Result<(), Trouble> {
        if let Some(why) = self.hello.refusal(theirs) {
            let address = self.hosts.all().get(theirs.process).map_or("?", String::as_str);
            let who = format!("process {} of {address}", theirs.process);
            return Err(Failure::Usage(format!("{who} does not fit: {why}")).into());
        }
        let known = self.known[theirs.process].get_or_insert(theirs.instance);
        // A second that takes itself for the same process is left waiting.
        if *known == theirs.instance {
            let set_up = || {
                stream.set_read_timeout(None)?;
                stream.set_nodelay(true)
            };
            if set_up().is_ok() {
                self.links[purpose as usize].1[theirs.process] = Some(stream);
            }
        }
        Ok(())
    }
}

/// A connection that counts what is written to it.
#[derive(Debug)]
pub(super) struct Metered {
    pub(super) stream: TcpStream,
    pub(super) written: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.read(bytes)
    }
}

impl Write for Metered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.stream.write(bytes)?;
        self.written.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Stream for Metered {
    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { stream: self.stream.try_clone()?, written: Arc::clone(&self.written) })
    }

    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.stream.set_nonblocking(nonblocking)
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.stream.shutdown(how)
    }
}
