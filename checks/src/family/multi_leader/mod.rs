//! Multi-leader replication on the command line: one family for each protocol.

mod certification;
mod convergent;
mod home_region;
mod locking;
