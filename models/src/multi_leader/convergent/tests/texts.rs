//! Where the elements of a text stand.

use proptest::prelude::*;

use super::bench::{Bench, add, erase, include, insert, key, made};
use crate::multi_leader::convergent::{Convergent, Delivery, Event, Propagation, TextRule};
use crate::vocabulary::{Operation, Outcome, Refusal, Value};

const BOTH: [TextRule; 2] = [TextRule::LaterFirst, TextRule::RunsTogether];

fn ruled(text: TextRule) -> Convergent {
    Convergent { text, ..Convergent::keeping_all(3) }
}

/// A replica that has asked itself for these, one after the other, and their updates.
fn typed(rule: TextRule, me: u8, edits: &[Operation]) -> (Bench, Vec<Event>) {
    let mut replica = Bench::start(ruled(rule), me);
    let asked = (1..).zip(edits);
    let events = asked.map(|(request, edit)| {
        let client = u64::from(me);
        made(&replica.ask(client, request, edit.clone()))
    });
    let events = events.collect();
    (replica, events)
}

/// What replica 2 shows after the updates of the other two, in both orders.
fn met(rule: TextRule, zero: &[Event], one: &[Event]) -> String {
    let shown = [[zero, one], [one, zero]].map(|order| {
        let mut two = Bench::start(ruled(rule), 2);
        for event in order.into_iter().flatten() {
            two.hear(event.dot.replica.0, &[event]);
        }
        two.text()
    });
    assert_eq!(shown[0], shown[1], "{rule:?}: in either order");
    shown[0].clone()
}

#[test]
fn an_element_stands_where_it_is_asked_for_and_at_the_end_if_there_are_fewer() {
    for rule in BOTH {
        let edits = [(0, "b"), (0, "a"), (9, "d"), (2, "c")];
        let edits = edits.map(|(place, element)| insert(place, element));
        assert_eq!(typed(rule, 0, &edits).0.text(), "abcd", "{rule:?}");
    }
}

#[test]
fn what_is_erased_is_told_and_gone_and_keeps_its_place() {
    for rule in BOTH {
        let (mut zero, _) = typed(rule, 0, &[insert(0, "a"), insert(1, "b"), insert(2, "c")]);
        assert_eq!(zero.outcome(1, 4, erase(1)), Outcome::Found(Some(Value::from("b"))));
        assert_eq!(zero.text(), "ac");
        assert_eq!(zero.cell().text.elements().count(), 3);
        zero.ask(1, 5, insert(1, "x"));
        assert_eq!(zero.text(), "axc");
        let before = zero.replica.clone();
        assert_eq!(zero.outcome(1, 6, erase(3)), Outcome::Found(None));
        assert_eq!(zero.replica, before);
    }
}

#[test]
fn words_typed_forwards_at_one_place_stay_together() {
    for (rule, expected) in BOTH.into_iter().zip(["xyab", "abxy"]) {
        let (_, zero) = typed(rule, 0, &[insert(0, "a"), insert(1, "b")]);
        let (_, one) = typed(rule, 1, &[insert(0, "x"), insert(1, "y")]);
        assert_eq!(met(rule, &zero, &one), expected, "{rule:?}");
    }
}

#[test]
fn words_typed_backwards_at_one_place_stay_together_if_the_rule_looks_at_both_sides() {
    for (rule, expected) in BOTH.into_iter().zip(["xayb", "abxy"]) {
        let (_, zero) = typed(rule, 0, &[insert(0, "b"), insert(0, "a")]);
        let (_, one) = typed(rule, 1, &[insert(0, "y"), insert(0, "x")]);
        assert_eq!(met(rule, &zero, &one), expected, "{rule:?}");
    }
}

#[test]
fn what_is_typed_after_something_that_is_erased_stays() {
    for rule in BOTH {
        let (_, begun) = typed(rule, 0, &[insert(0, "a"), insert(1, "c")]);
        let (mut one, mut two) = (Bench::start(ruled(rule), 1), Bench::start(ruled(rule), 2));
        for replica in [&mut one, &mut two] {
            replica.hear(0, &begun.iter().collect::<Vec<_>>());
        }
        let erased = made(&one.ask(1, 1, erase(0)));
        let inserted = made(&two.ask(2, 1, insert(1, "b")));
        assert_eq!([one.text(), two.text()], ["c", "abc"], "{rule:?}");
        one.hear(2, &[&inserted]);
        two.hear(1, &[&erased]);
        assert_eq!([one.text(), two.text()], ["bc", "bc"], "{rule:?}");
        assert_eq!(one.cell(), two.cell(), "{rule:?}");
    }
}

#[test]
fn an_insertion_without_its_neighbour_is_dropped_and_told_again_changes_nothing() {
    for rule in BOTH {
        let policy = Convergent { delivery: Delivery::Any, ..ruled(rule) };
        let (_, row) = typed(rule, 0, &[insert(0, "a"), insert(1, "b")]);
        let mut one = Bench::start(policy, 1);
        one.hear(0, &[&row[1]]);
        assert_eq!(one.text(), "");
        one.hear(0, &[&row[0], &row[1]]);
        assert_eq!(one.text(), "a");
    }
}

#[test]
fn names_are_ahead_of_what_was_heard_also_after_a_restart() {
    let (_, row) = typed(TextRule::LaterFirst, 0, &[insert(0, "a"), insert(0, "b")]);
    let mut one = Bench::start(ruled(TextRule::LaterFirst), 1);
    one.hear(0, &row.iter().collect::<Vec<_>>());
    let mut one = one.restart();
    let made = made(&one.ask(1, 1, insert(0, "c")));
    assert!(row.iter().all(|event| event.stamp < made.stamp));
    assert_eq!(one.text(), "cba");
}

#[test]
fn a_state_brings_what_is_missing_and_what_was_erased() {
    for rule in BOTH {
        let policy = Convergent { propagation: Propagation::States, ..ruled(rule) };
        let (mut zero, mut one) = (Bench::start(policy, 0), Bench::start(policy, 1));
        zero.ask(1, 1, insert(0, "a"));
        zero.ask(1, 2, insert(1, "b"));
        one.receive(0, zero.state());
        zero.ask(1, 3, erase(0));
        one.ask(2, 1, insert(1, "x"));
        let (from_zero, from_one) = (zero.state(), one.state());
        zero.receive(1, from_one);
        one.receive(0, from_zero);
        assert_eq!([zero.text(), one.text()], ["xb", "xb"], "{rule:?}");
        assert_eq!(zero.cell(), one.cell(), "{rule:?}");
    }
}

#[test]
fn a_text_is_neither_a_set_nor_a_number() {
    let (mut zero, _) = typed(TextRule::RunsTogether, 0, &[insert(0, "a")]);
    let refused = Outcome::Refused(Refusal::AnotherKind);
    assert_eq!(zero.outcome(1, 2, include("a")), refused);
    assert_eq!(zero.outcome(1, 3, add(1)), refused);
    assert_eq!(zero.outcome(1, 4, Operation::Delete { key: key() }), refused);
}

/// What happens to three replicas, and where.
#[derive(Clone, Copy, Debug)]
enum Act {
    Insert(u8, u32),
    Erase(u8, u32),
    Tell(u8, u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (0..3u8, 0..6u32).prop_map(|(at, place)| Act::Insert(at, place)),
        1 => (0..3u8, 0..6u32).prop_map(|(at, place)| Act::Erase(at, place)),
        2 => (0..3u8, 0..3u8).prop_map(|(from, to)| Act::Tell(from, to)),
    ];
    prop::collection::vec(act, 0..40)
}

fn tell(replicas: &mut [Bench; 3], from: u8, to: u8) {
    let events = replicas[usize::from(from)].replica.durable.events.clone();
    let events: Vec<_> = events.iter().map(|(_, event)| event).collect();
    replicas[usize::from(to)].hear(from, &events);
}

/// Three replicas after `acts`. What is inserted is the number of the act.
fn edited(rule: TextRule, acts: &[Act]) -> [Bench; 3] {
    let mut replicas = [0, 1, 2].map(|me| Bench::start(ruled(rule), me));
    for (number, act) in (1_u64..).zip(acts) {
        match *act {
            Act::Insert(at, place) => {
                let replica = &mut replicas[usize::from(at)];
                let shown = |replica: &Bench| -> Vec<Value> {
                    replica.cell().text.values().cloned().collect()
                };
                let (mut expected, new) =
                    (shown(replica), Value::from(number.to_string().as_str()));
                expected.insert(expected.len().min(place as usize), new.clone());
                replica.ask(u64::from(at), number, insert(place, &number.to_string()));
                assert_eq!(shown(replica), expected, "{rule:?}: where it was asked for");
            }
            Act::Erase(at, place) => {
                replicas[usize::from(at)].ask(u64::from(at), number, erase(place));
            }
            Act::Tell(from, to) if from != to => tell(&mut replicas, from, to),
            Act::Tell(..) => {}
        }
    }
    replicas
}

proptest! {
    #[test]
    fn whatever_is_typed_and_erased_all_come_to_the_same(acts in acts()) {
        for rule in BOTH {
            let mut replicas = edited(rule, &acts);
            for (from, to) in [(0, 1), (1, 2), (2, 0), (0, 1), (0, 2)] {
                tell(&mut replicas, from, to);
            }
            let [zero, one, two] = replicas.map(|replica| replica.cell());
            prop_assert_eq!(&zero, &one, "{:?}", rule);
            prop_assert_eq!(&one, &two, "{:?}", rule);
        }
    }

    #[cfg(feature = "model-checking")]
    #[test]
    fn whatever_is_typed_and_erased_runs_stay_together(acts in acts()) {
        use crate::multi_leader::convergent::elements::{runs_backwards, runs_forwards};
        for rule in BOTH {
            for replica in edited(rule, &acts) {
                let text = replica.cell().text;
                prop_assert!(runs_forwards(&text), "{rule:?}: {text:#?}");
                let is_judged = rule == TextRule::RunsTogether;
                prop_assert!(!is_judged || runs_backwards(&text), "{text:#?}");
            }
        }
    }
}
