//! Registers: their names, and what they hold.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Refusal;

/// The name of a register: any bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key(#[serde(with = "super::bytes")] Arc<[u8]>);

/// The content of a register: any bytes. Counters hold their decimal text, as in Redis.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Value(#[serde(with = "super::bytes")] Arc<[u8]>);

impl Key {
    /// The key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Value {
    /// The value's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The number whose decimal text this value is, if it is one: the shortest such text, as Redis
    /// reads numbers, so that each number has one.
    #[must_use]
    pub fn as_number(&self) -> Option<i64> {
        decimal(&self.0)
    }
}

/// What adding `amount` to the number `value` comes to; nothing counts as 0.
///
/// # Errors
/// If `value` is no number, or the sum is out of range.
pub fn added(value: Option<&Value>, amount: i64) -> Result<i64, Refusal> {
    let number = value.map_or(Some(0), Value::as_number).ok_or(Refusal::NotANumber)?;
    number.checked_add(amount).ok_or(Refusal::OutOfRange)
}

/// The number whose shortest decimal text `text` is, if it is one.
#[must_use]
pub fn decimal(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_shortest =
        digits.first().is_some_and(u8::is_ascii_digit) && (digits[0] != b'0' || text.len() == 1);
    if is_shortest { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl From<&[u8]> for Key {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self(number.to_string().into_bytes().into())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
