//! One register: what it can hold, what an operation tells of it and does to it.

use crate::vocabulary::Value;

/// What a register holds.
///
/// A value that is the text of a number is that number, so that a sum nobody wrote down compares
/// equal to the value that a read found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Content<'h> {
    /// It was never written, or what was written was deleted.
    Nothing,
    /// The number whose decimal text it holds.
    Number(i64),
    /// Anything else.
    Text(&'h Value),
}

/// What an operation found before its own effect, as far as its outcome tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'h> {
    /// Any content is possible.
    Untold,
    /// This content.
    Exactly(Content<'h>),
    /// Another content than this one: a compare-and-set that changed nothing.
    Other(Content<'h>),
    /// A content that counts as this number: an addition that was told its sum.
    Counted(i64),
}

/// What an operation does to its register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect<'h> {
    /// It leaves the content as it is.
    None,
    /// It replaces the content.
    Put(Content<'h>),
    /// It adds to the number that the content counts as.
    Add(i64),
}

impl<'h> Content<'h> {
    /// The content of a register that holds `value`.
    pub(super) fn of(value: &'h Value) -> Self {
        value.as_number().map_or(Self::Text(value), Self::Number)
    }

    /// The content of a register that holds `value`, if there is one.
    pub(super) fn of_option(value: Option<&'h Value>) -> Self {
        value.map_or(Self::Nothing, Self::of)
    }

    /// What additions of `sum` in all make of it; `None` if it is no number, or out of range.
    pub(super) fn plus(self, sum: i128) -> Option<Self> {
        i64::try_from(i128::from(self.number()?) + sum).ok().map(Self::Number)
    }

    /// The number that an addition starts from, if it can.
    pub(super) fn number(self) -> Option<i64> {
        match self {
            Self::Nothing => Some(0),
            Self::Number(number) => Some(number),
            Self::Text(_) => None,
        }
    }
}

impl Found<'_> {
    /// The number that what was found counts as, if it is known to be one.
    pub(super) fn number(self) -> Option<i64> {
        match self {
            Self::Exactly(Content::Number(number)) | Self::Counted(number) => Some(number),
            Self::Exactly(Content::Nothing | Content::Text(_)) | Self::Other(_) | Self::Untold => {
                None
            }
        }
    }

    /// Whether an operation that found this may have found `content`.
    pub(super) fn allows(self, content: Content<'_>) -> bool {
        match self {
            Self::Untold => true,
            Self::Exactly(found) => found == content,
            Self::Other(missed) => missed != content,
            Self::Counted(number) => content.number() == Some(number),
        }
    }
}

impl<'h> Effect<'h> {
    /// What `content` becomes; `None` if the operation cannot take effect on it.
    pub(super) fn on(self, content: Content<'h>) -> Option<Content<'h>> {
        match self {
            Self::None => Some(content),
            Self::Put(content) => Some(content),
            Self::Add(amount) => content.plus(i128::from(amount)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shortest_decimal_text_is_a_number() {
        for (text, number) in [("0", 0), ("7", 7), ("-7", -7), ("-9223372036854775808", i64::MIN)] {
            assert_eq!(Content::of(&Value::from(text)), Content::Number(number), "{text}");
            assert_eq!(Value::from(number), Value::from(text));
        }
        for text in ["", "-", "-0", "+7", "007", "7 ", "seven", "9223372036854775808"] {
            let value = Value::from(text);
            assert_eq!(Content::of(&value), Content::Text(&value), "{text}");
        }
    }

    #[test]
    fn numbers_can_be_added_to_where_there_is_nothing_or_a_number() {
        assert_eq!(Effect::Add(1).on(Content::Nothing), Some(Content::Number(1)));
        assert_eq!(Effect::Add(1).on(Content::Number(i64::MAX)), None);
        assert_eq!(Effect::Add(1).on(Content::of(&Value::from("007"))), None);
    }
}
