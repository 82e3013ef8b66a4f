//! The operations of connections that are under way: each has a client id to itself until it is
//! answered or given up.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use holdfast_models::vocabulary::{Context, Epoch, ReplicaId, Reply, Request, RequestId, Token};

use super::clients::ClientIds;
use super::counters::{Counter, Counters};
use super::mailbox::{Letter, Mailbox};
use super::native::Native;
use super::wanted::{Finished, Owner, Wanted, changes};
use crate::client::{Attempts, Body, Failure, Next, Numbers, Way, fits};
use crate::commands::{Answered, Updated};
use crate::hosted::Coordination;
use crate::submission::{Submission, Submitter};

/// How many operations wait for a client id at most.
const MOST_WAITING: usize = 65_536;

/// What comes with an answer.
struct Heard {
    from: ReplicaId,
    token: Token,
    context: Option<Context>,
}

pub(super) struct Requests {
    me: ReplicaId,
    deadline: Duration,
    coordination: Coordination,
    submitter: Submitter,
    mailbox: Arc<Mailbox>,
    counters: Arc<Counters>,
    slots: Vec<Slot>,
    free: BinaryHeap<Reverse<usize>>,
    waiting: VecDeque<(Wanted, Instant)>,
    due: BTreeSet<(Instant, usize)>,
    finished: Vec<Finished>,
    /// The epoch of this replica, as of late.
    epoch: Epoch,
}

/// A client id, and what is under way for it.
struct Slot {
    turn: u64,
    numbers: Numbers,
    pending: Option<Pending>,
}

struct Pending {
    owner: Owner,
    request: Request,
    attempts: Attempts,
    epoch: Epoch,
    /// When it is looked at again, as noted in `due`.
    noted: Instant,
}

impl Requests {
    pub(super) fn new(
        me: ReplicaId,
        (deadline, coordination): (Duration, Coordination),
        submitter: Submitter,
        mailbox: Arc<Mailbox>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            me,
            deadline,
            coordination,
            submitter,
            mailbox,
            counters,
            slots: Vec::new(),
            free: BinaryHeap::new(),
            waiting: VecDeque::new(),
            due: BTreeSet::new(),
            finished: Vec::new(),
            epoch: Epoch::default(),
        }
    }

    /// The epoch of this replica changes what is known of updates that are asked from now on.
    pub(super) const fn set_epoch(&mut self, epoch: Epoch) {
        self.epoch = epoch;
    }

    /// What is over since this was last asked.
    pub(super) fn finished(&mut self) -> Vec<Finished> {
        std::mem::take(&mut self.finished)
    }

    /// When to look again.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let waiting = self.waiting.front().map(|(_, deadline)| *deadline);
        let due = self.due.first().map(|(due, _)| *due);
        due.into_iter().chain(waiting).min()
    }

    /// Asks, as soon as a client id is free.
    pub(super) fn ask(&mut self, wanted: Wanted, ids: &ClientIds, native: &Native, now: Instant) {
        if !fits(&wanted.operation) {
            self.fail(wanted.owner, Failure::TooLong);
        } else if let Some(at) = self.free_slot(ids) {
            self.begin(at, wanted, now + self.deadline, native, now);
        } else if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back((wanted, now + self.deadline));
        } else {
            self.fail(wanted.owner, Failure::Busy);
        }
    }

    /// The lowest free place with a number left in it.
    fn free_slot(&mut self, ids: &ClientIds) -> Option<usize> {
        while let Some(Reverse(at)) = self.free.pop() {
            let slot = &mut self.slots[at];
            if !slot.numbers.are_used_up() {
                return Some(at);
            }
            // A place whose turns are used up stays out of use until the next start.
            if let Some(numbers) = ids.own(at, slot.turn + 1) {
                *slot = Slot { turn: slot.turn + 1, numbers, pending: None };
                return Some(at);
            }
        }
        let at = self.slots.len();
        self.slots.push(Slot { turn: 0, numbers: ids.own(at, 0)?, pending: None });
        Some(at)
    }

    fn begin(
        &mut self,
        at: usize,
        wanted: Wanted,
        deadline: Instant,
        native: &Native,
        now: Instant,
    ) {
        let Wanted { owner, operation, seen, terms } = wanted;
        let id = self.slots[at].numbers.take().expect("a free place has a number left");
        let is_update = operation.is_update();
        let attempts = Attempts::new(is_update, self.coordination, self.me, now, deadline);
        let request = Request { id, token: seen, operation, terms };
        let (epoch, noted) = (self.epoch, deadline);
        self.slots[at].pending = Some(Pending { owner, request, attempts, epoch, noted });
        self.due.insert((noted, at));
        self.send(at, native, now);
    }

    /// Asks whoever is to be asked.
    fn send(&mut self, at: usize, native: &Native, now: Instant) {
        let slot = &mut self.slots[at];
        let client = slot.numbers.client();
        let Some(pending) = &mut slot.pending else { return };
        let whom = pending.attempts.whom();
        let address = (whom != self.me).then(|| self.submitter.redirect(whom)).flatten();
        if let Some(address) = address.and_then(|addresses| addresses.client) {
            self.counters.count(Counter::AskedElsewhere);
            pending.attempts.on_asked(Way::Network, now);
            native.send(address, &Body::Ask { client, request: pending.request.clone() });
            return self.note(at);
        }
        // Where the leader cannot be reached from here, this replica may lead before long.
        pending.attempts.turn_to(self.me);
        self.counters.count(Counter::AskedHere);
        let mailbox = Arc::clone(&self.mailbox);
        let answer = Box::new(move |reply| mailbox.put(Letter::Answer(client, reply)));
        let submission = Submission { client, request: pending.request.clone(), answer };
        match self.submitter.submit(submission) {
            Ok(()) => {
                pending.attempts.on_asked(Way::Within, now);
                self.note(at);
            }
            Err(_) => {
                let next = pending.attempts.on_busy(now);
                self.go_on(at, next, None, native, now);
            }
        }
    }

    /// Replica `from` answers, if that is to a request that is under way.
    pub(super) fn on_answer(
        &mut self,
        place: Option<usize>,
        from: ReplicaId,
        reply: Reply,
        native: &Native,
        now: Instant,
    ) {
        let Some((at, pending)) = self.pending(place, reply.request) else { return };
        let next = pending.attempts.on_answer(from, reply.outcome, now);
        let heard = Heard { from, token: reply.token, context: reply.context };
        self.go_on(at, next, Some(heard), native, now);
    }

    /// Another node takes no more requests.
    pub(super) fn on_busy(
        &mut self,
        place: Option<usize>,
        request: RequestId,
        native: &Native,
        now: Instant,
    ) {
        let Some((at, pending)) = self.pending(place, request) else { return };
        let next = pending.attempts.on_busy(now);
        self.go_on(at, next, None, native, now);
    }

    fn pending(
        &mut self,
        place: Option<usize>,
        request: RequestId,
    ) -> Option<(usize, &mut Pending)> {
        let at = place?;
        let pending = self.slots.get_mut(at)?.pending.as_mut()?;
        (pending.request.id == request).then_some((at, pending))
    }

    fn go_on(
        &mut self,
        at: usize,
        next: Next,
        answer: Option<Heard>,
        native: &Native,
        now: Instant,
    ) {
        match next {
            Next::Ask => self.send(at, native, now),
            Next::Wait => self.note(at),
            Next::Finish(answered) => self.finish(at, answered, answer),
        }
    }

    /// Notes when the request is to be looked at again.
    fn note(&mut self, at: usize) {
        let Some(pending) = &mut self.slots[at].pending else { return };
        let due = pending.attempts.due();
        if due != pending.noted {
            self.due.remove(&(pending.noted, at));
            self.due.insert((due, at));
            pending.noted = due;
        }
    }

    fn finish(&mut self, at: usize, answered: Answered, answer: Option<Heard>) {
        let Some(pending) = self.slots[at].pending.take() else { return };
        self.due.remove(&(pending.noted, at));
        self.free.push(Reverse(at));
        let is_update = pending.request.operation.is_update();
        let seen = answer.as_ref().map_or(Token::default(), |heard| heard.token);
        let context = answer.as_ref().and_then(|heard| heard.context.clone());
        let context = context.filter(|context| !context.is_empty());
        let shown = pending.request.operation.key().cloned().zip(context);
        let updated = match (&answered, answer) {
            (Ok(outcome), Some(Heard { from, token, .. })) if is_update && changes(outcome) => {
                let epoch = (from == self.me).then_some(pending.epoch);
                Some(Updated { position: token.0, epoch })
            }
            (Ok(_) | Err(_), _) => None,
        };
        if answered.is_err() {
            self.counters.count(Counter::Failures);
        }
        self.finished.push(Finished { owner: pending.owner, answered, seen, shown, updated });
    }

    fn fail(&mut self, owner: Owner, failure: Failure) {
        self.counters.count(Counter::Failures);
        let (answered, seen) = (Err(failure), Token::default());
        self.finished.push(Finished { owner, answered, seen, shown: None, updated: None });
    }

    /// Time has passed: asks again, gives up, and gives free client ids to those who wait.
    pub(super) fn on_time(&mut self, ids: &ClientIds, native: &Native, now: Instant) {
        while let Some((_, at)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            let pending = self.slots[at].pending.as_mut();
            let pending = pending.expect("what is due is under way");
            let next = pending.attempts.on_time(now);
            if next == Next::Ask {
                // Whoever is silent may be gone. This replica hears who leads then.
                pending.attempts.turn_to(self.me);
            }
            self.go_on(at, next, None, native, now);
        }
        while let Some((_, deadline)) = self.waiting.front() {
            let is_late = *deadline <= now;
            let slot = if is_late { None } else { self.free_slot(ids) };
            if !is_late && slot.is_none() {
                return;
            }
            let Some((wanted, deadline)) = self.waiting.pop_front() else { return };
            match slot {
                Some(at) => self.begin(at, wanted, deadline, native, now),
                None => self.fail(wanted.owner, Failure::Busy),
            }
        }
    }

    /// Gives up whatever is under way.
    pub(super) fn give_up(&mut self) {
        for (_, at) in std::mem::take(&mut self.due) {
            if let Some(pending) = &self.slots[at].pending {
                let failure = pending.attempts.failure();
                self.finish(at, Err(failure), None);
            }
        }
        while let Some((wanted, _)) = self.waiting.pop_front() {
            self.fail(wanted.owner, Failure::Busy);
        }
    }
}
