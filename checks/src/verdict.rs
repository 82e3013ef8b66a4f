//! What was found, against what was claimed.

use std::fmt;

use holdfast_models::cluster::{Judge, Property, Verdict};
use holdfast_models::protocol::Protocol;

use crate::explore::{Cause, End, Exploration, Trace};

/// What kind of statement a property is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// About what clients may see.
    Guarantee,
    /// About replicas, in every moment or over every step.
    Invariant,
    /// That something happens at all.
    Witness,
    /// About all that may follow a moment.
    Liveness,
    /// What exploring itself rests on. Not worth a word as long as it holds.
    Foundation,
}

/// A property, whatever its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// What kind it is.
    pub kind: Kind,
}

impl Statement {
    /// What exploring a cluster of `P` rests on, whatever is claimed of it.
    #[must_use]
    pub const fn foundation<P: Protocol>() -> Self {
        let property = Property::<P>::OBSOLETE_MESSAGES_ARE_IGNORED;
        Self { kind: Kind::Foundation, ..Self::of(&property) }
    }

    /// What `property` states.
    #[must_use]
    pub const fn of<P: Protocol>(property: &Property<P>) -> Self {
        let kind = match property.judge {
            Judge::Guarantee(_) => Kind::Guarantee,
            Judge::Invariant(_) | Judge::Transition(_) => Kind::Invariant,
            Judge::Witness(_) => Kind::Witness,
            Judge::Eventually(_) | Judge::Recoverable(_) => Kind::Liveness,
        };
        Self { name: property.name, sentence: property.sentence, kind }
    }
}

/// What exploring found out about one property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The claim or its opposite: the search was able to decide.
    Decided(Verdict),
    /// A witness was reached, in this many steps.
    ReachedIn(u16),
    /// The search ended before it could decide.
    Undecided,
}

impl Finding {
    /// Reads the finding off a search that ended as `end`, from the shortest path if there is one.
    #[must_use]
    pub fn new(kind: Kind, trace: Option<&Trace>, end: &End) -> Self {
        let steps = trace.map(|trace| u16::try_from(trace.steps()).unwrap_or(u16::MAX));
        let exhausted = match end {
            // A panic ends its own path; the others were followed to their end.
            End::Exhausted | End::Panicked { trace: Some(_), .. } => true,
            End::Satisfied | End::Truncated(_) | End::Panicked { trace: None, .. } => false,
        };
        match (kind, steps) {
            (Kind::Witness, Some(steps)) => Self::ReachedIn(steps),
            (
                Kind::Guarantee | Kind::Invariant | Kind::Foundation | Kind::Liveness,
                Some(steps),
            ) => Self::Decided(Verdict::Violated { steps }),
            (Kind::Witness, None) if exhausted => Self::Decided(Verdict::Unreachable),
            (Kind::Guarantee | Kind::Invariant | Kind::Foundation | Kind::Liveness, None)
                if exhausted =>
            {
                Self::Decided(Verdict::Holds)
            }
            (
                Kind::Guarantee
                | Kind::Invariant
                | Kind::Foundation
                | Kind::Witness
                | Kind::Liveness,
                None,
            ) => Self::Undecided,
        }
    }

    /// Whether this is what was claimed, the number of steps included.
    #[must_use]
    pub fn is_as_claimed(self, claimed: Verdict) -> bool {
        match self {
            Self::Decided(found) => found == claimed,
            Self::ReachedIn(_) => claimed == Verdict::Reached,
            Self::Undecided => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided(verdict) => f.write_str(&words(*verdict)),
            Self::ReachedIn(count) => write!(f, "reached in {}", steps(*count)),
            Self::Undecided => f.write_str("undecided"),
        }
    }
}

/// A verdict in words.
#[must_use]
pub fn words(verdict: Verdict) -> String {
    match verdict {
        Verdict::Holds => "holds".to_owned(),
        Verdict::Violated { steps: count } => format!("violated in {}", steps(count)),
        Verdict::Reached => "reached".to_owned(),
        Verdict::Unreachable => "unreachable".to_owned(),
    }
}

fn steps(count: u16) -> String {
    if count == 1 { "1 step".to_owned() } else { format!("{count} steps") }
}

/// One property of an explored cluster.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was judged.
    pub statement: Statement,
    /// What is claimed of it. Nothing, where somebody merely asks.
    pub claimed: Option<Verdict>,
    /// What was found.
    pub finding: Finding,
    /// The shortest path to where it is violated or reached.
    pub trace: Option<Trace>,
}

impl Judged {
    /// Whether anybody wants to read about it.
    #[must_use]
    pub fn is_worth_a_word(&self) -> bool {
        match self.statement.kind {
            Kind::Guarantee | Kind::Invariant | Kind::Witness | Kind::Liveness => true,
            Kind::Foundation => !self.is_fine() && self.finding != Finding::Undecided,
        }
    }

    /// Whether this is as it should be: as claimed, or not violated where nothing is claimed.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        match (self.claimed, self.finding) {
            (Some(claimed), finding) => finding.is_as_claimed(claimed),
            (None, Finding::Decided(Verdict::Violated { .. }) | Finding::Undecided) => false,
            (None, Finding::Decided(_) | Finding::ReachedIn(_)) => true,
        }
    }
}

/// What a whole exploration amounts to, from good to bad. The worst of several is what all of them
/// amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Everything is as it should be.
    Fine,
    /// The search ended early, and nothing it found contradicts a claim.
    Truncated,
    /// Something is not as claimed.
    Differs,
    /// Something panicked.
    Panicked,
}

impl Status {
    /// What the process exits with.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Differs => 1,
            Self::Truncated => 3,
            Self::Panicked => 4,
        }
    }
}

/// The judgement of one exploration.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The exploration, without its traces.
    pub exploration: Exploration,
    /// One for each property, in the order of the table; then what exploring rests on.
    pub judged: Vec<Judged>,
}

impl Judgement {
    /// Judges what was found by what was claimed.
    #[must_use]
    pub fn new(
        mut exploration: Exploration,
        claims: impl IntoIterator<Item = (Statement, Option<Verdict>)>,
    ) -> Self {
        let traces = std::mem::take(&mut exploration.traces);
        let judged = claims.into_iter().zip(traces).map(|((statement, claimed), trace)| Judged {
            statement,
            claimed,
            finding: Finding::new(statement.kind, trace.as_ref(), &exploration.end),
            trace,
        });
        Self { judged: judged.collect(), exploration }
    }

    /// What anybody wants to read about, in the order of the table.
    pub fn told(&self) -> impl Iterator<Item = &Judged> {
        self.judged.iter().filter(|judged| judged.is_worth_a_word())
    }

    /// What all of it amounts to.
    #[must_use]
    pub fn status(&self) -> Status {
        let undecided = |judged: &&Judged| judged.finding == Finding::Undecided;
        let decided_wrongly =
            self.judged.iter().filter(|judged| !undecided(judged)).any(|judged| !judged.is_fine());
        match self.exploration.end {
            End::Panicked { .. } => Status::Panicked,
            _ if decided_wrongly => Status::Differs,
            End::Truncated(_) | End::Satisfied => Status::Truncated,
            End::Exhausted => Status::Fine,
        }
    }

    /// Why the search ended early, if it did.
    #[must_use]
    pub fn truncated(&self) -> Option<Cause> {
        match &self.exploration.end {
            End::Truncated(cause) => Some(cause.clone()),
            End::Exhausted | End::Satisfied | End::Panicked { .. } => None,
        }
    }
}
