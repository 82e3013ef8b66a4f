//! Every choice that a policy offers is tried by a scenario.

use holdfast_models::leaderless::{
    self, Agreement, AntiEntropy, Deletion, Fallback, HintExpiry, Leaderless, Membership,
    PartialWrite, TieBreak, Versions, WriteBack,
};
use holdfast_models::multi_leader::certification::{
    self, Acknowledgement, Certificate, Certification, Flush, Retention, SnapshotRule,
};
use holdfast_models::multi_leader::convergent::{
    self, Clock, Collection, Convergent, CounterRule, Delivery, Limit, Propagation, RegisterRule,
    SetRule, TextRule, Ties, Topology,
};
use holdfast_models::multi_leader::home_region::{
    self, Disaster, HomeRegion, Homing, ReadRule as CopyRule,
};
use holdfast_models::multi_leader::locking::{
    self, Conflict, LockLife, Locking, ReadRule as LockedRead,
};
use holdfast_models::single_leader::{
    AckMeans, AckRule, AckTimeout, Election, Eviction, Persistence, ReadRule, SingleLeader,
    Truncation, Visibility, scenarios,
};

/// The variants of a policy that no configuration has. The match has no wildcard: it does not
/// compile before a new variant is among them.
macro_rules! unused {
    ($configurations:ident, $field:ident: $($variant:pat),+ $(,)?) => {{
        for configuration in &$configurations {
            match configuration.$field { $($variant => {})+ }
        }
        let mut unused: Vec<&str> = Vec::new();
        $(if !$configurations.iter().any(|one| matches!(one.$field, $variant)) {
            unused.push(stringify!($variant));
        })+
        unused
    }};
}

#[test]
fn every_variant_of_every_single_leader_policy_occurs_in_a_scenario() {
    let sections = scenarios::SECTIONS.iter();
    let all: Vec<SingleLeader> =
        sections.flat_map(|section| section.scenarios).map(|scenario| scenario.protocol).collect();
    let unused = [
        unused!(all, ack:
            AckRule::Asynchronous, AckRule::Followers(_), AckRule::All, AckRule::InSync { .. },
            AckRule::Majority),
        unused!(all, ack_means: AckMeans::Received, AckMeans::Flushed, AckMeans::Applied),
        unused!(all, ack_timeout:
            AckTimeout::Block, AckTimeout::Degrade, AckTimeout::Indeterminate,
            AckTimeout::Expose),
        unused!(all, visibility:
            Visibility::Appended, Visibility::Acknowledged, Visibility::Committed),
        unused!(all, read:
            ReadRule::LeaderLocal, ReadRule::Lease { .. }, ReadRule::ReadIndex,
            ReadRule::FollowerLocal, ReadRule::FollowerWithToken),
        unused!(all, election:
            Election::Never, Election::Anyone, Election::BestReachable, Election::Fenced,
            Election::Majority, Election::Appointed { unclean: false },
            Election::Appointed { unclean: true }),
        unused!(all, eviction:
            Eviction::Never, Eviction::Deposed, Eviction::Local, Eviction::Registered),
        unused!(all, truncation:
            Truncation::Never, Truncation::HighWatermark, Truncation::EpochAndPosition,
            Truncation::Snapshot),
        unused!(all, persistence:
            Persistence::BeforeAck, Persistence::Lazy, Persistence::EpochOnly,
            Persistence::LogOnly, Persistence::Nothing),
    ];
    let unused = unused.concat();
    assert!(unused.is_empty(), "no scenario has {unused:?}");
}

#[test]
fn every_variant_of_every_leaderless_policy_occurs_in_a_scenario() {
    let sections = leaderless::scenarios::SECTIONS.iter();
    let all: Vec<Leaderless> =
        sections.flat_map(|section| section.scenarios).map(|scenario| scenario.protocol).collect();
    let unused = [
        unused!(all, versions:
            Versions::SingleWriter, Versions::Query, Versions::WallClock,
            Versions::CommitWait { uncertainty: 0 }, Versions::CommitWait { uncertainty: 1.. },
            Versions::HybridClock, Versions::Siblings),
        unused!(all, ties: TieBreak::Author, TieBreak::Value, TieBreak::Arrival),
        unused!(all, write_back:
            WriteBack::Nobody, WriteBack::Asynchronous, WriteBack::Contacted,
            WriteBack::WriteQuorum, WriteBack::UnlessUnanimous),
        unused!(all, fallback:
            Fallback::Nobody, Fallback::KeepsHints, Fallback::CountsForWrites,
            Fallback::CountsForReads),
        unused!(all, hints: HintExpiry::Never, HintExpiry::AfterAWhile),
        unused!(all, anti_entropy: AntiEntropy::Off, AntiEntropy::Ranges),
        unused!(all, partial: PartialWrite::Indeterminate, PartialWrite::Failed),
        unused!(all, deletion:
            Deletion::Tombstone, Deletion::ReapedEverywhere, Deletion::ReapedAfterAWhile,
            Deletion::Erased),
        unused!(all, agreement:
            Agreement::Nothing, Agreement::Conditional, Agreement::Everything),
        unused!(all, membership: Membership::Configured, Membership::OneByOne),
    ];
    let unused = unused.concat();
    assert!(unused.is_empty(), "no scenario has {unused:?}");
}

#[test]
fn every_variant_of_every_convergent_rule_occurs_in_a_scenario() {
    let sections = convergent::scenarios::SECTIONS.iter();
    let all: Vec<Convergent> =
        sections.flat_map(|section| section.scenarios).map(|scenario| scenario.protocol).collect();
    let unused = [
        unused!(all, register:
            RegisterRule::LastArrived, RegisterRule::HighestReplica, RegisterRule::KeepWinner,
            RegisterRule::KeepAll,
            RegisterRule::LastWriter { clock: Clock::Wall, ties: Ties::LaterArrival },
            RegisterRule::LastWriter { clock: Clock::Wall, ties: Ties::HigherReplica },
            RegisterRule::LastWriter { clock: Clock::Lamport, ties: _ },
            RegisterRule::LastWriter { clock: Clock::Hybrid, ties: _ }),
        unused!(all, counter:
            CounterRule::PerReplica, CounterRule::Additions, CounterRule::LargerTotal,
            CounterRule::SumOfTotals),
        unused!(all, limit: Limit::None, Limit::Checked, Limit::Escrow),
        unused!(all, set:
            SetRule::Elements, SetRule::Additions, SetRule::Tombstones, SetRule::Context),
        unused!(all, text: TextRule::LaterFirst, TextRule::RunsTogether),
        unused!(all, collection:
            Collection::Never, Collection::AfterAWhile, Collection::WhenAllHaveThem),
        unused!(all, propagation: Propagation::Events, Propagation::States),
        unused!(all, delivery: Delivery::Any, Delivery::Fifo, Delivery::Causal),
        unused!(all, topology: Topology::AllToAll, Topology::Ring, Topology::Star),
    ];
    let unused = unused.concat();
    assert!(unused.is_empty(), "no scenario has {unused:?}");
}

#[test]
fn every_variant_of_every_rule_about_homes_occurs_in_a_scenario() {
    let sections = home_region::scenarios::SECTIONS.iter();
    let all: Vec<HomeRegion> =
        sections.flat_map(|section| section.scenarios).map(|scenario| scenario.protocol).collect();
    let unused = [
        unused!(all, homing: Homing::Fixed, Homing::FollowsWriters),
        unused!(all, disaster: Disaster::Wait, Disaster::TakeOver),
        unused!(all, read: CopyRule::Copy, CopyRule::Snapshot, CopyRule::Home),
    ];
    let unused = unused.concat();
    assert!(unused.is_empty(), "no scenario has {unused:?}");
}

#[test]
fn every_variant_of_every_rule_about_locks_occurs_in_a_scenario() {
    let sections = locking::scenarios::SECTIONS.iter();
    let all: Vec<Locking> =
        sections.flat_map(|section| section.scenarios).map(|scenario| scenario.protocol).collect();
    let unused = [
        unused!(all, conflict: Conflict::Wait, Conflict::WaitDie, Conflict::Die),
        unused!(all, life: LockLife::UntilReleased, LockLife::Ticks(_)),
        unused!(all, read: LockedRead::Respectful, LockedRead::Heedless),
    ];
    let unused = unused.concat();
    assert!(unused.is_empty(), "no scenario has {unused:?}");
}

#[test]
fn every_variant_of_every_rule_about_certification_occurs_in_a_scenario() {
    let sections = certification::scenarios::SECTIONS.iter();
    let all: Vec<Certification> =
        sections.flat_map(|section| section.scenarios).map(|scenario| scenario.protocol).collect();
    let unused = [
        unused!(all, certificate: Certificate::Writes, Certificate::ReadsAndWrites),
        unused!(all, snapshot: SnapshotRule::Local, SnapshotRule::Barrier),
        unused!(all, acknowledgement: Acknowledgement::Delivered, Acknowledgement::Everywhere),
        unused!(all, flush: Flush::Before, Flush::Later),
        unused!(all, retention: Retention::ForGood, Retention::UntilEverywhere),
    ];
    let unused = unused.concat();
    assert!(unused.is_empty(), "no scenario has {unused:?}");
}
