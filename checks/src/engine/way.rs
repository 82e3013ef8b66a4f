//! The ways to what was found, as states and actions.

use holdfast_models::cluster::{Action, Cluster, State};
use holdfast_models::protocol::Protocol;

use super::doubt::WRONG;
use super::orbit::Representatives;
use super::parts::{Next, Parts, next_state};
use super::symmetry::Symmetry;
use crate::explore::Path;

/// Finds the ways along states that were visited.
pub(super) struct Ways<'a, P: Protocol> {
    pub(super) cluster: &'a Cluster<P>,
    pub(super) parts: &'a Parts<P>,
    pub(super) symmetry: Option<&'a Symmetry<'a, P>>,
}

impl<P: Protocol> Ways<'_, P> {
    /// The states on the way, each with the action that leads to the next: the first that does, found by
    /// the cluster itself, so that a path is known to be one.
    ///
    /// Where one state stands for many, this is a way to one of those, from the first state, which
    /// stands for itself alone, by states that those on the way stand for. It ends early if the symmetry
    /// is known to be none (`is_misled`).
    pub(super) fn along(&self, states: Vec<State<P>>, is_misled: bool) -> Path<P> {
        let mut representatives = self.symmetry.map(Representatives::new);
        let mut path: Path<P> = Vec::new();
        for state in states {
            let Some((before, taken)) = path.last_mut() else {
                path.push((state, None));
                continue;
            };
            let Some((action, after)) = self.step(before, &state, representatives.as_mut()) else {
                assert!(is_misled, "{WRONG}: what follows a state does not follow it, renamed");
                break;
            };
            *taken = Some(action);
            path.push((after, None));
        }
        path
    }

    /// The first action that leads from `before` to what `wanted` is or stands for, and where.
    fn step(
        &self,
        before: &State<P>,
        wanted: &State<P>,
        mut representatives: Option<&mut Representatives<'_, P>>,
    ) -> Option<(Action<P>, State<P>)> {
        let mut actions = Vec::new();
        self.cluster.actions(before, &mut actions);
        let row = self.parts.split(wanted);
        actions.into_iter().find_map(|action| {
            let after = match next_state(self.cluster, before, &action) {
                Next::Unchanged => return None,
                Next::Changed(after) => *after,
                Next::Panicked(message) => {
                    State { panicked: Some(message), broken: 0, ..before.clone() }
                }
            };
            let is_there = match &mut representatives {
                None => {
                    after == *wanted
                        || after.panicked.is_some() && after.panicked == wanted.panicked
                }
                // What a panic says has names in it, and nobody changes those.
                Some(_) if after.panicked.is_some() => wanted.panicked.is_some(),
                Some(representatives) => {
                    let mut other = self.parts.split(&after);
                    representatives.represent(&mut other);
                    other == row
                }
            };
            is_there.then_some((action, after))
        })
    }
}
