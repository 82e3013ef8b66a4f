//! Several people type into one text, at nodes that hear each other badly.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use holdfast_models::vocabulary::{
    Context, Edit, Key, Operation, Outcome, Place, Refusal, Terms, Value,
};
use holdfast_node::client::{Client, Failure, Heard};
use holdfast_node::random::Random;

use super::workload::{PATIENCE, client_of};
use super::{TROUBLE, behind_a_relay, have_converged};

/// Somebody who types at one node, and looks at it now and then.
struct Typist {
    client: Client,
    random: Random,
    name: usize,
    context: Context,
    /// What is on the screen.
    screen: Vec<Value>,
    typed: BTreeSet<Value>,
    erased: BTreeSet<Value>,
}

impl Typist {
    fn ask(&mut self, operation: Operation) -> Option<Heard> {
        let terms = Terms::knowing(self.context.clone());
        match self.client.perform_on(terms, operation, PATIENCE) {
            Ok(heard) => {
                self.context.clone_from(&heard.context);
                Some(heard)
            }
            Err(Failure::Refused(Refusal::Behind)) => None,
            Err(other) => panic!("typist {}: {other}", self.name),
        }
    }

    fn edit(&mut self, edit: Edit) -> Outcome {
        let operation = Operation::Edit { key: Key::from("text"), edit };
        self.ask(operation).expect("its node has what it has seen there").outcome
    }

    fn look(&mut self) {
        let read = Operation::Read { key: Key::from("text") };
        match self.ask(read).expect("a read is never behind").outcome {
            Outcome::Elements(elements) => self.screen = elements,
            other => assert_eq!(other, Outcome::Found(None)),
        }
    }

    fn act(&mut self, index: u64) {
        if self.random.below(8) == 0 {
            self.look();
        }
        let length = self.screen.len();
        if length > 0 && self.random.below(4) == 0 {
            let place = self.random.below(length as u64) as usize;
            let gone = self.screen.remove(place);
            let outcome = self.edit(Edit::Erase { place: Place(place as u32) });
            // What is not found was erased by somebody else.
            let expected = [Outcome::Found(Some(gone.clone())), Outcome::Found(None)];
            assert!(expected.contains(&outcome), "{gone} was asked for, not {outcome}");
            self.erased.insert(gone);
            return;
        }
        let place = self.random.below(length as u64 + 1) as usize;
        let element = Value::from(format!("{}.{index} ", self.name).as_str());
        self.screen.insert(place, element.clone());
        let edit = Edit::Insert { place: Place(place as u32), element: element.clone() };
        assert_eq!(self.edit(edit), Outcome::Done);
        self.typed.insert(element);
    }
}

/// Three typists make so many edits of one text, each at a node of its own.
fn typed_by_three(name: &str, edits: u64, seed: u64) {
    println!("SEED={seed}");
    let (processes, _relay) = behind_a_relay(name, "", TROUBLE, seed);
    let started = Instant::now();
    let typists: Vec<_> = (0..3)
        .map(|name| Typist {
            client: client_of(&processes, name),
            random: Random::new(seed * 3 + name as u64),
            name,
            context: Context::default(),
            screen: Vec::new(),
            typed: BTreeSet::new(),
            erased: BTreeSet::new(),
        })
        .collect();
    let threads = typists.into_iter().map(|mut typist| {
        std::thread::spawn(move || {
            let own = (typist.name as u64..edits).step_by(3);
            own.for_each(|index| typist.act(index));
            typist
        })
    });
    let threads: Vec<_> = threads.collect();
    let typists: Vec<_> =
        threads.into_iter().map(|thread| thread.join().expect("no typist panics")).collect();
    let typed_in = started.elapsed();
    processes.wait("all hold the same", have_converged);
    let read = |id| {
        let mut client = client_of(&processes, id);
        let read = Operation::Read { key: Key::from("text") };
        match client.perform(read, Duration::from_secs(20)).expect("it answers").outcome {
            Outcome::Elements(elements) => elements,
            other => panic!("{other}"),
        }
    };
    let text = read(0);
    assert_eq!(read(1), text);
    assert_eq!(read(2), text);
    let erased: BTreeSet<_> = typists.iter().flat_map(|typist| &typist.erased).collect();
    let typed = typists.iter().flat_map(|typist| &typist.typed);
    let expected: BTreeSet<_> = typed.filter(|element| !erased.contains(element)).collect();
    assert_eq!(text.iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(text.len(), expected.len(), "everything is there once");
    println!(
        "{edits} edits in {typed_in:?}, of which {} insertions and {} erased elements; equal texts of {} \
         elements after {:?}",
        typists.iter().map(|typist| typist.typed.len()).sum::<usize>(),
        erased.len(),
        text.len(),
        started.elapsed()
    );
}

#[test]
fn a_thousand_concurrent_edits_end_in_equal_texts_behind_a_network_that_loses_a_fifth() {
    typed_by_three("typed", 1_000, 2);
}
