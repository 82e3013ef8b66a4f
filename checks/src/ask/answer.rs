//! What several workloads come to together.

use std::cmp::{Ordering, Reverse};

use holdfast_models::cluster::Verdict;

use super::Workload;
use crate::verdict::{Finding, Judged, Judgement, Kind, Status};

/// What was found about one property in all workloads that judge it.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// The finding that counts.
    pub judged: &'a Judged,
    /// The workloads that it was found in. A promise that holds is listed only where it was put to the
    /// test: where its witnesses are reached.
    pub found_in: Vec<&'static str>,
    /// The witnesses without which it says nothing.
    pub needs: Vec<&'static str>,
    /// Whether the clients of any workload do what it takes to see it broken.
    pub is_at_stake: bool,
}

impl Answer<'_> {
    /// Whether it holds because something never happened, as a promise about acknowledged updates
    /// does where none is acknowledged.
    #[must_use]
    pub fn is_vacuous(&self) -> bool {
        self.is_at_stake && self.is_untested()
    }

    /// Whether it holds because no client asked what it takes to see it broken.
    #[must_use]
    pub fn is_not_asked(&self) -> bool {
        !self.is_at_stake && self.is_untested()
    }

    fn is_untested(&self) -> bool {
        self.judged.finding == Finding::Decided(Verdict::Holds) && self.found_in.is_empty()
    }

    /// What it amounts to.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.judged.finding {
            Finding::Decided(Verdict::Violated { .. } | Verdict::Unreachable) => Status::Differs,
            Finding::Decided(Verdict::Holds) if self.is_vacuous() => Status::Differs,
            Finding::Decided(Verdict::Holds | Verdict::Reached) | Finding::ReachedIn(_) => {
                Status::Fine
            }
            Finding::Undecided => Status::Truncated,
        }
    }
}

/// One answer for each property, in the order in which workloads judge them.
#[must_use]
pub fn answers<'a>(workloads: &[Workload], judgements: &'a [Judgement]) -> Vec<Answer<'a>> {
    let mut answers: Vec<Answer<'a>> = Vec::new();
    for (workload, judgement) in workloads.iter().zip(judgements) {
        for judged in judgement.told() {
            let needs = workload.needs.get(judged.statement.name).cloned().unwrap_or_default();
            let is_at_stake = !workload.not_at_stake.contains(&judged.statement.name);
            let is_tested =
                is_at_stake && needs.iter().all(|witness| is_reached(judgement, witness));
            let holds = judged.finding == Finding::Decided(Verdict::Holds);
            let found_in = if holds && !is_tested { vec![] } else { vec![workload.name] };
            let found = Answer { judged, found_in, needs, is_at_stake };
            let same = |answer: &&mut Answer<'_>| answer.judged.statement == judged.statement;
            match answers.iter_mut().find(same) {
                None => answers.push(found),
                Some(answer) => {
                    let is_at_stake = answer.is_at_stake || is_at_stake;
                    match weight(judged).cmp(&weight(answer.judged)) {
                        Ordering::Greater => *answer = found,
                        Ordering::Equal => answer.found_in.extend(found.found_in),
                        Ordering::Less => {}
                    }
                    answer.is_at_stake = is_at_stake;
                }
            }
        }
    }
    answers
}

/// The witnesses that a workload did not reach.
pub fn missed(judgement: &Judgement) -> impl Iterator<Item = &Judged> {
    judgement.told().filter(|judged| {
        judged.statement.kind == Kind::Witness && !matches!(judged.finding, Finding::ReachedIn(_))
    })
}

fn is_reached(judgement: &Judgement, witness: &str) -> bool {
    !missed(judgement).any(|judged| judged.statement.name == witness)
}

/// What was seen outweighs what was not, the sooner the more; and not knowing outweighs what no
/// workload has shown.
fn weight(judged: &Judged) -> (u8, Reverse<u16>) {
    match judged.finding {
        Finding::Decided(Verdict::Violated { steps }) | Finding::ReachedIn(steps) => {
            (2, Reverse(steps))
        }
        Finding::Undecided => (1, Reverse(0)),
        Finding::Decided(Verdict::Holds | Verdict::Reached | Verdict::Unreachable) => {
            (0, Reverse(0))
        }
    }
}
