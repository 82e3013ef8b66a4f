//! Short digests that are the same on every machine and in every build.

use aws_lc_rs::digest::{Context, SHA256};

/// The first eight bytes of a SHA-256 over `domain` and `bytes`. Different domains never meet.
#[must_use]
pub fn digest(domain: &[u8], bytes: &[u8]) -> u64 {
    let mut context = Context::new(&SHA256);
    context.update(&(domain.len() as u64).to_le_bytes());
    context.update(domain);
    context.update(bytes);
    let full = context.finish();
    let mut first = [0; 8];
    first.copy_from_slice(&full.as_ref()[..8]);
    u64::from_le_bytes(first)
}
