//! The protocol, rule by rule and as a whole.
//!
//! One file for each section of the protocol; one rule a test. `bench` runs a participant alone,
//! `messages` says things in few words, `well_formed` is what holds after any step.

mod bench;
mod generate;
mod messages;
mod well_formed;

mod start;

mod acknowledgement;
mod catch_up;
mod coalesce;
mod election;
mod following;
mod in_sync;
mod leases;
mod membership;
mod obsolete;
mod reads;
mod registry;
mod replication;
mod takeover;
mod timeouts;
mod totality;
mod truncation;
mod updates;
mod validity;
mod visibility;

#[cfg(feature = "model-checking")]
mod exploration;
#[cfg(feature = "model-checking")]
mod safeguards;
