//! The table that `check` runs and that `spec-docs/multi-leader-home-region.md` prints: configuration ×
//! faults × property × verdict.
//!
//! Each scenario differs from a named configuration in what its question is about, and runs in the
//! smallest world that shows the answer. Of two regions, region 0 is at first the home of `m` and `y`,
//! region 1 of `n`, `x` and `packet`; of three, region 0 of `packet`, region 1 of `y`, and region 2 of
//! `n` and `x`.

mod homes;
mod moving;
mod reads;
mod silence;

use super::{Disaster, HomeRegion, Homing, ReadRule, Safeguard};
use crate::cluster::script::{add, client, read, write};
use crate::cluster::{
    Ask, At, Client, Environment, FaultBudget, Links, NetworkKind, Property, Section, Session, Step,
};
use crate::consistency::Guarantee;

/// Every scenario, by subject.
pub const SECTIONS: &[Section<HomeRegion>] =
    &[homes::SECTION, moving::SECTION, silence::SECTION, reads::SECTION];

/// Known facts about homes that no scenario decides, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[];

const LINEARIZABLE: Property<HomeRegion> = Property::guarantee(Guarantee::Linearizable);

/// So many regions, whose homes move to their writers.
const fn following(replicas: u8) -> HomeRegion {
    HomeRegion { homing: Homing::FollowsWriters, ..HomeRegion::fixed(replicas) }
}

/// So many regions, any of which takes over from a home that it takes to be gone.
const fn taking_over(replicas: u8) -> HomeRegion {
    HomeRegion { disaster: Disaster::TakeOver, ..HomeRegion::fixed(replicas) }
}

/// So many regions, whose readers are shown what `read` says.
const fn reading(read: ReadRule, replicas: u8) -> HomeRegion {
    HomeRegion { read, ..HomeRegion::fixed(replicas) }
}

/// The same without a safeguard.
const fn without(safeguard: Safeguard, protocol: HomeRegion) -> HomeRegion {
    HomeRegion { safeguards: protocol.safeguards.without(safeguard), ..protocol }
}

/// No faults but these.
const fn faults(faults: FaultBudget) -> Environment {
    Environment { faults, ..Environment::CALM }
}

/// The same, where a message arrives at most once.
const fn once(environment: Environment) -> Environment {
    Environment { network: NetworkKind::AtMostOnce, ..environment }
}
