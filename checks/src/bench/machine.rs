//! The machine that was measured on, and the program.

use std::fs;
use std::num::NonZero;
use std::thread;

use serde::{Deserialize, Serialize};

/// What has to be known of a machine to make anything of what was measured on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The model of its processor.
    pub processor: String,
    /// How many threads it runs at the same time.
    pub cores: usize,
    /// Bytes of memory, where the system says.
    pub memory: Option<u64>,
    /// The version of the program.
    pub version: String,
    /// Whether the program checks itself while it runs, as developers have it.
    pub debug_assertions: bool,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn this() -> Self {
        let unknown = || format!("{} processor of unknown model", std::env::consts::ARCH);
        let kibibytes = |text: String| text.trim_end_matches("kB").trim().parse::<u64>().ok();
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: thread::available_parallelism().map_or(1, NonZero::get),
            memory: field("/proc/meminfo", "MemTotal").and_then(kibibytes).map(|kib| kib << 10),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            debug_assertions: cfg!(debug_assertions),
        }
    }

    /// In one sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { processor, cores, memory, version, debug_assertions } = self;
        let noun = if *cores == 1 { "core" } else { "cores" };
        let memory = memory.map_or_else(
            || "memory of unknown size".to_owned(),
            |bytes| format!("{:.0} GiB of memory", bytes as f64 / f64::from(1 << 30)),
        );
        let with = if *debug_assertions { "with" } else { "without" };
        format!("{processor}, {cores} {noun}, {memory}; version {version}, {with} debug assertions")
    }
}

/// The first value called `name` in a file of lines like `name : value`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(key, _)| key.trim() == name)?;
    Some(value.trim().to_owned())
}
