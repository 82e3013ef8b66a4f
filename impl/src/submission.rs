//! How clients reach the machine: the seam between gateways, which speak to clients, and the
//! driver, which owns the machine.
//!
//! A gateway submits a request with a closure that takes the answer. The closure is called at most
//! once, on the driver's thread, and must not block. It is dropped uncalled if no answer comes: the
//! machine may never answer a request, so deadlines belong to gateways.
//!
//! A client has at most one request outstanding. Asking the same request again replaces the closure
//! of the first asking.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};

use holdfast_models::vocabulary::{ClientId, ReplicaId, Reply, Request};
use serde::Serialize;

use crate::hosted::{Contents, Facts, LogFacts, Observation};

/// Takes the answer to one request.
pub type Answer = Box<dyn FnOnce(Reply) + Send>;

/// Takes a copy of what this replica's readers see. Copying is constant time.
pub type Inspection = Box<dyn FnOnce(Contents) + Send>;

/// One request of one client.
pub struct Submission {
    /// Who asks.
    pub client: ClientId,
    /// What.
    pub request: Request,
    /// Who hears the answer.
    pub answer: Answer,
}

/// What the driver takes out of the queue.
pub enum Submitted {
    /// A request for the machine.
    Request(Submission),
    /// A look at the store of this replica, wherever it stands: no guarantee comes with it.
    Inspection(Inspection),
}

/// The node cannot take the submission: its queue is full, or it is stopping. Nothing has happened
/// to the request, and it will have no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "busy: this node takes no more requests now, and did nothing with this one")
    }
}

impl std::error::Error for Busy {}

/// Where clients reach one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Addresses {
    /// The native protocol, over UDP.
    pub client: Option<SocketAddr>,
    /// The Redis protocol, over TCP.
    pub resp: Option<SocketAddr>,
}

/// What a replica says of itself. Current as of the last inputs that it handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The name of the cluster.
    pub cluster: String,
    /// Which replica this is.
    pub replica: ReplicaId,
    /// How often this replica has been started on its disk.
    pub boot: u64,
    /// What it is doing, and what it knows.
    #[serde(flatten)]
    pub observation: Observation,
    /// Requests whose clients wait.
    pub waiting: usize,
}

/// Hands requests to the driver. Cloned for every thread that speaks to clients.
#[derive(Clone)]
pub struct Submitter {
    queue: SyncSender<Submitted>,
    shared: Arc<Shared>,
}

struct Shared {
    wake: Box<dyn Fn() + Send + Sync>,
    directory: Vec<Addresses>,
    status: RwLock<Status>,
    is_stopping: AtomicBool,
    waiting: AtomicUsize,
    waiting_at_most: AtomicUsize,
}

impl Status {
    /// Of a replica that has not said anything yet.
    #[must_use]
    pub fn new(cluster: String, replica: ReplicaId, boot: u64) -> Self {
        let observation = Observation { role: "starting", facts: Facts::Log(LogFacts::default()) };
        Self { cluster, replica, boot, observation, waiting: 0 }
    }

    /// What the replica knows.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.observation.facts
    }

    /// Whether the replica leads, as far as it knows.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.facts().leader() == Some(self.replica)
    }
}

impl Submitter {
    /// A queue of at most `capacity` submissions, and what the driver takes them from.
    ///
    /// `wake` ends the driver's waiting. `directory` has the addresses of each replica, from 0.
    #[must_use]
    pub fn new(
        capacity: usize,
        directory: Vec<Addresses>,
        status: Status,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> (Self, Receiver<Submitted>) {
        let (queue, taken) = sync_channel(capacity);
        let shared = Shared {
            wake: Box::new(wake),
            directory,
            status: RwLock::new(status),
            is_stopping: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            waiting_at_most: AtomicUsize::new(usize::MAX),
        };
        (Self { queue, shared: Arc::new(shared) }, taken)
    }

    /// Hands a request over.
    ///
    /// # Errors
    /// If the queue is full or the node is stopping: the request will have no effect.
    pub fn submit(&self, submission: Submission) -> Result<(), Busy> {
        self.put(Submitted::Request(submission))
    }

    /// Asks for a copy of the store as this replica's readers see it, for what concerns this node
    /// and not the cluster, such as counting its keys.
    ///
    /// # Errors
    /// If the queue is full or the node is stopping.
    pub fn inspect(&self, inspection: Inspection) -> Result<(), Busy> {
        self.put(Submitted::Inspection(inspection))
    }

    fn put(&self, submitted: Submitted) -> Result<(), Busy> {
        let Shared { waiting, waiting_at_most, .. } = &*self.shared;
        let is_full = waiting.load(Ordering::Relaxed) >= waiting_at_most.load(Ordering::Relaxed);
        if is_full || self.is_stopping() {
            return Err(Busy);
        }
        match self.queue.try_send(submitted) {
            Ok(()) => {
                (self.shared.wake)();
                Ok(())
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Busy),
        }
    }

    /// Where clients reach `replica`, if there is such a replica.
    #[must_use]
    pub fn redirect(&self, replica: ReplicaId) -> Option<Addresses> {
        self.shared.directory.get(usize::from(replica.0)).copied()
    }

    /// What this replica last said of itself.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.status.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the node has been told to stop. Gateways then take no new connections.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.shared.is_stopping.load(Ordering::Acquire)
    }

    /// From now on nothing is taken.
    pub fn stop(&self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        (self.shared.wake)();
    }

    /// How many requests may wait for their answers before the node is busy.
    pub fn limit_waiting(&self, at_most: usize) {
        self.shared.waiting_at_most.store(at_most, Ordering::Relaxed);
    }

    /// The driver tells how many requests wait for their answers.
    pub fn set_waiting(&self, waiting: usize) {
        self.shared.waiting.store(waiting, Ordering::Relaxed);
    }

    /// The driver's side of [`Self::status`].
    pub fn publish(&self, status: Status) {
        *self.shared.status.write().unwrap_or_else(PoisonError::into_inner) = status;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use holdfast_models::vocabulary::{Key, Operation, RequestId, Terms, Token};

    fn status() -> Status {
        Status::new("test".to_owned(), ReplicaId(0), 1)
    }

    fn submission() -> Submission {
        let operation = Operation::Read { key: Key::from("x") };
        let request = Request {
            id: RequestId(1),
            token: Token::default(),
            operation,
            terms: Terms::default(),
        };
        Submission { client: ClientId(1), request, answer: Box::new(|_| ()) }
    }

    #[test]
    fn a_full_queue_is_busy_and_each_submission_wakes_the_driver() {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        let wake = move || {
            count.fetch_add(1, Ordering::Relaxed);
        };
        let (submitter, taken) = Submitter::new(1, Vec::new(), status(), wake);
        assert_eq!(submitter.submit(submission()), Ok(()));
        assert_eq!(submitter.submit(submission()), Err(Busy));
        assert_eq!(woken.load(Ordering::Relaxed), 1);
        assert!(matches!(taken.try_recv(), Ok(Submitted::Request(_))));
        assert_eq!(submitter.submit(submission()), Ok(()));
    }

    #[test]
    fn a_node_at_which_too_many_wait_is_busy() {
        let (submitter, _taken) = Submitter::new(9, Vec::new(), status(), || ());
        submitter.limit_waiting(2);
        submitter.set_waiting(2);
        assert_eq!(submitter.submit(submission()), Err(Busy));
        submitter.set_waiting(1);
        assert_eq!(submitter.submit(submission()), Ok(()));
    }

    #[test]
    fn a_stopping_node_takes_nothing() {
        let (submitter, _taken) = Submitter::new(1, Vec::new(), status(), || ());
        submitter.stop();
        assert_eq!(submitter.submit(submission()), Err(Busy));
    }
}
