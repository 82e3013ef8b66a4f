//! What whoever carries messages and keeps disks asks of them: messages that share one, and differences.

use proptest::prelude::*;

use super::bench::{Bench, erase, exclude, include, insert};
use crate::multi_leader::convergent::{Cell, Convergent, Message};
use crate::vocabulary::{Context, Dot, ReplicaId};

fn told(replica: &mut Bench, count: u64) -> Vec<Message> {
    (1..=count).map(|id| Message::Events(vec![replica.write(1, id)])).collect()
}

#[test]
fn updates_share_messages_that_are_not_too_long_and_have_not_too_many() {
    for (batch, room, expected) in [(64, 4_096, 1), (5, 4_096, 6), (64, 400, 10), (64, 0, 30)] {
        let policy = Convergent { batch, ..Convergent::keeping_all(2) };
        let mut replica = Bench::start(policy, 0);
        let all = told(&mut replica, 30);
        let mut messages: Vec<Message> = Vec::new();
        for message in all.clone() {
            let rest = match messages.last_mut() {
                Some(earlier) => policy.coalesce(earlier, message, room),
                None => Some(message),
            };
            messages.extend(rest);
        }
        assert!(messages.len() >= expected, "{batch} {room}: {} messages", messages.len());
        assert!(messages.len() <= expected * 2, "{batch} {room}: {} messages", messages.len());
        let events = |messages: Vec<Message>| -> Vec<_> {
            let of = |message| match message {
                Message::Events(events) => events,
                Message::Have(_) | Message::State(_) => panic!("{message:?}"),
            };
            messages.into_iter().flat_map(of).collect()
        };
        assert_eq!(events(messages), events(all));
    }
}

#[test]
fn of_two_that_say_all_the_later_is_enough_and_others_stay_apart() {
    let policy = Convergent::keeping_all(2);
    let have = |counter| {
        let dots = (1..=counter).map(|counter| Dot { replica: ReplicaId(0), counter });
        Message::Have(dots.collect::<Context>())
    };
    let mut earlier = have(1);
    assert_eq!(policy.coalesce(&mut earlier, have(2), 1_000), None);
    assert_eq!(earlier, have(2));
    let mut replica = Bench::start(policy, 0);
    let event = told(&mut replica, 1).remove(0);
    assert_eq!(policy.coalesce(&mut earlier, event.clone(), 1_000), Some(event));
    let mut earlier = replica.state();
    replica.write(1, 2);
    assert_eq!(policy.coalesce(&mut earlier, replica.state(), 0), None);
    assert_eq!(earlier, replica.state());
}

proptest! {
    #[test]
    fn a_cell_becomes_any_other_by_their_difference(
        acts in prop::collection::vec((0..6_u32, 0..12_u32), 1..40),
    ) {
        let policy = Convergent::keeping_all(1);
        let (mut texts, mut others) = (Bench::start(policy, 0), Bench::start(policy, 0));
        let mut cells = vec![Cell::default()];
        for (id, (act, place)) in (1..).zip(acts) {
            match act {
                0..3 => drop(texts.ask(1, id, insert(place, "a"))),
                3 => drop(texts.ask(1, id, erase(place))),
                4 => drop(others.ask(1, id, include(&place.to_string()))),
                _ => drop(others.ask(1, id, exclude(&place.to_string()))),
            }
            cells.extend([texts.cell(), others.cell()]);
        }
        for before in &cells {
            for after in &cells {
                let difference = before.difference(after);
                let found = before.clone().after_difference(difference);
                prop_assert_eq!(found.as_ref(), Some(after));
            }
        }
    }
}

#[test]
fn a_difference_of_a_longer_text_is_refused() {
    let mut replica = Bench::start(Convergent::keeping_all(1), 0);
    (1..=5).for_each(|id| drop(replica.ask(1, id, insert(9, "a"))));
    let before = replica.cell();
    replica.ask(1, 6, insert(9, "b"));
    let difference = before.difference(&replica.cell());
    assert_eq!(before.clone().after_difference(difference.clone()), Some(replica.cell()));
    assert_eq!(Cell::default().after_difference(difference), None);
}
