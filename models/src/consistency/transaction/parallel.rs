//! Parallel snapshot isolation: no one order of all commits, but one for each register.
//!
//! There is a relation of who sees whom, without cycles, in which whoever sees a transaction also sees what that saw.
//! Of two that write to the same register one sees the other. Each found at every register what the last writer of it
//! left that it sees (Sovran et al. 2011; Cerone, Bernardi & Gotsman 2015).
//!
//! Given the order of writers at each register, and which of them each reader saw last, the smallest such relation
//! is what those demand: it is enough that it has no cycle and shows nobody more.

use super::{Transaction, transactions};
use crate::consistency::facts::Fact;
use crate::consistency::register::Content;
use crate::consistency::relation::Relation;

/// Whether some relation of who sees whom explains what was found.
pub(in crate::consistency) fn is_parallel_snapshot_isolated(facts: &[Fact<'_>]) -> bool {
    let all = transactions(facts);
    let (settled, open): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.is_settled());
    // What nobody answered may have taken effect, or not.
    (0..1_u64 << open.len()).any(|chosen| {
        let took_effect = open.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1);
        let taking_part = settled.iter().copied().chain(took_effect.map(|(_, one)| *one));
        let search = Search::new(taking_part.collect());
        search.orders_writers(&mut Vec::new())
    })
}

struct Search<'t, 'h> {
    transactions: Vec<&'t Transaction<'h>>,
    registers: usize,
}

/// Who writes to a register, in order.
type Writers = Vec<usize>;

/// A transaction that tells what a register held to which it does not write, and of how many writers it may have seen the
/// last.
struct Reader {
    transaction: usize,
    register: usize,
    choices: Vec<usize>,
}

impl<'t, 'h> Search<'t, 'h> {
    fn new(transactions: Vec<&'t Transaction<'h>>) -> Self {
        let parts = transactions.iter().flat_map(|transaction| &transaction.parts);
        let registers = parts.map(|part| part.register + 1).max().unwrap_or(0);
        Self { transactions, registers }
    }

    /// What transaction `index` did at `register`.
    fn part(&self, index: usize, register: usize) -> Option<&'t Fact<'h>> {
        self.transactions[index].parts.iter().find(|part| part.register == register)
    }

    /// Tries every order of writers at the registers after those whose writers are in order.
    fn orders_writers(&self, ordered: &mut Vec<(Writers, Vec<Content<'h>>)>) -> bool {
        let register = ordered.len();
        if register == self.registers {
            return self.readers_fit(ordered);
        }
        let mut left: Vec<usize> = (0..self.transactions.len())
            .filter(|index| self.part(*index, register).is_some_and(Fact::is_update))
            .collect();
        let mut contents = vec![Content::Nothing];
        self.orders_left(ordered, &mut Vec::new(), &mut left, &mut contents)
    }

    /// Each writer saw all earlier writers of the register, and found what they left.
    fn orders_left(
        &self,
        ordered: &mut Vec<(Writers, Vec<Content<'h>>)>,
        writers: &mut Writers,
        left: &mut Vec<usize>,
        contents: &mut Vec<Content<'h>>,
    ) -> bool {
        let register = ordered.len();
        if left.is_empty() {
            ordered.push((writers.clone(), contents.clone()));
            let found = self.orders_writers(ordered);
            ordered.pop();
            return found;
        }
        for place in 0..left.len() {
            let writer = left[place];
            let latest = contents[writers.len()];
            let Some(next) = self.part(writer, register).and_then(|part| part.on(latest)) else {
                continue;
            };
            left.remove(place);
            writers.push(writer);
            contents.push(next);
            if self.orders_left(ordered, writers, left, contents) {
                return true;
            }
            contents.pop();
            writers.pop();
            left.insert(place, writer);
        }
        false
    }

    /// Whether every reader can have seen some of the writers, given their orders.
    fn readers_fit(&self, ordered: &[(Writers, Vec<Content<'h>>)]) -> bool {
        let mut readers = Vec::new();
        for transaction in 0..self.transactions.len() {
            for part in self.transactions[transaction].parts.iter().filter(|p| !p.is_update()) {
                let contents = ordered[part.register].1.iter().enumerate();
                let fitting = contents.filter(|(_, content)| part.found.allows(**content));
                let choices = fitting.map(|(seen, _)| seen).collect();
                readers.push(Reader { transaction, register: part.register, choices });
            }
        }
        let orders: Vec<&Writers> = ordered.iter().map(|(writers, _)| writers).collect();
        let mut sees = Relation::empty(self.transactions.len());
        for writers in &orders {
            for pair in writers.windows(2) {
                sees.add(pair[0], pair[1]);
            }
        }
        choices_exist(&orders, &readers, &mut Vec::new(), &sees)
    }
}

/// Whether the readers after those that have chosen can choose how many writers they saw.
fn choices_exist(
    orders: &[&Writers],
    readers: &[Reader],
    chosen: &mut Vec<usize>,
    sees: &Relation,
) -> bool {
    let Some(Reader { transaction, register, choices }) = readers.get(chosen.len()) else {
        return nobody_sees_more(orders, readers, chosen, sees);
    };
    for seen in choices {
        let mut sees = sees.clone();
        if let Some(last) = seen.checked_sub(1) {
            sees.add(orders[*register][last], *transaction);
        }
        chosen.push(*seen);
        if choices_exist(orders, readers, chosen, &sees) {
            return true;
        }
        chosen.pop();
    }
    false
}

fn nobody_sees_more(
    orders: &[&Writers],
    readers: &[Reader],
    chosen: &[usize],
    sees: &Relation,
) -> bool {
    let mut sees = sees.clone();
    sees.close()
        && readers.iter().zip(chosen).all(|(reader, seen)| {
            let next = orders[reader.register].get(*seen);
            next.is_none_or(|next| !sees.before(reader.transaction).contains(*next))
        })
}
