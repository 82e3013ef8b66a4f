//! Commands that concern the connection or the node.

use std::net::SocketAddr;

use holdfast_models::vocabulary::{Context, Operation, Terms, Token, decimal};

use super::describe;
use super::plan::wrong_number;
use super::shown::Shown;
use super::table::{Command, Meaning};
use super::wait::Updated;
use crate::resp::{Arguments, Response, Version};
use crate::submission::Status;

/// What a node knows about one connection.
#[derive(Clone, Debug)]
pub struct Session {
    /// Numbers the connections of a node.
    pub id: u64,
    /// Who is at the other end.
    pub peer: SocketAddr,
    /// The protocol it speaks.
    pub version: Version,
    /// How much of the store it has been shown.
    pub seen: Token,
    /// The last update of it that was acknowledged.
    pub updated: Option<Updated>,
    /// Which updates of which registers it has been shown.
    pub shown: Shown,
    /// How many homes have to store its updates, and to answer its reads, if not as configured.
    quorums: (Option<u8>, Option<u8>),
    name: Vec<u8>,
    library: Vec<u8>,
    library_version: Vec<u8>,
}

/// What a node tells of itself.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What its replica says.
    pub status: &'a Status,
    /// How many connections there are.
    pub connections: usize,
    /// How many commands were answered.
    pub commands: u64,
    /// Seconds since the start.
    pub uptime: u64,
    /// Where it listens, if it does.
    pub port: u16,
    /// Settings by their names in Redis.
    pub settings: &'a [(&'static str, String)],
}

/// Whether the connection goes on after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It does.
    Open,
    /// It is closed when the response has been sent.
    Close,
}

impl Session {
    /// A new connection.
    #[must_use]
    pub fn new(id: u64, peer: SocketAddr) -> Self {
        Self {
            id,
            peer,
            version: Version::default(),
            seen: Token::default(),
            updated: None,
            shown: Shown::default(),
            quorums: (None, None),
            name: Vec::new(),
            library: Vec::new(),
            library_version: Vec::new(),
        }
    }

    /// Answers a command that concerns the connection or the node.
    #[must_use]
    pub fn answer(
        &mut self,
        command: &Command,
        arguments: &Arguments,
        facts: &Facts<'_>,
    ) -> (Response, Ending) {
        let response = match command.meaning {
            Meaning::Quit => return (Response::OK, Ending::Close),
            Meaning::Ping => pong(&arguments[1..]),
            Meaning::Echo => Response::bulk(&arguments[1]),
            Meaning::Hello => self.hello(&arguments[1..], facts),
            Meaning::Client => self.client(&arguments[1..]),
            Meaning::Quorum => self.quorum(&arguments[1..]),
            Meaning::Select => select(&arguments[1]),
            Meaning::Reset => {
                let shown = std::mem::take(&mut self.shown);
                let (seen, updated) = (self.seen, self.updated);
                *self = Self { seen, updated, shown, ..Self::new(self.id, self.peer) };
                Response::Simple("RESET")
            }
            Meaning::Info => describe::info(&arguments[1..], facts),
            Meaning::Config => describe::config(&arguments[1..], facts),
            Meaning::Command => describe::commands(&arguments[1..]),
            Meaning::Append
            | Meaning::DbSize
            | Meaning::Decr
            | Meaning::DecrBy
            | Meaning::Del
            | Meaning::Discard
            | Meaning::Exec
            | Meaning::Exists
            | Meaning::FlushAll
            | Meaning::FlushDb
            | Meaning::Get
            | Meaning::GetDel
            | Meaning::GetSet
            | Meaning::Incr
            | Meaning::IncrBy
            | Meaning::MGet
            | Meaning::MSet
            | Meaning::Multi
            | Meaning::Resolve
            | Meaning::SAdd
            | Meaning::SCard
            | Meaning::SIsMember
            | Meaning::SMembers
            | Meaning::SRem
            | Meaning::Set
            | Meaning::SetNx
            | Meaning::Siblings
            | Meaning::StrLen
            | Meaning::Type
            | Meaning::Unwatch
            | Meaning::Wait
            | Meaning::Watch => Response::error("not a command of the connection"),
        };
        (response, Ending::Open)
    }

    /// On which terms an operation of the connection is asked. `known` is what its command says is
    /// known of the key.
    #[must_use]
    pub fn terms(&self, operation: &Operation, known: Option<&Context>) -> Terms {
        let (write_quorum, read_quorum) = self.quorums;
        let shown = || operation.key().map(|key| self.shown.of(key));
        let context = Some(known.cloned().or_else(shown).unwrap_or_default());
        Terms { write_quorum, read_quorum, context }
    }

    /// `QUORUM [w r]`
    fn quorum(&mut self, arguments: &[Vec<u8>]) -> Response {
        let said = |text: &Vec<u8>| {
            let said = decimal(text).and_then(|said| u8::try_from(said).ok());
            said.ok_or_else(|| Response::error("a quorum is a number from 1, or 0 as configured"))
        };
        let usual = |quorum: u8| (quorum > 0).then_some(quorum);
        match arguments {
            [] => {
                let told = |quorum: Option<u8>| Response::Integer(quorum.unwrap_or(0).into());
                Response::Array(vec![told(self.quorums.0), told(self.quorums.1)])
            }
            [w, r] => match (said(w), said(r)) {
                (Ok(w), Ok(r)) => {
                    self.quorums = (usual(w), usual(r));
                    Response::OK
                }
                (Err(wrong), _) | (_, Err(wrong)) => wrong,
            },
            [_] | [_, _, _, ..] => wrong_number("quorum"),
        }
    }

    /// `HELLO [version [AUTH user password] [SETNAME name]]`
    fn hello(&mut self, arguments: &[Vec<u8>], facts: &Facts<'_>) -> Response {
        let mut version = self.version;
        let mut name = None;
        if let Some((first, mut options)) = arguments.split_first() {
            version = match decimal(first) {
                None => {
                    return Response::error("Protocol version is not an integer or out of range");
                }
                Some(2) => Version::Two,
                Some(3) => Version::Three,
                Some(_) => {
                    return Response::Error("NOPROTO unsupported protocol version".to_owned());
                }
            };
            while let [option, rest @ ..] = options {
                options = match (option.to_ascii_uppercase().as_slice(), rest) {
                    (b"SETNAME", [wanted, rest @ ..]) => {
                        if !is_name(wanted) {
                            return bad_name();
                        }
                        name = Some(wanted.clone());
                        rest
                    }
                    (b"AUTH", [_, _, ..]) => {
                        let text = "NOTSUPPORTED AUTH: connections are not authenticated";
                        return Response::Error(text.to_owned());
                    }
                    (_, _) => {
                        let option = String::from_utf8_lossy(option);
                        let text = format!("Syntax error in HELLO option '{option}'");
                        return Response::error(text);
                    }
                };
            }
        }
        self.version = version;
        self.name = name.unwrap_or_else(|| std::mem::take(&mut self.name));
        describe::hello(self, facts)
    }

    fn client(&mut self, arguments: &[Vec<u8>]) -> Response {
        let Some((subcommand, rest)) = arguments.split_first() else {
            return wrong_number("client");
        };
        match (subcommand.to_ascii_uppercase().as_slice(), rest) {
            (b"ID", []) => Response::Integer(i64::try_from(self.id).unwrap_or(i64::MAX)),
            (b"GETNAME", []) if self.name.is_empty() => Response::Nil,
            (b"GETNAME", []) => Response::bulk(&self.name),
            (b"INFO", []) => Response::Text(format!("{}\n", self.describe())),
            (b"SETNAME", [name]) if is_name(name) => {
                self.name.clone_from(name);
                Response::OK
            }
            (b"SETNAME", [_]) => bad_name(),
            (b"SETINFO", [attribute, value]) => self.set_info(attribute, value),
            (b"NO-EVICT" | b"NO-TOUCH", [mode]) => {
                let mode = mode.to_ascii_uppercase();
                if mode == b"ON" || mode == b"OFF" {
                    Response::OK
                } else {
                    Response::error("syntax error")
                }
            }
            (
                known @ (b"ID" | b"GETNAME" | b"INFO" | b"SETNAME" | b"SETINFO" | b"NO-EVICT"
                | b"NO-TOUCH"),
                _,
            ) => {
                let known = String::from_utf8_lossy(known).to_ascii_lowercase();
                wrong_number(&format!("client|{known}"))
            }
            (_, _) => {
                let subcommand = String::from_utf8_lossy(subcommand);
                Response::error(format!("unknown subcommand '{subcommand}'. Try CLIENT HELP."))
            }
        }
    }

    fn set_info(&mut self, attribute: &[u8], value: &[u8]) -> Response {
        let kept = match attribute.to_ascii_uppercase().as_slice() {
            b"LIB-NAME" => &mut self.library,
            b"LIB-VER" => &mut self.library_version,
            other => {
                let other = String::from_utf8_lossy(other);
                return Response::error(format!("Unrecognized option '{other}'"));
            }
        };
        if !is_name(value) {
            return Response::error(
                "lib-name and lib-ver cannot contain spaces, newlines or special characters.",
            );
        }
        kept.clear();
        kept.extend_from_slice(value);
        Response::OK
    }

    /// The connection in one line, as Redis describes it.
    fn describe(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!(
            "id={} addr={} name={} db=0 resp={} lib-name={} lib-ver={}",
            self.id,
            self.peer,
            text(&self.name),
            if self.version == Version::Three { 3 } else { 2 },
            text(&self.library),
            text(&self.library_version),
        )
    }
}

/// `PING [text]`
pub(super) fn pong(arguments: &[Vec<u8>]) -> Response {
    match arguments {
        [] => Response::Simple("PONG"),
        [text] => Response::bulk(text),
        [_, _, ..] => wrong_number("ping"),
    }
}

fn select(database: &[u8]) -> Response {
    match decimal(database) {
        Some(0) => Response::OK,
        Some(_) => Response::error("DB index is out of range"),
        None => Response::error("value is not an integer or out of range"),
    }
}

/// Printable and without spaces, so that it can stand in a line among others.
fn is_name(name: &[u8]) -> bool {
    name.iter().all(|byte| (b'!'..=b'~').contains(byte))
}

fn bad_name() -> Response {
    Response::error("Client names cannot contain spaces, newlines or special characters.")
}
