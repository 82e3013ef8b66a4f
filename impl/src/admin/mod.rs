//! What operators see: `/metrics`, `/healthz` and `/state`.

mod http;
mod metrics;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

pub use http::serve;

use crate::disk::Disk;
use crate::driver::{Driver, Messages, Work};
use crate::gateway;
use crate::hosted::{Hosted, Observation};
use crate::submission::{Status, Submitter};
use crate::wire::Counters;

/// What the driver last told, for whoever asks.
#[derive(Default)]
pub struct Board {
    report: Mutex<Option<Report>>,
    gateway: OnceLock<Arc<gateway::Counters>>,
}

/// What the driver tells.
#[derive(Clone, Debug)]
struct Report {
    status: Status,
    work: Work,
    messages: Messages,
    counters: Counters,
    unsent: u64,
    at: Instant,
}

/// After this long without a word, the loop hangs.
const SILENT_AFTER: Duration = Duration::from_secs(5);

impl Board {
    /// From now on, also what the gateway for clients counts is told.
    pub fn watch(&self, counters: &Arc<gateway::Counters>) {
        // There is one gateway, and it is started once.
        let _ = self.gateway.set(Arc::clone(counters));
    }

    /// Tells what the replica is doing.
    pub fn publish<P: Hosted, D: Disk>(
        &self,
        driver: &mut Driver<P, D>,
        submitter: &Submitter,
        unsent: u64,
    ) {
        let observation = driver.observe();
        let before = submitter.status();
        let part = |of: &Observation| (of.role, of.facts.epoch(), of.facts.leader());
        if part(&before.observation) != part(&observation) {
            let (role, epoch, leader) = part(&observation);
            let leader = leader.map(|leader| leader.0);
            tracing::info!(role, epoch = epoch.0, leader, "the replica's part has changed");
        }
        let (waiting, boot) = (driver.waiting(), driver.boot());
        let status = Status { observation, waiting, boot, ..before };
        submitter.publish(status.clone());
        let (work, counters) = (driver.work(), *driver.counters());
        let (messages, at) = (driver.messages(), Instant::now());
        *self.report() = Some(Report { status, work, messages, counters, unsent, at });
    }

    fn report(&self) -> MutexGuard<'_, Option<Report>> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was last told.
    fn last(&self) -> Option<Report> {
        self.report().clone()
    }

    /// Why the node is not well, if it is not.
    fn complaint(&self, submitter: &Submitter) -> Option<&'static str> {
        match self.last() {
            None => Some("starting"),
            Some(_) if submitter.is_stopping() => Some("stopping"),
            Some(report) if report.at.elapsed() > SILENT_AFTER => Some("the loop hangs"),
            Some(_) => None,
        }
    }
}
