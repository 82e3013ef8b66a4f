//! What a node tells of itself and of its commands, in the forms that clients of Redis read.

use super::connection::{Facts, Session};
use super::plan::wrong_number;
use super::table::{COMMANDS, Command, Kind, find};
use crate::hosted::Facts as Kept;
use crate::resp::{Response, Version};

/// The version of Redis whose commands these are. Clients decide by it what they may ask.
const REDIS: &str = "7.0.0";

/// `HELLO`
pub(super) fn hello(session: &Session, facts: &Facts<'_>) -> Response {
    let version = if session.version == Version::Three { 3 } else { 2 };
    let pairs = [
        ("server", Response::bulk("holdfast")),
        ("version", Response::bulk(REDIS)),
        ("proto", Response::Integer(version)),
        ("id", Response::Integer(i64::try_from(session.id).unwrap_or(i64::MAX))),
        ("mode", Response::bulk("standalone")),
        ("role", Response::bulk(role(facts))),
        ("modules", Response::Array(Vec::new())),
    ];
    Response::Map(pairs.map(|(name, value)| (Response::bulk(name), value)).into())
}

/// What Redis calls the role.
fn role(facts: &Facts<'_>) -> &'static str {
    match facts.status.facts() {
        Kept::Log(_) if !facts.status.leads() => "slave",
        // Whoever takes updates itself.
        Kept::Log(_)
        | Kept::Registers(_)
        | Kept::Cells(_)
        | Kept::Order(_)
        | Kept::Regions(_)
        | Kept::Locks(_) => "master",
    }
}

/// `INFO [section ...]`
pub(super) fn info(wanted: &[Vec<u8>], facts: &Facts<'_>) -> Response {
    let is_wanted = |name: &str| {
        let all = ["all", "default", "everything"];
        wanted.is_empty()
            || wanted.iter().any(|wanted| {
                let is = |name: &str| wanted.eq_ignore_ascii_case(name.as_bytes());
                is(name) || all.into_iter().any(is)
            })
    };
    let status = &facts.status;
    let number = |number: &dyn std::fmt::Display| number.to_string();
    let sections = [
        (
            "Server",
            vec![
                ("redis_version", REDIS.to_owned()),
                ("holdfast_version", env!("CARGO_PKG_VERSION").to_owned()),
                ("redis_mode", "standalone".to_owned()),
                ("cluster_name", status.cluster.clone()),
                ("process_id", number(&std::process::id())),
                ("tcp_port", number(&facts.port)),
                ("boot", number(&status.boot)),
                ("uptime_in_seconds", number(&facts.uptime)),
            ],
        ),
        (
            "Clients",
            vec![
                ("connected_clients", number(&facts.connections)),
                ("blocked_clients", number(&status.waiting)),
            ],
        ),
        ("Stats", vec![("total_commands_processed", number(&facts.commands))]),
        ("Replication", replication(facts)),
        ("Cluster", vec![("cluster_enabled", "0".to_owned())]),
    ];
    let mut text = String::new();
    for (name, fields) in sections.into_iter().filter(|(name, _)| is_wanted(name)) {
        if !text.is_empty() {
            text.push_str("\r\n");
        }
        text.push_str(&format!("# {name}\r\n"));
        for (field, value) in fields {
            text.push_str(&format!("{field}:{value}\r\n"));
        }
    }
    Response::Text(text)
}

/// What the replica says of itself, field by field.
fn replication(facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    let status = &facts.status;
    let number = |number: &dyn std::fmt::Display| number.to_string();
    let mut replication =
        vec![("role", role(facts).to_owned()), ("replica", number(&status.replica.0))];
    match status.facts() {
        Kept::Log(log) => {
            let leader = log.leader.map_or_else(|| "unknown".to_owned(), |of| number(&of.0));
            replication.extend([
                ("leader", leader),
                ("epoch", number(&log.epoch.0)),
                ("master_repl_offset", number(&log.last.0)),
                ("acknowledged_position", number(&log.committed.0)),
                ("exposed_position", number(&log.applied.0)),
            ]);
            if status.leads() {
                replication.push(("connected_slaves", number(&log.matched.len())));
            }
        }
        Kept::Registers(of) => replication.extend([
            ("registers", number(&of.registers)),
            ("tombstones", number(&of.tombstones)),
            ("hints", number(&of.hints)),
        ]),
        Kept::Cells(of) => replication.extend([
            ("keys", number(&of.keys)),
            ("early", number(&of.early)),
            ("untold", number(&of.untold)),
        ]),
        Kept::Regions(of) => {
            replication.extend([("records", number(&of.records)), ("kept", number(&of.kept))]);
        }
        Kept::Locks(of) => replication.extend([
            ("registers", number(&of.registers)),
            ("pending", number(&of.pending)),
            ("prepared", number(&of.prepared)),
        ]),
        Kept::Order(of) => replication.extend([
            ("sequencer", number(&of.sequencer.0)),
            ("order_applied", number(&of.applied.0)),
            ("order_everywhere", number(&of.everywhere.0)),
            ("registers", number(&of.registers)),
        ]),
    }
    replication
}

/// `CONFIG GET pattern ...`
pub(super) fn config(arguments: &[Vec<u8>], facts: &Facts<'_>) -> Response {
    match arguments {
        [get, patterns @ ..] if get.eq_ignore_ascii_case(b"GET") => {
            if patterns.is_empty() {
                return wrong_number("config|get");
            }
            let is_wanted = |name: &str| {
                patterns
                    .iter()
                    .any(|pattern| matches(&pattern.to_ascii_lowercase(), name.as_bytes()))
            };
            let found = facts.settings.iter().filter(|(name, _)| is_wanted(name));
            let pairs = found.map(|(name, value)| (Response::bulk(name), Response::bulk(value)));
            Response::Map(pairs.collect())
        }
        _ => Response::Error(
            "NOTSUPPORTED CONFIG: only GET; settings are those of the cluster file".to_owned(),
        ),
    }
}

/// Whether `name` is of the pattern, in which `*` is anything and `?` one byte.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // Where to go on if what follows the last star does not match here.
    let (mut at, mut of, mut retry) = (0, 0, None);
    while of < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at, of + 1));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[of] => {
                at += 1;
                of += 1;
            }
            Some(_) | None => match retry {
                Some((star, next)) => {
                    (at, of) = (star + 1, next);
                    retry = Some((star, next + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// `COMMAND [COUNT | LIST | INFO name ... | DOCS name ...]`
pub(super) fn commands(arguments: &[Vec<u8>]) -> Response {
    let Some((subcommand, names)) = arguments.split_first() else {
        return Response::Array(COMMANDS.iter().map(describe).collect());
    };
    match subcommand.to_ascii_uppercase().as_slice() {
        b"COUNT" => Response::Integer(i64::try_from(COMMANDS.len()).unwrap_or(i64::MAX)),
        b"LIST" => Response::Array(COMMANDS.iter().map(|c| Response::bulk(c.name)).collect()),
        b"INFO" if names.is_empty() => Response::Array(COMMANDS.iter().map(describe).collect()),
        b"INFO" => {
            let found = names.iter().map(|name| find(name).map_or(Response::Nil, describe));
            Response::Array(found.collect())
        }
        b"DOCS" => {
            let is_wanted = |command: &&Command| {
                let name = command.name.as_bytes();
                names.is_empty() || names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
            };
            let found = COMMANDS.iter().filter(is_wanted);
            Response::Map(found.map(|c| (Response::bulk(c.name), document(c))).collect())
        }
        other => {
            let other = String::from_utf8_lossy(other);
            Response::error(format!("unknown subcommand '{other}'. Try COMMAND HELP."))
        }
    }
}

/// A command as `COMMAND INFO` tells it: name, arity, flags, keys, and four lists of which nothing
/// is said.
fn describe(command: &Command) -> Response {
    let flags: &[_] = match command.kind {
        Kind::Connection => &["fast", "loading", "stale"],
        Kind::Read => &["readonly", "fast"],
        Kind::Update => &["write", "denyoom"],
    };
    let (first, last, step) = command.keys;
    let mut fields = vec![
        Response::bulk(command.name),
        Response::Integer(command.arity),
        Response::Array(flags.iter().map(|flag| Response::Simple(flag)).collect()),
        Response::Integer(first),
        Response::Integer(last),
        Response::Integer(step),
    ];
    fields.extend(std::iter::repeat_n(Response::Array(Vec::new()), 4));
    Response::Array(fields)
}

/// A command as `COMMAND DOCS` tells it.
fn document(command: &Command) -> Response {
    let group = match command.kind {
        Kind::Connection => "connection",
        Kind::Read | Kind::Update => "string",
    };
    let pairs = [("summary", command.summary), ("since", "1.0.0"), ("group", group)];
    let pairs = pairs.map(|(name, value)| (Response::bulk(name), Response::bulk(value)));
    Response::Map(pairs.into())
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_matches_as_a_shell_would() {
        for (pattern, name, expected) in [
            ("save", "save", true),
            ("save", "saved", false),
            ("*", "", true),
            ("s*e", "save", true),
            ("s*e", "saved", false),
            ("*a*a*", "appendonlyappend", true),
            ("?ave", "save", true),
            ("a*b*c", "aXbYbZ", false),
            ("", "x", false),
        ] {
            let found = matches(pattern.as_bytes(), name.as_bytes());
            assert_eq!(found, expected, "{pattern} {name}");
        }
    }
}
