//! The command line around the explorations: what is claimed in the tables of the models, compared
//! with what exploring finds.
//!
//! Read [`catalog`] for what there is to explore, [`explore`] for how, [`verdict`] for what it comes
//! to, and [`command`] for what can be asked. [`report`] and [`document`] write the answers, and
//! [`mod@bench`] measures what they cost.

pub mod ask;
pub mod atlas;
pub mod bench;
pub mod catalog;
pub mod command;
pub mod describe;
pub mod document;
mod engine;
pub mod error;
pub mod explore;
pub mod family;
pub mod report;
pub mod scale_out;
pub mod schedule;
pub mod spelling;
pub mod staleness;
pub mod suggest;
pub mod units;
pub mod verdict;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
