//! What is judged: guarantees of the clients' history, invariants of replicas, witnesses, and what
//! has to come true in the end.

use std::sync::atomic::Ordering;

use super::transition::ACTED_ON_OBSOLETE;
use super::{Cluster, State, View};
use crate::consistency::Guarantee;
use crate::protocol::Protocol;

/// One claim that can be true or false of a moment, of a step, or of all that may follow a moment.
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
    /// By all that may follow. From every moment on, once nothing goes wrong any more and whatever is
    /// due is done, it has to come to hold for good.
    ///
    /// Due is every action that is no fault ([`Action::is_fault`]). Done means fairness of the weak
    /// kind: what stays possible, and would change something, is not put off for ever.
    ///
    /// [`Action::is_fault`]: super::Action::is_fault
    Eventually(fn(&View<'_, P>) -> bool),
    /// By all that may follow. From every moment, a moment in which it holds has to be within reach
    /// though nothing else goes wrong.
    Recoverable(fn(&View<'_, P>) -> bool),
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

    /// What has to come to hold for good, from every moment on, once nothing goes wrong any more.
    #[must_use]
    pub const fn eventually(
        name: &'static str,
        sentence: &'static str,
        is_good: fn(&View<'_, P>) -> bool,
    ) -> Self {
        Self { name, sentence, judge: Judge::Eventually(is_good) }
    }

    /// What has to stay within reach from every moment, though nothing else goes wrong.
    #[must_use]
    pub const fn recoverable(
        name: &'static str,
        sentence: &'static str,
        is_good: fn(&View<'_, P>) -> bool,
    ) -> Self {
        Self { name, sentence, judge: Judge::Recoverable(is_good) }
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

    /// Whether it is about all that may follow a moment. Of the moment itself can only be said
    /// whether it is a good one.
    #[must_use]
    pub const fn is_liveness(&self) -> bool {
        matches!(self.judge, Judge::Eventually(_) | Judge::Recoverable(_))
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

impl<P: Protocol> Cluster<P> {
    /// Whether the property with number `index` is true of `state`; for one about all that may follow,
    /// whether this is a good moment.
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
            Judge::Invariant(is_true)
            | Judge::Witness(is_true)
            | Judge::Eventually(is_true)
            | Judge::Recoverable(is_true) => is_true(view),
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
