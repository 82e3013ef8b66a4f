//! One exploration by several peers: threads of one process, or of processes on several machines.
//!
//! Each state has one owner, by a digest of what its parts are. The owner keeps it, expands it, judges
//! it, and sends what it leads to to the owners of that. Every peer numbers parts as it meets them, and
//! so tells another what its numbers mean before it uses them, once: see
//! [`lessons`](super::lessons). No part is ever sent.
//!
//! Peers go through the levels of the search side by side: [`dataflow`] says when a level is complete.
//! So a state is found on the level on which one process finds it. With it comes the least of the
//! shortest ways to it, as the number of the step that is taken among those possible, step by step. That
//! is the order in which one process numbers states, so what is found first is the same there, and so
//! is the way to it: it is retraced where it is to be told, and nobody has to remember parents.
//!
//! Read [`peer`] for what one does, [`letter`] for what is sent, [`origins`] for how a number is
//! explained, [`level`] for the order within a level, and [`tally`] for how it all adds up.

mod dataflow;
mod letter;
mod level;
mod origins;
mod partition;
mod peer;
mod tally;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use holdfast_models::cluster::{Cluster, Narrate};
use holdfast_models::protocol::Protocol;

use super::judge::Judges;
use super::lessons::Successors;
use super::parts::Parts;
use super::way::Ways;
use crate::explore::{Found, Kept, Path, Route, Then, Ticket};
use crate::scale_out::{Group, Seat, Share, Watch};
use dataflow::Post;
use letter::{Content, Letter};
use peer::Peer;
use tally::{Decided, Tally, Way};

/// What a peer has found out.
#[derive(Default)]
struct Explored {
    /// What all peers had found when the last level that was complete began.
    all: Tally,
    /// How many levels there were beyond the first.
    depth: usize,
    /// Whether everything was visited.
    exhausted: bool,
    /// How many states are its own, and how many lessons it learned.
    states: usize,
    lessons: usize,
}

/// Searches `cluster` together with the rest of `group`, for everything that can be reached. What has
/// to come true in the end is not judged. Answers also what this process did of it.
pub(crate) fn search<P: Narrate>(
    cluster: &Cluster<P>,
    mut group: Group,
    ticket: &Ticket,
) -> (Found<P>, Share) {
    let seats = std::mem::take(&mut group.seats);
    let watch = &*group.watch;
    let run = || {
        thread::scope(|scope| {
            let spawn = |seat| {
                // By this name their panics are known to be findings.
                let name = "checker-peer".to_owned();
                let work = move || explore(cluster, seat, watch, ticket);
                let spawned = thread::Builder::new().name(name).spawn_scoped(scope, work);
                spawned.expect("a process that explores may start threads")
            };
            let started: Vec<_> = seats.into_iter().map(spawn).collect();
            let ended = started.into_iter().map(thread::ScopedJoinHandle::join);
            ended.collect::<Result<Vec<Explored>, _>>()
        })
    };
    // Whatever has happened, others are left in good order.
    let explored = catch_unwind(AssertUnwindSafe(run)).and_then(|explored| explored);
    let (sent, loss) = group.leave();
    let explored = explored.unwrap_or_else(|payload| resume_unwind(payload));
    let share = Share {
        states: explored.iter().map(|peer| peer.states).sum(),
        lessons: explored.iter().map(|peer| peer.lessons).sum(),
        sent,
        loss,
    };
    let outcome = explored
        .into_iter()
        .reduce(|one, other| Explored { exhausted: one.exhausted && other.exhausted, ..one });
    (found(cluster, &outcome.unwrap_or_default()), share)
}

/// What one peer does, whatever becomes of the others.
fn explore<P: Narrate>(
    cluster: &Cluster<P>,
    seat: Seat,
    watch: &Watch,
    ticket: &Ticket,
) -> Explored {
    let mut explored = Explored::default();
    let run = || explore_levels(cluster, seat, watch, ticket, &mut explored);
    if let Err(payload) = catch_unwind(AssertUnwindSafe(run)) {
        // The dataflow panics if a connection ends before its time.
        if !watch.has_lost_somebody() {
            watch.fail();
            resume_unwind(payload);
        }
        explored.exhausted = false;
    }
    explored
}

fn explore_levels<P: Narrate>(
    cluster: &Cluster<P>,
    seat: Seat,
    watch: &Watch,
    ticket: &Ticket,
    explored: &mut Explored,
) {
    let parts = Parts::new(cluster);
    let judges = Judges::new(cluster, &parts);
    let mut post = Post::new(seat.take());
    let mut peer = Peer::new(cluster, &parts, &judges, post.me(), post.peers());
    for level in 0.. {
        let Some(all) = explore_level(level, &mut peer, &mut post, watch, ticket) else { return };
        let tally = peer.tally(ticket);
        explored.states = tally.states as usize;
        explored.lessons = peer.lessons_learned;
        let has_ended = all.stopped.is_some() || all.new == 0;
        explored.exhausted = all.stopped.is_none() && all.new == 0;
        explored.depth = if all.new == 0 { explored.depth } else { level as usize };
        explored.all = all;
        if has_ended {
            break;
        }
        peer.begin_next_level();
    }
    if let Some(cause) = &explored.all.stopped {
        ticket.stop(cause.clone());
    }
    post.close(|| watch.is_broken());
}

/// Expands the states of one level, and receives those of the next. Answers what all peers had found
/// when it began. `None` if it cannot be completed.
fn explore_level<P: Protocol>(
    level: u64,
    peer: &mut Peer<'_, P>,
    post: &mut Post,
    watch: &Watch,
    ticket: &Ticket,
) -> Option<Tally> {
    let from = post.me() as u32;
    let letter = |to: usize, content| Letter { level, from, to: to as u32, content };
    for to in 0..post.peers() {
        post.send(letter(to, Content::Tally(peer.tally(ticket))));
    }
    let mut tallies = Vec::new();
    let mut receive = |peer: &mut Peer<'_, P>, letters: Vec<Letter>| {
        for Letter { from, content, .. } in letters {
            match content {
                Content::Tally(tally) => tallies.push((from, tally)),
                // Whoever stops makes room, and takes no more.
                Content::States(_) if ticket.is_stopped() => {}
                Content::States(states) => {
                    if let Err(why) = peer.read(from as usize, &states) {
                        let said = format!("peer {from} explores another model: {why}");
                        resume_unwind(Box::new(said));
                    }
                }
            }
        }
    };
    let mut has_more = true;
    while has_more && !ticket.is_stopped() && !watch.is_broken() {
        has_more = peer.expand(ticket);
        for (to, states) in peer.take_letters(!has_more) {
            post.send(letter(to, Content::States(states)));
        }
        receive(peer, post.exchange(level));
    }
    post.end(level);
    while !post.is_complete(level) {
        if watch.is_broken() {
            return None;
        }
        receive(peer, post.wait(level));
    }
    tallies.sort_unstable_by_key(|(from, _)| *from);
    let tallies: Vec<_> = tallies.into_iter().map(|(_, tally)| tally).collect();
    Some(Tally::of_all(&tallies))
}

/// Puts together what was found.
fn found<P: Narrate>(cluster: &Cluster<P>, explored: &Explored) -> Found<P> {
    let all = &explored.all;
    let parts = Parts::new(cluster);
    let judges = Judges::new(cluster, &parts);
    let mut successors = Successors::new(&parts, &judges);
    let mut path_along = |way: &Way| path_along(cluster, &parts, &mut successors, way);
    let misjudged = all.misjudged();
    let panic = match misjudged {
        Some((way, message)) => {
            let mut path = path_along(way);
            if let Some((state, _)) = path.last_mut() {
                state.panicked = Some(message.into());
            }
            Some(path)
        }
        None => all.panicked.as_ref().map(&mut path_along),
    };
    let mut route = |decided: &Decided| {
        let is_found = decided.misjudged.is_none();
        is_found.then(|| Route { path: path_along(&decided.at), then: Then::Found })
    };
    let routes = (0..cluster.properties.len())
        .map(|property| route(all.decided.get(property)?.as_ref()?))
        .collect();
    let counts = all.counts.iter().map(|count| *count as usize);
    Found {
        states: all.states as usize,
        orbits: None,
        generated: Some(all.generated as usize),
        bytes: Some(all.bytes as usize),
        kept: Kept::default(),
        depth: Some(explored.depth),
        exhausted: explored.exhausted,
        coverage: parts.kinds.iter().copied().zip(counts).collect(),
        routes,
        panic,
    }
}

/// Takes the steps of `way` again.
fn path_along<P: Narrate>(
    cluster: &Cluster<P>,
    parts: &Parts<P>,
    successors: &mut Successors<'_, P>,
    way: &Way,
) -> Path<P> {
    let mut row = parts.split(&cluster.initial_state());
    let mut states = vec![parts.join(&row)];
    for wanted in way {
        let (mut ordinal, mut taken) = (0, None);
        successors.of(&row, |next, _| {
            if ordinal == usize::from(*wanted) {
                taken = Some(next.to_vec());
            }
            ordinal += 1;
        });
        row = taken.expect("a way that was found can be taken again");
        states.push(parts.join(&row));
    }
    Ways { cluster, parts, symmetry: None }.along(states, false)
}
