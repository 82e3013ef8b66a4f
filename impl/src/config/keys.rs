//! Key files: one secret for the whole cluster, or one for each pair that a replica belongs to.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aws_lc_rs::rand;
use holdfast_models::vocabulary::ReplicaId;
use serde::Deserialize;
use toml::Spanned;

use super::error::{ConfigError, Source};

/// A secret of 32 bytes. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// A new secret, from the operating system's generator.
    ///
    /// # Errors
    /// If the operating system has no random numbers to give.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        let failed = |_| std::io::Error::other("the operating system gives no random numbers");
        rand::fill(&mut bytes).map_err(failed)?;
        Ok(Self(bytes))
    }

    fn written(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn read(text: &str) -> Result<Self, String> {
        let wanted = || "64 hexadecimal digits, as `node keygen` writes them".to_owned();
        if text.len() != 64 || !text.is_ascii() {
            return Err(wanted());
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = &text[2 * index..2 * index + 2];
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wanted())?;
        }
        Ok(Self(bytes))
    }
}

/// What a key file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// One secret for all: whoever has it can speak for every replica.
    Cluster(Secret),
    /// A secret for each other replica: whoever has this file can speak for one replica.
    Pairs(BTreeMap<ReplicaId, Secret>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    cluster: Option<Spanned<String>>,
    #[serde(default)]
    pairs: BTreeMap<String, Spanned<String>>,
}

impl Keys {
    /// Reads the key file of replica `me` in a cluster of `replicas`.
    ///
    /// # Errors
    /// If it cannot be read, others than its owner may read it, or a secret is missing.
    pub fn load(path: &Path, me: ReplicaId, replicas: usize) -> Result<Self, ConfigError> {
        let failed = |error| ConfigError::of_file(path, format!("cannot be read: {error}"));
        let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            let problem = format!(
                "others than its owner may read or write it (mode {:03o}): chmod 600",
                mode & 0o777
            );
            return Err(ConfigError::of_file(path, problem));
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        Self::parse(path, &text, me, replicas)
    }

    fn parse(path: &Path, text: &str, me: ReplicaId, count: usize) -> Result<Self, ConfigError> {
        let source = Source { path, text };
        let file: KeyFile = source.parse()?;
        let secret = |said: &Spanned<String>, field: &str| {
            Secret::read(said.get_ref()).map_err(|wanted| source.wrong(said.span(), field, wanted))
        };
        if let Some(cluster) = &file.cluster {
            if !file.pairs.is_empty() {
                let problem = "either one secret for the cluster or one for each pair, not both";
                return Err(source.wrong(cluster.span(), "cluster", problem));
            }
            return Ok(Self::Cluster(secret(cluster, "cluster")?));
        }
        let mut pairs = BTreeMap::new();
        for other in (0..count as u8).filter(|other| *other != me.0) {
            let Some(said) = file.pairs.get(&other.to_string()) else {
                let problem = format!("no secret for replica {other}");
                return Err(ConfigError::of_file(path, problem));
            };
            pairs.insert(ReplicaId(other), secret(said, &format!("pairs.{other}"))?);
        }
        Ok(Self::Pairs(pairs))
    }

    /// A key file with a new secret for the whole cluster.
    ///
    /// # Errors
    /// If the file is there already or cannot be written.
    pub fn generate(path: &Path) -> std::io::Result<()> {
        write_new(path, &format!("cluster = \"{}\"\n", Secret::random()?.written()))
    }

    /// A key file for each of `replicas`, `replica-0.key` and so on in `folder`, with a secret for
    /// each pair.
    ///
    /// # Errors
    /// If one of them is there already or cannot be written.
    pub fn generate_pairs(folder: &Path, replicas: u8) -> std::io::Result<()> {
        let mut files = vec!["[pairs]\n".to_owned(); usize::from(replicas)];
        for low in 0..replicas {
            for high in low + 1..replicas {
                let secret = Secret::random()?.written();
                files[usize::from(low)].push_str(&format!("{high} = \"{secret}\"\n"));
                files[usize::from(high)].push_str(&format!("{low} = \"{secret}\"\n"));
            }
        }
        for (id, text) in files.iter().enumerate() {
            write_new(&folder.join(format!("replica-{id}.key")), text)?;
        }
        Ok(())
    }
}

/// Writes a file that nobody but its owner may read, and that was not there.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
