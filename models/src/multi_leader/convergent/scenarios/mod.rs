//! The table that `check` runs and that `spec-docs/multi-leader.md` prints: configuration × faults ×
//! property × verdict.
//!
//! Each scenario differs from a named configuration in what its question is about, and runs in the
//! smallest world that shows the answer.

mod counters;
mod order;
mod registers;
mod reads;
mod sets;
mod texts;
mod tombstones;
mod typing;

use super::{Clock, Convergent, CounterRule, Delivery, RegisterRule, Safeguard, Ties};
use crate::cluster::script::{add, client, read, write, write_anywhere};
use crate::cluster::{
    Ask, At, Client, Environment, FaultBudget, NetworkKind, Property, Section, Step,
};
use crate::consistency::Guarantee;

/// Every scenario, by subject.
pub const SECTIONS: &[Section<Convergent>] = &[
    registers::SECTION,
    counters::SECTION,
    sets::SECTION,
    tombstones::SECTION,
    texts::SECTION,
    typing::SECTION,
    order::SECTION,
    reads::SECTION,
];

/// Known facts about multi-leader replication that no scenario decides, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    (
        "B40",
        "A write here knows of all that its replica has, so that no client's context is needed.",
    ),
    ("B41", "As B40."),
    ("B43", "Users that merge without end are no script that ends."),
    ("B51", "Edits here name what they are about, and none is transformed."),
    ("B55", "What is applied once is passed on once, so nothing goes round for ever."),
    ("B57", "A key that two create is one key with two versions."),
    ("B58", "A value here is written whole, and no condition is about two keys."),
];

/// Two replicas whose last writer wins.
const fn last_writer(clock: Clock, ties: Ties) -> Convergent {
    ruled(RegisterRule::LastWriter { clock, ties }, 2)
}

/// So many replicas that decide between writes by `rule`, and apply updates as they arrive.
const fn ruled(register: RegisterRule, replicas: u8) -> Convergent {
    Convergent { register, delivery: Delivery::Any, ..Convergent::keeping_all(replicas) }
}

/// Two replicas that count by `rule`, and apply updates as they arrive.
const fn counting(counter: CounterRule) -> Convergent {
    Convergent { counter, delivery: Delivery::Any, ..Convergent::keeping_all(2) }
}

/// The same without a safeguard.
const fn without(safeguard: Safeguard, protocol: Convergent) -> Convergent {
    Convergent { safeguards: protocol.safeguards.without(safeguard), ..protocol }
}

/// No faults but these.
const fn faults(faults: FaultBudget) -> Environment {
    Environment { faults, ..Environment::CALM }
}

/// Clocks that run, and may differ by `skew` ticks.
const fn ticks(ticks: u8, skew: u64) -> Environment {
    Environment { clock_skew: skew, ..faults(FaultBudget { ticks, ..FaultBudget::NONE }) }
}

impl Environment {
    /// The same, where a message arrives at most once.
    const fn once(self) -> Self {
        Self { network: NetworkKind::AtMostOnce, ..self }
    }
}

/// One write at each of two replicas.
const TWO_WRITES: &[Client] = &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 1)])];

/// Two writes anywhere, one after the other; and one by somebody else.
const THREE_WRITES: &[Client] = &[
    client(&[write_anywhere("x", "1"), write_anywhere("x", "2")]),
    client(&[write_anywhere("x", "3")]),
];
