//! The tables are complete and well formed: every safeguard, property, policy and known fact has its
//! scenario, and no scenario is vacuous.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_check::catalog::{Entry, Family, entries, families};
use holdfast_check::family::Setting;
use holdfast_check::verdict::{Kind, Statement};
use holdfast_models::cluster::Verdict;

/// The known facts that a family decides, or says why it does not.
fn known_rows(family: &str) -> BTreeSet<String> {
    let numbered = |letter: &'static str, numbers: std::ops::RangeInclusive<u8>| {
        numbers.map(move |number| format!("{letter}{number:02}"))
    };
    match family {
        "single-leader" => {
            // A48 and D09 were never given to anything.
            let known = numbered("A", 1..=47).chain(numbered("A", 49..=68));
            known
                .chain(numbered("D", 1..=3))
                .chain(numbered("D", 6..=8))
                .chain(numbered("D", 10..=10))
                .collect()
        }
        "leaderless" => {
            // C04, C07, C13, C21 and C26 were never given to anything.
            let known =
                numbered("C", 1..=3).chain(numbered("C", 5..=6)).chain(numbered("C", 8..=12));
            known
                .chain(numbered("C", 14..=20))
                .chain(numbered("C", 22..=25))
                .chain(numbered("C", 27..=43))
                .chain(["D01", "D03", "D04", "D05"].map(str::to_owned))
                .collect()
        }
        "multi-leader" => {
            // B06, B16, B36 and B49 were never given to anything.
            let given = |row: &String| !["B06", "B16", "B36", "B49"].contains(&row.as_str());
            let shared = ["D01", "D03", "D04", "D06", "D07"].map(str::to_owned);
            let elsewhere = [
                "B01", "B02", "B03", "B04", "B05", "B07", "B08", "B09", "B10", "B11", "B12", "B13",
                "B14", "B15", "B17",
            ];
            let given = |row: &String| given(row) && !elsewhere.contains(&row.as_str());
            numbered("B", 1..=60).filter(given).chain(["B24c".to_owned()]).chain(shared).collect()
        }
        "multi-leader-home-region" => {
            ["B14", "B15", "B17", "D01", "D03", "D04"].map(str::to_owned).into()
        }
        "multi-leader-locking" => {
            ["B01", "B02", "B03", "B04", "D01", "D03", "D04"].map(str::to_owned).into()
        }
        "multi-leader-certification" => {
            let shared = ["D01", "D03", "D04"].map(str::to_owned);
            numbered("B", 5..=5).chain(numbered("B", 7..=13)).chain(shared).collect()
        }
        unknown => panic!("which rows does the family {unknown} decide?"),
    }
}

/// Safeguards without a scenario that differs from theirs in nothing but the safeguard: the table
/// shows what they are for in the smallest world, and the answer with them in a larger or another
/// one. Their counterparts are explored in `safeguards.rs`.
const WITHOUT_TWIN: &[(&str, &str)] = &[
    ("single-leader", "one-vote-an-epoch"),
    ("single-leader", "behind-logs-refused"),
    ("single-leader", "epochs-compared-first"),
    ("single-leader", "duplicates-recognised"),
    ("single-leader", "one-change-at-a-time"),
    ("single-leader", "changes-after-own-commit"),
    ("single-leader", "reads-after-own-commit"),
    ("single-leader", "lease-honoured"),
    ("single-leader", "unclean-leaves-in-sync"),
];

fn is_kebab_case(name: &str) -> bool {
    name.split('-').all(|word| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}

fn is_violated(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Violated { .. })
}

/// What a scenario claims, apart from what exploring rests on.
fn claims(entry: &Entry) -> impl Iterator<Item = (Statement, Verdict)> {
    entry.claims.iter().copied().filter(|(statement, _)| statement.kind != Kind::Foundation)
}

/// Whether `entry` claims of the property called `name` what `wanted` says.
fn claim(entry: &Entry, name: &str, wanted: fn(Verdict) -> bool) -> bool {
    claims(entry).any(|(statement, verdict)| statement.name == name && wanted(verdict))
}

fn assert_empty(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let families = families();
    let mut seen = BTreeSet::new();
    for entry in entries(&families) {
        assert!(is_kebab_case(entry.name), "{}", entry.name);
        assert!(seen.insert(entry.name), "two scenarios are called {}", entry.name);
    }
    for family in &families {
        for name in family.safeguards.iter().map(String::as_str).chain([family.name]) {
            assert!(is_kebab_case(name), "{name}");
        }
    }
}

#[test]
fn a_property_says_the_same_wherever_it_is_claimed() {
    let families = families();
    let mut known: BTreeMap<_, Statement> = BTreeMap::new();
    let listed = families.iter().flat_map(|family| family.properties.iter().copied());
    let claimed = entries(&families).flat_map(|entry| entry.claims.iter().map(|claim| claim.0));
    for statement in listed.chain(claimed) {
        assert!(is_kebab_case(statement.name), "{}", statement.name);
        assert!(statement.sentence.ends_with('.'), "{}", statement.sentence);
        assert_eq!(*known.entry(statement.name).or_insert(statement), statement);
    }
}

#[test]
fn every_scenario_asks_a_question_that_no_other_asks() {
    let families = families();
    let mut seen: BTreeMap<_, &str> = BTreeMap::new();
    for entry in entries(&families) {
        let words = entry.question.trim();
        assert!(words.ends_with('?') && words == entry.question, "{}: {words}", entry.name);
        // "And if …?" goes on from the scenario before, so the section is part of the question.
        if let Some(other) = seen.insert((entry.section, words), entry.name) {
            panic!("{other} and {} ask the same: {words}", entry.name);
        }
    }
}

#[test]
fn claims_fit_what_they_are_about_and_are_made_once() {
    for entry in entries(&families()) {
        let mut seen = BTreeSet::new();
        assert!(claims(entry).count() > 0, "{} claims nothing", entry.name);
        for (statement, verdict) in &entry.claims {
            let name = format!("{}: {}", entry.name, statement.name);
            assert!(seen.insert(statement.name), "{name} is claimed twice");
            let is_witness = statement.kind == Kind::Witness;
            let is_about_a_witness = match verdict {
                Verdict::Reached | Verdict::Unreachable => true,
                Verdict::Holds | Verdict::Violated { .. } => false,
            };
            assert_eq!(is_witness, is_about_a_witness, "{name}");
        }
    }
}

#[test]
fn nothing_is_claimed_to_hold_where_nothing_is_shown_to_happen() {
    for entry in entries(&families()) {
        let any = |wanted: Verdict| claims(entry).any(|(_, verdict)| verdict == wanted);
        let is_vacuous =
            any(Verdict::Holds) && !any(Verdict::Reached) && !any(Verdict::Unreachable);
        assert!(!is_vacuous, "{} shows no witness", entry.name);
    }
}

#[test]
fn every_known_fact_is_decided_by_a_scenario_or_left_out_with_a_reason() {
    for family in families() {
        let known = known_rows(family.name);
        let decided: BTreeSet<_> =
            family.entries().flat_map(|entry| entry.rows).map(|row| (*row).to_owned()).collect();
        let left_out: BTreeSet<_> =
            family.left_out.iter().map(|(row, _)| (*row).to_owned()).collect();
        let mut problems = Vec::new();
        for row in &known - &(&decided | &left_out) {
            problems.push(format!("{}: no scenario decides {row}", family.name));
        }
        for row in &decided & &left_out {
            problems.push(format!("{}: {row} is decided, and left out", family.name));
        }
        for row in &(&decided | &left_out) - &known {
            problems.push(format!("{}: {row} is no known row", family.name));
        }
        assert_eq!(left_out.len(), family.left_out.len(), "{} leaves one out twice", family.name);
        for (row, why) in family.left_out {
            assert!(why.ends_with('.'), "why is {row} left out? {why}");
        }
        assert_empty(&problems);
    }
}

#[test]
fn no_scenario_names_a_row_twice() {
    for entry in entries(&families()) {
        let rows: BTreeSet<_> = entry.rows.iter().collect();
        assert_eq!(rows.len(), entry.rows.len(), "{}", entry.name);
    }
}

#[test]
fn every_safeguard_has_a_scenario_that_fails_without_it() {
    for family in families() {
        for safeguard in &family.safeguards {
            let fails = |entry: &Entry| {
                entry.without == [safeguard.as_str()]
                    && claims(entry).any(|(_, verdict)| is_violated(verdict))
            };
            assert!(family.entries().any(fails), "{}: {safeguard}", family.name);
        }
    }
}

#[test]
fn with_a_safeguard_holds_what_is_violated_without_it_and_nothing_else_differs() {
    let mut problems = Vec::new();
    for family in families() {
        for safeguard in &family.safeguards {
            let has_twin = has_twin(&family, safeguard);
            let excused = WITHOUT_TWIN.contains(&(family.name, safeguard.as_str()));
            if has_twin && excused {
                problems.push(format!("{safeguard} has a twin, and is listed as having none"));
            }
            if !has_twin && !excused {
                problems.push(format!("{}: {safeguard} has no twin", family.name));
            }
        }
    }
    assert_empty(&problems);
}

/// Whether some property is violated without `safeguard`, and holds with it in a scenario that is the
/// same otherwise.
fn has_twin(family: &Family, safeguard: &str) -> bool {
    let without = family.entries().filter(|entry| entry.without == [safeguard]);
    without.into_iter().any(|without| {
        let violated = claims(without).filter(|(_, verdict)| is_violated(*verdict));
        let violated: Vec<_> = violated.map(|(statement, _)| statement.name).collect();
        let is_twin = |with: &&Entry| {
            with.without.is_empty()
                && with.environment == without.environment
                && with.clients == without.clients
                && with.settings == others(&without.settings)
        };
        family.entries().filter(is_twin).any(|with| {
            violated.iter().any(|name| claim(with, name, |verdict| verdict == Verdict::Holds))
        })
    })
}

/// Everything but which safeguards are off.
fn others(settings: &[Setting]) -> Vec<Setting> {
    settings.iter().filter(|setting| setting.flag != "without").cloned().collect()
}

#[test]
fn every_property_is_claimed_somewhere() {
    for family in families() {
        let unclaimed = family.properties.iter().filter(|property| {
            !family.entries().any(|entry| claim(entry, property.name, |_| true))
        });
        let problems: Vec<_> = unclaimed.map(|property| property.name.to_owned()).collect();
        assert_empty(&problems);
    }
}

#[test]
fn every_property_is_violated_somewhere_or_it_is_said_why_it_is_not() {
    let mut problems = Vec::new();
    for family in families() {
        for property in &family.properties {
            let is_violated =
                family.entries().any(|entry| claim(entry, property.name, is_violated));
            let excused = family.never_violated.iter().any(|(name, _)| *name == property.name);
            if !is_violated && !excused {
                problems.push(format!("{}: nothing violates {}", family.name, property.name));
            }
            if is_violated && excused {
                problems.push(format!("{}: {} is violated after all", family.name, property.name));
            }
        }
        for (name, why) in family.never_violated {
            assert!(family.properties.iter().any(|property| property.name == *name), "{name}");
            assert!(why.ends_with('.'), "why is {name} never violated? {why}");
        }
    }
    assert_empty(&problems);
}
