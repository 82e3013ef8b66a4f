//! Repetitions of one measurement.

use serde::{Deserialize, Serialize};

/// What repeating a measurement came to: it says less the farther its ends are apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The middle one, or the mean of the two in the middle.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

impl Sample {
    /// Of these repetitions. `None` if there are none, or one is no number.
    #[must_use]
    pub fn of(repetitions: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<_> = repetitions.into_iter().collect();
        if sorted.iter().any(|value| !value.is_finite()) {
            return None;
        }
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = &sorted[(sorted.len() - 1) / 2..=sorted.len() / 2];
        Some(Self { median: middle.iter().sum::<f64>() / middle.len() as f64, min, max })
    }

    /// How far the ends are apart, as a part of the median.
    #[must_use]
    pub fn spread(&self) -> f64 {
        if self.median == 0.0 { 0.0 } else { (self.max - self.min) / self.median }
    }

    /// The median and the ends, as `show` writes them. The ends only where they look different.
    #[must_use]
    pub fn told(&self, show: impl Fn(f64) -> String) -> String {
        let [median, min, max] = [self.median, self.min, self.max].map(show);
        if min == max { median } else { format!("{median} ({min}..{max})") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        let odd = Sample::of([9.0, 1.0, 2.0]).expect("three numbers");
        assert_eq!((odd.median, odd.min, odd.max, odd.spread()), (2.0, 1.0, 9.0, 4.0));
        let even = Sample::of([4.0, 1.0, 2.0, 3.0]).expect("four numbers");
        assert_eq!(even.median, 2.5);
        assert_eq!(Sample::of([]), None);
        assert_eq!(Sample::of([1.0, f64::NAN]), None);
    }

    #[test]
    fn ends_are_told_where_they_differ() {
        let whole = |value: f64| format!("{value:.0}");
        let told = |values: &[f64]| Sample::of(values.iter().copied()).map(|it| it.told(whole));
        assert_eq!(told(&[1.0, 1.2, 1.4]).as_deref(), Some("1"));
        assert_eq!(told(&[1.0, 2.0, 4.0]).as_deref(), Some("2 (1..4)"));
    }
}
