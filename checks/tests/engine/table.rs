//! A protocol whose rules are random.

use holdfast_models::cluster::Narrate;
use holdfast_models::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
use holdfast_models::renaming::Renamer;
use holdfast_models::vocabulary::{Outcome, Refusal, ReplicaId, Reply, Timestamp, Token};
use proptest::prelude::*;

/// A state machine that is a table of random rules.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Table {
    pub(crate) replicas: u8,
    pub(crate) rules: Vec<Rule>,
    /// Which messages are said to be obsolete in which states: one bit each, and often wrong.
    pub(crate) obsolete: u16,
    /// Whether nobody goes by names: then all replicas do the same, to all others.
    pub(crate) nameless: bool,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rule {
    next: u8,
    persists: Option<SyncPolicy>,
    sends: Vec<(u8, u8)>,
    answers: Option<bool>,
    arms: Vec<u8>,
    panics: bool,
}

const STATES: u8 = 4;

impl Table {
    /// What `name` is to the rules.
    fn known(&self, name: u64) -> u64 {
        if self.nameless { 0 } else { name }
    }

    fn rule(&self, numbers: [u64; 4]) -> &Rule {
        let mixed = numbers.iter().fold(7_u64, |mixed, number| {
            (mixed ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
        });
        &self.rules[mixed as usize % self.rules.len()]
    }

    /// Messages lead only to lesser ones, so that they come to an end.
    fn follow(
        &self,
        rule: &Rule,
        me: ReplicaId,
        below: u8,
        replica: &mut u8,
        effects: &mut Effects<Self>,
    ) {
        assert!(!rule.panics, "a rule panics");
        *replica = rule.next;
        effects.persist = rule.persists.map(|sync| Persist { durable: rule.next, sync });
        for (to, message) in rule.sends.iter().filter(|(_, message)| *message < below) {
            if self.nameless {
                let others = (0..self.replicas).filter(|other| *other != me.0);
                effects.send.extend(others.map(|other| (ReplicaId(other), *message)));
            } else {
                let to = (me.0 + 1 + to % (self.replicas - 1)) % self.replicas;
                effects.send.push((ReplicaId(to), *message));
            }
        }
        effects.arm.extend(&rule.arms);
    }
}

impl Protocol for Table {
    type Replica = u8;
    type Durable = u8;
    type Message = u8;
    type Timer = u8;

    const RENAMER: Option<Renamer<Self>> = Some(Renamer {
        configuration: |table, _| table.clone(),
        replica: |replica, _| *replica,
        durable: |durable, _| *durable,
        message: |message, _| *message,
        timer: |timer, _| *timer,
    });

    fn replicas(&self) -> u8 {
        self.replicas
    }

    fn purpose(&self, timer: u8) -> Purpose {
        if timer == 0 { Purpose::Progress } else { Purpose::Suspicion }
    }

    fn start(
        &self,
        me: ReplicaId,
        durable: Option<&u8>,
        now: Timestamp,
        effects: &mut Effects<Self>,
    ) -> u8 {
        let before = durable.map_or(9, |durable| u64::from(*durable));
        let mut rule = self.rule([0, self.known(me.0.into()), before, now.0]).clone();
        rule.panics &= durable.is_some();
        let mut replica = 0;
        self.follow(&rule, me, 2, &mut replica, effects);
        replica
    }

    fn is_obsolete(&self, message: &u8, _: ReplicaId, receiver: &u8) -> bool {
        self.obsolete & (1 << (4 * (message % 4) + receiver)) != 0
    }

    fn step(
        &self,
        me: ReplicaId,
        replica: &mut u8,
        now: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        let place = self.known(me.0.into()) * 8 + u64::from(*replica);
        match input {
            Input::Request { from, request } => {
                let rule = self.rule([1, place, self.known(from.0) * 8 + request.id.0, now.0]);
                self.follow(rule, me, 3, replica, effects);
                effects.reply.extend(rule.answers.map(|is_done| {
                    let refused = Outcome::Refused(Refusal::Unavailable);
                    let outcome = if is_done { Outcome::Done } else { refused };
                    (
                        from,
                        Reply {
                            request: request.id,
                            outcome,
                            token: Token::default(),
                            context: None,
                        },
                    )
                }));
            }
            Input::Message { from, message } => {
                let rule = self.rule([
                    2,
                    place,
                    self.known(from.0.into()) * 8 + u64::from(message),
                    now.0,
                ]);
                self.follow(rule, me, message, replica, effects);
            }
            Input::Timeout(timer) => {
                let rule = self.rule([3, place, u64::from(timer), now.0]);
                self.follow(rule, me, 2, replica, effects);
            }
        }
    }
}

impl Narrate for Table {
    const MESSAGE_KINDS: &'static [&'static str] = &["message"];
    const TIMER_KINDS: &'static [&'static str] = &["timer"];

    fn message_kind(_: &u8) -> &'static str {
        "message"
    }

    fn timer_kind(_: u8) -> &'static str {
        "timer"
    }

    fn message(message: &u8) -> String {
        message.to_string()
    }

    fn timeout(timer: u8) -> String {
        timer.to_string()
    }

    fn change(&self, _: Option<&u8>, after: &u8) -> Vec<String> {
        vec![after.to_string()]
    }
}

/// Rules, few of which panic.
pub(crate) fn rules() -> impl Strategy<Value = Rule> {
    let persists = prop_oneof![
        Just(None),
        Just(Some(SyncPolicy::Lazy)),
        Just(Some(SyncPolicy::BeforeRelease))
    ];
    let sends = prop::collection::vec((0..2_u8, 0..3_u8), 0..3);
    let answers = prop_oneof![Just(None), Just(Some(true)), Just(Some(true)), Just(Some(false))];
    let arms = prop::collection::vec(0..2_u8, 0..2);
    let panics = prop::bool::weighted(0.02);
    (0..STATES, persists, sends, answers, arms, panics).prop_map(
        |(next, persists, sends, answers, arms, panics)| Rule {
            next,
            persists,
            sends,
            answers,
            arms,
            panics,
        },
    )
}
