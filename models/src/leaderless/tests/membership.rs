//! Changing who the homes are: who may, what is handed over, who is refused.

use super::bench::{Bench, author, quorums, read, receivers, register, replies, version, write, x};
use crate::leaderless::{
    Agreement, Deletion, Fallback, Homes, Leaderless, Membership, Message, Piece, Register, Stage,
    Tag, Timer,
};
use crate::vocabulary::{Key, Operation, Outcome, Refusal, ReplicaId, ReplicaSet};

/// So many homes of four replicas.
const fn changing(homes: u8) -> Leaderless {
    let quorum = homes / 2 + 1;
    let membership = Membership::OneByOne;
    Leaderless { replicas: 4, membership, ..quorums(quorum, quorum, homes) }
}

const fn add(id: u8) -> Operation {
    Operation::AddReplica(ReplicaId(id))
}

const fn remove(id: u8) -> Operation {
    Operation::RemoveReplica(ReplicaId(id))
}

fn after(changes: u64, members: &[u8]) -> Homes {
    Homes { changes, members: ReplicaSet::of(members) }
}

fn tag(client: u64, homes: Homes) -> Tag {
    Tag { author: author(client, 1), incarnation: 0, homes }
}

fn piece(keys: &[&str], last: Option<&str>) -> Piece {
    let written = |key: &&str| (Key::from(*key), register(version(1, 2, 1), key));
    Piece { registers: keys.iter().map(written).collect(), last: last.map(Key::from) }
}

#[test]
fn whoever_keeps_the_list_alone_takes_changes_on_and_only_possible_ones() {
    let refused = |policy, me, operation| replies(&Bench::start(policy, me).ask(1, 1, operation));
    let impossible = [(1, Outcome::Refused(Refusal::ChangeImpossible))];
    let elsewhere = Refusal::NotLeader { leader: Some(ReplicaId(0)) };
    assert_eq!(refused(changing(3), 1, add(3)), [(1, Outcome::Refused(elsewhere))]);
    assert_eq!(refused(changing(3), 0, add(4)), impossible);
    assert_eq!(refused(changing(1), 0, remove(0)), impossible);
    assert_eq!(refused(quorums(2, 2, 3), 0, add(3)), impossible);
    assert_eq!(refused(changing(3), 0, add(2)), [(1, Outcome::Done)]);
}

#[test]
fn a_home_joins_once_a_majority_holds_what_a_majority_held() {
    let mut bench = Bench::start(changing(3), 0);
    let asked = bench.ask(1, 1, add(3));
    assert_eq!(receivers(&asked), [1, 2, 3]);
    let tag = tag(1, after(1, &[0, 1, 2, 3]));
    let gathered = |piece| Message::Gathered { tag, after: None, piece };
    assert!(bench.hear(3, gathered(Piece::default())).is_empty(), "it was no home");
    let held = piece(&["x"], None);
    let spread = bench.hear(1, gathered(held.clone()));
    let settle = Message::Settle { tag, piece: held.clone() };
    assert_eq!(spread.send, [(ReplicaId(2), settle.clone()), (ReplicaId(3), settle)]);
    assert_eq!(bench.held(), Some(&held.registers[0].1), "the keeper is a home, too");
    let waits = bench.ask(2, 1, remove(2));
    assert_eq!(replies(&waits), [(2, Outcome::Refused(Refusal::ChangeUnderWay))]);
    let settled = bench.hear(3, Message::Settled { tag, last: None });
    assert_eq!(replies(&settled), [(1, Outcome::Done)]);
    assert_eq!(bench.replica.durable.unsettled, None);
}

#[test]
fn ranges_are_handed_over_one_after_the_other() {
    let mut bench = Bench::start(Leaderless { batch: 1, ..changing(1) }, 0);
    for (client, key) in [(2, "x"), (3, "y")] {
        let mut store = write("1");
        if let Operation::Write { key: at, .. } = &mut store {
            *at = Key::from(key);
        }
        bench.ask(client, 1, store);
    }
    let first = bench.ask(1, 1, add(1));
    let tag = tag(1, after(1, &[0, 1]));
    let pieces = |effects: &super::bench::Effects| -> Vec<Vec<Key>> {
        let keys = |piece: &Piece| piece.registers.iter().map(|(key, _)| key.clone()).collect();
        let told = effects.send.iter().filter_map(|(_, message)| {
            let Message::Settle { piece, .. } = message else { return None };
            Some(keys(piece))
        });
        told.collect()
    };
    assert_eq!(pieces(&first), [[x()]]);
    let second = bench.hear(1, Message::Settled { tag, last: Some(x()) });
    assert_eq!(pieces(&second), [[Key::from("y")]]);
    let early = bench.hear(1, Message::Settled { tag, last: Some(x()) });
    assert!(early.is_empty(), "that was the range before");
    let last = bench.hear(1, Message::Settled { tag, last: None });
    assert_eq!(replies(&last), [(1, Outcome::Done)]);
}

#[test]
fn only_what_all_have_told_of_is_handed_over_at_once() {
    let mut bench = Bench::start(changing(3), 0);
    bench.ask(1, 1, add(3));
    let tag = tag(1, after(1, &[0, 1, 2, 3]));
    let gathered = Message::Gathered { tag, after: None, piece: piece(&["x", "y"], Some("y")) };
    let spread = bench.hear(1, gathered);
    let told = Message::Settle { tag, piece: piece(&["x", "y"], Some("y")) };
    assert!(spread.send.contains(&(ReplicaId(3), told)));
    let next = bench.hear(1, Message::Settled { tag, last: Some(Key::from("y")) });
    assert!(next.is_empty());
    let next = bench.hear(3, Message::Settled { tag, last: Some(Key::from("y")) });
    let gather = Message::Gather { tag, after: Some(Key::from("y")) };
    assert!(next.send.contains(&(ReplicaId(1), gather)));
}

#[test]
fn a_change_that_was_cut_short_is_finished_by_asking_again() {
    let mut bench = Bench::start(changing(1), 0);
    bench.ask(1, 1, add(1));
    let mut bench = bench.restart();
    let other = bench.ask(2, 1, add(2));
    assert_eq!(replies(&other), [(2, Outcome::Refused(Refusal::ChangeUnderWay))]);
    bench.ask(1, 1, add(1));
    let tag = Tag { incarnation: 1, ..tag(1, after(1, &[0, 1])) };
    let settled = bench.hear(1, Message::Settled { tag, last: None });
    assert_eq!(replies(&settled), [(1, Outcome::Done)]);
}

#[test]
fn whoever_asks_homes_from_before_a_change_hears_of_it_and_nothing_else() {
    let mut bench = Bench::start(changing(1), 0);
    bench.ask(1, 1, add(1));
    let before = tag(3, after(0, &[0]));
    let outdated = [(ReplicaId(2), Message::Outdated { homes: after(1, &[0, 1]) })];
    let ask = bench.hear(2, Message::Ask { tag: before, key: x() });
    assert_eq!(ask.send, outdated);
    let register = register(version(1, 3, 2), "1");
    let store = bench.hear(2, Message::Store { tag: before, key: x(), register });
    assert_eq!(store.send, outdated);
    assert_eq!(bench.held(), None);
}

#[test]
fn whoever_hears_of_a_change_starts_again_among_the_homes_after_it() {
    let mut bench = Bench::start(changing(1), 2);
    bench.ask(3, 1, read());
    bench.ask(4, 1, write("1"));
    let homes = after(1, &[0, 1]);
    let heard = bench.hear(0, Message::Outdated { homes });
    let told = receivers(&heard);
    assert_eq!(told, [0, 1, 0, 1], "each asks both");
    let late = Message::Answer { tag: tag(3, after(0, &[0])), register: Register::default() };
    assert!(bench.hear(0, late).is_empty(), "that was among the homes before");
    let Stage::Asking { answers } = &bench.replica.pending[&author(3, 1)].stage else {
        panic!("it still asks");
    };
    assert!(answers.is_empty());
    assert!(bench.hear(1, Message::Outdated { homes: after(1, &[2]) }).is_empty(), "no news");
}

#[test]
fn whoever_is_asked_among_later_homes_takes_them_on() {
    let mut bench = Bench::start(changing(1), 1);
    let later = tag(3, after(2, &[1, 2]));
    bench.hear(2, Message::Ask { tag: later, key: x() });
    assert_eq!(bench.replica.durable.homes, after(2, &[1, 2]));
    let nobody = tag(3, after(3, &[]));
    bench.hear(2, Message::Ask { tag: nobody, key: x() });
    assert_eq!(bench.replica.durable.homes, after(2, &[1, 2]));
}

#[test]
fn what_may_have_been_lost_of_a_change_is_sent_again() {
    let mut bench = Bench::start(changing(3), 0);
    bench.ask(1, 1, add(3));
    assert_eq!(receivers(&bench.fire(Timer::Resend)), [1, 2, 3]);
    let tag = tag(1, after(1, &[0, 1, 2, 3]));
    bench.hear(1, Message::Gathered { tag, after: None, piece: piece(&["x"], None) });
    assert_eq!(receivers(&bench.fire(Timer::Resend)), [2, 3]);
    let late = bench.fire(Timer::Deadline);
    assert_eq!(replies(&late), [(1, Outcome::Indeterminate)]);
}

#[test]
fn policies_that_do_not_fit_homes_that_change_are_senseless() {
    assert!(changing(3).validate().is_ok());
    let wrong = [
        ("w", Leaderless { write_quorum: 3, ..changing(3) }),
        ("r", Leaderless { read_quorum: 1, ..changing(3) }),
        ("fallback", Leaderless { fallback: Fallback::KeepsHints, ..changing(3) }),
        ("deletion", Leaderless { deletion: Deletion::Erased, ..changing(3) }),
        ("agreement", Leaderless { agreement: Agreement::Everything, ..changing(3) }),
    ];
    for (setting, policy) in wrong {
        let problem = policy.validate().expect_err(setting);
        assert_eq!(problem.setting, setting);
    }
}
