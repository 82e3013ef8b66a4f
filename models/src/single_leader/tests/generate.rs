//! Configurations and inputs of every kind, sensible or not. Numbers are small, so that they meet.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::messages::{asked, at, mark, opened, value};
use crate::protocol::Input;
use crate::single_leader::{
    AckMeans, AckRule, AckTimeout, Election, Eviction, Message, Persistence, ReadRule, Registry,
    SingleLeader, Timer, Truncation, Visibility,
};
use crate::vocabulary::{
    ClientId, Edit, Epoch, Key, LogEntry, LogMark, LogPosition, Operation, ReplicaId, ReplicaSet,
    Request, RequestId, StateMachine, Terms, Timestamp, Token,
};

/// What can happen to one participant.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Input(Input<SingleLeader>),
    /// Its clock shows something else, earlier or later.
    Clock(u64),
    /// Its process crashes and starts again.
    Restart,
}

pub(super) fn policies() -> impl Strategy<Value = SingleLeader> {
    let limits = (option::of(0..4_u64), 0..4_u16, option::of(0..4_u64), 0..3_u64);
    let acknowledgement = (ack_rules(), select(ACK_MEANS), select(ACK_TIMEOUTS));
    let reading = (select(VISIBILITIES), read_rules());
    let leading = (elections(), select(EVICTIONS), select(TRUNCATIONS), select(PERSISTENCES));
    (1..5_u8, sets(), acknowledgement, reading, leading, limits).prop_map(
        |(replicas, members, acknowledgement, reading, leading, limits)| {
            let (ack, ack_means, ack_timeout) = acknowledgement;
            let (visibility, read) = reading;
            let (election, eviction, truncation, persistence) = leading;
            let (lag_limit, batch, compact_after, compact_keeping) = limits;
            let all = SingleLeader::majority(replicas);
            let members = Some(members.intersection(all.members)).filter(|set| !set.is_empty());
            SingleLeader {
                members: members.unwrap_or(all.members),
                ack,
                ack_means,
                ack_timeout,
                visibility,
                read,
                election,
                eviction,
                truncation,
                persistence,
                lag_limit,
                batch,
                compact_after,
                compact_keeping,
                ..all
            }
        },
    )
}

const ACK_MEANS: &[AckMeans] = &[AckMeans::Received, AckMeans::Flushed, AckMeans::Applied];
const ACK_TIMEOUTS: &[AckTimeout] =
    &[AckTimeout::Block, AckTimeout::Degrade, AckTimeout::Indeterminate, AckTimeout::Expose];
const VISIBILITIES: &[Visibility] =
    &[Visibility::Appended, Visibility::Acknowledged, Visibility::Committed];
const EVICTIONS: &[Eviction] =
    &[Eviction::Never, Eviction::Deposed, Eviction::Local, Eviction::Registered];
const TRUNCATIONS: &[Truncation] = &[
    Truncation::Never,
    Truncation::HighWatermark,
    Truncation::EpochAndPosition,
    Truncation::Snapshot,
];
const PERSISTENCES: &[Persistence] = &[
    Persistence::BeforeAck,
    Persistence::Lazy,
    Persistence::EpochOnly,
    Persistence::LogOnly,
    Persistence::Nothing,
];

fn ack_rules() -> impl Strategy<Value = AckRule> {
    prop_oneof![
        Just(AckRule::Asynchronous),
        (0..4_u8).prop_map(AckRule::Followers),
        Just(AckRule::All),
        (0..4_u8).prop_map(|at_least| AckRule::InSync { at_least }),
        Just(AckRule::Majority),
    ]
}

fn read_rules() -> impl Strategy<Value = ReadRule> {
    prop_oneof![
        Just(ReadRule::LeaderLocal),
        (0..4_u64, 0..4_u64).prop_map(|(duration, promise)| ReadRule::Lease { duration, promise }),
        Just(ReadRule::ReadIndex),
        Just(ReadRule::FollowerLocal),
        Just(ReadRule::FollowerWithToken),
    ]
}

fn elections() -> impl Strategy<Value = Election> {
    prop_oneof![
        Just(Election::Never),
        Just(Election::Anyone),
        Just(Election::BestReachable),
        Just(Election::Fenced),
        Just(Election::Majority),
        any::<bool>().prop_map(|unclean| Election::Appointed { unclean }),
    ]
}

/// What can happen to participant `me`. Nobody hears from itself.
pub(super) fn events(me: ReplicaId) -> impl Strategy<Value = Event> {
    let message = (ids(), messages()).prop_map(move |(id, message)| {
        let from = if id == me { ReplicaId((id.0 + 1) % ReplicaSet::CAPACITY) } else { id };
        Event::Input(Input::Message { from, message })
    });
    let request = (0..3_u64, counts(4), counts(5), operations()).prop_map(
        |(client, id, token, operation)| {
            let (id, token) = (RequestId(id), Token(LogPosition(token)));
            let request = Request { id, token, operation, terms: Terms::default() };
            Event::Input(Input::Request { from: ClientId(client), request })
        },
    );
    prop_oneof![
        8 => message,
        4 => request,
        4 => timers().prop_map(|timer| Event::Input(Input::Timeout(timer))),
        1 => counts(9).prop_map(Event::Clock),
        1 => Just(Event::Restart),
    ]
}

/// Ids that a set can hold, most of them of nobody.
pub(super) fn ids() -> impl Strategy<Value = ReplicaId> {
    prop_oneof![4 => 0..5_u8, 1 => 5..ReplicaSet::CAPACITY].prop_map(ReplicaId)
}

fn sets() -> impl Strategy<Value = ReplicaSet> {
    vec(ids(), 0..4).prop_map(|ids| ids.into_iter().collect())
}

fn timers() -> impl Strategy<Value = Timer> {
    prop_oneof![
        Just(Timer::Heartbeat),
        Just(Timer::Suspect),
        Just(Timer::Decide),
        Just(Timer::AckTimeout),
        ids().prop_map(Timer::Evict),
        ids().prop_map(Timer::Appoint),
    ]
}

fn operations() -> impl Strategy<Value = Operation> {
    let key = || Key::from("x");
    prop_oneof![
        Just(Operation::Read { key: key() }),
        (0..3_u64).prop_map(move |number| Operation::Write { key: key(), value: value(number) }),
        Just(Operation::Delete { key: key() }),
        Just(Operation::Take { key: key() }),
        Just(Operation::Clear),
        (0..3_u64).prop_map(move |number| {
            Operation::Edit { key: key(), edit: Edit::Include(value(number)) }
        }),
        Just(Operation::Transact { reads: vec![key()], writes: Vec::new(), unchanged: Vec::new() }),
        Just(Operation::Transact {
            reads: Vec::new(),
            writes: vec![(key(), None)],
            unchanged: Vec::new(),
        }),
        select([i64::MIN, -1, 0, 2, i64::MAX].as_slice())
            .prop_map(move |amount| Operation::Add { key: key(), amount }),
        (option::of(0..3_u64), 0..3_u64).prop_map(move |(expected, number)| {
            let (expected, value) = (expected.map(value), value(number));
            Operation::CompareAndSet { key: key(), expected, value }
        }),
        ids().prop_map(Operation::AddReplica),
        ids().prop_map(Operation::RemoveReplica),
    ]
}

fn entries() -> impl Strategy<Value = Vec<LogEntry>> {
    let update = (0..5_u64, 0..3_u64, 0..4_u64, operations())
        .prop_map(|(epoch, client, request, operation)| asked(epoch, client, request, operation));
    vec(prop_oneof![1 => (0..5_u64).prop_map(opened), 2 => update], 0..4)
}

/// Small numbers, and now and then one that nobody can count beyond.
fn counts(below: u64) -> impl Strategy<Value = u64> {
    prop_oneof![15 => 0..below, 1 => Just(u64::MAX)]
}

fn marks() -> impl Strategy<Value = LogMark> {
    (0..5_u64, counts(6)).prop_map(|(epoch, position)| mark(epoch, position))
}

fn snapshots() -> impl Strategy<Value = StateMachine> {
    (sets(), entries()).prop_map(|(members, entries)| {
        let mut snapshot = StateMachine::new(members);
        entries.iter().for_each(|entry| snapshot.apply(entry));
        snapshot
    })
}

fn registries() -> impl Strategy<Value = Registry> {
    let incarnations = btree_map(ids(), counts(3), 0..3);
    (0..5_u64, counts(4), option::of(ids()), sets(), sets(), incarnations).prop_map(
        |(epoch, version, leader, in_sync, eligible, incarnations)| {
            let epoch = Epoch(epoch);
            Registry { epoch, version, leader, in_sync, eligible, incarnations }
        },
    )
}

pub(super) fn messages() -> impl Strategy<Value = Message> {
    let epoch = || (0..5_u64).prop_map(Epoch);
    let position = || counts(6).prop_map(at);
    let asked_at = || counts(9).prop_map(Timestamp);
    let replication = prop_oneof![
        3 => (epoch(), marks(), entries(), position()).prop_map(
            |(epoch, previous, entries, commit)| Message::Append { epoch, previous, entries, commit }
        ),
        2 => (epoch(), position(), counts(3)).prop_map(
            |(epoch, position, incarnation)| Message::Appended { epoch, position, incarnation }
        ),
        1 => (epoch(), option::of(position()), counts(3)).prop_map(
            |(epoch, resume, incarnation)| Message::NotAppended { epoch, resume, incarnation }
        ),
        1 => (epoch(), snapshots(), entries(), position()).prop_map(
            |(epoch, snapshot, entries, commit)| {
                let entries = entries.into_iter().collect();
                Message::Snapshot { epoch, snapshot, entries, commit }
            }
        ),
    ];
    let leading =
        prop_oneof![
            (epoch(), marks()).prop_map(|(epoch, last)| Message::RequestVote { epoch, last }),
            (epoch(), any::<bool>()).prop_map(|(epoch, granted)| Message::Vote { epoch, granted }),
            (epoch(), counts(3), asked_at())
                .prop_map(|(epoch, round, asked_at)| Message::Confirm { epoch, round, asked_at }),
            (epoch(), counts(3), asked_at())
                .prop_map(|(epoch, round, asked_at)| Message::Confirmed { epoch, round, asked_at }),
            (counts(4), sets())
                .prop_map(|(version, in_sync)| Message::Propose { version, in_sync }),
            (counts(3), any::<bool>())
                .prop_map(|(incarnation, unclean)| Message::Register { incarnation, unclean }),
            registries().prop_map(Message::Announce),
        ];
    prop_oneof![replication, leading]
}
