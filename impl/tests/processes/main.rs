//! Real processes on loopback.

mod certification;
mod chaos;
mod cluster;
mod convergent;
mod demo;
mod leaderless;
mod operations;
mod relay;
mod serving;
