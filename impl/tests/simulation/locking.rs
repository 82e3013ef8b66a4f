//! Locks: each configuration is held to what it promises, and to no more.

use holdfast_models::consistency::Guarantee;
use holdfast_models::multi_leader::locking::{Conflict, LockLife, Locking, ReadRule};

use crate::judge::{self, Verdict};
use crate::plan::Plan;

/// What a configuration promises, by a name for it.
pub(crate) fn promised() -> Vec<(&'static str, Locking, &'static [Guarantee])> {
    const LINEARIZABLE: &[Guarantee] = &[Guarantee::Linearizable];
    let usual = Locking::wait_die(3);
    let life = LockLife::Ticks(100);
    vec![
        ("wait or die", usual, LINEARIZABLE),
        ("die", Locking { conflict: Conflict::Die, ..usual }, LINEARIZABLE),
        ("wait for a while", Locking { conflict: Conflict::Wait, life, ..usual }, LINEARIZABLE),
        ("heedless readers", Locking { read: ReadRule::Heedless, ..usual }, &[]),
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
fn locks_keep_what_they_promise_through_crashes_partitions_and_lost_datagrams() {
    assert_kept(0..30);
}

/// What the models predict (`reads-do-not-care-about-promises`): what is decided is shown by one replica, and not yet by
/// another. The judge that finds nothing above finds it here.
#[test]
fn heedless_readers_are_shown_the_past() {
    let broken = (0..300).find(|seed| {
        let plan =
            Plan::random(*seed, Locking { read: ReadRule::Heedless, ..Locking::wait_die(3) });
        matches!(judge::judged(&plan, &[Guarantee::Linearizable]), Verdict::Broken(_))
    });
    assert!(broken.is_some());
}
