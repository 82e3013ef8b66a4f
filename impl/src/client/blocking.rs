//! A client that asks one thing at a time and waits.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use holdfast_models::vocabulary::{
    ClientId, Context, Operation, Outcome, ReplicaId, Reply, Request, RequestId, Terms, Token,
};

use crate::hosted::Coordination;

use super::{Attempts, Body, ClientKey, Failure, MAX_DATAGRAM, Next, Numbers, Way, fits};

/// Silences after which another replica is asked.
const PATIENCE: u32 = 2;

/// The pause between two questions to become a client.
const OPENING: Duration = Duration::from_millis(100);

/// Why there is no client.
#[derive(Debug)]
pub enum ClientError {
    /// No addresses were given, or more than there can be replicas.
    Addresses(usize),
    /// IPv4 and IPv6 addresses are mixed: one socket speaks to all.
    Families,
    /// There is no socket.
    Socket(io::Error),
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Addresses(count) => {
                write!(f, "{count} addresses were given, where a cluster has 1 to 16 replicas")
            }
            Self::Families => write!(f, "the addresses have to be all IPv4, or all IPv6"),
            Self::Socket(error) => write!(f, "no UDP socket: {error}"),
        }
    }
}

impl std::error::Error for ClientError {}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The answer.
    pub outcome: Outcome,
    /// Who gave it.
    pub from: ReplicaId,
    /// How much of the store has been seen with it.
    pub token: Token,
    /// Which updates of the register are known with it, where siblings are kept.
    pub context: Context,
}

/// A client of one cluster. What it has seen, it is not shown less of where reads honour tokens.
pub struct Client {
    socket: UdpSocket,
    key: ClientKey,
    replicas: Vec<SocketAddr>,
    /// Whom to ask first: the last that answered.
    at: ReplicaId,
    token: Token,
    numbers: Option<Numbers>,
    /// Who gave it those.
    opened_by: ReplicaId,
    coordination: Coordination,
    buffer: Vec<u8>,
}

impl Client {
    /// A client of the cluster whose replicas listen at these addresses, from replica 0 on.
    ///
    /// # Errors
    /// If the addresses cannot be those of a cluster, or there is no socket to be had.
    pub fn new(replicas: Vec<SocketAddr>, key: ClientKey) -> Result<Self, ClientError> {
        if replicas.is_empty() || replicas.len() > 16 {
            return Err(ClientError::Addresses(replicas.len()));
        }
        if replicas.iter().any(|address| address.is_ipv4() != replicas[0].is_ipv4()) {
            return Err(ClientError::Families);
        }
        let any: SocketAddr = match replicas[0] {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).map_err(ClientError::Socket)?;
        let (at, token) = (ReplicaId(0), Token::default());
        let buffer = vec![0; MAX_DATAGRAM];
        Ok(Self {
            socket,
            key,
            replicas,
            at,
            token,
            numbers: None,
            opened_by: at,
            coordination: Coordination::Leader,
            buffer,
        })
    }

    /// How many replicas it knows.
    #[must_use]
    pub fn replicas(&self) -> u8 {
        u8::try_from(self.replicas.len()).expect("at most 16 replicas")
    }

    /// Asks whoever leads, or whoever coordinates for this client, and again until it is answered
    /// or `patience` has run out.
    ///
    /// # Errors
    /// If there is no outcome to tell. Only [`Failure::Indeterminate`] leaves open whether anything
    /// was changed.
    pub fn perform(&mut self, operation: Operation, patience: Duration) -> Result<Heard, Failure> {
        self.perform_on(Terms::knowing(Context::default()), operation, patience)
    }

    /// The same, on terms of its own.
    ///
    /// # Errors
    /// The same.
    pub fn perform_on(
        &mut self,
        terms: Terms,
        operation: Operation,
        patience: Duration,
    ) -> Result<Heard, Failure> {
        let deadline = Instant::now() + patience;
        let is_update = operation.is_update();
        let (body, id) = self.request(operation, terms, deadline)?;
        let datagram = self.key.seal(&body);
        let mut context = Context::default();
        let coordination = self.coordination;
        let first = match coordination {
            Coordination::Anyone | Coordination::Keeper if is_update => self.opened_by,
            Coordination::Anyone | Coordination::Keeper | Coordination::Leader => self.at,
        };
        let mut attempts = Attempts::new(is_update, coordination, first, Instant::now(), deadline);
        let mut silences = 0;
        loop {
            let now = Instant::now();
            match attempts.on_time(now) {
                Next::Finish(result) => return self.finish(result, attempts.whom(), context),
                Next::Ask => {
                    let is_known = usize::from(attempts.whom().0) < self.replicas.len();
                    if attempts.may_move() && silences >= PATIENCE || !is_known {
                        attempts.turn_to(self.after(attempts.whom()));
                        silences = 0;
                    }
                    self.send(&datagram, attempts.whom());
                    attempts.on_asked(Way::Network, now);
                    silences += 1;
                }
                Next::Wait => {}
            }
            let next = match self.receive(attempts.due()) {
                Some(Body::Answer { from, client, reply })
                    if self.awaits(client, reply.request, id) =>
                {
                    silences = 0;
                    self.token = self.token.max(reply.token);
                    context = reply.context.unwrap_or_default();
                    let next = attempts.on_answer(from, reply.outcome, Instant::now());
                    if matches!(next, Next::Finish(Ok(_))) {
                        attempts.turn_to(from);
                    }
                    next
                }
                Some(Body::Busy { client, request, .. }) if self.awaits(client, request, id) => {
                    silences = 0;
                    attempts.on_busy(Instant::now())
                }
                Some(Body::Stranger { client, request, .. })
                    if self.awaits(client, request, id) =>
                {
                    self.numbers = None;
                    Next::Finish(Err(attempts.failure()))
                }
                // ignored: silence, or something that nobody waits for.
                Some(
                    Body::Answer { .. }
                    | Body::Busy { .. }
                    | Body::Stranger { .. }
                    | Body::Ask { .. }
                    | Body::Open { .. }
                    | Body::Opened { .. },
                )
                | None => Next::Wait,
            };
            if let Next::Finish(result) = next {
                return self.finish(result, attempts.whom(), context);
            }
        }
    }

    /// Asks one replica, once, and tells whatever it says: refusals are answers.
    ///
    /// # Errors
    /// If it does not answer within `patience`.
    pub fn ask_once(
        &mut self,
        whom: ReplicaId,
        operation: Operation,
        patience: Duration,
    ) -> Result<Reply, Failure> {
        let deadline = Instant::now() + patience;
        let is_update = operation.is_update();
        let terms = Terms::knowing(Context::default());
        let (body, id) = self.request(operation, terms, deadline)?;
        self.send(&self.key.seal(&body), whom);
        while Instant::now() < deadline {
            if let Some(Body::Answer { client, reply, .. }) = self.receive(deadline)
                && self.awaits(client, reply.request, id)
            {
                return Ok(reply);
            }
        }
        Err(if is_update { Failure::Indeterminate } else { Failure::Unanswered })
    }

    fn finish(
        &mut self,
        result: Result<Outcome, Failure>,
        from: ReplicaId,
        context: Context,
    ) -> Result<Heard, Failure> {
        match result {
            Ok(outcome) => {
                self.at = from;
                if self.coordination != Coordination::Leader && from != self.opened_by {
                    // Who made it a client is silent: somebody else does, before it updates.
                    self.numbers = None;
                }
                Ok(Heard { outcome, from, token: self.token, context })
            }
            Err(failure) => {
                // Somebody else may be this client by now: then nobody would ever answer us again.
                if matches!(failure, Failure::Indeterminate | Failure::Unanswered) {
                    self.numbers = None;
                }
                Err(failure)
            }
        }
    }

    fn awaits(&self, client: ClientId, request: RequestId, id: RequestId) -> bool {
        request == id && self.numbers.is_some_and(|numbers| numbers.client() == client)
    }

    /// The next request, and its number.
    fn request(
        &mut self,
        operation: Operation,
        terms: Terms,
        deadline: Instant,
    ) -> Result<(Body, RequestId), Failure> {
        if !fits(&operation) {
            return Err(Failure::TooLong);
        }
        let mut numbers = match self.numbers.filter(|numbers| !numbers.are_used_up()) {
            Some(numbers) => numbers,
            None => self.open(deadline).ok_or(Failure::Unreachable)?,
        };
        let id = numbers.take().ok_or(Failure::Unreachable)?;
        self.numbers = Some(numbers);
        let request = Request { id, token: self.token, operation, terms };
        Ok((Body::Ask { client: numbers.client(), request }, id))
    }

    /// Becomes a client, by any replica's word.
    fn open(&mut self, deadline: Instant) -> Option<Numbers> {
        let nonce = RandomState::new().build_hasher().finish();
        let datagram = self.key.seal(&Body::Open { nonce });
        while Instant::now() < deadline {
            self.send(&datagram, self.at);
            let until = deadline.min(Instant::now() + OPENING);
            while Instant::now() < until {
                if let Some(Body::Opened { nonce: answered, from, numbers, coordination }) =
                    self.receive(until)
                    && answered == nonce
                    && !numbers.are_used_up()
                {
                    (self.at, self.opened_by, self.coordination) = (from, from, coordination);
                    return Some(numbers);
                }
            }
            self.at = self.after(self.at);
        }
        None
    }

    fn after(&self, replica: ReplicaId) -> ReplicaId {
        ReplicaId((replica.0 + 1) % self.replicas())
    }

    /// What cannot be sent is lost, as any datagram may be.
    fn send(&self, datagram: &[u8], to: ReplicaId) {
        if let Some(address) = self.replicas.get(usize::from(to.0)) {
            let _ = self.socket.send_to(datagram, address);
        }
    }

    /// The next datagram of ours, if one comes until then. Nothing else is of interest.
    fn receive(&mut self, until: Instant) -> Option<Body> {
        let left = until.saturating_duration_since(Instant::now());
        // No time at all would mean for ever.
        self.socket.set_read_timeout(Some(left.max(Duration::from_micros(100)))).ok()?;
        let (length, _) = self.socket.recv_from(&mut self.buffer).ok()?;
        self.key.open(&self.buffer[..length]).ok()
    }
}
