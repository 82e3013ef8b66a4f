//! The engine against searches that take whole states.

mod graph;
mod liveness;
mod random;
mod scenarios;
mod storage;
mod table;
mod together;
