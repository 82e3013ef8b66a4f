//! The engine against searches that take whole states.

mod graph;
mod liveness;
mod random;
mod scenarios;
mod storage;
#[path = "../support/supervised.rs"]
mod supervised;
mod symmetry;
mod table;
mod together;
