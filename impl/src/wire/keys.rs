//! Keys: AES-256-GCM, one for each ordered pair of replicas and each start of the sender.
//!
//! The key is HKDF-SHA256 of the pair's secret, with sender, receiver and boot as its context. The
//! nonce is the sequence number. Both are used once: a replica that starts again has another boot.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use holdfast_models::vocabulary::ReplicaId;

use super::header::{Boot, HEADER_LENGTH};
use crate::config::Secret;

/// Bytes that sealing adds at the end.
pub const TAG_LENGTH: usize = 16;

const CONTEXT: &[u8] = b"holdfast datagram 1";

/// Seals the datagrams of one direction, or opens them.
pub(super) struct Key(LessSafeKey);

impl Key {
    /// The key for what `from`, since it started at `boot`, says to `to`.
    pub(super) fn derive(secret: &Secret, from: ReplicaId, to: ReplicaId, boot: Boot) -> Self {
        let mut who = [0; 18];
        who[0] = from.0;
        who[1] = to.0;
        who[2..10].copy_from_slice(&boot.count.to_le_bytes());
        who[10..].copy_from_slice(&boot.salt.to_le_bytes());
        let extracted = Salt::new(HKDF_SHA256, CONTEXT).extract(&secret.0);
        let context: [&[u8]; 1] = [&who];
        let expanded = extracted.expand(&context, &AES_256_GCM);
        let key = expanded.map(UnboundKey::from).expect("a key is shorter than HKDF's limit");
        Self(LessSafeKey::new(key))
    }

    /// Encrypts what follows the header in `datagram`, and adds the tag.
    pub(super) fn seal(&self, sequence: u64, datagram: &mut Vec<u8>) {
        let (header, body) = datagram.split_at_mut(HEADER_LENGTH);
        let tag = self.0.seal_in_place_separate_tag(nonce(sequence), Aad::from(&*header), body);
        let tag = tag.expect("a datagram is shorter than the cipher's limit");
        datagram.extend_from_slice(tag.as_ref());
    }

    /// Decrypts what follows the header in `datagram`. Nothing if it is not authentic.
    pub(super) fn open<'a>(&self, sequence: u64, datagram: &'a mut [u8]) -> Option<&'a [u8]> {
        let (header, body) = datagram.split_at_mut(HEADER_LENGTH);
        self.0.open_in_place(nonce(sequence), Aad::from(&*header), body).ok().map(|body| &*body)
    }
}

fn nonce(sequence: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&sequence.to_le_bytes());
    Nonce::assume_unique_for_key(bytes)
}
