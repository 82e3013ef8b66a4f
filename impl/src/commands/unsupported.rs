//! Commands of Redis that this store cannot keep the promise of. Better a definite error than a
//! weaker promise by the same name.

/// Names, in small letters, and why not.
const UNSUPPORTED: &[(&[&str], &str)] = &[
    (
        &[
            "expire",
            "pexpire",
            "expireat",
            "pexpireat",
            "persist",
            "ttl",
            "pttl",
            "expiretime",
            "pexpiretime",
            "setex",
            "psetex",
            "getex",
        ],
        "keys do not expire",
    ),
    (&["msetnx", "rename", "renamenx", "copy"], "no operation of the store concerns two keys"),
    (&["keys", "scan", "randomkey"], "no operation of the store enumerates keys"),
    (&["auth", "acl"], "connections are not authenticated"),
    (&["eval", "evalsha", "script", "function", "fcall"], "there are no scripts"),
    (
        &["subscribe", "unsubscribe", "psubscribe", "punsubscribe", "publish", "monitor"],
        "nobody is told of changes",
    ),
    (
        &["setrange", "getrange", "substr", "lcs", "incrbyfloat", "setbit", "getbit"],
        "values are read and written whole, and counted in whole numbers",
    ),
    (&["waitaof"], "what an acknowledgement means is set in the cluster file; see WAIT"),
    (
        &[
            "save",
            "bgsave",
            "bgrewriteaof",
            "lastsave",
            "shutdown",
            "replicaof",
            "slaveof",
            "failover",
            "cluster",
            "debug",
        ],
        "the cluster is operated by its own tools",
    ),
];

/// Why the command of this name is not supported, if that is known.
pub(super) fn reason(name: &[u8]) -> Option<&'static str> {
    let is_named = |names: &&[&str]| names.iter().any(|n| n.as_bytes().eq_ignore_ascii_case(name));
    UNSUPPORTED.iter().find(|(names, _)| is_named(names)).map(|(_, reason)| *reason)
}
