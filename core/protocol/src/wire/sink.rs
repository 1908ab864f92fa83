//! Where the bytes of a body go: into a buffer, into a hash, or only into a count.

use sha2::{Digest, Sha256};

use super::state_id::StateId;
use super::version2::Header;

/// Takes bytes in order.
pub trait Sink {
    /// Takes one byte.
    fn push(&mut self, byte: u8);

    /// Takes some bytes.
    fn extend_from_slice(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    #[inline]
    fn push(&mut self, byte: u8) {
        self.push(byte);
    }

    #[inline]
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts bytes.
#[derive(Debug, Default)]
pub(crate) struct Length(usize);

impl Length {
    pub(crate) fn get(&self) -> usize {
        self.0
    }
}

impl Sink for Length {
    #[inline]
    fn push(&mut self, _: u8) {
        self.0 += 1;
    }

    #[inline]
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// Bytes that are collected before they are hashed. So few that the processor fills the next ones while it hashes.
const PIECE: usize = 512;
/// What the hash takes at a time.
const BLOCK: usize = 64;

/// Makes the id of a state whose body is as long as announced.
pub(crate) struct Hashing {
    hash: Sha256,
    piece: [u8; PIECE],
    filled: usize,
    /// Bytes that the hash has taken.
    hashed: usize,
    /// Bytes that it has to take in all.
    expected: usize,
}

impl Hashing {
    /// The header of the canonical frame is hashed, its body is to come.
    pub(crate) fn new(tag: u8, length: usize) -> Self {
        let header = Header::canonical(tag, length);
        let expected = header.as_slice().len().saturating_add(length);
        let mut hashing = Hashing { hash: Sha256::new(), piece: [0; PIECE], filled: 0, hashed: 0, expected };
        hashing.extend_from_slice(header.as_slice());
        hashing
    }

    /// The id, if the body was as long as announced.
    pub(crate) fn finish(mut self) -> Option<StateId> {
        self.hash.update(self.piece.get(..self.filled)?);
        (self.hashed + self.filled == self.expected).then(|| StateId::from_bytes(self.hash.finalize().into()))
    }

    /// What does not fit the piece: fills it, hashes it, and hashes whole blocks from where they lie.
    fn overflow(&mut self, bytes: &[u8]) {
        let (head, rest) = bytes.split_at(PIECE - self.filled);
        if let Some(place) = self.piece.get_mut(self.filled..) {
            place.copy_from_slice(head);
        }
        self.hash.update(self.piece);
        let (blocks, tail) =
            if rest.len() < PIECE { rest.split_at(0) } else { rest.split_at(rest.len() - rest.len() % BLOCK) };
        self.hash.update(blocks);
        self.hashed += PIECE + blocks.len();
        self.filled = tail.len();
        if let Some(place) = self.piece.get_mut(..tail.len()) {
            place.copy_from_slice(tail);
        }
    }
}

impl Sink for Hashing {
    #[inline]
    fn push(&mut self, byte: u8) {
        match self.piece.get_mut(self.filled) {
            Some(place) => {
                *place = byte;
                self.filled += 1;
            }
            None => self.overflow(&[byte]),
        }
    }

    #[inline]
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        let room = self.piece.get_mut(self.filled..).and_then(|room| room.get_mut(..bytes.len()));
        match room {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.filled += bytes.len();
            }
            None => self.overflow(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Random;

    #[test]
    fn pieces_of_all_lengths_hash_like_the_whole() {
        let mut random = Random::new(5);
        for _ in 0..300 {
            let parts: Vec<Vec<u8>> = (0..random.below(20))
                .map(|_| {
                    let most = random.pick(&[1, 2, 40, 600, 3000]).copied().unwrap_or(1);
                    vec![random.bits() as u8; random.below(most + 1)]
                })
                .collect();
            let body = parts.concat();
            let mut hashing = Hashing::new(1, body.len());
            parts.iter().for_each(|part| hashing.extend_from_slice(part));
            assert_eq!(hashing.finish(), Some(StateId::of_body(1, &body)));
        }
    }

    #[test]
    fn a_body_of_another_length_has_no_id() {
        for (announced, sent) in [(3, 2), (3, 4), (0, 1)] {
            let mut hashing = Hashing::new(1, announced);
            (0..sent).for_each(|_| hashing.push(0));
            assert_eq!(hashing.finish(), None);
        }
    }
}
