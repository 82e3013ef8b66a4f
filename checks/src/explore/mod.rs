//! Exploring one cluster: what can be found out, whatever the protocol and whatever the engine.

pub mod interrupt;
mod search;
mod silence;
mod storage;
mod supervisor;
mod trace;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use holdfast_models::cluster::{Cluster, Kind, Narrate, Property, Symmetry};
use holdfast_models::protocol::Protocol;
use stateright::Model;

use crate::engine;
use crate::error::Failure;
use crate::scale_out::{Group, Share, Team, Trouble};

pub(crate) use silence::message;
pub use silence::silently;
pub use storage::{Checkpointing, Kept, Storage};
pub(crate) use supervisor::LEAST_ROOM;
pub use supervisor::{Cause, Patience, Supervisor, Ticket};
pub(crate) use trace::{Path, Route};
pub use trace::{Then, Trace};

use trace::{retraced, told};

/// A cluster that can be explored, whatever its protocol.
pub trait Explorable: Send + Sync {
    /// Explores with `threads` threads until everything sought is found, nothing is left, or the
    /// ticket says stop.
    fn explore(&self, sought: &Sought, threads: usize, ticket: &Arc<Ticket>) -> Exploration;

    /// Explores everything together with the rest of `team`: the same states, verdicts and traces as
    /// this process would find. Answers also what this process did of it.
    ///
    /// # Errors
    /// If something has to come true in the end, which is not judged so, or if the team does not fit
    /// together. That somebody did not come, or was lost, is a truncated exploration.
    fn explore_together(
        &self,
        team: &Team<'_>,
        ticket: &Arc<Ticket>,
    ) -> Result<(Exploration, Share), Failure>;

    /// Explores every state, though one might stand for many.
    fn explore_whole(&self, sought: &Sought, threads: usize, ticket: &Arc<Ticket>) -> Exploration;

    /// Explores with Stateright's own search, the reference that the engine is compared with. It does
    /// not judge what has to come true in the end: of that nothing is found.
    fn explore_by_stateright(
        &self,
        sought: &Sought,
        threads: usize,
        ticket: &Arc<Ticket>,
    ) -> Exploration;

    /// Visits everything with Stateright's search depth first and one thread, and judges as it does
    /// breadth first. It tells neither paths, which would be of any length, nor panics.
    fn explore_depth_first_by_stateright(&self, ticket: &Arc<Ticket>) -> Exploration;

    /// How many numbers the engine makes of a state.
    fn columns(&self) -> usize;

    /// Retraces a path. `None` if the cluster has no such path, or if it does not end where
    /// property `property` is violated or reached. Of what is said to be out of reach, it checks only
    /// that it is not there already.
    fn retrace(&self, path: &[usize], property: usize) -> Option<Trace>;

    /// Serves Stateright's Explorer at `port` of this machine. Returns only if it cannot.
    fn serve(&self, port: u16) -> String;
}

/// What a search is for.
#[derive(Clone, Debug)]
pub enum Sought {
    /// Every state, and the shortest path to whatever is violated or reached there.
    Everything,
    /// No more states than it takes to reach the nearest where each of these properties is violated
    /// or reached.
    Nearest(Vec<usize>),
}

/// What exploring a cluster came to.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// How many different states were seen, those included that others stand for.
    pub states: usize,
    /// Where one state stands for all that differ by who is who, how many of those were looked at.
    pub orbits: Option<usize>,
    /// How many steps the farthest of them is away, if that is known.
    pub depth: Option<usize>,
    /// How many steps were taken, those to states that were seen before included, if that is known.
    pub generated: Option<usize>,
    /// How many bytes the tables took that tell the states apart, if that is known. Depends on the
    /// number of threads, a little.
    pub bytes: Option<usize>,
    /// How the states were kept.
    pub kept: Kept,
    /// How many steps there were of each kind; none if that is not known.
    pub coverage: Vec<(Kind, usize)>,
    /// How long it took.
    pub time: Duration,
    /// How it ended.
    pub end: End,
    /// For each property of the cluster, the shortest path to where it is violated or reached.
    pub traces: Vec<Option<Trace>>,
}

impl Exploration {
    /// How many bytes one state took, the way to it included. `None` if that is not known, or if there
    /// are so few that it says nothing.
    #[must_use]
    pub fn bytes_a_state(&self) -> Option<f64> {
        let bytes = self.bytes.filter(|_| self.states >= 10_000)?;
        Some(bytes as f64 / self.states as f64)
    }
}

/// How a search ended.
#[derive(Clone, Debug)]
pub enum End {
    /// Everything that can be reached was seen.
    Exhausted,
    /// What was sought was found.
    Satisfied,
    /// It was stopped before.
    Truncated(Cause),
    /// Something panicked.
    Panicked {
        /// What it said.
        message: String,
        /// The shortest path to it. `None` if it was not the protocol that panicked.
        trace: Option<Trace>,
    },
}

impl<P: Narrate> Explorable for Cluster<P> {
    fn explore(&self, sought: &Sought, threads: usize, ticket: &Arc<Ticket>) -> Exploration {
        explore(self, ticket, || engine::search(self, sought, threads, ticket))
    }

    fn explore_together(
        &self,
        team: &Team<'_>,
        ticket: &Arc<Ticket>,
    ) -> Result<(Exploration, Share), Failure> {
        if let Some(property) = self.properties.iter().find(|property| property.is_liveness()) {
            return Err(Failure::Usage(format!(
                "{} is about what comes true in the end, which is judged in one process only: leave \
                 out --hosts",
                property.name
            )));
        }
        let mut share = Share::default();
        let group = match Group::gather(team, ticket) {
            Ok(group) => Some(group),
            Err(Trouble::Failure(failure)) => return Err(failure),
            Err(Trouble::Absent { process, why }) => {
                ticket.stop(Cause::Absent(process));
                share.loss = Some(why);
                None
            }
            Err(Trouble::Stopped) => None,
        };
        let exploration = explore(self, ticket, || match group {
            Some(group) => {
                let (found, done) = engine::search_together(self, group, ticket);
                share = done;
                found
            }
            None => Found::nothing(self.properties.len()),
        });
        Ok((exploration, share))
    }

    fn explore_whole(&self, sought: &Sought, threads: usize, ticket: &Arc<Ticket>) -> Exploration {
        let mut whole = self.clone();
        whole.environment.symmetry = Symmetry::NONE;
        whole.explore(sought, threads, ticket)
    }

    fn explore_by_stateright(
        &self,
        sought: &Sought,
        threads: usize,
        ticket: &Arc<Ticket>,
    ) -> Exploration {
        explore(self, ticket, || {
            let mut found = search::search(self, sought, threads, ticket);
            if threads > 1 {
                shorten(self, &mut found, ticket);
            }
            found
        })
    }

    fn explore_depth_first_by_stateright(&self, ticket: &Arc<Ticket>) -> Exploration {
        explore(self, ticket, || search::visit_depth_first(self, ticket))
    }

    fn columns(&self) -> usize {
        engine::columns(self)
    }

    fn retrace(&self, path: &[usize], property: usize) -> Option<Trace> {
        let retrace = AssertUnwindSafe(|| retraced(self, path, property));
        silently(|| catch_unwind(retrace).ok().flatten())
    }

    fn serve(&self, port: u16) -> String {
        let mut cluster = self.clone();
        // The model has it built in: one line in the Explorer is enough.
        let built_in = Property::<P>::OBSOLETE_MESSAGES_ARE_IGNORED.name;
        cluster.properties.retain(|property| property.name != built_in);
        let explorer = cluster.checker();
        let served = catch_unwind(AssertUnwindSafe(|| drop(explorer.serve(("127.0.0.1", port)))));
        match served {
            Ok(()) => "the Explorer has ended".to_owned(),
            Err(payload) => message(&*payload),
        }
    }
}

/// What a search came to.
pub(crate) struct Found<P: Protocol> {
    /// How many different states were seen, those included that others stand for.
    pub(crate) states: usize,
    /// How many of them were looked at, where one stands for many.
    pub(crate) orbits: Option<usize>,
    /// How many steps were taken, if that is known.
    pub(crate) generated: Option<usize>,
    /// How many bytes the states took, if that is known.
    pub(crate) bytes: Option<usize>,
    /// How the states were kept.
    pub(crate) kept: Kept,
    /// How many steps the farthest of them is away. Several threads of Stateright's do not find out.
    pub(crate) depth: Option<usize>,
    /// Whether everything that can be reached was visited.
    pub(crate) exhausted: bool,
    /// How many steps there were of each kind, if that is known.
    pub(crate) coverage: Vec<(Kind, usize)>,
    /// For each property, the way to where it is violated or reached, if there is one.
    pub(crate) routes: Vec<Option<Route<P>>>,
    /// A path to where something panics, if something does.
    pub(crate) panic: Option<Path<P>>,
}

impl<P: Protocol> Found<P> {
    /// What a search finds that does not begin.
    fn nothing(properties: usize) -> Self {
        Self {
            states: 0,
            orbits: None,
            generated: None,
            bytes: None,
            kept: Kept::default(),
            depth: None,
            exhausted: false,
            coverage: Vec::new(),
            routes: (0..properties).map(|_| None).collect(),
            panic: None,
        }
    }
}

/// Makes an exploration of a search, whatever happens in it.
fn explore<P: Narrate>(
    cluster: &Cluster<P>,
    ticket: &Arc<Ticket>,
    search: impl FnOnce() -> Found<P>,
) -> Exploration {
    silently(|| {
        let explored = catch_unwind(AssertUnwindSafe(|| exploration(cluster, search(), ticket)));
        explored.unwrap_or_else(|payload| Exploration {
            states: ticket.states(),
            orbits: None,
            depth: None,
            generated: None,
            bytes: None,
            kept: Kept::default(),
            coverage: Vec::new(),
            time: ticket.elapsed(),
            end: End::Panicked { message: message(&*payload), trace: None },
            traces: vec![None; cluster.properties.len()],
        })
    })
}

fn exploration<P: Narrate>(
    cluster: &Cluster<P>,
    found: Found<P>,
    ticket: &Arc<Ticket>,
) -> Exploration {
    let end = if let Some(path) = &found.panic {
        let said = path.last().and_then(|(state, _)| state.panicked.as_deref());
        let message = said.unwrap_or("a panic without a message").to_owned();
        End::Panicked { message, trace: told(cluster, path, Then::Found) }
    } else if found.exhausted {
        End::Exhausted
    } else {
        ticket.cause().map_or(End::Satisfied, End::Truncated)
    };
    let routes = found.routes.iter();
    Exploration {
        states: found.states,
        orbits: found.orbits,
        depth: found.depth,
        generated: found.generated,
        bytes: found.bytes,
        kept: found.kept,
        coverage: found.coverage,
        time: ticket.elapsed(),
        end,
        traces: routes
            .map(|route| told(cluster, &route.as_ref()?.path, route.as_ref()?.then))
            .collect(),
    }
}

/// Replaces the paths that several threads came across by the shortest, which one thread finds.
fn shorten<P: Narrate>(cluster: &Cluster<P>, found: &mut Found<P>, ticket: &Arc<Ticket>) {
    let mut wanted: Vec<_> =
        (0..found.routes.len()).filter(|index| found.routes[*index].is_some()).collect();
    wanted.extend(found.panic.iter().map(|_| found.routes.len()));
    let nearest = search::search(cluster, &Sought::Nearest(wanted), 1, ticket);
    // Only a search that was stopped misses any, and then nothing is known to be the shortest.
    found.exhausted &= !ticket.is_stopped();
    for (route, shorter) in found.routes.iter_mut().zip(nearest.routes) {
        *route = shorter.or(route.take());
    }
    found.panic = nearest.panic.or(found.panic.take());
}
