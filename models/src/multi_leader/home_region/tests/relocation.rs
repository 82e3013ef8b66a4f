//! Moving homes.

use super::bench::{Bench, add, outcome, passed_on};
use crate::multi_leader::home_region::{Disaster, Entry, HomeRegion, Homing, Message, Timer};
use crate::vocabulary::{Epoch, Outcome, Refusal, ReplicaId};

fn following(regions: u8) -> HomeRegion {
    HomeRegion { homing: Homing::FollowsWriters, ..HomeRegion::fixed(regions) }
}

fn taking_over() -> HomeRegion {
    HomeRegion { disaster: Disaster::TakeOver, ..HomeRegion::fixed(2) }
}

#[test]
fn a_home_moves_to_whoever_passes_on_an_update_once_that_is_decided() {
    let mut home = Bench::start(following(2), 0);
    assert_eq!(passed_on(&home.forward(1, 1, add("y", 2))), Outcome::Counted(2));
    assert_eq!(home.record("y").home, ReplicaId(1));
    assert_eq!(home.record("y").epoch, Epoch(2));
    assert_eq!(home.made().len(), 2, "the update, then the move");
}

#[test]
fn an_own_update_moves_nothing() {
    let mut home = Bench::start(following(2), 0);
    home.ask(1, 1, add("y", 2));
    assert_eq!(home.record("y").home, ReplicaId(0));
}

#[test]
fn the_old_home_passes_on_what_it_would_have_decided() {
    let mut home = Bench::start(following(2), 0);
    home.forward(1, 1, add("y", 2));
    let effects = home.restart().ask(1, 1, add("y", 4));
    let [(to, Message::Forward { epoch, .. })] = &effects.send[..] else {
        panic!("it is forwarded: {effects:?}")
    };
    assert_eq!((*to, *epoch), (ReplicaId(1), Epoch(2)));
}

#[test]
fn the_new_home_decides_only_once_it_has_everything() {
    let mut old = Bench::start(following(2), 0);
    old.ask(1, 1, add("y", 1));
    old.forward(1, 1, add("y", 2));
    let entries = old.made();
    let mut new = Bench::start(following(2), 1);
    new.hear(0, &entries[1..]);
    assert_eq!(new.record("y").home, ReplicaId(0), "an entry is missing");
    let refused = passed_on(&new.forward(0, 2, add("y", 4)));
    assert_eq!(refused, Outcome::Refused(Refusal::Unavailable));
    new.hear(0, &entries);
    assert_eq!(outcome(&new.ask(3, 1, add("y", 4))), Outcome::Counted(7));
}

#[test]
fn a_region_that_takes_its_home_to_be_gone_takes_over_when_it_is_asked() {
    let mut away = Bench::start(taking_over(), 1);
    away.time_out(Timer::Silence(ReplicaId(0)));
    assert_eq!(away.record("y").home, ReplicaId(0), "nobody has asked");
    assert_eq!(outcome(&away.ask(1, 1, add("y", 1))), Outcome::Counted(1));
    assert_eq!((away.record("y").home, away.record("y").epoch), (ReplicaId(1), Epoch(2)));
}

#[test]
fn whoever_is_heard_of_is_not_gone() {
    let mut away = Bench::start(taking_over(), 1);
    away.time_out(Timer::Silence(ReplicaId(0)));
    let effects = away.receive(0, Message::Have { applied: 0, made: 0, time: 0 });
    assert!(effects.arm.contains(&Timer::Silence(ReplicaId(0))));
    let effects = away.ask(1, 1, add("y", 1));
    assert!(matches!(effects.send[..], [(_, Message::Forward { .. })]), "{effects:?}");
}

#[test]
fn where_nobody_takes_over_silence_changes_nothing() {
    let mut away = Bench::start(HomeRegion::fixed(2), 1);
    away.time_out(Timer::Silence(ReplicaId(0)));
    let effects = away.ask(1, 1, add("y", 1));
    assert!(matches!(effects.send[..], [(_, Message::Forward { .. })]), "{effects:?}");
}

#[test]
fn an_old_home_that_hears_of_a_takeover_gives_way() {
    let mut away = Bench::start(taking_over(), 1);
    away.time_out(Timer::Silence(ReplicaId(0)));
    away.ask(1, 1, add("y", 1));
    let mut home = Bench::start(taking_over(), 0);
    home.ask(2, 1, add("y", 4));
    home.hear(1, &away.made());
    away.hear(0, &home.made());
    for region in [home, away] {
        assert_eq!((region.record("y").home, region.number("y")), (ReplicaId(1), Some(1)));
    }
}

#[test]
fn a_new_home_knows_what_earlier_homes_have_answered() {
    let mut second = Bench::start(following(3), 0);
    second.ask(3, 1, add("packet", 1));
    second.forward(1, 1, add("packet", 2));
    let mut third = Bench::start(following(3), 1);
    let Some(moved) = second.made().into_iter().last() else { panic!("it has moved") };
    third.hear(0, &[Entry { number: 1, ..moved }]);
    assert_eq!(outcome(&third.ask(3, 1, add("packet", 1))), Outcome::Counted(1));
}
