//! Real processes on loopback.

mod chaos;
mod cluster;
mod demo;
mod operations;
mod relay;
mod serving;
