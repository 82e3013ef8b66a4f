//! What a replica that converges could have said. What could not be would have effects that last: a name
//! from the far future puts all later ones after it, and an update that claims to have seen what was
//! never made hides what will be.

use holdfast_models::multi_leader::convergent::{
    Between, Cell, Change, Convergent, CounterRule, Event, RegisterRule, Stamp, Told,
};
use holdfast_models::vocabulary::{ClientId, Context, Dot, ReplicaId};

use crate::gateway::CLIENTS_OF_A_REPLICA;

/// No replica takes so many updates: at a million a second it would take nine years.
const LATEST_UPDATE: u64 = 1 << 48;

/// No clock shows that, and nobody counts that far: in microseconds it would be in the year 38,000.
const LATEST_TIME: u64 = 1 << 60;

/// Judges what comes from others by what this configuration allows.
#[derive(Clone, Copy)]
pub(super) struct Plausible<'a> {
    pub(super) policy: &'a Convergent,
}

impl Plausible<'_> {
    fn exists(self, replica: ReplicaId) -> bool {
        replica.0 < self.policy.replicas
    }

    fn dot(self, dot: Dot) -> bool {
        self.exists(dot.replica) && (1..=LATEST_UPDATE).contains(&dot.counter)
    }

    fn stamp(self, stamp: Stamp) -> bool {
        self.exists(stamp.replica) && stamp.time <= LATEST_TIME
    }

    fn between(self, between: Between) -> bool {
        [between.left, between.right].into_iter().flatten().all(|name| self.stamp(name))
    }

    /// Clients have ids from a range of each replica: whatever is remembered of them is bounded.
    fn client(self, client: ClientId) -> bool {
        let ClientId(id) = client;
        id >> 32 < u64::from(self.policy.replicas)
            && id & u64::from(u32::MAX) < u64::from(CLIENTS_OF_A_REPLICA)
    }

    pub(super) fn context(self, context: &Context) -> bool {
        context.replicas().all(|replica| self.exists(replica))
            && context.is_within(LATEST_UPDATE, usize::MAX)
    }

    pub(super) fn event(self, event: &Event) -> bool {
        let Event { dot, past, stamp, author, .. } = event;
        self.dot(*dot)
            && self.context(past)
            // Whoever makes an update has seen its own earlier ones, and not this one.
            && past.next(dot.replica) == *dot
            && self.stamp(*stamp)
            && stamp.replica == dot.replica
            && self.client(author.client)
            && self.change(event)
    }

    fn change(self, event: &Event) -> bool {
        let Event { past, stamp, change, .. } = event;
        match change {
            Change::Write(_) | Change::Include(_) => true,
            Change::Replace { beside, .. } => beside.iter().all(|dot| past.contains(*dot)),
            Change::Add(_) => self.policy.counter != CounterRule::PerReplica,
            Change::Bring(_) => self.policy.counter == CounterRule::PerReplica,
            Change::Exclude { additions, .. } => additions.iter().all(|dot| past.contains(*dot)),
            Change::Insert { between, .. } => {
                let next_to = [between.left, between.right].into_iter().flatten();
                self.between(*between) && next_to.into_iter().all(|name| name < *stamp)
            }
            Change::Erase(name) => self.stamp(*name),
        }
    }

    pub(super) fn told(self, told: &Told) -> bool {
        let Told { delivered, time, cells, removed, answered } = told;
        self.context(delivered)
            && *time <= LATEST_TIME
            && cells.iter().all(|(_, cell)| self.cell(cell))
            && removed.iter().all(|(addition, by)| self.dot(*addition) && self.dot(*by))
            && answered.iter().all(|(client, last)| {
                self.client(*client) && last.dot.is_none_or(|dot| self.dot(dot))
            })
    }

    fn cell(self, cell: &Cell) -> bool {
        let versions = cell.register.versions();
        let is_kept = versions.len() <= 1 || self.policy.register == RegisterRule::KeepAll;
        is_kept
            && versions.iter().all(|version| {
                self.dot(version.dot)
                    && self.context(&version.past)
                    && version.beside.iter().all(|dot| version.past.contains(*dot))
                    && self.stamp(version.stamp)
            })
            && cell.counter.replicas().all(|replica| self.exists(replica))
            && cell.set.additions().all(|dot| self.dot(dot))
            && cell.text.elements().all(|element| {
                self.stamp(element.name)
                    && self.dot(element.dot)
                    && self.between(element.between)
                    && element.erased_by.iter().all(|dot| self.dot(*dot))
            })
    }
}
