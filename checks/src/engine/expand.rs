//! What can follow a state, by numbers alone.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use holdfast_models::cluster::Action;
use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::{ReplicaSet, Timestamp};

use super::action::TICK;
use super::cache::Cache;
use super::kinds::Front;
use super::known::KnownNodes;
use super::parts::Parts;
use super::step::{FrontStep, NOT_COUNTED, Step};
use super::successor::{Successor, Sum};
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
    pub(super) moved: Moved,
}

/// Whose place may be another after a step.
#[derive(Clone, Copy)]
pub(super) enum Moved {
    Nobody,
    /// That of one replica, which is at `place` now.
    One {
        replica: u32,
        place: u32,
    },
    Several,
}

/// Puts together what follows states.
pub(super) struct Expander<'a, P: Protocol> {
    parts: &'a Parts<P>,
    nodes: KnownNodes<'a, P>,
    /// Steps that are possible, packed.
    possible: Vec<u64>,
    /// What the nodes of the state can do, and what its front can.
    node_steps: Vec<&'a [Step]>,
    front_steps: &'a [FrontStep],
    next: Successor,
    /// Nodes that parcels arrive on the way to: by replica, node and parcel.
    arrived: Cache<(u32, u32)>,
    /// Fronts that are charged: by front and charge.
    charged: Cache<u32>,
    /// What ticks count as.
    tick_kind: u8,
    /// For how many states the one that is expanded stands.
    pub(super) weight: usize,
    /// How many steps of each kind there were.
    pub(super) counts: Box<[usize; 256]>,
}

impl<'a, P: Protocol> Expander<'a, P> {
    pub(super) fn new(parts: &'a Parts<P>) -> Self {
        Self {
            parts,
            nodes: KnownNodes::new(parts),
            possible: Vec::new(),
            node_steps: Vec::new(),
            front_steps: &[],
            next: Successor::new(parts.columns()),
            arrived: Cache::new(1 << 13),
            charged: Cache::new(1 << 12),
            tick_kind: parts.counts_as(&Action::Tick { clocks: ReplicaSet::EMPTY }),
            weight: 1,
            counts: Box::new([0; 256]),
        }
    }

    /// The places of the replicas of a state.
    pub(super) fn places(&mut self, row: &[u32]) -> impl Iterator<Item = u32> {
        let nodes = &row[..self.parts.replicas()];
        nodes.iter().enumerate().map(|(me, node)| self.nodes.get(me, *node).place)
    }

    /// Has what is known of the parts of a state fetched into the processor's caches.
    pub(super) fn fetch(&mut self, row: &[u32]) {
        let replicas = self.parts.replicas();
        for (me, node) in row[..replicas].iter().enumerate() {
            black_box(self.nodes.get(me, *node).steps.first().map(|step| step.order));
        }
        black_box(self.parts.fronts.get(row[replicas]).conditions);
    }

    /// Hands every state that is one step from `row` to `found`, in the order of the actions, with what
    /// led there. Answers whether only faults lead anywhere.
    pub(super) fn expand(
        &mut self,
        row: &[u32],
        mut found: impl FnMut(&mut Successor, Taken),
    ) -> bool {
        let replicas = self.parts.replicas();
        let front = self.parts.fronts.get(row[replicas]);
        if front.state.panicked.is_some() {
            return true;
        }
        self.list(row, front);
        let sum = Sum::of(&row[..=replicas]);
        let (mut index, mut is_taking, mut is_quiescent) = (0, false, true);
        let mut panicked: Option<Arc<str>> = None;
        // Seldom does anything panic: what is caught is caught for all steps together.
        loop {
            let walk = || {
                loop {
                    self.next.start(row, sum);
                    let taken = if let Some(message) = panicked.take() {
                        self.panic(message)
                    } else if let Some(step) = self.possible.get(index) {
                        (index, is_taking) = (index + 1, true);
                        let taken = self.take(row, front, *step);
                        is_taking = false;
                        taken
                    } else {
                        break;
                    };
                    if self.next.differs() {
                        is_quiescent &= taken.is_fault;
                        self.counts[usize::from(taken.kind)] += self.weight;
                        found(&mut self.next, taken);
                    }
                }
            };
            match catch_unwind(AssertUnwindSafe(walk)) {
                Ok(()) => return is_quiescent,
                Err(payload) if is_taking => {
                    (panicked, is_taking) = (Some(message(&*payload).into()), false);
                }
                Err(payload) => resume_unwind(payload),
            }
        }
    }

    /// Takes one of the possible steps.
    #[inline(always)]
    fn take(&mut self, row: &[u32], front: &Front<P>, step: u64) -> Taken {
        let (owner, which) = unpacked(step);
        match self.node_steps.get(owner) {
            Some(steps) => self.take_step(owner, &steps[which], front),
            None if owner == self.parts.replicas() => self.take_front_step(which),
            None => self.tick(row, which),
        }
    }

    /// Lists what is possible, in the order of the actions.
    fn list(&mut self, row: &[u32], front: &'a Front<P>) {
        let Self { parts, nodes, possible, node_steps, front_steps, .. } = self;
        let replicas = parts.replicas();
        possible.clear();
        node_steps.clear();
        *front_steps = parts.front_steps(front);
        for (index, step) in front_steps.iter().enumerate() {
            possible.push(packed(step.order, replicas, index));
        }
        for (me, node) in row[..replicas].iter().enumerate() {
            let steps = nodes.get(me, *node).steps;
            node_steps.push(steps);
            for (index, step) in steps.iter().enumerate() {
                if step.conditions.are_in(front.conditions) {
                    black_box(parts.reactions[step.reaction as usize].mail.first());
                    possible.push(packed(step.order, me, index));
                }
            }
        }
        if front.state.budget.ticks > 0 {
            let ticking = 0..parts.cluster.ticking(&clocks(parts, row)).count();
            possible.extend(ticking.map(|which| packed(TICK, replicas + 1, which)));
        }
        possible.sort_unstable();
    }

    // Called for nearly every step: not to be set up for the sake of the others.
    #[inline(always)]
    fn take_step(&mut self, me: usize, step: &Step, front: &Front<P>) -> Taken {
        let Self { parts, next, arrived, charged, .. } = self;
        let replicas = parts.replicas();
        let reaction = &parts.reactions[step.reaction as usize];
        let mut moved = Moved::One { replica: me as u32, place: reaction.place };
        next.note_broken(step.broken);
        next.set(me, step.node);
        for (to, parcel) in &reaction.mail {
            let (to, node) = (*to, next.get(usize::from(*to)));
            let arrive = || parts.arrive(to, node, *parcel);
            let (node, breaks) = arrived.get_or([u32::from(to), node, *parcel], arrive);
            next.set(usize::from(to), node);
            next.note_broken(breaks);
        }
        if reaction.charge != Parts::<P>::NO_CHARGE {
            let before = next.get(replicas);
            let charge = || parts.charge(before, reaction.charge);
            let after = charged.get_or([before, reaction.charge, 0], charge);
            next.set(replicas, after);
            if front.state.budget.unclean_crashes > 0
                && parts.fronts.get(after).state.budget.unclean_crashes == 0
            {
                leave_danger(parts, next);
                moved = Moved::Several;
            }
        }
        Taken { action: reaction.action, is_fault: step.is_fault, kind: step.kind, moved }
    }

    #[inline(never)]
    fn take_front_step(&mut self, which: usize) -> Taken {
        let Self { parts, next, front_steps, .. } = self;
        let step = &front_steps[which];
        let mut leads_somewhere = true;
        if let Some((to, parcel)) = step.mail {
            let node = next.get(usize::from(to));
            let (arrived, broken) = parts.arrive(to, node, parcel);
            leads_somewhere = !step.counts_if_new || arrived != node;
            if leads_somewhere {
                next.set(usize::from(to), arrived);
                next.note_broken(broken);
            }
        }
        if leads_somewhere {
            next.set(parts.replicas(), step.front);
        }
        let moved = Moved::Nobody;
        Taken { action: step.action, is_fault: step.is_fault, kind: step.kind, moved }
    }

    #[inline(never)]
    fn tick(&mut self, row: &[u32], which: usize) -> Taken {
        let Self { parts, next, .. } = self;
        let ticking = parts.cluster.ticking(&clocks(parts, row)).nth(which);
        for replica in ticking.expect("as many as were listed").iter() {
            let column = usize::from(replica.0);
            let (ticked, broken) = parts.tick(replica.0, next.get(column));
            next.set(column, ticked);
            next.note_broken(broken);
        }
        let front = parts.replicas();
        next.set(front, parts.charge(next.get(front), Parts::<P>::ONE_TICK));
        let (action, kind, moved) = (UNKNOWN, self.tick_kind, Moved::Several);
        Taken { action, is_fault: true, kind, moved }
    }

    /// A step that panicked.
    #[cold]
    fn panic(&mut self, message: Arc<str>) -> Taken {
        let Self { parts, next, .. } = self;
        next.change(|row| parts.panic(row, message));
        let (action, kind, moved) = (UNKNOWN, NOT_COUNTED, Moved::Nobody);
        Taken { action, is_fault: false, kind, moved }
    }
}

/// From now on, no machine can crash any more.
#[cold]
fn leave_danger<P: Protocol>(parts: &Parts<P>, next: &mut Successor) {
    for me in 0..parts.replicas() {
        let (node, breaks) = parts.leave_danger(me as u8, next.get(me));
        next.set(me, node);
        next.note_broken(breaks);
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
