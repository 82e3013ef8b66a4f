//! Strongly connected components: states that lead to each other.

use super::due::Graph;

/// The components of a graph, numbered so that each leads only to those with lesser numbers.
///
/// Twelve bytes a state; up to sixteen more while they are being found.
pub(super) struct Components {
    /// For each state, its component.
    of: Vec<u32>,
    /// The states, component by component.
    states: Vec<u32>,
    /// Where each component begins among them, and where the last ends.
    starts: Vec<u32>,
}

impl Components {
    /// Finds them as Pearce does (*A space-efficient algorithm for finding strongly connected
    /// components*, 2016), who needs one number a state where Tarjan needs two. `None` if it had to
    /// stop.
    pub(super) fn find(graph: &Graph, is_stopped: impl Fn() -> bool) -> Option<Self> {
        let count = graph.len();
        let mut search = Search {
            graph,
            mark: vec![0; count],
            live: 1,
            component: u32::try_from(count).expect("states have numbers of 32 bits"),
            waiting: Vec::new(),
            path: Vec::new(),
            states: Vec::with_capacity(count),
            starts: vec![0],
        };
        for state in 0..search.component {
            if state.is_multiple_of(OFTEN) && is_stopped() {
                return None;
            }
            if search.mark[state as usize] == 0 {
                search.visit(state, &is_stopped)?;
            }
        }
        let Search { mut mark, states, starts, .. } = search;
        mark.iter_mut().for_each(|mark| *mark = count as u32 - *mark);
        Some(Self { of: mark, states, starts })
    }

    pub(super) const fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The component of a state.
    pub(super) fn of(&self, state: u32) -> u32 {
        self.of[state as usize]
    }

    /// The states of a component, in no particular order.
    pub(super) fn states(&self, component: u32) -> &[u32] {
        let place = component as usize;
        &self.states[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    pub(super) const fn bytes(&self) -> usize {
        (self.of.capacity() + self.states.capacity() + self.starts.capacity()) * size_of::<u32>()
    }
}

/// After how many states it is looked whether to stop.
const OFTEN: u32 = 1 << 16;

/// A search depth first, with a stack of its own.
struct Search<'a> {
    graph: &'a Graph,
    /// 0 for a state that was not seen; its rank among the live ones, or the least rank that it leads
    /// to; for a state whose component is known, the number of that, which no rank exceeds.
    mark: Vec<u32>,
    /// The next rank. Live is what was seen and has no component yet.
    live: u32,
    /// The next component, counting down.
    component: u32,
    /// States that lead to one above them on the path.
    waiting: Vec<u32>,
    /// The way to the state that is looked at.
    path: Vec<Entered>,
    states: Vec<u32>,
    starts: Vec<u32>,
}

/// A state on the way to the one that is looked at.
struct Entered {
    state: u32,
    rank: u32,
    /// How many of its steps were followed.
    followed: u32,
}

impl Search<'_> {
    fn visit(&mut self, state: u32, is_stopped: impl Fn() -> bool) -> Option<()> {
        self.enter(state);
        let mut steps = 0_u32;
        while let Some(Entered { state, rank, followed }) = self.path.last_mut() {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(OFTEN) && is_stopped() {
                return None;
            }
            let (state, rank) = (*state, *rank);
            let Some(next) = self.graph.targets(state).get(*followed as usize) else {
                self.path.pop();
                self.leave(state, rank);
                continue;
            };
            let least = self.mark[*next as usize];
            if least == 0 {
                self.enter(*next);
                continue;
            }
            // Back from there, or there already: either way its mark is known.
            *followed += 1;
            let mark = &mut self.mark[state as usize];
            *mark = least.min(*mark);
        }
        Some(())
    }

    fn enter(&mut self, state: u32) {
        self.mark[state as usize] = self.live;
        self.path.push(Entered { state, rank: self.live, followed: 0 });
        self.live += 1;
    }

    /// Everything that `state` leads to is known. If it leads to nothing that was live before it, it
    /// and what waits for it are a component.
    fn leave(&mut self, state: u32, rank: u32) {
        self.waiting.push(state);
        if self.mark[state as usize] < rank {
            return;
        }
        while let Some(member) = self.waiting.pop_if(|member| self.mark[*member as usize] >= rank) {
            self.mark[member as usize] = self.component;
            self.live -= 1;
            self.states.push(member);
        }
        self.component -= 1;
        self.starts.push(self.states.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Which states each leads to, by any number of steps.
    fn reached(steps: &[Vec<u32>]) -> Vec<Vec<bool>> {
        let reached_from = |first: usize| {
            let mut seen = vec![false; steps.len()];
            seen[first] = true;
            let mut open = vec![first];
            while let Some(state) = open.pop() {
                for next in steps[state].iter().map(|next| *next as usize) {
                    if !std::mem::replace(&mut seen[next], true) {
                        open.push(next);
                    }
                }
            }
            seen
        };
        (0..steps.len()).map(reached_from).collect()
    }

    fn graphs() -> impl Strategy<Value = Vec<Vec<u32>>> {
        (1..25_u32).prop_flat_map(|count| {
            let steps = prop::collection::vec(0..count, 0..4);
            prop::collection::vec(steps, count as usize)
        })
    }

    proptest! {
        #[test]
        fn states_of_one_component_lead_to_each_other_and_to_lesser_ones(steps in graphs()) {
            let reached = reached(&steps);
            let components = Components::find(&Graph::of(&steps), || false).expect("nobody stops it");
            let count = steps.len();
            for (one, other) in (0..count).flat_map(|one| (0..count).map(move |other| (one, other))) {
                let (from, to) = (components.of(one as u32), components.of(other as u32));
                let are_together = reached[one][other] && reached[other][one];
                prop_assert_eq!(from == to, are_together);
                prop_assert!(!reached[one][other] || from >= to);
            }
            for component in 0..components.len() as u32 {
                let states = components.states(component);
                prop_assert!(states.iter().all(|state| components.of(*state) == component));
                let size = (0..count as u32).filter(|state| components.of(*state) == component);
                prop_assert_eq!(states.len(), size.count());
            }
        }
    }
}
