//! Real processes on loopback.

mod certification;
mod chaos;
mod cluster;
mod convergent;
mod demo;
mod home_region;
mod leaderless;
mod locking;
mod operations;
mod relay;
mod serving;
