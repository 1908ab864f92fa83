//! What a decoder accepts and how much it may use.

use crate::generated::limit;

/// How frames are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Everything that is not a well-formed frame is refused.
    #[default]
    Strict,
    /// What the reference reads: bytes after the frame or the value, reserved flags, version 0 and text cut short pass.
    Lenient,
}

/// Bounds of one decode. The defaults are those of the protocol; every one can be set.
///
/// What a decode takes of memory at any moment, its result included, is at most 96 bytes for each byte of the input and of what
/// its payload inflates to, and 64 KiB beside that. A value takes 32 bytes however short it is on the wire, and a document and
/// the state that its schema is checked with are there at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    inflated_bytes: usize,
    depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { inflated_bytes: limit::INFLATED_BYTES, depth: limit::DEPTH }
    }
}

impl Limits {
    /// Most bytes that compressed payloads of one decode may inflate to, else `TOO_LARGE`.
    pub const fn inflated_bytes(&self) -> usize {
        self.inflated_bytes
    }

    /// Most open containers in a value, else `TOO_DEEP`. Never above [`Limits::MAX_DEPTH`].
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Deepest nesting that can be allowed: readers recurse, and this fits the smallest thread stacks in use.
    pub const MAX_DEPTH: usize = 512;

    /// The same limits with another bound of inflated bytes.
    #[must_use]
    pub const fn with_inflated_bytes(mut self, bytes: usize) -> Self {
        self.inflated_bytes = bytes;
        self
    }

    /// The same limits with another depth; more than [`Limits::MAX_DEPTH`] is cut to it.
    #[must_use]
    pub const fn with_depth(mut self, depth: usize) -> Self {
        self.depth = if depth > Self::MAX_DEPTH { Self::MAX_DEPTH } else { depth };
        self
    }
}

/// Options of every decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecodeOptions {
    /// Strict unless said otherwise.
    pub mode: Mode,
    /// Bounds in memory and nesting.
    pub limits: Limits,
}

impl DecodeOptions {
    /// Strict decoding with the default limits.
    pub const fn strict() -> Self {
        DecodeOptions {
            mode: Mode::Strict,
            limits: Limits { inflated_bytes: limit::INFLATED_BYTES, depth: limit::DEPTH },
        }
    }

    /// Lenient decoding with the default limits.
    pub const fn lenient() -> Self {
        DecodeOptions {
            mode: Mode::Lenient,
            limits: Limits { inflated_bytes: limit::INFLATED_BYTES, depth: limit::DEPTH },
        }
    }

    /// The same options with other limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same bounds without leniency: version 2 has one spelling.
    pub(crate) const fn strictly(mut self) -> Self {
        self.mode = Mode::Strict;
        self
    }

    pub(crate) fn is_lenient(&self) -> bool {
        self.mode == Mode::Lenient
    }
}

/// Whether an encoder tries to make the payload smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// The payload as it is.
    #[default]
    None,
    /// A zlib stream at level 6, used only if it is strictly smaller.
    Zlib,
}

/// The version of the wire that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Wire {
    /// Version 1, which peers of the Python package read.
    V1,
    /// Version 2: canonical bodies, state ids, trailers.
    #[default]
    V2,
}

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EncodeOptions {
    /// The version.
    pub wire: Wire,
    /// Whether the encoder tries to make the frame smaller.
    pub compression: Compression,
    /// Whether a trailer lets readers find accidents on the way; version 2 only.
    pub has_trailer: bool,
}

impl EncodeOptions {
    /// The canonical frame of version 1.
    pub const V1: Self = EncodeOptions { wire: Wire::V1, compression: Compression::None, has_trailer: false };
    /// The canonical frame of version 2.
    pub const V2: Self = EncodeOptions { wire: Wire::V2, compression: Compression::None, has_trailer: false };

    /// The same with a zlib stream where that is smaller.
    #[must_use]
    pub const fn compressed(mut self) -> Self {
        self.compression = Compression::Zlib;
        self
    }

    /// The same with a trailer, which version 1 has none of.
    #[must_use]
    pub const fn with_trailer(mut self) -> Self {
        self.has_trailer = true;
        self
    }
}
