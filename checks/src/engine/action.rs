//! Actions: which part each happens in, what it takes, and in which order they are taken.

use holdfast_models::cluster::{
    Action, Address, Cluster, Crash, Envelope, FaultBudget, Shared, Stimulus,
};
use holdfast_models::protocol::{Protocol, Purpose};
use holdfast_models::vocabulary::ReplicaId;

/// A part that actions happen in.
#[derive(PartialEq, Eq)]
pub(super) enum Subject {
    Node(usize),
    Front,
    Everything,
}

/// What has to be so at the front for a step at a replica to be possible, one bit each: that a fault
/// of some kind is left, that the partition is not up.
#[derive(Clone, Copy)]
pub(super) struct Conditions(u16);

impl Conditions {
    const CONNECTED: u16 = 1 << 15;

    /// Those of a step at this price; one that `is_cut_off` is impossible while the partition is up.
    pub(super) fn of_step(price: FaultBudget, is_cut_off: bool) -> Self {
        let is_single = price.each().into_iter().all(|due| due <= 1);
        assert!(is_single, "a step takes no more than one fault of a kind");
        Self(Self::kinds_of(price) | if is_cut_off { Self::CONNECTED } else { 0 })
    }

    /// Those that are met at a front.
    pub(super) fn met(budget: FaultBudget, partitioned: bool) -> Self {
        Self(Self::kinds_of(budget) | if partitioned { 0 } else { Self::CONNECTED })
    }

    fn kinds_of(faults: FaultBudget) -> u16 {
        let kinds = faults.each().into_iter().enumerate();
        kinds.fold(0, |bits, (kind, count)| bits | u16::from(count > 0) << kind)
    }

    /// Whether `met` has them all.
    pub(super) const fn are_in(self, met: Self) -> bool {
        self.0 & !met.0 == 0
    }
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

/// The faults that an action takes. It is possible only while there are so many left.
pub(super) fn price_of<P: Protocol>(cluster: &Cluster<P>, action: &Action<P>) -> FaultBudget {
    let none = FaultBudget::NONE;
    match action {
        Action::Fire { timer, .. } => match cluster.protocol.purpose(*timer) {
            Purpose::Progress => FaultBudget { repeats: 1, ..none },
            Purpose::Suspicion => FaultBudget { suspicions: 1, ..none },
        },
        Action::CrashDuring { stimulus, crash, .. } => {
            let during = match stimulus {
                Stimulus::Deliver(_) => none,
                Stimulus::Fire { replica, timer } => {
                    price_of(cluster, &Action::Fire { replica: *replica, timer: *timer })
                }
            };
            let crash = price_of_crash(*crash);
            FaultBudget { repeats: during.repeats, suspicions: during.suspicions, ..crash }
        }
        Action::Crash { crash, .. } => price_of_crash(*crash),
        Action::Lose(_) => FaultBudget { losses: 1, ..none },
        Action::Tick { .. } => FaultBudget { ticks: 1, ..none },
        Action::Cut => FaultBudget { partitions: 1, ..none },
        Action::Retry { .. } => FaultBudget { retries: 1, ..none },
        Action::GiveUp { .. } => FaultBudget { give_ups: 1, ..none },
        Action::Ask { .. }
        | Action::Tell { .. }
        | Action::Deliver(_)
        | Action::Restart { .. }
        | Action::Flush { .. }
        | Action::Heal => none,
    }
}

const fn price_of_crash(crash: Crash) -> FaultBudget {
    let none = FaultBudget::NONE;
    match crash {
        Crash::Clean => FaultBudget { crashes: 1, ..none },
        Crash::Unclean => FaultBudget { unclean_crashes: 1, ..none },
        Crash::Amnesia => FaultBudget { amnesias: 1, ..none },
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
