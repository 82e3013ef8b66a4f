//! What connections have in common: carrying out their commands.

use std::sync::Arc;
use std::time::Instant;

use holdfast_models::vocabulary::{ClientId, Operation, Reply};

use super::clients::ClientIds;
use super::connection::Connection;
use super::counters::{Counter, Counters};
use super::mailbox::{Letter, Mailbox};
use super::native::Native;
use super::pipeline::{Place, Start};
use super::requests::Requests;
use super::wanted::{Finished, Owner, Wanted};
use super::{Config, GatewayError};
use crate::client::Failure;
use crate::commands::{Ending, Facts, Wait, failed};
use crate::hosted::Contents;
use crate::resp::Response;
use crate::submission::{Status, Submitter};

pub(super) struct Work {
    pub(super) config: Config,
    pub(super) counters: Arc<Counters>,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) native: Native,
    pub(super) ids: ClientIds,
    pub(super) requests: Requests,
    submitter: Submitter,
    status: Status,
    settings: Vec<(&'static str, String)>,
    port: u16,
    started: Instant,
}

impl Work {
    pub(super) fn new(
        config: Config,
        submitter: Submitter,
        mailbox: Arc<Mailbox>,
        counters: Arc<Counters>,
        native: Native,
        requests: Requests,
        port: u16,
    ) -> Result<Self, GatewayError> {
        let status = submitter.status();
        let ids = ClientIds::new(status.replica, status.boot)?;
        let settings = settings(&config);
        let started = Instant::now();
        Ok(Self {
            config,
            counters,
            mailbox,
            native,
            ids,
            requests,
            submitter,
            status,
            settings,
            port,
            started,
        })
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.submitter.is_stopping()
    }

    /// Looks at what the replica says of itself.
    pub(super) fn look_at_status(&mut self) {
        self.status = self.submitter.status();
        self.requests.set_epoch(self.status.facts().epoch());
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.requests.next_due()
    }

    pub(super) fn on_time(&mut self, now: Instant) {
        self.requests.on_time(&self.ids, &self.native, now);
    }

    /// This node's replica answers an operation of a connection.
    pub(super) fn on_own_answer(&mut self, client: ClientId, reply: Reply, now: Instant) {
        let place = self.ids.place(client);
        self.requests.on_answer(place, self.status.replica, reply, &self.native, now);
    }

    /// Puts the responses of a connection into its output. Whether there were any.
    pub(super) fn respond(&self, connection: &mut Connection) -> bool {
        let responses = connection.respond();
        self.counters.add(Counter::Commands, responses);
        responses > 0
    }

    /// Begins whatever commands of a connection may begin. Whether there were any.
    pub(super) fn begin(
        &mut self,
        connection: &mut Connection,
        connections: usize,
        now: Instant,
    ) -> bool {
        let mut begun = false;
        while let Some(start) = connection.pipeline.start(now) {
            begun = true;
            match start {
                Start::Ask(place, operations) => self.ask(connection, place, operations, now),
                // It begins and ends at once, and may let others begin.
                Start::Answered => {}
                Start::Connection(place, command, arguments) => {
                    let facts = Facts {
                        status: &self.status,
                        connections,
                        commands: self.counters.get(Counter::Commands),
                        uptime: now.saturating_duration_since(self.started).as_secs(),
                        port: self.port,
                        settings: &self.settings,
                    };
                    let (response, ending) = connection.session.answer(command, &arguments, &facts);
                    connection.pipeline.respond(place, response, ending);
                }
                Start::CountKeys(place) => {
                    let (id, mailbox) = (connection.session.id, Arc::clone(&self.mailbox));
                    let look = move |store| mailbox.put(Letter::Store(id, place, store));
                    if self.submitter.inspect(Box::new(look)).is_err() {
                        connection.pipeline.respond(place, failed(Failure::Busy), Ending::Open);
                    }
                }
            }
        }
        begun
    }

    fn ask(
        &mut self,
        connection: &mut Connection,
        place: Place,
        operations: Vec<Operation>,
        now: Instant,
    ) {
        let seen = connection.session.seen;
        let known = connection.pipeline.known(place).cloned();
        for (index, operation) in operations.into_iter().enumerate() {
            let owner = Owner { connection: connection.session.id, place, index };
            let terms = connection.session.terms(&operation, known.as_ref());
            let wanted = Wanted { owner, operation, seen, terms };
            self.requests.ask(wanted, &self.ids, &self.native, now);
        }
    }

    /// An operation of a connection is over.
    pub(super) fn on_finished(
        &mut self,
        connection: &mut Connection,
        finished: Finished,
        now: Instant,
    ) {
        let Finished { owner, answered, seen, shown, updated } = finished;
        let session = &mut connection.session;
        session.seen = session.seen.max(seen);
        session.updated = match (session.updated, updated) {
            // The later in the log, since whoever holds that holds the other.
            (Some(before), Some(updated)) if before.position > updated.position => Some(before),
            (before, updated) => updated.or(before),
        };
        if let Some((key, context)) = shown {
            connection.pipeline.show(owner.place, &context);
            session.shown.note(key, context);
        }
        connection.pipeline.see(owner.place, seen.0);
        let next = connection.pipeline.answer(owner.place, owner.index, answered);
        if let Some(operations) = next {
            self.ask(connection, owner.place, operations, now);
        }
    }

    /// The store, of which the keys were to be counted.
    pub(super) fn on_store(connection: &mut Connection, place: Place, store: &Contents) {
        let count = Response::Integer(i64::try_from(store.keys()).unwrap_or(i64::MAX));
        connection.pipeline.respond(place, count, Ending::Open);
    }

    /// Answers a connection that waits for followers, if it need wait no longer. Whether it was
    /// answered.
    pub(super) fn wait_is_over(&self, connection: &mut Connection, now: Instant) -> bool {
        let Some((place, wait, until)) = connection.pipeline.waiting() else { return false };
        let guaranteed = self.config.service.guaranteed_followers;
        let held = Wait::held(&self.status, guaranteed, connection.session.updated);
        let is_over =
            held.by >= wait.followers || !held.may_grow || until.is_some_and(|at| at <= now);
        if is_over {
            let count = Response::Integer(i64::try_from(held.by).unwrap_or(i64::MAX));
            connection.pipeline.respond(place, count, Ending::Open);
        }
        is_over
    }
}

/// The settings that clients ask for, by their names in Redis.
fn settings(config: &Config) -> Vec<(&'static str, String)> {
    vec![
        ("appendonly", "yes".to_owned()),
        ("databases", "1".to_owned()),
        ("maxclients", config.connections.to_string()),
        ("maxmemory", "0".to_owned()),
        ("maxmemory-policy", "noeviction".to_owned()),
        ("proto-max-bulk-len", config.limits.bulk.to_string()),
        ("save", String::new()),
        ("timeout", config.idle.map_or(0, |idle| idle.as_secs()).to_string()),
    ]
}
