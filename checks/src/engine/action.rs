//! Actions: which part each happens in, and in which order they are taken.

use holdfast_models::cluster::{Action, Address, Crash, Envelope, Shared, Stimulus};
use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::ReplicaId;

/// A part that actions happen in.
#[derive(PartialEq, Eq)]
pub(super) enum Subject {
    Node(usize),
    Front,
    Everything,
}

/// Where clocks stand among the actions of a state.
pub(super) const TICK: u32 = order(7, 0, 0, 0);

/// The message that an action takes.
pub(super) const fn envelope<P: Protocol>(
    action: &Action<P>,
) -> Option<&Shared<Envelope<P::Message>>> {
    match action {
        Action::Deliver(envelope)
        | Action::Lose(envelope)
        | Action::CrashDuring { stimulus: Stimulus::Deliver(envelope), .. } => Some(envelope),
        Action::Ask { .. }
        | Action::Tell { .. }
        | Action::Retry { .. }
        | Action::GiveUp { .. }
        | Action::Fire { .. }
        | Action::CrashDuring { stimulus: Stimulus::Fire { .. }, .. }
        | Action::Crash { .. }
        | Action::Restart { .. }
        | Action::Flush { .. }
        | Action::Tick { .. }
        | Action::Cut
        | Action::Heal => None,
    }
}

/// The part that an action happens in.
pub(super) fn subject<P: Protocol>(action: &Action<P>) -> Subject {
    let node = |replica: &ReplicaId| Subject::Node(usize::from(replica.0));
    match action {
        Action::Ask { .. }
        | Action::Tell { .. }
        | Action::Retry { .. }
        | Action::GiveUp { .. }
        | Action::Cut
        | Action::Heal => Subject::Front,
        Action::Deliver(envelope)
        | Action::Lose(envelope)
        | Action::CrashDuring { stimulus: Stimulus::Deliver(envelope), .. } => match &envelope.to {
            Address::Replica(to) => node(to),
            Address::Client(_) => Subject::Front,
        },
        Action::Fire { replica, .. }
        | Action::CrashDuring { stimulus: Stimulus::Fire { replica, .. }, .. }
        | Action::Crash { replica, .. }
        | Action::Restart { replica }
        | Action::Flush { replica } => node(replica),
        Action::Tick { .. } => Subject::Everything,
    }
}

/// Where an action stands among the actions of a state: the order of [`Cluster::actions`].
///
/// [`Cluster::actions`]: holdfast_models::cluster::Cluster::actions
pub(super) fn order_of<P: Protocol>(action: &Action<P>) -> u32 {
    let place = |address: &Address| match address {
        Address::Client(client) => client.0 as u32,
        Address::Replica(replica) => 32 + u32::from(replica.0),
    };
    let in_flight = |major, minor| {
        let (from, to) = envelope(action).map_or((0, 0), |it| (place(&it.from), place(&it.to)));
        order(major, minor, from, to)
    };
    let kind = |crash: &Crash| match crash {
        Crash::Clean => 0,
        Crash::Unclean => 3,
        Crash::Amnesia => 6,
    };
    match action {
        Action::Ask { client, .. }
        | Action::Tell { client }
        | Action::Retry { client, .. }
        | Action::GiveUp { client } => order(1, 0, client.0 as u32, 0),
        Action::Deliver(_) => in_flight(2, 0),
        Action::Lose(_) => in_flight(3, 0),
        Action::Fire { replica, .. } => order(4, 0, u32::from(replica.0), 0),
        Action::Crash { replica, crash } => order(5, kind(crash), u32::from(replica.0), 0),
        Action::CrashDuring { stimulus: Stimulus::Deliver(_), crash, .. } => {
            in_flight(5, kind(crash) + 1)
        }
        Action::CrashDuring { stimulus: Stimulus::Fire { replica, .. }, crash, .. } => {
            order(5, kind(crash) + 2, u32::from(replica.0), 0)
        }
        Action::Restart { replica } | Action::Flush { replica } => {
            order(6, 0, u32::from(replica.0), 0)
        }
        Action::Tick { .. } => TICK,
        Action::Cut | Action::Heal => order(8, 0, 0, 0),
    }
}

const fn order(major: u32, minor: u32, first: u32, second: u32) -> u32 {
    major << 20 | minor << 16 | first << 8 | second
}
