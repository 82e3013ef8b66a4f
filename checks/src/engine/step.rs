//! Steps of one part, worked out by the cluster on that part alone, once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use holdfast_models::cluster::{Action, Address, Network, NetworkKind, State};
use holdfast_models::protocol::Protocol;

use super::action::{Conditions, Subject, envelope, order_of, price_of, subject};
use super::kinds::{Charge, Front, Node, Reaction};
use super::parts::{Next, Parts, address, next_state};
use crate::explore::message;

/// What a step counts as that nobody handles.
pub(super) const NOT_COUNTED: u8 = u8::MAX;

/// A step of one node. There are many: what steps share is in their reaction.
pub(super) struct Step {
    /// Where it stands among the actions of a state.
    pub(super) order: u32,
    /// What becomes of the node.
    pub(super) node: u32,
    pub(super) reaction: u32,
    /// What it breaks.
    pub(super) broken: u32,
    /// What it needs to be possible.
    pub(super) conditions: Conditions,
    /// Whether it is something that goes wrong.
    pub(super) is_fault: bool,
    /// What it counts as, for coverage.
    pub(super) kind: u8,
}

/// A step of the front.
pub(super) struct FrontStep {
    /// Where it stands among the actions of a state.
    pub(super) order: u32,
    /// What becomes of the front.
    pub(super) front: u32,
    /// By its number.
    pub(super) action: u32,
    /// A parcel for a replica.
    pub(super) mail: Option<(u8, u32)>,
    /// Whether it is nothing where its parcel is nothing new.
    pub(super) counts_if_new: bool,
    /// Whether it is something that goes wrong.
    pub(super) is_fault: bool,
    /// What it counts as, for coverage.
    pub(super) kind: u8,
}

impl<P: Protocol> Parts<P> {
    /// What node `id` of replica `me` can do, in order.
    pub(super) fn steps(&self, me: usize, id: u32) -> &[Step] {
        let node = self.nodes[me].get(id);
        let list = node.steps.get_or_init(|| {
            let list = self.steps.push(self.work_out_steps(me, node));
            u32::try_from(list).expect("no more than there are nodes")
        });
        &self.steps[*list as usize]
    }

    /// What a front can do by itself, in order.
    pub(super) fn front_steps<'a>(&self, front: &'a Front<P>) -> &'a [FrontStep] {
        front.steps.get_or_init(|| self.work_out_front_steps(front))
    }

    fn work_out_steps(&self, me: usize, node: &Node) -> Box<[Step]> {
        let mut state = self.node_alone(me, node);
        let mut actions = Vec::new();
        self.cluster.actions(&state, &mut actions);
        let mut open = None;
        if !self.cluster.environment.partition.is_empty() {
            state.partitioned = true;
            let mut actions = Vec::new();
            self.cluster.actions(&state, &mut actions);
            open = Some(actions);
        }
        actions.retain(|action| subject(action) == Subject::Node(me));
        let mut steps: Vec<_> = actions
            .iter()
            .filter_map(|action| {
                let is_cut_off = open.as_ref().is_some_and(|open| !open.contains(action));
                let step = || self.step(me, node, action, is_cut_off);
                // A protocol may panic not only where it takes a step, but where it is asked what it
                // would ignore.
                catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|payload| {
                    let charge = self.charges.intern(Charge::panic(message(&*payload).into()));
                    let (place, id) = (node.place, self.actions.intern(action.clone()));
                    let reaction = Reaction { place, mail: Box::default(), charge, action: id };
                    let node = self.node(me, place, node.inbox, node.out_of_danger);
                    Some(self.step_to(place, node, action, self.push(reaction), is_cut_off, 0))
                })
            })
            .collect();
        steps.sort_by_key(|step| step.order);
        self.steps_worked_out.fetch_add(steps.len(), Ordering::Relaxed);
        steps.into()
    }

    /// What `action` comes to. `None` if it changes nothing.
    fn step(&self, me: usize, node: &Node, action: &Action<P>, is_cut_off: bool) -> Option<Step> {
        let id = self.actions.intern(action.clone());
        let key = (node.place, id, node.out_of_danger);
        let react = || Some(self.push(self.react(me, node, action, id)?));
        let reaction = self.reaction_of.get_or(key, react)?;
        let (before, place) = (node.place, self.reactions[reaction as usize].place);
        let taken = if self.takes_inbox_down(action) {
            let after = self.cluster.next_state(&self.node_alone(me, node), action)?;
            self.inboxes.intern(self.to_replica(&after, me))
        } else {
            self.taken.get_or((node.inbox, id), || self.take(node.inbox, action))
        };
        let (inbox, broken) = self.settle(me, place, taken, node.out_of_danger);
        let node = self.node(me, place, inbox, node.out_of_danger);
        Some(self.step_to(before, node, action, reaction, is_cut_off, broken))
    }

    fn step_to(
        &self,
        place: u32,
        node: u32,
        action: &Action<P>,
        reaction: u32,
        is_cut_off: bool,
        broken: u32,
    ) -> Step {
        // A message that arrives and is ignored was not handled.
        let is_handled = !matches!(action, Action::Deliver(_)) || self.acts(place, reaction);
        Step {
            order: order_of(action),
            node,
            reaction,
            broken,
            conditions: Conditions::of_step(price_of(&self.cluster, action), is_cut_off),
            is_fault: action.is_fault(&self.cluster),
            kind: if is_handled { self.counts_as(action) } else { NOT_COUNTED },
        }
    }

    /// Whether a machine at `place` does anything in a reaction.
    fn acts(&self, place: u32, reaction: u32) -> bool {
        let Reaction { place: after, mail, charge, .. } = &self.reactions[reaction as usize];
        *after != place || !mail.is_empty() || !self.charges.get(*charge).replies.is_empty()
    }

    fn push(&self, reaction: Reaction) -> u32 {
        u32::try_from(self.reactions.push(reaction)).expect("few reactions")
    }

    /// What `action` comes to at a machine that it happens to with nothing else on its way.
    fn react(&self, me: usize, node: &Node, action: &Action<P>, id: u32) -> Option<Reaction> {
        let mut inbox = Network::empty();
        if let Some(envelope) = envelope(action) {
            inbox.send(self.cluster.environment.network, vec![envelope.clone()]);
        }
        let before = self.alone(me, node.place, inbox, node.out_of_danger);
        let after = self.cluster.next_state(&before, action)?;
        let price = price_of(&self.cluster, action);
        assert_eq!(before.budget.less(price), after.budget, "{action:?} takes what it costs");
        let others = (0..self.replicas()).filter(|other| *other != me);
        let mail = others.filter_map(|to| {
            let parcel = self.parcel(&after, |other| *other == address(to))?;
            Some((to as u8, parcel))
        });
        let replies =
            after.network.iter().filter(|sent| matches!(sent.to, Address::Client(_))).cloned();
        let charge = Charge { price, replies: replies.collect(), panicked: after.panicked.clone() };
        Some(Reaction {
            place: self.places.intern(after.places[me].clone()),
            mail: mail.collect(),
            charge: self.charges.intern(charge),
            action: id,
        })
    }

    /// What is in flight in `state` to whom `is_receiver` says, if anything is.
    fn parcel(&self, state: &State<P>, is_receiver: impl Fn(&Address) -> bool) -> Option<u32> {
        let sent = state.network.iter().filter(|envelope| is_receiver(&envelope.to));
        let parcel: Vec<_> = sent.cloned().collect();
        (!parcel.is_empty()).then(|| self.parcels.intern(parcel))
    }

    /// Whether more than a message of its own may go with `action`: connections end in a crash.
    fn takes_inbox_down(&self, action: &Action<P>) -> bool {
        self.cluster.environment.network == NetworkKind::Fifo
            && matches!(action, Action::Crash { .. } | Action::CrashDuring { .. })
    }

    /// What `action` leaves of what was on its way.
    fn take(&self, inbox: u32, action: &Action<P>) -> u32 {
        let Some(envelope) = envelope(action) else { return inbox };
        let mut left = self.inboxes.get(inbox).clone();
        if matches!(action, Action::Lose(_)) {
            left.forget(|other| *other == **envelope);
        } else {
            left.deliver(self.cluster.environment.network, envelope);
        }
        self.inboxes.intern(left)
    }

    /// Leaves out what a replica will never act on. Answers also what that breaks.
    fn settle(&self, me: usize, place: u32, inbox: u32, out_of_danger: bool) -> (u32, u32) {
        if !self.cluster.environment.forgets {
            return (inbox, 0);
        }
        self.settled.get_or((place, inbox), || {
            let left = self.inboxes.get(inbox).clone();
            let mut state = self.alone(me, place, left, out_of_danger);
            let broken = self.cluster.settle(&mut state);
            (self.inboxes.intern(state.network), broken)
        })
    }

    /// A node that a parcel arrives on the way to. Its machine does not notice.
    pub(super) fn arrive(&self, me: u8, node: u32, parcel: u32) -> (u32, u32) {
        self.arrived.get_or((me, node, parcel), || {
            let parcel = self.parcels.get(parcel).iter().cloned();
            let (after, broken) = self.changed(me, node, |state| self.cluster.send(state, parcel));
            let place = |id| self.nodes[usize::from(me)].get(id).place;
            assert_eq!(place(after), place(node), "a machine does not see what is on its way");
            (after, broken)
        })
    }

    /// A node whose clock moves on.
    pub(super) fn tick(&self, me: u8, node: u32) -> (u32, u32) {
        self.ticked.get_or((me, node), || {
            self.changed(me, node, |state| {
                let place = &mut state.places[usize::from(me)];
                place.clock = place.clock.plus(1);
            })
        })
    }

    /// A node, now that no machine can crash any more.
    pub(super) fn leave_danger(&self, me: u8, node: u32) -> (u32, u32) {
        self.out_of_danger.get_or((me, node), || {
            let replica = usize::from(me);
            let mut state = self.node_alone(replica, self.nodes[replica].get(node));
            state.budget.unclean_crashes = 0;
            let broken = self.cluster.settle(&mut state);
            (self.node_of(replica, &state, true), broken)
        })
    }

    fn changed(&self, me: u8, node: u32, change: impl FnOnce(&mut State<P>)) -> (u32, u32) {
        let replica = usize::from(me);
        let node = self.nodes[replica].get(node);
        let mut state = self.node_alone(replica, node);
        change(&mut state);
        let broken = self.cluster.settle(&mut state);
        (self.node_of(replica, &state, node.out_of_danger), broken)
    }

    /// What a step at a replica makes of the front.
    pub(super) fn charge(&self, front: u32, charge: u32) -> u32 {
        self.charged.get_or((front, charge), || {
            let charge = self.charges.get(charge);
            let mut state = self.fronts.get(front).state.clone();
            state.budget = state.budget.less(charge.price);
            self.cluster.send(&mut state, charge.replies.iter().cloned());
            state.panicked.clone_from(&charge.panicked);
            self.front_of(&state)
        })
    }

    fn work_out_front_steps(&self, front: &Front<P>) -> Box<[FrontStep]> {
        let before = &front.state;
        let mut actions = Vec::new();
        self.cluster.actions(before, &mut actions);
        actions.retain(|action| subject(action) == Subject::Front);
        let steps = actions.iter().filter_map(|action| {
            let (front, mail) = match next_state(&self.cluster, before, action) {
                Next::Unchanged => return None,
                Next::Changed(after) => {
                    let to = |to: usize| self.parcel(&after, |other| *other == address(to));
                    let mail = (0..self.replicas()).find_map(|me| Some((me as u8, to(me)?)));
                    (self.front_of(&after), mail)
                }
                Next::Panicked(message) => (self.panicked_front(front, message), None),
            };
            let counts_if_new = matches!(action, Action::Retry { .. });
            let (order, is_fault) = (order_of(action), action.is_fault(&self.cluster));
            let kind = self.counts_as(action);
            let action = self.actions.intern(action.clone());
            Some(FrontStep { order, front, action, mail, counts_if_new, is_fault, kind })
        });
        let mut steps: Vec<_> = steps.collect();
        steps.sort_by_key(|step| step.order);
        steps.into()
    }
}
