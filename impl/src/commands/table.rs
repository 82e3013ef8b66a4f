//! Every command that is spoken here: one table, which commands are found in, told to clients from,
//! and documented by.

/// What kind of thing a command asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// About the connection or the node.
    Connection,
    /// Reads keys.
    Read,
    /// Changes keys. Without a key among its arguments, it changes all.
    Update,
}

/// Which command it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the commands, which the table explains")]
pub enum Meaning {
    Append,
    Client,
    Command,
    Config,
    DbSize,
    Decr,
    DecrBy,
    Del,
    Discard,
    Echo,
    Exec,
    Exists,
    FlushAll,
    FlushDb,
    Get,
    GetDel,
    GetSet,
    Hello,
    Incr,
    IncrBy,
    Info,
    MGet,
    MSet,
    Multi,
    Ping,
    Quit,
    Quorum,
    Reset,
    Resolve,
    SAdd,
    SCard,
    SIsMember,
    SMembers,
    SRem,
    Select,
    Set,
    SetNx,
    Siblings,
    StrLen,
    Type,
    Unwatch,
    Wait,
    Watch,
}

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Its name, in small letters.
    pub name: &'static str,
    /// Which it is.
    pub meaning: Meaning,
    /// How many arguments it has with its name; at least so many, if negative.
    pub arity: i64,
    /// What it asks.
    pub kind: Kind,
    /// The first argument that is a key, the last one, counted from the end if negative, and how far
    /// they are apart. All 0 without keys.
    pub keys: (i64, i64, i64),
    /// Its arguments, for people.
    pub usage: &'static str,
    /// What it does, and to what extent at once.
    pub summary: &'static str,
}

impl Command {
    /// Whether it can have so many arguments, its name included.
    #[must_use]
    pub fn takes(&self, arguments: usize) -> bool {
        let arguments = i64::try_from(arguments).unwrap_or(i64::MAX);
        if self.arity < 0 { arguments >= -self.arity } else { arguments == self.arity }
    }
}

/// The command of that name, in any case.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name.as_bytes().eq_ignore_ascii_case(name))
}

const ONE: (i64, i64, i64) = (1, 1, 1);
const ALL: (i64, i64, i64) = (1, -1, 1);
const EVERY_OTHER: (i64, i64, i64) = (1, -1, 2);
const NONE: (i64, i64, i64) = (0, 0, 0);

const fn command(
    name: &'static str,
    meaning: Meaning,
    (arity, kind, keys): (i64, Kind, (i64, i64, i64)),
    usage: &'static str,
    summary: &'static str,
) -> Command {
    Command { name, meaning, arity, kind, keys, usage, summary }
}

/// All commands, by name.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = {
    use Kind::{Connection, Read, Update};
    use Meaning as M;
    &[
        command("append", M::Append, (3, Update, ONE), "key value",
            "Appends to the value, at once, and tells its length."),
        command("client", M::Client, (-2, Connection, NONE), "ID | INFO | GETNAME | SETNAME name | SETINFO attribute value | NO-EVICT mode | NO-TOUCH mode",
            "Tells and notes who the connection is."),
        command("command", M::Command, (-1, Connection, NONE), "[COUNT | LIST | INFO name ... | DOCS name ...]",
            "Tells which commands there are."),
        command("config", M::Config, (-2, Connection, NONE), "GET pattern ...",
            "Tells settings. They are set in the cluster file alone."),
        command("dbsize", M::DbSize, (1, Connection, NONE), "",
            "Counts the keys that readers at this node see now, wherever it stands."),
        command("decr", M::Decr, (2, Update, ONE), "key",
            "Subtracts one, at once, and tells the number."),
        command("decrby", M::DecrBy, (3, Update, ONE), "key amount",
            "Subtracts, at once, and tells the number."),
        command("del", M::Del, (-2, Update, ALL), "key ...",
            "Deletes each key, at a moment of its own, and counts those where something was."),
        command("discard", M::Discard, (1, Connection, NONE), "",
            "Forgets the commands since `MULTI`, and what is watched."),
        command("echo", M::Echo, (2, Connection, NONE), "text",
            "Answers with the text."),
        command("exec", M::Exec, (1, Connection, NONE), "",
            "Carries out the commands since `MULTI`, as one transaction; nil if a key has changed that is watched."),
        command("exists", M::Exists, (-2, Read, ALL), "key ...",
            "Reads each key and counts where something is, repeated keys repeatedly."),
        command("flushall", M::FlushAll, (-1, Update, NONE), "[ASYNC | SYNC]",
            "Deletes all keys, at once."),
        command("flushdb", M::FlushDb, (-1, Update, NONE), "[ASYNC | SYNC]",
            "As `FLUSHALL`: there is one database."),
        command("get", M::Get, (2, Read, ONE), "key",
            "Reads the value."),
        command("getdel", M::GetDel, (2, Update, ONE), "key",
            "Deletes, and tells what was there, at once."),
        command("getset", M::GetSet, (3, Update, ONE), "key value",
            "Writes, and tells what it replaced, at once."),
        command("hello", M::Hello, (-1, Connection, NONE), "[2 | 3 [SETNAME name]]",
            "Chooses the version of the protocol."),
        command("incr", M::Incr, (2, Update, ONE), "key",
            "Adds one, at once, and tells the number."),
        command("incrby", M::IncrBy, (3, Update, ONE), "key amount",
            "Adds, at once, and tells the number."),
        command("info", M::Info, (-1, Connection, NONE), "[section ...]",
            "Tells about this node."),
        command("mget", M::MGet, (-2, Read, ALL), "key ...",
            "Reads each key, each at a moment of its own."),
        command("mset", M::MSet, (-3, Update, EVERY_OTHER), "key value ...",
            "Writes each key, each at a moment of its own."),
        command("multi", M::Multi, (1, Connection, NONE), "",
            "Keeps the commands that follow for `EXEC`."),
        command("ping", M::Ping, (-1, Connection, NONE), "[text]",
            "Answers."),
        command("quit", M::Quit, (-1, Connection, NONE), "",
            "Answers and closes the connection."),
        command("quorum", M::Quorum, (-1, Connection, NONE), "[w r]",
            "Sets how many homes have to store the updates and answer the reads of this connection; 0 is as configured. Without numbers, tells them."),
        command("reset", M::Reset, (1, Connection, NONE), "",
            "Makes the connection as it was when new."),
        command("resolve", M::Resolve, (4, Update, ONE), "key value token",
            "Writes over the siblings that the token tells of, and no others."),
        command("sadd", M::SAdd, (-3, Update, ONE), "key member ...",
            "Includes in the set each member that it does not have, each at a moment of its own, and counts them."),
        command("scard", M::SCard, (2, Read, ONE), "key",
            "Counts the members of the set."),
        command("select", M::Select, (2, Connection, NONE), "0",
            "There is one database."),
        command("set", M::Set, (-3, Update, ONE), "key value [NX | XX] [GET]",
            "Writes, on condition or not, and tells what was there or not, at once."),
        command("setnx", M::SetNx, (3, Update, ONE), "key value",
            "Writes if nothing is there, at once."),
        command("siblings", M::Siblings, (2, Read, ONE), "key",
            "Reads all values whose writers did not know of each other, after a token for RESOLVE."),
        command("sismember", M::SIsMember, (3, Read, ONE), "key member",
            "Tells whether the set has the member."),
        command("smembers", M::SMembers, (2, Read, ONE), "key",
            "Reads the members of the set, in ascending order."),
        command("srem", M::SRem, (-3, Update, ONE), "key member ...",
            "Excludes each member from the set, each at a moment of its own, and counts those that it had."),
        command("strlen", M::StrLen, (2, Read, ONE), "key",
            "Reads the length of the value."),
        command("type", M::Type, (2, Read, ONE), "key",
            "Tells `string`, `set`, `text` or `none`: there are no other types."),
        command("unwatch", M::Unwatch, (1, Connection, NONE), "",
            "Watches no key any more."),
        command("wait", M::Wait, (3, Connection, NONE), "followers milliseconds",
            "Waits until so many followers hold what this connection has changed, and tells how many do."),
        command("watch", M::Watch, (-2, Connection, ALL), "key ...",
            "Lets the next `EXEC` do nothing if one of the keys changes before it."),
    ]
};
