//! Durations: they belong to whoever keeps time, not to the machine.

use std::time::Duration;

/// How long a replica waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// One tick of the clock that the machine is shown. Leases are counted in ticks.
    pub tick: Duration,
    /// Between two repetitions of what may have been lost.
    pub heartbeat: Duration,
    /// Silence after which somebody is suspected, at least.
    pub suspect: Duration,
    /// The same, at most. Each time a moment between the two is drawn, so that replicas seldom
    /// suspect together.
    pub suspect_at_most: Duration,
    /// How long a candidate waits for answers before it decides without them.
    pub decide: Duration,
    /// How long a leader waits for acknowledgements.
    pub ack_timeout: Duration,
    /// Silence of a follower after which its leader drops it.
    pub evict: Duration,
    /// Silence of a leader after which the controller appoints another.
    pub appoint: Duration,
    /// How often what need not be on stable storage is brought there all the same.
    pub lazy_sync: Duration,
    /// How long what no client waits for lingers at most, so that more can go with it.
    pub linger: Duration,
    /// How long a coordinator waits for homes before it turns to those that stand in for them.
    pub fallback: Duration,
    /// How long a coordinator waits at all.
    pub deadline: Duration,
    /// Between two offers of a hint to its owner.
    pub handoff: Duration,
    /// Since the last hint came, where hints are kept for a while.
    pub expire_hints: Duration,
    /// Between two rounds of anti-entropy, at most.
    pub compare: Duration,
    /// Since anything was stored, where tombstones are kept for a while.
    pub reap: Duration,
}

impl Timers {
    /// `duration` as the clock of a machine counts it.
    #[must_use]
    pub fn in_ticks(&self, duration: Duration) -> u64 {
        let ticks = duration.as_nanos() / self.tick.as_nanos().max(1);
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            tick: Duration::from_millis(1),
            heartbeat: Duration::from_millis(50),
            suspect: Duration::from_millis(500),
            suspect_at_most: Duration::from_millis(1_000),
            decide: Duration::from_millis(200),
            ack_timeout: Duration::from_millis(1_000),
            evict: Duration::from_millis(1_000),
            appoint: Duration::from_millis(1_000),
            lazy_sync: Duration::from_millis(1_000),
            linger: Duration::from_millis(1),
            fallback: Duration::from_millis(200),
            deadline: Duration::from_millis(1_000),
            handoff: Duration::from_millis(1_000),
            expire_hints: Duration::from_secs(3 * 60 * 60),
            compare: Duration::from_millis(1_000),
            reap: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// How long a timer runs: a moment between the two is drawn each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// At least so long.
    pub at_least: Duration,
    /// At most so long.
    pub at_most: Duration,
}

impl Patience {
    /// Always the same.
    #[must_use]
    pub const fn exactly(duration: Duration) -> Self {
        Self { at_least: duration, at_most: duration }
    }
}

/// A duration such as `50ms`, `2s` or `250us`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wanted = || format!("\"{text}\" is no duration: a number and a unit, such as 50ms or 2s");
    let unit = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wanted)?;
    let number: u64 = text[..unit].parse().map_err(|_| wanted())?;
    let duration = match &text[unit..] {
        "us" => Duration::from_micros(number),
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        _ => return Err(wanted()),
    };
    let longest = Duration::from_secs(24 * 60 * 60);
    match duration {
        Duration::ZERO => Err(format!("\"{text}\": nothing can be waited for that long")),
        long if long > longest => Err(format!("\"{text}\" is longer than a day")),
        usable => Ok(usable),
    }
}
