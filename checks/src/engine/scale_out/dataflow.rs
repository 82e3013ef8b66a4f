//! The dataflow: letters are exchanged by receiver, and a level is complete when the progress of the
//! computation says that no letter of it is on its way to anybody.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use timely::WorkerConfig;
use timely::communication::Allocator;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::Exchange;
use timely::dataflow::operators::core::{Input, Probe};
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::{InputHandleVec, ProbeHandle};
use timely::worker::Worker;

use super::letter::Letter;

/// How long a peer with nothing to do waits before it looks whether anything else has happened.
const WAIT: Duration = Duration::from_millis(20);

/// A peer's end of the dataflow. Its times are levels.
pub(super) struct Post {
    worker: Worker,
    outbox: InputHandleVec<u64, Letter>,
    inbox: Rc<RefCell<Vec<Letter>>>,
    delivered: ProbeHandle<u64>,
}

impl Post {
    pub(super) fn new(allocator: Allocator) -> Self {
        let mut worker = Worker::new(WorkerConfig::default(), allocator, Some(Instant::now()));
        let mut outbox = InputHandleVec::new();
        let inbox = Rc::new(RefCell::new(Vec::new()));
        let received = Rc::clone(&inbox);
        let delivered = worker.dataflow(|scope| {
            let letters = scope.input_from(&mut outbox);
            let receiver = Exchange::new(|letter: &Letter| u64::from(letter.to));
            letters
                .unary::<CapacityContainerBuilder<Vec<()>>, _, _, _>(receiver, "deliver", |_, _| {
                    move |input, _| {
                        input.for_each(|_, letters| {
                            received.borrow_mut().append(letters);
                        });
                    }
                })
                .probe()
                .0
        });
        Self { worker, outbox, inbox, delivered }
    }

    pub(super) fn me(&self) -> usize {
        self.worker.index()
    }

    pub(super) fn peers(&self) -> usize {
        self.worker.peers()
    }

    pub(super) fn send(&mut self, letter: Letter) {
        self.outbox.send(letter);
    }

    /// Sends what is to be sent, and answers the letters of `level` that have arrived.
    pub(super) fn exchange(&mut self, level: u64) -> Vec<Letter> {
        self.outbox.flush();
        self.worker.step();
        self.arrived(level)
    }

    /// The same, and waits a little if there is nothing to do.
    pub(super) fn wait(&mut self, level: u64) -> Vec<Letter> {
        self.worker.step_or_park(Some(WAIT));
        self.arrived(level)
    }

    /// This peer sends nothing more on `level`.
    pub(super) fn end(&mut self, level: u64) {
        self.outbox.advance_to(level + 1);
    }

    /// Whether nobody sends anything more on `level`, and everything has arrived.
    pub(super) fn is_complete(&self, level: u64) -> bool {
        !self.delivered.less_equal(&level)
    }

    /// Ends when all peers do, or when there is no point in waiting for them.
    pub(super) fn close(self, is_pointless: impl Fn() -> bool) {
        let Self { mut worker, outbox, .. } = self;
        outbox.close();
        while worker.has_dataflows() && !is_pointless() {
            worker.step_or_park(Some(WAIT));
        }
    }

    /// A peer that is ahead may have sent letters of the next level.
    fn arrived(&self, level: u64) -> Vec<Letter> {
        let mut inbox = self.inbox.borrow_mut();
        let (now, later) = inbox.drain(..).partition(|letter| letter.level == level);
        *inbox = later;
        now
    }
}
