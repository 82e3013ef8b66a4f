//! The load: so many clients on one thread, each of which asks, waits for the answer and asks
//! again. The same for every system, apart from the bytes it speaks.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use holdfast_node::random::Random;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::grpc::Grpc;
use crate::resp::{Command, Resp};

/// What a client speaks.
pub(crate) trait Speaker {
    /// Adds the bytes of a request.
    fn ask(&mut self, key: &str, value: &[u8], out: &mut Vec<u8>);
    /// Takes bytes, and adds what the protocol has to say to them.
    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<Heard, String>;
}

/// What bytes came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// There is more to come.
    Part,
    /// The request was answered.
    Answer,
    /// The request came to nothing, or nobody can say to what, since others were in its way.
    Nothing,
}

/// Which protocol a system speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// That of Redis.
    Resp(Command),
    /// That of etcd.
    Grpc,
}

/// What is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writes {
    /// Clients that write at the same time.
    pub(crate) clients: usize,
    /// Bytes of a value.
    pub(crate) value: usize,
    /// Different keys.
    pub(crate) keys: Keys,
}

/// In which order keys are written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keys {
    /// Any of so many, until time is up.
    Any(u64),
    /// Each of so many once, and that is all.
    Each(u64),
}

/// What came of it.
pub(crate) struct Written {
    /// Writes that were answered, and when, in microseconds.
    pub(crate) times: Histogram<u64>,
    /// How many requests came to nothing, or nobody could say to what.
    pub(crate) failed: u64,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Written {
    pub(crate) fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64()
    }

    /// Of a hundred requests, how many came to nothing, or nobody could say to what.
    pub(crate) fn percent_failed(&self) -> f64 {
        self.failed as f64 * 100.0 / (self.failed + self.times.len()).max(1) as f64
    }

    pub(crate) fn milliseconds_at(&self, percentile: f64) -> f64 {
        self.times.value_at_percentile(percentile) as f64 / 1_000.0
    }
}

/// A system that does not answer for so long is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest time that is told apart from longer ones, in microseconds.
const LONGEST: u64 = 60_000_000;

struct Client {
    stream: TcpStream,
    speaker: Box<dyn Speaker>,
    asked: Instant,
}

/// Which key is next.
struct Source {
    keys: Keys,
    next: u64,
    random: Random,
}

impl Source {
    fn next(&mut self) -> Option<String> {
        let number = match self.keys {
            Keys::Any(count) => self.random.below(count),
            Keys::Each(count) if self.next < count => self.next,
            Keys::Each(_) => return None,
        };
        self.next += 1;
        Some(format!("key:{number:012}"))
    }
}

/// Asks for as long as `lasts`, each client one of `addresses` in turn. What was asked before the end
/// of `warm_up` is not counted.
pub(crate) fn load(
    addresses: &[SocketAddr],
    spoken: Spoken,
    writes: Writes,
    warm_up: Duration,
    lasts: Duration,
) -> Result<Written, String> {
    let told = |error| format!("waiting for {addresses:?}: {error}");
    let mut poll = Poll::new().map_err(told)?;
    let mut clients = Vec::new();
    for (number, address) in addresses.iter().cycle().take(writes.clients).enumerate() {
        let client = connect(*address, spoken, &poll, number)
            .map_err(|error| format!("connecting to {address}: {error}"))?;
        clients.push(client);
    }
    let value = vec![b'v'; writes.value];
    let mut source = Source { keys: writes.keys, next: 0, random: Random::new(1) };
    let mut times =
        Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are those of a histogram");
    let mut events = Events::with_capacity(writes.clients);
    let (mut chunk, mut out) = (vec![0; 16 << 10], Vec::new());
    let counted = Instant::now() + warm_up;
    let (mut busy, mut failed) = (0, 0);
    for client in &mut clients {
        busy += usize::from(client.ask(&mut source, &value, &mut out)?);
    }
    let mut heard = Instant::now();
    while busy > 0 && Instant::now() < counted + lasts {
        poll.poll(&mut events, Some(Duration::from_millis(100))).map_err(told)?;
        if heard.elapsed() > PATIENCE {
            return Err(format!("{addresses:?}: nobody has answered for {PATIENCE:?}"));
        }
        for event in &events {
            let client = &mut clients[event.token().0];
            let what = client.hear(&mut chunk, &mut out)?;
            if what == Heard::Part {
                continue;
            }
            heard = Instant::now();
            if what == Heard::Nothing {
                failed += 1;
            } else if client.asked >= counted {
                let micros = heard.duration_since(client.asked).as_micros() as u64;
                times.saturating_record(micros.max(1));
            }
            busy -= usize::from(!client.ask(&mut source, &value, &mut out)?);
        }
    }
    Ok(Written { times, failed, took: counted.elapsed() })
}

fn connect(
    address: SocketAddr,
    spoken: Spoken,
    poll: &Poll,
    number: usize,
) -> std::io::Result<Client> {
    let stream = std::net::TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    let mut stream = TcpStream::from_std(stream);
    poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
    let speaker: Box<dyn Speaker> = match spoken {
        Spoken::Resp(command) => Box::new(Resp::new(command)),
        Spoken::Grpc => Box::new(Grpc::default()),
    };
    Ok(Client { stream, speaker, asked: Instant::now() })
}

impl Client {
    /// Writes the next key. Whether there was one.
    fn ask(
        &mut self,
        source: &mut Source,
        value: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<bool, String> {
        let Some(key) = source.next() else { return Ok(false) };
        self.speaker.ask(&key, value, out);
        self.asked = Instant::now();
        self.say(out)?;
        Ok(true)
    }

    /// Takes what there is.
    fn hear(&mut self, chunk: &mut [u8], out: &mut Vec<u8>) -> Result<Heard, String> {
        let mut heard = Heard::Part;
        loop {
            match self.stream.read(chunk) {
                Ok(0) => return Err("the connection was closed".to_owned()),
                Ok(length) => {
                    let what = self.speaker.hear(&chunk[..length], out)?;
                    heard = if what == Heard::Part { heard } else { what };
                    // What comes later is told anew.
                    if length < chunk.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("reading an answer: {error}")),
            }
        }
        self.say(out)?;
        Ok(heard)
    }

    /// A few hundred bytes are under way at most, and sockets take more.
    fn say(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        if out.is_empty() {
            return Ok(());
        }
        let said = self.stream.write_all(out);
        out.clear();
        said.map_err(|error| format!("writing a request: {error}"))
    }
}
