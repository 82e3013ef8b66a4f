//! The policies of leaderless replication.

use holdfast_models::leaderless::spelling::{
    AGREEMENTS, ANTI_ENTROPIES, DELETIONS, FALLBACKS, HINTS, PARTIAL_WRITES, TIES, WRITE_BACKS,
    versions,
};
use holdfast_models::leaderless::{Leaderless, Senseless, Versions};
use serde::Deserialize;
use toml::Spanned;

use super::{at_least_one, one_of, said};
use crate::config::error::{ConfigError, Source};
use crate::config::file::ClusterFile;

/// The policies by the names of the command line of `check`. What is not said is as in
/// `Leaderless::majority`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Table {
    n: Option<Spanned<u8>>,
    w: Option<Spanned<u8>>,
    r: Option<Spanned<u8>>,
    versions: Option<Spanned<String>>,
    ties: Option<Spanned<String>>,
    write_back: Option<Spanned<String>>,
    fallback: Option<Spanned<String>>,
    hints: Option<Spanned<String>>,
    anti_entropy: Option<Spanned<String>>,
    partial: Option<Spanned<String>>,
    deletion: Option<Spanned<String>>,
    agreement: Option<Spanned<String>>,
    batch: Option<Spanned<u16>>,
}

pub(super) fn policy(
    source: &Source<'_>,
    file: &ClusterFile<Table>,
    replicas: usize,
) -> Result<Leaderless, ConfigError> {
    let table = &file.policies;
    let copies = at_least_one(source, &table.n, "n", replicas as u8)?;
    let usual = Leaderless::majority(copies);
    let write_back = one_of(source, &table.write_back, "write-back", usual.write_back, WRITE_BACKS);
    let anti_entropy = &table.anti_entropy;
    let policy = Leaderless {
        replicas: replicas as u8,
        write_quorum: at_least_one(source, &table.w, "w", usual.write_quorum)?,
        read_quorum: at_least_one(source, &table.r, "r", usual.read_quorum)?,
        versions: said(source, &table.versions, "versions", usual.versions, numbered)?,
        ties: one_of(source, &table.ties, "ties", usual.ties, TIES)?,
        write_back: write_back?,
        fallback: one_of(source, &table.fallback, "fallback", usual.fallback, FALLBACKS)?,
        hints: one_of(source, &table.hints, "hints", usual.hints, HINTS)?,
        anti_entropy: one_of(
            source,
            anti_entropy,
            "anti-entropy",
            usual.anti_entropy,
            ANTI_ENTROPIES,
        )?,
        partial: one_of(source, &table.partial, "partial", usual.partial, PARTIAL_WRITES)?,
        deletion: one_of(source, &table.deletion, "deletion", usual.deletion, DELETIONS)?,
        agreement: one_of(source, &table.agreement, "agreement", usual.agreement, AGREEMENTS)?,
        batch: at_least_one(source, &table.batch, "batch", usual.batch)?,
        ..usual
    };
    match policy.validate() {
        Ok(()) => Ok(policy),
        Err(Senseless { setting, value, problem }) => {
            let span = table.span(setting).unwrap_or_else(|| file.replicas.span());
            let problem = format!("\"{value}\" does not fit: {problem}");
            Err(source.wrong(span, &format!("policies.{setting}"), problem))
        }
    }
}

/// The rule for versions that `text` names, if a node can follow it.
fn numbered(text: &str) -> Result<Versions, String> {
    match versions(text)? {
        Versions::SingleWriter => {
            let problem = "clients of nodes number their requests each on their own, so that none is \
                           the only writer; versions=query lets anybody write";
            Err(problem.to_owned())
        }
        known @ (Versions::Query
        | Versions::WallClock
        | Versions::CommitWait { .. }
        | Versions::HybridClock
        | Versions::Siblings) => Ok(known),
    }
}

impl Table {
    /// Where a setting is said, if it is.
    fn span(&self, setting: &str) -> Option<std::ops::Range<usize>> {
        match setting {
            "n" => self.n.as_ref().map(Spanned::span),
            "w" => self.w.as_ref().map(Spanned::span),
            "r" => self.r.as_ref().map(Spanned::span),
            "fallback" => self.fallback.as_ref().map(Spanned::span),
            "agreement" => self.agreement.as_ref().map(Spanned::span),
            _ => None,
        }
    }
}
