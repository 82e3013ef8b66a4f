//! What may begin when, and in which order it is answered.

use holdfast_models::vocabulary::{Key, Outcome, Value};

use super::*;
use crate::commands::{Planner, plan};

fn push(pipeline: &mut Pipeline, words: &str) {
    pipeline.push(plan(words.split(' ').map(|word| word.as_bytes().to_vec()).collect()));
}

fn started(pipeline: &mut Pipeline) -> Vec<Place> {
    let mut places = Vec::new();
    while let Some(start) = pipeline.start(Instant::now()) {
        places.push(match start {
            Start::Ask(place, _) | Start::Connection(place, ..) | Start::CountKeys(place) => place,
            Start::Answered => continue,
        });
    }
    places
}

#[test]
fn answers_come_in_the_order_of_the_commands() {
    let mut pipeline = Pipeline::default();
    push(&mut pipeline, "GET x");
    push(&mut pipeline, "GET y");
    assert_eq!(started(&mut pipeline), [Place(0), Place(1)]);
    let found = |text| Ok(Outcome::Found(Some(Value::from(text))));
    assert_eq!(pipeline.answer(Place(1), 0, found("second")), None);
    assert!(pipeline.pop().is_none());
    assert_eq!(pipeline.answer(Place(0), 0, found("first")), None);
    assert_eq!(pipeline.pop(), Some((Response::bulk("first"), Ending::Open)));
    assert_eq!(pipeline.pop(), Some((Response::bulk("second"), Ending::Open)));
    assert!(pipeline.is_empty());
}

#[test]
fn nothing_overtakes_what_it_depends_on() {
    let mut pipeline = Pipeline::default();
    for words in ["SET x 1", "SET y 1", "SET x 2", "SET z 1", "GET z", "PING"] {
        push(&mut pipeline, words);
    }
    assert_eq!(started(&mut pipeline), [Place(0), Place(1)]);
    let done = || Ok(Outcome::Done);
    pipeline.answer(Place(0), 0, done());
    assert_eq!(started(&mut pipeline), [Place(2), Place(3)]);
    for place in [1, 2, 3] {
        assert_eq!(started(&mut pipeline), []);
        pipeline.answer(Place(place), 0, done());
    }
    assert_eq!(started(&mut pipeline), [Place(4)]);
    pipeline.answer(Place(4), 0, Ok(Outcome::Found(None)));
    assert_eq!(started(&mut pipeline), [], "responses before it are not yet sent");
    while pipeline.pop().is_some() {}
    assert_eq!(started(&mut pipeline), [Place(5)]);
}

#[test]
fn a_command_of_two_rounds_asks_again() {
    let mut pipeline = Pipeline::default();
    push(&mut pipeline, "APPEND x !");
    started(&mut pipeline);
    let asked = pipeline.answer(Place(0), 0, Ok(Outcome::Found(None)));
    assert!(matches!(asked.as_deref(), Some([Operation::CompareAndSet { .. }])));
    assert_eq!(pipeline.answer(Place(0), 0, Ok(Outcome::Swapped(true))), None);
    assert_eq!(pipeline.pop(), Some((Response::Integer(1), Ending::Open)));
}

#[test]
fn what_is_watched_is_watched_until_the_next_transaction() {
    let mut pipeline = Pipeline::default();
    let mut planner = Planner::new(true);
    for words in ["WATCH x", "GET y", "MULTI", "SET x 1", "EXEC", "UNWATCH", "GET y"] {
        let arguments = words.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        pipeline.push(planner.plan(arguments));
    }
    let transacted = || Ok(Outcome::Transacted(vec![None]));
    assert_eq!(started(&mut pipeline), [Place(0)], "everything waits for it");
    pipeline.see(Place(0), LogPosition(7));
    assert_eq!(pipeline.answer(Place(0), 0, transacted()), None);
    assert_eq!(pipeline.pop(), Some((Response::OK, Ending::Open)));
    assert_eq!(started(&mut pipeline), [Place(1)]);
    pipeline.answer(Place(1), 0, Ok(Outcome::Found(None)));
    let Some(Start::Ask(Place(4), asked)) = pipeline.start(Instant::now()) else {
        panic!("the transaction begins")
    };
    let watched = vec![(Key::from("x"), LogPosition(7))];
    let [Operation::Transact { writes, unchanged, .. }] = &asked[..] else { panic!("{asked:?}") };
    assert!(writes.is_empty() && *unchanged == watched, "first it looks");
    let asked = pipeline.answer(Place(4), 0, Ok(Outcome::Transacted(Vec::new())));
    let Some([Operation::Transact { writes, unchanged, .. }]) = asked.as_deref() else {
        panic!("{asked:?}")
    };
    assert!(writes.len() == 1 && *unchanged == watched);
    assert_eq!(started(&mut pipeline), [], "what follows is not overtaken");
    pipeline.answer(Place(4), 0, Ok(Outcome::Transacted(Vec::new())));
    assert_eq!(started(&mut pipeline), [Place(6)], "the one before it asks nothing");
}

#[test]
fn nothing_starts_after_the_last_word() {
    let mut pipeline = Pipeline::default();
    pipeline.push_last(Response::error("no command"));
    push(&mut pipeline, "GET x");
    assert_eq!(started(&mut pipeline), []);
    assert!(matches!(pipeline.pop(), Some((Response::Error(_), Ending::Close))));
}

#[test]
fn what_has_started_is_waited_for_when_the_rest_is_refused() {
    let mut pipeline = Pipeline::default();
    push(&mut pipeline, "SET x 1");
    push(&mut pipeline, "GET x");
    started(&mut pipeline);
    pipeline.refuse(&Response::error("stopping"));
    assert!(pipeline.pop().is_none());
    pipeline.answer(Place(0), 0, Ok(Outcome::Done));
    assert_eq!(pipeline.pop(), Some((Response::OK, Ending::Open)));
    assert_eq!(pipeline.pop(), Some((Response::error("stopping"), Ending::Open)));
}

#[test]
fn a_late_answer_is_nobodys() {
    let mut pipeline = Pipeline::default();
    push(&mut pipeline, "SET x 1");
    started(&mut pipeline);
    pipeline.answer(Place(0), 0, Ok(Outcome::Done));
    pipeline.pop();
    assert_eq!(pipeline.answer(Place(0), 0, Ok(Outcome::Done)), None);
    assert!(pipeline.is_empty());
}
