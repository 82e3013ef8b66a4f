//! Configurations and inputs of every kind, sensible or not. Numbers are small, so that they meet.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::leaderless::{
    Agreement, AntiEntropy, Cell, Deletion, Fallback, HintExpiry, Homes, Leaderless, Membership,
    Message, Part, PartialWrite, Piece, Register, Tag, TieBreak, Timer, Versions, WriteBack,
};
use crate::protocol::Input;
use crate::vocabulary::{
    Author, ClientId, Context, Edit, Key, Operation, ReplicaId, ReplicaSet, Request, RequestId,
    Terms, Token, Value, Version,
};

/// What can happen to one replica.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Input(Input<Leaderless>),
    /// Its clock shows something else, earlier or later.
    Clock(u64),
    /// Its process crashes and starts again.
    Restart,
}

pub(super) fn policies() -> impl Strategy<Value = Leaderless> {
    let sizes = (1..4_u8, 0..2_u8, 1..4_u8, 1..4_u8, 1..3_u16);
    let rules = (
        select(VERSIONS),
        select(vec![TieBreak::Author, TieBreak::Value, TieBreak::Arrival]),
        select(WRITE_BACKS),
        select(FALLBACKS),
        select(vec![HintExpiry::Never, HintExpiry::AfterAWhile]),
    );
    let more = (
        select(vec![AntiEntropy::Off, AntiEntropy::Ranges]),
        select(vec![PartialWrite::Indeterminate, PartialWrite::Failed]),
        select(DELETIONS),
        select(vec![Agreement::Nothing, Agreement::Conditional, Agreement::Everything]),
        select(vec![Membership::Configured, Membership::OneByOne]),
    );
    (sizes, rules, more).prop_map(|(sizes, rules, more)| {
        let (copies, spare, write_quorum, read_quorum, batch) = sizes;
        let (versions, ties, write_back, fallback, hints) = rules;
        let (anti_entropy, partial, deletion, agreement, membership) = more;
        Leaderless {
            replicas: copies + spare,
            copies,
            write_quorum,
            read_quorum,
            versions,
            ties,
            write_back,
            fallback,
            hints,
            anti_entropy,
            partial,
            deletion,
            agreement,
            membership,
            batch,
            ..Leaderless::majority(copies)
        }
    })
}

const VERSIONS: &[Versions] = &[
    Versions::SingleWriter,
    Versions::Query,
    Versions::WallClock,
    Versions::CommitWait { uncertainty: 1 },
    Versions::HybridClock,
    Versions::Siblings,
];
const WRITE_BACKS: &[WriteBack] = &[
    WriteBack::Nobody,
    WriteBack::Asynchronous,
    WriteBack::Contacted,
    WriteBack::WriteQuorum,
    WriteBack::UnlessUnanimous,
];
const FALLBACKS: &[Fallback] =
    &[Fallback::Nobody, Fallback::KeepsHints, Fallback::CountsForWrites, Fallback::CountsForReads];
const DELETIONS: &[Deletion] = &[
    Deletion::Tombstone,
    Deletion::ReapedEverywhere,
    Deletion::ReapedAfterAWhile,
    Deletion::Erased,
];
const TIMERS: &[Timer] = &[
    Timer::Resend,
    Timer::Fallback,
    Timer::Deadline,
    Timer::CommitWait,
    Timer::Handoff,
    Timer::ExpireHints,
    Timer::Compare,
    Timer::Reap,
];

/// What can happen to a replica. Ids go beyond those that exist.
pub(super) fn events() -> impl Strategy<Value = Event> {
    let request = (0..3_u64, 1..4_u64, operations()).prop_map(|(client, id, operation)| {
        let request = Request {
            id: RequestId(id),
            token: Token::default(),
            operation,
            terms: Terms::default(),
        };
        Event::Input(Input::Request { from: ClientId(client), request })
    });
    let message = (ids(), messages())
        .prop_map(|(from, message)| Event::Input(Input::Message { from, message }));
    prop_oneof![
        8 => message,
        6 => request,
        4 => select(TIMERS).prop_map(|timer| Event::Input(Input::Timeout(timer))),
        1 => (0..4_u64).prop_map(Event::Clock),
        1 => Just(Event::Restart),
    ]
}

pub(super) fn ids() -> impl Strategy<Value = ReplicaId> {
    prop_oneof![8 => 0..4_u8, 1 => Just(16_u8), 1 => Just(u8::MAX)].prop_map(ReplicaId)
}

fn keys() -> impl Strategy<Value = Key> {
    select(vec!["x", "y", "z"]).prop_map(Key::from)
}

fn operations() -> impl Strategy<Value = Operation> {
    let value = || select(vec!["1", "2", "many"]).prop_map(Value::from);
    prop_oneof![
        keys().prop_map(|key| Operation::Read { key }),
        (keys(), value()).prop_map(|(key, value)| Operation::Write { key, value }),
        keys().prop_map(|key| Operation::Delete { key }),
        keys().prop_map(|key| Operation::Take { key }),
        Just(Operation::Clear),
        keys().prop_map(|key| Operation::Edit { key, edit: Edit::Include(Value::from("1")) }),
        (keys(), option::of(keys())).prop_map(|(read, written)| Operation::Transact {
            reads: vec![read],
            writes: written.into_iter().map(|key| (key, None)).collect(),
            unchanged: Vec::new(),
        }),
        (keys(), -1..2_i64).prop_map(|(key, amount)| Operation::Add { key, amount }),
        (keys(), option::of(value()), value())
            .prop_map(|(key, expected, value)| Operation::CompareAndSet { key, expected, value }),
        ids().prop_map(Operation::AddReplica),
        ids().prop_map(Operation::RemoveReplica),
    ]
}

fn versions() -> impl Strategy<Value = Version> {
    let times = prop_oneof![8 => 0..4_u64, 1 => Just(u64::MAX)];
    (times, 0..2_u64, 0..3_u64, 1..4_u64, ids()).prop_map(
        |(time, tick, client, request, origin)| {
            let author = Author { client: ClientId(client), request: RequestId(request) };
            Version { time, tick, author, origin }
        },
    )
}

fn registers() -> impl Strategy<Value = Register> {
    let value = option::of(select(vec!["1", "2"]).prop_map(Value::from));
    let cell = (versions(), value).prop_map(|(version, value)| Cell { version, value });
    vec(cell, 0..3).prop_map(|mut cells| {
        cells.sort();
        let mut seen = Context::default();
        cells.iter().for_each(|cell: &Cell| seen.insert(cell.version.dot()));
        Register { cells, seen }
    })
}

fn tags() -> impl Strategy<Value = Tag> {
    (0..3_u64, 1..4_u64, 0..2_u64, homes()).prop_map(|(client, request, incarnation, homes)| {
        let author = Author { client: ClientId(client), request: RequestId(request) };
        Tag { author, incarnation, homes }
    })
}

fn homes() -> impl Strategy<Value = Homes> {
    let members = vec(0..5_u8, 0..4);
    prop_oneof![
        2 => Just(Homes::default()),
        2 => (1..3_u8).prop_map(|count| Homes { changes: 0, members: ReplicaSet::first(count) }),
        1 => (1..4_u64, members).prop_map(|(changes, members)| Homes {
            changes,
            members: ReplicaSet::of(&members),
        }),
    ]
}

fn pieces() -> impl Strategy<Value = Piece> {
    (vec((keys(), registers()), 0..3), option::of(keys()))
        .prop_map(|(registers, last)| Piece { registers, last })
}

pub(super) fn messages() -> impl Strategy<Value = Message> {
    let held = || vec(versions(), 0..3);
    let range = || (option::of(keys()), option::of(keys()));
    prop_oneof![
        (tags(), keys()).prop_map(|(tag, key)| Message::Ask { tag, key }),
        (tags(), registers()).prop_map(|(tag, register)| Message::Answer { tag, register }),
        (tags(), keys(), registers()).prop_map(|(tag, key, register)| Message::Store {
            tag,
            key,
            register
        }),
        (tags(), held()).prop_map(|(tag, versions)| Message::Stored { tag, versions }),
        (keys(), registers()).prop_map(|(key, register)| Message::Repair { key, register }),
        (tags(), ids(), keys(), registers())
            .prop_map(|(tag, owner, key, register)| Message::Keep { tag, owner, key, register }),
        (tags(), ids(), held()).prop_map(|(tag, owner, versions)| Message::Kept {
            tag,
            owner,
            versions
        }),
        (keys(), registers()).prop_map(|(key, register)| Message::HandOver { key, register }),
        (keys(), held()).prop_map(|(key, versions)| Message::HandedOver { key, versions }),
        (keys(), versions()).prop_map(|(key, version)| Message::Reap { key, version }),
        (range(), vec((keys(), 0..3_u64, 0..2_u64), 0..3)).prop_map(|((after, last), parts)| {
            let inner = parts.into_iter().map(|(key, keys, digest)| (Some(key), keys, digest));
            let parts = inner.chain([(last, 1, 1)]);
            let part = |(last, keys, digest)| Part { last, keys, digest };
            Message::Compare { after, parts: parts.map(part).collect() }
        }),
        (range(), vec((keys(), held()), 0..3))
            .prop_map(|((after, last), versions)| Message::Summary { after, last, versions }),
        vec(keys(), 0..3).prop_map(|keys| Message::Fetch { keys }),
        (tags(), keys(), versions()).prop_map(|(tag, key, ballot)| Message::Prepare {
            tag,
            key,
            ballot
        }),
        (tags(), versions(), registers()).prop_map(|(tag, ballot, register)| Message::Promise {
            tag,
            ballot,
            register
        }),
        (tags(), keys(), registers()).prop_map(|(tag, key, register)| Message::Propose {
            tag,
            key,
            register
        }),
        (tags(), versions()).prop_map(|(tag, ballot)| Message::Accepted { tag, ballot }),
        (tags(), versions()).prop_map(|(tag, ballot)| Message::Preempted { tag, ballot }),
        (tags(), option::of(keys())).prop_map(|(tag, after)| Message::Gather { tag, after }),
        (tags(), option::of(keys()), pieces()).prop_map(|(tag, after, piece)| Message::Gathered {
            tag,
            after,
            piece
        }),
        (tags(), pieces()).prop_map(|(tag, piece)| Message::Settle { tag, piece }),
        (tags(), option::of(keys())).prop_map(|(tag, last)| Message::Settled { tag, last }),
        homes().prop_map(|homes| Message::Outdated { homes }),
    ]
}
