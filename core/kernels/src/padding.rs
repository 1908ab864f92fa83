//! The blocks of MD5 and SHA-256: a message, a one bit, zeros, and the length of the message in bits.

/// Bytes that one compression takes.
pub(crate) const BLOCK_BYTES: usize = 64;
/// Bytes at the end of the last block that hold the length of the message in bits.
const LENGTH_BYTES: usize = 8;

/// One block of a padded message.
pub(crate) type Block = [u8; BLOCK_BYTES];

/// In which order a hash function wants the bytes of the length.
pub(crate) trait LengthOrder {
    fn bytes(bits: u64) -> [u8; LENGTH_BYTES];
}

/// The order of MD5.
#[derive(Clone)]
pub(crate) struct LittleEndian;

/// The order of SHA-256.
#[derive(Clone)]
pub(crate) struct BigEndian;

impl LengthOrder for LittleEndian {
    #[inline(always)]
    fn bytes(bits: u64) -> [u8; LENGTH_BYTES] {
        bits.to_le_bytes()
    }
}

impl LengthOrder for BigEndian {
    #[inline(always)]
    fn bytes(bits: u64) -> [u8; LENGTH_BYTES] {
        bits.to_be_bytes()
    }
}

/// Most bytes of a message that fits one block with its padding.
pub(crate) const SHORT: usize = BLOCK_BYTES - LENGTH_BYTES - 1;

/// Number of blocks that a message takes with its padding.
pub(crate) fn block_count(length: usize) -> usize {
    (length + 1 + LENGTH_BYTES).div_ceil(BLOCK_BYTES)
}

/// Writes the parts of a message and its padding into zeroed blocks that hold both.
#[inline(always)]
pub(crate) fn fill<O: LengthOrder>(blocks: &mut [u8], parts: &[&[u8]]) {
    let mut end = 0;
    for part in parts {
        copy(&mut blocks[end..end + part.len()], part);
        end += part.len();
    }
    finish::<O>(blocks, end);
}

/// Pads a message that stands at the start of zeroed blocks.
#[inline(always)]
pub(crate) fn finish<O: LengthOrder>(blocks: &mut [u8], length: usize) {
    blocks[length] = 0x80;
    let bits = blocks.len() - LENGTH_BYTES;
    blocks[bits..].copy_from_slice(&O::bytes(bit_length(length)));
}

/// Copies between slices of equal length; short ones as two moves that overlap, which beats a call.
#[inline(always)]
fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        4..8 => copy_ends::<4>(to, from),
        8..16 => copy_ends::<8>(to, from),
        16..32 => copy_ends::<16>(to, from),
        32..=64 => copy_ends::<32>(to, from),
        _ => to.copy_from_slice(from),
    }
}

#[inline(always)]
fn copy_ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk::<N>()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk::<N>()) {
        *to = *from;
    }
}

/// Length in bits, modulo 2^64.
fn bit_length(bytes: usize) -> u64 {
    (bytes as u64).wrapping_mul(8)
}
