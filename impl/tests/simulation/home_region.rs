//! Homes: each configuration is held to what it promises, and to no more.

use holdfast_models::consistency::Guarantee;
use holdfast_models::multi_leader::home_region::{HomeRegion, Homing, ReadRule};

use crate::judge::{self, Verdict};
use crate::plan::Plan;

/// What a configuration promises to clients that hand in what they have seen, by a name for it. Nobody takes over, so
/// that no home is ever taken to be gone that is not.
pub(crate) fn promised() -> Vec<(&'static str, HomeRegion, &'static [Guarantee])> {
    const LINEARIZABLE: &[Guarantee] = &[Guarantee::Linearizable];
    const SESSIONS: &[Guarantee] = &[Guarantee::ReadYourWrites, Guarantee::MonotonicReads];
    let fixed = HomeRegion::fixed(3);
    let at_home = HomeRegion { read: ReadRule::Home, ..fixed };
    let homing = Homing::FollowsWriters;
    vec![
        ("at home", at_home, LINEARIZABLE),
        ("homes that move", HomeRegion { homing, ..at_home }, LINEARIZABLE),
        ("one by one", HomeRegion { batch: 1, homing, ..at_home }, LINEARIZABLE),
        ("copies", HomeRegion { homing, ..fixed }, SESSIONS),
        ("snapshots", HomeRegion { read: ReadRule::Snapshot, ..fixed }, SESSIONS),
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
fn homes_keep_what_they_promise_through_crashes_partitions_and_lost_datagrams() {
    assert_kept(0..30);
}

/// What the models predict (`copies-follow-one-key`): a copy lags behind its home. The judge that finds nothing above
/// finds it here.
#[test]
fn copies_are_not_linearizable() {
    let broken = (0..300).find(|seed| {
        let plan = Plan::random(*seed, HomeRegion::fixed(3));
        matches!(judge::judged(&plan, &[Guarantee::Linearizable]), Verdict::Broken(_))
    });
    assert!(broken.is_some());
}
