//! Real processes on loopback.

mod chaos;
mod cluster;
mod operations;
mod relay;
