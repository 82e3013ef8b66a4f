//! Judging states and steps: each property once for each combination of what it looks at.
//!
//! What a property looks at is not declared, it is watched: a judgement that saw only the history
//! stands for every state with that history. So the history's guarantees are judged once a history,
//! what is said of replicas once a combination of replicas, and nothing rests on anybody's word.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use holdfast_models::cluster::{Cluster, Judge, Seen, State, View, Watch};
use holdfast_models::protocol::Protocol;

use super::cache::{Cache, Question};
use super::expand::Moved;
use super::intern::{Interner, Memo};
use super::parts::Parts;
use super::successor::Successor;
use crate::explore::message;

/// One bit of a word each, and one bit for obsolete messages.
const MOST_PROPERTIES: usize = 31;

/// Judges the states of one cluster.
pub(super) struct Judges<'a, P: Protocol> {
    cluster: &'a Cluster<P>,
    parts: &'a Parts<P>,
    /// Combinations of places, put together pair by pair.
    combinations: Interner<(u32, u32)>,
    /// For each set of things that can be looked at.
    projections: Vec<Projection>,
    /// What steps break, by the places before and after.
    steps: Memo<(u32, u32), u32>,
    judges_steps: bool,
}

/// Judgements that rest on the same things.
struct Projection {
    at: Seen,
    /// Properties that were judged so at least once, one bit each.
    properties: AtomicU32,
    judged: Memo<Key, Judged>,
}

/// What was looked at; 0 for what was not.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Key {
    places: u32,
    history: u32,
    front: u32,
    broken: u32,
    is_quiescent: bool,
}

/// Properties, one bit each.
#[derive(Clone, Copy, Default)]
struct Judged {
    known: u32,
    /// Those of them that are violated or reached.
    found: u32,
}

/// What judging a state came to.
#[derive(Default)]
pub(super) struct Findings {
    /// Properties that are violated or reached, one bit each.
    pub(super) found: u32,
    /// Whether that rests on where clients stand, and not on their history alone.
    pub(super) rests_on_clients: bool,
    /// A property that panicked instead, and what it said.
    pub(super) misjudged: Option<(usize, String)>,
}

impl<'a, P: Protocol> Judges<'a, P> {
    pub(super) fn new(cluster: &'a Cluster<P>, parts: &'a Parts<P>) -> Self {
        assert!(
            cluster.properties.len() <= MOST_PROPERTIES,
            "each property needs a bit of its own"
        );
        let is_step = |judge: &Judge<P>| matches!(judge, Judge::Transition(_));
        let projections = (0..32).map(|bits| Projection {
            at: seen(bits),
            properties: AtomicU32::new(0),
            judged: Memo::new(),
        });
        Self {
            cluster,
            parts,
            combinations: Interner::new(),
            projections: projections.collect(),
            steps: Memo::new(),
            judges_steps: cluster.properties.iter().any(|property| is_step(&property.judge)),
        }
    }

    /// All properties, one bit each.
    pub(super) fn all(&self) -> u32 {
        (0..self.cluster.properties.len()).fold(0, |bits, index| bits | 1 << index)
    }

    /// What property `index` is called.
    pub(super) fn name(&self, index: u32) -> &'static str {
        self.cluster.properties[index as usize].name
    }

    /// Judges the properties in `open` of a state, whose places are `combination`.
    pub(super) fn judge(
        &self,
        row: &[u32],
        combination: u32,
        is_quiescent: bool,
        mut open: u32,
    ) -> Findings {
        let mut findings = Findings::default();
        let front = row[self.parts.replicas()];
        let all = Key {
            places: combination,
            history: self.parts.fronts.get(front).history,
            front,
            broken: row[self.parts.replicas() + 1],
            is_quiescent,
        };
        for projection in &self.projections {
            if projection.properties.load(Ordering::Relaxed) & open != 0
                && let Some(judged) = projection.judged.get(all.only(projection.at))
            {
                findings.found |= judged.found & open;
                findings.rests_on_clients |= projection.at.clients;
                open &= !judged.known;
            }
        }
        if open != 0 {
            self.judge_anew(row, all, open, &mut findings);
        }
        findings
    }

    fn judge_anew(&self, row: &[u32], all: Key, open: u32, findings: &mut Findings) {
        let state = self.parts.join_without_messages(row);
        for index in (0..self.cluster.properties.len()).filter(|index| open & (1 << index) != 0) {
            let watch = Watch { quiescent: all.is_quiescent, ..Watch::default() };
            let view = View::watched(self.cluster, &state, &watch);
            let judge = || self.cluster.judge_view(index, &view);
            let property = &self.cluster.properties[index];
            match catch_unwind(AssertUnwindSafe(judge)) {
                Ok(is_true) => {
                    let bit = 1 << index;
                    let found = if is_true == property.is_witness() { bit } else { 0 };
                    findings.found |= found;
                    findings.rests_on_clients |= watch.seen.get().clients;
                    self.remember(watch.seen.get(), all, Judged { known: bit, found });
                }
                Err(payload) => {
                    let said = message(&*payload);
                    let said = format!("{} cannot be judged: {said}", property.name);
                    findings.misjudged.get_or_insert((index, said));
                }
            }
        }
    }

    fn remember(&self, seen: Seen, all: Key, judged: Judged) {
        let projection = &self.projections[bits(seen)];
        projection.judged.update(all.only(seen), judged, |before| {
            before.known |= judged.known;
            before.found |= judged.found;
        });
        projection.properties.fetch_or(judged.known, Ordering::Relaxed);
    }

    /// Judges the step from `before`, whose places are `combination`, to `after`, and notes there what
    /// it breaks. If that panics, `after` becomes the state in which it did.
    #[inline(always)]
    pub(super) fn judge_step(
        &self,
        before: &[u32],
        combination: u32,
        after: &mut Successor,
        moved: Moved,
        cache: &mut Cache<u32>,
        combinations: &mut Cache<u32>,
    ) {
        let front = self.parts.replicas();
        if after.get(front) != before[front]
            && self.parts.fronts.get(after.get(front)).state.panicked.is_some()
        {
            after.change(|row| row[front + 1] = 0);
        } else if self.judges_steps {
            let question = question(combination, moved);
            match question.and_then(|question| cache.get(question)) {
                Some(broken) => after.note_broken(broken),
                None => {
                    let broken = self.ask_about_step(before, combination, after, combinations);
                    if let (Some(question), Some(broken)) = (question, broken) {
                        cache.put(question, broken);
                    }
                }
            }
        }
    }

    /// Judges a step that a thread does not know. Answers what is broken whenever the places are these,
    /// if that is known.
    #[inline(never)]
    fn ask_about_step(
        &self,
        before: &[u32],
        combination: u32,
        after: &mut Successor,
        combinations: &mut Cache<u32>,
    ) -> Option<u32> {
        let key = (combination, self.combination(self.places(after.row()), combinations));
        let known = self.steps.get(key).map(|broken| (broken, true));
        let judge = || known.unwrap_or_else(|| self.judge_step_anew(key, before, after.row()));
        match catch_unwind(AssertUnwindSafe(judge)) {
            Ok((broken, rests_on_places)) => {
                after.note_broken(broken);
                rests_on_places.then_some(broken)
            }
            Err(payload) => {
                after.change(|row| {
                    row.copy_from_slice(before);
                    self.parts.panic(row, message(&*payload).into());
                });
                None
            }
        }
    }

    /// Answers also whether that is so whenever the places are these.
    fn judge_step_anew(&self, key: (u32, u32), before: &[u32], after: &[u32]) -> (u32, bool) {
        let states = [before, after].map(|row| self.parts.join_without_messages(row));
        let watches = [Watch::default(), Watch::default()];
        let seen = || watches.iter().map(|watch| watch.seen.get());
        let broken = catch_unwind(AssertUnwindSafe(|| {
            self.cluster.broken_between(
                &View::watched(self.cluster, &states[0], &watches[0]),
                &View::watched(self.cluster, &states[1], &watches[1]),
            )
        }));
        // Whether a moment is quiescent, these states do not tell.
        if seen().any(|seen| seen.quiescence) {
            let states: [State<P>; 2] = [before, after].map(|row| self.parts.join(row));
            let broken = self.cluster.broken_between(
                &View::new(self.cluster, &states[0]),
                &View::new(self.cluster, &states[1]),
            );
            return (broken, false);
        }
        let broken = broken.unwrap_or_else(|payload| resume_unwind(payload));
        let rests_on_places =
            seen().all(|seen| seen == Seen { places: seen.places, ..Seen::default() });
        if rests_on_places {
            self.steps.update(key, broken, |_| {});
        }
        (broken, rests_on_places)
    }

    fn places(&self, row: &[u32]) -> impl Iterator<Item = u32> {
        self.parts.nodes.iter().zip(row).map(|(nodes, id)| nodes.get(*id).place)
    }

    /// The number of a combination of places.
    #[inline]
    pub(super) fn combination(
        &self,
        mut places: impl Iterator<Item = u32>,
        cache: &mut Cache<u32>,
    ) -> u32 {
        let first = places.next().unwrap_or_default();
        places.fold(first, |combination, place| {
            let intern = || self.combinations.intern((combination, place));
            cache.get_or([combination, place, 0], intern)
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let judged = self.projections.iter().map(|projection| projection.judged.bytes());
        self.combinations.bytes() + self.steps.bytes() + judged.sum::<usize>()
    }
}

impl Key {
    /// The key without what was not looked at.
    fn only(self, seen: Seen) -> Self {
        let Seen { places, history, clients, quiescence, broken } = seen;
        let if_seen = |seen: bool, id: u32| if seen { id } else { 0 };
        Self {
            places: if_seen(places, self.places),
            history: if_seen(history, self.history),
            front: if_seen(clients, self.front),
            broken: if_seen(broken, self.broken),
            is_quiescent: quiescence && self.is_quiescent,
        }
    }
}

/// What to ask a thread's own cache about a step: nothing if more than one place changes.
const fn question(combination: u32, moved: Moved) -> Option<Question> {
    match moved {
        Moved::Nobody => Some([combination, u32::MAX, 0]),
        Moved::One { replica, place } => Some([combination, replica, place]),
        Moved::Several => None,
    }
}

/// What bit is which.
fn seen(bits: usize) -> Seen {
    let is_set = |bit: usize| bits & (1 << bit) != 0;
    Seen {
        places: is_set(0),
        history: is_set(1),
        clients: is_set(2),
        quiescence: is_set(3),
        broken: is_set(4),
    }
}

/// The inverse.
fn bits(seen: Seen) -> usize {
    let Seen { places, history, clients, quiescence, broken } = seen;
    [places, history, clients, quiescence, broken]
        .into_iter()
        .enumerate()
        .map(|(bit, is_set)| usize::from(is_set) << bit)
        .sum()
}
