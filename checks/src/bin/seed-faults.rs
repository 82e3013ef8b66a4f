//! `seed-faults`: breaks the protocols one fault at a time, and sees that the verdict table notices.
//!
//! Each fault of `checks/faults/*.toml` is put into a scratch copy of the sources, `check` is built
//! from that, and the quick scenarios are explored until one does not come out as claimed. A fault
//! that survives is a property or a scenario that is missing.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use clap::Parser;
use serde::Deserialize;
use serde_json::Value;

const EXAMPLES: &str = "Examples:
  seed-faults            every fault, some twenty minutes
  seed-faults m15 m16    only those, with all of their variants

Exit codes:
  0  every fault was caught
  1  a fault survived
  2  a fault does not apply or does not compile, or something could not be read or written";

/// What a copy needs to be built.
const SOURCES: [&str; 5] = ["Cargo.toml", "Cargo.lock", "models", "impl", "checks"];

/// The folders of protocols, and what their families are called.
const FAMILIES: [(&str, &str); 3] = [
    ("single_leader", "single-leader"),
    ("leaderless", "leaderless"),
    ("multi_leader", "multi-leader"),
];

/// Seeds faults, and prints which scenario catches which.
#[derive(Parser)]
#[command(name = "seed-faults", version, after_help = EXAMPLES, max_term_width = 100)]
struct CommandLine {
    /// Names of faults. `m15` is also every `m15-…`.
    faults: Vec<String>,
    /// Where the sources are.
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/.."))]
    root: PathBuf,
    /// How long each scenario may take.
    #[arg(long, value_name = "TIME", default_value = "2m")]
    time: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    fault: Vec<Fault>,
}

/// One edit that breaks something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    id: String,
    what: String,
    file: PathBuf,
    find: String,
    replace: String,
}

/// What became of a fault.
enum Fate {
    Caught { scenario: String, because: String },
    Survived(String),
    Unusable(String),
}

fn main() -> ExitCode {
    match run(&CommandLine::parse(), &mut io::stdout().lock()) {
        Ok(code) => ExitCode::from(code),
        Err(why) => {
            eprintln!("seed-faults: {why}");
            ExitCode::from(2)
        }
    }
}

fn run(command_line: &CommandLine, out: &mut dyn Write) -> Result<u8, String> {
    let root = command_line.root.canonicalize().map_err(about(&command_line.root))?;
    let faults = selected(&root, &command_line.faults)?;
    let copy = root.join("target/seeded-faults");
    let (mut caught, mut worst) = (0, 0);
    for fault in &faults {
        let fate = seed(fault, &root, &copy, &command_line.time)?;
        let code = tell(fault, &fate, out).map_err(|error| error.to_string())?;
        caught += usize::from(code == 0);
        worst = worst.max(code);
    }
    let told = writeln!(out, "\n{caught} of {} faults caught", faults.len());
    told.map_err(|error| error.to_string())?;
    Ok(worst)
}

fn selected(root: &Path, wanted: &[String]) -> Result<Vec<Fault>, String> {
    let folder = root.join("checks/faults");
    let mut files = Vec::new();
    for file in fs::read_dir(&folder).map_err(about(&folder))? {
        files.push(file.map_err(about(&folder))?.path());
    }
    files.sort();
    let mut faults = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(about(&file))?;
        let read: FaultFile =
            toml::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        faults.extend(read.fault);
    }
    let is_variant = |fault: &Fault, name: &str| {
        fault.id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if let Some(unknown) =
        wanted.iter().find(|name| !faults.iter().any(|fault| is_variant(fault, name)))
    {
        return Err(format!("there is no fault called \"{unknown}\" in {}", folder.display()));
    }
    faults.retain(|fault| wanted.is_empty() || wanted.iter().any(|name| is_variant(fault, name)));
    Ok(faults)
}

fn seed(fault: &Fault, root: &Path, copy: &Path, time: &str) -> Result<Fate, String> {
    fs::create_dir_all(copy).map_err(about(copy))?;
    for source in SOURCES {
        mirror(&root.join(source), &copy.join(source))?;
    }
    let file = copy.join(&fault.file);
    let text = fs::read_to_string(&file).map_err(about(&file))?;
    let find = fault.find.as_str();
    match text.matches(find).count() {
        1 => {}
        count => return Ok(Fate::Unusable(format!("what it replaces occurs {count} times"))),
    }
    fs::write(&file, text.replace(find, &fault.replace)).map_err(about(&file))?;
    let built = cargo(copy, &["build", "--quiet", "--bin", "check"])?;
    if !built.status.success() {
        let said = String::from_utf8_lossy(&built.stderr).into_owned();
        return Ok(Fate::Unusable(format!("it does not compile: {said}")));
    }
    // Where the fault is, it is most likely to be seen.
    match explore(copy, time, family(&fault.file))? {
        Fate::Survived(_) => explore(copy, time, None),
        fate @ (Fate::Caught { .. } | Fate::Unusable(_)) => Ok(fate),
    }
}

/// The family whose folder `file` is in, as `check run` filters by it.
fn family(file: &Path) -> Option<&'static str> {
    let is_in = |folder: &&(&str, _)| file.starts_with(Path::new("models/src").join(folder.0));
    FAMILIES.iter().find(is_in).map(|(_, filter)| *filter)
}

fn explore(copy: &Path, time: &str, family: Option<&str>) -> Result<Fate, String> {
    let check = copy.join("target/debug/check");
    let explored = Command::new(&check)
        .arg("run")
        .args(family)
        .args(["--fail-fast", "--format", "json", "--time", time])
        .current_dir(copy)
        .output()
        .map_err(about(&check))?;
    judge(&explored)
}

/// Copies what differs, so that only that is built again.
fn mirror(from: &Path, to: &Path) -> Result<(), String> {
    if from.is_dir() {
        fs::create_dir_all(to).map_err(about(to))?;
        for entry in fs::read_dir(to).map_err(about(to))? {
            let path = entry.map_err(about(to))?.path();
            let is_left = path.file_name().is_some_and(|name| !from.join(name).exists());
            if is_left {
                let removed =
                    if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.map_err(about(&path))?;
            }
        }
        for entry in fs::read_dir(from).map_err(about(from))? {
            let entry = entry.map_err(about(from))?;
            mirror(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    let wanted = fs::read(from).map_err(about(from))?;
    if !fs::read(to).is_ok_and(|present| present == wanted) {
        fs::write(to, wanted).map_err(about(to))?;
    }
    Ok(())
}

fn cargo(folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .map_err(|error| format!("cargo: {error}"))
}

/// Reads the report of `check run`: the first scenario that is not as claimed has caught the fault.
fn judge(explored: &Output) -> Result<Fate, String> {
    let report: Value = serde_json::from_slice(&explored.stdout).map_err(|error| {
        format!("{error} in what check printed: {}", String::from_utf8_lossy(&explored.stderr))
    })?;
    let scenarios = report["scenarios"].as_array().ok_or("a report without scenarios")?;
    let of_status = |status| scenarios.iter().find(move |scenario| scenario["status"] == status);
    let name = |scenario: &Value| scenario["scenario"].as_str().unwrap_or_default().to_owned();
    if let Some(scenario) = of_status("panicked") {
        let because = format!("panicked: {}", scenario["panicked"]["message"]);
        return Ok(Fate::Caught { scenario: name(scenario), because });
    }
    if let Some(scenario) = of_status("not-as-expected") {
        let properties = scenario["properties"].as_array().map_or(&[][..], Vec::as_slice);
        let differs = |property: &&Value| {
            property["as_expected"] == false && property["found"]["verdict"] != "undecided"
        };
        let because = properties.iter().find(differs).map_or_else(String::new, difference);
        return Ok(Fate::Caught { scenario: name(scenario), because });
    }
    let truncated: Vec<_> =
        scenarios.iter().filter(|scenario| scenario["status"] == "truncated").map(name).collect();
    Ok(Fate::Survived(if truncated.is_empty() {
        "every scenario came out as claimed".to_owned()
    } else {
        format!("nothing is wrong as far as these were explored: {}", truncated.join(", "))
    }))
}

fn difference(property: &Value) -> String {
    let words = |verdict: &Value| match verdict["steps"].as_u64() {
        Some(steps) => format!("{} in {steps}", verdict["verdict"].as_str().unwrap_or_default()),
        None => verdict["verdict"].as_str().unwrap_or_default().to_owned(),
    };
    let name = property["property"].as_str().unwrap_or_default();
    format!("{name}: {}, not {}", words(&property["found"]), words(&property["expected"]))
}

/// Prints what became of a fault. The answer is what the process exits with for it.
fn tell(fault: &Fault, fate: &Fate, out: &mut dyn Write) -> io::Result<u8> {
    let (word, said, code) = match fate {
        Fate::Caught { scenario, because } => ("caught", format!("{scenario}: {because}"), 0),
        Fate::Survived(said) => ("SURVIVED", said.clone(), 1),
        Fate::Unusable(said) => ("UNUSABLE", said.clone(), 2),
    };
    writeln!(out, "{:14} {word:8} {}\n{:24}{said}", fault.id, fault.what, "")?;
    out.flush()?;
    Ok(code)
}

fn about(path: &Path) -> impl FnOnce(io::Error) -> String + use<> {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
