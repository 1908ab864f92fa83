//! Messages that wait to be hashed together, padded and in one piece of memory.

use std::marker::PhantomData;

use crate::padding::{BLOCK_BYTES, Block, LengthOrder, SHORT, block_count, fill};

/// Where the padded blocks of a message are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    first: usize,
    pub(crate) count: usize,
}

impl Extent {
    #[inline]
    pub(crate) fn of(self, blocks: &[Block]) -> &[Block] {
        blocks.get(self.first..self.first + self.count).unwrap_or(&[])
    }
}

/// Padded messages. They are copied in; nothing is allocated per message once there has been room for as many.
#[derive(Clone)]
pub(crate) struct Messages<O> {
    blocks: Vec<Block>,
    extents: Vec<Extent>,
    order: PhantomData<O>,
}

impl<O> Default for Messages<O> {
    fn default() -> Self {
        Messages { blocks: Vec::new(), extents: Vec::new(), order: PhantomData }
    }
}

impl<O: LengthOrder> Messages<O> {
    /// The blocks of all messages.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Where the messages are, in the order in which they were added.
    pub(crate) fn extents(&self) -> &[Extent] {
        &self.extents
    }

    /// The blocks of one message.
    #[inline]
    pub(crate) fn blocks_of(&self, message: usize) -> &[Block] {
        self.extents.get(message).map_or(&[], |extent| extent.of(&self.blocks))
    }

    /// Number of blocks of one message.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    pub(crate) fn block_count(&self, message: usize) -> usize {
        self.extents.get(message).map_or(0, |extent| extent.count)
    }

    /// Forgets the messages and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.extents.clear();
    }

    /// Adds a message given in parts, which are put one after the other.
    #[inline(always)]
    pub(crate) fn push<const N: usize>(&mut self, parts: [&[u8]; N]) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if length > SHORT {
            return self.push_long(&parts, length);
        }
        self.push_block(|block| fill::<O>(block, &parts));
    }

    /// Adds a message of one block, which `write` is to pad.
    #[inline(always)]
    pub(crate) fn push_block(&mut self, write: impl FnOnce(&mut Block)) {
        self.extents.push(Extent { first: self.blocks.len(), count: 1 });
        self.blocks.push([0; BLOCK_BYTES]);
        if let Some(block) = self.blocks.last_mut() {
            write(block);
        }
    }

    #[cold]
    fn push_long(&mut self, parts: &[&[u8]], length: usize) {
        let extent = Extent { first: self.blocks.len(), count: block_count(length) };
        self.blocks.resize(extent.first + extent.count, [0; BLOCK_BYTES]);
        if let Some(blocks) = self.blocks.get_mut(extent.first..) {
            fill::<O>(blocks.as_flattened_mut(), parts);
        }
        self.extents.push(extent);
    }
}
