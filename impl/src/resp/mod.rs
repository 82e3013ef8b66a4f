//! The Redis serialization protocol, versions 2 and 3: bytes to commands, responses to bytes.
//!
//! Written here because it is short and the crates for it are not kept up. Any bytes lead to commands
//! and then at most one error, the same however they are split; nothing is reserved for what a
//! length merely announces.
//!
//! Source: *Redis serialization protocol specification*, redis.io; the error texts are those of
//! Redis, which clients compare with.

mod decode;
mod encode;

#[cfg(test)]
mod tests;

pub use decode::{Arguments, Decoder, Limits, ProtocolError};
pub use encode::{Response, Version};
