//! The Redis commands: what each asks of the store, and how it is answered.
//!
//! A command is planned from its arguments alone. What concerns its connection is answered from a
//! [`Session`]; what concerns keys is a [`Task`], which asks the store one round of operations after
//! another and sends nothing itself. Commands between `MULTI` and `EXEC` are one task. Meanings and differences from Redis: `spec-docs/clients.md`.

mod connection;
mod describe;
mod each;
mod edit;
mod failure;
mod gather;
mod plan;
mod planner;
mod shown;
mod table;
mod task;
mod transaction;
mod unsupported;
mod view;
mod wait;

#[cfg(test)]
mod tests;

pub use connection::{Ending, Facts, Session};
pub use failure::failed;
pub use plan::Plan;
pub use planner::{Planner, plan};
pub use shown::Shown;
pub use table::{COMMANDS, Command, Kind, Meaning, find};
pub use task::{Answered, Step, Task};
pub use transaction::Watched;
pub use wait::{Held, Updated, Wait, guaranteed_followers};
