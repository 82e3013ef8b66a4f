//! The cluster as a [`stateright::Model`], for Stateright's checkers and its Explorer.

use std::sync::atomic::Ordering;

use stateright::{Expectation, Model, Path};

use super::transition::ACTED_ON_OBSOLETE;
use super::{Action, Cluster, Narrate, Property, State, narrate};
use crate::protocol::Protocol;

impl<P: Narrate> Model for Cluster<P> {
    type State = State<P>;
    type Action = Action<P>;

    fn init_states(&self) -> Vec<State<P>> {
        vec![self.initial_state()]
    }

    fn actions(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        Self::actions(self, state, actions);
    }

    fn next_state(&self, state: &State<P>, action: Action<P>) -> Option<State<P>> {
        Self::next_state(self, state, &action)
    }

    fn format_action(&self, action: &Action<P>) -> String {
        super::trace::headline(self, action)
    }

    fn format_step(&self, state: &State<P>, action: Action<P>) -> Option<String> {
        let next = Self::next_state(self, state, &action)?;
        let moment = super::trace::moment(self, state, &action, &next);
        let lines: Vec<_> =
            std::iter::once(moment.headline.as_str()).chain(moment.details()).collect();
        Some(lines.join("\n"))
    }

    fn as_svg(&self, path: Path<State<P>, Action<P>>) -> Option<String> {
        Some(narrate(self, &path.into_vec()).svg(None))
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        let built_in = [
            (Property::NO_HANDLER_PANICS, no_handler_panics as Condition<P>),
            (Property::OBSOLETE_MESSAGES_ARE_IGNORED, obsolete_messages_are_ignored),
            (Property::STOPPED, is_stopped),
        ];
        assert!(
            self.properties.len() <= MOST_PROPERTIES,
            "a scenario judges at most 30 properties"
        );
        self.properties
            .iter()
            .copied()
            .zip(conditions())
            // A path that ends says nothing about what has to come true: the engine looks at loops.
            .filter(|(property, _)| !property.is_liveness())
            .chain(built_in)
            .map(|(property, condition)| stateright::Property {
                expectation: if property.is_witness() {
                    Expectation::Sometimes
                } else {
                    Expectation::Always
                },
                name: property.name,
                condition,
            })
            .collect()
    }
}

/// How many properties one scenario can judge: Stateright's conditions are plain functions, so each
/// index needs one of its own.
const MOST_PROPERTIES: usize = 30;

type Condition<P> = fn(&Cluster<P>, &State<P>) -> bool;

impl<P: Protocol> Cluster<P> {
    fn judge_at<const INDEX: usize>(&self, state: &State<P>) -> bool {
        // After a panic there is no state to judge, only the panic.
        match self.properties.get(INDEX) {
            Some(_) if state.panicked.is_none() => self.judge(INDEX, state),
            Some(property) => !property.is_witness(),
            None => true,
        }
    }
}

fn no_handler_panics<P: Protocol>(_: &Cluster<P>, state: &State<P>) -> bool {
    state.panicked.is_none()
}

fn obsolete_messages_are_ignored<P: Protocol>(_: &Cluster<P>, state: &State<P>) -> bool {
    state.broken & ACTED_ON_OBSOLETE == 0
}

fn is_stopped<P: Protocol>(cluster: &Cluster<P>, _: &State<P>) -> bool {
    cluster.stop.load(Ordering::Relaxed)
}

macro_rules! conditions {
    ($($index:literal)*) => { [$(Cluster::judge_at::<$index>),*] };
}

fn conditions<P: Protocol>() -> [Condition<P>; MOST_PROPERTIES] {
    conditions!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29)
}
