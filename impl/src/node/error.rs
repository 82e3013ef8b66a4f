//! Why a node does not start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::{fmt, io};

use holdfast_models::vocabulary::ReplicaId;

use crate::config::ConfigError;
use crate::disk::DiskError;
use crate::gateway::GatewayError;

/// Why a node does not start. It has said nothing to anybody.
#[derive(Debug)]
pub enum StartError {
    /// Its cluster file, or its key file.
    Config(ConfigError),
    /// The cluster has no such replica.
    NoSuchReplica {
        /// Which one was meant.
        me: ReplicaId,
        /// How many there are.
        count: usize,
    },
    /// What it remembers.
    Disk {
        /// In which folder.
        folder: PathBuf,
        /// What is wrong there.
        error: DiskError,
    },
    /// An address that it should have.
    Bind {
        /// Which of its addresses.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the operating system reports.
        error: io::Error,
    },
    /// Its step trace.
    Trace {
        /// In which folder.
        folder: PathBuf,
        /// What the operating system reports.
        error: io::Error,
    },
    /// Its gateway for clients.
    Clients(GatewayError),
    /// Random numbers.
    Random(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => write!(f, "{error}"),
            Self::NoSuchReplica { me, count } => {
                write!(f, "there is no {me}; the cluster file has {count}, from 0")
            }
            Self::Disk { folder, error } => write!(f, "{}: {error}", folder.display()),
            Self::Bind { what, address, error } => {
                write!(f, "{address} ({what}) cannot be bound: {error}")
            }
            Self::Trace { folder, error } => {
                write!(f, "no step trace can be written to {}: {error}", folder.display())
            }
            Self::Clients(error) => write!(f, "{error}"),
            Self::Random(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}
