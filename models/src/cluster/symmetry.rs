//! Who is interchangeable: what a scenario may declare, and what follows from it.
//!
//! A renaming of replicas, clients and values that changes nothing about the configuration, the
//! environment and the clients' scripts leads from every path to another, state by state. So of states
//! that differ by such a renaming, one is enough. What is declared is not believed: what can be compared
//! here is compared here, and that steps and judgements follow the renaming is for whoever explores to
//! check.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ask, At, Client, Cluster, CrashPoints, Environment, Step};
use crate::protocol::Protocol;
use crate::renaming::{Rename, Renaming};
use crate::vocabulary::{ClientId, ReplicaId, ReplicaSet, Value};

/// Who is interchangeable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symmetry {
    /// Replicas of which it makes no difference which is which.
    pub replicas: ReplicaSet,
    /// Whether it makes no difference which client is which, where their scripts are the same but for
    /// what interchangeable clients and replicas are called, and for the values that they write.
    pub clients: bool,
}

impl Symmetry {
    /// Nobody.
    pub const NONE: Self = Self { replicas: ReplicaSet::EMPTY, clients: false };
}

/// More renamings than this are not worth trying each on every state.
const MOST_RENAMINGS: usize = 720;

impl<P: Protocol> Cluster<P> {
    /// The renamings that the declared symmetry comes to, that which changes nothing first. They are a
    /// group. No more than that one if nothing is declared.
    ///
    /// # Errors
    /// If somebody is declared interchangeable who is not, as far as the configuration, the
    /// environment, the scripts and the first moment tell: says who, and what tells them apart.
    pub fn symmetries(&self) -> Result<Vec<Renaming>, String> {
        let Symmetry { replicas, clients } = self.environment.symmetry;
        let mut symmetries = Vec::new();
        let clients: Vec<_> = if clients {
            permutations(&(0..self.clients.len()).collect::<Vec<_>>())
        } else {
            vec![(0..self.clients.len()).collect()]
        };
        let count = usize::from(self.protocol.replicas());
        let alike: Vec<_> = replicas.iter().map(|id| usize::from(id.0)).collect();
        if alike.iter().any(|id| *id >= count) {
            return Err(format!("{replicas} are declared interchangeable, of {count} replicas"));
        }
        for order in permutations(&alike) {
            let mut replicas: Vec<_> = (0..count).collect();
            for (old, new) in alike.iter().zip(order) {
                replicas[*old] = new;
            }
            let found = clients.iter().filter_map(|clients| self.symmetry(&replicas, clients));
            let before = symmetries.len();
            symmetries.extend(found);
            if symmetries.len() == before {
                let why = "no renaming of clients makes up for that in their scripts";
                return Err(complaint(&replicas, why));
            }
            if symmetries.len() > MOST_RENAMINGS {
                return Err(format!("more than {MOST_RENAMINGS} renamings are declared"));
            }
        }
        for symmetry in &symmetries[1..] {
            self.check(symmetry)?;
        }
        if symmetries.len() == 1 && self.environment.symmetry != Symmetry::NONE {
            return Err("a symmetry is declared, and nobody is interchangeable".to_owned());
        }
        Ok(symmetries)
    }

    /// The most replicas that can be declared interchangeable, and clients if they can be, as far as
    /// [`Self::symmetries`] tells.
    #[must_use]
    pub fn widest_symmetry(&self) -> Symmetry {
        let accepts = |symmetry| {
            let environment = Environment { symmetry, ..self.environment };
            Self { environment, ..self.clone() }.symmetries().is_ok()
        };
        // If two are, and one of them and a third, all three are.
        let alike = |one: ReplicaId| {
            let is_alike = |other: &ReplicaId| {
                let replicas = ReplicaSet::EMPTY.with(one).with(*other);
                one == *other || accepts(Symmetry { replicas, clients: false })
            };
            self.replicas().filter(is_alike).collect::<ReplicaSet>()
        };
        let largest = self.replicas().map(alike).max_by_key(|alike| alike.len());
        let replicas = largest.filter(|alike| alike.len() > 1).unwrap_or_default();
        let candidates = [true, false].map(|clients| Symmetry { replicas, clients });
        let accepted = candidates.into_iter().find(|symmetry| accepts(*symmetry));
        accepted.unwrap_or(Symmetry::NONE)
    }

    /// The renaming with these replicas and clients, if it makes of the scripts the same scripts.
    fn symmetry(&self, replicas: &[usize], clients: &[usize]) -> Option<Renaming> {
        let mut renaming = Renaming {
            replicas: replicas.iter().map(|id| ReplicaId(*id as u8)).collect(),
            clients: clients.iter().map(|id| ClientId(*id as u64)).collect(),
            values: Vec::new(),
        };
        let mut values = BTreeMap::new();
        for (old, client) in self.clients.iter().enumerate() {
            let other = &self.clients[clients[old]];
            if !is_renamed(client, other, &renaming, &mut values) {
                return None;
            }
        }
        // As many values after as before, so it is enough that no two become one.
        let becomes: BTreeSet<_> = values.values().copied().collect();
        let is_one_to_one = becomes.len() == values.len();
        values.retain(|before, after| before != after);
        let mut asked = self.clients.iter().flat_map(|client| client.script);
        let counts = asked.any(|step| matches!(step, Step::Ask(Ask::Add(..), _)));
        // Numbers are more than names.
        if !is_one_to_one || counts && !values.is_empty() {
            return None;
        }
        let values =
            values.iter().map(|(before, after)| (Value::from(*before), Value::from(*after)));
        renaming.values = values.collect();
        Some(renaming)
    }

    /// Whether a renaming changes nothing about what does not happen in time.
    fn check(&self, renaming: &Renaming) -> Result<(), String> {
        let replicas: Vec<_> = renaming.replicas.iter().map(|id| usize::from(id.0)).collect();
        let complain = |why: &str| Err(complaint(&replicas, why));
        let Some(renamer) = P::RENAMER else {
            return complain("their protocol does not say how its values are renamed");
        };
        if (renamer.configuration)(&self.protocol, renaming) != self.protocol {
            return complain("their configuration tells them apart");
        }
        if let Some(what) = told_apart_by(&self.environment, renaming) {
            return complain(&format!("{what} tells them apart"));
        }
        let first = self.initial_state();
        if self.renamed(&first, &renamer, renaming) != first {
            return complain("they start differently");
        }
        Ok(())
    }
}

fn complaint(replicas: &[usize], why: &str) -> String {
    let moved = replicas.iter().enumerate().filter(|(old, new)| old != *new);
    let moved: Vec<_> = moved.map(|(old, new)| format!("{old} as {new}")).collect();
    let whom = if moved.is_empty() {
        "clients".to_owned()
    } else {
        format!("replicas ({})", moved.join(", "))
    };
    format!("{whom} are declared interchangeable, but {why}")
}

/// What of `environment` a renaming changes.
fn told_apart_by(environment: &Environment, renaming: &Renaming) -> Option<&'static str> {
    let Environment {
        network: _,
        faults: _,
        crash_points,
        forgets: _,
        clock_skew: _,
        suspecting,
        spared,
        down,
        cut,
        partition,
        symmetry: _,
    } = environment;
    let moves_replicas = (0..).zip(&renaming.replicas).any(|(old, new)| new.0 != old);
    let differs = |set: &ReplicaSet| set.renamed(renaming) != *set;
    let cuts_others = |links: &super::Links| {
        !links.pairs().iter().all(|(from, to)| {
            links.contain(ReplicaId(*from).renamed(renaming), ReplicaId(*to).renamed(renaming))
        })
    };
    [
        // What is sent to many is sent in the order of their ids.
        (moves_replicas && *crash_points == CrashPoints::BetweenEffects, "a crash within a step"),
        (differs(suspecting), "who suspects"),
        (differs(spared), "who is spared"),
        (differs(down), "who is down"),
        (cuts_others(cut), "which links are cut"),
        (cuts_others(partition), "what the partition cuts"),
    ]
    .into_iter()
    .find_map(|(does, what)| does.then_some(what))
}

/// Every order of `items`, the one they are in first.
fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let shorter = permutations(rest);
    let places = 0..items.len();
    let with_first = places.flat_map(|place| {
        shorter.iter().map(move |rest| {
            let mut longer = rest.clone();
            longer.insert(place, *first);
            longer
        })
    });
    with_first.collect()
}

type Values = BTreeMap<&'static str, &'static str>;

/// Whether `other` is what `client` becomes, if what it writes becomes what `values` says. Adds to it
/// what has to.
fn is_renamed(client: &Client, other: &Client, by: &Renaming, values: &mut Values) -> bool {
    client.session == other.session
        && client.script.len() == other.script.len()
        && client.script.iter().zip(other.script).all(|(step, other)| match (step, other) {
            (Step::Ask(ask, at), Step::Ask(other, whom)) => {
                let is_asked = match (at, whom) {
                    (At::Replica(old), At::Replica(new)) => ReplicaId(*old).renamed(by).0 == *new,
                    (At::Any, At::Any) => true,
                    (At::Replica(_), At::Any) | (At::Any, At::Replica(_)) => false,
                };
                is_asked && asks_the_same(*ask, *other, by, values)
            }
            (Step::Tell(old), Step::Tell(new)) | (Step::HearFrom(old), Step::HearFrom(new)) => {
                ClientId(u64::from(*old)).renamed(by) == ClientId(u64::from(*new))
            }
            (Step::Ask(..) | Step::Tell(_) | Step::HearFrom(_), _) => false,
        })
}

fn asks_the_same(ask: Ask, other: Ask, by: &Renaming, values: &mut Values) -> bool {
    let mut becomes = |old, new| *values.entry(old).or_insert(new) == new;
    match (ask, other) {
        (Ask::Read(key), Ask::Read(same))
        | (Ask::Delete(key), Ask::Delete(same))
        | (Ask::Take(key), Ask::Take(same)) => key == same,
        (Ask::Clear, Ask::Clear) => true,
        (Ask::Write(key, value), Ask::Write(same, new))
        | (Ask::Include(key, value), Ask::Include(same, new))
        | (Ask::Exclude(key, value), Ask::Exclude(same, new)) => key == same && becomes(value, new),
        (Ask::Insert(key, place, value), Ask::Insert(same, there, new)) => {
            (key, place) == (same, there) && becomes(value, new)
        }
        (Ask::Erase(key, place), Ask::Erase(same, there)) => (key, place) == (same, there),
        (Ask::Add(key, amount), Ask::Add(same, as_much)) => (key, amount) == (same, as_much),
        (Ask::CompareAndSet(key, from, to), Ask::CompareAndSet(same, new_from, new_to)) => {
            let same_expected = match (from, new_from) {
                (Some(old), Some(new)) => becomes(old, new),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            key == same && same_expected && becomes(to, new_to)
        }
        (Ask::Transact(reads, writes), Ask::Transact(same, new))
        | (Ask::TransactUnlessWritten(reads, writes), Ask::TransactUnlessWritten(same, new)) => {
            let mut pairs = writes.iter().zip(new);
            reads == same
                && writes.len() == new.len()
                && pairs.all(|((key, old), (same, new))| key == same && becomes(old, new))
        }
        (Ask::AddReplica(old), Ask::AddReplica(new))
        | (Ask::RemoveReplica(old), Ask::RemoveReplica(new)) => ReplicaId(old).renamed(by).0 == new,
        (
            Ask::Read(_)
            | Ask::Delete(_)
            | Ask::Write(..)
            | Ask::Add(..)
            | Ask::CompareAndSet(..)
            | Ask::AddReplica(_)
            | Ask::RemoveReplica(_)
            | Ask::Take(_)
            | Ask::Clear
            | Ask::Include(..)
            | Ask::Exclude(..)
            | Ask::Insert(..)
            | Ask::Erase(..)
            | Ask::Transact(..)
            | Ask::TransactUnlessWritten(..),
            _,
        ) => false,
    }
}
