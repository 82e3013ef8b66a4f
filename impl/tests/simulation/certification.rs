//! Certification: each configuration is held to what it promises, and to no more.

use holdfast_models::consistency::Guarantee;
use holdfast_models::multi_leader::certification::{
    Acknowledgement, Certificate, Certification, Retention, SnapshotRule,
};

use crate::judge::{self, Verdict};
use crate::plan::Plan;

/// As nodes are configured without a word.
fn usual() -> Certification {
    Certification { retention: Retention::UntilEverywhere, ..Certification::write_sets(3) }
}

/// What a configuration promises, by a name for it.
pub(crate) fn promised() -> Vec<(&'static str, Certification, &'static [Guarantee])> {
    let certificate = Certificate::ReadsAndWrites;
    let acknowledgement = Acknowledgement::Everywhere;
    let reads_too = Certification { certificate, ..usual() };
    let barrier = Certification { snapshot: SnapshotRule::Barrier, ..reads_too };
    vec![
        ("write sets", usual(), &[Guarantee::SnapshotIsolation]),
        ("reads too", reads_too, &[Guarantee::Serializable]),
        // Of each register alone.
        ("barrier", barrier, &[Guarantee::Serializable, Guarantee::Linearizable]),
        (
            "everywhere, one by one",
            Certification { acknowledgement, batch: 1, ..reads_too },
            &[Guarantee::Serializable],
        ),
    ]
}

pub(crate) fn assert_kept(seeds: std::ops::Range<u64>) {
    crate::assert_each(seeds, |seed| {
        let mut configurations = promised().into_iter();
        configurations
            .find_map(|(name, policy, promised)| crate::broken(seed, name, policy, promised))
    });
}

#[test]
fn transactions_keep_what_they_promise_through_crashes_partitions_and_lost_datagrams() {
    assert_kept(0..30);
}

/// What the models predict (`both-on-call-go`): where only write sets are compared, two may each miss what the other
/// writes. The judge that finds nothing above finds it here.
#[test]
fn write_sets_alone_are_not_serializable() {
    let broken = (0..200).find(|seed| {
        let plan = Plan::random(*seed, usual());
        matches!(judge::judged(&plan, &[Guarantee::Serializable]), Verdict::Broken(_))
    });
    assert!(broken.is_some());
}

/// What the models predict (`local-read-at-another-replica`): without a barrier a replica shows what it has.
#[test]
fn without_a_barrier_reads_are_not_linearizable() {
    let (_, policy, _) = promised().remove(1);
    let broken = (0..200).find(|seed| {
        let plan = Plan::random(*seed, policy);
        matches!(judge::judged(&plan, &[Guarantee::Linearizable]), Verdict::Broken(_))
    });
    assert!(broken.is_some());
}
