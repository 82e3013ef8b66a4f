//! Changes to a part of what is at a key: to a set, or to a text.

use serde::{Deserialize, Serialize};

use super::Value;

/// A change to a part of what is at a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Edit {
    /// The set there has this element.
    Include(Value),
    /// The set there does not have this element.
    Exclude(Value),
    /// The text there has another element, at this place or at its end if it is shorter.
    Insert {
        /// Where.
        place: Place,
        /// What: a character, a word, a paragraph.
        element: Value,
    },
    /// The text there no longer has the element at this place.
    Erase {
        /// Where.
        place: Place,
    },
}

/// A place in a text, counted in elements from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place(pub u32);

impl Edit {
    /// The element that the edit names, if it names one.
    #[must_use]
    pub const fn element(&self) -> Option<&Value> {
        match self {
            Self::Include(element) | Self::Exclude(element) | Self::Insert { element, .. } => {
                Some(element)
            }
            Self::Erase { .. } => None,
        }
    }
}

impl Place {
    /// The place as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}
