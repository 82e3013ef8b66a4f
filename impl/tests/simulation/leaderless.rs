//! Leaderless replication: each configuration is held to what it promises, and to no more.

use holdfast_models::consistency::Guarantee;
use holdfast_models::leaderless::{
    Agreement, AntiEntropy, Fallback, Leaderless, Versions, WriteBack,
};

use crate::judge::{self, Verdict};
use crate::plan::{Plan, TROUBLE};
use crate::site::Site;
use crate::terms;
use crate::world::World;

/// What a configuration promises, by a name for it. All of them compare what they hold, so that all
/// homes show the same in the end.
pub(crate) fn promised() -> Vec<(&'static str, Leaderless, &'static [Guarantee])> {
    const LINEARIZABLE: &[Guarantee] = &[Guarantee::Linearizable];
    let majority = Leaderless { anti_entropy: AntiEntropy::Ranges, ..Leaderless::majority(3) };
    vec![
        ("majority", majority, LINEARIZABLE),
        // Whoever reads one home may be shown anything that was written. In the end all show the same.
        (
            "one of three",
            Leaderless {
                write_quorum: 1,
                read_quorum: 1,
                versions: Versions::HybridClock,
                ..majority
            },
            &[],
        ),
        // And in the end nothing is gone that nobody has replaced who knew of it.
        ("siblings", Leaderless { versions: Versions::Siblings, ..majority }, &[]),
        ("agreement", Leaderless { agreement: Agreement::Everything, ..majority }, LINEARIZABLE),
        (
            "no write-back",
            Leaderless { write_back: WriteBack::Nobody, ..majority },
            &[Guarantee::Regular],
        ),
        (
            "hints",
            Leaderless { replicas: 4, fallback: Fallback::KeepsHints, batch: 1, ..majority },
            LINEARIZABLE,
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
fn quorums_keep_what_they_promise_through_crashes_partitions_and_lost_datagrams() {
    assert_kept(0..40);
}

/// What the models predict: a read of one home misses what another has acknowledged. The judge that
/// finds nothing above finds it here.
#[test]
fn one_of_three_is_not_linearizable() {
    let policy = Leaderless {
        write_quorum: 1,
        read_quorum: 1,
        write_back: WriteBack::Nobody,
        ..Leaderless::majority(3)
    };
    let broken = (0..100).filter(|seed| {
        let plan = Plan::random(*seed, policy);
        matches!(judge::judged(&plan, &[Guarantee::Linearizable]), Verdict::Broken(_))
    });
    assert!(broken.count() > 3);
}

/// Clients ask fewer homes than the configuration, and take what others take: the judge that asks of
/// each no more than it promises has something to let pass.
#[test]
fn requests_on_terms_of_their_own_promise_less() {
    let (_, majority, promised) = promised()[0];
    let broken = (0..200).filter(|seed| {
        let history = judge::history(&Plan::random(*seed, majority));
        promised.iter().any(|guarantee| !guarantee.holds(&history))
    });
    assert!(broken.count() > 3);
}

/// What the models predict (`last-writer-wins`): of two that do not know of each other, one is lost. The
/// judge that finds nothing among siblings finds it here.
#[test]
fn where_the_last_writer_wins_others_are_forgotten() {
    let policy = Leaderless { anti_entropy: AntiEntropy::Ranges, ..Leaderless::majority(3) };
    let forgetting = (0..20).filter(|seed| {
        let plan = Plan::random(*seed, policy);
        let mut world = World::new(&plan);
        world.run(TROUBLE);
        world.settle(TROUBLE * 4);
        let replicas: Vec<_> = world.sites.iter().filter_map(Site::replica).collect();
        terms::forgotten(&plan, &world.history, &replicas, 0).is_some()
    });
    assert!(forgetting.count() > 3);
}
