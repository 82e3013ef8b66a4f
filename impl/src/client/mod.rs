//! The native client protocol, over UDP: one datagram asks, one answers.
//!
//! A request is asked again, of whoever may lead by then, until it is answered or its deadline has
//! passed. It keeps its number, so however often it arrives it takes effect once. What comes of an
//! update that was given up on is [`Failure::Indeterminate`], never a mere failure.

mod attempts;
mod blocking;
mod context;
mod datagram;
mod document;
mod failure;
mod numbers;

pub use attempts::{Attempts, Next, Way};
pub use blocking::{Client, ClientError, Heard};
pub use context::{context_token, known_by};
pub use datagram::{Body, ClientKey, DatagramError, MAX_DATAGRAM, MAX_KEY, MAX_VALUE, fits};
pub use document::{Document, Typed};
pub use failure::Failure;
pub use numbers::Numbers;
