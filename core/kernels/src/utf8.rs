//! Checking short text.
//!
//! Names and keys in frames are mostly a few ASCII bytes, for which the general check of the standard library costs ten times
//! what it takes to look at them once. Its answer is the one that counts: longer and other text goes to it.

use std::str::Utf8Error;

/// Up to this many bytes are looked at here.
const SHORT: usize = 32;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The text in some bytes, or where they stop being UTF-8: the same answer as [`std::str::from_utf8`].
#[inline]
pub fn utf8(bytes: &[u8]) -> Result<&str, Utf8Error> {
    if bytes.len() <= SHORT && is_ascii(bytes) {
        // SAFETY: every byte is below 0x80, and a sequence of ASCII bytes is UTF-8.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes)
}

/// Looks at the first and the last word, which overlap where the text is no longer than two, and at what lies between.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    let seen = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => middle_of(bytes) | u64::from_ne_bytes(*first) | u64::from_ne_bytes(*last),
        _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => u64::from(u32::from_ne_bytes(*first) | u32::from_ne_bytes(*last)),
            _ => bytes.iter().fold(0, |seen, byte| seen | u64::from(*byte)),
        },
    };
    seen & HIGH_BITS == 0
}

/// The words of a text of more than sixteen bytes, joined; the last one may be left out.
#[inline]
fn middle_of(bytes: &[u8]) -> u64 {
    if bytes.len() <= 16 {
        return 0;
    }
    bytes.as_chunks::<8>().0.iter().fold(0, |seen, word| seen | u64::from_ne_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_that_of_the_standard_library() {
        let texts = [
            "",
            "a",
            "node-a",
            "é",
            "aé",
            "日本語",
            "😀",
            "exactly thirty-two ASCII bytes..",
            "thirty-one bytes and one of two é",
        ];
        for text in texts {
            for start in 0..=text.len() {
                for end in start..=text.len() {
                    let bytes = &text.as_bytes()[start..end];
                    assert_eq!(utf8(bytes), std::str::from_utf8(bytes), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn one_high_byte_anywhere_is_seen() {
        for len in 0..40 {
            for place in 0..len {
                let mut bytes = vec![b'x'; len];
                bytes[place] = 0x80;
                assert_eq!(utf8(&bytes), std::str::from_utf8(&bytes), "{place} of {len}");
            }
        }
    }
}
