//! One of those who explore together: it keeps the states that it owns, expands and judges them, and
//! passes on what they lead to.

use holdfast_models::cluster::Cluster;
use holdfast_models::protocol::Protocol;

use super::super::batch::Batch;
use super::super::cache::Cache;
use super::super::judge::{self, Judges};
use super::super::lessons::{Learner, NotTheSame, Successors, Teller};
use super::super::parts::Parts;
use super::super::threads::Threads;
use super::super::visited::{Visited, digest};
use super::super::worker::Recent;
use super::letter::{Reader, States, Writer};
use super::level::Level;
use super::origins::Origins;
use super::partition::Partition;
use super::tally::{Decided, Tally, Way};
use crate::explore::{Cause, Ticket};

/// How many states are expanded at a time, and how many arrive before they are sorted in.
const SLICE: usize = 512;

/// From so many bytes on a letter is sent.
const LETTER: usize = 1 << 15;

/// How many rows each peer remembers to have come by: what is sent once need not be sent again.
const RECENT: usize = 1 << 16;

pub(super) struct Peer<'a, P: Protocol> {
    cluster: &'a Cluster<P>,
    parts: &'a Parts<P>,
    judges: &'a Judges<'a, P>,
    me: usize,
    /// What follows the states that it expands, and what it has to work out for others.
    successors: Successors<'a, P>,
    lessons: Successors<'a, P>,
    partition: Partition,
    origins: Origins,
    /// The others, and a place for itself that is not used.
    others: Vec<Other>,
    /// With the initial state in it, whoever owns that.
    visited: Visited,
    /// Why no more states can be added, if that is so.
    full: Option<Cause>,
    owns_initial: bool,
    /// What is being expanded, in which order, and how much of it was.
    level: Level,
    order: Vec<u32>,
    expanded: usize,
    next: Level,
    arrivals: Batch,
    arrival_paths: Vec<u16>,
    recent: Recent,
    judged: Cache<u32>,
    combinations: Cache<u32>,
    /// Properties to be judged, one bit each, and what has decided the others.
    open: u32,
    decided: Vec<Option<Decided>>,
    panicked: Option<Way>,
    generated: usize,
    pub(super) lessons_learned: usize,
}

/// What there is between a peer and another.
struct Other {
    teller: Teller,
    learner: Learner,
    writer: Writer,
}

impl<'a, P: Protocol> Peer<'a, P> {
    pub(super) fn new(
        cluster: &'a Cluster<P>,
        parts: &'a Parts<P>,
        judges: &'a Judges<'a, P>,
        me: usize,
        peers: usize,
    ) -> Self {
        // Nothing has a number yet: all peers give the same ones to the parts of the initial state.
        let initial = parts.split(&cluster.initial_state());
        let mut partition = Partition::new(peers, initial.len());
        let owns_initial = partition.owner(parts, &initial) == me;
        let other = |_| Other {
            teller: Teller::new(&initial),
            learner: Learner::new(&initial, &initial).expect("a row is the same as itself"),
            writer: Writer::new(initial.len()),
        };
        let mut level = Level::new(0, 0);
        if owns_initial {
            level.offer(0, &[]);
        }
        Self {
            cluster,
            parts,
            judges,
            me,
            successors: Successors::new(parts, judges),
            lessons: Successors::new(parts, judges),
            partition,
            origins: Origins::new(&initial),
            others: (0..peers).map(other).collect(),
            visited: Visited::new(&initial, 1, false),
            full: None,
            owns_initial,
            order: level.in_order(),
            level,
            expanded: 0,
            next: Level::new(1, 1),
            arrivals: Batch::new(initial.len()),
            arrival_paths: Vec::new(),
            recent: Recent::new(initial.len(), RECENT),
            judged: Cache::new(1 << 15),
            combinations: Cache::new(1 << 13),
            open: (1 << cluster.properties.len()) - 1,
            decided: vec![None; cluster.properties.len()],
            panicked: None,
            generated: 0,
            lessons_learned: 0,
        }
    }

    /// Expands some of the states of this level. Answers whether there are more.
    pub(super) fn expand(&mut self, ticket: &Ticket) -> bool {
        let end = self.order.len().min(self.expanded + SLICE);
        ticket.visit(end - self.expanded);
        for place in self.expanded..end {
            self.expand_state(self.order[place] as usize, ticket);
        }
        self.expanded = end;
        end < self.order.len()
    }

    fn expand_state(&mut self, state: usize, ticket: &Ticket) {
        let columns = self.parts.columns();
        let mut row = vec![0; columns];
        self.visited.read(state, &mut row);
        let path = self.level.path(state).to_vec();
        let mut rows = Vec::new();
        let is_quiescent = self.successors.of(&row, |next, _| rows.extend_from_slice(next));
        self.judge(&row, &path, is_quiescent, ticket);
        let mut next_path = path.clone();
        for (ordinal, next) in rows.chunks(columns).enumerate() {
            self.generated += 1;
            self.origins.note(&row, next);
            // Paths are taken in their order: what was come by before was by a lesser one.
            if !self.recent.note(digest(next), next) {
                continue;
            }
            let ordinal = u16::try_from(ordinal).expect("fewer than 2^16 states follow one");
            let owner = self.partition.owner(self.parts, next);
            if owner == self.me {
                next_path.push(ordinal);
                self.arrive(next, &next_path);
                next_path.pop();
            } else {
                self.write(owner, &path, ordinal, next);
            }
        }
    }

    /// Adds a state to what is to be sent to another peer.
    fn write(&mut self, to: usize, parent: &[u16], ordinal: u16, row: &[u32]) {
        let Self { others, origins, lessons, .. } = self;
        let Other { teller, writer, .. } = &mut others[to];
        if !teller.has_told(row) {
            origins.explain(row, teller, lessons, |lesson| writer.add_lesson(lesson));
        }
        writer.add(parent, ordinal, row);
    }

    /// What is to be sent, with to whom: what is long enough, or all of it.
    pub(super) fn take_letters(&mut self, all: bool) -> impl Iterator<Item = (usize, States)> {
        let is_due = move |writer: &Writer| all || writer.len() >= LETTER;
        let others = self.others.iter_mut().enumerate();
        others
            .filter(move |(_, other)| is_due(&other.writer))
            .filter_map(|(to, other)| Some((to, other.writer.take()?)))
    }

    /// Reads what another peer sent: states of the next level.
    pub(super) fn read(&mut self, from: usize, states: &States) -> Result<(), NotTheSame> {
        for lesson in &states.lessons {
            let Self { others, origins, lessons, .. } = self;
            let note = |row: &[u32], next: &[u32]| origins.note(row, next);
            others[from].learner.learn_and_note(lesson, lessons, note)?;
        }
        self.lessons_learned += states.lessons.len();
        let mut reader = Reader::new(states, self.parts.columns());
        let mut row = vec![0; self.parts.columns()];
        while reader.read().ok_or(NotTheSame::Torn)? {
            row.copy_from_slice(&reader.row);
            self.others[from].learner.translate(&mut row)?;
            if reader.path.len() != self.next.steps() {
                return Err(NotTheSame::Torn);
            }
            self.arrive(&row, &reader.path);
        }
        Ok(())
    }

    /// Notes that `path` leads to `row`, which it owns.
    fn arrive(&mut self, row: &[u32], path: &[u16]) {
        match self.visited.find(row) {
            Some(known) if (known as usize) < self.next.first => {}
            Some(known) => self.next.offer(known as usize, path),
            None => {
                self.arrivals.push(row, digest(row));
                self.arrival_paths.extend_from_slice(path);
                if self.arrivals.len() >= SLICE {
                    self.sort_in();
                }
            }
        }
    }

    fn sort_in(&mut self) {
        let Self { arrivals, arrival_paths, visited, next, .. } = self;
        arrivals.end_state();
        if let Err(cause) = visited.add(arrivals, &Threads::new(1)) {
            self.full = Some(cause);
            arrivals.clear();
            arrival_paths.clear();
            return;
        }
        for (at, path) in arrival_paths.chunks(next.steps()).enumerate() {
            let state = visited.find(arrivals.row(at)).expect("what was added is there");
            next.offer(state as usize, path);
        }
        arrivals.clear();
        arrival_paths.clear();
    }

    /// Goes on to what was reached: the level is complete at all peers.
    pub(super) fn begin_next_level(&mut self) {
        self.sort_in();
        let (first, steps) = (self.visited.len(), self.next.steps() + 1);
        self.level = std::mem::replace(&mut self.next, Level::new(first, steps));
        self.order = self.level.in_order();
        self.expanded = 0;
    }

    fn judge(&mut self, row: &[u32], path: &[u16], is_quiescent: bool, ticket: &Ticket) {
        let front = row[self.parts.replicas()];
        if self.parts.fronts.get(front).state.panicked.is_some() {
            // After a panic there is no state to judge, only the panic.
            self.panicked.get_or_insert_with(|| path.to_vec());
            return;
        }
        if self.open == 0 {
            return;
        }
        let judge::Findings { found, misjudged, .. } = self.findings(row, front, is_quiescent);
        if let Some((property, message)) = misjudged {
            self.decide(property, Decided { at: path.to_vec(), misjudged: Some(message) });
        }
        let mut found = found & self.open;
        while found != 0 {
            let property = found.trailing_zeros() as usize;
            self.decide(property, Decided { at: path.to_vec(), misjudged: None });
            if !self.cluster.properties[property].is_witness() {
                ticket.found_violation();
            }
            found &= found - 1;
        }
    }

    /// What judging comes to. Of what is not open any more, nobody asks later.
    fn findings(&mut self, row: &[u32], front: u32, is_quiescent: bool) -> judge::Findings {
        let Self { judges, judged, combinations, open, parts, successors, .. } = self;
        let combination = judges.combination(successors.expander.places(row), combinations);
        let has_broken = row[parts.replicas() + 1] != 0;
        let question = [combination, front, u32::from(is_quiescent)];
        if !has_broken && let Some(found) = judged.get(question) {
            return judge::Findings { found, ..judge::Findings::default() };
        }
        let findings = judges.judge(row, combination, is_quiescent, *open);
        if !has_broken && findings.misjudged.is_none() {
            judged.put(question, findings.found);
        }
        findings
    }

    fn decide(&mut self, property: usize, decided: Decided) {
        self.open &= !(1 << property);
        self.decided[property] = Some(decided);
    }

    /// How far it has come.
    pub(super) fn tally(&self, ticket: &Ticket) -> Tally {
        let counts = &self.successors.expander.counts[..self.parts.kinds.len()];
        let tables = self.visited.bytes() + self.level.bytes() + self.origins.bytes();
        Tally {
            new: self.level.len() as u64,
            stopped: ticket.cause().or_else(|| self.full.clone()),
            states: (self.visited.len() - usize::from(!self.owns_initial)) as u64,
            generated: self.generated as u64,
            bytes: (tables + self.parts.bytes() + self.judges.bytes()) as u64,
            counts: counts.iter().map(|count| *count as u64).collect(),
            decided: self.decided.clone(),
            panicked: self.panicked.clone(),
        }
    }
}
