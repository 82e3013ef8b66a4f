//! Nodes where each key has a home that takes its updates.

use holdfast_models::multi_leader::home_region::{
    Change, Entry, HomeRegion, Message, Replica, Stamp, Timer,
};
use holdfast_models::vocabulary::{Epoch, Operation, Refusal, ReplicaId, Request, Terms};

use super::{Contents, Coordination, Facts, Hosted, Observation, RegionFacts, Service};
use crate::config::{Patience, Timers};
use crate::gateway::CLIENTS_OF_A_REPLICA;

/// No region decides so often, and no home moves so often: at a billion times a second it would take thirty years.
const LATEST: u64 = 1 << 60;

impl Hosted for HomeRegion {
    type Observer = ();

    const KINDS: &'static [&'static str] = &["entries", "have", "forward", "answer"];

    fn kind(message: &Message) -> usize {
        match message {
            Message::Entries(_) => 0,
            Message::Have { .. } => 1,
            Message::Forward { .. } => 2,
            Message::Answer { .. } => 3,
        }
    }

    fn patience(&self, timer: Timer, timers: &Timers) -> Patience {
        match timer {
            Timer::Gossip => Patience::exactly(timers.heartbeat),
            Timer::Silence(_) => {
                Patience { at_least: timers.suspect, at_most: timers.suspect_at_most }
            }
        }
    }

    /// A region that was heard just now is not taken to be gone. Whatever else is due is due.
    fn is_put_off(&self, timer: Timer) -> bool {
        match timer {
            Timer::Gossip => false,
            Timer::Silence(_) => true,
        }
    }

    fn is_bulky(_: &Message) -> bool {
        false
    }

    fn is_plausible(&self, message: &Message) -> bool {
        let exists = |region: ReplicaId| region.0 < self.replicas;
        let could_be = |epoch: Epoch| epoch.0 < LATEST;
        let could_be_made = |entry: &Entry| {
            let Entry { number, time, key: _, epoch, change } = entry;
            let is_possible = match change {
                Change::Put { .. } | Change::Keep(_) => true,
                Change::Move { to, latest, answered } => {
                    let clients = usize::from(self.replicas) * CLIENTS_OF_A_REPLICA as usize;
                    let could_be_there = |(stamp, _): &(Stamp, _)| {
                        exists(stamp.home) && could_be(stamp.epoch) && stamp.time <= *time
                    };
                    exists(*to)
                        && latest.as_ref().is_none_or(could_be_there)
                        && answered.len() <= clients
                }
            };
            (1..LATEST).contains(number) && *time < LATEST && could_be(*epoch) && is_possible
        };
        match message {
            // Whoever decides tells one update, and perhaps a move, at once.
            Message::Entries(entries) => {
                entries.len() <= usize::from(self.batch).max(2) && entries.iter().all(could_be_made)
            }
            Message::Have { applied, made, time } => {
                *applied < LATEST && *made < LATEST && *time < LATEST
            }
            Message::Forward { request, by, epoch, client: _ } => {
                exists(*by) && could_be(*epoch) && self.admits(request).is_ok()
            }
            Message::Answer { reply, client: _ } => reply.token.0.0 < LATEST,
        }
    }

    /// Whoever is asked passes on what is not its own, and homes recognise what they have answered.
    fn service(&self) -> Service {
        Service { coordination: Coordination::Leader, guaranteed_followers: 0 }
    }

    fn admits(&self, request: &Request) -> Result<(), Refusal> {
        let Request { operation, terms, token, .. } = request;
        let Terms { write_quorum, read_quorum, context } = terms;
        let is_usual = write_quorum.is_none()
            && read_quorum.is_none()
            && context.as_ref().is_none_or(|context| context.is_empty());
        if !is_usual || token.0.0 >= LATEST {
            return Err(Refusal::Unsupported);
        }
        match operation {
            Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Delete { .. }
            | Operation::Add { .. }
            | Operation::CompareAndSet { .. }
            | Operation::Take { .. } => Ok(()),
            // Other keys have other homes, a register holds one value, and who takes part is for the cluster file to say.
            Operation::Clear
            | Operation::Edit { .. }
            | Operation::Transact { .. }
            | Operation::AddReplica(_)
            | Operation::RemoveReplica(_) => Err(Refusal::Unsupported),
        }
    }

    fn observe(&self, replica: &Replica, (): &mut ()) -> Observation {
        let Replica { durable, suspected, .. } = replica;
        let regions = |of: &std::collections::BTreeMap<ReplicaId, u64>| {
            of.iter().map(|(id, count)| (*id, *count)).collect::<Vec<_>>()
        };
        let facts = RegionFacts {
            time: durable.time,
            applied: regions(&durable.applied),
            closed: regions(&durable.closed),
            kept: durable.entries.len(),
            records: durable.records.len(),
            suspected: suspected.iter().collect(),
        };
        Observation { role: "region", facts: Facts::Regions(facts) }
    }

    fn contents(replica: &Replica) -> Contents {
        Contents::Regions(replica.durable.records.clone())
    }
}
