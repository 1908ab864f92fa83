//! Entropy: where chance comes from.

use sha2::{Digest, Sha256};

/// A source of unpredictable bytes. The core has none of its own.
pub trait Entropy: Send {
    /// Fills the buffer.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Reproducible bytes for tests, the same in every language: block *k* is
/// SHA-256(`"crdt-merge/test-entropy/1"`, a zero byte, the seed, *k*; both as 64-bit big-endian numbers), and blocks follow
/// each other.
#[derive(Debug, Clone)]
pub struct TestEntropy {
    seed: u64,
    next_block: u64,
    block: [u8; 32],
    used: usize,
}

impl TestEntropy {
    /// The stream of a seed, from its start.
    pub fn new(seed: u64) -> Self {
        TestEntropy { seed, next_block: 0, block: [0; 32], used: 32 }
    }

    fn next_byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            self.refill();
        }
        let byte = self.block.get(self.used).copied().unwrap_or(0);
        self.used += 1;
        byte
    }

    fn refill(&mut self) {
        let mut hash = Sha256::new();
        hash.update(b"crdt-merge/test-entropy/1\0");
        hash.update(self.seed.to_be_bytes());
        hash.update(self.next_block.to_be_bytes());
        self.block = hash.finalize().into();
        self.next_block += 1;
        self.used = 0;
    }
}

impl Entropy for TestEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| *byte = self.next_byte());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_does_not_depend_on_how_it_is_taken() {
        let mut whole = [0; 70];
        TestEntropy::new(1).fill(&mut whole);
        let mut parts = TestEntropy::new(1);
        let mut pieces = [0; 70];
        for piece in pieces.chunks_mut(9) {
            parts.fill(piece);
        }
        assert_eq!(whole, pieces);
        assert_eq!(whole[..4], [0x38, 0x6e, 0xb7, 0x01], "fixed for every language");
    }
}
