//! What the replicas of a small cluster had to remember, one after another, in a run of the real
//! machines with elections, truncation, compaction and snapshots.

use std::collections::VecDeque;

use holdfast_models::leaderless::{self, Leaderless};
use holdfast_models::multi_leader::certification::{self, Certification};
use holdfast_models::multi_leader::convergent::{self, Convergent};
use holdfast_models::multi_leader::home_region::{self, HomeRegion};
use holdfast_models::multi_leader::locking::{self, Locking};
use holdfast_models::protocol::{Effects, Input, Protocol, SyncPolicy};
use holdfast_models::single_leader::{SingleLeader, Timer};
use holdfast_models::vocabulary::{
    ClientId, Edit, Key, Operation, Place, ReplicaId, Request, RequestId, Terms, Timestamp, Token,
    Value,
};

use crate::random::Random;

/// One durable state after another, with how safe each had to be.
pub(super) type Run<J> = Vec<(J, SyncPolicy)>;

/// A protocol whose replicas are recorded.
pub(super) trait Recorded: Protocol + Copy {
    /// Some timer that is about to fire.
    fn timer(random: &mut Random) -> Self::Timer;

    /// What some client asks.
    fn operation(random: &mut Random) -> Operation {
        of_registers(random)
    }
}

impl Recorded for SingleLeader {
    fn timer(random: &mut Random) -> Timer {
        if random.per_mille(300) { Timer::Suspect } else { Timer::Heartbeat }
    }
}

impl Recorded for Leaderless {
    fn timer(random: &mut Random) -> leaderless::Timer {
        use leaderless::Timer;
        [Timer::Resend, Timer::Fallback, Timer::Compare, Timer::Handoff, Timer::Reap]
            [random.below(5) as usize]
    }
}

impl Recorded for Convergent {
    fn timer(_: &mut Random) -> convergent::Timer {
        convergent::Timer::Gossip
    }

    fn operation(random: &mut Random) -> Operation {
        let element = Value::from(["1", "2", "3"][random.below(3) as usize]);
        let place = Place(random.below(30) as u32);
        let edit = match random.below(8) {
            0..2 => return of_registers(random),
            2 => {
                let amount = random.below(9) as i64 - 4;
                return Operation::Add { key: Key::from("n"), amount };
            }
            3 => Edit::Include(element),
            4 => Edit::Exclude(element),
            5..7 => Edit::Insert { place, element },
            _ => Edit::Erase { place },
        };
        let key = if edit.element().is_some() && random.below(2) == 0 { "s" } else { "t" };
        Operation::Edit { key: Key::from(key), edit }
    }
}

/// A write or a deletion.
fn of_registers(random: &mut Random) -> Operation {
    let key = Key::from(["a", "b", "c", "d"][random.below(4) as usize]);
    let length = [1, 30, 700][random.below(3) as usize];
    let value = Value::from("x".repeat(length).as_str());
    if random.per_mille(200) { Operation::Delete { key } } else { Operation::Write { key, value } }
}

impl Recorded for Certification {
    fn timer(_: &mut Random) -> certification::Timer {
        certification::Timer::Repeat
    }
}

impl Recorded for HomeRegion {
    fn timer(random: &mut Random) -> home_region::Timer {
        use home_region::Timer;
        let other = ReplicaId(random.below(3) as u8);
        if random.per_mille(100) { Timer::Silence(other) } else { Timer::Gossip }
    }
}

impl Recorded for Locking {
    fn timer(random: &mut Random) -> locking::Timer {
        use locking::Timer;
        let other = ReplicaId(random.below(3) as u8);
        if random.per_mille(100) { Timer::Silence(other) } else { Timer::Repeat }
    }
}

struct World<P: Recorded> {
    policy: P,
    participants: Vec<P::Replica>,
    kept: Vec<Run<P::Durable>>,
    messages: VecDeque<(ReplicaId, ReplicaId, P::Message)>,
    requests: u64,
}

/// The runs of all replicas of a cluster of three, over so many steps.
pub(super) fn runs<P: Recorded>(policy: P, seed: u64, steps: usize) -> Vec<Run<P::Durable>> {
    let mut random = Random::new(seed);
    let ids = || (0..policy.replicas()).map(ReplicaId);
    let mut world = World {
        policy,
        participants: Vec::new(),
        kept: ids().map(|_| Run::new()).collect(),
        messages: VecDeque::new(),
        requests: 0,
    };
    for id in ids() {
        let mut effects = Effects::none();
        let started = policy.start(id, None, Timestamp(0), &mut effects);
        world.participants.push(started);
        world.take(id, effects);
    }
    for _ in 0..steps {
        world.step(&mut random);
    }
    world.kept
}

impl<P: Recorded> World<P> {
    fn step(&mut self, random: &mut Random) {
        let me = ReplicaId(random.below(u64::from(self.policy.replicas())) as u8);
        let (me, input) = match random.below(20) {
            0..14 => match self.messages.pop_front() {
                // One in eight is lost, so that logs part.
                Some((from, to, message)) if !random.per_mille(125) => {
                    (to, Input::Message { from, message })
                }
                Some(_) | None => (me, self.request(random)),
            },
            14..19 => (me, self.request(random)),
            _ => (me, Input::Timeout(P::timer(random))),
        };
        let mut effects = Effects::none();
        let participant = &mut self.participants[usize::from(me.0)];
        self.policy.step(me, participant, Timestamp(0), input, &mut effects);
        self.take(me, effects);
    }

    fn request(&mut self, random: &mut Random) -> Input<P> {
        self.requests += 1;
        let operation = P::operation(random);
        let request = Request {
            id: RequestId(self.requests),
            token: Token::default(),
            operation,
            terms: Terms::default(),
        };
        Input::Request { from: ClientId(random.below(3)), request }
    }

    fn take(&mut self, me: ReplicaId, effects: Effects<P>) {
        if let Some(persist) = effects.persist {
            self.kept[usize::from(me.0)].push((persist.durable, persist.sync));
        }
        self.messages.extend(effects.send.into_iter().map(|(to, message)| (me, to, message)));
    }
}

/// Majority replication that compacts after every few entries.
pub(super) fn compacting() -> SingleLeader {
    SingleLeader { compact_after: Some(5), ..SingleLeader::majority(3) }
}
