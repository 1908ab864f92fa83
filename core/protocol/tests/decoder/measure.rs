//! What a decode may cost: the bounds that the documentation of `Limits` states, and how they are measured.

use std::io::Read;

use crdt_merge_protocol::wire::{HEADER_BYTES, Limits, inspect};

/// Bytes of memory for each byte of the input and of what it inflates to.
pub const PEAK_PER_BYTE: u64 = 96;
/// Bytes of memory on top, which the smallest input may use: an inflater and an error.
pub const PEAK_FIXED: u64 = 64 * 1024;
/// Bytes allocated over a whole decode, freed ones included, for each byte in. It stands for the work done: copying a part of the
/// input once for every other part breaks it long before a clock would tell.
pub const TOTAL_PER_BYTE: u64 = 256;
/// Bytes allocated over a whole decode on top.
pub const TOTAL_FIXED: u64 = 128 * 1024;

/// Bytes that one run allocated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// Most bytes held at one time, the result included.
    pub peak: u64,
    /// All bytes ever allocated.
    pub total: u64,
}

/// Runs something on this thread and counts its memory. Growing a buffer counts as having the old and the new one.
pub fn measured<T>(run: impl FnOnce() -> T) -> (T, Spent) {
    let mut result = None;
    let info = allocation_counter::measure(|| result = Some(run()));
    let spent = Spent { peak: info.bytes_max, total: info.bytes_total };
    (result.unwrap(), spent)
}

/// Runs a decode of `size` bytes (see [`size`]) and holds it to the bounds.
pub fn bounded<T>(what: &str, size: u64, run: impl FnOnce() -> T) -> T {
    let (result, spent) = measured(run);
    if let Err(fault) = within_bounds(size, spent) {
        panic!("{what}: {fault}");
    }
    result
}

/// Whether something of `size` bytes cost no more than the bounds allow; if not, what it cost.
pub fn within_bounds(size: u64, spent: Spent) -> Result<(), String> {
    let is_fine = spent.peak <= PEAK_PER_BYTE * size + PEAK_FIXED && spent.total <= TOTAL_PER_BYTE * size + TOTAL_FIXED;
    if is_fine { Ok(()) } else { Err(format!("{spent:?} for {size} bytes")) }
}

/// Bytes of an input and of what its payload inflates to, as far as the default limit lets it.
pub fn size(frame: &[u8]) -> u64 {
    let is_compressed = inspect(frame).is_ok_and(|info| info.is_compressed);
    let stored = frame.get(HEADER_BYTES..).filter(|_| is_compressed).unwrap_or(&[]);
    frame.len() as u64 + inflated(stored).0.len() as u64
}

/// What a zlib stream gives until it ends, breaks or passes the default limit, and whether it is sound.
pub fn inflated(stream: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let limit = Limits::default().inflated_bytes() as u64 + 1;
    let is_sound = flate2::read::ZlibDecoder::new(stream).take(limit).read_to_end(&mut out).is_ok();
    (out, is_sound)
}
