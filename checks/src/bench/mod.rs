//! The engine against Stateright's searches and against a floor, on the same scenarios in one run.
//!
//! Every measurement has a process of its own, so that none finds memory or caches as another has left
//! them, and repetitions take turns, so that what else the machine does falls on all alike. Read
//! [`Task`] for what is measured, [`Plan`] for in which order, [`Report`] for what it comes to,
//! and [`Bar`] for what is asked of it.

mod bar;
mod clock;
mod floor;
mod machine;
mod measurement;
mod plan;
mod process;
mod report;
mod sample;
mod task;
mod write;

pub use bar::{Bar, Verdict};
pub use machine::Machine;
pub use measurement::Measurement;
pub use plan::{Comparison, Plan, SMALL};
pub use process::Processes;
pub use report::{Compared, Report, Row, Tier};
pub use sample::Sample;
pub use task::{Request, Search, Task};
pub use write::{markdown, table};
