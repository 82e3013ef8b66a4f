//! One replica of a cluster as a process, or as a thread of one: everything put together.

mod clients;
mod error;

use std::fs::OpenOptions;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Receiver;

use holdfast_models::vocabulary::ReplicaId;

pub use error::StartError;

use crate::admin::{Board, serve};
use crate::config::{Cluster, Keys, Secret, with_protocol};
use crate::disk::{Directory, DiskError, DiskIdentity, Store, Writing, is_unused};
use crate::driver::{Clock, Driver, NodeError, Settings, Sockets, run};
use crate::gateway::Gateway;
use crate::hosted::Hosted;
use crate::steps::Tracer;
use crate::submission::{Status, Submitted, Submitter};
use crate::wire::{Boot, Identity, Wire};

/// What a node is told beside its cluster file.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which replica it is.
    pub me: ReplicaId,
    /// The folder of its disk.
    pub data: PathBuf,
    /// Whether it never ran. Said by whoever knows: an empty folder may be one that was lost.
    pub is_new: bool,
    /// The folder for its step traces, if it is to write some.
    pub traces: Option<PathBuf>,
    /// Every how many steps a trace has a digest of the whole state.
    pub state_every: u64,
}

/// A node that is ready to run.
pub struct Node {
    submitter: Submitter,
    board: Arc<Board>,
    gateway: Option<Gateway>,
    drive: Drive,
}

/// Runs the loop until it is told to stop. Which protocol it is has been forgotten here.
type Drive = Box<dyn FnOnce(&Submitter, &Board, &AtomicBool) -> Result<(), NodeError> + Send>;

impl Node {
    /// Opens the disk, the sockets and the trace of one replica, and starts its machine.
    ///
    /// # Errors
    /// If any of them cannot be opened. Nothing has been said to anybody by then.
    pub fn open(cluster: &Cluster, options: &Options) -> Result<Self, StartError> {
        with_protocol!(cluster.family, protocol => Self::host(protocol, cluster, options))
    }

    fn host<P: Hosted>(
        protocol: P,
        cluster: &Cluster,
        options: &Options,
    ) -> Result<Self, StartError> {
        let me = options.me;
        let count = cluster.members.len();
        let member = cluster.member(me).ok_or(StartError::NoSuchReplica { me, count })?;
        let keys = Keys::load(&cluster.key_file, me, count)?;
        let directory = directory(options)
            .map_err(|error| StartError::Disk { folder: options.data.clone(), error })?;
        let identity = DiskIdentity { cluster: cluster.id(), replica: me.0 };
        let store = Store::open(directory, identity, cluster.limits.log, Writing::Aside)
            .map_err(|error| StartError::Disk { folder: options.data.clone(), error })?;
        if store.cut() > 0 {
            tracing::warn!(bytes = store.cut(), "a record that a crash had torn was cut off");
        }
        let boot = Boot { count: store.boot(), salt: random_word()? };
        let wire = wire(cluster, &keys, me, boot);
        let addresses = cluster.members.iter().map(|member| member.peers).collect();
        let bound = |what, address| move |error| StartError::Bind { what, address, error };
        let sockets =
            Sockets::bind(member.peers, addresses).map_err(bound("peers", member.peers))?;
        let (submitter, submitted) = submitter(cluster, me, boot, &sockets);
        let board = Arc::new(Board::default());
        if let Some(address) = member.admin {
            let listener = TcpListener::bind(address).map_err(bound("admin", address))?;
            serve(listener, Arc::clone(&board), submitter.clone())
                .map_err(bound("admin", address))?;
        }
        let tracer = match &options.traces {
            Some(folder) => Some(tracer(folder, cluster, options, boot)?),
            None => None,
        };
        let service = (protocol.service(), P::TRANSACTS);
        let settings =
            Settings { me, timers: cluster.timers, limits: cluster.limits, seed: boot.salt };
        let driver = Driver::start(protocol, settings, store, wire, tracer, Clock::new().now());
        let drive = drive(driver, sockets, submitted);
        let gateway = clients::serve_clients(cluster, member, service, submitter.clone())?;
        if let Some(gateway) = &gateway {
            board.watch(gateway.counters());
        }
        Ok(Self { submitter, board, gateway, drive })
    }

    /// Where requests are handed in.
    #[must_use]
    pub fn submitter(&self) -> Submitter {
        self.submitter.clone()
    }

    /// Runs until `stop` is set or the disk fails.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn run(self, stop: &AtomicBool) -> Result<(), NodeError> {
        let ended = (self.drive)(&self.submitter, &self.board, stop);
        // It passes on the last answers of the driver, and then closes its connections.
        if let Some(gateway) = self.gateway {
            gateway.stop();
        }
        ended
    }
}

fn directory(options: &Options) -> Result<Directory, DiskError> {
    if !options.is_new && !options.data.exists() {
        return Err(DiskError::Empty);
    }
    let directory = Directory::open(&options.data)?;
    match (is_unused(&directory)?, options.is_new) {
        (true, false) => Err(DiskError::Empty),
        (false, true) => Err(DiskError::NotNew),
        (true, true) | (false, false) => Ok(directory),
    }
}

fn drive<P: Hosted>(
    driver: Driver<P, Directory>,
    sockets: Sockets,
    submitted: Receiver<Submitted>,
) -> Drive {
    Box::new(move |submitter, board, stop| run(driver, sockets, submitter, &submitted, board, stop))
}

fn wire(cluster: &Cluster, keys: &Keys, me: ReplicaId, boot: Boot) -> Wire {
    let identity = Identity {
        me,
        replicas: cluster.members.len() as u8,
        cluster: cluster.id(),
        configuration: cluster.configuration(),
        boot,
    };
    Wire::new(identity, keys, cluster.limits.datagram, cluster.limits.message)
}

fn submitter(
    cluster: &Cluster,
    me: ReplicaId,
    boot: Boot,
    sockets: &Sockets,
) -> (Submitter, Receiver<Submitted>) {
    let status = Status::new(cluster.name.clone(), me, boot.count);
    let (submitter, submitted) =
        Submitter::new(cluster.limits.queue, cluster.directory(), status, sockets.waker());
    submitter.limit_waiting(cluster.limits.waiting);
    (submitter, submitted)
}

/// A trace for each start: what a crash may have torn stays apart.
fn tracer<P: Hosted>(
    folder: &Path,
    cluster: &Cluster,
    options: &Options,
    boot: Boot,
) -> Result<Tracer<P>, StartError> {
    let failed = |error| StartError::Trace { folder: folder.to_owned(), error };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let path = folder.join(format!("steps-{}-{:06}", options.me.0, boot.count));
    let file = OpenOptions::new().create_new(true).write(true).open(path).map_err(failed)?;
    Ok(Tracer::new(Box::new(file), cluster.configuration(), options.state_every))
}

fn random_word() -> Result<u64, StartError> {
    let Secret(bytes) = Secret::random().map_err(StartError::Random)?;
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[..8]);
    Ok(u64::from_le_bytes(word))
}
