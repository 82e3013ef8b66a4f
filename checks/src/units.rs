//! Sizes and durations, as people write them.

use std::time::Duration;

const SIZES: &[(&str, u64)] = &[
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("K", 1 << 10),
    ("M", 1 << 20),
    ("G", 1 << 30),
];

const DURATIONS: &[(&str, u64)] =
    &[("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000)];

/// Reads bytes, such as `512M` or `8G`.
///
/// # Errors
/// If it is not a whole number and a unit.
pub fn size(text: &str) -> Result<u64, String> {
    measure(text, SIZES).ok_or_else(|| format!("\"{text}\" is no size, like 512M or 8G"))
}

/// Reads a duration, such as `90s` or `10m`.
///
/// # Errors
/// If it is not a whole number and a unit.
pub fn duration(text: &str) -> Result<Duration, String> {
    measure(text, DURATIONS)
        .map(Duration::from_millis)
        .ok_or_else(|| format!("\"{text}\" is no duration, like 90s, 10m or 1h"))
}

fn measure(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// A duration as a table shows it.
#[must_use]
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// A count with its thousands apart.
#[must_use]
pub fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_need_a_unit_they_know() {
        assert_eq!(size("8G"), Ok(8 << 30));
        assert_eq!(size("512 MiB"), Ok(512 << 20));
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        for wrong in ["", "8", "G", "-1G", "1.5G", "8X", "99999999999999999999G", "9999999999999G"]
        {
            assert!(size(wrong).is_err(), "{wrong}");
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn thousands_stand_apart() {
        let counts = [0, 999, 1_000, 1_234_567].map(thousands);
        assert_eq!(counts, ["0", "999", "1,000", "1,234,567"]);
    }
}
