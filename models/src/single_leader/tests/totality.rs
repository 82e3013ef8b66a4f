//! Every input is legal in every state, and what holds after any step holds after any sequence of
//! them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::bench::Bench;
use super::generate::{Event, events, ids, messages, policies};
use super::messages::{append, mark, vote};
use crate::protocol::{Input, Protocol};
use crate::single_leader::{
    Election, Message, Participant, Persistence, Role, SingleLeader, Timer,
};
use crate::vocabulary::{Epoch, ReplicaId, ReplicaSet, Timestamp};

/// What happens to one of the participants.
fn lives() -> impl Strategy<Value = (SingleLeader, u8, Vec<Event>)> {
    policies().prop_flat_map(|policy| {
        (0..policy.replicas())
            .prop_flat_map(move |me| (Just(policy), Just(me), vec(events(ReplicaId(me)), 0..40)))
    })
}

fn live(bench: Bench, events: Vec<Event>) -> Bench {
    events.into_iter().fold(bench, |mut bench, event| match event {
        Event::Input(input) => {
            bench.step(input);
            bench
        }
        Event::Clock(reading) => {
            bench.now = Timestamp(reading);
            bench
        }
        Event::Restart => bench.restart().0,
    })
}

/// The epoch that a replica is in, or that of the controller's latest appointment.
fn epoch(bench: &Bench) -> Epoch {
    match &bench.participant {
        Participant::Replica(replica) => replica.durable.epoch,
        Participant::Controller(controller) => controller.registry.epoch,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// The bench checks after every step that the replica is well formed, writes to others alone
    /// and remembers only what it has kept.
    #[test]
    fn no_sequence_of_inputs_contradicts_a_replica((policy, me, events) in lives()) {
        live(Bench::start(policy, me), events);
    }

    #[test]
    fn the_same_inputs_come_to_the_same((policy, me, events) in lives()) {
        let first = live(Bench::start(policy, me), events.clone());
        let second = live(Bench::start(policy, me), events);
        prop_assert_eq!(first.participant, second.participant);
    }

    #[test]
    fn epochs_only_grow_where_they_are_kept((policy, me, events) in lives()) {
        let persistence = match policy.persistence {
            Persistence::LogOnly | Persistence::Nothing => Persistence::BeforeAck,
            kept @ (Persistence::BeforeAck | Persistence::Lazy | Persistence::EpochOnly) => kept,
        };
        let mut bench = Bench::start(SingleLeader { persistence, ..policy }, me);
        for event in events {
            let before = epoch(&bench);
            bench = live(bench, vec![event]);
            prop_assert!(before <= epoch(&bench));
        }
    }

    /// What a receiver calls obsolete does nothing now, nor after whatever happens next.
    #[test]
    fn what_is_obsolete_stays_so(
        (policy, me, events) in lives(),
        messages in vec((ids(), messages()), 32),
        now in 0..40_usize,
    ) {
        let policy = SingleLeader { persistence: Persistence::BeforeAck, ..policy };
        let mut before: Vec<_> =
            events.into_iter().filter(|event| policy.controller().is_some() || !appoints(event)).collect();
        let after = before.split_off(now.min(before.len()));
        let mut bench = live(Bench::start(policy, me), before);
        let obsolete: Vec<_> = messages
            .into_iter()
            .filter(|(from, message)| {
                *from != bench.me
                    && may_arrive(message, &bench.participant)
                    && policy.is_obsolete(message, *from, &bench.participant)
            })
            .collect();
        for event in std::iter::once(None).chain(after.into_iter().map(Some)) {
            bench = live(bench, event.into_iter().collect());
            for (from, message) in &obsolete {
                let known = bench.participant.clone();
                prop_assert!(bench.hear(from.0, message.clone()).is_empty(), "{message:?}");
                prop_assert_eq!(&bench.participant, &known);
            }
        }
    }
}

/// Announcements come only where there is a controller.
fn appoints(event: &Event) -> bool {
    match event {
        Event::Input(Input::Message { message, .. }) => matches!(message, Message::Announce(_)),
        Event::Input(_) | Event::Clock(_) | Event::Restart => false,
    }
}

/// Nobody answers a candidate as if it led already. Acknowledgements are left out: see the ignored
/// tests in `obsolete`.
fn may_arrive(message: &Message, receiver: &Participant) -> bool {
    let stands = match receiver {
        Participant::Replica(replica) => matches!(replica.role, Role::Candidate(_)),
        Participant::Controller(_) => false,
    };
    match message {
        Message::Appended { .. } => false,
        Message::NotAppended { .. } | Message::Confirmed { .. } => !stands,
        Message::Append { .. }
        | Message::Snapshot { .. }
        | Message::RequestVote { .. }
        | Message::Vote { .. }
        | Message::Confirm { .. }
        | Message::Propose { .. }
        | Message::Register { .. }
        | Message::Announce(_) => true,
    }
}

#[test]
fn the_vote_of_a_replica_that_no_set_can_hold_is_survived() {
    let mut bench = Bench::follower(SingleLeader::majority(3), &[1]);
    bench.fire(Timer::Suspect);
    bench.hear(ReplicaSet::CAPACITY, vote(2, true));
}

#[test]
fn the_appointment_of_a_replica_that_no_set_can_hold_is_survived() {
    let election = Election::Appointed { unclean: true };
    let mut bench = Bench::start(SingleLeader { election, ..SingleLeader::majority(3) }, 3);
    bench.fire(Timer::Appoint(ReplicaId(ReplicaSet::CAPACITY)));
}

#[test]
fn the_last_epoch_is_survived() {
    let mut bench = Bench::start(SingleLeader::majority(3), 1);
    bench.hear(0, append(u64::MAX, mark(0, 0), &[], 0));
    bench.fire(Timer::Suspect);
}
