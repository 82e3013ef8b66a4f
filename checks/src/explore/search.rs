//! Searches by Stateright: exhaustive; breadth first also with the shortest path to each finding.
//!
//! Stateright is asked for less than it offers, because more would be wrong here (0.31):
//!
//! * It overwrites a discovery at every further state that shows it, so that the path it reports
//!   can be far from the shortest. Here a condition fires once: what one thread finds first,
//!   breadth first, is nearest.
//! * It leaves a state unexpanded when nothing is left to discover. Here one property never fires.
//! * A search that was stopped looks finished. Here the model itself offers no action once it has to
//!   end, and remembers that it did.
//! * A worker that panics looks like success to some of its reports. Here workers do not panic: what
//!   panics becomes a state of its own, that has a path.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use holdfast_models::cluster::{Action, Cluster, Narrate, Property, State};
use holdfast_models::protocol::Protocol;
use stateright::{Checker, Expectation, Model};

use super::silence::message;
use super::{Found, Kept, Path, Route, Sought, Then, Ticket};

/// Searches `cluster` with `threads` threads. With one, every path is as short as can be.
pub(super) fn search<P: Narrate>(
    cluster: &Cluster<P>,
    sought: &Sought,
    threads: usize,
    ticket: &Arc<Ticket>,
) -> Found<P> {
    let names: Vec<_> = cluster.properties.iter().map(|property| property.name).collect();
    let model = Watched::new(cluster, sought, ticket);
    let checker = model.checker().threads(threads).spawn_bfs().join();
    let model = checker.model();
    // Paths are remembered as indices of actions, and a search that has to end offers none.
    model.retracing.store(true, Ordering::Relaxed);
    let mut discoveries: HashMap<_, _> = checker.discoveries();
    let mut paths: Vec<_> = names
        .into_iter()
        .chain([Property::<P>::NO_HANDLER_PANICS.name])
        .map(|name| discoveries.remove(name).map(stateright::Path::into_vec))
        .collect();
    let mut panic = paths.pop().flatten();
    if let Some((index, message)) = model.misjudged.get() {
        panic = paths[*index].take().map(|path| ending_in_panic(path, message));
    }
    let found = |path: Option<Path<P>>| Some(Route { path: path?, then: Then::Found });
    let routes = paths.into_iter().map(found).collect();
    Found {
        coverage: Vec::new(),
        states: checker.unique_state_count(),
        orbits: None,
        generated: Some(checker.state_count()),
        bytes: None,
        kept: Kept::default(),
        depth: (threads == 1).then(|| checker.max_depth().saturating_sub(1)),
        exhausted: !model.cut.load(Ordering::Relaxed),
        routes,
        panic,
    }
}

/// Visits everything depth first, with one thread, and looks for no paths.
pub(super) fn visit_depth_first<P: Narrate>(
    cluster: &Cluster<P>,
    ticket: &Arc<Ticket>,
) -> Found<P> {
    let model = Watched::new(cluster, &Sought::Everything, ticket);
    let checker = model.checker().threads(1).spawn_dfs().join();
    Found {
        coverage: Vec::new(),
        states: checker.unique_state_count(),
        orbits: None,
        generated: Some(checker.state_count()),
        bytes: None,
        kept: Kept::default(),
        depth: None,
        exhausted: !checker.model().cut.load(Ordering::Relaxed),
        routes: cluster.properties.iter().map(|_| None).collect(),
        panic: None,
    }
}

/// The path with the last state replaced by one that says what panicked there.
fn ending_in_panic<P: Protocol>(mut path: Path<P>, message: &str) -> Path<P> {
    if let Some((state, _)) = path.last_mut() {
        state.panicked = Some(message.into());
    }
    path
}

/// A cluster that is searched under supervision.
struct Watched<P: Protocol> {
    cluster: Cluster<P>,
    sought: Sought,
    ticket: Arc<Ticket>,
    /// Which properties have been found to be violated or reached; the last is that nothing panics.
    found: Vec<AtomicBool>,
    /// The first property that panicked instead of judging, and what it said.
    misjudged: OnceLock<(usize, String)>,
    /// Whether some state was left unexpanded because the search had to end.
    cut: AtomicBool,
    /// Whether the search is over and its paths are being retraced.
    retracing: AtomicBool,
}

impl<P: Narrate> Watched<P> {
    fn new(cluster: &Cluster<P>, sought: &Sought, ticket: &Arc<Ticket>) -> Self {
        Self {
            found: (0..=cluster.properties.len()).map(|_| AtomicBool::new(false)).collect(),
            cluster: cluster.clone(),
            sought: sought.clone(),
            ticket: Arc::clone(ticket),
            misjudged: OnceLock::new(),
            cut: AtomicBool::new(false),
            retracing: AtomicBool::new(false),
        }
    }

    fn has_to_end(&self) -> bool {
        if self.retracing.load(Ordering::Relaxed) {
            return false;
        }
        let satisfied = match &self.sought {
            Sought::Everything => false,
            Sought::Nearest(wanted) => wanted.iter().all(|index| self.is_found(*index)),
        };
        satisfied || self.ticket.is_stopped()
    }

    fn is_found(&self, index: usize) -> bool {
        self.found[index].load(Ordering::Relaxed)
    }

    /// Whether nothing new is to be said about property `INDEX`: false once, at its first state.
    fn nothing_new<const INDEX: usize>(&self, state: &State<P>) -> bool {
        // After a panic there is no state to judge, only the panic.
        if state.panicked.is_some() || self.is_found(INDEX) || self.ticket.is_stopped() {
            return true;
        }
        if self.cluster.properties[INDEX].is_liveness() {
            return true;
        }
        let is_witness = self.cluster.properties[INDEX].is_witness();
        match catch_unwind(AssertUnwindSafe(|| self.cluster.judge(INDEX, state))) {
            Ok(is_true) if is_true != is_witness => true,
            Ok(_) => {
                if !is_witness {
                    self.ticket.found_violation();
                }
                self.found[INDEX].swap(true, Ordering::Relaxed)
            }
            Err(payload) => {
                let name = self.cluster.properties[INDEX].name;
                let said = format!("{name} cannot be judged: {}", message(&*payload));
                let is_first = self.misjudged.set((INDEX, said)).is_ok();
                self.found[INDEX].store(true, Ordering::Relaxed);
                !is_first
            }
        }
    }

    fn nothing_panicked(&self, state: &State<P>) -> bool {
        state.panicked.is_none() || self.found[self.found.len() - 1].swap(true, Ordering::Relaxed)
    }
}

impl<P: Narrate> Model for Watched<P> {
    type State = State<P>;
    type Action = Action<P>;

    fn init_states(&self) -> Vec<State<P>> {
        vec![self.cluster.initial_state()]
    }

    fn actions(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        if self.has_to_end() {
            self.cut.store(true, Ordering::Relaxed);
            return;
        }
        self.ticket.visit(1);
        self.cluster.actions(state, actions);
    }

    fn next_state(&self, state: &State<P>, action: Action<P>) -> Option<State<P>> {
        catch_unwind(AssertUnwindSafe(|| self.cluster.next_state(state, &action))).unwrap_or_else(
            |payload| {
                let mut after = state.clone();
                after.broken = 0;
                after.panicked = Some(message(&*payload).into());
                Some(after)
            },
        )
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        let named = |name, condition| stateright::Property {
            expectation: Expectation::Always,
            name,
            condition,
        };
        let judged = self.cluster.properties.iter().zip(conditions());
        judged
            .map(|(property, condition)| named(property.name, condition))
            .chain([
                named(Property::<P>::NO_HANDLER_PANICS.name, Self::nothing_panicked),
                // Never found: while something is left to find, every state is expanded.
                named("the-search-goes-on", |_, _| true),
            ])
            .collect()
    }
}

type Condition<P> = fn(&Watched<P>, &State<P>) -> bool;

macro_rules! conditions {
    ($($index:literal)*) => { [$(Watched::nothing_new::<$index>),*] };
}

/// Stateright's conditions are plain functions, so each property has one of its own: as many as
/// [`Cluster`] judges.
fn conditions<P: Narrate>() -> [Condition<P>; 30] {
    conditions!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29)
}
