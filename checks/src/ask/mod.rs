//! Questions that no row of a table asks: any configuration, put together from flags.
//!
//! Read [`Question`] for what is asked, [`World`] for what surrounds it, [`workloads`] for how the
//! two are explored, and [`Answer`] for what all of it comes to.

mod answer;
mod stake;
mod workloads;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use holdfast_models::cluster::{Client, Cluster, Environment, Narrate, Property, Session};
use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::ReplicaSet;

use crate::explore::Explorable;
use crate::verdict::Statement;
pub use answer::{Answer, answers, missed};
pub use workloads::workloads;
pub(crate) use world::Data;
pub use world::{NETWORKS, World};

/// What is asked of which protocol.
pub struct Question<P: Protocol> {
    /// The configuration.
    pub protocol: P,
    /// How many replicas clients may ask.
    pub replicas: u8,
    /// Whether replicas that do not lead answer reads.
    pub followers_answer: bool,
    /// What the workloads are called that differ in where a reader asks.
    pub places: Places,
    /// Whether clients hand back what they have seen.
    pub session: Session,
    /// Replicas that no fault touches and no client asks.
    pub spared: ReplicaSet,
    /// What must stay true of replicas, whatever clients are told.
    pub invariants: Vec<Property<P>>,
    /// What must stay true of updates that were acknowledged.
    pub about_acknowledged: Vec<Property<P>>,
    /// What must stay true and only a reader can notice, besides the guarantees.
    pub about_reads: Vec<Property<P>>,
    /// What transactions of several registers must keep; nothing where there are none.
    pub about_transactions: Vec<Property<P>>,
    /// What must be true once only faults could change anything.
    pub about_rest: Vec<Property<P>>,
    /// What must come true in the end, whatever happens first.
    pub about_the_end: Vec<Property<P>>,
    /// What has to happen, so that nothing holds because nothing happens.
    pub witnesses: Witnesses<P>,
}

/// What workloads are called that differ in where a reader asks.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// It asks the replica that the first writer has asked.
    pub first: &'static str,
    /// It asks another one.
    pub another: &'static str,
    /// Where it asks first and then, if it moves.
    pub moving: [u8; 2],
    /// It asks the first once it was told of a write at the last.
    pub told: &'static str,
}

/// What has to happen before a promise means anything.
#[derive(Clone, Copy, Debug)]
pub struct Witnesses<P: Protocol> {
    /// An update is acknowledged.
    pub acknowledged: Property<P>,
    /// A read is answered.
    pub answered: Property<P>,
    /// Everything comes to rest.
    pub at_rest: Property<P>,
}

impl<P: Protocol> std::fmt::Debug for Question<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.protocol.fmt(f)
    }
}

/// Properties that say nothing where their witnesses are not reached.
struct Promises<P: Protocol> {
    properties: Vec<Property<P>>,
    witnesses: Vec<Property<P>>,
}

/// One exploration that answers part of a question.
pub struct Workload {
    /// What it is called.
    pub name: &'static str,
    /// What surrounds its replicas.
    pub environment: Environment,
    /// Who asks for what.
    pub clients: &'static [Client],
    /// What is judged.
    pub statements: Vec<Statement>,
    /// What is explored.
    pub cluster: Arc<dyn Explorable>,
    /// Guarantees that its clients' scripts are too short to break.
    not_at_stake: Vec<&'static str>,
    /// For each promise, the witnesses without which it says nothing.
    needs: BTreeMap<&'static str, Vec<&'static str>>,
}

impl std::fmt::Debug for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workload").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Workload {
    /// A workload that judges `promises` in `cluster`, which judges nothing yet.
    fn new<P: Narrate>(
        name: &'static str,
        mut cluster: Cluster<P>,
        promises: Vec<Promises<P>>,
    ) -> Self {
        let mut needs = BTreeMap::new();
        let mut witnesses: Vec<Property<P>> = Vec::new();
        for Promises { properties, witnesses: needed } in promises {
            let names: Vec<_> = needed.iter().map(|witness| witness.name).collect();
            needs.extend(properties.iter().map(|property| (property.name, names.clone())));
            witnesses.extend(needed);
            cluster.properties.extend(properties);
        }
        witnesses.sort_by_key(|witness| witness.name);
        witnesses.dedup_by_key(|witness| witness.name);
        cluster.properties.splice(..0, witnesses);
        let statements = cluster.properties.iter().map(Statement::of);
        let statements = statements.chain([Statement::foundation::<P>()]).collect();
        cluster.properties.push(Property::OBSOLETE_MESSAGES_ARE_IGNORED);
        cluster.environment.symmetry = cluster.widest_symmetry();
        Self {
            name,
            environment: cluster.environment,
            clients: cluster.clients,
            statements,
            not_at_stake: stake::not_at_stake(cluster.clients),
            cluster: Arc::new(cluster),
            needs,
        }
    }
}
