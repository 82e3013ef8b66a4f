//! Paths through a cluster, told.

use holdfast_models::cluster::{Action, Cluster, Judge, Narrate, State, Story, narrate};
use holdfast_models::protocol::Protocol;
use stateright::Model;

/// A path through a cluster, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// In the Explorer's terms: the index of the first state, then one index of an action a step.
    pub path: Vec<usize>,
    /// In words.
    pub story: Story,
    /// What happens at its end.
    pub then: Then,
}

/// What happens at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The last moment is what was looked for.
    Found,
    /// So many of the last steps happen again and again: those that the story says.
    Again(usize),
    /// Nothing, unless something goes wrong.
    Nothing,
    /// Whatever happens, what was looked for does not, unless something goes wrong.
    NoWay,
}

impl Trace {
    /// How many steps it takes, without those that happen again and again.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.story.moments.len() - self.story.cycle
    }

    /// What happens at its end, in words, if anything is to be said about it. What happens again and
    /// again stands in the story.
    #[must_use]
    pub const fn ending(&self) -> Option<&'static str> {
        match self.then {
            Then::Found | Then::Again(_) => None,
            Then::Nothing => Some("and then nothing more happens"),
            Then::NoWay => Some("and from there nothing that is due leads to a good moment"),
        }
    }
}

/// States and the actions that follow them, the last without one.
pub(crate) type Path<P> = Vec<(State<P>, Option<Action<P>>)>;

/// A path, and what happens at its end.
pub(crate) struct Route<P: Protocol> {
    pub(crate) path: Path<P>,
    pub(crate) then: Then,
}

/// Follows a path given as indices. `None` if the cluster has none such, or if it does not show that
/// `property` is violated or reached.
pub(super) fn retraced<P: Narrate>(
    cluster: &Cluster<P>,
    path: &[usize],
    property: usize,
) -> Option<Trace> {
    let steps = follow(cluster, path)?;
    let last = &steps.last()?.0;
    let is_good = |state: &State<P>| cluster.judge(property, state);
    let what = &cluster.properties[property];
    let then = match what.judge {
        Judge::Guarantee(_) | Judge::Invariant(_) | Judge::Transition(_) | Judge::Witness(_) => {
            (is_good(last) == what.is_witness()).then_some(Then::Found)
        }
        Judge::Recoverable(_) => (!is_good(last)).then_some(Then::NoWay),
        Judge::Eventually(_) => match steps.iter().position(|(state, _)| state == last) {
            Some(start) if start + 1 < steps.len() => {
                let cycle = &steps[start..steps.len() - 1];
                let is_bad = cycle.iter().any(|(state, _)| !is_good(state));
                (is_bad && is_fair(cluster, cycle)).then_some(Then::Again(cycle.len()))
            }
            _ => (cluster.is_quiescent(last) && !is_good(last)).then_some(Then::Nothing),
        },
    };
    told(cluster, &steps, then?)
}

/// Whether a loop takes only what is due, and puts nothing off that is possible all the way round.
fn is_fair<P: Narrate>(cluster: &Cluster<P>, cycle: &[(State<P>, Option<Action<P>>)]) -> bool {
    let due = |state: &State<P>| {
        let mut actions = Vec::new();
        cluster.actions(state, &mut actions);
        actions.retain(|action| {
            !action.is_fault(cluster) && cluster.next_state(state, action).is_some()
        });
        actions
    };
    let mut neglected = cycle.first().map_or_else(Vec::new, |(state, _)| due(state));
    for (state, taken) in cycle {
        let possible = due(state);
        if !taken.as_ref().is_some_and(|taken| possible.contains(taken)) {
            return false;
        }
        neglected.retain(|action| possible.contains(action) && Some(action) != taken.as_ref());
    }
    neglected.is_empty()
}

fn follow<P: Narrate>(cluster: &Cluster<P>, path: &[usize]) -> Option<Path<P>> {
    let (first, steps) = path.split_first()?;
    let mut state = Model::init_states(cluster).into_iter().nth(*first)?;
    let mut followed = Vec::new();
    for index in steps {
        let mut actions = Vec::new();
        cluster.actions(&state, &mut actions);
        let action = actions.into_iter().nth(*index)?;
        let next = cluster.next_state(&state, &action)?;
        followed.push((state, Some(action)));
        state = next;
    }
    followed.push((state, None));
    Some(followed)
}

/// Tells a path in words and in indices. `None` if it is no path of the cluster.
pub(super) fn told<P: Narrate>(cluster: &Cluster<P>, steps: &Path<P>, then: Then) -> Option<Trace> {
    let (first, _) = steps.first()?;
    let initial = Model::init_states(cluster);
    let mut path = vec![initial.iter().position(|state| state == first)?];
    for (state, action) in steps {
        let Some(action) = action else { break };
        let mut actions = Vec::new();
        cluster.actions(state, &mut actions);
        path.push(actions.iter().position(|other| other == action)?);
    }
    let cycle = match then {
        Then::Again(steps) => steps,
        Then::Found | Then::Nothing | Then::NoWay => 0,
    };
    Some(Trace { path, story: Story { cycle, ..narrate(cluster, steps) }, then })
}
