//! One message at a time: the twin that defines the answer.

use sha2::block_api::compress256;

use super::{Digest, INITIAL};
use crate::padding::Block;

/// The digest of a message that is padded already.
pub(super) fn digest_blocks(blocks: &[Block]) -> Digest {
    let mut state = INITIAL;
    compress256(&mut state, blocks);
    let mut digest = Digest::default();
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}
