//! The engine against searches that take whole states.

mod random;
mod scenarios;
mod table;
