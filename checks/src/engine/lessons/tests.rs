//! What one run tells is understood in another, and what cannot be is told.

use std::collections::{HashSet, VecDeque};

use holdfast_models::cluster::Cluster;
use holdfast_models::protocol::Protocol;
use holdfast_models::single_leader::SingleLeader;

use super::super::judge::Judges;
use super::super::parts::Parts;
use super::{Learner, Lesson, NotTheSame, Successors, Teller};
use crate::family::Protocols;

fn cluster(name: &str) -> Cluster<SingleLeader> {
    let mut scenarios = SingleLeader::sections().iter().flat_map(|section| section.scenarios);
    Cluster::new(scenarios.find(|scenario| scenario.name == name).expect("the table has it"))
}

/// The rows that can be reached, each with the one it was first reached from: in the order of a
/// search that takes the last first, or the first.
fn reached<P: Protocol>(
    initial: &[u32],
    successors: &mut Successors<'_, P>,
    last_first: bool,
) -> Vec<(Vec<u32>, Vec<u32>)> {
    let mut open = VecDeque::from([initial.to_vec()]);
    let mut seen = HashSet::from([initial.to_vec()]);
    let mut reached = vec![(initial.to_vec(), initial.to_vec())];
    while let Some(row) = if last_first { open.pop_back() } else { open.pop_front() } {
        successors.of(&row, |next, _| {
            if seen.insert(next.to_vec()) {
                reached.push((next.to_vec(), row.clone()));
                open.push_back(next.to_vec());
            }
        });
    }
    reached
}

#[test]
fn every_row_of_one_run_is_understood_in_another_that_numbers_otherwise() {
    for name in ["every-follower-acknowledges", "lease-is-not-honoured"] {
        let cluster = cluster(name);
        let (one, other) = (Parts::new(&cluster), Parts::new(&cluster));
        let judges = [Judges::new(&cluster, &one), Judges::new(&cluster, &other)];
        let mut successors =
            [Successors::new(&one, &judges[0]), Successors::new(&other, &judges[1])];
        let initial = [&one, &other].map(|parts| parts.split(&cluster.initial_state()));
        let told = reached(&initial[0], &mut successors[0], false);
        let own = reached(&initial[1], &mut successors[1], true);

        let mut teller = Teller::new(&initial[0]);
        let mut learner = Learner::new(&initial[0], &initial[1]).expect("one model");
        let (mut lessons, mut renumbered) = (0, 0);
        let mut understood = HashSet::new();
        for (row, parent) in &told {
            if let Some(lesson) = teller.lesson_for(row, parent, &mut successors[0]) {
                learner.learn(&lesson, &mut successors[1]).expect("one model");
                lessons += 1;
            }
            let mut translated = row.clone();
            learner.translate(&mut translated).expect("all was told");
            assert_eq!(one.join(row), other.join(&translated));
            renumbered += usize::from(*row != translated);
            understood.insert(translated);
        }
        assert_eq!(understood, own.into_iter().map(|(row, _)| row).collect());
        assert!(renumbered > 100, "{name}: the two runs number alike");
        assert!(lessons < told.len() / 2, "{name}: {lessons} lessons are too many");
    }
}

#[test]
fn what_is_not_of_one_model_is_told() {
    let cluster = cluster("asynchronous-failover");
    let parts = Parts::new(&cluster);
    let judges = Judges::new(&cluster, &parts);
    let mut successors = Successors::new(&parts, &judges);
    let initial = parts.split(&cluster.initial_state());
    let lesson = Teller::new(&initial).tell(&initial, &mut successors);
    let (columns, count) = (initial.len(), lesson.successors.len() / initial.len());
    assert!(count > 1);
    let mut learn = |change: fn(&mut Lesson, usize)| {
        let mut lesson = lesson.clone();
        change(&mut lesson, columns);
        let mut learner = Learner::new(&initial, &initial)?;
        learner.learn(&lesson, &mut successors)
    };
    assert_eq!(learn(|_, _| {}), Ok(()));
    let fewer = learn(|lesson, columns| lesson.successors.truncate(columns));
    assert_eq!(fewer, Err(NotTheSame::Successors { told: 1, own: count }));
    let torn = learn(|lesson, _| lesson.successors.truncate(lesson.successors.len() - 1));
    assert_eq!(torn, Err(NotTheSame::Columns { told: columns - 1, own: columns }));
    let broken = learn(|lesson, columns| lesson.successors[columns - 1] ^= 1);
    assert_eq!(broken, Err(NotTheSame::Broken { told: 1, own: 0 }));
    let unheard_of = learn(|lesson, _| lesson.of[0] = 77);
    assert_eq!(unheard_of, Err(NotTheSame::NeverTold { column: 0, id: 77 }));
    let merged = learn(|lesson, columns| {
        let last = lesson.successors.len() - columns;
        lesson.successors.copy_within(..columns, last);
    });
    assert!(matches!(merged, Err(NotTheSame::Parts { .. })), "{merged:?}");
    let longer = Learner::new(&[&initial[..], &[0]].concat(), &initial).err();
    assert_eq!(longer, Some(NotTheSame::Columns { told: columns + 1, own: columns }));
}
