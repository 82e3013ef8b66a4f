//! What can follow a state, by numbers alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::Timestamp;

use super::action::TICK;
use super::cache::Cache;
use super::parts::{Front, Parts};
use super::step::{FrontStep, Outcome};
use super::visited::are_same;
use crate::explore::message;

/// Puts together what follows states.
pub(super) struct Expander<'a, P: Protocol> {
    parts: &'a Parts<P>,
    /// Steps that are possible: where they stand, whose they are, which of theirs.
    possible: Vec<(u32, u32, u32)>,
    next: Vec<u32>,
    /// Nodes that parcels arrive on the way to: by replica, node and parcel.
    arrived: Cache<(u32, u32)>,
    /// Fronts that are charged: by front and charge.
    charged: Cache<u32>,
}

impl<'a, P: Protocol> Expander<'a, P> {
    pub(super) fn new(parts: &'a Parts<P>) -> Self {
        let (possible, next) = (Vec::new(), Vec::new());
        Self { parts, possible, next, arrived: Cache::new(), charged: Cache::new() }
    }

    /// Hands every state that is one step from `row` to `found`, in the order of the actions. Answers
    /// whether only faults lead anywhere.
    pub(super) fn expand(&mut self, row: &[u32], mut found: impl FnMut(&mut [u32])) -> bool {
        let parts = self.parts;
        let replicas = parts.replicas();
        let front = parts.fronts.get(row[replicas]);
        if front.state.panicked.is_some() {
            return true;
        }
        self.list(row, front);
        let mut is_quiescent = true;
        for index in 0..self.possible.len() {
            let (_, owner, which) = self.possible[index];
            self.next.clear();
            self.next.extend_from_slice(row);
            self.next[replicas + 1] = 0;
            let take = AssertUnwindSafe(|| self.take(row, front, owner as usize, which));
            let is_fault = catch_unwind(take).unwrap_or_else(|payload| {
                self.next.copy_from_slice(row);
                self.parts.panic(&mut self.next, message(&*payload).into());
                false
            });
            if !are_same(&self.next[..=replicas], &row[..=replicas]) {
                is_quiescent &= is_fault;
                found(&mut self.next);
            }
        }
        is_quiescent
    }

    /// Takes one of the possible steps. Answers whether it is something that goes wrong.
    fn take(&mut self, row: &[u32], front: &Front<P>, owner: usize, which: u32) -> bool {
        let parts = self.parts;
        let replicas = parts.replicas();
        if owner < replicas {
            let step = &parts.steps(owner, row[owner])[which as usize];
            self.take_step(owner, &step.outcome, front);
            step.is_fault
        } else if owner == replicas {
            let step = &parts.front_steps(front)[which as usize];
            self.take_front_step(row, step);
            step.is_fault
        } else {
            self.tick(row, which);
            true
        }
    }

    /// Lists what is possible, in the order of the actions.
    fn list(&mut self, row: &[u32], front: &Front<P>) {
        let Self { parts, possible, .. } = self;
        let (replicas, state) = (parts.replicas(), &front.state);
        possible.clear();
        for (index, step) in parts.front_steps(front).iter().enumerate() {
            possible.push((step.order, replicas as u32, index as u32));
        }
        for (me, node) in row[..replicas].iter().enumerate() {
            for (index, step) in parts.steps(me, *node).iter().enumerate() {
                let is_affordable = step.price.is_none_or(|price| state.budget.covers(price));
                if is_affordable && !(step.is_cut_off && state.partitioned) {
                    possible.push((step.order, me as u32, index as u32));
                }
            }
        }
        if state.budget.ticks > 0 {
            let ticking = 0..parts.cluster.ticking(&clocks(parts, row)).count();
            possible.extend(ticking.map(|which| (TICK, replicas as u32 + 1, which as u32)));
        }
        possible.sort_unstable();
    }

    fn take_step(&mut self, me: usize, step: &Outcome, front: &Front<P>) {
        let Self { parts, next, arrived, charged, .. } = self;
        let replicas = parts.replicas();
        let mut broken = step.broken;
        next[me] = step.node;
        for (to, parcel) in &step.mail {
            let node = &mut next[usize::from(*to)];
            let question = [u32::from(*to), *node, *parcel];
            let (after, breaks) =
                arrived.get_or(question, || parts.arrive(*to, question[1], *parcel));
            *node = after;
            broken |= breaks;
        }
        if step.charge != Parts::<P>::NO_CHARGE {
            let question = [next[replicas], step.charge, 0];
            let charge = || parts.charge(question[0], step.charge);
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

    fn tick(&mut self, row: &[u32], which: u32) {
        let Self { parts, next, .. } = self;
        let replicas = parts.replicas();
        let clocks = clocks(parts, row);
        let ticking = parts.cluster.ticking(&clocks).nth(which as usize);
        for replica in ticking.expect("as many as were listed").iter() {
            let node = &mut next[usize::from(replica.0)];
            let (ticked, broken) = parts.tick(replica.0, *node);
            *node = ticked;
            next[replicas + 1] |= broken;
        }
        next[replicas] = parts.charge(next[replicas], Parts::<P>::ONE_TICK);
    }
}

fn clocks<P: Protocol>(parts: &Parts<P>, row: &[u32]) -> Vec<Timestamp> {
    let nodes = parts.nodes.iter().zip(row);
    nodes.map(|(nodes, node)| nodes.get(*node).clock).collect()
}
