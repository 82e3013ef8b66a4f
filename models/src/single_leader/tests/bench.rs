//! One participant alone: inputs go in, effects come out. After every step the bench checks what
//! holds after any step, so that a test asserts only what its rule is about.

use super::messages::{opened, write, written};
use super::well_formed::assert_well_formed;
use crate::protocol::{Input, Persist, Protocol, SyncPolicy};
use crate::single_leader::{
    Controller, Durable, Leader, Message, Participant, Persistence, Remembered, Replica, Role,
    SingleLeader, Timer,
};
use crate::vocabulary::{
    ClientId, Epoch, Log, LogPosition, Operation, ReplicaId, Request, RequestId, StateMachine,
    Terms, Timestamp, Token,
};

pub(super) type Effects = crate::protocol::Effects<SingleLeader>;

pub(super) struct Bench {
    pub(super) policy: SingleLeader,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) participant: Participant,
    /// What was handed to the operating system, synced or not.
    pub(super) written: Option<Remembered>,
}

impl Bench {
    /// Replica `me`, started for the first time.
    pub(super) fn start(policy: SingleLeader, me: u8) -> Self {
        Self::boot(policy, me, None, 0).0
    }

    /// Replica `me`, started from `disk`, and what starting does.
    pub(super) fn boot(
        policy: SingleLeader,
        me: u8,
        disk: Option<Remembered>,
        now: u64,
    ) -> (Self, Effects) {
        let (me, now) = (ReplicaId(me), Timestamp(now));
        let mut effects = Effects::none();
        let participant = policy.start(me, disk.as_ref(), now, &mut effects);
        let mut bench = Self { policy, me, now, participant, written: disk };
        bench.release(&mut effects);
        (bench, effects)
    }

    /// The same replica after a crash of its process, and what starting again does.
    pub(super) fn restart(self) -> (Self, Effects) {
        Self::boot(self.policy, self.me.0, self.written, self.now.0)
    }

    /// Replica 1, a follower whose log holds one entry of each of `epochs`, and who is in the last
    /// of them. It knows of no leader.
    pub(super) fn follower(policy: SingleLeader, epochs: &[u64]) -> Self {
        Self::boot(policy, 1, Some(Remembered::Replica(remembered(&policy, epochs))), 0).0
    }

    /// Replica 0, the first leader, with so many updates appended and none acknowledged.
    pub(super) fn leader(policy: SingleLeader, updates: u64) -> Self {
        let mut bench = Self::start(policy, 0);
        for request in 1..=updates {
            bench.write(request);
        }
        bench
    }

    /// Replica 1, elected by all after the last of `epochs`, entries of which its log holds.
    pub(super) fn elected(policy: SingleLeader, epochs: &[u64]) -> Self {
        let mut bench = Self::follower(policy, epochs);
        bench.fire(Timer::Suspect);
        let epoch = bench.replica().durable.epoch;
        for voter in bench.replica().members.without(bench.me).iter() {
            bench.hear(voter.0, Message::Vote { epoch, granted: true });
        }
        assert!(matches!(bench.replica().role, Role::Leader(_)), "everybody voted for it");
        bench
    }

    /// Another participant says something.
    pub(super) fn hear(&mut self, from: u8, message: Message) -> Effects {
        self.step(Input::Message { from: ReplicaId(from), message })
    }

    /// A client asks for something.
    pub(super) fn ask(&mut self, client: u64, request: u64, operation: Operation) -> Effects {
        let token = Token::default();
        let request = Request { id: RequestId(request), token, operation, terms: Terms::default() };
        self.step(Input::Request { from: ClientId(client), request })
    }

    /// Client 1's request of this number writes this number.
    pub(super) fn write(&mut self, request: u64) -> Effects {
        self.ask(1, request, write(request))
    }

    /// A timer fires.
    pub(super) fn fire(&mut self, timer: Timer) -> Effects {
        self.step(Input::Timeout(timer))
    }

    pub(super) fn step(&mut self, input: Input<SingleLeader>) -> Effects {
        let mut effects = Effects::none();
        self.policy.step(self.me, &mut self.participant, self.now, input, &mut effects);
        self.release(&mut effects);
        effects
    }

    pub(super) fn replica(&self) -> &Replica {
        match &self.participant {
            Participant::Replica(replica) => replica,
            Participant::Controller(_) => panic!("the controller is no replica"),
        }
    }

    pub(super) fn leading(&self) -> &Leader {
        match &self.replica().role {
            Role::Leader(leader) => leader,
            Role::Follower | Role::Candidate(_) => panic!("{} does not lead", self.me),
        }
    }

    pub(super) fn controller(&self) -> &Controller {
        match &self.participant {
            Participant::Controller(controller) => controller,
            Participant::Replica(_) => panic!("a replica is not the controller"),
        }
    }

    /// The epochs of the entries that the log holds.
    pub(super) fn epochs(&self) -> Vec<u64> {
        self.replica().durable.log.iter().map(|(_, entry)| entry.epoch.0).collect()
    }

    /// Up to where the replica knows the log to be acknowledged, and up to where readers see it.
    pub(super) fn positions(&self) -> (u64, u64) {
        let replica = self.replica();
        (replica.commit_position.0, replica.exposed.applied.position.0)
    }

    /// That everything the participant remembers by now is kept, so safely.
    pub(super) fn kept(&self, sync: SyncPolicy) -> Option<Persist<Remembered>> {
        let durable = match &self.participant {
            Participant::Replica(replica) => Remembered::Replica(replica.durable.clone()),
            Participant::Controller(of) => Remembered::Controller(of.registry.clone()),
        };
        Some(Persist { durable, sync })
    }

    /// That it is on stable storage.
    pub(super) fn synced(&self) -> Option<Persist<Remembered>> {
        self.kept(SyncPolicy::BeforeRelease)
    }

    fn release(&mut self, effects: &mut Effects) {
        // Arming a timer twice in one step arms it once.
        effects.arm.sort_unstable();
        effects.arm.dedup();
        if let Some(persist) = &effects.persist {
            self.written = Some(persist.durable.clone());
        }
        assert!(effects.send.iter().all(|(to, _)| *to != self.me), "nobody writes to itself");
        let keeps_all = match self.policy.persistence {
            Persistence::BeforeAck | Persistence::Lazy => true,
            Persistence::EpochOnly | Persistence::LogOnly | Persistence::Nothing => false,
        };
        if keeps_all {
            let known = self.synced().map(|persist| persist.durable);
            assert_eq!(self.written, known, "nothing is remembered that was not kept");
        }
        if let Participant::Replica(replica) = &self.participant {
            assert_well_formed(self.me, replica);
        }
    }
}

/// What a replica remembers whose log holds one entry of each of `epochs`, the last of which it is
/// in.
pub(super) fn remembered(policy: &SingleLeader, epochs: &[u64]) -> Durable {
    Durable {
        epoch: Epoch(epochs.last().copied().unwrap_or(1)),
        vote: None,
        snapshot: StateMachine::new(policy.members),
        log: log(epochs),
        checkpoint: LogPosition::ZERO,
        incarnation: 0,
    }
}

/// A log with one entry of each of `epochs`: epoch 1 has no first entry, others begin with one, and
/// every other entry is the write of client 1 that is numbered by its position.
pub(super) fn log(epochs: &[u64]) -> Log {
    let mut log = Log::default();
    for epoch in epochs {
        let begins = log.last_mark().epoch < Epoch(*epoch) && *epoch > 1;
        let next = log.last_position().next().0;
        log.append(if begins { opened(*epoch) } else { written(*epoch, next) });
    }
    log
}

/// The same log compacted up to `position`, and the store at its base.
pub(super) fn compacted(
    policy: &SingleLeader,
    epochs: &[u64],
    position: u64,
) -> (StateMachine, Log) {
    let mut log = log(epochs);
    let mut snapshot = StateMachine::new(policy.members);
    let before = log.iter().filter(|(place, _)| place.0 <= position);
    before.for_each(|(_, entry)| snapshot.apply(entry));
    log.compact_to(LogPosition(position));
    (snapshot, log)
}
