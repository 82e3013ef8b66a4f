//! What clients ask of data that converges, what they were told, and what has to be there because of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use holdfast_models::vocabulary::{Context, Edit, Key, Operation, Outcome, Refusal, Terms, Value};
use holdfast_node::client::{Client, ClientKey, Failure, Heard};
use holdfast_node::random::Random;

use crate::cluster::Processes;

/// How long a client asks for one thing: a node that was killed is back by then.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

const REGISTERS: [&str; 4] = ["a", "b", "c", "d"];

/// A client of one node, and no other.
pub(crate) fn client_of(processes: &Processes, replica: usize) -> Client {
    let address = processes.cluster.members[replica].client.expect("it has one");
    let key = ClientKey::derive(&processes.cluster.name, None);
    Client::new(vec![address], key).expect("there are ports")
}

/// What one client was told.
#[derive(Default)]
pub(crate) struct Log {
    /// Values that it was told are written, with their keys.
    written: BTreeSet<(&'static str, Value)>,
    /// Values that it knew of when it wrote another.
    overwritten: BTreeSet<(&'static str, Value)>,
    /// What it was told is counted.
    counted: i64,
    /// What may be counted.
    uncertain: i64,
    included: BTreeSet<Value>,
    /// What it was told is no longer there.
    excluded: BTreeSet<Value>,
    /// What it has asked to exclude.
    excluding: BTreeSet<Value>,
    /// How many updates it was told are done.
    pub(crate) acknowledged: usize,
}

/// A client that keeps account of what it knows of registers.
pub(crate) struct Writer {
    client: Client,
    random: Random,
    name: String,
    given: u64,
    keeps_siblings: bool,
    known: BTreeMap<&'static str, (Context, BTreeSet<Value>)>,
    pub(crate) log: Log,
}

impl Writer {
    pub(crate) fn new(client: Client, name: String, keeps_siblings: bool, seed: u64) -> Self {
        let (random, known, log) = (Random::new(seed), BTreeMap::new(), Log::default());
        Self { client, random, name, given: 0, keeps_siblings, known, log }
    }

    /// Asks for one thing, at random.
    pub(crate) fn act(&mut self) {
        let key = REGISTERS[self.random.below(4) as usize];
        match self.random.below(10) {
            0..4 => self.write(key),
            4..6 => self.read(key),
            6..8 => self.count(),
            8 => self.include(),
            _ => self.exclude(),
        }
    }

    fn ask(&mut self, terms: Terms, operation: Operation) -> Option<Heard> {
        let is_update = operation.is_update();
        match self.client.perform_on(terms, operation, PATIENCE) {
            Ok(heard) => {
                self.log.acknowledged += usize::from(is_update);
                Some(heard)
            }
            Err(
                Failure::Indeterminate
                | Failure::Unanswered
                | Failure::Busy
                | Failure::Unreachable
                | Failure::Refused(Refusal::Behind),
            ) => None,
            Err(other @ (Failure::Refused(_) | Failure::NoLeader | Failure::TooLong)) => {
                panic!("{}: {other}", self.name)
            }
        }
    }

    fn plainly(&mut self, operation: Operation) -> Option<Outcome> {
        self.ask(Terms::knowing(Context::default()), operation).map(|heard| heard.outcome)
    }

    fn fresh(&mut self) -> Value {
        self.given += 1;
        Value::from(format!("{}.{}", self.name, self.given).as_str())
    }

    /// On which terms it asks about a register.
    fn terms(&mut self, key: &'static str) -> Terms {
        let (context, _) = self.known.entry(key).or_default();
        Terms::knowing(if self.keeps_siblings { context.clone() } else { Context::default() })
    }

    fn learn(&mut self, key: &'static str, context: &Context, values: Vec<Value>) {
        let known = self.known.entry(key).or_default();
        known.0.clone_from(context);
        known.1.extend(values);
    }

    fn write(&mut self, key: &'static str) {
        let (value, terms) = (self.fresh(), self.terms(key));
        let values = self.known.get_mut(key).map(|(_, values)| std::mem::take(values));
        self.log.overwritten.extend(values.into_iter().flatten().map(|value| (key, value)));
        let operation = Operation::Write { key: Key::from(key), value: value.clone() };
        if let Some(heard) = self.ask(terms, operation) {
            assert_eq!(heard.outcome, Outcome::Done);
            self.log.written.insert((key, value.clone()));
            self.learn(key, &heard.context, vec![value]);
        }
    }

    fn read(&mut self, key: &'static str) {
        let terms = self.terms(key);
        if let Some(heard) = self.ask(terms, Operation::Read { key: Key::from(key) }) {
            self.learn(key, &heard.context, values(heard.outcome));
        }
    }

    fn count(&mut self) {
        let amount = 1 + self.random.below(9) as i64;
        match self.plainly(Operation::Add { key: Key::from("n"), amount }) {
            Some(_) => self.log.counted += amount,
            None => self.log.uncertain += amount,
        }
    }

    fn include(&mut self) {
        let element = self.fresh();
        let edit = Edit::Include(element.clone());
        if self.plainly(Operation::Edit { key: Key::from("s"), edit }).is_some() {
            self.log.included.insert(element);
        }
    }

    fn exclude(&mut self) {
        let Some(Outcome::Elements(shown)) = self.plainly(Operation::Read { key: Key::from("s") })
        else {
            return;
        };
        if shown.is_empty() {
            return;
        }
        let element = shown[self.random.below(shown.len() as u64) as usize].clone();
        self.log.excluding.insert(element.clone());
        let edit = Edit::Exclude(element.clone());
        let outcome = self.plainly(Operation::Edit { key: Key::from("s"), edit });
        if outcome == Some(Outcome::Found(Some(element.clone()))) {
            self.log.excluded.insert(element);
        }
    }
}

fn values(outcome: Outcome) -> Vec<Value> {
    match outcome {
        Outcome::Found(found) => found.into_iter().collect(),
        Outcome::Siblings(values) | Outcome::Elements(values) => values,
        other @ (Outcome::Done
        | Outcome::Counted(_)
        | Outcome::Swapped(_)
        | Outcome::Indeterminate
        | Outcome::Refused(_)
        | Outcome::Transacted(_)) => panic!("{other}"),
    }
}

/// What one replica shows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    registers: BTreeMap<&'static str, BTreeSet<Value>>,
    count: i64,
    set: BTreeSet<Value>,
}

pub(crate) fn shown(client: &mut Client) -> Shown {
    let mut read = |key: &str| {
        let heard = client.perform(Operation::Read { key: Key::from(key) }, PATIENCE);
        values(heard.expect("it answers").outcome)
    };
    let count = read("n").first().map_or(0, |value| value.as_number().expect("a number"));
    let set = read("s").into_iter().collect();
    let registers = REGISTERS.into_iter().map(|key| (key, read(key).into_iter().collect()));
    Shown { registers: registers.collect(), count, set }
}

/// What was acknowledged and is not in what is shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    /// Values that nobody wrote over who knew of them.
    pub(crate) writes: BTreeSet<(&'static str, Value)>,
    /// Anything else.
    pub(crate) others: Vec<String>,
}

pub(crate) fn losses(logs: &[Log], shown: &Shown) -> Losses {
    let all = |of: fn(&Log) -> &BTreeSet<Value>| -> BTreeSet<Value> {
        logs.iter().flat_map(|log| of(log).iter().cloned()).collect()
    };
    let overwritten: BTreeSet<_> = logs.iter().flat_map(|log| &log.overwritten).collect();
    let is_lost = |written: &&(&'static str, Value)| {
        !shown.registers[written.0].contains(&written.1) && !overwritten.contains(*written)
    };
    let writes = logs.iter().flat_map(|log| &log.written).filter(is_lost).cloned().collect();
    let (least, open) =
        logs.iter().fold((0, 0), |(least, open), log| (least + log.counted, open + log.uncertain));
    let mut others = Vec::new();
    if !(least..=least + open).contains(&shown.count) {
        others.push(format!("{} is counted, of {least} and perhaps {open} more", shown.count));
    }
    let (included, excluding) = (all(|log| &log.included), all(|log| &log.excluding));
    let gone = included.iter().filter(|it| !shown.set.contains(*it) && !excluding.contains(*it));
    others.extend(gone.map(|element| format!("{element} was included and is gone")));
    let excluded = all(|log| &log.excluded);
    let back = excluded.intersection(&shown.set);
    others.extend(back.map(|element| format!("{element} was excluded and is there")));
    Losses { writes, others }
}
