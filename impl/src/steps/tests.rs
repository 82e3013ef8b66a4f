use std::io::Write;
use std::sync::{Arc, Mutex};

use holdfast_models::protocol::Protocol;
use holdfast_models::single_leader::{SingleLeader, Timer};
use holdfast_models::vocabulary::{Key, Operation, RequestId, Terms, Token, Value};

use super::*;
use crate::disk::{Found, find_record, write_record};

const CONFIGURATION: u64 = 5;

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("there is one thread").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn policy() -> SingleLeader {
    SingleLeader { compact_after: Some(4), ..SingleLeader::majority(3) }
}

fn write(request: u64, value: &str) -> Input<SingleLeader> {
    let operation = Operation::Write { key: Key::from("x"), value: Value::from(value) };
    let request = Request {
        id: RequestId(request),
        token: Token::default(),
        operation,
        terms: Terms::default(),
    };
    Input::Request { from: ClientId(1), request }
}

/// The trace of a leader that takes twenty updates, with a digest of the state at every so many.
fn trace(state_every: u64) -> Vec<u8> {
    let memory = Memory::default();
    let mut tracer = Tracer::new(Box::new(memory.clone()), CONFIGURATION, state_every);
    let me = ReplicaId(0);
    let mut effects = Effects::none();
    let mut replica = policy().start(me, None, Timestamp(0), &mut effects);
    tracer.started(me, None, Timestamp(0), &replica, &effects);
    for step in 0..40 {
        let input = if step % 2 == 0 {
            write(step / 2 + 1, &format!("value {step}"))
        } else {
            Input::Timeout(Timer::Heartbeat)
        };
        let mut effects = Effects::none();
        policy().step(me, &mut replica, Timestamp(step), input.clone(), &mut effects);
        tracer.stepped(Timestamp(step), &input, &replica, &effects);
    }
    tracer.flush();
    let bytes = memory.0.lock().expect("there is one thread");
    bytes.clone()
}

fn payloads(trace: &[u8]) -> Vec<Vec<u8>> {
    let (mut offset, mut payloads) = (0, Vec::new());
    while let Found::Record { payload, end, .. } = find_record(trace, offset) {
        payloads.push(payload);
        offset = end;
    }
    payloads
}

fn written(payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut trace = Vec::new();
    for (step, payload) in payloads.iter().enumerate() {
        write_record(&mut trace, step as u64, 0, payload);
    }
    trace
}

fn diverges_at(trace: &[u8]) -> u64 {
    replay(&policy(), CONFIGURATION, trace).expect_err("it was doctored").step
}

#[test]
fn a_trace_replays_with_equal_digests() {
    let expected = Replayed { starts: 1, steps: 40, states: 41 };
    assert_eq!(replay(&policy(), CONFIGURATION, &trace(1)), Ok(expected));
    let expected = Replayed { starts: 1, steps: 40, states: 5 };
    assert_eq!(replay(&policy(), CONFIGURATION, &trace(10)), Ok(expected));
}

#[test]
fn a_doctored_trace_is_rejected_at_the_step_that_was_doctored() {
    let original = payloads(&trace(100));
    for step in 1..original.len() {
        let mut doctored = original.clone();
        let Ok(Entry::Stepped::<SingleLeader> { now, input, digests }) =
            postcard::from_bytes(&original[step])
        else {
            panic!("step {step} is a step")
        };
        let input = match input {
            Given::Request { .. } => Given::of(&write(99, "something else")),
            Given::Timeout(_) => Given::Timeout(Timer::Suspect),
            Given::Message { .. } => panic!("nobody sent any"),
        };
        let entry = Entry::<SingleLeader>::Stepped { now, input, digests };
        doctored[step] = postcard::to_stdvec(&entry).expect("it is plain data");
        assert_eq!(diverges_at(&written(&doctored)), step as u64);
    }
}

#[test]
fn a_step_that_was_taken_out_is_missed() {
    let original = payloads(&trace(1));
    // Those are updates. A heartbeat repeats what may be lost, and changes nothing where it was not.
    for step in [1, 3, 21] {
        let mut doctored = original.clone();
        doctored.remove(step);
        assert_eq!(diverges_at(&written(&doctored)), step as u64);
    }
    let (mut bytes, mut ends) = (trace(1), Vec::new());
    while let Found::Record { end, .. } = find_record(&bytes, ends.last().copied().unwrap_or(0)) {
        ends.push(end);
    }
    bytes.drain(ends[19]..ends[20]);
    assert_eq!(diverges_at(&bytes), 20, "although it was a heartbeat: records are numbered");
    let without_start = written(&original[1..]);
    assert_eq!(diverges_at(&without_start), 0);
}

#[test]
fn a_changed_byte_is_found_where_it_is() {
    let original = trace(1);
    let ends: Vec<_> = {
        let mut ends = vec![0];
        while let Found::Record { end, .. } = find_record(&original, *ends.last().expect("one")) {
            ends.push(end);
        }
        ends
    };
    for step in [0, 1, 17, 40] {
        let mut doctored = original.clone();
        doctored[ends[step] + 40] ^= 4;
        assert_eq!(diverges_at(&doctored), step as u64);
    }
}

#[test]
fn a_trace_of_another_configuration_is_rejected_at_once() {
    let divergence = replay(&policy(), CONFIGURATION + 1, &trace(1)).expect_err("it is another's");
    assert_eq!(divergence.step, 0);
}

#[test]
fn a_trace_that_a_crash_cut_off_replays_up_to_there() {
    let original = trace(1);
    let cut = &original[..original.len() - 5];
    let replayed = replay(&policy(), CONFIGURATION, cut).expect("the rest is right");
    assert_eq!(replayed.steps, 39);
}
