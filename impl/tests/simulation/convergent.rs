//! Replication that converges: all replicas show the same in the end, and what was acknowledged is in it, as
//! far as the rules promise that.

use std::collections::BTreeSet;

use holdfast_models::consistency::{Guarantee, History, OperationId, Record};
use holdfast_models::multi_leader::convergent::{
    Cell, Clock, Convergent, Propagation, RegisterRule, SetRule, TextRule, Ties, Topology,
};
use holdfast_models::vocabulary::{Edit, Key, Map, Operation, Outcome, Place, Value};
use holdfast_node::random::Random;

use crate::judge::{self, Verdict};
use crate::plan::{Plan, of_registers};

/// What a configuration promises, by a name for it: that nothing takes effect twice, that all show the same
/// in the end, and that nothing is missing from it which was acknowledged.
pub(crate) fn promised() -> Vec<(&'static str, Convergent, &'static [Guarantee])> {
    const ONCE: &[Guarantee] = &[Guarantee::ExactlyOnce];
    let usual = Convergent::keeping_all(3);
    vec![
        ("all versions", usual, ONCE),
        (
            "small messages in a ring",
            Convergent { batch: 1, topology: Topology::Ring, ..usual },
            ONCE,
        ),
        (
            "a star of five",
            Convergent { topology: Topology::Star, ..Convergent::keeping_all(5) },
            ONCE,
        ),
        (
            "tombstones and RGA",
            Convergent { set: SetRule::Tombstones, text: TextRule::LaterFirst, ..usual },
            ONCE,
        ),
        ("whole states", Convergent { propagation: Propagation::States, ..usual }, ONCE),
    ]
}

pub(crate) fn assert_kept(seeds: std::ops::Range<u64>) {
    crate::assert_each(seeds, |seed| {
        let mut configurations = promised().into_iter();
        configurations
            .find_map(|(name, policy, promised)| crate::broken(seed, name, policy, promised))
    });
}

/// A client updates data of any type. Every value is given once.
pub(crate) fn operation(client: u64, index: u64, random: &mut Random) -> Operation {
    let own = format!("{client}.{index}");
    let value = || Value::from(own.as_str());
    let place = Place(random.below(8) as u32);
    let (key, edit) = match random.below(8) {
        0..3 => return of_registers(client, index, random),
        3 => ("s", Edit::Include(value())),
        4 => {
            let other = format!("{}.{}", random.below(3), random.below(index + 1));
            ("s", Edit::Exclude(Value::from(other.as_str())))
        }
        5..7 => ("t", Edit::Insert { place, element: value() }),
        _ => ("t", Edit::Erase { place }),
    };
    Operation::Edit { key: Key::from(key), edit }
}

/// What was acknowledged and is not in `cells`, if anything is missing.
pub(crate) fn missing(history: &History, cells: &Map<Key, Cell>) -> Option<String> {
    let none = Cell::default();
    let at = |key: &str| cells.get(&Key::from(key)).unwrap_or(&none);
    let written = ["x", "y"].into_iter().find_map(|key| missing_write(history, key, at(key)));
    written
        .or_else(|| miscounted(history, at("n")))
        .or_else(|| missing_element(history, at("s")))
        .or_else(|| missing_typing(history, at("t")))
}

type Told<'a> = (OperationId, &'a Record);

fn outcome<'a>((_, record): &Told<'a>) -> Option<&'a Outcome> {
    record.outcome()
}

/// A write that is gone although no other was made that could have known of it.
fn missing_write(history: &History, key: &str, cell: &Cell) -> Option<String> {
    let written = |record: &Record| match &record.operation {
        Operation::Write { key: at, value } if *at == Key::from(key) => Some(value.clone()),
        _other => None,
    };
    let shown: Vec<_> =
        cell.register.versions().iter().filter_map(|version| version.value.clone()).collect();
    history.operations().find_map(|told| {
        let value = written(told.1).filter(|_| outcome(&told) == Some(&Outcome::Done))?;
        let may_know = |(id, record): Told<'_>| {
            let ended = record.returned.as_ref().map(|end| end.at);
            id != told.0
                && written(record).is_some()
                && ended.is_none_or(|ended| ended >= told.1.invoked)
        };
        let is_there = shown.contains(&value) || history.operations().any(may_know);
        (!is_there).then(|| format!("{value} was acknowledged, and {key} shows {shown:?}"))
    })
}

fn miscounted(history: &History, cell: &Cell) -> Option<String> {
    let (mut least, mut most) = (0, 0);
    for (_, record) in history.operations() {
        if let Operation::Add { amount, .. } = record.operation {
            match record.outcome() {
                Some(Outcome::Counted(_)) => (least, most) = (least + amount, most + amount),
                Some(_) => {}
                None => most += amount,
            }
        }
    }
    let found = cell.counter.value();
    (!(least..=most).contains(&found))
        .then(|| format!("{found} was counted, of {least} acknowledged and {most} asked"))
}

fn edits(history: &History) -> impl Iterator<Item = (&Edit, Option<&Outcome>)> {
    history.operations().filter_map(|(_, record)| match &record.operation {
        Operation::Edit { edit, .. } => Some((edit, record.outcome())),
        _other => None,
    })
}

fn missing_element(history: &History, cell: &Cell) -> Option<String> {
    let shown: BTreeSet<_> = cell.set.elements().cloned().collect();
    let excluding: BTreeSet<_> = edits(history)
        .filter_map(|(edit, _)| match edit {
            Edit::Exclude(element) => Some(element),
            Edit::Include(_) | Edit::Insert { .. } | Edit::Erase { .. } => None,
        })
        .collect();
    edits(history).find_map(|(edit, outcome)| match (edit, outcome) {
        (Edit::Include(element), Some(Outcome::Done))
            if !shown.contains(element) && !excluding.contains(element) =>
        {
            Some(format!("{element} was included and nobody excluded it: {shown:?}"))
        }
        (Edit::Exclude(element), Some(Outcome::Found(Some(_)))) if shown.contains(element) => {
            Some(format!("{element} was excluded and is there: {shown:?}"))
        }
        (Edit::Include(_) | Edit::Exclude(_) | Edit::Insert { .. } | Edit::Erase { .. }, _) => None,
    })
}

fn missing_typing(history: &History, cell: &Cell) -> Option<String> {
    let shown: Vec<_> = cell.text.values().cloned().collect();
    let (mut gone, mut open) = (BTreeSet::new(), 0);
    for (edit, outcome) in edits(history) {
        match (edit, outcome) {
            (Edit::Erase { .. }, Some(Outcome::Found(Some(element)))) => {
                gone.insert(element.clone());
            }
            (Edit::Erase { .. }, None) => open += 1,
            (Edit::Include(_) | Edit::Exclude(_) | Edit::Insert { .. } | Edit::Erase { .. }, _) => {
            }
        }
    }
    let missing: Vec<_> = edits(history)
        .filter_map(|(edit, outcome)| match (edit, outcome) {
            (Edit::Insert { element, .. }, Some(Outcome::Done)) => Some(element),
            (Edit::Include(_) | Edit::Exclude(_) | Edit::Insert { .. } | Edit::Erase { .. }, _) => {
                None
            }
        })
        .filter(|element| !shown.contains(element) && !gone.contains(*element))
        .collect();
    let back: Vec<_> = shown.iter().filter(|element| gone.contains(*element)).collect();
    (missing.len() > open || !back.is_empty()).then(|| {
        format!("{missing:?} were typed, and {back:?} erased: {shown:?}; {open} erasures are open")
    })
}

#[test]
fn replicas_converge_and_keep_what_was_acknowledged_through_crashes_and_partitions() {
    assert_kept(0..40);
}

/// What the models predict (`clock-behind-loses`): a later write loses where its clock is behind. The judge
/// that finds nothing above finds it here.
#[test]
fn wall_clocks_that_differ_lose_writes_that_were_acknowledged() {
    let latest = RegisterRule::LastWriter { clock: Clock::Wall, ties: Ties::HigherReplica };
    let policy = Convergent { register: latest, ..Convergent::keeping_all(3) };
    let lost = (0..30).filter(|seed| {
        let verdict = judge::run(&Plan::random(*seed, policy), &[]);
        matches!(verdict, Verdict::Broken(reason) if reason.contains("was acknowledged, and"))
    });
    assert!(lost.count() > 3);
}

/// What the models predict (`last-arrival-wins`): replicas that keep whatever came last disagree for ever.
#[test]
fn whatever_arrived_last_is_not_the_same_everywhere() {
    let policy = Convergent { register: RegisterRule::LastArrived, ..Convergent::keeping_all(3) };
    let differs = |seed| {
        let verdict = judge::run(&Plan::random(seed, policy), &[]);
        matches!(verdict, Verdict::Broken(reason) if reason.contains("show different things"))
    };
    assert!((0..300).any(differs));
}
