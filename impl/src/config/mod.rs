//! The cluster file: who the replicas are, which policies they follow, how long they wait, how much
//! they take.
//!
//! Everything that can be wrong with it is told with file, line and field before anything is opened.

mod error;
mod file;
mod keys;
mod members;
mod policies;
mod timers;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use holdfast_models::leaderless::Leaderless;
use holdfast_models::multi_leader::certification::Certification;
use holdfast_models::multi_leader::convergent::Convergent;
use holdfast_models::multi_leader::home_region::HomeRegion;
use holdfast_models::multi_leader::locking::Locking;
use holdfast_models::single_leader::SingleLeader;
use holdfast_models::vocabulary::ReplicaId;

pub use error::ConfigError;
pub use keys::{Keys, Secret};
pub use timers::{Patience, Timers};

use crate::digest::digest;
use crate::submission::Addresses;

/// A cluster, as its file describes it.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Which protocol it runs, with its policies.
    pub family: Family,
    /// Its replicas, from 0. Where leaders are appointed, the last is the controller.
    pub members: Vec<Member>,
    /// The file that holds the secret, or the secrets.
    pub key_file: PathBuf,
    /// How long a replica waits for what.
    pub timers: Timers,
    /// How much a replica takes.
    pub limits: Limits,
}

/// A protocol that nodes can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A replicated log with one leader at a time.
    SingleLeader(SingleLeader),
    /// Registers that any node reads and writes on several.
    Leaderless(Leaderless),
    /// Data of several types that every node updates at once.
    Convergent(Convergent),
    /// Transactions that every node executes, and all certify in one order.
    Certification(Certification),
    /// Registers that each have a home, which takes their updates.
    HomeRegion(HomeRegion),
    /// Registers that are locked on every node before they change.
    Locking(Locking),
}

impl Family {
    /// What each is called in a cluster file.
    pub const NAMES: &'static [&'static str] = &[
        "single-leader",
        "leaderless",
        "multi-leader/convergent",
        "multi-leader/certification",
        "multi-leader/home-region",
        "multi-leader/locking",
    ];
}

/// Does something with the protocol of a family, whichever it is.
macro_rules! with_protocol {
    ($family:expr, $protocol:ident => $done:expr) => {
        match $family {
            $crate::config::Family::SingleLeader($protocol) => $done,
            $crate::config::Family::Leaderless($protocol) => $done,
            $crate::config::Family::Convergent($protocol) => $done,
            $crate::config::Family::Certification($protocol) => $done,
            $crate::config::Family::HomeRegion($protocol) => $done,
            $crate::config::Family::Locking($protocol) => $done,
        }
    };
}

pub(crate) use with_protocol;

/// Where one replica is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// By other replicas, over UDP.
    pub peers: SocketAddr,
    /// By clients, over UDP.
    pub client: Option<SocketAddr>,
    /// By clients of the Redis protocol, over TCP.
    pub resp: Option<SocketAddr>,
    /// By operators, over HTTP.
    pub admin: Option<SocketAddr>,
}

/// How much a replica takes. Beyond it, clients hear `busy` and datagrams are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one datagram, headers of IP and UDP not counted.
    pub datagram: usize,
    /// Bytes of one message between replicas, however many datagrams it takes.
    pub message: usize,
    /// Requests that wait for the driver.
    pub queue: usize,
    /// Requests that wait for their answer.
    pub waiting: usize,
    /// Inputs that are handled before one sync.
    pub batch: usize,
    /// Bytes of log on disk after which a snapshot is written.
    pub log: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            datagram: 1_200,
            message: 256 << 20,
            queue: 4_096,
            waiting: 65_536,
            batch: 1_024,
            log: 64 << 20,
        }
    }
}

impl Cluster {
    /// Reads a cluster file.
    ///
    /// # Errors
    /// If it cannot be read, or says something that cannot be meant.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::of_file(path, format!("cannot be read: {error}")))?;
        Self::parse(path, &text)
    }

    /// The cluster that `text` describes. `path` is named in errors, and is what the name of the key
    /// file is relative to.
    ///
    /// # Errors
    /// If it says something that cannot be meant.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        policies::cluster(&error::Source { path, text })
    }

    /// The cluster of `file`, whose family follows from how many replicas there are.
    fn of<P>(
        source: &error::Source<'_>,
        file: &file::ClusterFile<P>,
        family: impl FnOnce(usize) -> Result<Family, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let name = members::name(source, &file.name)?;
        let members = members::members(source, &file.replicas)?;
        let folder = source.path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            name,
            family: family(members.len())?,
            members,
            key_file: folder.join(&file.key),
            timers: file.timers.checked(source)?,
            limits: file.limits.checked(source)?,
        })
    }

    /// What tells this cluster from others on the wire and on disk.
    #[must_use]
    pub fn id(&self) -> u64 {
        digest(b"holdfast cluster", self.name.as_bytes())
    }

    /// What tells this configuration from others of the cluster: replicas that follow different
    /// policies must not talk to each other.
    #[must_use]
    pub fn configuration(&self) -> u64 {
        let said = format!("{:?} of {}", self.family, self.members.len());
        digest(b"holdfast configuration", said.as_bytes())
    }

    /// Where clients reach each replica, from 0.
    #[must_use]
    pub fn directory(&self) -> Vec<Addresses> {
        let addresses = |member: &Member| Addresses { client: member.client, resp: member.resp };
        self.members.iter().map(addresses).collect()
    }

    /// Where `replica` is reached, if there is such a replica.
    #[must_use]
    pub fn member(&self, replica: ReplicaId) -> Option<&Member> {
        self.members.get(usize::from(replica.0))
    }
}

#[cfg(test)]
mod tests;
