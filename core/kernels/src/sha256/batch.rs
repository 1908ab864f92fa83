//! Collecting messages and hashing them together.

use super::{DIGEST_BYTES, Digest, portable};
use crate::level::Sha256Level;
use crate::messages::Messages;
use crate::padding::BigEndian;

/// Messages that are hashed together.
///
/// Messages are copied in and padded at once; nothing is allocated per message once the batch has been used. Best filled with
/// some multiple of [`Sha256Batch::GROUP`] messages before [`Sha256Batch::digests`] is called.
///
/// ```
/// # use crdt_merge_kernels::Sha256Batch;
/// let mut batch = Sha256Batch::new();
/// batch.push([b"a", b"bc"]);
/// batch.push([b"", b""]);
/// let starts: Vec<_> = batch.digests().iter().map(|digest| [digest[0], digest[1]]).collect();
/// assert_eq!(starts, [[0xba, 0x78], [0xe3, 0xb0]]);
/// batch.clear();
/// assert!(batch.is_empty());
/// ```
#[derive(Clone)]
pub struct Sha256Batch {
    messages: Messages<BigEndian>,
    digests: Vec<Digest>,
    /// Numbers of the messages that have no digest yet.
    waiting: Vec<usize>,
    level: Sha256Level,
}

impl Sha256Batch {
    /// Messages enough to hide what starting and ending a batch costs.
    pub const GROUP: usize = 32;

    /// An empty batch, hashed at the best level of this machine.
    pub fn new() -> Self {
        Self::with_level(Sha256Level::detect())
    }

    /// An empty batch, hashed at a level of the caller's choice, or the portable one where the machine lacks it.
    pub fn with_level(level: Sha256Level) -> Self {
        let level = if level.is_available() { level } else { Sha256Level::Portable };
        Sha256Batch { messages: Messages::default(), digests: Vec::new(), waiting: Vec::new(), level }
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.messages.extents().len()
    }

    /// Whether there is no message.
    pub fn is_empty(&self) -> bool {
        self.messages.extents().is_empty()
    }

    /// Forgets the messages and keeps the memory.
    pub fn clear(&mut self) {
        self.messages.clear();
    }

    /// Adds a message given in parts, which are put one after the other.
    #[inline]
    pub fn push<const N: usize>(&mut self, parts: [&[u8]; N]) {
        self.messages.push(parts);
    }

    /// The digests of the messages, in the order in which they were added.
    pub fn digests(&mut self) -> &[[u8; 32]] {
        self.digests.clear();
        self.digests.resize(self.len(), [0; DIGEST_BYTES]);
        self.waiting.clear();
        self.waiting.extend(0..self.messages.extents().len());
        match self.level {
            Sha256Level::Portable => self.digest_portable(),
            #[cfg(target_arch = "x86_64")]
            Sha256Level::ShaNi => self.digest_sha_ni(),
            #[cfg(target_arch = "x86_64")]
            Sha256Level::Avx512 => {
                self.digest_avx512();
                self.digest_sha_ni();
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => self.digest_portable(),
        }
        &self.digests
    }

    fn digest_portable(&mut self) {
        for (digest, message) in self.digests.iter_mut().zip(&self.waiting) {
            *digest = portable::digest_blocks(self.messages.blocks_of(*message));
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn digest_sha_ni(&mut self) {
        let waiting = self.waiting.iter().map(|message| (*message, self.messages.blocks_of(*message)));
        let store = |message: usize, digest| {
            if let Some(place) = self.digests.get_mut(message) {
                *place = digest;
            }
        };
        // SAFETY: a batch has a level that comes here only if `Sha256Level::is_available` found SHA, SSSE3 and SSE4.1 on this
        // machine.
        unsafe { super::sha_ni::digest_all(waiting, store) }
    }

    /// Hashes messages in groups of like lengths, and leaves those waiting that would be mostly alone.
    #[cfg(target_arch = "x86_64")]
    fn digest_avx512(&mut self) {
        use super::avx512::LANES;
        self.waiting.sort_unstable_by_key(|message| self.messages.block_count(*message));
        let mut left = 0;
        for start in (0..self.waiting.len()).step_by(LANES) {
            let end = self.waiting.len().min(start + LANES);
            if !self.digest_group(start..end) {
                self.waiting.copy_within(start..end, left);
                left += end - start;
            }
        }
        self.waiting.truncate(left);
    }

    /// Hashes some of the waiting messages side by side; false if that is not worth it.
    #[cfg(target_arch = "x86_64")]
    fn digest_group(&mut self, range: std::ops::Range<usize>) -> bool {
        use super::avx512::{LANES, digest_group, is_worth_it};
        let group = self.waiting.get(range).unwrap_or(&[]);
        let mut blocks = [&[][..]; LANES];
        for (blocks, message) in blocks.iter_mut().zip(group) {
            *blocks = self.messages.blocks_of(*message);
        }
        if !is_worth_it(&blocks) {
            return false;
        }
        // SAFETY: a batch has this level only if `Sha256Level::is_available` found AVX-512F and AVX-512BW on this machine.
        let digests = unsafe { digest_group(&blocks) };
        for (message, digest) in group.iter().zip(digests) {
            if let Some(place) = self.digests.get_mut(*message) {
                *place = digest;
            }
        }
        true
    }
}

impl Default for Sha256Batch {
    fn default() -> Self {
        Self::new()
    }
}
