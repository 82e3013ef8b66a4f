//! Writing a trace.

use std::io::Write;
use std::marker::PhantomData;

use holdfast_models::protocol::{Effects, Input};
use holdfast_models::vocabulary::{ReplicaId, Timestamp};

use super::{Digests, Entry, Given};
use crate::disk::write_record;
use crate::hosted::Hosted;

/// Writes down what a replica was given and what came of it.
///
/// A trace that cannot be written is ended with a warning: the replica goes on.
pub struct Tracer<P> {
    output: Option<Box<dyn Write + Send>>,
    configuration: u64,
    /// Every how many steps the whole state is digested.
    state_every: u64,
    steps: u64,
    pending: Vec<u8>,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Hosted> Tracer<P> {
    /// A trace of a replica of `configuration`, added at the end of `output`.
    #[must_use]
    pub fn new(output: Box<dyn Write + Send>, configuration: u64, state_every: u64) -> Self {
        Self {
            output: Some(output),
            configuration,
            state_every: state_every.max(1),
            steps: 0,
            pending: Vec::new(),
            protocol: PhantomData,
        }
    }

    pub(crate) fn started(
        &mut self,
        me: ReplicaId,
        durable: Option<&P::Durable>,
        now: Timestamp,
        replica: &P::Replica,
        effects: &Effects<P>,
    ) {
        let digests = Digests::of(replica, effects, true);
        let (configuration, durable) = (self.configuration, durable.cloned());
        self.put(&Entry::Started { me, configuration, durable, now, digests });
    }

    pub(crate) fn stepped(
        &mut self,
        now: Timestamp,
        input: &Input<P>,
        replica: &P::Replica,
        effects: &Effects<P>,
    ) {
        let includes_state = self.steps.is_multiple_of(self.state_every);
        let digests = Digests::of(replica, effects, includes_state);
        self.put(&Entry::Stepped { now, input: Given::of(input), digests });
    }

    fn put(&mut self, entry: &Entry<P>) {
        let payload = postcard::to_stdvec(entry)
            .expect("an entry is plain data, and memory is all that writing it needs");
        write_record(&mut self.pending, self.steps, 0, &payload);
        self.steps += 1;
    }

    /// Hands what was written down to the operating system.
    pub(crate) fn flush(&mut self) {
        let Some(output) = &mut self.output else { return self.pending.clear() };
        if let Err(error) = output.write_all(&self.pending) {
            tracing::warn!(%error, "the step trace ends here");
            self.output = None;
        }
        self.pending.clear();
    }
}
