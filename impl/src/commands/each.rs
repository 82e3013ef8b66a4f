//! Operations that are asked at the same time.

use holdfast_models::vocabulary::{Operation, Refusal};

use super::gather::Gather;
use super::task::{Answered, MOST_OVERTAKEN, Step};
use crate::client::Failure;

/// One operation for each key, all at the same time, and again if another one was in its way.
#[derive(Clone, Debug)]
pub(super) struct Each {
    pub(super) operations: Vec<Operation>,
    pub(super) gather: Gather,
    /// What has come of those that are answered for good.
    answers: Vec<Option<Answered>>,
    tries: u16,
}

impl Each {
    pub(super) fn new(operations: Vec<Operation>, gather: Gather) -> Self {
        Self { answers: vec![None; operations.len()], operations, gather, tries: 0 }
    }

    /// The operations that have no answer.
    pub(super) fn missing(&self) -> Step {
        let open = self.operations.iter().zip(&self.answers).filter(|(_, answer)| answer.is_none());
        Step::Ask(open.map(|(operation, _)| operation.clone()).collect())
    }

    /// Takes the answers to those that had none. All answers, or nothing if some are to be asked again:
    /// another transaction was earlier, so that they have had no effect and may have one now.
    pub(super) fn take(&mut self, answers: Vec<Answered>) -> Option<Vec<Answered>> {
        let mut answers = answers.into_iter();
        for open in self.answers.iter_mut().filter(|answer| answer.is_none()) {
            *open = answers.next();
        }
        let mut is_again = false;
        if self.tries < MOST_OVERTAKEN {
            self.tries += 1;
            for answer in &mut self.answers {
                if *answer == Some(Err(Failure::Refused(Refusal::Conflict))) {
                    *answer = None;
                    is_again = true;
                }
            }
        }
        (!is_again).then(|| std::mem::take(&mut self.answers).into_iter().flatten().collect())
    }
}
