//! How the policies are written on a command line, and read back.

use std::sync::LazyLock;

use holdfast_models::leaderless::{
    Agreement, AntiEntropy, Deletion, Fallback, HintExpiry, PartialWrite, Safeguard, TieBreak,
    Versions, WriteBack,
};

use crate::spelling::kebab_case;

pub(super) const TIES: &[(&str, TieBreak)] =
    &[("author", TieBreak::Author), ("value", TieBreak::Value), ("arrival", TieBreak::Arrival)];

pub(super) const WRITE_BACKS: &[(&str, WriteBack)] = &[
    ("nobody", WriteBack::Nobody),
    ("asynchronous", WriteBack::Asynchronous),
    ("contacted", WriteBack::Contacted),
    ("write-quorum", WriteBack::WriteQuorum),
    ("unless-unanimous", WriteBack::UnlessUnanimous),
];

pub(super) const FALLBACKS: &[(&str, Fallback)] = &[
    ("nobody", Fallback::Nobody),
    ("keeps-hints", Fallback::KeepsHints),
    ("counts-for-writes", Fallback::CountsForWrites),
    ("counts-for-reads", Fallback::CountsForReads),
];

pub(super) const HINTS: &[(&str, HintExpiry)] =
    &[("never-expire", HintExpiry::Never), ("expire", HintExpiry::AfterAWhile)];

pub(super) const ANTI_ENTROPIES: &[(&str, AntiEntropy)] =
    &[("off", AntiEntropy::Off), ("ranges", AntiEntropy::Ranges)];

pub(super) const PARTIAL_WRITES: &[(&str, PartialWrite)] =
    &[("indeterminate", PartialWrite::Indeterminate), ("failed", PartialWrite::Failed)];

pub(super) const DELETIONS: &[(&str, Deletion)] = &[
    ("tombstone", Deletion::Tombstone),
    ("reaped-everywhere", Deletion::ReapedEverywhere),
    ("reaped-after-a-while", Deletion::ReapedAfterAWhile),
    ("erased", Deletion::Erased),
];

pub(super) const AGREEMENTS: &[(&str, Agreement)] = &[
    ("nothing", Agreement::Nothing),
    ("conditional", Agreement::Conditional),
    ("everything", Agreement::Everything),
];

pub(super) static SAFEGUARDS: LazyLock<Vec<(&'static str, Safeguard)>> = LazyLock::new(|| {
    let named = |of: &Safeguard| (&*Box::leak(safeguard(*of).into_boxed_str()), *of);
    Safeguard::ALL.iter().map(named).collect()
});

pub(super) fn versions(text: &str) -> Result<Versions, String> {
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

pub(super) fn versions_spelt(versions: Versions) -> String {
    match versions {
        Versions::SingleWriter => "single-writer".to_owned(),
        Versions::Query => "query".to_owned(),
        Versions::WallClock => "wall-clock".to_owned(),
        Versions::CommitWait { uncertainty } => format!("commit-wait={uncertainty}"),
        Versions::HybridClock => "hybrid-clock".to_owned(),
        Versions::Siblings => "siblings".to_owned(),
    }
}

pub(super) fn safeguard(safeguard: Safeguard) -> String {
    kebab_case(&format!("{safeguard:?}"))
}
