//! Every input is legal in every state, and what is obsolete stays so.

use proptest::collection::vec;
use proptest::prelude::*;

use super::bench::Bench;
use super::generate::{Event, events, ids, messages, policies};
use crate::leaderless::Leaderless;
use crate::protocol::Protocol;
use crate::vocabulary::Timestamp;

/// What happens to one of the replicas.
fn lives() -> impl Strategy<Value = (Leaderless, u8, Vec<Event>)> {
    policies().prop_flat_map(|policy| (Just(policy), 0..policy.replicas, vec(events(), 0..40)))
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
        Event::Restart => bench.restart(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// The bench checks after every step that the replica writes to others alone and remembers only
    /// what it has kept.
    #[test]
    fn no_sequence_of_inputs_contradicts_a_replica((policy, me, events) in lives()) {
        live(Bench::start(policy, me), events);
    }

    #[test]
    fn the_same_inputs_come_to_the_same((policy, me, events) in lives()) {
        let first = live(Bench::start(policy, me), events.clone());
        let second = live(Bench::start(policy, me), events);
        prop_assert_eq!(first.replica, second.replica);
    }

    /// What a receiver calls obsolete does nothing now, nor after whatever happens next.
    #[test]
    fn what_is_obsolete_stays_so(
        (policy, me, events) in lives(),
        messages in vec((ids(), messages()), 32),
        now in 0..40_usize,
    ) {
        let mut before = events;
        let after = before.split_off(now.min(before.len()));
        let mut bench = live(Bench::start(policy, me), before);
        let obsolete: Vec<_> = messages
            .into_iter()
            .filter(|(from, message)| policy.is_obsolete(message, *from, &bench.replica))
            .collect();
        for event in std::iter::once(None).chain(after.into_iter().map(Some)) {
            bench = live(bench, event.into_iter().collect());
            for (from, message) in &obsolete {
                let known = bench.replica.clone();
                prop_assert!(bench.hear(from.0, message.clone()).is_empty(), "{message:?}");
                prop_assert_eq!(&bench.replica, &known);
            }
        }
    }
}
