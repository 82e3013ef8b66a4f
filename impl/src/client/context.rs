//! What a client knows of a register, as text that it hands in again.

use std::fmt::Write;

use holdfast_models::vocabulary::{Context, Key};

/// The token that says which updates of `key` are known.
///
/// # Panics
/// Never: a context always has an encoding.
#[must_use]
pub fn context_token(key: &Key, context: &Context) -> String {
    let bytes = postcard::to_stdvec(context).expect("a context is plain data");
    let sum = checksum(key, &bytes).to_be_bytes();
    sum.iter().chain(&bytes).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What `token` says is known of `key`.
///
/// # Errors
/// If it is no token, or one of another key: whatever is put with it would replace what its author
/// has never seen.
pub fn known_by(key: &Key, token: &str) -> Result<Context, &'static str> {
    let wrong = "no context token of this key";
    let digits = |at: usize| {
        let pair = token.get(at..at + 2)?;
        // A sign would be read as well.
        let is_hexadecimal = pair.bytes().all(|digit| digit.is_ascii_hexdigit());
        u8::from_str_radix(pair, 16).ok().filter(|_| is_hexadecimal)
    };
    let bytes: Option<Vec<u8>> = (0..token.len()).step_by(2).map(digits).collect();
    let bytes = bytes.ok_or(wrong)?;
    let (sum, bytes) = bytes.split_at_checked(4).ok_or(wrong)?;
    if sum != checksum(key, bytes).to_be_bytes() {
        return Err(wrong);
    }
    postcard::from_bytes(bytes).map_err(|_| wrong)
}

fn checksum(key: &Key, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key.as_bytes()), bytes)
}

#[cfg(test)]
mod tests {
    use holdfast_models::vocabulary::{Dot, ReplicaId};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_token_says_what_was_known_of_its_key_alone(
            dots in prop::collection::vec((0..4_u8, 1..9_u64), 0..6),
            at in any::<prop::sample::Index>(),
        ) {
            let dots = dots.into_iter();
            let context: Context =
                dots.map(|(id, counter)| Dot { replica: ReplicaId(id), counter }).collect();
            let (key, other) = (Key::from("x"), Key::from("y"));
            let token = context_token(&key, &context);
            prop_assert_eq!(known_by(&key, &token), Ok(context));
            prop_assert!(known_by(&other, &token).is_err());
            let mut altered = token.into_bytes();
            let at = at.index(altered.len());
            altered[at] = if altered[at] == b'0' { b'1' } else { b'0' };
            let altered = String::from_utf8(altered).expect("it is ASCII");
            prop_assert!(known_by(&key, &altered).is_err());
        }

        #[test]
        fn any_other_text_is_refused(text in ".{0,40}") {
            prop_assert!(known_by(&Key::from("x"), &text).is_err());
        }
    }
}
