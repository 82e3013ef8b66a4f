//! What outcomes are answered with.

use holdfast_models::vocabulary::{Context, Key, Outcome, Refusal, Value};

use super::edit::length;
use super::failure::{failed, partly_failed};
use super::task::Answered;
use crate::client::{Failure, context_token};
use crate::resp::Response;

/// What the outcomes of operations that were asked at the same time are answered with.
#[derive(Clone, Debug)]
pub(super) enum Gather {
    /// The one value.
    Value,
    /// All values.
    Values,
    /// All values at one key.
    Siblings,
    /// At how many keys something is, or was.
    Present,
    /// The length of the one value.
    Length,
    /// What type the one value has.
    Type,
    /// That it is done.
    Done,
    /// The one number.
    Number,
    /// All members of a set.
    Members,
    /// How many members a set has.
    Cardinality,
    /// Whether a set has this member.
    Member(Value),
    /// Whether the value was set: the first if so, the second if not.
    Swapped(Response, Response),
}

impl Gather {
    /// The response to a command about `key`, if it is about one, whose client is about to know of the
    /// updates in `shown`.
    pub(super) fn answer(
        &self,
        key: Option<&Key>,
        outcomes: Vec<Outcome>,
        shown: &Context,
    ) -> Response {
        match self {
            Self::Present => {
                Response::Integer(length(outcomes.iter().filter(|o| is_there(o)).count()))
            }
            Self::Values => Response::Array(outcomes.into_iter().map(value).collect()),
            Self::Done => Response::OK,
            Self::Siblings => siblings(key, outcomes, shown),
            Self::Type => kind(outcomes, shown),
            Self::Members => {
                with_members(outcomes, shown, |members| Response::Array(bulks(&members)))
            }
            Self::Cardinality => {
                with_members(outcomes, shown, |members| Response::Integer(length(members.len())))
            }
            Self::Member(member) => with_members(outcomes, shown, |members| {
                Response::Integer(i64::from(members.contains(member)))
            }),
            Self::Value | Self::Length | Self::Number | Self::Swapped(..) => {
                outcomes.into_iter().next().map_or_else(unexpected, |outcome| self.one(outcome))
            }
        }
    }

    fn one(&self, outcome: Outcome) -> Response {
        match (self, outcome) {
            (Self::Length, Outcome::Found(found)) => {
                Response::Integer(length(found.map_or(0, |value| value.as_bytes().len())))
            }
            (Self::Number, Outcome::Counted(number)) => Response::Integer(number),
            (Self::Swapped(yes, no), Outcome::Swapped(swapped)) => {
                if swapped {
                    yes.clone()
                } else {
                    no.clone()
                }
            }
            (_, outcome) => value(outcome),
        }
    }
}

/// The outcomes, if there is one of each. Otherwise what is worst: an update of which it is open
/// whether it took effect.
pub(super) fn all(answers: Vec<Answered>, is_update: bool) -> Result<Vec<Outcome>, Response> {
    let keys = answers.len();
    let mut outcomes = Vec::with_capacity(keys);
    let mut failure = None;
    for answer in answers {
        match answer {
            Ok(outcome) => outcomes.push(outcome),
            Err(Failure::Indeterminate) => failure = Some(Failure::Indeterminate),
            Err(other) => failure = failure.or(Some(other)),
        }
    }
    let has_changed = |outcome: &&Outcome| **outcome == Outcome::Done || is_there(outcome);
    let changed = outcomes.iter().filter(has_changed).count();
    match failure {
        None => Ok(outcomes),
        Some(failure) if is_update => Err(partly_failed(changed, keys, failure)),
        Some(failure) => Err(failed(failure)),
    }
}

/// The members of a set, of which nothing is an empty one.
pub(super) fn members(outcomes: Vec<Outcome>, shown: &Context) -> Result<Vec<Value>, Response> {
    match outcomes.into_iter().next() {
        Some(Outcome::Found(None)) => Ok(Vec::new()),
        Some(Outcome::Elements(members)) if !is_text(shown) => Ok(members),
        Some(Outcome::Elements(_) | Outcome::Found(Some(_)) | Outcome::Siblings(_)) => {
            Err(another_kind())
        }
        Some(
            Outcome::Done
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_)
            | Outcome::Transacted(_),
        )
        | None => Err(unexpected()),
    }
}

fn with_members(
    outcomes: Vec<Outcome>,
    shown: &Context,
    told: impl FnOnce(Vec<Value>) -> Response,
) -> Response {
    members(outcomes, shown).map_or_else(|wrong| wrong, told)
}

/// What kind of data one outcome shows.
fn kind(outcomes: Vec<Outcome>, shown: &Context) -> Response {
    match outcomes.into_iter().next() {
        Some(Outcome::Found(None)) => Response::Simple("none"),
        Some(Outcome::Found(Some(_)) | Outcome::Siblings(_)) => Response::Simple("string"),
        Some(Outcome::Elements(_)) if is_text(shown) => Response::Simple("text"),
        Some(Outcome::Elements(_)) => Response::Simple("set"),
        Some(
            Outcome::Done
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_)
            | Outcome::Transacted(_),
        )
        | None => unexpected(),
    }
}

/// The token that tells of all values, and the values.
fn siblings(key: Option<&Key>, outcomes: Vec<Outcome>, shown: &Context) -> Response {
    let Some(key) = key else { return unexpected() };
    let values = match outcomes.into_iter().next() {
        Some(Outcome::Found(found)) => found.into_iter().collect(),
        Some(Outcome::Siblings(values)) => values,
        Some(Outcome::Elements(_)) => return another_kind(),
        Some(
            Outcome::Done
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_)
            | Outcome::Transacted(_),
        )
        | None => return unexpected(),
    };
    let token = context_token(key, shown);
    Response::Array([Response::bulk(&token)].into_iter().chain(bulks(&values)).collect())
}

fn bulks(values: &[Value]) -> Vec<Response> {
    values.iter().map(|value| Response::bulk(value.as_bytes())).collect()
}

fn is_there(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Found(found) => found.is_some(),
        Outcome::Siblings(_) => true,
        Outcome::Elements(elements) => !elements.is_empty(),
        Outcome::Done
        | Outcome::Counted(_)
        | Outcome::Swapped(_)
        | Outcome::Indeterminate
        | Outcome::Refused(_)
        | Outcome::Transacted(_) => false,
    }
}

/// Whether elements are those of a text: its readers are told which updates they know of then, since
/// places in it are places in what its author has seen. Of a set, there is nothing to know.
fn is_text(shown: &Context) -> bool {
    !shown.is_empty()
}

pub(super) fn value(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Found(Some(value)) => Response::bulk(value.as_bytes()),
        Outcome::Found(None) => Response::Nil,
        Outcome::Siblings(values) => Response::Error(format!(
            "SIBLINGS {} values are at the key, whose writers did not know of each other",
            values.len()
        )),
        Outcome::Elements(_) => another_kind(),
        Outcome::Done
        | Outcome::Counted(_)
        | Outcome::Swapped(_)
        | Outcome::Indeterminate
        | Outcome::Refused(_)
        | Outcome::Transacted(_) => unexpected(),
    }
}

/// What is read is not of the kind that the command is about.
fn another_kind() -> Response {
    failed(Failure::Refused(Refusal::AnotherKind))
}

/// The store answered another question. It never does, but it may be another node's.
pub(super) fn unexpected() -> Response {
    Response::error("the store gave an answer that does not fit its question")
}

#[cfg(test)]
mod tests;
