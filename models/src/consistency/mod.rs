//! What clients may observe: histories and the guarantees that judge them. Knows no protocol.

mod history;

pub use history::{History, OperationId, Phase, Record, Returned};
