//! What the project asks of the engine, and whether it gets that.

use std::fmt;

use serde::Serialize;

use super::report::Report;
use super::sample::Sample;
use super::task::Search;

/// How much faster than Stateright's search breadth first one thread has to be.
const TIMES_REFERENCE: f64 = 20.0;
/// How much faster two threads have to be than one.
const SECOND_THREAD: f64 = 1.7;
/// How many bytes of memory a state may take, parents included.
const BYTES_A_STATE: f64 = 24.0;
/// And how many if states are compressed.
const BYTES_COMPRESSED: f64 = 12.0;
/// How many seconds the quick tier may take.
const QUICK_TIER: f64 = 20.0;
/// How many seconds a small scenario may take, from start to verdict.
const START: f64 = 0.05;

/// Only scenarios with so many states say how fast the engine is, and how large.
const MANY_STATES: usize = 1_000_000;
/// And only those with so many how large it is: caches are large, too.
const VERY_MANY_STATES: usize = 10_000_000;
/// With less of a processor, a time by the clock says more about the machine than about the engine.
const LEAST_SHARE: f64 = 0.9;

/// Something that is asked of the engine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// What, in words.
    pub what: String,
    /// What was found.
    pub found: Sample,
    /// The bar.
    pub bar: f64,
    /// What both are.
    pub unit: &'static str,
    /// Whether it is met.
    pub verdict: Verdict,
}

/// Whether a bar is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// By every repetition.
    Met,
    /// By none, while the machine had nothing else to do.
    Missed,
    /// By some, or the machine was busy.
    TooNoisy,
}

/// On which side of the bar it is good.
#[derive(Clone, Copy)]
enum Side {
    Above,
    Below,
}

impl Bar {
    /// The bars that `report` says something about.
    #[must_use]
    pub fn all(report: &Report) -> Vec<Self> {
        let mut bars = Vec::new();
        let share = report.share().map_or(1.0, |share| share.median);
        let large = report.largest(Search::BreadthFirst);
        if let Some(large) = large.filter(|large| large.states >= MANY_STATES) {
            let alone = large.row(Search::Engine { threads: 1 });
            let times = alone.and_then(|row| row.times_reference);
            let on = &large.scenario;
            bars.extend([
                Self::new(times, Side::Above, TIMES_REFERENCE, "times", 1.0, || {
                    format!("{on}: one thread as fast as Stateright's search breadth first")
                }),
                Self::new(large.second_thread, Side::Above, SECOND_THREAD, "times", share, || {
                    format!("{on}: two threads as fast as one")
                }),
            ]);
        }
        let large = report.largest(Search::Compressed);
        if let Some(large) = large.filter(|large| large.states >= VERY_MANY_STATES) {
            let resident = |search| large.row(search).and_then(|row| row.resident_a_state);
            let plain = resident(Search::Engine { threads: 1 });
            let compressed = resident(Search::Compressed);
            let on = &large.scenario;
            bars.extend([
                Self::new(plain, Side::Below, BYTES_A_STATE, "bytes", 1.0, || {
                    format!("{on}: a state in memory")
                }),
                Self::new(compressed, Side::Below, BYTES_COMPRESSED, "bytes", 1.0, || {
                    format!("{on}: a state in memory, compressed")
                }),
            ]);
        }
        let tier = report.quick_tier.as_ref().map(|tier| tier.seconds);
        bars.push(Self::new(tier, Side::Below, QUICK_TIER, "s", share, || "quick tier".to_owned()));
        bars.push(Self::new(report.start, Side::Below, START, "s", share, || {
            "a small scenario from start to verdict".to_owned()
        }));
        bars.into_iter().flatten().collect()
    }

    /// `share` is which part of the time there was a processor, if that counts.
    fn new(
        found: Option<Sample>,
        side: Side,
        bar: f64,
        unit: &'static str,
        share: f64,
        what: impl FnOnce() -> String,
    ) -> Option<Self> {
        let found = found?;
        let is_met = |value: f64| match side {
            Side::Above => value >= bar,
            Side::Below => value <= bar,
        };
        let verdict = match [found.min, found.max].map(is_met) {
            [true, true] => Verdict::Met,
            [false, false] if share >= LEAST_SHARE => Verdict::Missed,
            [false, false] | [true, false] | [false, true] => Verdict::TooNoisy,
        };
        Some(Self { what: what(), found, bar, unit, verdict })
    }

    /// What was asked, and what was found.
    #[must_use]
    pub fn told(&self) -> [String; 3] {
        let number = |value: f64| match self.unit {
            "s" if self.bar < 1.0 => format!("{:.0} ms", value * 1e3),
            unit => format!("{value:.1} {unit}"),
        };
        [self.what.clone(), number(self.bar), self.found.told(number)]
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::TooNoisy => "too noisy to tell",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(values: [f64; 2], side: Side, share: f64) -> Verdict {
        let bar = Bar::new(Sample::of(values), side, 20.0, "times", share, || "it".to_owned());
        bar.expect("something was found").verdict
    }

    #[test]
    fn a_bar_is_met_or_missed_only_by_all_repetitions() {
        assert_eq!(verdict([21.0, 22.0], Side::Above, 1.0), Verdict::Met);
        assert_eq!(verdict([18.0, 19.0], Side::Above, 1.0), Verdict::Missed);
        assert_eq!(verdict([19.0, 25.0], Side::Above, 1.0), Verdict::TooNoisy);
        assert_eq!(verdict([18.0, 19.0], Side::Below, 1.0), Verdict::Met);
        assert_eq!(verdict([21.0, 22.0], Side::Below, 1.0), Verdict::Missed);
    }

    #[test]
    fn nothing_is_missed_on_a_busy_machine_and_what_is_met_is_met() {
        assert_eq!(verdict([18.0, 19.0], Side::Above, 0.5), Verdict::TooNoisy);
        assert_eq!(verdict([21.0, 22.0], Side::Above, 0.5), Verdict::Met);
    }
}
