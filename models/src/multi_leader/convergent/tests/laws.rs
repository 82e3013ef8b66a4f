//! Laws of merging, over stores that replicas can come to: in any order, any number of times, to the
//! same (Shapiro et al. 2011, §2.3).

use proptest::prelude::*;

use super::bench::{Bench, add, key};
use crate::multi_leader::convergent::{
    Cell, Clock, Convergent, CounterRule, Message, Propagation, RegisterRule, Ties,
};
use crate::vocabulary::{Operation, Value};

/// What happens to three replicas, and where.
#[derive(Clone, Copy, Debug)]
enum Act {
    Update(u8),
    Tell(u8, u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (0..3u8).prop_map(Act::Update),
        (0..3u8, 0..3u8).prop_map(|(from, to)| Act::Tell(from, to)),
    ];
    prop::collection::vec(act, 0..20)
}

/// The cells of three replicas after `acts`.
fn cells(policy: Convergent, is_counter: bool, acts: &[Act]) -> [Cell; 3] {
    let mut replicas = [0, 1, 2].map(|me| Bench::start(policy, me));
    for (request, act) in (1..).zip(acts) {
        match *act {
            Act::Update(at) if is_counter => {
                let amount = if request % 3 == 0 { -2 } else { 1 };
                replicas[usize::from(at)].ask(request, 1, add(amount));
            }
            Act::Update(at) => {
                let value = Value::from(request as i64);
                let write = Operation::Write { key: key(), value };
                replicas[usize::from(at)].ask(request, 1, write);
            }
            Act::Tell(from, to) if from != to => {
                let durable = replicas[usize::from(from)].replica.durable.clone();
                let state = Message::State {
                    delivered: durable.delivered,
                    time: durable.time,
                    cells: durable.cells,
                    answered: durable.answered,
                };
                replicas[usize::from(to)].receive(from, state);
            }
            Act::Tell(..) => {}
        }
    }
    replicas.map(|replica| replica.cell())
}

fn merged(policy: Convergent, one: &Cell, other: &Cell) -> Cell {
    let mut both = one.clone();
    both.merge(&policy, other);
    both
}

fn merging(register: RegisterRule, counter: CounterRule) -> Convergent {
    let propagation = Propagation::States;
    Convergent { register, counter, propagation, ..Convergent::keeping_all(3) }
}

fn lawful() -> impl Strategy<Value = (Convergent, bool)> {
    let latest = |clock| RegisterRule::LastWriter { clock, ties: Ties::HigherReplica };
    let register = prop_oneof![
        Just(latest(Clock::Wall)),
        Just(latest(Clock::Lamport)),
        Just(latest(Clock::Hybrid)),
        Just(RegisterRule::HighestReplica),
        Just(RegisterRule::KeepAll),
    ];
    let counter = prop_oneof![Just(CounterRule::PerReplica), Just(CounterRule::Additions)];
    (register, counter, any::<bool>())
        .prop_map(|(register, counter, is_counter)| (merging(register, counter), is_counter))
}

proptest! {
    #[test]
    fn merging_is_a_join((policy, is_counter) in lawful(), acts in acts()) {
        let [a, b, c] = cells(policy, is_counter, &acts);
        let merged = |one: &Cell, other: &Cell| merged(policy, one, other);
        prop_assert_eq!(merged(&a, &b), merged(&b, &a), "in any order");
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)), "in any groups");
        prop_assert_eq!(merged(&a, &a), a.clone(), "any number of times");
        prop_assert_eq!(merged(&merged(&a, &b), &b), merged(&a, &b), "nothing merged is lost");
    }
}

/// Replica 2 writes; replica 1 does, knowing nothing; replica 0 does, knowing of replica 2's write.
const ROCK_PAPER_SCISSORS: &[Act] =
    &[Act::Update(2), Act::Update(1), Act::Tell(2, 0), Act::Update(0)];

#[test]
fn keeping_only_the_winner_depends_on_the_order() {
    let policy = merging(RegisterRule::KeepWinner, CounterRule::PerReplica);
    let [a, b, c] = cells(policy, false, ROCK_PAPER_SCISSORS);
    let left = merged(policy, &merged(policy, &a, &b), &c);
    let right = merged(policy, &a, &merged(policy, &b, &c));
    assert_ne!(left, right);
}
