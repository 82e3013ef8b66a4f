//! What can follow a state, by numbers alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use holdfast_models::cluster::Action;
use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::{ReplicaSet, Timestamp};

use super::action::TICK;
use super::cache::Cache;
use super::kinds::Front;
use super::parts::Parts;
use super::step::{FrontStep, NOT_COUNTED, Step};
use super::visited::are_same;
use crate::explore::message;

/// What led from one state to another.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    /// The number of the action.
    pub(super) action: u32,
    /// Whether it is something that goes wrong.
    pub(super) is_fault: bool,
    /// What it counts as, for coverage.
    pub(super) kind: u8,
}

/// Puts together what follows states.
pub(super) struct Expander<'a, P: Protocol> {
    parts: &'a Parts<P>,
    /// Steps that are possible, packed.
    possible: Vec<u64>,
    next: Vec<u32>,
    /// Nodes that parcels arrive on the way to: by replica, node and parcel.
    arrived: Cache<(u32, u32)>,
    /// Fronts that are charged: by front and charge.
    charged: Cache<u32>,
    /// What ticks count as.
    tick_kind: u8,
    /// How many steps of each kind there were.
    pub(super) counts: Box<[usize; 256]>,
}

impl<'a, P: Protocol> Expander<'a, P> {
    pub(super) fn new(parts: &'a Parts<P>) -> Self {
        let (arrived, charged) = (Cache::new(1 << 13), Cache::new(1 << 12));
        let counts = Box::new([0; 256]);
        let tick_kind = parts.counts_as(&Action::Tick { clocks: ReplicaSet::EMPTY });
        Self { parts, possible: Vec::new(), next: Vec::new(), arrived, charged, tick_kind, counts }
    }

    /// Hands every state that is one step from `row` to `found`, in the order of the actions, with what
    /// led there. Answers whether only faults lead anywhere.
    pub(super) fn expand(&mut self, row: &[u32], mut found: impl FnMut(&mut [u32], Taken)) -> bool {
        let parts = self.parts;
        let replicas = parts.replicas();
        let front = parts.fronts.get(row[replicas]);
        if front.state.panicked.is_some() {
            return true;
        }
        self.list(row, front);
        let mut is_quiescent = true;
        for index in 0..self.possible.len() {
            let (owner, which) = unpacked(self.possible[index]);
            self.next.clear();
            self.next.extend_from_slice(row);
            self.next[replicas + 1] = 0;
            let take = AssertUnwindSafe(|| self.take(row, front, owner, which));
            let taken = catch_unwind(take).unwrap_or_else(|payload| {
                self.next.copy_from_slice(row);
                self.parts.panic(&mut self.next, message(&*payload).into());
                Taken { action: UNKNOWN, is_fault: false, kind: NOT_COUNTED }
            });
            if !are_same(&self.next[..=replicas], &row[..=replicas]) {
                is_quiescent &= taken.is_fault;
                self.counts[usize::from(taken.kind)] += 1;
                found(&mut self.next, taken);
            }
        }
        is_quiescent
    }

    /// Takes one of the possible steps.
    fn take(&mut self, row: &[u32], front: &Front<P>, owner: usize, which: usize) -> Taken {
        let parts = self.parts;
        let replicas = parts.replicas();
        if owner < replicas {
            let step = &parts.steps(owner, row[owner])[which];
            self.take_step(owner, step, front);
            Taken { action: step.action, is_fault: step.is_fault, kind: step.kind }
        } else if owner == replicas {
            let step = &parts.front_steps(front)[which];
            self.take_front_step(row, step);
            Taken { action: step.action, is_fault: step.is_fault, kind: step.kind }
        } else {
            self.tick(row, which);
            Taken { action: UNKNOWN, is_fault: true, kind: self.tick_kind }
        }
    }

    /// Lists what is possible, in the order of the actions.
    fn list(&mut self, row: &[u32], front: &Front<P>) {
        let Self { parts, possible, .. } = self;
        let (replicas, state) = (parts.replicas(), &front.state);
        possible.clear();
        for (index, step) in parts.front_steps(front).iter().enumerate() {
            possible.push(packed(step.order, replicas, index));
        }
        for (me, node) in row[..replicas].iter().enumerate() {
            for (index, step) in parts.steps(me, *node).iter().enumerate() {
                let is_affordable = !step.has_price
                    || state.budget.covers(parts.reactions[step.reaction as usize].price);
                if is_affordable && !(step.is_cut_off && state.partitioned) {
                    possible.push(packed(step.order, me, index));
                }
            }
        }
        if state.budget.ticks > 0 {
            let ticking = 0..parts.cluster.ticking(&clocks(parts, row)).count();
            possible.extend(ticking.map(|which| packed(TICK, replicas + 1, which)));
        }
        possible.sort_unstable();
    }

    fn take_step(&mut self, me: usize, step: &Step, front: &Front<P>) {
        let Self { parts, next, arrived, charged, .. } = self;
        let replicas = parts.replicas();
        let reaction = &parts.reactions[step.reaction as usize];
        let mut broken = step.broken;
        next[me] = step.node;
        for (to, parcel) in &reaction.mail {
            let node = &mut next[usize::from(*to)];
            let question = [u32::from(*to), *node, *parcel];
            let (after, breaks) =
                arrived.get_or(question, || parts.arrive(*to, question[1], *parcel));
            *node = after;
            broken |= breaks;
        }
        if reaction.charge != Parts::<P>::NO_CHARGE {
            let question = [next[replicas], reaction.charge, 0];
            let charge = || parts.charge(question[0], reaction.charge);
            next[replicas] = charged.get_or(question, charge);
            let was_danger = front.state.budget.unclean_crashes > 0;
            let left = parts.fronts.get(next[replicas]).state.budget.unclean_crashes;
            if was_danger && left == 0 {
                for (me, node) in next[..replicas].iter_mut().enumerate() {
                    let (safe, breaks) = parts.leave_danger(me as u8, *node);
                    *node = safe;
                    broken |= breaks;
                }
            }
        }
        next[replicas + 1] = broken;
    }

    fn take_front_step(&mut self, row: &[u32], step: &FrontStep) {
        let Self { parts, next, .. } = self;
        let replicas = parts.replicas();
        if let Some((to, parcel)) = step.mail {
            let node = &mut next[usize::from(to)];
            let before = *node;
            let (arrived, broken) = parts.arrive(to, before, parcel);
            if step.counts_if_new && arrived == before {
                next.copy_from_slice(row);
                return;
            }
            *node = arrived;
            next[replicas + 1] = broken;
        }
        next[replicas] = step.front;
    }

    fn tick(&mut self, row: &[u32], which: usize) {
        let Self { parts, next, .. } = self;
        let replicas = parts.replicas();
        let clocks = clocks(parts, row);
        let ticking = parts.cluster.ticking(&clocks).nth(which);
        for replica in ticking.expect("as many as were listed").iter() {
            let node = &mut next[usize::from(replica.0)];
            let (ticked, broken) = parts.tick(replica.0, *node);
            *node = ticked;
            next[replicas + 1] |= broken;
        }
        next[replicas] = parts.charge(next[replicas], Parts::<P>::ONE_TICK);
    }
}

/// Stands for ticks, which are faults, and for steps that panic, which lead nowhere: nobody asks which.
const UNKNOWN: u32 = u32::MAX;

/// A step that is possible: where it stands, whose it is, which of theirs. Sorts in this order.
const fn packed(order: u32, owner: usize, which: usize) -> u64 {
    (order as u64) << 32 | (owner as u64) << 24 | which as u64
}

/// Whose it is, and which of theirs.
const fn unpacked(step: u64) -> (usize, usize) {
    (step as u32 as usize >> 24, step as usize & 0xff_ffff)
}

fn clocks<P: Protocol>(parts: &Parts<P>, row: &[u32]) -> Vec<Timestamp> {
    let nodes = parts.nodes.iter().zip(row);
    nodes.map(|(nodes, node)| parts.places.get(nodes.get(*node).place).clock).collect()
}
