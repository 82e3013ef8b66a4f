//! How the policies are written on command lines and in cluster files, and read back.

use super::{
    Agreement, AntiEntropy, Deletion, Fallback, HintExpiry, Membership, PartialWrite, TieBreak,
    Versions, WriteBack,
};

/// Which of two contents wins whose versions are equal but for their authors.
pub const TIES: &[(&str, TieBreak)] =
    &[("author", TieBreak::Author), ("value", TieBreak::Value), ("arrival", TieBreak::Arrival)];

/// What a read does with homes that are behind.
pub const WRITE_BACKS: &[(&str, WriteBack)] = &[
    ("nobody", WriteBack::Nobody),
    ("asynchronous", WriteBack::Asynchronous),
    ("contacted", WriteBack::Contacted),
    ("write-quorum", WriteBack::WriteQuorum),
    ("unless-unanimous", WriteBack::UnlessUnanimous),
];

/// Who stands in for a home that does not answer.
pub const FALLBACKS: &[(&str, Fallback)] = &[
    ("nobody", Fallback::Nobody),
    ("keeps-hints", Fallback::KeepsHints),
    ("counts-for-writes", Fallback::CountsForWrites),
    ("counts-for-reads", Fallback::CountsForReads),
];

/// Whether hints are kept until their owner has them.
pub const HINTS: &[(&str, HintExpiry)] =
    &[("never-expire", HintExpiry::Never), ("expire", HintExpiry::AfterAWhile)];

/// Whether replicas compare what they hold.
pub const ANTI_ENTROPIES: &[(&str, AntiEntropy)] =
    &[("off", AntiEntropy::Off), ("ranges", AntiEntropy::Ranges)];

/// What an update is told that too few homes have stored in time.
pub const PARTIAL_WRITES: &[(&str, PartialWrite)] =
    &[("indeterminate", PartialWrite::Indeterminate), ("failed", PartialWrite::Failed)];

/// How a deletion is kept.
pub const DELETIONS: &[(&str, Deletion)] = &[
    ("tombstone", Deletion::Tombstone),
    ("reaped-everywhere", Deletion::ReapedEverywhere),
    ("reaped-after-a-while", Deletion::ReapedAfterAWhile),
    ("erased", Deletion::Erased),
];

/// Which operations replicas agree on.
pub const AGREEMENTS: &[(&str, Agreement)] = &[
    ("nothing", Agreement::Nothing),
    ("conditional", Agreement::Conditional),
    ("everything", Agreement::Everything),
];

/// Whether the homes may change.
pub const MEMBERSHIPS: &[(&str, Membership)] =
    &[("configured", Membership::Configured), ("one-by-one", Membership::OneByOne)];

/// The rule for versions written as `text`.
///
/// # Errors
/// With what could have been written, if nothing is written so.
pub fn versions(text: &str) -> Result<Versions, String> {
    let choices =
        "one of single-writer, query, wall-clock, commit-wait=TICKS, hybrid-clock, siblings";
    match text.split_once('=') {
        None if text == "single-writer" => Ok(Versions::SingleWriter),
        None if text == "query" => Ok(Versions::Query),
        None if text == "wall-clock" => Ok(Versions::WallClock),
        None if text == "hybrid-clock" => Ok(Versions::HybridClock),
        None if text == "siblings" => Ok(Versions::Siblings),
        Some(("commit-wait", ticks)) => match ticks.parse() {
            Ok(uncertainty) => Ok(Versions::CommitWait { uncertainty }),
            Err(error) => Err(format!("\"{ticks}\" is no number that fits: {error}")),
        },
        None | Some(_) => Err(choices.to_owned()),
    }
}

/// How `versions` is written.
#[must_use]
pub fn versions_spelt(versions: Versions) -> String {
    match versions {
        Versions::SingleWriter => "single-writer".to_owned(),
        Versions::Query => "query".to_owned(),
        Versions::WallClock => "wall-clock".to_owned(),
        Versions::CommitWait { uncertainty } => format!("commit-wait={uncertainty}"),
        Versions::HybridClock => "hybrid-clock".to_owned(),
        Versions::Siblings => "siblings".to_owned(),
    }
}
