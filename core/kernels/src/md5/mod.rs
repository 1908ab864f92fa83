//! MD5 of many short messages at once.
//!
//! Version 1 of the protocol hashes the items of a sketch with MD5. Nothing here is meant for security.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod batch;
mod lanes;
mod portable;
mod rounds;
mod scalar;

pub use batch::Md5Batch;
pub use scalar::md5;

use crate::padding::{BLOCK_BYTES, Block};

/// State before the first block.
const INITIAL: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// The MD5 digest of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u32; 4]);

impl Digest {
    /// The sixteen bytes in the usual order.
    pub fn bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        for (place, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(self.0) {
            *place = word.to_le_bytes();
        }
        bytes
    }

    /// The digest as a big-endian integer.
    pub fn to_u128(self) -> u128 {
        u128::from_be_bytes(self.bytes())
    }

    /// The low 64 bits of the digest as a big-endian integer: its bytes 8 to 15.
    #[inline]
    pub fn low_u64(self) -> u64 {
        let [.., c, d] = self.0;
        u64::from(c.swap_bytes()) << 32 | u64::from(d.swap_bytes())
    }
}

#[cfg(test)]
mod tests;
