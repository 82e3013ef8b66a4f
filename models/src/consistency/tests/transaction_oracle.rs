//! The guarantees about transactions once more, as their definitions say and as naively as possible.

use std::collections::{BTreeMap, BTreeSet};

use crate::consistency::History;
use crate::vocabulary::{Key, Operation, Outcome, Value};

type Store = BTreeMap<Key, i64>;

/// One operation: what it must have found, what it puts, and what it adds.
struct Transaction {
    found: Vec<(Key, Option<i64>)>,
    puts: Store,
    adds: Store,
}

impl Transaction {
    fn writes(&self) -> BTreeSet<&Key> {
        self.puts.keys().chain(self.adds.keys()).collect()
    }

    fn fits(&self, store: &Store) -> bool {
        self.found.iter().all(|(key, found)| store.get(key) == found.as_ref())
    }

    fn apply(&self, store: &mut Store) {
        for (key, value) in &self.puts {
            store.insert(key.clone(), *value);
        }
        for (key, amount) in &self.adds {
            let sum = at(store, key) + amount;
            store.insert(key.clone(), sum);
        }
    }
}

fn at(store: &Store, key: &Key) -> i64 {
    store.get(key).copied().unwrap_or(0)
}

fn number(value: &Value) -> i64 {
    value.as_number().expect("the oracle knows numbers")
}

/// Every choice of which unanswered operations took effect.
fn choices(history: &History) -> Vec<Vec<Transaction>> {
    let ids: Vec<_> = history.operations().map(|(id, _)| id).collect();
    let mut all = Vec::new();
    for chosen in 0..1_u32 << ids.len() {
        let mut transactions = Vec::new();
        let mut is_possible = true;
        for (place, id) in ids.iter().enumerate() {
            let record = history.get(*id).expect("it was invoked");
            let takes_part = chosen >> place & 1 == 1;
            is_possible &= takes_part || record.returned.is_none();
            if takes_part {
                transactions.push(transaction(&record.operation, record.outcome()));
            }
        }
        if is_possible {
            all.push(transactions);
        }
    }
    all
}

fn transaction(operation: &Operation, outcome: Option<&Outcome>) -> Transaction {
    let mut of = Transaction { found: Vec::new(), puts: Store::new(), adds: Store::new() };
    match (operation, outcome) {
        (Operation::Transact { reads, writes, .. }, outcome) => {
            if let Some(Outcome::Transacted(found)) = outcome {
                let found = found.iter().map(|value| value.as_ref().map(number));
                of.found = reads.iter().cloned().zip(found).collect();
            }
            for (key, value) in writes {
                of.puts.insert(key.clone(), number(value.as_ref().expect("nothing is deleted")));
            }
        }
        (Operation::Add { key, amount }, outcome) => {
            of.adds.insert(key.clone(), *amount);
            if let Some(Outcome::Counted(sum)) = outcome {
                // Nobody writes 0: it found nothing.
                let before = sum - amount;
                of.found.push((key.clone(), (before != 0).then_some(before)));
            }
        }
        (other, _) => panic!("the oracle does not know {other}"),
    }
    of
}

fn permutations(of: usize) -> Vec<Vec<usize>> {
    let Some(last) = of.checked_sub(1) else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for shorter in permutations(last) {
        for place in 0..=shorter.len() {
            let mut longer = shorter.clone();
            longer.insert(place, last);
            all.push(longer);
        }
    }
    all
}

/// Whether some permutation leads to what each found.
pub(super) fn serializable(history: &History) -> bool {
    choices(history).iter().any(|transactions| {
        permutations(transactions.len()).iter().any(|order| {
            let mut store = Store::new();
            order.iter().all(|index| {
                let fits = transactions[*index].fits(&store);
                transactions[*index].apply(&mut store);
                fits
            })
        })
    })
}

/// Whether some interleaving of beginnings and commits leads to what each found, and no two that overlap write the same.
pub(super) fn snapshot_isolated(history: &History) -> bool {
    choices(history).iter().any(|transactions| {
        let running = BTreeMap::new();
        let left: BTreeSet<usize> = (0..transactions.len()).collect();
        interleaving_exists(transactions, &left, &running, &Store::new())
    })
}

/// Those that run have seen a store, and know what has been written since.
fn interleaving_exists(
    transactions: &[Transaction],
    left: &BTreeSet<usize>,
    running: &BTreeMap<usize, BTreeSet<Key>>,
    store: &Store,
) -> bool {
    if left.is_empty() && running.is_empty() {
        return true;
    }
    let begins = left.iter().any(|index| {
        transactions[*index].fits(store) && {
            let (mut left, mut running) = (left.clone(), running.clone());
            left.remove(index);
            running.insert(*index, BTreeSet::new());
            interleaving_exists(transactions, &left, &running, store)
        }
    });
    begins
        || running.iter().any(|(index, written)| {
            let writes = transactions[*index].writes();
            !writes.iter().any(|key| written.contains(*key)) && {
                let mut running = running.clone();
                running.remove(index);
                for others in running.values_mut() {
                    others.extend(writes.iter().map(|key| (*key).clone()));
                }
                let mut store = store.clone();
                transactions[*index].apply(&mut store);
                interleaving_exists(transactions, left, &running, &store)
            }
        })
}

/// Whether some transitive relation without cycles, in which writers to the same register see each other one way, leads to
/// what each found.
pub(super) fn parallel_snapshot_isolated(history: &History) -> bool {
    choices(history).iter().any(|transactions| {
        let count = transactions.len();
        // A relation without cycles agrees with some permutation, so it is a subset of its pairs.
        permutations(count).iter().any(|order| {
            let pairs: Vec<(usize, usize)> = (0..count)
                .flat_map(|later| (0..later).map(move |earlier| (earlier, later)))
                .map(|(earlier, later)| (order[earlier], order[later]))
                .collect();
            (0..1_u32 << pairs.len()).any(|chosen| {
                let sees: BTreeSet<(usize, usize)> = pairs
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| chosen >> place & 1 == 1)
                    .map(|(_, pair)| *pair)
                    .collect();
                is_parallel_order(transactions, order, &sees)
            })
        })
    })
}

fn is_parallel_order(
    transactions: &[Transaction],
    order: &[usize],
    sees: &BTreeSet<(usize, usize)>,
) -> bool {
    let is_transitive = sees.iter().all(|(first, second)| {
        let after = sees.iter().filter(|(next, _)| next == second);
        after.into_iter().all(|(_, third)| sees.contains(&(*first, *third)))
    });
    let is_visible = |one: usize, other: usize| sees.contains(&(one, other));
    let writers_meet = (0..transactions.len()).all(|one| {
        (0..one).all(|other| {
            let (left, right) = (transactions[one].writes(), transactions[other].writes());
            left.is_disjoint(&right) || is_visible(one, other) || is_visible(other, one)
        })
    });
    is_transitive
        && writers_meet
        && order.iter().all(|reader| {
            let mut store = Store::new();
            for writer in order.iter().filter(|writer| is_visible(**writer, *reader)) {
                transactions[*writer].apply(&mut store);
            }
            transactions[*reader].fits(&store)
        })
}
