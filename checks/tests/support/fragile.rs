//! A protocol that does what it is told to, and panics where it is told to.

use std::sync::Arc;

use holdfast_models::cluster::{
    Ask, At, Client, Cluster, Environment, Narrate, Property, Session, Step,
};
use holdfast_models::protocol::{Effects, Input, Protocol, Purpose};
use holdfast_models::vocabulary::{Outcome, ReplicaId, Reply, Timestamp, Token};

/// Replicas that count the requests and messages that reach them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fragile {
    breaks: Where,
}

/// What makes a replica panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Where {
    /// Nothing.
    Nowhere,
    /// Starting.
    Start,
    /// A second request at one replica.
    SecondRequest,
    /// A message.
    FirstMessage,
    /// Being asked whether a message is obsolete, once it has counted.
    Ignoring,
}

impl Where {
    /// What the panic says.
    pub(crate) const fn complaint(self) -> &'static str {
        match self {
            Self::Nowhere => "nothing breaks",
            Self::Start => "the beginning is too much",
            Self::SecondRequest => "a second request is too much",
            Self::FirstMessage => "a message is too much",
            Self::Ignoring => "it does not know what to ignore",
        }
    }
}

impl Protocol for Fragile {
    type Replica = u64;
    type Durable = ();
    type Message = ();
    type Timer = ();

    fn replicas(&self) -> u8 {
        2
    }

    fn purpose(&self, (): ()) -> Purpose {
        Purpose::Progress
    }

    fn start(&self, _: ReplicaId, _: Option<&()>, _: Timestamp, _: &mut Effects<Self>) -> u64 {
        assert!(self.breaks != Where::Start, "{}", self.breaks.complaint());
        0
    }

    fn is_obsolete(&self, (): &(), _: ReplicaId, count: &u64) -> bool {
        assert!(self.breaks != Where::Ignoring || *count == 0, "{}", self.breaks.complaint());
        false
    }

    fn step(
        &self,
        me: ReplicaId,
        count: &mut u64,
        _: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        match input {
            Input::Message { .. } => {
                assert!(self.breaks != Where::FirstMessage, "{}", self.breaks.complaint());
                // As far as it counts: datagrams may arrive for ever.
                *count = (*count + 1).min(3);
            }
            Input::Request { from, request } => {
                let is_second = *count > 0;
                assert!(
                    self.breaks != Where::SecondRequest || !is_second,
                    "{}",
                    self.breaks.complaint()
                );
                *count = (*count + 1).min(3);
                effects.send.push((ReplicaId(1 - me.0), ()));
                let token = Token::default();
                let reply =
                    Reply { request: request.id, outcome: Outcome::Done, token, context: None };
                effects.reply.push((from, reply));
            }
            Input::Timeout(()) => {}
        }
    }
}

impl Narrate for Fragile {
    const MESSAGE_KINDS: &'static [&'static str] = &["count"];
    const TIMER_KINDS: &'static [&'static str] = &["nothing"];

    fn message_kind((): &()) -> &'static str {
        "count"
    }

    fn timer_kind((): ()) -> &'static str {
        "nothing"
    }

    fn message((): &()) -> String {
        "counts".to_owned()
    }

    fn timeout((): ()) -> String {
        "does nothing".to_owned()
    }

    fn change(&self, _: Option<&u64>, after: &u64) -> Vec<String> {
        vec![format!("has counted {after}")]
    }
}

const CLIENT: Client =
    Client { session: Session::Plain, script: &[Step::Ask(Ask::Write("x", "1"), At::Replica(0))] };

/// Two replicas, two clients that write at the first of them.
pub(crate) fn cluster(breaks: Where, properties: Vec<Property<Fragile>>) -> Cluster<Fragile> {
    Cluster {
        protocol: Fragile { breaks },
        environment: Environment { forgets: true, ..Environment::CALM },
        clients: &[CLIENT, CLIENT],
        properties,
        stop: Arc::default(),
    }
}
