//! The protocol, rule by rule and as a whole.
//!
//! `bench` runs one replica alone, `generate` makes up configurations and inputs.

mod bench;
mod generate;

mod agreement;
mod anti_entropy;
mod asking;
mod coordinating;
mod deleting;
mod membership;
mod obsolete;
mod placement;
mod quorums;
mod registers;
mod standing_in;
mod storing;
mod totality;
mod versions;

#[cfg(feature = "model-checking")]
mod exploration;
