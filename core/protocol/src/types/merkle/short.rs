//! SHA-256 of messages that lie in one buffer: what the general hasher spends on buffering, a record's few blocks would notice.

use sha2::block_api::compress256;

use super::store::Digest;

const BLOCK: usize = 64;
/// Bytes of the message length at the end of the last block.
const LENGTH: usize = 8;
/// The initial state of SHA-256 (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 of the message in a buffer, which is left empty.
pub(super) fn digest(message: &mut Vec<u8>) -> Digest {
    let bits = message.len() as u64 * 8;
    message.push(0x80);
    let end = (message.len() + LENGTH).next_multiple_of(BLOCK);
    message.resize(end - LENGTH, 0);
    message.extend_from_slice(&bits.to_be_bytes());
    let mut state = INITIAL;
    compress256(&mut state, message.as_chunks().0);
    message.clear();
    bytes_of(state)
}

fn bytes_of(state: [u32; 8]) -> Digest {
    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn every_length_hashes_as_the_general_hasher_does() {
        let mut buffer = Vec::new();
        for length in 0..300 {
            let message: Vec<_> = (0..length).map(|index| (index * 31) as u8).collect();
            buffer.extend_from_slice(&message);
            assert_eq!(digest(&mut buffer), <[u8; 32]>::from(Sha256::digest(&message)), "{length} bytes");
            assert!(buffer.is_empty());
        }
    }
}
