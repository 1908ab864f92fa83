//! Chunk frames one after the other, as many as the input holds: what they make up is told by its state id.
#![no_main]

use crdt_merge_fuzz::laws::STRICT;
use crdt_merge_protocol::Code;
use crdt_merge_protocol::wire::{ChunkAssembler, HEADER_BYTES, inspect};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|data: &[u8]| {
    let mut assembler = ChunkAssembler::new(STRICT);
    let mut rest = data;
    while let Ok(info) = inspect(rest) {
        let end = (HEADER_BYTES + info.payload_bytes as usize).min(rest.len());
        let (chunk, after) = rest.split_at(end);
        rest = after;
        match assembler.push(chunk) {
            Ok(Some(frame)) => {
                let id = Sha256::digest(&frame);
                assert!(data.windows(id.len()).any(|window| window == id.as_slice()) || info.is_compressed);
            }
            Ok(None) => {}
            Err(error) => assert_ne!(error.code(), Code::Internal),
        }
    }
});
