//! Laws of merging, over stores that replicas can come to: in any order, any number of times, to the
//! same (Shapiro et al. 2011, §2.3).

use proptest::prelude::*;

use super::bench::{Bench, add, erase, exclude, include, insert, key};
use crate::multi_leader::convergent::collection::note_removal;
use crate::multi_leader::convergent::set::Memory;
use crate::multi_leader::convergent::{
    Cell, Clock, Convergent, CounterRule, Delivery, Kind, Propagation, RegisterRule, SetRule,
    TextRule, Ties,
};
use crate::vocabulary::{Context, Dot, Map, Operation, Value};

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

/// What a replica has at the one key, and what it knows of what it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    cell: Cell,
    delivered: Context,
    removed: Map<Dot, Dot>,
}

impl Held {
    fn by(replica: &Bench) -> Self {
        let durable = replica.replica.durable.clone();
        Self { cell: replica.cell(), delivered: durable.delivered, removed: durable.removed }
    }

    const fn memory(&self) -> Memory<'_> {
        Memory { delivered: &self.delivered, removed: &self.removed }
    }

    fn merged(&self, policy: &Convergent, other: &Self) -> Self {
        let mut both = self.clone();
        both.cell.merge(policy, self.memory(), &other.cell, other.memory());
        both.delivered.merge(&other.delivered);
        for (addition, removal) in other.removed.iter() {
            note_removal(&mut both.removed, *addition, *removal);
        }
        both
    }
}

/// What is asked for as the `number`-th thing.
fn update(kind: Kind, number: u64) -> Operation {
    let value = || Value::from(i64::try_from(number).expect("few requests"));
    let place = u32::try_from(number % 3).expect("a small number");
    match kind {
        Kind::Register => Operation::Write { key: key(), value: value() },
        Kind::Counter => add(if number.is_multiple_of(3) { -2 } else { 1 }),
        Kind::Set if number.is_multiple_of(2) => exclude("a"),
        Kind::Set => include("a"),
        Kind::Text if number.is_multiple_of(4) => erase(place),
        Kind::Text => insert(place, &number.to_string()),
    }
}

/// What three replicas hold after `acts`.
fn held(policy: Convergent, kind: Kind, acts: &[Act]) -> [Held; 3] {
    let mut replicas = [0, 1, 2].map(|me| Bench::start(policy, me));
    for (number, act) in (1..).zip(acts) {
        match *act {
            Act::Update(at) => {
                replicas[usize::from(at)].ask(number, 1, update(kind, number));
            }
            Act::Tell(from, to) if from != to => {
                let state = replicas[usize::from(from)].state();
                replicas[usize::from(to)].receive(from, state);
            }
            Act::Tell(..) => {}
        }
    }
    replicas.each_ref().map(Held::by)
}

const fn by_states() -> Convergent {
    let propagation = Propagation::States;
    Convergent { propagation, delivery: Delivery::Any, ..Convergent::keeping_all(3) }
}

const fn latest(clock: Clock) -> Convergent {
    let register = RegisterRule::LastWriter { clock, ties: Ties::HigherReplica };
    Convergent { register, ..by_states() }
}

/// The rules that are lawful, each with the kind of data that it is about.
const LAWFUL: &[(Kind, Convergent)] = &[
    (Kind::Register, latest(Clock::Wall)),
    (Kind::Register, latest(Clock::Lamport)),
    (Kind::Register, latest(Clock::Hybrid)),
    (Kind::Register, Convergent { register: RegisterRule::HighestReplica, ..by_states() }),
    (Kind::Register, Convergent { register: RegisterRule::KeepAll, ..by_states() }),
    (Kind::Counter, Convergent { counter: CounterRule::PerReplica, ..by_states() }),
    (Kind::Counter, Convergent { counter: CounterRule::Additions, ..by_states() }),
    (Kind::Set, Convergent { set: SetRule::Tombstones, ..by_states() }),
    (Kind::Set, Convergent { set: SetRule::Context, ..by_states() }),
    (Kind::Text, Convergent { text: TextRule::LaterFirst, ..by_states() }),
    (Kind::Text, Convergent { text: TextRule::RunsTogether, ..by_states() }),
];

/// Whether merging what three replicas hold is a join.
fn is_join(policy: &Convergent, [a, b, c]: &[Held; 3]) -> bool {
    let merged = |one: &Held, other: &Held| one.merged(policy, other);
    let in_any_order = merged(a, b) == merged(b, a);
    let in_any_groups = merged(&merged(a, b), c) == merged(a, &merged(b, c));
    let any_number_of_times = merged(a, a) == *a;
    let nothing_is_lost = merged(&merged(a, b), b) == merged(a, b);
    in_any_order && in_any_groups && any_number_of_times && nothing_is_lost
}

proptest! {
    #[test]
    fn merging_is_a_join((kind, policy) in prop::sample::select(LAWFUL), acts in acts()) {
        let held = held(policy, kind, &acts);
        prop_assert!(is_join(&policy, &held), "{:#?}", held);
    }
}

/// All sequences of `length` acts in which somebody is told by each and tells each.
fn all_acts(length: usize) -> Vec<Vec<Act>> {
    let updates = (0..3).map(Act::Update);
    let tells = [(0, 1), (1, 2), (2, 0), (1, 0)].map(|(from, to)| Act::Tell(from, to));
    let acts: Vec<_> = updates.chain(tells).collect();
    (0..length).fold(vec![Vec::new()], |shorter, _| {
        let longer = |acts_before: &Vec<Act>| {
            let before = acts_before.clone();
            acts.iter().map(move |act| [&before[..], &[*act]].concat()).collect::<Vec<_>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}

#[test]
fn merging_is_a_join_after_whatever_four_things_happen() {
    let all = all_acts(4);
    for (kind, policy) in LAWFUL {
        for acts in &all {
            let held = held(*policy, *kind, acts);
            assert!(is_join(policy, &held), "{policy:?} {acts:?}\n{held:#?}");
        }
    }
}

/// Replica 2 writes; replica 1 does, knowing nothing; replica 0 does, knowing of replica 2's write.
const ROCK_PAPER_SCISSORS: &[Act] =
    &[Act::Update(2), Act::Update(1), Act::Tell(2, 0), Act::Update(0)];

#[test]
fn keeping_only_the_winner_depends_on_the_order() {
    let policy = Convergent { register: RegisterRule::KeepWinner, ..by_states() };
    let held = held(policy, Kind::Register, ROCK_PAPER_SCISSORS);
    assert!(!is_join(&policy, &held));
}

/// Replica 0 includes, and tells replica 1; then replica 0 excludes.
const EXCLUDED_AFTER_IT_WAS_TOLD: &[Act] =
    &[Act::Update(0), Act::Update(2), Act::Tell(0, 1), Act::Update(0)];

#[test]
fn a_union_of_sets_is_a_join_that_forgets_removals() {
    for rule in [SetRule::Elements, SetRule::Additions] {
        let policy = Convergent { set: rule, ..by_states() };
        let [zero, one, two] = held(policy, Kind::Set, EXCLUDED_AFTER_IT_WAS_TOLD);
        assert!(!zero.cell.set.is_used() && one.cell.set.is_used());
        assert!(zero.merged(&policy, &one).cell.set.is_used(), "{rule:?}: it is back");
        assert!(is_join(&policy, &[zero, one, two]), "{rule:?}");
    }
}
