//! The tables and the counterexamples of the documents.

use std::collections::BTreeMap;

use holdfast_models::cluster::Verdict;

use crate::catalog::Family;
use crate::explore::Trace;
use crate::report::{Outcome, cell, list, markdown_row, states, verdict};
use crate::units::thousands;
use crate::verdict::{Finding, Judged, Kind};

pub(super) fn summary(families: &[Family], outcomes: &[Outcome<'_>]) -> String {
    let heads =
        ["family", "section", "scenarios", "holds", "violated", "reached", "truncated", "states"];
    let mut table = markdown_row(heads.map(cell));
    table.push_str("|---|---|--:|--:|--:|--:|--:|--:|\n");
    for family in families {
        for section in &family.sections {
            let of_section: Vec<_> = outcomes
                .iter()
                .filter(|outcome| outcome.entry.family == family.name)
                .filter(|outcome| outcome.entry.section == section.title)
                .collect();
            let judged = || of_section.iter().flat_map(|outcome| outcome.judgement.told());
            let count = |wanted: fn(Finding) -> bool| {
                judged().filter(|judged| wanted(judged.finding)).count()
            };
            let states = of_section.iter().map(|outcome| outcome.judgement.exploration.states);
            let is_truncated =
                of_section.iter().any(|outcome| outcome.judgement.truncated().is_some());
            let over = if is_truncated { "over " } else { "" };
            table.push_str(&markdown_row([
                family.name.to_owned(),
                cell(section.title),
                of_section.len().to_string(),
                count(|found| found == Finding::Decided(Verdict::Holds)).to_string(),
                count(|found| matches!(found, Finding::Decided(Verdict::Violated { .. })))
                    .to_string(),
                count(|found| matches!(found, Finding::ReachedIn(_))).to_string(),
                count(|found| found == Finding::Undecided).to_string(),
                format!("{over}{}", thousands(states.sum())),
            ]));
        }
    }
    table
}

pub(super) fn answers(scenarios: &[&str], outcomes: &[Outcome<'_>]) -> String {
    let mut table = markdown_row(["question", "answer", "states", "scenario"].map(cell));
    table.push_str("|---|---|--:|---|\n");
    for name in scenarios {
        let outcome = outcomes.iter().find(|outcome| outcome.entry.name == *name);
        let Some(Outcome { entry, judgement }) = outcome else { continue };
        let Some(judged) = most_telling(&judgement.judged) else { continue };
        table.push_str(&markdown_row([
            cell(entry.question),
            format!("{} {}", judged.statement.name, verdict(judged.finding, judgement)),
            states(judgement),
            format!("`{name}`"),
        ]));
    }
    table
}

/// What a scenario is about. Authors claim causes before what follows from them, so it is the last
/// violation; else what cannot be reached; else the last promise, unless there is only one, as where
/// it is asked what completes.
fn most_telling(judged: &[Judged]) -> Option<&Judged> {
    let is_promise = |judged: &&Judged| match judged.statement.kind {
        Kind::Guarantee | Kind::Invariant | Kind::Liveness => true,
        Kind::Witness | Kind::Foundation => false,
    };
    let is_unreachable =
        |judged: &&Judged| judged.finding == Finding::Decided(Verdict::Unreachable);
    let promises: Vec<_> = judged.iter().filter(is_promise).collect();
    let violated = promises.iter().rev().find(|judged| is_violated(judged)).copied();
    violated.or_else(|| judged.iter().find(is_unreachable)).or_else(|| match promises.as_slice() {
        [only] if only.statement.kind == Kind::Guarantee => Some(only),
        [] | [_] => judged.first(),
        [.., last] => Some(last),
    })
}

const fn is_violated(judged: &Judged) -> bool {
    matches!(judged.finding, Finding::Decided(Verdict::Violated { .. }))
}

pub(super) fn counterexample(outcomes: &[Outcome<'_>], scenario: &str, property: usize) -> String {
    let outcome = outcomes.iter().find(|outcome| outcome.entry.name == scenario);
    let judged = outcome.and_then(|outcome| outcome.judgement.judged.get(property));
    let Some((judged, trace)) = judged.and_then(|judged| Some((judged, judged.trace.as_ref()?)))
    else {
        return format!("{scenario} has no such trace.\n");
    };
    let (name, sentence) = (judged.statement.name, judged.statement.sentence);
    let mark = if is_violated(judged) { "✗" } else { "✓" };
    let finding = format!("{mark} {sentence}");
    format!(
        "**{scenario}: {name} is {}.** {sentence}\n\n```mermaid\n{}```\n\n{}\n\
         `check explain {scenario} {name}`\n",
        judged.finding,
        trace.story.mermaid(Some(&finding)),
        list(trace)
    )
}

pub(super) fn rows(family: &str, outcomes: &[Outcome<'_>]) -> String {
    let mut deciding: BTreeMap<RowOrder, Vec<&Outcome<'_>>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.entry.family == family) {
        for row in outcome.entry.rows {
            deciding.entry(row_order(row)).or_default().push(outcome);
        }
    }
    let mut table = markdown_row(["row", "scenario", "property", "verdict"].map(cell));
    table.push_str("|---|---|---|---|\n");
    for ((letters, number, suffix), mut outcomes) in deciding {
        // The same whichever of them were explored and which were recorded.
        outcomes.sort_by_key(|outcome| outcome.entry.tier);
        for Outcome { entry, judgement } in outcomes {
            let Some(judged) = most_telling(&judgement.judged) else { continue };
            table.push_str(&markdown_row([
                format!("{letters}{number:02}{suffix}"),
                entry.name.to_owned(),
                judged.statement.name.to_owned(),
                verdict(judged.finding, judgement),
            ]));
        }
    }
    table
}

pub(super) fn left_out(family: &Family) -> String {
    let mut table = markdown_row(["row", "why no scenario decides it"].map(cell));
    table.push_str("|---|---|\n");
    for (row, why) in family.left_out {
        table.push_str(&markdown_row([cell(row), cell(why)]));
    }
    table
}

/// The letters of a row, its number within them, and what follows where one row became several.
type RowOrder = (String, u32, String);

fn row_order(row: &str) -> RowOrder {
    let digits = row.find(|letter: char| letter.is_ascii_digit()).unwrap_or(row.len());
    let (letters, rest) = row.split_at(digits);
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    (letters.to_owned(), number.parse().unwrap_or_default(), suffix.to_owned())
}

pub(super) fn safeguards(family: &Family, outcomes: &[Outcome<'_>]) -> String {
    let mut table = markdown_row(["safeguard", "without it", "violated", "steps"].map(cell));
    table.push_str("|---|---|---|--:|\n");
    for safeguard in &family.safeguards {
        let without = outcomes.iter().filter(|outcome| {
            outcome.entry.family == family.name && outcome.entry.without.contains(safeguard)
        });
        for Outcome { entry, judgement } in without {
            for judged in judgement.judged.iter().filter(|judged| is_violated(judged)) {
                let steps = judged.trace.as_ref().map_or(0, Trace::steps);
                table.push_str(&markdown_row([
                    safeguard.clone(),
                    entry.name.to_owned(),
                    judged.statement.name.to_owned(),
                    steps.to_string(),
                ]));
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::row_order;

    #[test]
    fn rows_are_in_the_order_of_their_numbers_and_then_of_what_follows() {
        let order =
            |letters: &str, number, suffix: &str| (letters.to_owned(), number, suffix.to_owned());
        assert_eq!(row_order("B24c"), order("B", 24, "c"));
        let mut rows = ["D01", "B25", "B24c", "B24", "B03"];
        rows.sort_by_key(|row| row_order(row));
        assert_eq!(rows, ["B03", "B24", "B24c", "B25", "D01"]);
    }
}
