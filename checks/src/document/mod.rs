//! The generated parts of the documents: compared with what is found, or rewritten.
//!
//! A person writes the claim and a tool writes the measurement: state counts, traces and tables
//! stand between markers, and nobody types them.

mod generate;
mod mapped;
mod markers;
mod measured;
mod recorded;
mod tables;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use holdfast_models::cluster::Tier;

use crate::catalog::{Entry, Family, entries, families};
use crate::command::{Limits, Tiers, run};
use crate::error::Failure;
use crate::explore::interrupt;
use crate::report::{Outcome, status};
use crate::verdict::Status;
use generate::Generator;
pub(crate) use mapped::record_atlas;
use markers::Page;
pub use measured::record_measured;
pub use recorded::Records;

/// The command that mends what is out of date.
pub const REWRITE: &str = "check document --write";

/// `check document`
#[derive(Args, Debug)]
pub struct Document {
    /// Rewrites what is out of date.
    #[arg(long)]
    write: bool,
    /// Explores these scenarios. What was found in others is taken from checks/thorough.json, which
    /// `--write --tier all` rewrites.
    #[arg(long, value_enum, default_value_t)]
    tier: Tiers,
    /// The folder that holds README.md and spec-docs [default: the nearest with a Cargo.lock].
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
}

impl Document {
    pub(crate) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let root = self.root.map_or_else(nearest_root, Ok)?;
        let families = families();
        let pages = Pages::read(&root, &families)?;
        let records = Records::read(&root)?;
        let (fresh, known): (Vec<_>, Vec<_>) =
            pages.scenarios(&families).into_iter().partition(|entry| self.tier.include(entry.tier));
        interrupt::listen();
        let mut outcomes = run::explore(fresh, &self.limits, false);
        // What is thorough may be more than this machine can exhaust: the page says so.
        let is_told = |outcome: &&Outcome<'_>| match outcome.judgement.status() {
            Status::Fine => true,
            Status::Truncated => outcome.entry.tier == Tier::Thorough,
            Status::Differs | Status::Panicked => false,
        };
        let untold: Vec<_> = outcomes.iter().filter(|outcome| !is_told(outcome)).collect();
        for outcome in &untold {
            let name = outcome.entry.name;
            writeln!(out, "{name} is not as expected, see: check run {name}")?;
        }
        if !untold.is_empty() {
            return Ok(status(&outcomes));
        }
        let mut records = records;
        let stale_records = outcomes
            .iter()
            .filter(|outcome| outcome.entry.tier == Tier::Thorough)
            .filter(|outcome| records.update(outcome))
            .count();
        outcomes.extend(
            known.into_iter().map(|entry| records.outcome(entry)).collect::<Result<Vec<_>, _>>()?,
        );
        let stale = pages.stale(&families, &outcomes);
        if self.write {
            if stale_records > 0 {
                records.write(&root)?;
            }
            for page in &stale {
                fs::write(&page.file, &page.text).map_err(writing(&page.file))?;
                writeln!(out, "{}: rewritten", page.file.display())?;
            }
            return Ok(Status::Fine);
        }
        for page in &stale {
            for (line, name) in &page.sections {
                writeln!(out, "{}:{line}: {name} is out of date", page.file.display())?;
            }
        }
        if stale_records > 0 {
            writeln!(out, "checks/thorough.json is out of date: {REWRITE} --tier all")?;
        } else if !stale.is_empty() {
            writeln!(out, "to mend it: {REWRITE}")?;
        }
        let differs = stale_records > 0 || !stale.is_empty();
        Ok(if differs { Status::Differs } else { Status::Fine })
    }
}

/// All pages with generated sections.
#[derive(Debug)]
pub struct Pages {
    pages: Vec<Page>,
    sections: Vec<Vec<Generator>>,
}

/// A page that is out of date.
#[derive(Debug)]
pub struct Stale {
    /// Which.
    pub file: PathBuf,
    /// Its sections that are out of date: line and name.
    pub sections: Vec<(usize, String)>,
    /// What it should be.
    pub text: String,
}

impl Pages {
    /// Reads README.md and spec-docs/*.md in `root`. One of the two may be missing.
    ///
    /// # Errors
    /// If there is no page, if one cannot be read, or a marker in it not understood.
    pub fn read(root: &Path, families: &[Family]) -> Result<Self, Failure> {
        let pages = pages(root)?;
        let generators = |page: &Page| {
            page.sections()
                .map(|section| {
                    Generator::parse(root, families, section.name, &section.arguments)
                        .map_err(|why| page.complaint(section.line, &why))
                })
                .collect()
        };
        let sections = pages.iter().map(generators).collect::<Result<_, _>>()?;
        Ok(Self { pages, sections })
    }

    /// How many generated sections there are.
    #[must_use]
    pub fn sections(&self) -> usize {
        self.sections.iter().map(Vec::len).sum()
    }

    /// The scenarios that the sections need, in the order of the tables.
    #[must_use]
    pub fn scenarios<'a>(&self, families: &'a [Family]) -> Vec<&'a Entry> {
        let needed: BTreeSet<_> =
            self.sections.iter().flatten().flat_map(|section| section.needs(families)).collect();
        entries(families).filter(|entry| needed.contains(entry.name)).collect()
    }

    /// The pages that are not as `outcomes` would have them.
    #[must_use]
    pub fn stale(&self, families: &[Family], outcomes: &[Outcome<'_>]) -> Vec<Stale> {
        let stale = |(page, generators): (&Page, &Vec<Generator>)| {
            let written: Vec<_> =
                generators.iter().map(|section| section.generate(families, outcomes)).collect();
            let sections: Vec<_> = page
                .sections()
                .zip(&written)
                .filter(|(section, text)| section.body != **text)
                .map(|(section, _)| (section.line, section.title()))
                .collect();
            let text = page.with(&written);
            let file = page.file.clone();
            (!sections.is_empty()).then_some(Stale { file, sections, text })
        };
        self.pages.iter().zip(&self.sections).filter_map(stale).collect()
    }
}

/// The pages in `root`, README.md first.
fn pages(root: &Path) -> Result<Vec<Page>, Failure> {
    let mut files = vec![root.join("README.md")];
    let folder = root.join("spec-docs");
    if !files[0].exists() && !folder.is_dir() {
        let said = format!("{} has neither README.md nor spec-docs", root.display());
        return Err(Failure::Usage(said));
    }
    if folder.is_dir() {
        let listed = fs::read_dir(&folder).map_err(reading(&folder))?;
        let mut found = Vec::new();
        for file in listed {
            found.push(file.map_err(reading(&folder))?.path());
        }
        found.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
        found.sort();
        files.extend(found);
    }
    let mut pages = Vec::new();
    for file in files.into_iter().filter(|file| file.exists()) {
        let text = fs::read_to_string(&file).map_err(reading(&file))?;
        pages.push(Page::parse(file, &text)?);
    }
    Ok(pages)
}

pub(crate) fn nearest_root() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(Failure::while_doing("finding this folder"))?;
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    root.map(Path::to_path_buf).ok_or_else(|| {
        let said = format!("no folder above {} has a Cargo.lock: use --root", here.display());
        Failure::Usage(said)
    })
}

fn reading(file: &Path) -> impl FnOnce(std::io::Error) -> Failure + use<> {
    Failure::while_doing(format!("reading {}", file.display()))
}

fn writing(file: &Path) -> impl FnOnce(std::io::Error) -> Failure + use<> {
    Failure::while_doing(format!("writing {}", file.display()))
}
