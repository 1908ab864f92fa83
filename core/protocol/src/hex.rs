//! Digests as lower-case hexadecimal text.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The two digits of a byte.
const fn digits_of(byte: u8) -> [u8; 2] {
    [DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]]
}

/// The 64 digits of a digest.
pub(crate) fn digest_text(digest: &[u8; 32]) -> [u8; 64] {
    let mut text = [0; 64];
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        *pair = digits_of(*byte);
    }
    text
}

/// Appends the digits of some bytes.
pub(crate) fn push_hex(out: &mut String, bytes: &[u8]) {
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.extend(digits_of(*byte).map(char::from));
    }
}

/// The digits of some bytes.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(&mut text, bytes);
    text
}

/// The digest that a text of exactly 64 lower-case digits names.
pub(crate) fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    if pairs.len() != 32 {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(digest)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_survive_as_text() {
        let digest: [u8; 32] = std::array::from_fn(|index| (index * 37) as u8);
        let text = to_hex(&digest);
        assert_eq!(text.as_bytes(), digest_text(&digest));
        assert_eq!(parse_digest(&text), Some(digest));
        assert!(text.starts_with("00254a6f"));
    }

    #[test]
    fn only_one_spelling_is_a_digest() {
        let good = "0".repeat(64);
        assert!(parse_digest(&good).is_some());
        for bad in [
            &good[1..],
            "",
            &format!("{good}0"),
            &good.replace('0', "A"),
            &format!("é{}", &good[2..]),
            &format!("+{}", &good[1..]),
        ] {
            assert_eq!(parse_digest(bad), None, "{bad}");
        }
    }
}
