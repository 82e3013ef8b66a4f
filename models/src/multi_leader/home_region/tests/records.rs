//! One key: the order of its versions, and who is its home.

use crate::multi_leader::home_region::{Record, Stamp};
use crate::vocabulary::{Epoch, ReplicaId, Value};

fn stamp(epoch: u64, time: u64, home: u8) -> Stamp {
    Stamp { epoch: Epoch(epoch), time, home: ReplicaId(home) }
}

fn written(stamps: &[Stamp]) -> Record {
    let mut record = Record::new(ReplicaId(0));
    for (value, stamp) in (1_i64..).zip(stamps) {
        record.put(*stamp, Some(Value::from(value)));
    }
    record
}

#[test]
fn the_latest_version_is_the_same_in_whichever_order_versions_arrive() {
    let (first, second) = (stamp(1, 2, 0), stamp(2, 3, 1));
    assert_eq!(written(&[first, second]).latest().map(|(stamp, _)| *stamp), Some(second));
    assert_eq!(written(&[second, first]).latest().map(|(stamp, _)| *stamp), Some(second));
}

#[test]
fn a_version_of_a_later_epoch_tells_who_is_the_home() {
    let record = written(&[stamp(2, 3, 1), stamp(1, 4, 0)]);
    assert_eq!((record.home, record.epoch), (ReplicaId(1), Epoch(2)));
}

#[test]
fn of_two_homes_in_one_epoch_the_higher_is_agreed_on() {
    for order in [[1, 2], [2, 1]] {
        let mut record = Record::new(ReplicaId(0));
        for home in order {
            record.move_to(Epoch(2), ReplicaId(home));
        }
        assert_eq!(record.home, ReplicaId(2));
    }
}

#[test]
fn what_snapshots_may_still_show_is_kept() {
    let stamps = [stamp(1, 1, 0), stamp(1, 3, 0), stamp(1, 5, 0)];
    let kept = |time| {
        let mut record = written(&stamps);
        record.forget_before(time);
        record.versions.into_keys().map(|stamp| stamp.time).collect::<Vec<_>>()
    };
    assert_eq!(kept(Some(0)), [1, 3, 5]);
    assert_eq!(kept(Some(2)), [1, 3, 5]);
    assert_eq!(kept(Some(3)), [3, 5]);
    assert_eq!(kept(Some(9)), [5]);
    assert_eq!(kept(None), [5]);
}

#[test]
fn a_moment_shows_the_latest_version_by_then() {
    let record = written(&[stamp(1, 1, 0), stamp(1, 3, 0)]);
    let at = |time| record.at(time).and_then(|(_, value)| value.as_ref()?.as_number());
    assert_eq!([0, 1, 2, 3, 4].map(at), [None, Some(1), Some(1), Some(2), Some(2)]);
}
