//! Whether everybody is still there, and whether anybody has to stop.
//!
//! Each process tells each other once a second that it is there, and at once why it stops. One that
//! says nothing for too long, or whose connection ends before it has said that it is done, is lost:
//! then nobody can find out the rest.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::explore::{Cause, Ticket};

/// How often it tells that it is there, and how long it believes that of others.
const HEARTBEAT: Duration = Duration::from_secs(1);
const SILENCE: Duration = Duration::from_secs(10);
/// How often it looks whether there is anything to tell.
const LOOK: Duration = Duration::from_millis(20);
/// How long a broken connection may take to be told as what it is.
const CLEARING: Duration = Duration::from_secs(3);
/// No word is longer.
const LONGEST: u64 = 1 << 12;

/// What processes tell each other about themselves.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    /// It is there.
    There,
    /// It does not go on.
    Stop(Cause),
    /// It does not go on: another process is lost to it.
    Lost(u16),
    /// It knows the outcome.
    Done,
}

/// Watches all other processes.
#[derive(Debug)]
pub(crate) struct Watch {
    me: u16,
    ticket: Arc<Ticket>,
    /// To each other process.
    links: Vec<(u16, Mutex<TcpStream>)>,
    /// What is to be closed when somebody is lost: nobody may wait for data that never comes.
    data: Vec<TcpStream>,
    /// Who was lost first, and how.
    lost: OnceLock<(u16, String)>,
    /// Whether this process cannot go on.
    failed: AtomicBool,
    /// Whether the outcome is known.
    done: AtomicBool,
}

impl Watch {
    /// Watches for process `me` those at the other ends of `links`. They begin to speak within `patience`.
    pub(super) fn begin(
        me: u16,
        ticket: &Arc<Ticket>,
        links: Vec<(u16, TcpStream)>,
        data: Vec<TcpStream>,
        patience: Duration,
    ) -> std::io::Result<Arc<Self>> {
        let mut readers = Vec::new();
        for (process, stream) in &links {
            readers.push((*process, stream.try_clone()?));
        }
        let links = links.into_iter().map(|(process, stream)| (process, Mutex::new(stream)));
        let watch = Arc::new(Self {
            me,
            ticket: Arc::clone(ticket),
            links: links.collect(),
            data,
            lost: OnceLock::new(),
            failed: AtomicBool::new(false),
            done: AtomicBool::new(false),
        });
        for (process, stream) in readers {
            let watch = Arc::clone(&watch);
            let listen = move || watch.listen(process, stream, patience + SILENCE);
            thread::Builder::new().name(format!("watch-{process}")).spawn(listen)?;
        }
        if !watch.links.is_empty() {
            let watch = Arc::clone(&watch);
            thread::Builder::new().name("watch".to_owned()).spawn(move || watch.speak())?;
        }
        Ok(watch)
    }

    /// Whether there is no point in waiting for others any more.
    pub(crate) fn is_broken(&self) -> bool {
        self.lost.get().is_some() || self.failed.load(Ordering::Relaxed)
    }

    /// Whether something went wrong because another process is lost. Waits a little to be told.
    pub(crate) fn has_lost_somebody(&self) -> bool {
        let begun = Instant::now();
        while self.lost.get().is_none() && !self.links.is_empty() && begun.elapsed() < CLEARING {
            thread::sleep(LOOK);
        }
        self.lost.get().is_some()
    }

    /// This process cannot go on, and is lost to the others.
    pub(crate) fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
        self.part(self.me);
    }

    /// The outcome is known: from now on everybody may leave.
    pub(super) fn finish(&self) {
        self.done.store(true, Ordering::Relaxed);
        self.tell(&Word::Done);
    }

    /// How somebody was lost, if somebody was.
    pub(super) fn loss(&self) -> Option<String> {
        self.lost.get().map(|(_, how)| how.clone())
    }

    fn tell(&self, word: &Word) {
        let Ok(mut line) = serde_json::to_vec(word) else { return };
        line.push(b'\n');
        for (_, link) in &self.links {
            let mut link = link.lock().unwrap_or_else(PoisonError::into_inner);
            // Who cannot be told is lost to whoever listens to it.
            let _ = link.write_all(&line);
        }
    }

    fn speak(&self) {
        let (mut told, mut last) = (false, None::<Instant>);
        while !self.done.load(Ordering::Relaxed) {
            if let Some(cause) = self.ticket.cause()
                && !told
            {
                told = true;
                self.tell(&Word::Stop(cause));
            }
            if last.is_none_or(|last| last.elapsed() >= HEARTBEAT) {
                last = Some(Instant::now());
                self.tell(&Word::There);
            }
            thread::sleep(LOOK);
        }
    }

    fn listen(&self, process: u16, stream: TcpStream, patience: Duration) {
        let mut reader = BufReader::new(stream);
        let mut patience = patience;
        loop {
            let mut line = Vec::new();
            let limited = reader.get_ref().set_read_timeout(Some(patience));
            let read =
                limited.and_then(|()| reader.by_ref().take(LONGEST).read_until(b'\n', &mut line));
            patience = SILENCE;
            match read.map(|_| serde_json::from_slice(&line)) {
                Ok(Ok(Word::There)) => {}
                Ok(Ok(Word::Stop(cause))) => self.ticket.stop(cause),
                Ok(Ok(Word::Lost(other))) => {
                    let how = if other == process {
                        format!("process {process} failed")
                    } else {
                        format!("process {other} was lost, says process {process}")
                    };
                    return self.lose(other, how);
                }
                Ok(Ok(Word::Done)) => return,
                Ok(Err(_)) => {
                    let how = format!("process {process} was lost: its connection ended");
                    return self.lose(process, how);
                }
                Err(why) => {
                    let is_silent =
                        matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
                    let why = if is_silent { "it fell silent".to_owned() } else { why.to_string() };
                    return self.lose(process, format!("process {process} was lost: {why}"));
                }
            }
        }
    }

    fn lose(&self, process: u16, how: String) {
        if self.done.load(Ordering::Relaxed) || self.lost.set((process, how)).is_err() {
            return;
        }
        self.ticket.stop(Cause::Lost(process));
        self.part(process);
    }

    /// Ends all exchange, as process `lost` is.
    fn part(&self, lost: u16) {
        self.tell(&Word::Lost(lost));
        for stream in &self.data {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
