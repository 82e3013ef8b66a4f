//! A path through a cluster, told as a story.

use super::{Action, Address, Ask, Body, Cluster, Crash, Envelope, Shared, State, Step, Stimulus};
use crate::protocol::Protocol;
use crate::vocabulary::{ClientId, ReplicaId};

/// A protocol that can say in words what happens in it.
pub trait Narrate: Protocol {
    /// The kinds of messages, each a word or two.
    const MESSAGE_KINDS: &'static [&'static str];
    /// The kinds of timers.
    const TIMER_KINDS: &'static [&'static str];

    /// Of which kind a message is.
    fn message_kind(message: &Self::Message) -> &'static str;

    /// Of which kind a timer is.
    fn timer_kind(timer: Self::Timer) -> &'static str;

    /// What a message says, in a few words: the label of its arrow.
    fn message(message: &Self::Message) -> String;

    /// What the firing of a timer means, as a predicate: "suspects the leader".
    fn timeout(timer: Self::Timer) -> String;

    /// What changed in a replica, as predicates: "becomes leader of epoch 2".
    fn change(&self, before: Option<&Self::Replica>, after: &Self::Replica) -> Vec<String>;

    /// What this participant is called.
    fn title(&self, replica: ReplicaId) -> String {
        format!("Replica {}", replica.0)
    }
}

/// A path, told: who takes part, and what happens in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Clients and then replicas, each with what it is called.
    pub participants: Vec<(Address, String)>,
    /// One for each step.
    pub moments: Vec<Moment>,
    /// How many of the last steps happen again and again, for ever.
    pub cycle: usize,
}

/// One step of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The message that arrived, if the step is an arrival.
    pub arrow: Option<Arrow>,
    /// Where it happens.
    pub place: Option<Address>,
    /// What happens, as one sentence without its full stop.
    pub headline: String,
    /// What is different there afterwards, as predicates.
    pub changes: Vec<String>,
    /// What is sent from there, as predicates.
    pub sends: Vec<String>,
}

impl Moment {
    /// What the step leads to, as predicates: changes, then what is sent.
    pub fn details(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().chain(&self.sends).map(String::as_str)
    }
}

/// A message that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Who sent it.
    pub from: Address,
    /// Who received it.
    pub to: Address,
    /// What it says.
    pub label: String,
    /// After how many steps of the story it was sent.
    pub sent_after: usize,
}

/// Tells a path: states and the actions that follow them, the last without one.
pub fn narrate<P: Narrate>(cluster: &Cluster<P>, path: &[(State<P>, Option<Action<P>>)]) -> Story {
    let mut moments: Vec<_> = path
        .windows(2)
        .filter_map(|pair| {
            let action = pair[0].1.as_ref()?;
            Some(moment(cluster, &pair[0].0, action, &pair[1].0))
        })
        .collect();
    for (moment, (_, action)) in moments.iter_mut().zip(path) {
        if let (Some(arrow), Some(envelope)) =
            (&mut moment.arrow, action.as_ref().and_then(arriving))
        {
            let in_flight =
                |(state, _): &(State<P>, _)| state.network.iter().any(|e| e == envelope);
            arrow.sent_after = path.iter().position(in_flight).unwrap_or_default();
        }
    }
    let clients = (0..cluster.clients.len() as u64).map(ClientId);
    let clients = clients.map(|id| (Address::Client(id), client_title(id)));
    let replicas = cluster.replicas().map(|id| (Address::Replica(id), cluster.protocol.title(id)));
    Story { participants: clients.chain(replicas).collect(), moments, cycle: 0 }
}

/// Tells one step.
pub(super) fn moment<P: Narrate>(
    cluster: &Cluster<P>,
    before: &State<P>,
    action: &Action<P>,
    after: &State<P>,
) -> Moment {
    let place = place(action);
    let (mut changes, mut sends) = (Vec::new(), Vec::new());
    if let Some(Address::Replica(replica)) = place {
        changes = differences(cluster, before, after, replica);
        sends = messages(cluster, before, after, replica);
    }
    if let Some(message) = &after.panicked {
        changes.push(format!("the handler panics: {message}"));
    }
    let arrow = arriving(action).map(|envelope| Arrow {
        from: envelope.from,
        to: envelope.to,
        label: label::<P>(envelope),
        sent_after: 0,
    });
    let headline = match action {
        Action::Ask { client, at } => {
            let what = asked(cluster, before, *client).map(|ask| ask.operation().to_string());
            let at = cluster.protocol.title(*at).to_lowercase();
            format!("{} asks {at} to {}", client_title(*client), what.unwrap_or_default())
        }
        Action::Tell { client } => {
            format!("{} tells {}", client_title(*client), told(cluster, before, *client))
        }
        Action::Retry { .. }
        | Action::GiveUp { .. }
        | Action::Lose(_)
        | Action::Deliver(_)
        | Action::Fire { .. }
        | Action::CrashDuring { .. }
        | Action::Crash { .. }
        | Action::Restart { .. }
        | Action::Flush { .. }
        | Action::Tick { .. }
        | Action::Cut
        | Action::Heal => headline(cluster, action),
    };
    Moment { arrow, place, headline, changes, sends }
}

fn place<P: Protocol>(action: &Action<P>) -> Option<Address> {
    match action {
        Action::Ask { client, .. }
        | Action::Tell { client }
        | Action::Retry { client, .. }
        | Action::GiveUp { client } => Some(Address::Client(*client)),
        Action::Deliver(envelope)
        | Action::CrashDuring { stimulus: Stimulus::Deliver(envelope), .. } => Some(envelope.to),
        Action::Fire { replica, .. }
        | Action::CrashDuring { stimulus: Stimulus::Fire { replica, .. }, .. }
        | Action::Crash { replica, .. }
        | Action::Restart { replica }
        | Action::Flush { replica } => Some(Address::Replica(*replica)),
        Action::Lose(_) | Action::Tick { .. } | Action::Cut | Action::Heal => None,
    }
}

/// The message that arrives in an action.
const fn arriving<P: Protocol>(action: &Action<P>) -> Option<&Shared<Envelope<P::Message>>> {
    match action {
        Action::Deliver(envelope)
        | Action::CrashDuring { stimulus: Stimulus::Deliver(envelope), .. } => Some(envelope),
        Action::Ask { .. }
        | Action::Tell { .. }
        | Action::Retry { .. }
        | Action::GiveUp { .. }
        | Action::Lose(_)
        | Action::CrashDuring { stimulus: Stimulus::Fire { .. }, .. }
        | Action::Fire { .. }
        | Action::Crash { .. }
        | Action::Restart { .. }
        | Action::Flush { .. }
        | Action::Tick { .. }
        | Action::Cut
        | Action::Heal => None,
    }
}

/// What an envelope says, in a few words.
fn label<P: Narrate>(envelope: &Envelope<P::Message>) -> String {
    match &envelope.body {
        Body::Request(request) => request.operation.to_string(),
        Body::Reply(reply) => reply.outcome.to_string(),
        Body::Message(message) => P::message(message),
    }
}

/// What happens in an action, as one sentence.
pub(super) fn headline<P: Narrate>(cluster: &Cluster<P>, action: &Action<P>) -> String {
    let title = |replica: ReplicaId| cluster.protocol.title(replica);
    match action {
        Action::Ask { client, at } => {
            format!("{} sends a request to {}", client_title(*client), title(*at).to_lowercase())
        }
        Action::Tell { client } => format!("{} tells another client", client_title(*client)),
        Action::Retry { client, at } => {
            let at = title(*at).to_lowercase();
            format!("{} sends its request again, to {at}", client_title(*client))
        }
        Action::GiveUp { client } => {
            format!("{} stops waiting: its request is indeterminate", client_title(*client))
        }
        Action::Deliver(envelope) => arrival(cluster, envelope),
        Action::Lose(envelope) => format!("The network loses: {}", label::<P>(envelope)),
        Action::Fire { replica, timer } => {
            format!("{} {}", title(*replica), P::timeout(*timer))
        }
        Action::CrashDuring { stimulus, effects, crash } => {
            let step = match stimulus {
                Stimulus::Deliver(envelope) => arrival(cluster, envelope),
                Stimulus::Fire { replica, timer } => {
                    format!("{} {}", title(*replica), P::timeout(*timer))
                }
            };
            let effects = if *effects == 1 { "one effect" } else { "some of its effects" };
            format!("{step}, and {} after {effects}", crash_phrase(*crash))
        }
        Action::Crash { replica, crash } => {
            format!("{} {}", title(*replica), crash_phrase(*crash))
        }
        Action::Restart { replica } => format!("{} starts again", title(*replica)),
        Action::Flush { replica } => {
            format!("The disk of {} flushes what was written", title(*replica).to_lowercase())
        }
        Action::Tick { clocks } => {
            let whose: Vec<_> = clocks.iter().map(|id| title(id).to_lowercase()).collect();
            format!("The clock of {} moves on", whose.join(", "))
        }
        Action::Cut => "The network splits".to_owned(),
        Action::Heal => "The network heals".to_owned(),
    }
}

fn arrival<P: Narrate>(cluster: &Cluster<P>, envelope: &Envelope<P::Message>) -> String {
    let name = |address: Address| match address {
        Address::Client(client) => client_title(client),
        Address::Replica(replica) => cluster.protocol.title(replica),
    };
    let (from, to) = (name(envelope.from).to_lowercase(), name(envelope.to));
    let what = label::<P>(envelope);
    match &envelope.body {
        Body::Request(_) => format!("{to} is asked by {from} to {what}"),
        Body::Reply(_) => format!("{to} hears from {from}: {what}"),
        Body::Message(_) => format!("{to} receives from {from}: {what}"),
    }
}

const fn crash_phrase(crash: Crash) -> &'static str {
    match crash {
        Crash::Clean => "goes down",
        Crash::Unclean => "goes down and loses what was not synced",
        Crash::Amnesia => "goes down and loses its disk",
    }
}

fn client_title(client: ClientId) -> String {
    format!("Client {}", client.0)
}

/// What a step changed at `replica`: its state and its disk.
fn differences<P: Narrate>(
    cluster: &Cluster<P>,
    before: &State<P>,
    after: &State<P>,
    replica: ReplicaId,
) -> Vec<String> {
    let (old, new) = (before.place(replica), after.place(replica));
    let Some(process) = &new.process else { return Vec::new() };
    let was = old.process.as_ref().map(|process| &*process.replica);
    let mut changes = cluster.protocol.change(was, &process.replica);
    if new.disk != old.disk {
        let synced = new.disk.synced == new.disk.written;
        changes.push(if synced { "persists" } else { "writes without syncing" }.to_owned());
    }
    changes
}

/// What a step sent from `replica`.
fn messages<P: Narrate>(
    cluster: &Cluster<P>,
    before: &State<P>,
    after: &State<P>,
    replica: ReplicaId,
) -> Vec<String> {
    sent(before, after, replica)
        .map(|envelope| {
            let to = match envelope.to {
                Address::Client(client) => client_title(client).to_lowercase(),
                Address::Replica(to) => cluster.protocol.title(to).to_lowercase(),
            };
            match &envelope.body {
                Body::Reply(_) => format!("answers {to}: {}", label::<P>(envelope)),
                Body::Request(_) | Body::Message(_) => {
                    format!("sends {to}: {}", label::<P>(envelope))
                }
            }
        })
        .collect()
}

fn sent<'a, P: Protocol>(
    before: &'a State<P>,
    after: &'a State<P>,
    replica: ReplicaId,
) -> impl Iterator<Item = &'a Shared<Envelope<P::Message>>> {
    after.network.iter().filter(move |envelope| {
        envelope.from == Address::Replica(replica)
            && !before.network.iter().any(|other| other == *envelope)
    })
}

/// What a client's next request will be.
fn asked<P: Protocol>(cluster: &Cluster<P>, state: &State<P>, client: ClientId) -> Option<Ask> {
    match next_step(cluster, state, client)? {
        Step::Ask(ask, _) => Some(*ask),
        Step::Tell(_) | Step::HearFrom(_) => None,
    }
}

/// Whom a client tells next, and that it is outside the store.
fn told<P: Protocol>(cluster: &Cluster<P>, state: &State<P>, client: ClientId) -> String {
    match next_step(cluster, state, client) {
        Some(Step::Tell(listener)) => format!("client {listener}, outside the store"),
        Some(Step::Ask(..) | Step::HearFrom(_)) | None => "nobody".to_owned(),
    }
}

fn next_step<P: Protocol>(
    cluster: &Cluster<P>,
    state: &State<P>,
    client: ClientId,
) -> Option<&'static Step> {
    let index = client.0 as usize;
    cluster.clients.get(index)?.script.get(state.clients.get(index)?.next)
}
