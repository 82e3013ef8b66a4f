//! Mechanisms that models can switch off, to see what each is for: the same set of them for every
//! protocol that has some.

/// Declares the safeguards of a protocol, each with what it does: `Safeguard`, and `Safeguards`, the
/// set of those that are on.
macro_rules! safeguards {
    ($($(#[$what:meta])* $name:ident,)+) => {
        /// A mechanism that a scenario can switch off and a node cannot. Each has a scenario that
        /// fails without it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Safeguard {
            $($(#[$what])* $name,)+
        }

        impl Safeguard {
            /// Every safeguard.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }

        /// The safeguards that are on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct Safeguards {
            off: u32,
        }

        impl Safeguards {
            /// All of them: what a node has.
            pub const ALL: Self = Self { off: 0 };

            /// Whether `safeguard` is on.
            #[must_use]
            pub const fn contain(self, safeguard: Safeguard) -> bool {
                self.off & (1 << safeguard as u32) == 0
            }

            /// These without `safeguard`: only for models, to see what it is for.
            #[cfg(any(test, feature = "model-checking"))]
            #[must_use]
            pub const fn without(self, safeguard: Safeguard) -> Self {
                Self { off: self.off | 1 << safeguard as u32 }
            }
        }
    };
}

pub(crate) use safeguards;
