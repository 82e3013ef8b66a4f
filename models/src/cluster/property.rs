//! What is judged: guarantees of the clients' history, invariants of replicas, witnesses.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use super::transition::ACTED_ON_OBSOLETE;
use super::{Cluster, Disk, State};
use crate::consistency::{Guarantee, History};
use crate::protocol::Protocol;
use crate::vocabulary::ReplicaId;

/// One claim that can be true or false of a moment, or of a step.
#[derive(Debug)]
pub struct Property<P: Protocol> {
    /// Its name, in kebab case.
    pub name: &'static str,
    /// What it says, as a sentence.
    pub sentence: &'static str,
    /// How it is decided.
    pub judge: Judge<P>,
}

/// How a property is decided.
#[derive(Debug)]
pub enum Judge<P: Protocol> {
    /// By what clients saw.
    Guarantee(Guarantee),
    /// By one moment. Has to hold in all of them.
    Invariant(fn(&View<'_, P>) -> bool),
    /// By one step, from the moment before to the moment after. Has to hold for all of them.
    Transition(fn(&View<'_, P>, &View<'_, P>) -> bool),
    /// By one moment. Has to hold in at least one: it shows that something happens.
    Witness(fn(&View<'_, P>) -> bool),
}

impl<P: Protocol> Property<P> {
    /// No handler panics, in any state, on any input. Judged in every scenario.
    pub const NO_HANDLER_PANICS: Self = Self {
        name: "no-handler-panics",
        sentence: "Every input is handled in every state.",
        judge: Judge::Invariant(|view| view.state.panicked.is_none()),
    };

    /// A message that its receiver says it will never act on, it does not act on. Judged in every
    /// scenario: what is left out while exploring rests on it.
    pub const OBSOLETE_MESSAGES_ARE_IGNORED: Self = Self {
        name: "obsolete-messages-are-ignored",
        sentence: "A message that its receiver says it will never act on, it does not act on.",
        judge: Judge::Invariant(|view| view.broken() & ACTED_ON_OBSOLETE == 0),
    };

    /// The search was told to stop. Not a claim: how a search ends early without passing.
    pub const STOPPED: Self = Self {
        name: "stopped",
        sentence: "The search was told to stop.",
        judge: Judge::Witness(|view| view.cluster.stop.load(Ordering::Relaxed)),
    };

    /// What has to hold in every moment.
    #[must_use]
    pub const fn invariant(
        name: &'static str,
        sentence: &'static str,
        is_true: fn(&View<'_, P>) -> bool,
    ) -> Self {
        Self { name, sentence, judge: Judge::Invariant(is_true) }
    }

    /// What has to hold for every step, from the moment before to the moment after.
    #[must_use]
    pub const fn transition(
        name: &'static str,
        sentence: &'static str,
        is_true: fn(&View<'_, P>, &View<'_, P>) -> bool,
    ) -> Self {
        Self { name, sentence, judge: Judge::Transition(is_true) }
    }

    /// What has to happen in at least one moment.
    #[must_use]
    pub const fn witness(
        name: &'static str,
        sentence: &'static str,
        is_true: fn(&View<'_, P>) -> bool,
    ) -> Self {
        Self { name, sentence, judge: Judge::Witness(is_true) }
    }

    /// A guarantee, as a property of any protocol.
    #[must_use]
    pub const fn guarantee(guarantee: Guarantee) -> Self {
        Self {
            name: guarantee.name(),
            sentence: guarantee.sentence(),
            judge: Judge::Guarantee(guarantee),
        }
    }

    /// Whether it has to hold in some moment rather than in all.
    #[must_use]
    pub const fn is_witness(&self) -> bool {
        matches!(self.judge, Judge::Witness(_))
    }
}

impl<P: Protocol> Clone for Property<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Protocol> Copy for Property<P> {}

impl<P: Protocol> Clone for Judge<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Protocol> Copy for Judge<P> {}

/// One moment, as properties see it.
#[derive(Debug)]
pub struct View<'a, P: Protocol> {
    cluster: &'a Cluster<P>,
    state: &'a State<P>,
    watch: Option<&'a Watch>,
}

/// Notes what a property looks at. Judging is deterministic and sees nothing else, so a moment that
/// is equal in what was looked at is judged equally.
#[derive(Debug, Default)]
pub struct Watch {
    /// What was looked at so far.
    pub seen: Cell<Seen>,
    /// Whether the moment is quiescent: known to whoever watches, since a state that is put together
    /// only to be judged need not have everything in it that decides that.
    pub quiescent: bool,
}

/// Which parts of a moment were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Replicas and disks.
    pub places: bool,
    /// What clients asked and heard.
    pub history: bool,
    /// Where clients stand.
    pub clients: bool,
    /// Whether anything is due.
    pub quiescence: bool,
    /// What the last step broke.
    pub broken: bool,
}

impl<'a, P: Protocol> View<'a, P> {
    /// A view of `state`.
    #[must_use]
    pub const fn new(cluster: &'a Cluster<P>, state: &'a State<P>) -> Self {
        Self { cluster, state, watch: None }
    }

    /// A view of `state` that notes what is looked at.
    #[must_use]
    pub const fn watched(cluster: &'a Cluster<P>, state: &'a State<P>, watch: &'a Watch) -> Self {
        Self { cluster, state, watch: Some(watch) }
    }

    /// What the last step broke.
    fn broken(&self) -> u32 {
        self.look(|seen| seen.broken = true);
        self.state.broken
    }

    fn look(&self, at: impl FnOnce(&mut Seen)) {
        if let Some(watch) = self.watch {
            let mut seen = watch.seen.get();
            at(&mut seen);
            watch.seen.set(seen);
        }
    }

    /// The replicas' configuration.
    #[must_use]
    pub const fn protocol(&self) -> &'a P {
        &self.cluster.protocol
    }

    /// What clients asked and heard.
    #[must_use]
    pub fn history(&self) -> &'a History {
        self.look(|seen| seen.history = true);
        &self.state.history
    }

    /// The ids of all replicas, running or not.
    pub fn ids(&self) -> impl Iterator<Item = ReplicaId> + use<P> {
        self.cluster.replicas()
    }

    /// What `replica` knows, if it runs.
    #[must_use]
    pub fn replica(&self, replica: ReplicaId) -> Option<&'a P::Replica> {
        self.look(|seen| seen.places = true);
        self.state.place(replica).process.as_ref().map(|process| &*process.replica)
    }

    /// The replicas that run.
    pub fn running(&self) -> impl Iterator<Item = (ReplicaId, &'a P::Replica)> {
        self.ids().filter_map(|id| Some((id, self.replica(id)?)))
    }

    /// What `replica` has persisted.
    #[must_use]
    pub fn disk(&self, replica: ReplicaId) -> &'a Disk<P::Durable> {
        self.look(|seen| seen.places = true);
        &self.state.place(replica).disk
    }

    /// Whether only faults could change anything.
    #[must_use]
    pub fn is_quiescent(&self) -> bool {
        self.look(|seen| seen.quiescence = true);
        match self.watch {
            Some(watch) => watch.quiescent,
            None => self.cluster.is_quiescent(self.state),
        }
    }

    /// Whether no client has anything left to ask or to hear.
    #[must_use]
    pub fn clients_are_done(&self) -> bool {
        self.look(|seen| seen.clients = true);
        self.cluster
            .clients
            .iter()
            .zip(&self.state.clients)
            .all(|(client, at)| at.next == client.script.len())
    }
}

impl<P: Protocol> Cluster<P> {
    /// Whether the property with number `index` is true of `state`.
    ///
    /// # Panics
    /// If there is no such property.
    #[must_use]
    pub fn judge(&self, index: usize, state: &State<P>) -> bool {
        self.judge_view(index, &View::new(self, state))
    }

    /// The same, of a view.
    ///
    /// # Panics
    /// If there is no such property.
    #[must_use]
    pub fn judge_view(&self, index: usize, view: &View<'_, P>) -> bool {
        match self.properties[index].judge {
            Judge::Guarantee(guarantee) => guarantee.holds(view.history()),
            Judge::Invariant(is_true) | Judge::Witness(is_true) => is_true(view),
            Judge::Transition(_) => view.broken() & (1 << index) == 0,
        }
    }
}

/// Defines properties of one protocol. The sentence of each is its documentation.
///
/// ```text
/// properties! { for SingleLeader;
///     /// No two replicas lead the same epoch.
///     pub const ONE_LEADER_PER_EPOCH = invariant("one-leader-per-epoch", |view| …);
/// }
/// ```
macro_rules! properties {
    (for $protocol:ty; $(
        #[doc = $sentence:literal]
        pub const $constant:ident = $judge:ident($name:literal, $is_true:expr);
    )*) => { $(
        #[doc = $sentence]
        pub const $constant: Property<$protocol> =
            Property::$judge($name, $sentence.trim_ascii(), $is_true);
    )* };
}
pub(crate) use properties;
