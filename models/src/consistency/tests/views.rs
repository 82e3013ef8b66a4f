//! All that a session may have been shown, by permutations and subsets.

use std::collections::{BTreeMap, BTreeSet};

use crate::consistency::{History, OperationId, Record};
use crate::vocabulary::{Operation, Outcome, Value};

/// What one session may have been shown: its order of the updates, for each of its observations
/// which updates it was shown, and which of these determined what it found.
#[derive(Clone)]
pub(super) struct View {
    pub(super) order: Vec<OperationId>,
    pub(super) shown: BTreeMap<OperationId, BTreeSet<OperationId>>,
    pub(super) determined: BTreeMap<OperationId, BTreeSet<OperationId>>,
}

/// Pairs of which the first comes before the second.
pub(super) type Order = BTreeSet<(OperationId, OperationId)>;

/// A history, and what of it matters.
pub(super) struct Oracle<'h> {
    history: &'h History,
    pub(super) session_order: Order,
    pub(super) updates: Vec<OperationId>,
    observations: Vec<OperationId>,
}

impl<'h> Oracle<'h> {
    pub(super) fn new(history: &'h History) -> Self {
        let relevant = |record: &Record| record.operation.key().is_some() && !record.is_refused();
        let ids: Vec<_> =
            history.operations().filter(|(_, r)| relevant(r)).map(|(id, _)| id).collect();
        let in_time = |id: OperationId| {
            let next = history.get(OperationId { index: id.index + 1, ..id });
            let record = history.get(id).expect("the operation was invoked");
            record.returned.is_some() && next.is_none_or(|next| record.precedes(next))
        };
        let session_order = ids
            .iter()
            .flat_map(|first| ids.iter().map(move |second| (*first, *second)))
            .filter(|(first, second)| {
                first.session == second.session && first.index < second.index && in_time(*first)
            })
            .collect();
        let outcome = |id: OperationId| history.get(id).and_then(Record::outcome);
        let is_update = |id: &OperationId| {
            history.get(*id).is_some_and(|record| record.operation.is_update())
                && !matches!(outcome(*id), Some(Outcome::Swapped(false) | Outcome::Found(None)))
        };
        let observes = |id: &OperationId| {
            in_time(*id) && outcome(*id).is_some_and(|outcome| *outcome != Outcome::Done)
        };
        let updates = ids.iter().copied().filter(is_update).collect();
        let observations = ids.into_iter().filter(observes).collect();
        Self { history, session_order, updates, observations }
    }

    pub(super) fn record(&self, id: OperationId) -> &'h Record {
        self.history.get(id).expect("the operation was invoked")
    }

    pub(super) fn observing_sessions(&self) -> impl Iterator<Item = usize> {
        self.observations.iter().map(|id| id.session).collect::<BTreeSet<_>>().into_iter()
    }

    fn own(&self, session: usize) -> impl Iterator<Item = OperationId> {
        self.observations.iter().copied().filter(move |id| id.session == session)
    }

    /// Every order of all updates with every choice of what was shown.
    pub(super) fn views(&self, session: usize) -> Vec<View> {
        let mut views = Vec::new();
        permutations(&self.updates, &mut Vec::new(), &mut |order| {
            if !is_kept(&self.session_order, order) {
                return;
            }
            let (shown, determined) = (BTreeMap::new(), BTreeMap::new());
            let mut partial = vec![View { order: order.to_vec(), shown, determined }];
            for observation in self.own(session) {
                let choices = self.choices(observation, order);
                let extended = |view: &View| {
                    let mut views = Vec::new();
                    for (shown, determined) in &choices {
                        let mut view = view.clone();
                        view.shown.insert(observation, shown.clone());
                        view.determined.insert(observation, determined.clone());
                        views.push(view);
                    }
                    views
                };
                partial = partial.iter().flat_map(extended).collect();
            }
            views.extend(partial);
        });
        views
    }

    fn choices(
        &self,
        observation: OperationId,
        order: &[OperationId],
    ) -> Vec<(BTreeSet<OperationId>, BTreeSet<OperationId>)> {
        let key = self.record(observation).operation.key();
        let candidates: Vec<OperationId> = order
            .iter()
            .copied()
            .filter(|id| *id != observation && self.record(*id).operation.key() == key)
            .collect();
        (0..1_u32 << candidates.len())
            .filter_map(|choice| {
                let shown = (0..candidates.len())
                    .filter(|index| choice & (1 << index) != 0)
                    .map(|index| candidates[index]);
                let shown: Vec<OperationId> = shown.collect();
                let determined = self.explains(observation, &shown)?;
                Some((shown.into_iter().collect(), determined))
            })
            .collect()
    }

    /// Which of the updates in `order` determine what `observation` found, if they lead to it.
    fn explains(
        &self,
        observation: OperationId,
        order: &[OperationId],
    ) -> Option<BTreeSet<OperationId>> {
        let mut content: Option<Value> = None;
        let mut determined = BTreeSet::new();
        for update in order {
            match &self.record(*update).operation {
                Operation::Write { value, .. } | Operation::CompareAndSet { value, .. } => {
                    content = Some(value.clone());
                    determined.clear();
                }
                Operation::Delete { .. } | Operation::Take { .. } => {
                    content = None;
                    determined.clear();
                }
                Operation::Add { amount, .. } => {
                    content = Some(Value::from(number(content.as_ref())? + amount));
                }
                Operation::Read { .. }
                | Operation::AddReplica(_)
                | Operation::RemoveReplica(_)
                | Operation::Clear
                | Operation::Edit { .. }
                | Operation::Transact { .. } => unreachable!("an update of one register"),
            }
            determined.insert(*update);
        }
        let record = self.record(observation);
        let fits = match record.outcome().expect("an observation was answered") {
            Outcome::Found(found) => *found == content,
            Outcome::Counted(sum) => {
                let Operation::Add { amount, .. } = record.operation else {
                    unreachable!("only an addition is told a sum")
                };
                number(content.as_ref()) == Some(sum - amount)
            }
            Outcome::Swapped(swapped) => {
                let Operation::CompareAndSet { expected, .. } = &record.operation else {
                    unreachable!("only a compare-and-set is told whether it changed the value")
                };
                (*expected == content) == *swapped
            }
            Outcome::Done
            | Outcome::Siblings(_)
            | Outcome::Elements(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_)
            | Outcome::Transacted(_) => unreachable!("no observation is told that"),
        };
        fits.then_some(determined)
    }

    /// Every order of all updates and the session's own observations in which it found what it did.
    pub(super) fn serializations(&self, session: usize) -> Vec<View> {
        let (settled, open): (Vec<_>, Vec<_>) =
            self.updates.iter().partition(|id| self.record(**id).returned.is_some());
        let reads: Vec<_> = self.own(session).filter(|id| !self.updates.contains(id)).collect();
        let mut views = Vec::new();
        for choice in 0..1_u32 << open.len() {
            let taken = (0..open.len()).filter(|index| choice & (1 << index) != 0);
            let taken: Vec<OperationId> = taken.map(|index| open[index]).collect();
            let all = [settled.clone(), taken, reads.clone()].concat();
            permutations(&all, &mut Vec::new(), &mut |order| {
                let determined: Option<BTreeMap<_, _>> = self
                    .own(session)
                    .map(|observation| {
                        let key = self.record(observation).operation.key();
                        let earlier = order.iter().copied().take_while(|id| *id != observation);
                        let earlier: Vec<OperationId> = earlier
                            .filter(|id| self.updates.contains(id))
                            .filter(|id| self.record(*id).operation.key() == key)
                            .collect();
                        Some((observation, self.explains(observation, &earlier)?))
                    })
                    .collect();
                if let Some(determined) = determined
                    && is_kept(&self.session_order, order)
                {
                    let shown = BTreeMap::new();
                    views.push(View { order: order.to_vec(), shown, determined });
                }
            });
        }
        views
    }
}

pub(super) fn closed(mut order: Order) -> Order {
    loop {
        let more: Order = order
            .iter()
            .flat_map(|(first, middle)| {
                order
                    .iter()
                    .filter(move |(again, _)| again == middle)
                    .map(|(_, last)| (*first, *last))
            })
            .collect();
        let before = order.len();
        order.extend(more);
        if order.len() == before {
            return order;
        }
    }
}

pub(super) fn is_kept(relation: &Order, order: &[OperationId]) -> bool {
    let place = |id: &OperationId| order.iter().position(|other| other == id);
    relation.iter().all(|(first, second)| match (place(first), place(second)) {
        (Some(first), Some(second)) => first < second,
        (None, _) | (_, None) => true,
    })
}

fn number(content: Option<&Value>) -> Option<i64> {
    content.map_or(Some(0), Value::as_number)
}

fn permutations(
    left: &[OperationId],
    placed: &mut Vec<OperationId>,
    visit: &mut dyn FnMut(&[OperationId]),
) {
    if left.is_empty() {
        visit(placed);
    }
    for index in 0..left.len() {
        placed.push(left[index]);
        permutations(&[&left[..index], &left[index + 1..]].concat(), placed, visit);
        placed.pop();
    }
}
