//! What two questions about a cell come to.

use holdfast_models::cluster::Verdict;

use crate::ask::Answer;
use crate::verdict::Finding;

/// What is known of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grade {
    /// What reads show.
    pub reads: Reads,
    /// Whether every acknowledged write, or something newer, stays at w homes. Nothing if the search
    /// ended early.
    pub stored: Option<bool>,
}

/// What reads show, from the most to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// They are linearizable.
    Linearizable,
    /// They are regular: after the new value one may show the old one again.
    Inverted,
    /// They are safe: one that overlaps with a write may show something else than the values before
    /// and after it.
    Safe,
    /// One shows an old value after the new one was acknowledged.
    Stale,
    /// No read is answered after an acknowledged write: nothing was put to the test.
    Untested,
    /// The search ended early, and nothing was violated that says more.
    Undecided,
}

impl Grade {
    /// What answers about reads and answers about writes come to.
    pub(super) fn new(about_reads: &[Answer<'_>], about_writes: &[Answer<'_>]) -> Self {
        Self {
            reads: Reads::new(about_reads),
            stored: match known(about_writes, "acknowledged-updates-are-stored") {
                Known::Holds => Some(true),
                Known::Violated => Some(false),
                Known::Untested | Known::Undecided => None,
            },
        }
    }

    /// In two characters: what reads show, and whether writes stay.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match (self.reads, self.stored) {
            (Reads::Linearizable, Some(true)) => "L",
            (Reads::Linearizable, Some(false)) => "Lx",
            (Reads::Linearizable, None) => "L?",
            (Reads::Inverted, Some(true)) => "i",
            (Reads::Inverted, Some(false)) => "ix",
            (Reads::Inverted, None) => "i?",
            (Reads::Safe, Some(true)) => "o",
            (Reads::Safe, Some(false)) => "ox",
            (Reads::Safe, None) => "o?",
            (Reads::Stale, Some(true)) => "s",
            (Reads::Stale, Some(false)) => "sx",
            (Reads::Stale, None) => "s?",
            (Reads::Untested, Some(true)) => "-",
            (Reads::Untested, Some(false)) => "-x",
            (Reads::Untested, None) => "-?",
            (Reads::Undecided, Some(true)) => "?",
            (Reads::Undecided, Some(false)) => "?x",
            (Reads::Undecided, None) => "??",
        }
    }
}

impl Reads {
    fn new(answers: &[Answer<'_>]) -> Self {
        let known = |name| known(answers, name);
        match (known("safe"), known("regular"), known("linearizable")) {
            (Known::Violated, _, _) => Self::Stale,
            (Known::Untested, _, _) => Self::Untested,
            (Known::Holds, Known::Holds, Known::Holds) => Self::Linearizable,
            (Known::Holds, Known::Holds, Known::Violated) => Self::Inverted,
            (Known::Holds, Known::Violated, _) => Self::Safe,
            (Known::Undecided, _, _)
            | (Known::Holds, Known::Undecided | Known::Untested, _)
            | (Known::Holds, Known::Holds, Known::Undecided | Known::Untested) => Self::Undecided,
        }
    }
}

enum Known {
    Holds,
    Violated,
    Untested,
    Undecided,
}

fn known(answers: &[Answer<'_>], name: &str) -> Known {
    let Some(answer) = answers.iter().find(|answer| answer.judged.statement.name == name) else {
        return Known::Untested;
    };
    match answer.judged.finding {
        Finding::Undecided => Known::Undecided,
        Finding::Decided(Verdict::Violated { .. } | Verdict::Unreachable) => Known::Violated,
        Finding::Decided(Verdict::Holds | Verdict::Reached) | Finding::ReachedIn(_) => {
            if answer.found_in.is_empty() { Known::Untested } else { Known::Holds }
        }
    }
}
