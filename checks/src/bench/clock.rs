//! How long something took, and how much memory it took at most.

use std::fs;
use std::time::{Duration, Instant};

/// What `work` came to, and what it took.
pub(super) fn watched<T>(work: impl FnOnce() -> T) -> (T, Taken) {
    let (before, computed_before, begun) = (resident(), computed(), Instant::now());
    let outcome = work();
    let wall = begun.elapsed();
    let computed = computed().zip(computed_before).map(|(after, before)| after - before);
    // A process measures once, so what it ever had at most it had meanwhile.
    let resident = most_resident().zip(before).map(|(most, before)| most.saturating_sub(before));
    (outcome, Taken { wall, computed: computed.unwrap_or(wall), resident })
}

/// What something took.
pub(super) struct Taken {
    /// By the clock.
    pub(super) wall: Duration,
    /// What all threads of the process computed meanwhile, whatever else the machine did; by the
    /// clock where the system does not say.
    pub(super) computed: Duration,
    /// Bytes of memory at most, beyond those before. `None` where the system does not say.
    pub(super) resident: Option<usize>,
}

#[cfg(unix)]
fn computed() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).ok()
}

#[cfg(not(unix))]
fn computed() -> Option<Duration> {
    None
}

fn resident() -> Option<usize> {
    memory_stats::memory_stats().map(|stats| stats.physical_mem)
}

/// Bytes of memory that this process ever had at most.
fn most_resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kibibytes << 10)
}
