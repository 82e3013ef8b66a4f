//! The policies of certification.

use holdfast_models::multi_leader::certification::spelling::{
    ACKNOWLEDGEMENTS, CERTIFICATES, FLUSHES, SNAPSHOT_RULES,
};
use holdfast_models::multi_leader::certification::{Certification, Flush, Retention};
use serde::Deserialize;
use toml::Spanned;

use super::{at_least_one, one_of};
use crate::config::error::{ConfigError, Source};
use crate::config::file::ClusterFile;

/// The policies by the names of the command line of `check`. What is not said is as in
/// `Certification::write_sets`, except that the order is forgotten once everybody has it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Table {
    certificate: Option<Spanned<String>>,
    snapshot: Option<Spanned<String>>,
    acknowledgement: Option<Spanned<String>>,
    flush: Option<Spanned<String>>,
    batch: Option<Spanned<u16>>,
}

pub(super) fn policy(
    source: &Source<'_>,
    file: &ClusterFile<Table>,
    replicas: usize,
) -> Result<Certification, ConfigError> {
    let table = &file.policies;
    let usual = Certification::write_sets(replicas as u8);
    let certificate = &table.certificate;
    let acknowledgement = &table.acknowledgement;
    let policy = Certification {
        certificate: one_of(source, certificate, "certificate", usual.certificate, CERTIFICATES)?,
        snapshot: one_of(source, &table.snapshot, "snapshot", usual.snapshot, SNAPSHOT_RULES)?,
        acknowledgement: one_of(
            source,
            acknowledgement,
            "acknowledgement",
            usual.acknowledgement,
            ACKNOWLEDGEMENTS,
        )?,
        flush: one_of(source, &table.flush, "flush", usual.flush, FLUSHES)?,
        // The order on disk does not grow without end, so a node always forgets.
        retention: Retention::UntilEverywhere,
        batch: at_least_one(source, &table.batch, "batch", usual.batch)?,
        ..usual
    };
    match policy.flush {
        Flush::Before => Ok(policy),
        Flush::Later => {
            let problem = "\"later\" does not fit: a node forgets the order once everybody has it, \
                           so that whoever loses what it had would find it nowhere; \"before\" is \
                           possible";
            let span = table.flush.as_ref().map_or(0..0, Spanned::span);
            Err(source.wrong(span, "policies.flush", problem))
        }
    }
}
