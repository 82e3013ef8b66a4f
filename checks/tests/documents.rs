//! What the documents say is so: generated parts are as generated, and whatever they name exists.

#[path = "support/files.rs"]
mod project;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use holdfast_check::catalog::{entries, families};
use holdfast_check::command::Limits;
use holdfast_check::command::run::explore;
use holdfast_check::document::{Pages, REWRITE, Records};
use holdfast_models::cluster::Tier;
use holdfast_models::consistency::Guarantee;
use project::{files, name, root, text};

/// Words in snake case that are no names of ours, each with whose they are.
const SNAKE_ELSEWHERE: &[(&str, &str)] = &[
    ("flush_log_at_trx_commit", "MySQL"),
    ("remote_apply", "PostgreSQL"),
    ("remote_write", "PostgreSQL"),
    ("rpl_semi_sync", "MySQL"),
    ("synchronous_standby_names", "PostgreSQL"),
];

/// Files of other projects.
const FILES_ELSEWHERE: &[&str] = &["src/backend/replication/syncrep.c"];

fn documents() -> Vec<PathBuf> {
    let mut documents = files(&root().join("spec-docs"), "md");
    documents.push(root().join("README.md"));
    documents.retain(|file| file.exists());
    assert!(documents.len() > 3, "the documents were not found");
    documents
}

/// What stands in backticks in a document, with its line: fenced blocks are not prose.
fn mentioned(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(|word| (index + 1, word)));
        }
    }
    found
}

/// Everything in backticks in all documents, and where.
fn mentions() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for file in documents() {
        let text = text(&file);
        for (line, word) in mentioned(&text) {
            all.push((format!("{}:{line}", name(&file)), word.to_owned()));
        }
    }
    all
}

fn is_word(word: &str, separator: char) -> bool {
    let parts: Vec<_> = word.split(separator).collect();
    parts.len() > 1
        && parts.iter().all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn generated_parts_are_what_their_generators_write() {
    assert!(root().join("README.md").exists(), "there is no README.md");
    let families = families();
    let pages = Pages::read(root(), &families).expect("the markers are right");
    assert!(pages.sections() > 0, "nothing is generated");
    let records = Records::read(root()).expect("the records can be read");
    let (quick, thorough): (Vec<_>, Vec<_>) =
        pages.scenarios(&families).into_iter().partition(|entry| entry.tier == Tier::Quick);
    let recorded: Result<Vec<_>, _> =
        thorough.into_iter().map(|entry| records.outcome(entry)).collect();
    // Before exploring: nobody waits for what cannot be compared.
    let recorded = recorded.unwrap_or_else(|failure| panic!("{failure}"));
    let mut outcomes = explore(quick, &Limits::default(), false);
    outcomes.extend(recorded);
    let stale = pages.stale(&families, &outcomes);
    let sections = stale.iter().flat_map(|page| {
        let sections = page.sections.iter();
        sections.map(|(line, title)| format!("{}:{line}: {title}", name(&page.file)))
    });
    let sections: Vec<_> = sections.collect();
    assert!(sections.is_empty(), "\n{}\nto mend it: {REWRITE}", sections.join("\n"));
}

#[test]
fn every_scenario_has_its_place_in_a_generated_part() {
    let families = families();
    let pages = Pages::read(root(), &families).expect("the markers are right");
    let placed: BTreeSet<_> = pages.scenarios(&families).iter().map(|entry| entry.name).collect();
    let missing: Vec<_> = entries(&families)
        .filter(|entry| !placed.contains(entry.name))
        .map(|entry| entry.name.to_owned())
        .collect();
    assert_none(&missing);
}

#[test]
fn every_scenario_and_property_that_is_named_exists() {
    let families = families();
    let mut known: BTreeSet<String> = ["no-handler-panics".to_owned()].into();
    for family in &families {
        known.insert(family.name.to_owned());
        known.extend(family.safeguards.iter().cloned());
        known.extend(family.properties.iter().map(|property| property.name.to_owned()));
    }
    for entry in entries(&families) {
        known.insert(entry.name.to_owned());
        known.extend(entry.claims.iter().map(|(property, _)| property.name.to_owned()));
        known.extend(entry.settings.iter().map(|setting| setting.value.clone()));
    }
    let is_known = |word: &str| known.contains(word) || word.parse::<Guarantee>().is_ok();
    let unknown = mentions().into_iter().filter(|(_, word)| is_word(word, '-') && !is_known(word));
    let unknown: Vec<_> = unknown.map(|(place, word)| format!("{place}: {word}")).collect();
    assert_none(&unknown);
}

#[test]
fn every_function_field_and_test_that_is_named_exists() {
    let sources: String = ["models", "impl", "checks"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .map(|file| text(&file))
        .collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: BTreeSet<_> = sources.split(|c| !is_part(c)).collect();
    let tests: BTreeSet<_> = sources
        .split("#[test]\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("fn ")?.1.split('(').next())
        .collect();
    let mut unknown = Vec::new();
    for (place, word) in mentions() {
        let (start, is_cut) = match word.strip_suffix('…') {
            Some(start) => (start, true),
            None => (word.as_str(), false),
        };
        if !is_word(start, '_') || SNAKE_ELSEWHERE.iter().any(|(name, _)| *name == start) {
            continue;
        }
        // Only tests have names so long that they are cut.
        let exists = if is_cut {
            tests.iter().any(|test| test.starts_with(start))
        } else {
            words.contains(start)
        };
        if !exists {
            unknown.push(format!("{place}: {word}"));
        }
    }
    assert_none(&unknown);
}

#[test]
fn every_type_and_variant_that_is_named_exists() {
    let sources: String =
        files(&root().join("models/src"), "rs").iter().map(|file| text(file)).collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: BTreeSet<_> = sources.split(|c| !is_part(c)).collect();
    let mut unknown = Vec::new();
    for (place, word) in mentions() {
        let Some((owner, member)) = word.split_once("::") else { continue };
        let member = member.split(|c| !is_part(c)).next().unwrap_or_default();
        if !words.contains(owner) || !words.contains(member) {
            unknown.push(format!("{place}: {word}"));
        }
    }
    assert_none(&unknown);
}

#[test]
fn every_file_that_is_named_exists() {
    let mut missing = Vec::new();
    for (place, word) in mentions() {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
        let is_path = word.contains('/') && word.chars().all(is_plain) && word != "I/O";
        let places = [root().to_path_buf(), root().join("models/src")];
        let exists = places.iter().any(|folder| folder.join(&word).exists());
        if is_path && !exists && !FILES_ELSEWHERE.contains(&word.as_str()) {
            missing.push(format!("{place}: {word}"));
        }
    }
    assert_none(&missing);
}

#[test]
fn what_is_said_to_be_elsewhere_is_mentioned() {
    let mentioned: BTreeSet<_> = mentions().into_iter().map(|(_, word)| word).collect();
    let words =
        SNAKE_ELSEWHERE.iter().map(|(word, _)| *word).chain(FILES_ELSEWHERE.iter().copied());
    let stale = words.filter(|word| !mentioned.contains(*word)).map(str::to_owned);
    assert_none(&stale.collect::<Vec<_>>());
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_in_it() {
    let mut broken = Vec::new();
    for file in documents() {
        let text = text(&file);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.contains(' ') {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let folder = file.parent().unwrap_or(root());
            let linked = if path.is_empty() { file.clone() } else { folder.join(path) };
            if !linked.exists() || !heading.is_empty() && !headings(&linked).contains(heading) {
                broken.push(format!("{}: {target}", name(&file)));
            }
        }
    }
    assert_none(&broken);
}

/// The headings of a document, as links name them.
fn headings(file: &Path) -> BTreeSet<String> {
    let anchor = |heading: &str| {
        let words = heading.trim().to_lowercase().replace(' ', "-");
        words.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    };
    let text = text(file);
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}
