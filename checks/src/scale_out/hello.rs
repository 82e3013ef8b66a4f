//! What two processes tell each other first, and whether they fit together.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::{env, fs};

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

/// No greeting is longer.
const LONGEST: usize = 1 << 17;

/// Who speaks, and what about. Another version may say more, or less.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Hello {
    /// Which program this is.
    program: String,
    version: String,
    /// A digest of the program's file.
    build: u64,
    /// What is explored, by name, and a digest of all that belongs to it.
    scenario: String,
    model: u64,
    hosts: Vec<String>,
    threads: usize,
    /// Who speaks: which process, and which of those that may take themselves for it.
    pub(super) process: usize,
    pub(super) instance: u64,
    /// What the connection is for.
    pub(super) purpose: Purpose,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Purpose {
    /// What is found.
    #[default]
    Data,
    /// Whether the other is still there.
    Watch,
}

impl Hello {
    /// The greeting of process `process`, which explores what is called `scenario` and written out
    /// `put_as`.
    ///
    /// # Errors
    /// If the program's own file cannot be read.
    pub(super) fn new(
        (scenario, put_as): (&str, &str),
        hosts: &[String],
        threads: usize,
        process: usize,
    ) -> io::Result<Self> {
        Ok(Self {
            program: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build: digest(&fs::read(env::current_exe()?)?),
            scenario: scenario.to_owned(),
            model: digest(put_as.as_bytes()),
            hosts: hosts.to_vec(),
            threads,
            process,
            instance: RandomState::new().hash_one(process),
            purpose: Purpose::Data,
        })
    }

    /// The same, for a connection with this purpose.
    pub(super) fn with(&self, purpose: Purpose) -> Self {
        Self { purpose, ..self.clone() }
    }

    /// Why the two cannot explore together, if they cannot.
    pub(super) fn refusal(&self, other: &Self) -> Option<String> {
        let differs = |what: &str, own: &dyn std::fmt::Debug, other: &dyn std::fmt::Debug| {
            Some(format!("{what} {other:?} there, and {own:?} here"))
        };
        if self.version != other.version {
            differs("the version is", &self.version, &other.version)
        } else if self.build != other.build {
            Some("it is another build of the program: copy one to all machines".to_owned())
        } else if self.scenario != other.scenario {
            differs("the scenario is", &self.scenario, &other.scenario)
        } else if self.model != other.model {
            Some(format!("{} is another model there", self.scenario))
        } else if self.hosts != other.hosts {
            differs("the hosts are", &self.hosts, &other.hosts)
        } else if self.threads != other.threads {
            differs("the number of threads is", &self.threads, &other.threads)
        } else if self.process == other.process || other.process >= self.hosts.len() {
            Some(format!("it takes itself for process {}", other.process))
        } else {
            None
        }
    }

    /// Writes it in one line.
    pub(super) fn write(&self, stream: &mut TcpStream) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        stream.write_all(&line)
    }

    /// Reads one, and nothing that follows. `None` if it is none.
    pub(super) fn read(stream: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut line = Vec::new();
        let mut byte = [0];
        while line.len() < LONGEST {
            stream.read_exact(&mut byte)?;
            if byte == *b"\n" {
                let hello = serde_json::from_slice::<Self>(&line).ok();
                return Ok(hello.filter(|hello| hello.program == env!("CARGO_PKG_NAME")));
            }
            line.extend(byte);
        }
        Ok(None)
    }
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Hello, Purpose};

    #[test]
    fn those_that_differ_do_not_explore_together() {
        let hosts = ["a:1", "b:1"].map(str::to_owned);
        let hello = |process| {
            Hello::new(("red-packet", "a model"), &hosts, 1, process)
                .expect("this program is a file")
        };
        let (one, other) = (hello(0), hello(1));
        assert_eq!(one.refusal(&other), None);
        assert_eq!(one.refusal(&other.with(Purpose::Watch)), None);
        let refused = |change: fn(&mut Hello)| {
            let mut other = other.clone();
            change(&mut other);
            one.refusal(&other).unwrap_or_default()
        };
        let told = refused(|other| other.scenario = "blue-packet".to_owned());
        assert_eq!(told, "the scenario is \"blue-packet\" there, and \"red-packet\" here");
        assert_eq!(refused(|other| other.model ^= 1), "red-packet is another model there");
        assert!(refused(|other| other.build ^= 1).contains("another build"));
        assert!(refused(|other| other.version.push('1')).starts_with("the version is"));
        assert!(refused(|other| drop(other.hosts.pop())).starts_with("the hosts are"));
        assert_eq!(
            refused(|other| other.threads = 2),
            "the number of threads is 2 there, and 1 here"
        );
        assert_eq!(refused(|other| other.process = 0), "it takes itself for process 0");
    }
}
