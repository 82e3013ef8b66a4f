//! How a search keeps the states that it has seen.

/// How states are to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// Whether in less memory, which takes more time.
    pub compressed: bool,
}

impl Storage {
    /// In memory, each as a row of its own.
    pub const PLAIN: Self = Self { compressed: false };
}

/// How states were kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Whether rows were compressed.
    pub compressed: bool,
}
