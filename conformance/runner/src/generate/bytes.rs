//! Bytes of version 2 put together by hand.

use crate::wire2;

/// Bytes from hexadecimal digits; blanks between them are for readers.
pub(super) fn hex(digits: &str) -> Vec<u8> {
    let packed: String = digits.split_whitespace().collect();
    crate::hex::decode(&packed).unwrap_or_default()
}

/// The canonical frame of a body in hexadecimal digits.
pub(super) fn frame(tag: u8, body: &str) -> Vec<u8> {
    wire2::canonical(tag, &hex(body))
}

/// A number in the fewest bytes.
pub(super) fn varint(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// A zlib stream that holds its content uncompressed, so that no deflate implementation decides its bytes.
pub(super) fn stored_stream(content: &[u8]) -> Vec<u8> {
    let length = content.len() as u16;
    let head = [&[0x78, 0x01, 0x01][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
    [head, content.to_vec(), checksum(content).to_be_bytes().to_vec()].concat()
}

/// Adler-32.
fn checksum(content: &[u8]) -> u32 {
    let sums = content.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    sums.1 << 16 | sums.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_stream_inflates() {
        assert_eq!(crate::wire::unzip(&stored_stream(b"abc")), Ok(b"abc".to_vec()));
        assert_eq!(varint(300), [0xac, 0x02]);
    }
}
