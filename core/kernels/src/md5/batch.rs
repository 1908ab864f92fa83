//! Collecting messages and hashing them together.

use super::{Digest, lanes};
use crate::decimal::{DECIMAL_ROOM, write_decimal};
use crate::level::Level;
use crate::messages::Messages;
use crate::padding::{LittleEndian, finish};

/// Messages that are hashed together.
///
/// Messages are copied in and padded at once; nothing is allocated per message once the batch has been used. Best filled with
/// a multiple of [`Md5Batch::GROUP`] messages before [`Md5Batch::digests`] is called.
///
/// ```
/// # use crdt_merge_kernels::{Md5Batch, md5};
/// let mut batch = Md5Batch::new();
/// batch.push([b"a", b"bc"]);
/// batch.push([b"", b""]);
/// assert_eq!(batch.digests(), [md5([b"abc"]), md5([b""])]);
/// batch.clear();
/// assert!(batch.is_empty());
/// ```
#[derive(Clone)]
pub struct Md5Batch {
    messages: Messages<LittleEndian>,
    digests: Vec<Digest>,
    level: Level,
}

impl Md5Batch {
    /// Messages that the widest vectors take at once.
    pub const GROUP: usize = 32;

    /// An empty batch, hashed at the best level of this machine.
    pub fn new() -> Self {
        Self::with_level(Level::detect())
    }

    /// An empty batch, hashed at a level of the caller's choice, or the portable one where the machine lacks it.
    pub fn with_level(level: Level) -> Self {
        let level = if level.is_available() { level } else { Level::Portable };
        Md5Batch { messages: Messages::default(), digests: Vec::new(), level }
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
    #[inline(always)]
    pub fn push<const N: usize>(&mut self, parts: [&[u8]; N]) {
        self.messages.push(parts);
    }

    /// Adds the message of a number in decimal digits with four bytes after them.
    #[inline]
    pub fn push_decimal(&mut self, number: i64, tail: [u8; 4]) {
        self.messages.push_block(|block| {
            let Some(room) = block.first_chunk_mut::<DECIMAL_ROOM>() else { return };
            let digits = write_decimal(room, number);
            let length = digits + tail.len();
            block[digits..length].copy_from_slice(&tail);
            finish::<LittleEndian>(block, length);
        });
    }

    /// The digests of the messages, in the order in which they were added.
    pub fn digests(&mut self) -> &[Digest] {
        self.digests.clear();
        match self.level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => self.digest_avx512(),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => self.digest_avx2(),
            _ => self.digest_portable(),
        }
        &self.digests
    }

    fn digest_portable(&mut self) {
        use super::portable::{LANES, compress_rows};
        for extents in self.messages.extents().chunks(LANES) {
            lanes::digest_group(self.messages.blocks(), extents, &mut self.digests, compress_rows);
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn digest_avx2(&mut self) {
        use super::avx2::{LANES, compress_rows};
        for extents in self.messages.extents().chunks(LANES) {
            lanes::digest_group(self.messages.blocks(), extents, &mut self.digests, |states, rows| {
                // SAFETY: a batch has this level only if `Level::is_available` found AVX2 on this machine.
                unsafe { compress_rows(states, rows) }
            });
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn digest_avx512(&mut self) {
        use super::avx512::{LANES, compress_rows};
        for extents in self.messages.extents().chunks(LANES) {
            lanes::digest_group(self.messages.blocks(), extents, &mut self.digests, |states, rows| {
                // SAFETY: a batch has this level only if `Level::is_available` found AVX-512F on this machine.
                unsafe { compress_rows(states, rows) }
            });
        }
    }
}

impl Default for Md5Batch {
    fn default() -> Self {
        Self::new()
    }
}
